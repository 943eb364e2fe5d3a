// SPDX-License-Identifier: GPL-2.0-only
/* The snapshot as text, for programs: the format of debugfs/ABI. */
#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/seq_file.h>
#include <linux/utsname.h>
#include <linux/uuid.h>

#include "../module/mount.h"
#include "../module/snapshot.h"
#include "files.h"
#include "format.h"
#include "text.h"

/*
 * Bits of mnt_flags before 6.17, which moved shared and unbindable to
 * mnt_t_flags. They are macros, which BTF does not have.
 */
#define OLD_MNT_WRITE_HOLD 0x200
#define OLD_MNT_SHARED 0x1000
#define OLD_MNT_UNBINDABLE 0x2000
#define OLD_MNT_MARKED 0x4000000
#define OLD_MNT_ONRB 0x10000000

struct bit_name {
	u32 bit;
	const char *name;
};

static const struct bit_name mount_bits[] = {
	{ MNT_READONLY, "ro" },
	{ MNT_NOSUID, "nosuid" },
	{ MNT_NODEV, "nodev" },
	{ MNT_NOEXEC, "noexec" },
	{ MNT_NOATIME, "noatime" },
	{ MNT_NODIRATIME, "nodiratime" },
	{ MNT_RELATIME, "relatime" },
	{ MNT_NOSYMFOLLOW, "nosymfollow" },
	{ MNT_SHRINKABLE, "shrinkable" },
	{ MNT_INTERNAL, "internal" },
	{ MNT_LOCK_ATIME, "lock_atime" },
	{ MNT_LOCK_NOEXEC, "lock_noexec" },
	{ MNT_LOCK_NOSUID, "lock_nosuid" },
	{ MNT_LOCK_NODEV, "lock_nodev" },
	{ MNT_LOCK_READONLY, "lock_ro" },
	{ MNT_LOCKED, "locked" },
	{ MNT_DOOMED, "doomed" },
	{ MNT_SYNC_UMOUNT, "sync_umount" },
	{ MNT_UMOUNT, "umount" },
};

static const struct bit_name old_mount_bits[] = {
	{ OLD_MNT_WRITE_HOLD, "write_hold" },
	{ OLD_MNT_SHARED, "shared" },
	{ OLD_MNT_UNBINDABLE, "unbindable" },
	{ OLD_MNT_MARKED, "marked" },
	{ OLD_MNT_ONRB, "onrb" },
};

static const struct bit_name state_bits[] = {
	{ MOUNT_EXPIRE, "expire" },
	{ MOUNT_EXPIRY_MARK, "expiry_mark" },
};

/* clang-format off */
static const struct bit_name sb_bits[] = {
	{ SB_RDONLY, "ro" },
	{ SB_SYNCHRONOUS, "sync" },
	{ SB_DIRSYNC, "dirsync" },
	{ SB_MANDLOCK, "mand" },
	{ SB_LAZYTIME, "lazytime" },
};

/* clang-format on */

static const struct bit_name mp_state_bits[] = {
	{ MOUNT_MP_DELETED, "deleted" },
	{ MOUNT_MP_OUTSIDE, "outside" },
	{ MOUNT_MP_TOODEEP, "toodeep" },
};

static const struct bit_name root_state_bits[] = {
	{ MOUNT_ROOT_DELETED, "deleted" },
	{ MOUNT_ROOT_TOODEEP, "toodeep" },
};

static const struct bit_name stopped_bits[] = {
	{ STOPPED_TASKS, "tasks" },
	{ STOPPED_MOUNTS, "mounts" },
	{ STOPPED_SLAVES, "slaves" },
	{ STOPPED_SUPERBLOCKS, "superblocks" },
};

/* Where the enumerators of mnt_t_flags are, as the layout found them. */
static const struct {
	enum mntprop_fact fact;
	const char *name;
} t_flags[] = {
	{ F_T_SHARED, "shared" },
	{ F_T_UNBINDABLE, "unbindable" },
	{ F_T_MARKED, "marked" },
	{ F_T_UMOUNT_CANDIDATE, "umount_candidate" },
};

static void field(struct seq_file *m, const char *name)
{
	seq_putc(m, ' ');
	seq_puts(m, name);
	seq_putc(m, '=');
}

static void field_number(struct seq_file *m, const char *name, u64 value)
{
	field(m, name);
	seq_put_decimal_ull(m, "", value);
}

static void field_hash(struct seq_file *m, const char *name, const void *p)
{
	field(m, name);
	seq_printf(m, "%p", p);
}

static bool is_plain(const char *string)
{
	for (; *string; string++) {
		if ((unsigned char)*string <= ' ' || *string == '\\' ||
		    *string == '\177')
			return false;
	}
	return true;
}

/**
 * mntprop_text_escape() - print a string that may have anything in it
 * @m:		to print to
 * @string:	control characters, space and backslash become octal, as in mountinfo
 */
void mntprop_text_escape(struct seq_file *m, const char *string)
{
	static const char escaped[] = "\001\002\003\004\005\006\007\010"
				      "\011\012\013\014\015\016\017\020"
				      "\021\022\023\024\025\026\027\030"
				      "\031\032\033\034\035\036\037 \\\177";

	if (is_plain(string))
		seq_puts(m, string);
	else
		seq_escape(m, string, escaped);
}

static void field_string(struct seq_file *m, const char *name,
			 const char *string)
{
	field(m, name);
	mntprop_text_escape(m, string);
}

/* Words by comma, in one field that is not there if there are none. */
struct words {
	struct seq_file *m;
	const char *name;
	bool any;
};

static void word(struct words *w, const char *text)
{
	if (w->any)
		seq_putc(w->m, ',');
	else
		field(w->m, w->name);
	w->any = true;
	seq_puts(w->m, text);
}

/* Names the bits that are set; returns those without a name. */
static u32 bit_words(struct words *w, u32 bits, const struct bit_name *names,
		     size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		if (bits & names[i].bit)
			word(w, names[i].name);
		bits &= ~names[i].bit;
	}
	return bits;
}

static void field_bits(struct seq_file *m, const char *name, u32 bits,
		       const struct bit_name *names, size_t nr)
{
	struct words w = { m, name };

	bit_words(&w, bits, names, nr);
}

static void unnamed_bits(struct words *w, u32 bits)
{
	char text[16];

	if (!bits)
		return;
	snprintf(text, sizeof(text), "%#x", bits);
	word(w, text);
}

static void field_flags(struct seq_file *m, const struct mntprop_mount *r)
{
	struct words w = { m, MNTPROP_F_FLAGS };
	u32 left, t_left = r->t_flags;
	size_t i;

	left = bit_words(&w, r->flags, mount_bits, ARRAY_SIZE(mount_bits));
	if (!has_fact(F_MOUNT_T_FLAGS))
		left = bit_words(&w, left, old_mount_bits,
				 ARRAY_SIZE(old_mount_bits));
	for (i = 0; i < ARRAY_SIZE(t_flags); i++) {
		if (!has_fact(t_flags[i].fact))
			continue;
		if (r->t_flags & value_of(t_flags[i].fact))
			word(&w, t_flags[i].name);
		t_left &= ~value_of(t_flags[i].fact);
	}
	bit_words(&w, r->state, state_bits, ARRAY_SIZE(state_bits));
	unnamed_bits(&w, left);
	unnamed_bits(&w, t_left);
}

static bool has_propagation_bit(const struct mntprop_mount *r,
				enum mntprop_fact fact, u32 old)
{
	return has_fact(F_MOUNT_T_FLAGS) ? r->t_flags & value_of(fact) :
					   r->flags & old;
}

/** mntprop_text_is_shared() - whether @r is shared, on any kernel */
bool mntprop_text_is_shared(const struct mntprop_mount *r)
{
	return has_propagation_bit(r, F_T_SHARED, OLD_MNT_SHARED);
}

/** mntprop_text_is_unbindable() - whether @r is unbindable, on any kernel */
bool mntprop_text_is_unbindable(const struct mntprop_mount *r)
{
	return has_propagation_bit(r, F_T_UNBINDABLE, OLD_MNT_UNBINDABLE);
}

/** mntprop_text_unattached() - why a mount is in no namespace, in one word */
const char *mntprop_text_unattached(enum mntprop_unattached kind)
{
	switch (kind) {
	case MOUNT_INTERNAL:
		return "internal";
	case MOUNT_UNMOUNTED:
		return "unmounted";
	default:
		return "detached";
	}
}

static void show_head(struct seq_file *m, const struct mntprop_snapshot *s)
{
	seq_printf(m, MNTPROP_MAGIC " %u\n", MNTPROP_VERSION);

	seq_puts(m, MNTPROP_REC_SYSTEM);
	field_string(m, MNTPROP_F_RELEASE, init_utsname()->release);
	if (memchr_inv(s->boot_id, 0, sizeof(s->boot_id))) {
		field(m, MNTPROP_F_BOOT_ID);
		seq_printf(m, "%pU", s->boot_id);
	}
	field_number(m, MNTPROP_F_MONO, s->mono);
	field_number(m, MNTPROP_F_WALL, s->wall);
	seq_putc(m, '\n');

	seq_puts(m, MNTPROP_REC_CAPTURE);
	field_number(m, MNTPROP_F_HOLD, s->hold);
	field_number(m, MNTPROP_F_RETRIES, s->retries);
	field_number(m, MNTPROP_F_NAMESPACES, s->nr_namespaces);
	field_number(m, MNTPROP_F_MOUNTS, s->nr_mounts);
	field_string(m, MNTPROP_F_COMPLETE, s->stopped ? "no" : "yes");
	field_bits(m, MNTPROP_F_STOPPED, s->stopped, stopped_bits,
		   ARRAY_SIZE(stopped_bits));
	seq_putc(m, '\n');
}

static void show_ns(struct seq_file *m, const struct mntprop_snapshot *s,
		    u32 nr)
{
	const struct mntprop_ns *r = &s->namespaces[nr];

	seq_puts(m, MNTPROP_REC_NS);
	field_number(m, MNTPROP_F_NR, nr);
	if (!r->anon)
		field_number(m, MNTPROP_F_INUM, r->inum);
	if (r->id)
		field_number(m, MNTPROP_F_ID, r->id);
	field_number(m, MNTPROP_F_USER_NS, r->user_ns);
	field_number(m, MNTPROP_F_ANON, r->anon);
	if (r->root)
		field_number(m, MNTPROP_F_ROOT, r->root);
	field_number(m, MNTPROP_F_NR_MOUNTS, r->nr_mounts);
	field_number(m, MNTPROP_F_FOUND, r->found);
	field_number(m, MNTPROP_F_EVENT, r->event);
	field_number(m, MNTPROP_F_TASKS, r->tasks);
	if (r->pid) {
		field_number(m, MNTPROP_F_PID, r->pid);
		field_string(m, MNTPROP_F_COMM, r->comm);
	}
	seq_putc(m, '\n');
}

static void field_slaves(struct seq_file *m, const struct mntprop_snapshot *s,
			 const struct mntprop_mount *r)
{
	u32 i;

	if (!r->nr_slaves)
		return;
	field(m, MNTPROP_F_SLAVES);
	for (i = 0; i < r->nr_slaves; i++)
		seq_put_decimal_ull(m, i ? "," : "",
				    s->slaves[r->first_slave + i]);
}

static void show_mount(struct seq_file *m, const struct mntprop_snapshot *s,
		       u32 i)
{
	const struct mntprop_mount *r = &s->mounts[i];

	seq_puts(m, MNTPROP_REC_MOUNT);
	field_number(m, MNTPROP_F_ID, r->id);
	if (r->unique)
		field_number(m, MNTPROP_F_UNIQUE, r->unique);
	if (r->ns == MOUNT_IN_NO_NS)
		field_string(m, MNTPROP_F_STATE,
			     mntprop_text_unattached(r->unattached));
	else
		field_number(m, MNTPROP_F_NS, r->ns);
	field_number(m, MNTPROP_F_PARENT, r->parent);
	field_string(m, MNTPROP_F_MP, s->strings + r->mountpoint);
	field_hash(m, MNTPROP_F_MP_DENTRY, r->mp_dentry);
	if (r->mp_ino)
		field_number(m, MNTPROP_F_MP_INO, r->mp_ino);
	field_bits(m, MNTPROP_F_MP_STATE, r->state, mp_state_bits,
		   ARRAY_SIZE(mp_state_bits));
	field_string(m, MNTPROP_F_ROOT, s->strings + r->root);
	field_hash(m, MNTPROP_F_ROOT_DENTRY, r->root_dentry);
	if (r->root_ino)
		field_number(m, MNTPROP_F_ROOT_INO, r->root_ino);
	field_bits(m, MNTPROP_F_ROOT_STATE, r->state, root_state_bits,
		   ARRAY_SIZE(root_state_bits));
	field(m, MNTPROP_F_DEV);
	seq_printf(m, "%u:%u", MAJOR(r->dev), MINOR(r->dev));
	field_string(m, MNTPROP_F_TYPE, s->strings + r->type);
	if (r->source)
		field_string(m, MNTPROP_F_SOURCE, s->strings + r->source);
	field_flags(m, r);
	field_bits(m, MNTPROP_F_SB_FLAGS, r->sb_flags, sb_bits,
		   ARRAY_SIZE(sb_bits));
	if (r->group)
		field_number(m, MNTPROP_F_GROUP, r->group);
	if (r->peer != r->id)
		field_number(m, MNTPROP_F_PEER, r->peer);
	if (r->master)
		field_number(m, MNTPROP_F_MASTER, r->master);
	field_slaves(m, s, r);
	if (r->overmount)
		field_number(m, MNTPROP_F_OVERMOUNT, r->overmount);
	if (r->state & MOUNT_HAS_COUNT) {
		field(m, MNTPROP_F_COUNT);
		seq_put_decimal_ll(m, "", r->count);
	}
	seq_putc(m, '\n');
}

static void show_end(struct seq_file *m, const struct mntprop_snapshot *s)
{
	seq_puts(m, MNTPROP_REC_END);
	field_number(m, MNTPROP_F_NAMESPACES, s->nr_namespaces);
	field_number(m, MNTPROP_F_MOUNTS, s->nr_mounts);
	seq_putc(m, '\n');
}

static u64 snapshot_lines(const struct mntprop_view *view)
{
	return 1ULL + view->snapshot->nr_namespaces +
	       view->snapshot->nr_mounts + 1;
}

static void snapshot_show(struct seq_file *m, const struct mntprop_view *view,
			  u64 line)
{
	const struct mntprop_snapshot *s = view->snapshot;

	if (!line--)
		show_head(m, s);
	else if (line < s->nr_namespaces)
		show_ns(m, s, line);
	else if (line - s->nr_namespaces < s->nr_mounts)
		show_mount(m, s, line - s->nr_namespaces);
	else
		show_end(m, s);
}

const struct mntprop_file mntprop_file_snapshot = {
	.name = "snapshot",
	.needs = NEEDS_SNAPSHOT,
	.lines = snapshot_lines,
	.show = snapshot_show,
};
