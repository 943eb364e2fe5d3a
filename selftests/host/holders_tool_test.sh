#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# mntprop holders on saved snapshots. The argument is the tool.
# shellcheck source-path=SCRIPTDIR source=tool_lib.sh
. "$(dirname "$0")/tool_lib.sh"
loose=$data/unattached.snap

echo "TAP version 13"

# shows STATUS ARGUMENT...: as says, blanks at line ends aside
shows() {
	wanted=$1
	shift
	"$tool" "$@" >"$tmp/padded" 2>"$tmp/err"
	[ $? -eq "$wanted" ] && [ ! -s "$tmp/err" ] &&
		sed 's/ *$//' "$tmp/padded" >"$tmp/out" &&
		diff "$tmp/out" "$tmp/wanted" >"$tmp/err"
}

# used ID...: the story, in which only these mounts are in use, into $tmp/used
used() {
	sed 's/ count=[0-9]*/ count=1/' "$story" >"$tmp/idle"
	for id; do
		sed -i "/^mount id=$id /s/ count=1/ count=2/" "$tmp/idle"
	done
	# of this kernel no child counts as a use of its parent
	sed 's/^system release=6.1.0-28-amd64/system release=6.17.0/' \
		"$tmp/idle" >"$tmp/used"
}

used 31 75
cat >"$tmp/wanted" <<'END'
umount /tmp/path/some/path: EBUSY: a process or a file uses it; the filesystem stays mounted in 8 other places
a saved snapshot: the processes are not known
HOLDER                      NS OWNER        PROPAGATION          UMOUNT                                 REFS USE BUSY
/tmp/path/some/path 4026531841 1 systemd    shared:51            the one to unmount                        2     yes
/                   4026531841 1 systemd    shared:1             will not follow: its parent is private    1
/tmp/path           4026531841 1 systemd    shared:50            will not follow: at another mountpoint    1
/tmp/path           4026532201 3f1c0d9be5a7 private              will not follow: its parent is private    1
/tmp/path           4026532202 9b7e55aa10de shared:50            will not follow: its parent is private    1
/tmp/path/some/path 4026532202 9b7e55aa10de shared:51            goes with it                              2     yes
/tmp/path           4026532203 web 1        master:50            will not follow: its parent is private    1
/tmp/path/some/path 4026532203 web 1        master:51            goes with it                              1
/                   4026532204 no process   private              will not follow: root of its namespace    1
/data               4026532204 no process   shared:60 master:50  will not follow: its parent is private    1
/leaf               4026532204 no process   master:60 unbindable will not follow: its parent is private    1
END
shows 1 holders -F "$tmp/used" /tmp/path/some/path
ok "a mount in use, and a copy of it"

used 75
answers 1 'umount /tmp/path/some/path: EBUSY: a copy that would go with it is in use: 4026532202:/tmp/path/some/path(9b7e55aa10de); the' \
	holders -F "$tmp/used" /tmp/path/some/path
ok "a copy in use"
used 52 30
answers 1 'umount /tmp/path/some/path: would succeed; the filesystem stays mounted in 8 other places' \
	holders -F "$tmp/used" /tmp/path/some/path
ok "in use where it does not matter"
answers 1 'umount /tmp/path/some/path: would succeed' \
	holders -F "$tmp/used" /tmp/path/some/path/in/it
ok "what lies on a mount stands for it"
answers 1 'EBUSY: something is mounted below it: /tmp/path/some/path;' \
	holders -F "$tmp/used" /tmp/path
ok "mounted below"
grep -q '─/tmp/path/some/path .* mounted below *yes' "$tmp/out"
ok "mounted below: it has a row"

used
answers 0 'umount /mnt: would succeed, and free the filesystem' \
	holders -F "$tmp/used" 0:41
ok "exit status 0: it is freed"
answers 0 'umount /mnt: would succeed, and free the filesystem' \
	holders -F "$tmp/used" 'on\top'
ok "by its source"
answers 0 'umount /mnt: would succeed, and free the filesystem' \
	holders -F "$tmp/used" /mnt
ok "by its path"
answers 1 '0:40 (hidden one, tmpfs): mounted in 1 place' \
	holders -F "$tmp/used" 0:40 &&
	grep -q '^/mnt .* no path leads to it: something covers it' "$tmp/out"
ok "covered: a umount is not of that one"
answers 0 'umount /proc: would succeed, and free the filesystem' \
	holders -F "$tmp/used" -N 4026532203 /proc &&
	grep -q '^/proc *4026532203 ' "$tmp/out"
ok "by its path in another namespace"
answers 0 '0:99: nobody holds it' holders -F "$tmp/used" 0:99
ok "no mount of it"
answers 1 "umount /: it is the caller's root: its filesystem is made read-only" \
	holders -F "$tmp/used" -N 4026532204 /
ok "the root of the caller, and of a namespace"

sed '/^mount id=33 /s/ count=[0-9]*//' "$story" >"$tmp/uncounted"
with 2 'load the module without refcounts=0' holders -F "$tmp/uncounted" 0:41 &&
	grep -q '^umount /mnt: not known, as' "$tmp/out"
ok "exit status 2: references are not counted"

# Of /proc, which has only what has a path.
sed 's/^system .*/& source=proc/' "$story" >"$tmp/proc"
"$tool" holders -F "$tmp/proc" 0:99 >"$tmp/out" 2>"$tmp/err"
[ $? = 2 ] && grep -qx '0:99: no mount of it in /proc' "$tmp/out" &&
	grep -q 'only the module knows mounts without a path' "$tmp/err"
ok "exit status 2: no mount of it that /proc shows"
sed -i 's/ count=[0-9]*/ count=1/' "$tmp/proc"
"$tool" holders -F "$tmp/proc" 0:41 >"$tmp/out" 2>"$tmp/err" &&
	grep -qx 'umount /mnt: would succeed, and leave no mount in /proc' "$tmp/out"
ok "that there is no other is said of /proc alone"
used
sed 's/ mp_dentry=[^ ]*//; s/ root_dentry=[^ ]*//
	s/^system .*/& source=proc/' "$tmp/used" >"$tmp/proc"
"$tool" holders -F "$tmp/proc" /tmp/path/some/path >"$tmp/out" 2>"$tmp/err"
[ $? = 1 ] && [ "$(grep -c ' goes with it ' "$tmp/out")" = 2 ] &&
	grep -q '^/tmp/path  .* will not follow: at another mountpoint ' "$tmp/out"
ok "without dentries, by the path of the mountpoint"

cat >"$tmp/wanted" <<'END'
0:40 (lazy, tmpfs): mounted in 1 place without a path
a saved snapshot: the processes are not known
HOLDER NS OWNER     PROPAGATION UMOUNT                                REFS USE BUSY
/         unmounted private     unmounted: stays until nobody uses it    2
END
shows 1 holders -F "$loose" lazy
ok "lazily unmounted"
answers 1 'stays mounted in 3 other places, 3 of them without a path' \
	holders -F "$loose" /dev/vda1
ok "in no namespace, beside one that is"
answers 1 'not attached: stays until its fd is closed' holders -F "$loose" pending
ok "a tree that is not attached"

used 75
status_json 1 'd["errno"] == "EBUSY" and d["mounts"] == 11 and
	d["stay"] == 8 and d["processes"] is None and
	[h["id"] for h in d["holders"] if h["busy"]] == [75] and
	d["verdict"].startswith("umount /tmp/path/some/path: EBUSY")' \
	holders -F "$tmp/used" -J /tmp/path/some/path
ok "JSON"
json 'd["errno"] is None and d["mounts"] == 0' holders -F "$story" -J 0:99
ok "JSON without a mount"
answers 1 'KIND="below" ID="30" HOLDER="/tmp/path/some/path" BUSY="1"' \
	holders -F "$story" -P -o KIND,ID,HOLDER,BUSY /tmp/path
ok "pairs"

bad=0
grep -o 'dev=[0-9:]*' "$data/hostile.snap" | sort -u >"$tmp/devices"
while IFS='=' read -r _ device; do
	"$tool" holders -F "$data/hostile.snap" "$device" \
		>"$tmp/out" 2>"$tmp/err"
	[ $? -le 2 ] && [ -s "$tmp/out" ] && harmless || bad=1
done <"$tmp/devices"
[ $bad -eq 0 ]
ok "hostile names"

with 2 'several filesystems have it, as 0:21 and 0:50; give a number' holders -F "$story" proc
ok "exit status 2: several filesystems have the source"
with 2 'not the source of a mount' holders -F "$story" frob
ok "exit status 2: neither a source nor a path"
for device in 4294967296:41 0:4294967337; do
	with 2 'not the source of a mount' holders -F "$story" $device
	ok "exit status 2: $device is no device"
done
with 2 'none: is no namespace' holders -F "$story" -N none /
ok "exit status 2: nobody acts in no namespace"

echo "1..$number"
exit $failed
