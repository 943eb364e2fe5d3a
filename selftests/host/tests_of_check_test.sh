#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# make check TESTS= runs what it names and fetches what that needs.  What fetches, builds and
# boots is replaced by scripts that say what they were asked for.
top=$(cd "$(dirname "$0")/../.." && pwd)
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES TESTS KDIR KERNEL
# shellcheck source-path=SCRIPTDIR source=tap_lib.sh
. "$(dirname "$0")/tap_lib.sh"
export ASKED="$tmp/asked" PLACE="$tmp/place" PATH="$tmp/bin:$PATH"

mkdir -p "$tmp/tree" "$tmp/bin" "$PLACE/kselftest"
(cd "$top" && tar cf - selftests/vm selftests/access_test.c) | tar xf - -C "$tmp/tree"
vm=$tmp/tree/selftests/vm
cat >"$vm/fetch" <<'END'
#!/bin/sh
echo "fetch $*" >>"$ASKED"
echo "$PLACE"
END
cat >"$vm/check_one" <<'END'
#!/bin/sh
name=$(basename "$3")
echo "run $3" >>"$ASKED"
case $3 in /*) name=tree ;; esac
echo "$name pass 1 0 0 1" >"$1/$name/row"
END
printf '#!/bin/sh\ntrue\n' >"$tmp/bin/make"
chmod +x "$tmp/bin/make"

# asks WANTED KERNEL: check asks for this, a line each
asks() {
	: >"$ASKED"
	HOME=$tmp "$vm/check" "$2" >"$tmp/out" 2>&1 && sort -u "$ASKED" >"$tmp/err" &&
		[ "$(paste -sd, - <"$tmp/err")" = "$1" ]
}

echo "TAP version 13"
export TESTS=access_test
asks 'fetch kernel /tree,run /tree' /tree
ok "a tree with the harness is all that a test of a guest needs"
asks 'fetch kernel 6.1,run 6.1' 6.1
ok "so is a kernel that has it"
rm -r "$PLACE/kselftest"
asks 'fetch kernel /tree,fetch source,run /tree' /tree
ok "without the harness it is fetched"
TESTS='access_test host'
asks 'fetch kernel /tree,fetch source,run /tree,run host' /tree
ok "what needs no kernel runs if it is named"
plan
