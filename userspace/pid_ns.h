/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MNTPROP_PID_NS_H
#define MNTPROP_PID_NS_H

#include <stdbool.h>
#include <sys/stat.h>

/* Its inode number (PROC_PID_INIT_INO of <linux/proc_ns.h>). */
#define INIT_PID_NS 0xEFFFFFFCU

/* Whether @file, a /proc/PID/ns/pid, is known to be of the initial one. */
static inline bool is_init_pid_ns(const char *file)
{
	struct stat st;

	return !stat(file, &st) && st.st_ino == INIT_PID_NS;
}

#endif
