/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a mount operation would do: an executable model of the kernel's mount
 * trees, peer groups and slave lists, no kernel needed.
 *
 * A world is made from a snapshot, and operations are applied to it as
 * fs/namespace.c and fs/pnode.c do: their functions are here under their names,
 * and rings and slave lists come out in the kernel's order, because later
 * outcomes depend on it.  Where kernels differ, rules.c has the difference.
 *
 *	struct world *w = world_new(snapshot, NULL, &err);
 *	struct operation op = {
 *		.type = OP_MOUNT,
 *		.ns = world_ns_of(w, nr),
 *		.user_ns = w->namespaces[nr]->user_ns,
 *		.target = { world_mount_of(w, id), "/dir/in/it" },
 *	};
 *	struct outcome o;
 *
 *	if (world_apply(w, &op, &o, &err))
 *		... no memory ...
 *	else if (o.error)
 *		... strerror(o.error), o.why ...
 *	else
 *		... o.changes[0 .. o.nr_changes - 1] ...
 *	world_free(w);
 *
 * The world is then what the kernel's would be, and another operation can be
 * applied to it.  What it cannot know:
 * - whether a path exists and is a directory (the caller has looked it up), the
 *   rights of a filesystem, and which user namespace is below which (who is in
 *   neither the namespace's own nor the initial one is not privileged);
 * - in which order the children of a mount were attached: it is taken for that of
 *   the snapshot.  It shows where two mounts are at one place, which kernels before
 *   6.17 let happen: the later one is found there.  In what order slaves are handed
 *   over depends on it, too, but not to whom.
 */
#ifndef MNTPROP_WORLD_H
#define MNTPROP_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "list.h"
#include "snapshot.h"

/* fs.mount-max of a kernel that nobody has told otherwise (sysctl_mount_max). */
#define WORLD_MOUNT_MAX 100000

/* The initial user namespace's inode number (PROC_USER_INIT_INO). */
#define WORLD_INIT_USER_NS 0xEFFFFFFDU

struct rules;
struct world;

/* clang-format off */

struct world_sb {
	unsigned int major, minor;	/* ~0U: a new one */
	unsigned int user_ns;		/* that owns it: the initial one, if nobody has seen
					 * it made
					 */
	bool read_only;
	struct world_sb *next;
};

/*
 * A name in a filesystem.  Equal dentries are one object, so they are compared
 * by address.
 */
struct world_dentry {
	struct world_sb *sb;
	const char *path;		/* from the root of the filesystem */
	const char *hash;		/* the snapshot's; NULL: new to it */
	bool unlinked;			/* no path leads to it */
	bool opaque;			/* path is not the whole of it */
	uint64_t renamed;		/* by the last one of so many operations */
	struct world_dentry *next_in_hash;
};

/* What a change is told from: the part of a mount that operations change. */
struct world_state {
	struct world_ns *ns;		/* NULL: not mounted, or not any more */
	struct world_mount *parent;	/* itself for one without */
	struct world_dentry *mountpoint;
	struct world_mount *master;
	int group_id;			/* 0: none; below 0: one of the model's, see
					 * world_group_number()
					 */
	unsigned int flags;		/* WORLD_… */
};

#define WORLD_SHARED		0x001
#define WORLD_UNBINDABLE	0x002
#define WORLD_LOCKED		0x004
#define WORLD_LOCK_ATIME	0x008
#define WORLD_LOCK_RO		0x010
#define WORLD_LOCK_NODEV	0x020
#define WORLD_LOCK_NOSUID	0x040
#define WORLD_LOCK_NOEXEC	0x080
#define WORLD_RO		0x100
#define WORLD_NODEV		0x200
#define WORLD_NOSUID		0x400
#define WORLD_NOEXEC		0x800
#define WORLD_SHRINKABLE	0x1000
#define WORLD_EXPIRE		0x2000
#define WORLD_NOATIME		0x4000
#define WORLD_NODIRATIME	0x8000
#define WORLD_RELATIME		0x80000
#define WORLD_NOSYMFOLLOW	0x100000
#define WORLD_EXPIRY_MARK	0x1000000	/* by MNT_EXPIRE; no snapshot tells it */
/* private to the library: while one operation is under way */
#define WORLD_UMOUNT		0x10000
#define WORLD_MARKED		0x20000
#define WORLD_CANDIDATE		0x40000
#define WORLD_PASSING		(WORLD_UMOUNT | WORLD_MARKED | WORLD_CANDIDATE)

#define WORLD_ATIME_MASK	(WORLD_NOATIME | WORLD_NODIRATIME | WORLD_RELATIME)
/* What users can change, as MNT_USER_SETTABLE_MASK. */
#define WORLD_SETTABLE		(WORLD_RO | WORLD_NODEV | WORLD_NOSUID | WORLD_NOEXEC | \
				 WORLD_ATIME_MASK | WORLD_NOSYMFOLLOW)

struct world_mount {
	int id;				/* below 0: made by the model */
	const struct world_ns *mnt_ns_file;	/* the mount namespace whose file its
						 * root is; NULL: it is none
						 */
	const struct mount *origin;	/* in the snapshot, NULL if made */
	struct world_dentry *root;
	long busy;			/* references of processes and the like */
	struct world_state now;		/* what holds now */
	struct world_state before;	/* what held before the last operation */

	/* private to the library: the links, named as the kernel's */
	struct list_head mnt_mounts;	/* children, in order of attachment */
	struct list_head mnt_child;
	struct list_head mnt_share;	/* ring of peers, without a head */
	struct list_head mnt_slave_list;
	struct list_head mnt_slave;
	struct list_head mnt_list;	/* of an operation */
	struct list_head mnt_umounting;
	struct list_head tree_list;	/* roots of copies to attach */
	struct world_mount *next_in_hash;
	uint64_t hashed;		/* when: the latest is found first */
	uint64_t placed;		/* when it got its mountpoint, in the same clock */
	size_t index;			/* in world.mounts */
};

struct world_ns {
	unsigned int nr;		/* in world.namespaces */
	const struct mnt_namespace *origin;	/* NULL if made by the model */
	uint64_t id;			/* order of creation, as the kernel's */
	unsigned int user_ns;		/* 0: one that an operation made */
	bool anon;
	uint64_t seq_origin;		/* anon: id of where it was copied from */
	struct world_mount *root;	/* NULL: emptied */
	size_t nr_mounts;		/* counted against fs.mount-max */
	size_t nr_mounts_before;	/* before the last operation */
	size_t pending_mounts;
};

/* Changes of one mount by an operation. */
#define CHANGE_APPEARED		0x01
#define CHANGE_GONE		0x02
#define CHANGE_MOVED		0x04	/* it has another parent or mountpoint */
#define CHANGE_BENEATH		0x08	/* it appeared or moved beneath another */
#define CHANGE_TYPE		0x10	/* shared, group, master, unbindable */
#define CHANGE_LOCKED		0x20	/* locked, or not any more */
#define CHANGE_FLAGS		0x40	/* of those in WORLD_SETTABLE */
#define CHANGE_RENAMED		0x80	/* its mountpoint was, or a directory above it */

struct world_change {
	struct world_mount *mount;	/* its states: before, now */
	unsigned int what;		/* CHANGE_… */
};

struct outcome {
	int error;			/* errno, 0 if it succeeds */
	const char *why;		/* it fails, or does not what was asked, in
					 * words; else NULL
					 */
	struct world_mount *busy;	/* OP_UMOUNT, EBUSY: the first that is used
					 * or has others below it; OP_SETATTR, EPERM:
					 * the first that must not change
					 */
	struct world_ns *ns;		/* OP_OPEN_TREE and makes_namespace(): the new one */
	struct world_change *changes;	/* in order of world.mounts */
	size_t nr_changes;
};

struct world {
	struct world_mount **mounts;	/* those of the snapshot first */
	size_t nr_mounts;		/* those that are gone stay in it */
	struct world_ns **namespaces;	/* first those of the snapshot, by nr */
	size_t nr_namespaces;
	const struct rules *rules;
	size_t mount_max;
	uint64_t operations;		/* done so far */
	uint64_t steps;			/* mounts visited so far, for tests of cost */

	/* private to the library */
	const struct snapshot *snapshot;
	struct world_mount **by_index;	/* of the snapshot's mounts */
	void *arena;
	struct world_mount **mount_hash;
	size_t mount_hash_size;
	struct world_dentry **dentry_hash;
	size_t dentry_hash_size, nr_dentries;	/* sizes are powers of two */
	struct world_sb **sb_hash;
	size_t sb_hash_size;
	size_t mounts_room, namespaces_room, changes_room;
	struct world_change *changes;
	uint64_t hash_clock;
	unsigned char *group_numbers;	/* which are used */
	size_t group_numbers_size;
	int free_group_number;		/* none below it is free */
	int *new_groups;		/* their numbers, see last_group_id */
	size_t new_groups_room;
	int last_group_id, last_mount_id;
	uint64_t last_ns_id;
	bool no_memory;
};

enum operation_type {
	OP_MOUNT,	/* a new filesystem on target */
	OP_BIND,	/* source on target; recursive: rbind */
	OP_MOVE,	/* source to target; source may be the root of a tree of
			 * OP_OPEN_TREE: move_mount(2)
			 */
	OP_MOVE_BENEATH,	/* MOVE_MOUNT_BENEATH: below what is on target */
	OP_SET_GROUP,	/* MOVE_MOUNT_SET_GROUP: target joins source's group */
	OP_UMOUNT,	/* target; lazy: MNT_DETACH; recursive: as umount -R, one
			 * by one, leaves first
			 */
	OP_MAKE,	/* target to propagation; recursive: make-r… */
	OP_UNSHARE,	/* CLONE_NEWNS of ns; new_user_ns: CLONE_NEWUSER, too */
	OP_OPEN_TREE,	/* OPEN_TREE_CLONE of source; recursive: AT_RECURSIVE; if attributes or
			 * the propagation are asked for, as of OP_SETATTR: open_tree_attr(2)
			 */
	OP_PIVOT_ROOT,	/* source: new_root, target: put_old */
	OP_SETATTR,	/* mount_setattr(2) of target, or source if that is set: attributes,
			 * and the propagation; recursive: AT_RECURSIVE
			 */
	OP_REMOUNT,	/* MS_REMOUNT | MS_BIND of target: it has the attributes of attr_set
			 * then, no others; attr_clr: MOUNT_ATTR__ATIME if the mode is given
			 */
	OP_RECONFIGURE,	/* MS_REMOUNT of target alone: as OP_REMOUNT, and its filesystem is
			 * read-only then or not
			 */
	OP_REMOVE,	/* unlink(2) or, of an empty directory, rmdir(2) of target */
	OP_RENAME,	/* source to target, which is there already and empty; both are
			 * directories or neither is
			 */
	OP_TREE_NAMESPACE,	/* OPEN_TREE_NAMESPACE of source; recursive: AT_RECURSIVE;
				 * new_user_ns: by who has entered one before
				 */
	OP_FS_NAMESPACE,	/* FSMOUNT_NAMESPACE of a new filesystem with the attributes of
				 * attr_set; new_user_ns: as above, but it was created outside
				 */
};

#define NR_OPERATION_TYPES	(OP_FS_NAMESPACE + 1)

enum propagation {
	MAKE_NONE,	/* OP_SETATTR, OP_OPEN_TREE: it stays what it is */
	MAKE_SHARED,
	MAKE_SLAVE,
	MAKE_PRIVATE,
	MAKE_UNBINDABLE,
};

/* Whether it makes a mount namespace that somebody can be in; OP_OPEN_TREE makes another kind. */
static inline bool makes_namespace(enum operation_type type)
{
	return type == OP_UNSHARE || type == OP_TREE_NAMESPACE ||
	       type == OP_FS_NAMESPACE;
}

/* WORLD_… of the words of a snapshot's flags, or of a mount's options in mountinfo. */
unsigned int world_flags(const char *words);

/* What is mounted on it is gone down to, as by a lookup of the path. */
struct place {
	struct world_mount *mount;
	const char *path;		/* from the mount's root: "/" is it */
	/* not gone down: it is an open file, or the process' own root, which a
	 * lookup of "/" finds even if something is mounted on it
	 */
	bool here;
	bool file;			/* it is known to be no directory */
};

struct operation {
	enum operation_type type;
	bool recursive, lazy, new_user_ns;
	bool expire;			/* OP_UMOUNT: MNT_EXPIRE */
	enum propagation propagation;
	unsigned int attr_set, attr_clr;	/* MOUNT_ATTR_…, without _IDMAP */
	struct world_ns *ns;		/* the caller's */
	unsigned int user_ns;		/* the caller's, by inode number */
	struct place source, target;
	/* OP_BIND: the source is the file of this mount namespace, in /proc; or NULL */
	const struct world_ns *ns_file;
	/* the caller's, with here set: for OP_PIVOT_ROOT and new_user_ns, and umount of it does
	 * something else; without a mount: the topmost one at the namespace's root
	 */
	struct place root;
	/* OP_MOUNT: the new filesystem is one that is there: a mount of it.
	 * NULL: it is not mounted yet.
	 */
	const struct world_mount *filesystem;
};

/* clang-format on */

/**
 * world_new() - a world that is as a snapshot says
 * @s:		stays the caller's; must live as long as the world
 * @release:	kernel whose rules hold, NULL: the snapshot's
 * @err:	set to what went wrong
 *
 * Mounts that are in no namespace take no part in propagation: of them, only those
 * that are unmounted and still in use are there, as operands.  Links of a snapshot
 * that no kernel would have are mended, so that each operation ends.
 *
 * Return: the world, or NULL without memory, with @err set.
 */
struct world *world_new(const struct snapshot *s, const char *release,
			struct error *err);

/**
 * world_new_by_rules() - the same by rules that need not be those of a kernel
 * @s:		as for world_new()
 * @rules:	see rules.h; copied
 * @err:	set to what went wrong
 *
 * Return: as world_new().
 */
struct world *world_new_by_rules(const struct snapshot *s,
				 const struct rules *rules, struct error *err);
void world_free(struct world *w);

/* The one with this id in the snapshot, NULL if there is none in a namespace. */
struct world_mount *world_mount_of(const struct world *w, int id);

/* The one with this id that is unmounted already in the snapshot, or NULL. */
struct world_mount *world_unmounted(const struct world *w, int id);

/* The one with this number in the snapshot. */
struct world_ns *world_ns_of(const struct world *w, unsigned int nr);

/**
 * world_lookup() - where a path leads to
 * @w:		the world
 * @root:	where the lookup begins
 * @path:	absolute, without ".", ".." and symlinks
 *
 * Goes down to what is mounted at each component, the last one too, but not to
 * what is mounted on the root itself (link_path_walk() begins at it as it is).
 *
 * Return: the place; its path lives as long as the world.  The mount is NULL
 * without memory.
 */
struct place world_lookup(struct world *w, struct place root, const char *path);

/*
 * The same of a name: what is mounted on the last component is not gone down to.
 * OP_REMOVE and OP_RENAME are of names.
 */
struct place world_lookup_name(struct world *w, struct place root,
			       const char *path);

/* The topmost mount at the root of a namespace: where setns(2) leads. */
struct place world_root(struct world *w, const struct world_ns *ns);

/**
 * world_apply() - do an operation
 * @w:		changed to what holds after it; not at all if it fails, but for
 *		umount -R: that keeps what it did before it failed
 * @op:		what to do
 * @o:		set to what came of it; lives until the next operation
 * @err:	set to what went wrong
 *
 * Return: 0 (also if the operation fails: o->error), -1 without memory: the
 * world can then only be freed.
 */
int world_apply(struct world *w, const struct operation *op, struct outcome *o,
		struct error *err);

/* Who owns filesystems, which no snapshot tells, is in @w as it is in @other. */
void world_inherit(struct world *w, const struct world *other);

/* Somebody looked it up, or held it and does not any more: what MNT_EXPIRE marked is used. */
void world_use(struct world_mount *m);

/* The last operation failed, and nobody will do it: marks are what they were before it. */
void world_undo_use(struct world *w);

/* Children in order of attachment: the one after @child, or the first (NULL). */
struct world_mount *world_next_child(const struct world_mount *parent,
				     const struct world_mount *child);

/* Next in the ring of peers; itself if it has none. */
struct world_mount *world_next_peer(const struct world_mount *m);

/* Slaves in list order: the one after @slave, or the first (NULL). */
struct world_mount *world_next_slave(const struct world_mount *master,
				     const struct world_mount *slave);

/* What a lookup finds on a mount at a dentry, NULL if nothing is there. */
struct world_mount *world_mounted_on(struct world *w,
				     const struct world_mount *m,
				     const struct world_dentry *dentry);

/*
 * The number of a peer group, as the kernel gives it; of one that the model made it is
 * right if the snapshot has all mounts of the machine.
 */
int world_group_number(const struct world *w, int group_id);

/* Path of a mount's mountpoint from the root of its parent. */
const char *world_mountpoint(const struct world_mount *m);

#endif
