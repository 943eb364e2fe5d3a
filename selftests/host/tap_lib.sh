# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# For tests that are scripts, which include it: their results, and a folder $tmp.

tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
number=0
failed=0

# ok NAME: the result of the command before it; if it failed with what is in $tmp/out and
# $tmp/err
ok() {
	status=$?
	number=$((number + 1))
	if [ $status -eq 0 ]; then
		printf '%s\n' "ok $number $1"
	else
		failed=1
		head -n 30 "$tmp/out" "$tmp/err" 2>/dev/null | sed 's/^/# /'
		printf '%s\n' "not ok $number $1"
	fi
}

# skip NAME WHY
skip() {
	number=$((number + 1))
	printf '%s\n' "ok $number $1 # SKIP $2"
}

# plan: the last line, and how it ended
plan() {
	echo "1..$number"
	exit $failed
}
