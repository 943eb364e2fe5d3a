// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>

#include "fatal.h"
#include "file.h"
#include "mount_max.h"
#include "world.h"

static size_t parse(const char *number)
{
	unsigned long long n;
	char *end;

	errno = 0;
	n = strtoull(number, &end, 10);
	if (*number < '0' || *number > '9' || *end || errno || !n)
		fatal("--mount-max: %s: not a number from 1 on", number);
	return n;
}

size_t mount_max(const struct options *o)
{
	unsigned long long n = WORLD_MOUNT_MAX;
	struct error err;
	size_t len;
	char *text;

	if (o->mount_max)
		return parse(o->mount_max);
	if (!o->file &&
	    !file_read("/proc/sys/fs/mount-max", &text, &len, &err)) {
		n = strtoull(text, NULL, 10);
		free(text);
	}
	return n;
}
