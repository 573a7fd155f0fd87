#!/bin/sh
# Every command of the README runs and succeeds, word for word and in order, in a folder where
# build/release/assay and data/ are as the README has them.
set -u
# shellcheck source=tests/cli/begin
. "$(dirname "$0")/begin"
mkdir -p "$work/build/release"
ln -s "$ASSAY" "$work/build/release/assay"
ln -s "$PWD/data" "$work/data"
grep -E '^    (build/release/assay |\(umask )' README.md | sed 's/^    //' >"$work/commands"
# The join of docs/recipes.md keeps units without orders, and its table is analyzed as it says.
if command -v sqlite3 >/dev/null 2>&1; then
    printf 'user_id,variant,exposed_at\na,control,1\nb,control,1\nc,new,1\nc,new,2\nd,new,1\ne,new,1\n' \
        >"$work/exposures.csv"
    printf 'user_id,ordered_at,amount\na,2,5\na,0,9\nc,2,7.5\nc,3,1\nx,3,1\n' >"$work/orders.csv"
    # shellcheck disable=SC2016 # the recipe's shell puts the program in
    sed -n '/^    sqlite3 -csv/,/--metric orders$/s/^    //p' docs/recipes.md |
        sed 's/^assay /"$ASSAY" /' >"$work/recipe"
    (cd "$work" && sh recipe) >"$work/out" 2>"$work/err" &&
        [ "$(sort "$work/units.csv" | cut -d, -f1,2,4,5 | tr -d '\r' | tr '\n' ' ')" = \
            "a,control,5,1 b,control,0,0 c,new,8.5,2 d,new,0,0 e,new,0,0 user_id,variant,revenue,orders " ]
    ok $? "the recipe of a left join"
fi
cd "$work" || exit 1

# A server stays until the end of the test. Its address is that of the README unless another program
# has the port: then it takes a free one, and so do the commands that follow.
port=8080
serve() {
    sh -c "exec $1" >"$work/serve" 2>"$work/err" &
    server=$!
    for _ in $(seq 100); do
        if grep -q '^assay serve: http' "$work/serve" || ! kill -0 "$server" 2>/dev/null; then
            break
        fi
        sleep 0.1
    done
    grep -q '^assay serve: http' "$work/serve"
}

while IFS= read -r command; do
    command=$(printf '%s\n' "$command" | sed "s,127\.0\.0\.1:8080,127.0.0.1:$port,")
    case $command in
    *"assay serve "*)
        if ! serve "$command" && grep -q 'in use' "$work/err"; then
            serve "$command --port 0"
            port=$(sed -n 's,.*:\([0-9]*\)/$,\1,p' "$work/serve")
        fi
        grep -q '^assay serve: http' "$work/serve"
        ok $? "$command"
        ;;
    *)
        sh -c "$command" >"$work/out" 2>"$work/err" </dev/null
        ok $? "$command"
        ;;
    esac
done <"$work/commands"

grep -q 'delivered workflows/email/instances/hillstrom' "$work/err"
ok $? "the last command delivers"
kill -TERM "$server" && wait "$server"
ok $? "the server stops in order"
server=
[ "$passed" -gt 12 ] || failed=$((failed + 1))
summary
