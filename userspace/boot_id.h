/* SPDX-License-Identifier: GPL-2.0-only */
/* Which boot of the machine this is. */
#ifndef MNTPROP_BOOT_ID_H
#define MNTPROP_BOOT_ID_H

#define BOOT_ID_LENGTH 36

/* Sets @id to the text of it.  Returns 0, or -1 if /proc does not tell. */
int boot_id_read(char id[BOOT_ID_LENGTH + 1]);

#endif
