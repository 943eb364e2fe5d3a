#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# mntprop graph and tree --to on saved snapshots. The argument is the tool.
# shellcheck source-path=SCRIPTDIR source=tool_lib.sh
. "$(dirname "$0")/tool_lib.sh"
here=$(dirname "$0")

# skip NAME REASON
skip() {
	number=$((number + 1))
	echo "ok $number $1 # SKIP $2"
}

# picture CHECK ARGUMENT...: an SVG of the snapshot $of, of which CHECK is true
picture() {
	check=$1
	shift
	run 0 graph -F "$of" "$@" -o "$tmp/picture.svg" &&
		"$here/graph_dom.py" "$tmp/picture.svg" "$of" "$check" 2>"$tmp/err"
}

echo "TAP version 13"

# What needs no Graphviz.
with 0 'Usage: mntprop graph [options] [PATH]' graph --help
ok "graph --help"
PATH=/nonexistent "$tool" graph -F "$story" --format dot >"$tmp/out" 2>"$tmp/err" &&
	grep -q '^digraph mntprop {$' "$tmp/out" && [ ! -s "$tmp/err" ]
ok "in Graphviz's language, without Graphviz"
cp "$tmp/out" "$tmp/wanted"
run 0 graph -F - --format dot <"$story" && cmp "$tmp/out" "$tmp/wanted"
ok "the same of the same snapshot"
PATH=/nonexistent "$tool" graph -F "$story" >"$tmp/out" 2>"$tmp/err"
[ $? = 2 ] && [ ! -s "$tmp/out" ] && [ "$(wc -l <"$tmp/err")" = 1 ] &&
	grep -q 'install graphviz' "$tmp/err"
ok "without Graphviz one line says what to install"
with 2 "picture.jpg: neither svg" graph -F "$story" -o "$tmp/picture.jpg"
ok "a name that says no format"
with 2 'gif: neither svg' graph -F "$story" --format gif
ok "a format that is none"
with 2 'no such peer group' graph -F "$story" --group 9 --format dot
ok "a group that is none"
with 2 'no such peer group' graph -F "$story" --group 50x --format dot
ok "a group that is no number"
with 2 'give --to WHO' graph -F "$story" --why /tmp --format dot
ok "--why needs --to"
with 2 'exclude each other' graph -F "$story" --why /tmp --to web \
	--predict 'mount /tmp' --format dot
ok "--why or --predict"
with 2 'a quote is not closed' graph -F "$story" --predict "bind 'x /y"
ok "--predict with an open quote"
with 2 'needs two paths' graph -F "$story" --predict "bind '/x /y'"
ok "--predict: quotes keep words together"
with 2 'not an option of predict' graph -F "$story" --predict 'umount -F x /y'
ok "--predict takes the options of an operation only"
with 1 'nothing propagates there' graph -F "$story" -N 3f1c -o "$tmp/x.dot" &&
	[ ! -e "$tmp/x.dot" ]
ok "nothing that propagates: no picture"
mkdir "$tmp/dir.dot"
with 2 'not a regular file' graph -F "$story" -o "$tmp/dir.dot"
ok "what is no file is not replaced"
(umask 077 && run 0 graph -F "$story" -o "$tmp/mode.dot") &&
	[ "$(stat -c %a "$tmp/mode.dot")" = 600 ] && cmp "$tmp/mode.dot" "$tmp/wanted"
ok "a file that only the owner can read"
head -n 20 "$story" >"$tmp/cut.snap"
with 2 'missing' graph -F "$tmp/cut.snap" -o "$tmp/mode.dot" &&
	cmp "$tmp/mode.dot" "$tmp/wanted" &&
	[ "$(find "$tmp" -name 'mode.dot*')" = "$tmp/mode.dot" ]
ok "what is there stays if there is no snapshot"

# Two namespaces beside each other.
cat >"$tmp/wanted" <<'END'
4026531841 (1 systemd), beside it 4026532203 (web 1)
TARGET                PROPAGATION LINK TO                  TO-PROPAGATION REASON
/tmp/path             shared:50   ──▶  /tmp/path           master:50
└─/tmp/path/some/path shared:51   ──▶  /tmp/path/some/path master:51
END
same tree -F "$story" --to web /tmp/path
ok "tree --to: slaves"
cat >"$tmp/wanted" <<'END'
4026531841 (1 systemd), beside it 4026532202 (9b7e55aa10de)
TARGET                PROPAGATION LINK TO                  TO-PROPAGATION REASON
/tmp/path             shared:50   ===  /tmp/path           shared:50
`-/tmp/path/some/path shared:51   ===  /tmp/path/some/path shared:51
END
same tree -F "$story" --to 9b7e /tmp/path --ascii
ok "tree --to: peers, in ASCII"
cat >"$tmp/wanted" <<'END'
4026531841 (1 systemd), beside it 4026532201 (3f1c0d9be5a7)
TARGET    PROPAGATION LINK TO        TO-PROPAGATION REASON
/tmp/path shared:50   ─╳─  /tmp/path private        that is private: nothing leaves it, nothing arrives
END
same tree -F "$story" --to 3f1c /tmp/path/x
ok "tree --to: what covers the path, and a cut"
json '[(m["id"], m["link"], m["to-id"]) for m in d["mounts"]] ==
		[(92, "master", 30)] and
	[(m["id"], m["link"], m["to-id"]) for m in d["mounts"][0]["children"]] ==
		[(95, "master", 31)]' \
	tree -F "$story" -N web --to 1 -J -o +TO-ID,ID /tmp/path
ok "tree --to: from a slave to its master"
run 0 tree -F "$story" --to 3f1c -P -o TARGET,LINK,TO &&
	grep -qxF 'TARGET="" LINK="" TO="/proc"' "$tmp/out"
ok "tree --to: what is there alone"
with 2 'leave out --all' tree -F "$story" --to web --all
ok "tree --to: of one namespace"
with 2 'the namespace itself' tree -F "$story" -N web --to 1403
ok "tree --to: and to another one"

if ! command -v dot >/dev/null; then
	skip "pictures" "dot, of the package graphviz, is not installed"
	echo "1..$number"
	exit $failed
fi

of=$story
picture 'set(mounts) == {30, 31, 52, 72, 75, 92, 95, 111, 113}'
ok "what propagates, and the copy that gets nothing"
cp "$tmp/picture.svg" "$tmp/first.svg"
run 0 graph -F "$story" && cmp "$tmp/out" "$tmp/first.svg"
ok "the same picture of the same snapshot"
picture 'sorted(names) == [["3f1c0d9be5a7", "1201 nginx, 4026532201"],
	["9b7e55aa10de", "1302 ba sh, 4026532202"], ["host", "1 systemd, 4026531841"],
	["no process", "4026532204"], ["web 1", "1403 sleep, 4026532203"]]'
ok "a heading for each namespace"
picture 'Counter(n.get("stroke") for n in nodes if n.get("fill") == "#f6f6f4") ==
	{"#bbbbbb": 5}'
ok "a frame around each namespace, for paper, too"

# What the snapshot says, read by somebody else.
picture 'set(mounts) == set(snapshot)' --all
ok "all mounts, each once"
picture 'all(("shared" in mounts[i]) == ("group" in m) and
	("slave" in mounts[i]) == ("master" in m) and
	("private" in mounts[i]) == ("group" not in m and "master" not in m) and
	all((w in mounts[i]) == (w in m.get("flags", "").split(","))
	    for w in ("unbindable", "locked")) for i, m in snapshot.items())' --all
ok "classes say the type, unbindable and locked"
picture '{i for i in mounts if "hidden" in mounts[i]} == {1, 32, 50, 70, 90}' --all
ok "hidden mounts"
picture 'all(texts["m%d" % i][-1] == "←" + snapshot[int(m["master"])]["group"]
		for i, m in snapshot.items() if "master" in m) and
	all(m["group"] in texts["m%d" % i] for i, m in snapshot.items()
		if "group" in m)' --all
ok "badges have the numbers of groups and masters"
picture 'sum("slave" in e for e in edges) ==
		sum("master" in m for m in snapshot.values()) and
	sum("peer" in e for e in edges) == sum(n * (n - 1) // 2 for n in
		Counter(m.get("group") for m in snapshot.values() if "group" in m)
		.values()) and len(edges) == 6' --all
ok "a link for each pair of peers and each slave"
grep -q '<svg' "$tmp/picture.svg" && ! grep -q 'xlink:href' "$tmp/picture.svg"
ok "no links to click on"

picture 'set(mounts) == {30, 31, 72, 75, 92, 95, 111, 113, 52}' /tmp/path
ok "a path"
picture 'set(mounts) == {31, 75, 95}' /tmp/path/some/path/x
ok "a path on a mount"
picture 'set(mounts) == {30, 31, 72, 75, 92, 95, 111, 113, 52}' -N web
ok "a namespace: all that it has to do with"
picture 'set(mounts) == {30, 31, 72, 75} and len(edges) == 2 and
	all("peer" in e for e in edges)' -N 1 --to 9b7e
ok "two namespaces"
picture 'set(mounts) == {30, 72, 92, 111, 113, 52}' --group 60
ok "a group: what gives to it, and what it gives to"
picture 'set(mounts) == {30, 31, 92, 95}' --to web /tmp/path
ok "a path and two namespaces"
picture 'set(mounts) == {30, 72, 92, 111, 113}' -N web --to 4026532204 --group 50
ok "a group and two namespaces: masters stay"
picture 'set(mounts) == {31, 75, 95}' --group 51 /tmp/path
ok "a group and a path: what is both"
with 1 'nothing propagates there' graph -F "$story" --group 60 /tmp/path
ok "a group that is not at the path"

# The model's own words.
"$tool" predict -F "$story" bind /some/path /tmp/path/x >"$tmp/predict"
verdict=$(head -n 1 "$tmp/predict")
picture "title == 'bind /some/path /tmp/path/x: $verdict' and
	len(new) == $(grep -c '^appears [0-9]' "$tmp/predict") and
	all('hidden' not in n for n in new)" \
	--predict 'bind /some/path /tmp/path/x'
ok "predict: the verdict, and a box for each that appears"
picture 'sum("cut" in e for e in edges) == 1 and
	{i for i in mounts if "broken" in mounts[i]} == {52} and
	texts["m52"][-2:] == ["✕ is private:", "nothing leaves it, nothing arrives"] and
	sum("carries" in e for e in edges) == 4 and words.count("✕") == 3' \
	--predict 'bind /some/path /tmp/path/x'
ok "predict: a cut, and what carries"
picture '{i for i in mounts if "goes" in mounts[i]} == {31, 75, 95} and not new' \
	--predict 'umount -l /tmp/path/some/path'
ok "predict: what goes"
picture 'title.endswith("changes 2 mounts in 1 of 5 namespaces") and not new and
	[any("ro,nosuid,relatime" in t for t in texts[i]) for i in ("m30", "m31")] == [True, True]' \
	--predict 'setattr -R ro,nosuid /tmp/path'
ok "predict: what gets other options"
picture 'len(new) == 5 and title.startswith("bind")' \
	--predict "bind '/some/path'  \"/tmp/p\"ath/\\x"
ok "predict: words as a shell has them"
picture 'title.startswith("umount /tmp/path: fails: EBUSY") and not new' \
	--predict 'umount /tmp/path'
ok "predict: what fails"
picture 'set(mounts) == {24, 31, 75, 95} and title.count("fails: EINVAL")' \
	--predict 'move /tmp/path/some/path /run'
ok "predict: what fails, with the source of it"
of=$tmp/covered.snap
sed 's/mounts=28/mounts=29/; /^ns nr=3/s/=5 found=5/=6 found=6/
	/^mount id=93/{h; s/id=93 unique=4294967093/id=96/; s/parent=91/parent=92/
		s/mountpoint=[^ ]* [^ ]*/mountpoint=\/x mp_dentry=59bccafea12875a0/; p; x}' "$story" >"$of"
picture 'sum("hidden" in n for n in new) == 1 and len(new) == 5 and
	sum("carries" in e for e in edges) == 3 and
	["will be hidden beneath /tmp/path/x"] ==
		[t for i in texts for t in texts[i] if "hidden" in t]' \
	--predict 'bind /some/path /tmp/path/x'
ok "predict: what arrives beneath another"
picture '[n for n in new if "hidden" in n] and title.startswith("YES, but hidden") and
	[e & {"carries", "hides"} for e in edges] == [{"hides"}]' --why /tmp/path/x --to web
ok "why: what arrives hidden"
of=$story
picture 'len(new) == 2 and sum("cut" in e for e in edges) == 0 and
	sum("carries" in e for e in edges) == 1' --why /tmp/path/x --to web
ok "why: it appears"
"$tool" why -F "$story" /tmp/path/x --to 3f1c >"$tmp/why"
picture "title == '$(head -n 1 "$tmp/why")' and
	len(new) == 1 and sum('cut' in e for e in edges) == 1" \
	--why /tmp/path/x --to 3f1c
ok "why: it does not, in the words of why"
picture 'texts["m91"][-1] == "✕ shows another filesystem" and
	sum("cut" in e for e in edges) == 1' --why /run/x --to web
ok "why: a cut where nothing shows the filesystem"

picture 'texts["m92"][-1] == "✕ gets it at another path"' \
	--why /tmp/path/x --to web:/other
ok "why: a cut where it comes to another path"

# What is the same is drawn once.
of=$tmp/containers.snap
"$here/graph_scene.py" containers 999 >"$of"
picture 'len(names) == 4 and len(mounts) == 4 and groups == {50: ["group 50", "334 peers"]}
	and Counter(n[-1] for n in names) == {"+332 the same": 3,
	"1 systemd, 4026531841": 1}'
ok "a thousand namespaces: what is the same"
picture 'Counter(frozenset(e - {"edge", "peers50"}) for e in edges) ==
	{frozenset({"peer"}): 2, frozenset({"slave"}): 1}'
ok "a thousand namespaces: links"
picture 'sum((1 + sum(int(t.split("+")[1].split()[0]) for t in texts["m%d" % i]
		if "the same" in t)) * (333 if snapshot[i]["ns"] != "0" else 1)
	for i in mounts) == len(snapshot)' --all
ok "a thousand namespaces: all that is not drawn is counted"
picture 'len(new) == 3 and sum("cut" in e for e in edges) == 1 and
	"appears in 667 of 1000" in title' --predict 'bind /some/path /tmp/path/x'
ok "a thousand namespaces: predict"
run 0 graph -F "$of" --format dot --predict 'bind /some/path /tmp/path/x' &&
	grep -q '<B>+N</B></TD><TD COLSPAN="13"' "$tmp/out"
ok "a thousand namespaces: long words widen no column of the legend"

of=$tmp/services.snap
"$here/graph_scene.py" services 60 >"$of"
picture 'sorted(n[-1] for n in names)[:1] == ["+59 the same"] and
	len(names) == 2 and sum("slave" in e for e in edges) ==
	sum(snapshot[i]["ns"] == "0" for i in mounts) and
	sum("shared" in mounts[i] and "slave" in mounts[i] for i in mounts) ==
	len(mounts) // 2'
ok "services: slaves that are shared"
grep -q '>7…<' "$tmp/picture.svg" && ! grep -q '>7…<' "$tmp/first.svg"
ok "services: a number that stands for several is in the legend"
run 0 graph -F "$of" --format dot && grep -q 'mount shared slave' "$tmp/out" &&
	! grep 'mount shared slave' "$tmp/out" | grep -q 'COLOR="#767676" BGCOLOR="white"'
ok "services: a slave whose own group has no links has the colour of its master's"
picture 'Counter(n[-1] for n in names if "same" in n[-1]) ==
	{"+39 the same": 1, "+19 the same": 1}' --all
ok "services: what some have more"

"$here/graph_scene.py" stack 8000 >"$tmp/stack.snap"
timeout 60 "$tool" graph -F "$tmp/stack.snap" --all --format dot >"$tmp/out" 2>"$tmp/err" &&
	grep -q '8001 mounts in 1 of 1' "$tmp/out"
ok "a stack of mounts: not a round for each"

# Where nothing is the same there is an end of it.
of=$tmp/unlike.snap
"$here/graph_scene.py" unlike 40 >"$of"
"$tool" graph -F "$of" -N 1030 -o "$tmp/picture.svg" 2>"$tmp/err" &&
	left=$(sed -n 's/.*unlike: \([0-9]*\) namespaces are not drawn; .*/\1/p' "$tmp/err") &&
	[ "$(wc -l <"$tmp/err")" = 1 ] &&
	"$here/graph_dom.py" "$tmp/picture.svg" "$of" "len(mounts) <= 250 and
		len(names) + ${left:-0} == 41 and {n[0] for n in names} >=
		{'host', '1030 nginx'} and '; $left more namespaces are not drawn' in title" \
		2>>"$tmp/err"
ok "too many that are unlike: some are left out, and it is said"
with 0 'in 3 of 41 mount namespaces' graph -F "$of" -N 1020 --to 1030
ok "too many that are unlike: not if two are named"

# One link is not like the others: it is not drawn as if it were.
sed 's/^\(mount .* ns=7 .*mountpoint=\/boot .* master=\)[0-9]*/\19/' "$tmp/services.snap" >"$tmp/odd.snap"
of=$tmp/odd.snap
picture 'len(names) == 3'
ok "services: one that has another master"

# Names are text, whatever is in them.
of=$tmp/hostile.snap
cat >"$of" <<'END'
mntprop 1
system release=6.1.0 mono=1 wall=2
capture hold=1 retries=0 namespaces=2 mounts=9 complete=yes
ns nr=0 inum=4026531841 user_ns=4026531837 anon=0 root=1 nr_mounts=5 found=5 event=1 tasks=1 pid=1 comm=<b>&amp;"\134N
ns nr=1 inum=4026532300 user_ns=4026531837 anon=0 root=10 nr_mounts=4 found=4 event=1 tasks=1 pid=7 comm=</text><script>
mount id=1 ns=0 parent=1 mountpoint=/ mp_dentry=0000000000000001 root=/ root_dentry=0000000000000002 dev=0:1 type=tmpfs
mount id=2 ns=0 parent=1 mountpoint=/<script>alert(1)</script> mp_dentry=0000000000000003 root=/ root_dentry=0000000000000004 dev=0:2 type=tmpfs source="]]><!-- flags=shared group=7 peer=12
mount id=3 ns=0 parent=1 mountpoint=/\134N\134G\134l&#60;b&lt; mp_dentry=0000000000000005 root=/ root_dentry=0000000000000006 dev=0:3 type=tmpfs flags=shared group=8 peer=13
mount id=4 ns=0 parent=1 mountpoint=/"x='>\012y\011z mp_dentry=0000000000000007 root=/ root_dentry=0000000000000008 dev=0:4 type=tmpfs flags=shared group=9 peer=14
mount id=5 ns=0 parent=1 mountpoint=/u mp_dentry=0000000000000009 root=/ root_dentry=000000000000000a dev=0:5 type=tmpfs
mount id=10 ns=1 parent=10 mountpoint=/ mp_dentry=000000000000000b root=/ root_dentry=000000000000000c dev=0:10 type=tmpfs
mount id=12 ns=1 parent=10 mountpoint=/<TABLE><TR><TD> mp_dentry=000000000000000d root=/ root_dentry=0000000000000004 dev=0:2 type=tmpfs flags=shared group=7 peer=2
mount id=13 ns=1 parent=10 mountpoint=/%s%n\134\134\134"></g><img/onerror=x> mp_dentry=000000000000000e root=/ root_dentry=0000000000000006 dev=0:3 type=tmpfs flags=shared group=8 peer=3
mount id=14 ns=1 parent=10 mountpoint=/NOT-UTF8-END mp_dentry=000000000000000f root=/ root_dentry=0000000000000008 dev=0:4 type=tmpfs flags=shared group=9 peer=4
end namespaces=2 mounts=9
END
nonsense=$(printf '\377\357\277\277\355\240\200\302\205')
sed -i "s/NOT-UTF8/$nonsense/" "$of"
cat >"$tmp/check" <<'END'
tags <= {"svg", "g", "title", "text", "polygon", "polyline", "path", "ellipse"}
and len(mounts) == 9
and texts["m2"][1] == "/<script>alert(1)</script>"
and texts["m3"][1] == "/\\N\\G\\l&#60;b&lt;"
and texts["m4"][1] == "/\"x='>\\x0ay\\x09z"
and texts["m12"][1] == "/<TABLE><TR><TD>"
and texts["m13"][1] == "/%s%n\\\\\\\"></g><img/onerror=x>"
and texts["m14"][1] == "/\\xff\ufffd\\xed\\xa0\\x80\\xc2\\x85-END"
and ["1 <b>&amp;\"\\N, 4026531841"] == [n[1] for n in names if n[0] == "host"]
and ["7 </text><script>"] == [n[0] for n in names if n[0] != "host"]
END
picture "$(cat "$tmp/check")" --all
ok "hostile names are text"
of=$data/unattached.snap
picture 'set(mounts) == set(snapshot) and sum("peer" in e for e in edges) == 1 and
	all(snapshot[int(i[1:])]["state"] == next(w for w in t if "/" in w).split()[1]
	    for i, t in texts.items() if "state" in snapshot[int(i[1:])])' --all
ok "mounts in no namespace, and why"
of=$data/hostile.snap
picture 'set(mounts) == {3, 11} and sum("peer" in e for e in edges) == 1'
ok "hostile names of another snapshot"
of=$tmp/long.snap
long=$(printf '%0300d' 0 | tr 0 d)
sed "s|mountpoint=/tmp/path |mountpoint=/$long/end |" "$story" >"$of"
picture 'any("…" in t and t.endswith("/end") and len(t) == 42 for i in texts
	for t in texts[i]) and "d" * 300 in open(sys.argv[1]).read()'
ok "a long path is shortened, and whole in the title"

run 0 graph -F "$story" -o "$tmp/picture.png" &&
	[ "$(head -c 4 "$tmp/picture.png" | tail -c 3)" = PNG ]
ok "PNG"

picture 'max(map(len, title.split())) < 300 and "x" * 9 in title and
	float(re.search("width=.([0-9]+)pt", open(sys.argv[1]).read())[1]) < 1500' \
	--predict "bind /some/path /tmp/path/$(printf '%0900d' 0 | tr 0 x)"
ok "a long title is cut into lines"

of=$tmp/hostile.snap
run 0 graph -F "$of" --all -o "$tmp/page.html" &&
	! grep -i -E -q '<script|(src|href)=|url\(|@import' "$tmp/page.html"
ok "a page that needs nothing else"
if ! command -v chromium >/dev/null; then
	skip "the page in a browser" "chromium is not installed"
else
	browse() {
		chromium --headless --no-sandbox --disable-gpu \
			--user-data-dir="$tmp/chromium" --dump-dom "file://$1" \
			2>"$tmp/err" >"$tmp/dom.html"
	}
	sed '1s/.*/tags >= {"svg", "table"} and not tags \& {"script", "img", "b"}/' \
		"$tmp/check" >"$tmp/check_page"
	browse "$tmp/page.html" && "$here/graph_dom.py" "$tmp/dom.html" "$of" \
		"$(cat "$tmp/check_page")" 2>"$tmp/err"
	ok "hostile names in a browser"
	of=$story
	run 0 graph -F "$of" --predict 'bind /some/path /tmp/path/x' \
		-o "$tmp/page.html" && browse "$tmp/page.html" &&
		"$here/graph_dom.py" "$tmp/dom.html" "$of" "title.endswith('$verdict') and
			len(new) == 5 and len(names) == 5 and
			Counter(frozenset(e & {'peer', 'slave', 'cut', 'cut-off'})
				for e in edges) == {frozenset({'peer'}): 1,
				frozenset({'slave'}): 3, frozenset({'cut'}): 1,
				frozenset({'cut-off'}): 1}" \
			2>"$tmp/err"
	ok "a prediction in a browser"
fi

echo "1..$number"
exit $failed
