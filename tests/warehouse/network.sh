# Read by check: a network that fails on command, and one with TLS.

# start_proxy: in front of $port, at $door; its process is $proxy. Without a compiler there is none.
start_proxy() {
    # shellcheck disable=SC2086 # a command may have a word before it
    [ -x "$work/proxy" ] || ${CC:-cc} -o "$work/proxy" tests/warehouse/proxy.c 2>>"$work/load.log" || return 1
    door=$(free_port)
    "$work/proxy" "$door" "$port" >>"$work/load.log" 2>&1 &
    proxy=$!
    pids="$pids $proxy"
    wait_for grep -qi ":$(printf '%04X' "$door") 00000000:0000 0A" /proc/net/tcp
}
# cut_off ENGINE HOW SIGNAL OPTIONS...: the network fails so while the server computes.
cut_off() {
    name=$1 how=$2 signal=$3
    shift 3
    rm -f "$work/none"
    "$ASSAY" analyze --plan "$work/slow.json" --output "$work/none" "$@" >"$work/out" 2>"$work/err" &
    client=$!
    sleep 2
    kill -0 $client 2>/dev/null || echo "ended early" >>"$work/err"
    seconds=0
    while kill -0 $client 2>/dev/null && [ $seconds -lt 60 ]; do # a slow machine may connect late
        kill "-$signal" "$proxy"
        sleep 1
        seconds=$((seconds + 1))
    done
    kill -KILL $client 2>/dev/null
    wait $client
    status=$?
    [ $status -eq 75 ] || echo "exit status $status" >>"$work/err"
    [ $status -eq 75 ] && [ ! -e "$work/none" ]
    ok $? "$name: the network $how"
}
# network ENGINE SOURCE TABLE: DOOR in the source stands for the proxy's port.
network() {
    start_proxy || { echo "skipped: $1: a network that fails: no C compiler"; return; }
    cut_off "$1" "resets the connection" USR2 --source "$(printf '%s' "$2" | sed "s/DOOR/$door/")" --table "$3"
    cut_off "$1" "swallows everything, with a time limit" USR1 --source "$(printf '%s' "$2" | sed "s/DOOR/$door/")" \
        --table "$3" --source-timeout 5
    kill -KILL "$proxy"
}
# beside ENGINE SOURCE SOURCE TABLE: one of two sources is cut off in the midst, the other goes on: no answer.
beside() {
    start_proxy || return
    cut_off "$1, two parts" "resets one of them" USR2 --source "$2" --source "$(printf '%s' "$3" | sed "s/DOOR/$door/")" --table "$4"
    kill -KILL "$proxy"
}

# make_certificates: an authority of our own, for 127.0.0.1, and one for another name.
make_certificates() {
    command -v openssl >/dev/null 2>&1 || return 1
    for name in right wrong; do
        openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$name" -keyout "$work/$name.key" -out "$work/$name.pem" \
            -addext "subjectAltName=$([ $name = right ] && echo IP:127.0.0.1 || echo DNS:elsewhere.invalid)" \
            >>"$work/load.log" 2>&1 || return 1
    done
}
# tls PORT: the server's certificate is looked at.
tls() {
    place="clickhouse:https://127.0.0.1:$1/shop"
    "$ASSAY" analyze --plan data/hillstrom.plan.json data/hillstrom.csv --format csv >"$work/files" 2>"$work/err" &&
        "$ASSAY" analyze --plan data/hillstrom.plan.json --source "$place" --source-ca "$work/right.pem" --table people \
            --format csv >"$work/source" 2>"$work/err" && cmp "$work/files" "$work/source" >"$work/out"
    ok $? "clickhouse: TLS"
    refused 77 "certificate" "clickhouse: a certificate that nobody trusts" --source "$place" --table people
    refused 77 "certificate" "clickhouse: a certificate of another authority" --source "$place" \
        --source-ca "$work/wrong.pem" --table people
    refused 66 "cannot be read" "clickhouse: no such file of certificates" --source "$place" \
        --source-ca "$work/none.pem" --table people
}
