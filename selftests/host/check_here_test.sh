#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# make check-here: where it refuses to run, and what it makes of what the tests print.
# Nothing is loaded here.
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
vm=$here/../vm
# What make in the make that runs this has to say is not for these.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES MNTPROP_HERE TESTS KDIR
# shellcheck source-path=SCRIPTDIR source=tap_lib.sh
. "$(dirname "$0")/tap_lib.sh"

# machine COMMAND-LINE CPU-FLAGS [UID-MAP]: in $tmp/proc
machine() {
	rm -rf "$tmp/proc"
	mkdir -p "$tmp/proc/self"
	echo "$1" >"$tmp/proc/cmdline"
	printf 'processor\t: 0\nflags\t\t: %s\n' "$2" >"$tmp/proc/cpuinfo"
	# shellcheck disable=SC2086 # words
	printf '%10s %10s %10s\n' ${3:-0 0 4294967295} >"$tmp/proc/self/uid_map"
}

takes() {
	"$vm/throwaway" "$tmp/proc" >"$tmp/out" 2>&1 && [ ! -s "$tmp/out" ]
}

# refuses WORD...: in one line, with these in it
refuses() {
	! "$vm/throwaway" "$tmp/proc" >"$tmp/out" 2>&1 || return
	[ "$(wc -l <"$tmp/out")" -eq 1 ] || return
	for word; do
		grep -qF -- "$word" "$tmp/out" || return
	done
}

echo "TAP version 13"

signs() {
	vm_flags='fpu vme hypervisor lahf_lm' pc_flags='fpu vme vmx lahf_lm'
	machine 'root=/dev/vda quiet' "$vm_flags"
	refuses 'vng -r' 'make check-here MNTPROP_HERE=1'
	ok "a virtual machine alone is no sign"
	machine 'virtme_hostname=virtme-ng panic=-1' "$pc_flags"
	takes
	ok "virtme-ng is"
	machine 'console=ttyS0 virtme.exec=bWFrZQ==' "$vm_flags"
	takes
	ok "as is a script of its"
	machine 'root=/dev/sda mntprop.here' "$pc_flags"
	takes
	ok "mntprop.here is, on any machine"
	machine 'root=/dev/virtme_disk virtmeter=1 mntprop.hereafter xmntprop.here' "$vm_flags"
	refuses 'nothing says'
	ok "what only looks like these is not"
	machine 'quiet' "$vm_flags"
	MNTPROP_HERE=1 takes
	ok "MNTPROP_HERE=1 is, in a virtual machine"
	MNTPROP_HERE=0 refuses 'nothing says'
	ok "MNTPROP_HERE=0 is not"
	machine 'quiet' "$pc_flags"
	MNTPROP_HERE=1 refuses 'virtual machine' 'mntprop.here'
	ok "nor is MNTPROP_HERE=1 on hardware"
	machine 'virtme_console=ttyS0' "$vm_flags" '0 0 1'
	refuses 'as root'
	ok "root of a user namespace is refused"
	setpriv --reuid 65534 --clear-groups true 2>/dev/null || {
		skip "another user is refused" "no setpriv, or not allowed"
		return
	}
	machine 'virtme_console=ttyS0' "$vm_flags"
	chmod -R a+rX "$tmp"
	! setpriv --reuid 65534 --clear-groups "$vm/throwaway" "$tmp/proc" \
		>"$tmp/out" 2>&1 && grep -q 'as root' "$tmp/out"
	ok "another user is refused"
}

if [ "$(id -u)" -eq 0 ]; then
	signs
else
	machine 'virtme_console=ttyS0' 'hypervisor'
	refuses 'as root'
	ok "another user is refused"
fi

# Without the right to load a module, in case that it is not refused.
without=
[ "$(id -u)" -ne 0 ] || without='setpriv --bounding-set -sys_module'
if "$vm/throwaway" 2>/dev/null; then
	skip "make check-here is refused here" "this is a machine for it"
else
	rm -rf "$tmp/tree"
	mkdir "$tmp/tree"
	(cd "$top" && tar cf - Makefile selftests/vm) | tar xf - -C "$tmp/tree"
	# shellcheck disable=SC2086 # words
	! $without make -s -C "$tmp/tree" check-here >"$tmp/stdout" 2>"$tmp/out" &&
		[ ! -s "$tmp/stdout" ] &&
		grep -q '^check-here: ' "$tmp/out" && [ ! -e "$tmp/tree/.build" ]
	ok "make check-here is refused here"
fi

# ktap PROGRAMS: of what stands on standard input
ktap() {
	awk -v PROGRAMS="$1" -f "$vm/ktap.awk" >"$tmp/out"
}

# run NAME STATUS LINE...: as guest/check says it
run() {
	echo "mntprop-vm: run $1"
	run_end="mntprop-vm: exit $1 $2 0"
	shift 2
	printf '%s\n' "$@" "$run_end"
}

run a_test 0 'TAP version 13' 1..2 'ok 1 one' '# word' 'ok 2 two' | ktap 1
# shellcheck disable=SC2181 # of the pipe
[ $? -eq 0 ] && diff - "$tmp/out" >"$tmp/diff" <<-END
	KTAP version 1
	1..1
	  KTAP version 1
	  # Subtest: a_test
	  1..2
	  ok 1 one
	  # word
	  ok 2 two
	ok 1 a_test
	# Totals: pass:1 fail:0 xfail:0 xpass:0 skip:0 error:0
END
ok "KTAP: what a test prints is its subtests"

# fails LINE PROGRAMS: standard input makes KTAP fail, with this line in it
fails() {
	! ktap "$2" && grep -qxF -- "$1" "$tmp/out"
}
pass() {
	run good_test 0 1..1 'ok 1 x'
}

{ pass; run b_test 1 1..2 'ok 1 x' 'not ok 2 y'; } | fails 'not ok 2 b_test' 2
ok "KTAP: not ok"
{ pass; run b_test 0 1..2 'ok 1 x' 'not ok 2 y'; } | fails 'not ok 2 b_test' 2
ok "KTAP: not ok, whatever the exit status"
{ pass; run b_test 0 1..2 'ok 1 x'; } | fails 'not ok 2 b_test' 2
ok "KTAP: results that are missing"
{ pass; run b_test 139 '# died'; } | fails 'not ok 2 b_test' 2
ok "KTAP: no plan"
{ pass; run b_test 1 1..1 'ok 1 x'; } | fails 'not ok 2 b_test' 2
ok "KTAP: an exit status"
{ pass; run b_test timeout 1..1 'ok 1 x'; } | fails 'not ok 2 b_test' 2
ok "KTAP: a timeout"
{ pass; printf '%s\n' 'mntprop-vm: run b_test' 1..1 'ok 1 x'; } |
	fails 'not ok 2 b_test' 2
ok "KTAP: one that was running at the end"
pass | fails 'not ok 2 was not run' 2
ok "KTAP: one that was not run"
run b_test 4 '1..0 # SKIP no module' | fails 'ok 1 b_test # SKIP no module' 1
ok "KTAP: skipped, and nothing else"
{ pass; run b_test 4 '1..0 # SKIP no module'; } | ktap 2 &&
	grep -qx 'ok 2 b_test # SKIP no module' "$tmp/out"
ok "KTAP: skipped besides others"

plan
