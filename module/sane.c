// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a lock or a list must look like. Somebody may hold it, or be changing it,
 * when it is looked at, so it is looked at several times.
 */
#include <linux/delay.h>
#include <linux/init_task.h>
#include <linux/list.h>
#include <linux/rwsem.h>
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

	for (i = 0; sane_place(address, sizeof(long)) && i < LOOKS; i++) {
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

	for (i = 0; sane_place(address, __alignof__(u32)) && i < LOOKS; i++) {
		if (unlocked(address))
			return true;
		usleep_range(100, 1000);
	}
	return false;
}

/** sane_seqlock() - whether a seqlock that nobody writes under lies at @address */
bool sane_seqlock(unsigned long address)
{
	u32 sequence;
	int i;

	for (i = 0; sane_place(address, __alignof__(u32)) && i < LOOKS; i++) {
		if (!get_kernel_nofault(sequence, (u32 *)address) &&
		    !(sequence & 1) &&
		    unlocked(address + offsetof(seqlock_t, lock)))
			return true;
		usleep_range(100, 1000);
	}
	return false;
}

/** sane_rwsem() - whether a rw_semaphore that nobody holds lies at @address */
bool sane_rwsem(unsigned long address)
{
	struct rw_semaphore *sem = (struct rw_semaphore *)address;
	struct rw_semaphore copy;
	int i;

	for (i = 0; sane_place(address, __alignof__(copy)) && i < LOOKS; i++) {
		if (copy_from_kernel_nofault(&copy, sem, sizeof(copy)))
			return false;
		if (!rwsem_is_locked(sem) && !rwsem_is_contended(sem))
			return true;
		usleep_range(100, 1000);
	}
	return false;
}
