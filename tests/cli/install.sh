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
    # The program of assay(3), between .Bd and .Ed.
    sed -n '/^\.Bd -literal/,/^\.Ed/{s/\\en/\\n/g;/^\./!p;}' docs/assay.3 >"$work/example.c"
    # shellcheck disable=SC2086 # word splitting is wanted
    ${CC:-cc} -std=c11 -Wall -Werror -o "$work/example" "$work/example.c" $flags >"$work/log" 2>&1
    ok $? "the example of assay(3) builds against the installed library"
    LD_LIBRARY_PATH="$root/usr/lib" "$work/example" >"$work/log" 2>&1 &&
        grep -qx "p = 0.0176" "$work/log"
    ok $? "and prints what the page says"
    printf '#include <assay.h>\nint main() { return assay_normal_upper(0.0) == 0.5 ? 0 : 1; }\n' \
        >"$work/linked.cc"
    for compiler in "${CC:-cc} -xc -std=c11" "${CC:-cc} -xc -std=c2x" "${CXX:-c++} -xc++ -std=c++98"; do
        command -v "${compiler%% *}" >/dev/null 2>&1 || continue
        for header in "$root"/usr/include/assay.h "$root"/usr/include/assay/*.h; do
            # shellcheck disable=SC2086
            echo '#include "'"$header"'"
                int unit;' | $compiler -Wall -Wextra -pedantic -Werror -I"$root/usr/include" \
                -fsyntax-only - >"$work/log" 2>&1
            ok $? "$header alone: $compiler"
        done
        # shellcheck disable=SC2086
        $compiler -o "$work/linked" "$work/linked.cc" -xnone $flags >"$work/log" 2>&1 &&
            LD_LIBRARY_PATH="$root/usr/lib" "$work/linked"
        ok $? "a program links: $compiler"
    done
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
