#!/bin/sh
# The fast way of reading against the careful one, on 1,000 files of each kind: see test_scan.c and
# test_scan_words.c.
set -u
: "${BUILD:=build/release}"
passed=0
failed=0
for hundred in 10 11 12 13 14 15 16 17 18 19; do
    for test in test_scan test_scan_words; do
        if SCAN_SEED=${hundred}00 SCAN_FILES=100 "$BUILD/tests/source/scan/$test"; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
        fi
    done
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
