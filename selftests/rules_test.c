// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rules of this kernel by experiments: they are decided, whoever asks, and nothing
 * outside the experiments changes.  That what was found out is what the kernel does is
 * differential_test's: it predicts by these rules.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "compare.h"
#include "compiler.h"
#include "kselftest_harness.h"
#include "rules_probe.h"
#include "tool.h"
#include "util.h"

#define SOMEBODY 1000
#define MAX_USER_NAMESPACES "/proc/sys/user/max_user_namespaces"
#define KEPT "/run/mntprop/rules"

/* What is in a file of /proc/sys, to be put back. */
static void read_limit(const char *path, char limit[32])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, limit, 31);

	if (n < 1)
		die("%s", path);
	limit[n] = 0;
	close(fd);
}

static void forbid_user_namespaces(char limit[32])
{
	read_limit(MAX_USER_NAMESPACES, limit);
	must_write(MAX_USER_NAMESPACES, "0");
}

static struct rules_probe must_probe(void)
{
	struct rules_probe p;
	struct error why;

	if (rules_probe(&p, &why))
		die("%s", why.text);
	return p;
}

/*
 * What @uid finds out, in a process of its own.  Returns 0, or -1 with @why set.
 */
static int probe_as(uid_t uid, struct rules_probe *p, struct error *why)
{
	struct {
		int rc;
		struct rules_probe p;
		struct error why;
	} result;
	int ends[2], status;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		die("pipe");
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid) {
		if (setgroups(0, NULL) || setresgid(uid, uid, uid) ||
		    setresuid(uid, uid, uid))
			die("become somebody");
		/* As after execve(2), or /proc/self would be root's. */
		if (prctl(PR_SET_DUMPABLE, 1))
			die("prctl");
		memset(&result, 0, sizeof(result));
		result.rc = rules_probe(&result.p, &result.why);
		if (write(ends[1], &result, sizeof(result)) != sizeof(result))
			die("pipe");
		_exit(0);
	}
	close(ends[1]);
	if (read(ends[0], &result, sizeof(result)) != sizeof(result))
		die("somebody ended early");
	close(ends[0]);
	if (waitpid(pid, &status, 0) != pid || status)
		die("somebody");
	*p = result.p;
	*why = result.why;
	return result.rc;
}

static void expect_same(struct __test_metadata *_metadata,
			const struct rules_probe *p,
			const struct rules_probe *wanted)
{
	size_t i;

	for (i = 0; i < nr_rules; i++) {
		const struct rule *rule = &rule_table[i];

		EXPECT_EQ(rules_get(&wanted->rules, rule),
			  rules_get(&p->rules, rule))
		{
			TH_LOG("%s", rule->name);
		}
	}
	EXPECT_EQ(wanted->probed, p->probed);
	EXPECT_EQ(wanted->idle, p->idle);
	EXPECT_EQ(0, p->odd);
}

/* The release is what the tests of the table go by; here it is only compared. */
TEST(all_are_decided)
{
	struct snapshot *s = take_snapshot();
	struct rules_probe p = must_probe();
	struct rules assumed;
	size_t i;

	EXPECT_EQ(0, p.odd);
	EXPECT_EQ(rules_decidable(), p.probed | p.idle);
	rules_for(s->release, &assumed);
	for (i = 0; i < nr_rules; i++) {
		const struct rule *rule = &rule_table[i];

		if (!(p.idle & rule_mask(rule)) &&
		    rules_get(&p.rules, rule) != rules_get(&assumed, rule))
			TH_LOG("%s: %s, and the table has another for %s",
			       rule->name,
			       rules_get(&p.rules, rule) ? "yes" : "no",
			       s->release);
	}
	snapshot_free(s);
}

/*
 * A mount namespace as any that is shared: what is propagated out of an experiment, or
 * left behind, would be seen.
 */
static void expect_no_changes(struct __test_metadata *_metadata)
{
	struct snapshot *before, *after;
	struct world *w, *actual;
	struct error err;
	size_t i;

	must_mkdir("/mnt/a");
	must_mount("rules", "/mnt/a", "tmpfs", 0, NULL);
	before = take_snapshot();
	must_probe();
	after = take_snapshot();
	w = world_new(before, NULL, &err);
	actual = world_new(after, NULL, &err);
	ASSERT_NE(NULL, w);
	ASSERT_NE(NULL, actual);
	EXPECT_EQ(0, compare_worlds(w, actual, stdout));
	EXPECT_EQ(before->nr_namespaces, after->nr_namespaces);
	ASSERT_EQ(before->nr_mounts, after->nr_mounts);
	for (i = 0; i < before->nr_mounts; i++) {
		EXPECT_EQ(before->mounts[i].id, after->mounts[i].id);
		EXPECT_EQ(before->mounts[i].group_id,
			  after->mounts[i].group_id);
		EXPECT_EQ(before->mounts[i].count, after->mounts[i].count)
		{
			TH_LOG("%s", before->mounts[i].path);
		}
	}
	world_free(w);
	world_free(actual);
	snapshot_free(before);
	snapshot_free(after);
	must_umount("/mnt/a", 0);
}

TEST(nothing_else_changes)
{
	char limit[32];

	own_namespace(MS_SHARED);
	expect_no_changes(_metadata);
	/* A copy is a peer then, and not a slave: what is done there could get out. */
	forbid_user_namespaces(limit);
	expect_no_changes(_metadata);
	must_write(MAX_USER_NAMESPACES, limit);
}

TEST(anybody_can_ask)
{
	struct rules_probe wanted = must_probe(), p;
	struct error why = {};

	EXPECT_EQ(0, probe_as(SOMEBODY, &p, &why))
	{
		TH_LOG("%s", why.text);
	}
	expect_same(_metadata, &p, &wanted);
}

/* Root tries the others without, and anybody else hears why nothing can be tried. */
TEST(without_user_namespaces)
{
	struct rules_probe wanted = must_probe(), p;
	rules_mask users = rule_mask(rule_named("beneath_locked")) |
			   rule_mask(rule_named("cover_takes_lock")) |
			   rule_mask(rule_named("covered_keeps_lock")) |
			   rule_mask(rule_named("locked_files_stay")) |
			   rule_mask(rule_named("tree_namespaces_whole"));
	struct error why = {};
	char limit[32];
	int rc;

	forbid_user_namespaces(limit);
	p = must_probe();
	rc = probe_as(SOMEBODY, &wanted, &why);
	must_write(MAX_USER_NAMESPACES, limit);
	EXPECT_EQ(0, p.odd);
	EXPECT_EQ(rules_decidable() & ~users, (p.probed | p.idle) & ~users);
	EXPECT_EQ(0, p.probed & users);
	EXPECT_EQ(-1, rc);
	EXPECT_STREQ("a new mount namespace: No space left on device",
		     why.text);
	EXPECT_EQ(0, wanted.probed);
}

#define MAX_MNT_NAMESPACES "/proc/sys/user/max_mnt_namespaces"
#define ENOUGH_NAMESPACES 100

/* What fails at a limit of the machine's says nothing of the kernel. */
TEST(a_limit_is_no_rule)
{
	struct rules_probe wanted = must_probe(), p;
	char limit[32], text[32];
	struct error why;
	bool partly = false;
	int i, rc;

	read_limit(MAX_MNT_NAMESPACES, limit);
	for (i = 1; i < ENOUGH_NAMESPACES; i++) {
		snprintf(text, sizeof(text), "%d", i);
		must_write(MAX_MNT_NAMESPACES, text);
		rc = rules_probe(&p, &why);
		EXPECT_EQ(0, p.odd);
		EXPECT_EQ(0, p.probed & ~wanted.probed);
		if (!rc && p.probed == wanted.probed)
			break;
		partly = partly || (!rc && p.probed);
	}
	must_write(MAX_MNT_NAMESPACES, limit);
	EXPECT_LT(i, ENOUGH_NAMESPACES);
	EXPECT_TRUE(partly);
}

/* From now on move_mount(2) fails with EPERM for the caller. */
static bool forbid_move_mount(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_move_mount, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { ARRAY_SIZE(filter), filter };

	return !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) &&
	       !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

TEST(a_filter_is_no_rule)
{
	struct rules_probe p;
	struct error why = {};

	if (!forbid_move_mount())
		SKIP(return, "this kernel has no filters of system calls");
	EXPECT_EQ(-1, rules_probe(&p, &why));
	EXPECT_STREQ("move_mount: Operation not permitted", why.text);
	EXPECT_EQ(0, p.probed);
}

TEST(the_tool_shows_and_keeps_them)
{
	struct snapshot *s;
	struct error err;

	unlink(KEPT);
	EXPECT_EQ(0, tool_run("rules", "--json", NULL));
	EXPECT_NE(NULL, strstr(tool_said, "\"probed\""));
	EXPECT_EQ(0, access(KEPT, R_OK));
	EXPECT_EQ(0, tool_run("save", "/tmp/rules.snap", NULL));
	s = snapshot_load("/tmp/rules.snap", &err);
	if (!s)
		die("%s", err.text);
	EXPECT_EQ(rules_all(), s->rules_known);
	EXPECT_EQ(rules_decidable(), s->rules_probed | s->rules_idle);
	EXPECT_STREQ(RULE_PROBED, rules_origin(s));
	snapshot_free(s);
	unlink("/tmp/rules.snap");
}

/* What is kept of another boot, of somebody else's, or cut off, is not believed. */
TEST(what_is_kept_is_checked)
{
	static const char *const others[] = {
		"mntprop-rules tool=1.0 boot=other release=1 version=1\n"
		"rule name=beneath holds=no origin=odd\n",
		"mntprop-rules",
		"",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(others); i++) {
		unlink(KEPT);
		must_write(KEPT, others[i]);
		EXPECT_EQ(0, tool_run("check", NULL));
		EXPECT_EQ(NULL, strstr(tool_said, "none that mntprop knows"));
	}
	must_write(KEPT, "\n");
}

/* Replaces a word of the file, of the same length. */
static void edit_kept(const char *word, const char *by)
{
	char text[4096] = "", *at;
	int fd = open(KEPT, O_RDWR | O_CLOEXEC);

	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 1)
		die(KEPT);
	at = strstr(text, word);
	if (!at || pwrite(fd, by, strlen(by), at - text) < 0)
		die("%s in %s", word, KEPT);
	close(fd);
}

/* Or all would be tried each time; but not if others than root can write it. */
TEST(what_is_kept_is_used)
{
	unlink(KEPT);
	EXPECT_EQ(0, tool_run("check", NULL));
	EXPECT_EQ(NULL, strstr(tool_said, "none that mntprop knows"));
	edit_kept("origin=probed", "origin=odd   ");
	EXPECT_EQ(0, tool_run("check", NULL));
	EXPECT_NE(NULL, strstr(tool_said, "none that mntprop knows"));
	EXPECT_EQ(0, chmod(KEPT, 0666));
	EXPECT_EQ(0, tool_run("check", NULL));
	EXPECT_EQ(NULL, strstr(tool_said, "none that mntprop knows"));
	unlink(KEPT);
}

TEST_HARNESS_MAIN
