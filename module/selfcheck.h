/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MNTPROP_SELFCHECK_H
#define MNTPROP_SELFCHECK_H

int mntprop_selfcheck(const char **why);

#endif
