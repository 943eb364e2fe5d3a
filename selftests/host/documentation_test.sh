#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What Documentation/ tells to type is there: targets of make, tests, variables.
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
page=$top/Documentation/testing-a-vfs-patch.md
# What make in the make that runs this has to say is not for these.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
# shellcheck source-path=SCRIPTDIR source=tap_lib.sh
. "$(dirname "$0")/tap_lib.sh"

echo "TAP version 13"

# words REGEX: of this kind in the lines of the page that are commands
words() {
	grep -E '^    ' "$page" | grep -oE "$1" | sort -u
}

make -s -C "$top" help >"$tmp/help"
grep -q 'Documentation/testing-a-vfs-patch.md' "$tmp/help" &&
	grep -q 'Documentation/testing-a-vfs-patch.md' "$top/README.md"
ok "make help and README.md name the page"

# What follows make, but for options and variables.
grep -E "^    " "$page" | grep -oE "make( [^;|&]*)?" | grep mntprop |
	tr ' ' '\n' | grep -E '^[a-z][a-z-]+$' | grep -vx make | sort -u >"$tmp/out"
while read -r target; do
	grep -qE "^make $target( |$)" "$tmp/help" || echo "$target" >>"$tmp/err"
done <"$tmp/out"
[ -s "$tmp/out" ] && [ ! -e "$tmp/err" ]
ok "the page's targets are in make help"

for test in $(words '[a-z_]+_test'); do
	[ -e "$here/../$test.c" ] || echo "$test" >>"$tmp/err"
done
for variable in $(words 'MNTPROP_[A-Z_]+'); do
	grep -rq "$variable" "$here/../vm" "$here"/../*.c || echo "$variable" >>"$tmp/err"
done
words '[a-z_]+_test|MNTPROP_[A-Z_]+' >"$tmp/out"
[ -s "$tmp/out" ] && [ ! -e "$tmp/err" ]
ok "so are its tests and variables in the tree"

plan
