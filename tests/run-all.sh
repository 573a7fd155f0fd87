#!/bin/sh
# Runs test programs (arguments), JOBS at a time, each printing Check's closing line or "N passed,
# N failed"; prints a line for each in the order of the arguments, and ends with the sum on a line of
# its own. Exit status 0 when nothing failed.
#
# Most programs of the delivery and the server wait most of their time: so JOBS is by default more
# than there are processors.
set -u

# What whoever runs the tests has set for work of their own is not a part of them: where to post, how cd
# and getopt behave, which cases of Check run and how much it says, golden files made anew.
unset ASSAY_BASE_URL ASSAY_REGION ASSAY_OUTBOX ASSAY_TOKEN ASSAY_TOKEN_FILE ASSAY_CLIENT_ID \
    ASSAY_CLIENT_SECRET ASSAY_CLIENT_SECRET_FILE CREDENTIALS_DIRECTORY CDPATH POSIXLY_CORRECT \
    CK_FORK CK_RUN_SUITE CK_RUN_CASE CK_INCLUDE_TAGS CK_EXCLUDE_TAGS GOLDEN ASSAY_GOLDEN MAKEFLAGS MFLAGS MAKELEVEL
export CK_VERBOSITY=normal

ended=$(mktemp -d) || exit 1
runner=
trap 'rm -rf "$ended"' EXIT
trap 'test -z "$runner" || kill "$runner" 2>/dev/null; exit 130' INT TERM
here=$(dirname "$0")

# Which signals are ignored, as by nohup, is not a part of a test: a shell cannot take that back, but GNU
# env can.
AS_USUAL=
env --default-signal true 2>/dev/null && AS_USUAL="env --default-signal"

# "NUMBER PROGRAM" a line, those first that take longest: with them last, the end would wait.
longest=" $(tr '\n' ' ' <"$here/longest")"
number=0
for program in "$@"; do
    number=$((number + 1))
    before=${longest%%" ${program##*/} "*}
    echo "${#before} $number $program"
done | sort -n | cut -d' ' -f2- >"$ended/order"
# run-some.sh writes a line into the pipe when a program has ended, and the runner one when all have.
mkfifo "$ended/pipe" || exit 1
exec 3<>"$ended/pipe"
{
    jobs=${JOBS:-$(($(nproc) + 3))}
    seq "$jobs" | $AS_USUAL xargs -P "$jobs" -n 1 sh "$here/run-some.sh" "$ended" &
    trap 'kill $!' INT TERM
    wait $!
    echo all >&3
} &
runner=$!

passed=0
failed=0
number=0
all=
for program in "$@"; do
    number=$((number + 1))
    # Programs end in another order: what was said of those to come is kept in variables.
    eval "result=\${result_$number:-}"
    while [ -z "$result" ]; do
        [ -z "$all" ] || { result="0 1" && break; }
        read -r who said <&3
        case $who in
        all) all=yes ;;
        "$number") result=$said ;;
        *) eval "result_$who=\$said" ;;
        esac
    done
    good=${result% *}
    bad=${result#* }
    passed=$((passed + good))
    failed=$((failed + bad))
    name=${program#"${BUILD:-build/release}/"}
    printf '%-44s %5d passed %5d failed\n' "${name#tests/}" "$good" "$bad"
    if [ "$bad" -ne 0 ]; then
        sed 's/^/    /' "$ended/$number.log"
    fi
done
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
