// SPDX-License-Identifier: GPL-2.0-only
/*
 * The experiments, in a process of their own: it enters a new namespace, which its parent
 * must not, and it can be ended.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "actors.h"
#include "compiler.h"
#include "provocations.h"
#include "rules_probe.h"
#include "trial.h"

/* Seconds: on no machine does one experiment take so long. */
#define TIME_LIMIT 60

/* For it to be ended then; a process that waits for a filesystem may not be. */
#define LAST_SECONDS 5

/* How often the same has to come out in a row, and an experiment is done for that. */
#define SAME_IN_A_ROW 3
#define MAX_TRIES 12

/* How often all of them are done, if some ended as by no rules. */
#define MAX_PROBES 3

/* Mounted over, in a namespace that nobody else is in. */
#define ANY_DIRECTORY "/proc"

struct outcomes {
	char *all; /* one after the other, each with a NUL */
	size_t len;
	const char **of; /* by number of the provocation, see rules_explain() */
};

/* "": it could not be tried. */
static char *try_once(const struct script *script, int proc)
{
	char *text = NULL;
	bool tried;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		err(2, "an experiment");
	tried = trial_by_kernel(script, proc, f);
	if (fclose(f))
		err(2, "an experiment");
	if (!tried)
		text[0] = 0;
	return text;
}

/*
 * Others on this machine can have an experiment end differently: what they unmount makes
 * ids free again, and they can be at fs.mount-max.
 */
static char *try_until_same(const struct script *script, int proc)
{
	char *text = try_once(script, proc), *again;
	int i, same = 1;

	for (i = 1; i < MAX_TRIES && same < SAME_IN_A_ROW; i++) {
		again = try_once(script, proc);
		same = strcmp(text, again) ? 1 : same + 1;
		free(text);
		text = again;
	}
	if (same < SAME_IN_A_ROW)
		text[0] = 0;
	return text;
}

/*
 * Namespaces get their ids from a range that each CPU has (ns_tree_gen_id() since 6.18):
 * in order of their creation only if that is on one.
 */
static void stay_on_cpu(void)
{
	int cpu = sched_getcpu();
	cpu_set_t one;

	if (cpu < 0 || cpu >= CPU_SETSIZE)
		return;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	sched_setaffinity(0, sizeof(one), &one);
}

/*
 * A filter that lets mount(2) through and not what is newer, as a runtime of containers
 * may have it, would be taken for the kernel.  The kernel itself refuses what is asked for
 * with other errors than those that filters give: there is no such file or address.
 */
static void need_syscalls(void)
{
	static const struct {
		long number;
		const char *name;
		bool may_be_missing; /* from kernels that others of these are in */
	} calls[] = {
		{ SYS_open_tree, "open_tree", false },
		{ SYS_move_mount, "move_mount", false },
		{ SYS_fsopen, "fsopen", false },
		{ SYS_fsconfig, "fsconfig", false },
		{ SYS_fsmount, "fsmount", false },
		{ SYS_mount_setattr, "mount_setattr", true },
		{ SYS_open_tree_attr, "open_tree_attr", true },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		if (syscall(calls[i].number, -1, NULL, -1, NULL, 0) < 0 &&
		    errno != EBADF && errno != EFAULT && errno != EINVAL &&
		    !(errno == ENOSYS && calls[i].may_be_missing))
			err(2, "%s", calls[i].name);
	}
}

/* In a process of its own; @user: also what takes user namespaces. */
static void try_all(bool user)
{
	int proc = open("/proc", O_PATH | O_CLOEXEC);
	struct script script;
	char *text;
	size_t i;

	if (proc < 0)
		err(2, "/proc");
	stay_on_cpu();
	errno = unshare_mounts(proc, user);
	if (errno)
		err(2, "a new mount namespace");
	need_syscalls();
	actors_enter_empty_root(ANY_DIRECTORY);
	for (i = 0; i < nr_provocations; i++) {
		alarm(TIME_LIMIT);
		script_parse(provocations[i].script, &script);
		if (user || !script_makes_user_ns(&script)) {
			text = try_until_same(&script, proc);
			fputs(text, stdout);
			free(text);
		}
		putchar(0);
		if (fflush(stdout))
			err(2, "outcomes");
	}
}

/* Whoever started the tool may have ignored or blocked signals. */
static void reset_signals(void)
{
	sigset_t none;

	signal(SIGALRM, SIG_DFL);
	signal(SIGCHLD, SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static pid_t start_trying(bool user, int out, int errors)
{
	pid_t parent = getpid(), pid;

	fflush(stdout);
	fflush(stderr);
	pid = fork();
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(2);
	reset_signals();
	alarm(TIME_LIMIT);
	if (dup2(out, STDOUT_FILENO) < 0 || dup2(errors, STDERR_FILENO) < 0)
		_exit(2);
	try_all(user);
	_exit(0);
}

/* What the process said first, without its name, as why nothing could be tried. */
static int explain(int errors, int status, struct error *why)
{
	char text[256], *end, *colon;
	ssize_t len = 0;

	/* Nobody is waited for, who may still have the other end. */
	if (!fcntl(errors, F_SETFL, O_NONBLOCK))
		len = read(errors, text, sizeof(text) - 1);
	if (len > 0) {
		text[len] = 0;
		end = strchr(text, '\n');
		if (end)
			*end = 0;
		colon = strstr(text, ": ");
		return error_set(why, "%s", colon ? colon + 2 : text);
	}
	if (WIFSIGNALED(status) && WTERMSIG(status) != SIGALRM)
		return error_set(why, "experiments ended by signal %d",
				 WTERMSIG(status));
	return error_set(why, "an experiment took more than %d s", TIME_LIMIT);
}

static int64_t seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

/* All that comes out of a pipe, until its other ends are closed or nothing comes in time. */
static int read_in_time(int fd, char **text, size_t *len)
{
	int64_t end = seconds() + TIME_LIMIT + LAST_SECONDS, left;
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	FILE *f = open_memstream(text, len);
	char room[4096];
	ssize_t n = -1;

	if (!f)
		return -1;
	while ((left = end - seconds()) > 0) {
		if (poll(&poll_fd, 1, left * 1000) <= 0)
			continue;
		n = read(fd, room, sizeof(room));
		if (n <= 0)
			break;
		fwrite(room, 1, n, f);
		end = seconds() + TIME_LIMIT + LAST_SECONDS;
	}
	return fclose(f) || n ? -1 : 0;
}

static int take_outcomes(struct outcomes *o, struct error *why)
{
	const char *at;
	size_t i;

	o->of = calloc(nr_provocations, sizeof(*o->of));
	if (!o->of)
		return error_set(why, "out of memory");
	for (at = o->all, i = 0; i < nr_provocations; i++) {
		const char *nul = memchr(at, 0, o->all + o->len - at);

		if (!nul)
			return error_set(why, "experiments ended early");
		o->of[i] = at;
		at = nul + 1;
	}
	return 0;
}

static void forget(struct outcomes *o)
{
	free(o->all);
	free(o->of);
	*o = (struct outcomes){};
}

/* Until the process has ended; one that does not die of SIGKILL is left to init. */
static int finish_trying(struct outcomes *o, pid_t pid, int out, int errors,
			 struct error *why)
{
	int status = 0;

	if (read_in_time(out, &o->all, &o->len)) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, WNOHANG);
		return explain(errors, 0, why);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status ? explain(errors, status, why) : take_outcomes(o, why);
}

static int experiment(struct outcomes *o, bool user, struct error *why)
{
	int out[2], errors[2], rc;
	pid_t pid;

	if (pipe2(out, O_CLOEXEC))
		return error_set(why, "pipe: %s", strerror(errno));
	if (pipe2(errors, O_CLOEXEC)) {
		close(out[0]);
		close(out[1]);
		return error_set(why, "pipe: %s", strerror(errno));
	}
	pid = start_trying(user, out[1], errors[1]);
	close(out[1]);
	close(errors[1]);
	if (pid < 0)
		rc = error_set(why, "fork: %s", strerror(errno));
	else
		rc = finish_trying(o, pid, out[0], errors[0], why);
	close(out[0]);
	close(errors[0]);
	return rc;
}

/* Root can do without user namespaces, where there are none. */
static int experiment_somehow(struct outcomes *o, struct error *why)
{
	if (!experiment(o, true, why))
		return 0;
	forget(o);
	return geteuid() ? -1 : experiment(o, false, why);
}

static int probe_once(struct rules_probe *p, struct error *why)
{
	struct outcomes o = {};
	struct utsname uts;
	int rc;

	*p = (struct rules_probe){};
	rules_for(uname(&uts) ? NULL : uts.release, &p->rules);
	rc = experiment_somehow(&o, why);
	if (!rc && rules_explain(p, o.of))
		rc = error_set(why, "out of memory");
	forget(&o);
	return rc;
}

/* What others do on the machine can make an experiment odd, but hardly each time. */
int rules_probe(struct rules_probe *p, struct error *why)
{
	int rc, i = 0;

	do {
		rc = probe_once(p, why);
	} while (!rc && p->odd && ++i < MAX_PROBES);
	return rc;
}

/* FNV-1a of all scripts. */
uint64_t rules_probe_version(void)
{
	uint64_t hash = 0xcbf29ce484222325;
	const char *c;
	size_t i;

	for (i = 0; i < nr_provocations; i++) {
		for (c = provocations[i].script; *c; c++)
			hash = (hash ^ (unsigned char)*c) * 0x100000001b3;
	}
	return hash;
}

const char *rules_probe_script(const char *rule)
{
	size_t i;

	for (i = 0; i < nr_provocations; i++) {
		if (!strcmp(provocations[i].rule, rule))
			return provocations[i].script;
	}
	return NULL;
}
