#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# mntprop diff on saved snapshots, and that save loses nothing.
# The argument is the tool.
# shellcheck source-path=SCRIPTDIR source=tool_lib.sh
. "$(dirname "$0")/tool_lib.sh"

# run STATUS ARGUMENT...: output in $tmp/out and $tmp/err, diagnostics or not
run() {
	wanted=$1
	shift
	"$tool" "$@" >"$tmp/out" 2>"$tmp/err"
	[ $? -eq "$wanted" ]
}

# quiet STATUS ARGUMENT...: the same, and no diagnostics
quiet() {
	run "$@" && [ ! -s "$tmp/err" ]
}

# trouble TEXT ARGUMENT...: status 2 and one line with TEXT in it
trouble() {
	text=$1
	shift
	run 2 "$@" && [ "$(wc -l <"$tmp/err")" -eq 1 ] &&
		grep -qF -e "$text" "$tmp/err"
}

# same ARGUMENT...: they differ as stands in $tmp/wanted, blanks at line ends aside
same() {
	quiet 1 diff "$@" && sed 's/ *$//' "$tmp/out" | diff - "$tmp/wanted" >"$tmp/err"
}

# Another boot: every number is another one, and the mounts come in another order.
reboot() {
	python3 -c '
import re, sys
text = open(sys.argv[1], "rb").read().decode("latin-1")
lines = text.splitlines()
mounts = [l for l in lines if l.startswith("mount ")]
ids = {}
for l in mounts:
    ids[re.search(r" id=(\d+)", l)[1]] = str(900 - len(ids))
def other(m):
    name, value = m[1], m[2]
    if name in ("id", "parent", "peer", "master", "overmount", "root", "slaves"):
        value = ",".join(ids[i] for i in value.split(","))
    elif name == "group":
        value = str(500 - int(value))
    elif name in ("inum", "user_ns"):
        value = str(int(value) + 77)
    elif name == "unique":
        value = str(int(value) + 5000)
    elif name == "dev":
        value = "8:" + str(sum(map(int, value.split(":"))))
    elif name.endswith("_dentry"):
        value = value[::-1]
    elif name == "boot_id":
        value = "other"
    return " " + name + "=" + value
def change(l):
    names = "parent|peer|master|overmount|slaves|group|inum|user_ns|unique|dev|mp_dentry|root_dentry|boot_id"
    names += "|id" if l.startswith("mount ") else "|root" if l.startswith("ns ") else ""
    return re.sub(r" (" + names + r")=([^ ]*)", other, l)
out = [change(l) for l in lines if not l.startswith(("mount ", "end ", "cgroup "))]
out += [change(l) for l in sorted(mounts, key=lambda l: l[::-1])]
out += [change(l) for l in lines if l.startswith(("end ", "cgroup "))]
sys.stdout.buffer.write("".join(l + "\n" for l in out).encode("latin-1"))' "$1"
}

echo "TAP version 13"

for name in story hostile unattached; do
	quiet 0 diff "$data/$name.snap" "$data/$name.snap" && [ ! -s "$tmp/out" ]
	ok "no difference from itself: $name"
	reboot "$data/$name.snap" >"$tmp/$name"
	! cmp -s "$data/$name.snap" "$tmp/$name" &&
		quiet 0 diff "$data/$name.snap" "$tmp/$name" && [ ! -s "$tmp/out" ]
	ok "no difference from that of another boot: $name"
	quiet 0 diff --unified "$data/$name.snap" "$tmp/$name" && [ ! -s "$tmp/out" ]
	ok "no unified difference either: $name"
done

quiet 0 diff -J "$story" "$story" && python3 -c '
import json, sys
sys.exit(json.load(open(sys.argv[1])) != {"changes": []})' "$tmp/out"
ok "no differences in JSON"

# Of another boot: /proc is gone, one has moved, one is unbindable no more, one no
# slave any more, one read-only.
sed -e '/source=proc .*group=495/d' -e 's/mounts=28/mounts=27/' \
	-e '/source=on.134top/s/mountpoint=[^ ]*/mountpoint=\/top/' \
	-e '/root=\/tmp\/path .*group=440/s/ master=[0-9]*//; s/ slaves=864//' \
	-e '/mountpoint=\/leaf/s/unbindable/ro,unbindable/' \
	-e '/source=hidden/s/,unbindable//' "$tmp/story" >"$tmp/later"
cat >"$tmp/wanted" <<'END'
CHANGE  NR OWNER      TARGET   SOURCE                 WAS               NOW
retyped  0 1 systemd  /mnt     hidden one             unbindable        private
moved    0 1 systemd  /mnt/top on\top                 /mnt              /mnt/top
removed  0 1 systemd  /proc    proc                   shared:2
retyped  4 no process /data    /dev/vda1[/tmp/path]   shared:7 master:5 shared:7
changed  4 no process /leaf    /dev/vda1[/tmp/path/x]                   ro
END
same "$story" "$tmp/later"
ok "removed, moved, retyped, changed"

quiet 1 diff -J "$story" "$tmp/later" -o +WHAT,OLD-NS,NEW-NS,OLD-ID,NEW-ID && python3 -c '
import json, sys
d = json.load(open(sys.argv[1]))["changes"]
sys.exit([(c["change"], c["target"]) for c in d] != [
	("retyped", "/mnt"), ("moved", "/mnt/top"), ("removed", "/proc"),
	("retyped", "/data"), ("changed", "/leaf")] or
	d[1]["was"] != "/mnt" or d[1]["old-id"] != 33 or
	d[2]["new-id"] is not None or d[2]["what"] != "mount" or
	d[3]["new-ns"] != d[3]["old-ns"] + 77)' "$tmp/out"
ok "the same in JSON"

cat >"$tmp/wanted" <<'END'
CHANGE NR OWNER     TARGET SOURCE WAS NOW
added   0 1 systemd /proc  proc       shared:2
END
sed -e '/source=proc .*group=495/d' -e 's/mounts=28/mounts=27/' "$tmp/story" >"$tmp/less"
same "$tmp/less" "$story"
ok "added"

cat >"$tmp/wanted" <<'END'
CHANGE  NR OWNER      TARGET              SOURCE                 WAS           NOW
changed  0 1 systemd  /mnt                on\top                 filesystem ro
changed  0 1 systemd  /run/ns/kept        nsfs                                 mountpoint deleted
changed  3 web 1      /tmp/path/some/path /dev/vda1[/some/path]  filesystem 2  filesystem 15
changed  4 no process /leaf               /dev/vda1[/tmp/path/x]               root deleted
END
sed -e '/ id=33 /s/ sb_flags=ro//' -e '/ id=34 /s/ mp_dentry/ mp_state=deleted&/' \
	-e '/ id=113 /s/ root_dentry/ root_state=deleted&/' \
	-e '/ id=95 /s/dev=254:1/dev=254:9/' "$story" >"$tmp/around"
same "$story" "$tmp/around"
ok "changed, but not in the flags of the mount"

# A group of two falls apart: they have a group each.
sed -e '/ ns=2 .*group=450/s/group=450 peer=[0-9]*/group=999/' \
	-e '/ ns=0 .*group=450/s/ peer=[0-9]*//' "$tmp/story" >"$tmp/apart"
quiet 1 diff "$story" "$tmp/apart" -r -n -o CHANGE,NR,TARGET,WAS &&
	[ "$(grep -c ^regrouped "$tmp/out")" -ge 1 ] &&
	! grep -qv ^regrouped "$tmp/out" &&
	grep -q 'with\\x20[02]:/tmp/path' "$tmp/out"
ok "regrouped"

sed -e '/^ns nr=5/d; / ns=5 /d' -e 's/namespaces=6 mounts=28/namespaces=5 mounts=27/' \
	"$tmp/story" >"$tmp/four"
quiet 1 diff "$story" "$tmp/four" && [ "$(grep -c removed "$tmp/out")" -eq 2 ] &&
	grep -q 'namespace of 1 mounts' "$tmp/out"
ok "a namespace is gone"

# The whole of both, as lines: diff(1) must find what --unified shows.
for name in later less apart four; do
	quiet 1 diff --unified=100000 "$story" "$tmp/$name"
	sed -n '4,$s/^[ -]//p' "$tmp/out" >"$tmp/a"
	sed -n '4,$s/^[ +]//p' "$tmp/out" >"$tmp/b"
	[ "$(grep -c '^mount ' "$tmp/a")" -eq 28 ] &&
		[ "$(grep -c '^mount ' "$tmp/b")" -eq "$(grep -c '^mount ' "$tmp/$name")" ]
	ok "unified: every mount is a line: $name"
	for lines in 0 1 3; do
		diff -U$lines "$tmp/a" "$tmp/b" | tail -n +3 >"$tmp/wanted"
		[ -s "$tmp/wanted" ] && quiet 1 diff --unified=$lines "$story" "$tmp/$name" &&
			tail -n +3 "$tmp/out" | diff - "$tmp/wanted" >"$tmp/err"
		ok "unified: as diff -U$lines: $name"
	done
done

quiet 1 diff -u "$story" "$tmp/later" && mv "$tmp/out" "$tmp/wanted" &&
	quiet 1 diff --unified "$story" "$tmp/later" && cmp "$tmp/out" "$tmp/wanted" &&
	quiet 1 diff -u0 "$story" "$tmp/later" && ! cmp -s "$tmp/out" "$tmp/wanted"
ok "unified: -u, -uN"
quiet 1 diff - "$tmp/later" <"$story" && quiet 1 diff "$story" - <"$tmp/later"
ok "one of the two is stdin"
trouble 'both are stdin' diff - - <"$story"
ok "exit status 2: both are stdin"
trouble 'No such file' diff "$story" "$tmp/none"
ok "exit status 2: no such file"
trouble 'end: missing' diff "$story" /dev/stdin <<END
$(head -n 20 "$story")
END
ok "exit status 2: cut off"
trouble 'not a number of lines' diff --unified=x "$story" "$story"
ok "exit status 2: not a number of lines"
trouble 'a format of its own' diff --unified -J "$story" "$story"
ok "exit status 2: two formats"
trouble 'two files and --source' diff --source proc "$story" "$story"
ok "exit status 2: two files and a source"
trouble 'neither module nor proc' tree --source web
ok "exit status 2: no such source"
run 0 diff --help && grep -q 'Usage: mntprop diff \[options\] A \[B\]' "$tmp/out"
ok "diff --help"

quiet 1 diff "$data/hostile.snap" "$story" && quiet 1 diff -J "$data/hostile.snap" "$story" &&
	quiet 1 diff --unified "$data/hostile.snap" "$story" && python3 -c '
import sys
text = open(sys.argv[1], "rb").read().decode()
sys.exit(not all(c == "\n" or c.isprintable() for c in text))' "$tmp/out"
ok "hostile names do not steer a terminal"

# Of /proc: what is not there for want of the module is said, and is no error.
sed -e '/^system/s/$/ source=proc/' -e '/^capture/s/$/ unseen=3/' \
	-e 's/ mp_dentry=[0-9a-f]*//; s/ root_dentry=[0-9a-f]*//' \
	-e '/^mount id=92 /s/ master=30/ master_group=4711/; s/ slaves=92//' \
	"$story" >"$tmp/proc"
for command in tree ns groups 'why /tmp/path/x --to web' \
	'predict mount /tmp/path/x' 'tree -o +MP-DENTRY,ROOT-DENTRY'; do
	# shellcheck disable=SC2086
	"$tool" $command -F "$tmp/proc" >"$tmp/out" 2>"$tmp/err"
	[ $? -le 1 ] && [ "$(wc -l <"$tmp/err")" -eq 1 ] && [ -s "$tmp/out" ] &&
		grep -q 'seen by /proc.*; 3 namespaces could not be entered' "$tmp/err"
	ok "of /proc: $command"
done
run 0 tree -F "$tmp/proc" -N web -r -n -o PROPAGATION /tmp/path &&
	[ "$(head -n 1 "$tmp/out")" = master:4711 ]
ok "of /proc: the group of a master that is not seen"
run 2 tree -F "$tmp/proc" -N none && grep -q 'only the module knows' "$tmp/err"
ok "of /proc: nothing is known of mounts in no namespace"
sed 's/ source=proc$//' "$tmp/proc" >"$tmp/halfway"
trouble 'mp_dentry: missing' ns -F "$tmp/halfway"
ok "of the module: a hash must be there"

# Every byte of what was saved, once more; and every command says the same of it.
for file in "$data"/*.snap "$tmp/proc"; do
	name=$(basename "$file")
	"$tool" save -F "$file" "$tmp/saved" 2>"$tmp/err" &&
		cmp "$file" "$tmp/saved" >>"$tmp/err" &&
		"$tool" save -F - - <"$tmp/saved" >"$tmp/out" 2>>"$tmp/err" &&
		cmp "$file" "$tmp/out" >>"$tmp/err" &&
		! grep -qv 'seen by /proc' "$tmp/err"
	ok "save loses nothing: $name"
	good=0
	for command in "tree --all" "tree --all -J -o +ID,UNIQUE,FLAGS,REFS" ns \
		"ns -J -o +CGROUP,EVENT" groups "groups -P" \
		"why /tmp/path/x --to web" "predict umount /tmp/path"; do
		# shellcheck disable=SC2086
		"$tool" $command -F "$file" 2>&1 | sed "s|$file|FILE|" >"$tmp/one"
		# shellcheck disable=SC2086
		"$tool" $command -F "$tmp/saved" 2>&1 | sed "s|$tmp/saved|FILE|" >"$tmp/two"
		[ -s "$tmp/one" ] && cmp "$tmp/one" "$tmp/two" >"$tmp/err" || good=1
	done
	[ $good -eq 0 ]
	ok "every command says the same of it: $name"
done

echo "1..$number"
exit $failed
