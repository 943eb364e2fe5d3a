// SPDX-License-Identifier: GPL-2.0-only
/*
 * The system calls: what they check, in the kernel's order, and what they do
 * then.  Where a check can fail the errno is said, and why.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include "arena.h"
#include "attributes.h"
#include "vfs.h"

/* struct path of the kernel. */
struct path {
	struct world_mount *mnt;
	struct world_dentry *dentry;
};

/* Why not, where a line has no room for it. */
static const char foreign_source[] = "the source is in another mount namespace";
static const char foreign_target[] = "the target is in another mount namespace";
static const char unmounted[] = "the mount is unmounted already";
static const char parent_shared[] =
	"the mount that the source is mounted on is shared";
static const char locked_below[] =
	"the source has locked mounts below it, which rbind takes along";
static const char unbindable_locked[] =
	"a mount below the source is unbindable and locked";
static const char on_root[] = "nothing can be mounted beneath the root";
static const char onto_top[] =
	"a copy would be propagated onto the mount on top";
static const char onto_source[] =
	"a copy would be propagated onto the source itself";
static const char pivot_shared[] =
	"put_old, the parent of new_root or that of the root is shared";
static const char file_loop[] =
	"the source is the file of this mount namespace or an older one";
static const char loop_below[] =
	"the source has a file of this mount namespace or of an older one";
static const char removed_target[] = "the target is removed already";
static const char in_other_places[] =
	"something is mounted there in the caller's mount namespace";
static const char mounted_below[] = "something is mounted below it";
static const char in_use[] = "a process or a file uses it";
static const char not_empty[] =
	"the directory is not empty: there is a mountpoint or a mount's root in it";
static const char other_type[] =
	"one of the source and the target is a directory, the other is not";
static const char root_only_ro[] =
	"it is the caller's root: its filesystem is made read-only and stays mounted";

static const char no_root[] = "the namespace has no root";
static const char chrooted[] =
	"the caller's root is not the topmost one of its mount namespace";

static int refuse(struct outcome *o, int error, const char *why)
{
	o->error = error;
	o->why = why;
	return error;
}

static int no_memory(struct world *w, struct outcome *o)
{
	w->no_memory = true;
	return refuse(o, ENOMEM, "there is no memory");
}

static bool path_mounted(const struct path *path)
{
	return path->dentry == path->mnt->root;
}

static void follow_mounts(struct world *w, struct path *path)
{
	struct world_mount *over;

	while ((over = lookup_mnt(w, path->mnt, path->dentry))) {
		path->mnt = over;
		path->dentry = over->root;
	}
}

/* As a lookup for umount(2) does it, which is no use of the mount. */
static int resolve_unused(struct world *w, const struct place *place,
			  struct path *path, struct outcome *o)
{
	if (!place->mount)
		return refuse(o, ENOENT, "there is no such mount");
	path->mnt = place->mount;
	path->dentry = world_dentry_below(w, place->mount->root, place->path);
	if (!path->dentry)
		return no_memory(w, o);
	if (!place->here)
		follow_mounts(w, path);
	return 0;
}

/* As other lookups do it. */
static int resolve(struct world *w, const struct place *place,
		   struct path *path, struct outcome *o)
{
	if (resolve_unused(w, place, path, o))
		return o->error;
	world_use(path->mnt);
	return 0;
}

/* What is mounted goes on top in any case. */
static int resolve_to_mount_on(struct world *w, const struct place *place,
			       struct path *path, struct outcome *o)
{
	if (resolve(w, place, path, o))
		return o->error;
	follow_mounts(w, path);
	world_use(path->mnt);
	return 0;
}

static int refuse_unmounted(const struct world *w, const struct path *to,
			    bool beneath, struct outcome *o)
{
	if (to->mnt->now.ns)
		return 0;
	if (beneath || w->rules->unmounted_not_found)
		return refuse(o, ENOENT, unmounted);
	return refuse(o, EINVAL, unmounted);
}

/* As lock_mount() refuses it: nothing can be mounted on a name that is gone. */
static int lock_mount(const struct world *w, const struct path *to,
		      struct outcome *o)
{
	if (to->dentry->unlinked)
		return refuse(o, ENOENT, removed_target);
	/* who looks no further here finds it in another namespace, or out of reach */
	return w->rules->unmounted_not_found ?
		       refuse_unmounted(w, to, false, o) :
		       0;
}

/* ns_capable(), as far as a snapshot tells: it has no tree of user namespaces. */
static bool capable_over(const struct operation *op, unsigned int user_ns)
{
	return op->user_ns == user_ns || op->user_ns == WORLD_INIT_USER_NS;
}

static bool capable(const struct operation *op, const struct world_ns *ns)
{
	return capable_over(op, ns->user_ns);
}

static int may_change_propagation(const struct operation *op,
				  const struct world_mount *m,
				  struct outcome *o)
{
	if (!m->now.ns)
		return refuse(o, EINVAL, unmounted);
	if (!capable(op, m->now.ns))
		return refuse(o, EPERM,
			      "the mount is in a foreign mount namespace");
	return 0;
}

static bool check_mnt(const struct operation *op, const struct world_mount *m)
{
	return m->now.ns == op->ns;
}

/* A tree of open_tree(2) that was copied from the caller's namespace. */
static bool check_anonymous_mnt(const struct world *w,
				const struct operation *op,
				const struct world_mount *m)
{
	if (!w->rules->anonymous_use || !m->now.ns || !m->now.ns->anon)
		return false;
	return !m->now.ns->seq_origin || m->now.ns->seq_origin == op->ns->id;
}

static bool anon_ns_root(const struct world_mount *m)
{
	return m->now.ns && m->now.ns->anon && !mnt_has_parent(m);
}

static bool mount_is_ancestor(const struct world_mount *p1,
			      const struct world_mount *p2)
{
	while (p2 != p1 && mnt_has_parent(p2))
		p2 = p2->now.parent;
	return p2 == p1;
}

static bool tree_contains_unbindable(struct world_mount *m)
{
	struct world_mount *p;

	for (p = m; p; p = next_in_tree(p, m)) {
		if (is_unbindable(p))
			return true;
	}
	return false;
}

/* Whether @m is the file of the caller's mount namespace or an older one. */
static bool mnt_ns_loop(const struct operation *op, const struct world_mount *m)
{
	return m->mnt_ns_file && op->ns->id >= m->mnt_ns_file->id;
}

static bool has_nsfs_loop(const struct operation *op, struct world_mount *m)
{
	struct world_mount *p;

	for (p = m; p; p = next_in_tree(p, m)) {
		if (mnt_ns_loop(op, p))
			return true;
	}
	return false;
}

static int attach(struct world *w, const struct operation *op,
		  struct world_mount *source, const struct path *to,
		  struct outcome *o)
{
	int error = attach_recursive_mnt(w, source, to->mnt, to->dentry, op);

	if (error == -ENOENT)
		return refuse(o, ENOENT, "the source is removed already");
	if (error == -ENOSPC)
		return refuse(o, ENOSPC,
			      "a namespace would exceed fs.mount-max");
	return error ? refuse(o, -error, "the mount cannot be copied") : 0;
}

/* NULL without memory. */
static struct world_sb *new_filesystem(struct world *w,
				       const struct operation *op)
{
	struct world_sb *sb = world_sb_new(w);

	if (sb)
		sb->user_ns = op->user_ns;
	return sb;
}

static void op_mount(struct world *w, const struct operation *op,
		     struct outcome *o)
{
	const struct world_mount *like = op->filesystem;
	struct world_sb *sb = like ? like->root->sb : new_filesystem(w, op);
	struct world_mount *m;
	struct path to;

	if (resolve_to_mount_on(w, &op->target, &to, o) ||
	    lock_mount(w, &to, o))
		return;
	if (!check_mnt(op, to.mnt)) {
		refuse(o, EINVAL, foreign_target);
		return;
	}
	if (to.mnt->root->sb == sb && path_mounted(&to)) {
		refuse(o, EBUSY,
		       "the same filesystem is mounted there already");
		return;
	}
	if (op->target.file) {
		refuse(o, ENOTDIR, other_type);
		return;
	}
	m = world_mount_alloc(w, --w->last_mount_id,
			      world_dentry_get(w, sb, "/", NULL, NULL));
	if (!m)
		return;
	m->now.flags |= WORLD_RELATIME;
	attach(w, op, m, &to, o);
}

static bool may_copy_tree(const struct world *w, const struct operation *op,
			  const struct world_mount *m)
{
	return check_mnt(op, m) || m->mnt_ns_file ||
	       check_anonymous_mnt(w, op, m);
}

/* @flags: CL_… of the copy */
static int do_loopback(struct world *w, const struct operation *op,
		       const struct path *from, int flags,
		       struct world_mount **copy, struct outcome *o)
{
	int error;

	if (is_unbindable(from->mnt))
		return refuse(o, EINVAL, "the source is unbindable");
	if (!may_copy_tree(w, op, from->mnt))
		return refuse(o, EINVAL, foreign_source);
	if (op->recursive && !from->mnt->now.ns)
		return refuse(o, EINVAL, unmounted);
	if (!op->recursive && has_locked_children(from->mnt, from->dentry))
		return refuse(o, EINVAL, locked_below);
	if (op->recursive)
		error = copy_tree(w, from->mnt, from->dentry, flags, copy);
	else
		error = clone_mnt(w, from->mnt, from->dentry, flags, copy);
	if (error == -EPERM)
		return refuse(o, EPERM, unbindable_locked);
	return error ? refuse(o, -error, "the source cannot be copied") : 0;
}

/*
 * All files of namespaces are roots of one filesystem, which no namespace has mounted.
 */
static struct world_dentry *ns_file(struct world *w, const struct world_ns *ns)
{
	struct world_sb *sb = NULL;
	const char *hash;
	char name[32];
	size_t i;

	for (i = 0; i < w->nr_mounts; i++) {
		if (w->mounts[i]->mnt_ns_file == ns)
			return w->mounts[i]->root;
		if (w->mounts[i]->mnt_ns_file)
			sb = w->mounts[i]->root->sb;
	}
	if (!sb)
		sb = world_sb_new(w);
	snprintf(name, sizeof(name), "mnt:[%u]", ns->nr);
	hash = arena_strdup(w->arena, name);
	if (!hash) {
		w->no_memory = true;
		return NULL;
	}
	return world_dentry_get(w, sb, "/", hash, NULL);
}

static struct world_mount *ns_file_mount(struct world *w,
					 const struct world_ns *ns)
{
	struct world_mount *m =
		world_mount_alloc(w, --w->last_mount_id, ns_file(w, ns));

	if (m)
		m->mnt_ns_file = ns;
	return m;
}

static void bind_ns_file(struct world *w, const struct operation *op,
			 const struct path *to, struct outcome *o)
{
	struct world_mount *m;

	if (op->ns->id >= op->ns_file->id) {
		refuse(o, EINVAL, file_loop);
	} else if (!lock_mount(w, to, o) && !check_mnt(op, to->mnt)) {
		refuse(o, EINVAL, foreign_target);
	} else if (!o->error) {
		m = ns_file_mount(w, op->ns_file);
		if (m && attach(w, op, m, to, o))
			umount_tree(w, m, UMOUNT_SYNC);
	}
}

static void op_bind(struct world *w, const struct operation *op,
		    struct outcome *o)
{
	struct world_mount *copy;
	struct path from, to;

	if (resolve_to_mount_on(w, &op->target, &to, o))
		return;
	if (op->ns_file) {
		bind_ns_file(w, op, &to, o);
		return;
	}
	if (resolve(w, &op->source, &from, o))
		return;
	if (path_mounted(&from) && mnt_ns_loop(op, from.mnt)) {
		refuse(o, EINVAL, file_loop);
		return;
	}
	if (lock_mount(w, &to, o))
		return;
	if (!check_mnt(op, to.mnt)) {
		refuse(o, EINVAL, foreign_target);
		return;
	}
	if (do_loopback(w, op, &from, CL_COPY_MNT_NS_FILE, &copy, o))
		return;
	if (op->recursive && w->rules->namespace_files_checked &&
	    has_nsfs_loop(op, copy))
		refuse(o, EINVAL, loop_below);
	else if (op->source.file != op->target.file)
		refuse(o, ENOTDIR, other_type);
	else
		attach(w, op, copy, &to, o);
	if (o->error)
		umount_tree(w, copy, UMOUNT_SYNC);
}

static int check_move_paths(const struct operation *op, const struct path *from,
			    struct outcome *o)
{
	if (!path_mounted(from))
		return refuse(o, EINVAL, "the source is not a mountpoint");
	if (op->source.file != op->target.file)
		return refuse(o, EINVAL, other_type);
	return 0;
}

static int check_move_source(struct world *w, const struct operation *op,
			     const struct path *from, const struct path *to,
			     struct outcome *o)
{
	struct world_mount *m = from->mnt;

	if (check_mnt(op, m)) {
		if (!mnt_has_parent(m))
			return refuse(o, EINVAL,
				      "the source is the namespace's root");
		if (is_locked(m))
			return refuse(o, EINVAL, "the source is locked");
		if (is_shared(m->now.parent))
			return refuse(o, EINVAL, parent_shared);
		if (!check_mnt(op, to->mnt))
			return refuse(o, EINVAL, foreign_target);
		return 0;
	}
	if (!anon_ns_root(m))
		return refuse(o, EINVAL, foreign_source);
	if (m->now.ns == to->mnt->now.ns)
		return refuse(o, EINVAL, "the target is in the source");
	if (!check_mnt(op, to->mnt) && !check_anonymous_mnt(w, op, to->mnt))
		return refuse(o, EINVAL, foreign_target);
	return 0;
}

/* @to: the parent and mountpoint of @over. */
static int can_move_mount_beneath(struct world *w, const struct operation *op,
				  const struct world_mount *from,
				  struct world_mount *over,
				  const struct path *to, struct outcome *o)
{
	/* It takes over the lock, and a copy could not have it then. */
	if (is_locked(over) &&
	    (!w->rules->beneath_locked ||
	     (w->rules->locked_files_stay && from->mnt_ns_file)))
		return refuse(o, EINVAL, "the mount on top is locked");
	if (lookup_mnt(w, from, from->root))
		return refuse(o, EINVAL, "something is mounted on the source");
	if (!w->rules->beneath_root) {
		const struct world_mount *root =
			op->root.mount ? op->root.mount :
					 world_root(w, op->ns).mount;

		if (over == root || to->mnt == op->ns->root)
			return refuse(o, EINVAL, on_root);
	}
	if (mount_is_ancestor(over, from))
		return refuse(o, EINVAL,
			      "the source is mounted below the mount on top");
	if (propagation_would_overmount(w, to->mnt, over, to->dentry))
		return refuse(o, EINVAL, onto_top);
	if ((check_mnt(op, from) || !w->rules->anonymous_use) &&
	    propagation_would_overmount(w, to->mnt, from, to->dentry))
		return refuse(o, EINVAL, onto_source);
	return 0;
}

static void op_move(struct world *w, const struct operation *op,
		    struct outcome *o)
{
	bool beneath = op->type == OP_MOVE_BENEATH;
	struct world_mount *over = NULL;
	struct path from, to;

	if (beneath && !w->rules->beneath) {
		refuse(o, EINVAL, "this kernel has no MOVE_MOUNT_BENEATH");
		return;
	}
	if (resolve(w, &op->source, &from, o) ||
	    resolve_to_mount_on(w, &op->target, &to, o))
		return;
	if (w->rules->move_source_first && check_move_paths(op, &from, o))
		return;
	if (beneath) {
		over = to.mnt;
		if (!path_mounted(&to)) {
			refuse(o, EINVAL, "nothing is mounted on the target");
			return;
		}
		if (refuse_unmounted(w, &to, true, o))
			return;
		if (!mnt_has_parent(over)) {
			refuse(o, EINVAL, on_root);
			return;
		}
		to = (struct path){ over->now.parent, over->now.mountpoint };
	}
	if (lock_mount(w, &to, o) || check_move_paths(op, &from, o) ||
	    check_move_source(w, op, &from, &to, o))
		return;
	if (beneath && can_move_mount_beneath(w, op, from.mnt, over, &to, o))
		return;
	if (is_shared(to.mnt) && tree_contains_unbindable(from.mnt))
		refuse(o, EINVAL,
		       "the source has an unbindable mount, and the target's mount is shared");
	else if (has_nsfs_loop(op, from.mnt))
		refuse(o, ELOOP, loop_below);
	else if (mount_is_ancestor(from.mnt, to.mnt))
		refuse(o, ELOOP, "the target is in the source");
	else
		attach(w, op, from.mnt, &to, o);
}

static void op_set_group(struct world *w, const struct operation *op,
			 struct outcome *o)
{
	struct world_mount *from, *to;
	struct path source, target;

	if (!w->rules->set_group) {
		refuse(o, EINVAL, "this kernel has no MOVE_MOUNT_SET_GROUP");
		return;
	}
	if (resolve(w, &op->source, &source, o) ||
	    resolve(w, &op->target, &target, o))
		return;
	from = source.mnt;
	to = target.mnt;
	if (may_change_propagation(op, from, o) ||
	    may_change_propagation(op, to, o))
		return;
	if (!path_mounted(&source) || !path_mounted(&target))
		refuse(o, EINVAL, "the source or the target is no mountpoint");
	else if (from->root->sb != to->root->sb)
		refuse(o, EINVAL, "the mounts are of different filesystems");
	else if (!is_subdir(to->root, from->root))
		refuse(o, EINVAL,
		       "the target shows more of the filesystem than the source");
	else if (has_locked_children(from, to->root))
		refuse(o, EINVAL, "the source has locked mounts below it");
	else if (is_shared(to) || to->now.master ||
		 (is_unbindable(to) && !w->rules->set_group_unbindable))
		refuse(o, EINVAL, "the target is not private");
	else if (!is_shared(from) && !from->now.master)
		refuse(o, EINVAL, "the source is private");
	if (o->error)
		return;
	if (from->now.master) {
		to->now.master = from->now.master;
		list_add(&to->mnt_slave,
			 w->rules->set_group_behind ?
				 &from->mnt_slave :
				 &from->now.master->mnt_slave_list);
	}
	if (is_shared(from)) {
		to->now.group_id = from->now.group_id;
		list_add(&to->mnt_share, &from->mnt_share);
		set_mnt_shared(to);
	}
}

static void op_make(struct world *w, const struct operation *op,
		    struct outcome *o)
{
	struct world_mount *m;
	struct path path;

	if (resolve(w, &op->target, &path, o))
		return;
	if (!path_mounted(&path)) {
		refuse(o, EINVAL, "the target is not a mountpoint");
		return;
	}
	if (op->propagation == MAKE_NONE) {
		refuse(o, EINVAL, "no type is asked for");
		return;
	}
	if (may_change_propagation(op, path.mnt, o))
		return;
	if (op->propagation == MAKE_SHARED)
		invent_group_ids(w, path.mnt, op->recursive);
	for (m = path.mnt; m;
	     m = op->recursive ? next_in_tree(m, path.mnt) : NULL)
		change_mnt_propagation(w, m, op->propagation);
}

/* @m, or with -R the next of the tree below @top, parents first. */
static struct world_mount *next_asked(const struct operation *op,
				      struct world_mount *m,
				      struct world_mount *top)
{
	return op->recursive ? next_in_tree(m, top) : NULL;
}

static bool asks_attributes(const struct operation *op)
{
	return op->attr_set || op->attr_clr || op->propagation != MAKE_NONE;
}

/* None is changed if one of the tree must not be. */
static int may_set_attributes(const struct operation *op,
			      struct world_mount *top, struct outcome *o)
{
	struct world_mount *m;
	const char *locked;

	for (m = top; m; m = next_asked(op, m, top)) {
		locked = attributes_locked(m, attributes_changed(op, m));
		if (locked) {
			o->busy = m;
			return refuse(o, EPERM, locked);
		}
	}
	return 0;
}

static void set_attributes(struct world *w, const struct operation *op,
			   struct world_mount *top)
{
	struct world_mount *m;

	if (op->propagation == MAKE_SHARED)
		invent_group_ids(w, top, op->recursive);
	for (m = top; m; m = next_asked(op, m, top)) {
		m->now.flags = attributes_changed(op, m);
		if (op->propagation != MAKE_NONE)
			change_mnt_propagation(w, m, op->propagation);
	}
}

/*
 * Who is in the root of a namespace itself, and not in what is mounted on it, is refused by
 * kernels before 6.14 (46f5ab762d04); nobody is there but by tricks, and it is no rule here.
 */
static void op_setattr(struct world *w, const struct operation *op,
		       struct outcome *o)
{
	const char *why;
	struct path path;

	if (!asks_attributes(op)) {
		o->why = "nothing is asked for";
		return;
	}
	why = attributes_refused(op);
	if (why) {
		refuse(o, EINVAL, why);
		return;
	}
	if (resolve(w, &op->target, &path, o))
		return;
	if (!path_mounted(&path))
		refuse(o, EINVAL, "the target is not a mountpoint");
	else if (!anon_ns_root(path.mnt) && !check_mnt(op, path.mnt))
		refuse(o, EINVAL, foreign_target);
	else if (!may_set_attributes(op, path.mnt, o))
		set_attributes(w, op, path.mnt);
}

static int may_remount(struct world *w, const struct operation *op,
		       struct path *path, struct outcome *o)
{
	const char *locked;

	if (resolve(w, &op->target, path, o))
		return o->error;
	if (!check_mnt(op, path->mnt))
		return refuse(o, EINVAL, foreign_target);
	if (!path_mounted(path))
		return refuse(o, EINVAL, "the target is not a mountpoint");
	locked = attributes_locked(path->mnt,
				   attributes_remounted(op, path->mnt));
	return locked ? refuse(o, EPERM, locked) : 0;
}

/* do_reconfigure_mnt() */
static void op_remount(struct world *w, const struct operation *op,
		       struct outcome *o)
{
	struct path path;

	if (!may_remount(w, op, &path, o))
		path.mnt->now.flags = attributes_remounted(op, path.mnt);
}

/* As sb_prepare_remount_readonly() finds it; what processes hold open no snapshot tells. */
static bool has_removed_in_use(const struct world *w, const struct world_sb *sb)
{
	size_t i;

	for (i = 0; i < w->nr_mounts; i++) {
		const struct world_mount *m = w->mounts[i];

		if (m->root->sb == sb && m->root->unlinked &&
		    (m->now.ns || m->busy))
			return true;
	}
	return false;
}

/* do_remount() */
static void op_reconfigure(struct world *w, const struct operation *op,
			   struct outcome *o)
{
	bool ro = op->attr_set & MOUNT_ATTR_RDONLY;
	struct world_sb *sb;
	struct path path;

	if (may_remount(w, op, &path, o))
		return;
	sb = path.mnt->root->sb;
	if (!capable_over(op, sb->user_ns)) {
		refuse(o, EPERM,
		       "the filesystem belongs to a more privileged user namespace");
		return;
	}
	if (ro && !sb->read_only && has_removed_in_use(w, sb)) {
		refuse(o, EBUSY,
		       "something of the filesystem is removed and in use");
		return;
	}
	sb->read_only = ro;
	path.mnt->now.flags = attributes_remounted(op, path.mnt);
}

/* The child of @parent after @m that may go by itself; @m NULL: the first. */
static struct world_mount *next_shrinkable(struct world_mount *parent,
					   struct world_mount *m)
{
	do {
		m = world_next_child(parent, m);
	} while (m && !(m->now.flags & WORLD_SHRINKABLE));
	return m;
}

/*
 * What automounters, NFS and AFS have mounted below goes with it, one after the
 * other, as far as nobody uses it: first what is on top.  When one is gone the
 * children of its parent are looked at again.
 */
static void shrink_submounts(struct world *w, struct world_mount *top)
{
	struct world_mount *parent = top, *m = NULL;

	for (;;) {
		m = next_shrinkable(parent, m);
		if (m) {
			parent = m;
			m = NULL;
			continue;
		}
		if (parent == top)
			return;
		m = parent;
		parent = m->now.parent;
		if (parent == m) {
			/* it went along with another one */
			parent = top;
			m = NULL;
			continue;
		}
		if (propagate_mount_busy(w, m))
			continue;
		umount_tree(w, m, UMOUNT_PROPAGATE | UMOUNT_SYNC);
		m = NULL;
	}
}

/* The first time it is marked, the next time it goes, if nobody used it in between. */
static int check_expiry(struct world_mount *m, const struct world_mount *root,
			bool lazy, struct outcome *o)
{
	bool marked = m->now.flags & WORLD_EXPIRY_MARK;

	if (m == root)
		return refuse(o, EINVAL, "it is the caller's root");
	if (lazy)
		return refuse(o, EINVAL,
			      "MNT_EXPIRE and MNT_DETACH exclude each other");
	if (m->busy || !list_empty(&m->mnt_mounts)) {
		o->busy = m;
		return refuse(o, EBUSY, m->busy ? in_use : mounted_below);
	}
	m->now.flags |= WORLD_EXPIRY_MARK;
	return marked ? 0 :
			refuse(o, EAGAIN, "it is marked to go the next time");
}

static int do_umount(struct world *w, const struct operation *op,
		     const struct path *path, struct outcome *o)
{
	struct world_mount *m = path->mnt;
	const struct world_mount *root =
		op->root.mount ? op->root.mount : world_root(w, op->ns).mount;

	if (!path_mounted(path))
		return refuse(o, EINVAL, "the target is not a mountpoint");
	if (!check_mnt(op, m))
		return refuse(o, EINVAL,
			      m->now.ns ? foreign_target : unmounted);
	if (is_locked(m))
		return refuse(o, EINVAL, "the mount is locked");
	if (op->expire && check_expiry(m, root, op->lazy, o))
		return o->error;
	if (m == root && !op->lazy) {
		o->why = root_only_ro;
		return 0;
	}
	if (!mnt_has_parent(m))
		return refuse(o, EINVAL, "it is the root of the namespace");
	if (op->lazy) {
		umount_tree(w, m, UMOUNT_PROPAGATE);
		return 0;
	}
	shrink_submounts(w, m);
	o->busy = propagate_mount_busy(w, m);
	if (!list_empty(&m->mnt_mounts))
		return refuse(o, EBUSY, mounted_below);
	if (m->busy)
		return refuse(o, EBUSY, in_use);
	if (o->busy)
		return refuse(o, EBUSY,
			      "a copy that would go with it is in use");
	umount_tree(w, m, UMOUNT_PROPAGATE | UMOUNT_SYNC);
	return 0;
}

/* A mount that umount -R finds, and its path from where that began. */
struct found {
	struct world_mount *mount;
	const char *path;
};

static int by_id_downwards(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	return (x->mount->id < y->mount->id) - (x->mount->id > y->mount->id);
}

/* Puts the children of @f on the stack, that with the lowest id on top. */
static size_t push_children(struct world *w, const struct found *f,
			    struct found *stack, size_t n)
{
	bool on_top = !strcmp(f->path, "/");
	struct world_mount *child;
	size_t first = n;

	for (child = NULL; (child = world_next_child(f->mount, child));) {
		const char *path = world_mountpoint(child);

		if (!strcmp(path, "/"))
			path = f->path;
		else if (!on_top)
			path = arena_join(w->arena, f->path, path);
		if (!path) {
			w->no_memory = true;
			return first;
		}
		stack[n++] = (struct found){ child, path };
	}
	qsort(stack + first, n - first, sizeof(*stack), by_id_downwards);
	return n;
}

/*
 * What umount(8) does: each mount of the tree by its path, a mount after what is
 * mounted on it, of several the one with the highest id first (libmount).
 */
static void umount_recursive(struct world *w, const struct operation *op,
			     struct world_mount *top, struct outcome *o)
{
	struct found *stack, *all;
	size_t on_stack = 1, n = 0;
	struct place place;
	struct path path;

	stack = arena_alloc(w->arena, w->nr_mounts, sizeof(*stack));
	all = arena_alloc(w->arena, w->nr_mounts, sizeof(*all));
	if (!stack || !all) {
		no_memory(w, o);
		return;
	}
	stack[0] = (struct found){ top, "/" };
	while (on_stack) {
		all[n] = stack[--on_stack];
		on_stack = push_children(w, &all[n++], stack, on_stack);
	}
	while (n-- && !w->no_memory) {
		if (!top->now.ns) {
			refuse(o, EINVAL, "it went with one below it");
			return;
		}
		place = (struct place){ .mount = top, .path = "/" };
		if (strcmp(all[n].path, "/"))
			place = world_lookup(w, place, all[n].path);
		if (resolve_unused(w, &place, &path, o) ||
		    do_umount(w, op, &path, o))
			return;
	}
}

static void op_umount(struct world *w, const struct operation *op,
		      struct outcome *o)
{
	struct path path;

	if (resolve_unused(w, &op->target, &path, o))
		return;
	if (op->recursive && path_mounted(&path)) {
		umount_recursive(w, op, path.mnt, o);
		return;
	}
	/* LOOKUP_MOUNTPOINT goes on to what is mounted on an open file, too */
	follow_mounts(w, &path);
	do_umount(w, op, &path, o);
}

static struct world_ns *new_ns(struct world *w, struct world_mount *root,
			       unsigned int user_ns, bool anon)
{
	struct world_ns *ns = world_ns_alloc(w);
	struct world_mount *m;

	if (!ns)
		return NULL;
	ns->root = root;
	ns->user_ns = user_ns;
	ns->anon = anon;
	ns->id = ++w->last_ns_id;
	for (m = root; m; m = next_in_tree(m, root)) {
		m->now.ns = ns;
		ns->nr_mounts++;
	}
	return ns;
}

/* As current_chrooted(): create_user_ns() allows it to nobody else. */
static bool is_chrooted(struct world *w, const struct operation *op)
{
	return op->root.mount &&
	       (op->root.mount != world_root(w, op->ns).mount ||
		strcmp(op->root.path, "/"));
}

static int may_make_user_ns(struct world *w, const struct operation *op,
			    struct outcome *o)
{
	return op->new_user_ns && is_chrooted(w, op) ?
		       refuse(o, EPERM, chrooted) :
		       0;
}

/* In which the caller is when it makes a mount namespace: the owner of that. */
static unsigned int owner_of_new(const struct operation *op)
{
	return op->new_user_ns ? 0 : op->user_ns;
}

static bool is_foreign(const struct operation *op)
{
	return owner_of_new(op) != op->ns->user_ns;
}

static void op_unshare(struct world *w, const struct operation *op,
		       struct outcome *o)
{
	struct world_mount *old = op->ns->root, *copy;
	int flags = CL_COPY_UNBINDABLE | CL_EXPIRE;
	struct world_mount *m;
	int error;

	if (!old) {
		refuse(o, EINVAL, no_root);
		return;
	}
	if (may_make_user_ns(w, op, o))
		return;
	if (is_foreign(op))
		flags |= CL_SLAVE;
	error = copy_tree(w, old, old->root, flags, &copy);
	if (error) {
		refuse(o, -error, "the tree of the namespace cannot be copied");
		return;
	}
	if (w->rules->roots_are_locked)
		copy->now.flags |= old->now.flags & WORLD_LOCKED;
	if (is_foreign(op))
		lock_mnt_tree(w, copy);
	for (m = copy; m && !w->rules->clone_keeps_unbindable;
	     m = next_in_tree(m, copy))
		m->now.flags &= ~WORLD_UNBINDABLE;
	o->ns = new_ns(w, copy, owner_of_new(op), false);
}

/* Without privilege nothing may be left out: it would reveal what is below. */
static int flags_of_new(const struct world *w, const struct operation *op)
{
	if (!is_foreign(op))
		return 0;
	return CL_SLAVE |
	       (w->rules->tree_namespaces_whole ? CL_COPY_UNBINDABLE : 0);
}

static bool has_children(const struct path *path)
{
	struct world_mount *child;

	for (child = NULL; (child = world_next_child(path->mnt, child));) {
		if (is_subdir(child->now.mountpoint, path->dentry))
			return true;
	}
	return false;
}

/* Of what is mounted on @m, on that, … */
static bool has_locked_cover(struct world *w, struct world_mount *m)
{
	while ((m = lookup_mnt(w, m, m->root))) {
		if (is_locked(m))
			return true;
	}
	return false;
}

/*
 * create_new_namespace(), without what it makes @top of: of the root of the caller's namespace
 * there is the copy @root, and on it @top alone.  fs.mount-max does not count.
 */
static void new_ns_of(struct world *w, const struct operation *op,
		      struct world_mount *root, struct world_mount *top,
		      struct outcome *o)
{
	if (has_locked_cover(w, op->ns->root))
		top->now.flags |= WORLD_LOCKED;
	attach_mnt(w, top, root, root->root);
	if (is_foreign(op))
		lock_mnt_tree(w, root);
	o->ns = new_ns(w, root, owner_of_new(op), false);
}

static int copy_root(struct world *w, const struct operation *op,
		     struct world_mount **root, struct outcome *o)
{
	struct world_mount *old = op->ns->root;

	if (!old)
		return refuse(o, EINVAL, no_root);
	if (clone_mnt(w, old, old->root, flags_of_new(w, op), root))
		return no_memory(w, o);
	return 0;
}

static void op_tree_namespace(struct world *w, const struct operation *op,
			      struct outcome *o)
{
	struct world_mount *root, *copy;
	struct path from;

	if (resolve(w, &op->source, &from, o) || may_make_user_ns(w, op, o))
		return;
	if (!w->rules->tree_namespaces) {
		refuse(o, EINVAL, "this kernel has no OPEN_TREE_NAMESPACE");
		return;
	}
	if (op->source.file) {
		refuse(o, ENOTDIR, "the source is no directory");
		return;
	}
	if (copy_root(w, op, &root, o))
		return;
	if (w->rules->tree_namespaces_whole && is_foreign(op) &&
	    !op->recursive && has_children(&from))
		refuse(o, EINVAL,
		       "there are mounts below the source, and who is not privileged over its mount namespace has to take them along");
	else
		do_loopback(w, op, &from, flags_of_new(w, op), &copy, o);
	if (o->error)
		umount_tree(w, root, UMOUNT_SYNC);
	else
		new_ns_of(w, op, root, copy, o);
}

static void op_fs_namespace(struct world *w, const struct operation *op,
			    struct outcome *o)
{
	struct world_mount *root, *m;
	const char *why;

	if (may_make_user_ns(w, op, o))
		return;
	if (!w->rules->fs_namespaces) {
		refuse(o, op->new_user_ns ? EPERM : EINVAL,
		       "this kernel has no FSMOUNT_NAMESPACE");
		return;
	}
	why = attributes_of_new_refused(op);
	if (why) {
		refuse(o, EINVAL, why);
		return;
	}
	if (copy_root(w, op, &root, o))
		return;
	m = world_mount_alloc(w, --w->last_mount_id,
			      world_dentry_get(w, new_filesystem(w, op), "/",
					       NULL, NULL));
	if (!m)
		return;
	m->now.flags |= attributes_of_new(op);
	new_ns_of(w, op, root, m, o);
}

static void op_open_tree(struct world *w, const struct operation *op,
			 struct outcome *o)
{
	struct world_mount *copy;
	struct world_ns *from_ns;
	const char *why;
	struct path from;

	if (resolve(w, &op->source, &from, o) ||
	    do_loopback(w, op, &from, CL_COPY_MNT_NS_FILE, &copy, o))
		return;
	from_ns = from.mnt->now.ns;
	why = asks_attributes(op) ? attributes_refused(op) : NULL;
	if (why)
		refuse(o, EINVAL, why);
	if (why || may_set_attributes(op, copy, o)) {
		umount_tree(w, copy, UMOUNT_SYNC);
		return;
	}
	o->ns = new_ns(w, copy, op->ns->user_ns, true);
	set_attributes(w, op, copy);
	if (o->ns && from_ns)
		o->ns->seq_origin = from_ns->anon ? from_ns->seq_origin :
						    from_ns->id;
}

static void op_pivot_root(struct world *w, const struct operation *op,
			  struct outcome *o)
{
	struct place top = world_root(w, op->ns);
	struct world_mount *new_mnt, *root_mnt, *old_mnt, *root_parent;
	struct path new, old, root;
	struct world_dentry *root_mp;

	if (op->source.file || op->target.file) {
		refuse(o, ENOTDIR, "new_root or put_old is no directory");
		return;
	}
	if (resolve(w, &op->source, &new, o) ||
	    resolve_to_mount_on(w, &op->target, &old, o))
		return;
	if (resolve(w, op->root.mount ? &op->root : &top, &root, o) ||
	    lock_mount(w, &old, o))
		return;
	new_mnt = new.mnt;
	old_mnt = old.mnt;
	root_mnt = root.mnt;
	root_parent = root_mnt->now.parent;
	if (!check_mnt(op, root_mnt) || !check_mnt(op, new_mnt))
		refuse(o, EINVAL, "a mount is in another mount namespace");
	else if (is_shared(old_mnt) || is_shared(new_mnt->now.parent) ||
		 is_shared(root_parent))
		refuse(o, EINVAL, pivot_shared);
	else if (is_locked(new_mnt))
		refuse(o, EINVAL, "new_root is locked");
	else if (new.dentry->unlinked)
		refuse(o, ENOENT, "new_root is removed already");
	else if (new_mnt == root_mnt || old_mnt == root_mnt)
		refuse(o, EBUSY, "new_root or put_old is on the root's mount");
	else if (!path_mounted(&root) || !mnt_has_parent(root_mnt))
		refuse(o, EINVAL,
		       "the root is not a mountpoint, or that of the namespace");
	else if (!path_mounted(&new) || !mnt_has_parent(new_mnt))
		refuse(o, EINVAL, "new_root is not a mountpoint");
	else if (!is_path_reachable(old_mnt, old.dentry, new_mnt, new.dentry))
		refuse(o, EINVAL, "put_old is not below new_root");
	else if (!is_path_reachable(new_mnt, new.dentry, root_mnt, root.dentry))
		refuse(o, EINVAL, "new_root is not below the root");
	if (o->error)
		return;
	umount_mnt(w, new_mnt);
	root_mp = root_mnt->now.mountpoint;
	umount_mnt(w, root_mnt);
	if (is_locked(root_mnt)) {
		new_mnt->now.flags |= WORLD_LOCKED;
		root_mnt->now.flags &= ~WORLD_LOCKED;
	}
	attach_mnt(w, root_mnt, old_mnt, old.dentry);
	attach_mnt(w, new_mnt, root_parent, root_mp);
	new_mnt->now.flags &= ~WORLD_EXPIRE;
}

static bool may_remove(const struct world *w, const struct operation *op,
		       const struct path *path, struct outcome *o)
{
	if (is_local_mountpoint(w, op->ns, path->dentry))
		refuse(o, EBUSY, in_other_places);
	return !o->error;
}

static bool is_in(const struct world_dentry *d, const struct world_dentry *top)
{
	return d != top && !d->unlinked && is_subdir(d, top);
}

/* As far as mounts tell what there is in a directory. */
static bool has_entries(const struct world *w, const struct world_dentry *d)
{
	size_t i;

	for (i = 0; i < w->nr_mounts; i++) {
		const struct world_mount *m = w->mounts[i];

		if (m->now.ns &&
		    (is_in(m->root, d) ||
		     (mnt_has_parent(m) && is_in(m->now.mountpoint, d))))
			return true;
	}
	return false;
}

/* What mnt_want_write() asks. */
static bool is_read_only(const struct world_mount *m)
{
	return m->now.flags & WORLD_RO || m->root->sb->read_only;
}

static void refuse_write(const struct world_mount *m, struct outcome *o)
{
	refuse(o, EROFS,
	       m->now.flags & WORLD_RO ? "the mount is read-only" :
					 "the filesystem is read-only");
}

/* The name of a root is not to be removed by any path. */
static int resolve_name(struct world *w, const struct place *place,
			struct path *path, struct outcome *o)
{
	if (resolve(w, place, path, o))
		return o->error;
	if (path_mounted(path))
		return refuse(o, EBUSY, "it is the root of a mount");
	return 0;
}

static void op_remove(struct world *w, const struct operation *op,
		      struct outcome *o)
{
	struct path path;

	if (resolve_name(w, &op->target, &path, o))
		return;
	if (is_read_only(path.mnt))
		refuse_write(path.mnt, o);
	else if (may_remove(w, op, &path, o) && has_entries(w, path.dentry))
		refuse(o, ENOTEMPTY, not_empty);
	if (!o->error)
		detach_mounts(w, path.dentry);
}

static void op_rename(struct world *w, const struct operation *op,
		      struct outcome *o)
{
	struct path from, to;

	if (resolve_name(w, &op->source, &from, o) ||
	    resolve_name(w, &op->target, &to, o))
		return;
	if (from.mnt != to.mnt)
		refuse(o, EXDEV, "the names are on different mounts");
	else if (is_read_only(from.mnt))
		refuse_write(from.mnt, o);
	else if (from.dentry != to.dentry && is_subdir(to.dentry, from.dentry))
		refuse(o, EINVAL, "the target is below the source");
	else if (from.dentry != to.dentry && is_subdir(from.dentry, to.dentry))
		refuse(o, ENOTEMPTY, "the source is below the target");
	else if (op->source.file != op->target.file)
		refuse(o, op->target.file ? ENOTDIR : EISDIR, other_type);
	if (o->error || from.dentry == to.dentry ||
	    !may_remove(w, op, &from, o) || !may_remove(w, op, &to, o))
		return;
	if (has_entries(w, to.dentry)) {
		refuse(o, ENOTEMPTY, not_empty);
		return;
	}
	detach_mounts(w, to.dentry);
	world_dentry_rename(w, from.dentry, to.dentry->path);
}

/*
 * What takes no CAP_SYS_ADMIN over the mount namespace that the caller is in; those that make
 * one take it over the caller's user namespace.
 */
static bool is_for_all(enum operation_type type)
{
	return type == OP_UNSHARE || type == OP_TREE_NAMESPACE ||
	       type == OP_REMOVE || type == OP_RENAME;
}

void operate(struct world *w, const struct operation *op, struct outcome *o)
{
	if (op->type == OP_SETATTR && !w->rules->set_attributes) {
		refuse(o, ENOSYS, "this kernel has no mount_setattr(2)");
		return;
	}
	if (op->type == OP_OPEN_TREE && asks_attributes(op) &&
	    !w->rules->open_tree_attributes) {
		refuse(o, ENOSYS, "this kernel has no open_tree_attr(2)");
		return;
	}
	/* may_mount() */
	if (!is_for_all(op->type) && !capable(op, op->ns)) {
		refuse(o, EPERM,
		       "the caller is not privileged over its mount namespace");
		return;
	}
	switch (op->type) {
	case OP_MOUNT:
		op_mount(w, op, o);
		break;
	case OP_BIND:
		op_bind(w, op, o);
		break;
	case OP_MOVE:
	case OP_MOVE_BENEATH:
		op_move(w, op, o);
		break;
	case OP_SET_GROUP:
		op_set_group(w, op, o);
		break;
	case OP_UMOUNT:
		op_umount(w, op, o);
		break;
	case OP_MAKE:
		op_make(w, op, o);
		break;
	case OP_UNSHARE:
		op_unshare(w, op, o);
		break;
	case OP_TREE_NAMESPACE:
		op_tree_namespace(w, op, o);
		break;
	case OP_FS_NAMESPACE:
		op_fs_namespace(w, op, o);
		break;
	case OP_OPEN_TREE:
		op_open_tree(w, op, o);
		break;
	case OP_PIVOT_ROOT:
		op_pivot_root(w, op, o);
		break;
	case OP_SETATTR:
		op_setattr(w, op, o);
		break;
	case OP_REMOUNT:
		op_remount(w, op, o);
		break;
	case OP_RECONFIGURE:
		op_reconfigure(w, op, o);
		break;
	case OP_REMOVE:
		op_remove(w, op, o);
		break;
	case OP_RENAME:
		op_rename(w, op, o);
		break;
	}
}
