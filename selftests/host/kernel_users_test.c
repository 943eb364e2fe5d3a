// SPDX-License-Identifier: GPL-2.0-only
/* Loop devices and swap, read from files that are like the kernel's. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "check.h"
#include "compiler.h"
#include "kernel_users.h"

static char dir[32] = "/tmp/kernel_users.XXXXXX";
static char told[4096];

static const char *in_dir(const char *name)
{
	static char paths[4][PATH_MAX];
	static int n;

	n = (n + 1) % 4;
	snprintf(paths[n], sizeof(paths[n]), "%s/%s", dir, name);
	return paths[n];
}

static void put(const char *name, const char *text)
{
	FILE *f = fopen(in_dir(name), "w");

	CHECK(f);
	if (!f)
		return;
	fputs(text, f);
	fclose(f);
}

static int tell(const struct kernel_user *user, void *arg)
{
	int *left = arg;

	snprintf(told + strlen(told), sizeof(told) - strlen(told), "%s<%s>%s\n",
		 user->name ? user->name : "swap", user->path,
		 user->known ? " known" : "");
	return left && !--*left ? -ENOMEM : 0;
}

static int look(int *left)
{
	*told = 0;
	return kernel_users_each(in_dir("block"), in_dir("dev"),
				 in_dir("swaps"), tell, left);
}

static void nothing_there(void)
{
	CHECK(!look(NULL));
	CHECK_STR(told, "");
}

static void make_block(void)
{
	static const char *const dirs[] = {
		"block",       "block/loop3", "block/loop3/loop",
		"block/loop4", "block/sda",   "block/sda/loop",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(dirs); i++)
		CHECK(!mkdir(in_dir(dirs[i]), 0700));
}

static void loops(void)
{
	make_block();
	put("block/loop3/loop/backing_file", "/a b\n\\040c (deleted)\n");
	put("block/sda/loop/backing_file", "/is/no/loop\n");
	CHECK(!look(NULL));
	CHECK_STR(told, "loop3</a b\n\\040c (deleted)>\n");
}

static void swaps(void)
{
	put("swaps",
	    "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
	    "/dev/vda5                               partition\t999420\t\t0\t\t-2\n"
	    "/swap\\040file\\134                       file\t\t1024\t\t0\t\t-3\n");
	CHECK(!look(NULL));
	CHECK_STR(told, "loop3</a b\n\\040c (deleted)>\n"
			"swap</dev/vda5>\nswap</swap file\\>\n");
}

/* Who is told can end it. */
static void ends_early(void)
{
	int left;

	left = 1;
	CHECK(look(&left) == -ENOMEM);
	CHECK_STR(told, "loop3</a b\n\\040c (deleted)>\n");
	left = 2;
	CHECK(look(&left) == -ENOMEM);
	CHECK(!strstr(told, "file"));
}

static const struct check_test tests[] = {
	{ "nothing there", nothing_there },
	{ "loop devices", loops },
	{ "swap", swaps },
	{ "ends early", ends_early },
};

int main(void)
{
	char clean[PATH_MAX];
	int status;

	if (!mkdtemp(dir))
		return 1;
	status = check_all(tests, ARRAY_SIZE(tests));
	snprintf(clean, sizeof(clean), "rm -r '%s'", dir);
	return system(clean) || status;
}
