#!/bin/sh
# Every command of the README that begins with build/release/assay runs and succeeds.
set -u
passed=0
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p build
grep -E '^    build/release/assay ' README.md | sed 's/^    //' >"$work/commands"
while IFS= read -r command; do
    line=$(printf '%s\n' "$command" | sed "s,build/release/assay,\"\$ASSAY\",")
    if sh -c "$line" >"$work/out" 2>"$work/err" </dev/null; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "failed: $command"
        cat "$work/err"
    fi
done <"$work/commands"
[ "$passed" -gt 5 ] || failed=$((failed + 1))
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
