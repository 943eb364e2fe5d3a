/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads that cannot fault, of what a broken kernel may have freed or never had. Those of
 * words that lie where all of a kernel's objects do cost little more than other reads.
 */
#ifndef MNTPROP_PEEK_H
#define MNTPROP_PEEK_H

#include <linux/kasan.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/uaccess.h>

/**
 * peek_bytes() - read memory of any kind
 * @to:		set if it can be read
 * @from:	any address
 * @size:	in bytes
 *
 * User-mode Linux asks its host, who has another signal for an address that no x86 knows.
 *
 * Context: Any.
 * Return: whether it can be read.
 */
static inline bool peek_bytes(void *to, const void *from, size_t size)
{
	if (IS_ENABLED(CONFIG_UML) && (u64)(unsigned long)from >> 47)
		return false;
	return !copy_from_kernel_nofault(to, from, size);
}

/* x86 has a page of user space above all of the kernel, and nothing else that far up. */
#define KERNEL_END (-(unsigned long)SZ_16M)

/*
 * Whether @p can be the address of an object of the kernel's, and no access there is one
 * to user space. Where an architecture has something else of the kernel below PAGE_OFFSET,
 * peek_bytes() reads it.
 */
static inline bool is_kernel_object(const void *p)
{
	unsigned long at = (unsigned long)kasan_reset_tag(p);

	return at >= PAGE_OFFSET && at < KERNEL_END &&
	       IS_ALIGNED(at, sizeof(long));
}

/**
 * peek_word() - read a word of an object
 * @to:		set if it can be read
 * @from:	in what is_kernel_object() says can be one
 *
 * Context: Any.
 * Return: whether it can be read.
 */
static inline bool peek_word(unsigned long *to, const void *from)
{
/*
 * Some architectures had nothing better before 5.11. That of User-mode Linux has addresses
 * of code in it that no module can be at (___backtrack_faulted()).
 */
#if defined(__get_kernel_nofault) && !defined(CONFIG_UML)
	__get_kernel_nofault(to, from, unsigned long, fault);
	return true;
fault:
	return false;
#else
	return peek_bytes(to, from, sizeof(*to));
#endif
}

/* The same from any address. */
static inline bool peek_long(unsigned long *to, const void *from)
{
	return is_kernel_object(from) ? peek_word(to, from) :
					peek_bytes(to, from, sizeof(*to));
}

/* The same into a pointer of any type, and of an object as with peek_word(). */
#define peek_pointer(to, from) peek_long((unsigned long *)(to), from)
#define peek_member(to, from) peek_word((unsigned long *)(to), from)

/* The same for a number of 32 bits, which must be aligned. */
static inline bool peek_u32(u32 *to, const void *from)
{
	unsigned long at = (unsigned long)from, word;

	if (!IS_ALIGNED(at, sizeof(*to)) ||
	    !peek_long(&word, (void *)ALIGN_DOWN(at, sizeof(word))))
		return false;
	memcpy(to, (char *)&word + at % sizeof(word), sizeof(*to));
	return true;
}

static inline bool peek_char(char *to, const char *from)
{
	unsigned long at = (unsigned long)from, word;

	if (!peek_long(&word, (void *)ALIGN_DOWN(at, sizeof(word))))
		return false;
	*to = ((char *)&word)[at % sizeof(word)];
	return true;
}

/**
 * peek_strnlen() - the length of a string
 * @s:		any address
 * @max:	returned if it is longer
 *
 * Context: Any.
 * Return: its length, -EFAULT if it cannot be read to its end.
 */
static inline long peek_strnlen(const char *s, size_t max)
{
	size_t len;
	char c;

	for (len = 0; len < max; len++) {
		if (!peek_char(&c, s + len))
			return -EFAULT;
		if (!c)
			break;
	}
	return len;
}

#endif
