// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the tool makes of /proc (--source proc) against what the module says:
 * whatever both tell of a mount must be the same, in namespaces of every kind.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/capability.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "tool.h"
#include "util.h"

#define FILE_OF_PROC "/tmp/proc.snap"
#define HELD "/mnt/nsfs/held"
#define HIDDEN "/mnt/nsfs/hidden"
#define NESTED "/mnt/inside/nested"

static void setup_slave(void *arg)
{
	(void)arg;
	must_make("/", MS_REC | MS_SLAVE);
	must_make("/mnt/a", MS_SHARED);
	must_mkdir("/mnt/own");
	must_mount("own", "/mnt/own", "tmpfs", MS_NOSUID | MS_RDONLY, NULL);
}

/* Nobody in this namespace sees it whole. */
static void setup_chroot(void *arg)
{
	(void)arg;
	must_make("/mnt", MS_PRIVATE);
	must_mkdir("/mnt/jail");
	must_mkdir("/mnt/jail/in");
	must_mount("in", "/mnt/jail/in", "tmpfs", MS_NODEV, NULL);
	if (chroot("/mnt/jail") || chdir("/"))
		die("chroot");
}

/* Its masters are in a namespace that only a descriptor holds. */
static void setup_orphan(void *arg)
{
	const pid_t *from = arg;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", *from);
	must_enter(path);
	if (unshare(CLONE_NEWNS))
		die("unshare");
	must_make("/", MS_REC | MS_SLAVE);
}

static void setup_new_groups(void *arg)
{
	(void)arg;
	must_make("/", MS_REC | MS_PRIVATE);
	must_make("/", MS_REC | MS_SHARED);
}

struct thread {
	bool alone;
	pthread_barrier_t ready;
};

static void *live(void *arg)
{
	struct thread *t = arg;

	if (t->alone) {
		if (unshare(CLONE_NEWNS) || prctl(PR_SET_NAME, "alone"))
			die("unshare");
		must_make("/", MS_REC | MS_PRIVATE);
		must_mkdir("/mnt/alone");
		must_mount("alone", "/mnt/alone", "tmpfs", 0, NULL);
	}
	pthread_barrier_wait(&t->ready);
	for (;;)
		pause();
}

/* One of them leaves for a namespace of its own, one stays with the first. */
static void setup_threads(void *arg)
{
	static struct thread threads[2] = { { .alone = true } };
	pthread_t thread;
	size_t i;

	(void)arg;
	for (i = 0; i < ARRAY_SIZE(threads); i++) {
		pthread_barrier_init(&threads[i].ready, NULL, 2);
		if (pthread_create(&thread, NULL, live, &threads[i]))
			die("pthread_create");
		pthread_barrier_wait(&threads[i].ready);
	}
}

/* A mount namespace without a process, which has the file of another. */
static void setup_held(void *arg)
{
	char path[64];
	pid_t pid;

	(void)arg;
	must_make("/", MS_REC | MS_PRIVATE);
	must_mkdir("/mnt/inside");
	must_mount("inside", "/mnt/inside", "tmpfs", 0, NULL);
	must_write(NESTED, "");
	pid = child_start(0, NULL, NULL);
	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", pid);
	must_bind(path, NESTED);
	child_stop(pid);
}

/* A file that stands for the namespace of a process, which ends. */
static void bind_namespace(pid_t pid, const char *file)
{
	char path[64];

	must_write(file, "");
	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", pid);
	must_bind(path, file);
	child_stop(pid);
}

static void hold_namespace(void)
{
	bind_namespace(child_start(0, setup_held, NULL), HELD);
}

/* Such a file as a mount that is not attached: its path is just "/". */
static int hide_namespace(pid_t pid)
{
	int fd;

	bind_namespace(pid, HIDDEN);
	fd = syscall(SYS_open_tree, AT_FDCWD, HIDDEN,
		     OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	if (fd < 0)
		die("open_tree");
	must_umount(HIDDEN, 0);
	return fd;
}

static void make_mounts(void)
{
	must_mkdir("/mnt/a");
	must_mkdir("/mnt/b");
	must_mkdir("/mnt/c d\\\n");
	must_mkdir("/mnt/gone");
	must_mkdir("/mnt/there");
	must_mount("a", "/mnt/a", "tmpfs", MS_NOEXEC | MS_NOATIME, NULL);
	must_bind("/mnt/a", "/mnt/b");
	must_mount("name with\tblanks", "/mnt/c d\\\n", "tmpfs", 0, NULL);
	must_mount("on top", "/mnt/c d\\\n", "tmpfs", 0, NULL);
	must_make("/mnt/c d\\\n", MS_UNBINDABLE);
	must_bind("/mnt/gone", "/mnt/there");
	if (rmdir("/mnt/gone"))
		die("rmdir");
	must_mkdir("/mnt/a/dir");
	must_mkdir("/mnt/dir");
	must_bind("/mnt/a/dir", "/mnt/dir");
}

static unsigned int inum_of(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", pid);
	return inode_of(path);
}

FIXTURE(proc)
{
	pid_t child[6];
	int hidden; /* of a namespace that nothing in /proc leads to */
	int fd; /* of one without a process */
	unsigned int inum;
	struct snapshot *module, *proc;
};

FIXTURE_SETUP(proc)
{
	pid_t master;
	struct error err;

	own_namespace(MS_SHARED);
	make_mounts();
	must_mkdir("/mnt/nsfs");
	must_mount("nsfs", "/mnt/nsfs", "tmpfs", 0, NULL);
	must_make("/mnt/nsfs", MS_PRIVATE);
	self->child[0] = child_start(0, NULL, NULL);
	self->child[1] = child_start(0, setup_slave, NULL);
	self->child[2] = child_start(CLONE_NEWUSER, NULL, NULL);
	self->child[3] = child_start(0, setup_chroot, NULL);
	master = child_start(0, setup_new_groups, NULL);
	self->child[4] = child_start(0, setup_orphan, &master);
	self->child[5] = child_start(0, setup_threads, NULL);
	self->hidden = hide_namespace(master);
	hold_namespace();
	master = child_start(0, setup_slave, NULL);
	self->inum = inum_of(master);
	self->fd = ns_outlives(master);

	if (tool_run("save", "--source", "proc", FILE_OF_PROC, NULL))
		die("save: %s", tool_said);
	self->module = take_snapshot();
	self->proc = snapshot_load(FILE_OF_PROC, &err);
	if (!self->proc)
		die("%s", err.text);
}

FIXTURE_TEARDOWN(proc)
{
	size_t i;

	snapshot_free(self->module);
	snapshot_free(self->proc);
	for (i = 0; i < ARRAY_SIZE(self->child); i++)
		child_stop(self->child[i]);
	close(self->fd);
	close(self->hidden);
	unlink(FILE_OF_PROC);
}

static int differences;

static void same_string(int id, const char *what, const char *proc,
			const char *module)
{
	if (!strcmp(proc ? proc : "", module ? module : ""))
		return;
	printf("# mount %d: %s is '%s' in /proc, '%s' in the module\n", id,
	       what, proc ? proc : "", module ? module : "");
	differences++;
}

static void same_number(int id, const char *what, long proc, long module)
{
	if (proc == module)
		return;
	printf("# mount %d: %s is %ld in /proc, %ld in the module\n", id, what,
	       proc, module);
	differences++;
}

/* Those that mountinfo has words for. */
static void same_flags(const struct mount *proc, const struct mount *module)
{
	static const char *const flags[] = {
		"ro",	      "nosuid",	  "nodev",  "noexec",	  "noatime",
		"nodiratime", "relatime", "shared", "unbindable", "nosymfollow",
	};
	static const char *const sb_flags[] = {
		"ro", "sync", "dirsync", "mand", "lazytime",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(flags); i++)
		same_number(proc->id, flags[i], has_word(proc->flags, flags[i]),
			    has_word(module->flags, flags[i]));
	for (i = 0; i < ARRAY_SIZE(sb_flags); i++)
		same_number(proc->id, sb_flags[i],
			    has_word(proc->sb_flags, sb_flags[i]),
			    has_word(module->sb_flags, sb_flags[i]));
}

static int group_of_master(const struct mount *m)
{
	return m->master ? m->master->group_id : m->master_group;
}

/* The next in the ring of those that /proc shows, and no others. */
static void same_peers(const struct snapshot *s, const struct mount *proc,
		       const struct mount *module)
{
	const struct mount *peer = module;
	size_t n = 0;

	if (!proc->group)
		return;
	do {
		n += !!snapshot_mount(s, peer->id);
		peer = peer->peer;
	} while (peer && peer != module);
	same_number(proc->id, "number of peers", proc->group->nr_members, n);
}

static void same_mount(const struct snapshot *s, const struct mount *proc,
		       const struct mount *module)
{
	int id = proc->id;

	same_number(id, "namespace", proc->ns->inum,
		    module->ns ? module->ns->inum : 0);
	same_number(id, "parent", proc->parent_id, module->parent_id);
	same_string(id, "path", proc->path, module->path);
	same_string(id, "mountpoint", proc->mountpoint, module->mountpoint);
	same_string(id, "root", proc->root, module->root);
	same_string(id, "state of root", proc->root_state, module->root_state);
	if (proc->root_ino)
		same_number(id, "inode of root", proc->root_ino,
			    module->root_ino);
	same_number(id, "major", proc->major, module->major);
	same_number(id, "minor", proc->minor, module->minor);
	same_string(id, "type", proc->type, module->type);
	same_string(id, "source", proc->source,
		    module->source ? module->source : "none");
	same_number(id, "group", proc->group_id, module->group_id);
	same_number(id, "group of master", group_of_master(proc),
		    group_of_master(module));
	same_number(id, "overmount", proc->overmount_id, module->overmount_id);
	same_number(id, "hidden", proc->hidden, module->hidden);
	same_flags(proc, module);
	same_peers(s, proc, module);
}

static bool is_below(const struct mount *m, const struct mount *top)
{
	while (m && m != top)
		m = m->parent;
	return m;
}

/* What a lookup of / arrives at. */
static const struct mount *top_of_root(const struct mnt_namespace *ns)
{
	const struct mount *m = ns->root;

	while (m && m->overmount)
		m = m->overmount;
	return m;
}

static void same_mounts(const struct snapshot *s,
			const struct mnt_namespace *proc,
			const struct mnt_namespace *module)
{
	const struct mount *top = top_of_root(module);
	size_t i, n = 0;

	for (i = 0; i < proc->nr_mounts; i++) {
		const struct mount *m = proc->mounts[i];
		size_t j = 0;

		while (j < module->nr_mounts && module->mounts[j]->id != m->id)
			j++;
		if (j < module->nr_mounts)
			same_mount(s, m, module->mounts[j]);
		else
			same_number(m->id, "there", 1, 0);
	}
	/* mountinfo leaves out what is beneath the root */
	for (i = 0; i < module->nr_mounts; i++)
		n += is_below(module->mounts[i], top);
	same_number(0, "number of mounts in a namespace", proc->nr_mounts, n);
}

static unsigned int own_inum(void)
{
	return inum_of(getpid());
}

static int ns_differences(const struct snapshot *proc,
			  const struct snapshot *module, unsigned int inum)
{
	const struct mnt_namespace *x = snapshot_ns(proc, inum);
	const struct mnt_namespace *y = snapshot_ns(module, inum);

	differences = 0;
	if (!x || !y) {
		printf("# namespace %u: %s in /proc, %s in the module\n", inum,
		       x ? "is" : "not", y ? "is" : "not");
		return 1;
	}
	same_number(0, "owner", x->user_ns, y->user_ns);
	same_number(0, "pid", x->pid, y->pid);
	/* the tool was in that of the test when it looked */
	same_number(0, "tasks", x->tasks, y->tasks + (inum == own_inum()));
	same_string(0, "comm", x->comm, y->comm);
	if (x->id)
		same_number(0, "id", x->id, y->id);
	same_mounts(proc, x, y);
	fflush(stdout);
	return differences;
}

TEST_F(proc, own_namespace)
{
	EXPECT_EQ(0,
		  ns_differences(self->proc, self->module, inum_of(getpid())));
}

TEST_F(proc, peers)
{
	const struct mnt_namespace *ns = ns_of_pid(self->proc, self->child[0]);

	EXPECT_LT(1, mount_at(ns, "/mnt/a")->group->nr_members);
	EXPECT_EQ(0, ns_differences(self->proc, self->module, ns->inum));
}

TEST_F(proc, slaves)
{
	const struct mnt_namespace *ns = ns_of_pid(self->proc, self->child[1]);

	ASSERT_NE(NULL, mount_at(ns, "/mnt/a")->master);
	EXPECT_TRUE(mount_at(ns, "/mnt/a")->shared);
	EXPECT_NE(ns, mount_at(ns, "/mnt/b")->master->ns);
	EXPECT_EQ(0, ns_differences(self->proc, self->module, ns->inum));
}

TEST_F(proc, other_user_namespace)
{
	const struct mnt_namespace *ns = ns_of_pid(self->proc, self->child[2]);

	EXPECT_NE(self->proc->namespaces[0].user_ns, ns->user_ns);
	EXPECT_EQ(0, ns_differences(self->proc, self->module, ns->inum));
}

TEST_F(proc, only_a_chroot)
{
	const struct mnt_namespace *ns = ns_of_pid(self->proc, self->child[3]);

	EXPECT_NE(NULL, mount_at(ns, "/mnt/jail/in"));
	EXPECT_EQ(0, ns_differences(self->proc, self->module, ns->inum));
}

/* The only one that has a mount there. */
static const struct mnt_namespace *ns_with(const struct snapshot *s,
					   const char *path)
{
	size_t i;

	for (i = 0; i < s->nr_namespaces; i++) {
		if (mount_at(&s->namespaces[i], path))
			return &s->namespaces[i];
	}
	return NULL;
}

TEST_F(proc, thread_with_its_own_namespace)
{
	const struct mnt_namespace *of_all =
		ns_of_pid(self->proc, self->child[5]);
	const struct mnt_namespace *own = ns_with(self->proc, "/mnt/alone");

	ASSERT_NE(NULL, own);
	EXPECT_NE(of_all, own);
	EXPECT_EQ(1, own->tasks);
	EXPECT_LT(self->child[5], own->pid);
	EXPECT_STREQ("alone", own->comm);
	EXPECT_EQ(2, of_all->tasks);
	EXPECT_EQ(self->child[5], of_all->pid);
	EXPECT_EQ(0, ns_differences(self->proc, self->module, own->inum));
	EXPECT_EQ(0, ns_differences(self->proc, self->module, of_all->inum));
}

TEST_F(proc, master_out_of_sight)
{
	const struct mnt_namespace *ns = ns_of_pid(self->proc, self->child[4]);
	const struct mount *m = mount_at(ns, "/mnt/a");

	EXPECT_EQ(NULL, m->master);
	EXPECT_LT(0, m->master_group);
	EXPECT_EQ(0, ns_differences(self->proc, self->module, ns->inum));
}

TEST_F(proc, held_by_a_file)
{
	const struct mnt_namespace *ns =
		snapshot_ns(self->proc, inode_of(HELD));
	const struct mount *nested;

	ASSERT_NE(NULL, ns);
	EXPECT_EQ(0, ns->tasks);
	EXPECT_EQ(0, ns_differences(self->proc, self->module, ns->inum));
	nested = mount_at(ns, NESTED);
	ASSERT_NE(NULL, nested);
	EXPECT_EQ(0,
		  ns_differences(self->proc, self->module, nested->root_ino));
}

TEST_F(proc, held_by_a_descriptor)
{
	const struct mnt_namespace *ns = snapshot_ns(self->proc, self->inum);

	ASSERT_NE(NULL, ns);
	EXPECT_EQ(0, ns->tasks);
	EXPECT_EQ(0, ns_differences(self->proc, self->module, self->inum));
}

TEST_F(proc, initial_namespace)
{
	EXPECT_EQ(inum_of(1), self->proc->namespaces[0].inum);
	EXPECT_TRUE(self->proc->namespaces[0].initial);
	EXPECT_EQ(inum_of(1), self->module->namespaces[0].inum);
}

TEST_F(proc, says_what_it_does_not_know)
{
	EXPECT_STREQ("proc", self->proc->source);
	EXPECT_EQ(0, self->proc->unseen);
	EXPECT_EQ(0, self->proc->denied);
	EXPECT_EQ(NULL, mount_at(&self->proc->namespaces[0], "/")->mp_dentry);
	EXPECT_EQ(2, tool_run("tree", "--source", "proc", "-N", "none", NULL));
	EXPECT_NE(NULL, strstr(tool_said, "only the module knows"));
	EXPECT_EQ(2,
		  tool_run("ns", "-F", FILE_OF_PROC, "--source", "proc", NULL));
	EXPECT_TRUE(tool_says("exclude each other"));
}

/* A process is there whose namespace may not be read: not the same as no process. */
TEST_F(proc, who_may_not_be_read)
{
	ASSERT_EQ(0, prctl(PR_CAPBSET_DROP, CAP_SYS_PTRACE, 0, 0, 0));
	EXPECT_EQ(2,
		  tool_run("why", "/", "--to", "1", "--source", "proc", NULL));
	EXPECT_NE(NULL, strstr(tool_said, "/proc/1/ns/mnt: Permission denied"))
	{
		TH_LOG("said: %s", tool_said);
	}
}

TEST_HARNESS_MAIN
