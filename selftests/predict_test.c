// SPDX-License-Identifier: GPL-2.0-only
/*
 * mntprop predict is asked, then the operation is done: its outcome and each row have to be
 * what is seen in the mountinfo of each namespace, and nothing else may be.
 *
 * Of those operations that leave mounts where they are, or take them away: others are in
 * why_test.c, and semantics_test.c has what the model says of them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "compiler.h"
#include "kselftest_harness.h"
#include "mountinfo.h"
#include "util.h"

/* Not in all headers. */
#ifndef MOVE_MOUNT_SET_GROUP
#define MOVE_MOUNT_SET_GROUP 0x100
#endif
#ifndef MOVE_MOUNT_BENEATH
#define MOVE_MOUNT_BENEATH 0x200
#endif

#define M "/mnt/m"
#define PLACE "/mnt/dir"
#define MAX_MOUNTS 256
#define MAX_CHANGES 64

/* MNTPROP_TOOL predict OPERATION -N PID, in lines as describe() has them. */
#define ASK                                                                           \
	"$MNTPROP_TOOL predict -r -n -o CHANGE,NS,TARGET,MOUNTS,OPTIONS,PROPAGATION " \
	"-N %d %s 2>&1"

/* A mount, as mountinfo has it. */
struct seen {
	unsigned int ns;
	int id, parent;
	char path[128], options[128], type[64];
};

struct view {
	struct seen all[MAX_MOUNTS];
	size_t nr;
};

struct change {
	char line[512];
};

struct changes {
	struct change all[MAX_CHANGES];
	size_t nr;
};

/* What is done, in whichever namespace. */
struct act {
	int (*run)(const struct act *act); /* returns an errno or 0 */
	const char *from, *path;
	unsigned long flags;
	struct {
		uint64_t attr_set, attr_clr, propagation, userns_fd;
	} attr;
	int error;
};

/* Groups are numbered when they are made: "shared:5 master:new1" to "shared master". */
static void without_numbers(char *type)
{
	char *to = type;

	while (*type) {
		if (*type == ':')
			type += 1 + strspn(type + 1, "new0123456789");
		else
			*to++ = *type++;
	}
	*to = 0;
}

static struct seen *seen_by_id(struct view *v, const struct seen *like, int id)
{
	size_t i;

	for (i = 0; i < v->nr; i++) {
		if (v->all[i].ns == like->ns && v->all[i].id == id)
			return &v->all[i];
	}
	return NULL;
}

static void add_seen(struct view *v, unsigned int ns, struct libmnt_fs *fs)
{
	const char *type = mnt_fs_get_optional_fields(fs);
	struct seen *m = &v->all[v->nr++];

	if (v->nr > MAX_MOUNTS)
		die("too many mounts");
	m->ns = ns;
	m->id = mnt_fs_get_id(fs);
	m->parent = mnt_fs_get_parent_id(fs);
	snprintf(m->path, sizeof(m->path), "%s", mnt_fs_get_target(fs));
	snprintf(m->options, sizeof(m->options), "%s",
		 mnt_fs_get_vfs_options(fs));
	snprintf(m->type, sizeof(m->type), "%s",
		 type && *type ? type : "private");
	without_numbers(m->type);
}

static unsigned int ns_inode(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", pid);
	return inode_of(path);
}

static void look(struct view *v, const pid_t *pids)
{
	struct libmnt_iter *each = mnt_new_iter(MNT_ITER_FORWARD);
	struct libmnt_table *table;
	struct libmnt_fs *fs;

	v->nr = 0;
	for (; *pids; pids++) {
		table = mountinfo_of(*pids);
		mnt_reset_iter(each, MNT_ITER_FORWARD);
		while (!mnt_table_next_fs(table, each, &fs))
			add_seen(v, ns_inode(*pids), fs);
		mnt_unref_table(table);
	}
	mnt_free_iter(each);
}

static char *next_line(struct changes *c)
{
	if (c->nr == MAX_CHANGES)
		die("too many changes");
	return c->all[c->nr++].line;
}

/* How many are in @here alone with @m, which is, too. */
static int only_with(struct view *here, struct view *there, struct seen *m)
{
	struct seen *child;
	int n = 1;

	for (child = here->all; child < here->all + here->nr; child++) {
		if (child->ns == m->ns && child->parent == m->id &&
		    child->id != m->id && !seen_by_id(there, child, child->id))
			n += only_with(here, there, child);
	}
	return n;
}

/* Those that are in @here alone, but for what is so with the mount above it. */
static void describe_only(struct view *here, struct view *there,
			  const char *verb, struct changes *c)
{
	struct seen *m, *up;

	for (m = here->all; m < here->all + here->nr; m++) {
		up = seen_by_id(here, m, m->parent);
		if (seen_by_id(there, m, m->id) ||
		    (up && !seen_by_id(there, m, up->id)))
			continue;
		sprintf(next_line(c), "%s %u %s %d %s %s", verb, m->ns, m->path,
			only_with(here, there, m), m->options, m->type);
	}
}

static bool has_moved(struct view *before, const struct seen *m)
{
	const struct seen *was = seen_by_id(before, m, m->id);

	return was && strcmp(was->path, m->path);
}

/* What the kernel did. */
static void describe(struct view *before, struct view *after, struct changes *c)
{
	struct seen *m, *was, *up;

	c->nr = 0;
	describe_only(before, after, "goes", c);
	describe_only(after, before, "appears", c);
	for (m = after->all; m < after->all + after->nr; m++) {
		was = seen_by_id(before, m, m->id);
		up = seen_by_id(after, m, m->parent);
		if (!was)
			continue;
		if (has_moved(before, m) && !(up && has_moved(before, up)))
			sprintf(next_line(c), "moves %u %s 1 %s %s", m->ns,
				m->path, m->options, m->type);
		else if (strcmp(was->options, m->options) ||
			 strcmp(was->type, m->type))
			sprintf(next_line(c), "becomes %u %s 1 %s %s", m->ns,
				m->path, m->options, m->type);
	}
}

/* "\x20" is a blank. */
static void decode(char *line)
{
	char *at;

	while ((at = strstr(line, "\\x20"))) {
		*at = ' ';
		memmove(at + 1, at + 4, strlen(at + 4) + 1);
	}
}

static const char *const verbs[] = { "goes ", "moves ", "becomes ",
				     "appears " };

/* Asks the tool; returns its exit status.  @error: name of what it fails with, or "". */
static int ask(pid_t who, const char *operation, struct changes *c, char *error)
{
	char command[512], line[512], *at;
	size_t i;
	FILE *f;
	int status;

	c->nr = 0;
	*error = 0;
	snprintf(command, sizeof(command), ASK, who, operation);
	fflush(stdout);
	f = popen(command, "r");
	if (!f)
		die("%s", command);
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = 0;
		at = strstr(line, "fails: ");
		if (at && sscanf(at, "fails: %31[A-Z0-9]", error) == 1)
			continue;
		for (i = 0; i < ARRAY_SIZE(verbs); i++) {
			if (!strncmp(line, verbs[i], strlen(verbs[i])))
				break;
		}
		if (i == ARRAY_SIZE(verbs)) {
			printf("# predict %s: %s\n", operation, line);
			continue;
		}
		decode(line);
		without_numbers(line);
		strcpy(next_line(c), line);
	}
	status = pclose(f);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int by_line(const void *a, const void *b)
{
	const struct change *x = a, *y = b;

	return strcmp(x->line, y->line);
}

static void print_changes(const char *what, const struct changes *c)
{
	size_t i;

	for (i = 0; i < c->nr; i++)
		printf("#   %s: %s\n", what, c->all[i].line);
}

static bool same_changes(struct changes *predicted, struct changes *actual)
{
	size_t i;
	bool same = predicted->nr == actual->nr;

	qsort(predicted->all, predicted->nr, sizeof(struct change), by_line);
	qsort(actual->all, actual->nr, sizeof(struct change), by_line);
	for (i = 0; same && i < actual->nr; i++)
		same = !strcmp(predicted->all[i].line, actual->all[i].line);
	if (!same) {
		print_changes("predicted", predicted);
		print_changes("actual", actual);
	}
	return same;
}

static void act_there(void *arg)
{
	struct act *act = arg;

	act->error = act->run(act);
}

FIXTURE(predict)
{
	pid_t slave, alone, user;
	pid_t pids[5];
	struct act *act; /* what a child writes to, too */
	struct view before, after;
	struct changes predicted, actual;
};

static void make_all(void *propagation)
{
	must_mount(NULL, "/", NULL, MS_REC | (unsigned long)propagation, NULL);
}

/* Nobody else has what is mounted there. */
static void mount_alone(void *path)
{
	char sub[64];

	must_mount("alone", path, "tmpfs", 0, NULL);
	snprintf(sub, sizeof(sub), "%s/sub", (char *)path);
	must_mkdir(sub);
	must_mount("sub", sub, "tmpfs", 0, NULL);
}

FIXTURE_SETUP(predict)
{
	self->act = mmap(NULL, sizeof(*self->act), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (self->act == MAP_FAILED)
		die("mmap");
	own_namespace(MS_SHARED);
	must_mkdir(PLACE);
	must_mkdir(M);
	must_mount("m", M, "tmpfs", MS_NOSUID, NULL);
	must_mkdir(M "/below");
	must_mount("below", M "/below", "tmpfs", MS_NODEV, NULL);
	must_make(M "/below", MS_PRIVATE);
	self->slave = child_start(0, make_all, (void *)MS_SLAVE);
	self->alone = child_start(0, make_all, (void *)MS_PRIVATE);
	self->user = child_start(CLONE_NEWUSER, NULL, NULL);
	self->pids[0] = getpid();
	self->pids[1] = self->slave;
	self->pids[2] = self->alone;
	self->pids[3] = self->user;
	self->pids[4] = 0;
}

FIXTURE_TEARDOWN(predict)
{
	child_stop(self->slave);
	child_stop(self->alone);
	child_stop(self->user);
	munmap(self->act, sizeof(*self->act));
}

/* @wanted: what the kernel has to say, -1: whatever it says. */
static void try(struct __test_metadata *_metadata, FIXTURE_DATA(predict) * self,
		pid_t who, const char *operation, int wanted,
		const struct act *act)
{
	char error[32];
	int status;

	look(&self->before, self->pids);
	status = ask(who, operation, &self->predicted, error);
	*self->act = *act;
	if (who == getpid())
		act_there(self->act);
	else
		child_run(who, act_there, self->act);
	look(&self->after, self->pids);
	describe(&self->before, &self->after, &self->actual);
	if (wanted >= 0)
		EXPECT_EQ(wanted, self->act->error)
		{
			TH_LOG("%s", operation);
		}
	EXPECT_EQ(self->act->error ? 1 : 0, status)
	{
		TH_LOG("%s", operation);
	}
	EXPECT_STREQ(self->act->error ? strerrorname_np(self->act->error) : "",
		     error)
	{
		TH_LOG("%s", operation);
	}
	/* of what is only marked it tells what the next umount does */
	if (self->act->error != EAGAIN)
		EXPECT_TRUE(same_changes(&self->predicted, &self->actual))
		{
			TH_LOG("%s", operation);
		}
}

#define TRY(who, operation, wanted, ...)             \
	try(_metadata, self, who, operation, wanted, \
	    &(struct act){ __VA_ARGS__ })

static int do_setattr(const struct act *act)
{
	return syscall(SYS_mount_setattr, AT_FDCWD, act->path, act->flags,
		       &act->attr, sizeof(act->attr)) ?
		       errno :
		       0;
}

#define SETATTR(who, words, options, wanted, at, flag, set, clr, type)       \
	TRY(who, "setattr " options words " " at, wanted, .run = do_setattr, \
	    .path = at, .flags = flag, .attr.attr_set = set,                 \
	    .attr.attr_clr = clr, .attr.propagation = type)

/* Whatever the kernel says, on kernels that have no mount_setattr(2) ENOSYS. */
TEST_F(predict, setattr)
{
	pid_t own = getpid();

	SETATTR(own, "ro,noexec", "", -1, M, 0,
		MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOEXEC, 0, 0);
	SETATTR(own, "rw,suid,nodev", "", -1, M, 0, MOUNT_ATTR_NODEV,
		MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID, 0);
	SETATTR(own, "noatime,nodiratime,dev,exec", "-R ", -1, M, AT_RECURSIVE,
		MOUNT_ATTR_NOATIME | MOUNT_ATTR_NODIRATIME,
		MOUNT_ATTR__ATIME | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC, 0);
	SETATTR(own, "strictatime", "", -1, M, 0, MOUNT_ATTR_STRICTATIME,
		MOUNT_ATTR__ATIME, 0);
	SETATTR(own, "relatime,diratime", "", -1, M, 0, 0,
		MOUNT_ATTR__ATIME | MOUNT_ATTR_NODIRATIME, 0);
	SETATTR(own, "ro,slave", "", -1, M, 0, MOUNT_ATTR_RDONLY, 0, MS_SLAVE);
	SETATTR(own, "shared", "-R ", -1, M, AT_RECURSIVE, 0, 0, MS_SHARED);
	SETATTR(own, "unbindable", "", -1, M "/below", 0, 0, 0, MS_UNBINDABLE);
	SETATTR(own, "private,ro", "--recursive ", -1, M, AT_RECURSIVE,
		MOUNT_ATTR_RDONLY, 0, MS_PRIVATE);
	/* no mountpoint; another namespace's is its own */
	SETATTR(own, "ro", "", -1, PLACE, 0, MOUNT_ATTR_RDONLY, 0, 0);
	SETATTR(self->slave, "noexec", "-R ", -1, M, AT_RECURSIVE,
		MOUNT_ATTR_NOEXEC, 0, 0);
	/* what it was copied with is locked in a user namespace of its own */
	SETATTR(self->user, "suid", "", -1, M, 0, 0, MOUNT_ATTR_NOSUID, 0);
	SETATTR(self->user, "dev", "-R ", -1, M, AT_RECURSIVE, 0,
		MOUNT_ATTR_NODEV, 0);
	SETATTR(self->user, "noatime", "", -1, M, 0, MOUNT_ATTR_NOATIME,
		MOUNT_ATTR__ATIME, 0);
	SETATTR(self->user, "ro", "-R ", -1, M, AT_RECURSIVE, MOUNT_ATTR_RDONLY,
		0, 0);
}

static int do_remount(const struct act *act)
{
	return mount(NULL, act->path, NULL, MS_REMOUNT | MS_BIND | act->flags,
		     NULL) ?
		       errno :
		       0;
}

#define REMOUNT(who, words, wanted, at, flag)                        \
	TRY(who, "remount " words " " at, wanted, .run = do_remount, \
	    .path = at, .flags = flag)

TEST_F(predict, remount)
{
	pid_t own = getpid();

	REMOUNT(own, "ro", 0, M, MS_RDONLY);
	REMOUNT(own, "nodev,noexec", 0, M, MS_NODEV | MS_NOEXEC);
	REMOUNT(own, "noatime,nosuid", 0, M, MS_NOATIME | MS_NOSUID);
	REMOUNT(own, "ro", 0, M, MS_RDONLY);
	REMOUNT(own, "nodiratime", 0, M, MS_NODIRATIME);
	REMOUNT(own, "rw", 0, M, 0);
	REMOUNT(own, "strictatime", 0, M, MS_STRICTATIME);
	REMOUNT(own, "relatime", 0, M, MS_RELATIME);
	REMOUNT(own, "ro", EINVAL, PLACE, MS_RDONLY);
	REMOUNT(self->alone, "ro,nosuid", 0, M, MS_RDONLY | MS_NOSUID);
	REMOUNT(self->user, "ro", EPERM, M, MS_RDONLY);
	REMOUNT(self->user, "ro,nosuid", 0, M, MS_RDONLY | MS_NOSUID);
}

static int do_move_mount(const struct act *act)
{
	return syscall(SYS_move_mount, AT_FDCWD, act->from, AT_FDCWD, act->path,
		       act->flags) ?
		       errno :
		       0;
}

#define MOVE(words, source, at, flag)                                    \
	TRY(getpid(), words " " source " " at, -1, .run = do_move_mount, \
	    .from = source, .path = at, .flags = flag)

/* Kernels that have not the one or the other refuse it. */
TEST_F(predict, move_mount)
{
	must_make("/mnt", MS_PRIVATE);
	must_mkdir("/mnt/x");
	must_mount("x", "/mnt/x", "tmpfs", 0, NULL);
	must_mkdir("/mnt/g");
	must_bind(M, "/mnt/g");
	must_make("/mnt/g", MS_PRIVATE);
	MOVE("set-group", M, "/mnt/x", MOVE_MOUNT_SET_GROUP);
	MOVE("set-group", M, "/mnt/g", MOVE_MOUNT_SET_GROUP);
	MOVE("set-group", M, "/mnt/g", MOVE_MOUNT_SET_GROUP);
	MOVE("beneath", "/mnt/x", PLACE, MOVE_MOUNT_BENEATH);
	MOVE("beneath", "/mnt/x", M, MOVE_MOUNT_BENEATH);
	MOVE("beneath", "/mnt/g", M "/below", MOVE_MOUNT_BENEATH);
}

static int do_remove(const struct act *act)
{
	if (!unlink(act->path))
		return 0;
	return errno == EISDIR && !rmdir(act->path) ? 0 : errno;
}

#define REMOVE(who, at, wanted) \
	TRY(who, "remove " at, wanted, .run = do_remove, .path = at)

TEST_F(predict, remove)
{
	pid_t own = getpid();

	must_mkdir(PLACE "/in");
	must_mkdir(PLACE "/none");
	must_write(PLACE "/file", "");
	must_write(PLACE "/data", "");
	child_run(self->slave, mount_alone, PLACE "/in");
	child_run(self->alone, mount_alone, PLACE "/in");
	/* what is on it is not followed, nor is a link */
	REMOVE(self->slave, PLACE "/in", EBUSY);
	REMOVE(own, PLACE, ENOTEMPTY);
	REMOVE(own, PLACE "/in", 0);
	REMOVE(own, PLACE "/none", 0);
	REMOVE(own, PLACE "/none", ENOENT);
	REMOVE(own, M, EBUSY);
	if (symlink("file", PLACE "/link"))
		die("symlink");
	must_make("/mnt", MS_PRIVATE);
	must_bind(PLACE "/data", PLACE "/file");
	REMOVE(own, PLACE "/link", 0);
	REMOVE(own, PLACE "/file", EBUSY);
	REMOVE(self->slave, PLACE "/file", 0);
	must_mount(NULL, "/mnt", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL);
	REMOVE(own, PLACE "/data", EROFS);
	/* of a mount, not of the filesystem */
	REMOVE(self->user, PLACE "/data", 0);
	must_mount(NULL, "/mnt", NULL, MS_REMOUNT | MS_RDONLY, NULL);
	REMOVE(self->slave, PLACE, EROFS);
}

static int do_rename(const struct act *act)
{
	return rename(act->from, act->path) ? errno : 0;
}

#define RENAME(who, source, at, wanted)                             \
	TRY(who, "rename " source " " at, wanted, .run = do_rename, \
	    .from = source, .path = at)

TEST_F(predict, rename)
{
	pid_t own = getpid();

	must_mkdir(PLACE "/a");
	must_mkdir(PLACE "/b");
	must_mkdir(PLACE "/c");
	child_run(self->alone, mount_alone, PLACE "/a");
	child_run(self->slave, mount_alone, PLACE "/b");
	child_run(self->alone, mount_alone, PLACE "/c");
	RENAME(self->alone, PLACE "/a", PLACE "/d", EBUSY);
	RENAME(self->slave, PLACE "/a", PLACE "/b", EBUSY);
	/* what is on the target goes, what is on the source moves along */
	RENAME(own, PLACE "/a", PLACE "/b", 0);
	RENAME(own, PLACE "/b", PLACE "/new", 0);
	RENAME(own, PLACE, "/mnt/other", 0);
	RENAME(own, "/mnt/other", "/mnt/none/x", ENOENT);
	RENAME(own, "/mnt/other", "/mnt/other/x", EINVAL);
	RENAME(own, "/mnt/other/c", "/mnt/other", ENOTEMPTY);
	RENAME(own, "/mnt/other", M "/x", EXDEV);
	must_mkdir("/mnt/full");
	RENAME(own, "/mnt/full", "/mnt/other", ENOTEMPTY);
	RENAME(self->user, "/mnt/other/c", "/mnt/c", 0);
}

static int do_expire(const struct act *act)
{
	return umount2(act->path, MNT_EXPIRE) ? errno : 0;
}

#define EXPIRE(at, wanted)                                             \
	TRY(getpid(), "umount --expire " at, wanted, .run = do_expire, \
	    .path = at)

TEST_F(predict, expire)
{
	int fd;

	EXPIRE(M, EBUSY);
	must_umount(M "/below", 0);
	fd = open(M, O_PATH | O_CLOEXEC);
	ASSERT_LE(0, fd);
	EXPIRE(M, EBUSY);
	close(fd);
	EXPIRE(M, EAGAIN);
	/* and that is what the next one does */
	EXPECT_EQ(0, umount2(M, MNT_EXPIRE));
	look(&self->after, self->pids);
	describe(&self->before, &self->after, &self->actual);
	EXPECT_TRUE(same_changes(&self->predicted, &self->actual));
	EXPECT_LE(1, self->actual.nr);
	EXPIRE("/mnt/none", ENOENT);
	EXPIRE(PLACE, EINVAL);
}

TEST_HARNESS_MAIN
