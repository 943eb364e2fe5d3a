// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "statmount.h"
#include "util.h"

/* include/uapi/linux/mount.h and nsfs.h of 6.11; the numbers are everybody's. */
#define NR_STATMOUNT 457
#define NR_LISTMOUNT 458
#define LSMT_ROOT UINT64_MAX
#define ID_OF_MNTNS _IOR(0xb7, 0x5, uint64_t)

/* SB_BASIC, MNT_BASIC, PROPAGATE_FROM, MNT_ROOT, MNT_POINT, FS_TYPE, MNT_NS_ID */
#define WANTED 0x7fULL

struct request {
	uint32_t size;
	uint32_t spare;
	uint64_t mnt_id;
	uint64_t param; /* of statmount(2) what is wanted, of listmount(2) the last id */
	uint64_t mnt_ns_id;
};

/* Mounts that are asked for at once. */
#define BATCH 1024

static long list(uint64_t ns, uint64_t last, uint64_t *ids)
{
	const struct request r = {
		.size = sizeof(r),
		.mnt_id = LSMT_ROOT,
		.param = last,
		.mnt_ns_id = ns,
	};

	return syscall(NR_LISTMOUNT, &r, ids, (size_t)BATCH, 0U);
}

static void stat_one(uint64_t ns, uint64_t id)
{
	const struct request r = {
		.size = sizeof(r),
		.mnt_id = id,
		.param = WANTED,
		.mnt_ns_id = ns,
	};
	char buf[16384];

	if (syscall(NR_STATMOUNT, &r, buf, sizeof(buf), 0U))
		die("statmount");
}

uint64_t statmount_ns(int pid)
{
	uint64_t id = 0;
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, ID_OF_MNTNS, &id))
		id = 0;
	if (fd >= 0)
		close(fd);
	return id;
}

bool statmount_known(void)
{
	uint64_t ids[BATCH], ns = statmount_ns(getpid());

	return ns && list(ns, 0, ids) > 0;
}

size_t statmount_all(uint64_t ns)
{
	uint64_t ids[BATCH], last = 0;
	size_t all = 0;
	long n, i;

	while ((n = list(ns, last, ids)) > 0) {
		for (i = 0; i < n; i++)
			stat_one(ns, ids[i]);
		last = ids[n - 1];
		all += n;
	}
	if (n < 0)
		die("listmount");
	return all;
}
