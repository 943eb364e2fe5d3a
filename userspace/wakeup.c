// SPDX-License-Identifier: GPL-2.0-only
/*
 * poll(2) on /proc/PID/mountinfo says that mounts of the namespace have changed:
 * on every kernel here, and for every namespace with a process.  fanotify(7) has
 * mount events since 6.15, with ids and no more than that: what to say of a
 * mount has to be looked up all the same, and those that are gone by then have
 * nothing to be looked up.
 *
 * An open mountinfo keeps its namespace, so it has to be let go of when the
 * last process there ends: the one that is known of is watched, too.  It also
 * keeps the root of the process whose it is, which somebody may be about to
 * unmount, be it after pivot_root(2).  So it is our own that is opened: with our
 * own root, from within the other namespace.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fatal.h"
#include "wakeup.h"

struct listener {
	unsigned int inum;
	pid_t pid; /* 0: nobody, it is to be removed */
	int mountinfo;
	int pidfd; /* -1: none */
	bool wanted; /* the namespace is in the snapshot */
};

/* Two at the front, then two for each listener. */
enum { STOP, READER, FIRST };

struct wakeup {
	int ns, root, proc; /* our own */
	unsigned int inum; /* of .ns */
	bool may_leave; /* that one, and return */
	struct listener *listeners;
	size_t nr, size;
	struct pollfd *fds;
};

static int stop = -1; /* an eventfd */

/* A descriptor, as one that waits in poll(2) must not miss it. */
static void on_signal(int signal)
{
	int error = errno;

	(void)signal;
	eventfd_write(stop, 1);
	errno = error;
}

static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	stop = eventfd(0, EFD_CLOEXEC);
	if (stop < 0)
		fatal("eventfd: %s", strerror(errno));
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static void raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static void grow(struct wakeup *w)
{
	w->size = w->size * 2 + 16;
	w->listeners = realloc(w->listeners, w->size * sizeof(*w->listeners));
	w->fds = realloc(w->fds, (FIRST + 2 * w->size) * sizeof(*w->fds));
	if (!w->listeners || !w->fds)
		out_of_memory();
}

static int must_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);

	if (fd < 0)
		fatal("%s: %s; watch needs it", path, strerror(errno));
	return fd;
}

/* Into a mount namespace, with the root that we have. */
static int enter(const struct wakeup *w, int ns)
{
	return setns(ns, CLONE_NEWNS) || fchdir(w->root) || chroot(".");
}

struct wakeup *wakeup_new(void)
{
	struct wakeup *w = calloc(1, sizeof(*w));
	struct stat st;

	if (!w)
		out_of_memory();
	grow(w);
	catch_signals();
	w->ns = must_open("/proc/self/ns/mnt", O_RDONLY);
	w->root = must_open("/", O_PATH);
	w->proc = must_open("/proc", O_PATH);
	if (!fstat(w->ns, &st))
		w->inum = st.st_ino;
	w->may_leave = !enter(w, w->ns);
	raise_limit();
	return w;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void let_go(struct listener *l)
{
	close_fd(&l->mountinfo);
	close_fd(&l->pidfd);
	l->pid = 0;
}

/* Fails if the process is gone, or lives elsewhere by now. */
static int open_ns(const struct listener *l)
{
	char path[64];
	struct stat st;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", l->pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && (fstat(fd, &st) || st.st_ino != l->inum))
		close_fd(&fd);
	return fd;
}

static int open_own(const struct wakeup *w)
{
	return openat(w->proc, "self/mountinfo", O_RDONLY | O_CLOEXEC);
}

static int open_mountinfo(const struct wakeup *w, const struct listener *l)
{
	int ns, fd = -1;

	if (l->inum == w->inum)
		return open_own(w);
	ns = w->may_leave ? open_ns(l) : -1;
	if (ns < 0)
		return -1;
	if (!enter(w, ns))
		fd = open_own(w);
	if (enter(w, w->ns))
		fatal("cannot return to its mount namespace: %s",
		      strerror(errno));
	close(ns);
	return fd;
}

/* Not of a thread that is not the first of its process, which fails here. */
static int open_pidfd(pid_t pid)
{
	int fd = syscall(SYS_pidfd_open, pid, 0);

	return fd < 0 ? -1 : fd;
}

static void remove_idle(struct wakeup *w)
{
	size_t i, n = 0;

	for (i = 0; i < w->nr; i++) {
		if (w->listeners[i].pid)
			w->listeners[n++] = w->listeners[i];
	}
	w->nr = n;
}

static struct listener *find(struct wakeup *w, const struct mnt_namespace *ns)
{
	size_t i;

	for (i = 0; i < w->nr; i++) {
		if (w->listeners[i].inum == ns->inum)
			return &w->listeners[i];
	}
	return NULL;
}

static bool listen_to(struct wakeup *w, const struct mnt_namespace *ns)
{
	struct listener l = { .inum = ns->inum,
			      .pid = ns->pid,
			      .wanted = true };

	l.pidfd = open_pidfd(l.pid);
	l.mountinfo = open_mountinfo(w, &l);
	if (l.mountinfo < 0) {
		let_go(&l);
		return false;
	}
	if (w->nr == w->size)
		grow(w);
	w->listeners[w->nr++] = l;
	return true;
}

bool wakeup_follow(struct wakeup *w, const struct snapshot *s)
{
	bool more = false;
	size_t i;

	for (i = 0; i < w->nr; i++)
		w->listeners[i].wanted = false;
	for (i = 0; i < s->nr_namespaces; i++) {
		const struct mnt_namespace *ns = &s->namespaces[i];
		struct listener *l = find(w, ns);

		if (!ns->inum || !ns->pid)
			continue;
		/* of those that live there it is the first that is known of */
		if (l && l->pid == ns->pid)
			l->wanted = true;
		else
			more |= listen_to(w, ns);
	}
	for (i = 0; i < w->nr; i++) {
		if (!w->listeners[i].wanted)
			let_go(&w->listeners[i]);
	}
	remove_idle(w);
	return more;
}

/* Returns how many there are to poll. */
static size_t fill(struct wakeup *w)
{
	struct pollfd *fd = w->fds;
	size_t i;

	*fd++ = (struct pollfd){ .fd = stop, .events = POLLIN };
	/* POLLERR comes unasked when nobody can read it any more */
	*fd++ = (struct pollfd){ .fd = STDOUT_FILENO };
	for (i = 0; i < w->nr; i++) {
		*fd++ = (struct pollfd){ .fd = w->listeners[i].mountinfo,
					 .events = POLLPRI };
		*fd++ = (struct pollfd){ .fd = w->listeners[i].pidfd,
					 .events = POLLIN };
	}
	return fd - w->fds;
}

static void let_go_of_ended(struct wakeup *w)
{
	size_t i;

	for (i = 0; i < w->nr; i++) {
		if (w->fds[FIRST + 2 * i + 1].revents)
			let_go(&w->listeners[i]);
	}
	remove_idle(w);
}

bool wakeup_wait(struct wakeup *w, int rest_ms, int limit_ms)
{
	size_t n = fill(w);

	if (poll(w->fds, FIRST, rest_ms) < 0 && errno != EINTR)
		fatal("poll: %s", strerror(errno));
	if (w->fds[STOP].revents || w->fds[READER].revents)
		return false;
	if (poll(w->fds, n, limit_ms) < 0 && errno != EINTR)
		fatal("poll: %s", strerror(errno));
	let_go_of_ended(w);
	return !w->fds[STOP].revents && !w->fds[READER].revents;
}

bool wakeup_can_write(struct wakeup *w)
{
	fill(w);
	w->fds[READER].events = POLLOUT;
	while (poll(w->fds, FIRST, -1) < 0) {
		if (errno != EINTR)
			fatal("poll: %s", strerror(errno));
	}
	return w->fds[READER].revents;
}

void wakeup_free(struct wakeup *w)
{
	while (w->nr)
		let_go(&w->listeners[--w->nr]);
	close(w->ns);
	close(w->root);
	close(w->proc);
	free(w->listeners);
	free(w->fds);
	free(w);
}
