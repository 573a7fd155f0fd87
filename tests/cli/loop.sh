#!/bin/sh
# The whole loop on one machine: serve, analyze and post, read back, post again, stop in order.
set -u
# shellcheck source=tests/cli/begin
. "$(dirname "$0")/begin"
: >"$work/err"
token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
printf 'tester %s\n' "$token" >"$work/tokens"
printf '%s\n' "$token" >"$work/token"
chmod 600 "$work/tokens" "$work/token"

# Starts the server at a free port and finds where it listens.
serve() {
    "$ASSAY" serve --db "$work/results.db" --tokens "$work/tokens" --port 0 --strict \
        >"$work/serve" 2>&1 &
    server=$!
    port=
    for _ in $(seq 100); do
        port=$(grep -oE '127\.0\.0\.1:[0-9]+' "$work/serve" | head -n 1 | cut -d: -f2)
        [ -n "$port" ] && break
        sleep 0.1
    done
}
serve
[ -n "$port" ]
ok $? "serve says where it listens"
if [ -r "/proc/$server/limits" ]; then
    grep -q '^Max core file size *0 *0 ' "/proc/$server/limits"
    ok $? "no core dump of a process that has tokens"
fi
url=http://127.0.0.1:$port
for name in hillstrom asos-b3280a; do
    for try in first again; do
        "$ASSAY" analyze "data/$name.csv" --plan "data/$name.plan.json" --format result --post \
            --base-url "$url" --token-file "$work/token" >"$work/$name.json" 2>"$work/err"
        ok $? "analyze --post $name, $try"
    done
    ! grep -q "$token" "$work/err" "$work/$name.json" "$work/serve"
    ok $? "the token is in no output"
    "$ASSAY" analyze "data/$name.csv" --plan "data/$name.plan.json" --dry-run --base-url "$url" \
        --token-file "$work/token" 2>"$work/err" | grep -q 'analysisResultId=ar-'
    ok $? "--dry-run $name"
done
"$ASSAY" analyze data/asos-b3280a.csv --plan data/asos-b3280a.plan.json --post --base-url "$url" \
    --token-file /dev/null >"$work/out" 2>"$work/err"
[ $? -eq 77 ]
ok $? "without a token: exit 77"
kill -TERM "$server"
wait "$server"
ok $? "SIGTERM stops serve in order"
server=
"$ASSAY" analyze data/asos-b3280a.csv --plan data/asos-b3280a.plan.json --post --base-url "$url" \
    --token-file "$work/token" --outbox "$work/outbox" --max-attempts 1 --format result \
    >"$work/out" 2>"$work/err"
code=$?
[ "$code" -eq 75 ]
ok $? "nobody there: exit 75, not $code"
[ -n "$(find "$work/outbox" -type f 2>/dev/null)" ]
ok $? "and the result is in the outbox"
serve
url=http://127.0.0.1:$port
"$ASSAY" post --base-url "$url" --token-file "$work/token" --outbox "$work/outbox" \
    --log-format json >"$work/out" 2>"$work/err" && grep -q '"event":"already-there"' "$work/err"
ok $? "the server is back with what it had, and the outbox is compared with it"
[ -z "$(find "$work/outbox" -type f)" ]
ok $? "the outbox is empty"
summary
