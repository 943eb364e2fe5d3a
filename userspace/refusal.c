// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fatal.h"
#include "refusal.h"
#include "world.h"

#define SPEAKER "mntprop: "

/* Where the kernel says why it takes no signature: kernel/module/signing.c. */
#define REJECTED " is rejected"

#define CONFINED                      \
	"CAP_SYS_MODULE is missing; " \
	"run it as root of the machine, not of a container"
#define POLICY                                          \
	"a security module of this kernel forbids it; " \
	"its log says which: dmesg, journalctl -k"

#define LOCKED_DOWN "is locked down, as with Secure Boot, and "
#define TAKES "takes signed modules only"
#define HOW_TO_SIGN "make sign KEY=FILE CERT=FILE"
#define UNSIGNED                                             \
	"it is not signed, and this kernel %s; " HOW_TO_SIGN \
	" signs it, with a key that is enrolled (mokutil --import)"
#define UNKNOWN_KEY                                                                 \
	"it is signed with a key that is not enrolled ('%s'), and this kernel %s; " \
	"mokutil --import its certificate (of DKMS: /var/lib/dkms/mok.pub) and reboot"
#define UNKNOWN_CRYPTO                                                       \
	"it is signed in a way that this kernel does not know; " HOW_TO_SIGN \
	" takes the one in its configuration"
#define CHANGED                                 \
	"it was changed after '%s' signed it; " \
	"build it anew, then " HOW_TO_SIGN
#define BROKEN                                     \
	"what stands at its end is no signature; " \
	"build it anew, then " HOW_TO_SIGN

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

void refusal_hear(int kmsg, struct refusal *r)
{
	char record[8192], *text;
	ssize_t n;

	*r = (struct refusal){};
	if (kmsg < 0)
		return;
	/* EPIPE: some records are gone, the next read goes on after them */
	while ((n = read(kmsg, record, sizeof(record) - 1)) > 0 ||
	       (n < 0 && errno == EPIPE)) {
		record[n < 0 ? 0 : n] = 0;
		text = strchr(record, ';');
		if (!text)
			continue;
		text++;
		text[strcspn(text, "\n")] = 0;
		if (strstr(text, REJECTED))
			snprintf(r->rejected, sizeof(r->rejected), "%s", text);
		else if (!strncmp(text, SPEAKER, strlen(SPEAKER)) &&
			 !is_usual(text))
			snprintf(r->said, sizeof(r->said), "%s",
				 text + strlen(SPEAKER));
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

/* What has to be so for any module, whatever it is: NULL if it is. */
static const char *forbidden(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct caps[2] = {};
	struct stat st;

	if (geteuid())
		return "only root may; run it as root";
	if (syscall(SYS_capget, &header, caps) ||
	    !(caps[0].effective & 1U << CAP_SYS_MODULE) ||
	    stat("/proc/self/ns/user", &st) || st.st_ino != WORLD_INIT_USER_NS)
		return CONFINED;
	if (says("/proc/sys/kernel/modules_disabled", "1"))
		return "kernel.modules_disabled is set; it stays so until the next boot";
	return NULL;
}

const char *refusal_explain(int e)
{
	const char *why;

	switch (e) {
	case EPERM:
		why = forbidden();
		return why ? why : POLICY;
	case EBUSY:
		return "it is being loaded or removed just now; try again";
	}
	return strerror(e);
}

/*
 * EPERM comes of a kernel that is locked down, EKEYREJECTED of module.sig_enforce,
 * for a module without a signature or by a key that it does not have.  If the
 * signature does not fit the file EKEYREJECTED comes of any kernel.
 */
char *refusal_of_signature(int e, const struct refusal *r, const char *signer)
{
	bool locked_down = is_locked_down();
	const char *kernel = locked_down ? LOCKED_DOWN TAKES : TAKES;
	char *why;
	int n;

	if (e == EPERM && (!locked_down || forbidden()))
		return NULL;
	if (e != EPERM && e != EKEYREJECTED && e != EBADMSG)
		return NULL;
	if (e == EBADMSG)
		n = asprintf(&why, BROKEN);
	else if (!signer)
		n = asprintf(&why, UNSIGNED, kernel);
	else if (strstr(r->rejected, "unsupported crypto"))
		n = asprintf(&why, UNKNOWN_CRYPTO);
	else if (e == EPERM || strstr(r->rejected, "unavailable key"))
		n = asprintf(&why, UNKNOWN_KEY, signer, kernel);
	else
		n = asprintf(&why, CHANGED, signer);
	if (n < 0)
		out_of_memory();
	return why;
}
