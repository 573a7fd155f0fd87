#!/bin/sh
# Many random experiments, each with one result whichever way its data come: see test_any_way.c.
set -u
: "${BUILD:=build/release}"
export WAYS_SEED=1000 WAYS_COUNT=1000
exec "$BUILD/tests/analysis/test_any_way"
