/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MNTPROP_SHELL_H
#define MNTPROP_SHELL_H

#include "text.h"

/**
 * shell_add_word() - quote a word of a command that is to be run by a shell
 * @out:	where it is added, with a blank before it
 * @word:	any bytes
 *
 * Everything that proposes a command uses this.  A shell that reads what is
 * printed gets exactly @word: what cannot be printed, and what an encoded text
 * shows in another way, is in $'...', which POSIX has since 2024 and bash, zsh,
 * busybox and mksh for longer.
 */
void shell_add_word(struct text *out, const char *word);

#endif
