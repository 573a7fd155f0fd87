#!/bin/sh
# Installs under a scratch root, builds and runs a program against it, uninstalls, finds nothing.
set -u
passed=0
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ok() {
    if [ "$1" -eq 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "failed: $2"
        cat "$work/log"
    fi
}
root=$work/root
make -s install DESTDIR="$root" PREFIX=/usr BUILD="$BUILD" >"$work/log" 2>&1
ok $? "make install"
"$root/usr/bin/assay" --version >"$work/log" 2>&1
ok $? "the installed program runs"
export PKG_CONFIG_PATH="$root/usr/lib/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$root"
flags=$(pkg-config --cflags --libs assay 2>"$work/log")
ok $? "pkg-config finds assay"
case $BUILD in
*release*)
    # shellcheck disable=SC2086 # word splitting is wanted
    ${CC:-cc} -std=c11 -Wall -Werror -o "$work/consumer" tests/install/consumer.c $flags >"$work/log" 2>&1
    ok $? "a program builds against the installed library"
    LD_LIBRARY_PATH="$root/usr/lib" "$work/consumer" >"$work/log" 2>&1 &&
        grep -q "^$("$root/usr/bin/assay" --version | sed 's/assay //') 0.0176$" "$work/log"
    ok $? "and gives the p-value of the test of 0.13 against 0.10"
    sh scripts/check-exports "$BUILD/libassay.so" >"$work/log" 2>&1
    ok $? "exported symbols are those of the headers"
    ;;
esac
make -s uninstall DESTDIR="$root" PREFIX=/usr BUILD="$BUILD" >"$work/log" 2>&1
ok $? "make uninstall"
find "$root" ! -type d >"$work/log"
[ ! -s "$work/log" ]
ok $? "nothing is left"
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
