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

/* The record of a namespace, a new one if need be; NULL when there is no room. */
static struct mntprop_ns *ns_record(struct mntprop_snapshot *s,
				    struct mnt_namespace *ns)
{
	u32 nr;

	lockdep_assert_held(mntprop_symbols.namespace_sem);
	/* Neighbours on a list often are in the same namespace. */
	if (s->nr_namespaces && s->namespaces[s->last_ns].ns == ns)
		return &s->namespaces[s->last_ns];
	s->work++;
	if (index_find(&s->ns_index, (unsigned long)ns, &nr)) {
		s->last_ns = nr;
		return &s->namespaces[nr];
	}
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
 * @ns:	alive
 *
 * Context: namespace_sem held, shared is enough.
 */
void mntprop_namespaces_add(struct mntprop_snapshot *s,
			    struct mnt_namespace *ns)
{
	ns_record(s, ns);
}

static void describe(struct mntprop_ns *r)
{
	struct mnt_namespace *ns = r->ns;

	r->id = ns_id_of(ns);
	r->inum = READ_ONCE(ns_common_of(ns)->inum);
	r->anon = ns_is_anon(ns);
	r->user_ns = ns_user_ns(ns)->ns.inum;
	r->event = ns_event(ns);
	r->nr_mounts = ns_nr_mounts(ns);
	r->has_refs = ns_refs(ns, &r->refs);
	r->root = ns_root(ns) ? mount_id(ns_root(ns)) : 0;
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

	lockdep_assert_held(mntprop_symbols.namespace_sem);
	if (nr && nr < s->nr_namespaces && !stores_in_order)
		kick_all_cpus_sync();
	for (; nr < s->nr_namespaces; nr++) {
		describe(&s->namespaces[nr]);
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
