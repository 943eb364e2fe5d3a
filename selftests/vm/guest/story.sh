# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# How the demos speak.

bold='' plain=''
if [ "${COLOR:-}" ]; then
	bold=$'\e[1m' plain=$'\e[0m'
fi

# step TITLE [LINE...]
step() {
	printf '\n%s%s%s\n' "$bold" "$1" "$plain"
	shift
	[ $# -eq 0 ] || printf '%s\n' "$@"
}

# show COMMAND: a line of shell, what it prints, and its exit status.
show() {
	local status=0

	printf '\n  %s# %s%s\n' "$bold" "$1" "$plain"
	eval "$1" >/run/shown 2>&1 3>&- || status=$?
	sed 's/^/  /' /run/shown
	return $status
}
