// SPDX-License-Identifier: GPL-2.0-only
/* A test that is run by itself, as the kernel's runner does it. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "module.h"
#include "util.h"

#define FOLDER "/mnt/installed"
#define NOTHING "nothing"

static char said[4096];

/* Runs this as one that has nothing to test; returns its exit status. */
static int run(const char *path)
{
	int fds[2], status;
	size_t len = 0;
	ssize_t n;
	pid_t pid;

	if (pipe(fds))
		die("pipe");
	fflush(stdout);
	pid = fork();
	if (!pid) {
		dup2(fds[1], STDOUT_FILENO);
		close(fds[0]);
		close(fds[1]);
		execl(path, path, NOTHING, NULL);
		die("%s", path);
	}
	close(fds[1]);
	while ((n = read(fds[0], said + len, sizeof(said) - 1 - len)) > 0)
		len += n;
	said[len] = 0;
	close(fds[0]);
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		die("%s was killed", path);
	return WEXITSTATUS(status);
}

/* Only the folder that it is in tells it where the module is. */
FIXTURE(installed)
{
	char *ko, *params;
};

FIXTURE_SETUP(installed)
{
	char command[1024];

	self->ko = strdup(getenv("MNTPROP_KO"));
	self->params = getenv("MNTPROP_PARAMS");
	own_namespace(MS_PRIVATE);
	must_mkdir(FOLDER);
	snprintf(command, sizeof(command),
		 "cp /proc/%d/exe " FOLDER "/a_test && chmod +x " FOLDER
		 "/a_test",
		 getpid());
	if (system(command))
		die("%s", command);
	if (module_unload())
		die("rmmod");
	unsetenv("MNTPROP_KO");
}

FIXTURE_TEARDOWN(installed)
{
	struct image image;

	setenv("MNTPROP_KO", self->ko, true);
	image = module_image();
	if (!module_is_loaded())
		module_load(&image, "");
}

TEST_F(installed, loads_the_module)
{
	char command[1024];

	if (self->params)
		SKIP(return, "here the module has to be told addresses");
	snprintf(command, sizeof(command), "cp %s " FOLDER "/mntprop.ko",
		 self->ko);
	if (system(command))
		die("%s", command);
	EXPECT_EQ(0, run(FOLDER "/a_test"))
	{
		TH_LOG("%s", said);
	}
	EXPECT_TRUE(module_is_loaded());
	/* and takes it as it finds it */
	EXPECT_EQ(0, run(FOLDER "/a_test"));
}

TEST_F(installed, skips_without_the_module)
{
	EXPECT_EQ(4, run(FOLDER "/a_test"));
	EXPECT_NE(NULL, strstr(said, "1..0 # SKIP no mntprop.ko beside it"))
	{
		TH_LOG("%s", said);
	}
	EXPECT_FALSE(module_is_loaded());
}

TEST_F(installed, fails_with_what_is_no_module)
{
	must_write(FOLDER "/mntprop.ko", "no module");
	EXPECT_EQ(1, run(FOLDER "/a_test"));
	EXPECT_NE(NULL, strstr(said, "mntprop.ko is not loaded"))
	{
		TH_LOG("%s", said);
	}
	EXPECT_FALSE(module_is_loaded());
}

/* The harness has its own, to which not every kernel's takes arguments. */
#define main all_tests
TEST_HARNESS_MAIN
#undef main

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], NOTHING))
		return 0;
	return all_tests(argc, argv);
}
