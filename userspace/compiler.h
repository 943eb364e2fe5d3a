/* SPDX-License-Identifier: GPL-2.0-only */
/* What kernel headers have and those of the C library do not. */
#ifndef MNTPROP_COMPILER_H
#define MNTPROP_COMPILER_H

/* kselftest.h may have been here first */
#ifndef ARRAY_SIZE
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#endif

#ifndef __printf
#define __printf(a, b) __attribute((format(printf, a, b)))
#endif

#endif
