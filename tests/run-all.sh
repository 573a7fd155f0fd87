#!/bin/sh
# Runs test programs (arguments), each printing Check's closing line or "N passed, N failed", and
# ends with the sum on a line of its own. Exit status 0 when nothing failed.
set -u

# What whoever runs the tests has set for work of their own is no part of them: where to post, how cd
# and getopt behave, which cases of Check run and how much it says, golden files made anew.
unset ASSAY_BASE_URL ASSAY_REGION ASSAY_OUTBOX ASSAY_TOKEN ASSAY_TOKEN_FILE ASSAY_CLIENT_ID \
    ASSAY_CLIENT_SECRET ASSAY_CLIENT_SECRET_FILE CREDENTIALS_DIRECTORY CDPATH POSIXLY_CORRECT \
    CK_RUN_SUITE CK_RUN_CASE CK_INCLUDE_TAGS CK_EXCLUDE_TAGS GOLDEN ASSAY_GOLDEN
export CK_VERBOSITY=normal
# Nor which signals are ignored, as by nohup: a shell cannot take that back, but GNU env can.
as_usual=
env --default-signal true 2>/dev/null && as_usual="env --default-signal"

passed=0
failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for program in "$@"; do
    $as_usual "$program" >"$log" 2>&1 </dev/null
    status=$?
    line=$(grep -E '^[0-9]+%: Checks: [0-9]+, Failures: [0-9]+, Errors: [0-9]+$|^[0-9]+ passed, [0-9]+ failed$' "$log" | tail -n 1)
    # The numbers of the line, in their order.
    numbers=$(printf '%s\n' "$line" | tr -dc '0-9 \n')
    case $line in
    *Checks:*)
        good=$(printf '%s\n' "$numbers" | awk '{print $2 - $3 - $4}')
        bad=$(printf '%s\n' "$numbers" | awk '{print $3 + $4}')
        ;;
    *passed*)
        good=$(printf '%s\n' "$numbers" | awk '{print $1}')
        bad=$(printf '%s\n' "$numbers" | awk '{print $2}')
        ;;
    *)
        good=0
        bad=1
        ;;
    esac
    if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then
        bad=1
    fi
    passed=$((passed + good))
    failed=$((failed + bad))
    printf '%-40s %5d passed %5d failed\n' "$(basename "$program")" "$good" "$bad"
    if [ "$bad" -ne 0 ] || [ "$status" -ne 0 ]; then
        sed 's/^/    /' "$log"
    fi
done
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
