#!/bin/sh
# Somebody with a file and the README alone: for each shape of file the first try gives a result, or
# names the options of the second try; and the commands of the README's table give the right figures.
set -u
# shellcheck source=tests/cli/begin
. "$(dirname "$0")/begin"
mkdir "$work/bin"
ln -s "$ASSAY" "$work/bin/assay"
PATH=$work/bin:$PATH
top=$PWD
cd "$work" || exit 1

# Files that no test or manual has: other names, other numbers.
awk 'BEGIN { print "customer,visits,arm,bought,spent"
    for (i = 1; i <= 800; i++)
        printf "c%d,%d,%s,%d,%.2f\n", i, i % 9, i % 2 ? "old" : "new", (i * 7) % 10 < (i % 2 ? 3 : 4),
            (i * 37) % 50 + (i % 2 ? 0 : 3) }' >users.csv
awk 'BEGIN { print "order_no,customer,arm,ordered,amount"
    for (i = 1; i <= 3000; i++) {
        c = 1 + (i * 617) % 800
        printf "%d,c%d,%s,2026-05-%02dT%02d:10:00Z,%.2f\n", i, c, c % 2 ? "old" : "new", 1 + i % 28, i % 24,
            5 + (i * 31) % 60 + (c % 2 ? 0 : 2) } }' >orders.csv
awk 'BEGIN { print "customer,arm,first_seen"
    for (i = 1; i <= 800; i++)
        printf "c%d,%s,2026-05-%02dT08:00:00Z\n", i, i % 2 ? "old" : "new", 1 + i % 10 }' >exposures.csv
awk 'BEGIN { print "event_date,event_timestamp,event_name,user_pseudo_id,experiment_variant,event_value_in_usd"
    for (i = 1; i <= 3000; i++) {
        u = 1 + (i * 617) % 900; b = (i * 13) % 5 == 0
        printf "202603%02d,%.0f,%s,%d.7,%s,%s\n", 2 + i % 5, 1772479048055436 + i * 60000000,
            b ? "purchase" : "page_view", u, u % 2 ? "control" : "variant_b", b ? 5 + i % 40 : "" } }' >ga4.csv
awk 'BEGIN { printf "customer_id;Gruppe;Umsatz in \342\202\254;Bestellt am\r\n"
    for (i = 1; i <= 600; i++)
        printf "%d;%s;%d,%02d;%02d.03.2026\r\n", 10000 + i, i % 2 ? "Kontrolle" : "Gr\303\266\303\237er",
            20 + (i * 37) % 40 + (i % 2 ? 0 : 4), (i * 53) % 100, 1 + i % 20 }' >plain.csv

# The mean of a group's column, in its units: mean FILE SEPARATOR UNIT GROUP VALUE NAME, by field number.
mean() {
    awk -F"$2" -v unit="$3" -v group="$4" -v value="$5" -v name="$6" 'NR > 1 && $group == name {
        sub(/,/, ".", $value); sum += $value; if (!($unit in seen)) { seen[$unit]; units++ } }
        END { printf "%.4f\n", sum / units }' "$1"
}
# Whether the CSV report has these two means of a metric.
has_means() {
    sed 's/--format table/--format csv/' "$work/command" | sh >"$work/report" 2>"$work/err" &&
        awk -F, -v metric="$1" -v a="$2" -v b="$3" '
            NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
            function near(x, y) { return x - y < 0.0001 && y - x < 0.0001 }
            $at["metric"] == metric && near($at["baseline_estimate"], a) && near($at["compared_estimate"], b) { found = 1 }
            END { exit !found }' "$work/report"
}
# The command of the README whose file this is.
readme() {
    sed -n "s/^| .* | \`\(assay analyze $1 .*\)\` |\$/\1/p" "$top/README.md" >"$work/command"
    [ -s "$work/command" ] && sh "$work/command" >"$work/out" 2>"$work/err" && grep -q '^RECOMMENDATION' "$work/out"
    ok $? "the README's command for $1"
}
# The first try of a file without options is refused with an example, which is the second try.
second_try() {
    assay analyze "$1" --format table >"$work/out" 2>"$work/err"
    [ $? -eq 2 ] && grep -q 'rows are events' "$work/err"
    ok $? "$1 alone is refused: its rows are events"
    sed -n "s/.*for example with \(.*\)/assay analyze $1 \1 --format table/p" "$work/err" >"$work/command"
    sh "$work/command" >"$work/out" 2>"$work/err" && grep -q '^RECOMMENDATION' "$work/out"
    ok $? "what the message says gives a result"
}

readme users.csv
has_means spent "$(mean users.csv , 1 3 5 old)" "$(mean users.csv , 1 3 5 new)"
ok $? "has the means of users"

second_try orders.csv
readme orders.csv
has_means amount "$(mean orders.csv , 2 3 5 old)" "$(mean orders.csv , 2 3 5 new)"
ok $? "has sums per customer"

assay analyze exposures.csv --format table >"$work/out" 2>"$work/err"
[ $? -eq 65 ] && grep -q -e '--events' "$work/err"
ok $? "exposures alone: the message names --events"
readme exposures.csv
# Orders of each customer from the first exposure on.
awk -F, 'NR == FNR { if (FNR > 1) { arm[$1] = $2; seen[$1] = $3; units[$2]++ } next }
    FNR > 1 && ($2 in seen) && $4 >= seen[$2] { sum[arm[$2]] += $5 }
    END { printf "%.4f %.4f\n", sum["old"] / units["old"], sum["new"] / units["new"] }' exposures.csv orders.csv >"$work/means"
has_means revenue "$(cut -d' ' -f1 "$work/means")" "$(cut -d' ' -f2 "$work/means")"
ok $? "has the revenue after exposure"

second_try ga4.csv
readme ga4.csv
has_means event_value_in_usd "$(mean ga4.csv , 4 5 6 control)" "$(mean ga4.csv , 4 5 6 variant_b)"
ok $? "has the value per user"

for encoding in UTF-8-BOM UTF-16 WINDOWS-1252; do
    case $encoding in
    UTF-8-BOM) (printf '\357\273\277' && cat plain.csv) >excel.csv ;;
    *) iconv -f UTF-8 -t "$encoding" plain.csv >excel.csv ;;
    esac
    readme excel.csv
    has_means 'Umsatz in €' "$(mean plain.csv ';' 1 2 3 Kontrolle)" "$(mean plain.csv ';' 1 2 3 Größer)"
    ok $? "an export of Excel in $encoding"
done
cd "$top" || exit 1
summary
