/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether kallsyms_lookup_name() may be called through the address that a
 * kprobe found. A decision about facts, without effects; the tests make it on
 * the host.
 */
#ifndef MNTPROP_POLICY_H
#define MNTPROP_POLICY_H

#include "hosted.h"

/**
 * struct mntprop_call_facts - what the decision depends on
 * @kcfi:	the compiler checks the types of indirect calls (CONFIG_CFI)
 * @bti:	arm64: an indirect branch must land on a BTI (CONFIG_ARM64_BTI_KERNEL)
 * @ibt:	x86: an indirect branch must land on an ENDBR, and the CPU enforces it
 * @probed:	a kprobe could be put on the function
 * @at_entry:	the function's first byte is known by it
 */
struct mntprop_call_facts {
	bool kcfi;
	bool bti;
	bool ibt;
	bool probed;
	bool at_entry;
};

/**
 * mntprop_call_forbidden() - why the call must not be made
 * @f:	the facts
 *
 * The function is exported to nobody, so it may have no landing pad.
 *
 * Return: the reason, as a noun, or NULL if the call may be made.
 */
static inline const char *
mntprop_call_forbidden(const struct mntprop_call_facts *f)
{
	if (f->kcfi)
		return "kCFI";
	if (f->bti)
		return "BTI";
	if (f->ibt)
		return "IBT";
	if (!f->probed)
		return "a kernel without kprobes";
	if (!f->at_entry)
		return "a kprobe that does not tell where the function starts";
	return NULL;
}

#endif
