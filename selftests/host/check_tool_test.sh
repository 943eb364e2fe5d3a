#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# mntprop check, assert and metrics on saved snapshots. The argument is the tool.
# shellcheck source-path=SCRIPTDIR source=tool_lib.sh
. "$(dirname "$0")/tool_lib.sh"
man=$(dirname "$0")/../../userspace/mntprop.8

echo "TAP version 13"

# A ring that is cut and a slave that is on no list.
bad=$tmp/bad.snap
sed 's/peer=72 /peer=79 /; s/ slaves=92 / /' "$story" >"$bad"
sed 's/complete=yes/complete=no stopped=slaves/' "$story" >"$tmp/part"

answers 0 '30 invariants hold: 28 mounts, 6 namespaces, 7 peer groups' \
	check -F "$story"
ok "check: all is well"
cat >"$tmp/wanted" <<'END'
peer-exists: mount 30 4026531841:/tmp/path(1 systemd), 79 is no mount: violates: the next peer is a mount (fs/pnode.c, next_peer())
slave-on-list: mount 92 4026532203:/tmp/path(web 1), mount 30 4026531841:/tmp/path(1 systemd): violates: a slave is on its master's list, once (Documentation/filesystems/sharedsubtree.rst, 8)
END
says 1 check -F "$bad"
ok "check: a line for each violation"
sed 's/ slaves=92 / foreign=peer,slaves /' "$story" >"$tmp/foreign"
answers 1 'pointers-lead: mount 30 4026531841:/tmp/path(1 systemd) points nowhere (peer,slaves): violates' \
	check -F "$tmp/foreign"
ok "check: pointers that lead nowhere"
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

answers 0 'ok 32 - unmounted-apart' check -F "$story" --tap && tap &&
	! grep -q '^not' "$tmp/out"
ok "check: TAP"
grep -q '^ok 25 - one-on-a-mountpoint: .* # SKIP this kernel is older' "$tmp/out"
ok "check: TAP says what is not a rule of the kernel"
cp "$tmp/out" "$tmp/all"
answers 1 '# mount 30 4026531841:/tmp/path(1 systemd), 79 is no mount' \
	check -F "$bad" --tap && tap &&
	[ "$(grep -c '^not ok' "$tmp/out")" = 2 ]
ok "check: TAP with violations"
"$tool" check -F "$tmp/part" --tap >"$tmp/out" 2>"$tmp/err"
[ $? = 1 ] && tap && [ "$(grep -c '^not ok' "$tmp/out")" = 1 ] &&
	[ "$(grep -c '# SKIP the snapshot is not complete' "$tmp/out")" = 31 ]
ok "check: of a snapshot that is not complete nothing else is said"
sed 's/complete=yes/complete=no stopped=mounts/; s/nr_mounts=5 found=5 event=15/nr_mounts=6 found=5 event=15/' \
	"$story" >"$tmp/miscounted"
"$tool" check -F "$tmp/miscounted" >"$tmp/out" 2>"$tmp/err"
[ $? = 1 ] && [ "$(wc -l <"$tmp/out")" = 1 ] &&
	grep -q '^lists-end: namespace 4026532202 (9b7e55aa10de) counts 6 mounts and has 5: violates' "$tmp/out"
ok "check: the namespace that the module stopped at"
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

cat >"$tmp/script" <<'END'
# What the story is about.
/tmp/path	peer-of podman:/tmp/path
docker:/tmp/path private

  web:/tmp/path slave-of /tmp/path   # gets, and gives nothing back
web:/tmp/path slave
web:/tmp/path not shared
4026532204:"/data" slave-of podman:/tmp/path
4026532204:/leaf unbindable
4026532204:/leaf not slave-of /tmp/path
/sys absent-in docker
/proc mounted-in docker
/mnt on-top-of '/mnt'
/run/ns/kept on-top-of /run
/mnt count 2
count 10
END
run 0 assert -F "$story" --script "$tmp/script" podman=9b7e docker=3f1c &&
	tap && [ "$(grep -c '^ok' "$tmp/out")" = 14 ] &&
	grep -qxF 'ok 3 - web:/tmp/path slave-of /tmp/path' "$tmp/out"
ok "assert: a script"
"$tool" assert -F "$story" --script - podman=9b7e docker=3f1c <"$tmp/script" |
	cmp - "$tmp/out"
ok "assert: a script from stdin"

# Each of them the other way round.
sed 's/ not / /; t; s/^\( *[^ #	]*[ 	]\)/\1not /; s/^count not/not count/' \
	"$tmp/script" >"$tmp/reverse"
"$tool" assert -F "$story" --script "$tmp/reverse" podman=9b7e docker=3f1c \
	>"$tmp/out" 2>"$tmp/err"
[ $? = 1 ] && [ ! -s "$tmp/err" ] && tap &&
	[ "$(grep -c '^not ok' "$tmp/out")" = 14 ] &&
	grep -qxF "# at $tmp/reverse:5" "$tmp/out"
ok "assert: the contrary fails"

cat >"$tmp/wanted" <<'END'
TAP version 13
1..4
not ok 1 - 3f1c:/tmp/path slave-of /tmp/path
# found: mount 52 4026532201:/tmp/path(3f1c0d9be5a7), private
# found: mount 30 4026531841:/tmp/path(1 systemd), shared:50
not ok 2 - /tmp not shared
# found: nothing is mounted on /tmp
# it is on: mount 21 4026531841:/(1 systemd), shared:1
ok 3 - /tmp absent-in 1
not ok 4 - web:/ count 4
# found: 5 mounts
# one: mount 90 4026532203:/(web 1), private
# one: mount 91 4026532203:/(web 1), private
# one: mount 92 4026532203:/tmp/path(web 1), master:50, a slave of mount 30 4026531841:/tmp/path(1 systemd)
# one: mount 95 4026532203:/tmp/path/some/path(web 1), master:51, a slave of mount 31 4026531841:/tmp/path/some/path(1 systemd)
# one: mount 93 4026532203:/proc(web 1), private
END
says 1 assert -F "$story" '3f1c:/tmp/path slave-of /tmp/path' \
	'/tmp not shared' '/tmp absent-in 1' 'web:/ count 4'
ok "assert: what is found"
answers 0 'ok 1 - /tmp/path slave-of 4026531841:/tmp/path' \
	assert -F "$story" -N web '/tmp/path slave-of 4026531841:/tmp/path'
ok "assert: of another namespace"
answers 1 'not ok 1 - "/\x23 SKIP" shared' assert -F "$story" '"/# SKIP" shared'
ok "assert: a name makes no directive"
answers 1 'not ok 1 - /\x1b[2J shared' \
	assert -F "$story" "$(printf '/\033[2J shared')" && harmless
ok "assert: a name with control characters"
for not in '' 'not '; do
	"$tool" assert -F "$story" "/tmp/path ${not}peer-of /tmp/path"
done >"$tmp/out" 2>"$tmp/err"
grep -q '^not ok 1 - /tmp/path peer-of' "$tmp/out" &&
	grep -q '^ok 1 - /tmp/path not peer-of' "$tmp/out"
ok "assert: nobody is a peer of himself"

printf '/a shared\n\n/b sharde\n' >"$tmp/wrong"
with 2 "$tmp/wrong:3: 'sharde': no predicate; there are" \
	assert -F "$story" --script "$tmp/wrong" && [ ! -s "$tmp/out" ]
ok "assert: file and line of a mistake"
printf '/a shared\nnobody:/b shared\n' >"$tmp/wrong"
with 2 "$tmp/wrong:2: 'nobody': no such process, namespace or container" \
	assert -F "$story" --script "$tmp/wrong" && [ ! -s "$tmp/out" ]
ok "assert: file and line of somebody who is not there"
with 2 'argument:2: a quote is not closed' assert -F "$story" 'count 1' '"/a'
ok "assert: the argument with a mistake"
with 2 'child=9b7e: the name is defined already' \
	assert -F "$story" child=3f1c '/tmp absent-in child' child=9b7e &&
	[ ! -s "$tmp/out" ]
ok "assert: a name that is defined twice"
printf '# nothing\n' >"$tmp/wrong"
with 2 'nothing is asserted' assert -F "$story" --script "$tmp/wrong"
ok "assert: a script that asserts nothing"
with 2 'nothing is asserted' assert -F "$story"
ok "assert: nothing"
printf '/a\0 shared\n' >"$tmp/wrong"
with 2 'not a text' assert -F "$story" --script "$tmp/wrong"
ok "assert: a script that is no text"
with 2 'No such file' assert -F "$story" --script "$tmp/none"
ok "assert: no script"
with 2 'standard input' assert -F - --script - <"$story"
ok "assert: stdin is one thing"

# metrics FIGURES ARGUMENT...: a page, with at least these figures
metrics() {
	figures=$1
	shift
	run 0 metrics "$@" &&
		"$(dirname "$0")/openmetrics.py" "$tmp/out" "$figures" 2>"$tmp/err"
}

metrics 'complete=1, namespaces=6, mounts=28, peer_groups=7, largest_peer_group_mounts=2,
	deepest_slave_chain_masters=2, hidden_mounts=5, unmounted_mounts=0,
	largest_namespace_mounts=10, mount_max_headroom_mounts=99990' -F "$story"
ok "metrics"
metrics 'mounts=9, unmounted_mounts=2, largest_peer_group_mounts=2,
	deepest_slave_chain_masters=1' -F "$data/unattached.snap"
ok "metrics of mounts in no namespace"
sed 's/^system .*/& source=proc/' "$story" >"$tmp/proc"
for part in part proc; do
	"$tool" metrics -F "$tmp/$part" >"$tmp/out" 2>"$tmp/err" &&
		"$(dirname "$0")/openmetrics.py" "$tmp/out" 'complete=0, mounts=28' &&
		! grep 'HELP mntprop_\(namespaces\|mounts\) ' "$tmp/out" |
			grep -qv 'only if complete'
	ok "metrics say that what is seen of $part is not all"
done
metrics 'mount_max_headroom_mounts=-3' -F "$story" --mount-max 7
ok "metrics of a namespace that is too large"
! grep -q lock "$tmp/out"
ok "metrics of a saved snapshot have nothing of a module"
cp "$tmp/out" "$tmp/wanted"
(umask 077 && run 0 metrics -F "$story" --mount-max 7 -o "$tmp/page.prom") &&
	[ ! -s "$tmp/out" ] && cmp "$tmp/page.prom" "$tmp/wanted" &&
	[ "$(stat -c %a "$tmp/page.prom")" = 644 ]
ok "metrics to a file that all can read"
metrics 'mounts=28' -F "$story" --output - 2>"$tmp/err"
ok "metrics to standard output"
mkdir "$tmp/dir.prom"
with 2 'not a regular file' metrics -F "$story" -o "$tmp/dir.prom"
ok "metrics do not replace what is no file"
with 2 'missing' metrics -F "$tmp/cut" -o "$tmp/page.prom" &&
	cmp "$tmp/page.prom" "$tmp/wanted"
ok "metrics keep what is there if there is no snapshot"
[ "$(find "$tmp" -name 'page.prom*')" = "$tmp/page.prom" ]
ok "metrics leave no partial file"

for command in check assert metrics; do
	with 0 "Usage: mntprop $command" $command --help
	ok "$command --help"
done
bad=0
for predicate in private shared slave unbindable peer-of slave-of on-top-of \
	mounted-in absent-in count; do
	with 0 " $predicate" assert --help || bad=1
done
[ $bad -eq 0 ]
ok "assert --help has the language"

echo "1..$number"
exit $failed
