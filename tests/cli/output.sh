#!/bin/sh
# What assay prints on real data: strict JSON, the same bytes in a comma locale and from gzip, zstd
# and standard input, no partial output on failure, nothing on standard output but results.
set -u
# shellcheck source=tests/cli/begin
. "$(dirname "$0")/begin"
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
# The same figures in csv, detail and result: one of each per metric, comparison and slice (of names
# without commas).
for format in csv detail result; do
    "$ASSAY" analyze data/hillstrom.csv --group treatment --baseline "No E-Mail" --proportion visit \
        --metric spend:covariates=history --ratio spend/visit --dimension channel --dimension zip_code \
        --format $format >"$work/$format" 2>"$work/err"
done
# Lines "NAME detail" and "NAME result" for each that is the same; null is an empty cell of the csv.
cat >"$work/names" <<'FIGURES'
difference "difference":\{"estimate": "differenceEstimateAbs":\{"estimate":\{"value":
lower "difference":\{[^}]*"lower": "differenceEstimateAbs":\{[^}]*\},"lower":\{"value":
upper "difference":\{[^}]*"upper": "differenceEstimateAbs":\{[^}]*\},[^}]*\},"upper":\{"value":
relative_difference "relative":\{"estimate": "differenceEstimateRel":\{"estimate":\{"value":
baseline_n "baselineStats":\{"n": "baselineSampleSize":\{"value":
baseline_estimate "baselineStats":\{[^}]*"estimate": "baselineEstimateAbs":\{"value":
FIGURES
awk '
    function read_all(file,    line, all) {
        while ((getline line <file) > 0)
            all = all line "\n"
        return all
    }
    # The values behind what the pattern finds in a text, added to found[]; how many there are now.
    function values(found, count, text, pattern,    value) {
        while (match(text, pattern "[^,}]*")) {
            value = substr(text, RSTART, RLENGTH)
            text = substr(text, RSTART + RLENGTH)
            sub(/.*:/, "", value)
            found[++count] = value == "null" ? "" : value
        }
        return count
    }
    BEGIN {
        work = ARGV[1]
        rows = split(read_all(work "/csv"), row, "\n") - 1
        columns = split(row[1], header, ",")
        detail = read_all(work "/detail")
        gsub(/"deterioration":\{[^}]*\}/, "", detail)
        result = read_all(work "/result")
        gsub(/"lastDeteriorationResult"/, "\n&", result)
        gsub(/\{"status"/, "\n&", result)
        pieces = split(result, piece, "\n")
        while ((getline line <(work "/names")) > 0) {
            split(line, name, " ")
            split("", column); split("", found); split("", of_csv); split("", of_result)
            for (at = 1; header[at] != name[1] && at < columns; at++)
                ;
            for (i = 2; i <= rows; i++) {
                split(row[i], cell, ",")
                column[i - 1] = cell[at]
                if (cell[at] != "") of_csv[cell[at]]
            }
            same = rows == 43 && values(found, 0, detail, name[2]) == 42
            for (i = 1; i <= 42; i++)
                same = same && found[i] "" == column[i] ""
            if (same) print name[1], "detail"
            split("", found)
            count = 0
            for (i = 1; i <= pieces; i++)
                if (piece[i] !~ /^"lastDeteriorationResult"/)
                    count = values(found, count, piece[i], name[3])
            same = count > 0
            for (i = 1; i <= count; i++) {
                of_result[found[i]]
                same = same && found[i] in of_csv
            }
            for (value in of_csv)
                same = same && value in of_result
            if (same) print name[1], "result"
        }
    }' "$work" >"$work/same"
while read -r name _; do
    for format in detail result; do
        grep -qx "$name $format" "$work/same"
        ok $? "csv and $format have the same $name"
    done
done <"$work/names"
# A file that --output replaces is whole or as it was, keeps its permissions, and is found through links.
small="--group g --baseline a --metric m"
printf 'g,m\na,1\na,2\na,4\nb,2\nb,3\nb,7\n' >"$work/small.csv"
# shellcheck disable=SC2086 # words
write() { "$ASSAY" "$1" "$work/small.csv" $small --output "$2" >"$work/out" 2>"$work/err"; }
"$ASSAY" analyze "$work/small.csv" --group g --baseline a --metric m >"$work/wanted"
echo before >"$work/target"
chmod 640 "$work/target"
ln -s target "$work/link"
write analyze "$work/link" && [ -L "$work/link" ] && cmp -s "$work/target" "$work/wanted" &&
    [ "$(stat -c %a "$work/target")" = 640 ]
ok $? "--output to a link replaces what it leads to, with its permissions"
"$ASSAY" analyze "$work/small.csv" --group g --baseline a --metric none --output "$work/target" \
    >"$work/out" 2>"$work/err"
[ $? -eq 65 ] && cmp -s "$work/target" "$work/wanted"
ok $? "a failure leaves the file of --output as it was"
write analyze - && cmp -s "$work/out" "$work/wanted" && [ ! -e ./- ]
ok $? "--output - is standard output"
write analyze /dev/stdout && cmp -s "$work/out" "$work/wanted" && [ -L /dev/stdout ]
ok $? "--output /dev/stdout"
mkfifo "$work/pipe"
cat "$work/pipe" >"$work/through" &
write analyze "$work/pipe" && wait && [ -p "$work/pipe" ] && cmp -s "$work/through" "$work/wanted"
ok $? "--output to a pipe"
! (ulimit -f 0 && write analyze "$work/target") 2>/dev/null && cmp -s "$work/target" "$work/wanted"
ok $? "no room: the file of --output is as it was"
cp "$work/small.csv" "$work/kept.csv"
for command in analyze summarize; do
    write $command "$work/small.csv"
    [ $? -eq 2 ] && grep -q "^assay $command: --output: .* is an input" "$work/err" &&
        cmp -s "$work/small.csv" "$work/kept.csv"
    ok $? "$command --output over its input: exit 2, the input is kept"
done
cp $plan "$work/plan.json"
"$ASSAY" analyze data/hillstrom.csv --plan "$work/plan.json" --output "$work/plan.json" \
    >"$work/out" 2>"$work/err"
[ $? -eq 2 ] && cmp -s $plan "$work/plan.json"
ok $? "--output over the plan: exit 2, the plan is kept"
# shellcheck disable=SC2086,SC2094 # words; the file is not written
"$ASSAY" analyze - $small --output "$work/small.csv" <"$work/small.csv" >"$work/out" 2>"$work/err"
[ $? -eq 2 ] && cmp -s "$work/small.csv" "$work/kept.csv"
ok $? "--output over standard input: exit 2"
write summarize "$work/part" && cp "$work/part" "$work/part2" &&
    "$ASSAY" merge "$work/part2" --output "$work/part2" && cmp -s "$work/part" "$work/part2"
ok $? "merge may write over its input"
# What a killed writer left goes; what is not such a file, or young, stays.
touch -d '2 hours ago' "$work/file1.part.123" "$work/file1.part.12x" "$work/file2.part.4"
touch "$work/file1.part.99999999"
write summarize "$work/file1" && [ ! -e "$work/file1.part.123" ] && [ -e "$work/file1.part.12x" ] &&
    [ -e "$work/file2.part.4" ] && [ -e "$work/file1.part.99999999" ]
ok $? "files that killed writers left are swept"
touch -d '2 hours ago' "$work/file1.part.77"
# shellcheck disable=SC2016 # the inner shell's own arguments
flock "$work/file1.part.77" sh -c '"$0" summarize "$1" --group g --baseline a --metric m --output "$2" && [ -e "$2.part.77" ]' \
    "$ASSAY" "$work/small.csv" "$work/file1"
ok $? "a file whose writer lives is not"
rm -f "$work"/file*.part.*
printf 'tokens-0123456789abcdef\n' >"$work/token"
chmod 600 "$work/token"
cp "$work/token" "$work/token.kept"
for option in token-file client-secret-file ca-file client-cert client-key; do
    "$ASSAY" analyze "$work/small.csv" --group g --baseline a --metric m --parent workflows/w/instances/i --post \
        --base-url http://127.0.0.1:1 --client-id i "--$option" "$work/token" --output "$work/token" \
        >"$work/out" 2>"$work/err"
    [ $? -eq 2 ] && grep -q 'is an input' "$work/err" && cmp -s "$work/token" "$work/token.kept"
    ok $? "--output over the file of --$option: exit 2, the file is kept"
done
find "$work" -name '*.part.*' | grep -q . && left=1 || left=0
ok "$left" "nothing is left beside files of --output"
for words in help version "help analyze" "help plan" "help post" "help serve" "help merge"; do
    # shellcheck disable=SC2086 # words
    "$ASSAY" $words >/dev/full 2>"$work/err"
    [ $? -eq 74 ] && [ -s "$work/err" ]
    ok $? "$words with standard output full: exit 74"
done
# Whoever has read enough closes the pipe: that is no failure, and nobody is told.
i=0
while [ $i -lt 20 ]; do
    { "$ASSAY" analyze data/hillstrom.csv --plan $plan --format detail --pretty 2>"$work/err"
        echo $? >"$work/status"; } | { read -r line && echo "$line" >"$work/out"; }
    read -r status <"$work/status"
    if [ "$status" -ne 0 ] || [ -s "$work/err" ]; then break; fi
    i=$((i + 1))
done
[ $i -eq 20 ]
ok $? "a pipe that is closed ends quietly"
# A closed standard output is not a file of the program's: nothing is printed into what it opens.
for words in version "srm --counts 1,2" "size --baseline-rate 0.1 --mde 0.1" "analyze $work/small.csv $small" \
    "summarize $work/small.csv $small" "plan init $work/small.csv"; do
    # shellcheck disable=SC2086 # words
    "$ASSAY" $words >&- 2>"$work/err"
    [ $? -eq 74 ] && [ -s "$work/err" ]
    ok $? "$words with standard output closed: exit 74"
done
"$ASSAY" analyze "$work/small.csv" --group g --baseline a --metric m --output "$work/file" >&- 2>&- <&- &&
    cmp -s "$work/file" "$work/wanted"
ok $? "all standard streams closed, --output"
! "$ASSAY" analyze - --baseline a --metric m <&- >"$work/out" 2>"$work/err" &&
    grep -q 'Cannot read' "$work/err"
ok $? "a closed standard input cannot be read"
echo "me 0123456789abcdef" >"$work/tokens"
chmod 600 "$work/tokens"
timeout 20 "$ASSAY" serve --db "$work/db" --tokens "$work/tokens" --port 0 >/dev/full 2>"$work/err"
[ $? -eq 74 ]
ok $? "serve that cannot say its address: exit 74"
# Where to post is a question of the command line: it is asked before the data are read.
env -u ASSAY_BASE_URL -u ASSAY_REGION "$ASSAY" analyze "$work/none.csv" --plan $plan --post \
    >"$work/out" 2>"$work/err"
[ $? -eq 2 ] && [ ! -s "$work/out" ] && grep -q '^assay analyze: where to post is not given' "$work/err"
ok $? "--post without a server: exit 2, nothing printed"
summary
