# Read by the scripts beside it: engines on loopback, each in a folder of $work, with a port of its own.
# A function start_NAME FOLDER says in $why what is missing, and sets $pid or adds to $pids.
# $pids is what stop_engines ends.
pids=
why=

# A port that nobody listens on now.
free_port() {
    awk -v seed="$$$(date +%N)" 'BEGIN { srand(seed); for (i = 0; i < 40; i++) print 20000 + int(rand() * 12000) }' |
        while read -r candidate; do
            grep -qi ":$(printf '%04X' "$candidate") " /proc/net/tcp || {
                echo "$candidate"
                break
            }
        done
}

# as USER COMMAND: servers refuse to run as root. begin_as USER LOG COMMAND starts it and sets $pid.
as() {
    user=$1
    shift
    if [ "$(id -u)" -eq 0 ]; then
        setpriv --reuid="$user" --regid="$user" --init-groups "$@"
    else
        "$@"
    fi
}
begin_as() {
    user=$1 log=$2
    shift 2
    if [ "$(id -u)" -eq 0 ]; then
        set -- setpriv --reuid="$user" --regid="$user" --init-groups "$@"
    fi
    "$@" >>"$log" 2>&1 &
    pid=$!
    pids="$pids $pid"
}

# wait_for COMMAND: until it works, at most a minute.
wait_for() {
    tries=0
    until "$@" >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ $tries -lt 300 ] || return 1
        sleep 0.2
    done
}

# start_postgresql FOLDER: a cluster, a new one unless the folder has one; sets $port. Its user is assay, its
# password secret.
start_postgresql() {
    programs=$(find /usr/lib/postgresql -name initdb -printf '%h\n' 2>/dev/null | sort -V | tail -n 1)
    why="PostgreSQL is not installed"
    [ -n "$programs" ] && command -v psql >/dev/null 2>&1 || return 1
    why="PostgreSQL did not start"
    mkdir -p "$1" && port=$(free_port)
    [ "$(id -u)" -ne 0 ] || chown postgres "$1"
    printf 'secret' >"$1/password"
    chmod 644 "$1/password"
    [ -d "$1/data" ] || as postgres "$programs/initdb" -D "$1/data" -U assay --pwfile="$1/password" \
        -A scram-sha-256 --encoding=UTF8 --locale=C --no-sync >"$1/log" 2>&1 || return 1
    begin_as postgres "$1/log" "$programs/postgres" -D "$1/data" -p "$port" -c listen_addresses=127.0.0.1 \
        -c unix_socket_directories="$1" -c fsync=off -c max_wal_size=4GB -c shared_buffers=64MB
    export PGPASSWORD=secret PGUSER=assay PGHOST=127.0.0.1 PGDATABASE=postgres
    wait_for psql -p "$port" -c 'select 1' || return 1
}

# start_mariadb FOLDER: sets $port and $socket; the user is assay, the password secret.
start_mariadb() {
    why="MariaDB is not installed"
    command -v mariadbd >/dev/null 2>&1 && command -v mariadb-install-db >/dev/null 2>&1 || return 1
    why="MariaDB did not start"
    mkdir -p "$1" && port=$(free_port) socket=$1/socket
    [ "$(id -u)" -ne 0 ] || chown mysql "$1"
    as mysql mariadb-install-db --no-defaults --datadir="$1/data" --auth-root-authentication-method=normal \
        --skip-test-db >"$1/log" 2>&1 || return 1
    begin_as mysql "$1/log" mariadbd --no-defaults --datadir="$1/data" --socket="$socket" --port="$port" \
        --bind-address=127.0.0.1 --innodb-flush-log-at-trx-commit=0 --local-infile=1 \
        --tmpdir="$1"
    wait_for mariadb --no-defaults -u root -S "$socket" -e 'select 1' || return 1
    mariadb --no-defaults -u root -S "$socket" >>"$1/log" 2>&1 <<'END'
create database shop character set utf8mb4;
create user assay@'127.0.0.1' identified by 'secret';
grant select on shop.* to assay@'127.0.0.1';
END
}

# find_npm_module NAME PATH: the folder of a module, in $NODE_MODULES or installed into $work.
find_module() {
    for folder in ${NODE_MODULES:-} "$work/npm/node_modules"; do
        if [ -d "$folder/$1" ]; then
            echo "$folder"
            return
        fi
    done
    command -v npm >/dev/null 2>&1 || return 1
    mkdir -p "$work/npm" && (cd "$work/npm" && npm install --no-audit --no-fund --silent "$1" >>"$work/npm/log" 2>&1) &&
        echo "$work/npm/node_modules"
}

# start_clickhouse FOLDER [CONFIG]: chDB, which is ClickHouse as a library, behind its HTTP interface; sets
# $port, and $native_port, where other servers reach it. CONFIG has clusters. Statements that load data go through "clickhouse_run".
start_clickhouse() {
    why="node and the module chdb are not there"
    command -v node >/dev/null 2>&1 && modules=$(find_module chdb) || return 1
    why="chDB did not start"
    mkdir -p "$1" && port=$(free_port) tls_port= && native_port=$(free_port)
    if [ -f "$work/right.key" ] || make_certificates; then
        tls_port=$(free_port)
    fi
    node tests/warehouse/chdb-server.js "$modules" "$port" "$1/data" "$tls_port" "$work/right" \
        "native=$native_port" ${2:+"config=$2"} >"$1/log" 2>&1 &
    pid=$!
    pids="$pids $pid"
    wait_for curl -sf "http://127.0.0.1:$port/ping"
}
# start_old_clickhouse FOLDER: the server of Debian, if there is one; sets $port.
start_old_clickhouse() {
    why="clickhouse-server is not installed"
    command -v clickhouse-server >/dev/null 2>&1 || return 1
    why="clickhouse-server did not start"
    mkdir -p "$1/data" "$1/tmp" && port=$(free_port)
    cat >"$1/config.xml" <<END
<yandex><logger><level>warning</level><log>$1/log</log><errorlog>$1/log</errorlog></logger>
<http_port>$port</http_port><listen_host>127.0.0.1</listen_host><path>$1/data/</path><tmp_path>$1/tmp/</tmp_path>
<users_config>$1/users.xml</users_config><default_profile>default</default_profile>
<default_database>default</default_database><mark_cache_size>1000000</mark_cache_size></yandex>
END
    cat >"$1/users.xml" <<END
<yandex><profiles><default></default></profiles><users><assay><password>secret</password><networks><ip>::/0</ip></networks>
<profile>default</profile><quota>default</quota></assay></users><quotas><default></default></quotas></yandex>
END
    clickhouse-server "--config-file=$1/config.xml" >"$1/out" 2>&1 &
    pid=$!
    pids="$pids $pid"
    wait_for curl -sf "http://127.0.0.1:$port/ping"
}
clickhouse_run() {
    curl -sf --data-binary @- "http://127.0.0.1:$port/?database=shop" -H 'X-ClickHouse-User: assay' \
        -H 'X-ClickHouse-Key: secret' >>"$work/clickhouse.log" 2>&1
}

# find_duckdb: sets $duckdb_folder, where libduckdb.so is.
find_duckdb() {
    why="libduckdb.so is not there"
    for duckdb_folder in ${DUCKDB_FOLDER:-} $(find_module @duckdb/node-bindings-linux-x64 2>/dev/null)/@duckdb/node-bindings-linux-x64; do
        [ ! -f "$duckdb_folder/libduckdb.so" ] || return 0
    done
    return 1
}

stop_engines() {
    for ended in $pids; do
        kill -INT "$ended" 2>/dev/null
    done
    sleep 0.5
    for ended in $pids; do
        kill -KILL "$ended" 2>/dev/null
    done
    pids=
}

# load_ENGINE FOLDER [SUFFIX]: the generated tables of a folder, and data/hillstrom.csv as people, where
# the engine's numbers, times and booleans are of their own types.
load_postgresql() {
    sed 's/,NA,/,,/' "$1/orders.csv" >"$1/orders.typed"
    psql -p "$port" -q -v ON_ERROR_STOP=1 >>"$work/load.log" 2>&1 <<END
drop table if exists exposures, orders, visits, people cascade;
create table exposures("user" text, arm text, seen timestamptz, place text, ok boolean, age double precision, level int);
create table orders("user" text, seen timestamptz, amount numeric, channel text, session text);
create table visits("user" text, seen timestamptz);
\\copy exposures from '$1/exposures.csv' csv header force not null place
\\copy orders from '$1/orders.typed' csv header
\\copy visits from '$1/visits.csv' csv header
create table people(recency int, history_segment text, history numeric, mens int, womens int, zip_code text, newbie int, channel text, treatment text, conversion int, visit int, spend double precision);
\\copy people from 'data/hillstrom.csv' csv header
analyze;
END
}
load_mariadb() {
    sed 's/,NA,/,,/' "$1/orders.csv" >"$1/orders.typed"
    mariadb --no-defaults -u root -S "$socket" --local-infile=1 shop >>"$work/load.log" 2>&1 <<END
set session time_zone = '+00:00';
drop table if exists exposures, orders, visits, people;
create table exposures(user varchar(40), arm char(1), seen datetime(6), place varchar(9), ok bool, age double, level int);
create table orders(user varchar(40), seen datetime(6), amount decimal(20,4), channel varchar(9), session varchar(9));
create table visits(user varchar(40), seen datetime(6));
create table people(recency int, history_segment varchar(40), history decimal(20,4), mens int, womens int, zip_code varchar(40), newbie int, channel varchar(40), treatment varchar(40), conversion int, visit int, spend double);
load data local infile '$1/exposures.csv' into table exposures fields terminated by ',' optionally enclosed by '"' ignore 1 lines (user,arm,@s,place,@ok,@age,level) set seen=replace(replace(@s,'T',' '),'Z',''), ok=(@ok='yes'), age=nullif(@age,'');
load data local infile '$1/orders.csv' into table orders fields terminated by ',' ignore 1 lines (user,@s,@a,channel,session) set seen=replace(replace(@s,'T',' '),'Z',''), amount=case when @a in ('','NA') then null else @a end;
load data local infile '$1/visits.csv' into table visits fields terminated by ',' ignore 1 lines (user,@s) set seen=replace(replace(@s,'T',' '),'Z','');
load data local infile 'data/hillstrom.csv' into table people fields terminated by ',' optionally enclosed by '"' ignore 1 lines;
END
}
load_clickhouse() {
    sed 's/,NA,/,,/;s/,1e2,/,100,/' "$1/orders.csv" >"$1/orders.plain"
    for table in exposures orders visits people; do
        echo "drop table if exists shop.$table" | clickhouse_run || return 1
    done
    {
        echo "create table shop.exposures engine=Memory as select * from file('$1/exposures.csv',CSVWithNames,'user String, arm String, seen DateTime64(6,\\'UTC\\'), place String, ok String, age Nullable(Float64), level Int32') settings date_time_input_format='best_effort'"
    } | clickhouse_run &&
        echo "create table shop.orders engine=Memory as select * from file('$1/orders.plain',CSVWithNames,'user String, seen DateTime64(6,\\'UTC\\'), amount Nullable(Decimal(18,4)), channel String, session String') settings date_time_input_format='best_effort'" | clickhouse_run &&
        echo "create table shop.visits engine=Memory as select * from file('$1/visits.csv',CSVWithNames,'user String, seen DateTime64(6,\\'UTC\\')') settings date_time_input_format='best_effort'" | clickhouse_run &&
        echo "create table shop.people engine=Memory as select * from file('$PWD/data/hillstrom.csv',CSVWithNames,'recency Int32, history_segment String, history Decimal(18,4), mens Int8, womens Int8, zip_code String, newbie Int8, channel String, treatment String, conversion Int8, visit Int8, spend Float64')" | clickhouse_run
}
