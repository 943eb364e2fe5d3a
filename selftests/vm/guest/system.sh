# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Questions about the Debian that this runs in: the root of a guest, or one to which a
# root was changed here.

# What remembers that something was there, and is meant to:
#	/var/log		what apt, dpkg and others did, and when
#	/var/lib/dpkg, /var/lib/apt, /var/cache/apt, /var/cache/debconf
#				their databases: what they say of the packages is
#				asked by itself
#	/var/cache/man		man-db's index of whatever pages there are
#	/lib/modules/*/modules.* depmod's index of whatever modules there are, which DKMS
#				from 3.1 on takes along where there are none
#	/var/lib/dkms/mok.*	the key that DKMS makes for itself when it first signs
remembers='/var/(log|lib/dpkg|lib/apt|cache/apt|cache/debconf|cache/man)(/| )'
remembers="^($remembers|/var/lib/dkms/mok\\.)"

# files FOLDER: all of this root but this folder, which brought the test.
files() {
	find / -xdev \( -path /proc -o -path /dev -o -path /tmp -o -path "$1" \) \
		-prune -o \
		-path '/*/modules/*/modules.*' -o \
		-type d -printf '%p %m %U:%G\n' -o \
		-printf '%p %m %U:%G %s %T@ %l\n' |
		grep -Ev "$remembers" | LC_ALL=C sort
}

# installed_modules: those of this name, whatever they are compressed with.
installed_modules() {
	find /lib/modules/ -name 'mntprop.ko*' | sed 's/\.ko\..*/.ko/' | sort
}

# where_dkms_puts RELEASE...: the module.
where_dkms_puts() {
	printf '/lib/modules/%s/updates/dkms/mntprop.ko\n' "$@" | sort
}

# dkms_status OPTION...: "MODULE VERSION KERNEL STATE" of each.  Before 3.0 DKMS
# wrote "MODULE, VERSION, KERNEL, ARCH: STATE".
dkms_status() {
	dkms status "$@" | sed 's|/|, |; s/, x86_64//; s/[,:]//g' | sort
}
