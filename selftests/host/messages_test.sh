#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What the tool says of hostile names, of stacks as high as a machine has mounts, and
# of wrong options.  The argument is the tool.
# shellcheck source-path=SCRIPTDIR source=tool_lib.sh
. "$(dirname "$0")/tool_lib.sh"

echo "TAP version 13"

# Of each command that $tmp/said has, after a line that begins with @: no byte that a
# terminal obeys, C0 or C1.  In another locale than UTF-8 a message is ASCII.
no_control() {
	python3 -c '
import sys
command, bad = "", False
for line in open(sys.argv[1], "rb").read().split(b"\n"):
    if line.startswith(b"@"):
        command = line
        continue
    codec = "utf-8"
    if command.startswith(b"@C ") and line.startswith(b"mntprop:"):
        codec = "ascii"
    try:
        text = line.decode(codec)
    except UnicodeDecodeError as e:
        text = "\0"
    if any(ord(c) < 32 and c != "\t" or 127 <= ord(c) < 160 for c in text):
        print(command, line)
        bad = True
sys.exit(bad)' "$tmp/said" >"$tmp/out"
}

answers 1 'not ok 1 - /a\x23\x23b private' assert -F "$story" '/a##b private'
ok "assert: an empty part of a description"
"$tool" assert -F "$story" '/# private' '/##/#/## private' >"$tmp/out" 2>"$tmp/err"
[ $? -eq 1 ] && [ "$(grep -c '^not ok' "$tmp/out")" -eq 2 ]
ok "assert: nothing but # in a path"

# Each field that is a text has an escape sequence in it, in both ways to write C1, two
# bytes that are no character, and a character that is none of ASCII.
sed 's/\(comm\|cgroup\|type\|source\|root\|mountpoint\|state\)=\([^ ]*\)/\1=\2\\2331m\\302\\2332m\\033[3m\\233\\200\\303\\251/g
	/^ns/s/ root=\([0-9]*\)[^ ]*/ root=\1/' "$story" >"$tmp/c1"
printf 's/complete=yes/complete=no stopped=\2331m\302\2332m\233\200\303\251/' >"$tmp/stopped"
LC_ALL=C sed -f "$tmp/stopped" "$tmp/c1" >"$tmp/c1-stopped"
sed 's/ parent=21 / parent=xx\\2331m /' "$story" >"$tmp/c1-broken"
"$tool" tree --all -F "$tmp/c1" >"$tmp/out" 2>"$tmp/err" && [ -s "$tmp/out" ]
ok "a snapshot with C1 is read"
c1=$(printf '/\2331m\302\2332m\233\200\303\251')
for locale in C C.UTF-8; do
	for file in c1 c1-stopped c1-broken; do
		for command in "tree --all" "tree -P --all" "tree -J" ns \
			"ns -r" groups "groups -J" check "check -T" \
			"why $c1 --to web" "why / --to web" "why / --need slave" \
			"why -J / --to web" "tree --to web" "holders /proc" \
			"holders -J $c1" "predict mount $c1" \
			"predict umount /proc" "predict -J mount $c1" \
			"graph --format dot" "graph --format dot --all" \
			"assert $c1" "assert count" "$c1" "tree $c1" \
			"tree -N $c1" "tree -o $c1" "tree --$c1" "tree -$c1" \
			"groups $c1" "load --file $c1" "graph --format $c1" \
			"predict $c1 /"; do
			# shellcheck disable=SC2086
			LC_ALL=$locale "$tool" $command -F "$tmp/$file" \
				>"$tmp/out" 2>"$tmp/err"
			[ $? -le 2 ] || echo "$file: $command" >>"$tmp/died"
			{
				echo "@$locale $file: $command" | tr -d '\033\200-\377'
				cat "$tmp/out" "$tmp/err"
			} >>"$tmp/said"
		done
	done
done
[ ! -e "$tmp/died" ] && no_control
ok "no command writes a control character, of whatever name and in no locale"
name=$(printf '%0600d' 0)
with 2 'No such file or directory' tree -F "/$name" || with 2 'File name too long' tree -F "/$name"
ok "a long name does not push out the reason"
name=$(printf '%0100000d' 0)
with 2 'no such process, namespace or container' tree -F "$story" -N "$name" ||
	with 2 'see mntprop ns' tree -F "$story" -N "$name"
grep -q 'see mntprop ns$' "$tmp/err" && grep -q '\.\.\.' "$tmp/err" &&
	[ "$(wc -c <"$tmp/err")" -lt 13000 ]
ok "of a name that is too long the middle is left out"

# WANTED OPTION...
blames() {
	wanted=$1
	shift
	with 2 "mntprop: $wanted" tree "$@"
	ok "tree $*: $wanted"
}
blames '-Z: not an option of tree' -ZJ
blames '-Z: not an option of tree' -JZ
blames '-Z: not an option of tree' --json -ZJ
blames '-Z: not an option of tree' --color=never -ZnJ
blames '-a: not an option of tree' --color=never -an
blames '--zoo: not an option of tree' -J --zoo
blames '--json=x: takes no argument' --json=x
blames '--all=x: takes no argument' --all=x
blames '-F: needs an argument' -JF
blames '--file: needs an argument' -J --file

sed 's/^\(mount id=30 .* peer=[0-9]*\)/\1 peer_back=21/' "$story" >"$tmp/back"
"$tool" check -F "$tmp/back" >"$tmp/out" 2>"$tmp/err"
[ $? -eq 1 ] && grep -q '^ring-symmetric: mount 30 .*, mount 21 ' "$tmp/out" &&
	! grep -q 'is no mount' "$tmp/out"
ok "check: a link back that leads to another mount"
"$tool" check -J -F "$tmp/back" >"$tmp/out" 2>"$tmp/err"
python3 -c '
import json, sys
v = [v for v in json.load(open(sys.argv[1]))["violations"]
     if v["invariant"] == "ring-symmetric"][0]
sys.exit(v["missing-id"] is not None or v["other-id"] != 21)' "$tmp/out"
ok "check: it is not missing"

# What is proposed is read by a shell as the path that it is for.
# shellcheck disable=SC2016 # not to be expanded
for path in "/it's" '/a b' '/back\slash' '/hex\x41' '/new\012line' '/tab\011' \
	'/raw\233byte' '/utf\303\251' '/c1\302\2331m' '/$HOME' '/dollar$HOME`id`"' \
	"/mixed'\\012'\\\\x0a"; do
	raw=$(printf '%b' "$(printf '%s' "$path" | sed 's/\\\([0-9]\)/\\0\1/g')")
	escaped=$(PATHNAME=$raw python3 -c '
import os
print("".join(chr(b) if 32 < b < 127 and b != 92 else "\\%03o" % b
              for b in os.environb[b"PATHNAME"]))')
	python3 - "$story" "$tmp/path" "$escaped" <<'END'
import sys
text = open(sys.argv[1]).read().replace("mountpoint=/mnt ", "mountpoint=" + sys.argv[3] + " ", 1)
open(sys.argv[2], "w").write(text)
END
	for locale in C C.UTF-8; do
		LC_ALL=$locale "$tool" why -F "$tmp/path" -J "$raw" --need shared \
			>"$tmp/out" 2>"$tmp/err"
		PATHNAME=$raw python3 - "$tmp/out" <<'END' 2>"$tmp/err"
import json, os, subprocess, sys
fix = json.load(open(sys.argv[1]))["why"][0]["mend"][0]
# Text in JSON may be encoded: nothing of a command that is proposed is.
assert "\\x" not in fix, fix
word = fix.split(" ", 2)[2]
got = subprocess.run(["bash", "-c", "printf %s " + word], stdout=subprocess.PIPE).stdout
assert got == os.environb[b"PATHNAME"], (got, fix)
END
		ok "why: a fix for $escaped, $locale"
	done
done

# As many as fs.mount-max has by default, on one place, with a small stack.
tower=$tmp/tower
awk 'BEGIN {
	n = 100000
	print "mntprop 1\nsystem release=7.3.0 mono=1 wall=2"
	print "capture hold=1 retries=0 namespaces=2 mounts=" n + 1 " complete=yes"
	print "ns nr=0 inum=4026531841 user_ns=1 anon=0 root=1 nr_mounts=" n \
		" found=" n " event=1 tasks=1 pid=1 comm=init"
	print "ns nr=1 inum=4026531842 user_ns=1 anon=0 root=" n + 1 \
		" nr_mounts=1 found=1 event=1 tasks=1 pid=2 comm=other"
	for (i = 1; i <= n + 1; i++) {
		root = i == 1 || i > n
		print "mount id=" i " ns=" (i > n) " parent=" (root ? i : i - 1) \
			" mountpoint=" (i == 2 ? "/srv" : "/") " mp_dentry=" \
			sprintf(i == 2 ? "a%015d" : "d%015d", root ? i : i - 1) \
			" root=/ root_dentry=" sprintf("d%015d", i) \
			" dev=0:" i " type=tmpfs flags=relatime" \
			(i < n && i != 1 ? " overmount=" i + 1 : "") " count=2"
	}
	print "end namespaces=2 mounts=" n + 1
}' >"$tower"
on_tower() {
	wanted=$1
	shift
	(
		# shellcheck disable=SC3045 # dash and bash have it
		ulimit -s 512
		exec "$tool" "$@" -F "$tower"
	) >"$tmp/out" 2>"$tmp/err"
	[ $? -eq "$wanted" ]
	ok "100,000 mounts on one place: $*"
}
on_tower 1 why /srv --to 4026531842
on_tower 1 why -J /srv --to 4026531842
on_tower 0 graph --why /srv --to 4026531842 --format dot
on_tower 0 graph --all --format dot
on_tower 0 tree --to 4026531842 -n -o ID
on_tower 1 predict umount /srv
on_tower 0 predict umount --lazy --recursive /srv
on_tower 0 predict rbind / /srv/x --mount-max 999999
on_tower 0 check
on_tower 0 groups
on_tower 0 ns
on_tower 0 assert '/ private'

echo "1..$number"
exit $failed
