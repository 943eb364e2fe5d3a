/* SPDX-License-Identifier: GPL-2.0-only */
/* The inside of the model: what its files call of each other. */
#ifndef MNTPROP_VFS_H
#define MNTPROP_VFS_H

#include "rules.h"
#include "world.h"

/* For clone_mnt(), as in fs/pnode.h. */
#define CL_EXPIRE 0x01
#define CL_SLAVE 0x02
#define CL_COPY_UNBINDABLE 0x04
#define CL_MAKE_SHARED 0x08
#define CL_COPY_MNT_NS_FILE 0x40

/* For umount_tree(). */
#define UMOUNT_SYNC 1
#define UMOUNT_PROPAGATE 2

/* clang-format off */

#define list_mount(node, member) list_entry(node, struct world_mount, member)

/* clang-format on */

static inline bool mnt_has_parent(const struct world_mount *m)
{
	return m->now.parent != m;
}

static inline bool is_shared(const struct world_mount *m)
{
	return m->now.flags & WORLD_SHARED;
}

static inline bool is_unbindable(const struct world_mount *m)
{
	return m->now.flags & WORLD_UNBINDABLE;
}

static inline bool is_locked(const struct world_mount *m)
{
	return m->now.flags & WORLD_LOCKED;
}

static inline bool is_marked(const struct world_mount *m)
{
	return m->now.flags & WORLD_MARKED;
}

static inline bool will_be_unmounted(const struct world_mount *m)
{
	return m->now.flags & WORLD_UMOUNT;
}

static inline void set_mark(struct world_mount *m)
{
	m->now.flags |= WORLD_MARKED;
}

static inline void clear_mark(struct world_mount *m)
{
	m->now.flags &= ~WORLD_MARKED;
}

static inline bool peers(const struct world_mount *a,
			 const struct world_mount *b)
{
	return a->now.group_id && a->now.group_id == b->now.group_id;
}

static inline struct world_mount *next_peer(const struct world_mount *m)
{
	return list_mount(m->mnt_share.next, mnt_share);
}

static inline struct world_mount *first_slave(const struct world_mount *m)
{
	return list_mount(m->mnt_slave_list.next, mnt_slave);
}

static inline struct world_mount *last_slave(const struct world_mount *m)
{
	return list_mount(m->mnt_slave_list.prev, mnt_slave);
}

static inline struct world_mount *next_slave(const struct world_mount *m)
{
	return list_mount(m->mnt_slave.next, mnt_slave);
}

/* Whether @m is the last on the list of its master. */
static inline bool is_last_slave(const struct world_mount *m)
{
	return m->mnt_slave.next == &m->now.master->mnt_slave_list;
}

/* On a list through mnt_list, the one after @m, or the first (NULL). */
static inline struct world_mount *listed_after(const struct list_head *list,
					       const struct world_mount *m)
{
	return list_next(list, m ? &m->mnt_list : list,
			 offsetof(struct world_mount, mnt_list));
}

/* The same through tree_list. */
static inline struct world_mount *copy_after(const struct list_head *list,
					     const struct world_mount *m)
{
	return list_next(list, m ? &m->tree_list : list,
			 offsetof(struct world_mount, tree_list));
}

/* world_dentry.c */

/* The filesystem with a device number, a new one if need be; NULL: no memory. */
struct world_sb *world_sb_get(struct world *w, unsigned int major,
			      unsigned int minor);

/* A filesystem that nothing is mounted of yet. */
struct world_sb *world_sb_new(struct world *w);

/*
 * The dentry of a path from the root of a filesystem, which has to live as long as
 * the world.  @hash tells several by one name apart, lives as long, and may be NULL:
 * any that is not unlinked.  @words: as mp_state.  NULL without memory.
 */
struct world_dentry *world_dentry_get(struct world *w, struct world_sb *sb,
				      const char *path, const char *hash,
				      const char *words);

/* The one at @path (which begins with a slash) below @top. */
struct world_dentry *
world_dentry_below(struct world *w, struct world_dentry *top, const char *path);

/* The same, if something has asked for it before: without, nothing is there. */
struct world_dentry *world_dentry_find(struct world *w,
				       const struct world_dentry *top,
				       const char *path);

/* The path alone, from the root of the filesystem. */
const char *world_path_join(struct world *w, const struct world_dentry *top,
			    const char *path);

/* Path of @d from the root of @m. */
const char *world_path_in(const struct world_mount *m,
			  const struct world_dentry *d);

/* @d goes by @path from now on, and what is below it with it. */
void world_dentry_rename(struct world *w, struct world_dentry *d,
			 const char *path);

/* Whether @d is @top or below it. */
bool is_subdir(const struct world_dentry *d, const struct world_dentry *top);

/* mount_tree.c: the tree and its hash */

/* A mount of its own, in no namespace; NULL without memory, or without @root. */
struct world_mount *world_mount_alloc(struct world *w, int id,
				      struct world_dentry *root);

/* An empty namespace, the last in w->namespaces; NULL without memory. */
struct world_ns *world_ns_alloc(struct world *w);

/* The child of @m at @dentry, of several the latest; NULL if there is none. */
struct world_mount *lookup_mnt(struct world *w, const struct world_mount *m,
			       const struct world_dentry *dentry);

/* What is mounted on the root of @m, on the root of that, …; @m if nothing is. */
struct world_mount *topmost_overmount(struct world *w, struct world_mount *m);

/* The mount after @p in the tree below @root, parents first; NULL at the end. */
struct world_mount *next_in_tree(struct world_mount *p,
				 struct world_mount *root);

/* The last mount of the tree below @p: next_in_tree() of it skips that tree. */
struct world_mount *skip_mnt_tree(struct world_mount *p);

/* Parent and mountpoint, but not to be found there yet. */
void mnt_set_mountpoint(struct world *w, struct world_mount *parent,
			struct world_dentry *mp, struct world_mount *child);

/* What is set by that is found by lookups, and is the last child. */
void make_visible(struct world *w, struct world_mount *m);

/* Both at once. */
void attach_mnt(struct world *w, struct world_mount *m,
		struct world_mount *parent, struct world_dentry *mp);

/* From where it is to another place. */
void mnt_change_mountpoint(struct world *w, struct world_mount *parent,
			   struct world_dentry *mp, struct world_mount *m);

/* Away from its parent: it is its own then. */
void umount_mnt(struct world *w, struct world_mount *m);

/* Whether @ns has room for the tree of @m, which then is pending: 0 or -ENOSPC. */
int count_mounts(struct world *w, struct world_ns *ns, struct world_mount *m);

/* Whether a locked mount is at @dentry of @m or below it. */
bool has_locked_children(struct world_mount *m,
			 const struct world_dentry *dentry);

/* Whether a lookup from @root_dentry of @root could get to @dentry of @m. */
bool is_path_reachable(const struct world_mount *m,
		       const struct world_dentry *dentry,
		       const struct world_mount *root,
		       const struct world_dentry *root_dentry);

/* group_ids.c */

/* Reads who has which; -1 without memory. */
int group_numbers_init(struct world *w);

/* A new group, of @m alone so far. */
void mnt_alloc_group_id(struct world *w, struct world_mount *m);

/* The group of @m, which has no other member, is no more. */
void mnt_release_group_id(struct world *w, struct world_mount *m);

/* make_type.c */

/* Its group is given by somebody else. */
void set_mnt_shared(struct world_mount *m);

/* A group for each that has none, of the tree if @recurse. */
void invent_group_ids(struct world *w, struct world_mount *m, bool recurse);

/* Takes back what has not led to a shared mount. */
void cleanup_group_ids(struct world *w, struct world_mount *m);

/* Its slaves go to a peer it leaves, or to its master. */
void change_mnt_propagation(struct world *w, struct world_mount *m,
			    enum propagation type);

/* Each mount on a list through mnt_list. */
void bulk_make_private(struct world *w, struct list_head *set);

/* clone.c; 0 with @copy set, or -errno */

/* A mount of @root, not attached; CL_… say what it is to the old one. */
int clone_mnt(struct world *w, struct world_mount *old,
	      struct world_dentry *root, int flags, struct world_mount **copy);

/* With what is mounted below @dentry; -EINVAL or -EPERM if that must not be. */
int copy_tree(struct world *w, struct world_mount *src_root,
	      struct world_dentry *dentry, int flags,
	      struct world_mount **copy);

/* As it comes to those that must not take it apart. */
void lock_mnt_tree(struct world *w, struct world_mount *m);

/* propagate_mount.c */

/*
 * After @m (or @origin itself) the next that gets what is mounted on @origin; NULL
 * after the last.
 */
struct world_mount *propagation_next(struct world *w, struct world_mount *m,
				     struct world_mount *origin);

/* The same, without what gets it through @m: seen already. */
struct world_mount *skip_propagation_subtree(struct world *w,
					     struct world_mount *m,
					     struct world_mount *origin);

/* Whether what is mounted on @from at @mp would cover @to. */
bool propagation_would_overmount(struct world *w,
				 const struct world_mount *from,
				 const struct world_mount *to,
				 const struct world_dentry *mp);

/*
 * Puts the tree of @source, new or where it is now, on @dest at @mp, and copies of
 * it wherever that propagates to.  0, -ENOENT, -ENOSPC or -ENOMEM, with nothing changed.
 */
int attach_recursive_mnt(struct world *w, struct world_mount *source,
			 struct world_mount *dest, struct world_dentry *mp,
			 const struct operation *op);

/* propagate_umount.c */

/*
 * The mount for which a plain umount of @m is refused: it or one that would go
 * with it is used.  NULL: it is not refused.
 */
struct world_mount *propagate_mount_busy(struct world *w,
					 struct world_mount *m);

/* @m, all below it, and with UMOUNT_PROPAGATE what goes with them elsewhere. */
void umount_tree(struct world *w, struct world_mount *m, int how);

/* names.c */

/* Whether a mount of @ns is on @dentry, however it is reached. */
bool is_local_mountpoint(const struct world *w, const struct world_ns *ns,
			 const struct world_dentry *dentry);

/* @dentry is removed: what is mounted there, in whatever namespace, goes lazily. */
void detach_mounts(struct world *w, struct world_dentry *dentry);

/* operations.c: does @op; o->error and o->why are set if it fails. */
void operate(struct world *w, const struct operation *op, struct outcome *o);

#endif
