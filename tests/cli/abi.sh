#!/bin/sh
# The shared library exports what the headers declare, with versions, and keeps the promised ABI; and
# the checks of that find what would break it.
set -u
# shellcheck source=tests/cli/begin
. "$(dirname "$0")/begin"
case $BUILD in
*release*) ;;
*)
    echo "skipped: instrumented builds export more"
    summary
    exit
    ;;
esac
sh scripts/check-exports "$BUILD/libassay.so" >"$work/log" 2>&1
ok $? "exported symbols are those of the headers"
sh scripts/check-abi "$BUILD/libassay.so" >"$work/log" 2>&1
ok $? "the ABI is the recorded one"
# The libraries that the product is built on are in use, and of GSL nothing that allocates.
readelf -W --dyn-syms "$BUILD/libassay.so" | grep ' UND ' >"$work/log"
grep -q 'gsl_root_fsolver_iterate' "$work/log" && grep -q 'gsl_sf_log_1plusx_mx' "$work/log" &&
    ! grep -q 'gsl_.*alloc' "$work/log"
ok $? "libassay uses GSL, without its allocations"
grep -q 'cJSON_CreateRaw' "$work/log" && grep -q 'cJSON_ParseWithLengthOpts' "$work/log"
ok $? "libassay writes and reads by cJSON"
# By readelf, for nm reads all of the archive. Of memory.o they are there.
readelf -sW "$BUILD/libassay.a" | awk '/^File: / { file = $2 } $7 == "UND" && $8 ~ \
    /^(malloc|calloc|realloc|reallocarray|aligned_alloc|posix_memalign|free|strn?dup|v?asprintf)$/ { print file, $8 }' >"$work/all"
grep -v '(memory\.o)' "$work/all" >"$work/log"
[ -s "$work/all" ] && [ ! -s "$work/log" ]
ok $? "libassay asks for memory in base/memory.c alone"
ldd "$BUILD/libassay.so" >"$work/log"
grep -q libgsl "$work/log" && grep -q libcjson "$work/log"
ok $? "the loader finds GSL and cJSON"
[ "$(getconf LONG_BIT)" = 64 ] || { summary; exit; }
if command -v abidiff >/dev/null 2>&1; then
    sed "s/name='assay_srm_design' size-in-bits='[0-9]*'/name='assay_srm_design' size-in-bits='64'/" \
        tests/abi/libassay.abi >"$work/other.abi"
    ABI_RECORD=$work/other.abi sh scripts/check-abi "$BUILD/libassay.so" >"$work/log" 2>&1
    [ $? -eq 1 ] && grep -q 'type size changed from 64 to ' "$work/log"
    ok $? "abidiff finds a struct of another size"
fi

# A copy of the headers with one change; abidiff, which looks at the library, is not asked.
# change FILE SED: the headers with a change, through the check of layouts.
change() {
    rm -rf "$work/include"
    cp -R include "$work/include"
    sed "$2" "include/assay/$1" >"$work/include/assay/$1"
    ! cmp -s "include/assay/$1" "$work/include/assay/$1" || return 2
    ABI_INCLUDE=$work/include sh scripts/check-abi --layout "$BUILD/libassay.so" >"$work/log" 2>&1
}
change srm.h 's/^    uint64_t observed;/    uint64_t observed, seen;/'
[ $? -eq 1 ] && grep -q 'assay_srm_group.expected was' "$work/log"
ok $? "a field in the midst is found"
change srm.h 's/^    ASSAY_SRM_CHI2, .*//'
[ $? -eq 1 ] && grep -q 'ASSAY_SRM_CHI2 is gone' "$work/log"
ok $? "an enumerator that goes is found"
change srm.h 's/^    double tolerance;/    float tolerance;/'
[ $? -eq 1 ] && grep -q 'assay_srm_design.tolerance was' "$work/log"
ok $? "a narrower type is found"
change sink.h 's/^    void \*context; .*/    void *context; uint64_t extra;/'
[ $? -eq 1 ] && grep -q 'assay_sink was' "$work/log"
ok $? "a struct without room that grows is found"
change srm.h 's/^    double concentration;.*/&\n    double more;/; /^struct assay_srm_design/,/^}/s/reserved\[4\]/reserved[3]/'
ok $? "a field that takes room is allowed"
change correct.h 's/^    ASSAY_ADJUST_BY .*/    ASSAY_ADJUST_BY, ASSAY_ADJUST_NEW/'
ok $? "an enumerator at the end is allowed"
summary
