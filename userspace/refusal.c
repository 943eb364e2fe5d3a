// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "refusal.h"

#define SPEAKER "mntprop: "

#define LOCKED_DOWN                                                  \
	"this kernel is locked down and takes signed modules only; " \
	"sign it with a key that is enrolled (mokutil --import), "   \
	"or boot without Secure Boot and lockdown="
#define UNSIGNED                                                           \
	"this kernel takes only modules with a signature that it trusts; " \
	"sign it with a key that is enrolled (mokutil --import), "         \
	"or boot without module.sig_enforce"
#define CONFINED                      \
	"CAP_SYS_MODULE is missing; " \
	"run it as root of the machine, not of a container"

int refusal_listen(void)
{
	int kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (kmsg >= 0)
		lseek(kmsg, 0, SEEK_END);
	return kmsg;
}

/* What the kernel says of any module like ours, loaded or not. */
static bool is_usual(const char *text)
{
	return strstr(text, "taints kernel") || strstr(text, "tainting kernel");
}

void refusal_hear(int kmsg, char *said, size_t size)
{
	char record[8192], *text;
	ssize_t n;

	*said = 0;
	if (kmsg < 0)
		return;
	/* EPIPE: some records are gone, the next read goes on after them */
	while ((n = read(kmsg, record, sizeof(record) - 1)) > 0 ||
	       (n < 0 && errno == EPIPE)) {
		record[n < 0 ? 0 : n] = 0;
		text = strchr(record, ';');
		if (!text || strncmp(text + 1, SPEAKER, strlen(SPEAKER)))
			continue;
		text += 1 + strlen(SPEAKER);
		text[strcspn(text, "\n")] = 0;
		if (!is_usual(text))
			snprintf(said, size, "%s", text);
	}
	close(kmsg);
}

/* Whether a small file of the kernel's has @word in it. */
static bool says(const char *path, const char *word)
{
	char text[256] = "";
	FILE *f = fopen(path, "re");

	if (!f)
		return false;
	if (!fgets(text, sizeof(text), f))
		text[0] = 0;
	fclose(f);
	return strstr(text, word);
}

static bool is_locked_down(void)
{
	const char *file = "/sys/kernel/security/lockdown";

	return says(file, "[integrity]") || says(file, "[confidentiality]");
}

const char *refusal_explain(int e)
{
	switch (e) {
	case EPERM:
		if (geteuid())
			return "only root may; run it as root";
		if (says("/proc/sys/kernel/modules_disabled", "1"))
			return "kernel.modules_disabled is set; it stays so until the next boot";
		if (is_locked_down())
			return LOCKED_DOWN;
		return CONFINED;
	case EKEYREJECTED:
	case ENOKEY:
	case EBADMSG:
	case ENODATA:
	case ENOPKG:
		return UNSIGNED;
	case EBUSY:
		return "it is being loaded or removed just now; try again";
	}
	return strerror(e);
}
