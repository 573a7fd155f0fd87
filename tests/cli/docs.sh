#!/bin/sh
# Manual pages are well formed; help, manual page and completion of a command have the same options.
set -u
# shellcheck source=tests/cli/begin
. "$(dirname "$0")/begin"
if command -v mandoc >/dev/null 2>&1; then
    for page in docs/*.[135]; do
        mandoc -T lint -W warning "$page" >"$work/out"
        [ ! -s "$work/out" ]
        ok $? "mandoc: $page"
    done
fi
library=$(cat docs/assay.3)
for header in include/assay/*.h; do
    case $header,$library in
    include/assay/export.h,* | *"It In assay/${header##*/}"*) ;;
    *) false ;;
    esac
    ok $? "assay(3) names $header"
done
commands=$("$ASSAY" help | sed -n 's/^  \([a-z]*\)  .*/\1/p')
# What completion of bash should offer for the last word of each line, and, behind these, all options of
# each command. One bash answers all: "NUMBER WORD" for each word that it offers.
cat >"$work/wanted" <<'END'
summarize|assay su
summarize|assay help su
check|assay plan ch
check init schema|assay plan ''
data/plan.schema.json|assay plan check data/plan.s
csv detail result table|assay analyze --format ''
detail|assay analyze --format = de
csv detail result table|assay analyze --format =
--format=detail|assay analyze --format=de
chart html markdown|assay report --format ''
eu us|assay post --region ''
fixed|assay analyze --horizon f
postgresql|assay sql --dialect p
json text|assay srm --log-format ''
history history_segment|assay analyze data/hillstrom.csv --metric hi
data/hillstrom.plan.json|assay analyze --plan data/hillstrom.p
END
{
    cat "$work/wanted"
    for command in $commands; do echo "|assay $command --"; done
} | PATH="${ASSAY%/*}:$PATH" bash -c '
    . docs/assay.bash
    number=0
    while IFS="|" read -r _ line; do
        number=$((number + 1))
        eval "COMP_WORDS=($line)"
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _assay
        for word in "${COMPREPLY[@]}"; do echo "$number $word"; done
    done' | sort -u | sort -s -n -k 1,1 >"$work/offered"
number=0
while IFS='|' read -r wanted line; do
    number=$((number + 1))
    offered=
    while read -r which word; do
        [ "$which" -ne $number ] || offered="$offered $word"
    done <"$work/offered"
    [ "$offered" = " $wanted" ]
    ok $? "completion: $line"
done <"$work/wanted"
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
for command in $commands; do
    case $overview in *"Cm $command"*) ;; *) false ;; esac
    ok $? "assay(1) names $command"
    "$ASSAY" "$command" --help >"$work/help.$command"
    ok $? "$command --help"
    "$ASSAY" help "$command" | cmp - "$work/help.$command"
    ok $? "help $command"
done
# The options of each command, in its help, its manual page and its completion: a line "COMMAND NUMBER" of
# how many its help has, and for what differs "COMMAND page OPTION" or "COMMAND completion OPTION".
awk -v commands="$commands" -v work="$work" -v number=$number '
    # Adds to found[] what the pattern finds in a line, as an option.
    function take(found, line, pattern,    option) {
        while (match(line, pattern)) {
            option = substr(line, RSTART, RLENGTH)
            line = substr(line, RSTART + RLENGTH)
            sub(/^[^-]*/, "", option)
            sub(/^-?-/, "--", option)
            found[option] = 1
        }
    }
    # A page lists its options as items: .It Fl -name ...; continued lines are joined.
    function read_page(found, page,    line, more) {
        while ((getline line <page) > 0) {
            while (line ~ /\\$/ && (getline more <page) > 0)
                line = substr(line, 1, length(line) - 1) more
            if (line ~ /^\.It Fl/)
                take(found, line, "Fl -[a-z][a-z0-9-]*")
        }
        close(page)
    }
    function differ(command, what, one, other,    option) {
        for (option in one)
            if (!(option in other)) print command, what, option
        for (option in other)
            if (!(option in one)) print command, what, option
    }
    BEGIN {
        while ((getline line <(work "/offered")) > 0) {
            split(line, word, " ")
            offers[word[1]] = offers[word[1]] " " word[2]
        }
        count = split(commands, list, /[ \n]+/)
        for (i = 1; i <= count; i++) {
            command = list[i]
            split("", help); split("", page); split("", offered)
            has_plan = has_common = 0
            while ((getline line <(work "/help." command)) > 0) {
                take(help, line, "(^|[ ,])--[a-z][a-z0-9-]*")
                has_plan = has_plan || line == "plan:"
                has_common = has_common || line ~ /^common to all/
            }
            options = split(offers[number + i], word, " ")
            for (k = 1; k <= options; k++)
                offered[word[k]] = 1
            # Options of the plan stand in a page of their own.
            read_page(page, "docs/assay-" command ".1")
            if (has_plan) read_page(page, "docs/assay-plan.5")
            if (has_common) read_page(page, "docs/assay.1")
            delete help["--help"]
            differ(command, "page", help, page)
            options = 0
            for (option in help) options++
            print command, options
            # What completion has beyond the help is --help.
            help["--help"] = 1
            differ(command, "completion", help, offered)
        }
    }' >"$work/options"
for command in $commands; do
    count=0 page=0 completion=0
    while read -r who what option; do
        case $who:$what in
        "$command:page") page=1 ;;
        "$command:completion") completion=1 ;;
        "$command:"*) count=$what ;;
        *) continue ;;
        esac
        [ -z "$option" ] || echo "$command: the $what differs: $option"
    done <"$work/options"
    [ "$count" -gt 0 ]
    ok $? "$command --help has options"
    ok $completion "completion of $command"
    ok $page "help and manual page of $command have the same options"
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
sed -n '/^\.Sh EXIT STATUS/,/^\.Sh EXAMPLES/s/^\.It \([0-9]*\).*/\1/p' docs/assay.1 >"$work/codes"
"$ASSAY" help exit-codes | sed -n 's/^ *\([0-9][0-9]*\)  .*/\1/p' | diff "$work/codes" - >"$work/log"
ok $? "help exit-codes has the codes of assay(1)"
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
    ok $? "$example"
done <"$work/examples"
summary
