#!/bin/sh
# make dist gives the same bytes in clones of other age and place, time zone and language; what it packs
# can be built.
set -u
# shellcheck source=tests/cli/begin
. "$(dirname "$0")/../cli/begin"
git rev-parse -q --verify HEAD >/dev/null 2>&1 || {
    echo "skipped: no clone of git"
    summary
    exit
}
for zone in UTC Tokyo; do
    git clone -q --shared . "$work/$zone" 2>"$work/log" && touch -d 2001-01-01 "$work/$zone"/* &&
        TZ=Asia/$zone LC_ALL=C make -s -C "$work/$zone" dist >"$work/log" 2>&1
    ok $? "make dist in a clone, $zone"
done
cmp "$work"/UTC/assay-*.tar.gz "$work"/Tokyo/assay-*.tar.gz >"$work/log" 2>&1
ok $? "the same bytes"
tar xzf "$work"/UTC/assay-*.tar.gz -C "$work" && make -n -C "$work"/assay-* all >"$work/log" 2>&1
ok $? "what is packed has all that a build asks for"
summary
