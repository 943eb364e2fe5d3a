// SPDX-License-Identifier: GPL-2.0-only
/* mntprop watch: what changes, as it changes */
#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "changes.h"
#include "command.h"
#include "event.h"
#include "lookup.h"
#include "wakeup.h"
#include "who.h"

/* In ms.  A shorter one would do little but take snapshots. */
#define SHORTEST 10
#define LONGEST (24 * 60 * 60 * 1000)
#define DEFAULT 1000

/* In us: until what has just been unmounted is gone, if nobody uses it. */
#define SETTLED 5000

struct watch {
	const struct options *o;
	char *top; /* what is mounted there and below; "/": all */
	struct snapshot *before, *after;
	struct counted counted;
	struct mnt_namespace only; /* of -N; only what tells namespaces apart */
	bool gone; /* that one */
	struct text out;
	int took_ms; /* to take the last snapshot */
};

static int to_ms(const char *arg)
{
	locale_t c = newlocale(LC_ALL_MASK, "C", NULL);
	double ms;
	char *end;

	if (!arg)
		return DEFAULT;
	if (!c)
		out_of_memory();
	ms = strtod_l(arg, &end, c) * 1000;
	freelocale(c);
	if (end == arg || *end || !(ms >= SHORTEST && ms <= LONGEST))
		fatal("--interval: %s: not a number of seconds from 0.01 to 86400",
		      arg);
	return ms;
}

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000L + t.tv_nsec / 1000000;
}

/* A comparison of what is cut short would say that the rest is gone. */
static struct snapshot *take(const struct options *o)
{
	struct snapshot *s = command_load(o);

	if (!s->complete)
		fatal("%s: not complete (%s); nothing can be compared with it",
		      s->name, s->stopped ? s->stopped : "not known where");
	return s;
}

static bool is_at_top(const struct watch *w, const struct mount *m)
{
	return m && path_below(m->path, w->top);
}

static bool has_at_top(const struct watch *w, const struct mnt_namespace *ns)
{
	size_t i;

	for (i = 0; i < ns->nr_mounts; i++) {
		if (is_at_top(w, ns->mounts[i]))
			return true;
	}
	return false;
}

static bool is_wanted(const struct watch *w, const struct change *c)
{
	bool loose = c->kind == MOUNT_CREATED || c->kind == MOUNT_FREED;

	if (w->o->who && !(c->ns && changes_same_ns(&w->only, c->ns)))
		return false;
	if (loose && !w->o->all)
		return false;
	if (c->was || c->is)
		return is_at_top(w, c->was) || is_at_top(w, c->is);
	return has_at_top(w, c->ns);
}

static void report(const struct change *c, void *arg)
{
	struct watch *w = arg;

	if (!is_wanted(w, c))
		return;
	event_add(&w->out, w->o->format == FORMAT_JSON, w->before, w->after, c);
	if (w->o->who && c->kind == NAMESPACE_WENT)
		w->gone = true;
}

/* A umount(2) that wakes us has not yet let go of what it unmounts. */
static bool is_on_its_way(const struct snapshot *before,
			  const struct snapshot *after)
{
	size_t i;

	for (i = 0; i < after->nr_mounts; i++) {
		const struct mount *is = &after->mounts[i], *was;

		if (!is->state || strcmp(is->state, "unmounted"))
			continue;
		was = snapshot_mount(before, is->id);
		if (was && was->ns)
			return true;
	}
	return false;
}

static void look(struct watch *w)
{
	long start = now_ms();
	struct gap gap;

	w->after = take(w->o);
	if (is_on_its_way(w->before, w->after)) {
		snapshot_free(w->after);
		usleep(SETTLED);
		w->after = take(w->o);
	}
	if (changes_find(w->before, w->after, &w->counted, report, w, &gap))
		out_of_memory();
	event_add_gap(&w->out, w->o->format == FORMAT_JSON, w->before, w->after,
		      &gap);
	gap_free(&gap);
	snapshot_free(w->before);
	w->before = w->after;
	w->after = NULL;
	w->took_ms = now_ms() - start;
}

/* Returns false if nobody reads it any more.  That is no error. */
static bool flush(struct watch *w, struct wakeup *wakeup)
{
	size_t done = 0;

	while (done < w->out.len && wakeup_can_write(wakeup)) {
		size_t len = w->out.len - done;
		ssize_t n = write(STDOUT_FILENO, w->out.data + done,
				  len < PIPE_BUF ? len : PIPE_BUF);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EPIPE)
			return false;
		if (n < 0)
			fatal("stdout: %s", strerror(errno));
		done += n;
	}
	if (done < w->out.len)
		return false;
	text_clear(&w->out);
	return true;
}

/*
 * A snapshot stops who mounts something while it is taken.  The rest between two
 * leaves them half of the time, however much there is to see.
 */
static void run_until_stopped(struct watch *w, int interval)
{
	struct wakeup *wakeup = wakeup_new();
	bool more;

	wakeup_follow(wakeup, w->before);
	do {
		look(w);
		more = wakeup_follow(wakeup, w->before);
		if (!flush(w, wakeup) || w->gone)
			break;
	} while (wakeup_wait(wakeup, w->took_ms, more ? 0 : interval));
	wakeup_free(wakeup);
}

static char *top_of(const struct options *o)
{
	char *top = strdup(o->nr_args ? o->args[0] : "/");
	size_t len;

	if (!top)
		out_of_memory();
	if (*top != '/')
		fatal("%s: give a path that starts with /", top);
	for (len = strlen(top); len > 1 && top[len - 1] == '/'; len--)
		top[len - 1] = 0;
	return top;
}

static int run(const struct options *o)
{
	int interval = to_ms(o->interval);
	struct watch w = { .o = o, .top = top_of(o), .before = take(o) };

	if (o->source)
		warning("/proc counts no changes: what comes and goes between looks is not told");
	if (o->who)
		w.only = *who_find(w.before, o);
	run_until_stopped(&w, interval);
	snapshot_free(w.before);
	text_free(&w.out);
	free(w.top);
	return EXIT_YES;
}

static const char events[] =
	"Events of every namespace, or that of -N:\n"
	" came, went                  a namespace\n"
	" mounted, unmounted, moved, reparented, renamed, remounted\n"
	" became, regrouped           of another type, or with other peers or master\n"
	" created, freed              with --all: what is mounted nowhere\n"
	" gap                         what was counted and cannot be shown\n"
	"\n"
	"Before Linux 7.3 a change of the type is found when the interval ends.\n"
	"SIGINT ends it, with status 0.\n";

const struct command watch_command = {
	.name = "watch",
	.args = "[PATH]",
	.max_args = 1,
	.options = "acJNsw",
	.what = "Show what changes, as it changes, in every mount namespace",
	.more = events,
	.run = run,
};
