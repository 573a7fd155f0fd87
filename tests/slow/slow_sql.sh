#!/bin/sh
# Sums by SQLite against those by files, on larger experiments than tests/cli has.
set -u
UNITS=30 UNTIL=2026-03-15T12:00:00Z SEEDS="1 2 3" sh tests/cli/sql.sh
first=$?
UNITS=30 UNTIL=2026-03-15T12:00:00Z sh tests/cli/source.sh && [ "$first" -eq 0 ]
