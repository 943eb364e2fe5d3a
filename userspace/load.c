// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "../debugfs/format.h"
#include "file.h"

#define DEBUGFS "/sys/kernel/debug"
#define OR_PROC "; --source proc shows what /proc knows"
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
		return "; load the module first: mntprop load" OR_PROC;
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
		return error_set(err, DEBUGFS ": debugfs is not mounted; %s%s",
				 "mount -t debugfs none " DEBUGFS, OR_PROC);
	return error_set(err, LIVE ": %s%s", strerror(e), remedy(e));
}

int snapshot_read(const char *path, char **text, size_t *len, struct error *err)
{
	bool from_stdin = path && !strcmp(path, "-");
	int fd = from_stdin ? STDIN_FILENO :
			      open(path ? path : LIVE, O_RDONLY | O_CLOEXEC);
	int rc;

	if (fd < 0)
		return open_failed(path, err);
	rc = file_read_fd(fd, display_name(path), MNTPROP_MAGIC, text, len,
			  err);
	if (!from_stdin)
		close(fd);
	return rc;
}

struct snapshot *snapshot_load(const char *path, struct error *err)
{
	size_t len;
	char *text;

	if (snapshot_read(path, &text, &len, err))
		return NULL;
	return snapshot_consume(text, len, display_name(path), err);
}
