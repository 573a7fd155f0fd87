#!/bin/sh
# tests/contract/run, with a judge that ends in all the ways a judge can: the case is counted, and
# what the judge started is running no more. Here npm and node are scripts of this test.
set -u
# shellcheck source=tests/cli/begin
. "$(dirname "$0")/begin"
mkdir -p "$work/tests/contract" "$work/build/judges" "$work/bin"
cp tests/contract/run tests/contract/package-lock.json "$work/tests/contract/"
cp tests/contract/package-lock.json "$work/build/judges/installed"
echo 'exit 1' >"$work/bin/npm"
cat >"$work/bin/node" <<'NODE'
#!/bin/sh
[ "$1" = -p ] && echo true && exit
sleep 300 &
echo $! >"$SERVER"
case $1 in
*/ends-well.mjs) kill $! && echo '3 passed, 0 failed' ;;
*/ends-early.mjs) echo '3 passed, 0 failed' ;;
*/fails.mjs) echo '2 passed, 1 failed' && exit 1 ;;
*/crashes.mjs) kill -9 $$ ;;
*/hangs.mjs) wait ;;
esac
NODE
chmod +x "$work/bin/npm" "$work/bin/node"
# is_gone: what the judge started is running no more, or will be in a moment.
is_gone() {
    server=$(cat "$work/server")
    for _ in $(seq 50); do
        if ! kill -0 "$server" 2>/dev/null || grep -q '^State:.Z' "/proc/$server/status" 2>/dev/null; then
            server=
            return 0
        fi
        sleep 0.1
    done
    return 1
}
# judge NAME STATUS LINE: runs one judge.
judge() {
    PATH="$work/bin:$PATH" SERVER="$work/server" sh "$work/tests/contract/run" "$1" >"$work/log" 2>&1
    [ $? -eq "$2" ] && [ "$(tail -n 1 "$work/log")" = "$3" ]
    ok $? "a judge that $1: $3"
    is_gone
    ok $? "a judge that $1 leaves nothing running"
}
judge ends-well 0 '3 passed, 0 failed'
judge ends-early 0 '3 passed, 0 failed'
judge fails 1 '2 passed, 1 failed'
judge crashes 1 '0 passed, 1 failed'
rm "$work/server"
PATH="$work/bin:$PATH" SERVER="$work/server" sh "$work/tests/contract/run" hangs >"$work/log" 2>&1 &
run=$!
for _ in $(seq 100); do
    [ -s "$work/server" ] && break
    sleep 0.1
done
kill "$run"
wait "$run"
[ $? -eq 143 ]
ok $? "told to end, it ends"
is_gone
ok $? "told to end, it leaves nothing running"
summary
