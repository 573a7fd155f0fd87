#!/bin/sh
# The demo: it ends by itself and leaves nothing running, twice in a row, tells nobody its token, and
# says how to look at what it stored; on a terminal it can be left running.
set -u
# shellcheck source=tests/cli/begin
. "$(dirname "$0")/begin"
# Fails when somebody answers at the address that the demo gave.
nobody_answers() {
    url=$(sed -n 's|.*assay serve, at \(http://[0-9.:]*\)$|\1|p' "$work/out")
    [ -n "$url" ] || return 1
    "$ASSAY" post --base-url "$url" --token-file "$work/a demo/token" --max-attempts 1 \
        --parent workflows/a/instances/b "$work/a demo/hillstrom.result.json" >"$work/post" 2>&1
    [ $? -eq 75 ]
}

for time in first second; do
    KEEP=1 sh scripts/demo "$ASSAY" "$work/a demo" >"$work/out" 2>"$work/err" </dev/null
    ok $? "the demo ends by itself, $time time"
    nobody_answers
    ok $? "and leaves no server, $time time"
done
grep -q '+72.1 %' "$work/out" && grep -q '+2.41 %' "$work/out"
ok $? "it shows both tables"
[ "$(grep -c 'bytes, equal to what is stored$' "$work/out")" -eq 2 ]
ok $? "both results were read back and are equal"
[ -z "$(find "$work/a demo" -type f ! -perm 600)" ]
ok $? "its files are the owner's alone"
! grep -q "$(cat "$work/a demo/token")" "$work/out" "$work/err" "$work/a demo/serve.log"
ok $? "the token is in no output"

# The command it ends with serves what was stored, pages without a token.
command=$(sed -n 's/^\$ \(.* serve .*--open-pages\)$/\1/p' "$work/out")
[ -n "$command" ]
ok $? "it says how to serve the database again"
sh -c "exec $command --port 0" >"$work/serve" 2>"$work/err" &
server=$!
for _ in $(seq 100); do
    grep -q http "$work/serve" && break
    sleep 0.1
done
"$ASSAY" analyze data/hillstrom.csv --plan data/hillstrom.plan.json --post --log-format json \
    --format result --base-url "$(sed -n 's,.*\(http:.*\)/$,\1,p' "$work/serve")" \
    --token-file "$work/a demo/token" >"$work/post" 2>"$work/err" &&
    grep -q '"event":"already-there"' "$work/err"
ok $? "and the results are there"
kill -TERM "$server" && wait "$server"
ok $? "until it is stopped"
server=

# On a terminal, KEEP=1 leaves it running until Ctrl-C. script, of Debian's bsdutils, makes terminals
# where the system has any to give: a bare container may not. It runs the command with $SHELL, which
# makes way for the demo: a shell in between (dash is one that stays) would die of the Ctrl-C itself.
if script -qfec true "$work/typed" >/dev/null 2>&1 </dev/null; then
    rm -f "$work/typed"
    {
        for _ in $(seq 300); do
            grep -q 'Ctrl-C ends it' "$work/typed" 2>/dev/null && break
            sleep 0.1
        done
        sleep 0.2
        printf '\003'
        sleep 1
    } | timeout 60 script -qfec "exec env KEEP=1 sh scripts/demo '$ASSAY' '$work/a demo'" "$work/typed" \
        >/dev/null 2>&1
    ok $? "Ctrl-C is its orderly end"
    tr -d '\r' <"$work/typed" >"$work/out"
    grep -q 'Ctrl-C ends it' "$work/out"
    ok $? "on a terminal it can stay"
    nobody_answers
    ok $? "and Ctrl-C ends it"
fi
summary
