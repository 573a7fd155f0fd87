#!/bin/sh
# Golden tests of the command line. Each folder below this script that holds a file `cmd` is a case:
# its shell text runs with $ASSAY as the program, the repository's top as working directory and $TMP
# as a folder of its own; stdout, stderr and exit status must be those of the files `stdout`, `stderr`
# and `exit` (a missing stdout or stderr means nothing, a missing exit means 0).
#
#     tests/cli/run-golden.sh [NAME...]     test all cases, or these: size/rate, or all of size
#     GOLDEN=1 tests/cli/run-golden.sh      write the files anew: then review
#
# JOBS cases run at a time, by default as many as there are processors. The last line is
# "N passed, N failed"; the exit status is 0 when nothing failed.
set -u
# shellcheck source=tests/cli/begin
. "$(dirname "$0")/begin"

# Runs the case in folder $1; leaves stdout, stderr and exit in $work/case.
run_case() {
    mkdir -p "$work/case/tmp"
    env -u LANG -u LC_CTYPE -u TERM LC_ALL=C.UTF-8 NO_COLOR=1 COLUMNS=80 TZ=UTC \
        ASSAY="$ASSAY" TMP="$work/case/tmp" sh "$1/cmd" \
        >"$work/case/stdout" 2>"$work/case/stderr" </dev/null
    echo $? >"$work/case/exit"
}

# Keeps what the case in folder $1 gave; files that say nothing are left out.
keep_case() {
    for stream in stdout stderr; do
        if [ -s "$work/case/$stream" ]; then
            cp "$work/case/$stream" "$1/$stream"
        else
            rm -f "$1/$stream"
        fi
    done
    if [ "$(cat "$work/case/exit")" -eq 0 ]; then
        rm -f "$1/exit"
    else
        cp "$work/case/exit" "$1/exit"
    fi
}

# Compares, and shows each difference.
check_case() {
    same=0
    for stream in stdout stderr; do
        expected=/dev/null
        [ -f "$1/$stream" ] && expected=$1/$stream
        if ! cmp -s "$expected" "$work/case/$stream"; then
            echo "$1: $stream differs"
            diff "$expected" "$work/case/$stream" | head -n 20
            same=1
        fi
    done
    expected=0
    [ -f "$1/exit" ] && expected=$(cat "$1/exit")
    if [ "$expected" -ne "$(cat "$work/case/exit")" ]; then
        echo "$1: exit status $(cat "$work/case/exit"), expected $expected"
        same=1
    fi
    return $same
}

# One case, for the run below that started this one: what failed goes to a file of its name.
if [ -n "${GOLDEN_CASES:-}" ]; then
    for folder in "$@"; do
        rm -rf "$work/case"
        run_case "$folder"
        [ "${GOLDEN:-}" = 1 ] && keep_case "$folder"
        check_case "$folder" >"$work/said" ||
            mv "$work/said" "$GOLDEN_CASES/$(echo "$folder" | tr / ,)"
    done
    exit 0
fi

[ $# -gt 0 ] || set -- .
for name in "$@"; do
    find "tests/cli/$name" -name cmd -type f 2>/dev/null | grep . || {
        echo "there is no case tests/cli/$name" >&2
        exit 1
    }
done >"$work/found" || exit 1
sed 's,/cmd$,,; s,/\./,/,' "$work/found" | sort -u >"$work/cases"
mkdir "$work/failed"
export GOLDEN_CASES="$work/failed"
# Several cases a process: starting one costs about as much as a case.
xargs -P "${JOBS:-$(nproc)}" -n 8 sh tests/cli/run-golden.sh <"$work/cases" || exit 1
failed=$(find "$work/failed" -type f | wc -l)
passed=$(($(wc -l <"$work/cases") - failed))
for said in "$work/failed"/*; do
    [ ! -f "$said" ] || cat "$said"
done
summary
