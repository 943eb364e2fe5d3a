// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of files, and what they share: a snapshot at open, lines at read.
 *
 * A record in memory never changes, so a line is made anew each time it is
 * read, and any order of reads gives the same bytes. debugfs holds a reference
 * on the module while a file is open.
 */
#include <linux/capability.h>
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/overflow.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "../module/memory.h"
#include "../module/snapshot.h"
#include "files.h"

/* clang-format off */
static const struct mntprop_file *const files[] = {
	&mntprop_file_snapshot,
	&mntprop_file_mounts,
	&mntprop_file_namespaces,
	&mntprop_file_groups,
	&mntprop_file_layout,
	&mntprop_file_stats,
};

/* clang-format on */

#define MIN_HASHES 64
#define MAX_HASHES 4096

/* What a line takes mostly. */
#define LINE_SIZE 512
/* What it takes at most without its strings and slaves. */
#define FIELDS_SIZE 1024
/* Of lines that are all short, a buffer need not have more. */
#define MAX_BUFFER (32 << 10)
/* A character is printed as four digits at most, an id as ten and a comma. */
#define ESCAPED 4
#define ID_SIZE 11

static struct dentry *dir;

/* The iterator is the number of the line, from 1: NULL would end the file. */
static void *line_start(struct seq_file *m, loff_t *pos)
{
	const struct mntprop_view *view = m->private;

	return *pos < view->file->lines(view) ?
		       (void *)(unsigned long)(*pos + 1) :
		       NULL;
}

static void *line_next(struct seq_file *m, void *line, loff_t *pos)
{
	++*pos;
	return line_start(m, pos);
}

static void line_stop(struct seq_file *m, void *line)
{
}

static int line_show(struct seq_file *m, void *line)
{
	const struct mntprop_view *view = m->private;

	/* A seek makes all lines before it, without a pause. */
	cond_resched();
	if (fatal_signal_pending(current))
		return -EINTR;
	view->file->show(m, view, (unsigned long)line - 1);
	return 0;
}

static const struct seq_operations line_ops = {
	.start = line_start,
	.next = line_next,
	.stop = line_stop,
	.show = line_show,
};

static void free_view(struct mntprop_view *view)
{
	kvfree(view->buffer);
	kvfree(view->memo);
	kvfree(view->members);
	index_free(&view->by_id);
	mntprop_snapshot_free(view->snapshot);
	kfree(view);
}

static int compare_groups(const void *a, const void *b, const void *priv)
{
	const struct mntprop_snapshot *s = priv;
	u32 i = ((const struct mntprop_member *)a)->mount;
	u32 j = ((const struct mntprop_member *)b)->mount;

	/* sort_r() itself lets nobody run before 6.17 */
	cond_resched();
	if (s->mounts[i].group != s->mounts[j].group)
		return s->mounts[i].group < s->mounts[j].group ? -1 : 1;
	return i < j ? -1 : i > j;
}

/* Puts behind each of the @nr shared mounts its slaves. */
static void insert_slaves(struct mntprop_view *view, u32 nr)
{
	struct mntprop_member *last = view->members + view->nr_members, shared;
	u32 slave;

	/* From the end, so that no mount is overwritten before it is moved. */
	while (nr--) {
		shared = view->members[nr];
		for (slave = view->snapshot->mounts[shared.mount].nr_slaves;
		     slave; slave--) {
			shared.slave = slave;
			*--last = shared;
		}
		shared.slave = 0;
		*--last = shared;
	}
}

static int list_members(struct mntprop_view *view)
{
	const struct mntprop_snapshot *s = view->snapshot;
	u32 i, nr = 0;

	view->members = mntprop_memory_get((size_t)s->nr_mounts + s->nr_slaves,
					   sizeof(*view->members), 0);
	if (!view->members)
		return -ENOMEM;
	for (i = 0; i < s->nr_mounts; i++) {
		if (!s->mounts[i].group)
			continue;
		view->members[nr++] = (struct mntprop_member){ i };
		view->nr_members += 1 + s->mounts[i].nr_slaves;
	}
	sort_r(view->members, nr, sizeof(*view->members), compare_groups, NULL,
	       s);
	insert_slaves(view, nr);
	return 0;
}

/* Mounts of one namespace after another have the same dentries. */
static int allocate_memo(struct mntprop_view *view)
{
	size_t nr = clamp_t(size_t, view->snapshot->nr_mounts, MIN_HASHES,
			    MAX_HASHES);
	unsigned int bits = ilog2(nr);
	size_t size;

	size = struct_size(view->memo, hashes, 1UL << bits);
	view->memo = mntprop_memory_get(1, size, __GFP_ZERO);
	if (!view->memo)
		return -ENOMEM;
	view->memo->hash_bits = bits;
	return 0;
}

/* No line takes more: neither of records, nor, with composed paths, for eyes. */
static size_t longest_line(const struct mntprop_view *view)
{
	const struct mntprop_snapshot *s = view->snapshot;

	if (!s)
		return LINE_SIZE;
	if (view->file->needs & NEEDS_INDEX)
		return FIELDS_SIZE + ESCAPED * (PATH_MAX + 2 * s->longest);
	return FIELDS_SIZE + ESCAPED * 4 * s->longest +
	       ID_SIZE * (size_t)s->most_slaves;
}

/*
 * seq_file begins with a page, makes a line anew that did not fit, in memory for which
 * processes may be killed, and ends a read(2) where its buffer ends.
 */
static int allocate_buffer(struct mntprop_view *view)
{
	size_t lines =
		min_t(u64, view->file->lines(view), MAX_BUFFER / LINE_SIZE);

	view->size = max3(lines * LINE_SIZE, longest_line(view), PAGE_SIZE);
	view->buffer = mntprop_memory_get(1, view->size, 0);
	return view->buffer ? 0 : -ENOMEM;
}

static int fill_view(struct mntprop_view *view)
{
	unsigned int needs = view->file->needs;
	int err = 0;

	mntprop_snapshot_stats(&view->stats);
	if (needs & NEEDS_SNAPSHOT) {
		view->snapshot = mntprop_snapshot_take();
		if (IS_ERR(view->snapshot)) {
			err = PTR_ERR(view->snapshot);
			view->snapshot = NULL;
			return err;
		}
	}
	if (needs & NEEDS_INDEX)
		err = mntprop_snapshot_index(view->snapshot, &view->by_id);
	if (!err && needs & NEEDS_GROUPS)
		err = list_members(view);
	if (!err && needs & NEEDS_MEMO)
		err = allocate_memo(view);
	if (!err)
		err = allocate_buffer(view);
	return err;
}

static int file_open(struct inode *inode, struct file *file)
{
	struct mntprop_view *view;
	struct seq_file *m;
	int err;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	view = kzalloc(sizeof(*view), MNTPROP_GFP);
	if (!view)
		return -ENOMEM;
	view->file = inode->i_private;
	err = fill_view(view);
	if (!err)
		err = seq_open(file, &line_ops);
	if (err) {
		free_view(view);
		return err;
	}
	m = file->private_data;
	m->private = view;
	/* seq_release() frees it */
	m->buf = view->buffer;
	m->size = view->size;
	view->buffer = NULL;
	return 0;
}

static int file_release(struct inode *inode, struct file *file)
{
	free_view(((struct seq_file *)file->private_data)->private);
	return seq_release(inode, file);
}

static const struct file_operations file_fops = {
	.owner = THIS_MODULE,
	.open = file_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = file_release,
};

/**
 * mntprop_files_create() - create the directory and its files
 *
 * Return: 0 or an error; without debugfs -ENODEV, with debugfs=off -EPERM. Nothing is
 * left on error.
 */
int mntprop_files_create(void)
{
	struct dentry *file;
	int i;

	dir = debugfs_create_dir(KBUILD_MODNAME, NULL);
	if (IS_ERR(dir))
		return PTR_ERR(dir);
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		file = debugfs_create_file(files[i]->name, 0400, dir,
					   (void *)files[i], &file_fops);
		if (IS_ERR(file)) {
			debugfs_remove(dir);
			return PTR_ERR(file);
		}
	}
	return 0;
}

/** mntprop_files_remove() - remove them; nobody has one open, or rmmod would not be here */
void mntprop_files_remove(void)
{
	debugfs_remove(dir);
}
