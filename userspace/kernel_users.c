// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <fcntl.h>
#include <libmount/libmount.h>
#include <linux/loop.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "file.h"
#include "kernel_users.h"

/* The driver knows the file by its numbers; the path is for people. */
static void identify(struct kernel_user *user, const char *dev)
{
	struct loop_info64 info;
	char *path;
	int fd;

	if (asprintf(&path, "%s/%s", dev, user->name) < 0)
		return;
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	free(path);
	if (fd < 0)
		return;
	if (!ioctl(fd, LOOP_GET_STATUS64, &info)) {
		user->known = true;
		user->dev = info.lo_device;
		user->ino = info.lo_inode;
	}
	close(fd);
}

/* The file of a block device that is a loop device in use, NULL if it is not. */
static char *loop_file(const char *block, const char *name)
{
	char *path, *text;
	struct error err;
	size_t len;
	int rc;

	if (asprintf(&path, "%s/%s/loop/backing_file", block, name) < 0)
		return NULL;
	rc = file_read(path, &text, &len, &err);
	free(path);
	if (rc)
		return NULL;
	if (len && text[len - 1] == '\n')
		len--;
	path = strndup(text, len);
	free(text);
	return path;
}

static int each_loop(const char *block, const char *dev, kernel_user_func func,
		     void *arg)
{
	DIR *dir = opendir(block);
	struct dirent *e;
	int rc = 0;

	while (!rc && dir && (e = readdir(dir))) {
		struct kernel_user user = { .name = e->d_name };
		char *path;

		if (strncmp(e->d_name, "loop", 4))
			continue;
		path = loop_file(block, e->d_name);
		if (!path)
			continue;
		user.path = path;
		identify(&user, dev);
		rc = func(&user, arg);
		free(path);
	}
	if (dir)
		closedir(dir);
	return rc;
}

static int each_swap(const char *swaps, kernel_user_func func, void *arg)
{
	struct libmnt_table *table = mnt_new_table();
	struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_FORWARD);
	struct libmnt_fs *fs;
	int rc = 0;

	if (table && iter && !mnt_table_parse_swaps(table, swaps)) {
		while (!rc && !mnt_table_next_fs(table, iter, &fs)) {
			struct kernel_user user = {
				.path = mnt_fs_get_source(fs),
			};

			if (user.path)
				rc = func(&user, arg);
		}
	}
	mnt_free_iter(iter);
	mnt_unref_table(table);
	return rc;
}

int kernel_users_each(const char *block, const char *dev, const char *swaps,
		      kernel_user_func func, void *arg)
{
	int rc = each_loop(block, dev, func, arg);

	return rc ? rc : each_swap(swaps, func, arg);
}
