#!/bin/sh
# Runs one test program for run-all.sh: run-one.sh FOLDER NUMBER PROGRAM. What it says goes to
# FOLDER/NUMBER.log; when it has ended, "NUMBER PASSED FAILED" goes into FOLDER/pipe. It starts nothing
# but the program: there are two hundred of them, and a process takes longer than most.
set -u
# A case without an end is ended: most programs run all their cases in one process.
# Large pages for what is large: a third less time for tests with much memory. Scripts, which start many
# small processes, have the pages that everybody has.
case $3 in
*.sh) ;;
*) export GLIBC_TUNABLES="${GLIBC_TUNABLES-glibc.malloc.hugetlb=1}" ;;
esac
timeout -k 10 "${TEST_SECONDS:-1800}" "$3" >"$1/$2.log" 2>&1 </dev/null
status=$?
good=0
bad=1
while IFS= read -r line || [ -n "$line" ]; do
    case $line in
    [0-9]*%:\ Checks:\ [0-9]*,\ Failures:\ [0-9]*,\ Errors:\ [0-9]*)
        all=${line#*Checks: } failures=${line#*Failures: } errors=${line##*: }
        bad=$((${failures%%,*} + errors))
        good=$((${all%%,*} - bad))
        ;;
    [0-9]*\ passed,\ [0-9]*\ failed)
        good=${line%% *} bad=${line#*, }
        bad=${bad%% *}
        ;;
    esac
done <"$1/$2.log"
[ "$status" -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
echo "$2 $good $bad" >"$1/pipe"
