// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "mountinfo.h"
#include "util.h"

/* As far as libmnt_fs and struct mount are to be compared. */
struct pair {
	const struct snapshot *s;
	const struct mount *m;
	struct libmnt_fs *fs;
	const struct mount *root; /* of the process */
	const char *in_root;
	int differences;
};

struct libmnt_table *mountinfo_of(pid_t pid)
{
	struct libmnt_table *table = mnt_new_table();
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/mountinfo", pid);
	if (!table || mnt_table_parse_file(table, path))
		die("%s", path);
	return table;
}

static void compare(struct pair *p, const char *what, const char *in_mountinfo,
		    const char *in_snapshot)
{
	if (!strcmp(in_mountinfo, in_snapshot))
		return;
	printf("# mount %d: %s is '%s' in mountinfo, '%s' in the snapshot\n",
	       p->m->id, what, in_mountinfo, in_snapshot);
	p->differences++;
}

static void compare_numbers(struct pair *p, const char *what, long in_mountinfo,
			    long in_snapshot)
{
	char a[24], b[24];

	snprintf(a, sizeof(a), "%ld", in_mountinfo);
	snprintf(b, sizeof(b), "%ld", in_snapshot);
	compare(p, what, a, b);
}

/* nsfs prints its root in its own way: the type of the namespace and its inode. */
static void compare_root(struct pair *p)
{
	const char *seen = mnt_fs_get_root(p->fs);
	const struct mount *m = p->m;
	char *root;
	const char *number = strchr(seen, '[');

	if (!strcmp(m->type, "nsfs") && number) {
		compare(p, "root", "/", m->root);
		compare_numbers(p, "inode of the root", atol(number + 1),
				m->root_ino);
		return;
	}
	if (asprintf(&root, "%s%s", m->root,
		     has_word(m->root_state, "deleted") ? "//deleted" : "") < 0)
		die("asprintf");
	compare(p, "root", seen, root);
	free(root);
}

static bool is_under(const char *path, const char *directory)
{
	size_t len = strlen(directory);

	return !strncmp(path, directory, len) &&
	       (!path[len] || path[len] == '/');
}

/* The library keeps only the end of a path longer than anyone can use. */
static void compare_end(struct pair *p, const char *seen, const char *end)
{
	size_t len = strlen(seen), end_len = strlen(end);

	compare(p, "end of the mountpoint",
		len > end_len ? seen + (len - end_len) : seen, end);
}

static void compare_target(struct pair *p)
{
	const char *seen = mnt_fs_get_target(p->fs), *path = p->m->path;
	char *root;

	if (!strncmp(path, "...", 3)) {
		compare_end(p, seen, path + 3);
		return;
	}
	if (asprintf(&root, "%s%s",
		     strcmp(p->root->path, "/") ? p->root->path : "",
		     p->in_root) < 0)
		die("asprintf");
	if (is_under(path, root))
		path += strlen(root);
	compare(p, "mountpoint", seen, *path ? path : "/");
	free(root);
}

/* Whether a walk up from @m comes by the root of the process. */
static bool is_reachable(const struct mount *m, const struct mount *root,
			 const char *in_root)
{
	const struct mount *below = NULL;

	for (; m && m != root; below = m, m = m->parent) {
		if (has_word(m->mp_state, "outside"))
			return false;
	}
	if (!m)
		return false;
	return below ? is_under(below->mountpoint, in_root) : !*in_root;
}

/* The nearest group above @m's master's that has a mount in sight of the process. */
static int dominating_group(const struct pair *p)
{
	const struct mount *master, *m;

	for (master = p->m->master; master; master = master->master) {
		m = master;
		do {
			if (m->ns == p->m->ns &&
			    is_reachable(m, p->root, p->in_root))
				return m->group_id;
			m = m->peer;
		} while (m && m != master);
	}
	return 0;
}

static void compare_propagation(struct pair *p)
{
	const char *seen = mnt_fs_get_optional_fields(p->fs);
	char fields[128] = "";
	size_t len = 0;

	if (p->m->shared)
		len += sprintf(fields + len, " shared:%d", p->m->group_id);
	if (p->m->master) {
		int master = p->m->master->group_id;
		int from = dominating_group(p);

		len += sprintf(fields + len, " master:%d", master);
		if (from && from != master)
			len += sprintf(fields + len, " propagate_from:%d",
				       from);
	}
	if (p->m->unbindable)
		len += sprintf(fields + len, " unbindable");
	compare(p, "propagation", seen ? seen : "", len ? fields + 1 : fields);
}

static void compare_flags(struct pair *p)
{
	static const char *const flags[] = {
		"ro",	   "nosuid",	 "nodev",    "noexec",
		"noatime", "nodiratime", "relatime", "nosymfollow",
	};
	const char *seen = mnt_fs_get_vfs_options(p->fs);
	size_t i;

	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		compare_numbers(p, flags[i], has_word(seen, flags[i]),
				has_word(p->m->flags, flags[i]));
}

static void compare_mount(struct pair *p)
{
	const char *source = mnt_fs_get_source(p->fs);
	const struct mount *m = p->m;

	compare_numbers(p, "parent", mnt_fs_get_parent_id(p->fs), m->parent_id);
	compare_numbers(p, "device", mnt_fs_get_devno(p->fs),
			makedev(m->major, m->minor));
	compare(p, "type", mnt_fs_get_fstype(p->fs), m->type);
	compare(p, "source", source ? source : "",
		m->source ? m->source : "none");
	compare_root(p);
	compare_target(p);
	compare_flags(p);
	compare_propagation(p);
}

/* From mountinfo to the snapshot. */
static void compare_table(struct pair *p, struct libmnt_table *table,
			  const struct mnt_namespace *ns)
{
	struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_FORWARD);

	if (!iter)
		die("mnt_new_iter");
	while (!mnt_table_next_fs(table, iter, &p->fs)) {
		int id = mnt_fs_get_id(p->fs);

		p->m = snapshot_mount(p->s, id);
		if (!p->m || p->m->ns != ns) {
			printf("# mount %d is in mountinfo, not in the snapshot\n",
			       id);
			p->differences++;
			continue;
		}
		if (!is_reachable(p->m, p->root, p->in_root)) {
			printf("# mount %d is in mountinfo, but %s is out of reach\n",
			       id, p->m->path);
			p->differences++;
			continue;
		}
		compare_mount(p);
	}
	mnt_free_iter(iter);
}

static bool table_has(struct libmnt_table *table, int id)
{
	struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_FORWARD);
	struct libmnt_fs *fs;
	bool found = false;

	if (!iter)
		die("mnt_new_iter");
	while (!found && !mnt_table_next_fs(table, iter, &fs))
		found = mnt_fs_get_id(fs) == id;
	mnt_free_iter(iter);
	return found;
}

int mountinfo_differences(const struct snapshot *s, pid_t pid,
			  const char *in_root)
{
	const struct mnt_namespace *ns = ns_of_pid(s, pid);
	struct libmnt_table *table = mountinfo_of(pid);
	struct pair p = { .s = s, .in_root = in_root };
	char path[64];
	size_t i;

	snprintf(path, sizeof(path), "/proc/%d/root", pid);
	p.root = mount_under(s, path);
	if (!p.root || p.root->ns != ns)
		die("the root of %d is not in its namespace", pid);
	compare_table(&p, table, ns);
	for (i = 0; i < ns->nr_mounts; i++) {
		const struct mount *m = ns->mounts[i];

		if (is_reachable(m, p.root, in_root) &&
		    !table_has(table, m->id)) {
			printf("# mount %d (%s) is in the snapshot, not in mountinfo\n",
			       m->id, m->path);
			p.differences++;
		}
	}
	if (ns->found != ns->nr_mounts_counted || ns->found != ns->nr_mounts) {
		printf("# namespace %u: %llu mounts counted, %llu found, %zu shown\n",
		       ns->inum, (unsigned long long)ns->nr_mounts_counted,
		       (unsigned long long)ns->found, ns->nr_mounts);
		p.differences++;
	}
	mnt_unref_table(table);
	fflush(stdout);
	return p.differences;
}
