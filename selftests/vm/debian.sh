# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154
# Debian's archive, any suite of it, without touching this machine's apt: its
# lists and its configuration live in the cache.  Source it after lib.sh.

# host_repositories: "URI RELEASE COMPONENT ORIGIN" of what apt uses here.
host_repositories() {
	# shellcheck disable=SC2016 # apt's own variables
	repositories_format='$(REPO_URI) $(RELEASE) $(COMPONENT) $(ORIGIN)'
	apt-get indextargets --format "$repositories_format" \
		'Identifier: Packages' "$@" 2>/dev/null || :
}

# mirror SUITE: the mirror to take it from: the one that this machine has for
# Debian, so that a local mirror or a proxy serves guests too.
mirror() {
	mirror_list=$(host_repositories)
	if [ ! "$mirror_list" ]; then
		# apt has no lists yet, and so does not know whose they are.
		mkdir -p "$cache/apt/host/partial"
		set -- "$1" -o "Dir::State::Lists=$cache/apt/host" \
			-o APT::Sandbox::User=root
		apt-get "$@" update >/dev/null 2>&1 || :
		mirror_suite=$1
		shift
		mirror_list=$(host_repositories "$@")
		set -- "$mirror_suite"
	fi
	printf '%s\n' "$mirror_list" | awk -v suite="$1" '
		BEGIN {
			security = suite ~ /-security$/
			uri = "http://deb.debian.org/debian"
			if (security)
				uri = uri "-security"
		}
		$3 == "main" && $4 == "Debian" &&
		($2 ~ /-security$/) == security { uri = $1; exit }
		END { print uri }
	'
}

# debian_setup SUITE...: makes $apt_conf for these suites.
debian_setup() {
	apt_dir=$cache/apt/$(printf '%s' "$*" | tr ' ' '+')
	apt_conf=$apt_dir/apt.conf
	mkdir -p "$apt_dir/lists/partial" "$apt_dir/archives/partial"
	: >"$apt_dir/status"
	for suite; do
		printf 'deb [arch=amd64 signed-by=%s] %s %s main\n' \
			/usr/share/keyrings/debian-archive-keyring.gpg \
			"$(mirror "$suite")" "$suite"
	done >"$apt_dir/sources.list"
	# The hooks clean up after the machine's own apt, not after this one.
	cat >"$apt_conf" <<-END
		#clear APT::Update;
		#clear DPkg::Post-Invoke;
		APT::Architecture "amd64";
		APT::Sandbox::User "root";
		Acquire::Languages "none";
		Dir::Etc::SourceList "$apt_dir/sources.list";
		Dir::Etc::SourceParts "/dev/null";
		Dir::Etc::Preferences "/dev/null";
		Dir::Etc::PreferencesParts "/dev/null";
		Dir::State::Lists "$apt_dir/lists";
		Dir::State::status "$apt_dir/status";
		Dir::Cache "$apt_dir";
	END
}

# debian_update: fresh lists, at most every six hours.  Offline, the old ones
# do; without any it fails: with 3 when the archive itself answers that it has
# no such suite.
debian_update() {
	[ ! "$(find "$apt_dir/updated" -mmin -360 2>/dev/null)" ] || return 0
	if attempt "asking Debian for its newest packages (${apt_dir##*/})" \
		"$apt_dir/log" apt-get -c "$apt_conf" update --error-on=any; then
		touch "$apt_dir/updated"
	else
		grep -m 1 '^E:' "$apt_dir/log" >&2 || :
		if [ ! -e "$apt_dir/updated" ]; then
			! grep -q 'does not have a Release file' "$apt_dir/log" ||
				return 3
			return 1
		fi
		say "offline? going on with the package lists of $(
			date -r "$apt_dir/updated" '+%F %R')"
	fi
}

# debian_newest REGEX: "PACKAGE VERSION" of the newest package of this name.
debian_newest() {
	apt-cache -c "$apt_conf" search --names-only "^$1\$" | cut -d' ' -f1 |
		xargs -r apt-cache -c "$apt_conf" show --no-all-versions |
		awk '$1 == "Package:" { name = $2 }
		     $1 == "Version:" { print $2, name }' |
		sort -V | awk 'END { if (NR) print $2, $1 }'
}

# debian_depends PACKAGE REGEX: the packages it depends on by that name.
debian_depends() {
	apt-cache -c "$apt_conf" show --no-all-versions "$1" |
		sed -n 's/^Depends: //p' | tr ',' '\n' |
		sed 's/^ *//; s/[ :].*//' | grep -E "^($2)\$"
}

# debian_has PACKAGE: the lists know it.
debian_has() {
	apt-cache -c "$apt_conf" show "$1" >/dev/null 2>&1
}

# debian_unpack DIR PACKAGE...: download these and unpack them into DIR.
debian_unpack() {
	unpack_dir=$1
	shift
	mkdir -p "$unpack_dir" "$unpack_dir.debs"
	working "downloading $*" "$apt_dir/log" \
		env -C "$unpack_dir.debs" apt-get -c "$apt_conf" download "$@" ||
		return 1
	for deb in "$unpack_dir.debs"/*.deb; do
		dpkg-deb -x "$deb" "$unpack_dir" || return 1
	done
	rm -r "$unpack_dir.debs"
}

# debian_unpack_all DIR PACKAGE...: the same with all that they depend on.  apt
# thinks that it installs them on a machine that has nothing.
debian_unpack_all() {
	unpack_dir=$1
	shift
	mkdir -p "$unpack_dir" "$unpack_dir.debs/partial"
	working "downloading $* and what they need" "$apt_dir/log" \
		apt-get -c "$apt_conf" install --yes --download-only \
		--no-install-recommends \
		-o "Dir::Cache::archives=$unpack_dir.debs" "$@" || return 1
	# Where /bin and its like are links into /usr, base-files brings them,
	# and an older package must not put a folder there again.
	for deb in "$unpack_dir.debs"/base-files_*.deb "$unpack_dir.debs"/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" >"$unpack_dir.tar" || return 1
		tar -C "$unpack_dir" --keep-directory-symlink --no-same-owner \
			-xf "$unpack_dir.tar" || return 1
	done
	rm -r "$unpack_dir.debs" "$unpack_dir.tar"
}
