// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds the addresses of a few kernel data symbols.
 *
 * The user may give an address as a module parameter. Otherwise
 * kallsyms_lookup_name(), which has not been exported since 5.7, is found with
 * a kprobe and called: the one call that this module makes through an address
 * it worked out. Where the CPU or the compiler checks indirect calls, such a
 * call could fault, so there the parameters are the only way. Whichever way an
 * address came, it is taken only if the kernel itself says what lies there.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/string.h>
#ifdef CONFIG_X86
#include <asm/cpufeature.h>
#endif

#include "symbols.h"

static unsigned long namespace_sem;
module_param(namespace_sem, ulong, 0);
MODULE_PARM_DESC(namespace_sem, "address, if the module cannot find it");

static unsigned long btf_start;
module_param(btf_start, ulong, 0);
MODULE_PARM_DESC(btf_start, "address of __start_BTF, likewise");

static unsigned long btf_stop;
module_param(btf_stop, ulong, 0);
MODULE_PARM_DESC(btf_stop, "address of __stop_BTF, likewise");

typedef unsigned long (*lookup_fn)(const char *name);

/* Whether an address is that of a symbol: sprint_symbol() writes "name+0x0/0x28". */
static bool is_symbol(unsigned long address, const char *name)
{
	char text[KSYM_SYMBOL_LEN];
	size_t len = strlen(name);

	sprint_symbol(text, address);
	return !strncmp(text, name, len) && !strncmp(text + len, "+0x0/", 5);
}

/* What forbids a call to an address found by kprobe; NULL if nothing does. */
static const char *indirect_calls_checked(void)
{
	if (IS_ENABLED(CONFIG_CFI_CLANG) || IS_ENABLED(CONFIG_CFI))
		return "kCFI";
	if (IS_ENABLED(CONFIG_ARM64_BTI_KERNEL))
		return "BTI";
#if defined(CONFIG_X86_KERNEL_IBT) && defined(X86_FEATURE_IBT)
	if (boot_cpu_has(X86_FEATURE_IBT))
		return "IBT";
#endif
	return NULL;
}

static lookup_fn find_lookup(const char **why)
{
	struct kprobe probe = { .symbol_name = "kallsyms_lookup_name" };
	unsigned long address;
	int err;

	*why = indirect_calls_checked();
	if (*why)
		return NULL;
	err = register_kprobe(&probe);
	if (err) {
		*why = "a kernel without kprobes";
		return NULL;
	}
	address = (unsigned long)probe.addr;
	unregister_kprobe(&probe);
	if (!is_symbol(address, "kallsyms_lookup_name")) {
		*why = "a kprobe that is not at the function's start";
		return NULL;
	}
	return (lookup_fn)address;
}

/* The address of a symbol: the parameter's if one was given, else by look-up; 0 if none. */
static int find_symbol(lookup_fn lookup, unsigned long param, const char *name,
		       unsigned long *address)
{
	*address = param;
	if (!param && lookup)
		*address = lookup(name);
	if (*address && !is_symbol(*address, name)) {
		pr_err("not loaded: %#lx is not the address of %s in this kernel; take it from /proc/kallsyms as root\n",
		       *address, name);
		return -EINVAL;
	}
	return 0;
}

/**
 * mntprop_symbols_find() - find the addresses
 * @symbols:	filled in
 *
 * Context: Process context; may sleep.
 * Return: 0; or, after one pr_err with the reason and the remedy, -EINVAL for a
 * parameter that is not the address it should be, -ENOENT when there is no way
 * to find namespace_sem.
 */
int mntprop_symbols_find(struct mntprop_symbols *symbols)
{
	unsigned long sem, start, stop, boot_id;
	const char *why = NULL;
	lookup_fn lookup = NULL;

	if (!namespace_sem || !btf_start || !btf_stop)
		lookup = find_lookup(&why);
	if (find_symbol(lookup, namespace_sem, "namespace_sem", &sem) ||
	    find_symbol(lookup, btf_start, "__start_BTF", &start) ||
	    find_symbol(lookup, btf_stop, "__stop_BTF", &stop))
		return -EINVAL;
	if (!sem && why) {
		pr_err("not loaded: cannot look up namespace_sem (%s); give namespace_sem=, btf_start= and btf_stop= (__start_BTF, __stop_BTF) with the addresses in /proc/kallsyms\n",
		       why);
		return -ENOENT;
	}
	if (!sem) {
		pr_err("not loaded: this kernel's kallsyms do not name namespace_sem; it needs CONFIG_KALLSYMS_ALL=y\n");
		return -ENOENT;
	}
	boot_id = lookup ? lookup("sysctl_bootid") : 0;

	symbols->namespace_sem = (struct rw_semaphore *)sem;
	symbols->btf_start = (const void *)start;
	symbols->btf_stop = (const void *)stop;
	symbols->boot_id = boot_id && is_symbol(boot_id, "sysctl_bootid") ?
				   (const u8 *)boot_id :
				   NULL;
	return 0;
}
