// SPDX-License-Identifier: GPL-2.0-only
/* sys CALL ARGUMENT... [, CALL ARGUMENT...]: until one fails; hold: waits with what is open. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
	const char *name;
	long nr;
} calls[] = {
	{ "chroot", SYS_chroot },	{ "fsconfig", SYS_fsconfig },
	{ "fsmount", SYS_fsmount },	{ "fsopen", SYS_fsopen },
	{ "mount", SYS_mount },		{ "move_mount", SYS_move_mount },
	{ "open_tree", SYS_open_tree }, { "openat", SYS_openat },
	{ "mount_setattr", 442 },	{ "pivot_root", SYS_pivot_root },
	{ "umount2", SYS_umount2 },	{ "renameat2", SYS_renameat2 },
	{ "unlinkat", SYS_unlinkat },	{ NULL, -1 },
};

int main(int argc, char **argv)
{
	int i, n, c;

	for (i = 1; i < argc; i++) {
		const char *name = argv[i];
		unsigned long long attr[4] = { 0 };
		long a[6] = { 0 }, rc;

		for (n = 0; ++i < argc && strcmp(argv[i], ",") && n < 6; n++) {
			char *end;

			a[n] = strtol(argv[i], &end, 0);
			if (end == argv[i] || *end)
				a[n] = (long)argv[i];
			if (sscanf(argv[i], "=%llx,%llx,%llx", &attr[0],
				   &attr[1], &attr[2]) == 3)
				a[n] = (long)attr;
		}
		if (!strcmp(name, "hold")) {
			printf("%d\n", getpid());
			fclose(stdout);
			return sleep(3600);
		}
		for (c = 0; calls[c].name && strcmp(calls[c].name, name); c++)
			;
		rc = syscall(calls[c].nr, a[0], a[1], a[2], a[3], a[4], a[5]);
		if (rc < 0) {
			puts(strerror(errno));
			return 1;
		}
	}
	puts("ok");
	return 0;
}
