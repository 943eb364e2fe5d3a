// SPDX-License-Identifier: GPL-2.0-only
/* From the mountinfo of all namespaces to the text of a snapshot. */
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <time.h>

#include "../debugfs/format.h"
#include "escape.h"
#include "boot_id.h"
#include "file.h"
#include "proc.h"

struct entry {
	struct libmnt_fs *fs;
	size_t ns, order;
	int id, parent, group, master;
	bool unbindable;
	const char *mountpoint; /* from the root of the parent */
	int peer, master_id, overmount; /* ids, or 0 */
	size_t first_slave, nr_slaves; /* in the table's .slaves */
};

struct entries {
	struct entry *list; /* by id */
	size_t nr;
	struct entry **by_ns; /* and by id */
	struct entry **groups; /* those in a group, by it */
	size_t nr_groups;
	struct entry **slaves; /* by the group of their master */
	size_t nr_slaves;
};

/* Number after @name in optional fields: "shared:5 master:3"; or 0. */
static int get_number(const char *fields, const char *name)
{
	const char *found = fields ? strstr(fields, name) : NULL;

	return found ? atoi(found + strlen(name)) : 0;
}

static void take_fs(struct entries *e, struct libmnt_fs *fs, size_t ns)
{
	const char *fields = mnt_fs_get_optional_fields(fs);

	/* libmount takes a line of fstab(5) as well, which has no root */
	if (!mnt_fs_get_root(fs) || !mnt_fs_get_target(fs))
		return;
	e->list[e->nr] = (struct entry){
		.fs = fs,
		.ns = ns,
		.order = e->nr,
		.id = mnt_fs_get_id(fs),
		.parent = mnt_fs_get_parent_id(fs),
		.group = get_number(fields, "shared:"),
		.master = get_number(fields, "master:"),
		.unbindable = fields && strstr(fields, "unbindable"),
		.mountpoint = mnt_fs_get_target(fs),
	};
	e->nr++;
}

static int by_id(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->id != y->id)
		return x->id > y->id ? 1 : -1;
	return (x->order > y->order) - (x->order < y->order);
}

static int by_group(const void *a, const void *b)
{
	const struct entry *x = *(struct entry *const *)a;
	const struct entry *y = *(struct entry *const *)b;

	if (x->group != y->group)
		return x->group > y->group ? 1 : -1;
	return (x->id > y->id) - (x->id < y->id);
}

static int by_ns(const void *a, const void *b)
{
	const struct entry *x = *(struct entry *const *)a;
	const struct entry *y = *(struct entry *const *)b;

	if (x->ns != y->ns)
		return x->ns > y->ns ? 1 : -1;
	return (x->id > y->id) - (x->id < y->id);
}

/* Peers side by side. */
static int by_master(const void *a, const void *b)
{
	const struct entry *x = *(struct entry *const *)a;
	const struct entry *y = *(struct entry *const *)b;

	if (x->master != y->master)
		return x->master > y->master ? 1 : -1;
	return by_group(a, b);
}

static void sort_by_id(struct entries *e)
{
	size_t i, n = 0;

	qsort(e->list, e->nr, sizeof(*e->list), by_id);
	for (i = 0; i < e->nr; i++) {
		if (i + 1 == e->nr || e->list[i].id != e->list[i + 1].id)
			e->list[n++] = e->list[i];
	}
	e->nr = n;
}

static int collect(struct entries *e, const struct proc_view *v)
{
	struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_FORWARD);
	size_t i, nr = 0;

	for (i = 0; i < v->nr; i++)
		nr += mnt_table_get_nents(v->ns[i].table);
	e->list = calloc(nr + 1, sizeof(*e->list));
	e->by_ns = calloc(nr + 1, sizeof(struct entry *));
	e->groups = calloc(nr + 1, sizeof(struct entry *));
	e->slaves = calloc(nr + 1, sizeof(struct entry *));
	for (i = 0; iter && e->list && i < v->nr; i++) {
		struct libmnt_fs *fs;

		mnt_reset_iter(iter, MNT_ITER_FORWARD);
		while (!mnt_table_next_fs(v->ns[i].table, iter, &fs))
			take_fs(e, fs, i);
	}
	if (!iter || !e->list || !e->by_ns || !e->groups || !e->slaves) {
		mnt_free_iter(iter);
		return -1;
	}
	mnt_free_iter(iter);
	sort_by_id(e);
	for (i = 0; i < e->nr; i++)
		e->by_ns[i] = &e->list[i];
	qsort(e->by_ns, e->nr, sizeof(struct entry *), by_ns);
	return 0;
}

static struct entry *find(const struct entries *e, int id)
{
	const struct entry key = { .id = id };
	size_t low = 0, high = e->nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (e->list[middle].id < key.id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < e->nr && e->list[low].id == id ? &e->list[low] : NULL;
}

/* NULL for one that is at the top of what can be seen of its namespace. */
static struct entry *find_parent(const struct entries *e, const struct entry *m)
{
	struct entry *parent = find(e, m->parent);

	return parent && parent != m && parent->ns == m->ns ? parent : NULL;
}

/* mountinfo has paths from the root of the process. */
static void place(const struct entries *e, struct entry *m)
{
	const char *target = mnt_fs_get_target(m->fs), *top;
	struct entry *parent = find_parent(e, m);
	size_t len;

	if (!parent)
		return;
	top = mnt_fs_get_target(parent->fs);
	len = strcmp(top, "/") ? strlen(top) : 0;
	/* has it moved since then? */
	if (strncmp(target, top, len) || (target[len] && target[len] != '/'))
		return;
	m->mountpoint = target[len] ? target + len : "/";
	if (!strcmp(m->mountpoint, "/"))
		parent->overmount = m->id;
}

static struct entry *first_of_group(const struct entries *e, int group)
{
	size_t low = 0, high = e->nr_groups;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (e->groups[middle]->group < group)
			low = middle + 1;
		else
			high = middle;
	}
	return low < e->nr_groups && e->groups[low]->group == group ?
		       e->groups[low] :
		       NULL;
}

static void join_peers(struct entries *e)
{
	size_t i, first = 0;

	for (i = 0; i < e->nr; i++) {
		if (e->list[i].group)
			e->groups[e->nr_groups++] = &e->list[i];
	}
	qsort(e->groups, e->nr_groups, sizeof(struct entry *), by_group);
	for (i = 0; i < e->nr_groups; i++) {
		bool last = i + 1 == e->nr_groups ||
			    e->groups[i + 1]->group != e->groups[i]->group;

		e->groups[i]->peer = e->groups[last ? first : i + 1]->id;
		if (last)
			first = i + 1;
	}
}

static void join_slaves(struct entries *e)
{
	size_t i;

	for (i = 0; i < e->nr; i++) {
		if (e->list[i].master)
			e->slaves[e->nr_slaves++] = &e->list[i];
	}
	qsort(e->slaves, e->nr_slaves, sizeof(struct entry *), by_master);
	for (i = 0; i < e->nr_slaves; i++) {
		struct entry *slave = e->slaves[i];
		struct entry *master = first_of_group(e, slave->master);

		if (!master)
			continue;
		slave->master_id = master->id;
		if (!master->nr_slaves++)
			master->first_slave = i;
	}
}

static void write_string(FILE *f, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	fprintf(f, " %s=", name);
	escape_write(f, value);
}

static void write_number(FILE *f, const char *name, uint64_t n)
{
	if (n)
		fprintf(f, " %s=%llu", name, (unsigned long long)n);
}

/* Of @options those that stand for a flag that snapshots have too. */
static void write_flags(FILE *f, const char *name, const char *options,
			const char *const *flags, size_t nr, const char *more)
{
	char words[128];
	size_t i, len = 0;

	for (i = 0; i < nr; i++) {
		if (has_word(options, flags[i]))
			len += snprintf(words + len, sizeof(words) - len,
					"%s%s", len ? "," : "", flags[i]);
	}
	if (more)
		len += snprintf(words + len, sizeof(words) - len, "%s%s",
				len ? "," : "", more);
	if (len)
		fprintf(f, " %s=%s", name, words);
}

/* nsfs says which namespace it is, "net:[4026531840]", in place of a path. */
static void write_root(FILE *f, const char *root)
{
	static const char deleted[] = "//deleted";
	const char *number = strchr(root, '[');
	size_t len = strlen(root), tail = strlen(deleted);
	char *path;

	if (*root != '/') {
		fprintf(f, " %s=/", MNTPROP_F_ROOT);
		write_number(f, MNTPROP_F_ROOT_INO,
			     number ? strtoull(number + 1, NULL, 10) : 0);
		return;
	}
	if (len <= tail || strcmp(root + len - tail, deleted)) {
		write_string(f, MNTPROP_F_ROOT, root);
		return;
	}
	path = strndup(root, len - tail);
	write_string(f, MNTPROP_F_ROOT, path ? path : "/");
	fprintf(f, " %s=deleted", MNTPROP_F_ROOT_STATE);
	free(path);
}

static void write_slaves(FILE *f, const struct entries *e,
			 const struct entry *m)
{
	size_t i;

	for (i = 0; i < m->nr_slaves; i++) {
		if (i)
			fprintf(f, ",%d", e->slaves[m->first_slave + i]->id);
		else
			fprintf(f, " %s=%d", MNTPROP_F_SLAVES,
				e->slaves[m->first_slave]->id);
	}
}

static void write_mount(FILE *f, const struct entries *e, const struct entry *m)
{
	static const char *const flags[] = {
		"ro",	   "nosuid",	 "nodev",    "noexec",
		"noatime", "nodiratime", "relatime", "nosymfollow",
	};
	static const char *const sb_flags[] = {
		"ro", "sync", "dirsync", "mand", "lazytime",
	};
	dev_t dev = mnt_fs_get_devno(m->fs);

	fprintf(f, "%s %s=%d %s=%zu %s=%d", MNTPROP_REC_MOUNT, MNTPROP_F_ID,
		m->id, MNTPROP_F_NS, m->ns, MNTPROP_F_PARENT, m->parent);
	write_string(f, MNTPROP_F_MP, m->mountpoint);
	write_root(f, mnt_fs_get_root(m->fs));
	fprintf(f, " %s=%u:%u", MNTPROP_F_DEV, major(dev), minor(dev));
	write_string(f, MNTPROP_F_TYPE, mnt_fs_get_fstype(m->fs));
	write_string(f, MNTPROP_F_SOURCE, mnt_fs_get_source(m->fs));
	write_flags(f, MNTPROP_F_FLAGS, mnt_fs_get_vfs_options(m->fs), flags,
		    ARRAY_SIZE(flags),
		    m->group	  ? "shared" :
		    m->unbindable ? "unbindable" :
				    NULL);
	write_flags(f, MNTPROP_F_SB_FLAGS, mnt_fs_get_fs_options(m->fs),
		    sb_flags, ARRAY_SIZE(sb_flags), NULL);
	write_number(f, MNTPROP_F_GROUP, m->group);
	write_number(f, MNTPROP_F_PEER, m->peer);
	write_number(f, MNTPROP_F_MASTER, m->master_id);
	if (!m->master_id)
		write_number(f, MNTPROP_F_MASTER_GROUP, m->master);
	write_slaves(f, e, m);
	write_number(f, MNTPROP_F_OVERMOUNT, m->overmount);
	fputc('\n', f);
}

/* What is at "/" on nothing that can be seen. */
static int root_of(const struct entries *e, struct entry **mounts, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		if (!strcmp(mnt_fs_get_target(mounts[i]->fs), "/") &&
		    !find_parent(e, mounts[i]))
			return mounts[i]->id;
	}
	return 0;
}

static void write_ns(FILE *f, const struct entries *e, const struct proc_ns *ns,
		     size_t nr, struct entry **mounts, size_t nr_mounts)
{
	fprintf(f, "%s %s=%zu %s=%u", MNTPROP_REC_NS, MNTPROP_F_NR, nr,
		MNTPROP_F_INUM, ns->inum);
	write_number(f, MNTPROP_F_ID, ns->id);
	fprintf(f, " %s=%u %s=0", MNTPROP_F_USER_NS, ns->user_ns,
		MNTPROP_F_ANON);
	write_number(f, MNTPROP_F_ROOT, root_of(e, mounts, nr_mounts));
	fprintf(f, " %s=%zu %s=%zu %s=0 %s=%llu", MNTPROP_F_NR_MOUNTS,
		nr_mounts, MNTPROP_F_FOUND, nr_mounts, MNTPROP_F_EVENT,
		MNTPROP_F_TASKS, (unsigned long long)ns->tasks);
	write_number(f, MNTPROP_F_PID, ns->pid);
	write_string(f, MNTPROP_F_COMM, ns->comm);
	fputc('\n', f);
}

static uint64_t nanoseconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

static void write_head(FILE *f, const struct proc_view *v, size_t mounts)
{
	char boot_id[BOOT_ID_LENGTH + 1];
	struct utsname uts;

	uname(&uts);
	fprintf(f, "%s %d\n%s", MNTPROP_MAGIC, MNTPROP_VERSION,
		MNTPROP_REC_SYSTEM);
	write_string(f, MNTPROP_F_RELEASE, uts.release);
	if (!boot_id_read(boot_id))
		write_string(f, MNTPROP_F_BOOT_ID, boot_id);
	fprintf(f, " %s=%llu %s=%llu %s=proc\n", MNTPROP_F_MONO,
		(unsigned long long)nanoseconds(CLOCK_MONOTONIC),
		MNTPROP_F_WALL, (unsigned long long)nanoseconds(CLOCK_REALTIME),
		MNTPROP_F_SOURCE);
	fprintf(f, "%s %s=0 %s=0 %s=%zu %s=%zu %s=yes", MNTPROP_REC_CAPTURE,
		MNTPROP_F_HOLD, MNTPROP_F_RETRIES, MNTPROP_F_NAMESPACES, v->nr,
		MNTPROP_F_MOUNTS, mounts, MNTPROP_F_COMPLETE);
	write_number(f, MNTPROP_F_UNSEEN, v->unseen);
	write_number(f, MNTPROP_F_DENIED, v->denied);
	write_number(f, MNTPROP_F_NO_INIT, !v->initial);
	fputc('\n', f);
}

static void write_all(FILE *f, const struct proc_view *v,
		      const struct entries *e, const size_t *mounts)
{
	struct entry **of = e->by_ns;
	size_t i;

	write_head(f, v, e->nr);
	for (i = 0; i < v->nr; i++) {
		write_ns(f, e, &v->ns[i], i, of, mounts[i]);
		of += mounts[i];
	}
	for (i = 0; i < e->nr; i++)
		write_mount(f, e, e->by_ns[i]);
	fprintf(f, "%s %s=%zu %s=%zu\n", MNTPROP_REC_END, MNTPROP_F_NAMESPACES,
		v->nr, MNTPROP_F_MOUNTS, e->nr);
}

int proc_write(const struct proc_view *v, FILE *f)
{
	size_t *mounts = calloc(v->nr + 1, sizeof(*mounts));
	struct entries e = {};
	size_t i;
	int rc = -1;

	if (mounts && !collect(&e, v)) {
		for (i = 0; i < e.nr; i++) {
			place(&e, &e.list[i]);
			mounts[e.list[i].ns]++;
		}
		join_peers(&e);
		join_slaves(&e);
		write_all(f, v, &e, mounts);
		rc = ferror(f) ? -1 : 0;
	}
	free(mounts);
	free(e.list);
	free(e.by_ns);
	free(e.groups);
	free(e.slaves);
	return rc;
}
