#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What Documentation/ tells to type is there: targets of make, tests, variables.
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
page=$top/Documentation/testing-a-vfs-patch.md
# What make in the make that runs this has to say is not for these.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
number=0
failed=0

# result NAME: of the command before it
result() {
	status=$?
	number=$((number + 1))
	if [ $status -eq 0 ]; then
		echo "ok $number $1"
	else
		failed=1
		cat "$tmp/out" "$tmp/unknown" 2>/dev/null | head -n 30 | sed 's/^/# /'
		echo "not ok $number $1"
	fi
}

echo "TAP version 13"

# words REGEX: of this kind in the lines of the page that are commands
words() {
	grep -E '^    ' "$page" | grep -oE "$1" | sort -u
}

make -s -C "$top" help >"$tmp/help"
grep -q 'Documentation/testing-a-vfs-patch.md' "$tmp/help" &&
	grep -q 'Documentation/testing-a-vfs-patch.md' "$top/README.md"
result "make help and README.md name the page"

# What follows make, but for options and variables.
grep -E "^    " "$page" | grep -oE "make( [^;|&]*)?" | grep mntprop |
	tr ' ' '\n' | grep -E '^[a-z][a-z-]+$' | grep -vx make | sort -u >"$tmp/out"
while read -r target; do
	grep -qE "^make $target( |$)" "$tmp/help" || echo "$target" >>"$tmp/unknown"
done <"$tmp/out"
[ -s "$tmp/out" ] && [ ! -e "$tmp/unknown" ]
result "the page's targets are in make help"

for test in $(words '[a-z_]+_test'); do
	[ -e "$here/../$test.c" ] || echo "$test" >>"$tmp/unknown"
done
for variable in $(words 'MNTPROP_[A-Z_]+'); do
	grep -rq "$variable" "$here/../vm" "$here"/../*.c || echo "$variable" >>"$tmp/unknown"
done
words '[a-z_]+_test|MNTPROP_[A-Z_]+' >"$tmp/out"
[ -s "$tmp/out" ] && [ ! -e "$tmp/unknown" ]
result "so are its tests and variables in the tree"

echo "1..$number"
exit $failed
