#!/bin/sh
# Runs the slow test programs (arguments) and prints the table of rates that they measured, which
# stays in the file CALIBRATION. Exit status 0 when nothing failed.
set -u
: "${CALIBRATION:?is the file for the table}"
cat >"$CALIBRATION" <<'TABLE'
| scenario (baseline:compared units) | nominal | upper tail | lower tail | coverage | Fieller | delta | log | Hall, upper and lower | Pearson | expected: tails; coverage |
|---|---|---|---|---|---|---|---|---|---|---|
TABLE
TEST_SECONDS=43200 sh tests/run-all.sh "$@"
status=$?
cat "$CALIBRATION"
exit "$status"
