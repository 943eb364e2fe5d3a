// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "huge.h"

/* So much of what may begin with anything is read at first. */
#define FIRST_READ 4096

#define NO_FILE "%s: not a regular file; give another name, or - for stdout"

/* What to begin with: a regular file says how much it is, and may grow. */
static size_t first_size(int fd)
{
	const size_t least = 64 * 1024, most = 1024 * 1024 * 1024;
	struct stat st;

	if (fstat(fd, &st) || (size_t)st.st_size < least)
		return least;
	return (size_t)st.st_size < most ? (size_t)st.st_size + 1 : most;
}

static bool begins_with(const char *buf, size_t len, const char *magic)
{
	return strncmp(buf, magic, len < strlen(magic) ? len : strlen(magic)) ==
	       0;
}

int file_read_fd(int fd, const char *name, const char *magic, char **text,
		 size_t *len, struct error *err)
{
	size_t size = first_size(fd), used = 0, want;
	char *buf = malloc(size), *bigger;
	ssize_t n = 1;

	if (buf)
		advise_huge_pages(buf, size);

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
			advise_huge_pages(buf + size, size);
			size *= 2;
		}
		want = size - used;
		if (magic && used < strlen(magic))
			want = FIRST_READ;
		n = read(fd, buf + used, want);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			error_set(err, "%s: %s", name, strerror(errno));
			free(buf);
			return -1;
		}
		used += n;
		if (magic && !begins_with(buf, used, magic))
			break;
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
	rc = file_read_fd(fd, path, NULL, text, len, err);
	close(fd);
	return rc;
}

static bool write_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		data += n;
		len -= n;
	}
	return true;
}

static void sync_directory(const char *file)
{
	char *copy = strdup(file);
	int fd;

	if (!copy)
		return;
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(copy);
}

static int replace(const char *path, const char *text, size_t len, mode_t mode,
		   struct error *err)
{
	char *temp;
	int fd, e;

	if (asprintf(&temp, "%s.XXXXXX", path) < 0)
		return error_set(err, "%s: out of memory", path);
	fd = mkostemp(temp, O_CLOEXEC);
	e = errno;
	if (fd >= 0) {
		if (write_all(fd, text, len) && !fchmod(fd, mode) &&
		    !fsync(fd) && !close(fd) && !rename(temp, path)) {
			sync_directory(path);
			free(temp);
			return 0;
		}
		e = errno;
		unlink(temp);
	}
	free(temp);
	return error_set(err, "%s: %s", path, strerror(e));
}

int file_write(const char *path, const char *text, size_t len, mode_t mode,
	       struct error *err)
{
	struct stat st;

	if (!strcmp(path, "-"))
		return write_all(STDOUT_FILENO, text, len) ?
			       0 :
			       error_set(err, "stdout: %s", strerror(errno));
	if (!lstat(path, &st) && !S_ISREG(st.st_mode))
		return error_set(err, NO_FILE, path);
	return replace(path, text, len, mode, err);
}
