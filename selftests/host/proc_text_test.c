// SPDX-License-Identifier: GPL-2.0-only
/* What --source proc makes of mountinfo, of which anybody may write the names. */
#include <stdlib.h>

#include "check.h"
#include "proc.h"

static struct libmnt_table *table_of(const char *mountinfo)
{
	struct libmnt_table *table = mnt_new_table();
	FILE *f = fmemopen((char *)mountinfo, strlen(mountinfo), "r");

	if (!table || !f || mnt_table_parse_stream(table, f, "mountinfo"))
		bail("libmount does not take it: %s", mountinfo);
	fclose(f);
	return table;
}

/* The snapshot of namespaces with these tables; @v has what else is known. */
static struct snapshot *see(const char *const *mountinfo, struct proc_view v)
{
	struct proc_ns ns[4] = {};
	struct snapshot *s;
	struct error err;
	char *text = NULL;
	size_t len, i;
	FILE *f = open_memstream(&text, &len);

	v.ns = ns;
	for (; mountinfo[v.nr]; v.nr++) {
		ns[v.nr] = (struct proc_ns){
			.inum = 100 + v.nr,
			.user_ns = 1,
			.pid = v.nr + 1,
			.comm = "a\nb \\",
			.tasks = 2,
			.table = table_of(mountinfo[v.nr]),
		};
	}
	if (!f || proc_write(&v, f) || fclose(f))
		bail("no memory");
	s = snapshot_parse(text, len, "test", &err);
	if (!s)
		bail("%s", err.text);
	for (i = 0; i < v.nr; i++)
		mnt_unref_table(ns[i].table);
	free(text);
	return s;
}

static void names(void)
{
	static const char *const info[] = {
		"20 1 8:1 / / rw,relatime - ext4 /dev/vda1 rw,sync\n"
		"21 20 0:5 /in\\040side /a\\040b\\134\\012c ro,nosuid,noatime - fuse.sshfs h\\040ost:/x rw,lazytime\n"
		"22 21 0:6 / /a\\040b\\134\\012c/sub rw - tmpfs none rw\n"
		"23 20 0:7 /gone//deleted /d rw - tmpfs t rw\n"
		"24 20 0:4 mnt:[4026532256] /ns rw - nsfs n rw\n",
		NULL
	};
	const struct proc_view v = { .unseen = 3, .denied = 7 };
	struct snapshot *s = see(info, v);
	const struct mount *m = snapshot_mount(s, 21);

	CHECK_STR(s->source, "proc");
	CHECK(s->unseen == 3);
	CHECK(s->denied == 7);
	CHECK(s->no_init && !s->namespaces[0].initial);
	CHECK_STR(s->namespaces[0].comm, "a\nb \\");
	CHECK(s->namespaces[0].root == snapshot_mount(s, 20));
	CHECK(!m->mp_dentry && !m->root_dentry);
	CHECK_STR(m->mountpoint, "/a b\\\nc");
	CHECK_STR(m->root, "/in side");
	CHECK_STR(m->type, "fuse.sshfs");
	CHECK_STR(m->source, "h ost:/x");
	CHECK_STR(m->flags, "ro,nosuid,noatime");
	CHECK_STR(m->sb_flags, "lazytime");
	CHECK_STR(snapshot_mount(s, 20)->sb_flags, "sync");
	CHECK_STR(snapshot_mount(s, 22)->mountpoint, "/sub");
	CHECK_STR(snapshot_mount(s, 22)->path, "/a b\\\nc/sub");
	CHECK_STR(snapshot_mount(s, 23)->root, "/gone");
	CHECK_STR(snapshot_mount(s, 23)->root_state, "deleted");
	CHECK_STR(snapshot_mount(s, 24)->root, "/");
	CHECK(snapshot_mount(s, 24)->root_ino == 4026532256);
	snapshot_free(s);
}

static void groups(void)
{
	static const char *const info[] = {
		"20 1 8:1 / / rw - ext4 a rw\n"
		"21 20 8:1 / /a rw shared:7 - ext4 a rw\n"
		"22 20 8:1 / /b rw unbindable - ext4 a rw\n",
		"30 1 8:1 / / rw - ext4 a rw\n"
		"31 30 8:1 / /a rw shared:7 - ext4 a rw\n"
		"32 30 8:1 / /c rw shared:8 master:7 - ext4 a rw\n"
		"33 30 8:1 / /b rw master:7 - ext4 a rw\n"
		"34 30 8:1 / /d rw shared:8 master:7 - ext4 a rw\n"
		"35 30 8:1 / /e rw master:99 propagate_from:7 - ext4 a rw\n",
		NULL
	};
	const struct proc_view v = { .initial = true };
	struct snapshot *s = see(info, v);
	const struct mount *m = snapshot_mount(s, 21);
	char buf[64];

	CHECK(m->peer == snapshot_mount(s, 31));
	CHECK(m->peer->peer == m);
	CHECK(s->namespaces[0].initial && !s->namespaces[1].initial);
	CHECK(!s->unseen && !s->denied);
	/* peers side by side */
	CHECK(m->nr_slaves == 3 && m->slaves[0]->id == 33 &&
	      m->slaves[1]->id == 32 && m->slaves[2]->id == 34);
	CHECK(m->peer->nr_slaves == 0);
	CHECK(snapshot_mount(s, 34)->master == m);
	CHECK(snapshot_mount(s, 22)->unbindable);
	CHECK(!snapshot_mount(s, 35)->master);
	CHECK(mount_is_slave(snapshot_mount(s, 35)));
	CHECK_STR(mount_propagation(snapshot_mount(s, 35), buf, sizeof(buf)),
		  "master:99");
	snapshot_free(s);
}

/* In a chroot; in the meantime moved; and the id given to another mount. */
static void loose_ends(void)
{
	static const char *const info[] = {
		"20 1 8:1 / / rw - ext4 a rw\n"
		"21 20 8:1 / /moved rw - ext4 a rw\n"
		"22 21 8:1 / /from/x rw - ext4 a rw\n"
		"23 20 8:1 / /old rw - ext4 a rw\n"
		"24 20 8:1 / /twice rw - ext4 a rw\n"
		"25 24 8:1 / /twice rw - ext4 a rw\n",
		"23 17 8:1 / /new rw - ext4 a rw\n"
		"26 18 8:1 / /jail rw - ext4 a rw\n",
		NULL
	};
	const struct proc_view v = {};
	struct snapshot *s = see(info, v);

	CHECK_STR(snapshot_mount(s, 22)->mountpoint, "/from/x");
	CHECK_STR(snapshot_mount(s, 23)->path, "/new");
	CHECK(snapshot_mount(s, 23)->ns == &s->namespaces[1]);
	CHECK(!s->namespaces[1].root);
	CHECK(s->namespaces[0].nr_mounts == 5);
	CHECK(snapshot_mount(s, 24)->overmount == snapshot_mount(s, 25));
	CHECK(snapshot_mount(s, 24)->hidden);
	snapshot_free(s);
}

static const struct check_test tests[] = {
	{ "names, flags and roots", names },
	{ "peers and masters of several namespaces", groups },
	{ "what was read at different times", loose_ends },
};

int main(void)
{
	return check_all(tests, ARRAY_SIZE(tests));
}
