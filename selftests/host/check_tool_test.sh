#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# mntprop check, assert and metrics on saved snapshots. The argument is the tool.
# shellcheck source=tool_lib.sh
. "$(dirname "$0")/tool_lib.sh"
man=$(dirname "$0")/../../userspace/mntprop.8

echo "TAP version 13"

# A ring that is cut and a slave that is on no list.
bad=$tmp/bad.snap
sed 's/peer=72 /peer=79 /; s/ slaves=92 / /' "$story" >"$bad"
sed 's/complete=yes/complete=no stopped=slaves/' "$story" >"$tmp/part"

answers 0 '28 invariants hold: 28 mounts, 6 namespaces, 7 peer groups' \
	check -F "$story"
ok "check: all is well"
cat >"$tmp/wanted" <<'END'
peer-exists: mount 30 4026531841:/tmp/path(1 systemd), 79 is no mount: violates: the next peer is a mount (fs/pnode.c, next_peer())
slave-on-list: mount 92 4026532203:/tmp/path(web 1), mount 30 4026531841:/tmp/path(1 systemd): violates: a slave is on its master's list, once (Documentation/filesystems/sharedsubtree.rst, 8)
END
says 1 check -F "$bad"
ok "check: a line for each violation"
json 'd == {"violations": []}' check -F "$story" --json
ok "check: JSON without violations"
status_json 1 '[(v["invariant"], v["id"], v["other-id"], v["missing-id"])
	for v in d["violations"]] ==
	[("peer-exists", 30, None, 79), ("slave-on-list", 92, 30, None)]' \
	check -F "$bad" --json
ok "check: JSON"
answers 1 'ID="92" OTHER-NS="4026531841"' check -F "$bad" -P -o ID,OTHER-NS
ok "check: pairs"

# tap: what stands in $tmp/out is TAP with as many lines as are planned
tap() {
	awk 'NR == 1 { bad += $0 != "TAP version 13" }
	     NR == 2 { bad += !/^1\.\.[0-9]+$/; plan = substr($0, 4) }
	     NR > 2 && !/^# / { n++; bad += !/^(not )?ok [0-9]+ - [^#]+( # SKIP .+)?$/
				bad += n != (/^not/ ? $3 : $2) }
	     END { exit bad || n != plan }' "$tmp/out"
}

answers 0 'ok 29 - unmounted-apart' check -F "$story" --tap && tap &&
	! grep -q '^not' "$tmp/out"
ok "check: TAP"
grep -q '^ok 23 - one-on-a-mountpoint: .* # SKIP this kernel is older' "$tmp/out"
ok "check: TAP says what is not a rule of the kernel"
cp "$tmp/out" "$tmp/all"
answers 1 '# mount 30 4026531841:/tmp/path(1 systemd), 79 is no mount' \
	check -F "$bad" --tap && tap &&
	[ "$(grep -c '^not ok' "$tmp/out")" = 2 ]
ok "check: TAP with violations"
"$tool" check -F "$tmp/part" --tap >"$tmp/out" 2>"$tmp/err"
[ $? = 1 ] && tap && [ "$(grep -c '^not ok' "$tmp/out")" = 1 ] &&
	[ "$(grep -c '# SKIP the snapshot is not complete' "$tmp/out")" = 28 ]
ok "check: of a snapshot that is not complete nothing else is said"
"$tool" check -F "$data/hostile.snap" --tap >"$tmp/out" 2>"$tmp/err"
[ $? = 1 ] && tap && harmless
ok "check: TAP of hostile names"
"$tool" check -F "$data/hostile.snap" >"$tmp/out" 2>"$tmp/err"
[ $? = 1 ] && harmless && [ "$(wc -l <"$tmp/out")" = 2 ]
ok "check: lines of hostile names"
sed 's/^ok [0-9]* - \([a-z-]*\):.*/\1/; /^[a-z-]*$/!d' "$tmp/all" >"$tmp/wanted"
sed -n '/^\.Sh CHECK/,/^\.Sh /s/^\.It \([a-z-]*\)$/\1/p' "$man" |
	diff - "$tmp/wanted" >"$tmp/err"
ok "check: the man page has each invariant"
with 2 'exclude' check -F "$story" --tap -J
ok "check: --tap or --json"
with 2 'too many arguments' check -F "$story" x
ok "check takes no argument"
head -n 20 "$story" >"$tmp/cut"
with 2 'missing' check -F "$tmp/cut" --tap && [ ! -s "$tmp/out" ]
ok "check: no answer without a snapshot"

for command in check; do
	with 0 "Usage: mntprop $command" $command --help
	ok "$command --help"
done

echo "1..$number"
exit $failed
