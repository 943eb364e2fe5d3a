// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "snapshot.h"

#define DEBUGFS "/sys/kernel/debug"
#define LIVE DEBUGFS "/mntprop/snapshot"

static const char *display_name(const char *path)
{
	if (!path)
		return LIVE;
	return strcmp(path, "-") ? path : "stdin";
}

static bool debugfs_mounted(void)
{
	struct statfs fs;

	return !statfs(DEBUGFS, &fs) && fs.f_type == DEBUGFS_MAGIC;
}

static const char *remedy(int e)
{
	switch (e) {
	case ENOENT:
		return "; load the module first: insmod mntprop.ko";
	case EACCES:
	case EPERM:
		return "; run as root in the initial user namespace";
	}
	return "";
}

static int open_failed(const char *path, struct error *err)
{
	int e = errno;

	if (path)
		return error_set(err, "%s: %s", path, strerror(e));
	if (!debugfs_mounted())
		return error_set(err, DEBUGFS ": debugfs is not mounted; "
					      "mount -t debugfs none " DEBUGFS);
	return error_set(err, LIVE ": %s%s", strerror(e), remedy(e));
}

/* The module's file has no size to go by: read until there is no more. */
static int read_all(int fd, const char *name, char **text, size_t *len,
		    struct error *err)
{
	size_t size = 64 * 1024, used = 0;
	char *buf = malloc(size), *bigger;
	ssize_t n = 1;

	while (buf && n) {
		if (used == size) {
			bigger = size <= SIZE_MAX / 2 ? realloc(buf, size * 2) :
							NULL;
			if (!bigger) {
				free(buf);
				buf = NULL;
				break;
			}
			buf = bigger;
			size *= 2;
		}
		n = read(fd, buf + used, size - used);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			error_set(err, "%s: %s", name, strerror(errno));
			free(buf);
			return -1;
		}
		used += n;
	}
	if (!buf)
		return error_set(err, "%s: out of memory", name);
	*text = buf;
	*len = used;
	return 0;
}

int snapshot_read(const char *path, char **text, size_t *len, struct error *err)
{
	bool from_stdin = path && !strcmp(path, "-");
	int fd = from_stdin ? STDIN_FILENO :
			      open(path ? path : LIVE, O_RDONLY | O_CLOEXEC);
	int rc;

	if (fd < 0)
		return open_failed(path, err);
	rc = read_all(fd, display_name(path), text, len, err);
	if (!from_stdin)
		close(fd);
	return rc;
}

struct snapshot *snapshot_load(const char *path, struct error *err)
{
	struct snapshot *s;
	size_t len;
	char *text;

	if (snapshot_read(path, &text, &len, err))
		return NULL;
	s = snapshot_parse(text, len, display_name(path), err);
	free(text);
	return s;
}
