// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "kconfig.h"
#include "util.h"

static FILE *open_config(void)
{
	static const char *const places[] = {
		"/boot/config-%s",
		"/lib/modules/%s/config",
		"/lib/modules/%s/build/.config",
	};
	const char *named = getenv("MNTPROP_CONFIG");
	struct utsname uts;
	char path[PATH_MAX];
	FILE *f = named ? fopen(named, "re") : NULL;
	size_t i;

	uname(&uts);
	for (i = 0; !f && i < ARRAY_SIZE(places); i++) {
		snprintf(path, sizeof(path), places[i], uts.release);
		f = fopen(path, "re");
	}
	return f;
}

bool kconfig_known(void)
{
	FILE *f = open_config();

	if (f)
		fclose(f);
	return f;
}

bool kconfig_has(const char *symbol)
{
	FILE *f = open_config();
	char line[512], wanted[128];
	bool found = false;

	if (!f)
		die("the kernel's configuration");
	snprintf(wanted, sizeof(wanted), "CONFIG_%s=y\n", symbol);
	while (!found && fgets(line, sizeof(line), f))
		found = !strcmp(line, wanted);
	fclose(f);
	return found;
}
