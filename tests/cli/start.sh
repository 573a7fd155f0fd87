#!/bin/sh
# A command loads what it uses: none but those that post and serve load libcurl, libmicrohttpd and
# SQLite, and one that is not installed is named with its package.
set -u
# shellcheck source=tests/cli/begin
. "$(dirname "$0")/begin"
printf 'g,y\nA,1\nA,2\nA,4\nB,3\nB,5\nB,4\n' >"$work/data.csv"
# The shared objects that a command loads, the kernel's included, in $work/objects.
objects_of() {
    LD_DEBUG=files LD_DEBUG_OUTPUT="$work/loaded" "$ASSAY" "$@" >"$work/out" 2>"$work/err" || return 1
    sed -n 's/.*calling init: //p' "$work"/loaded.* | sort -u >"$work/objects"
    rm -f "$work"/loaded.*
}
# Linked as SHARED=1 has it, the program loads its libraries for numbers, too.
most=5
ldd "$ASSAY" >"$work/linked"
! grep -q libgsl "$work/linked" || most=12
light() {
    name=$1
    shift
    objects_of "$@" && [ -s "$work/objects" ]
    ok $? "$name runs"
    # The program itself and the kernel's object have no line of their own.
    [ "$(wc -l <"$work/objects")" -lt $most ]
    ok $? "$name loads at most $most shared objects"
    ! grep -E 'libcurl|libmicrohttpd|libsqlite|libssl|libgnutls' "$work/objects" >"$work/log"
    ok $? "$name loads nothing that posts or serves"
}
# Strangers' files and requests meet stack guards, checked copies, and tables that are read-only.
hardened() {
    file=$1
    readelf -dlW "$file" >"$work/log" && grep -q 'BIND_NOW' "$work/log" && grep -q 'GNU_RELRO' "$work/log"
    ok $? "$file: relocations are read-only from the start"
    readelf -W --dyn-syms "$file" >"$work/log" && grep -q '__stack_chk_fail' "$work/log" && grep -q '__[a-z]*_chk' "$work/log"
    ok $? "$file has stack guards and checked copies"
}
case $BUILD in
*release*)
    hardened "$ASSAY"
    hardened "$BUILD/libassay.so"
    light "assay --version" --version
    light "assay analyze" analyze "$work/data.csv" --group g --baseline A --metric y
    light "assay size" size --mean 10 --sd 3 --mde 5%
    light "assay srm" srm --counts 100,110
    light "assay plan check" plan check data/hillstrom.plan.json
    light "assay summarize" summarize "$work/data.csv" --group g --metric y
    ;;
esac

# The heap asks for 256 MiB of addresses at once; where these are limited it grows as usual.
# shellcheck disable=SC3045 # dash and bash have ulimit -v
(ulimit -v 150000 && exec "$ASSAY" analyze data/hillstrom.csv --plan data/hillstrom.plan.json) >"$work/limited" 2>"$work/err" &&
    "$ASSAY" analyze data/hillstrom.csv --plan data/hillstrom.plan.json >"$work/free" && cmp "$work/limited" "$work/free" >>"$work/err"
ok $? "few addresses give the same result"

# Units take at most half of what the process may have: the rest waits in a file, as with --memory.
{
    echo u,g,y
    awk 'BEGIN { for (i = 0; i < 400000; i++) printf "user%d,%s,%d\n", i, i % 2 ? "B" : "A", i % 7 }'
} >"$work/many.csv"
# shellcheck disable=SC3045
(ulimit -v 60000 && exec "$ASSAY" summarize "$work/many.csv" --group g --unit u --metric y --threads 1) >"$work/limited" 2>"$work/err" &&
    "$ASSAY" summarize "$work/many.csv" --group g --unit u --metric y >"$work/free" 2>>"$work/err" &&
    cmp "$work/limited" "$work/free" >>"$work/err"
ok $? "units that take more than the process may have give the same sums"
# shellcheck disable=SC3045
(ulimit -v 24000 && exec "$ASSAY" summarize "$work/many.csv" --group g --unit u --metric y --threads 1) >"$work/limited" 2>"$work/err"
[ $? -eq 71 ] && [ ! -s "$work/limited" ] && grep -q 'Memory ran out' "$work/err"
ok $? "where memory is lacking altogether the exit status is 71"

# A library of this name that cannot be used stands before the system's.
mkdir "$work/broken"
missing() {
    library=$1 package=$2
    shift 2
    : >"$work/broken/$library"
    LD_LIBRARY_PATH="$work/broken" "$ASSAY" "$@" >"$work/out" 2>"$work/err" </dev/null
    status=$?
    [ "$status" -eq 69 ] || echo "exit status $status" >>"$work/err"
    [ "$status" -eq 69 ] && grep -q "$library cannot be loaded; the package $package has it" "$work/err"
    ok $? "without $library the exit status is 69, and the package is named"
    rm "$work/broken/$library"
}
if ! grep -q libcurl "$work/linked"; then
    missing libcurl.so.4 libcurl4 post --base-url http://127.0.0.1:9/ --token-file "$work/data.csv" \
        --parent workflows/a/instances/b "$work/data.csv"
    echo "me $(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')" >"$work/tokens"
    chmod 600 "$work/tokens"
    missing libmicrohttpd.so.12 libmicrohttpd12 serve --tokens "$work/tokens" --db "$work/results.db" --port 0
    missing libodbc.so.2 libodbc2 analyze --group g --baseline A --metric y --source odbc:x --table t
    missing libsqlite3.so.0 libsqlite3-0 serve --tokens "$work/tokens" --db "$work/results.db" --port 0
fi
summary
