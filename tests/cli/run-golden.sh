#!/bin/sh
# Golden tests of the command line. Each folder beside this script that holds a file `cmd` is a case:
# its shell text runs with $ASSAY as the program, the repository's top as working directory and $TMP
# as a folder of its own; stdout, stderr and exit status must be those of the files `stdout`, `stderr`
# and `exit` (a missing stdout or stderr means nothing, a missing exit means 0).
#
#     tests/cli/run-golden.sh [NAME...]     test all cases, or these
#     GOLDEN=1 tests/cli/run-golden.sh      write the files anew: then review
#
# The last line is "N passed, N failed"; the exit status is 0 when nothing failed.
set -u
# shellcheck source=tests/cli/begin
. "$(dirname "$0")/begin"
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
passed=0
failed=0

# Runs the case in folder $1; leaves stdout, stderr and exit in $scratch.
run_case() {
    rm -rf "$scratch/tmp"
    mkdir "$scratch/tmp"
    env -u LANG -u LC_CTYPE -u TERM LC_ALL=C.UTF-8 NO_COLOR=1 COLUMNS=80 TZ=UTC \
        ASSAY="$ASSAY" TMP="$scratch/tmp" sh "$1/cmd" \
        >"$scratch/stdout" 2>"$scratch/stderr" </dev/null
    echo $? >"$scratch/exit"
}

# Keeps what the case in folder $1 gave; files that say nothing are left out.
keep_case() {
    for stream in stdout stderr; do
        if [ -s "$scratch/$stream" ]; then
            cp "$scratch/$stream" "$1/$stream"
        else
            rm -f "$1/$stream"
        fi
    done
    if [ "$(cat "$scratch/exit")" -eq 0 ]; then
        rm -f "$1/exit"
    else
        cp "$scratch/exit" "$1/exit"
    fi
}

# Compares, and shows each difference.
check_case() {
    same=0
    for stream in stdout stderr; do
        expected=/dev/null
        [ -f "$1/$stream" ] && expected=$1/$stream
        if ! cmp -s "$expected" "$scratch/$stream"; then
            echo "$1: $stream differs"
            diff "$expected" "$scratch/$stream" | head -n 20
            same=1
        fi
    done
    expected=0
    [ -f "$1/exit" ] && expected=$(cat "$1/exit")
    if [ "$expected" -ne "$(cat "$scratch/exit")" ]; then
        echo "$1: exit status $(cat "$scratch/exit"), expected $expected"
        same=1
    fi
    return $same
}

if [ $# -gt 0 ]; then
    for name in "$@"; do
        [ -f "tests/cli/$name/cmd" ] || {
            echo "there is no case tests/cli/$name"
            exit 1
        }
    done
else
    # shellcheck disable=SC2046 # names of cases hold no blanks
    set -- $(cd tests/cli && for file in */cmd; do [ -f "$file" ] && dirname "$file"; done)
fi
for name in "$@"; do
    folder=tests/cli/$name
    run_case "$folder"
    [ "${GOLDEN:-}" = 1 ] && keep_case "$folder"
    if check_case "$folder"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
