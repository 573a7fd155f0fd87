#!/bin/sh
# Manual pages are well formed; help, manual page and completion of a command have the same options.
set -u
# shellcheck source=tests/cli/begin
. "$(dirname "$0")/begin"
if command -v mandoc >/dev/null 2>&1; then
    for page in docs/*.[135]; do
        ! mandoc -T lint -W warning "$page" | grep .
        ok $? "mandoc: $page"
    done
fi
for header in include/assay/*.h; do
    [ "$header" = include/assay/export.h ] || grep -q "It In assay/$(basename "$header")" docs/assay.3
    ok $? "assay(3) names $header"
done
# completes WORD...: what completion of bash offers for the last word, on one line.
completes() {
    PATH="$(dirname "$ASSAY"):$PATH" bash -c '
        . docs/assay.bash
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        _assay
        printf "%s\n" "${COMPREPLY[@]}" | sort -u' bash "$@"
}
# offered WANTED WORD...: completion of bash offers these words for the last one.
offered() {
    wanted=$1
    shift
    completes "$@" | tr '\n' ' ' >"$work/out"
    [ "$(cat "$work/out")" = "$wanted " ]
    ok $? "completion: $*"
}
offered summarize assay su
offered summarize assay help su
offered check assay plan ch
offered 'check init schema' assay plan ''
offered data/plan.schema.json assay plan check data/plan.s
offered 'csv detail result table' assay analyze --format ''
offered detail assay analyze --format = de
offered 'csv detail result table' assay analyze --format =
offered --format=detail assay analyze --format=de
offered 'chart html markdown' assay report --format ''
offered 'eu us' assay post --region ''
offered 'fixed' assay analyze --horizon f
offered 'postgresql' assay sql --dialect p
offered 'json text' assay srm --log-format ''
offered 'history history_segment' assay analyze data/hillstrom.csv --metric hi
offered data/hillstrom.plan.json assay analyze --plan data/hillstrom.p
if command -v zsh >/dev/null 2>&1; then
    PATH="$(dirname "$ASSAY"):$PATH" zsh -f -c '
        compadd() { print -r -- "$sentences" }
        words=(assay analyze --interva) CURRENT=3
        . docs/assay.zsh' >"$work/out" 2>&1
    grep -q '^--interval -- table: also the two-sided' "$work/out"
    ok $? "completion of zsh"
fi
if command -v fish >/dev/null 2>&1; then
    HOME=$work PATH="$(dirname "$ASSAY"):$PATH" fish --no-config -c '
        source docs/assay.fish
        complete -C "assay report --format "' >"$work/out" 2>&1
    [ "$(tr '\n' ' ' <"$work/out")" = 'chart html markdown ' ]
    ok $? "completion of fish"
fi
# has LINE: $text has this line, whole.
text=
has() {
    case $text in
    *"
$1
"*) ;;
    *) false ;;
    esac
}
overview=$(cat docs/assay.1)
commands=$("$ASSAY" help | sed -n 's/^  \([a-z]*\)  .*/\1/p')
for command in $commands; do
    case $overview in *"Cm $command"*) ;; *) false ;; esac
    ok $? "assay(1) names $command"
    "$ASSAY" "$command" --help >"$work/text"
    ok $? "$command --help"
    "$ASSAY" help "$command" | cmp - "$work/text"
    ok $? "help $command"
    { grep -oE '(^|[ ,])--[a-z][a-z0-9-]*' "$work/text" && echo --help; } | tr -d ' ,' | sort -u >"$work/all"
    grep -vx -e --help "$work/all" >"$work/help"
    ok $? "$command --help has options"
    # What completion has beyond the help is --help.
    completes assay "$command" -- | cmp - "$work/all"
    ok $? "completion of $command"
    # A page lists its options as items: .It Fl -name ...; continued lines are joined. Those of the
    # plan stand in a page of their own.
    text="
$(cat "$work/text")
"
    set -- "docs/assay-$command.1"
    ! has 'plan:' || set -- "$@" docs/assay-plan.5
    case $text in *"
common to all"*) set -- "$@" docs/assay.1 ;; esac
    sed -n -e ':more' -e '/\\$/{N;s/\\\n//;bmore' -e '}' -e '/^\.It Fl/p' "$@" |
        grep -oE 'Fl -[a-z][a-z0-9-]*' | sed 's/^Fl /-/' | sort -u | diff "$work/help" -
    ok $? "help and manual page of $command have the same options"
    case $overview in *"Xr assay-$command 1"*) ;; *) false ;; esac
    ok $? "assay(1) refers to assay-$command(1)"
    text="
$(cat "docs/assay-$command.1")
"
    for section in 'EXIT STATUS' EXAMPLES 'SEE ALSO'; do
        has ".Sh $section"
        ok $? "assay-$command(1) has $section"
    done
done
# Examples that need no more than data/ are run, word for word.
sed -n 's/^\.Dl \(assay .*\)/\1/p' docs/*.1 | sed 's/\\(dq/"/g' |
    grep -E '^assay (size|design|srm|plan|analyze) ' | sort -u >"$work/examples"
mkdir "$work/bin"
ln -s "$ASSAY" "$work/bin/assay"
ln -s "$PWD/data" "$work/data"
[ "$(wc -l <"$work/examples")" -gt 8 ]
ok $? "manual pages have examples"
while IFS= read -r example; do
    (cd "$work" && PATH="$work/bin:$PATH" sh -c "$example") >"$work/out" 2>"$work/err" </dev/null
    code=$?
    cat "$work/err"
    [ $code -eq 0 ]
    ok $? "$example"
done <"$work/examples"
summary
