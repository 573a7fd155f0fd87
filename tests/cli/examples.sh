#!/bin/sh
# The examples build against the library of the build folder without a warning, and run.
set -u
# shellcheck source=tests/cli/begin
. "$(dirname "$0")/begin"
case $BUILD in
*release*) ;;
*)
    echo "skipped: examples link an uninstrumented library"
    summary
    exit
    ;;
esac
# shellcheck source=tests/install/examples
. tests/install/examples
run_examples "-Iinclude -L$PWD/$BUILD -Wl,-rpath,$PWD/$BUILD -lassay" "$PWD/$BUILD"
summary
