// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every allocation of the module fails in turn, at load and at open: the error
 * is ENOMEM (or there was another way), and the next try works. Needs a kernel
 * with fault injection (CONFIG_FAILSLAB, /proc/self/fail-nth).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "module.h"
#include "util.h"

#define MOST 100000

/* More than the kernel allocates to get rid of a module that was refused. */
#define CLEARING_UP 8

FIXTURE(failslab)
{
	struct image image;
	int nth;
};

FIXTURE_SETUP(failslab)
{
	self->nth = -1;
	if (access("/sys/kernel/debug/failslab/ignore-gfp-wait", W_OK))
		return;
	must_write("/sys/kernel/debug/failslab/ignore-gfp-wait", "N");
	/* The dump of a failure that is wanted looks like one that is not. */
	must_write("/sys/kernel/debug/failslab/verbose", "0");
	self->nth = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	ASSERT_GE(self->nth, 0);
	self->image = module_image();
	if (!module_is_loaded())
		ASSERT_EQ(module_load(&self->image, ""), 0);
}

FIXTURE_TEARDOWN(failslab)
{
	free(self->image.data);
}

#define NO_FAULTS "this kernel injects no faults (CONFIG_FAILSLAB)"

/* The @n-th allocation from here on fails. */
static void inject(int nth, unsigned int n)
{
	char text[16];
	int len = sprintf(text, "%u", n);

	if (pwrite(nth, text, len, 0) != len)
		die("fail-nth");
}

/* How many allocations are still to come until then; none will fail. */
static unsigned int left(int nth)
{
	char text[16] = "";

	if (pread(nth, text, sizeof(text) - 1, 0) <= 0)
		die("fail-nth");
	inject(nth, 0);
	return atoi(text);
}

static bool has_failed(int nth)
{
	return !left(nth);
}

/* 0, or the errno of opening a file of the module's. */
static int try_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err = fd < 0 ? errno : 0;

	if (fd >= 0)
		close(fd);
	return err;
}

static const char *const files[] = {
	DEBUGFS_DIR "/snapshot",   DEBUGFS_DIR "/mounts",
	DEBUGFS_DIR "/namespaces", DEBUGFS_DIR "/groups",
	DEBUGFS_DIR "/layout",	   DEBUGFS_DIR "/stats",
};

TEST_F_TIMEOUT(failslab, open, 1500)
{
	unsigned int i, n, refused;
	int err;

	if (self->nth < 0)
		SKIP(return, NO_FAULTS);
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		/* So that path lookup finds all that it needs. */
		ASSERT_EQ(try_open(files[i]), 0);
		for (n = 1, refused = 0; n < MOST; n++) {
			inject(self->nth, n);
			err = try_open(files[i]);
			if (!has_failed(self->nth))
				break;
			ASSERT_TRUE(!err || err == ENOMEM)
			{
				TH_LOG("%s, allocation %u: %s", files[i], n,
				       strerror(err));
			}
			refused += !!err;
			ASSERT_EQ(try_open(files[i]), 0);
		}
		TH_LOG("%s: %u allocations, %u times ENOMEM", files[i], n - 1,
		       refused);
		EXPECT_GT(refused, 1);
	}
	snapshot_free(take_snapshot());
}

/* How many there are in an attempt to load the module, which is not loaded. */
static unsigned int count_allocations(int nth, const struct image *image,
				      const char *params)
{
	unsigned int n;

	inject(nth, MOST);
	module_load(image, params);
	n = MOST - left(nth);
	if (module_is_loaded() && module_unload())
		die("rmmod");
	return n;
}

/*
 * Before the module runs the kernel itself allocates, and complains when it may not
 * have what it wants.  The module looks first at the addresses it is given.
 */
TEST_F_TIMEOUT(failslab, load, 1500)
{
	unsigned int n, before, last, refused = 0;
	int err;

	if (self->nth < 0)
		SKIP(return, NO_FAULTS);
	ASSERT_EQ(module_unload(), 0);
	before = count_allocations(self->nth, &self->image, "namespace_sem=1");
	ASSERT_LT(CLEARING_UP, before);
	before -= CLEARING_UP;
	last = count_allocations(self->nth, &self->image, "");
	ASSERT_LT(before, last);
	ASSERT_EQ(module_load(&self->image, ""), 0);
	for (n = last; n > before; n--) {
		ASSERT_EQ(module_unload(), 0);
		inject(self->nth, n);
		err = module_load(&self->image, "");
		has_failed(self->nth);
		ASSERT_TRUE(!err || err == ENOMEM)
		{
			TH_LOG("allocation %u of %u: %s", n, last,
			       strerror(err));
		}
		refused += !!err;
		ASSERT_EQ(module_is_loaded(), !err);
		if (err)
			ASSERT_EQ(module_load(&self->image, ""), 0);
		snapshot_free(take_snapshot());
	}
	TH_LOG("%u allocations, %u times ENOMEM in the last %u", last, refused,
	       last - before);
	EXPECT_GT(refused, 1);
}

TEST_HARNESS_MAIN
