#!/bin/sh
# Runs test programs for run-all.sh, one after the other: run-some.sh FOLDER. FOLDER/order has a line "NUMBER
# PROGRAM" for each; whoever makes FOLDER/NUMBER.log runs it. What a program says goes there; when it has
# ended, "NUMBER PASSED FAILED" goes into FOLDER/pipe. It starts nothing but programs: there are two hundred
# of them, and a process takes longer than most.
set -uC
large=glibc.malloc.hugetlb=1
# Finds the closing line among some 50 lines, in good and bad; fails when there are more. A shell reads byte
# by byte: a server's log of 2 MB takes it three seconds.
count() {
    lines=0
    while IFS= read -r line || [ -n "$line" ]; do
        [ "$lines" -lt 50 ] || return 1
        lines=$((lines + 1))
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
    done
}
while read -r number program; do
    log=$1/$number.log
    true 2>/dev/null >"$log" || continue
    # A case without an end is ended: most programs run all their cases in one process. Large pages for
    # what is large: a third less time for tests with much memory. Scripts, which start many small
    # processes, have the pages that everybody has.
    case $program in
    *.sh) timeout -k 10 "${TEST_SECONDS:-1800}" "$program" >>"$log" 2>&1 </dev/null ;;
    *)
        GLIBC_TUNABLES=${GLIBC_TUNABLES-$large} timeout -k 10 "${TEST_SECONDS:-1800}" "$program" \
            >>"$log" 2>&1 </dev/null
        ;;
    esac
    status=$?
    good=0 bad=1
    if ! count <"$log"; then
        grep -aE '^[0-9]+(%: Checks: | passed, )' "$log" >"$log.end"
        count <"$log.end"
    fi
    [ "$status" -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
    echo "$number $good $bad" >>"$1/pipe"
done <"$1/order"
