#!/bin/sh
# What assay prints on real data: strict JSON, the same bytes in a comma locale and from gzip, zstd
# and standard input, no partial output on failure, nothing on standard output but results.
set -u
passed=0
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ok() {
    if [ "$1" -eq 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "failed: $2"
        head -c 600 "$work/err"
    fi
}
plan=data/hillstrom.plan.json
for format in result detail csv; do
    "$ASSAY" analyze data/hillstrom.csv --plan $plan --format $format >"$work/$format" 2>"$work/err"
    ok $? "--format $format"
    [ -s "$work/$format" ] && [ ! -s "$work/err" ]
    ok $? "--format $format prints a result and nothing else"
    # The locale is made here, since a machine may have none: a copy of C with a decimal comma.
    LC_ALL=de_DE.UTF-8 "$ASSAY" analyze data/hillstrom.csv --plan $plan --format $format \
        >"$work/again" 2>"$work/err" && cmp -s "$work/$format" "$work/again"
    ok $? "--format $format in a comma locale"
done
gzip -c data/hillstrom.csv >"$work/data.gz"
"$ASSAY" analyze "$work/data.gz" --plan $plan --format result 2>"$work/err" | cmp -s - "$work/result"
ok $? "gzip"
if command -v zstd >/dev/null 2>&1; then
    zstd -q -c data/hillstrom.csv >"$work/data.zst"
    "$ASSAY" analyze "$work/data.zst" --plan $plan --format result 2>"$work/err" |
        cmp -s - "$work/result"
    ok $? "zstd"
fi
"$ASSAY" analyze - --plan $plan --format result <data/hillstrom.csv 2>"$work/err" |
    cmp -s - "$work/result"
ok $? "standard input"
! grep -qE 'null|NaN|Infinity' "$work/result"
ok $? "no null, NaN or Infinity in the result"
"$ASSAY" analyze data/hillstrom.csv --plan $plan --format result --output "$work/file" 2>"$work/err" &&
    cmp -s "$work/file" "$work/result"
ok $? "--output"
"$ASSAY" analyze data/hillstrom.csv --plan $plan --output "$work/none/file" >"$work/out" 2>"$work/err"
[ $? -eq 74 ] && [ ! -s "$work/out" ] && [ -s "$work/err" ]
ok $? "--output into a folder that is not there: exit 74, nothing printed"
"$ASSAY" analyze data/hillstrom.csv --plan $plan --format table --output /dev/full >"$work/out" 2>"$work/err"
[ $? -eq 74 ]
ok $? "a full device: exit 74"
"$ASSAY" analyze data/hillstrom.csv --plan $plan --format result >/dev/full 2>"$work/err"
[ $? -eq 74 ] && [ -s "$work/err" ]
ok $? "standard output full: exit 74"
"$ASSAY" analyze data/hillstrom.csv --plan $plan --fail-on srm,deterioration --format csv >"$work/out" 2>"$work/err"
ok $? "--fail-on with healthy data: exit 0"
{ cat data/hillstrom.csv; grep 'No E-Mail' data/hillstrom.csv; } >"$work/double.csv"
"$ASSAY" analyze "$work/double.csv" --plan $plan --fail-on srm --format csv >"$work/out" 2>"$work/err"
[ $? -eq 10 ]
ok $? "--fail-on srm with a mismatch: exit 10"
for words in help version "help analyze" "help plan" "help post" "help serve" "help merge"; do
    # shellcheck disable=SC2086 # words
    "$ASSAY" $words >/dev/full 2>"$work/err"
    [ $? -eq 74 ] && [ -s "$work/err" ]
    ok $? "$words with standard output full: exit 74"
done
# Where to post is a question of the command line: it is asked before the data are read.
env -u ASSAY_BASE_URL -u ASSAY_REGION "$ASSAY" analyze "$work/none.csv" --plan $plan --post \
    >"$work/out" 2>"$work/err"
[ $? -eq 2 ] && [ ! -s "$work/out" ] && grep -q '^assay analyze: where to post is not given' "$work/err"
ok $? "--post without a server: exit 2, nothing printed"
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
