// SPDX-License-Identifier: GPL-2.0-only
/*
 * Breaks mounts, for corrupt_test: puts something else into a pointer of a struct mount,
 * and back. It has no lock and no sense: for a guest that is thrown away.
 *
 * To its parameter is written
 *	poke FD OFFSET WHAT	the pointer OFFSET bytes from the struct vfsmount of the
 *				file becomes WHAT
 *	poke FD OFFSET mount FD OFFSET	or the address that many bytes from another one
 *	restore			all of them are as they were
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>

/* What slab caches of mounts and namespaces are about as large as. */
#define OBJECT 1024
#define MAX_POKED 16

static struct poked {
	unsigned long *at;
	unsigned long was;
} poked[MAX_POKED];

static unsigned int nr_poked;
static DEFINE_MUTEX(lock);
/* Memory that is something else's than a mount's. */
static void *object;

static unsigned long address_of_freed(void)
{
	void *p = kmalloc(OBJECT, GFP_KERNEL);

	kfree(p);
	return (unsigned long)p;
}

/* @fd: where @what is "mount" */
static int value_of(const char *what, int fd, int offset, unsigned long *value)
{
	struct file *file;

	if (!strcmp(what, "garbage")) {
		*value = 0x6b6b6b6b6b6b6b6bUL;
	} else if (!strcmp(what, "poison")) {
		*value = 0xdead000000000100UL;
	} else if (!strcmp(what, "odd")) {
		*value = (unsigned long)object + 1;
	} else if (!strcmp(what, "object")) {
		*value = (unsigned long)object;
	} else if (!strcmp(what, "freed")) {
		*value = address_of_freed();
	} else if (!strcmp(what, "unmapped")) {
		/*
		 * Below 4 GiB a PC has its devices: in the linear mapping of one with
		 * more memory there is a hole, of others this is behind its end. There
		 * User-mode Linux would have a signal that it does not survive.
		 */
		*value = IS_ENABLED(CONFIG_UML) ?
				 (unsigned long)high_memory + (1UL << 40) :
				 (unsigned long)__va(0xe0000000UL);
	} else if (!strcmp(what, "mount")) {
		file = fget_raw(fd);
		if (!file)
			return -EBADF;
		*value = (unsigned long)file->f_path.mnt + offset;
		fput(file);
	} else {
		return -EINVAL;
	}
	return 0;
}

static int poke(int fd, int offset, unsigned long value)
{
	struct file *file = fget_raw(fd);
	struct poked *p = &poked[nr_poked];

	if (!file)
		return -EBADF;
	p->at = (unsigned long *)((char *)file->f_path.mnt + offset);
	fput(file);
	if (nr_poked == MAX_POKED)
		return -ENOSPC;
	p->was = READ_ONCE(*p->at);
	WRITE_ONCE(*p->at, value);
	nr_poked++;
	return 0;
}

static void restore(void)
{
	while (nr_poked) {
		nr_poked--;
		WRITE_ONCE(*poked[nr_poked].at, poked[nr_poked].was);
	}
}

static int command(const char *text, const struct kernel_param *kp)
{
	int fd, offset, other = -1, other_offset = 0, err = -EINVAL;
	unsigned long value;
	char what[16];

	mutex_lock(&lock);
	if (sysfs_streq(text, "restore")) {
		restore();
		err = 0;
	} else if (sscanf(text, "poke %d %d %15s %d %d", &fd, &offset, what,
			  &other, &other_offset) >= 3) {
		err = value_of(what, other, other_offset, &value);
		if (!err)
			err = poke(fd, offset, value);
	}
	mutex_unlock(&lock);
	return err;
}

static const struct kernel_param_ops command_ops = { .set = command };

module_param_cb(command, &command_ops, NULL, 0200);

/* Structs can be randomized: where these are in struct vfsmount, for the test to read. */
static int mnt_root = offsetof(struct vfsmount, mnt_root);
static int mnt_sb = offsetof(struct vfsmount, mnt_sb);

module_param(mnt_root, int, 0444);
module_param(mnt_sb, int, 0444);

static int __init corrupt_init(void)
{
	object = kzalloc(OBJECT, GFP_KERNEL);
	return object ? 0 : -ENOMEM;
}

static void __exit corrupt_exit(void)
{
	restore();
	kfree(object);
}

module_init(corrupt_init);
module_exit(corrupt_exit);

MODULE_DESCRIPTION("Breaks mounts, for the tests of mntprop");
MODULE_LICENSE("GPL");
