// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "nsfs.h"

unsigned int nsfs_inode(const char *path)
{
	struct statfs fs;
	struct stat st;

	if (stat(path, &st) || statfs(path, &fs))
		return 0;
	errno = EINVAL;
	return fs.f_type == NSFS_MAGIC ? st.st_ino : 0;
}

unsigned int nsfs_task(int tid, bool *denied)
{
	unsigned int inum;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", tid);
	inum = nsfs_inode(path);
	*denied = !inum && (errno == EACCES || errno == EINVAL);
	return inum;
}
