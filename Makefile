# SPDX-License-Identifier: GPL-2.0-only
# `make help` says what there is.  Kbuild has the module's own rules.

KVER ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVER)/build
# Of the kernel that the module was built for, which KDIR= may have named.
release = $(or $(firstword $(shell modinfo -F vermagic mntprop.ko 2>/dev/null)),$(KVER))
PREFIX ?= /usr/local
DESTDIR ?=

vm := selftests/vm

# A tree that was named is one to boot, too: with KERNEL=, one more.
comma := ,
tree := $(if $(findstring file,$(origin KDIR)),,$(or $(abspath $(wildcard \
	$(KDIR))),$(error KDIR=$(KDIR): no such folder)))
guests = '$(KERNEL)$(if $(tree),$(if $(KERNEL),$(comma))$(tree))'

ifneq ($(wildcard $(KDIR)/Makefile),)
have-headers := y
endif

all: userspace $(if $(have-headers),module,no-headers)

no-headers:
	@echo "mntprop.ko is not built: no kernel headers at $(KDIR) (KDIR= names others; 'make demo' brings its own)"

# Objects stay in the folders of their sources, as with any external module.
module:
	$(if $(have-headers),,$(error no kernel headers at $(KDIR); KDIR= names others))
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

userspace:
	$(MAKE) -C userspace

# The certificate is for modules alone (1.3.6.1.4.1.2312.16.1.2): the shim boots nothing
# that was signed with its key.
KO ?= mntprop.ko
sign-file = $(KDIR)/scripts/sign-file
sign-hash = $(shell sed -n 's/^CONFIG_MODULE_SIG_HASH="\(.*\)"/\1/p' \
	$(KDIR)/.config 2>/dev/null)
new-key = openssl req -new -x509 -newkey rsa:2048 -nodes -days 36500 -subj /CN=mntprop/ \
	-addext extendedKeyUsage=codeSigning,1.3.6.1.4.1.2312.16.1.2 \
	-keyout mok.key -outform DER -out mok.der && mokutil --import mok.der

.PHONY: sign
sign:
	$(if $(and $(KEY),$(CERT)),,$(error KEY= and CERT= are missing; '$(new-key)' makes them and enrolls them at the next boot))
	$(if $(wildcard $(KO)),,$(error $(KO): not there; make builds it))
	$(if $(wildcard $(sign-file)),,$(error $(sign-file): not there; KDIR= names headers that have it))
	$(sign-file) $(or $(sign-hash),sha256) $(KEY) $(CERT) $(KO)

# Everything below needs packages, and brings them.
packages:
	@$(vm)/packages

check:
	@$(vm)/packages check
	@$(MAKE) -s userspace
	@$(vm)/check $(guests)

# Of what the tests have run on User-mode Linux; TESTS= is of use here, too.
coverage:
	@$(MAKE) -s check KERNEL=uml
	@$(vm)/coverage

# On the kernel that runs this, on a machine for tests.
check-here:
	@$(vm)/here '$(or $(abspath $(wildcard $(KDIR))),$(KDIR))'

# Bugs in a kernel, and which tests notice them.
mutants:
	@$(vm)/packages check
	@$(MAKE) -s userspace
	@MUTANTS='$(MUTANTS)' $(vm)/mutants

demo demo-docker bench: packages
	@$(MAKE) -s userspace
	@$(vm)/play $@ $(guests)

bench-tool: packages
	@$(MAKE) -s -C selftests/host bench

fuzz:
	@$(vm)/packages fuzz
	@$(MAKE) -s -C selftests/fuzz fuzz $(if $(TARGET),TARGET='$(TARGET)')

shell: packages
	@$(MAKE) -s userspace
	@$(vm)/shell $(guests)

# With everything that the kernel has to find a mistake of a module's.
debug-kernel: packages
	@$(foreach kernel,debug debug-nobtf,$(vm)/fetch kernel $(kernel) &&) \
	echo "make check KERNEL=debug runs the tests on it, make shell KERNEL=debug boots it"

style:
	@$(vm)/packages style
	@$(vm)/style $(KERNEL)

# What a package has too; PREFIX is /usr there.
version := $(shell sed -n 's/^\#define MNTPROP_RELEASE[^"]*"\(.*\)"$$/\1/p' \
	debugfs/format.h)
tool-dir = $(DESTDIR)$(PREFIX)/sbin
man-dir = $(DESTDIR)$(PREFIX)/share/man
completion-dir = $(DESTDIR)$(PREFIX)/share/bash-completion/completions
module-dir = $(DESTDIR)/lib/modules/$(release)/updates
source-dir = $(DESTDIR)/usr/src/mntprop-$(version)
man-pages := $(notdir $(wildcard userspace/mntprop.[1-8]))
completion := $(wildcard userspace/mntprop.bash)
module-source := dkms.conf Kbuild $(wildcard module/*.[chS] debugfs/*.[ch])

install: install-tool $(if $(have-headers),install-module)

install-tool: userspace
	install -D -m 755 userspace/mntprop $(tool-dir)/mntprop
	for page in $(man-pages); do install -D -m 644 userspace/$$page \
		$(man-dir)/man$${page##*.}/$$page || exit; done
	$(if $(completion),install -D -m 644 $(completion) \
		$(completion-dir)/mntprop)

install-module: module
	install -D -m 644 mntprop.ko $(module-dir)/mntprop.ko
	$(if $(DESTDIR),,depmod $(release))

remove-module = rm $(module-dir)/mntprop.ko$(if $(DESTDIR),, && depmod $(release))

uninstall:
	rm -f $(tool-dir)/mntprop $(completion-dir)/mntprop
	for page in $(man-pages); do \
		rm -f $(man-dir)/man$${page##*.}/$$page || exit; done
	$(if $(wildcard $(module-dir)/mntprop.ko),$(remove-module))

print-version:
	@echo $(version)

# For DKMS, which builds the module for each kernel: dkms install mntprop/VERSION
install-dkms:
	for file in $(module-source); do \
		install -D -m 644 $$file $(source-dir)/$$file || exit; done

uninstall-dkms:
	rm -rf $(source-dir)

clean:
	rm -rf .build
	rm -f userspace/mntprop mntprop.ko mntprop.o mntprop.mod mntprop.mod.c \
		mntprop.mod.o Module.symvers modules.order
	rm -f module/*.o debugfs/*.o .*.cmd module/.*.cmd debugfs/.*.cmd

clean-cache:
	rm -rf "$${XDG_CACHE_HOME:-$$HOME/.cache}/mntprop"

define help
make             the tool, and the module for this machine's kernel
make sign        sign that module, for Secure Boot: KEY=FILE CERT=FILE
make demo        play the host-and-container story in a guest
make demo-docker the same with Docker: which mounts will its containers see?
make shell       a prompt in that guest
make check       all tests: here, and in a guest
make coverage    which lines of fs/namespace.c and fs/pnode.c the tests run
make check-here  the tests on the running kernel, in a virtual machine for tests: KTAP
make mutants     put bugs into a kernel: which do the tests notice?
make bench       what a snapshot costs, beside mountinfo
make bench-tool  what the tool takes for 100,000 mounts, beside findmnt
make fuzz        libFuzzer on all that reads from outside, ten minutes each
make debug-kernel build one with KASAN, lockdep, kmemleak …: KERNEL=debug
make install     tool, man pages, completion, module (PREFIX=$(PREFIX), DESTDIR=);
                 install-tool and install-module are its halves
make uninstall   remove these
make install-dkms the module's source, for DKMS; uninstall-dkms removes it
make style       checkpatch, warnings, sparse, clang-format, shellcheck
make clean       remove what was built
make clean-cache remove the downloaded kernels (~/.cache/mntprop)

KDIR=DIR         kernel headers for the module, in place of this machine's;
                 check, demo, shell and bench boot the kernel built there, or
                 User-mode Linux, which they build if there are only sources
KERNEL=NAME      the guest's kernel, a name in selftests/vm/kernels; for check
                 several by comma, debian (all of Debian's), or all;
                 debug and kcsan find mistakes and data races, uml needs no emulator;
                 these are built here
TESTS='NAME ...' for check: of the guest's tests only these; host: those that need
                 no kernel, which are left out otherwise
MUTANTS='NAME ...' for mutants: of selftests/mutants/table only these
TARGET='NAME ...' for fuzz: of btf, snapshot, mountinfo, assert, words and ksyms
                 only these; each FUZZ_SECONDS=600 long, or FUZZ_RUNS=N inputs

Documentation/testing-a-vfs-patch.md: from a patch to the mail that it needs
endef

help:
	$(info $(help))
	@:

.PHONY: all no-headers module userspace packages check check-here coverage mutants \
	demo demo-docker shell bench bench-tool fuzz style debug-kernel \
	install install-tool install-module uninstall install-dkms uninstall-dkms \
	print-version clean clean-cache help
