// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds the addresses of a few kernel data symbols.
 *
 * The user may give an address as a module parameter. Otherwise
 * kallsyms_lookup_name(), which has not been exported since 5.7, is found with
 * a kprobe and called: the one call that this module makes through an address
 * it worked out. Where the CPU or the compiler checks indirect calls, such a
 * call could fault, so there the parameters are the only way (policy.h).
 *
 * Whichever way an address came, it is taken only if the kernel itself says
 * that this symbol lies there. A kernel without CONFIG_KALLSYMS_ALL cannot name
 * data: there, what lies at the address must look like what it should be.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/init_task.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/string.h>
#ifdef CONFIG_X86
#include <asm/cpufeature.h>
#endif

#include "policy.h"
#include "sane.h"
#include "symbols.h"

static unsigned long param_namespace_sem;
module_param_named(namespace_sem, param_namespace_sem, ulong, 0);
MODULE_PARM_DESC(namespace_sem, "address, if the module cannot find it");

static unsigned long param_mount_lock;
module_param_named(mount_lock, param_mount_lock, ulong, 0);
MODULE_PARM_DESC(mount_lock, "likewise");

static unsigned long param_sb_lock;
module_param_named(sb_lock, param_sb_lock, ulong, 0);
MODULE_PARM_DESC(sb_lock, "likewise");

static unsigned long param_super_blocks;
module_param_named(super_blocks, param_super_blocks, ulong, 0);
MODULE_PARM_DESC(super_blocks, "likewise");

static unsigned long param_btf_start;
module_param_named(btf_start, param_btf_start, ulong, 0);
MODULE_PARM_DESC(btf_start, "address of __start_BTF, likewise");

static unsigned long param_btf_stop;
module_param_named(btf_stop, param_btf_stop, ulong, 0);
MODULE_PARM_DESC(btf_stop, "address of __stop_BTF, likewise");

/* Without SMP a spinlock is nothing: clang names none, others name it as well. */
#define SPINLOCK_HAS_BYTES (sizeof(spinlock_t) > 0)

enum symbol {
	NAMESPACE_SEM,
	MOUNT_LOCK,
	SB_LOCK,
	SUPER_BLOCKS,
	BTF_START,
	BTF_STOP,
	BOOT_ID,
	NR_SYMBOLS,
};

/*
 * @param:	the module parameter; NULL if there is none
 * @sane:	for a kernel that cannot name data
 * @needed:	the module does not load without it
 */
static const struct {
	const char *name;
	const unsigned long *param;
	bool (*sane)(unsigned long address);
	bool needed;
} symbols_wanted[NR_SYMBOLS] = {
	[NAMESPACE_SEM] = { "namespace_sem", &param_namespace_sem,
			    sane_namespace_sem, true },
	[MOUNT_LOCK] = { "mount_lock", &param_mount_lock, sane_mount_lock,
			 true },
	[SB_LOCK] = { "sb_lock", &param_sb_lock, sane_spinlock,
		      SPINLOCK_HAS_BYTES },
	[SUPER_BLOCKS] = { "super_blocks", &param_super_blocks, sane_list,
			   true },
	[BTF_START] = { "__start_BTF", &param_btf_start, sane_memory },
	[BTF_STOP] = { "__stop_BTF", &param_btf_stop, sane_memory },
	[BOOT_ID] = { "sysctl_bootid" },
};

typedef unsigned long (*lookup_fn)(const char *name);

/*
 * What sprint_symbol() says of an address: "name+0x0/0x28", and for a module's
 * symbol " [module]" after it, which is never what is wanted: a look-up that
 * finds nothing in the kernel goes on in the modules.
 */
static bool starts_at(unsigned long address, const char *name)
{
	char text[KSYM_SYMBOL_LEN];
	size_t len = strlen(name);

	sprint_symbol(text, address);
	return !strncmp(text, name, len) && !strncmp(text + len, "+0x0/", 5) &&
	       !strstr(text, " [");
}

static bool is_within(unsigned long address, const char *name)
{
	char text[KSYM_SYMBOL_LEN];
	size_t len = strlen(name);

	sprint_symbol(text, address);
	return !strncmp(text, name, len) && text[len] == '+' &&
	       !strstr(text, " [");
}

/* What follows BTF may begin where it stops, and be what the address is called by. */
static bool is_symbol(unsigned long address, const char *name)
{
	return starts_at(address, name) ||
	       (!strcmp(name, "__stop_BTF") &&
		is_within(address - 1, "__start_BTF"));
}

/* CONFIG_KALLSYMS_ALL, as this kernel shows it. */
static bool kernel_names_data(void)
{
	return is_symbol((unsigned long)&init_task, "init_task");
}

static bool acceptable(enum symbol i, unsigned long address)
{
	if (is_symbol(address, symbols_wanted[i].name))
		return true;
	if (i == SB_LOCK && !SPINLOCK_HAS_BYTES)
		return true;
	return !kernel_names_data() && symbols_wanted[i].sane &&
	       symbols_wanted[i].sane(address);
}

static bool cpu_enforces_ibt(void)
{
#if defined(CONFIG_X86_KERNEL_IBT) && defined(X86_FEATURE_IBT)
	return boot_cpu_has(X86_FEATURE_IBT);
#else
	return false;
#endif
}

#define ENDBR_LEN 4

static const char probe_name[] = "kallsyms_lookup_name";

/* 0, with the function or why it is not to be called; or -ENOMEM. */
static int find_lookup(lookup_fn *lookup, const char **why)
{
	struct kprobe probe = {
		.symbol_name = probe_name,
		/* Only its address is wanted, not a breakpoint there. */
		.flags = KPROBE_FLAG_DISABLED,
	};
	struct mntprop_call_facts facts = {
		.kcfi = IS_ENABLED(CONFIG_CFI_CLANG) || IS_ENABLED(CONFIG_CFI),
		.bti = IS_ENABLED(CONFIG_ARM64_BTI_KERNEL),
		.ibt = cpu_enforces_ibt(),
	};
	unsigned long address = 0;
	int err = register_kprobe(&probe);

	if (err == -ENOMEM)
		return err;
	if (!err) {
		address = (unsigned long)probe.addr;
		unregister_kprobe(&probe);
		/* Since 5.18 a kprobe on a function goes behind its ENDBR. */
		if (IS_ENABLED(CONFIG_X86_KERNEL_IBT) &&
		    !starts_at(address, probe_name))
			address -= ENDBR_LEN;
		facts.probed = true;
		facts.at_entry = starts_at(address, probe_name);
	}
	*why = mntprop_call_forbidden(&facts);
	*lookup = *why ? NULL : (lookup_fn)address;
	return 0;
}

static unsigned long given(enum symbol i)
{
	return symbols_wanted[i].param ? *symbols_wanted[i].param : 0;
}

static bool all_given(void)
{
	int i;

	for (i = 0; i < NR_SYMBOLS; i++) {
		if (symbols_wanted[i].param && !given(i))
			return false;
	}
	return true;
}

/* 0 if the kernel has no such symbol, whatever a module may have. */
static unsigned long look_up(lookup_fn lookup, const char *name)
{
	unsigned long address = lookup(name);
	char text[KSYM_SYMBOL_LEN];

	sprint_symbol(text, address);
	return strstr(text, " [") ? 0 : address;
}

static int refuse(const char *name, const char *why)
{
	if (why)
		pr_err("not loaded: cannot look up %s (%s); 'mntprop load' finds the addresses and gives them as parameters\n",
		       name, why);
	else
		pr_err("not loaded: this kernel's kallsyms do not name %s; it needs CONFIG_KALLSYMS_ALL=y, or 'mntprop load' and the kernel's System.map\n",
		       name);
	return -ENOENT;
}

/**
 * mntprop_symbols_find() - find the addresses
 * @symbols:	filled in
 *
 * Context: Process context; may sleep.
 * Return: 0; or, after one pr_err with the reason and the remedy, -EINVAL for a
 * parameter that is not the address it should be, -ENOENT when there is no way
 * to find a symbol that is needed. -ENOMEM without words.
 */
int mntprop_symbols_find(struct mntprop_symbols *symbols)
{
	unsigned long found[NR_SYMBOLS];
	const char *why = NULL;
	lookup_fn lookup = NULL;
	int i, err;

	for (i = 0; i < NR_SYMBOLS; i++) {
		found[i] = given(i);
		if (found[i] && !acceptable(i, found[i])) {
			pr_err("not loaded: %#lx is not the address of %s in this kernel; 'mntprop load' finds it\n",
			       found[i], symbols_wanted[i].name);
			return -EINVAL;
		}
	}
	if (!all_given()) {
		err = find_lookup(&lookup, &why);
		if (err)
			return err;
	}
	for (i = 0; i < NR_SYMBOLS; i++) {
		const char *name = symbols_wanted[i].name;

		if (!found[i] && lookup)
			found[i] = look_up(lookup, name);
		if (!found[i] && symbols_wanted[i].needed)
			return refuse(name, why);
	}
	symbols->namespace_sem = (void *)found[NAMESPACE_SEM];
	symbols->mount_lock = (void *)found[MOUNT_LOCK];
	symbols->sb_lock = (void *)found[SB_LOCK];
	symbols->super_blocks = (void *)found[SUPER_BLOCKS];
	symbols->btf_start = (const void *)found[BTF_START];
	symbols->btf_stop = (const void *)found[BTF_STOP];
	symbols->boot_id = (const u8 *)found[BOOT_ID];
	symbols->no_lookup = why;
	return 0;
}
