# Read by check: two ClickHouse shards and a third server, which reaches them by its engine Distributed and
# holds no rows. Each is chDB in a process of its own; between them is native.js.

# cluster NAME PORT...: a cluster of shards at these ports, for a file of configuration.
cluster() {
    echo "<$1>"
    shift
    for shard; do
        echo "<shard><replica><host>127.0.0.1</host><port>$shard</port><user>assay</user><password>secret</password>" \
            "<default_database>shop</default_database><compression>false</compression></replica></shard>"
    done
}
# run_all PORT: the statements of standard input, each of which ends with a semicolon at a line's end.
run_all() {
    rm -rf "$work/statements" && mkdir "$work/statements"
    awk -v RS=';\n' -v folder="$work/statements" '/[^[:space:]]/ { file = sprintf("%s/%03d", folder, NR); print >file; close(file) }'
    port=$1
    for statement in "$work/statements"/*; do
        clickhouse_run <"$statement" || { echo "a statement failed" >>"$work/log" && return 1; }
    done
}
# afar NAME OPTIONS...: the third server's answer has the bytes of the files.
afar() {
    name=$1
    shift
    # shellcheck disable=SC2086 # lists of options
    "$ASSAY" analyze --plan "$work/few.json" $looks --format csv --source "$above" "$@" >"$work/source" 2>"$work/err" &&
        cmp "$work/files" "$work/source" >"$work/out"
    ok $? "clusters: $name"
}
# afar_fails STATUS TEXT NAME OPTIONS...: it is no answer, but this status.
afar_fails() {
    wanted=$1 text=$2 name=$3
    shift 3
    rm -f "$work/none"
    # shellcheck disable=SC2086 # lists of options
    "$ASSAY" analyze --plan "$work/few.json" $looks --format csv --output "$work/none" --source "$above" "$@" \
        >"$work/out" 2>"$work/err"
    status=$?
    [ $status -eq "$wanted" ] || echo "exit status $status" >>"$work/err"
    [ $status -eq "$wanted" ] && grep -q "$text" "$work/err" && [ ! -e "$work/none" ]
    ok $? "clusters: $name"
}
# make_shard_view PORT OPTIONS: the view checkout where the rows are.
make_shard_view() {
    # shellcheck disable=SC2086 # lists of options
    "$ASSAY" sql --plan "$work/few.json" $2 $tables --dialect clickhouse --view checkout >"$work/view.sql" 2>"$work/err" || return 1
    # shellcheck disable=SC2154 # of check
    {
        printf 'drop view if exists checkout;\ndrop view if exists checkout_units;\n'
        cat "$work/view.sql"
    } | run_all "$1"
}

# shellcheck disable=SC2086 # lists of options
check_clusters() {
    start_clickhouse "$work/ch-s0" && shard0=$port native0=$native_port && load_clickhouse "$work/0" || return 1
    start_clickhouse "$work/ch-s1" && shard1=$port native1=$native_port shard1_pid=$pid && load_clickhouse "$work/1" || return 1
    {
        echo "<clickhouse><remote_servers>"
        cluster zero "$native0" && echo "</zero>"
        cluster one "$native1" && echo "</one>"
        cluster both "$native0" "$native1" && echo "</both>"
        echo "</remote_servers></clickhouse>"
    } >"$work/clusters.xml"
    start_clickhouse "$work/ch-above" "$work/clusters.xml" && above_port=$port above="clickhouse:http://127.0.0.1:$port/shop" || return 1
    looks="--granularity day --as-of 2026-03-11T12:00:00Z"
    by_files "$work/few.json" "$looks"
    make_shard_view "$shard0" "$looks" && make_shard_view "$shard1" "$looks" && run_all "$above_port" <<'END'
create database s0;
create database s1;
create table s0.checkout engine = Distributed(zero, shop, checkout);
create table s0.checkout_units engine = Distributed(zero, shop, checkout_units);
create table s1.checkout engine = Distributed(one, shop, checkout);
create table s1.checkout_units engine = Distributed(one, shop, checkout_units);
create table shop.exposures engine = Distributed(both, shop, exposures);
create table shop.orders engine = Distributed(both, shop, orders);
create table shop.visits engine = Distributed(both, shop, visits);
END
    ok $? "clusters: views on the shards, tables above"
    two="--view checkout --shard s0 --shard s1"
    : >"$work/ch-s0/data.asked" >"$work/ch-s1/data.asked"
    afar "two levels" $two
    # What the third server asked each shard for is in those views, and in no table of rows.
    for shard in 0 1; do
        grep -q 'shop.*checkout' "$work/ch-s$shard/data.asked" &&
            ! grep 'exposures\|orders\|visits' "$work/ch-s$shard/data.asked" >"$work/out"
        ok $? "clusters: shard $shard gave sums alone"
    done
    afar_fails 76 "ReadFromRemote" "rows of Distributed tables are not fetched" $tables
    afar "which are when told so" $tables --ship-rows
    unit=$(awk -F, 'NR > 1 && $5 == "yes" { print $1; exit }' "$work/0/exposures.csv")
    echo "insert into shop.orders values ('$unit', '2026-03-05 00:00:00', 1, 'web', 's1');" | run_all "$shard1"
    afar_fails 65 "rows on two shards" "a unit that two shards have" $two
    make_shard_view "$shard1" "--granularity day --as-of 2026-03-10T12:00:00Z"
    afar_fails 65 "another plan" "a view of another plan" $two
    # A shard that is killed while it computes, beside one that answers.
    run_all "$above_port" <<'END'
create table s1.slow as s1.checkout engine = Distributed(one, shop, never_answered);
drop table s1.checkout;
rename table s1.slow to s1.checkout;
END
    rm -f "$work/none"
    "$ASSAY" analyze --plan "$work/few.json" $looks --output "$work/none" --source "$above" $two >"$work/out" 2>"$work/err" &
    client=$!
    tries=0
    until grep -q never_answered "$work/ch-s1/data.asked" || [ $tries -gt 300 ]; do
        sleep 0.2
        tries=$((tries + 1))
    done
    kill -0 $client 2>/dev/null || echo "ended early" >>"$work/err"
    kill -KILL "$shard1_pid"
    wait $client
    status=$?
    [ $status -eq 75 ] || echo "exit status $status" >>"$work/err"
    [ $status -eq 75 ] && [ ! -e "$work/none" ]
    ok $? "clusters: a shard is killed in mid-query"
    afar_fails 75 "." "a shard is gone" $two
}
