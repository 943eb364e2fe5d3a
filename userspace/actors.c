// SPDX-License-Identifier: GPL-2.0-only
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "actors.h"
#include "compiler.h"

/* Newer than some of the headers that this is built with. */
#ifndef MOVE_MOUNT_SET_GROUP
#define MOVE_MOUNT_SET_GROUP 0x100
#endif
#ifndef MOVE_MOUNT_BENEATH
#define MOVE_MOUNT_BENEATH 0x200
#endif

#ifndef OPEN_TREE_NAMESPACE
#define OPEN_TREE_NAMESPACE 0x2
#endif
#ifndef FSMOUNT_NAMESPACE
#define FSMOUNT_NAMESPACE 0x2
#endif

/* The first actor's filesystem is mounted there, before it is the root. */
#define MOUNT_OVER "/mnt"

struct reply {
	int error;
	pid_t new_pid; /* of an actor that was made */
	int root_id, tree_id, tree_fd, held_id, held_fd;
};

/* What an actor has open. */
struct state {
	struct ends talk[MAX_ACTORS]; /* of all actors: a new one finds its own */
	int me;
	int proc; /* mounted where no actor is */
	int tree, held[ACTOR_HOLDS], nr_held;
	int ns_left; /* the file of the namespace that it began in, or -1 */
};

static void make_directories(int fd, const char *path, int depth)
{
	char name[ACTOR_PATH + 2 * ACTOR_DEPTH + 1];
	const char *c;

	for (c = ACTOR_NAMES; *c && depth; c++) {
		snprintf(name, sizeof(name), "%s/%c", path, *c);
		if (mkdirat(fd, name, 0755) && errno != EEXIST)
			err(2, "mkdir %s", name);
		make_directories(fd, name, depth - 1);
	}
}

static void fill(int fd, const char *path)
{
	char name[ACTOR_PATH + sizeof("/" ACTOR_FILE)];

	make_directories(fd, path, ACTOR_DEPTH);
	snprintf(name, sizeof(name), "%s/" ACTOR_FILE, path);
	if (mknodat(fd, name, S_IFREG | 0644, 0) && errno != EEXIST)
		err(2, "mknod %s", name);
}

/* @root: 0 if the file is not the root of its mount. */
static int mount_id(int fd, const char *path, bool root)
{
	struct statx st;

	if (statx(fd, path, AT_EMPTY_PATH | AT_NO_AUTOMOUNT, STATX_MNT_ID, &st))
		err(2, "statx of \"%s\"", path);
	if (root && !(st.stx_attributes & STATX_ATTR_MOUNT_ROOT))
		return 0;
	return st.stx_mnt_id;
}

static int error_of(long result)
{
	return result < 0 ? errno : 0;
}

/* Returns -1 if it must not be made. */
static int make_filesystem(void)
{
	int fs = syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC);

	if (fs >= 0 &&
	    syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		err(2, "fsconfig");
	return fs;
}

/* Filled before it is mounted. */
static int mount_by_fd(const struct request *r)
{
	unsigned int flags = MOVE_MOUNT_F_EMPTY_PATH;
	int fs = make_filesystem(), fd, error;

	if (fs < 0)
		err(2, "fsopen");
	fd = syscall(SYS_fsmount, fs, 0, 0);
	if (fd < 0) {
		error = errno;
		close(fs);
		return error;
	}
	fill(fd, ".");
	if (r->to != FROM_PATH)
		flags |= MOVE_MOUNT_T_SYMLINKS;
	error = error_of(
		syscall(SYS_move_mount, fd, "", AT_FDCWD, r->target, flags));
	close(fd);
	close(fs);
	return error;
}

/* Refused by move_mount(2) with another error than by mount(2), which is meant. */
static bool is_file(const char *path)
{
	const char *name = strrchr(path, '/');

	return name && !strcmp(name, "/" ACTOR_FILE);
}

static int do_mount(const struct request *r)
{
	if (r->by_fd && !is_file(r->target))
		return mount_by_fd(r);
	if (mount("mntprop", r->target, "tmpfs", 0, NULL))
		return errno;
	fill(AT_FDCWD, r->target);
	return 0;
}

static int do_bind(const struct request *r)
{
	return error_of(mount(r->source, r->target, NULL,
			      MS_BIND | (r->recursive ? MS_REC : 0), NULL));
}

/* What /proc has leads there by a symlink. */
static int move_mount_at(const struct request *r, unsigned int flags)
{
	if (r->from != FROM_PATH)
		flags |= MOVE_MOUNT_F_SYMLINKS;
	if (r->to != FROM_PATH)
		flags |= MOVE_MOUNT_T_SYMLINKS;
	return error_of(syscall(SYS_move_mount, AT_FDCWD, r->source, AT_FDCWD,
				r->target, flags));
}

static int do_close_tree(struct state *s)
{
	if (s->tree >= 0)
		close(s->tree);
	s->tree = -1;
	return 0;
}

unsigned long propagation_flags(enum propagation type)
{
	static const unsigned long flags[] = {
		[MAKE_SHARED] = MS_SHARED,
		[MAKE_SLAVE] = MS_SLAVE,
		[MAKE_PRIVATE] = MS_PRIVATE,
		[MAKE_UNBINDABLE] = MS_UNBINDABLE,
	};

	return flags[type];
}

static int do_make(const struct request *r)
{
	unsigned long flags = propagation_flags(r->propagation);

	if (r->recursive)
		flags |= MS_REC;
	return error_of(mount(NULL, r->target, NULL, flags, NULL));
}

static struct mount_attr mount_attr_of(const struct request *r)
{
	return (struct mount_attr){
		.attr_set = r->attr_set,
		.attr_clr = r->attr_clr,
		.propagation = propagation_flags(r->propagation),
	};
}

static int do_open_tree(struct state *s, const struct request *r)
{
	unsigned int flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC |
			     (r->recursive ? AT_RECURSIVE : 0);
	struct mount_attr attr = mount_attr_of(r);
	int fd;

	if (request_has_attributes(r))
		fd = syscall(SYS_open_tree_attr, AT_FDCWD, r->source, flags,
			     &attr, sizeof(attr));
	else
		fd = syscall(SYS_open_tree, AT_FDCWD, r->source, flags);
	if (fd < 0)
		return errno;
	s->tree = fd;
	return 0;
}

static int do_setattr(const struct request *r)
{
	struct mount_attr attr = mount_attr_of(r);
	unsigned int flags = r->recursive ? AT_RECURSIVE : 0;

	return error_of(syscall(SYS_mount_setattr, AT_FDCWD, r->target, flags,
				&attr, sizeof(attr)));
}

unsigned long remount_flags(const struct request *r)
{
	static const struct {
		unsigned int attribute;
		unsigned long flag;
	} bits[] = {
		{ MOUNT_ATTR_RDONLY, MS_RDONLY },
		{ MOUNT_ATTR_NOSUID, MS_NOSUID },
		{ MOUNT_ATTR_NODEV, MS_NODEV },
		{ MOUNT_ATTR_NOEXEC, MS_NOEXEC },
		{ MOUNT_ATTR_NODIRATIME, MS_NODIRATIME },
		{ MOUNT_ATTR_NOSYMFOLLOW, MS_NOSYMFOLLOW },
		{ MOUNT_ATTR_NOATIME, MS_NOATIME },
		{ MOUNT_ATTR_STRICTATIME, MS_STRICTATIME },
	};
	unsigned long flags = MS_REMOUNT;
	size_t i;

	if (r->type == OP_REMOUNT)
		flags |= MS_BIND;
	for (i = 0; i < ARRAY_SIZE(bits); i++) {
		if (r->attr_set & bits[i].attribute)
			flags |= bits[i].flag;
	}
	if (r->attr_clr & MOUNT_ATTR__ATIME &&
	    !(r->attr_set & MOUNT_ATTR__ATIME))
		flags |= MS_RELATIME;
	return flags;
}

static int do_remount(const struct request *r)
{
	return error_of(mount(NULL, r->target, NULL, remount_flags(r), NULL));
}

static int do_pivot_root(const struct request *r)
{
	if (syscall(SYS_pivot_root, r->source, r->target))
		return errno;
	return error_of(chdir("/"));
}

/* So that all paths stay what they were. */
static void make_again(const char *path, bool directory)
{
	int rc = directory ? mkdir(path, 0755) : mknod(path, S_IFREG | 0644, 0);

	if (rc && errno != EEXIST)
		err(2, "make %s again", path);
}

static int do_remove(const struct request *r)
{
	bool directory;

	if (!unlink(r->target))
		directory = false;
	else if (errno == EISDIR && !rmdir(r->target))
		directory = true;
	else
		return errno;
	make_again(r->target, directory);
	return 0;
}

static int do_rename(const struct request *r)
{
	struct stat st;

	if (rename(r->source, r->target))
		return errno;
	/* What is mounted there still is, and not to be looked at: see MNT_EXPIRE. */
	if (!strcmp(r->source, r->target))
		return 0;
	if (lstat(r->target, &st))
		err(2, "lstat %s", r->target);
	make_again(r->source, S_ISDIR(st.st_mode));
	return 0;
}

static int do_hold(struct state *s, const struct request *r)
{
	int fd;

	if (s->nr_held == ACTOR_HOLDS)
		errx(2, "too many files held");
	fd = open(r->target, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return errno;
	s->held[s->nr_held++] = fd;
	return 0;
}

static int do_release(struct state *s)
{
	while (s->nr_held)
		close(s->held[--s->nr_held]);
	return 0;
}

static int do_chroot(const struct request *r)
{
	return error_of(chroot(r->target)) ?: error_of(chdir("/"));
}

/* Nobody else may be in the namespace that is left: it stays as long as the actor. */
static int do_setns(struct state *s, const struct request *r)
{
	int fd = open(r->target, O_RDONLY | O_CLOEXEC), error;

	if (fd < 0)
		return errno;
	if (s->ns_left < 0)
		s->ns_left =
			openat(s->proc, "self/ns/mnt", O_RDONLY | O_CLOEXEC);
	if (s->ns_left < 0)
		err(2, "the file of a namespace");
	error = error_of(setns(fd, CLONE_NEWNS));
	close(fd);
	return error;
}

static void write_file(int proc, const char *path, const char *text)
{
	int fd = openat(proc, path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		err(2, "/proc/%s", path);
	close(fd);
}

/* In the namespace above, nobody's rights are needed to map one's own ids alone. */
static void map_own_ids(int proc, uid_t uid, gid_t gid)
{
	char text[64];

	write_file(proc, "self/setgroups", "deny");
	snprintf(text, sizeof(text), "0 %u 1", uid);
	write_file(proc, "self/uid_map", text);
	snprintf(text, sizeof(text), "0 %u 1", gid);
	write_file(proc, "self/gid_map", text);
}

static int enter_new(int proc, int flags)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();

	if (unshare(flags))
		return errno;
	if (flags & CLONE_NEWUSER)
		map_own_ids(proc, uid, gid);
	return 0;
}

int unshare_mounts(int proc, bool new_user_ns)
{
	return enter_new(proc, CLONE_NEWNS | (new_user_ns ? CLONE_NEWUSER : 0));
}

/* Returns 0 or the errno of the system call that made @ns. */
static int enter_new_ns(int ns)
{
	if (ns < 0)
		return errno;
	if (setns(ns, CLONE_NEWNS))
		err(2, "setns to a new mount namespace");
	close(ns);
	return 0;
}

/* The path is looked up before the right to do so is given up. */
static int enter_tree_namespace(int proc, const struct request *r)
{
	int fd = open(r->source, O_PATH | O_CLOEXEC), error = 0;

	if (fd < 0)
		return errno;
	if (r->new_user_ns)
		error = enter_new(proc, CLONE_NEWUSER);
	if (!error)
		error = enter_new_ns(
			syscall(SYS_open_tree, fd, "",
				OPEN_TREE_NAMESPACE | OPEN_TREE_CLOEXEC |
					AT_EMPTY_PATH |
					(r->recursive ? AT_RECURSIVE : 0)));
	close(fd);
	return error;
}

/* fsopen(2) is refused to who is not privileged over the mount namespace. */
static int enter_fs_namespace(int proc, const struct request *r)
{
	int fs = make_filesystem(), error = 0;

	if (fs < 0)
		return errno;
	if (r->new_user_ns)
		error = enter_new(proc, CLONE_NEWUSER);
	if (!error)
		error = enter_new_ns(syscall(
			SYS_fsmount, fs, FSMOUNT_NAMESPACE | FSMOUNT_CLOEXEC,
			r->attr_set));
	close(fs);
	if (!error)
		fill(AT_FDCWD, "");
	return error;
}

static int enter_namespace(int proc, const struct request *r)
{
	switch (r->type) {
	case OP_TREE_NAMESPACE:
		return enter_tree_namespace(proc, r);
	case OP_FS_NAMESPACE:
		return enter_fs_namespace(proc, r);
	default:
		return unshare_mounts(proc, r->new_user_ns);
	}
}

static void serve(struct state *s);

/* It may be dead already. */
static void die_with(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(2);
}

/* In a process that has been forked: becomes the new actor. */
static int become(struct state *s, const struct request *r, pid_t parent)
{
	int error = enter_namespace(s->proc, r);

	if (error)
		return error;
	die_with(parent);
	do_close_tree(s);
	if (s->ns_left >= 0)
		close(s->ns_left);
	s->ns_left = -1;
	s->me = r->new_actor;
	return 0;
}

static int make_actor(struct state *s, const struct request *r, pid_t *new_pid)
{
	pid_t parent = getpid(), pid;
	int result[2], error;

	if (pipe2(result, O_CLOEXEC))
		err(2, "pipe");
	pid = fork();
	if (pid < 0)
		err(2, "fork");
	if (!pid) {
		error = become(s, r, parent);
		if (write(result[1], &error, sizeof(error)) != sizeof(error))
			err(2, "write to a pipe");
		close(result[0]);
		close(result[1]);
		if (error)
			_exit(1);
		serve(s);
	}
	close(result[1]);
	if (read(result[0], &error, sizeof(error)) != sizeof(error))
		errx(2, "a new actor ended early");
	close(result[0]);
	if (error)
		waitpid(pid, NULL, 0);
	*new_pid = pid;
	return error;
}

static int do_operation(struct state *s, const struct request *r,
			pid_t *new_pid)
{
	switch (r->type) {
	case OP_MOUNT:
		return do_mount(r);
	case OP_BIND:
		return do_bind(r);
	case OP_MOVE:
		return move_mount_at(r, 0);
	case OP_MOVE_BENEATH:
		return move_mount_at(r, MOVE_MOUNT_BENEATH);
	case OP_SET_GROUP:
		return move_mount_at(r, MOVE_MOUNT_SET_GROUP);
	case OP_UMOUNT:
		return error_of(umount2(r->target,
					(r->lazy ? MNT_DETACH : 0) |
						(r->expire ? MNT_EXPIRE : 0)));
	case OP_MAKE:
		return do_make(r);
	case OP_UNSHARE:
	case OP_TREE_NAMESPACE:
	case OP_FS_NAMESPACE:
		return make_actor(s, r, new_pid);
	case OP_OPEN_TREE:
		return do_open_tree(s, r);
	case OP_PIVOT_ROOT:
		return do_pivot_root(r);
	case OP_SETATTR:
		return do_setattr(r);
	case OP_REMOUNT:
	case OP_RECONFIGURE:
		return do_remount(r);
	case OP_REMOVE:
		return do_remove(r);
	case OP_RENAME:
		return do_rename(r);
	}
	errx(2, "there is no operation %d", r->type);
}

static int do_request(struct state *s, const struct request *r, pid_t *new_pid)
{
	switch (r->what) {
	case DO_NOTHING:
		return 0;
	case DO_HOLD:
		return do_hold(s, r);
	case DO_RELEASE:
		return do_release(s);
	case DO_CLOSE_TREE:
		return do_close_tree(s);
	case DO_CHROOT:
		return do_chroot(r);
	case DO_SETNS:
		return do_setns(s, r);
	case DO_OPERATION:
		return do_operation(s, r, new_pid);
	}
	errx(2, "there is no request %d", r->what);
}

/* Paths of what is in /proc begin there. */
static int do_somewhere(struct state *s, const struct request *r,
			pid_t *new_pid)
{
	bool in_proc = r->from != FROM_PATH || r->to != FROM_PATH;
	int error;

	if (in_proc && fchdir(s->proc))
		err(2, "fchdir");
	error = do_request(s, r, new_pid);
	if (in_proc && chdir("/"))
		err(2, "chdir");
	return error;
}

static void serve(struct state *s)
{
	struct reply reply;
	struct request r;

	while (read(s->talk[s->me].in, &r, sizeof(r)) == sizeof(r)) {
		reply = (struct reply){};
		reply.error = do_somewhere(s, &r, &reply.new_pid);
		reply.root_id = mount_id(AT_FDCWD, "/", false);
		if (s->tree >= 0) {
			reply.tree_fd = s->tree;
			reply.tree_id = mount_id(s->tree, "", false);
		}
		if (s->nr_held) {
			reply.held_fd = s->held[s->nr_held - 1];
			reply.held_id = mount_id(reply.held_fd, "", true);
		}
		if (write(s->talk[s->me].out, &reply, sizeof(reply)) !=
		    sizeof(reply))
			break;
	}
	_exit(0);
}

void actors_enter_empty_root(const char *over)
{
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		err(2, "make all mounts private");
	if (mount("mntprop", over, "tmpfs", 0, NULL) || chdir(over))
		err(2, "mount a tmpfs");
	/* What was the root is on top then, which pivot_root(2) explains. */
	if (syscall(SYS_pivot_root, ".", ".") || umount2(".", MNT_DETACH) ||
	    chdir("/"))
		err(2, "pivot_root");
	fill(AT_FDCWD, "");
}

/* Its end of the pipe may be open in other actors, too, and nobody closes it then. */
static bool is_answering(const struct actor *actor)
{
	struct pollfd fds[] = {
		{ .fd = actor->talk.in, .events = POLLIN },
		{ .fd = actor->pidfd, .events = POLLIN },
	};

	while (poll(fds, ARRAY_SIZE(fds), -1) < 0 && errno == EINTR)
		;
	return fds[0].revents & POLLIN;
}

static void ask(struct actor *actor, const struct request *r,
		struct reply *reply)
{
	if (write(actor->talk.out, r, sizeof(*r)) != sizeof(*r) ||
	    !is_answering(actor) ||
	    read(actor->talk.in, reply, sizeof(*reply)) != sizeof(*reply))
		errx(2, "an actor does not answer");
	actor->root_id = reply->root_id;
	actor->tree_id = reply->tree_id;
	actor->tree_fd = reply->tree_fd;
	actor->held_id = reply->held_id;
	actor->held_fd = reply->held_fd;
}

static unsigned int ns_of(const struct actors *a, pid_t pid, const char *type)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "%d/ns/%s", pid, type);
	if (fstatat(a->proc, path, &st, 0))
		err(2, "/proc/%s", path);
	return st.st_ino;
}

static void introduce(struct actors *a, pid_t pid)
{
	const struct request nothing = { .what = DO_NOTHING };
	struct actor *actor = &a->all[a->nr++];
	struct reply reply;

	actor->pid = pid;
	actor->pidfd = syscall(SYS_pidfd_open, pid, 0);
	if (actor->pidfd < 0)
		err(2, "pidfd_open");
	ask(actor, &nothing, &reply);
	/* Now that it answers it is where it belongs. */
	actor->user_ns = ns_of(a, pid, "user");
	actor->mnt_ns = ns_of(a, pid, "mnt");
}

/* Sockets would do, but a kernel for tests may have none. */
static void make_talk(struct ends *one, struct ends *other)
{
	int there[2], back[2];

	if (pipe2(there, O_CLOEXEC) || pipe2(back, O_CLOEXEC))
		err(2, "pipe2");
	*one = (struct ends){ .in = back[0], .out = there[1] };
	*other = (struct ends){ .in = there[0], .out = back[1] };
}

static void close_talk(const struct ends *ends)
{
	close(ends->in);
	close(ends->out);
}

void actors_start(struct actors *a, int proc)
{
	struct state s = { .tree = -1, .ns_left = -1, .proc = proc };
	pid_t parent = getpid(), pid;
	int i;

	*a = (struct actors){ .proc = proc };
	/* The actors that actors make are not orphaned to init. */
	if (prctl(PR_SET_CHILD_SUBREAPER, 1))
		err(2, "prctl");
	for (i = 0; i < MAX_ACTORS; i++)
		make_talk(&a->all[i].talk, &s.talk[i]);
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		err(2, "fork");
	if (!pid) {
		for (i = 0; i < MAX_ACTORS; i++)
			close_talk(&a->all[i].talk);
		die_with(parent);
		if (mkdir(MOUNT_OVER, 0755) && errno != EEXIST)
			err(2, MOUNT_OVER);
		errno = unshare_mounts(proc, false);
		if (errno)
			err(2, "unshare");
		actors_enter_empty_root(MOUNT_OVER);
		serve(&s);
	}
	for (i = 0; i < MAX_ACTORS; i++)
		close_talk(&s.talk[i]);
	introduce(a, pid);
}

void actors_stop(struct actors *a)
{
	int i;

	/* The last ones first: none dies of the death of its parent. */
	for (i = MAX_ACTORS; i-- > 0;) {
		if (a->all[i].pid) {
			kill(a->all[i].pid, SIGKILL);
			close(a->all[i].pidfd);
		}
		close_talk(&a->all[i].talk);
	}
	while (waitpid(-1, NULL, 0) > 0)
		;
	*a = (struct actors){};
}

static void set_path(char *path, enum request_operand what,
		     const struct actor *of)
{
	switch (what) {
	case FROM_PATH:
		break;
	case FROM_NS_FILE:
		snprintf(path, ACTOR_PATH, "%d/ns/mnt", of->pid);
		break;
	case FROM_HELD:
		snprintf(path, ACTOR_PATH, "%d/fd/%d", of->pid, of->held_fd);
		break;
	case FROM_TREE:
		snprintf(path, ACTOR_PATH, "%d/fd/%d", of->pid, of->tree_fd);
		break;
	}
}

/* What is left open would be in use. */
static void close_tree(struct actor *actor)
{
	const struct request close = { .what = DO_CLOSE_TREE };
	struct reply reply;

	ask(actor, &close, &reply);
}

/* Whoever has the same root gets another one by pivot_root(2). */
static void ask_for_roots(struct actors *a)
{
	const struct request nothing = { .what = DO_NOTHING };
	struct reply reply;
	int i;

	for (i = 0; i < a->nr; i++)
		ask(&a->all[i], &nothing, &reply);
}

static bool is_move(const struct request *r)
{
	return r->what == DO_OPERATION &&
	       (r->type == OP_MOVE || r->type == OP_MOVE_BENEATH);
}

int actors_do(struct actors *a, int who, const struct request *request)
{
	struct actor *actor = &a->all[who];
	struct request r = *request;
	struct reply reply;

	r.new_actor = a->nr;
	set_path(r.source, r.from, &a->all[r.of]);
	set_path(r.target, r.to, &a->all[r.to_of]);
	ask(actor, &r, &reply);
	if (reply.error)
		return reply.error;
	if (r.what == DO_HOLD)
		actor->holds++;
	if (r.what == DO_RELEASE)
		actor->holds = 0;
	if (r.what == DO_SETNS)
		actor->mnt_ns = a->all[r.to_of].mnt_ns;
	if (r.what == DO_OPERATION && r.type == OP_PIVOT_ROOT)
		ask_for_roots(a);
	if (is_move(&r) && r.from == FROM_TREE)
		close_tree(&a->all[r.of]);
	if (r.what == DO_OPERATION && makes_namespace(r.type)) {
		introduce(a, reply.new_pid);
		a->all[a->nr - 1].holds = actor->holds;
	}
	return 0;
}
