// SPDX-License-Identifier: GPL-2.0-only
/*
 * The namespaces of a snapshot: those of the tasks, and what else the pass over
 * the superblocks (superblocks.c) finds.
 *
 * No reference is taken. A namespace whose count drops to zero is torn down by
 * put_mnt_ns() under namespace_sem held for writing, so one that was alive
 * while namespace_sem was held for reading stays until that ends.
 */
#include <linux/idr.h>
#include <linux/init_task.h>
#include <linux/kconfig.h>
#include <linux/lockdep.h>
#include <linux/nsproxy.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/rwsem.h>
#include <linux/sched/task.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/user_namespace.h>

#include "kernel.h"
#include "mount.h"
#include "namespaces.h"
#include "snapshot.h"
#include "walk.h"

/* Units of work for a task: its pid, itself, its nsproxy. */
#define TASK_WORK 6

/* The record of a namespace, NULL if it has none. */
static struct mntprop_ns *known_record(struct mntprop_snapshot *s,
				       const struct mnt_namespace *ns)
{
	u32 nr;

	/* Neighbours on a list often are in the same namespace. */
	if (s->nr_namespaces && s->namespaces[s->last_ns].ns == ns)
		return &s->namespaces[s->last_ns];
	s->work++;
	if (!index_find(&s->ns_index, (unsigned long)ns, &nr))
		return NULL;
	s->last_ns = nr;
	return &s->namespaces[nr];
}

/* The record of a namespace, a new one if need be; NULL when there is no room. */
static struct mntprop_ns *ns_record(struct mntprop_snapshot *s,
				    struct mnt_namespace *ns)
{
	struct mntprop_ns *r = known_record(s, ns);

	lockdep_assert_held(mntprop_symbols.namespace_sem);
	if (r)
		return r;
	if (s->nr_namespaces == s->room.namespaces) {
		/* Neighbours in one namespace count once; others are found again. */
		if (s->no_room_for != ns)
			s->need.namespaces =
				max(s->need.namespaces, s->room.namespaces) + 1;
		s->no_room_for = ns;
		return NULL;
	}
	index_insert(&s->ns_index, (unsigned long)ns, s->nr_namespaces);
	s->namespaces[s->nr_namespaces].ns = ns;
	return &s->namespaces[s->nr_namespaces++];
}

/**
 * mntprop_namespaces_add() - note a namespace, if it is new
 * @s:	the snapshot
 * @ns:	not looked at yet: mntprop_namespaces_describe() finds out whether it is one
 *
 * Context: namespace_sem held, shared is enough.
 */
void mntprop_namespaces_add(struct mntprop_snapshot *s,
			    struct mnt_namespace *ns)
{
	ns_record(s, ns);
}

/**
 * mntprop_namespaces_exists() - whether what a mount refers to is a namespace
 * @s:	the snapshot, with the namespaces described
 * @ns:	what the mount has as namespace
 * @nr:	if not, set to the number of its record
 *
 * Context: namespace_sem held, shared is enough.
 * Return: false, or true also for one that was made after namespaces were looked for.
 */
bool mntprop_namespaces_exists(struct mntprop_snapshot *s,
			       const struct mnt_namespace *ns, u32 *nr)
{
	const struct mntprop_ns *r = known_record(s, ns);

	if (!r || !(r->foreign & FOREIGN_NS))
		return true;
	*nr = r - s->namespaces;
	return false;
}

/* All namespaces of a kind have the same operations. Nothing else is needed to be right. */
static bool is_like(const struct ns_common *ns, const struct ns_common *model)
{
	const struct proc_ns_operations *ops;

	return peek_bytes(&ops, &ns->ops, sizeof(ops)) && ops == model->ops;
}

static bool is_mnt_namespace(struct mnt_namespace *ns)
{
	return is_like(ns_common_of(ns),
		       ns_common_of(init_task.nsproxy->mnt_ns));
}

/*
 * Whether the root of a namespace says that it is in it. fsmount(2) may not have set it
 * yet.
 */
static bool has_own_root(struct mnt_namespace *ns)
{
	struct mount *root = ns_root(ns);
	struct mnt_namespace *of_root;

	return !root ||
	       (peek_pointer(&of_root, mount_ns_at(root)) && of_root == ns);
}

static void describe_user_ns(struct mntprop_ns *r)
{
	struct user_namespace *user_ns = ns_user_ns(r->ns);

	if (is_like(&user_ns->ns, &init_user_ns.ns))
		r->user_ns = user_ns->ns.inum;
	else
		r->foreign |= FOREIGN_USER_NS;
}

/*
 * @found_by_mount: nothing but a mount refers to it. What a mount of a broken kernel
 * refers to may have been freed, and its memory may still look like a namespace; its
 * mounts have left it by then.
 */
static void describe(struct mntprop_ns *r, bool found_by_mount)
{
	struct mnt_namespace *ns = r->ns;

	if (!is_mnt_namespace(ns) || (found_by_mount && !has_own_root(ns))) {
		r->foreign |= FOREIGN_NS;
		r->anon = true;
		return;
	}
	describe_user_ns(r);
	r->id = ns_id_of(ns);
	r->inum = READ_ONCE(ns_common_of(ns)->inum);
	r->anon = ns_is_anon(ns);
	r->event = ns_event(ns);
	r->nr_mounts = ns_nr_mounts(ns);
	r->has_refs = ns_refs(ns, &r->refs);
	r->root_mount = ns_root(ns);
}

/**
 * mntprop_namespaces_describe() - read what the records of namespaces say
 * @s:	the snapshot
 * @nr:	the first that was added since the last call
 *
 * Other namespaces get their mounts with namespace_sem held, but the anonymous ones of
 * fsmount(2) and of mount_subtree() get theirs without a lock, and without a barrier
 * between filling in the namespace and setting mnt_ns. What was found by that pointer
 * may then be seen half filled in, on machines that do not keep stores in order. So
 * each CPU takes an interrupt, and what it stored before it is seen after it. That is
 * all that alloc_mnt_ns() writes, as mnt_ns was seen already. Its root, counter and list
 * of mounts may come later; a namespace without them has no mounts yet.
 *
 * Context: Process context. namespace_sem held, shared is enough.
 */
void mntprop_namespaces_describe(struct mntprop_snapshot *s, u32 nr)
{
	bool stores_in_order = IS_ENABLED(CONFIG_X86) ||
			       IS_ENABLED(CONFIG_S390);

	bool found_by_mount = nr;

	lockdep_assert_held(mntprop_symbols.namespace_sem);
	if (nr && nr < s->nr_namespaces && !stores_in_order)
		kick_all_cpus_sync();
	for (; nr < s->nr_namespaces; nr++) {
		describe(&s->namespaces[nr], found_by_mount);
		s->need.mounts += s->namespaces[nr].nr_mounts;
	}
}

static void add_task(struct mntprop_snapshot *s, struct task_struct *task)
{
	struct mntprop_ns *r;
	pid_t pid;

	/* nsproxy is NULL in a task that is exiting. */
	task_lock(task);
	r = task->nsproxy ? ns_record(s, task->nsproxy->mnt_ns) : NULL;
	if (r) {
		pid = task_pid_nr(task);
		r->tasks++;
		if (!r->pid || pid < r->pid) {
			r->pid = pid;
			strscpy(r->comm, task->comm, sizeof(r->comm));
		}
	}
	task_unlock(task);
}

/**
 * mntprop_namespaces_add_tasks() - note the namespace of every thread
 * @s:	the snapshot
 *
 * Threads can differ from their leader: unshare(CLONE_NEWNS) is for one thread. Each
 * has a number in the initial PID namespace, and by the numbers the walk can go on
 * wherever it let others run.
 *
 * Context: namespace_sem held, shared is enough. Takes each task's alloc_lock.
 */
void mntprop_namespaces_add_tasks(struct mntprop_snapshot *s)
{
	struct task_struct *task;
	struct pid *pid;
	int nr;

	rcu_read_lock();
	for (nr = 1; (pid = idr_get_next(&init_pid_ns.idr, &nr)); nr++) {
		s->work += TASK_WORK;
		task = pid_task(pid, PIDTYPE_PID);
		if (task)
			add_task(s, task);
		if (!mntprop_walk_rest(s))
			break;
	}
	rcu_read_unlock();
}
