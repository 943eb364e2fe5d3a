// SPDX-License-Identifier: GPL-2.0-only
/* Of user namespaces: actor 1 is in a less privileged one, where it may have what is its own. */
#include "compiler.h"
#include "pitfalls.h"

/* clang-format off */

const struct pitfall pitfalls[] = {
	{ "ro is not locked by unshare, or a remount clears it",
		"0: mount /a\n"
		"0: remount +ro /a\n"
		"0: unshare --user\n"
		"1: remount /a\n" },
	{ "nosuid is not locked by unshare, or a remount clears it",
		"0: mount /a\n"
		"0: remount +nosuid /a\n"
		"0: unshare --user\n"
		"1: remount /a\n" },
	{ "nodev is not locked by unshare, or a remount clears it",
		"0: mount /a\n"
		"0: remount +nodev /a\n"
		"0: unshare --user\n"
		"1: remount /a\n" },
	{ "noexec is not locked by unshare, or a remount clears it",
		"0: mount /a\n"
		"0: remount +noexec /a\n"
		"0: unshare --user\n"
		"1: remount /a\n" },
	{ "the mode of atime is not locked by unshare, or a remount changes it",
		"0: mount /a\n"
		"0: remount +noatime -atime /a\n"
		"0: unshare --user\n"
		"1: remount -atime /a\n" },

	{ "the root of a namespace is unmounted",
		"0: hold /\n"
		"0: mount /a\n"
		"0: chroot /a\n"
		"0: umount -l (held0)\n" },
	{ "a remount of the filesystem clears what is locked, or is left to who does not own it",
		"0: mount /a\n"
		"0: remount +ro +nosuid /a\n"
		"0: unshare --user\n"
		"1: reconfigure +ro /a\n"
		"1: reconfigure +nosuid /a\n"
		"1: reconfigure +ro +nosuid +noatime /a\n"
		"1: reconfigure +ro +nosuid /a\n"
		"1: mount /b\n"
		"1: reconfigure +ro +noexec /b\n"
		"1: reconfigure /b\n"
		"0: reconfigure /a\n" },
	{ "a remount of the filesystem changes other mounts of it, or not the filesystem",
		"0: mount /a\n"
		"0: bind /a /b\n"
		"0: reconfigure +ro +nodev /a\n"
		"0: remove /b/a/a\n"
		"0: rename /b/a/a /b/a/b\n"
		"0: remount /a\n"
		"0: remove /a/a/a\n"
		"0: reconfigure +noatime -atime /b\n"
		"0: remove /a/a/a\n" },
	{ "a filesystem becomes read-only although something removed is in use",
		"0: mount /a\n"
		"0: bind /a/a/a /b\n"
		"0: remove /a/a/a\n"
		"0: reconfigure +ro /a\n"
		"0: reconfigure +nosuid /a\n"
		"0: umount /b\n"
		"0: reconfigure +ro /a\n" },

	{ "mount_setattr clears what is locked",
		"0: mount /a\n"
		"0: remount +ro +nosuid +nodev +noexec /a\n"
		"0: unshare --user\n"
		"1: setattr -ro /a\n"
		"1: setattr -nosuid /a\n"
		"1: setattr -nodev /a\n"
		"1: setattr -noexec /a\n"
		"1: setattr +strictatime -atime /a\n"
		"1: setattr +nodiratime /a\n" },

	{ "what is propagated to a less privileged namespace is not locked",
		"0: mount /b\n"
		"0: remount +ro +nosuid +nodev +noexec +noatime -atime /b\n"
		"0: make shared /\n"
		"0: unshare --user\n"
		"0: bind /b /a\n"
		"1: remount +nosuid +nodev +noexec /a\n"
		"1: remount +ro +nodev +noexec /a\n"
		"1: remount +ro +nosuid +noexec /a\n"
		"1: remount +ro +nosuid +nodev /a\n"
		"1: remount +ro +nosuid +nodev +noexec -atime /a\n"
		"1: remount +ro +nosuid +nodev +noexec +nosymfollow /a\n" },
	{ "a copy of a locked mount, or of a copy, is not locked",
		"0: mount /a\n"
		"0: remount +ro /a\n"
		"0: unshare --user\n"
		"1: bind /a /b\n"
		"1: unshare\n"
		"1: remount /b\n"
		"2: remount /b\n"
		"2: remount +nodev /b\n" },
	{ "what is mounted by a less privileged user is locked",
		"0: unshare --user\n"
		"1: mount /a\n"
		"1: remount +ro +nosuid +nodev +noexec +noatime -atime /a\n"
		"1: remount /a\n"
		"1: setattr +ro /a\n"
		"1: setattr -ro /a\n" },

	{ "mount_setattr -R leaves out a child, or a child of that",
		"0: mount /a\n"
		"0: mount /a/a\n"
		"0: mount /a/a/a\n"
		"0: mount /a/a/b\n"
		"0: mount /a/b\n"
		"0: mount /b\n"
		"0: setattr -R +ro +nosuid +nodev +noexec +noatime -atime /a\n"
		"0: setattr -R -ro -nodev /a/a\n"
		"0: setattr +noexec /\n" },
	{ "mount_setattr -R changes some mounts although it fails at another",
		"0: mount /a\n"
		"0: mount /a/a\n"
		"0: mount /a/b\n"
		"0: mount /a/c\n"
		"0: remount +ro /a/b\n"
		"0: unshare --user\n"
		"1: setattr -R +nodev -ro /a\n"
		"1: setattr -R -ro shared /a\n" },
	{ "mount_setattr changes the propagation of too few or of too many",
		"0: mount /a\n"
		"0: mount /a/a\n"
		"0: mount /a/a/a\n"
		"0: mount /a/b\n"
		"0: setattr -R shared /a\n"
		"0: bind -R /a /c\n"
		"0: setattr slave /c\n"
		"0: setattr -R +ro slave /c\n"
		"0: setattr -R unbindable /a/a\n"
		"0: mount /c/c\n" },
	{ "mount_setattr cannot change a detached tree, or not all of it",
		"0: mount /a\n"
		"0: mount /a/a\n"
		"0: open-tree -R /a\n"
		"0: setattr -R +ro shared (tree)\n"
		"0: setattr +nodev (tree)\n"
		"0: move (tree) /b\n" },
	{ "open_tree_attr changes the original, too, or not all of the copy",
		"0: mount /a\n"
		"0: make shared /a\n"
		"0: mount /a/a\n"
		"0: open-tree -R +ro +nosuid slave /a\n"
		"0: move (tree) /b\n"
		"0: mount /a/b\n"
		"0: mount /b/c\n"
		"0: open-tree +noexec +noatime -atime shared /a/b\n"
		"0: move (tree) /c\n"
		"0: mount /a/b/a\n" },
	{ "open_tree_attr clears what is locked",
		"0: mount /a\n"
		"0: mount /a/a\n"
		"0: remount +ro +nosuid +nodev +noexec /a/a\n"
		"0: unshare --user\n"
		"1: open-tree -ro /a/a\n"
		"1: open-tree -nosuid /a/a\n"
		"1: open-tree -R -nodev /a\n"
		"1: open-tree -R -noexec /\n"
		"1: open-tree +strictatime -atime /a/a\n"
		"1: open-tree -R +ro -nosymfollow /\n" },
	{ "what open_tree_attr has refused leaves copies or groups behind",
		"0: make shared /\n"
		"0: mount /a\n"
		"0: make private /a\n"
		"0: remount +ro /a\n"
		"0: unshare --user\n"
		"1: open-tree -R -ro shared /\n"
		"0: open-tree -R +noatime shared /\n"
		"0: make shared /a\n"
		"0: mount /b\n"
		"1: make shared /a\n" },
	{ "a mode of atime can be cleared in part, or set beside another",
		"0: setattr +noatime /\n"
		"0: setattr +noatime -noatime /\n"
		"0: setattr +noatime +strictatime -atime /\n"
		"0: setattr -atime /\n"
		"0: setattr +noatime -atime /\n"
		"0: setattr +strictatime -atime /\n" },
	{ "a remount changes the mode of atime without being asked to",
		"0: mount /a\n"
		"0: remount +nodiratime /a\n"
		"0: remount +noatime -atime /\n"
		"0: remount +ro /\n" },

	{ "of what goes with its master, other receivers are skipped, too",
		"0: mount /a\n"
		"0: mount /a/a\n"
		"0: make shared /a/a\n"
		"0: bind /a/a /b\n"
		"0: bind /a/a /a/b\n"
		"0: make slave /a/a\n"
		"0: make shared /a/a\n"
		"0: bind /a/a /c\n"
		"0: mount /a/b/c\n"
		"0: umount -l /a\n" },
	{ "the same, of copies with something below them",
		"0: mount /a\n"
		"0: mount /a/a\n"
		"0: make shared /a/a\n"
		"0: bind /a/a /a/b\n"
		"0: make slave /a/a\n"
		"0: bind /a/a /b\n"
		"0: bind /a/b /c\n"
		"0: mount /a/b/c\n"
		"0: mount /c/c/a\n"
		"0: make private /c/c\n"
		"0: mount /c/c/b\n"
		"0: umount -l /a\n" },
	{ "what is shared and below itself does not go, or twice",
		"0: mount /a\n"
		"0: make shared /a\n"
		"0: bind /a /b\n"
		"0: bind /a /a/a\n"
		"0: mount /b/b\n"
		"0: bind -R /b /a/c\n"
		"0: umount -l /a/a\n"
		"0: umount -l /b/c\n" },
	/* of the slaves 1 and 2, which are peers, only 1 has a slave */
	{ "who is behind one that has slaves of its own gets no copies",
		"0: make shared /\n"
		"0: unshare\n"
		"1: make slave /\n"
		"1: make shared /\n"
		"1: unshare\n"
		"2: unshare\n"
		"3: make slave /\n"
		"0: mount /a\n"
		"0: bind -R / /b\n"
		"0: umount /a\n" },
	{ "of several locked ones some stay although their parent goes",
		"0: make shared /\n"
		"0: mount /a\n"
		"0: mount /a/a\n"
		"0: mount /a/b\n"
		"0: mount /a/c\n"
		"0: unshare --user\n"
		"0: umount -l /a\n" },
	{ "a locked one goes although something in it stays",
		"0: make shared /\n"
		"0: mount /a\n"
		"0: mount /a/a\n"
		"0: mount /a/b\n"
		"0: unshare --user\n"
		"1: mount /a/a/c\n"
		"0: umount -l /a\n"
		"1: umount /a/a/c\n"
		"1: umount /a/a\n" },
	/* /a/b of 1 is looked at before what is mounted below */
	{ "one that was looked at goes although something far below stays",
		"0: make shared /\n"
		"0: mount /a\n"
		"0: bind / /a/b\n"
		"0: unshare --user\n"
		"1: mount /a/b/a\n"
		"1: mount /a/b/a/c\n"
		"0: umount -l /a\n" },
	{ "a copy that is covered or locked goes, or what covers it",
		"0: make shared /\n"
		"0: mount /a\n"
		"0: mount /a/a\n"
		"0: unshare --user\n"
		"1: mount /a/a\n"
		"1: make private /a/a\n"
		"1: mount /a/a/b\n"
		"0: umount -l /a/a\n"
		"0: mount /a/a\n"
		"0: umount -l /a\n" },
	{ "a copy in use goes, or a mark of MNT_EXPIRE outlasts its use",
		"0: make shared /\n"
		"0: mount /a\n"
		"0: unshare\n"
		"1: hold /a\n"
		"0: umount /a\n"
		"0: umount --expire /a\n"
		"0: umount --expire /a\n"
		"1: release\n"
		"0: umount --expire /a\n" },
	{ "mounts of others stay on names that are gone, or go when these are renamed",
		"0: make shared /\n"
		"0: mount /b\n"
		"0: unshare\n"
		"1: make slave /\n"
		"1: mount /a/a\n"
		"1: make shared /a/a\n"
		"1: bind /a/a /a/b\n"
		"1: bind /a/a /c/a\n"
		"1: make slave /c/a\n"
		"1: mount /a/b/c\n"
		"0: rename /a/a /a/b\n"
		"0: remove /a/b\n" },

	/* What 0 holds is open in 1, too. */
	{ "the propagation of a more privileged namespace is changed through a file",
		"0: make shared /\n"
		"0: mount /a\n"
		"0: hold /a\n"
		"0: unshare --user\n"
		"1: make private (held)\n"
		"1: make -R slave (held)\n"
		"1: bind /a /b\n"
		"1: make private /b\n"
		"1: set-group (held) /b\n"
		"1: set-group /b (held)\n" },
	{ "what is in another namespace is used as if it were in one's own",
		"0: mount /a\n"
		"0: mount /a/a\n"
		"0: hold /a\n"
		"0: unshare\n"
		"1: make -R shared (held)\n"
		"1: bind (held) /b\n"
		"1: bind -R (held) /b\n"
		"1: bind /b (held)\n"
		"1: mount (held)\n"
		"1: move (held) /b\n"
		"1: open-tree (held)\n"
		"1: setattr +ro (held)\n"
		"1: remount +ro (held)\n"
		"1: reconfigure +nodev (held)\n"
		"1: pivot-root (held) /a/a\n"
		"1: umount -l (held)\n" },
	{ "a tree is used where it does not come from",
		"0: unshare\n"
		"0: mount /a\n"
		"0: open-tree /a\n"
		"1: bind (tree0) /b\n"
		"1: mount (tree0)\n"
		"1: bind /b (tree0)\n"
		"0: bind (tree) /b\n"
		"0: mount (tree)\n"
		"1: move (tree0) /b\n" },

	{ "what is unmounted already is used",
		"0: mount /a\n"
		"0: hold /a\n"
		"0: umount -l /a\n"
		"0: make shared (held)\n"
		"0: bind (held) /b\n"
		"0: bind -R (held) /b\n"
		"0: open-tree -R (held)\n"
		"0: move (held) /b\n"
		"0: mount (held)\n"
		"0: bind /b (held)\n"
		"0: setattr +ro (held)\n"
		"0: remount +ro (held)\n"
		"0: umount -l (held)\n"
		"0: pivot-root (held) /b\n" },
	{ "a tree is copied that is unmounted already",
		"0: unshare\n"
		"0: bind (ns1) /f\n"
		"0: hold /f\n"
		"0: umount -l /f\n"
		"0: bind -R (held) /f\n"
		"0: bind (held) /f\n" },
	{ "the file of a namespace on top of another one is copied",
		"0: unshare\n"
		"0: unshare\n"
		"0: unshare\n"
		"0: bind (ns3) /f\n"
		"0: hold /f\n"
		"0: bind (ns1) /f\n"
		"2: bind /f /f\n"
		"2: bind (held0) /f\n"
		"1: bind (held0) /f\n"
		"3: bind (held0) /f\n" },

	{ "pivot_root goes where the caller's root does not lead",
		"0: mount /a\n"
		"0: mount /b\n"
		"0: mount /a/a\n"
		"0: hold /b\n"
		"0: chroot /a\n"
		"0: pivot-root (held) (held)\n"
		"0: pivot-root (held) /a\n"
		"0: pivot-root /a (held)\n"
		"0: pivot-root /a /a\n"
		"0: mount /b\n" },
	{ "pivot_root leaves others behind",
		"0: unshare\n"
		"1: setns (ns0)\n"
		"1: mount /a\n"
		"0: pivot-root /a /a/b\n"
		"1: mount /c\n"
		"1: umount -l /b\n" },

	{ "a namespace of a tree of a more privileged one is not locked, or its peer",
		"0: mount /a\n"
		"0: make shared /a\n"
		"0: mount /a/a\n"
		"0: remount +ro +nosuid +nodev +noexec +noatime -atime /a/a\n"
		"0: remount +nodev /a\n"
		"0: tree-namespace --user -R /a\n"
		"1: umount /a\n"
		"1: remount /\n"
		"1: remount /a\n"
		"1: mount /b\n"
		"0: mount /a/c\n"
		"1: umount -l /c\n"
		"0: umount -l /a\n" },
	{ "a namespace of one's own tree is locked, or not its peer",
		"0: mount /a\n"
		"0: make shared /a\n"
		"0: mount /a/a\n"
		"0: remount +nodev /a/a\n"
		"0: tree-namespace -R /a\n"
		"1: remount /a\n"
		"1: mount /b\n"
		"1: umount /a\n"
		"1: make -R slave /\n"
		"0: mount /a/c\n" },
	{ "a namespace of a tree has too much of what is unbindable, or too little",
		"0: mount /a\n"
		"0: mount /a/a\n"
		"0: mount /a/a/b\n"
		"0: make unbindable /a/a\n"
		"0: tree-namespace -R /a\n"
		"0: tree-namespace --user -R /a\n"
		"0: tree-namespace --user -R /a/a\n"
		"2: bind -R / /b\n"
		"2: tree-namespace -R /a\n"
		"2: tree-namespace -R /\n" },
	{ "a namespace of a tree reveals what is covered in a more privileged one",
		"0: mount /a\n"
		"0: mount /a/a\n"
		"0: tree-namespace --user /a\n"
		"0: tree-namespace --user /a/b\n"
		"0: tree-namespace /a\n"
		"0: hold /a\n"
		"0: mount /a\n"
		"0: tree-namespace --user (held)\n"
		"0: tree-namespace --user -R (held)\n"
		"3: umount -l /\n" },
	{ "what is on the root of a namespace is locked, and not so in another one",
		"0: unshare --user\n"
		"1: mount /a\n"
		"1: mount /a/a\n"
		"1: tree-namespace -R /a\n"
		"2: umount /a\n"
		"2: mount /b\n"
		"2: pivot-root /b /b/a\n"
		"2: tree-namespace /\n"
		"1: tree-namespace /b\n" },
	{ "a namespace has files of namespaces that it could loop with",
		"0: mount /a\n"
		"0: unshare\n"
		"0: bind (ns1) /a/f\n"
		"0: tree-namespace -R /a\n"
		"0: tree-namespace /a/f\n"
		"0: make shared /\n"
		"0: unshare --user\n"
		"0: bind -R /a /b\n"
		"3: tree-namespace -R /b\n"
		"3: tree-namespace /b\n" },
	{ "a namespace of a tree is made of what may not be copied",
		"0: mount /a\n"
		"0: hold /a\n"
		"0: open-tree /a\n"
		"0: unshare\n"
		"1: tree-namespace (held)\n"
		"1: tree-namespace (tree0)\n"
		"0: tree-namespace (tree)\n"
		"0: tree-namespace --user (tree)\n"
		"0: umount -l /a\n"
		"0: tree-namespace (held)\n"
		"0: tree-namespace -R (held)\n"
		"0: tree-namespace --user (held)\n"
		"0: make unbindable /\n"
		"0: tree-namespace /a\n"
		"0: tree-namespace -R --user /a\n" },
	{ "fs.mount-max counts for a new namespace, or not for what is in it",
		"mount-max 5\n"
		"0: mount /a\n"
		"0: mount /a/a\n"
		"0: mount /a/b\n"
		"0: tree-namespace -R /\n"
		"1: mount /a/a/a\n"
		"1: mount /a/a/b\n" },

	{ "a new filesystem of a less privileged namespace is not locked",
		"0: fs-namespace --user +nosuid +nodev +noexec +noatime\n"
		"1: remount +nosuid +nodev /\n"
		"1: remount +nosuid +noexec /\n"
		"1: remount +nodev +noexec /\n"
		"1: remount +nosuid +nodev +noexec -atime /\n"
		"1: setattr +ro /\n"
		"1: umount /\n"
		"1: fs-namespace +nosymfollow +nodiratime\n"
		"2: mount /a\n"
		"2: unshare\n" },
	{ "a new filesystem of one's own namespace is locked",
		"0: make shared /\n"
		"0: fs-namespace +nosuid +strictatime\n"
		"1: remount +nodev /\n"
		"1: make shared /\n"
		"1: mount /a\n"
		"1: unshare --user\n"
		"2: fs-namespace +nodev\n"
		"2: fs-namespace +noatime +strictatime\n"
		"3: unshare\n" },
};

/* clang-format on */

const size_t nr_pitfalls = ARRAY_SIZE(pitfalls);
