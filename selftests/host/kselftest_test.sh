#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The kernel's own runner on these tests.  The argument is a kernel's tree, of
# which tools/testing/selftests and scripts are enough.  No test gets further than
# to say that there is no module for it.

source=$1
tests=$(realpath "$(dirname "$0")/..")
# What make in the make that runs this has to say is not for these.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES MNTPROP_KO KDIR OUTPUT BUILD

skip_all() {
	echo "TAP version 13"
	echo "1..0 # SKIP $1"
	exit 0
}

[ -e "$source/tools/testing/selftests/Makefile" ] ||
	skip_all "no kernel tree with lib.mk"
command -v rsync >/dev/null || skip_all "no rsync, which lib.mk installs with"

# shellcheck source-path=SCRIPTDIR source=tap_lib.sh
. "$(dirname "$0")/tap_lib.sh"

# tree NAME: one to put these tests into, in $kernel
tree() {
	kernel=$tmp/$1
	mkdir -p "$kernel/tools/testing"
	cp -rL "$source/scripts" "$kernel/"
	cp -rL "$source/tools/testing/selftests" "$kernel/tools/testing/"
	selftests=$kernel/tools/testing/selftests
	rm -rf "$selftests/mntprop"
}

# One of the tests: each of the others is built in the same way.
build() {
	make -C "$selftests" TARGETS=mntprop tests=access_test KDIR= \
		CFLAGS=-O0 FORCE_TARGETS=1 "$@" >"$tmp/out" 2>&1
}

# names FILE: of the tests, as they stand in a list of the runner
names() {
	sed 's/^mntprop://' "$1" | sort | diff - "$tmp/names" >"$tmp/out"
}

echo "TAP version 13"
(cd "$tests" && printf '%s\n' *_test.c | sed 's/\.c$//' | sort) >"$tmp/names"

tree linked
ln -s "$tests" "$selftests/mntprop"
build O="$tmp/objects" install
ok "install, from a link and with O="
installed=$tmp/objects/kselftest/kselftest_install

(cd "$installed" && ./run_kselftest.sh -l) >"$tmp/out" 2>&1 &&
	[ "$(cat "$tmp/out")" = mntprop:access_test ]
ok "run_kselftest.sh -l"
[ -x "$installed/mntprop/access_test" ] && [ -x "$installed/mntprop/mntprop" ] &&
	[ -e "$installed/mntprop/config" ] &&
	grep -qx 'timeout=[0-9]*' "$installed/mntprop/settings"
ok "the tool, config and settings are installed"
if [ -d /sys/module/mntprop ]; then
	skip "run_kselftest.sh -t" "the module is in this kernel"
else
	(cd "$installed" && ./run_kselftest.sh -t mntprop:access_test) \
		>"$tmp/out" 2>&1
	grep -q '^ok 1 selftests: mntprop: access_test # SKIP' "$tmp/out"
	ok "run_kselftest.sh -t"
	"$installed/mntprop/access_test" >"$tmp/out" 2>&1
	[ $? -eq 4 ] && grep -q '# SKIP no mntprop.ko\|# SKIP loads a module' \
		"$tmp/out"
	ok "a test says why it is skipped"
fi

# As the runner's Makefile asks for its list.
make -s -C "$selftests/mntprop" OUTPUT="$tmp/objects" BUILD="$selftests" \
	COLLECTION=mntprop emit_tests >"$tmp/list" 2>"$tmp/out" &&
	names "$tmp/list"
ok "each test is in the list"
[ "$(tail -n 1 "$tmp/list")" = mntprop:lockdown_test ]
ok "the one that locks the kernel down is the last"

tree copied
mkdir "$selftests/mntprop"
cp "$tests"/*.[ch] "$tests/Makefile" "$tests/config" "$tests/settings" \
	"$selftests/mntprop/"
make -s -C "$selftests/mntprop" COLLECTION=mntprop MNTPROP="$tests/.." \
	emit_tests >"$tmp/list" 2>"$tmp/out" && names "$tmp/list"
ok "each is in that of a copy"
inc=$(realpath "$selftests")/mntprop/slave.assert.inc
make -s -C "$selftests/mntprop" MNTPROP="$tests/.." "$inc" >"$tmp/out" 2>&1 &&
	grep -q '^"/mnt/.*\\n"$' "$inc"
ok "the example that assert_test runs is in a copy's test, too"
! make -s -C "$selftests/mntprop" emit_tests >"$tmp/out" 2>&1 && grep -q 'MNTPROP= names it' "$tmp/out"
ok "a copy wants to know where the rest is"

plan
