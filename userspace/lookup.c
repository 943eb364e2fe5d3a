// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lookup.h"

/* As the kernel's MAXSYMLINKS. */
#define MAX_LINKS 40

struct walk {
	const struct start *start;
	struct location at;
	int fd; /* of @at, -1: no symbolic links from here on */
	bool to_name; /* the last component is not followed */
	bool at_name; /* that was the last step */
	bool absent; /* one of the components */
	bool new_name; /* that is the last one */
	const struct mount *cut; /* may be on the way */
	char *path, *rest; /* what was last expanded, and where in it we are */
	unsigned int links;
};

const char *path_below(const char *path, const char *top)
{
	size_t len = strlen(top);

	if (!strcmp(top, "/"))
		return strcmp(path, "/") ? path : "";
	if (strncmp(path, top, len) || (path[len] && path[len] != '/'))
		return NULL;
	return path + len;
}

bool path_is_cut(const char *state)
{
	return has_word(state, "toodeep") && !has_word(state, "deleted") &&
	       !has_word(state, "outside");
}

/* Whether a lookup can come by the mountpoint, and its path is all there. */
static bool is_on_path(const struct mount *m)
{
	return !m->mp_state;
}

struct mount *mounted_at(const struct mount *m, const char *within)
{
	struct mount *child;

	for (child = m->first_child; child; child = child->next_sibling) {
		if (is_on_path(child) && !strcmp(child->mountpoint, within))
			return child;
	}
	return NULL;
}

struct mount *mounted_on_way(const struct mount *m, const char *within)
{
	struct mount *child, *first = NULL;

	for (child = m->first_child; child; child = child->next_sibling) {
		if (!is_on_path(child) ||
		    !path_below(within, child->mountpoint))
			continue;
		if (!first ||
		    strlen(child->mountpoint) < strlen(first->mountpoint))
			first = child;
	}
	return first;
}

struct mount *topmost(struct mount *m)
{
	struct mount *on_top;

	while ((on_top = mounted_at(m, "/")))
		m = on_top;
	return m;
}

/* @a followed by @b, of which "/" adds nothing. */
static char *join(const char *a, const char *b)
{
	char *joined;

	if (!strcmp(a, "/"))
		return strdup(b);
	if (asprintf(&joined, "%s%s", a, strcmp(b, "/") ? b : "") < 0)
		return NULL;
	return joined;
}

char *location_in_fs(const struct location *p)
{
	return join(p->mnt->root, p->within);
}

char *location_path(const struct location *p)
{
	return join(p->mnt->path, p->within);
}

void location_free(struct location *p)
{
	free(p->within);
	*p = (struct location){};
}

/* Takes over @within, which is NULL when there was no memory for it. */
static int set_location(struct location *p, struct mount *m, char *within)
{
	struct mount *child;

	if (!within)
		return -1;
	child = mounted_at(m, within);
	if (child) {
		m = topmost(child);
		strcpy(within, "/");
	}
	free(p->within);
	p->mnt = m;
	p->within = within;
	return 0;
}

int location_root(const struct mnt_namespace *ns, struct location *root,
		  struct error *err)
{
	if (!ns->root)
		return error_set(err, "namespace %u has no root mount",
				 ns->inum);
	*root = (struct location){};
	if (set_location(root, ns->root, strdup("/")))
		return error_set(err, "out of memory");
	return 0;
}

static bool same_location(const struct location *a, const struct location *b)
{
	return a->mnt == b->mnt && !strcmp(a->within, b->within);
}

/* From the root of a mount to its mountpoint, as far as there is one. */
static int leave_mount(struct location *p, const struct location *root)
{
	while (!strcmp(p->within, "/") && p->mnt->parent &&
	       !same_location(p, root)) {
		char *within = strdup(p->mnt->mountpoint);

		if (!within)
			return -1;
		free(p->within);
		p->within = within;
		p->mnt = p->mnt->parent;
	}
	return 0;
}

/* Gives up the descriptor: the rest of the walk asks nobody. */
static void stop_asking(struct walk *w)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
}

static void move_fd(struct walk *w, int fd)
{
	stop_asking(w);
	w->fd = fd;
}

static int go_up(struct walk *w)
{
	const struct location *root = &w->start->root;
	char *slash;

	if (same_location(&w->at, root))
		return 0;
	if (w->fd >= 0)
		move_fd(w, openat(w->fd, "..", O_PATH | O_CLOEXEC));
	if (leave_mount(&w->at, root))
		return -1;
	if (same_location(&w->at, root))
		return 0;
	slash = strrchr(w->at.within, '/');
	slash[slash == w->at.within] = 0;
	return set_location(&w->at, w->at.mnt, strdup(w->at.within));
}

/*
 * Whether a lookup may wait for a server or a daemon, or start one.  What the
 * root of the process is on is there, or nothing would be.
 */
static bool may_hang(const struct walk *w, const struct mount *m)
{
	static const char *const types[] = {
		"9p",  "afs",  "autofs",  "ceph", "cifs",   "coda",    "fuse",
		"nfs", "nfs4", "fuseblk", "smb3", "lustre", "orangefs"
	};
	size_t i;

	if (m == w->start->root.mnt)
		return false;
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		if (!strcmp(m->type, types[i]))
			return true;
	}
	return !strncmp(m->type, "fuse.", strlen("fuse."));
}

static int follow_link(struct walk *w, const char *target, struct error *err)
{
	char *path;

	if (w->links++ == MAX_LINKS)
		return error_set(err, "%s: too many symbolic links", target);
	if (asprintf(&path, "%s/%s", target, w->rest) < 0)
		return error_set(err, "out of memory");
	free(w->path);
	w->path = path;
	w->rest = path;
	if (*path != '/')
		return 0;
	if (set_location(&w->at, w->start->root.mnt,
			 strdup(w->start->root.within)))
		return error_set(err, "out of memory");
	move_fd(w, fcntl(w->start->root_fd, F_DUPFD_CLOEXEC, 0));
	return 0;
}

/* Returns 1 if it is a link, which @target then has, 0 if not. */
static int ask(struct walk *w, const struct mount *mnt, const char *name,
	       char target[static PATH_MAX])
{
	ssize_t len;
	int fd;

	if (w->fd < 0)
		return 0;
	if (may_hang(w, mnt)) {
		stop_asking(w);
		return 0;
	}
	fd = openat(w->fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		w->absent = errno == ENOENT || errno == ENOTDIR;
		stop_asking(w);
		return 0;
	}
	len = readlinkat(fd, "", target, PATH_MAX - 1);
	if (len <= 0) {
		move_fd(w, fd);
		return 0;
	}
	close(fd);
	target[len] = 0;
	return 1;
}

/* The path of the name from the root of the mount; NULL without memory. */
static char *below(const struct location *at, const char *name)
{
	char *path;

	if (asprintf(&path, "%s/%s", strcmp(at->within, "/") ? at->within : "",
		     name) < 0)
		return NULL;
	return path;
}

static int go_to_name(struct walk *w, const char *name, struct error *err)
{
	char *within = below(&w->at, name), target[PATH_MAX];
	bool lost = w->absent;

	if (!within)
		return error_set(err, "out of memory");
	ask(w, w->at.mnt, name, target);
	w->new_name = w->absent && !lost;
	w->at_name = true;
	free(w->at.within);
	w->at.within = within;
	return 0;
}

static int go_down(struct walk *w, const char *name, struct error *err)
{
	char *within = below(&w->at, name), target[PATH_MAX];
	struct location next = {};

	if (set_location(&next, w->at.mnt, within))
		return error_set(err, "out of memory");
	if (ask(w, next.mnt, name, target)) {
		location_free(&next);
		return follow_link(w, target, err);
	}
	location_free(&w->at);
	w->at = next;
	return 0;
}

/* Of a path that was cut the end is known. */
static bool ends_with(const char *path, const char *tail)
{
	size_t len = strlen(path), tail_len = strlen(tail);

	return len >= tail_len && !strcmp(path + len - tail_len, tail);
}

/* A mount that may be mounted at @p; a lookup did not find it. */
static const struct mount *maybe_mounted_at(const struct location *p)
{
	const struct mount *child;

	for (child = p->mnt->first_child; child; child = child->next_sibling) {
		if (path_is_cut(child->mp_state) &&
		    ends_with(p->within, child->mountpoint))
			return child;
	}
	return NULL;
}

static int step(struct walk *w, struct error *err)
{
	char *name = w->rest + strspn(w->rest, "/");
	char *end = name + strcspn(name, "/");

	w->rest = end + !!*end;
	*end = 0;
	if (!*name)
		return 0;
	w->at_name = false;
	if (!strcmp(name, "."))
		return 0;
	if (w->to_name && strcmp(name, "..") && !w->rest[strspn(w->rest, "/")])
		return go_to_name(w, name, err);
	if (strcmp(name, ".."))
		return go_down(w, name, err);
	return go_up(w) ? error_set(err, "out of memory") : 0;
}

static int begin(struct walk *w, const char *path, struct error *err)
{
	const struct location *from = *path == '/' ? &w->start->root :
						     &w->start->cwd;
	int fd = *path == '/' ? w->start->root_fd : w->start->cwd_fd;

	if (!*path)
		return error_set(err, "the path is empty; give one");
	if (!from->mnt)
		return error_set(err, "%s: give a path that starts with /",
				 path);
	if (strlen(path) >= PATH_MAX)
		return error_set(err, "the path is too long");
	w->at.mnt = from->mnt;
	w->at.within = strdup(from->within);
	w->path = strdup(path);
	w->rest = w->path;
	if (!w->at.within || !w->path)
		return error_set(err, "out of memory");
	if (fd >= 0)
		w->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	return 0;
}

static int look_up(const struct start *start, const char *path, bool to_name,
		   struct location *at, struct error *err)
{
	struct walk w = { .start = start, .fd = -1, .to_name = to_name };
	int rc = begin(&w, path, err);

	while (!rc && *w.rest) {
		rc = step(&w, err);
		if (!rc && !w.cut)
			w.cut = maybe_mounted_at(&w.at);
	}
	stop_asking(&w);
	free(w.path);
	if (!rc && to_name && !w.at_name)
		rc = error_set(err, "%s: does not end with a name", path);
	if (rc) {
		location_free(&w.at);
		return rc;
	}
	*at = w.at;
	at->absent = w.absent;
	at->new_name = w.new_name;
	at->cut = w.cut;
	return rc;
}

int location_lookup(const struct start *start, const char *path,
		    struct location *at, struct error *err)
{
	return look_up(start, path, false, at, err);
}

int location_lookup_name(const struct start *start, const char *path,
			 struct location *at, struct error *err)
{
	return look_up(start, path, true, at, err);
}
