/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fields of the capture record that --source proc alone writes, beside those of
 * ../debugfs/format.h, as the module knows better.
 */
#ifndef MNTPROP_PROC_FIELDS_H
#define MNTPROP_PROC_FIELDS_H

/* Processes that could not be asked for their namespace; absent: none. */
#define MNTPROP_F_DENIED "denied"

/* 1: the first namespace is not known to be the initial one. */
#define MNTPROP_F_NO_INIT "no_init"

#endif
