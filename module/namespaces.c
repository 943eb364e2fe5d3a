// SPDX-License-Identifier: GPL-2.0-only
/*
 * The namespaces of a snapshot: those of the tasks, and what else the pass over
 * the superblocks (superblocks.c) finds.
 *
 * No reference is taken. A namespace whose count drops to zero is torn down by
 * put_mnt_ns() under namespace_sem held for writing, so one that was alive
 * while namespace_sem was held for reading stays until that ends.
 */
#include <linux/lockdep.h>
#include <linux/nsproxy.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/rwsem.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/string.h>
#include <linux/user_namespace.h>

#include "kernel.h"
#include "mount.h"
#include "namespaces.h"
#include "snapshot.h"

/* As many threads as there can be ids (PID_MAX_LIMIT on 64 bits). */
#define MAX_TASKS (4U << 20)

/* The record of a namespace, a new one if need be; NULL when there is no room. */
static struct mntprop_ns *ns_record(struct mntprop_snapshot *s,
				    struct mnt_namespace *ns)
{
	struct mntprop_ns *r;
	u32 nr;

	lockdep_assert_held(mntprop_symbols.namespace_sem);
	/* Neighbours on a list often are in the same namespace. */
	if (s->nr_namespaces && s->namespaces[s->last_ns].ns == ns)
		return &s->namespaces[s->last_ns];
	if (index_find(&s->ns_index, (unsigned long)ns, &nr)) {
		s->last_ns = nr;
		return &s->namespaces[nr];
	}
	if (s->nr_namespaces == s->room.namespaces) {
		s->need.namespaces = s->room.namespaces + 1;
		return NULL;
	}
	index_insert(&s->ns_index, (unsigned long)ns, s->nr_namespaces);
	r = &s->namespaces[s->nr_namespaces++];
	r->ns = ns;
	r->id = ns_id_of(ns);
	r->inum = ns_common_of(ns)->inum;
	r->anon = ns_is_anon(ns);
	r->user_ns = ns_user_ns(ns)->ns.inum;
	r->event = ns_event(ns);
	r->nr_mounts = ns_nr_mounts(ns);
	r->has_refs = ns_refs(ns, &r->refs);
	r->root = ns_root(ns) ? mount_id(ns_root(ns)) : 0;
	s->need.mounts += r->nr_mounts;
	return r;
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
 * Threads can differ from their leader: unshare(CLONE_NEWNS) is for one thread.
 *
 * Context: namespace_sem held, shared is enough. Takes each task's alloc_lock.
 */
void mntprop_namespaces_add_tasks(struct mntprop_snapshot *s)
{
	struct task_struct *process, *task;
	unsigned int n = 0;

	rcu_read_lock();
	for_each_process_thread(process, task) {
		if (n++ == MAX_TASKS) {
			s->stopped |= STOPPED_TASKS;
			goto out;
		}
		add_task(s, task);
	}
out:
	rcu_read_unlock();
}
