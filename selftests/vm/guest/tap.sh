# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# TAP of scripts, here and in a guest.

results=0 failures=0

# result NAME STATUS
result() {
	results=$((results + 1))
	if [ "$2" -eq 0 ]; then
		echo "ok $results $1"
	else
		failures=$((failures + 1))
		echo "not ok $results $1"
	fi
}

# is NAME GOT EXPECTED: they are the same, or both are shown.
is() {
	[ "$2" = "$3" ] ||
		printf 'got:\n%s\nexpected:\n%s\n' "${2:-(nothing)}" \
			"${3:-(nothing)}" | sed 's/^/# /'
	[ "$2" = "$3" ]
	result "$1" $?
}

# works NAME COMMAND...: it exits with 0, or what it said is shown.
works() {
	works_name=$1 works_status=0
	shift
	works_output=$("$@" 2>&1) || works_status=$?
	[ $works_status -eq 0 ] ||
		printf '%s\n' "$works_output" | tail -n 40 | sed 's/^/# /'
	result "$works_name" $works_status
	return $works_status
}

# plan: the last line.  Fails if anything did.
plan() {
	echo "1..$results"
	[ $failures -eq 0 ]
}
