#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The tool on saved snapshots: what it prints, and how it exits.
# The argument is the tool.
# shellcheck source-path=SCRIPTDIR source=tool_lib.sh
. "$(dirname "$0")/tool_lib.sh"

echo "TAP version 13"

cat >"$tmp/wanted" <<'END'
TARGET                    SOURCE                FSTYPE PROPAGATION PEERS                                        STATE
/                         none                  rootfs private                                                  hidden by / (21)
└─/                       /dev/vda1             ext4   shared:1
  ├─/proc                 proc                  proc   shared:5
  ├─/sys                  sysfs                 sysfs  shared:6
  ├─/run                  tmpfs                 tmpfs  shared:7
  │ └─/run/ns/kept        nsfs                  nsfs   private
  ├─/tmp/path             /dev/vda1[/tmp/path]  ext4   shared:50   4026532202:/tmp/path(9b7e55aa10de)
  │ └─/tmp/path/some/path /dev/vda1[/some/path] ext4   shared:51   4026532202:/tmp/path/some/path(9b7e55aa10de)
  └─/mnt                  hidden one            tmpfs  unbindable                                               hidden by /mnt (33)
    └─/mnt                on\top                tmpfs  private                                                  expire
END
same tree -F "$story"
ok "tree"

cat >"$tmp/wanted" <<'END'
TARGET                PROPAGATION
/tmp/path             master:50
`-/tmp/path/some/path master:51
END
same tree -F "$story" --ascii -N web -o TARGET,PROPAGATION /tmp//path/
ok "tree of a path in a container, in ASCII"

printf '%s\n' PROPAGATION shared:60\ master:50 >"$tmp/wanted"
same tree -F "$story" -N 4026532204 -o propagation /data
ok "tree of a namespace by number, some columns"

same tree -F - -N 4026532204 -o propagation /data <"$story"
ok "tree of stdin"

with 0 'TARGET="/leaf" PROPAGATION="master:60 unbindable"' \
	tree -F "$story" -N 4026532204 -P -o TARGET,PROPAGATION
ok "tree in pairs"

with 0 '/mnt hidden\x20one tmpfs unbindable 32 hidden\x20by\x20/mnt\x20(33)' \
	tree -F "$story" -r -n && ! grep -q TARGET "$tmp/out"
ok "raw tree without headings"

json 'd["filesystems"][0]["children"][0]["children"][3]["peers"] ==
	["4026532202:/tmp/path(9b7e55aa10de4c3b8f2a6d1c0e9f8b7a9b7e55aa10de4c3b8f2a6d1c0e9f8b7a)"]' \
	tree -F "$story" -J -o +PEERS
ok "tree in JSON, ids of containers in full"

json '[n["ns"] for n in d["namespaces"]] ==
	[4026531841, 4026532201, 4026532202, 4026532203, 4026532204, None] and
	d["namespaces"][3]["filesystems"][0]["hidden-by"] == 91 and
	d["namespaces"][3]["filesystems"][0]["hidden"] is True' \
	tree -F "$story" -J --all -o +HIDDEN,HIDDEN-BY
ok "every namespace in JSON"

with 0 'namespace anon#5 (anonymous)' tree -F "$story" --all &&
	grep -q '^namespace 4026532203 (web 1)$' "$tmp/out"
ok "every namespace has a heading"

with 0 '4026532201 1 /tmp/path' tree -F "$story" --all -r
ok "every namespace, raw: a column tells them apart"

loose=$data/unattached.snap
cat >"$tmp/wanted" <<'END'
TARGET SOURCE            FSTYPE PROPAGATION PEERS                    STATE            REFS
/      pipefs            pipefs private                              internal            3
/      lazy              tmpfs  private                              unmounted           2
└─/sub /dev/vda1[/dir]   ext4   private                              unmounted,locked    1
/      /dev/vda1[/lower] ext4   shared:7    4026531841:/data(1 init) detached            1
/      /dev/vda1[/lower] ext4   master:7                             detached
/                        proc   private                              not_thought_of      1
END
same tree -F "$loose" -N none
ok "tree of what is in no namespace"

with 0 'SOURCE="/dev/vda1[/dir]"' tree -F "$loose" -N none -P /sub &&
	[ "$(wc -l <"$tmp/out")" -eq 1 ]
ok "tree of a path in no namespace"

run 0 tree -F "$loose" --all && sed -n '/^in no namespace$/,$p' "$tmp/out" |
	sed '1d; s/ *$//' | diff - "$tmp/wanted" >"$tmp/err"
ok "what is in no namespace has a heading, after all namespaces"

json '[(n["nr"], n["ns"], len(n["filesystems"])) for n in d["namespaces"]] ==
	[(0, 4026531841, 1), (1, None, 1), (None, None, 5)] and
	[m["state"] for m in d["namespaces"][2]["filesystems"]] ==
	["internal", "unmounted", "detached", "detached", "not_thought_of"] and
	d["namespaces"][2]["filesystems"][1]["children"][0]["refs"] == 1 and
	d["namespaces"][2]["filesystems"][3]["refs"] is None' \
	tree -F "$loose" -J --all
ok "what is in no namespace in JSON"

json '(lambda m: m["owner"] == "unmounted" and m["ns"] is None and
	m["nr"] is None and m["hidden"] is False and m["parent"] == 20)(
	d["filesystems"][2])' \
	tree -F "$loose" -J -N none -o OWNER,NS,NR,HIDDEN,PARENT
ok "columns of what is in no namespace"

run 0 tree -F "$loose" --all -r &&
	[ "$(grep -c '^NS NR TARGET SOURCE .* STATE REFS$' "$tmp/out")" -eq 3 ] &&
	grep -q '^4026531841 0 /data .* 2$' "$tmp/out"
ok "raw, all have the same columns"

with 1 'nothing is mounted there' tree -F "$story" -N none
ok "exit status 1: everything is in a namespace"
with 2 'tree -N none' ns -F "$loose" -N none
ok "exit status 2: none is no namespace"

"$tool" tree --help | sed -n '/^Columns:/,/^$/s/^ *\([A-Z][A-Z:-]*\)  .*/\1/p' |
	paste -sd, >"$tmp/columns"
json 'len(d["filesystems"][0]) == 31 and
	d["filesystems"][0]["maj:min"] == "0:2" and
	d["filesystems"][0]["overmount"] == 21 and
	d["filesystems"][0]["children"][0]["refs"] == 30' \
	tree -F "$story" -J -o "$(cat "$tmp/columns")"
ok "every column of tree"

LC_ALL=C "$tool" tree -F "$story" >"$tmp/out" 2>"$tmp/err" &&
	! LC_ALL=C grep -q '[^ -~]' "$tmp/out" && grep -qF '  |-/proc' "$tmp/out"
ok "ASCII where the locale is"

cat >"$tmp/wanted" <<'END'
        NS TYPE       MOUNTS TASKS  PID COMM    CONTAINER        USERNS ROOT
4026531841 init           10   131    1 systemd              4026531837 /dev/vda1
4026532201 tasks           4     2 1201 nginx   3f1c0d9be5a7 4026531837 overlay
4026532202 tasks           5     1 1302 ba sh   9b7e55aa10de 4026531837 overlay
4026532203 tasks           5     1 1403 sleep   web 1        4026532199 overlay
4026532204 no process      3     0                           4026531837 /dev/vda1
           anon            1     0                           4026531837
END
same ns -F "$story"
ok "ns"

printf '%s\n' '1302 3' >"$tmp/wanted"
same ns -F "$story" -n -r -N 9b7e -o PID,ID && same ns -F "$story" -nr -N 1302 -o PID,ID
ok "ns of a container and of a pid"

json 'len(d["namespaces"]) == 6 and d["namespaces"][4]["pid"] is None and
	d["namespaces"][4]["cgroup"] is None and
	d["namespaces"][5]["ns"] is None and d["namespaces"][0]["event"] == 12' \
	ns -F "$story" -J -o +EVENT,CGROUP,COUNTED,NR,ROOT-ID,ID
ok "ns in JSON, further columns"
run 0 ns -F "$story" -J -o +ns,NS && [ "$(grep -c '"ns":' "$tmp/out")" -eq 6 ]
ok "a column that is there already is not there twice"

cat >"$tmp/wanted" <<'END'
GROUP                      ID         NS TARGET    OWNER        MASTER
shared:50
├─peer                     30 4026531841 /tmp/path 1 systemd
├─peer                     72 4026532202 /tmp/path 9b7e55aa10de
├─master:50                92 4026532203 /tmp/path web 1        4026531841:/tmp/path(1 systemd)
└─shared:60 master:50                                           4026532202:/tmp/path(9b7e55aa10de)
  ├─peer                  111 4026532204 /data     no process
  └─master:60 unbindable  113 4026532204 /leaf     no process   4026532204:/data(no process)
END
same groups -F "$story" 50
ok "a group and its slaves"

json '[g["group"] for g in d["groups"]] ==
	["shared:1", "shared:5", "shared:6", "shared:7", "shared:50", "shared:51"] and
	[c["kind"] for c in d["groups"][4]["children"]] ==
	["peer", "peer", "slave", "group"] and
	d["groups"][4]["children"][2]["master-id"] == 30 and
	d["groups"][4]["members"] == 2 and d["groups"][4]["slaves"] == 2' \
	groups -F "$story" -J -o +KIND,MASTER-ID,MASTER-GROUP,MEMBERS,SLAVES,NR,SOURCE,FSTYPE
ok "groups in JSON, every column"

cat >"$tmp/wanted" <<'END'
GROUP        ID         NS TARGET OWNER    MASTER
shared:7
├─peer        2 4026531841 /data  1 init
├─peer       22            /      detached
└─master:7   23            /      detached 4026531841:/data(1 init)
END
same groups -F "$loose" && with 0 'PEERS="detached:/(/dev/vda1[/lower])"' \
	tree -F "$loose" -P -o PEERS /data
ok "members that are in no namespace"

cat >"$tmp/wanted" <<'END'
        NS TYPE MOUNTS TASKS PID COMM CONTAINER     USERNS ROOT
4026531841 init      2     9   1 init           4026531837 root
           anon      1     0                    4026531837 pending
END
same ns -F "$loose"
ok "ns counts only what is in a namespace"

cat >"$tmp/wanted" <<'END'
YES: what is mounted on /tmp/path/x appears in 4026532203 (web 1) at /tmp/path/x
  4026531841:/tmp/path(1 systemd), shared:50: it covers the path
  4026532203:/tmp/path(web 1), master:50: a slave of that: gets it, and gives nothing back
END
says 0 why -F "$story" /tmp/path/x --to web
ok "why: a slave gets it"

cat >"$tmp/wanted" <<'END'
YES: what is mounted on /tmp/path/x/y appears in 4026532204 (no process) at /leaf/y
  4026531841:/tmp/path(1 systemd), shared:50: it covers the path
  4026532202:/tmp/path(9b7e55aa10de), shared:50: its peer: what is mounted on either is mounted on both
  4026532204:/data(no process), shared:60 master:50: a slave of that, and passes on to its own group
  4026532204:/leaf(no process), master:60 unbindable: a slave of that: gets it, and gives nothing back
END
"$tool" why -F "$story" /tmp/path/x/y --to 4026532204:/leaf/y >"$tmp/out" 2>"$tmp/err" &&
	sed 's/, and 1 more time$//' "$tmp/out" | diff - "$tmp/wanted" >"$tmp/err"
ok "why: a slave of a slave of a peer"

cat >"$tmp/wanted" <<'END'
NO: what is mounted on /tmp/path/x does not appear in 4026532201 (3f1c0d9be5a7)
  4026531841:/tmp/path(1 systemd), shared:50: it covers the path
  4026532201:/tmp/path(3f1c0d9be5a7), private: what comes nearest to it there
broken: 4026532201:/tmp/path(3f1c0d9be5a7) is private: nothing leaves it, nothing arrives
mend:
  while it runs: by no mount(8) command; --make-shared begins a new group, it joins none (move_mount(2) with MOVE_MOUNT_SET_GROUP does)
  at the start of 3f1c0d9be5a7, as a slave:
  Docker: -v /tmp/path:/tmp/path:rslave or --mount type=bind,...,bind-propagation=rslave
  Kubernetes: mountPropagation: HostToContainer, at /tmp/path
  OCI: "source": "/tmp/path", "destination": "/tmp/path", "options": ["rbind", "rslave"]; and "linux": { "rootfsPropagation": "rslave" }
  systemd: BindPaths=/tmp/path:/tmp/path:rbind, no MountFlags=private
END
says 1 why -F "$story" /tmp/path/x --to 3f1c
ok "why: a private mount does not"
cat >"$tmp/wanted" <<'END'
  at the start of 3f1c0d9be5a7, as a shared mount:
  Docker: -v /tmp/path:/tmp/path:rshared or --mount type=bind,...,bind-propagation=rshared
  Kubernetes: mountPropagation: Bidirectional (privileged), at /tmp/path
  OCI: "source": "/tmp/path", "destination": "/tmp/path", "options": ["rbind", "rshared"]; and "linux": { "rootfsPropagation": "rshared" }
  systemd: nothing that gives the unit a mount namespace; MountFlags=shared does not undo that
END
answers 1 'as a shared mount:' why -F "$story" -N 3f1c /tmp/path/x --to 1 &&
	sed -n '/at the start of/,$p' "$tmp/out" | diff - "$tmp/wanted" >"$tmp/err"
ok "why: nothing comes out of a private mount"
sed 's|/tmp/path|/tmp/a:b\\040"c%\\134d|g' "$story" >"$tmp/quoted"
answers 1 '  Docker: --mount type=bind,...,bind-propagation=rslave' \
	why -F "$tmp/quoted" '/tmp/a:b "c%\d/x' --to 3f1c &&
	grep -qF '  OCI: "source": "/tmp/a:b \"c%\\d", "destination": "/tmp/a:b \"c%\\d", "options"' "$tmp/out" &&
	grep -qF '  systemd: BindPaths="/tmp/a:b \"c%%\\d":"/tmp/a:b \"c%%\\d":rbind, no' "$tmp/out"
ok "why: what is given at the start is quoted as it is there"

answers 1 'another user namespace' why -F "$story" -N web /tmp/path --to 1
ok "why: nothing comes out of another user namespace"
answers 1 'no mount there shows this filesystem' why -F "$story" /proc --to web
ok "why: another filesystem"
# Mounted after the question, and asked again: on a private copy, and on a slave
# that was given its copy later.
sed 's/ mounts=28/ mounts=29/; s/^\(ns nr=0 .*\)=10 found=10 /\1=11 found=11 /; /^mount id=33 /{
p; s/.*/mount id=35 unique=4294967135 ns=0 parent=30 mountpoint=\/x mp_dentry=1111222233334444 mp_ino=77 root=\/ root_dentry=5555666677778888 root_ino=2 dev=0:77 type=tmpfs source=new flags=shared group=70 count=2/; }' \
	"$story" >"$tmp/mounted"
cat >"$tmp/wanted" <<'END'
NO: what is mounted on /tmp/path/x does not appear in 4026532201 (3f1c0d9be5a7)
  4026531841:/tmp/path/x(1 systemd), shared:70: is mounted there; it goes by the mount below
  4026531841:/tmp/path(1 systemd), shared:50: it covers the path
  4026532201:/tmp/path(3f1c0d9be5a7), private: what comes nearest to it there
broken: 4026532201:/tmp/path(3f1c0d9be5a7) is private: nothing leaves it, nothing arrives
END
"$tool" why -F "$tmp/mounted" /tmp/path/x --to 3f1c >"$tmp/out"
[ $? -eq 1 ] && sed '/^mend:/,$d' "$tmp/out" | diff - "$tmp/wanted" >"$tmp/err" &&
	status_json 1 'd["why"][0]["mounted-id"] == 35' \
		why -F "$tmp/mounted" -J /tmp/path/x --to 3f1c:/tmp/path/x
ok "why: of what is mounted on the path already, and did not get there"
answers 1 'broken: 4026531841:/tmp/path/x(1 systemd) was mounted before there was a way, or unmounted there' \
	why -F "$tmp/mounted" /tmp/path/x --to web &&
	grep -qF 'unmount it and mount it anew: it appears at /tmp/path/x' "$tmp/out"
ok "why: of what was mounted before there was a way"
answers 1 'no mount there shows this filesystem' why -F "$tmp/mounted" /tmp/path/x/y --to 3f1c &&
	! grep -q 'is mounted there' "$tmp/out"
ok "why: a directory of it is another question"

answers 1 'first, for what is bound after it: mount --make-shared /mnt' \
	why -F "$story" /mnt --to web
ok "why: a private source"
sed 's/6.1.0-28-amd64/4.19.0-27-amd64/' "$story" >"$tmp/old"
answers 1 'it joins none' why -F "$tmp/old" /tmp/path --to 3f1c &&
	! grep -q MOVE_MOUNT_SET_GROUP "$tmp/out"
ok "why: no MOVE_MOUNT_SET_GROUP before 5.15"
answers 1 "mount --rbind /data '/o'\\''n'" \
	why -F "$story" /tmp/path --to "4026532204:/o'n" &&
	grep -qx 'broken: 4026532204:/data(no process) gets it at another path' \
		"$tmp/out"
ok "why: it is at another path"
answers 0 'YES' why -F "$story" /tmp/path/some --to 9b7e:/tmp/path/some
ok "why: the directory above a mount"

status_json 1 '(lambda w: w["answer"] == "NO" and w["reason"] == "private" and
	w["at"] == 52 and w["source-id"] == 30 and w["target-id"] == 52 and
	w["ns"] == 4026532201 and w["path"] is None and
	w["chain-ids"] == ["30"] and len(w["chain"]) == 2 and
	any("bind-propagation=rslave" in m for m in w["mend"]))(d["why"][0])' \
	why -F "$story" -J /tmp/path/x --to 3f1c
ok "why in JSON: no"
# Two mounts at one place; what is asked is about another.
sed 's/ mounts=28/ mounts=29/; s/^\(ns nr=0 .*\)=10 found=10 /\1=11 found=11 /; /^mount id=22 /{
p; s/ id=22 unique=[0-9]* / id=922 /; s/,shared group=5 / /; }' "$story" >"$tmp/twins"
"$tool" predict -F "$tmp/twins" mount /mnt >"$tmp/out" 2>"$tmp/err" &&
	grep -q '^appears in 1 of' "$tmp/out" && [ "$(wc -l <"$tmp/err")" -eq 1 ] &&
	grep -q '/proc(1 systemd): two mounts are on this mountpoint' "$tmp/err"
ok "predict says that two mounts are at one place"
for args in "tree /proc" "why /proc --to 3f1c"; do
	# shellcheck disable=SC2086 # each is a command and its arguments
	"$tool" $args -F "$tmp/twins" >/dev/null 2>"$tmp/err"
	[ "$(wc -l <"$tmp/err")" -eq 1 ] &&
		grep -q '/proc(1 systemd): two mounts are on this mountpoint' "$tmp/err"
	ok "${args%% *} says that two mounts are at one place"
done
json '(lambda w: w["answer"] == "YES" and w["reason"] is None and
	w["path"] == "/data/x/y" and w["copies"] == 2 and
	w["chain-ids"] == ["30", "72", "111"])(d["why"][0])' \
	why -F "$story" -J /tmp/path/x/y --to 4026532204
ok "why in JSON: yes"

cat >"$tmp/wanted" <<'END'
NO: /tmp/path in 4026532201 (3f1c0d9be5a7) is on a private mount, not on a shared mount
  4026532201:/tmp/path(3f1c0d9be5a7), private: it covers the path
  4026531841:/tmp/path(1 systemd), shared:50: covers it here, which does not count there
mend:
  nsenter -t 1201 -m mount --make-rshared /tmp/path
END
says 1 why -F "$story" /tmp/path --need shared -N 3f1c
ok "why --need shared, in a daemon's namespace"
answers 0 'is on a slave mount' why -F "$story" /tmp/path --need slave -N web
ok "why --need slave: a slave"
answers 0 'is on a shared mount' why -F "$story" /tmp/path/x --need slave
ok "why --need slave: a shared mount gives one"
answers 1 'or for this directory alone: mount --bind /mnt/x /mnt/x && mount --make-shared /mnt/x' \
	why -F "$story" /mnt/x --need shared
ok "why --need shared: below the mountpoint"
answers 0 "goes from 0 of 5 namespaces; it is the caller's root: " \
	predict -F "$story" umount /
ok "predict: umount of the caller's root"
answers 0 "goes from 0 of 5 namespaces; it is the caller's root: " \
	predict -F "$story" -N 4026532204 umount /
ok "predict: the same, where it is that of the namespace"
answers 1 'EINVAL: it is the root of the namespace' \
	predict -F "$story" -N 4026532204 umount -l /
ok "predict: umount -l of the root of a namespace"
sed '/^mount id=33 /s/flags=/flags=unbindable,/' "$story" >"$tmp/unbindable"
answers 1 'NO: /mnt is on an unbindable mount, not on a shared mount' \
	why -F "$tmp/unbindable" /mnt --need shared
ok "why --need: the article"
answers 1 'mount --make-rprivate /tmp/path' why -F "$story" /tmp/path --need private
ok "why --need private"
status_json 1 '(lambda w: w["answer"] == "NO" and w["path"] == "/mnt" and
	w["source-id"] == 33)(d["why"][0])' why -F "$story" -J /mnt --need shared
ok "why --need in JSON"

cat >"$tmp/wanted" <<'END'
appears in 4 of 5 namespaces, hidden in none, ENOSPC in none
rules assumed from 6.1.0-28-amd64
CHANGE          NS OWNER        TARGET      PROPAGATION             STATE   MOUNTS GAIN  LEFT
appears 4026531841 1 systemd    /tmp/path/x shared:new1             visible      1    1 99989
appears 4026532202 9b7e55aa10de /tmp/path/x shared:new1             visible      1    1 99994
appears 4026532203 web 1        /tmp/path/x master:new1             visible      1    1 99994
appears 4026532204 no process   /data/x     shared:new2 master:new1 visible      1    2 99995
appears 4026532204 no process   /leaf       master:new2             visible      1    2 99995
END
same predict -F "$story" mount /tmp/path/x
ok "predict mount: peers, slaves, a slave of a slave"

cat >"$tmp/wanted" <<'END'
appears in 1 of 5 namespaces, hidden in none, ENOSPC in none
rules assumed from 6.1.0-28-amd64
CHANGE          NS OWNER TARGET    PROPAGATION STATE   MOUNTS GAIN  LEFT
appears 4026532203 web 1 /tmp/path private     visible      1    1 99994
END
same predict -F "$story" mount /tmp/path -N web
ok "predict mount in a slave: it stays there"

sed 's/^mount id=75 \(.*\),shared group=51 peer=31/mount id=75 \1/
	s/^mount id=31 \(.*\),shared group=51 peer=75 slaves=95/mount id=31 \1/
	s/^mount id=95 \(.*\) master=31/mount id=95 \1/
	s|^mount id=31 \(.*\) mountpoint=/some/path |mount id=31 \1 mountpoint=/other |
	s/ mp_dentry=30838ea097b24be3 mp_ino=12421 root=/ mp_dentry=1111111111111111 root=/
	' "$story" >"$tmp/covers"
with 0 'appears in 4 of 5 namespaces, hidden in 2, ENOSPC in none' \
	predict -F "$tmp/covers" mount /tmp/path/some/path &&
	grep -q '^appears 4026532202 .* hidden beneath /tmp/path/some/path (75) ' "$tmp/out" &&
	grep -q '^appears 4026532203 .* hidden beneath /tmp/path/some/path (95) ' "$tmp/out"
ok "predict mount: beneath what is there"
answers 0 'YES, but hidden' why -F "$tmp/covers" /tmp/path/some/path --to web &&
	grep -qF '4026532203:/tmp/path/some/path(web 1) is mounted there already' "$tmp/out"
ok "why: beneath what is there"

with 0 'appears 4026532203 web 1        /tmp/path/z master:1             visible      7    7 99988' \
	predict -F "$story" rbind / /tmp/path/z
ok "predict rbind: a tree, without what is unbindable"
with 0 'appears 4026532203 web 1        /tmp/path/z master:7             visible      1    1 99994' \
	predict -F "$story" bind /run /tmp/path/z
ok "predict bind"
with 0 'moves   4026531841 1 systemd    /tmp/path/z' predict -F "$story" move /mnt /tmp/path/z &&
	grep -q '^appears 4026532202 .* 1    1 ' "$tmp/out"
ok "predict move"
answers 1 'fails: EINVAL: the mount that the source is mounted on is shared' \
	predict -F "$story" move /tmp/path /mnt
ok "predict move out of a shared mount"
cat >"$tmp/wanted" <<'END'
goes from 3 of 5 namespaces; 8 mounts of the filesystem stay
rules assumed from 6.1.0-28-amd64
CHANGE         NS OWNER        TARGET              PROPAGATION STATE MOUNTS GAIN  LEFT
goes   4026531841 1 systemd    /tmp/path/some/path shared:51              1   -1 99991
goes   4026532202 9b7e55aa10de /tmp/path/some/path shared:51              1   -1 99996
goes   4026532203 web 1        /tmp/path/some/path master:51              1   -1 99996
END
same predict -F "$story" umount -l /tmp/path/some/path
ok "predict umount --lazy"
{
	cat "$story"
	"$tool" rules -F "$story" -rn -o RULE,HOLDS |
		sed 's/^/rule name=/; s/ 1$/ holds=yes origin=probed/; s/ 0$/ holds=no origin=probed/'
} >"$tmp/ruled"
grep -v '^rules assumed' "$tmp/wanted" >"$tmp/wanted-ruled"
mv "$tmp/wanted-ruled" "$tmp/wanted"
same predict -F "$tmp/ruled" umount -l /tmp/path/some/path
ok "predict: by rules that were found out, which the file has"
json 'd["rules"] == "probed"' predict -F "$tmp/ruled" -J umount -l /tmp/path/some/path &&
	json 'd["rules"] == "assumed"' predict -F "$story" -J umount -l /tmp/path/some/path
ok "predict: where the rules are from, in JSON"
sed '/name=beneath /s/probed/assumed/' "$tmp/ruled" >"$tmp/partly" &&
	answers 0 'rules partly assumed from 6.1' predict -F "$tmp/partly" umount -l /tmp/path/some/path &&
	json 'd["rules"] == "partly"' predict -F "$tmp/partly" -J umount -l /tmp/path/some/path
ok "predict: by rules of which not all were found out"
sed '/name=beneath /s/probed/odd/' "$tmp/ruled" >"$tmp/odd"
with 1 'none that mntprop knows' rules -F "$tmp/odd"
ok "rules: an odd one is told from a file, too"
sed 's/holds=no/holds=yes/' "$tmp/ruled" >"$tmp/other-rules"
"$tool" rules -F "$tmp/other-rules" -rn -o HOLDS,FROM | sort -u >"$tmp/out" &&
	[ "$(cat "$tmp/out")" = '1 probed' ]
ok "rules: those of the file"
answers 1 'fails: EBUSY: something is mounted below it' predict -F "$story" umount /tmp/path
ok "predict umount: busy"
sed 's/ count=[0-9]*//' "$story" >"$tmp/uncounted"
with 2 'who uses the mount is not known' \
	predict -F "$tmp/uncounted" umount /tmp/path/some/path &&
	grep -q '^goes from .*; if nobody uses it$' "$tmp/out"
ok "predict umount: references are not counted"
run 0 predict -F "$tmp/uncounted" umount -l /tmp/path/some/path
ok "predict umount --lazy: nor need they be"
answers 0 "goes from 0 of 5 namespaces; it is the caller's root" \
	predict -F "$tmp/uncounted" umount /
ok "predict umount /: nor there"
answers 1 'fails: EINVAL: the mount is locked' predict -F "$story" -N web umount -l /tmp/path
ok "predict umount: locked"
cat >"$tmp/wanted" <<'END'
changes 1 mount in 1 of 5 namespaces
rules assumed from 6.1.0-28-amd64
CHANGE          NS OWNER     TARGET    BEFORE    PROPAGATION STATE
becomes 4026531841 1 systemd /tmp/path shared:50 master:50   visible
END
same predict -F "$story" make-slave /tmp/path
ok "predict make-slave"
with 0 'changes nothing' predict -F "$story" make-private /mnt
ok "predict make-private of what is private"
with 0 'changes 6 mounts' predict -F "$story" make-rslave /
ok "predict make-rslave"

answers 1 'fails: EINVAL: this kernel has no MOVE_MOUNT_BENEATH' \
	predict -F "$story" beneath /mnt /proc
ok "predict beneath: not on this kernel"
sed 's/release=6.1.0-28-amd64/release=7.3.4/' "$story" >"$tmp/new-kernel"
with 0 'moves   4026531841 1 systemd    /tmp/path/some/path' \
	predict -F "$tmp/new-kernel" beneath /mnt /tmp/path/some/path &&
	grep -q '^appears in 4 of 5 namespaces, hidden in 3' "$tmp/out" &&
	grep -q '^moves .* hidden beneath /tmp/path/some/path (31)' "$tmp/out"
ok "predict beneath"
with 0 'becomes 4026531841 1 systemd /tmp/path/other private shared:1    visible' \
	predict -F "$tmp/covers" set-group / /tmp/path/other &&
	grep -qx 'changes 1 mount in 1 of 5 namespaces' "$tmp/out"
ok "predict set-group"
answers 1 'fails: EINVAL: the target is not private' predict -F "$story" set-group / /tmp/path
ok "predict set-group: of what has a group already"

cat >"$tmp/wanted" <<'END'
changes 2 mounts in 1 of 5 namespaces
rules assumed from 6.1.0-28-amd64
CHANGE          NS OWNER     TARGET              OPTIONS-BEFORE OPTIONS            BEFORE    PROPAGATION STATE
becomes 4026531841 1 systemd /tmp/path           rw,relatime    ro,nosuid,relatime shared:50 private     visible
becomes 4026531841 1 systemd /tmp/path/some/path rw,relatime    ro,nosuid,relatime shared:51 private     visible
END
same predict -F "$story" setattr -R ro,nosuid,private /tmp/path
ok "predict setattr -R: attributes and a type"
with 0 'becomes 4026531841 1 systemd /mnt   ro,relatime    rw,noatime visible' \
	predict -F "$story" setattr rw,noatime /mnt
ok "predict setattr: attributes alone"
with 0 'becomes 4026531841 1 systemd /tmp/path shared:50 master:50   visible' \
	predict -F "$story" setattr slave /tmp/path
ok "predict setattr: a type alone"
answers 0 'changes nothing' predict -F "$story" setattr ro,rw,relatime /tmp/path
ok "predict setattr: the last word counts"
with 0 'becomes 4026531841 1 systemd /proc  rw,nosuid,nodev,noexec,relatime ro,nosuid,relatime visible' \
	predict -F "$story" remount ro,nosuid /proc
ok "predict remount: these and no others"
sed '/^mount id=92 /s/locked/ro,nosuid,locked,lock_ro,lock_atime/' "$story" >"$tmp/locked"
answers 1 'fails: EPERM: ro is locked: it cannot be cleared in this mount namespace' \
	predict -F "$tmp/locked" -N web setattr rw /tmp/path &&
	answers 1 'fails: EPERM: ro is locked' predict -F "$tmp/locked" -N web remount nosuid /tmp/path &&
	answers 1 'fails: EPERM: atime is locked' predict -F "$tmp/locked" -N web setattr noatime /tmp/path &&
	answers 0 'changes 1 mount in 1 of 5' predict -F "$tmp/locked" -N web setattr suid /tmp/path
ok "predict setattr, remount: what is locked"
answers 1 'fails: EPERM: ro is locked: it cannot be cleared in this mount namespace (/tmp/path)' \
	predict -F "$tmp/locked" -N web setattr -R rw,dev /
ok "predict setattr -R: which mount it is locked on"
answers 1 'fails: EINVAL: the target is not a mountpoint' predict -F "$story" setattr ro /tmp
ok "predict setattr of no mountpoint"
json '[d[k] for k in ("verdict", "errno", "appears", "goes", "becomes")] ==
	["changes 1 mount in 1 of 5 namespaces", None, 0, 0, 1] and
	[(c["change"], c["target"], c["options-before"], c["options"], c["before"],
	  c["propagation"]) for c in d["changes"]] ==
	[("becomes", "/tmp/path", "rw,relatime", "ro,relatime", "shared:50", "master:50")]' \
	predict -F "$story" -J setattr ro,slave /tmp/path
ok "predict setattr in JSON"
status_json 1 'd["errno"] == "EPERM" and d["changes"] == []' \
	predict -F "$tmp/locked" -J -N web setattr rw /tmp/path
ok "predict setattr in JSON: locked"

# Nobody has anything on /tmp/q; ns 4026532204 has no mount on /tmp/path/some/path.
cat >"$tmp/wanted" <<'END'
goes from 3 of 5 namespaces
rules assumed from 6.1.0-28-amd64
CHANGE         NS OWNER        TARGET              PROPAGATION STATE MOUNTS GAIN  LEFT
goes   4026531841 1 systemd    /tmp/path/some/path shared:51              1   -1 99991
goes   4026532202 9b7e55aa10de /tmp/path/some/path shared:51              1   -1 99996
goes   4026532203 web 1        /tmp/path/some/path master:51              1   -1 99996
END
sed 's| root=/some/path root_dentry=30838ea097b24be3 | root=/elsewhere root_dentry=aaaaaaaaaaaaaaaa |' \
	"$story" >"$tmp/elsewhere"
same predict -F "$tmp/elsewhere" -N 4026532204 remove /tmp/path/some/path &&
	same predict -F "$tmp/elsewhere" -N 4026532204 remove /data/some/path/
ok "predict remove: it goes from others"
json '[d[k] for k in ("errno", "goes", "becomes", "appears")] == [None, 3, 0, 0] and
	len(d["changes"]) == 3' predict -F "$tmp/elsewhere" -J -N 4026532204 remove /tmp/path/some/path
ok "predict remove in JSON"
answers 1 "fails: EBUSY: something is mounted there in the caller's mount namespace" \
	predict -F "$tmp/elsewhere" remove /tmp/path/some/path
ok "predict remove: of a mountpoint of one's own"
answers 1 'fails: ENOTEMPTY: the directory is not empty' predict -F "$story" -N 4026532204 remove /tmp/path &&
	answers 0 'changes nothing: nothing is mounted on it' predict -F "$story" remove /tmp/q
ok "predict remove: what is not empty, and what nothing is mounted on"
sed '/dev=254:1 /s/$/ sb_flags=ro/' "$tmp/elsewhere" >"$tmp/read-only"
answers 1 'fails: EROFS: the filesystem is read-only' \
	predict -F "$tmp/read-only" -N 4026532204 remove /tmp/path/some/path &&
	answers 1 'fails: EROFS: the mount is read-only' predict -F "$story" remove /mnt/x
ok "predict remove: what is read-only"
with 0 'moves  4026531841 1 systemd    /tmp/path/some/new' \
	predict -F "$tmp/elsewhere" -N 4026532204 rename /tmp/path/some/path /tmp/path/some/new &&
	grep -qx 'moves with the name in 3 of 5 namespaces' "$tmp/out" &&
	[ "$(grep -c ^moves "$tmp/out")" -eq 4 ]
ok "predict rename: it moves along"
answers 0 'goes from 3 of 5 namespaces' \
	predict -F "$tmp/elsewhere" -N 4026532204 rename /tmp/q /tmp/path/some/path
ok "predict rename: onto what others have mounted something on"
answers 0 'changes nothing: nothing is mounted on these names' predict -F "$story" rename /tmp/q /tmp/r
ok "predict rename: of what nothing is mounted on"
answers 1 'fails: EXDEV' predict -F "$story" rename /tmp/q /mnt/q &&
	answers 1 'fails: EINVAL: the target is below the source' predict -F "$story" rename /tmp/q /tmp/q/r &&
	answers 1 'fails: EBUSY' predict -F "$story" rename /tmp/path /tmp/r
ok "predict rename: errors"
with 2 '/: does not end with a name' predict -F "$story" remove / &&
	with 2 'does not end with a name' predict -F "$story" remove /tmp/.. &&
	with 2 'does not end with a name' predict -F "$story" rename /tmp/q /tmp/./
ok "exit status 2: predict remove of no name"

sed '/ mountpoint=.some.path /s/ count=[0-9]*/ count=1/' "$story" >"$tmp/idle"
answers 1 'fails: EAGAIN: it is marked to go the next time; then goes from 3 of 5 namespaces, if nobody uses it in between' \
	predict -F "$tmp/idle" umount --expire /tmp/path/some/path &&
	[ "$(grep -c ^goes "$tmp/out")" -eq 3 ]
ok "predict umount --expire: the first one, and the next"
status_json 1 'd["errno"] == "EAGAIN" and d["goes"] == 3 and len(d["changes"]) == 3' \
	predict -F "$tmp/idle" -J umount --expire /tmp/path/some/path
ok "predict umount --expire in JSON"
sed '/^mount id=95 /s/ count=1/ count=2/' "$tmp/idle" >"$tmp/idle-here"
answers 1 'fails: EAGAIN: it is marked to go the next time; then fails: EBUSY: a copy that would go with it is in use, if' \
	predict -F "$tmp/idle-here" umount --expire /tmp/path/some/path
ok "predict umount --expire: the next one fails"
answers 1 'fails: EBUSY: a process or a file uses it' predict -F "$story" umount --expire /mnt &&
	answers 1 'fails: EBUSY: something is mounted below it' \
		predict -F "$tmp/idle" -N 9b7e umount --expire /tmp/path &&
	answers 1 "fails: EINVAL: it is the caller's root" predict -F "$story" umount --expire / &&
	answers 1 'fails: EINVAL: MNT_EXPIRE and MNT_DETACH' predict -F "$story" umount -l --expire /mnt
ok "predict umount --expire: errors"
with 2 'who uses the mount is not known' \
	predict -F "$tmp/uncounted" umount --expire /tmp/path/some/path
ok "predict umount --expire: references are not counted"

answers 1 'fails: ENOSPC in 3 of 5 namespaces: more mounts than fs.mount-max, 5' \
	predict -F "$story" --mount-max 5 mount /tmp/path/x &&
	grep -q '^appears 4026532204 .* 2    0$' "$tmp/out" &&
	grep -q '^appears 4026531841 .* 1   -6$' "$tmp/out"
ok "predict: where there would be too many mounts"
status_json 1 'd["errno"] == "ENOSPC" and d["enospc"] == 3' \
	predict -F "$story" -J --mount-max 5 mount /tmp/path/x
ok "predict in JSON: how many namespaces are full"
json 'd["goes"] == 3 and d["appears"] == 0' \
	predict -F "$story" -J umount -l /tmp/path/some/path
ok "predict in JSON: how many it goes from"
json 'd["becomes"] == 1' predict -F "$story" -J make-slave /tmp/path
ok "predict in JSON: how many see another type"

json 'd["verdict"].startswith("appears in 4 of 5") and d["errno"] is None and
	d["namespaces"] == 5 and d["appears"] == 4 and d["hidden"] == 2 and
	d["goes"] == d["becomes"] == d["enospc"] == 0 and
	[c["hidden-by"] for c in d["changes"]] == [None, 75, 95, None] and
	[c["hidden"] for c in d["changes"]] == [False, True, True, False]' \
	predict -F "$tmp/covers" -J mount /tmp/path/some/path -o +HIDDEN,HIDDEN-BY,NR,ID,BEFORE,LOCKED
ok "predict in JSON"
status_json 1 'd["errno"] == "EBUSY" and d["changes"] == []' \
	predict -F "$story" -J umount /tmp/path
ok "predict in JSON: it fails"
with 1 'fails: EBUSY' predict -F "$story" -r umount /tmp/path && [ ! -s "$tmp/out" ]
ok "predict for programs: it fails"
with 0 'CHANGE="goes" NS="4026531841"' predict -F "$story" -P umount -l /tmp/path/some/path
ok "predict in pairs"

with 2 'no such operation' predict -F "$story" unmount /tmp
ok "exit status 2: predict of no operation"
with 2 'needs two paths' predict -F "$story" bind /tmp
ok "exit status 2: predict with a path too few"
with 2 'needs one path' predict -F "$story" mount /tmp /tmp
ok "exit status 2: predict with a path too many"
with 2 'are of umount' predict -F "$story" -l mount /tmp &&
	with 2 'are of umount' predict -F "$story" --expire remove /tmp &&
	with 2 'is of umount and setattr' predict -F "$story" -R remount ro /tmp &&
	with 2 'exclude each other' predict -F "$story" -R --expire umount /tmp
ok "exit status 2: predict with options of other operations"
with 2 'needs attributes and a path' predict -F "$story" setattr /tmp &&
	with 2 'needs attributes and a path' predict -F "$story" remount /tmp &&
	with 2 'needs one path' predict -F "$story" remove /tmp /x &&
	with 2 'needs two paths' predict -F "$story" rename /tmp
ok "exit status 2: predict with other arguments than it needs"
for words in ro,nothing nothing,ro "" "ro," r atime; do
	with 2 'no such attribute' predict -F "$story" setattr "$words" /tmp
	ok "exit status 2: predict setattr '$words'"
done
with 2 'private: no such attribute' predict -F "$story" remount private /tmp &&
	with 2 'more than one type' predict -F "$story" setattr slave,shared /tmp
ok "exit status 2: predict remount of a type, setattr of two"
with 2 'not a number' predict -F "$story" --mount-max -1 mount /tmp
ok "exit status 2: predict --mount-max of no number"
with 2 '0: not a number from 1 on' predict -F "$story" --mount-max 0 mount /tmp
ok "exit status 2: predict --mount-max 0, as the sysctl"

hostile=$(printf '/\033[31mred\nnew\ttab sp\\x41/x-\303\251-\302\23331m')
for command in "predict mount" "predict rbind /" "why --need shared" \
	"why --to 4026532300"; do
	for format in "" --raw --pairs --json; do
		# shellcheck disable=SC2086
		"$tool" $command $format -F "$data/hostile.snap" "$hostile" \
			>"$tmp/out" 2>"$tmp/err"
		[ $? -le 1 ] && [ ! -s "$tmp/err" ] && harmless
		ok "hostile names: $command $format"
	done
done

with 2 'give either --to WHO or --need' why -F "$story" /
ok "exit status 2: why without a question"
with 2 'give either --to WHO or --need' why -F "$story" / --to web --need slave
ok "exit status 2: why with two questions"
with 2 'neither shared, slave nor private' why -F "$story" / --need rslave
ok "exit status 2: why --need of no type"
with 2 'no such process, namespace' why -F "$story" / --to nobody:/x
ok "exit status 2: why to nobody"
with 2 'give a path that starts with /' why -F "$story" x --to web
ok "exit status 2: why with a relative path"

for command in "tree --all" ns groups; do
	for format in "" --raw --pairs --json; do
		for locale in C C.UTF-8; do
			# shellcheck disable=SC2086
			LC_ALL=$locale run 0 $command $format \
				-F "$data/hostile.snap" && harmless
			ok "hostile names: $command $format, $locale"
		done
	done
done

json 'd["filesystems"][0]["children"][0]["target"] ==
	r"/\x1b[31mred\x0anew\x09tab sp\x5cx41" and
	d["filesystems"][0]["children"][1]["target"] ==
	r"/non-utf8-\xff\xfe\xc3(\xe2\x82" and
	d["filesystems"][0]["children"][1]["peers"] ==
	["4026532300:/ca\"f\u00e9,\\xff\\x0ax(no process)"]' \
	tree -F "$data/hostile.snap" -J -o +PEERS
ok "hostile names in JSON"

awk 'BEGIN {
	n = 2000
	dentry = "0123456789abcdef"
	print "mntprop 1\nsystem release=6 mono=1 wall=2"
	print "capture hold=1 retries=0 namespaces=1 mounts=" n " complete=yes"
	print "ns nr=0 user_ns=1 anon=0 root=1 nr_mounts=" n " found=" n \
		" event=1 tasks=0"
	for (i = 1; i <= n; i++)
		print "mount id=" i " ns=0 parent=" (i > 1 ? i - 1 : 1) \
			" mountpoint=/" (i > 1 ? "d" : "") " mp_dentry=" dentry \
			" root=/ root_dentry=" dentry " dev=0:1 type=tmpfs" \
			" flags=shared group=" i (i > 1 ? " master=" i - 1 : "")
	print "end namespaces=1 mounts=" n
}' >"$tmp/deep"
run 0 tree -F "$tmp/deep" -o TARGET,ID && [ "$(wc -l <"$tmp/out")" -eq 2001 ]
ok "a deep tree"
json 'len(d["filesystems"]) == 1' tree -F "$tmp/deep" -J -o TARGET,ID &&
	json 'len(d["groups"]) == 1' groups -F "$tmp/deep" -J
ok "a deep tree and a deep forest in JSON"

# More rows than are drawn at once.  A group has members on both sides of row 4096;
# behind it are a deep tree and a name that is neither as wide as it is long nor
# drawn as it is.
awk 'BEGIN {
	n = 4000
	dentry = "0123456789abcdef"
	print "mntprop 1\nsystem release=6 mono=1 wall=2"
	print "capture hold=1 retries=0 namespaces=1 mounts=" n " complete=yes"
	print "ns nr=0 inum=777 user_ns=1 anon=0 root=1 nr_mounts=" n " found=" n \
		" event=1 tasks=0"
	for (i = 1; i <= n; i++)
		print "mount id=" i " ns=0 parent=1 mountpoint=/" \
			(i == n ? "\346\274\242\303\251\377\\033\\134x41" : \
			 i > 1 ? i : "") " mp_dentry=" dentry \
			" root=/ root_dentry=" dentry " dev=0:1 type=tmpfs" \
			" flags=shared group=" (i > 2040 && i < 2060 ? 2040 : i) \
			(i > 3990 ? " master=" i - 1 : "")
	print "end namespaces=1 mounts=" n
}' >"$tmp/long"
bad=0
for columns in GROUP,ID,NS,TARGET,OWNER,MASTER ID,NR,TARGET,MEMBERS; do
	"$(dirname "$tool")/on_pty" 1 "$tool" groups -F "$tmp/long" -o $columns \
		--color=never |
		sed 's/ *$//' >"$tmp/wanted" && [ "$(wc -l <"$tmp/wanted")" -eq 7982 ] &&
		same groups -F "$tmp/long" -o $columns || bad=1
done
[ $bad -eq 0 ]
ok "a long table in a pipe is as on a terminal"
bad=0
for format in --raw --pairs; do
	run 0 groups -F "$tmp/long" $format -n && cp "$tmp/out" "$tmp/wanted" &&
		[ "$(grep -c . "$tmp/wanted")" -eq 7981 ] &&
		run 0 groups -F "$tmp/long" $format &&
		grep -v '^GROUP ' "$tmp/out" | diff - "$tmp/wanted" >"$tmp/err" || bad=1
done
[ $bad -eq 0 ]
ok "a long table for programs has each row once"

run 0 tree -F "$story" --color=always && grep -q "$(printf '\033')" "$tmp/out"
ok "colour when asked for"

run 0 tree -F "$story" && ! grep -q "$(printf '\033')" "$tmp/out" &&
	run 0 tree -F "$story" --color=auto && ! grep -q "$(printf '\033')" "$tmp/out"
ok "no colour in a pipe"

# The module stopped before it had all superblocks: nothing is told that may be wrong.
sed 's/complete=yes/complete=no stopped=superblocks/' "$story" >"$tmp/superblocks"
for question in "check" "check --tap" "holders /tmp/path" "holders 0:99" \
	"why /tmp/path --to web" "why /tmp/path --need shared" "predict umount /mnt"; do
	# shellcheck disable=SC2086
	"$tool" $question -F "$tmp/superblocks" >"$tmp/out" 2>"$tmp/err"
	[ $? -eq 2 ] && ! grep -v '# SKIP' "$tmp/out" | grep -qE '^(YES|NO|ok)|hold:' &&
		grep -q 'not shown: some mounts in no namespace' "$tmp/err"
	ok "exit status 2: $question without some superblocks"
done
with 2 'not shown: some mounts in no namespace' assert -F "$tmp/superblocks" 'count 10'
ok "exit status 2: assert without some superblocks"

sed 's/complete=yes/complete=no stopped=mounts,room/' "$story" >"$tmp/incomplete"
for command in tree ns groups; do
	"$tool" $command -F "$tmp/incomplete" >"$tmp/out" 2>"$tmp/err" &&
		[ "$(wc -l <"$tmp/err")" -eq 1 ] && [ -s "$tmp/out" ] &&
		grep -q 'not complete (mounts,room)' "$tmp/err"
	ok "$command of an incomplete snapshot warns"
done
"$tool" save -F "$tmp/incomplete" "$tmp/saved" 2>"$tmp/err" &&
	[ "$(wc -l <"$tmp/err")" -eq 1 ] && cmp "$tmp/incomplete" "$tmp/saved" &&
	grep -q 'not complete (mounts,room)' "$tmp/err"
ok "save of an incomplete snapshot warns"
# What a command answers only of all mounts.
of_a_part() {
	command=$1
	shift
	with 2 'not complete (mounts,room): nothing can be said' \
		"$command" -F "$tmp/incomplete" "$@" && [ ! -s "$tmp/out" ]
	ok "exit status 2: $command $* of an incomplete snapshot"
}
of_a_part holders /tmp/path
of_a_part holders 0:99
of_a_part assert 'count 10'
of_a_part predict mount /mnt
of_a_part predict -J umount /mnt
of_a_part why /tmp/path/x --to web
of_a_part why /tmp/path --need shared
of_a_part graph --why /tmp/path/x --to web
of_a_part graph --predict 'umount /mnt'
for pair in "$story $tmp/incomplete" "$tmp/incomplete $story"; do
	# shellcheck disable=SC2086
	with 2 'not complete (mounts,room): nothing can be said' diff $pair &&
		[ ! -s "$tmp/out" ]
	ok "exit status 2: diff with an incomplete snapshot"
done

# Of paths that were cut only the end is known: nothing that they may make wrong is told.
cat >"$tmp/cut" <<'END'
mntprop 1
system release=7.3.0 mono=1 wall=2
capture hold=1 retries=0 namespaces=2 mounts=6 complete=yes
ns nr=0 inum=4026531841 user_ns=1 anon=0 root=1 nr_mounts=4 found=4 event=1 tasks=1 pid=1 comm=init
ns nr=1 inum=4026531842 user_ns=1 anon=0 root=5 nr_mounts=2 found=2 event=1 tasks=1 pid=2 comm=other
mount id=1 ns=0 parent=1 mountpoint=/ mp_dentry=d000000000000001 root=/ root_dentry=d000000000000001 dev=0:1 type=tmpfs flags=shared group=1 peer=5 count=2
mount id=2 ns=0 parent=1 mountpoint=/tail mp_dentry=a000000000000002 mp_state=toodeep root=/ root_dentry=d000000000000002 dev=0:2 type=tmpfs count=2
mount id=3 ns=0 parent=1 mountpoint=/srv mp_dentry=a000000000000003 root=/ root_dentry=d000000000000003 dev=0:3 type=tmpfs flags=shared group=3 peer=6 count=2
mount id=4 ns=0 parent=3 mountpoint=/x mp_dentry=a000000000000004 root=/ root_dentry=d000000000000004 dev=0:4 type=tmpfs count=2
mount id=5 ns=1 parent=5 mountpoint=/ mp_dentry=d000000000000001 root=/ root_dentry=d000000000000001 dev=0:1 type=tmpfs flags=shared group=1 peer=1 count=2
mount id=6 ns=1 parent=5 mountpoint=/data mp_dentry=a000000000000006 root=/deep root_state=toodeep root_dentry=d000000000000006 dev=0:3 type=tmpfs flags=shared group=3 peer=3 count=2
end namespaces=2 mounts=6
END
cannot_tell() {
	text=$1
	shift
	with 2 "cannot tell: the path of $text" "$@" -F "$tmp/cut" && [ ! -s "$tmp/out" ]
	ok "exit status 2, as a path was cut: $*"
}
cannot_tell 'mount 2 was cut, and may lead to /a/tail' assert '/a/tail absent-in 4026531841'
cannot_tell 'mount 2 was cut, and may lead to /a/tail/b' assert '/a/tail/b private'
cannot_tell 'mount 2 was cut, and may be below /a' assert '/a count 0'
cannot_tell 'mount 2 was cut, and may lead to /a/tail' why /a/tail --need private
cannot_tell 'mount 2 was cut, and may lead to /a/tail' why /a/tail --to 4026531842
cannot_tell 'the root of mount 6 was cut' why /srv/deep/y --to 4026531842
cannot_tell 'mount 2 was cut, and may lead to /a/tail' holders /a/tail
cannot_tell 'mount 2 was cut, and may lead to /a/tail' predict umount /a/tail
answers 0 'ok 4' assert -F "$tmp/cut" 'count 4' '/ count 4' '4026531842:/data count 1' \
	'/a absent-in 4026531841'
ok "what no path that was cut can make wrong"
answers 1 'NO' why /srv/y --to 4026531842 -F "$tmp/cut"
ok "why: a root that was cut shows no other directory"

with 0 'TYPE="init"' ns -F "$story" -P -N 4026531841
ok "ns: the initial namespace"
sed -e '/^system/s/$/ source=proc/' -e '/^capture/s/$/ denied=7 no_init=1/' \
	"$story" >"$tmp/denied"
"$tool" ns -F "$tmp/denied" -P >"$tmp/out" 2>"$tmp/err" &&
	! grep -q 'TYPE="init"' "$tmp/out" && [ "$(wc -l <"$tmp/err")" -eq 1 ] &&
	grep -q '; 7 processes not looked into, which takes root$' "$tmp/err"
ok "ns of /proc without privilege: what was not seen, no initial namespace"

with 1 'nothing is mounted there' tree -F "$story" /nowhere
ok "exit status 1: nothing mounted there"
with 1 'no such peer group' groups -F "$story" 9999
ok "exit status 1: no such group"

with 2 'No such file' tree -F "$tmp/none"
ok "exit status 2: no such file"
with 2 'not found from here' tree -F "$story" relative
ok "exit status 2: a path that is not absolute"
with 2 'no such process, namespace or container' tree -F "$story" -N 77777
ok "exit status 2: nobody of that name"
with 2 'no such process, namespace or container' ns -F "$story" -N ''
ok "exit status 2: an empty name"
with 2 'not a namespace file' ns -F "$story" -N "$story"
ok "exit status 2: not a namespace file"
sed 's/9b7e55aa10de4c3b/3f1c0d9b10de4c3b/g' "$story" >"$tmp/twice"
with 2 'could be namespace 4026532201 or 4026532202' ns -F "$tmp/twice" -N 3f1c
ok "exit status 2: a container id that is not clear"
with 2 'no such column' ns -F "$story" -o NS,NONE
ok "exit status 2: no such column"
with 2 'not an option of save' save -J -
ok "exit status 2: an option of another command"
with 2 'not an option of ns' ns --nonsense
ok "exit status 2: no such option"
with 2 'needs an argument' ns -F
ok "exit status 2: an option without its argument"
with 2 'exclude each other' ns -F "$story" -J -r
ok "exit status 2: two formats"
with 2 'too many arguments' tree -F "$story" / /
ok "exit status 2: too many arguments"
with 2 'no such command' frob
ok "exit status 2: no such command"
with 2 'not the number of a peer group' groups -F "$story" x
ok "exit status 2: not a group's number"
sed 's/^mntprop 1$/mntprop 2/' "$story" >"$tmp/new"
with 2 'this mntprop knows 1' ns -F "$tmp/new"
ok "exit status 2: a newer version"
head -n 20 "$story" >"$tmp/cut"
with 2 ":21: end: missing" ns -F "$tmp/cut"
ok "exit status 2: cut off"
timeout 60 "$tool" ns -F /dev/zero >"$tmp/out" 2>"$tmp/err"
[ $? -eq 2 ] && grep -q '^mntprop: /dev/zero:1: ' "$tmp/err"
ok "exit status 2: a file without end"
"$tool" ns -F "$story" >&- 2>"$tmp/err"
[ $? -eq 2 ] && grep -q 'stdout: Bad file descriptor' "$tmp/err"
ok "exit status 2: stdout is closed"
if [ -w /dev/full ]; then
	"$tool" ns -F "$story" >/dev/full 2>"$tmp/err"
	[ $? -eq 2 ] && grep -q stdout "$tmp/err"
	ok "exit status 2: stdout is full"
else
	number=$((number + 1))
	echo "ok $number exit status 2: stdout is full # SKIP no /dev/full"
fi

run 0 save -F "$story" "$tmp/saved" && cmp "$story" "$tmp/saved"
ok "save copies what it reads"
run 0 save -F "$data/hostile.snap" - && cmp "$data/hostile.snap" "$tmp/out"
ok "save to stdout"
echo old >"$tmp/keep"
with 2 'missing' save -F "$tmp/cut" "$tmp/keep" && [ "$(cat "$tmp/keep")" = old ]
ok "save refuses what does not parse, and keeps what is there"
run 0 save -F "$story" "$tmp/keep" && cmp "$story" "$tmp/keep"
ok "save replaces a file"
ln -s keep "$tmp/link"
with 2 'not a regular file' save -F "$story" "$tmp/link" && [ -L "$tmp/link" ]
ok "save does not replace what is no file"
with 2 'No such file' save -F "$story" "$tmp/no/where"
ok "save where there is no directory"
[ -z "$(find "$tmp" -name '*.??????' -newer "$tmp/wanted")" ]
ok "save leaves no partial files"

with 2 "$tmp/none: No such file" load --file "$tmp/none"
ok "load: no such file"
with 2 "$story: not a kernel module" load --file "$story"
ok "load: not a module"
with 2 'too many arguments' unload mntprop
ok "unload takes no argument"

for command in holders 'predict umount' 'why --need shared'; do
	# shellcheck disable=SC2086
	"$tool" $command --source proc '' >"$tmp/out" 2>"$tmp/err"
	[ $? -eq 2 ] && grep -qx 'mntprop: the path is empty; give one' "$tmp/err"
	ok "$command ''"
done

for interval in 0 0.001 -1 1s '' nan 1e9; do
	with 2 'not a number of seconds from 0.01' watch --interval "$interval"
	ok "watch --interval '$interval'"
done
# It may enter no namespace, and ends as nobody reads what it says.
if unshare -U true 2>/dev/null; then
	{
		unshare -U timeout 60 "$tool" watch --source proc 2>"$tmp/err"
		echo $? >"$tmp/out"
	} | :
	[ "$(cat "$tmp/out")" -eq 0 ]
	ok "watch without privileges"
else
	number=$((number + 1))
	echo "ok $number watch without privileges # SKIP no user namespace can be made here"
fi
with 2 'starts with /' watch mnt
ok "watch: a path that is not absolute"

for command in tree ns groups why predict holders watch save load \
	unload; do
	with 0 "Usage: mntprop $command" $command --help
	ok "$command --help"
done
bad=0
for event in came went mounted unmounted moved reparented renamed remounted \
	became regrouped created freed gap; do
	with 0 " $event" watch --help || bad=1
done
[ $bad -eq 0 ]
ok "watch --help has the events"
with 0 'Usage: mntprop COMMAND' --help && with 0 'mntprop 1' --version
ok "--help and --version"
"$tool" --help | sed -n 's/^ \([a-z]*\) .*/\1/p' | sort >"$tmp/wanted"
awk '/^\.Sh/ { synopsis = $2 == "SYNOPSIS" }
     synopsis && last == ".Nm" && /^\.Cm/ { print $2 }
     { last = $0 }' "$(dirname "$0")/../../userspace/mntprop.8" | sort -u |
	diff - "$tmp/wanted" >"$tmp/err"
ok "the man page has each command in a line of its synopsis"
make -n -s -C "$(dirname "$0")/../.." uninstall release=none >"$tmp/out" 2>"$tmp/err" &&
	grep -q /sbin/mntprop "$tmp/out" && ! grep -q depmod "$tmp/out"
ok "make uninstall: no depmod where no module was installed"

echo "1..$number"
exit $failed
