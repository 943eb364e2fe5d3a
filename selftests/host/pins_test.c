// SPDX-License-Identifier: GPL-2.0-only
/* Who is found: by a kernel that cannot tell what threads share, and by a name. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "builder.h"
#include "check.h"
#include "mount_id.h"
#include "pins.h"

static bool has_kcmp;

/* Flags of openat2(2) that are refused, as by kernels that do not know them. */
static uint64_t unknown;

typeof(syscall) __real_syscall;

/* Of the library only kcmp(2) and openat2(2) are called by their number. */
long __wrap_syscall(long nr, ...)
{
	uint64_t *how;
	const char *path;
	va_list ap;
	int dir;

	if (nr == SYS_kcmp)
		return has_kcmp ? 0 : -1;
	CHECK(nr == SYS_openat2);
	va_start(ap, nr);
	dir = va_arg(ap, int);
	path = va_arg(ap, const char *);
	how = va_arg(ap, uint64_t *);
	va_end(ap);
	if (how[2] & unknown) {
		errno = EINVAL;
		return -1;
	}
	return __real_syscall(nr, dir, path, how, 3 * sizeof(*how));
}

static bool no_kcmp(bool has)
{
	struct builder b = {};
	const bool wanted[1] = {};
	struct snapshot *s;
	struct error err;
	struct pins p;
	bool answer;

	build_head(&b, 1, 1);
	build_ns(&b, 0, 20);
	build_mount(&b, 20, 20, "/", "");
	build_end(&b, 1, 1);
	s = build_parse(&b, &err);
	if (!s)
		bail("%s", err.text);
	has_kcmp = has;
	if (pins_read(&p, s, wanted, &err))
		bail("%s", err.text);
	answer = p.no_kcmp;
	pins_free(&p);
	snapshot_free(s);
	return answer;
}

static void without(void)
{
	CHECK(no_kcmp(false));
}

static void with(void)
{
	CHECK(!no_kcmp(true));
}

/* A process that has bound a socket to a name in @dir, and then waits. */
static pid_t bind_there(const char *dir, const char *name)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fds[2], fd;
	pid_t pid;
	char c;

	if (pipe(fds))
		bail("pipe");
	pid = fork();
	if (pid)
		goto wait;
	close(fds[0]);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	snprintf(at.sun_path, sizeof(at.sun_path), "%s", name);
	if (chdir(dir) || bind(fd, (struct sockaddr *)&at, sizeof(at)) ||
	    dup2(fd, 77) < 0)
		_exit(1);
	close(fd);
	close(fds[1]);
	for (;;)
		pause();
wait:
	close(fds[1]);
	if (pid < 0 || read(fds[0], &c, 1))
		bail("no process");
	close(fds[0]);
	return pid;
}

/* How often the process is found as a user by socket 77, with this name. */
static int uses(int mount, pid_t pid, const char *name)
{
	const bool wanted[1] = { true };
	struct builder b = {};
	struct snapshot *s;
	struct error err;
	struct pins p;
	int found = 0;
	size_t i;

	build_head(&b, 1, 1);
	build_ns(&b, 0, mount);
	build_mount(&b, mount, mount, "/", "");
	build_end(&b, 1, 1);
	s = build_parse(&b, &err);
	if (!s || pins_read(&p, s, wanted, &err))
		bail("%s", err.text);
	for (i = 0; i < p.nr; i++) {
		const struct pin *pin = &p.all[i];

		found += pin->kind == PIN_SOCKET && pin->task->pid == pid &&
			 pin->fd == 77 && !strcmp(pin->path, name);
	}
	pins_free(&p);
	snapshot_free(s);
	return found;
}

static void check_socket(const char *dir, const char *name, const char *path)
{
	int fd = open(dir, O_PATH), mount = mount_id(fd);
	pid_t pid = bind_there(dir, name);

	close(fd);
	CHECK(uses(mount, pid, name) == 1);
	unknown = 0x20; /* RESOLVE_CACHED */
	CHECK(uses(mount, pid, name) == 1);
	unknown = 0;
	CHECK(!uses(mount + 100000, pid, name));
	/* a file that is no socket */
	CHECK(!unlink(path));
	CHECK(!uses(mount, pid, name));
	fd = open(path, O_CREAT | O_EXCL | O_WRONLY, 0600);
	CHECK(fd >= 0 && !uses(mount, pid, name));
	close(fd);
	CHECK(!unlink(path));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void bound_socket(void)
{
	char dir[] = "/tmp/pins_test.XXXXXX", path[64];

	if (!mkdtemp(dir))
		bail("mkdtemp");
	snprintf(path, sizeof(path), "%s/a b", dir);
	check_socket(dir, path, path);
	check_socket(dir, "a b", path);
	CHECK(!rmdir(dir));
}

static const struct check_test tests[] = {
	{ "a kernel without kcmp(2)", without },
	{ "a kernel with it", with },
	{ "a bound socket", bound_socket },
};

int main(void)
{
	return check_all(tests, ARRAY_SIZE(tests));
}
