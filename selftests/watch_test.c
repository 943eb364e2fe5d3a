// SPDX-License-Identifier: GPL-2.0-only
/*
 * mntprop watch runs beside the test, which does something and waits for the
 * line of it.  An interval of ten minutes shows what it is woken for.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "module.h"
#include "util.h"

#define PLACE "/mnt/dir"
#define QUIET "/mnt/private" /* nothing propagates from there */
#define NEVER "600"

/* How long a line may take before it counts as missing, in s. */
#define PATIENCE 60

/* How many a umount(2) may be slower than the tool's second look. */
#define UMOUNTS 20

/* The running tool. */
struct watch {
	pid_t pid;
	int out, err;
	char text[256 * 1024]; /* all that it has printed so far */
	size_t len;
};

/* Of the namespaces whose changes it waits for. */
static unsigned int inum_of(pid_t pid)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", pid);
	if (stat(path, &st))
		die("%s", path);
	return st.st_ino;
}

static time_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static void rest(void)
{
	poll(NULL, 0, 20);
}

/* How many namespaces it listens to. */
static int listeners(pid_t pid)
{
	char path[64], target[64];
	struct dirent *d;
	ssize_t len;
	int n = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	dir = opendir(path);
	if (!dir)
		die("%s", path);
	while ((d = readdir(dir))) {
		len = readlinkat(dirfd(dir), d->d_name, target,
				 sizeof(target) - 1);
		target[len < 0 ? 0 : len] = 0;
		n += len > 10 && !strcmp(target + len - 10, "/mountinfo");
	}
	closedir(dir);
	return n;
}

/* What /proc/PID has in a file: one line. */
static const char *status_of(pid_t pid, const char *file)
{
	static char text[512];
	char path[64];
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	len = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (len < 0)
		die("%s", path);
	close(fd);
	text[len] = 0;
	return text;
}

static bool is_asleep(pid_t pid)
{
	return strstr(status_of(pid, "stat"), ") S ");
}

static void watch_start_at(struct watch *w, const char *interval,
			   const char *source)
{
	const char *tool = getenv("MNTPROP_TOOL");
	int out[2], err[2];
	time_t start = now();

	if (!tool || pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC))
		die("MNTPROP_TOOL or a pipe is missing");
	fflush(stdout);
	w->pid = fork();
	if (!w->pid) {
		dup2(out[1], STDOUT_FILENO);
		dup2(err[1], STDERR_FILENO);
		execl(tool, tool, "watch", "--json", "--interval", interval,
		      source ? "--source" : NULL, source, NULL);
		die("%s", tool);
	}
	close(out[1]);
	close(err[1]);
	w->out = out[0];
	w->err = err[0];
	w->len = 0;
	w->text[0] = 0;
	/*
	 * It has a snapshot to compare with when it listens, to more than one: to
	 * take one by /proc it opens these, too, one after another.
	 */
	while (listeners(w->pid) < 2 || !is_asleep(w->pid)) {
		if (now() - start > PATIENCE)
			die("the tool does not listen");
		rest();
	}
}

static void watch_start(struct watch *w, const char *interval)
{
	watch_start_at(w, interval, NULL);
}

/* Takes what there is, waiting for it for up to @ms. False at the end of it. */
static bool watch_read(struct watch *w, int ms)
{
	struct pollfd fd = { .fd = w->out, .events = POLLIN };
	ssize_t n;

	if (poll(&fd, 1, ms) <= 0)
		return true;
	if (w->len == sizeof(w->text) - 1)
		die("it says too much");
	n = read(w->out, w->text + w->len, sizeof(w->text) - 1 - w->len);
	if (n > 0)
		w->len += n;
	w->text[w->len] = 0;
	return n > 0;
}

static void watch_forget(struct watch *w)
{
	while (watch_read(w, 0) && w->len) {
		w->len = 0;
		w->text[0] = 0;
	}
}

/* Its exit status. */
static int watch_end(struct watch *w)
{
	time_t start = now();
	int status;

	while (!waitpid(w->pid, &status, WNOHANG)) {
		if (now() - start > PATIENCE) {
			kill(w->pid, SIGKILL);
			waitpid(w->pid, &status, 0);
		}
		rest();
	}
	w->pid = 0;
	while (w->out >= 0 && watch_read(w, 0) && w->len)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

/* The line in which all of these stand, or NULL. @words end with NULL. */
static const char *find_line(const struct watch *w, const char *const words[])
{
	static char line[4096];
	const char *at = w->text, *end;
	int i;

	for (; (end = strchr(at, '\n')); at = end + 1) {
		snprintf(line, sizeof(line), "%.*s", (int)(end - at), at);
		for (i = 0; words[i] && strstr(line, words[i]); i++)
			;
		if (!words[i])
			return line;
	}
	return NULL;
}

/*
 * Waits for an event (NULL: any) in a namespace, at a target (NULL: not of a
 * mount), with some more text in it (NULL: none). False if it does not come.
 */
static bool comes(struct watch *w, const char *event, unsigned int inum,
		  const char *target, const char *more)
{
	char words[3][128] = { "", "", "" };
	const char *const list[] = { words[0], words[1], words[2],
				     more ? more : "", NULL };
	time_t start = now();

	if (event)
		snprintf(words[0], sizeof(words[0]), "\"event\":\"%s\"", event);
	snprintf(words[1], sizeof(words[1]), "\"ns\":%u,", inum);
	if (target)
		snprintf(words[2], sizeof(words[2]), "\"target\":\"%s\"",
			 target);
	while (!find_line(w, list)) {
		if (now() - start > PATIENCE || !watch_read(w, 100)) {
			printf("# no %s %s %s %s in:\n%s", words[0], words[1],
			       words[2], list[3], w->text);
			return false;
		}
	}
	return true;
}

static bool has(const struct watch *w, const char *a, const char *b)
{
	const char *const list[] = { a, b, NULL };

	return find_line(w, list);
}

/* The sum of a number in all lines of an event. */
static long sum(const struct watch *w, const char *event, const char *field)
{
	char wanted[64], name[64];
	const char *at;
	long n = 0;

	snprintf(wanted, sizeof(wanted), "\"event\":\"%s\"", event);
	snprintf(name, sizeof(name), "\"%s\":", field);
	for (at = w->text; (at = strstr(at, wanted)); at++) {
		const char *number = strstr(at, name);

		n += number ? atol(number + strlen(name)) : 0;
	}
	return n;
}

static long count(const struct watch *w, const char *event)
{
	char wanted[64];
	const char *at;
	long n = 0;

	snprintf(wanted, sizeof(wanted), "\"event\":\"%s\"", event);
	for (at = w->text; (at = strstr(at, wanted)); at++)
		n++;
	return n;
}

static struct watch watch;

FIXTURE(watch)
{
	pid_t child;
	unsigned int here, there;
};

FIXTURE_SETUP(watch)
{
	own_namespace(MS_SHARED);
	must_mkdir(PLACE);
	must_mkdir(QUIET);
	must_mount("private", QUIET, "tmpfs", 0, NULL);
	must_make(QUIET, MS_PRIVATE);
	must_mkdir(QUIET "/a");
	must_mkdir(QUIET "/b");
	self->child = child_start(0, NULL, NULL);
	self->here = inum_of(getpid());
	self->there = inum_of(self->child);
	watch.pid = 0;
}

FIXTURE_TEARDOWN(watch)
{
	if (watch.pid) {
		kill(watch.pid, SIGKILL);
		waitpid(watch.pid, NULL, 0);
	}
	if (self->child)
		child_stop(self->child);
}

static void bind_there(void *unused)
{
	(void)unused;
	must_bind("/mnt", PLACE);
}

/* All of it wakes the tool, in whatever namespace. */
TEST_F(watch, mounts)
{
	char id[32];
	struct statx st;
	int fd;

	watch_start(&watch, NEVER);
	must_mount("here", PLACE, "tmpfs", 0, NULL);
	if (statx(AT_FDCWD, PLACE, 0, STATX_MNT_ID, &st))
		die("statx");
	snprintf(id, sizeof(id), "\"id\":%llu,",
		 (unsigned long long)st.stx_mnt_id);
	EXPECT_TRUE(comes(&watch, "mounted", self->here, PLACE, id));
	EXPECT_TRUE(comes(&watch, "mounted", self->there, PLACE,
			  "\"source\":\"here\""));
	EXPECT_FALSE(has(&watch, "\"mounted\"", "\"target\":\"/mnt\""));

	/* In use here; there it may be seen on its way out, as 6.12 shows. */
	fd = open(PLACE, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	must_umount(PLACE, MNT_DETACH);
	EXPECT_TRUE(comes(&watch, "unmounted", self->here, PLACE,
			  "\"in_use\":true"));
	EXPECT_TRUE(comes(&watch, "unmounted", self->there, PLACE, NULL));
	close(fd);

	watch_forget(&watch);
	child_run(self->child, bind_there, NULL);
	EXPECT_TRUE(comes(&watch, "mounted", self->there, PLACE, NULL));
	EXPECT_TRUE(comes(&watch, "mounted", self->here, PLACE, NULL));

	watch_forget(&watch);
	must_mount("moving", QUIET "/a", "tmpfs", 0, NULL);
	EXPECT_TRUE(comes(&watch, "mounted", self->here, QUIET "/a", NULL));
	must_mount(QUIET "/a", QUIET "/b", NULL, MS_MOVE, NULL);
	EXPECT_TRUE(comes(&watch, "moved", self->here, QUIET "/b",
			  "\"before\":\"" QUIET "/a\""));
	must_mount(NULL, QUIET "/b", NULL, MS_REMOUNT | MS_BIND | MS_NOSUID,
		   NULL);
	EXPECT_TRUE(comes(&watch, "remounted", self->here, QUIET "/b",
			  "\"before\":\"rw"));
	must_umount(QUIET "/b", 0);
	EXPECT_TRUE(comes(&watch, "unmounted", self->here, QUIET "/b", NULL));
	/* it was said one by one */
	EXPECT_EQ(0, count(&watch, "gap"))
	{
		TH_LOG("%s", watch.text);
	}
}

/* Nobody uses it: all but what is seen on its way out is gone. */
TEST_F(watch, plain_umount)
{
	const char *dir = QUIET "/a";
	int i;

	watch_start(&watch, NEVER);
	for (i = 0; i < UMOUNTS; i++) {
		must_mount("plain", dir, "tmpfs", 0, NULL);
		EXPECT_TRUE(comes(&watch, "mounted", self->here, dir, NULL));
		watch_forget(&watch);
		must_umount(dir, 0);
		EXPECT_TRUE(comes(&watch, "unmounted", self->here, dir, NULL));
		if (has(&watch, "\"unmounted\"", "\"in_use\":false"))
			break;
	}
	EXPECT_GT(UMOUNTS, i);
}

/* The module is there, and is not asked. */
TEST_F(watch, by_proc)
{
	watch_start_at(&watch, NEVER, "proc");
	must_mount("here", PLACE, "tmpfs", 0, NULL);
	EXPECT_TRUE(comes(&watch, "mounted", self->here, PLACE,
			  "\"source\":\"here\""));
	EXPECT_TRUE(comes(&watch, "mounted", self->there, PLACE, NULL));
	must_mount(NULL, PLACE, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL);
	EXPECT_TRUE(comes(&watch, "remounted", self->here, PLACE,
			  "\"options\":\"ro"));
	must_umount(PLACE, 0);
	EXPECT_TRUE(comes(&watch, "unmounted", self->here, PLACE, NULL));
	EXPECT_TRUE(comes(&watch, "unmounted", self->there, PLACE, NULL));
	EXPECT_EQ(0, count(&watch, "gap"));
}

/* The last process ends, and the namespace with it: nothing keeps it. */
TEST_F(watch, namespace_goes)
{
	watch_start(&watch, NEVER);
	child_stop(self->child);
	self->child = 0;
	EXPECT_TRUE(comes(&watch, "went", self->there, NULL, NULL));
}

/* It is found when the interval ends, and listened to from then on. */
TEST_F(watch, namespace_comes)
{
	unsigned int inum;
	pid_t child;

	watch_start(&watch, "0.2");
	child = child_start(0, NULL, NULL);
	inum = inum_of(child);
	EXPECT_TRUE(comes(&watch, "came", inum, NULL, "\"mounts\":"));
	must_mount("here", PLACE, "tmpfs", 0, NULL);
	EXPECT_TRUE(comes(&watch, "mounted", inum, PLACE, NULL));
	child_stop(child);
	EXPECT_TRUE(comes(&watch, "went", inum, NULL, NULL));
}

static uint64_t event_of(pid_t pid)
{
	struct snapshot *s = take_snapshot();
	uint64_t event = ns_of_pid(s, pid)->event;

	snapshot_free(s);
	return event;
}

static const struct {
	unsigned long flag;
	const char *propagation, *before;
} types[] = {
	{ MS_PRIVATE, "\"propagation\":\"private\"", "\"before\":\"shared:" },
	{ MS_UNBINDABLE, "\"propagation\":\"unbindable\"",
	  "\"before\":\"private\"" },
	{ MS_SHARED, "\"propagation\":\"shared:", "\"before\":\"unbindable\"" },
};

/* Where the kernel counts them it wakes, too; else the interval finds them. */
TEST_F(watch, types)
{
	uint64_t event = event_of(getpid());
	bool counted;
	size_t i;

	must_make("/mnt", MS_SHARED);
	counted = event_of(getpid()) != event;
	TH_LOG("a change of the type is %scounted", counted ? "" : "not ");
	watch_start(&watch, counted ? NEVER : "0.2");
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		watch_forget(&watch);
		must_make("/mnt", types[i].flag);
		EXPECT_TRUE(comes(&watch, "became", self->here, "/mnt",
				  types[i].propagation));
		EXPECT_TRUE(comes(&watch, "became", self->here, "/mnt",
				  types[i].before));
	}
}

/* A group in the middle goes: its slave gets the master that it had. */
TEST_F(watch, slave_and_regrouped)
{
	static const char *const places[] = { QUIET "/x", QUIET "/y",
					      QUIET "/z" };
	char before[64], *end;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(places); i++)
		must_mkdir(places[i]);
	must_mount("chain", places[0], "tmpfs", 0, NULL);
	must_make(places[0], MS_SHARED);
	must_bind(places[0], places[1]);
	must_make(places[1], MS_SLAVE);
	must_make(places[1], MS_SHARED);
	must_bind(places[1], places[2]);

	watch_start(&watch, "0.2");
	must_make(places[2], MS_SLAVE);
	EXPECT_TRUE(comes(&watch, "became", self->here, places[2],
			  "\"propagation\":\"master:"));
	end = strstr(watch.text, "\"propagation\":\"");
	ASSERT_NE(NULL, end);
	snprintf(before, sizeof(before), "\"before\":\"%.*s\"",
		 (int)strcspn(end + 15, "\""), end + 15);

	watch_forget(&watch);
	must_make(places[1], MS_PRIVATE);
	EXPECT_TRUE(comes(&watch, "became", self->here, places[1],
			  "\"propagation\":\"private\""));
	EXPECT_TRUE(comes(&watch, "regrouped", self->here, places[2], before));
}

/* Each is said, or counted in a gap: none more, none less. */
TEST_F(watch, burst)
{
	const int pairs = scaled(500);
	time_t start = now();
	long seen = 0;
	int i;

	watch_start(&watch, NEVER);
	watch_forget(&watch);
	for (i = 0; i < pairs; i++) {
		must_mount("burst", QUIET "/a", "tmpfs", 0, NULL);
		must_umount(QUIET "/a", 0);
	}
	while (seen < 2 * pairs && now() - start < PATIENCE) {
		watch_read(&watch, 100);
		seen = count(&watch, "mounted") + count(&watch, "unmounted") +
		       sum(&watch, "gap", "changes");
	}
	TH_LOG("%d pairs: %ld and %ld seen, %ld in %ld gaps", pairs,
	       count(&watch, "mounted"), count(&watch, "unmounted"),
	       sum(&watch, "gap", "changes"), count(&watch, "gap"));
	EXPECT_EQ(2 * pairs, seen);
	EXPECT_LE(1, count(&watch, "gap"));
}

/* Nothing is seen of it but that it was, whatever it did. */
TEST_F(watch, short_lived_namespace)
{
	struct snapshot *s = take_snapshot();
	bool unique = s->mounts[0].unique;
	const char *what = unique ? "mounts" : "namespaces";
	time_t start = now();
	pid_t child;

	snapshot_free(s);
	watch_start(&watch, NEVER);
	for (;;) {
		child = child_start(0, NULL, NULL);
		child_stop(child);
		/* the counters are known up to what is youngest */
		child = child_start(0, NULL, NULL);
		must_mount("wake", QUIET "/a", "tmpfs", 0, NULL);
		EXPECT_TRUE(comes(&watch, "came", inum_of(child), NULL, NULL));
		child_stop(child);
		must_umount(QUIET "/a", 0);
		if (sum(&watch, "gap", what) || now() - start > PATIENCE)
			break;
	}
	EXPECT_LT(0, sum(&watch, "gap", what))
	{
		TH_LOG("%s", watch.text);
	}
}

/* A tmpfs becomes the root, and the root goes to /old. */
static void pivot(void)
{
	must_mkdir("/new");
	must_mount("new root", "/new", "tmpfs", 0, NULL);
	must_mkdir("/new/old");
	if (chdir("/new") || syscall(SYS_pivot_root, ".", "old") || chdir("/"))
		die("pivot_root");
}

static void own_root(void *unused)
{
	(void)unused;
	must_mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
	pivot();
	must_umount("/old", MNT_DETACH);
}

static void replace_root(void *busy)
{
	pivot();
	if (busy && (!umount2("/old", 0) || errno != EBUSY))
		die("mountinfo does not keep the root of the process");
	must_umount("/old", busy ? MNT_DETACH : 0);
}

/* Who opens the mountinfo of a process keeps the root that it has.  Not here. */
TEST_F(watch, keeps_no_root)
{
	pid_t child = child_start(0, own_root, NULL);
	unsigned int inum = inum_of(child);
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/mountinfo", child);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	child_run(child, replace_root, "busy");
	close(fd);

	watch_start(&watch, NEVER);
	must_mount("here", PLACE, "tmpfs", 0, NULL);
	EXPECT_TRUE(comes(&watch, "mounted", self->here, PLACE, NULL));
	child_run(child, replace_root, NULL);
	/* Mounted there, or moved there from where it was seen before. */
	EXPECT_TRUE(comes(&watch, NULL, inum, "/", "\"new root\""));
	child_stop(child);
}

TEST_F(watch, stops)
{
	static const int signals[] = { SIGINT, SIGTERM };
	const char *place = QUIET "/a";
	size_t i;

	for (i = 0; i < ARRAY_SIZE(signals); i++) {
		watch_start(&watch, NEVER);
		must_mount("last", place, "tmpfs", 0, NULL);
		EXPECT_TRUE(comes(&watch, "mounted", self->here, place, NULL));
		kill(watch.pid, signals[i]);
		EXPECT_EQ(0, watch_end(&watch));
		EXPECT_EQ('\n', watch.text[watch.len - 1]);
		must_umount(place, 0);
		close(watch.out);
		close(watch.err);
	}
}

/* Nor does a reader who has stopped to read keep it. */
TEST_F(watch, stops_when_the_pipe_is_full)
{
	const char *place = QUIET "/a";
	int i, n, unread = 0;

	watch_start(&watch, NEVER);
	if (fcntl(watch.out, F_SETPIPE_SZ, 4096) < 0)
		die("F_SETPIPE_SZ");
	for (i = 0; i < 100; i++)
		must_mount("much", place, "tmpfs", 0, NULL);
	/* a second without a change: it waits for room */
	for (i = 0; i < 50; i++) {
		rest();
		if (ioctl(watch.out, FIONREAD, &n))
			die("FIONREAD");
		if (n != unread || !n || !is_asleep(watch.pid))
			i = 0;
		unread = n;
	}
	kill(watch.pid, SIGINT);
	EXPECT_EQ(0, watch_end(&watch));
	EXPECT_LT(count(&watch, "mounted"), 100);
}

/* Also while there is nothing to say, which no write can tell. */
TEST_F(watch, stops_when_nobody_reads)
{
	char text[8];

	watch_start(&watch, NEVER);
	close(watch.out);
	watch.out = -1;
	EXPECT_EQ(0, watch_end(&watch));
	EXPECT_EQ(0, read(watch.err, text, sizeof(text)));
}

TEST_F(watch, module_goes)
{
	struct image image = module_image();
	time_t start = now();
	char text[512];
	ssize_t len;

	watch_start(&watch, NEVER);
	while (module_unload()) {
		if (now() - start > PATIENCE)
			die("rmmod");
		rest();
	}
	must_mount("here", PLACE, "tmpfs", 0, NULL);
	EXPECT_EQ(2, watch_end(&watch));
	len = read(watch.err, text, sizeof(text) - 1);
	text[len < 0 ? 0 : len] = 0;
	EXPECT_NE(NULL, strstr(text, "mntprop load"))
	{
		TH_LOG("%s", text);
	}
	EXPECT_EQ(text + len - 1, strchr(text, '\n'));
	EXPECT_EQ(0, module_load(&image, ""));
}

TEST_HARNESS_MAIN
