/* SPDX-License-Identifier: GPL-2.0-only */
/* Whole files, also those of the kernel that have no size to go by. */
#ifndef MNTPROP_FILE_H
#define MNTPROP_FILE_H

#include <stddef.h>

#include "snapshot.h"

/*
 * Sets @text to what can be read, which the caller frees, and @len to its
 * length.  @name is what to call it in messages.  Of what does not begin with
 * @magic, if that is not NULL, no more than the beginning is read.  Returns 0, or
 * -1 with @err set.
 */
int file_read_fd(int fd, const char *name, const char *magic, char **text,
		 size_t *len, struct error *err);
int file_read(const char *path, char **text, size_t *len, struct error *err);

/**
 * file_write() - put a file in place
 * @path:	its name; "-" is stdout
 * @text:	what is to be in it
 * @len:	its length
 * @mode:	of a file, whatever the umask
 * @err:	what went wrong
 *
 * All of it appears under the name, or nothing does, and what was there stays.
 * What is there and is no regular file is not replaced.
 *
 * Return: 0, or -1 with @err set.
 */
int file_write(const char *path, const char *text, size_t len, mode_t mode,
	       struct error *err);

#endif
