#!/bin/sh
# What SQLite computes from the statements of assay sql is what assay computes from the files, byte for
# byte; and no name or value of a plan is anything but data.
set -u
# shellcheck source=tests/cli/begin
. "$(dirname "$0")/begin"
if [ "$(sqlite3 :memory: "select decimal_mul('2', '2') || ('1' regexp '^1$')" 2>/dev/null)" != 41 ]; then
    echo "sqlite3 with decimal and regexp is not installed; skipped"
    summary
    exit
fi
# same NAME PLAN DATABASE TABLE FILES [TABLES]: the analysis by the statement and by the files.
same() {
    # shellcheck disable=SC2086 # lists of options
    "$ASSAY" sql --plan "$2" --dialect sqlite --table "$4" ${6:-} >"$work/statement" 2>"$work/err" &&
        sqlite3 -csv -header "$3" <"$work/statement" >"$work/sums" 2>"$work/err" &&
        "$ASSAY" analyze --plan "$2" --format csv "$work/sums" >"$work/by-sql" 2>"$work/err" &&
        "$ASSAY" analyze --plan "$2" --format csv $5 >"$work/by-file" 2>"$work/err" &&
        cmp "$work/by-sql" "$work/by-file" >"$work/out"
    ok $? "$1"
}
# The first 8,000 rows: SQLite's decimal sums of all 64,000 take 14 seconds.
head -n 8001 data/hillstrom.csv >"$work/units.csv"
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
grep -E '^@(rows|events|units_|missing|note)' "$work/sums" | cut -d, -f1-6 | sed 's/""//g' |
    grep -v ',0$' | sort >"$work/by-sql"
diff "$work/by-file" "$work/by-sql" >"$work/out"
ok $? "counts of rows and events"

# A value that is not a number, or has too many digits, is refused and never rounded.
printf 'g,y\nA,1\nA,2.00001\nB,3\nB,4\n' >"$work/odd.csv"
sqlite3 "$work/odd.db" '.mode csv' ".import $work/odd.csv t"
"$ASSAY" sql --dialect sqlite --table t --group g --baseline A --metric y |
    sqlite3 -csv -header "$work/odd.db" >"$work/sums"
"$ASSAY" analyze --group g --baseline A --metric y "$work/sums" >"$work/out" 2>"$work/err"
[ $? -eq 65 ] && grep -q "Column 'y' of the database: 1 values are no numbers, or have more digits" "$work/err"
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
while IFS= read -r name; do
    quoted=$(printf '%s' "$name" | sed 's/"/""/g')
    json=$(printf '%s' "$name" | sed 's/[\\"]/\\&/g')
    printf '"g%s","y%s",d\n"%s",1,"%s"\n"%s",2,"%s"\nB,3,x\nB,5,x\n' \
        "$quoted" "$quoted" "$quoted" "$quoted" "$quoted" "$quoted" >"$work/hostile.csv"
    cat >"$work/hostile.json" <<END
{"columns": {"group": "g$json"}, "comparisons": {"baseline": "$json"}, "dimensions": ["d"],
 "segments": [{"id": "s$json", "filter": "d != \"$(printf '%s' "$json" | sed 's/\\"/\\"\\"/g')\""}],
 "metrics": [{"id": "m$json", "type": "mean", "value": "y$json"}]}
END
    rm -f "$work/hostile.db"
    sqlite3 "$work/hostile.db" '.mode csv' ".import $work/hostile.csv t"
    same "hostile $name" "$work/hostile.json" "$work/hostile.db" t "$work/hostile.csv"
done <"$work/names"
summary
