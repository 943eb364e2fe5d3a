// SPDX-License-Identifier: GPL-2.0-only
/* Finds mount namespaces by /proc, and reads the mountinfo of each. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "file.h"
#include "nsfs.h"
#include "pid_ns.h"
#include "proc.h"

/* Linux 6.11 */
#ifndef NS_GET_MNTNS_ID
#define NS_GET_MNTNS_ID _IOR(NSIO, 0x5, __u64)
#endif

/* Reading it again when mounts have changed in the meantime. */
#define TRIES 3

static struct proc_ns *find_ns(struct proc_view *v, unsigned int inum)
{
	size_t i;

	for (i = 0; i < v->nr; i++) {
		if (v->ns[i].inum == inum)
			return &v->ns[i];
	}
	return NULL;
}

static struct proc_ns *add_ns(struct proc_view *v, unsigned int inum)
{
	if (v->nr == v->room) {
		size_t room = v->room ? 2 * v->room : 16;
		struct proc_ns *ns = reallocarray(v->ns, room, sizeof(*ns));

		if (!ns)
			return NULL;
		v->ns = ns;
		v->room = room;
	}
	v->ns[v->nr] = (struct proc_ns){ .inum = inum, .fd = -1 };
	return &v->ns[v->nr++];
}

/* The number in "mnt:[4026532256]", or 0. */
static unsigned int ns_of_text(const char *text)
{
	unsigned int inum;

	return sscanf(text, "mnt:[%u]", &inum) == 1 ? inum : 0;
}

static unsigned int ns_of_link(int dir, const char *name)
{
	char text[32];
	ssize_t len = readlinkat(dir, name, text, sizeof(text) - 1);

	text[len < 0 ? 0 : len] = 0;
	return ns_of_text(text);
}

static void read_comm(struct proc_ns *ns)
{
	char path[64], *text, *end;
	struct error err;
	size_t len;

	snprintf(path, sizeof(path), "/proc/%d/comm", ns->pid);
	if (file_read(path, &text, &len, &err))
		return;
	end = memchr(text, '\n', len);
	snprintf(ns->comm, sizeof(ns->comm), "%.*s",
		 (int)(end ? (size_t)(end - text) : len), text);
	free(text);
}

static int add_thread(struct proc_view *v, pid_t tid, bool *denied)
{
	bool refused;
	unsigned int inum = nsfs_task(tid, &refused);
	struct proc_ns *ns;

	*denied |= refused;
	if (!inum)
		return 0;
	ns = find_ns(v, inum);
	if (!ns)
		ns = add_ns(v, inum);
	if (!ns)
		return -1;
	ns->tasks++;
	if (!ns->pid || tid < ns->pid) {
		ns->pid = tid;
		read_comm(ns);
	}
	return 0;
}

/* unshare(CLONE_NEWNS) is for one thread. */
static int add_threads(struct proc_view *v, const char *task, bool *denied)
{
	DIR *dir = opendir(task);
	struct dirent *entry;
	int rc = 0;

	while (!rc && dir && (entry = readdir(dir))) {
		if (isdigit((unsigned char)*entry->d_name))
			rc = add_thread(v, atoi(entry->d_name), denied);
	}
	if (dir)
		closedir(dir);
	return rc;
}

/* In task/ is a directory for each thread, beside . and .. */
static int add_process(struct proc_view *v, pid_t pid)
{
	bool denied = false;
	char task[64];
	struct stat st;
	int rc;

	snprintf(task, sizeof(task), "/proc/%d/task", pid);
	if (!stat(task, &st) && st.st_nlink > 3)
		rc = add_threads(v, task, &denied);
	else
		rc = add_thread(v, pid, &denied);
	v->denied += denied;
	return rc;
}

/* A namespace that nobody lives in may be open somewhere. */
static int add_open(struct proc_view *v, pid_t pid)
{
	struct dirent *entry;
	struct proc_ns *ns;
	unsigned int inum;
	char path[64];
	int rc = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	dir = opendir(path);
	while (!rc && dir && (entry = readdir(dir))) {
		inum = ns_of_link(dirfd(dir), entry->d_name);
		if (!inum || find_ns(v, inum))
			continue;
		ns = add_ns(v, inum);
		if (!ns) {
			rc = -1;
			break;
		}
		ns->holder = pid;
		ns->holder_fd = atoi(entry->d_name);
	}
	if (dir)
		closedir(dir);
	return rc;
}

/* Of each process, in order of their ids, as /proc lists them. */
static int each_process(struct proc_view *v,
			int (*add)(struct proc_view *v, pid_t pid),
			struct error *err)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	int rc = 0;

	if (!dir)
		return error_set(err, "/proc: %s", strerror(errno));
	while (!rc && (entry = readdir(dir))) {
		if (isdigit((unsigned char)*entry->d_name))
			rc = add(v, atoi(entry->d_name));
	}
	closedir(dir);
	return rc ? error_set(err, "/proc: out of memory") : 0;
}

/* Those that have processes come first. */
static int find_namespaces(struct proc_view *v, struct error *err)
{
	if (each_process(v, add_process, err) || each_process(v, add_open, err))
		return -1;
	if (!v->nr)
		return error_set(err, "/proc: no process there; mount proc");
	return 0;
}

/* The file of the namespace, which a process may have left in the meantime. */
static int open_ns(const struct proc_ns *ns)
{
	char path[64];
	struct stat st;
	int fd;

	if (ns->fd >= 0)
		return ns->fd;
	if (ns->pid)
		snprintf(path, sizeof(path), "/proc/%d/ns/mnt", ns->pid);
	else
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", ns->holder,
			 ns->holder_fd);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (!fstat(fd, &st) && st.st_ino == ns->inum)
		return fd;
	close(fd);
	return -1;
}

static void ask_owner(struct proc_ns *ns, int fd)
{
	struct stat st;
	int owner = ioctl(fd, NS_GET_USERNS);
	__u64 id;

	if (owner >= 0 && !fstat(owner, &st))
		ns->user_ns = st.st_ino;
	if (owner >= 0)
		close(owner);
	if (!ioctl(fd, NS_GET_MNTNS_ID, &id))
		ns->id = id;
}

/* A process that stands in a namespace, to be seen there in /proc. */
struct visitor {
	pid_t pid;
	int in_proc; /* its id there: /proc can be of an outer PID namespace */
};

static int id_in_proc(void)
{
	char id[16] = "";

	if (readlink("/proc/self", id, sizeof(id) - 1) < 0)
		return 0;
	return atoi(id);
}

/*
 * Tells its id when it is there, or 0.  If its parent died before it asked for the
 * signal that tells so, no signal comes.
 */
static void stand(int ns, int pipe, pid_t parent)
{
	int id;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	id = id_in_proc();
	if (setns(ns, CLONE_NEWNS))
		id = 0;
	if (write(pipe, &id, sizeof(id)) == sizeof(id) && id)
		pause();
	_exit(0);
}

static void leave(struct visitor *v)
{
	if (v->pid <= 0)
		return;
	kill(v->pid, SIGKILL);
	while (waitpid(v->pid, NULL, 0) < 0 && errno == EINTR)
		;
	v->pid = 0;
}

/* Returns whether it is there. */
static bool enter(struct visitor *v, int ns)
{
	pid_t parent = getpid();
	int ends[2];
	bool there;

	if (pipe2(ends, O_CLOEXEC))
		return false;
	v->pid = fork();
	if (!v->pid)
		stand(ns, ends[1], parent);
	close(ends[1]);
	there = v->pid > 0 &&
		read(ends[0], &v->in_proc, sizeof(v->in_proc)) ==
			sizeof(v->in_proc) &&
		v->in_proc;
	close(ends[0]);
	if (!there)
		leave(v);
	return there;
}

static bool changed(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLPRI };

	return poll(&p, 1, 0) > 0 && p.revents & (POLLPRI | POLLERR);
}

/* As little as can be between the first byte and the last. */
static int read_whole(int fd, char **text, size_t *len)
{
	struct error err;
	int tries;

	for (tries = 1;; tries++) {
		if (file_read_fd(fd, "mountinfo", NULL, text, len, &err))
			return -1;
		if (tries == TRIES || !changed(fd) || lseek(fd, 0, SEEK_SET))
			return 0;
		free(*text);
	}
}

static struct libmnt_table *to_table(char *text, size_t len)
{
	struct libmnt_table *table = mnt_new_table();
	FILE *f;

	/* nothing to be seen in a chroot */
	if (!len || !table)
		return table;
	f = fmemopen(text, len, "r");
	if (!f || mnt_table_parse_stream(table, f, "mountinfo")) {
		mnt_unref_table(table);
		table = NULL;
	}
	if (f)
		fclose(f);
	return table;
}

static struct libmnt_table *read_table(pid_t pid)
{
	struct libmnt_table *table = NULL;
	char path[64], *text;
	size_t len;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/mountinfo", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	if (!read_whole(fd, &text, &len)) {
		table = to_table(text, len);
		free(text);
	}
	close(fd);
	return table;
}

/*
 * The namespace that is bound to a path, as a process has it; 0 or -1.  The
 * path may lead elsewhere by now, so that only what stands for the namespace is
 * opened.
 */
static int open_bound(pid_t pid, const char *target, unsigned int inum)
{
	char link[64], *path;
	struct statfs fs;
	struct stat st;
	int at, fd = -1;

	if (asprintf(&path, "/proc/%d/root%s", pid, target) < 0)
		return -1;
	at = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	free(path);
	if (at < 0)
		return -1;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", at);
	if (!fstat(at, &st) && st.st_ino == inum && !fstatfs(at, &fs) &&
	    fs.f_type == NSFS_MAGIC)
		fd = open(link, O_RDONLY | O_CLOEXEC);
	close(at);
	return fd;
}

/* What is mounted on files of namespaces: "mnt:[4026532256]" is their root. */
static int follow_bound(struct proc_view *v, struct libmnt_table *table,
			pid_t pid)
{
	struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_FORWARD);
	struct libmnt_fs *fs;

	if (!iter)
		return -1;
	while (!mnt_table_next_fs(table, iter, &fs)) {
		struct proc_ns *ns;
		unsigned int inum;

		inum = ns_of_text(mnt_fs_get_root(fs));
		if (!inum)
			continue;
		ns = find_ns(v, inum);
		if (!ns)
			ns = add_ns(v, inum);
		if (!ns) {
			mnt_free_iter(iter);
			return -1;
		}
		if (!ns->pid && !ns->table && ns->fd < 0)
			ns->fd = open_bound(pid, mnt_fs_get_target(fs), inum);
	}
	mnt_free_iter(iter);
	return 0;
}

/* A later one may lead to one that was met before: -1 without memory. */
static int visit(struct proc_view *v, size_t i)
{
	struct proc_ns *ns = &v->ns[i];
	struct visitor visitor = {};
	pid_t pid = ns->pid;
	int fd = open_ns(ns), rc = 0;

	if (fd >= 0) {
		ask_owner(ns, fd);
		if (enter(&visitor, fd))
			pid = visitor.in_proc;
		close(fd);
		ns->fd = -1;
	}
	if (pid)
		ns->table = read_table(pid);
	if (ns->table)
		rc = follow_bound(v, ns->table, pid);
	leave(&visitor);
	return rc;
}

static bool can_visit(const struct proc_ns *ns)
{
	return !ns->table && (ns->pid || ns->holder || ns->fd >= 0);
}

/* Until no file leads any further. */
static int visit_all(struct proc_view *v)
{
	size_t i;
	bool any;

	do {
		any = false;
		for (i = 0; i < v->nr; i++) {
			if (!can_visit(&v->ns[i]))
				continue;
			if (visit(v, i))
				return -1;
			any |= !!v->ns[i].table;
		}
	} while (any);
	return 0;
}

static void drop_unseen(struct proc_view *v)
{
	size_t i, n = 0;

	for (i = 0; i < v->nr; i++) {
		if (v->ns[i].table)
			v->ns[n++] = v->ns[i];
		else
			v->unseen++;
	}
	v->nr = n;
}

static int write_text(const struct proc_view *v, char **text, size_t *len)
{
	FILE *f = open_memstream(text, len);
	int rc;

	if (!f)
		return -1;
	rc = proc_write(v, f);
	if (!fclose(f) && !rc)
		return 0;
	free(*text);
	return -1;
}

static void free_view(struct proc_view *v)
{
	size_t i;

	for (i = 0; i < v->nr; i++) {
		mnt_unref_table(v->ns[i].table);
		if (v->ns[i].fd >= 0)
			close(v->ns[i].fd);
	}
	free(v->ns);
}

int proc_read(char **text, size_t *len, struct error *err)
{
	struct proc_view v = {};
	int rc = find_namespaces(&v, err);

	if (!rc && visit_all(&v))
		rc = error_set(err, "/proc: out of memory");
	if (!rc)
		drop_unseen(&v);
	v.initial = v.nr && v.ns->pid == 1 && is_init_pid_ns("/proc/1/ns/pid");
	if (!rc && !v.nr)
		rc = error_set(err,
			       "/proc: no mountinfo can be read; run as root");
	if (!rc && write_text(&v, text, len))
		rc = error_set(err, "/proc: out of memory");
	free_view(&v);
	return rc;
}
