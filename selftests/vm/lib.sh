# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034 # names for the scripts that source it
# What the scripts in this folder share.  Source it after `set -eu`.

vm=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$vm/../.." && pwd)
build=$top/.build
cache=${XDG_CACHE_HOME:-${HOME:?set HOME or XDG_CACHE_HOME}/.cache}/mntprop

say() {
	printf '%s\n' "$*" >&2
}

die() {
	say "${0##*/}: $*"
	exit 1
}

# attempt LABEL LOG COMMAND...: run COMMAND with its output in LOG.  One line
# on the terminal tells what takes so long.
attempt() {
	working_label=$1 working_log=$2
	shift 2
	working_start=$(date +%s)
	working_ticker=
	if [ -t 2 ]; then
		# Ends by itself when this script does, however that happens.
		while kill -0 $$ 2>/dev/null; do
			printf '\r%s ... %d s\033[K' "$working_label" \
				$(($(date +%s) - working_start)) >&2
			sleep 1
		done &
		working_ticker=$!
	else
		say "$working_label ..."
	fi
	working_status=0
	"$@" >"$working_log" 2>&1 </dev/null || working_status=$?
	if [ "$working_ticker" ]; then
		kill "$working_ticker"
		wait "$working_ticker" 2>/dev/null || :
		printf '\r\033[K' >&2
	fi
	return $working_status
}

# holder LOG: which lock apt could not get, and who has it, if that is why it failed.
holder() {
	sed -n 's/^E: Could not get lock \([^ ]*\)\. It is held by \(.*\)/\1 is held by \2/p
		s/^E: Could not get lock \([^ ]*\) - open .*/\1 is held/p' "$1" |
		head -n 1
}

# is_locked FILE: by a process that can be seen from here.
is_locked() {
	grep -q ":$(stat -c %i "$1" 2>/dev/null) " /proc/locks
}

# patient LABEL LOG COMMAND...: the same, but while another process has a lock of apt's
# (a fresh machine upgrades itself at boot) it waits, ten minutes or $APT_WAIT seconds.
# DPkg::Lock::Timeout of apt 2.6 is not for the locks on lists and archives.
patient() {
	patient_end=$(($(date +%s) + ${APT_WAIT:-600}))
	until attempt "$@"; do
		patient_holder=$(holder "$2")
		[ "$patient_holder" ] || return $working_status
		[ "$(date +%s)" -lt $patient_end ] ||
			die "apt is busy, $patient_holder; let that end, then try again"
		say "waiting for apt: $patient_holder"
		sleep 1
		while is_locked "${patient_holder%% *}" &&
			[ "$(date +%s)" -lt $patient_end ]; do
			sleep 1
		done
	done
}

# working LABEL LOG COMMAND...: the same, for what must not fail: if it does,
# the log is shown.
working() {
	patient "$@" && return 0
	tail -n 40 "$working_log" >&2
	say "$working_label: failed ($working_log)"
	return $working_status
}

# kernel_rows NAME: rows of the table: one name, several by comma, "debian" for those
# of Debian's kernels, or "all".  Nothing means the default, the first one.
kernel_rows() {
	awk -v want="${1:-}" '
		BEGIN { n = split(want, names, ",") }
		/^#/ || NF == 0 { next }
		want == "" { print; exit }
		want == "all" || (want == "debian" && $3 !~ /^source/) { print }
		{ for (i = 1; i <= n; i++) if (names[i] == $1) print }
	' "$vm/kernels"
}

# kernel_column NAME NUMBER: of the row of this kernel.
kernel_column() {
	kernel_rows "$1" | cut -f"$2"
}

# config_fragments FLAVOUR: "source" and the names of files in config/, joined by
# "+": the paths of these, after those that all kernels built here have.
config_fragments() {
	echo "$top/selftests/config $vm/config/guest$(echo "${1#source}" |
		sed "s|+| $vm/config/|g")"
}

# toolchain COMPILER: what tells kbuild to use it.
toolchain() {
	case $1 in
	clang-*) echo "LLVM=-${1#clang-}" ;;
	*) echo "CC=$1 HOSTCC=$1" ;;
	esac
}

# is_uml CONFIG: what is so configured is User-mode Linux.
is_uml() {
	grep -qs '^CONFIG_UML=y' "$1"
}

# architecture CONFIG: what tells kbuild about it.  um asks for bash, which a root of a
# suite does not have; every shell does.
architecture() {
	! is_uml "$1" || echo ARCH=um SHELL=/bin/sh
}

# built_image DIR CONFIG: where kbuild leaves the kernel that a guest boots.
built_image() {
	if is_uml "$2"; then
		echo "$1/linux"
	else
		echo "$1/arch/x86/boot/bzImage"
	fi
}

# kernel_arguments NAME: words for its command line.  Who names tests in $TESTS wants them on
# a kernel that is for others, too.
kernel_arguments() {
	case $1 in
	/*) ;;
	*)
		kernel_column "$1" 6 | tr ' ' '\n' |
			grep -v "^mntprop.${TESTS:+\(tests\|without\)}=" || :
		;;
	esac
}

# kernel_names LIST: what the list means, one kernel a line: names of the table,
# and built trees by their absolute path.  An error if one is neither.
kernel_names() {
	[ "${1:-}" ] || set -- "$(kernel_rows '' | cut -f1)"
	printf '%s\n' "$1" | tr ',' '\n' | while read -r kernel_wanted; do
		case $kernel_wanted in
		/*) printf '%s\n' "$kernel_wanted" ;;
		*) kernel_rows "$kernel_wanted" | cut -f1 | grep . ||
			die "KERNEL=$kernel_wanted: not one of $(kernel_rows all |
				cut -f1 | tr '\n' ' ')or debian or all (selftests/vm/kernels)" ;;
		esac
	done
}

# copy_module DIR: the module's sources, to be built there.  Only what changed is copied, so
# that only that is built again.
copy_module() {
	copy_dir=$1
	mkdir -p "$copy_dir/module" "$copy_dir/debugfs"
	for file in $(cd "$top" && ls Kbuild module/*.[chS] debugfs/*.[ch]); do
		cmp -s "$top/$file" "$copy_dir/$file" || cp "$top/$file" "$copy_dir/$file"
	done
	for file in "$copy_dir"/module/*.[chS] "$copy_dir"/debugfs/*.[ch]; do
		[ -e "$top/${file#"$copy_dir/"}" ] || rm -f "$file"
	done
}

# pack_guest NAME DIR [TEST...]: makes DIR/vmlinuz and DIR/initramfs of a kernel
# of the table, with the module built for it.  $GUEST_HAS is "docker" for one with
# Docker and an empty DIR/disk, "signed" for one with signed modules, and "signed secureboot"
# for one that has Secure Boot besides.
pack_guest() {
	pack_name=$1 pack_dir=$2
	shift 2
	mkdir -p "$pack_dir"
	pack_kernel=$("$vm/fetch" kernel "$pack_name") || return 1
	pack_module=$("$vm/module" "$pack_name") || return 1
	ln -sf "$pack_kernel/vmlinuz" "$pack_dir/vmlinuz"
	pack_docker='' pack_signed=''
	rm -rf "$pack_dir/disk" "$pack_dir/firmware"
	case ${GUEST_HAS:-} in
	docker)
		pack_docker=$("$vm/fetch" docker) || return 1
		truncate -s 32M "$pack_dir/disk"
		;;
	signed*)
		working "signing the module" "$pack_dir/log" "$vm/signed" \
			"$pack_dir" "$pack_kernel" "$pack_module" \
			"${GUEST_HAS#signed}" || return 1
		pack_signed=$pack_dir/signed
		;;
	esac
	working "packing the guest" "$pack_dir/log" \
		env DOCKER="$pack_docker" SIGNED="$pack_signed" \
		"$vm/image" "$pack_dir/initramfs" \
		"$pack_kernel" "$pack_module" "$@"
}

# pack_system NAME DIR FILE...: makes DIR/vmlinuz and DIR/initramfs of a kernel of the
# table for a guest whose root is DIR/disk, a Debian, with these files for its test.
pack_system() {
	pack_name=$1 pack_dir=$2
	shift 2
	pack_kernel=$("$vm/fetch" kernel "$pack_name") || return 1
	pack_system=$("$vm/fetch" system "$pack_name") || return 1
	ln -sf "$pack_kernel/vmlinuz" "$pack_dir/vmlinuz"
	ln -sf "$pack_system/disk" "$pack_dir/disk"
	working "packing the guest" "$pack_dir/log" \
		"$vm/image_system" "$pack_dir/initramfs" "$@"
}

# What a guest with Docker has on its command line: where AppArmor is on, Docker
# wants the parser of its profiles.
docker_arguments=apparmor=0

# The tests KIND_test have a guest each, of another kind than the others; guest/ has
# them.
kinds='docker packages dkms secureboot signature'

# kernels_for KIND NAME...: those that a guest of this kind runs on.  Docker runs on
# Debian's, and a Debian on those with drivers for its disk built in.  5.10 takes no keys
# from the firmware, and what signs modules for it wants a libcrypto of its time.  Kernels
# that are there for some tests alone, by mntprop.tests=, are for none of these.
kernels_for() {
	kernels_kind=$1
	shift
	for kernels_name; do
		case $kernels_kind.$(kernel_column "$kernels_name" 2,3,6) in
		*. | *[[:space:]]source* | *mntprop.tests=*) ;;
		secureboot.5.10* | signature.5.10*) ;;
		docker.* | secureboot.* | signature.* | *[[:space:]]cloud-*)
			echo "$kernels_name"
			;;
		esac
	done
}

# result_name JOB: the name of the folder of its results.
result_name() {
	case $1 in
	/*) echo tree ;;
	*:*) echo "${1%%:*}-${1#*:}" ;;
	*) echo "$1" ;;
	esac
}

# row NAME VERDICT PASSED FAILED SKIPPED SECONDS: of the table of check.
row() {
	printf '%-36s %-8s %7d %7d %8d %8d\n' "$@"
}

# without_others_races CONSOLE: what the kernel said, without KCSAN's reports of races that
# the module has no part in.  Such a report stands between two lines of "=".  It is kept if
# another message got into it, or if it does not end.
without_others_races() {
	awk '
		function leave(print_it) {
			if (print_it)
				printf "%s", report
			report = ""
			state = "outside"
		}
		BEGIN { leave(0) }
		{ separator = /===============================/ }
		state == "outside" && !separator { print; next }
		state == "opened" && separator { leave(1) }
		{ report = report $0 "\n" }
		state == "outside" { state = "opened"; next }
		state == "opened" && !/BUG: KCSAN: / { leave(1); next }
		state == "opened" { state = "inside"; wanted = 0 }
		/\[mntprop\]/ || (/BUG:|WARNING:|Oops|panic|KASAN|UBSAN:|INFO:/ &&
				  !/BUG: KCSAN: /) { wanted = 1 }
		separator { leave(wanted) }
		END { leave(1) }
	' "$1"
}

# complaints CONSOLE: what a kernel says when something is wrong with it or
# with us.  Fails if it said nothing of the kind.
complaints() {
	without_others_races "$1" |
		grep -a -E -A 30 -e 'BUG:|WARNING:|Oops|Call Trace|Kernel panic' \
			-e 'INFO: possible|INFO: task .* blocked|detected.*stall' \
			-e 'KASAN|UBSAN:|unreferenced object'
}
