// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "neighbour.h"
#include "util.h"

#define NEIGHBOUR_UID 1000

/* Files that a process needs besides those that hold mounts. */
#define SPARE_FILES 64

/* Directories of a path that one system call takes: "d/" each, within PATH_MAX. */
#define DIRECTORIES_AT_ONCE 2000

/* The tree in which all happens, and where it is copied to. */
#define TREE "/mnt"
#define COPY "/mnt/copy"

/* In the deepest directory: what is bound, where it is bound first, what is in it. */
#define SOURCE "s"
#define FIRST "first"
#define INSIDE "inside"

static void map_own_id(const char *file, uid_t outside)
{
	char path[64], line[32];

	snprintf(path, sizeof(path), "/proc/self/%s", file);
	snprintf(line, sizeof(line), "0 %u 1\n", outside);
	must_write(path, line);
}

/* Without any privilege; the user stays who it was outside. */
static void new_namespaces(void)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS))
		die("unshare as uid %d", uid);
	must_write("/proc/self/setgroups", "deny");
	map_own_id("uid_map", uid);
	map_own_id("gid_map", gid);
	/* A change of credentials clears it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static void become_unprivileged(void)
{
	if (setgroups(0, NULL) ||
	    setresgid(NEIGHBOUR_UID, NEIGHBOUR_UID, NEIGHBOUR_UID) ||
	    setresuid(NEIGHBOUR_UID, NEIGHBOUR_UID, NEIGHBOUR_UID))
		die("setresuid");
	/* Or /proc/self belongs to root, and with it uid_map. */
	prctl(PR_SET_DUMPABLE, 1);
}

/* In steps: the path is longer than a system call takes. */
static void enter_deepest(const char *top, unsigned int depth)
{
	char path[2 * DIRECTORIES_AT_ONCE + 1] = "";
	unsigned int n, i;

	if (chdir(top))
		die("chdir %s", top);
	for (; depth; depth -= n) {
		n = depth < DIRECTORIES_AT_ONCE ? depth : DIRECTORIES_AT_ONCE;
		for (i = 0; i < n; i++)
			strcpy(path + 2 * i, "d/");
		if (chdir(path))
			die("chdir %u directories down", n);
	}
}

static void make_deepest(unsigned int depth)
{
	unsigned int i;

	for (i = 0; i < depth; i++) {
		if (mkdir("d", 0755) || chdir("d"))
			die("mkdir at depth %u", i);
	}
	must_mkdir(SOURCE);
	must_write(SOURCE "/" INSIDE, "");
}

/*
 * Bound from a mount without children: of one with many the kernel looks at each, all
 * the way up, and the neighbour would wait for itself.
 */
static void make_mounts(const struct neighbour_plan *plan)
{
	unsigned int i;
	char name[16];

	must_mkdir(FIRST);
	must_bind(SOURCE, FIRST);
	if (plan->slaves)
		must_make(FIRST, MS_SHARED);
	for (i = 0; i < plan->mounts; i++) {
		snprintf(name, sizeof(name), "%u", i);
		must_mkdir(name);
		must_bind(FIRST, name);
		if (plan->slaves)
			must_make(name, MS_SLAVE);
	}
}

static int must_open(const char *path)
{
	int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		die("open %s", path);
	return fd;
}

/*
 * A copy of all mounts, unmounted while files hold it: one, or one for each mount from
 * @first on, at most @max. Returns how many mounts these files name.
 */
static unsigned int hold_copy(const struct neighbour_plan *plan, bool each,
			      unsigned int first, unsigned int max)
{
	unsigned int i, end = first;
	char name[16];

	must_mount(TREE, COPY, NULL, MS_BIND | MS_REC, NULL);
	if (each) {
		end = first + max < plan->mounts ? first + max : plan->mounts;
		enter_deepest(COPY, plan->depth);
		for (i = first; i < end; i++) {
			snprintf(name, sizeof(name), "%u", i);
			must_open(name);
		}
		if (chdir("/"))
			die("chdir /");
	} else {
		must_open(COPY);
	}
	must_umount(COPY, MNT_DETACH);
	return end - first;
}

/*
 * Mounts that the user namespace's creator has made are locked, and before 7.3
 * unmounting leaves them together: the file that holds the root of a copy holds all.
 */
static bool copies_stay_together(const struct neighbour_plan *plan)
{
	char name[16];
	bool together;
	int fd;

	must_mount(TREE, COPY, NULL, MS_BIND | MS_REC, NULL);
	enter_deepest(COPY, plan->depth);
	fd = must_open(".");
	if (chdir("/"))
		die("chdir /");
	must_umount(COPY, MNT_DETACH);
	snprintf(name, sizeof(name), "0/%s", INSIDE);
	together = !faccessat(fd, name, F_OK, 0);
	close(fd);
	return together;
}

static unsigned int free_files(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		die("getrlimit");
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	return limit.rlim_max - SPARE_FILES;
}

/* In a process that was forked for it. */
static void hold_some(const struct neighbour_plan *plan, unsigned int wanted)
{
	unsigned int n, held;

	for (held = 0; held < wanted; held += n)
		n = hold_copy(plan, true, held % plan->mounts, wanted - held);
}

static void report(int to, unsigned int value)
{
	if (write(to, &value, sizeof(value)) != sizeof(value))
		die("write to a pipe");
}

static unsigned int hear(int from, const char *what)
{
	unsigned int value;

	if (read(from, &value, sizeof(value)) != sizeof(value)) {
		errno = 0;
		die("%s ended early", what);
	}
	return value;
}

/* Returns 0 in the new process, which reports to @to when it is ready. */
static pid_t start(void)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return pid;
}

static void __attribute__((noreturn)) wait_for_the_end(void)
{
	for (;;)
		pause();
}

/* Returns the number of files. */
static unsigned int hold_unattached(const struct neighbour_plan *plan)
{
	unsigned int room = free_files(), held, n, files = 0;
	int talk[2];

	if (copies_stay_together(plan)) {
		for (held = 0; held < plan->unattached; held += plan->mounts) {
			hold_copy(plan, false, 0, 0);
			files++;
		}
		return files;
	}
	if (pipe2(talk, O_CLOEXEC))
		die("pipe");
	for (held = 0; held < plan->unattached; held += n) {
		n = plan->unattached - held;
		if (n > room)
			n = room;
		if (!start()) {
			close(talk[0]);
			hold_some(plan, n);
			report(talk[1], n);
			wait_for_the_end();
		}
		files += hear(talk[0], "a holder of mounts");
	}
	close(talk[0]);
	close(talk[1]);
	return files;
}

static void start_namespaces(const struct neighbour_plan *plan, int to)
{
	unsigned int i;
	int ready[2];

	if (pipe2(ready, O_CLOEXEC))
		die("pipe");
	for (i = 0; i < plan->namespaces; i++) {
		if (!start()) {
			new_namespaces();
			report(ready[1], getpid());
			wait_for_the_end();
		}
		report(to, hear(ready[0], "one with a namespace of its own"));
	}
	close(ready[0]);
	close(ready[1]);
}

/* Doubles the mounts a few times, and unmounts them all. */
static void __attribute__((noreturn)) mount_in_a_loop(void)
{
	new_namespaces();
	for (;;) {
		must_mount(TREE, COPY, NULL, MS_BIND | MS_REC, NULL);
		mount(COPY, COPY, NULL, MS_BIND | MS_REC, NULL);
		while (!umount2(COPY, MNT_DETACH))
			;
	}
}

static void __attribute__((noreturn))
be_neighbour(const struct neighbour_plan *plan, int to)
{
	unsigned int i;

	become_unprivileged();
	new_namespaces();
	must_mount("neighbour", TREE, "tmpfs", 0, NULL);
	must_mkdir(COPY);
	if (chdir(TREE))
		die("chdir " TREE);
	make_deepest(plan->depth);
	make_mounts(plan);
	if (chdir("/"))
		die("chdir /");
	/*
	 * The mounts become locked. Slaves would lose their master: it stays behind, in a
	 * namespace without a process.
	 */
	if (!plan->slaves)
		new_namespaces();
	report(to, plan->unattached ? hold_unattached(plan) : 0);
	start_namespaces(plan, to);
	for (i = 0; i < plan->loops; i++) {
		if (!start())
			mount_in_a_loop();
	}
	wait_for_the_end();
}

void neighbour_start(struct neighbour *n, const struct neighbour_plan *plan)
{
	unsigned int i;
	int talk[2];

	if (pipe2(talk, O_CLOEXEC))
		die("pipe");
	n->pid = start();
	if (!n->pid) {
		close(talk[0]);
		be_neighbour(plan, talk[1]);
	}
	close(talk[1]);
	n->files = hear(talk[0], "the neighbour");
	n->pids = calloc(plan->namespaces + 1, sizeof(*n->pids));
	if (!n->pids)
		die("calloc");
	for (i = 0; i < plan->namespaces; i++)
		n->pids[i] = hear(talk[0], "the neighbour");
	close(talk[0]);
}

void neighbour_stop(struct neighbour *n)
{
	if (n->pid > 0)
		child_stop(n->pid);
	free(n->pids);
	*n = (struct neighbour){};
}
