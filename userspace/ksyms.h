/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the kernel's data lies, told by /proc/kallsyms and System.map. */
#ifndef MNTPROP_KSYMS_H
#define MNTPROP_KSYMS_H

#include "snapshot.h"

enum ksym {
	KSYM_NAMESPACE_SEM,
	KSYM_MOUNT_LOCK,
	KSYM_SB_LOCK,
	KSYM_SUPER_BLOCKS,
	KSYM_BTF_START,
	KSYM_BTF_STOP,
	NR_KSYMS,
};

struct ksym_name {
	const char *symbol,
		*param; /* the kernel's, and the module's parameter */
	bool needed; /* else a kernel may do without it */
};

extern const struct ksym_name ksym_names[NR_KSYMS];

struct ksyms {
	uint64_t address[NR_KSYMS]; /* 0: not known */
};

/* A table of symbols, as nm prints it, and what to call it in messages. */
struct ksyms_table {
	const char *name, *text;
	size_t len;
};

/**
 * ksyms_find() - look the symbols up
 * @kallsyms:	of the running kernel
 * @found:	set to those that it names, without doubt
 * @err:	why not all that are needed are known, and what to do
 *
 * Return: 0, or -1 with @err set.
 */
int ksyms_find(const struct ksyms_table *kallsyms, struct ksyms *found,
	       struct error *err);

/**
 * ksyms_find_in_map() - look the others up, for a kernel that names no data
 * @map:	System.map, of whatever kernel
 * @kallsyms:	of the running kernel
 * @found:	those that are not known are filled in
 * @err:	why @map is of no use, or what it does not have
 *
 * The map belongs to the running kernel if the text symbols of both tables
 * agree, shifted by one number, which is where KASLR has put the kernel.  One
 * that does not is not used at all.
 *
 * Return: 0, or -1 with @err set.
 */
int ksyms_find_in_map(const struct ksyms_table *map,
		      const struct ksyms_table *kallsyms, struct ksyms *found,
		      struct error *err);

#endif
