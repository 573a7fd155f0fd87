#!/bin/sh
# What SQLite computes from the statements of assay sql is what assay computes from the files, byte for
# byte; and no name or value of a plan is anything but data.
#
# UNITS, SEEDS and UNTIL are how much of it: check-slow has 30 units, three experiments and two weeks.
set -u
# shellcheck source=tests/cli/begin
. "$(dirname "$0")/begin"

# A table with the name of a subquery is told, where an engine takes it for that: each name in the
# statements that were looked at.
names=$(grep -hoE '[a-z_0-9]+ as \(' tests/cli/sql/*/stdout | sed 's/ as (//' | sort -u)
count=0 missed=
for name in $names; do
    count=$((count + 1))
    "$ASSAY" sql --plan data/hillstrom.plan.json --dialect mariadb --table "$name" >"$work/out" 2>"$work/err"
    grep -q "takes the table '$name' for the statement's own subquery" "$work/err" || missed="$missed $name"
done
[ "$count" -ge 30 ] && [ -z "$missed" ]
ok $? "tables with the names of $count subqueries are told; not:$missed"

if [ "$(sqlite3 :memory: "select decimal_mul('2', '2') || ('1' regexp '^1$')" 2>/dev/null)" != 41 ]; then
    echo "sqlite3 with decimal and regexp is not installed; skipped"
    summary
    exit
fi
# same NAME PLAN DATABASE TABLE FILES [TABLES]: the analysis by the statement and by the files.
same() {
    # shellcheck disable=SC2086 # lists of options
    "$ASSAY" sql --plan $2 --dialect sqlite --table "$4" ${6:-} >"$work/statement" 2>"$work/err" &&
        sqlite3 -csv -header "$3" <"$work/statement" >"$work/sums" 2>"$work/err" &&
        "$ASSAY" analyze --plan $2 --format csv "$work/sums" >"$work/by-sql" 2>"$work/err" &&
        "$ASSAY" analyze --plan $2 --format csv $5 >"$work/by-file" 2>"$work/err" &&
        cmp "$work/by-sql" "$work/by-file" >"$work/out"
    ok $? "$1"
}
# The first 200 rows: SQLite's decimal sums of all 64,000 take 14 seconds.
head -n 201 data/hillstrom.csv >"$work/units.csv"
sqlite3 "$work/units.db" '.mode csv' ".import $work/units.csv hillstrom"
same hillstrom data/hillstrom.plan.json "$work/units.db" hillstrom "$work/units.csv"

cat >"$work/exposures.csv" <<'END'
user id,arm,at,country,age,new
u1,A,2026-01-01T10:00:00Z,DE,20,true
u1,A,2026-01-02T10:00:00Z,FR,20,false
u2,B,2026-01-01T11:00:00Z,DE,30,yes
u3,A,2026-01-01T12:00:00Z,FR,40,0
u3,B,2026-01-03T12:00:00Z,FR,40,0
u4,B,2026-01-01T12:00:00Z,FR,17.5,1
u5,A,2026-01-02T00:00:00Z,DE,50,NA
u6,B,2026-01-02T00:00:00.5Z,DE,17.4,1
u7,A,2026-01-02T00:00:00Z,it's,18,1
u8,B,2026-01-09T00:00:00Z,DE,19,1
u8,B,2026-01-09T00:00:00Z,FR,19,1
u9,B,2026-01-09T00:00:00+01:00,XX,19,1
v1,A,2026-01-29T00:00:00Z,DE,19,1
v2,A,2026-02-01T00:00:00Z,DE,19,1
END
cat >"$work/orders.csv" <<'END'
user id,at,amount
u1,2026-01-01T10:00:00Z,10.25
u1,2026-01-03T10:00:00Z,1.0500
u1,2025-12-30T10:00:00Z,3
u2,2026-01-01T10:59:59Z,7.5
u2,2026-01-02T10:59:59Z,208.5
u4,2026-01-05T10:59:59Z,
u4,2026-01-06T10:59:59Z,-2.25
u9,2026-01-06T10:59:59Z,2.25
x9,2026-01-06T10:59:59Z,2.25
u3,2026-01-02T10:59:59Z,2.25
u5,2026-01-09T00:00:00Z,4
u7,2026-01-12T00:00:00.75Z,1e1
END
sqlite3 "$work/events.db" '.mode csv' ".import $work/exposures.csv exposures" \
    ".import $work/orders.csv orders"
same events tests/cli/sql/plan.json "$work/events.db" exposures \
    "$work/exposures.csv --events orders=$work/orders.csv" "--events orders=orders"
"$ASSAY" summarize --plan tests/cli/sql/plan.json "$work/exposures.csv" \
    --events "orders=$work/orders.csv" | grep -E '^@(rows|events|units_|missing|note)' |
    cut -d, -f1-6 | grep -v ',0$' | sort >"$work/by-file"
grep -E '^@(rows|events|units_|missing|note)' "$work/sums" | cut -d, -f1-6 |
    sed 's/""//g; s/^\(@events_[a-z]*,,,,\)orders/\1/' | grep -v ',0$' | sort >"$work/by-sql"
diff "$work/by-file" "$work/by-sql" >"$work/out"
ok $? "counts of rows and events"

# A count has no digits after the point, and its caps may have some.
cat >"$work/counts.json" <<'END'
{"columns": {"unit": "user id", "group": "arm", "time": "at"}, "comparisons": {"baseline": "A"},
 "events": [{"name": "orders"}],
 "metrics": [
   {"id": "n", "events": "orders", "aggregation": "count", "cap": {"upper": 1.5}},
   {"id": "m", "events": "orders", "aggregation": "count", "cap": {"lower": 0.25, "upper": 1.750}},
   {"id": "q", "events": "orders", "aggregation": "count", "cap": {"lower": 0.5, "upperQuantile": 0.9}},
   {"id": "d", "value": "amount", "events": "orders", "aggregation": "countDistinct", "window": "20d",
    "preExposureWindow": "7d", "cap": {"upper": 1.5}},
   {"id": "r", "type": "ratio", "events": "orders", "aggregation": "count", "cap": {"upper": 0.5},
    "denominator": {"value": "amount", "events": "orders", "aggregation": "sum"}}]}
END
for looks in "--as-of 2026-02-03" "--granularity week --as-of 2026-02-03"; do
    same "caps of counts $looks" "$work/counts.json $looks" "$work/events.db" exposures \
        "$work/exposures.csv --events orders=$work/orders.csv" "--events orders=orders"
done

# Every aggregation, windows, ratios, covariates, slices, caps at quantiles; one look, and looks whose
# sums at each are those of the files.
# sums FILE: rows of sums in one order and spelling, without what says where they come from.
sums() {
    "$ASSAY" merge "$1" 2>"$work/err" | grep -Ev '^@(input|end|note|cap|latest|schema|events|missing|rows|definition)' | sort
}
# events SEED UNITS LOOKS...: the experiment of the seed, at each of the LOOKS.
events() {
    seed=$1 made=$work/$1-$2
    mkdir "$made"
    sh tests/warehouse/generate "$seed" "$2" "$made"
    sqlite3 "$made/db" '.mode csv' ".import $made/exposures.csv exposures" ".import $made/orders.csv orders" \
        ".import $made/visits.csv visits"
    shift 2
    for looks in "$@"; do
        data="$made/exposures.csv --events visits=$made/visits.csv"
        same "seed $seed $looks" "tests/warehouse/events.plan.json $looks" "$made/db" exposures \
            "$data --events orders=$made/orders.csv" "--events orders=orders --events visits=visits"
        case $looks in *as-of*)
            # shellcheck disable=SC2086 # lists of options
            "$ASSAY" summarize --plan tests/warehouse/events.plan.json $looks $data \
                --events "orders=$made/orders.csv" >"$made/sums"
            sums "$made/sums" >"$work/by-file"
            sums "$work/sums" | awk -F, -v OFS=, '{
                if ($3 ~ /^[0-9]+$/) {
                    command = "date -u -d @" substr($3, 1, length($3) - 6) " +%Y-%m-%dT%H:%M:%SZ"
                    if (!($3 in times)) { command | getline times[$3]; close(command) }
                    $3 = times[$3]
                }
                print
            }' | sort >"$work/by-sql"
            [ -s "$work/by-sql" ] && diff "$work/by-file" "$work/by-sql" >"$work/out"
            ok $? "sums of seed $seed $looks" ;;
        esac
    done
}
units=${UNITS:-10}
first=${SEEDS:-1}
first=${first%% *}
until=${UNTIL:-2026-03-05T06:00:00Z}
for seed in ${SEEDS:-1}; do
    events "$seed" "$units" "" "--as-of 2026-03-09T12:00:00Z" \
        "--granularity day --as-of $until" "--granularity week --as-of 2026-03-12T06:00:00Z"
    # By hour there are hundreds of looks, of which SQLite takes dozens in a second.
    events "$seed" 8 "--granularity hour --as-of 2026-03-03T04:30:00Z"
done

# Rows of units as measurements, and rows that are units, by looks.
awk -F, -v OFS=, 'NR == FNR { arm[$1] = $2; next } FNR == 1 { print $0, "arm"; next }
    { print $0, ($1 in arm) ? arm[$1] : "C" }' "$work/$first-$units/exposures.csv" "$work/$first-$units/orders.csv" >"$work/rows.csv"
sqlite3 "$work/rows.db" '.mode csv' ".import $work/rows.csv rows"
same "rows by hour" tests/warehouse/rows.plan.json "$work/rows.db" rows "$work/rows.csv"
cat >"$work/plain.json" <<'END'
{"columns": {"group": "arm", "time": "seen"}, "comparisons": {"baseline": "A"}, "granularity": "day",
 "dimensions": ["channel"],
 "metrics": [{"id": "amount"}, {"id": "paid", "value": "amount", "cap": {"upper": 5, "lower": 0}}]}
END
same "rows are units, by day" "$work/plain.json" "$work/rows.db" rows "$work/rows.csv"
cat >"$work/filter.json" <<'END'
{"columns": {"unit": "user", "group": "arm"}, "comparisons": {"baseline": "A"}, "where": "amount > 1",
 "metrics": [{"id": "amount", "aggregation": "sum", "where": "amount > 1"}]}
END
same "a metric's filter that is the plan's" "$work/filter.json" "$work/rows.db" rows "$work/rows.csv"

# What one value holds, the sum of a unit may not: it is refused.
printf 'u,g,y\nA,a,99999999999999\nA,a,99999999999999\nB,b,1\nB,b,2\nC,b,2\nD,a,2\n' >"$work/long.csv"
sqlite3 "$work/long.db" '.mode csv' ".import $work/long.csv t"
"$ASSAY" sql --dialect sqlite --table t --unit u --group g --baseline a --metric y:aggregation=sum |
    sqlite3 -csv -header "$work/long.db" >"$work/sums"
"$ASSAY" analyze --unit u --group g --baseline a --metric y:aggregation=sum "$work/sums" >"$work/out" 2>"$work/err"
[ $? -eq 65 ] && grep -q "Column 'y' of the database: 1 values are added up for a unit to more digits" "$work/err"
ok $? "too many digits of a sum"

# Parts with a cap at a quantile, which each found among its own units, do not add up.
for part in 1 2; do
    printf 'g,y\nA,1\nA,2\nA,%s\nB,3\nB,4\nB,5\n' "$part"9 >"$work/cap.csv"
    rm -f "$work/cap.db"
    sqlite3 "$work/cap.db" '.mode csv' ".import $work/cap.csv t"
    "$ASSAY" sql --dialect sqlite --table t --group g --baseline A --metric y:upper-quantile=0.9 |
        sqlite3 -csv -header "$work/cap.db" >"$work/cap$part"
done
"$ASSAY" merge "$work/cap1" "$work/cap2" >"$work/out" 2>"$work/err"
[ $? -eq 65 ] && grep -q "'y' has a cap at a quantile, which a database found" "$work/err"
ok $? "parts with caps at quantiles"

# Two levels: views add up in two databases, and the statement above adds those sums; the second view of
# another plan is found.
sed 's/"upperQuantile": [0-9.]*/"upper": 50/; s/"lowerQuantile": [0-9.]*/"lower": 0/' \
    tests/warehouse/events.plan.json >"$work/parts.json"
for shard in 0 1; do
    for table in exposures orders visits; do
        awk -F, -v shard=$shard 'FNR == 1 || length($1) % 2 == shard' "$work/$first-$units/$table.csv" >"$work/$table.part"
    done
    sqlite3 "$work/shard$shard.db" '.mode csv' ".import $work/exposures.part exposures" \
        ".import $work/orders.part orders" ".import $work/visits.part visits"
done
# view SHARD OPTIONS: the shard's view is of these options.
view() {
    # shellcheck disable=SC2086 # lists of options
    "$ASSAY" sql --plan "$work/parts.json" --dialect sqlite --view sums --source-units 0 --table exposures \
        --events orders=orders --events visits=visits $2 >"$work/view" 2>"$work/err" &&
        sqlite3 "$work/shard$1.db" "drop view if exists sums" ".read $work/view"
}
above() {
    # shellcheck disable=SC2086 # lists of options
    "$ASSAY" sql --plan "$work/parts.json" --dialect sqlite --view sums --source-units 0 --shard s0 --shard s1 $1 \
        >"$work/statement" 2>"$work/err" &&
        sqlite3 -csv -header :memory: "attach '$work/shard0.db' as s0; attach '$work/shard1.db' as s1" \
            ".read $work/statement" >"$work/sums" 2>"$work/err" &&
        "$ASSAY" analyze --plan "$work/parts.json" $1 --format csv "$work/sums" >"$work/by-sql" 2>"$work/err"
}
for looks in "--as-of 2026-03-09T12:00:00Z" "--granularity day --as-of $until"; do
    # shellcheck disable=SC2086 # lists of options
    view 0 "$looks" && view 1 "$looks" && above "$looks" &&
        "$ASSAY" analyze --plan "$work/parts.json" $looks --format csv "$work/$first-$units/exposures.csv" \
            --events "orders=$work/$first-$units/orders.csv" --events "visits=$work/$first-$units/visits.csv" |
        cmp - "$work/by-sql" >"$work/out"
    ok $? "two levels $looks"
done
view 0 "--granularity day --as-of 2026-03-04T12:00:00Z" &&
    view 1 "--granularity day --as-of 2026-03-05T12:00:00Z" && above "--granularity day --as-of 2026-03-05T12:00:00Z"
[ $? -eq 65 ] && grep -q "of a shard are of another plan" "$work/err"
ok $? "a shard's view of another plan"

# A slice whose only unit is seen in a second group has nobody from then on.
cat >"$work/leave.csv" <<'END'
u,g,t,d,y
a1,A,2026-03-01T10:00:00Z,x,1
a2,A,2026-03-01T10:00:00Z,x,2
a3,A,2026-03-01T11:00:00Z,x,4
b1,B,2026-03-01T10:00:00Z,x,3
b2,B,2026-03-01T10:00:00Z,x,5
b3,B,2026-03-01T11:00:00Z,x,4
a4,A,2026-03-01T10:00:00Z,z,7
a4,B,2026-03-02T10:00:00Z,z,7
b4,B,2026-03-01T10:00:00Z,z,8
a5,A,2026-03-03T10:00:00Z,x,2
b5,B,2026-03-03T10:00:00Z,x,3
END
echo '{"columns": {"unit": "u", "group": "g", "time": "t"}, "comparisons": {"baseline": "A"},
 "granularity": "day", "dimensions": ["d"], "metrics": [{"id": "y"}]}' >"$work/leave.json"
sqlite3 "$work/leave.db" '.mode csv' ".import $work/leave.csv t"
same "a slice that is left by all" "$work/leave.json" "$work/leave.db" t "$work/leave.csv"
"$ASSAY" summarize --plan "$work/leave.json" "$work/leave.csv" >"$work/kept" 2>"$work/err" &&
    "$ASSAY" analyze --plan "$work/leave.json" "$work/kept" --format csv 2>"$work/err" | cmp - "$work/by-file" >"$work/out"
ok $? "and so in sums of files"

# A table that was cut on its way is not taken.
sed '$d' "$work/sums" >"$work/cut"
"$ASSAY" analyze --unit u --group g --baseline a --metric y:aggregation=sum "$work/cut" >"$work/out" 2>"$work/err"
[ $? -eq 65 ] && grep -q "'@end', is missing" "$work/err"
ok $? "a cut table"

# A value that is not a number, or has too many digits, is refused and never rounded.
printf 'g,y\nA,1\nA,2.00001\nB,3\nB,4\n' >"$work/odd.csv"
sqlite3 "$work/odd.db" '.mode csv' ".import $work/odd.csv t"
"$ASSAY" sql --dialect sqlite --table t --group g --baseline A --metric y |
    sqlite3 -csv -header "$work/odd.db" >"$work/sums"
"$ASSAY" analyze --group g --baseline A --metric y "$work/sums" >"$work/out" 2>"$work/err"
[ $? -eq 65 ] && grep -q "Column 'y' of the database: 1 values are not numbers, or have more digits" "$work/err"
ok $? "too many digits"

# Hostile names: each is a column, a group, a value, an id; the table and the sums stay whole.
cat >"$work/names" <<'END'
x"; drop table t; --
x'; drop table t; --
*/ drop table t; /*
' or '1'='1
" or "1"="1
\'; drop table t; --
`x`; drop table t
$1 $2 %s %n ${x} :x @x ?
-- x
END
awk -v work="$work" '{
    quoted = json = $0
    gsub(/"/, "&&", quoted)
    gsub(/[\\"]/, "\\\\&", json)
    value = json
    gsub(/\\"/, "&&", value)
    file = work "/hostile" NR ".csv"
    printf "\"g%s\",\"y%s\",d\n\"%s\",1,\"%s\"\n\"%s\",2,\"%s\"\nB,3,x\nB,5,x\n",
        quoted, quoted, quoted, quoted, quoted, quoted >file
    close(file)
    file = work "/hostile" NR ".json"
    printf "{\"columns\": {\"group\": \"g%s\"}, \"comparisons\": {\"baseline\": \"%s\"},", json, json >file
    printf "\"dimensions\": [\"d\"], \"segments\": [{\"id\": \"s%s\",", json >file
    printf "\"filter\": \"d != \\\"%s\\\"\"}],", value >file
    printf "\"metrics\": [{\"id\": \"m%s\", \"type\": \"mean\", \"value\": \"y%s\"}]}\n", json, json >file
    close(file)
}' "$work/names"
number=0
while IFS= read -r name; do
    number=$((number + 1))
    sqlite3 "$work/hostile$number.db" '.mode csv' ".import $work/hostile$number.csv t"
    same "hostile $name" "$work/hostile$number.json" "$work/hostile$number.db" t "$work/hostile$number.csv"
done <"$work/names"
summary
