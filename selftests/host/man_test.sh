#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The man pages: well-formed, and true of the tool and of the format.  The argument
# is the tool.
# shellcheck source-path=SCRIPTDIR source=tool_lib.sh
. "$(dirname "$0")/tool_lib.sh"
here=$(dirname "$0")
pages=$here/../../userspace

# skip NAME REASON
skip() {
	number=$((number + 1))
	echo "ok $number $1 # SKIP $2"
}

# says_nothing COMMAND...
says_nothing() {
	"$@" >"$tmp/out" 2>"$tmp/err" && [ ! -s "$tmp/err" ]
}

echo "TAP version 13"

for page in mntprop.5 mntprop.8; do
	if command -v mandoc >/dev/null; then
		# what it refers to may not be installed here
		mandoc -T lint "$pages/$page" 2>/dev/null |
			grep -v 'STYLE: referenced manual not found' >"$tmp/out"
		[ ! -s "$tmp/out" ]
		ok "$page: mandoc -T lint"
		mandoc -T utf8 -O width=78 "$pages/$page" | python3 -c '
import re, sys
for line in sys.stdin:
	line = re.sub(".\b", "", line.rstrip())
	if len(line) > 78:
		print(line)' >"$tmp/out" 2>"$tmp/err"
		[ ! -s "$tmp/out" ] && [ ! -s "$tmp/err" ]
		ok "$page: no line is cut at 78 columns"
	else
		skip "$page: mandoc -T lint" "no mandoc"
		skip "$page: no line is cut at 78 columns" "no mandoc"
	fi
	if command -v man >/dev/null && man --version >/dev/null 2>&1; then
		says_nothing man --warnings -E UTF-8 -l -Tutf8 -Z "$pages/$page" &&
			[ -s "$tmp/out" ]
		ok "$page: man --warnings"
	else
		skip "$page: man --warnings" "no man-db"
	fi
done

"$here/man_facts.py" "$here/../../debugfs/ABI" "$here/../../debugfs/format.h" \
	"$pages/mntprop.5" >"$tmp/out" 2>"$tmp/err"
ok "mntprop.5: records and fields as in the ABI and the header"
sed 's/^\.It Cm peer_back$/.It Cm peer_bakc/; s/^optional: the lowest/the lowest/' \
	"$pages/mntprop.5" >"$tmp/wrong"
"$here/man_facts.py" "$here/../../debugfs/ABI" "$here/../../debugfs/format.h" \
	"$tmp/wrong" >"$tmp/out" 2>"$tmp/err"
[ $? -eq 1 ] && grep -q '^mount peer_back' "$tmp/out" && grep -q '^ns pid' "$tmp/out"
ok "which finds what is wrong"

# Names are those of the module.
sed -n '/^static void stats_show/,/^}/s/.*"\([a-z_]*\) %.*/\1/p' \
	"$here/../../debugfs/about.c" | sort >"$tmp/wanted"
sed -n '/^\.It Pa stats/,/^\.El/s/^\.Li //p' "$pages/mntprop.5" | sed 's/ ,$//; s/ , /\n/g' |
	sort | diff - "$tmp/wanted" >"$tmp/err" && [ -s "$tmp/wanted" ]
ok "mntprop.5: the names in stats"
sed -n 's/^	\.name = "\([a-z]*\)",$/\1/p' "$here"/../../debugfs/*.c | sort >"$tmp/wanted"
sed -n 's|^\.It Pa /sys/kernel/debug/mntprop/||p' "$pages/mntprop.5" | sort -u >"$tmp/out"
[ -s "$tmp/wanted" ] && diff "$tmp/out" "$tmp/wanted" >"$tmp/err"
ok "mntprop.5: the files that the module has"

sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/s/^\.Dl . mntprop \([a-z]*\).*/\1/p' \
	"$pages/mntprop.8" | sort -u >"$tmp/out"
"$tool" --completion | sed -n 's/^command //p' | sort |
	diff "$tmp/out" - >"$tmp/err"
ok "mntprop.8: an example of each command"
: >"$tmp/err"
"$tool" --completion | sed -n 's/^command //p' >"$tmp/commands"
while read -r command; do
	"$tool" "$command" --completion | awk '$1 == "option" && $2 ~ /^--/ { print $2 }'
done <"$tmp/commands" | sort -u >"$tmp/wanted"
sed -n '/^\.Sh OPTIONS/,/^\.Sh PATHS/s/^\.It .*Fl -\([a-z-]*\).*/--\1/p' \
	"$pages/mntprop.8" | sort -u | diff - "$tmp/wanted" >"$tmp/err"
ok "mntprop.8: the options of all commands"
while read -r command; do
	for kind in column column-to; do
		"$tool" "$command" --completion | sed -n "s/^$kind //p" | sort >"$tmp/wanted"
		[ -s "$tmp/wanted" ] || continue
		title="Columns of $command"
		[ $kind = column ] || title="$title --to"
		awk -v title=".Ss $title" '/^\.S[sh]/ { on = $0 == title } on && /^\.It/' \
			"$pages/mntprop.8" | sed 's/^\.It //; s/ , /\n/g' | sort |
			diff - "$tmp/wanted" >"$tmp/err"
		ok "mntprop.8: $title"
	done
done <"$tmp/commands"
grep -o '{ "[a-z]*", "\\033\[[0-9;]*m" }\|{ "private", "" }' "$pages/colors.c" |
	sed 's/{ "\([a-z]*\)".*/\1/' | sort >"$tmp/wanted"
sed -n '/^\.Sh COLOURS/,/^\.Sh COMPLETION/s/^\.It Li //p' "$pages/mntprop.8" |
	sed 's/ , /\n/g' | sort | diff - "$tmp/wanted" >"$tmp/err"
ok "mntprop.8: the names of the colours"

echo "1..$number"
exit $failed
