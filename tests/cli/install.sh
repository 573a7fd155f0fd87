#!/bin/sh
# Installs under a scratch root, builds and runs a program against it, uninstalls, finds nothing.
set -u
# shellcheck source=tests/cli/begin
. "$(dirname "$0")/begin"
# shellcheck source=tests/install/examples
. tests/install/examples
root="$work/a root"
prefix=$root/opt/assay
make -s install DESTDIR="$root" PREFIX=/opt/assay BUILD="$BUILD" >"$work/log" 2>&1
ok $? "make install"
"$prefix/bin/assay" --version >"$work/log" 2>&1
ok $? "the installed program runs"
flags=$(PKG_CONFIG_PATH="$prefix/lib/pkgconfig" pkg-config --cflags --libs assay 2>"$work/log")
ok $? "pkg-config finds assay"
# The flags as they are under the scratch root. pkg-config knows roots, too, but none with a blank.
for flag in $flags; do
    case $flag in
    -[IL]/*) set -- "$@" "${flag%%/*}$root/${flag#*/}" ;;
    *) set -- "$@" "$flag" ;;
    esac
done
case $BUILD in
*release*)
    # shellcheck disable=SC2086 # CC may hold options
    ${CC:-cc} -std=c11 -Wall -Werror -o "$work/consumer" tests/install/consumer.c "$@" >"$work/log" 2>&1
    ok $? "a program builds against the installed library"
    LD_LIBRARY_PATH="$prefix/lib" "$work/consumer" >"$work/log" 2>&1 &&
        grep -q "^$("$prefix/bin/assay" --version | sed 's/assay //') 0.0176$" "$work/log"
    ok $? "and gives the p-value of the test of 0.13 against 0.10"
    sh scripts/check-exports "$BUILD/libassay.so" >"$work/log" 2>&1
    ok $? "exported symbols are those of the headers"
    static=$(PKG_CONFIG_PATH="$prefix/lib/pkgconfig" pkg-config --static --libs-only-l assay |
        sed 's/-lassay *//')
    # shellcheck disable=SC2086 # CC may hold options, and these are several
    ${CC:-cc} -std=c11 -o "$work/static" tests/install/consumer.c "-I$prefix/include" \
        "$prefix/lib/libassay.a" $static >"$work/log" 2>&1 &&
        "$work/static" | grep -q ' 0.0176$' && ! ldd "$work/static" | grep -q libassay
    ok $? "a program links the archive with what pkg-config --static says"
    # Without the blank in the root, which the flags of compilers know no way to quote.
    ln -s "$prefix" "$work/prefix"
    run_examples "-I$work/prefix/include -L$work/prefix/lib -lassay" "$work/prefix/lib"
    ;;
esac
make -s uninstall DESTDIR="$root" PREFIX=/opt/assay BUILD="$BUILD" >"$work/log" 2>&1
ok $? "make uninstall"
find "$root" ! -type d >"$work/log"
[ ! -s "$work/log" ]
ok $? "nothing is left"
summary
