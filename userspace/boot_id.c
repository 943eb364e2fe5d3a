// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "boot_id.h"
#include "file.h"

int boot_id_read(char id[BOOT_ID_LENGTH + 1])
{
	struct error err;
	size_t len;
	char *text;
	int rc = -1;

	if (file_read("/proc/sys/kernel/random/boot_id", &text, &len, &err))
		return -1;
	if (len > BOOT_ID_LENGTH) {
		memcpy(id, text, BOOT_ID_LENGTH);
		id[BOOT_ID_LENGTH] = 0;
		rc = strspn(id, "0123456789abcdef-") == BOOT_ID_LENGTH ? 0 : -1;
	}
	free(text);
	return rc;
}
