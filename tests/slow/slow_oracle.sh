#!/bin/sh
# Random experiments of tests/oracle, read from files, sums, parts and SQLite, against an independent
# computation with fractions. ORACLE_FIRST and ORACLE_COUNT name other ones.
set -u
# shellcheck source=tests/cli/begin
. "$(dirname "$0")/../cli/begin"
command -v python3 >/dev/null 2>&1 || {
    echo "skipped: python3 is not installed"
    summary
    exit
}
export TMPDIR="$work" PYTHONDONTWRITEBYTECODE=1
python3 tests/oracle/oracle.py "$ASSAY" "${ORACLE_FIRST:-0}" "${ORACLE_COUNT:-600}" >"$work/log" 2>&1
ok $? "$(tail -n 1 "$work/log")"
summary
