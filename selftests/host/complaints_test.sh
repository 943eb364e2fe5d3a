#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What the gate takes for a complaint of a guest's kernel.
set -u
here=$(dirname "$0")
# shellcheck source-path=SCRIPTDIR source=tap_lib.sh
. "$(dirname "$0")/tap_lib.sh"
line='[   12.345678] =================================================================='

# complaints: of lib.sh, on the console text of standard input
complaints() {
	cat >"$tmp/console"
	# shellcheck disable=SC2016 # for the shell of its own, in which $0 is in that folder
	sh -c '. "${0%/*}/lib.sh"; complaints "$1"' "$here/../vm/check" \
		"$tmp/console" >"$tmp/out"
}

# race FUNCTION FUNCTION: a report of KCSAN
race() {
	cat <<-END
		$line
		[   12.345679] BUG: KCSAN: data-race in $1 / $2
		[   12.345680]
		[   12.345681] write to 0xffff888003b4a0d8 of 4 bytes by task 77 on cpu 1:
		[   12.345682]  $2+0x1f/0x40
		[   12.345683] read to 0xffff888003b4a0d8 of 4 bytes by task 78 on cpu 0:
		[   12.345684]  $1+0x2a/0x90
		[   12.345685] Reported by Kernel Concurrency Sanitizer on:
		$line
	END
}

# quiet: there is no complaint
quiet() {
	! complaints && [ ! -s "$tmp/out" ]
}

# says TEXT: there is one, with this in it
says() {
	complaints && grep -q "$1" "$tmp/out"
}

echo "TAP version 13"

echo '[    1.000000] Linux version 7.3' | quiet
ok "a kernel that has nothing to say"
race dentry_unlink_inode lookup_fast | quiet
ok "a race of the kernel's own"
race 'copy_mount [mntprop]' mnt_get_writers | says 'copy_mount \[mntprop\]'
ok "a race with the module"
race mnt_get_writers 'copy_mount [mntprop]' | says 'copy_mount \[mntprop\]'
ok "a race with the module on the other side"
{ race lookup_fast d_move; race 'copy_mount [mntprop]' d_move; race lookup_fast d_set; } |
	says mntprop && ! grep -q lookup_fast "$tmp/out"
ok "of several races only the module's"
{ race lookup_fast d_move; echo 'watchdog: BUG: soft lockup - CPU#1'; } |
	says 'soft lockup'
ok "what follows a race"
race lookup_fast "d_move
WARNING: possible circular locking" | says circular
ok "what got into a race"
race lookup_fast d_move | sed '$d' | says lookup_fast
ok "a race whose report does not end"
race lookup_fast d_move | sed s/KCSAN/KASAN/ | says KASAN
ok "a report of another sanitizer with the same lines around it"
{ race lookup_fast d_move | sed s/KCSAN/KASAN/; race lookup_fast d_walk; } |
	says KASAN && ! grep -q d_walk "$tmp/out"
ok "such a report before a race"

plan
