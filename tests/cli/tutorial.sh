#!/bin/sh
# The blocks of docs/first-hour.md run, in order, in an empty folder.
set -u
# shellcheck source=tests/cli/begin
. "$(dirname "$0")/begin"
mkdir "$work/bin" "$work/folder"
ln -s "$ASSAY" "$work/bin/assay"
awk -v folder="$work" '
    /^```sh$/ { file = sprintf("%s/block-%02d", folder, ++count); next }
    /^```$/ { file = ""; next }
    file != "" { print > file }' docs/first-hour.md
[ "$(find "$work" -name 'block-*' | wc -l)" -ge 8 ]
ok $? "first-hour.md has blocks"
for block in "$work"/block-*; do
    (cd "$work/folder" && PATH="$work/bin:$PATH" sh -eu "$block") >"$work/out" 2>"$work/err" </dev/null
    ok $? "$(grep -m 1 '^assay' "$block")"
done
grep -qi 'ship' "$work/out"
ok $? "the last block simulates"
[ -s "$work/folder/report.html" ] && grep -q '"recommendation"' "$work/folder/result.json"
ok $? "the result and its report are there"
(cd "$work/folder" && ! "$ASSAY" analyze excel.csv --group Variante --unit Kunde --baseline Kontrolle \
    --metric Umsatz >"$work/out" 2>"$work/err") && grep -q 'Add --decimal=,' "$work/err"
ok $? "a decimal comma is named with its option"
(cd "$work/folder" && ! "$ASSAY" analyze ga4.csv --group experiment_variant --unit user_pseudo_id \
    --baseline control --metric event_value_in_usd >"$work/out" 2>"$work/err") &&
    grep -q 'aggregation' "$work/err"
ok $? "event rows without aggregation are refused"
summary
