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
#include "peek.h"

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

/**
 * mount_peek() - whether a mount lies at an address
 * @m:		any address; of a broken kernel a mount's parent can be anything
 * @root:	set to the mount's root
 * @sb:		set to its superblock
 *
 * Context: Any.
 * Return: whether it can be read, and has a root and a superblock that are each other's.
 */
static inline bool mount_peek(struct mount *m, struct dentry **root,
			      struct super_block **sb)
{
	struct vfsmount *mnt = mount_vfsmount(m);
	struct super_block *of_root;
	unsigned long word;

	return is_kernel_object(m) && peek_member(root, &mnt->mnt_root) &&
	       peek_member(sb, &mnt->mnt_sb) && is_kernel_object(*root) &&
	       peek_member(&of_root, &(*root)->d_sb) && of_root == *sb &&
	       is_kernel_object(*sb) && peek_member(&word, &(*sb)->s_type);
}

static inline bool mount_is_sound(struct mount *m)
{
	struct super_block *sb;
	struct dentry *root;

	return mount_peek(m, &root, &sb);
}

/* Whether a dentry of @sb has an inode of that, or none. */
static inline bool inode_is_sound(const struct dentry *dentry,
				  const struct super_block *sb)
{
	struct super_block *of;
	struct inode *inode;

	return peek_member(&inode, &dentry->d_inode) &&
	       (!inode || (is_kernel_object(inode) &&
			   peek_member(&of, &inode->i_sb) && of == sb));
}

/* Whether a dentry of @sb lies at @dentry, any address. */
static inline bool dentry_is_sound(const struct dentry *dentry,
				   const struct super_block *sb)
{
	struct super_block *of;

	return is_kernel_object(dentry) && peek_member(&of, &dentry->d_sb) &&
	       of == sb && inode_is_sound(dentry, sb);
}

static inline const char *mount_devname(struct mount *m)
{
	return member(m, F_MOUNT_DEVNAME, const char *);
}

static inline struct mnt_namespace *const *mount_ns_at(struct mount *m)
{
	return member_ptr(m, F_MOUNT_NS, struct mnt_namespace *const);
}

static inline struct mnt_namespace *mount_ns(struct mount *m)
{
	return READ_ONCE(*mount_ns_at(m));
}

/* As is_mounted(): not detached and not internal (kern_mount's is an ERR_PTR). */
static inline bool mount_is_mounted(struct mount *m)
{
	return !IS_ERR_OR_NULL(mount_ns(m));
}

static inline const int *mount_id_at(struct mount *m)
{
	return member_ptr(m, F_MOUNT_ID, int);
}

static inline int mount_id(struct mount *m)
{
	return READ_ONCE(*mount_id_at(m));
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

/*
 * The slave list: hlist since 6.17 (commit "mnt_slave_list/mnt_slave: turn into hlist").
 * The first slave is the end of the list where there is none. Nothing of a slave is read.
 */
static inline struct mount *first_slave(struct mount *m)
{
	if (variant_of(F_MOUNT_SLAVES) == SLAVES_HLIST) {
		struct hlist_node *first =
			member_ptr(m, F_MOUNT_SLAVES, struct hlist_head)->first;

		return first ? owner_of(first, F_MOUNT_SLAVE, struct mount) :
			       NULL;
	}
	return owner_of(member_ptr(m, F_MOUNT_SLAVES, struct list_head)->next,
			F_MOUNT_SLAVE, struct mount);
}

/* What follows the last slave of @m, of which nothing is read either. */
static inline const struct mount *end_of_slaves(const struct mount *m)
{
	if (variant_of(F_MOUNT_SLAVES) == SLAVES_HLIST)
		return NULL;
	return owner_of(member_ptr(m, F_MOUNT_SLAVES, struct list_head),
			F_MOUNT_SLAVE, const struct mount);
}

/* The one after @slave on the slave list of its master. */
static inline struct mount *next_slave(struct mount *slave)
{
	struct hlist_node *node;
	struct list_head *next;

	if (variant_of(F_MOUNT_SLAVES) == SLAVES_HLIST) {
		node = member_ptr(slave, F_MOUNT_SLAVE, struct hlist_node)->next;
		return node ? owner_of(node, F_MOUNT_SLAVE, struct mount) :
			      NULL;
	}
	next = member_ptr(slave, F_MOUNT_SLAVE, struct list_head)->next;
	return owner_of(next, F_MOUNT_SLAVE, struct mount);
}

static inline struct mount *first_child(struct mount *m)
{
	struct list_head *list =
		member_ptr(m, F_MOUNT_CHILDREN, struct list_head);

	return list_empty(list) ?
		       NULL :
		       owner_of(list->next, F_MOUNT_CHILD, struct mount);
}

/* Nothing of @parent is read. */
static inline struct mount *next_child(struct mount *parent,
				       struct mount *child)
{
	struct list_head *next =
		member_ptr(child, F_MOUNT_CHILD, struct list_head)->next;

	return next == member_ptr(parent, F_MOUNT_CHILDREN, struct list_head) ?
		       NULL :
		       owner_of(next, F_MOUNT_CHILD, struct mount);
}

/*
 * The mount after @m in the tree below @root, parents first, as next_mnt() has them; an
 * ERR_PTR if there are more than @max parents above it, or one of them is no mount.
 */
static inline struct mount *next_in_tree(struct mount *m, struct mount *root,
					 u32 max)
{
	struct mount *next = first_child(m), *parent;

	for (; !next && m != root; m = parent) {
		parent = mount_parent(m);
		if (!max-- || !mount_is_sound(parent))
			return ERR_PTR(-EFAULT);
		next = next_child(parent, m);
	}
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
 * Return: whether this kernel's layout tells, and they can be read.
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
	if (!peek_u32(&puts, raw_cpu_ptr(pcp)))
		return false;
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
	struct super_block *sb;
	unsigned int cursors;
	struct mount *m;

	for (cursors = 0; cursors < MAX_CURSORS; cursors++) {
		if (!peek_pointer(&pos, &pos->next))
			return ERR_PTR(-EFAULT);
		if (pos == head)
			return NULL;
		m = owner_of(pos, F_MOUNT_NODE, struct mount);
		if (!peek_pointer(&sb, &mount_vfsmount(m)->mnt_sb))
			return ERR_PTR(-EFAULT);
		if (sb)
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

/* More levels than any red-black tree has. */
#define MAX_LEVELS 128

/* The leftmost of the tree below @node; an ERR_PTR if it has none. */
static inline struct rb_node *peek_leftmost(struct rb_node *node)
{
	struct rb_node *left;
	int i;

	for (i = 0; i < MAX_LEVELS; i++) {
		if (!peek_pointer(&left, &node->rb_left))
			break;
		if (!left)
			return node;
		node = left;
	}
	return ERR_PTR(-EFAULT);
}

/* As rb_next(), of a node that can be read, where other nodes may not be. */
static inline struct rb_node *peek_next(struct rb_node *node)
{
	struct rb_node *parent, *right;
	unsigned long word;
	int i;

	if (node->rb_right)
		return peek_leftmost(node->rb_right);
	for (i = 0; i < MAX_LEVELS; i++) {
		if (!peek_pointer(&word, &node->__rb_parent_color))
			break;
		parent = (struct rb_node *)(word & ~3UL);
		if (!parent)
			return NULL;
		if (!peek_pointer(&right, &parent->rb_right))
			break;
		if (right != node)
			return parent;
		node = parent;
	}
	return ERR_PTR(-EFAULT);
}

static inline struct mount *mount_of_node(struct rb_node *node)
{
	if (IS_ERR_OR_NULL(node))
		return (struct mount *)node;
	return owner_of(node, F_MOUNT_NODE, struct mount);
}

/*
 * First mount of a namespace, not to be read before it has been found sound; NULL if it
 * has none, -ELOOP if many read mountinfo, -EFAULT if what leads there is broken.
 */
static inline struct mount *first_mount(struct mnt_namespace *ns)
{
	struct rb_node *node;

	if (variant_of(F_NS_MOUNTS) == NS_MOUNTS_TREE) {
		node = member_ptr(ns, F_NS_MOUNTS, struct rb_root)->rb_node;
		return mount_of_node(node ? peek_leftmost(node) : NULL);
	}
	return next_in_ns(ns, member_ptr(ns, F_NS_MOUNTS, struct list_head));
}

/* The one after @m, likewise; the caller bounds the walk. */
static inline struct mount *next_mount(struct mnt_namespace *ns,
				       struct mount *m)
{
	struct rb_node *node;

	if (variant_of(F_NS_MOUNTS) == NS_MOUNTS_TREE) {
		node = member_ptr(m, F_MOUNT_NODE, struct rb_node);
		return mount_of_node(peek_next(node));
	}
	return next_in_ns(ns, member_ptr(m, F_MOUNT_NODE, struct list_head));
}

#endif
