// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "explain.h"

/*
 * propagation_next() goes from a mount to its peers and to its slaves: upwards
 * that is from a slave to its master, until the group is reached.  It does not
 * go on from mounts that are not attached (IS_MNT_NEW).
 */
static const struct mount *entry(const struct rules *rules,
				 const struct mount *to,
				 const struct mount *from)
{
	const struct mount *m;

	if (to == from)
		return to;
	for (m = to; m && m->ns; m = m->master) {
		if (m != to && m->ns->anon && !rules->anonymous_use)
			return NULL;
		if (from->group && m->group == from->group)
			return m;
	}
	return NULL;
}

bool receives(const struct rules *rules, const struct mount *to,
	      const struct mount *from)
{
	/* propagate_one() skips anonymous namespaces, all of them since 4.20 */
	return entry(rules, to, from) && (to == from || !to->ns->anon);
}

static bool same_filesystem(const struct mount *a, const struct mount *b)
{
	return a->major == b->major && a->minor == b->minor;
}

int shown_at(const struct mount *m, const struct location *p, char **path)
{
	const char *below;
	char *in_fs;

	*path = NULL;
	if (!same_filesystem(m, p->mnt))
		return 0;
	if (m->root_dentry && p->mnt->root_dentry &&
	    !strcmp(m->root_dentry, p->mnt->root_dentry)) {
		*path = strdup(p->within);
		return *path ? 0 : -1;
	}
	/* paths of what is unlinked, or cut short, say nothing */
	if (m->root_state || p->mnt->root_state)
		return 0;
	in_fs = location_in_fs(p);
	if (!in_fs)
		return -1;
	below = path_below(in_fs, m->root);
	if (below)
		*path = strdup(*below ? below : "/");
	free(in_fs);
	return below && !*path ? -1 : 0;
}

/* Whether @m may show what @p is although no path says so. */
static bool may_show(const struct mount *m, const struct location *p)
{
	char *in_fs;
	bool may;

	if (path_is_cut(p->mnt->root_state))
		return !has_word(m->root_state, "deleted");
	if (!path_is_cut(m->root_state) || p->mnt->root_state)
		return false;
	in_fs = location_in_fs(p);
	may = !in_fs || strstr(in_fs, m->root);
	free(in_fs);
	return may;
}

/* What is asked. */
struct query {
	const struct snapshot *s;
	struct rules rules;
	const struct location *from;
	const struct mnt_namespace *ns;
	const struct location *to; /* NULL: anywhere in @ns */
};

/* A mount of the other namespace, and where it shows the mountpoint. */
struct candidate {
	struct mount *mnt;
	char *within; /* NULL: it does not */
};

static bool is_hidden(const struct candidate *c, const struct mount **by)
{
	*by = c->mnt->hidden ? c->mnt->hidden_by :
			       mounted_on_way(c->mnt, c->within);
	return c->mnt->hidden || *by;
}

static char *candidate_path(const struct candidate *c)
{
	struct location p = { .mnt = c->mnt, .within = c->within };

	return location_path(&p);
}

/* Whether a mount on it would be at @to, on top or beneath what is there. */
static bool is_at(const struct candidate *c, const struct location *to)
{
	char *path = candidate_path(c), *wanted = location_path(to);
	bool same = path && wanted && !strcmp(path, wanted);

	free(path);
	free(wanted);
	return same || (c->mnt == to->mnt && !strcmp(c->within, to->within));
}

/* Upwards: whether @m gets what is mounted on @master, in however many steps. */
static bool is_slave_of(const struct mount *m, const struct mount *master)
{
	for (m = m->master; m; m = m->master) {
		if (m == master || (m->group && m->group == master->group))
			return true;
	}
	return false;
}

/* How well a mount that does not get it answers the question why not. */
static int likeness(const struct query *q, const struct candidate *c)
{
	const struct mount *source = q->from->mnt;
	int n = 0;

	if (c->within)
		n += 8;
	if (receives(&q->rules, c->mnt, source))
		n += 4;
	if (is_slave_of(source, c->mnt))
		n += 2;
	return n + !c->mnt->hidden;
}

/* The better of two; among equals the one with the longer root. */
static bool is_better(const struct query *q, const struct candidate *c,
		      const struct candidate *best)
{
	int a, b;

	if (!best->mnt)
		return true;
	a = likeness(q, c);
	b = likeness(q, best);
	if (a != b)
		return a > b;
	return strlen(c->mnt->root) > strlen(best->mnt->root);
}

/* The same for those that get it: at the path, not hidden, the source itself. */
static int fitness(const struct query *q, const struct candidate *c)
{
	const struct mount *by;
	int n = 0;

	if (q->to && is_at(c, q->to))
		n += 4;
	if (!is_hidden(c, &by))
		n += 2;
	return n + (c->mnt == q->from->mnt);
}

static void keep(struct candidate *best, struct candidate *c)
{
	free(best->within);
	*best = *c;
	c->within = NULL;
}

/*
 * Goes through the mounts of the namespace: @gets is the one that gets it and
 * fits best, @nearest is the most alike of the others.
 */
static int search(struct explanation *e, const struct query *q,
		  struct candidate *gets, struct candidate *nearest)
{
	const struct mount *source = q->from->mnt;
	struct mount *const *alike;
	size_t nr, i;

	if (snapshot_filesystem(q->s, q->ns, source, &alike, &nr))
		return -1;
	for (i = 0; i < nr; i++) {
		struct candidate c = { .mnt = alike[i] };

		if (shown_at(c.mnt, q->from, &c.within))
			return -1;
		if (c.within && receives(&q->rules, c.mnt, source)) {
			e->copies++;
			if (!gets->mnt || fitness(q, &c) > fitness(q, gets))
				keep(gets, &c);
		} else {
			if (!c.within && receives(&q->rules, c.mnt, source) &&
			    may_show(c.mnt, q->from))
				e->cut = c.mnt;
			if (is_better(q, &c, nearest))
				keep(nearest, &c);
		}
		free(c.within);
	}
	return 0;
}

static int set_chain(struct explanation *e, const struct query *q,
		     const struct mount *to)
{
	const struct mount *from = e->source, *m;
	const struct mount *last = entry(&q->rules, to, from);
	size_t n = 1;

	if (!last)
		return 0;
	for (m = to; m != last; m = m->master)
		n++;
	n += last != from;
	e->chain = calloc(n, sizeof(*e->chain));
	if (!e->chain)
		return -1;
	e->nr_chain = n;
	for (m = to; m != last; m = m->master)
		e->chain[--n] = m;
	e->chain[--n] = last;
	e->chain[0] = from;
	return 0;
}

static int set_copy(struct explanation *e, const struct query *q,
		    const struct candidate *c)
{
	e->target = c->mnt;
	e->path = candidate_path(c);
	e->hidden = is_hidden(c, &e->hidden_by);
	e->beneath = e->hidden_by && e->hidden_by->parent == c->mnt &&
		     !strcmp(e->hidden_by->mountpoint, c->within);
	return !e->path || set_chain(e, q, c->mnt) ? -1 : 0;
}

/*
 * A mount on the root of another, and the one below would pass it on.  Why that one
 * does not, if so, is not asked: the question never leads further down a stack.
 */
static int is_cover(const struct query *q, bool *is)
{
	const struct mount *cover = q->from->mnt;
	struct location below = { .mnt = cover->parent,
				  .within = q->from->within };
	struct query lower = *q;
	struct candidate gets = {}, nearest = {};
	struct explanation e = {};
	int rc;

	*is = false;
	if (!below.mnt || cover->mp_state || strcmp(cover->mountpoint, "/") ||
	    below.mnt == q->ns->root)
		return 0;
	lower.from = &below;
	rc = search(&e, &lower, &gets, &nearest);
	*is = !rc && gets.mnt && gets.mnt != below.mnt &&
	      (!q->to || is_at(&gets, q->to));
	free(gets.within);
	free(nearest.within);
	return rc;
}

static enum broken why_not_given(const struct mount *m)
{
	if (m->master && m->master->ns && m->ns &&
	    m->master->ns->user_ns != m->ns->user_ns)
		return BROKEN_USER_NS;
	if (mount_is_slave(m))
		return BROKEN_SLAVE;
	return m->unbindable ? BROKEN_UNBINDABLE : BROKEN_PRIVATE;
}

static enum broken why_not_got(const struct mount *m,
			       const struct mount *source)
{
	if (m->ns->anon)
		return BROKEN_ANONYMOUS;
	if (is_slave_of(source, m))
		return m->ns->user_ns != source->ns->user_ns ? BROKEN_USER_NS :
							       BROKEN_SLAVE;
	if (m->shared || mount_is_slave(m))
		return BROKEN_GROUP;
	return m->unbindable ? BROKEN_UNBINDABLE : BROKEN_PRIVATE;
}

/* Sets what is broken between the source and the target. */
static int diagnose(struct explanation *e, const struct query *q,
		    const struct candidate *nearest)
{
	bool covers;

	e->target = nearest->mnt;
	e->at = e->source;
	if (!e->source->shared) {
		if (is_cover(q, &covers))
			return -1;
		e->broken = covers ? BROKEN_COVERED : why_not_given(e->source);
		return 0;
	}
	e->at = nearest->mnt;
	if (!nearest->mnt) {
		e->broken = BROKEN_FILESYSTEM;
	} else if (nearest->within) {
		e->broken = why_not_got(nearest->mnt, e->source);
		if (e->broken == BROKEN_SLAVE || e->broken == BROKEN_USER_NS)
			e->at = e->source;
	} else if (!q->to || receives(&q->rules, nearest->mnt, e->source)) {
		e->broken = BROKEN_OUTSIDE;
	} else {
		e->broken = BROKEN_DIRECTORY;
	}
	return 0;
}

/* A path in the other namespace narrows it down to the mount it is on. */
static int at_path(const struct location *from, const struct location *to,
		   struct candidate *nearest)
{
	char *path;

	free(nearest->within);
	*nearest = (struct candidate){ .mnt = to->mnt };
	if (shown_at(to->mnt, from, &path))
		return -1;
	if (path && !strcmp(path, to->within))
		nearest->within = path;
	else
		free(path);
	return 0;
}

int explain(struct explanation *e, const struct snapshot *s,
	    const struct location *from, const struct mnt_namespace *ns,
	    const struct location *to)
{
	struct query q = { .s = s, .from = from, .ns = ns, .to = to };
	struct candidate gets = {}, nearest = {};
	int rc;

	*e = (struct explanation){ .source = from->mnt };
	rules_of(s, &q.rules);
	rc = search(e, &q, &gets, &nearest);
	if (rc)
		goto out;
	if (gets.mnt) {
		e->yes = !to || is_at(&gets, to);
		e->broken = e->yes ? BROKEN_NOTHING : BROKEN_ELSEWHERE;
		rc = set_copy(e, &q, &gets);
	} else {
		rc = to ? at_path(from, to, &nearest) : 0;
		if (!rc)
			rc = diagnose(e, &q, &nearest);
	}
out:
	free(gets.within);
	free(nearest.within);
	if (rc)
		explain_free(e);
	return rc;
}

void explain_free(struct explanation *e)
{
	free(e->path);
	free(e->chain);
	*e = (struct explanation){};
}
