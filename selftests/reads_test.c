// SPDX-License-Identifier: GPL-2.0-only
/* An open file is one snapshot, however it is read. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "util.h"

static const char *const names[] = { "snapshot", "mounts", "namespaces",
				     "groups", "layout" };

static int open_file(const char *name)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), DEBUGFS_DIR "/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die("%s", path);
	return fd;
}

/* Everything from where the file stands, in reads of @chunk bytes. */
static char *read_in(int fd, size_t chunk, size_t *len)
{
	size_t room = 1 << 16;
	char *text = malloc(room);
	ssize_t n;

	for (*len = 0;; *len += n) {
		if (room - *len < chunk) {
			room = 2 * room + chunk;
			text = realloc(text, room);
		}
		if (!text)
			die("no memory");
		n = read(fd, text + *len, chunk);
		if (n < 0)
			die("read");
		if (!n)
			return text;
	}
}

TEST(any_size_of_read)
{
	static const size_t sizes[] = { 1, 7, 4096, 1 << 20 };
	size_t i, j, len, first_len;
	char *first, *text;
	int fd;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		fd = open_file(names[i]);
		first = read_in(fd, 1 << 16, &first_len);
		ASSERT_GT(first_len, 100);
		for (j = 0; j < ARRAY_SIZE(sizes); j++) {
			ASSERT_EQ(lseek(fd, 0, SEEK_SET), 0);
			text = read_in(fd, sizes[j], &len);
			ASSERT_EQ(len, first_len);
			ASSERT_EQ(memcmp(text, first, len), 0)
			{
				TH_LOG("%s differs in reads of %zu", names[i],
				       sizes[j]);
			}
			free(text);
		}
		free(first);
		close(fd);
	}
}

TEST(pread_in_random_order)
{
	char *text, piece[300];
	size_t len, at, want;
	int fd, i;

	fd = open_file("snapshot");
	text = read_in(fd, 1 << 16, &len);
	srandom(20261123);
	for (i = 0; i < 2000; i++) {
		at = random() % len;
		want = 1 + random() % sizeof(piece);
		if (want > len - at)
			want = len - at;
		ASSERT_EQ(pread(fd, piece, want, at), (ssize_t)want);
		ASSERT_EQ(memcmp(piece, text + at, want), 0)
		{
			TH_LOG("%zu bytes at %zu differ", want, at);
		}
	}
	ASSERT_EQ(pread(fd, piece, 1, len), 0);
	ASSERT_EQ(lseek(fd, -1, SEEK_CUR), (off_t)len - 1);
	ASSERT_EQ(read(fd, piece, sizeof(piece)), 1);
	ASSERT_EQ(piece[0], '\n');
	free(text);
	close(fd);
}

/* The second one has a mount that the first one does not know. */
TEST(two_readers)
{
	size_t len[2] = { 0 }, whole_len[2];
	char *text[2], *whole[2];
	int fd[2], i, j, got;
	ssize_t n;

	own_namespace(MS_PRIVATE);
	must_mkdir("/mnt/two_readers");
	fd[0] = open_file("snapshot");
	must_mount("two_readers", "/mnt/two_readers", "tmpfs", 0, NULL);
	fd[1] = open_file("snapshot");
	for (i = 0; i < 2; i++) {
		text[i] = calloc(1, (1 << 20) + 1);
		ASSERT_NE(text[i], NULL);
	}
	/* A byte of each in turn, until neither has one. */
	for (i = 0, got = 1; got; i++) {
		for (j = 0, got = 0; j < 2; j++) {
			n = read(fd[j], text[j] + len[j], 1);
			ASSERT_GE(n, 0);
			got += n;
			len[j] += n;
			ASSERT_LT(len[j], 1 << 20);
		}
	}
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(lseek(fd[i], 0, SEEK_SET), 0);
		whole[i] = read_in(fd[i], 1 << 16, &whole_len[i]);
		ASSERT_EQ(whole_len[i], len[i]);
		ASSERT_EQ(memcmp(whole[i], text[i], len[i]), 0);
		close(fd[i]);
	}
	EXPECT_EQ(strstr(text[0], "source=two_readers "), NULL);
	EXPECT_NE(strstr(text[1], "source=two_readers "), NULL);
}

TEST(no_rmmod_while_open)
{
	char c;
	int fd;

	fd = open_file("snapshot");
	EXPECT_EQ(syscall(SYS_delete_module, "mntprop", O_NONBLOCK), -1);
	EXPECT_EQ(errno, EWOULDBLOCK);
	EXPECT_EQ(read(fd, &c, 1), 1);
	close(fd);
}

TEST_HARNESS_MAIN
