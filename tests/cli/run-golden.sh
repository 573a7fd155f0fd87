#!/bin/sh
# Golden runs of the command line, from any folder and with nothing set: see tests/cli/test_golden.c.
#
#     tests/cli/run-golden.sh [NAME...]     test all cases, or these: size/rate, or all of size
#     GOLDEN=1 tests/cli/run-golden.sh      write the files anew: then review
#
# JOBS cases run at a time, by default as many as there are processors.
set -u
# shellcheck source=tests/cli/begin
. "$(dirname "$0")/begin"
rm -rf "$work"
make -s BUILD="$BUILD" "$BUILD/tests/cli/test_golden" >&2 || exit 1
exec "$BUILD/tests/cli/test_golden" "$@"
