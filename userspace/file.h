/* SPDX-License-Identifier: GPL-2.0-only */
/* Whole files, also those of the kernel that have no size to go by. */
#ifndef MNTPROP_FILE_H
#define MNTPROP_FILE_H

#include <stddef.h>

#include "snapshot.h"

/*
 * Sets @text to what can be read, which the caller frees, and @len to its
 * length.  @name is what to call it in messages.  Returns 0, or -1 with @err set.
 */
int file_read_fd(int fd, const char *name, char **text, size_t *len,
		 struct error *err);
int file_read(const char *path, char **text, size_t *len, struct error *err);

#endif
