/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The snapshot's text format: its version and the names of its records and
 * fields.  The module writes with these names and the tool reads with them.
 * debugfs/ABI says what each one means.
 */
#ifndef MNTPROP_FORMAT_H
#define MNTPROP_FORMAT_H

/* clang-format off */
#define MNTPROP_RELEASE		"1.0"

/* First word and number of the first line. */
#define MNTPROP_MAGIC		"mntprop"
#define MNTPROP_VERSION		1

/* Records: the first word of every other line. */
#define MNTPROP_REC_SYSTEM	"system"
#define MNTPROP_REC_CAPTURE	"capture"
#define MNTPROP_REC_NS		"ns"
#define MNTPROP_REC_MOUNT	"mount"
#define MNTPROP_REC_END		"end"
#define MNTPROP_REC_CGROUP	"cgroup"	/* written by `mntprop save` */
#define MNTPROP_REC_RULE	"rule"		/* likewise */

/* system */
#define MNTPROP_F_RELEASE	"release"
#define MNTPROP_F_BOOT_ID	"boot_id"
#define MNTPROP_F_MONO		"mono"
#define MNTPROP_F_WALL		"wall"
/* and source: who was asked, if not the module */

/* capture, end */
#define MNTPROP_F_HOLD		"hold"
#define MNTPROP_F_RETRIES	"retries"
#define MNTPROP_F_NAMESPACES	"namespaces"
#define MNTPROP_F_MOUNTS	"mounts"
#define MNTPROP_F_COMPLETE	"complete"
#define MNTPROP_F_STOPPED	"stopped"
#define MNTPROP_F_UNSEEN	"unseen"	/* these three written for --source proc */
#define MNTPROP_F_DENIED	"denied"
#define MNTPROP_F_NO_INIT	"no_init"

/* ns */
#define MNTPROP_F_NR		"nr"
#define MNTPROP_F_INUM		"inum"
#define MNTPROP_F_ID		"id"
#define MNTPROP_F_USER_NS	"user_ns"
#define MNTPROP_F_ANON		"anon"
#define MNTPROP_F_ROOT		"root"
#define MNTPROP_F_NR_MOUNTS	"nr_mounts"
#define MNTPROP_F_FOUND		"found"
#define MNTPROP_F_EVENT		"event"
#define MNTPROP_F_REFS		"refs"
#define MNTPROP_F_TASKS		"tasks"
#define MNTPROP_F_PID		"pid"
#define MNTPROP_F_COMM		"comm"
#define MNTPROP_F_FOREIGN	"foreign"	/* of mount, too */

/* mount (with id and root from above) */
#define MNTPROP_F_UNIQUE	"unique"
#define MNTPROP_F_NS		"ns"
#define MNTPROP_F_STATE		"state"
#define MNTPROP_F_PARENT	"parent"
#define MNTPROP_F_DEV		"dev"
#define MNTPROP_F_TYPE		"type"
#define MNTPROP_F_SOURCE	"source"
#define MNTPROP_F_SOURCE_STATE	"source_state"
#define MNTPROP_F_ROOT_DENTRY	"root_dentry"
#define MNTPROP_F_ROOT_INO	"root_ino"
#define MNTPROP_F_ROOT_STATE	"root_state"
#define MNTPROP_F_MP		"mountpoint"
#define MNTPROP_F_MP_DENTRY	"mp_dentry"
#define MNTPROP_F_MP_INO	"mp_ino"
#define MNTPROP_F_MP_STATE	"mp_state"
#define MNTPROP_F_FLAGS		"flags"
#define MNTPROP_F_SB_FLAGS	"sb_flags"
#define MNTPROP_F_GROUP		"group"
#define MNTPROP_F_PEER		"peer"
#define MNTPROP_F_PEER_BACK	"peer_back"
#define MNTPROP_F_MASTER	"master"
#define MNTPROP_F_MASTER_GROUP	"master_group"	/* written for --source proc */
#define MNTPROP_F_SLAVES	"slaves"
#define MNTPROP_F_OVERMOUNT	"overmount"
#define MNTPROP_F_COUNT		"count"

/* cgroup (with ns and pid from above) */
#define MNTPROP_F_PATH		"path"

/* rule */
#define MNTPROP_F_NAME		"name"
#define MNTPROP_F_HOLDS		"holds"
#define MNTPROP_F_ORIGIN	"origin"
/* clang-format on */

#endif
