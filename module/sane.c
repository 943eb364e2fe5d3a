// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a lock or a list must look like. Somebody may hold it, or be changing it,
 * when it is looked at, so it is looked at several times.
 */
#include <linux/delay.h>
#include <linux/fs_struct.h>
#include <linux/init_task.h>
#include <linux/list.h>
#include <linux/mount.h>
#include <linux/path.h>
#include <linux/rwsem.h>
#include <linux/sched/signal.h>
#include <linux/seqlock.h>
#include <linux/sizes.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>

#include "sane.h"

/* More than the data of any kernel image, less than the distance to modules. */
#define IMAGE_DATA SZ_128M
/*
 * Ten seconds at most, for what is hardly ever at rest: on one CPU that others fight
 * over, namespace_sem was held whenever it was looked at for a second. Only a wrong
 * address takes all of it.
 */
#define LOOKS 10000

static bool look_again(int looks)
{
	return looks < LOOKS && !fatal_signal_pending(current);
}

/**
 * sane_memory() - whether an address lies in the kernel's own data
 * @address:	any
 *
 * Return: it can be read, and is not far from init_task.
 */
bool sane_memory(unsigned long address)
{
	unsigned long base = (unsigned long)&init_task;
	u8 byte;

	return (address > base ? address - base : base - address) <
		       IMAGE_DATA &&
	       !get_kernel_nofault(byte, (u8 *)address);
}

static bool sane_place(unsigned long address, size_t alignment)
{
	return IS_ALIGNED(address, alignment) && sane_memory(address);
}

static bool is_linked(unsigned long address)
{
	struct list_head head, *next, *prev;

	return !get_kernel_nofault(head, (struct list_head *)address) &&
	       !get_kernel_nofault(prev, &head.next->prev) &&
	       !get_kernel_nofault(next, &head.prev->next) &&
	       prev == (void *)address && next == (void *)address;
}

/**
 * sane_list() - whether a list_head lies at @address: its neighbours point back
 * @address: any
 *
 * They change while they are looked at.
 */
bool sane_list(unsigned long address)
{
	int i;

	for (i = 0; sane_place(address, sizeof(long)) && look_again(i); i++) {
		if (is_linked(address))
			return true;
		usleep_range(100, 1000);
	}
	return false;
}

/*
 * Whether an unlocked lock lies there: of any kind, it begins with a word of
 * zeroes. Without SMP it is nothing at all.
 */
static bool unlocked(unsigned long address)
{
	u32 word;

	return sizeof(spinlock_t) < sizeof(word) ||
	       (!get_kernel_nofault(word, (u32 *)address) && !word);
}

/** sane_spinlock() - whether an unlocked spinlock lies at @address */
bool sane_spinlock(unsigned long address)
{
	int i;

	for (i = 0; sane_place(address, __alignof__(u32)) && look_again(i);
	     i++) {
		if (unlocked(address))
			return true;
		usleep_range(100, 1000);
	}
	return false;
}

/* The kernel itself takes namespace_sem for reading, and writes under mount_lock. */
static void ask_may_umount(void)
{
	struct path root;

	get_fs_root(current->fs, &root);
	may_umount(root.mnt);
	path_put(&root);
}

/**
 * sane_mount_lock() - whether mount_lock lies at @address
 * @address:	any
 *
 * It must be free, and must have been written under by may_umount().
 *
 * Context: Process context; sleeps, takes namespace_sem for reading.
 */
bool sane_mount_lock(unsigned long address)
{
	u32 before, after;
	int i;

	for (i = 0; sane_place(address, __alignof__(u32)) && look_again(i);
	     i++) {
		if (get_kernel_nofault(before, (u32 *)address))
			return false;
		ask_may_umount();
		if (!get_kernel_nofault(after, (u32 *)address) &&
		    after != before && !(after & 1) &&
		    unlocked(address + offsetof(seqlock_t, lock)))
			return true;
		usleep_range(100, 1000);
	}
	return false;
}

#ifdef CONFIG_PREEMPT_RT
/* Without readers and writers its count is no zero (READER_BIAS). */
static bool was_read_by_us(struct rw_semaphore *sem)
{
	return true;
}
#else
/* See kernel/locking/rwsem.c: the owner may have a task, behind flags. */
#define READER_OWNED 1UL
#define OWNER_FLAGS 7UL

/*
 * Who read last stays its owner. Kernels that look for mistakes in locking take the
 * task out again, and leave the flag.
 */
static bool was_read_by_us(struct rw_semaphore *sem)
{
	unsigned long owner = atomic_long_read(&sem->owner);
	unsigned long task = owner & ~OWNER_FLAGS;

	return owner & READER_OWNED &&
	       (task == (unsigned long)current ||
		(!task && (IS_ENABLED(CONFIG_DEBUG_RWSEMS) ||
			   IS_ENABLED(CONFIG_DETECT_HUNG_TASK_BLOCKER))));
}
#endif

/**
 * sane_namespace_sem() - whether namespace_sem lies at @address
 * @address:	any
 *
 * Any zeroes look like a rw_semaphore that nobody holds, but only namespace_sem knows of
 * a task that has just called may_umount().
 *
 * Context: Process context; sleeps, takes namespace_sem for reading.
 */
bool sane_namespace_sem(unsigned long address)
{
	struct rw_semaphore *sem = (struct rw_semaphore *)address;
	struct rw_semaphore copy;
	int i;

	for (i = 0; sane_place(address, __alignof__(copy)) && look_again(i);
	     i++) {
		if (copy_from_kernel_nofault(&copy, sem, sizeof(copy)))
			return false;
		ask_may_umount();
		if (!rwsem_is_locked(sem) && !rwsem_is_contended(sem) &&
		    was_read_by_us(sem))
			return true;
		usleep_range(100, 1000);
	}
	return false;
}
