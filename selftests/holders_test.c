// SPDX-License-Identifier: GPL-2.0-only
/*
 * Somebody keeps a filesystem, in each way there is; mntprop holders must name
 * him, and say what umount(2) then says.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kconfig.h"
#include "kselftest_harness.h"
#include "module.h"
#include "tool.h"
#include "util.h"

#define PLACE "/mnt/held"
#define FILE_THERE PLACE "/file"

/* of the file of a loop device, in bytes */
#define LOOP_SIZE 1048576

#define WAIT_US 20000
#define WAITS 250

/* Does @work(arg) in a process of the same namespaces, which then waits. */
static pid_t user_start(void (*work)(void *arg), void *arg)
{
	int fds[2];
	char c;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC))
		die("pipe");
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid) {
		close(fds[0]);
		work(arg);
		close(fds[1]);
		for (;;)
			pause();
	}
	close(fds[1]);
	/* closed when it is ready, by execve(2) too, or has died */
	if (read(fds[0], &c, 1))
		die("read");
	close(fds[0]);
	if (waitpid(pid, NULL, WNOHANG))
		die("a user ended early");
	return pid;
}

static int must_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CREAT | O_CLOEXEC, 0755);

	if (fd < 0)
		die("%s", path);
	return fd;
}

static void be_in(void *unused)
{
	(void)unused;
	if (chdir(PLACE))
		die("chdir");
}

static void have_root(void *unused)
{
	(void)unused;
	if (chroot(PLACE))
		die("chroot");
}

static void have_open(void *unused)
{
	int fd = must_open(FILE_THERE, O_RDWR);

	(void)unused;
	if (dup2(fd, 77) < 0)
		die("dup2");
	close(fd);
}

static void have_mapped(void *unused)
{
	int fd = must_open(FILE_THERE, O_RDWR);

	(void)unused;
	if (ftruncate(fd, 4096) ||
	    mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED)
		die("mmap");
	close(fd);
}

static void have_bound(void *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", (char *)path);
	if (fd < 0 || unshare(CLONE_NEWNET) ||
	    bind(fd, (struct sockaddr *)&at, sizeof(at)) || dup2(fd, 77) < 0)
		die("a bound socket");
	close(fd);
}

static void be_program(void *program)
{
	execl(program, program, "1000", NULL);
	die("%s", (char *)program);
}

FIXTURE(holders)
{
	char device[32];
	pid_t child;
};

FIXTURE_SETUP(holders)
{
	struct stat st;

	self->child = 0;
	own_namespace(MS_PRIVATE);
	must_mkdir(PLACE);
	must_mount("held", PLACE, "tmpfs", 0, NULL);
	if (stat(PLACE, &st))
		die("stat");
	snprintf(self->device, sizeof(self->device), "%u:%u", major(st.st_dev),
		 minor(st.st_dev));
}

FIXTURE_TEARDOWN(holders)
{
	if (self->child)
		child_stop(self->child);
}

#define holders(what)                         \
	tool_run("holders", what, "-P", "-o", \
		 "KIND,PID,TID,NS,BUSY,USE,HOLDER", NULL)

/* Whether the first line that it prints for people is, but for the path, this. */
/* It is in the first line that is no warning. */
static bool verdict(const char *what, const char *want)
{
	static const char warning[] = "mntprop: ";
	char *line = tool_said;

	tool_run("holders", what, NULL);
	while (!strncmp(line, warning, strlen(warning)) && strchr(line, '\n'))
		line = strchr(line, '\n') + 1;
	line[strcspn(line, "\n")] = 0;
	return strstr(line, want);
}

static bool names(const char *kind, pid_t pid, pid_t tid, bool busy,
		  const char *use)
{
	char row[256], *line, *next;

	snprintf(row, sizeof(row), "KIND=\"%s\" PID=\"%d\" TID=\"%d\" ", kind,
		 pid, tid);
	for (line = tool_said; line && *line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next = 0;
		if (!strncmp(line, row, strlen(row))) {
			snprintf(row, sizeof(row), " BUSY=\"%d\" USE=\"%s\"",
				 busy, use);
			line = strstr(line, row) ? line : NULL;
			if (next)
				*next = '\n';
			return line;
		}
		if (next)
			*next++ = '\n';
	}
	return false;
}

static void __expect_names(struct __test_metadata *_metadata, const char *kind,
			   pid_t pid, pid_t tid, bool busy, const char *use)
{
	EXPECT_TRUE(names(kind, pid, tid, busy, use))
	{
		TH_LOG("said: %s", tool_said);
	}
}

#define expect_names(...) __expect_names(_metadata, __VA_ARGS__)

/* The last reference may be dropped by a worker of the kernel's. */
static bool is_free(const char *device)
{
	int i;

	for (i = 0; i < WAITS; i++) {
		if (!tool_run("holders", device, NULL))
			return strstr(tool_said, "nobody holds it");
		usleep(WAIT_US);
	}
	return false;
}

static bool umount_says(int error)
{
	return error ? umount2(PLACE, 0) && errno == error : !umount2(PLACE, 0);
}

static void copy_file(const char *from, const char *to)
{
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = must_open(to, O_WRONLY);
	char buf[65536];
	ssize_t n;

	while ((n = read(in, buf, sizeof(buf))) > 0) {
		if (write(out, buf, n) != n)
			die("write %s", to);
	}
	if (n)
		die("read %s", from);
	close(in);
	close(out);
}

static const struct {
	void (*work)(void *arg);
	const char *use;
} ways[] = {
	{ be_in, "cwd" },	{ have_root, "root" }, { have_open, "fd 77" },
	{ have_mapped, "map" }, { be_program, "exe" },
};

TEST_F(holders, each_use_is_named)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		pid_t pid;

		if (ways[i].work == be_program)
			copy_file("/bin/sleep", PLACE "/sleep");
		EXPECT_EQ(0, holders(PLACE))
		{
			TH_LOG("before %s: %s", ways[i].use, tool_said);
		}
		pid = user_start(ways[i].work, PLACE "/sleep");
		EXPECT_EQ(1, holders(PLACE));
		expect_names("process", pid, pid, true, ways[i].use);
		EXPECT_TRUE(verdict(PLACE, "EBUSY"));
		EXPECT_TRUE(umount_says(EBUSY));
		child_stop(pid);
	}
	EXPECT_TRUE(verdict(PLACE, "would succeed, and free the filesystem"));
	EXPECT_TRUE(umount_says(0));
	EXPECT_TRUE(is_free(self->device));
}

TEST_F(holders, mounted_below)
{
	must_mkdir(PLACE "/sub");
	must_mount("sub", PLACE "/sub", "tmpfs", 0, NULL);
	EXPECT_EQ(1, holders(PLACE));
	EXPECT_NE(NULL, strstr(tool_said, "KIND=\"below\""));
	EXPECT_TRUE(verdict(PLACE, "mounted below it: " PLACE "/sub"));
	EXPECT_TRUE(umount_says(EBUSY));
	must_umount(PLACE "/sub", 0);
	EXPECT_EQ(0, holders(PLACE));
	EXPECT_TRUE(umount_says(0));
}

static void make_private(void *unused)
{
	(void)unused;
	must_mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

/* A namespace that was made meanwhile has a copy, and does not see the umount. */
TEST_F(holders, private_copy_leaks)
{
	char row[64];
	struct stat st;

	self->child = child_start(0, make_private, NULL);
	snprintf(row, sizeof(row), "/proc/%d/ns/mnt", self->child);
	if (stat(row, &st))
		die("stat %s", row);
	snprintf(row, sizeof(row), "NS=\"%lu\"", (unsigned long)st.st_ino);

	EXPECT_EQ(1, holders(PLACE));
	EXPECT_NE(NULL, strstr(tool_said, row));
	EXPECT_TRUE(verdict(PLACE, "stays mounted in 1 other place"));
	EXPECT_TRUE(umount_says(0));

	EXPECT_EQ(1, holders("held"));
	EXPECT_NE(NULL, strstr(tool_said, row));
	EXPECT_TRUE(verdict(self->device, "mounted in 1 place"));
	child_stop(self->child);
	self->child = 0;
	EXPECT_TRUE(is_free(self->device));
}

/* One that would go with it is used. */
TEST_F(holders, copy_in_use)
{
	must_make("/mnt", MS_SHARED);
	self->child = child_start(0, be_in, NULL);
	EXPECT_EQ(1, holders(PLACE));
	expect_names("process", self->child, self->child, true, "cwd");
	EXPECT_TRUE(verdict(PLACE, "EBUSY: a copy that would go with it"))
	{
		TH_LOG("%s", tool_said);
	}
	EXPECT_TRUE(umount_says(EBUSY));
	child_stop(self->child);
	self->child = 0;
	EXPECT_EQ(0, holders(PLACE));
	EXPECT_TRUE(umount_says(0));
}

/* The same when nothing propagates: it is used there, and not in the way. */
TEST_F(holders, private_copy_in_use)
{
	self->child = child_start(0, be_in, NULL);
	EXPECT_EQ(1, holders(PLACE));
	expect_names("process", self->child, self->child, false, "cwd");
	EXPECT_TRUE(verdict(PLACE, "would succeed"));
	EXPECT_TRUE(umount_says(0));
}

TEST_F(holders, lazily_unmounted)
{
	int fd = must_open(FILE_THERE, O_RDWR);
	char use[32];

	must_umount(PLACE, MNT_DETACH);
	snprintf(use, sizeof(use), "fd %d", fd);
	EXPECT_EQ(1, holders(self->device));
	expect_names("process", getpid(), getpid(), false, use);
	EXPECT_TRUE(verdict(self->device, "1 place without a path"));
	close(fd);
	EXPECT_TRUE(is_free(self->device));
}

TEST_F(holders, open_tree)
{
	int fd = syscall(SYS_open_tree, AT_FDCWD, PLACE,
			 OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	char use[32];

	if (fd < 0)
		die("open_tree");
	EXPECT_EQ(1, holders(PLACE));
	snprintf(use, sizeof(use), "fd %d", fd);
	expect_names("process", getpid(), getpid(), false, use);
	EXPECT_TRUE(umount_says(0));
	EXPECT_EQ(1, holders(self->device));
	expect_names("process", getpid(), getpid(), false, use);
	close(fd);
	EXPECT_TRUE(is_free(self->device));
}

/* What is held is the root of the tree, which is of another filesystem. */
TEST_F(holders, open_tree_above)
{
	int fd = syscall(SYS_open_tree, AT_FDCWD, "/mnt",
			 OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
	char use[32];

	if (fd < 0)
		die("open_tree");
	EXPECT_TRUE(umount_says(0));
	EXPECT_EQ(1, holders(self->device));
	snprintf(use, sizeof(use), "tree fd %d", fd);
	expect_names("process", getpid(), getpid(), false, use);
	close(fd);
	EXPECT_TRUE(is_free(self->device));
}

/* Nobody lives in the namespace, which a file descriptor keeps, or a mount. */
TEST_F(holders, namespace_kept)
{
	char path[64], use[32];
	int fd;

	self->child = child_start(0, make_private, NULL);
	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", self->child);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die("%s", path);
	close(must_open("/mnt/kept", O_RDWR));
	must_bind(path, "/mnt/kept");
	child_stop(self->child);
	self->child = 0;
	EXPECT_TRUE(umount_says(0));

	EXPECT_EQ(1, holders(self->device));
	snprintf(use, sizeof(use), "namespace fd %d", fd);
	expect_names("process", getpid(), getpid(), false, use);
	EXPECT_NE(NULL, strstr(tool_said, "HOLDER=\"/mnt/kept\""));
	close(fd);
	fd = open("/mnt/kept", O_RDONLY | O_CLOEXEC);
	EXPECT_EQ(1, holders(self->device));
	expect_names("process", getpid(), getpid(), false, use);
	close(fd);
	EXPECT_EQ(1, holders(self->device));
	EXPECT_EQ(NULL, strstr(tool_said, "KIND=\"process\""));
	must_umount("/mnt/kept", 0);
	EXPECT_TRUE(is_free(self->device));
}

/*
 * A socket has no file on the mount open that its name is on, and holds it.  Its
 * network namespace is another than that of who has it.
 */
TEST_F(holders, bound_socket)
{
	if (kconfig_known() && !kconfig_has("UNIX"))
		SKIP(return, "this kernel has no sockets (CONFIG_UNIX)");
	self->child = user_start(have_bound, PLACE "/socket");
	EXPECT_EQ(1, holders(PLACE));
	expect_names("process", self->child, self->child, true, "socket fd 77");
	EXPECT_TRUE(verdict(PLACE, "(socket fd 77)"));
	EXPECT_TRUE(umount_says(EBUSY));
	/* it holds on, and cannot be found by its name any more */
	EXPECT_EQ(0, unlink(PLACE "/socket"));
	EXPECT_TRUE(verdict(PLACE, "unlinked AF_UNIX socket"));
	EXPECT_TRUE(umount_says(EBUSY));
	child_stop(self->child);
	self->child = 0;
	EXPECT_EQ(0, holders(PLACE));
	EXPECT_TRUE(umount_says(0));
}

/* A file that is sent and not received yet is nobody's. */
TEST_F(holders, in_flight)
{
	int ends[2], fd = must_open(FILE_THERE, O_RDWR);
	char space[CMSG_SPACE(sizeof(fd))] = "";
	struct iovec byte = { .iov_base = "", .iov_len = 1 };
	struct msghdr msg = { .msg_iov = &byte,
			      .msg_iovlen = 1,
			      .msg_control = space,
			      .msg_controllen = sizeof(space) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	if (kconfig_known() && !kconfig_has("UNIX"))
		SKIP(return, "this kernel has no sockets (CONFIG_UNIX)");
	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) ||
	    sendmsg(ends[0], &msg, 0) != 1)
		die("sendmsg");
	close(fd);
	EXPECT_EQ(1, holders(PLACE));
	EXPECT_EQ(NULL, strstr(tool_said, "KIND=\"process\""));
	EXPECT_TRUE(verdict(PLACE, "nobody that was found"));
	EXPECT_TRUE(umount_says(EBUSY));
	close(ends[1]);
	EXPECT_EQ(0, holders(PLACE));
	EXPECT_TRUE(umount_says(0));
}

/* A loop device whose file is @path, or -1: this kernel has none. */
static int loop_over(const char *path, char *name, size_t size)
{
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	int number, fd, file;

	if (control < 0)
		return -1;
	number = ioctl(control, LOOP_CTL_GET_FREE);
	close(control);
	snprintf(name, size, "/dev/loop%d", number);
	fd = open(name, O_RDWR | O_CLOEXEC);
	file = must_open(path, O_RDWR);
	if (ftruncate(file, LOOP_SIZE) || fd < 0 ||
	    ioctl(fd, LOOP_SET_FD, file))
		die("%s", name);
	close(file);
	return fd;
}

/* Of a kernel's user: the path of its file, and whether it is in the way. */
static bool names_kernel(const char *comm, const char *use, const char *file)
{
	static const char format[] =
		"KIND=\"kernel\" COMM=\"%s\" BUSY=\"1\" USE=\"%s\" FILES=\"%s\"";
	char row[256];

	tool_run("holders", PLACE, "-P", "-o", "KIND,COMM,BUSY,USE,FILES",
		 NULL);
	snprintf(row, sizeof(row), format, comm, use, file);
	return strstr(tool_said, row);
}

/* No process has the file of a loop device open. */
TEST_F(holders, loop_device)
{
	char name[32], said[64];
	int fd = loop_over(FILE_THERE, name, sizeof(name));

	if (fd < 0)
		SKIP(return, "no loop devices (CONFIG_BLK_DEV_LOOP)");
	EXPECT_TRUE(names_kernel(name + 5, "loop device", FILE_THERE))
	{
		TH_LOG("said: %s", tool_said);
	}
	snprintf(said, sizeof(said), "uses it: %s (loop device)", name + 5);
	EXPECT_TRUE(verdict(PLACE, said));
	EXPECT_TRUE(umount_says(EBUSY));

	/* by another path of ours, which is not the one it was opened by */
	must_mkdir("/mnt/elsewhere");
	must_bind(PLACE, "/mnt/elsewhere");
	must_mount("over", PLACE, "tmpfs", 0, NULL);
	tool_run("holders", self->device, "-P", "-o", "KIND,COMM,USE", NULL);
	EXPECT_NE(NULL, strstr(tool_said, "of another namespace"))
	{
		TH_LOG("said: %s", tool_said);
	}
	must_umount(PLACE, 0);
	must_umount("/mnt/elsewhere", 0);

	if (ioctl(fd, LOOP_CLR_FD))
		die("LOOP_CLR_FD");
	close(fd);
	EXPECT_EQ(0, holders(PLACE));
	EXPECT_TRUE(umount_says(0));
	EXPECT_TRUE(is_free(self->device));
}

/* The head of a swap area, as include/linux/swap.h has it: union swap_header. */
static void make_swap(int fd)
{
	unsigned int info[] = { 1, LOOP_SIZE / 4096 - 1, 0 };

	if (pwrite(fd, info, sizeof(info), 1024) != sizeof(info) ||
	    pwrite(fd, "SWAPSPACE2", 10, 4096 - 10) != 10)
		die("mkswap");
}

/* A device that is swap holds the filesystem that its node is on. */
TEST_F(holders, swap)
{
	char name[32], node[64];
	int fd = loop_over("/mnt/swap", name, sizeof(name));

	if (fd < 0)
		SKIP(return, "no loop devices (CONFIG_BLK_DEV_LOOP)");
	make_swap(fd);
	must_umount(PLACE, 0);
	must_mount("nodes", PLACE, "devtmpfs", 0, NULL);
	snprintf(node, sizeof(node), PLACE "/%s", name + 5);
	EXPECT_EQ(0, swapon(node, 0));
	EXPECT_TRUE(names_kernel("swap", "swap", node))
	{
		TH_LOG("said: %s", tool_said);
	}
	EXPECT_TRUE(verdict(PLACE, "uses it: swap (swap)"));
	EXPECT_TRUE(umount_says(EBUSY));
	EXPECT_EQ(0, swapoff(node));
	EXPECT_TRUE(umount_says(0));
	if (ioctl(fd, LOOP_CLR_FD))
		die("LOOP_CLR_FD");
	close(fd);
}

static void reload(const char *params)
{
	struct image image = module_image();

	errno = module_unload();
	if (errno)
		die("rmmod");
	errno = module_load(&image, params);
	if (errno)
		die("insmod %s", params);
	free(image.data);
}

/* What the module has not counted, the processes that are found stand for. */
TEST_F(holders, without_counts)
{
	pid_t pid;

	reload("refcounts=0");
	pid = user_start(be_in, NULL);
	EXPECT_EQ(1, holders(PLACE));
	expect_names("process", pid, pid, true, "cwd");
	EXPECT_TRUE(verdict(PLACE, "EBUSY: a process or a file uses it"));
	EXPECT_TRUE(umount_says(EBUSY));
	child_stop(pid);
	EXPECT_EQ(0, holders(PLACE));
	EXPECT_TRUE(verdict(PLACE, "would succeed as far as processes tell"));
	EXPECT_TRUE(umount_says(0));
	reload("");
}

struct thread {
	bool own;
	pid_t tid;
	pthread_barrier_t ready;
};

static void *live(void *arg)
{
	struct thread *t = arg;

	t->tid = gettid();
	if (t->own && (unshare(CLONE_FS) || chdir(PLACE)))
		die("unshare");
	pthread_barrier_wait(&t->ready);
	for (;;)
		pause();
}

TEST_F(holders, thread_with_its_own_directory)
{
	struct thread threads[2] = { { .own = false }, { .own = true } };
	char tid[32];
	size_t i;

	if (kconfig_known() && !kconfig_has("KCMP"))
		SKIP(return, "this kernel does not compare (CONFIG_KCMP)");
	for (i = 0; i < ARRAY_SIZE(threads); i++) {
		pthread_t thread;

		pthread_barrier_init(&threads[i].ready, NULL, 2);
		if (pthread_create(&thread, NULL, live, &threads[i]))
			die("pthread_create");
		pthread_barrier_wait(&threads[i].ready);
	}
	EXPECT_EQ(1, holders(PLACE));
	expect_names("thread", getpid(), threads[1].tid, true, "cwd");
	EXPECT_EQ(NULL, strstr(tool_said, "KIND=\"process\""));
	EXPECT_TRUE(umount_says(EBUSY));

	/* of those who share only the process is named */
	be_in(NULL);
	EXPECT_EQ(1, holders(PLACE));
	expect_names("process", getpid(), getpid(), true, "cwd");
	expect_names("thread", getpid(), threads[1].tid, true, "cwd");
	snprintf(tid, sizeof(tid), "TID=\"%d\"", threads[0].tid);
	EXPECT_EQ(NULL, strstr(tool_said, tid));
}

TEST_HARNESS_MAIN
