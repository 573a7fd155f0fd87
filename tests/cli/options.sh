#!/bin/sh
# Every command answers a wrong option alike: it exits with 2, prints nothing on standard output, names
# the option, and says which one may be meant, that a value is missing, or that there is none to give.
set -u
# shellcheck source=tests/cli/begin
. "$(dirname "$0")/begin"
# says COMMAND TEXT ARGUMENT...: what the command says with these arguments.
says() {
    command=$1 text=$2
    shift 2
    "$ASSAY" "$command" "$@" >"$work/out" 2>"$work/err" </dev/null
    status=$?
    first='' second=''
    # Builtins only: there are hundreds of options.
    { IFS= read -r first && IFS= read -r second; } <"$work/err"
    if [ $status -eq 2 ] && [ ! -s "$work/out" ] && [ "$first" = "assay $command: $text" ] &&
        [ "$second" = "Try 'assay help $command'." ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "failed: assay $command $*: not \"$text\" but"
        cat "$work/err"
    fi
}
for command in $("$ASSAY" help | sed -n 's/^  \([a-z]*\)  .*/\1/p'); do
    # Every option with the sign of its value, if any.
    "$ASSAY" "$command" --help |
        grep -oE '(^ *|[ ,;])--[a-z][a-z0-9-]*([= ][A-Z]|=[a-z]|)' |
        sed 's/^[^-]*--//' | sort -u >"$work/options"
    cut -d= -f1 "$work/options" | cut -d' ' -f1 | sort -u >"$work/names"
    [ -s "$work/names" ] || says "$command" "options in its help"
    while read -r name; do
        # An option with a letter too many is near itself, unless another one is as near.
        says "$command" "unknown option --${name}q; did you mean --$name?" "--${name}q"
    done <"$work/names"
    says "$command" "unknown option --xyzzy-xyzzy" --xyzzy-xyzzy=3
    says "$command" "unknown option -q; options begin with two dashes" -q
    says "$command" "--help takes no value" --help=me
    sed -n 's/^\([a-z0-9-]*\)[= ].*/\1/p' "$work/options" | sort -u >"$work/valued"
    while read -r name; do
        says "$command" "--$name needs a value" "--$name"
    done <"$work/valued"
done
summary
