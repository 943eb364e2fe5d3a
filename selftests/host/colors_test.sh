#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What is coloured, when, and as terminal-colors.d(5) says. The argument is the tool.
# shellcheck source-path=SCRIPTDIR source=tool_lib.sh
. "$(dirname "$0")/tool_lib.sh"
on_pty=$(dirname "$tool")/on_pty
escape=$(printf '\033')

export TERM=xterm XDG_CONFIG_HOME="$tmp/config" HOME="$tmp/home"
mkdir -p "$HOME"
own=$XDG_CONFIG_HOME/terminal-colors.d

# skip NAME REASON
skip() {
	number=$((number + 1))
	echo "ok $number $1 # SKIP $2"
}

# on_pty STATUS STREAMS ARGUMENT...: what a terminal gets is in $tmp/out
on_pty() {
	wanted=$1 streams=$2
	shift 2
	"$on_pty" "$streams" "$tool" "$@" >"$tmp/out" 2>"$tmp/err"
	[ $? -eq "$wanted" ]
}

# has SEQUENCE TEXT: TEXT is in that colour, and nothing else after it
has() {
	grep -qF -e "${escape}[$1m$2${escape}[0m" "$tmp/out"
}

coloured() {
	grep -q "$escape" "$tmp/out"
}

plain() {
	[ -s "$tmp/out" ] && ! coloured
}

# files NAME...: the only ones in the user's folder
files() {
	rm -rf "$own"
	mkdir -p "$own"
	for name in "$@"; do
		: >"$own/$name"
	done
}

# scheme LINE: of shared mounts the colour, from what a scheme says
scheme() {
	files
	printf '%s\n' "$1" >"$own/mntprop.scheme"
	on_pty 0 1 tree -F "$story"
}

echo "TAP version 13"

# On a terminal, with nothing said.
on_pty 0 1 tree -F "$story" && has 36 'shared:1   ' &&
	grep -q "^$escape\[2m/ .*hidden by / (21)$escape\[0m$" "$tmp/out"
ok "tree: what propagates, and what is hidden"
run 0 tree -F "$story" && plain
ok "none in a pipe"
NO_COLOR=1 on_pty 0 1 tree -F "$story" && plain
ok "none with NO_COLOR"
NO_COLOR='' on_pty 0 1 tree -F "$story" && coloured
ok "an empty NO_COLOR says nothing"
TERM=dumb on_pty 0 1 tree -F "$story" && plain
ok "none on a terminal that is dumb"
env -u TERM "$on_pty" 1 "$tool" tree -F "$story" >"$tmp/out" && plain
ok "none on one that nobody named"
on_pty 0 1 tree -F "$story" --color=never && plain
ok "--color=never"
on_pty 0 1 tree -F "$story" --color=auto && coloured
ok "--color=auto"
NO_COLOR=1 run 0 tree -F "$story" --color=always && coloured
ok "--color=always, in a pipe and with NO_COLOR"
NO_COLOR=1 run 0 tree -F "$story" --color && coloured
ok "--color is --color=always"
with 2 '--color=blue: neither auto, always nor never' tree -F "$story" --color=blue
ok "a --color that is none"

# What is for programs has none.
for format in -J -P -r; do
	for color in auto always; do
		on_pty 0 1 tree -F "$story" $format --color=$color && plain
		ok "tree $format --color=$color"
	done
done
on_pty 0 1 check -F "$story" --tap --color=always && plain
ok "check --tap --color=always"
on_pty 0 1 diff -J --color=always "$story" "$story" && plain
ok "diff -J --color=always"

# It says nothing that the text does not, and takes no place.
printf '%s\n' \
	"tree -F $story" \
	"tree -F $story --all" \
	"tree -F $data/unattached.snap --all" \
	"tree -F $story --to 3f1c /tmp/path" \
	"ns -F $story" \
	"groups -F $story" \
	"predict -F $story umount /tmp/path" \
	"predict -F $story mount /tmp/path" \
	"why -F $story /tmp/path --to 3f1c" \
	"why -F $story /tmp/path --need shared -o ANSWER,NS" \
	"check -F $data/hostile.snap" \
	"check -F $data/hostile.snap -o INVARIANT,MOUNTS" \
	"diff $story $data/unattached.snap" \
	"diff --unified $story $data/unattached.snap" \
	"holders -F $story /tmp/path" >"$tmp/commands"
while read -r line; do
	# shellcheck disable=SC2086 # words
	"$tool" $line --color=never >"$tmp/plain" 2>/dev/null
	# shellcheck disable=SC2086
	"$tool" $line --color=always >"$tmp/out" 2>/dev/null
	coloured && sed "s/$escape\[[0-9;]*m//g" "$tmp/out" |
		diff - "$tmp/plain" >"$tmp/err"
	ok "the same text, and more than text: ${line%% -F*}, ${line##*/}"
done <"$tmp/commands"

# What each of them says.
on_pty 0 1 why -F "$story" /tmp/path --to web && has '1;32' YES
ok "why: YES"
on_pty 1 1 why -F "$story" /tmp/path --to 3f1c && has '1;31' NO
ok "why: NO"
on_pty 1 1 why -F "$story" / --need private && has '1;31' NO
ok "why --need"
on_pty 0 1 predict -F "$story" mount /tmp/path && has 32 appears
ok "predict: appears"
on_pty 1 1 predict -F "$story" umount /tmp/path && has '1;31' fails
ok "predict: fails"
on_pty 0 1 tree -F "$story" --to 3f1c /tmp/path/x && has 31 '─╳─ '
ok "tree --to: the cut"
on_pty 1 1 check -F "$data/hostile.snap" && grep -q "^$escape\[31m[a-z-]*$escape\[0m: " "$tmp/out"
ok "check: what is violated"
on_pty 1 1 diff "$story" "$data/unattached.snap" && has 32 'added  ' && has 31 removed
ok "diff: added and removed"
on_pty 1 1 diff --unified "$story" "$data/unattached.snap" &&
	grep -q "^$escape\[31m-mount .*$escape\[0m$" "$tmp/out" &&
	grep -q "^$escape\[32m+mount .*$escape\[0m$" "$tmp/out" &&
	grep -q "^$escape\[36m@@ .* @@$escape\[0m$" "$tmp/out"
ok "diff --unified: minus, plus and where"
on_pty 0 1 groups -F "$story" && grep -q "^$escape\[1mshared:1 " "$tmp/out"
ok "groups: a group"

# Errors have a terminal of their own.
on_pty 2 2 tree -F "$tmp/none" && has 31 'mntprop:'
ok "an error"
on_pty 2 2 none && has 31 'mntprop:'
ok "an error before there are options"
on_pty 1 2 groups -F "$story" 9 && has 33 'mntprop:'
ok "a warning"
on_pty 2 1 tree -F "$tmp/none" --color=always && ! grep -q "$escape" "$tmp/err"
ok "errors that go elsewhere have none, also with always"
NO_COLOR=1 on_pty 2 2 none && plain
ok "nor with NO_COLOR"

# Files. Each pair: which of them is there, and what comes of it.
while read -r verdict names; do
	# shellcheck disable=SC2086 # a list
	files $names
	on_pty 0 1 tree -F "$story" && "$verdict"
	ok "$verdict with ${names:-an empty folder}"
done <<'END'
coloured
plain disable
plain mntprop.disable
plain @xterm.disable
plain mntprop@xterm.disable
coloured @vt100.disable
coloured mntprop@vt100.disable
coloured findmnt.disable
coloured mntprop2.disable
coloured mntprop.disabled
coloured mntprop.disable.bak
coloured .disable
coloured disable mntprop.enable
coloured disable enable
coloured mntprop.disable mntprop.enable
coloured disable @xterm.enable
plain mntprop.disable enable
plain mntprop.disable @xterm.enable
plain mntprop@xterm.disable mntprop.enable
plain disable findmnt.enable
END
files mntprop.disable
run 0 tree -F "$story" --color=always && coloured
ok "--color=always whatever the files say"
files mntprop.enable
NO_COLOR=1 on_pty 0 1 tree -F "$story" && plain
ok "NO_COLOR whatever the files say"
files mntprop.enable
run 0 tree -F "$story" && plain
ok "mntprop.enable makes no terminal of a pipe"
files mntprop.disable
on_pty 2 2 none && plain
ok "mntprop.disable goes for errors, too"

while IFS='|' read -r sequence line; do
	scheme "$line" && has "$sequence" 'shared:1   '
	# echo would have escapes of its own
	ok "a scheme that says '$(printf '%s' "$line" | tr '\134' /)'"
done <<'END'
34|shared blue
1;31|shared lightred
37;41|shared 37;41
4|	shared	4
34|   shared blue and more
35|shared \e[35m
36|# shared blue
36|#shared blue
36|shared
36|shared nosuchcolour
36|shared \n\n
36|shared 12345678901234567890123456789012345678901234567890123456789012345678
36|sharedd blue
36|slave blue
36|
END
files
printf 'shared blue\nshared red' >"$own/mntprop.scheme"
on_pty 0 1 tree -F "$story" && has 31 'shared:1   '
ok "of two lines the last counts, also without a newline"
files
printf '%s\n' 'shared \e[38;5;208m' >"$own/mntprop.scheme"
on_pty 0 1 tree -F "$story" && has '38;5;208' 'shared:1   '
ok "a sequence by escapes"
files
printf 'error 1;4\nyes blue\nhidden reverse\nadded 44\n' >"$own/mntprop.scheme"
on_pty 2 2 none && has '1;4' 'mntprop:' &&
	on_pty 0 1 why -F "$story" /tmp/path --to web && has 34 YES &&
	on_pty 0 1 tree -F "$story" && grep -q "^$escape\[7m/ " "$tmp/out" &&
	on_pty 0 1 predict -F "$story" mount /tmp/path && has 44 appears
ok "others of its names"
files
echo 'shared blue' >"$own/scheme"
echo 'shared red' >"$own/@xterm.scheme"
on_pty 0 1 tree -F "$story" && has 31 'shared:1   '
ok "a terminal's scheme comes before that of all"
echo 'shared green' >"$own/mntprop.scheme"
on_pty 0 1 tree -F "$story" && has 32 'shared:1   '
ok "the tool's before that"
echo 'shared brown' >"$own/mntprop@xterm.scheme"
on_pty 0 1 tree -F "$story" && has 33 'shared:1   '
ok "and before all that of the tool on this terminal"
files
mkdir "$own/mntprop.scheme"
on_pty 0 1 tree -F "$story" && has 36 'shared:1   '
ok "a scheme that cannot be read"
files
head -c 5000 /dev/urandom >"$own/mntprop.scheme"
on_pty 0 1 tree -F "$story" && has 36 'shared:1   '
ok "a scheme of rubbish"
files
echo 'shared blue' >"$own/mntprop.scheme"
NO_COLOR=1 run 0 tree -F "$story" --color=always && has 34 'shared:1   '
ok "a scheme counts with --color=always"

# Where the folders are.
mkdir -p "$HOME/.config/terminal-colors.d"
: >"$HOME/.config/terminal-colors.d/mntprop.disable"
files
on_pty 0 1 tree -F "$story" && coloured
ok "the folder that XDG_CONFIG_HOME names"
XDG_CONFIG_HOME='' on_pty 0 1 tree -F "$story" && plain
ok "without it that of the home directory"
rm -rf "$own"
if unshare -rm true 2>/dev/null; then
	# /etc of its own: its files are the machine's.
	mkdir -p "$tmp/etc/terminal-colors.d"
	: >"$tmp/etc/terminal-colors.d/mntprop.disable"
	: >"$tmp/etc/terminal-colors.d/@xterm.enable"
	cat >"$tmp/in_etc" <<-END
		#!/bin/sh
		mount --bind "$tmp/etc" /etc && exec "$on_pty" 1 "$tool" tree -F "$story"
	END
	chmod +x "$tmp/in_etc"
	unshare -rm "$tmp/in_etc" >"$tmp/out" 2>"$tmp/err" && plain
	ok "the machine's folder"
	files
	unshare -rm "$tmp/in_etc" >"$tmp/out" 2>"$tmp/err" && coloured
	ok "the user's own replaces it"
else
	skip "the machine's folder" "no mount namespace can be made here"
	skip "the user's own replaces it" "no mount namespace can be made here"
fi

# Names from elsewhere bring no colours along.
on_pty 0 1 tree -F "$data/hostile.snap" --all --color=never && plain
ok "no escapes of a snapshot's"

echo "1..$number"
exit $failed
