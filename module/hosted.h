/* SPDX-License-Identifier: GPL-2.0-only */
/* The few kernel names that btf.c, layout.c and debugfs/line.h use, on the host. */
#ifndef MNTPROP_HOSTED_H
#define MNTPROP_HOSTED_H

#ifdef __KERNEL__
#include <asm/byteorder.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/types.h>
#else
#include <endian.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef int32_t s32;
typedef uint64_t u64;
typedef int64_t s64;
typedef uint64_t __le64;
typedef uint64_t __be64;
typedef uint32_t __le32;

/* clang-format off */
#define ARRAY_SIZE(a)			(sizeof(a) / sizeof((a)[0]))
#define GFP_KERNEL			0
#define U32_MAX				UINT32_MAX
#define div_u64(a, b)			((a) / (b))
#define cpu_to_be64(x)			htobe64(x)
#define cpu_to_le32(x)			htole32(x)
#define le64_to_cpu(x)			le64toh(x)
#define likely(x)			(x)
#define unlikely(x)			(x)
#define kvmalloc_array(n, size, gfp)	((void)(gfp), calloc(n, size))
#define kvfree(p)			free(p)
#define __printf(fmt, args)		__attribute__((format(printf, fmt, args)))
/* clang-format on */

/* As the kernel's: returns what was written, not what would have been. */
static inline int vscnprintf(char *buf, size_t size, const char *fmt,
			     va_list args)
{
	int len = vsnprintf(buf, size, fmt, args);

	if (len < 0 || !size)
		return 0;
	return (size_t)len < size ? len : (int)size - 1;
}
#endif

#endif
