// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a test needs to be run by itself, as the kernel's run_kselftest.sh does it:
 * the module in the kernel, and the tool.  If nobody says where they are they
 * are beside the test.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "module.h"
#include "util.h"

/* As kselftest.h has it. */
#define SKIPPED 4

static void skip_all(const char *why, const char *remedy)
{
	printf("TAP version 13\n1..0 # SKIP %s; %s\n", why, remedy);
	fflush(stdout);
	_exit(SKIPPED);
}

/* Sets @name to the path of a file in the folder of the test, if it is there. */
static void find_beside(const char *name, const char *file)
{
	char path[PATH_MAX + 32];
	ssize_t len = readlink("/proc/self/exe", path, PATH_MAX);

	while (len > 0 && path[len - 1] != '/')
		len--;
	if (len <= 0)
		return;
	strcpy(path + len, file);
	if (!access(path, R_OK))
		setenv(name, path, false);
}

/* Before main(): the harness knows of no such thing. */
static void __attribute__((constructor)) prepare(void)
{
	struct image image;
	int error;

	find_beside("MNTPROP_TOOL", "mntprop");
	find_beside("MNTPROP_KO", "mntprop.ko");
	if (module_is_loaded())
		return;
	if (geteuid())
		skip_all("loads a module", "run it as root");
	if (!getenv("MNTPROP_KO"))
		skip_all("no mntprop.ko beside it",
			 "install with KDIR=, or name it by MNTPROP_KO=");
	image = module_image();
	error = module_load(&image, "");
	if (error) {
		errno = error;
		die("mntprop.ko is not loaded; the kernel log says why");
	}
	if (access(DEBUGFS_DIR, F_OK))
		skip_all("debugfs is not at /sys/kernel/debug", "mount it");
}
