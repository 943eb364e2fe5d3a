// SPDX-License-Identifier: GPL-2.0-only
/* sys CALL ARGUMENT... [, CALL ARGUMENT...]: until one fails.  enter
 * PID: goes to where the process is; hold: waits with what is open.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
	const char *name;
	long nr;
} calls[] = {
	{ "chroot", SYS_chroot },	{ "close", SYS_close },
	{ "fsconfig", SYS_fsconfig },	{ "fsmount", SYS_fsmount },
	{ "fsopen", SYS_fsopen },	{ "mkdirat", SYS_mkdirat },
	{ "mknodat", SYS_mknodat },	{ "mount", SYS_mount },
	{ "mount_setattr", 442 },	{ "move_mount", SYS_move_mount },
	{ "open_tree", SYS_open_tree }, { "open_tree_attr", 467 },
	{ "openat", SYS_openat },	{ "pivot_root", SYS_pivot_root },
	{ "renameat2", SYS_renameat2 }, { "setns", SYS_setns },
	{ "umount2", SYS_umount2 },	{ "unlinkat", SYS_unlinkat },
	{ "unshare", SYS_unshare },	{ NULL, -1 },
};

/* Namespaces and working directory of a process; its user namespace may be this one's. */
static int enter(const char *pid)
{
	static const char *const names[] = { "cwd", "ns/mnt", "ns/user" };
	int fds[3], i, rc;
	char path[64];

	for (i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "/proc/%s/%s", pid, names[i]);
		fds[i] = open(path, O_RDONLY);
	}
	syscall(SYS_setns, fds[2], 0);
	rc = syscall(SYS_setns, fds[1], 0) || fchdir(fds[0]);
	while (i)
		close(fds[--i]);
	return rc ? -1 : 0;
}

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
		if (!strcmp(name, "enter"))
			rc = enter(argv[i - 1]);
		else
			rc = syscall(calls[c].nr, a[0], a[1], a[2], a[3], a[4],
				     a[5]);
		if (rc < 0) {
			puts(strerror(errno));
			return 1;
		}
	}
	puts("ok");
	return 0;
}
