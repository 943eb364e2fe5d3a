// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/kcmp.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "arena.h"
#include "cgroup.h"
#include "kernel_users.h"
#include "mount_id.h"
#include "pid_ns.h"
#include "pins.h"
#include "unix_sockets.h"

/* All kernel threads but the first two have it as their parent. */
#define KTHREADD 2

/* What a task may share with another. */
#define OWN_FS 1
#define OWN_FILES 2
#define OWN_MM 4
#define OWN_ALL (OWN_FS | OWN_FILES | OWN_MM)

struct scan {
	struct pins *p;
	const bool *wanted;
	bool *wanted_ns; /* by nr: has a mount that is wanted */
	size_t room, ns_room;
	bool no_memory;
	struct unix_sockets sockets; /* of all network namespaces */
	unsigned int *net; /* inode numbers of those */
	size_t nr_net;
	int sockfs; /* id of the mount that all sockets are on, -1: not known */

	/* of the task that is looked at */
	int dir;
	struct task id;
	struct task *task; /* NULL as long as it has no pin */
	bool denied;
};

static void note_error(struct scan *s)
{
	if (errno == EACCES || errno == EPERM)
		s->denied = true;
}

/* Puts the target of a magic link into @path; whether there is one. */
static bool read_link(int dir, const char *name, char *path, size_t size)
{
	ssize_t len = readlinkat(dir, name, path, size - 1);

	path[len < 0 ? 0 : len] = 0;
	return len >= 0;
}

/* The number in "mnt:[4026531841]", or 0. */
static unsigned int ns_number(const char *link)
{
	unsigned int inum;

	return sscanf(link, "mnt:[%u]", &inum) == 1 ? inum : 0;
}

/* Once for each task, and only of those that have something to be told. */
static struct task *make_task(struct scan *s)
{
	struct arena *a = s->p->arena;
	struct task *t = arena_alloc(a, 1, sizeof(*t));
	char text[PATH_MAX] = "", *cgroup;
	FILE *f;
	int fd;

	if (!t)
		return NULL;
	*t = s->id;
	fd = openat(s->dir, "comm", O_RDONLY | O_CLOEXEC);
	f = fd < 0 ? NULL : fdopen(fd, "r");
	if (f && fgets(text, sizeof(text), f))
		text[strcspn(text, "\n")] = 0;
	if (f)
		fclose(f);
	else if (fd >= 0)
		close(fd);
	t->comm = arena_strdup(a, text);
	if (read_link(s->dir, "ns/mnt", text, sizeof(text)))
		t->ns = ns_number(text);
	if (!t->comm || cgroup_task(a, t->tid, &cgroup, &t->container))
		return NULL;
	s->p->nr_tasks++;
	return t;
}

static struct pin *next_pin(struct pin **list, size_t nr, size_t *room)
{
	struct pin *more;

	if (nr == *room) {
		more = realloc(*list, (*room * 2 + 64) * sizeof(*more));
		if (!more)
			return NULL;
		*list = more;
		*room = *room * 2 + 64;
	}
	return *list + nr;
}

static void add(struct scan *s, const struct pin *what, const char *path)
{
	struct pins *p = s->p;
	bool of_ns = what->kind == PIN_NS_FD;
	struct pin *pin;

	if (!s->task)
		s->task = make_task(s);
	pin = of_ns ? next_pin(&p->of_ns, p->nr_of_ns, &s->ns_room) :
		      next_pin(&p->all, p->nr, &s->room);
	if (!s->task || !pin) {
		s->no_memory = true;
		return;
	}
	*pin = *what;
	pin->task = s->task;
	pin->nr = of_ns ? p->nr_of_ns++ : p->nr++;
	if (*path) {
		pin->path = arena_strdup(p->arena, path);
		s->no_memory |= !pin->path;
	}
}

/* The mount with this id, if it is one of those. */
static const struct mount *wanted_mount(const struct scan *s, int id)
{
	const struct mount *m = snapshot_mount(s->p->s, id);

	return m && s->wanted[m - s->p->s->mounts] ? m : NULL;
}

/* Id of the mount that a magic link leads to. */
static int id_of_link(struct scan *s, const char *name)
{
	int fd = openat(s->dir, name, O_PATH | O_CLOEXEC), id;

	if (fd < 0) {
		note_error(s);
		return -1;
	}
	id = mount_id(fd);
	close(fd);
	return id;
}

static void scan_link(struct scan *s, const char *name, enum pin_kind kind)
{
	struct pin pin = { .kind = kind };
	char path[PATH_MAX];

	pin.mount = wanted_mount(s, id_of_link(s, name));
	if (!pin.mount)
		return;
	read_link(s->dir, name, path, sizeof(path));
	add(s, &pin, path);
}

/* The namespace that a file on a mount of nsfs stands for, NULL if it does not. */
static const struct mnt_namespace *
ns_of_file(const struct scan *s, const struct mount *m, const char *link)
{
	const struct mnt_namespace *ns;

	/* opened by a path it has that of the file that it is mounted on */
	ns = snapshot_ns(s->p->s, ns_number(link));
	if (!ns && m->root_ino <= UINT_MAX)
		ns = snapshot_ns(s->p->s, m->root_ino);
	return ns && s->wanted_ns[ns->nr] ? ns : NULL;
}

/*
 * The path as the task sees it, and only of names that the kernel has in memory:
 * those of a bound socket are, and a server may be dead.  (RESOLVE_CACHED: 5.12)
 */
static int open_as_task(const struct scan *s, const char *path)
{
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_CACHED,
	};
	const char *from = *path == '/' ? "root" : "cwd";
	int top = openat(s->dir, from, O_PATH | O_CLOEXEC), fd;

	if (top < 0)
		return -1;
	fd = syscall(SYS_openat2, top, path, &how, sizeof(how));
	if (fd < 0 && errno == EINVAL) {
		how.resolve = RESOLVE_IN_ROOT;
		fd = syscall(SYS_openat2, top, path, &how, sizeof(how));
	}
	close(top);
	return fd;
}

/* The mount that a socket was bound on, if its name still leads to one. */
static void scan_socket(struct scan *s, int number, const char *file)
{
	struct pin pin = { .kind = PIN_SOCKET, .fd = number };
	const struct unix_socket *u;
	char link[64];
	struct stat st;
	int fd;

	if (!read_link(s->dir, file, link, sizeof(link)))
		return;
	u = unix_socket_of_link(&s->sockets, link);
	fd = u ? open_as_task(s, u->path) : -1;
	if (fd < 0)
		return;
	if (!fstat(fd, &st) && S_ISSOCK(st.st_mode))
		pin.mount = wanted_mount(s, mount_id(fd));
	close(fd);
	if (pin.mount)
		add(s, &pin, u->path);
}

static void scan_fd(struct scan *s, const char *name)
{
	struct pin pin = { .kind = PIN_FD, .fd = atoi(name) };
	char file[64], path[PATH_MAX];
	const struct mount *m;
	int id;

	/* what it has opened itself is nobody's use */
	if (s->id.pid == getpid() && pin.fd > STDERR_FILENO)
		return;
	snprintf(file, sizeof(file), "fdinfo/%d", pin.fd);
	id = mount_id_told(s->dir, file);
	if (id < 0) {
		note_error(s);
		return;
	}
	snprintf(file, sizeof(file), "fd/%d", pin.fd);
	if (id == s->sockfs)
		scan_socket(s, pin.fd, file);
	m = snapshot_mount(s->p->s, id);
	if (!m)
		return;
	pin.mount = wanted_mount(s, id);
	if (pin.mount) {
		read_link(s->dir, file, path, sizeof(path));
		add(s, &pin, path);
	}
	if (strcmp(m->type, "nsfs") ||
	    !read_link(s->dir, file, path, sizeof(path)))
		return;
	pin.ns = ns_of_file(s, m, path);
	if (pin.ns) {
		pin.kind = PIN_NS_FD;
		add(s, &pin, path);
	}
}

static DIR *open_dir(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	if (!d && fd >= 0)
		close(fd);
	return d;
}

static void scan_fds(struct scan *s)
{
	DIR *d = open_dir(s->dir, "fd");
	struct dirent *e;

	if (!d) {
		note_error(s);
		return;
	}
	while ((e = readdir(d))) {
		if (isdigit((unsigned char)*e->d_name))
			scan_fd(s, e->d_name);
	}
	closedir(d);
}

/* One file on a mount is enough to tell that it is used. */
static bool has_map(const struct scan *s, const struct mount *m)
{
	size_t i;

	for (i = s->p->nr; s->task && i-- > 0;) {
		const struct pin *pin = &s->p->all[i];

		if (pin->task != s->task)
			break;
		if (pin->kind == PIN_MAP && pin->mount == m)
			return true;
	}
	return false;
}

/* A mapping of a file; the text of the program itself is told by exe. */
static void scan_map(struct scan *s, unsigned long start, unsigned long end,
		     const char *exe)
{
	struct pin pin = { .kind = PIN_MAP };
	char file[64], path[PATH_MAX];

	/* it takes the numbers without leading zeros only */
	snprintf(file, sizeof(file), "map_files/%lx-%lx", start, end);
	pin.mount = wanted_mount(s, id_of_link(s, file));
	if (!pin.mount || has_map(s, pin.mount) ||
	    !read_link(s->dir, file, path, sizeof(path)))
		return;
	if (strcmp(path, exe))
		add(s, &pin, path);
}

/* The segments of a file stand one after another: the first one will do. */
static void scan_maps(struct scan *s, const char *exe)
{
	int fd = openat(s->dir, "maps", O_RDONLY | O_CLOEXEC);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r");
	unsigned long start, end, ino, last_ino = 0;
	char *line = NULL, dev[32], last_dev[32] = "";
	size_t size = 0;

	if (!f) {
		note_error(s);
		if (fd >= 0)
			close(fd);
		return;
	}
	while (getline(&line, &size, f) > 0) {
		if (sscanf(line, "%lx-%lx %*s %*s %31s %lu", &start, &end, dev,
			   &ino) != 4 ||
		    !ino || (ino == last_ino && !strcmp(dev, last_dev)))
			continue;
		last_ino = ino;
		memcpy(last_dev, dev, sizeof(dev));
		scan_map(s, start, end, exe);
	}
	free(line);
	fclose(f);
}

/* Whether two tasks have different ones; where nobody can say they share. */
static bool differ(pid_t a, pid_t b, int type)
{
	return syscall(SYS_kcmp, a, b, type, 0, 0) > 0;
}

/* Without CONFIG_KCMP, or if it is not allowed. */
static bool has_no_kcmp(void)
{
	return syscall(SYS_kcmp, getpid(), getpid(), KCMP_FS, 0, 0) < 0;
}

static bool is_kernel_thread(const char *exe, pid_t pid)
{
	return !*exe && pid != KTHREADD && !differ(pid, KTHREADD, KCMP_FS);
}

static void scan_task(struct scan *s, const char *name, pid_t pid, int own)
{
	char exe[PATH_MAX];

	s->dir = open(name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (s->dir < 0)
		return;
	s->id = (struct task){ .pid = pid, .tid = atoi(name + 6) };
	s->task = NULL;
	if (!read_link(s->dir, "exe", exe, sizeof(exe)))
		note_error(s);
	if (own & OWN_FS && !is_kernel_thread(exe, s->id.tid)) {
		scan_link(s, "cwd", PIN_CWD);
		scan_link(s, "root", PIN_ROOT);
	}
	if (own & OWN_MM && *exe) {
		scan_link(s, "exe", PIN_EXE);
		scan_maps(s, exe);
	}
	if (own & OWN_FILES)
		scan_fds(s);
	close(s->dir);
}

static int owns(pid_t tid, pid_t pid)
{
	return (differ(tid, pid, KCMP_FS) ? OWN_FS : 0) |
	       (differ(tid, pid, KCMP_FILES) ? OWN_FILES : 0) |
	       (differ(tid, pid, KCMP_VM) ? OWN_MM : 0);
}

/*
 * What a thread has of its own is shared by those after it in most cases: that
 * of a process whose first thread has ended.
 */
static void scan_threads(struct scan *s, pid_t pid)
{
	pid_t tid, other = pid;
	struct dirent *e;
	char name[64];
	DIR *d;
	int own;

	snprintf(name, sizeof(name), "/proc/%d/task", pid);
	d = open_dir(AT_FDCWD, name);
	if (!d)
		return;
	while ((e = readdir(d))) {
		tid = atoi(e->d_name);
		if (tid <= 0 || tid == pid)
			continue;
		own = owns(tid, pid);
		if (own && other != pid)
			own &= owns(tid, other);
		if (!own)
			continue;
		other = tid;
		snprintf(name, sizeof(name), "/proc/%d", tid);
		scan_task(s, name, pid, own);
	}
	closedir(d);
}

static int by_mount(const void *left, const void *right)
{
	const struct pin *a = left, *b = right;

	if (a->mount != b->mount)
		return a->mount < b->mount ? -1 : 1;
	return a->nr < b->nr ? -1 : a->nr > b->nr;
}

/* The sockets of the network namespace of a process, once. */
static void find_sockets(struct scan *s, const char *name)
{
	unsigned int inum, *more;
	char link[64] = "";
	size_t i;
	int dir = open(name, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0)
		return;
	read_link(dir, "ns/net", link, sizeof(link));
	if (sscanf(link, "net:[%u]", &inum) != 1)
		goto out;
	for (i = 0; i < s->nr_net; i++) {
		if (s->net[i] == inum)
			goto out;
	}
	more = realloc(s->net, (s->nr_net + 1) * sizeof(*more));
	if (!more) {
		s->no_memory = true;
		goto out;
	}
	s->net = more;
	s->net[s->nr_net++] = inum;
	s->no_memory |= !!unix_sockets_read(&s->sockets, dir);
out:
	close(dir);
}

/* They may be held by a process of another namespace: before all others. */
static void find_all_sockets(struct scan *s, DIR *proc)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct dirent *e;
	char name[64];

	s->sockfs = fd < 0 ? -1 : mount_id(fd);
	if (fd < 0)
		return;
	close(fd);
	while (!s->no_memory && (e = readdir(proc))) {
		if (atoi(e->d_name) <= 0)
			continue;
		snprintf(name, sizeof(name), "/proc/%d", atoi(e->d_name));
		find_sockets(s, name);
	}
	rewinddir(proc);
	unix_sockets_sort(&s->sockets);
}

static void scan_all(struct scan *s, DIR *proc)
{
	struct dirent *e;
	char name[64];
	pid_t pid;

	find_all_sockets(s, proc);
	while (!s->no_memory && (e = readdir(proc))) {
		pid = atoi(e->d_name);
		if (pid <= 0)
			continue;
		s->denied = false;
		snprintf(name, sizeof(name), "/proc/%d", pid);
		scan_task(s, name, pid, OWN_ALL);
		scan_threads(s, pid);
		s->p->denied += s->denied;
	}
}

static bool is_file(const struct kernel_user *user, int fd)
{
	struct stat st;

	return !user->known || (!fstat(fd, &st) && st.st_dev == user->dev &&
				st.st_ino == user->ino);
}

/* Where the path leads to in our namespace. */
static const struct mount *mount_by_path(const struct scan *s,
					 const struct kernel_user *user)
{
	int fd = open(user->path, O_PATH | O_CLOEXEC), id = -1;

	if (fd < 0)
		return NULL;
	if (is_file(user, fd))
		id = mount_id(fd);
	close(fd);
	return id < 0 ? NULL : wanted_mount(s, id);
}

/* Somewhere else it was opened by one of these. */
static const struct mount *mount_by_device(struct scan *s,
					   const struct kernel_user *user)
{
	const struct snapshot *snapshot = s->p->s;
	const struct mount *found = NULL;
	size_t i;

	for (i = 0; user->known && i < snapshot->nr_mounts; i++) {
		const struct mount *m = &snapshot->mounts[i];

		if (!s->wanted[i] || m->major != major(user->dev) ||
		    m->minor != minor(user->dev))
			continue;
		if (found) {
			s->p->unplaced++;
			return NULL;
		}
		found = m;
	}
	return found;
}

static int scan_kernel_user(const struct kernel_user *user, void *arg)
{
	struct scan *s = arg;
	struct pin pin = { .kind = user->name ? PIN_LOOP : PIN_SWAP };

	pin.mount = mount_by_path(s, user);
	if (!pin.mount)
		pin.mount = mount_by_device(s, user);
	if (!pin.mount)
		return 0;
	s->task = arena_alloc(s->p->arena, 1, sizeof(*s->task));
	if (s->task)
		s->task->comm = arena_strdup(s->p->arena,
					     user->name ? user->name : "swap");
	if (!s->task || !s->task->comm) {
		s->no_memory = true;
		return -1;
	}
	add(s, &pin, user->path);
	return s->no_memory ? -1 : 0;
}

/* The namespaces that have what is wanted. */
static bool *find_namespaces(const struct snapshot *s, const bool *wanted)
{
	bool *found = calloc(s->nr_namespaces + 1, sizeof(*found));
	size_t i;

	for (i = 0; found && i < s->nr_mounts; i++) {
		if (wanted[i] && s->mounts[i].ns)
			found[s->mounts[i].ns->nr] = true;
	}
	return found;
}

int pins_read(struct pins *p, const struct snapshot *snapshot,
	      const bool *wanted, struct error *err)
{
	struct scan s = { .p = p, .wanted = wanted };
	DIR *proc;
	int e;

	*p = (struct pins){ .s = snapshot, .arena = arena_new() };
	s.wanted_ns = find_namespaces(snapshot, wanted);
	proc = opendir("/proc");
	e = errno;
	s.no_memory = !p->arena || !s.wanted_ns;
	if (proc && !s.no_memory)
		scan_all(&s, proc);
	if (!s.no_memory)
		kernel_users_each("/sys/block", "/dev", "/proc/swaps",
				  scan_kernel_user, &s);
	free(s.wanted_ns);
	free(s.net);
	unix_sockets_free(&s.sockets);
	if (!proc)
		return error_set(err, "/proc: %s; mount it, or give -F FILE",
				 strerror(e));
	closedir(proc);
	if (s.no_memory)
		return error_set(err, "out of memory");
	p->no_kcmp = has_no_kcmp();
	p->partial = !is_init_pid_ns("/proc/self/ns/pid");
	if (p->nr)
		qsort(p->all, p->nr, sizeof(*p->all), by_mount);
	return 0;
}

const struct pin *pins_of(const struct pins *p, const struct mount *m,
			  size_t *nr)
{
	size_t low = 0, high = p->nr, mid, n = 0;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (p->all[mid].mount < m)
			low = mid + 1;
		else
			high = mid;
	}
	while (low + n < p->nr && p->all[low + n].mount == m)
		n++;
	*nr = n;
	return p->all + low;
}

void pins_free(struct pins *p)
{
	free(p->all);
	free(p->of_ns);
	if (p->arena)
		arena_free(p->arena);
}
