/* SPDX-License-Identifier: GPL-2.0-only */
/* BTF that the module carries: empty when it was built from headers alone. */
#include <linux/linkage.h>

	.section .rodata, "a"
	.balign 8
	.globl mntprop_carried_btf
mntprop_carried_btf:
#ifdef MNTPROP_CARRIED_BTF
	.incbin MNTPROP_CARRIED_BTF
#endif
	.globl mntprop_carried_btf_end
mntprop_carried_btf_end:
	.section .note.GNU-stack, "", %progbits
