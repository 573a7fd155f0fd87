#!/bin/sh
# Programs that embed the library: each public header alone in C11, C23 and C++ without a warning, a
# program of each language that links, and the example of assay(3), which prints what the page says.
# The shared library is the one of BUILD; one with sanitizers wants a program with them, too.
set -u
# shellcheck source=tests/cli/begin
. "$(dirname "$0")/begin"
# Compiles and links $1 with the compiler and options that follow, and runs it.
run() {
    source=$1
    shift
    "$@" -Iinclude -o "$work/program" "$source" -L"$BUILD" -lassay >"$work/log" 2>&1 &&
        LD_LIBRARY_PATH="$BUILD" "$work/program" >"$work/log" 2>&1
}
warnings='-Wall -Wextra -pedantic -Werror'
cat >"$work/linked.c" <<'C'
#include <assay.h>
int main() { return assay_normal_upper(0.0) == 0.5 ? 0 : 1; }
C
cp "$work/linked.c" "$work/linked.cc"
sed -n '/^\.Bd -literal/,/^\.Ed/{s/\\en/\\n/g;/^\./!p;}' docs/assay.3 >"$work/example.c"
for language in c11 c2x c++98; do
    case $language in
    c++*) compiler=${CXX:-c++} kind=c++ suffix=cc ;;
    *) compiler=${CC:-cc} kind=c suffix=c ;;
    esac
    command -v "${compiler%% *}" >/dev/null 2>&1 || continue
    for header in include/assay.h include/assay/*.h; do
        # shellcheck disable=SC2086 # word splitting is wanted
        printf '#include "%s"\nint unit;\n' "${header#include/}" |
            $compiler -x$kind -std=$language $warnings -Iinclude -fsyntax-only - >"$work/log" 2>&1
        ok $? "$header alone as $language"
    done
    case $BUILD in
    *release*)
        # shellcheck disable=SC2086
        run "$work/linked.$suffix" $compiler -std=$language
        ok $? "a program in $language links and runs"
        ;;
    esac
done
case $BUILD in
*release*)
    # shellcheck disable=SC2086
    run "$work/example.c" ${CC:-cc} -std=c11 $warnings && grep -qx "p = 0.0176" "$work/log"
    ok $? "the example of assay(3)"
    ;;
esac
summary
