# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034 # what those that include it use
#
# For tests of the tool on saved snapshots, which include it: $1 is the tool.

tool=$1
data=$(dirname "$0")/data
story=$data/story.snap
. "$(dirname "$0")/tap_lib.sh"
export LC_ALL=C.UTF-8
unset NO_COLOR

# run STATUS ARGUMENT...: output in $tmp/out and $tmp/err; no diagnostics but
# the one line that a status other than 0 has to come with
run() {
	wanted=$1
	shift
	"$tool" "$@" >"$tmp/out" 2>"$tmp/err"
	status=$?
	lines=$(wc -l <"$tmp/err")
	[ $status -eq "$wanted" ] && [ "$lines" -eq $((wanted != 0)) ]
}

# with STATUS TEXT ARGUMENT...: the same, and TEXT is in what it says
with() {
	wanted=$1 text=$2
	shift 2
	run "$wanted" "$@" && grep -qF -e "$text" "$tmp/out" "$tmp/err"
}

# same ARGUMENT...: prints what stands on stdin, blanks at line ends aside
same() {
	run 0 "$@" && sed 's/ *$//' "$tmp/out" | diff - "$tmp/wanted" >"$tmp/err"
}

# says STATUS ARGUMENT...: a question is answered with what stands in
# $tmp/wanted; NO is an answer, not an error
says() {
	wanted=$1
	shift
	"$tool" "$@" >"$tmp/out" 2>"$tmp/err"
	[ $? -eq "$wanted" ] && [ ! -s "$tmp/err" ] &&
		diff "$tmp/out" "$tmp/wanted" >"$tmp/err"
}

# answers STATUS TEXT ARGUMENT...: the same, and TEXT is in it
answers() {
	wanted=$1 text=$2
	shift 2
	"$tool" "$@" >"$tmp/out" 2>"$tmp/err"
	[ $? -eq "$wanted" ] && [ ! -s "$tmp/err" ] && grep -qF -e "$text" "$tmp/out"
}

# json CHECK ARGUMENT...: is JSON, of which the python expression CHECK is true
json() {
	status_json 0 "$@"
}

# status_json STATUS CHECK ARGUMENT...: the same of an answer
status_json() {
	wanted=$1 check=$2
	shift 2
	"$tool" "$@" >"$tmp/out" 2>"$tmp/err"
	[ $? -eq "$wanted" ] && [ ! -s "$tmp/err" ] && python3 -c '
import json, sys
d = json.load(open(sys.argv[1], encoding="utf-8"))
sys.exit(not eval("(" + sys.argv[2] + ")"))' "$tmp/out" "$check" 2>"$tmp/err"
}

# Nothing but printable ASCII, newlines and well-formed UTF-8 without C1.
harmless() {
	python3 -c '
import sys
text = open(sys.argv[1], "rb").read().decode()
sys.exit(not all(c == "\n" or c.isprintable() for c in text))' \
		"$tmp/out" 2>"$tmp/err"
}
