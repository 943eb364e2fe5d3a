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
	# shellcheck disable=SC2086 # words
	loaded || insmod "$MNTPROP_KO" ${MNTPROP_PARAMS:-}
}

# find_addresses: for a kernel where the module may not or cannot look them up.
find_addresses() {
	if insmod "$MNTPROP_KO" 2>/dev/null; then
		rmmod mntprop
	else
		MNTPROP_PARAMS=$("$MNTPROP_TOOL" load --print \
			${MNTPROP_MAP:+--map "$MNTPROP_MAP"}) || :
		export MNTPROP_PARAMS
	fi
}
