#!/bin/sh
# The files of deploy are what the systems that read them take, and know every exit code there is.
set -u
# shellcheck source=tests/cli/begin
. "$(dirname "$0")/begin"
# The codes that assay(1) has, but for 0.
sed -n '/^\.Sh EXIT STATUS/,/^\.Sh EXAMPLES/s/^\.It \([0-9]*\).*/\1/p' docs/assay.1 | grep -vx 0 |
    sort -n >"$work/codes"
[ "$(wc -l <"$work/codes")" -gt 10 ]
ok $? "assay(1) has exit codes"
sed -n 's/^ *values: \[\(.*\)\]/\1/p' deploy/kubernetes/nightly.yaml | tr -d ' ' | tr ',' '\n' |
    sort -n | diff "$work/codes" -
ok $? "the CronJob has a rule for each exit code"
sed -n '/^| code/,/^$/s/^| \([0-9, ]*\) |.*/\1/p' docs/operations.md | tr -d ' ' | tr ',' '\n' |
    grep -vx 0 | sort -n | diff "$work/codes" -
ok $? "operations.md has each exit code"

# Options that these files give must be there.
grep -ohE '(^|[ "])--[a-z-]+' deploy/systemd/* deploy/orchestrators/* docs/operations.md \
    deploy/kubernetes/* | grep -oE -- '--[a-z-]+' |
    grep -vxE -- '--(now|rm|help)' | sort -u >"$work/used"
for command in analyze post serve; do "$ASSAY" "$command" --help; done |
    grep -oE -- '--[a-z-]+' | sort -u >"$work/known"
[ "$(comm -23 "$work/used" "$work/known" | tee "$work/log")" = "" ]
ok $? "options in deploy and operations.md are options of assay"

# Lines of cron run as they are, with the paths of this test; the network is not there.
mkdir -p "$work/srv" "$work/results"
cp data/hillstrom.csv "$work/srv/checkout.csv"
cp data/hillstrom.plan.json "$work/plan.json"
(umask 077 && echo token-of-the-test >"$work/token")
# shellcheck disable=SC2016 # a fence, no command
sed -n '/^```cron/,/^```/p' docs/operations.md | grep -E '^[0-9]' >"$work/cron"
[ "$(wc -l <"$work/cron")" -eq 2 ]
ok $? "operations.md has lines for cron"
while IFS= read -r line; do
    line=$(echo "$line" | sed -E "s,^([0-9*/]+ ){5},,;s,/srv/experiments,$work/srv,;
        s,/etc/assay/checkout.plan.json,$work/plan.json,;s,/etc/assay/token,$work/token,;
        s,/var/spool/assay,$work/outbox,;s,/srv/results,$work/results,;
        s,--region eu,--base-url http://127.0.0.1:1 --max-attempts 1,;s,^assay,$ASSAY,")
    sh -c "$line" >"$work/out" 2>"$work/err" </dev/null
    status=$?
    [ "$status" -eq 75 ] || echo "exit status $status" >>"$work/err"
    [ "$status" -eq 75 ]
    ok $? "cron: $line"
done <"$work/cron"
[ -s "$work/results/checkout.json" ] && [ "$(find "$work/outbox" -name '*.json' | wc -l)" -eq 1 ]
ok $? "the result is written and kept"

if command -v python3 >/dev/null 2>&1; then
    python3 - deploy/orchestrators/*.py >"$work/python" 2>"$work/err" <<'P'
import ast, sys

for file in sys.argv[1:]:
    try:
        ast.parse(open(file).read())
        print(file)
    except SyntaxError as error:
        print(file, error, file=sys.stderr)
P
    for file in deploy/orchestrators/*.py; do
        grep -qx "$file" "$work/python"
        ok $? "$file is Python"
    done
    cat >"$work/task.py" <<'P'
import sys

sys.path.insert(0, "deploy/orchestrators")
import assay_task

program = sys.argv[1]
flags = ["data/hillstrom.csv", "--plan=data/hillstrom.plan.json"]
result, alarm = assay_task.analyze(flags, program)
assert len(result["treatments"]) == 2 and alarm is None
rest = ["data/hillstrom.csv", "--group=treatment", "--baseline=No E-Mail", "--metric=spend"]
mismatch = rest + ["--weights=No E-Mail=1,Mens E-Mail=2,Womens E-Mail=1", "--fail-on=srm"]
assert assay_task.analyze(mismatch, program)[1] == "sample ratio mismatch"
try:
    assay_task.analyze(["data/nothing.csv"] + flags[1:], program)
    raise SystemExit("a missing file was no failure")
except assay_task.Failed as failure:
    assert "66" in str(failure) and "data/nothing.csv: " in str(failure), failure
    assert "No such file" in str(failure), failure
try:
    assay_task.analyze(flags + ["--post", "--base-url=http://127.0.0.1:1", "--max-attempts=1",
                                "--token-file=" + sys.argv[2]], program)
    raise SystemExit("nobody there was no failure")
except assay_task.TryAgain as failure:
    assert str(failure).count("127.0.0.1") == 1, failure
try:
    assay_task.analyze(flags, sys.argv[3])
    raise SystemExit("a program that does not start was no failure")
except assay_task.Failed as failure:
    assert "127" in str(failure) and "libz.so" in str(failure), failure
P
    printf '#!/bin/sh\necho "assay: error while loading shared libraries: libz.so.1" >&2\nexit 127\n' \
        >"$work/broken"
    chmod +x "$work/broken"
    python3 "$work/task.py" "$ASSAY" "$work/token" "$work/broken" 2>"$work/err"
    ok $? "exit codes become exceptions"
    python3 -c 'import sys
try:
    import yaml
except ImportError:
    sys.exit(77)
job = yaml.safe_load(open("deploy/kubernetes/nightly.yaml"))
pod = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
assert job["kind"] == "CronJob" and pod["restartPolicy"] == "Never"
mounts = {m["name"] for m in pod["containers"][0]["volumeMounts"]}
assert mounts == {v["name"] for v in pod["volumes"]}, mounts' 2>"$work/err"
    status=$?
    # Without the module that reads YAML nothing is tested.
    [ "$status" -eq 77 ] || ok $status "the CronJob is YAML, and its mounts have volumes"
fi
# The first process of a container is ended by no signal that it does not handle. This one has 20
# seconds to try.
if unshare -rpf true >/dev/null 2>&1; then
    unshare -rpf "$ASSAY" post --base-url http://127.0.0.1:1 --outbox "$work/first" --deadline 20 \
        --max-attempts 1000 --parent workflows/a/instances/b "$work/results/checkout.json" \
        >"$work/out" 2>"$work/err" &
    parent=$!
    first=
    until [ -n "$first" ] && [ -s "$work/err" ]; do
        for stat in /proc/[0-9]*/stat; do
            { read -r pid _ _ above _ <"$stat"; } 2>/dev/null || continue
            [ "$above" != "$parent" ] || first=$pid
        done
        kill -0 "$parent" 2>/dev/null || break
        sleep 0.05
    done
    kill -TERM "$first"
    wait "$parent"
    status=$?
    [ "$status" -eq 143 ] && [ "$(find "$work/first" -name '*.json' | wc -l)" -eq 1 ]
    ok $? "SIGTERM ends the first process of a container ($status)"
fi
if command -v systemd-analyze >/dev/null 2>&1; then
    mkdir "$work/units"
    for unit in deploy/systemd/*; do
        sed "s,/usr/bin/assay,$ASSAY," "$unit" >"$work/units/$(basename "$unit")"
    done
    (cd "$work/units" && systemd-analyze verify --man=no assay-serve.service \
        'assay-nightly@.timer') >"$work/log" 2>&1
    ok $? "systemd takes the units"
    for unit in deploy/systemd/*.service; do
        systemd-analyze security --offline=true --no-pager --threshold=29 "$unit" >"$work/log" 2>&1
        ok $? "$unit is exposed below 3"
    done
fi
# Instances of a template that share a folder share the user, who is another one for each name of a unit.
for unit in deploy/systemd/*@.service; do
    grep -qE '^StateDirectory=.*%i' "$unit" || grep -qE '^User=[^%]+$' "$unit"
    ok $? "$unit: all of its instances may write to their folder"
done
# Each instruction of the Dockerfile is one there is; the packages are those that the program loads.
sed -e '/^#/d' -e ':more' -e '/\\$/{N;s/\\\n//;bmore' -e '}' deploy/container/Dockerfile |
    grep -vE '^(FROM|SHELL|RUN|WORKDIR|COPY|USER|ENTRYPOINT|CMD) |^$' >"$work/log"
[ ! -s "$work/log" ]
ok $? "the Dockerfile has known instructions"
# What hadolint reads for: versions that stand, lists removed, nothing recommended, no root at the end.
! grep -E '^FROM ' deploy/container/Dockerfile | grep -vE ':[0-9]+[a-z-]*( AS [a-z]+)?$' >"$work/log" &&
    [ "$(grep -c 'apt-get install -y --no-install-recommends' deploy/container/Dockerfile)" -eq 2 ] &&
    [ "$(grep -c 'rm -rf /var/lib/apt/lists' deploy/container/Dockerfile)" -eq 3 ] &&
    [ "$(sed -n 's/^USER //p' deploy/container/Dockerfile | tail -n 1)" = 65534:65534 ] &&
    grep -qx build .dockerignore && grep -qx .git .dockerignore
ok $? "the Dockerfile is as hadolint wants it, and build is not sent along"
# make install compiles, and installs no library that it needs: the fresh image has none.
grep -q '^RUN .*make deps && make install ' deploy/container/Dockerfile
ok $? "the Dockerfile installs what the build needs"
if command -v dpkg >/dev/null 2>&1; then
    missing=
    set --
    for file in $(ldd "$ASSAY" | awk '/=> \//{ print $3 }'); do
        set -- "$@" "$(readlink -f "$file")" "${file#/usr}"
    done
    for package in $(dpkg -S "$@" 2>/dev/null | cut -d: -f1 | sort -u); do
        [ "$package" != libc6 ] || continue
        grep -q " $package " deploy/container/Dockerfile || missing="$missing $package"
    done
    echo "missing in the Dockerfile:$missing" >"$work/log"
    [ -z "$missing" ]
    ok $? "the image has the libraries"
fi
summary
