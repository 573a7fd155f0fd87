#!/bin/sh
# Names come from strangers: whatever bytes columns, groups, files, plan keys and options hold, messages
# have none below 0x20 but line feeds, no 0x7F and none of C1, neither as text nor as JSON.
set -u
# shellcheck source=tests/cli/begin
. "$(dirname "$0")/begin"
# Escape, bell, delete, NEL and CSI as UTF-8, a byte that is no UTF-8, a right-to-left override.
evil=$(printf 'x\033]0;pwned\007\177\302\205\302\2331m\233\342\200\256y')
cd "$work" || exit 1
clean() {
    LC_ALL=C grep -qaP '[\x00-\x1f\x7f]|\xc2[\x80-\x9f]|(?<![\xc2-\xf4\x80-\xbf])[\x80-\x9f]' "$1" && return 1
    return 0
}
# refused NAME COMMAND...: a command that fails, whose messages are clean in both forms.
refused() {
    what=$1
    shift
    for form in text json; do
        "$ASSAY" "$@" --log-format "$form" >out 2>err </dev/null
        status=$?
        [ "$status" -ne 0 ] && [ "$status" -lt 128 ] && [ -s err ] && clean err
        ok $? "$what, as $form"
    done
}
printf 'g,y\n"%s",1\nb,2\n' "$evil" >groups.csv
printf 'g,"%s"\na,1\nb,2\n' "$evil" >columns.csv
printf 'g,y\na,"%s"\nb,2\n' "$evil" >cells.csv
printf 'metric,group,n,mean,variance\n"%s",a,1,1,\ny,b,2,2,x\n' "$evil" >sums.csv
cp groups.csv "$evil.csv"
refused "an unknown baseline beside such a group" analyze groups.csv --group g --baseline zzz --metric y
refused "an unknown column beside such a column" analyze columns.csv --group g --baseline a --metric y
refused "a cell that is no number" analyze cells.csv --group g --baseline a --metric y
refused "a metric of sums" analyze sums.csv --baseline a --metric y
refused "a file's name" analyze "$evil.csv" --group g --baseline zzz --metric y
refused "the name of a file that is not there" analyze "no-$evil" --group g --baseline a --metric y
refused "an option" analyze groups.csv "--$evil"
refused "an option's value" analyze groups.csv --group g --baseline a --metric y --test "$evil"
refused "a column that is asked for" analyze groups.csv --group "$evil" --baseline a --metric y
refused "a filter" analyze groups.csv --group g --baseline a --metric y --segment "s=$evil = 'x'"
printf '{"metrics": [], "%s": 1}' "$evil" >plan.json
refused "a plan's key" plan check plan.json
printf '{"columns":{"group":"g"},"comparisons":{"baseline":"a"},"metrics":[{"id":"y","role":"%s"}]}' "$evil" >plan.json
refused "a plan's word" plan check plan.json
refused "a plan's name" plan check "no-$evil.json"
refused "parts of sums" merge sums.csv "no-$evil"
refused "an output's folder" analyze cells.csv --group g --baseline a --metric g --output "no-$evil/out"
refused "a source" analyze --source "sqlite:no-$evil" --plan plan.json
refused "a server's address" post cells.csv --base-url "http://$evil"
refused "tokens" serve --db results.db --tokens "no-$evil"
"$ASSAY" "$evil" >out 2>err
[ $? -eq 2 ] && clean err
ok $? "a command"

# shown NAME COMMAND...: a command that succeeds, whose words for people are clean.
shown() {
    what=$1
    shift
    "$ASSAY" "$@" >out 2>err </dev/null && [ -s out ] && clean out && clean err
    ok $? "$what"
}
named='x\u001b]0;pwned\u0007\u007f\u0085\u009b1m\u202ey'
cat >evil.json <<END
{"columns": {"group": "g"}, "comparisons": {"baseline": "a"}, "dimensions": ["d"],
 "groups": [{"id": "a"}, {"id": "$named"}], "segments": [{"id": "$named", "filter": "d = 'q'"}],
 "metrics": [{"id": "$named", "role": "success", "type": "mean", "minimumDetectableEffect": 0.05}]}
END
name=$(printf 'x\033]0;pwned\007\177\302\205\302\2331m\342\200\256y')
awk -v name="$name" 'BEGIN { print "g,d," name
    for (i = 0; i < 400; i++)
        print (i % 2 ? "a" : name) "," (i % 3 ? "q" : name) "," 5 + i % 7 }' >evil.csv
shown "a table" analyze evil.csv --plan evil.json --format table --slices --chart
shown "a plan in words" plan check evil.json
shown "a plan and data in words" plan check evil.json --data evil.csv
shown "a simulation" simulate --plan evil.json --experiments 2 --units 100 evil.csv
shown "counts" srm --counts 10,20 --groups "a,$name"
shown "shares" test --proportion a=1/10 "$name=3/20"
"$ASSAY" analyze evil.csv --plan evil.json --format result --output evil-result.json
shown "a chart" report evil-result.json --format chart
shown "a report as Markdown" report evil-result.json --format markdown
cd "$OLDPWD" || exit 1
summary
