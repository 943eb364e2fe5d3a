/* SPDX-License-Identifier: GPL-2.0-only */
/* listmount(2) and statmount(2), which C libraries and older headers lack. */
#ifndef MNTPROP_TEST_STATMOUNT_H
#define MNTPROP_TEST_STATMOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether this kernel lists the mounts of other namespaces, too (6.11). */
bool statmount_known(void);

/* The id of the mount namespace of a process, for the following; 0: not known. */
uint64_t statmount_ns(int pid);

/*
 * Asks for all that there is to know about each mount of a namespace, as far as
 * 6.12 does.  Returns how many there are; dies if it cannot.
 */
size_t statmount_all(uint64_t ns);

#endif
