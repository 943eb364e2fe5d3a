// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unix_sockets.h"

static int add(struct unix_sockets *list, unsigned long ino, const char *path)
{
	struct unix_socket *more;

	if (list->nr == list->room) {
		more = realloc(list->all,
			       (list->room * 2 + 64) * sizeof(*more));
		if (!more)
			return -1;
		list->all = more;
		list->room = list->room * 2 + 64;
	}
	path = strdup(path);
	if (!path)
		return -1;
	list->all[list->nr++] = (struct unix_socket){ ino, (char *)path };
	return 0;
}

int unix_sockets_read(struct unix_sockets *list, int dir)
{
	int fd = openat(dir, "net/unix", O_RDONLY | O_CLOEXEC);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r");
	char *line = NULL;
	size_t size = 0;
	int rc = 0;

	if (!f) {
		if (fd >= 0)
			close(fd);
		return 0;
	}
	while (!rc && getline(&line, &size, f) > 0) {
		unsigned long ino;
		int path = 0;

		/* Num RefCount Protocol Flags Type St Inode Path */
		if (sscanf(line, "%*x: %*x %*x %*x %*x %*x %lu %n", &ino,
			   &path) != 1 ||
		    !path)
			continue;
		line[strcspn(line, "\n")] = 0;
		if (line[path] && line[path] != '@')
			rc = add(list, ino, line + path);
	}
	free(line);
	fclose(f);
	return rc;
}

static int by_ino(const void *left, const void *right)
{
	const struct unix_socket *a = left, *b = right;

	return (a->ino > b->ino) - (a->ino < b->ino);
}

void unix_sockets_sort(struct unix_sockets *list)
{
	if (list->nr)
		qsort(list->all, list->nr, sizeof(*list->all), by_ino);
}

void unix_sockets_free(struct unix_sockets *list)
{
	size_t i;

	for (i = 0; i < list->nr; i++)
		free(list->all[i].path);
	free(list->all);
}

const struct unix_socket *unix_socket_of_link(const struct unix_sockets *list,
					      const char *link)
{
	struct unix_socket key = {};

	if (!list->nr || sscanf(link, "socket:[%lu]", &key.ino) != 1)
		return NULL;
	return bsearch(&key, list->all, list->nr, sizeof(*list->all), by_ino);
}
