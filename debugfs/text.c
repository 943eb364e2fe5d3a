// SPDX-License-Identifier: GPL-2.0-only
/* The snapshot as text, for programs: the format of debugfs/ABI. */
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/hash.h>
#include <linux/kernel.h>
#include <linux/mount.h>
#include <linux/seq_file.h>
#include <linux/siphash.h>
#include <linux/utsname.h>
#include <linux/uuid.h>

#include "../module/mount.h"
#include "../module/snapshot.h"
#include "files.h"
#include "format.h"
#include "line.h"
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

static const struct bit_name source_state_bits[] = {
	{ MOUNT_SOURCE_CUT, "toolong" },
};

static const struct bit_name stopped_bits[] = {
	{ STOPPED_MOUNTS, "mounts" },
	{ STOPPED_SLAVES, "slaves" },
	{ STOPPED_SUPERBLOCKS, "superblocks" },
	{ STOPPED_ROOM, "room" },
};

static const struct bit_name foreign_bits[] = {
	{ FOREIGN_NS, "ns" },
	{ FOREIGN_USER_NS, "user_ns" },
	{ FOREIGN_ROOT, "root" },
	{ FOREIGN_PARENT, "parent" },
	{ FOREIGN_MOUNTPOINT, "mountpoint" },
	{ FOREIGN_TYPE, "type" },
	{ FOREIGN_SOURCE, "source" },
	{ FOREIGN_PEER, "peer" },
	{ FOREIGN_PEER_BACK, "peer_back" },
	{ FOREIGN_MASTER, "master" },
	{ FOREIGN_SLAVES, "slaves" },
	{ FOREIGN_OVERMOUNT, "overmount" },
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

/* The names are literals. */
/* clang-format off */
#define field(l, name)		line_literal(l, " " name "=")
#define field_number(l, name, value)	line_number(field(l, name), value)
#define field_string(l, name, string)	line_escaped(field(l, name), string)
#define field_offset(l, name, s, offset) \
	line_escaped_padded(field(l, name), (s)->strings + (offset))
/* clang-format on */

static void begin(struct mntprop_line *l, struct seq_file *m)
{
	char *buf;
	size_t size = seq_get_buf(m, &buf);

	line_begin(l, buf, size);
}

/**
 * mntprop_text_escape() - print a string that may have anything in it
 * @m:		to print to
 * @string:	control characters, space and backslash become octal, as in mountinfo
 */
void mntprop_text_escape(struct seq_file *m, const char *string)
{
	struct mntprop_line l;

	begin(&l, m);
	line_escaped(&l, string);
	seq_commit(m, line_end(&l));
}

/* Only who knows it can tell an address from its hash. */
static siphash_key_t key;

/**
 * mntprop_text_make_key() - make the key for hashes of addresses
 *
 * It is the same whenever the module is loaded during one boot: it is what %p, whose
 * own key nobody is told, prints for addresses that are of no object.
 *
 * Return: 0; -EAGAIN if the kernel does not hash pointers yet.
 */
int mntprop_text_make_key(void)
{
	u64 parts[4];
	char text[32];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		snprintf(text, sizeof(text), "%p",
			 (const char *)&rename_lock + 2 * i + 1);
		if (kstrtou64(text, 16, &parts[i]))
			return -EAGAIN;
	}
	/* %p gives 32 bits each */
	key.key[0] = parts[0] << 32 ^ parts[1];
	key.key[1] = parts[2] << 32 ^ parts[3];
	return 0;
}

/* %p takes four times as long, and of 100,000 objects two are likely to look the same. */
static void put_hash(struct mntprop_line *l, const struct mntprop_view *view,
		     const void *p)
{
	struct mntprop_memo *memo = view->memo;
	struct mntprop_hash *hash = &memo->hashes[hash_ptr(p, memo->hash_bits)];
	struct mntprop_line digits;

	if (hash->p != p) {
		line_begin(&digits, hash->text, sizeof(hash->text));
		line_hex(&digits, siphash_1u64((unsigned long)p, &key));
		hash->p = p;
	}
	line_put(l, hash->text, sizeof(hash->text));
}

/* Words by comma, in one field that is not there if there are none. */
struct words {
	struct mntprop_line *l;
	const char *name;
	bool any;
};

static void word(struct words *w, const char *text)
{
	if (w->any) {
		line_literal(w->l, ",");
	} else {
		line_literal(w->l, " ");
		line_string(w->l, w->name);
		line_literal(w->l, "=");
	}
	w->any = true;
	line_string(w->l, text);
}

/* Names the bits that are set; returns those without a name. */
static u32 bit_words(struct words *w, u32 bits, const struct bit_name *names,
		     size_t nr)
{
	size_t i;

	for (i = 0; i < nr && bits; i++) {
		if (bits & names[i].bit)
			word(w, names[i].name);
		bits &= ~names[i].bit;
	}
	return bits;
}

static void field_bits(struct mntprop_line *l, const char *name, u32 bits,
		       const struct bit_name *names, size_t nr)
{
	struct words w = { l, name };

	bit_words(&w, bits, names, nr);
}

static void field_foreign(struct mntprop_line *l, u32 bits)
{
	if (unlikely(bits))
		field_bits(l, MNTPROP_F_FOREIGN, bits, foreign_bits,
			   ARRAY_SIZE(foreign_bits));
}

static void unnamed_bits(struct words *w, u32 bits)
{
	char text[16];

	if (!bits)
		return;
	snprintf(text, sizeof(text), "%#x", bits);
	word(w, text);
}

static void make_flags(struct mntprop_line *l, const struct mntprop_mount *r)
{
	struct words w = { l, MNTPROP_F_FLAGS };
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
	field_bits(l, MNTPROP_F_SB_FLAGS, r->sb_flags, sb_bits,
		   ARRAY_SIZE(sb_bits));
}

/* A machine's mounts have few combinations of flags. */
static void field_flags(struct mntprop_line *l, const struct mntprop_view *view,
			const struct mntprop_mount *r)
{
	u8 expiry = r->state & (MOUNT_EXPIRE | MOUNT_EXPIRY_MARK);
	u32 key = r->flags ^ r->t_flags << 16 ^ r->sb_flags << 8 ^ expiry;
	struct mntprop_flags *known =
		&view->memo->flags[hash_32(key, FLAGS_BITS)];
	const char *start = l->at;

	if (known->len && known->flags == r->flags &&
	    known->t_flags == r->t_flags && known->sb_flags == r->sb_flags &&
	    known->expiry == expiry) {
		line_put(l, known->text, known->len);
		return;
	}
	make_flags(l, r);
	if (l->full || l->at - start > sizeof(known->text))
		return;
	*known = (struct mntprop_flags){
		.flags = r->flags,
		.t_flags = r->t_flags,
		.sb_flags = r->sb_flags,
		.expiry = expiry,
		.len = l->at - start,
	};
	memcpy(known->text, start, known->len);
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

static void show_head(struct mntprop_line *l, const struct mntprop_snapshot *s)
{
	char boot_id[UUID_STRING_LEN + 1];

	line_literal(l, MNTPROP_MAGIC " ");
	line_number(l, MNTPROP_VERSION);
	line_literal(l, "\n");

	line_literal(l, MNTPROP_REC_SYSTEM);
	field_string(l, MNTPROP_F_RELEASE, init_utsname()->release);
	if (memchr_inv(s->boot_id, 0, sizeof(s->boot_id))) {
		field(l, MNTPROP_F_BOOT_ID);
		snprintf(boot_id, sizeof(boot_id), "%pU", s->boot_id);
		line_string(l, boot_id);
	}
	field_number(l, MNTPROP_F_MONO, s->mono);
	field_number(l, MNTPROP_F_WALL, s->wall);
	line_literal(l, "\n");

	line_literal(l, MNTPROP_REC_CAPTURE);
	field_number(l, MNTPROP_F_HOLD, s->hold);
	field_number(l, MNTPROP_F_RETRIES, s->retries);
	field_number(l, MNTPROP_F_NAMESPACES, s->nr_namespaces);
	field_number(l, MNTPROP_F_MOUNTS, s->nr_mounts);
	field_string(l, MNTPROP_F_COMPLETE, s->stopped ? "no" : "yes");
	field_bits(l, MNTPROP_F_STOPPED, s->stopped, stopped_bits,
		   ARRAY_SIZE(stopped_bits));
	line_literal(l, "\n");
}

static void show_ns(struct mntprop_line *l, const struct mntprop_snapshot *s,
		    u32 nr)
{
	const struct mntprop_ns *r = &s->namespaces[nr];

	line_literal(l, MNTPROP_REC_NS);
	field_number(l, MNTPROP_F_NR, nr);
	if (!r->anon)
		field_number(l, MNTPROP_F_INUM, r->inum);
	if (r->id)
		field_number(l, MNTPROP_F_ID, r->id);
	field_number(l, MNTPROP_F_USER_NS, r->user_ns);
	field_number(l, MNTPROP_F_ANON, r->anon);
	if (r->root)
		field_number(l, MNTPROP_F_ROOT, r->root);
	field_number(l, MNTPROP_F_NR_MOUNTS, r->nr_mounts);
	field_number(l, MNTPROP_F_FOUND, r->found);
	field_number(l, MNTPROP_F_EVENT, r->event);
	if (r->has_refs)
		field_number(l, MNTPROP_F_REFS, r->refs);
	field_number(l, MNTPROP_F_TASKS, r->tasks);
	if (r->pid) {
		field_number(l, MNTPROP_F_PID, r->pid);
		field_string(l, MNTPROP_F_COMM, r->comm);
	}
	field_foreign(l, r->foreign);
	line_literal(l, "\n");
}

static void field_slaves(struct mntprop_line *l,
			 const struct mntprop_snapshot *s,
			 const struct mntprop_mount *r)
{
	u32 i;

	if (!r->nr_slaves)
		return;
	field(l, MNTPROP_F_SLAVES);
	for (i = 0; i < r->nr_slaves; i++) {
		if (i)
			line_literal(l, ",");
		line_number(l, s->slaves[r->first_slave + i]);
	}
}

static void show_mount(struct mntprop_line *l, const struct mntprop_view *view,
		       u32 i)
{
	const struct mntprop_snapshot *s = view->snapshot;
	const struct mntprop_mount *r = &s->mounts[i];

	line_literal(l, MNTPROP_REC_MOUNT);
	field_number(l, MNTPROP_F_ID, r->id);
	if (r->unique)
		field_number(l, MNTPROP_F_UNIQUE, r->unique);
	if (r->ns == MOUNT_IN_NO_NS)
		field_string(l, MNTPROP_F_STATE,
			     mntprop_text_unattached(r->unattached));
	else
		field_number(l, MNTPROP_F_NS, r->ns);
	field_number(l, MNTPROP_F_PARENT, r->parent);
	field_offset(l, MNTPROP_F_MP, s, r->mountpoint);
	field(l, MNTPROP_F_MP_DENTRY);
	put_hash(l, view, r->mp_dentry);
	if (r->mp_ino)
		field_number(l, MNTPROP_F_MP_INO, r->mp_ino);
	field_bits(l, MNTPROP_F_MP_STATE, r->state, mp_state_bits,
		   ARRAY_SIZE(mp_state_bits));
	field_offset(l, MNTPROP_F_ROOT, s, r->root);
	field(l, MNTPROP_F_ROOT_DENTRY);
	put_hash(l, view, r->root_dentry);
	if (r->root_ino)
		field_number(l, MNTPROP_F_ROOT_INO, r->root_ino);
	field_bits(l, MNTPROP_F_ROOT_STATE, r->state, root_state_bits,
		   ARRAY_SIZE(root_state_bits));
	field(l, MNTPROP_F_DEV);
	line_number(l, MAJOR(r->dev));
	line_literal(l, ":");
	line_number(l, MINOR(r->dev));
	field_offset(l, MNTPROP_F_TYPE, s, r->type);
	if (r->source)
		field_offset(l, MNTPROP_F_SOURCE, s, r->source);
	field_bits(l, MNTPROP_F_SOURCE_STATE, r->state, source_state_bits,
		   ARRAY_SIZE(source_state_bits));
	field_flags(l, view, r);
	if (r->group)
		field_number(l, MNTPROP_F_GROUP, r->group);
	if (r->peer != r->id)
		field_number(l, MNTPROP_F_PEER, r->peer);
	if (r->peer_back != r->id)
		field_number(l, MNTPROP_F_PEER_BACK, r->peer_back);
	if (r->master)
		field_number(l, MNTPROP_F_MASTER, r->master);
	field_slaves(l, s, r);
	if (r->overmount)
		field_number(l, MNTPROP_F_OVERMOUNT, r->overmount);
	if (r->state & MOUNT_HAS_COUNT) {
		field(l, MNTPROP_F_COUNT);
		line_signed(l, r->count);
	}
	field_foreign(l, r->foreign);
	line_literal(l, "\n");
}

static void show_end(struct mntprop_line *l, const struct mntprop_snapshot *s)
{
	line_literal(l, MNTPROP_REC_END);
	field_number(l, MNTPROP_F_NAMESPACES, s->nr_namespaces);
	field_number(l, MNTPROP_F_MOUNTS, s->nr_mounts);
	line_literal(l, "\n");
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
	struct mntprop_line l;

	begin(&l, m);
	if (!line--)
		show_head(&l, s);
	else if (line < s->nr_namespaces)
		show_ns(&l, s, line);
	else if (line - s->nr_namespaces < s->nr_mounts)
		show_mount(&l, view, line - s->nr_namespaces);
	else
		show_end(&l, s);
	seq_commit(m, line_end(&l));
}

const struct mntprop_file mntprop_file_snapshot = {
	.name = "snapshot",
	.needs = NEEDS_SNAPSHOT | NEEDS_MEMO,
	.lines = snapshot_lines,
	.show = snapshot_show,
};
