#!/bin/sh
# Runs one test program for run-all.sh: run-one.sh FOLDER NUMBER PROGRAM. What it says goes to
# FOLDER/NUMBER.log, "PASSED FAILED" to FOLDER/NUMBER, which is there when the program has ended.
set -u
log=$1/$2.log
# A case without an end is ended: most programs run all their cases in one process.
limit="timeout -k 10 ${TEST_SECONDS:-1800}"
# Which signals are ignored, as by nohup, is not a part of a test: a shell cannot take that back, but GNU
# env can.
as_usual=
env --default-signal true 2>/dev/null && as_usual="env --default-signal"
# shellcheck disable=SC2086 # two commands of several words
$as_usual $limit "$3" >"$log" 2>&1 </dev/null
status=$?
line=$(grep -aE '^[0-9]+%: Checks: [0-9]+, Failures: [0-9]+, Errors: [0-9]+$|^[0-9]+ passed, [0-9]+ failed$' "$log" | tail -n 1)
# The numbers of the line, in their order.
# shellcheck disable=SC2046 # one word a number
set -- "$1" "$2" $(printf '%s\n' "$line" | tr -c '0-9\n' ' ')
case $line in
*Checks:*)
    good=$(($4 - $5 - $6))
    bad=$(($5 + $6))
    ;;
*passed*)
    good=$3
    bad=$4
    ;;
*)
    good=0
    bad=1
    ;;
esac
if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then
    bad=1
fi
echo "$good $bad" >"$1/$2.new" && mv "$1/$2.new" "$1/$2"
echo "$2" >"$1/pipe"
