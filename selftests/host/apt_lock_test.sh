#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# vm/packages while another process has a lock of apt's: it waits.  apt is the real one
# with a state of its own; stand-ins say that a package is missing, and let apt take a lock
# in place of installing it.
host=$(cd "$(dirname "$0")" && pwd)
. "$host/../vm/guest/tap.sh"

skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}

apt=$(command -v apt-get) || skip_all "no apt-get"
tmp=$(mktemp -d) || exit 2
holder=
trap '[ ! "$holder" ] || kill "$holder"; rm -rf "$tmp"' EXIT
mkdir -p "$tmp/bin" "$tmp/lists/partial" "$tmp/archives/partial"
: >"$tmp/sources.list"
cp /var/lib/dpkg/status "$tmp/status"
cat >"$tmp/apt.conf" <<END
#clear APT::Update;
APT::Sandbox::User "root";
Dir::Etc::SourceList "$tmp/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::State::Lists "$tmp/lists";
Dir::State::status "$tmp/status";
Dir::Cache "$tmp";
END

# stand_in NAME: a program of that name, with the body on stdin
stand_in() {
	{
		echo '#!/bin/sh'
		cat
	} >"$tmp/bin/$1"
	chmod +x "$tmp/bin/$1"
}

# Another process locks the file as apt does, until it may read from the fifo.
cat >"$tmp/hold.py" <<'END'
import fcntl, sys
lock = open(sys.argv[1], "w")
fcntl.lockf(lock, fcntl.LOCK_EX)
open(sys.argv[2], "w").close()
open(sys.argv[3]).read()
END
hold() {
	rm -f "$tmp/held"
	[ -e "$tmp/end" ] || mkfifo "$tmp/end"
	python3 "$tmp/hold.py" "$1" "$tmp/held" "$tmp/end" &
	holder=$!
	until [ -e "$tmp/held" ]; do
		kill -0 $holder || exit 2
		sleep 0.1
	done
}

let_go() {
	echo >"$tmp/end"
	wait "$holder"
	holder=
}

# packages: the script, with all packages missing
packages() {
	env PATH="$tmp/bin:$PATH" APT_CONFIG="$tmp/apt.conf" APT_WAIT="$1" \
		"$host/../vm/packages" >"$tmp/out" 2>&1
}

# waits NAME FILE: packages waits for the lock, and goes on when it is free
waits() {
	hold "$2"
	packages 600 &
	script=$!
	until grep -q '^waiting for apt' "$tmp/out" 2>/dev/null; do
		kill -0 $script 2>/dev/null || break
		sleep 0.1
	done
	is "$1: it says who has the lock" "$(grep '^waiting' "$tmp/out")" \
		"waiting for apt: $2 is held by process $holder (python3)"
	let_go
	wait $script
	result "$1: it goes on" $?
	rm "$tmp/out"
}

stand_in dpkg-query </dev/null
echo 'echo 0' | stand_in id
stand_in apt-get <<END
case "\$1 \$2" in
"install -y") exec "$apt" clean ;;
*" -s") exec [ -e "$tmp/known" ] ;;
*) exec "$apt" "\$@" ;;
esac
END

waits lists "$tmp/lists/lock"
: >"$tmp/known"
waits archives "$tmp/archives/lock"

hold "$tmp/lists/lock"
rm "$tmp/known"
packages 0
is "it does not wait for ever" "$? $(tail -n 1 "$tmp/out")" \
	"1 packages: apt is busy, $tmp/lists/lock is held by process $holder (python3); let that end, then try again"
let_go

stand_in apt-get <<END
echo "E: Unable to locate package x"
exit 100
END
packages 600
is "it does not wait for another error" "$(grep -c '^waiting' "$tmp/out")" 0
plan
