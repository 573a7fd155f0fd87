#!/bin/sh
# Programs that embed the library: each public header alone in C11, C23 and C++ without a warning, a
# program of each language that links, and the examples of assay(3), which do what the page says.
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
library=$(cd "$BUILD" && pwd)
warnings='-Wall -Wextra -pedantic -Werror'
cat >"$work/linked.c" <<'C'
#include <assay.h>
int main() { return assay_normal_upper(0.0) == 0.5 ? 0 : 1; }
C
cp "$work/linked.c" "$work/linked.cc"
# The examples of the page: example1.c, example2.c.
awk -v at="$work/example" '/^\.Bd -literal/ { n++; file = at n ".c"; next } /^\.Ed/ { file = "" }
    file != "" { gsub(/\\en/, "\\n"); print >file }' docs/assay.3
for language in c11 c2x c++98; do
    case $language in
    c++*) compiler=${CXX:-c++} kind=c++ suffix=cc ;;
    *) compiler=${CC:-cc} kind=c suffix=c ;;
    esac
    command -v "${compiler%% *}" >/dev/null 2>&1 || continue
    # Each alone in the first language; together in the others, the last one first.
    together=
    for header in include/assay.h include/assay/*.h; do
        together="#include \"${header#include/}\"
$together"
        [ "$language" = c11 ] || continue
        # shellcheck disable=SC2086 # word splitting is wanted
        printf '#include "%s"\nint unit;\n' "${header#include/}" |
            $compiler -x$kind -std=$language $warnings -Iinclude -fsyntax-only - >"$work/log" 2>&1
        ok $? "$header alone as $language"
    done
    # shellcheck disable=SC2086 # word splitting is wanted
    printf '%sint unit;\n' "$together" |
        $compiler -x$kind -std=$language $warnings -Iinclude -fsyntax-only - >"$work/log" 2>&1
    ok $? "all headers together as $language"
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
    run "$work/example1.c" ${CC:-cc} -std=c11 $warnings && grep -qx "p = 0.0176" "$work/log"
    ok $? "the first example of assay(3)"
    # The whole path. Nobody listens at that port: the result stays in the outbox.
    sed -i 's/deadline_seconds = 60/deadline_seconds = 0.1/' "$work/example2.c"
    # shellcheck disable=SC2086
    ${CC:-cc} -std=c11 $warnings -Iinclude -o "$work/path" "$work/example2.c" -L"$BUILD" -lassay \
        >"$work/log" 2>&1
    ok $? "the second example of assay(3) builds"
    mkdir "$work/outbox"
    printf '%s' '{"parent": "workflows/w/instances/i", "columns": {"group": "g"},
        "comparisons": {"baseline": "a"}, "metrics": [{"id": "v"}]}' >"$work/plan.json"
    printf 'g,v\na,1\na,2\na,3\nb,1\nb,2\nb,5\n' >"$work/data.csv"
    (cd "$work" && LD_LIBRARY_PATH="$library" ./path plan.json data.csv https://localhost:9) \
        >"$work/log" 2>&1
    [ $? -eq 75 ] && grep -qx 'v, b: p = 0.326405' "$work/log" && ls "$work"/outbox/ar-*.json >>"$work/log"
    ok $? "and reads, analyzes, prints, and keeps what it cannot deliver"
    ;;
esac
summary
