// SPDX-License-Identifier: GPL-2.0-only
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <libmount.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "actors.h"
#include "compiler.h"
#include "outline.h"
#include "trial.h"

static int number_after(const char *text, const char *word)
{
	const char *at = text ? strstr(text, word) : NULL;

	return at ? atoi(at + strlen(word)) : 0;
}

/* The model does not tell what is removed from what is there again. */
static char *without_suffix(const char *text, const char *suffix)
{
	size_t len = text ? strlen(text) : 0, end = strlen(suffix);

	if (len > end && !strcmp(text + len - end, suffix))
		len -= end;
	return text ? strndup(text, len) : NULL;
}

static void add_mount(struct outline *o, unsigned int ns, struct libmnt_fs *fs)
{
	const char *root = mnt_fs_get_root(fs);
	const char *optional = mnt_fs_get_optional_fields(fs);
	const char *type = mnt_fs_get_fstype(fs);
	char *whole = without_suffix(root, "//deleted");
	struct outline_mount m = {
		.ns = ns,
		.id = mnt_fs_get_id(fs),
		.parent = mnt_fs_get_parent_id(fs),
		.path = (char *)mnt_fs_get_target(fs),
		.root = type && !strcmp(type, "nsfs") ? "(nsfs)" : whole,
		.fs = mnt_fs_get_devno(fs),
		.group = number_after(optional, "shared:"),
		.master = number_after(optional, "master:"),
		.unbindable = optional && strstr(optional, "unbindable"),
		.flags = world_flags(mnt_fs_get_vfs_options(fs)),
	};

	if (!m.path || !m.root || outline_add(o, &m))
		errx(2, "mountinfo of an actor");
	free(whole);
}

static void read_mountinfo(struct outline *o, unsigned int ns, int proc,
			   pid_t pid)
{
	struct libmnt_table *table = mnt_new_table();
	struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_FORWARD);
	struct libmnt_fs *fs;
	char path[32];
	FILE *f;
	int fd;

	snprintf(path, sizeof(path), "%d/mountinfo", pid);
	fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	f = fd < 0 ? NULL : fdopen(fd, "r");
	if (!f || !table || !iter || mnt_table_parse_stream(table, f, path))
		err(2, "/proc/%s", path);
	fclose(f);
	while (!mnt_table_next_fs(table, iter, &fs))
		add_mount(o, ns, fs);
	mnt_free_iter(iter);
	mnt_unref_table(table);
}

static void look(struct outline *o, const struct actors *a)
{
	int i;

	*o = (struct outline){};
	for (i = 0; i < a->nr; i++)
		read_mountinfo(o, i, a->proc, a->all[i].pid);
}

static bool has_mount(const struct outline *o, int id)
{
	size_t i;

	for (i = 0; i < o->nr; i++) {
		if (o->mounts[i].id == id)
			return true;
	}
	return false;
}

/* Ids are given in ascending order: the smallest that is free. */
static void mark_new(struct outline *now, const struct outline *before)
{
	size_t i;

	for (i = 0; i < now->nr; i++) {
		if (!has_mount(before, now->mounts[i].id))
			now->mounts[i].made = now->mounts[i].id;
	}
}

/* What the step needs is there. */
static bool has_operand(const struct actors *a, enum request_operand what,
			int of)
{
	switch (what) {
	case FROM_TREE:
		return of < a->nr && a->all[of].tree_id;
	case FROM_HELD:
		return of < a->nr && a->all[of].held_id;
	default:
		return of < a->nr;
	}
}

static bool can_do(const struct actors *a, const struct step *step)
{
	const struct request *q = &step->r;

	return step->actor < a->nr && has_operand(a, q->from, q->of) &&
	       has_operand(a, q->to, q->to_of);
}

/* The kernel does these in any case: somebody else, or a limit, stands in the way. */
static bool has_to_work(const struct request *q)
{
	return q->what != DO_OPERATION || q->type == OP_MOUNT ||
	       q->type == OP_UNSHARE;
}

/* Of the machine's state, and not of what the kernel thinks of the step. */
static bool is_shortage(int error)
{
	return error == ENOMEM || error == ENOSPC || error == EAGAIN ||
	       error == EMFILE || error == ENFILE || error == EUSERS;
}

/* Returns whether the step could be tried. */
static bool do_step(struct actors *a, const struct step *step, FILE *f)
{
	struct request q = step->r;
	int error;

	if (!can_do(a, step)) {
		fprintf(f, "-\n");
		return true;
	}
	q.by_fd = q.what == DO_OPERATION && q.type == OP_MOUNT;
	error = actors_do(a, step->actor, &q);
	fprintf(f, "%s\n", error ? strerrorname_np(error) : "ok");
	return !error || !(has_to_work(&q) || is_shortage(error));
}

bool trial_by_kernel(const struct script *script, int proc, FILE *f)
{
	struct outline before = {}, now;
	bool tried = true;
	struct actors a;
	int i;

	actors_start(&a, proc);
	for (i = 0; i < script->nr_steps && tried; i++) {
		if (i == script->nr_steps - 1)
			look(&before, &a);
		tried = do_step(&a, &script->steps[i], f);
	}
	look(&now, &a);
	actors_stop(&a);
	mark_new(&now, &before);
	outline_print(&now, f);
	outline_free(&before);
	outline_free(&now);
	return tried;
}
