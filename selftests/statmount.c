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

#define REVERSE 0x1U
#define NEXT_NS _IOR(0xb7, 11, struct ns_stat)
#define EARLIER_NS _IOR(0xb7, 12, struct ns_stat)

struct request {
	uint32_t size;
	uint32_t spare;
	uint64_t mnt_id;
	uint64_t param; /* of statmount(2) what is wanted, of listmount(2) the last id */
	uint64_t mnt_ns_id;
};

/* Mounts that are asked for at once. */
#define BATCH 1024

static long list(uint64_t ns, uint64_t last, bool reverse, uint64_t *ids,
		 size_t batch)
{
	const struct request r = {
		.size = sizeof(r),
		.mnt_id = LSMT_ROOT,
		.param = last,
		.mnt_ns_id = ns,
	};

	return syscall(NR_LISTMOUNT, &r, ids, batch, reverse ? REVERSE : 0U);
}

int statmount_get(uint64_t ns, uint64_t id, uint64_t wanted,
		  struct mount_stat *stat)
{
	const struct request r = {
		.size = sizeof(r),
		.mnt_id = id,
		.param = wanted,
		.mnt_ns_id = ns,
	};

	return syscall(NR_STATMOUNT, &r, stat, (size_t)MOUNT_STAT_SIZE, 0U) ?
		       errno :
		       0;
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
	uint64_t id, ns = statmount_ns(getpid());

	return ns && list(ns, 0, false, &id, 1) > 0;
}

size_t statmount_list(uint64_t ns, bool reverse, size_t batch, uint64_t *ids,
		      size_t max)
{
	size_t nr = 0;
	long n;

	while (nr < max) {
		if (batch > max - nr)
			batch = max - nr;
		n = list(ns, nr ? ids[nr - 1] : 0, reverse, ids + nr, batch);
		if (n < 0)
			die("listmount");
		if (!n)
			break;
		nr += n;
	}
	return nr;
}

size_t statmount_all(uint64_t ns)
{
	uint64_t ids[BATCH], last = 0;
	size_t all = 0;
	long n, i;
	union {
		struct mount_stat stat;
		char bytes[MOUNT_STAT_SIZE];
	} buf;

	while ((n = list(ns, last, false, ids, BATCH)) > 0) {
		for (i = 0; i < n; i++) {
			if (statmount_get(ns, ids[i], STAT_BASE, &buf.stat))
				die("statmount");
		}
		last = ids[n - 1];
		all += n;
	}
	if (n < 0)
		die("listmount");
	return all;
}

int ns_next(int ns, bool newer, struct ns_stat *stat)
{
	*stat = (struct ns_stat){ .size = sizeof(*stat) };
	return ioctl(ns, newer ? NEXT_NS : EARLIER_NS, stat);
}
