# Read by check: three PostgreSQL clusters. Two shards add up what they have, by a view; a coordinator,
# which reaches them by postgres_fdw and holds no rows, adds that up.

# make_views OPTIONS: the view checkout, of plan $by, on both shards; the coordinator sees it.
make_views() {
    for shard in "$shard0" "$shard1"; do
        # shellcheck disable=SC2086 # lists of options
        "$ASSAY" sql --plan "$by" --dialect postgresql --view checkout $1 >"$work/view.sql" 2>"$work/err" &&
            psql -p "$shard" -q -v ON_ERROR_STOP=1 -c 'drop view if exists checkout, checkout_units' -f "$work/view.sql" \
                >>"$work/load.log" 2>&1 || return 1
    done
    for shard in s0 s1; do
        psql -p "$coordinator" -q -v ON_ERROR_STOP=1 >>"$work/load.log" 2>&1 <<END || return 1
drop foreign table if exists $shard.checkout, $shard.checkout_units;
import foreign schema public limit to (checkout, checkout_units) from server $shard into $shard;
END
    done
}
# above COMMAND OPTIONS...: the coordinator's answer, or its plan.
above() {
    command=$1
    shift
    "$ASSAY" "$command" --plan "$by" --source "$driver$coordinator" --view checkout --shard s0 --shard s1 "$@"
}
# above_is NAME: the coordinator's answer has the bytes of the files.
above_is() {
    # shellcheck disable=SC2086 # lists of options
    above analyze --format csv $options >"$work/source" 2>"$work/err" && cmp "$work/files" "$work/source" >"$work/out"
    ok $? "two levels: $1"
}
# above_fails STATUS TEXT NAME
above_fails() {
    # shellcheck disable=SC2086 # lists of options
    above analyze --format csv --output "$work/none" $options >"$work/out" 2>"$work/err"
    status=$?
    [ $status -eq "$1" ] || echo "exit status $status" >>"$work/err"
    [ $status -eq "$1" ] && grep -q "$2" "$work/err" && [ ! -e "$work/none" ]
    ok $? "two levels: $3"
}

# Half of the people in each shard, and the exposures and events by unit.
load_shards() {
    port=$shard0 && load_postgresql "$work/0" && port=$shard1 && load_postgresql "$work/1" || return 1
    for half in 0 1; do
        eval "psql -p \$shard$half -q" >>"$work/load.log" 2>&1 <<END
delete from people where (ctid::text::point)[1]::int % 2 = $half;
analyze;
END
    done
    as_documented
    psql -p "$coordinator" -q -v ON_ERROR_STOP=1 >>"$work/load.log" 2>&1 <<END
create extension postgres_fdw;
create schema s0;
create schema s1;
create server s0 foreign data wrapper postgres_fdw options (host '127.0.0.1', port '$shard0', dbname 'postgres', async_capable 'true');
create server s1 foreign data wrapper postgres_fdw options (host '127.0.0.1', port '$shard1', dbname 'postgres', async_capable 'true');
create user mapping for assay server s0 options (user 'assay', password 'secret');
create user mapping for assay server s1 options (user 'assay', password 'secret');
END
}

# block NUMBER: the indented block of that number, of the page's section about postgres_fdw.
block() {
    awk -v wanted="$1" '/^## /{ on = /postgres_fdw/ } on && /^    / { if (!was) n++; if (n == wanted) print substr($0, 5) }
        { was = /^    / || (was && /^$/ && n > 1) }' docs/warehouse/postgresql.md
}
# The commands of docs/warehouse/postgresql.md, on servers of these names.
as_documented() {
    mkdir -p "$work/page" && cat >"$work/page/plan.json" <<'END'
{"columns": {"unit": "user", "group": "arm", "time": "seen"}, "comparisons": {"baseline": "A"},
 "events": [{"name": "orders"}], "metrics": [{"id": "revenue", "value": "amount", "events": "orders", "aggregation": "sum",
 "window": "2d"}]}
END
    for place in "shard0 $shard0" "shard1 $shard1" "above $coordinator"; do
        printf '[%s]\nhost=127.0.0.1\nport=%s\nuser=assay\npassword=secret\ndbname=postgres\n' "${place% *}" "${place#* }"
    done >"$work/page/services"
    printf '[above]\nDriver=PostgreSQL Unicode\nServername=127.0.0.1\nPort=%s\nDatabase=postgres\nUsername=assay_reader\nPassword=secret\n' \
        "$coordinator" >"$work/page/odbc.ini"
    for server in "$shard0" "$shard1" "$coordinator"; do
        psql -p "$server" -q -c "create role assay_reader login password 'secret'" >>"$work/load.log" 2>&1
    done
    block 1 | sed "s/shard0.internal', port '5432/127.0.0.1', port '$shard0/; s/shard1.internal', port '5432/127.0.0.1', port '$shard1/
        s/dbname 'shop'/dbname 'postgres'/; s/'\.\.\.'/'secret'/" | psql -p "$coordinator" -q -v ON_ERROR_STOP=1 >"$work/log" 2>&1 &&
        block 2 | sed 's/assay analyze/& --format csv/' >"$work/page/commands" && ln -sf "$ASSAY" "$work/page/assay" &&
        (cd "$work/page" && unset PGHOST PGUSER PGDATABASE ASSAY_SOURCE_USER ASSAY_SOURCE_PASSWORD && PATH=$work/page:$PATH \
            PGSERVICEFILE=$work/page/services ODBCINI=$work/page/odbc.ini sh -e commands) >"$work/source" 2>"$work/err" &&
        "$ASSAY" analyze --plan "$work/page/plan.json" --as-of 2026-03-09 --format csv "$work/all/exposures.csv" \
            --events "orders=$work/all/orders.csv" | cmp - "$work/source" >"$work/out"
    ok $? "two levels: the commands of the page"
    psql -p "$coordinator" -q -c 'drop schema s0 cascade; drop schema s1 cascade; drop extension postgres_fdw cascade' \
        >>"$work/load.log" 2>&1
}

# A look a day, on rows of six weeks.
days_above() {
    by=$looks_plan
    port=$shard0 && load_postgresql "$work/days0" && port=$shard1 && load_postgresql "$work/days1" &&
        sums_of_files && make_views "$tables" && above summarize >"$work/sums-source" 2>"$work/err" && same_sums
    ok $? "two levels: a look a day, all sums"
}

check_two_levels() {
    why="unixODBC's driver psqlodbcw is not installed"
    [ -n "$(find /usr/lib -name psqlodbcw.so 2>/dev/null)" ] || return 1
    start_postgresql "$work/pg-s0" && shard0=$port && start_postgresql "$work/pg-s1" && shard1=$port shard1_pid=$pid &&
        start_postgresql "$work/pg-c" && coordinator=$port && load_shards || return 1
    driver="odbc:Driver=PostgreSQL Unicode;Servername=127.0.0.1;Database=postgres;Port="
    by=data/hillstrom.plan.json options=
    "$ASSAY" analyze --plan $by data/hillstrom.csv --format csv >"$work/files" 2>"$work/err" && make_views "--table people"
    above_is people
    for options in "--as-of 2026-03-09T12:00:00Z" "--granularity day --as-of 2026-03-11T12:00:00Z"; do
        by=$work/parts.json
        by_files "$by" "$options" && make_views "$tables $options"
        above_is "events $options"
        # psql and the table it writes, instead of ODBC.
        # shellcheck disable=SC2086 # lists of options
        "$ASSAY" sql --plan "$by" $options --dialect postgresql --view checkout --shard s0 --shard s1 |
            psql -p "$coordinator" --csv -q >"$work/sums.csv" 2>"$work/err" &&
            "$ASSAY" analyze --plan "$by" $options --format csv "$work/sums.csv" | cmp - "$work/files" >"$work/out"
        ok $? "two levels: by psql, $options"
    done
    # Every foreign scan is one of groups, and both shards work at once.
    # shellcheck disable=SC2086 # lists of options
    above analyze --explain $options >"$work/out" 2>"$work/err"
    [ "$(grep -c 'Async Foreign Scan' "$work/out")" -eq 4 ] &&
        [ "$(grep -c 'Foreign Scan' "$work/out")" -eq "$(grep -c 'Relations: Aggregate on' "$work/out")" ]
    ok $? "two levels: the plan adds up on the shards"
    # What is not right about shards is found.
    unit=$(psql -p "$shard0" -Atq -c "select \"user\" from exposures where ok order by seen limit 1")
    psql -p "$shard1" -q -c "insert into orders values ('$unit', '2026-03-05', 1, 'web', 's1')" >>"$work/load.log" 2>&1
    above_fails 65 "rows on two shards" "a unit that two shards have"
    psql -p "$shard1" -q -c "delete from orders where \"user\" = '$unit'" >>"$work/load.log" 2>&1
    above_is "and not any more"
    "$ASSAY" sql --plan "$by" --dialect postgresql --view checkout $tables --granularity day --as-of 2026-03-10T12:00:00Z |
        psql -p "$shard1" -q >>"$work/load.log" 2>&1
    above_fails 65 "another plan" "a view of another plan"
    days_above
    by=$work/parts.json
    # A shard that is gone in the midst, beside one that answers.
    make_views "$tables $options" &&
        psql -p "$shard1" -q -c "drop view checkout_units; create view checkout_units as select h, u, x from (select md5('') as h, ''::text as u, 1 as x, pg_sleep(60) as s) a where s::text = 'x'" \
            >>"$work/load.log" 2>&1
    rm -f "$work/none"
    # shellcheck disable=SC2086 # lists of options
    above analyze --format csv --output "$work/none" $options >"$work/out" 2>"$work/err" &
    client=$!
    sleep 2
    kill -0 $client 2>/dev/null || echo "ended early" >>"$work/err"
    kill -KILL "$shard1_pid"
    wait $client
    status=$?
    [ $status -eq 75 ] || echo "exit status $status" >>"$work/err"
    [ $status -eq 75 ] && [ ! -e "$work/none" ]
    ok $? "two levels: a shard is killed in mid-query"
    above_fails 75 "." "a shard is gone"
}
