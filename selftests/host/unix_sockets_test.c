// SPDX-License-Identifier: GPL-2.0-only
/* /proc/net/unix, as the kernel prints it and as a bound name can make it look. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "compiler.h"
#include "unix_sockets.h"

#define HEAD "Num       RefCount Protocol Flags    Type St Inode Path\n"

static char top[32] = "/tmp/unix_sockets.XXXXXX";

static void put(int dir, const char *text)
{
	int fd = openat(dir, "net/unix", O_WRONLY | O_CREAT | O_TRUNC, 0600);

	CHECK(fd >= 0 &&
	      write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
}

static void check_path(const struct unix_sockets *list, const char *link,
		       const char *path)
{
	const struct unix_socket *u = unix_socket_of_link(list, link);

	CHECK(!u == !path);
	if (u && path)
		CHECK_STR(u->path, path);
}

static void test_read(void)
{
	struct unix_sockets list = {};
	int dir = open(top, O_PATH | O_DIRECTORY);

	/* no such file, nothing in it */
	CHECK(!unix_sockets_read(&list, dir) && !list.nr);
	CHECK(!mkdirat(dir, "net", 0700));
	put(dir, HEAD);
	CHECK(!unix_sockets_read(&list, dir) && !list.nr);
	check_path(&list, "socket:[7]", NULL);

	put(dir, HEAD
	    "000000001deddeb2: 00000003 00000000 00000000 0001 03  1515\n"
	    "ffff88800a11c400: 00000002 00000000 00010000 0001 01 20377 @/tmp/.X11-unix/X0\n"
	    "ffff88800a11c401: 00000002 00000000 00010000 0001 01 12345 /run/a b\\040c\n"
	    "0: 2 0 0 2 1 99 rela/tive\n"
	    "ffff88800a11c403: 00000002 00000000 00010000 0001 01 4 /cut\n"
	    "off: it is no line\n"
	    "ffff88800a11c404: 00000002 00000000 00010000 0001 01 4294967295 /last");
	CHECK(!unix_sockets_read(&list, dir));
	unix_sockets_sort(&list);
	CHECK(list.nr == 4);
	check_path(&list, "socket:[12345]", "/run/a b\\040c");
	check_path(&list, "socket:[99]", "rela/tive");
	check_path(&list, "socket:[4]", "/cut");
	check_path(&list, "socket:[4294967295]", "/last");
	check_path(&list, "socket:[1515]", NULL);
	check_path(&list, "socket:[20377]", NULL);
	check_path(&list, "pipe:[99]", NULL);
	check_path(&list, "/run/socket:[99]", NULL);

	/* those of another namespace come to them */
	put(dir, HEAD "0: 2 0 0 1 1 5 /more\n");
	CHECK(!unix_sockets_read(&list, dir));
	unix_sockets_sort(&list);
	check_path(&list, "socket:[5]", "/more");
	check_path(&list, "socket:[4]", "/cut");
	unix_sockets_free(&list);
	close(dir);
}

static const struct check_test tests[] = {
	{ "sockets with a path", test_read },
};

int main(void)
{
	char clean[64];
	int status;

	if (!mkdtemp(top))
		return 1;
	status = check_all(tests, ARRAY_SIZE(tests));
	snprintf(clean, sizeof(clean), "rm -r '%s'", top);
	return system(clean) || status;
}
