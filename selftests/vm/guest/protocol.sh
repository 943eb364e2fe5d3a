# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# What the guest says to the host, besides what the tests print.  tap.awk reads
# these lines.

emit() {
	printf 'mntprop-vm: %s\n' "$*"
}

loaded() {
	[ -d /sys/module/mntprop ]
}

load() {
	loaded || insmod "$MNTPROP_KO"
}
