// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"

int file_read_fd(int fd, const char *name, char **text, size_t *len,
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

int file_read(const char *path, char **text, size_t *len, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc;

	if (fd < 0)
		return error_set(err, "%s: %s", path, strerror(errno));
	rc = file_read_fd(fd, path, text, len, err);
	close(fd);
	return rc;
}
