// SPDX-License-Identifier: GPL-2.0-only
/* mntprop save: keep a snapshot */
#include <errno.h>
#include <libgen.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../debugfs/format.h"
#include "cgroup.h"
#include "command.h"

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

static void add_escaped(FILE *f, const char *s)
{
	for (; *s; s++) {
		unsigned char c = *s;

		if (c <= ' ' || c == 0x7f || c == '\\')
			fprintf(f, "\\%03o", c);
		else
			fputc(c, f);
	}
}

/* The records that only we can add, as the tasks will not be there later. */
static char *cgroup_records(const struct snapshot *s, size_t *len)
{
	char *text = NULL;
	FILE *f = open_memstream(&text, len);
	size_t i;

	if (!f)
		out_of_memory();
	for (i = 0; i < s->nr_namespaces; i++) {
		const struct mnt_namespace *ns = &s->namespaces[i];

		if (!ns->cgroup)
			continue;
		fprintf(f, "%s %s=%u %s=%d %s=", MNTPROP_REC_CGROUP,
			MNTPROP_F_NS, ns->nr, MNTPROP_F_PID, ns->pid,
			MNTPROP_F_PATH);
		add_escaped(f, ns->cgroup);
		fputc('\n', f);
	}
	if (fclose(f))
		out_of_memory();
	return text;
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

/* All of it appears under the name, or nothing does. */
static void write_file(const char *file, const char *text, size_t len,
		       const char *more, size_t more_len)
{
	struct stat st;
	char *temp;
	int fd, e;

	if (!lstat(file, &st) && !S_ISREG(st.st_mode))
		fatal("%s: not a regular file; give another name, or - for stdout",
		      file);
	if (asprintf(&temp, "%s.XXXXXX", file) < 0)
		out_of_memory();
	fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0)
		fatal("%s: %s", file, strerror(errno));
	if (write_all(fd, text, len) && write_all(fd, more, more_len) &&
	    !fsync(fd) && !close(fd) && !rename(temp, file)) {
		sync_directory(file);
		free(temp);
		return;
	}
	e = errno;
	unlink(temp);
	fatal("%s: %s", file, strerror(e));
}

static int run(const struct options *o)
{
	const char *file = o->args[0];
	size_t len, more_len = 0;
	char *text, *more = NULL;
	struct snapshot *s;
	struct error err;

	if (snapshot_read(o->file, &text, &len, &err))
		fatal("%s", err.text);
	s = snapshot_parse(text, len, o->file ? o->file : "snapshot", &err);
	if (!s || (!o->file && cgroup_read(s, &err)))
		fatal("%s", err.text);
	if (!o->file)
		more = cgroup_records(s, &more_len);

	if (strcmp(file, "-"))
		write_file(file, text, len, more, more_len);
	else if (!write_all(STDOUT_FILENO, text, len) ||
		 !write_all(STDOUT_FILENO, more, more_len))
		fatal("stdout: %s", strerror(errno));
	free(text);
	free(more);
	snapshot_free(s);
	return EXIT_YES;
}

const struct command save_command = {
	.name = "save",
	.args = "FILE",
	.min_args = 1,
	.max_args = 1,
	.options = "F",
	.what = "Keep a snapshot in FILE (- is stdout), with the containers known now",
	.run = run,
};
