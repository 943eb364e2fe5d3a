// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "acting.h"
#include "fatal.h"
#include "mount_id.h"
#include "nsfs.h"
#include "who.h"

/* False if it is only a directory in there; a kernel that cannot say lies. */
static bool may_be_mount_root(int fd)
{
	struct statx st;

	if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, 0, &st) ||
	    !(st.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT))
		return true;
	return st.stx_attributes & STATX_ATTR_MOUNT_ROOT;
}

/*
 * A directory of a process: its mount is told by @fd, the rest by its path in
 * the namespace.  Who runs in a chroot sees that path cut off at his own root.
 */
static int find_location(const struct acting *a, const struct snapshot *s,
			 int fd, const char *path, struct location *p)
{
	struct mount *m = snapshot_mount(s, mount_id(fd));
	const char *below;

	if (!m || m->ns != a->ns)
		return -1;
	below = path_below(path, m->path);
	if (!below && strcmp(path, "/"))
		return -1;
	if ((!below || !*below) && !may_be_mount_root(fd))
		return -1;
	p->mnt = m;
	p->within = strdup(below && *below ? below : "/");
	if (!p->within)
		out_of_memory();
	return 0;
}

/* Opens the magic link @name of the process; returns -1 if it cannot be told. */
static int open_location(const struct acting *a, const struct snapshot *s,
			 const char *name, struct location *p)
{
	char link[64], path[PATH_MAX];
	ssize_t len;
	int fd;

	snprintf(link, sizeof(link), "/proc/%d/%s", a->pid, name);
	len = readlink(link, path, sizeof(path) - 1);
	if (len < 0)
		return -1;
	path[len] = 0;
	fd = open(link, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (find_location(a, s, fd, path, p)) {
		close(fd);
		return -1;
	}
	return fd;
}

static void set_start(struct acting *a, const struct snapshot *s, bool named)
{
	struct start *start = &a->start;
	struct error err;

	if (a->pid)
		start->root_fd = open_location(a, s, "root", &start->root);
	if (start->root_fd >= 0) {
		start->cwd_fd = open_location(a, s, "cwd", &start->cwd);
		return;
	}
	if (named)
		fatal("process %d: its root is not to be seen; -N %u takes that of the namespace",
		      a->pid, a->ns->inum);
	if (location_root(a->ns, &start->root, &err))
		fatal("%s: %s", s->name, err.text);
}

void acting_open(struct acting *a, const struct snapshot *s,
		 const struct options *o, const char *who)
{
	bool named = false;

	*a = (struct acting){ .start = { .root_fd = -1, .cwd_fd = -1 } };
	a->ns = who ? who_named(s, o, who) : who_default(s, o);
	if (!o->file)
		a->pid = who_task(a->ns, who, &named);
	set_start(a, s, named);
	if (!a->pid)
		a->pid = a->ns->pid;
}

static void refuse_cut(const struct location *at, const char *path)
{
	if (at->cut)
		fatal("cannot tell: the path of mount %d was cut, and may lead to %s",
		      at->cut->id, path);
}

struct location acting_lookup(const struct acting *a, const char *path)
{
	struct location at;
	struct error err;

	if (location_lookup(&a->start, path, &at, &err))
		fatal("%s", err.text);
	refuse_cut(&at, path);
	return at;
}

struct location acting_lookup_name(const struct acting *a, const char *path)
{
	struct location at;
	struct error err;

	if (location_lookup_name(&a->start, path, &at, &err))
		fatal("%s", err.text);
	refuse_cut(&at, path);
	return at;
}

unsigned int acting_user_ns(const struct acting *a, const struct options *o)
{
	unsigned int inum = 0;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/user", a->pid);
	if (!o->file && a->pid)
		inum = nsfs_inode(path);
	return inum ? inum : a->ns->user_ns;
}

void acting_close(struct acting *a)
{
	location_free(&a->start.root);
	location_free(&a->start.cwd);
	if (a->start.root_fd >= 0)
		close(a->start.root_fd);
	if (a->start.cwd_fd >= 0)
		close(a->start.cwd_fd);
}
