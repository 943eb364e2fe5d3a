// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tool is asked before something is mounted; then it is mounted, and what
 * the namespaces see must be what was said.  What mntprop why and predict do
 * with processes (their roots, working directories, symbolic links) is tried
 * here too, as a saved snapshot has none.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "util.h"

#define PLACE "/mnt/dir"

/* What the tool said last. */
static char said[64 * 1024];

/* Runs a command; returns its exit status. */
static int run(const char *format, ...)
{
	char command[1024];
	va_list ap;
	size_t len;
	int status;
	FILE *f;

	va_start(ap, format);
	vsnprintf(command, sizeof(command), format, ap);
	va_end(ap);
	fflush(stdout);
	f = popen(command, "r");
	if (!f)
		die("%s", command);
	len = fread(said, 1, sizeof(said) - 1, f);
	said[len] = 0;
	status = pclose(f);
	if (!WIFEXITED(status))
		die("%s: was killed", command);
	return WEXITSTATUS(status);
}

#define tool(format, ...) run("$MNTPROP_TOOL " format " 2>&1", ##__VA_ARGS__)

/* Whether a process sees at a path what this one sees at another. */
static bool sees(pid_t pid, const char *path, const char *here)
{
	char there[128];
	struct stat a, b;

	snprintf(there, sizeof(there), "/proc/%d/root%s", pid, path);
	if (stat(there, &a))
		die("stat %s", there);
	if (stat(here, &b))
		die("stat %s", here);
	return a.st_dev == b.st_dev;
}

static void make_all(void *propagation)
{
	must_mount(NULL, "/", NULL, MS_REC | (unsigned long)propagation, NULL);
}

static void cover(void *unused)
{
	(void)unused;
	make_all((void *)MS_SLAVE);
	must_mount("cover", PLACE, "tmpfs", 0, NULL);
}

static void mount_there(void *unused)
{
	(void)unused;
	must_mount("there", PLACE, "tmpfs", 0, NULL);
}

FIXTURE(why)
{
	pid_t child;
};

FIXTURE_SETUP(why)
{
	self->child = 0;
	own_namespace(MS_SHARED);
	must_mkdir(PLACE);
}

FIXTURE_TEARDOWN(why)
{
	if (self->child)
		child_stop(self->child);
}

/* Ways to be a container. */
static const struct container {
	const char *name;
	int flags;
	unsigned long propagation; /* 0: what the new namespace has */
	bool gets, gives;
} containers[] = {
	{ "shared", 0, 0, true, true },
	{ "slave", 0, MS_SLAVE, true, false },
	{ "private", 0, MS_PRIVATE, false, false },
	{ "unbindable", 0, MS_UNBINDABLE, false, false },
	{ "user namespace", CLONE_NEWUSER, 0, true, false },
	{ "shared in a user namespace", CLONE_NEWUSER, MS_SHARED, true, false },
};

static pid_t start(const struct container *c)
{
	return child_start(c->flags, c->propagation ? make_all : NULL,
			   (void *)c->propagation);
}

/* From here to there, and back. */
TEST_F(why, answers_before_it_is_mounted)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(containers); i++) {
		const struct container *c = &containers[i];
		pid_t child = start(c);
		int answer = tool("why " PLACE " --to %d", child);

		EXPECT_EQ(!c->gets, answer)
		{
			TH_LOG("to %s: %s", c->name, said);
		}
		EXPECT_EQ(0, strncmp(said, c->gets ? "YES" : "NO",
				     c->gets ? 3 : 2));
		EXPECT_EQ(answer, tool("why " PLACE " --to %d:" PLACE, child));
		EXPECT_EQ(!c->gives,
			  tool("why " PLACE " -N %d --to %d", child, getpid()))
		{
			TH_LOG("from %s: %s", c->name, said);
		}

		must_mount("here", PLACE, "tmpfs", 0, NULL);
		EXPECT_EQ(c->gets, sees(child, PLACE, PLACE));
		must_umount(PLACE, MNT_DETACH);

		child_run(child, mount_there, NULL);
		EXPECT_EQ(c->gives, sees(child, PLACE, PLACE));
		child_stop(child);
		umount2(PLACE, MNT_DETACH);
	}
}

TEST_F(why, hidden_there)
{
	self->child = child_start(0, cover, NULL);
	EXPECT_EQ(0, tool("why " PLACE " --to %d", self->child));
	EXPECT_EQ(0, strncmp(said, "YES, but hidden", 15));
	EXPECT_NE(NULL, strstr(said, "it goes beneath that"));
	EXPECT_EQ(0, tool("predict mount " PLACE));
	EXPECT_NE(NULL, strstr(said, "hidden beneath " PLACE));

	must_mount("here", PLACE, "tmpfs", 0, NULL);
	EXPECT_FALSE(sees(self->child, PLACE, PLACE));
	EXPECT_EQ(0, run("nsenter -t %d -m umount " PLACE, self->child));
	EXPECT_TRUE(sees(self->child, PLACE, PLACE));
}

/* The command that mends it does. */
TEST_F(why, need_is_mended)
{
	char command[256], *line;

	self->child = start(&containers[2]);
	EXPECT_EQ(0, tool("why " PLACE " --need shared"));
	EXPECT_EQ(1, tool("why " PLACE " --need slave -N %d", self->child));
	EXPECT_NE(NULL, strstr(said, "which does not count there"));
	line = strstr(said, "nsenter ");
	ASSERT_NE(NULL, line);
	snprintf(command, sizeof(command), "%.*s", (int)strcspn(line, "\n"),
		 line);
	EXPECT_EQ(0, run("%s", command))
	{
		TH_LOG("%s: %s", command, said);
	}
	EXPECT_EQ(0, tool("why " PLACE " --need shared -N %d", self->child));
}

/* How many mounts there are in which namespace. */
static size_t mounts_in(const struct snapshot *s, unsigned int inum)
{
	const struct mnt_namespace *ns = snapshot_ns(s, inum);

	return ns ? ns->nr_mounts : 0;
}

TEST_F(why, predict_counts_what_is_gained)
{
	struct snapshot *before, *after;
	unsigned int inum;
	int gain, rows = 0;
	size_t i;
	char *row;

	must_mkdir("/mnt/tree");
	must_mount("tree", "/mnt/tree", "tmpfs", 0, NULL);
	must_mkdir("/mnt/tree/sub");
	must_mount("sub", "/mnt/tree/sub", "tmpfs", 0, NULL);
	self->child = start(&containers[1]);

	before = take_snapshot();
	EXPECT_EQ(0, tool("predict rbind /mnt/tree " PLACE " -rn -o NS,GAIN"));
	if (mount("/mnt/tree", PLACE, NULL, MS_BIND | MS_REC, NULL))
		die("rbind");
	after = take_snapshot();
	for (row = said; sscanf(row, "%u %d", &inum, &gain) == 2;
	     row = strchr(row, '\n') + 1) {
		EXPECT_EQ(gain,
			  mounts_in(after, inum) - mounts_in(before, inum));
		EXPECT_EQ(2, gain);
		rows++;
	}
	EXPECT_EQ(2, rows);
	for (i = 0; i < after->nr_namespaces; i++) {
		inum = after->namespaces[i].inum;
		if (snapshot_ns(before, inum) &&
		    mounts_in(after, inum) != mounts_in(before, inum))
			rows--;
	}
	EXPECT_EQ(0, rows);
	snapshot_free(before);
	snapshot_free(after);
}

static void enter_jail(void *unused)
{
	(void)unused;
	if (chdir(PLACE) || chroot("/mnt/jail"))
		die("another root");
}

/* TARGET="…" of the one row. */
static void __expect_target(struct __test_metadata *_metadata, const char *want)
{
	char is[256] = "";

	if (sscanf(said, "TARGET=\"%255[^\"]", is) != 1)
		*is = 0;
	EXPECT_STREQ(want, is)
	{
		TH_LOG("%s", said);
	}
}

#define expect_target(want) __expect_target(_metadata, want)
#define where(who, path) \
	tool("predict mount '%s' -N %d -P -o TARGET", path, who)

TEST_F(why, paths_are_those_of_the_process)
{
	must_mkdir("/mnt/jail");
	must_mkdir("/mnt/jail/in");
	if (symlink("dir", "/mnt/near") || symlink("/in", "/mnt/jail/far") ||
	    symlink("/mnt/near/.", "/mnt/far"))
		die("symlink");
	must_make("/mnt", MS_PRIVATE);

	/* ours */
	if (chdir("/mnt"))
		die("chdir");
	EXPECT_EQ(0, where(getpid(), "dir"));
	expect_target("/mnt/dir");
	EXPECT_EQ(0, where(getpid(), "/mnt/far/"));
	expect_target("/mnt/dir");
	EXPECT_EQ(0, tool("predict mount near -P -o TARGET"));
	expect_target("/mnt/dir");
	EXPECT_EQ(1, where(getpid(), "/mnt/none"));
	EXPECT_NE(NULL, strstr(said, "ENOENT"));

	/* of a process that has another root */
	self->child = child_start(0, enter_jail, NULL);
	EXPECT_EQ(0, where(self->child, "/in"));
	expect_target("/mnt/jail/in");
	EXPECT_EQ(0, where(self->child, "/../far"));
	expect_target("/mnt/jail/in");
	/* its working directory is outside of it */
	EXPECT_EQ(0, where(self->child, "."));
	expect_target("/mnt/dir");
	EXPECT_EQ(0, where(self->child, "../jail"));
	expect_target("/mnt/jail");
}

/* A directory in which programs run, and which is not a mount. */
static void make_jail(void)
{
	static const char *const folders[] = { "/bin", "/lib", "/lib64",
					       "/usr", "/opt", "/proc",
					       "/sys" };
	char path[64];
	size_t i;

	must_mkdir("/mnt/jail");
	for (i = 0; i < ARRAY_SIZE(folders); i++) {
		if (access(folders[i], F_OK))
			continue;
		snprintf(path, sizeof(path), "/mnt/jail%s", folders[i]);
		must_mkdir(path);
		must_mount(folders[i], path, NULL, MS_BIND | MS_REC, NULL);
	}
}

/* The root that the tool itself is in is told by its mount alone. */
TEST_F(why, own_root)
{
	const char *in_jail = "chroot /mnt/jail $MNTPROP_TOOL";

	make_jail();
	EXPECT_EQ(2, run("%s predict mount /bin 2>&1", in_jail));
	EXPECT_NE(NULL, strstr(said, "its root is not to be seen"))
	{
		TH_LOG("%s", said);
	}
	must_mount("/mnt/jail", "/mnt/jail", NULL, MS_BIND | MS_REC, NULL);
	EXPECT_EQ(0, run("%s predict mount /bin -P -o TARGET", in_jail));
	expect_target("/mnt/jail/bin");
}

/* Nothing is mounted by a question. */
TEST_F(why, no_automount)
{
	struct snapshot *before, *after;

	if (access("/sys/kernel/debug/tracing", F_OK))
		SKIP(return, "this kernel has no automount in debugfs");
	before = take_snapshot();
	if (mount_at(ns_of_pid(before, getpid()), "/sys/kernel/debug/tracing"))
		SKIP(return, "it is mounted already");
	tool("why /sys/kernel/debug/tracing/events/x --to 1");
	EXPECT_NE(NULL, strstr(said, "mounted on /sys/kernel/debug/tracing"));
	after = take_snapshot();
	EXPECT_EQ(before->nr_mounts, after->nr_mounts);
	snapshot_free(before);
	snapshot_free(after);
}

TEST_HARNESS_MAIN
