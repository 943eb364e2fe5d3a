/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MNTPROP_ESCAPE_H
#define MNTPROP_ESCAPE_H

#include <stdio.h>

/* Writes a value as snapshots have it (debugfs/ABI): one word, on one line. */
void escape_write(FILE *f, const char *value);

#endif
