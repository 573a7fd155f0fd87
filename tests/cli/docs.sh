#!/bin/sh
# Manual pages are well formed, name every command, and completion covers every option.
set -u
passed=0
failed=0
ok() {
    if [ "$1" -eq 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "failed: $2"
    fi
}
if command -v mandoc >/dev/null 2>&1; then
    for page in docs/*.[13]; do
        ! mandoc -T lint -W warning "$page" | grep .
        ok $? "mandoc: $page"
    done
fi
commands=$("$ASSAY" help | sed -n 's/^  \([a-z]*\)  .*/\1/p')
for command in $commands; do
    grep -q "Cm $command" docs/assay.1
    ok $? "assay(1) names $command"
    "$ASSAY" "$command" --help >/dev/null
    ok $? "$command --help"
    "$ASSAY" help "$command" >/dev/null
    ok $? "help $command"
    "$ASSAY" "$command" --no-such-option >/dev/null 2>&1
    [ $? -eq 2 ]
    ok $? "$command with an unknown option exits with 2"
    options=$("$ASSAY" "$command" --help | grep -oE '(^|[ ,])--[a-z][a-z0-9-]*' | tr -d ' ,' | sort -u)
    completed=$(PATH="$(dirname "$ASSAY"):$PATH" bash -c '
        . docs/assay.bash
        COMP_WORDS=(assay "$1" --) COMP_CWORD=2
        _assay
        printf "%s\n" "${COMPREPLY[@]}" | sort -u' bash "$command")
    [ -n "$options" ] && [ "$options" = "$completed" ]
    ok $? "completion of $command"
done
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
