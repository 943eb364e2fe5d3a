// SPDX-License-Identifier: GPL-2.0-only
/*
 * One script shows one rule, also to who sees no more than mountinfo: the last step makes
 * copies in the order of rings and slave lists, or is refused.  In the comments, a ring
 * of peers is written from one to the next, and a slave list from its head.
 */
#include "compiler.h"
#include "provocations.h"

/* clang-format off */

const struct provocation provocations[] = {
	{ "beneath", NULL,
		"0: mount /a\n"
		"0: bind /b /c\n"
		"0: beneath /c /a\n" },

	/* /a is locked in the new namespace */
	{ "beneath_locked", "beneath",
		"0: mount /a\n"
		"0: unshare --user\n"
		"1: bind /b /c\n"
		"1: beneath /c /a\n" },

	{ "beneath_root", "beneath",
		"0: open-tree /a\n"
		"0: beneath (tree) /\n" },

	{ "set_group", NULL,
		"0: make shared /\n"
		"0: bind / /a\n"
		"0: make private /a\n"
		"0: set-group / /a\n" },

	/* slaves of /a: /b/b, /b/a; /b/c comes behind /b/a or first */
	{ "set_group_behind", "set_group",
		"0: mount /a\n"
		"0: make shared /a\n"
		"0: bind /a /b/a\n"
		"0: make slave /b/a\n"
		"0: bind /a /b/b\n"
		"0: make slave /b/b\n"
		"0: bind /a /b/c\n"
		"0: make private /b/c\n"
		"0: set-group /b/a /b/c\n"
		"0: mount /a/a\n" },

	{ "set_group_unbindable", "set_group",
		"0: make shared /\n"
		"0: bind / /a\n"
		"0: make unbindable /a\n"
		"0: set-group / /a\n" },

	{ "set_attributes", NULL,
		"0: setattr +nodev /\n" },

	/* the next peer of /a, which becomes its master, is the detached copy */
	{ "anonymous_use", NULL,
		"0: mount /a\n"
		"0: make shared /a\n"
		"0: bind /a /b\n"
		"0: open-tree /a\n"
		"0: make slave /a\n"
		"0: mount /b/c\n" },

	/* /b shows a directory that is removed, and nothing is mounted on /c */
	{ "move_source_first", NULL,
		"0: bind /a/a /b\n"
		"0: remove /a/a\n"
		"0: move /c /b\n" },

	/*
	 * Ring: /a, /b/b, /b/a, /b/c; the last two show /b of the filesystem.  /b/b and
	 * /b/c become slaves of those that show the same, or of their next.
	 */
	{ "master_same_root", NULL,
		"0: mount /a\n"
		"0: make shared /a\n"
		"0: bind /a/b /b/a\n"
		"0: bind /a /b/b\n"
		"0: bind /b/a /b/c\n"
		"0: make slave /b/b\n"
		"0: make slave /b/c\n"
		"0: mount /a/b/a\n" },

	/* /b/a leaves, its slave /b/b goes to /a, which has the slave /b/c */
	{ "slaves_go_last", NULL,
		"0: mount /a\n"
		"0: make shared /a\n"
		"0: bind /a /b/a\n"
		"0: bind /a /b/b\n"
		"0: make slave /b/b\n"
		"0: bind /b/a /b/c\n"
		"0: make slave /b/c\n"
		"0: make private /b/a\n"
		"0: mount /a/a\n" },

	/*
	 * Ring: /b, /a/a, /a/b; of /a/a /c/b is slave, of /a/b /c/a.  Both go, in
	 * the order of the tree.
	 */
	{ "make_private_in_bulk", NULL,
		"0: mount /a\n"
		"0: mount /b\n"
		"0: make shared /b\n"
		"0: bind /b /a/a\n"
		"0: bind /a/a /a/b\n"
		"0: bind /a/a /c/a\n"
		"0: make slave /c/a\n"
		"0: bind /b /c/b\n"
		"0: make slave /c/b\n"
		"0: umount -l /a\n"
		"0: mount /b/a\n" },
	/* The same for who begins with the leaves: ring: /b, /a/b, /a/a. */
	{ "make_private_in_bulk", NULL,
		"0: mount /a\n"
		"0: mount /b\n"
		"0: make shared /b\n"
		"0: bind /b /a/a\n"
		"0: bind /b /a/b\n"
		"0: bind /a/b /c/a\n"
		"0: make slave /c/a\n"
		"0: bind /b /c/b\n"
		"0: make slave /c/b\n"
		"0: umount -l /a\n"
		"0: mount /b/a\n" },

	/* In bulk the lists come in the order in which their owners go. */
	{ "umount_leaves_first", "make_private_in_bulk",
		"0: mount /a\n"
		"0: mount /b\n"
		"0: make shared /b\n"
		"0: bind /b /a/a\n"
		"0: bind /a/a /a/b\n"
		"0: bind /a/a /c/a\n"
		"0: make slave /c/a\n"
		"0: bind /b /c/b\n"
		"0: make slave /c/b\n"
		"0: umount -l /a\n"
		"0: mount /b/a\n" },
	/*
	 * Ring: /b/a, /a/a, /b/b, /a/b, of which those below /a show another root.
	 * /b/c is slave of /a/b, and goes to /a/a first if that is still there, from
	 * where it comes to /b/b, whose slave /c is.
	 */
	{ "umount_leaves_first", "master_same_root",
		"0: mount /b/a\n"
		"0: make shared /b/a\n"
		"0: bind /b/a /b/b\n"
		"0: bind /b/a /c\n"
		"0: make slave /c\n"
		"0: mount /a\n"
		"0: bind /b/a/a /a/a\n"
		"0: bind /b/b/a /a/b\n"
		"0: bind /a/a /b/c\n"
		"0: make slave /b/c\n"
		"0: umount -l /a\n"
		"0: mount /b/a/a/a\n" },
	/* The same, but /c is slave of /b/a: for who hands slaves over to the start. */
	{ "umount_leaves_first", "master_same_root",
		"0: mount /b/a\n"
		"0: make shared /b/a\n"
		"0: bind /b/a /c\n"
		"0: make slave /c\n"
		"0: bind /b/a /b/b\n"
		"0: mount /a\n"
		"0: bind /b/a/a /a/a\n"
		"0: bind /b/b/a /a/b\n"
		"0: bind /a/a /b/c\n"
		"0: make slave /b/c\n"
		"0: umount -l /a\n"
		"0: mount /b/a/a/a\n" },

	/* In the other namespace /a/a, which /a holds, is covered by what stays. */
	{ "umount_reworked", NULL,
		"0: make shared /\n"
		"0: mount /a\n"
		"0: mount /a/a\n"
		"0: unshare\n"
		"1: make private /a/a\n"
		"1: mount /a/a\n"
		"0: umount -l /a\n" },

	/* In the other namespace /a is a peer of its parent, in use and mounted on. */
	{ "umount_busy_chain", "set_group",
		"0: make shared /\n"
		"0: unshare\n"
		"0: bind / /a\n"
		"1: make private /a\n"
		"1: mount /a/a\n"
		"1: set-group / /a\n"
		"1: hold /a\n"
		"0: umount /a\n" },

	/* A copy that is covered goes; who counts covers takes it for busy. */
	{ "children_are_counted", NULL,
		"0: make shared /\n"
		"0: mount /a\n"
		"0: unshare\n"
		"1: make private /a\n"
		"1: mount /a\n"
		"0: umount /a\n" },
	/* Who takes off covers that are not counted misses that it is busy. */
	{ "children_are_counted", NULL,
		"0: make shared /\n"
		"0: mount /a\n"
		"0: unshare\n"
		"1: make private /a\n"
		"1: hold /a\n"
		"1: mount /a\n"
		"0: umount /a\n" },

	/* The root comes with its cover to where the other namespace has /b. */
	{ "cover_on_top", NULL,
		"0: make shared /\n"
		"0: unshare\n"
		"1: make slave /\n"
		"1: mount /b\n"
		"0: bind /c /\n"
		"0: bind -R / /b\n" },

	/*
	 * /b is what / shows without /c/a, and is made its peer; /c/a is locked in 1.
	 * There /c can be copied without what is mounted below, if that is not locked.
	 */
	{ "cover_takes_lock", "set_group",
		"0: make shared /\n"
		"0: bind / /b\n"
		"0: make private /\n"
		"0: mount /c/a\n"
		"0: set-group /b /\n"
		"0: unshare --user\n"
		"0: mount /b/c/a\n"
		"1: bind /c /a\n" },

	{ "covered_keeps_lock", "cover_takes_lock",
		"0: make shared /\n"
		"0: bind / /b\n"
		"0: make private /\n"
		"0: mount /c/a\n"
		"0: set-group /b /\n"
		"0: unshare --user\n"
		"0: mount /b/c/a\n"
		"1: umount /c/a\n" },

	{ "roots_are_locked", NULL,
		"0: unshare --user\n" },

	{ "clone_keeps_unbindable", NULL,
		"0: make unbindable /\n"
		"0: unshare\n" },

	/* what 0 holds is the file of 3, and mounted on it is that of 1 */
	{ "namespace_files_checked", NULL,
		"0: unshare\n"
		"0: unshare\n"
		"0: unshare\n"
		"0: bind (ns3) /f\n"
		"0: hold /f\n"
		"0: bind (ns1) /f\n"
		"2: bind -R (held0) /f\n" },

	/* /f is locked in 1 */
	{ "locked_files_stay", "beneath_locked",
		"0: bind /f /f\n"
		"0: unshare --user\n"
		"1: unshare\n"
		"1: mount /a\n"
		"1: bind (ns2) /a/f\n"
		"1: beneath /a/f /f\n" },

	{ "unmounted_not_found", NULL,
		"0: mount /a\n"
		"0: hold /a\n"
		"0: umount -l /a\n"
		"0: bind /b (held)\n" },

	{ "open_tree_attributes", NULL,
		"0: open-tree +nodev /a\n" },

	{ "tree_namespaces", NULL,
		"0: tree-namespace /a\n" },

	{ "tree_namespaces_whole", "tree_namespaces",
		"0: mount /a\n"
		"0: mount /a/a\n"
		"0: tree-namespace --user /a\n" },
	{ "tree_namespaces_whole", "tree_namespaces",
		"0: mount /a\n"
		"0: mount /a/a\n"
		"0: make unbindable /a/a\n"
		"0: tree-namespace -R --user /a\n" },
	{ "fs_namespaces", NULL,
		"0: fs-namespace\n" },
};

/* clang-format on */

const size_t nr_provocations = ARRAY_SIZE(provocations);
