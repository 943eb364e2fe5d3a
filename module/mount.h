/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * struct mount and struct mnt_namespace, which the kernel keeps in fs/mount.h,
 * through the resolved layout. The only place that dereferences by offset.
 *
 * The hops bear the names that they have in fs/pnode.c. Unless said otherwise,
 * locks: namespace_sem, shared is enough.
 */
#ifndef MNTPROP_MOUNT_H
#define MNTPROP_MOUNT_H

#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/mount.h>
#include <linux/ns_common.h>
#include <linux/percpu.h>
#include <linux/proc_ns.h>
#include <linux/rbtree.h>
#include <linux/spinlock.h>

#include "layout.h"

struct mount;
struct mnt_namespace;

/* Resolved at load, constant afterwards. */
extern struct mntprop_layout mntprop_layout;

/*
 * Readers of mountinfo in one place of a list that are stepped over in one hold of the
 * namespace's own lock. Where more are, another way leads to the mounts.
 */
#define MAX_CURSORS 4096

static inline bool has_fact(enum mntprop_fact f)
{
	return mntprop_layout.fact[f].present;
}

static inline u8 variant_of(enum mntprop_fact f)
{
	return mntprop_layout.fact[f].variant;
}

static inline u32 value_of(enum mntprop_fact f)
{
	return mntprop_layout.fact[f].value;
}

/* The member of *p that fact f is about, and back. */
/* clang-format off */
#define member_ptr(p, f, type)	((type *)((char *)(p) + value_of(f)))
#define member(p, f, type)	READ_ONCE(*member_ptr(p, f, type))
#define owner_of(m, f, type)	((type *)((char *)(m) - value_of(f)))
/* clang-format on */

/* The mount itself, if it has none: see mnt_has_parent(). */
static inline struct mount *mount_parent(struct mount *m)
{
	return member(m, F_MOUNT_PARENT, struct mount *);
}

static inline struct dentry *mount_mountpoint(struct mount *m)
{
	return member(m, F_MOUNT_MOUNTPOINT, struct dentry *);
}

static inline struct vfsmount *mount_vfsmount(struct mount *m)
{
	return member_ptr(m, F_MOUNT_MNT, struct vfsmount);
}

static inline const char *mount_devname(struct mount *m)
{
	return member(m, F_MOUNT_DEVNAME, const char *);
}

static inline struct mnt_namespace *mount_ns(struct mount *m)
{
	return member(m, F_MOUNT_NS, struct mnt_namespace *);
}

/* As is_mounted(): not detached and not internal (kern_mount's is an ERR_PTR). */
static inline bool mount_is_mounted(struct mount *m)
{
	return !IS_ERR_OR_NULL(mount_ns(m));
}

static inline int mount_id(struct mount *m)
{
	return member(m, F_MOUNT_ID, int);
}

/* 0 on kernels without (before 6.8). */
static inline u64 mount_id_unique(struct mount *m)
{
	return has_fact(F_MOUNT_UNIQUE) ? member(m, F_MOUNT_UNIQUE, u64) : 0;
}

static inline int mount_group_id(struct mount *m)
{
	return member(m, F_MOUNT_GROUP, int);
}

static inline struct mount *mount_master(struct mount *m)
{
	return member(m, F_MOUNT_MASTER, struct mount *);
}

/* locks: mount_lock; a racy answer is good enough for a flag. */
static inline bool mount_on_expiry_list(struct mount *m)
{
	struct list_head *link =
		member_ptr(m, F_MOUNT_EXPIRE, struct list_head);

	return !list_empty_careful(link);
}

static inline bool mount_expiry_mark(struct mount *m)
{
	return member(m, F_MOUNT_EXPIRY_MARK, int);
}

/* Flags that fs/mount.h has in mnt_t_flags since 6.17; 0 before. */
static inline u32 mount_t_flags(struct mount *m)
{
	return has_fact(F_MOUNT_T_FLAGS) ? member(m, F_MOUNT_T_FLAGS, u32) : 0;
}

/* NULL if there is none, and on kernels that do not keep it (before 6.17). */
static inline struct mount *mount_overmount(struct mount *m)
{
	return has_fact(F_MOUNT_OVERMOUNT) ?
		       member(m, F_MOUNT_OVERMOUNT, struct mount *) :
		       NULL;
}

static inline struct mount *next_peer(struct mount *m)
{
	return owner_of(member_ptr(m, F_MOUNT_SHARE, struct list_head)->next,
			F_MOUNT_SHARE, struct mount);
}

static inline struct mount *previous_peer(struct mount *m)
{
	return owner_of(member_ptr(m, F_MOUNT_SHARE, struct list_head)->prev,
			F_MOUNT_SHARE, struct mount);
}

/* Mounts on a list_head that is a member of another mount; NULL at the end. */
static inline struct mount *
first_listed(struct mount *m, enum mntprop_fact head, enum mntprop_fact node)
{
	struct list_head *list = member_ptr(m, head, struct list_head);

	return list_empty(list) ? NULL :
				  owner_of(list->next, node, struct mount);
}

static inline struct mount *next_listed(struct mount *m, enum mntprop_fact head,
					struct mount *pos,
					enum mntprop_fact node)
{
	struct list_head *list = member_ptr(m, head, struct list_head);
	struct list_head *next = member_ptr(pos, node, struct list_head)->next;

	return next == list ? NULL : owner_of(next, node, struct mount);
}

/* The slave list: hlist since 6.17 (commit "mnt_slave_list/mnt_slave: turn into hlist"). */
static inline struct mount *first_slave(struct mount *m)
{
	if (variant_of(F_MOUNT_SLAVES) == SLAVES_HLIST) {
		struct hlist_node *first =
			member_ptr(m, F_MOUNT_SLAVES, struct hlist_head)->first;

		return first ? owner_of(first, F_MOUNT_SLAVE, struct mount) :
			       NULL;
	}
	return first_listed(m, F_MOUNT_SLAVES, F_MOUNT_SLAVE);
}

/* The one after @slave on the slave list of @master. */
static inline struct mount *next_slave(struct mount *master,
				       struct mount *slave)
{
	if (variant_of(F_MOUNT_SLAVES) == SLAVES_HLIST) {
		struct hlist_node *next =
			member_ptr(slave, F_MOUNT_SLAVE, struct hlist_node)
				->next;

		return next ? owner_of(next, F_MOUNT_SLAVE, struct mount) :
			      NULL;
	}
	return next_listed(master, F_MOUNT_SLAVES, slave, F_MOUNT_SLAVE);
}

static inline struct mount *first_child(struct mount *m)
{
	return first_listed(m, F_MOUNT_CHILDREN, F_MOUNT_CHILD);
}

static inline struct mount *next_child(struct mount *parent,
				       struct mount *child)
{
	return next_listed(parent, F_MOUNT_CHILDREN, child, F_MOUNT_CHILD);
}

/* The mount after @m in the tree below @root, parents first, as next_mnt() has them. */
static inline struct mount *next_in_tree(struct mount *m, struct mount *root)
{
	struct mount *next = first_child(m);

	for (; !next && m != root && mount_parent(m) != m; m = mount_parent(m))
		next = next_child(mount_parent(m), m);
	return next;
}

static inline u32 sum_of_cpus(const void __percpu *pcp, enum mntprop_fact f)
{
	const u32 __percpu *at = pcp + value_of(f);
	u32 sum = 0;
	int cpu;

	/* almost every number is a CPU's: to search a bitmap for the next costs more */
	for (cpu = 0; cpu < nr_cpu_ids; cpu++) {
		if (cpu_possible(cpu))
			sum += READ_ONCE(*per_cpu_ptr(at, cpu));
	}
	return sum;
}

/**
 * mount_count() - references held on a mount
 * @m:	the mount
 * @count:	their number, not exact while others take and drop references
 *
 * One cache line for each possible CPU.
 *
 * Return: whether this kernel's layout tells.
 */
static inline bool mount_count(struct mount *m, int *count)
{
	const void __percpu *pcp;
	u32 puts;

	if (has_fact(F_MOUNT_COUNT)) {
		*count = member(m, F_MOUNT_COUNT, int);
		return true;
	}
	if (!has_fact(F_MOUNT_PCP))
		return false;
	pcp = member(m, F_MOUNT_PCP, const void __percpu *);
	if (has_fact(F_PCP_COUNT)) {
		*count = sum_of_cpus(pcp, F_PCP_COUNT);
		return true;
	}
	if (!has_fact(F_PCP_GETS) || !has_fact(F_PCP_PUTS))
		return false;
	puts = sum_of_cpus(pcp, F_PCP_PUTS);
	/* As mnt_get_count(): puts before gets, or a busy mount seems unused. */
	smp_mb();
	*count = sum_of_cpus(pcp, F_PCP_GETS) - puts;
	return true;
}

/** mount_count_lines() - cache lines that mount_count() reads besides the mount's own */
static inline unsigned int mount_count_lines(void)
{
	return has_fact(F_MOUNT_PCP) ? nr_cpu_ids : 0;
}

static inline struct ns_common *ns_common_of(struct mnt_namespace *ns)
{
	return member_ptr(ns, F_NS_COMMON, struct ns_common);
}

static inline u64 ns_id_of(struct mnt_namespace *ns)
{
	if (variant_of(F_NS_ID) == NS_ID_COMMON)
		return member(ns_common_of(ns), F_NS_ID, u64);
	return member(ns, F_NS_ID, u64);
}

/* As is_anon_ns(): before 6.19 an anonymous namespace is one that got no id. */
static inline bool ns_is_anon(struct mnt_namespace *ns)
{
	return has_fact(F_NS_IS_ANON) ? member(ns, F_NS_IS_ANON, bool) :
					!ns_id_of(ns);
}

static inline struct mount *ns_root(struct mnt_namespace *ns)
{
	return member(ns, F_NS_ROOT, struct mount *);
}

static inline struct user_namespace *ns_user_ns(struct mnt_namespace *ns)
{
	return member(ns, F_NS_USER_NS, struct user_namespace *);
}

static inline u32 ns_nr_mounts(struct mnt_namespace *ns)
{
	return member(ns, F_NS_NR_MOUNTS, u32);
}

/* References on it, not exact; false if this kernel's layout does not tell. */
static inline bool ns_refs(struct mnt_namespace *ns, u32 *refs)
{
	const void *of = ns;

	if (!has_fact(F_NS_REFS))
		return false;
	if (variant_of(F_NS_REFS) != NS_REFS_OWN)
		of = ns_common_of(ns);
	*refs = member(of, F_NS_REFS, u32);
	return true;
}

static inline u64 ns_event(struct mnt_namespace *ns)
{
	return member(ns, F_NS_EVENT, u64);
}

/* Mounts of a superblock, wherever they are. locks: mount_lock. */
static inline struct mount *first_of_sb(struct super_block *sb)
{
	struct list_head *list;

	if (variant_of(F_SB_MOUNTS) == SB_MOUNTS_POINTER)
		return member(sb, F_SB_MOUNTS, struct mount *);
	list = member_ptr(sb, F_SB_MOUNTS, struct list_head);
	return list_empty(list) ?
		       NULL :
		       owner_of(list->next, F_MOUNT_INSTANCE, struct mount);
}

static inline struct mount *next_of_sb(struct super_block *sb, struct mount *m)
{
	struct list_head *next;

	if (variant_of(F_SB_MOUNTS) == SB_MOUNTS_POINTER)
		return member(m, F_MOUNT_INSTANCE, struct mount *);
	next = member_ptr(m, F_MOUNT_INSTANCE, struct list_head)->next;
	return next == member_ptr(sb, F_SB_MOUNTS, struct list_head) ?
		       NULL :
		       owner_of(next, F_MOUNT_INSTANCE, struct mount);
}

/*
 * Mounts of a namespace as a list, before 6.8. Open mountinfo files put cursors
 * on it from 5.8 on, under ns_lock: mounts without a superblock, to be stepped
 * over before the lock is dropped, as mnt_list_next() does.
 */
static inline struct mount *skip_cursors(struct mnt_namespace *ns,
					 struct list_head *pos)
{
	struct list_head *head = member_ptr(ns, F_NS_MOUNTS, struct list_head);
	unsigned int cursors;
	struct mount *m;

	for (cursors = 0; cursors < MAX_CURSORS; cursors++) {
		pos = pos->next;
		if (pos == head)
			return NULL;
		m = owner_of(pos, F_MOUNT_NODE, struct mount);
		if (mount_vfsmount(m)->mnt_sb)
			return m;
	}
	return ERR_PTR(-ELOOP);
}

static inline struct mount *next_in_ns(struct mnt_namespace *ns,
				       struct list_head *pos)
{
	spinlock_t *lock = member_ptr(ns, F_NS_LOCK, spinlock_t);
	struct mount *m;

	if (!has_fact(F_NS_LOCK))
		return skip_cursors(ns, pos);
	spin_lock(lock);
	m = skip_cursors(ns, pos);
	spin_unlock(lock);
	return m;
}

static inline struct mount *mount_of_node(struct rb_node *node)
{
	return node ? owner_of(node, F_MOUNT_NODE, struct mount) : NULL;
}

/* First mount of a namespace; NULL if it has none, -ELOOP if many read mountinfo. */
static inline struct mount *first_mount(struct mnt_namespace *ns)
{
	if (variant_of(F_NS_MOUNTS) == NS_MOUNTS_TREE) {
		struct rb_root *root =
			member_ptr(ns, F_NS_MOUNTS, struct rb_root);

		return mount_of_node(rb_first(root));
	}
	return next_in_ns(ns, member_ptr(ns, F_NS_MOUNTS, struct list_head));
}

/* The one after @m; the caller bounds the walk. */
static inline struct mount *next_mount(struct mnt_namespace *ns,
				       struct mount *m)
{
	if (variant_of(F_NS_MOUNTS) == NS_MOUNTS_TREE) {
		struct rb_node *node =
			member_ptr(m, F_MOUNT_NODE, struct rb_node);

		return mount_of_node(rb_next(node));
	}
	return next_in_ns(ns, member_ptr(m, F_MOUNT_NODE, struct list_head));
}

#endif
