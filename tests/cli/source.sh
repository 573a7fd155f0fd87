#!/bin/sh
# Databases as sources: SQLite computes the sums, and the result has the bytes of the files'; parts are
# added up, and what goes wrong has its exit status.
# UNITS and UNTIL are how much of it: check-slow has 30 units and two weeks.
set -u
# shellcheck source=tests/cli/begin
. "$(dirname "$0")/begin"
if ! command -v sqlite3 >/dev/null 2>&1; then
    echo "sqlite3 is not installed; skipped"
    summary
    exit
fi
# import DATABASE FOLDER: the generated tables of a folder.
import() {
    sqlite3 "$1" '.mode csv' ".import $2/exposures.csv exposures" ".import $2/orders.csv orders" \
        ".import $2/visits.csv visits"
}
# by_files NAME PLAN FOLDER OPTIONS, and the same with sources: both write $work/NAME.
by_files() {
    # shellcheck disable=SC2086 # lists of options
    "$ASSAY" analyze --plan "$2" --format csv "$3/exposures.csv" --events "orders=$3/orders.csv" \
        --events "visits=$3/visits.csv" $4 >"$work/$1" 2>"$work/err"
}
tables="--table exposures --events orders=orders --events visits=visits"
by_source() {
    name=$1 by=$2 options=$3
    shift 3
    # shellcheck disable=SC2086 # lists of options
    "$ASSAY" analyze --plan "$by" --format csv $tables $options "$@" >"$work/$name" 2>"$work/err"
}
# fails STATUS TEXT NAME: the last by_source ended so, said so and wrote nothing.
fails() {
    status=$?
    [ "$status" -eq "$1" ] || echo "exit status $status" >>"$work/err"
    [ "$status" -eq "$1" ] && grep -q "$2" "$work/err" && [ ! -s "$work/none" ]
    ok $? "$3"
}
plan=tests/warehouse/events.plan.json
mkdir "$work/all"
sh tests/warehouse/generate 3 "${UNITS:-10}" "$work/all"
import "$work/all.db" "$work/all"
until=${UNTIL:-2026-03-05T06:00:00Z}
for looks in "" "--as-of 2026-03-09T12:00:00Z" "--granularity day --as-of $until"; do
    by_files files "$plan" "$work/all" "$looks" &&
        by_source source "$plan" "$looks" --source "sqlite:$work/all.db" &&
        cmp "$work/files" "$work/source" >"$work/out"
    ok $? "the bytes of files $looks"
done
head -n 301 data/hillstrom.csv >"$work/units.csv"
sqlite3 "$work/units.db" '.mode csv' ".import $work/units.csv people"
"$ASSAY" analyze --plan data/hillstrom.plan.json "$work/units.csv" --format csv >"$work/files"
"$ASSAY" analyze --plan data/hillstrom.plan.json --source "sqlite:$work/units.db" --table people \
    --format csv >"$work/source" 2>"$work/err" && cmp "$work/files" "$work/source" >"$work/out"
ok $? "the bytes of a file of units"
# A table of the name of a subquery.
cp "$work/units.db" "$work/called.db"
sqlite3 "$work/called.db" 'alter table people rename to Units'
"$ASSAY" analyze --plan data/hillstrom.plan.json --source "sqlite:$work/called.db" --table Units \
    --format csv >"$work/source" 2>"$work/err" && cmp "$work/files" "$work/source" >"$work/out"
ok $? "a table of units that is called so"
# Whatever a subquery of any statement is called, SQLite finds the table of that name.
sed -nE 's/^ *(with |, ?)?(recursive )?([a-z]+)( \([^)]*\))? as (not materialized |materialized )?\($/\3/p' \
    tests/cli/sql/*/stdout | sort -u >"$work/names"
while read -r name; do
    "$ASSAY" sql --plan data/hillstrom.plan.json --dialect sqlite --table "$name" 2>"$work/err" |
        grep -q "main.[.].$name" || echo "$name"
done <"$work/names" >"$work/out"
[ "$(wc -l <"$work/names")" -ge 18 ] && [ ! -s "$work/out" ]
ok $? "tables called as any subquery"
# Words of the plan that look like numbers: 999 is no value, 2 is yes and 1 is no; filters know them, too.
printf '%s\n' 'u,g,y,p,k' 1,A,5,1,t 2,A,999,2,f 3,B,3.5,1,t 4,B,7,2,Y 5,B,999,2,- >"$work/words.csv"
sqlite3 "$work/words.db" '.mode csv' ".import $work/words.csv words"
cat >"$work/words.json" <<'END'
{"columns": {"unit": "u", "group": "g"}, "comparisons": {"baseline": "A"},
 "format": {"true": "2", "false": "1", "missing": ["999", "-"]},
 "segments": [{"id": "a", "filter": "y > 4"}, {"id": "b", "filter": "y is missing"}, {"id": "c", "filter": "p = true"},
   {"id": "d", "filter": "k is missing"}],
 "metrics": [{"id": "y"}, {"id": "p", "type": "proportion"}]}
END
"$ASSAY" analyze --plan "$work/words.json" "$work/words.csv" --format csv >"$work/files" 2>"$work/err" &&
    "$ASSAY" analyze --plan "$work/words.json" --source "sqlite:$work/words.db" --table words \
        --format csv >"$work/source" 2>"$work/err" && cmp "$work/files" "$work/source" >"$work/out" &&
    grep -q '^y,.*,total,,,0,,1,2,5,5.25,' "$work/source"
ok $? "words of the plan that look like numbers"

# Two parts by unit: their looks begin and end apart.
sed 's/"upperQuantile": [0-9.]*/"upper": 50/; s/"lowerQuantile": [0-9.]*/"lower": 0/' "$plan" >"$work/parts.json"
for part in 0 1; do
    mkdir "$work/$part"
    for table in exposures orders visits; do
        awk -F, -v part=$part 'FNR == 1 || length($1) % 2 == part' "$work/all/$table.csv" >"$work/$part/$table.csv"
    done
    import "$work/$part.db" "$work/$part"
done
for looks in "--as-of 2026-03-09T12:00:00Z" "--granularity day --as-of $until"; do
    by_files files "$work/parts.json" "$work/all" "$looks" &&
        by_source source "$work/parts.json" "$looks" --source "sqlite:$work/0.db" --source "sqlite:$work/1.db" &&
        cmp "$work/files" "$work/source" >"$work/out"
    ok $? "two sources are one whole $looks"
done
looks="--as-of 2026-03-09T12:00:00Z"
by_source none "$work/parts.json" "$looks" --source "sqlite:$work/0.db" --source "sqlite:$work/0.db"
fails 2 "is given twice" "a source is given twice"
cp "$work/0.db" "$work/copy.db"
by_source none "$work/parts.json" "$looks" --source "sqlite:$work/0.db" --source "sqlite:$work/copy.db"
fails 65 "has rows here, and is exposed in" "a unit in two sources"
sqlite3 "$work/1.db" "create table kept as select * from orders; insert into orders select user, seen, amount, channel, session from orders limit 0;
    attach '$work/0.db' as other; insert into orders select o.* from other.orders o join other.exposures e on e.user = o.user limit 1"
by_source none "$work/parts.json" "$looks" --source "sqlite:$work/0.db" --source "sqlite:$work/1.db"
fails 65 "has rows here, and is exposed in" "events of a unit are in another source"
by_source none "$work/parts.json" "$looks" --source "sqlite:$work/0.db" --source "sqlite:$work/1.db" --source-units 0 --granularity none
ok $? "nobody looks for units when told so"
: >"$work/none"
by_source none "$work/parts.json" "" --source "sqlite:$work/0.db" --source "sqlite:$work/1.db"
fails 78 "Give the plan an asOf" "parts need an asOf"
by_source none "$plan" "$looks" --source "sqlite:$work/0.db" --source "sqlite:$work/1.db"
fails 78 "a cap at a quantile of all units, and each source" "parts have no quantile"

# What goes wrong.
by_source none "$plan" "" --source "sqlite:$work/no.db"
fails 66 "unable to open database file" "no such file"
echo "not a database, but a file of more than a few bytes, at least one hundred of them, as SQLite reads that many first" >"$work/text.db"
by_source none "$plan" "" --source "sqlite:$work/text.db"
fails 65 "file is not a database" "no database"
"$ASSAY" analyze --plan data/hillstrom.plan.json --source "sqlite:$work/units.db" --table nobody >"$work/none" 2>"$work/err"
fails 66 "no such table: nobody" "no such table"
"$ASSAY" analyze --plan data/hillstrom.plan.json --source "sqlite:$work/all.db" --table orders >"$work/none" 2>"$work/err"
fails 65 "no such column" "no such column"
by_source none "$plan" "" --source "oracle:$work/no.db"
fails 2 "does not begin like one of them" "no such kind of database"
by_source none "$plan" "" --source "sqlite:$work/all.db" "$work/units.csv"
fails 2 "from files or from --source" "files and a source"
"$ASSAY" analyze --plan "$plan" --source "sqlite:$work/all.db" >"$work/none" 2>"$work/err"
fails 2 "table is missing" "no table"
"$ASSAY" analyze --plan "$plan" --table exposures "$work/units.csv" >"$work/none" 2>"$work/err"
fails 2 "is for databases" "a table of a file"
cp "$work/all.db" "$work/before.db"
by_source none "$plan" "" --source "sqlite:$work/all.db" --output "$work/all.db"
fails 2 "is an input, too" "the output is the database"
cmp "$work/all.db" "$work/before.db" >"$work/out"
ok $? "the database is as it was"

# A column that two metrics, or two tables, cannot use is named, as if one could not.
sqlite3 "$work/unfit.db" "create table t (u, g, s, y, z); create table e (u, s, y);
    insert into t values (1, 'A', '2026-03-01', 'x', 1), (2, 'B', '2026-03-01', 2, 3), (3, 'B', '2026-03-01', 4, 5);
    insert into e values (1, '2026-03-02', 'x'), (2, '2026-03-02', 7)"
unfit() {
    "$ASSAY" analyze --group g --baseline A --unit u --table t --source "sqlite:$work/unfit.db" "$@" >"$work/none" 2>"$work/err"
}
unfit --metric y --proportion z:covariates=y
fails 65 "Column 'y' of the database: 1 values are not numbers" "a column that a metric and a covariate cannot use"
unfit --time s --events e=e --as-of 2026-03-09T00:00:00Z --metric y --metric a:events=e,value=y,aggregation=sum
fails 65 "Column 'y' of the database: 1 values are not numbers" "a column that two tables have, unfit in both"

# A number that is nearly 1, but not for a double, and words that files take where a column has no others.
sqlite3 "$work/unfit.db" "create table n (g, y text, p); insert into n values ('A', '1.0000000000000001e0', 't'), ('A', '1.5e0', 'f'),
    ('B', '-2.5E+00', 'f'), ('B', '1.0e-01', 't')"
near() {
    "$ASSAY" analyze --group g --baseline A --table n --source "sqlite:$work/unfit.db" "$@" --format csv >"$work/none" 2>"$work/err"
}
sqlite3 "$work/unfit.db" "create table zero (g, y text); insert into zero values ('A', '.0'), ('A', '+1.'), ('B', '-.00'), ('B', '1.0')"
"$ASSAY" summarize --group g --baseline A --proportion y --table zero --source "sqlite:$work/unfit.db" >"$work/out" 2>"$work/err" &&
    [ "$(grep -c '^y,[AB],.*,2,1' "$work/out")" = 2 ]
ok $? "a share of .0 is 0"
near --metric y
fails 65 "Column 'y' of the database: 1 values are not numbers" "a number of 17 digits with an exponent"
near --proportion p
fails 65 "name other words by format.true and format.false" "the message says how words are named"
near --proportion p --true t --false f
ok $? "words that are named"

# A statement that never ends: a time limit, and Ctrl-C. A second source that fails ends it at once.
sqlite3 "$work/slow.db" "create view t as with recursive r(i) as (select 1 union all select i + 1 from r) select i as u, 'A' as g, 1 as y from r"
slow() {
    "$ASSAY" analyze --group g --baseline A --metric y --table t --source "sqlite:$work/slow.db" "$@" >"$work/none" 2>"$work/err"
}
slow --source-timeout 1
fails 75 "did not answer within 1 second;" "a time limit"
slow --source "sqlite:$work/no.db"
fails 66 "unable to open" "one source fails, the other is ended"
"$ASSAY" analyze --group g --baseline A --metric y --table t --source "sqlite:$work/slow.db" >"$work/none" 2>"$work/err" &
server=$!
sleep 0.5
kill -TERM $server
wait $server
[ $? -eq 143 ] && grep -q "Stopped before the database had answered" "$work/err"
ok $? "a signal ends it"
server=

# Names and values that try to be more than data.
for round in 1 2 3; do
    mkdir "$work/hostile-$round"
    sh tests/warehouse/hostile $round "$work/hostile-$round" >"$work/out"
    sqlite3 "$work/hostile.db" <"$work/hostile-$round/sqlite.sql" 2>"$work/err" &&
        "$ASSAY" analyze --plan "$work/hostile-$round/plan.json" --source "sqlite:$work/hostile.db" \
            --table "$(cat "$work/hostile-$round/table")" --format csv >"$work/source" 2>"$work/err" &&
        "$ASSAY" analyze --plan "$work/hostile-$round/plan.json" "$work/hostile-$round/units.csv" \
            --format csv | cmp - "$work/source" >"$work/out"
    ok $? "hostile names, round $round"
done

# The statement and its plan, and sums to keep.
"$ASSAY" analyze --plan data/hillstrom.plan.json --source "sqlite:$work/units.db" --table people --explain >"$work/out" 2>"$work/err" &&
    sqlite3 -csv -header "$work/units.db" <"$work/out" >"$work/sums" &&
    grep -q '^-- .*SCAN people' "$work/out" && grep -q '^@units,' "$work/sums"
ok $? "the statement and its plan"
"$ASSAY" summarize --plan data/hillstrom.plan.json --source "sqlite:$work/units.db" --table people >"$work/sums" 2>"$work/err" &&
    "$ASSAY" analyze --plan data/hillstrom.plan.json "$work/sums" --format csv >"$work/source" 2>"$work/err" &&
    "$ASSAY" analyze --plan data/hillstrom.plan.json "$work/units.csv" --format csv | cmp - "$work/source" >"$work/out"
ok $? "sums to keep"
summary
