// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "escape.h"
#include "fatal.h"
#include "mend.h"
#include "shell.h"
#include "who.h"

void mend_add_nsenter(struct text *out, const struct mnt_namespace *own,
		      const struct mnt_namespace *ns)
{
	if (ns == own)
		return;
	if (ns->pid)
		text_add(out, "nsenter -t %d -m ", ns->pid);
	else
		text_add(out, "nsenter --mount=FILE ");
}

enum syntax { JSON, UNIT };

/* A byte by its number, which is never taken for the \xHH of an encoded text. */
static void add_byte(struct text *out, enum syntax syntax, unsigned char byte)
{
	if (syntax == JSON)
		text_add(out, "\\u%04x", byte);
	else
		text_add(out, "\\%03o", byte);
}

/* In double quotes. */
static void add_quoted(struct text *out, enum syntax syntax, const char *path)
{
	struct text copy = {};
	size_t n;

	text_add(&copy, "\"");
	for (; *path; path += n) {
		n = escape_printable(path);
		if (!n || !strncmp(path, "\\x", 2)) {
			n = 1;
			add_byte(&copy, syntax, *path);
			continue;
		}
		if (strchr("\"\\", *path))
			text_add(&copy, "\\");
		text_append(&copy, path, n);
		if (syntax == UNIT && *path == '%')
			text_add(&copy, "%%");
	}
	text_add(&copy, "\"");
	text_add(out, "%s", copy.data);
	text_free(&copy);
}

static bool is_plain_in_unit(const char *path)
{
	size_t n;

	for (; *path; path += n) {
		n = escape_printable(path);
		if (!n || strchr(" :%'\"\\", *path))
			return false;
	}
	return true;
}

/*
 * Of a unit's file, where a blank or a colon ends a path, % begins a specifier,
 * and what is quoted can have octal escapes (systemd.syntax(7)).
 */
static void add_unit_path(struct text *out, const char *path)
{
	if (is_plain_in_unit(path))
		text_add(out, "%s", path);
	else
		add_quoted(out, UNIT, path);
}

/* Who does not have to be started anew: the host. */
static bool is_host(const struct mnt_namespace *ns)
{
	return ns->initial;
}

/*
 * What a container is given at its start: a directory of the host, where it has
 * it, and how that shall propagate.
 */
static void add_binding(struct text *out, const char *source,
			const char *target, bool both_ways)
{
	const char *how = both_ways ? "shared" : "slave";

	text_next(out);
	text_add(out, "Docker: ");
	/* it has no way to write a colon in a path */
	if (!strchr(source, ':') && !strchr(target, ':')) {
		char *volume;

		if (asprintf(&volume, "%s:%s:r%s", source, target, how) < 0)
			out_of_memory();
		text_add(out, "-v");
		shell_add_word(out, volume);
		text_add(out, " or ");
		free(volume);
	}
	text_add(out, "--mount type=bind,...,bind-propagation=r%s", how);

	text_next(out);
	text_add(out, "Kubernetes: mountPropagation: %s, at %s",
		 both_ways ? "Bidirectional (privileged)" : "HostToContainer",
		 target);
	text_next(out);
	text_add(out, "OCI: \"source\": ");
	add_quoted(out, JSON, source);
	text_add(out, ", \"destination\": ");
	add_quoted(out, JSON, target);
	text_add(out, ", \"options\": [\"rbind\", \"r%s\"]; ", how);
	text_add(out, "and \"linux\": { \"rootfsPropagation\": \"r%s\" }", how);
	text_next(out);
	text_add(out, "systemd: ");
	if (both_ways) {
		text_add(out, "%s; %s",
			 "nothing that gives the unit a mount namespace",
			 "MountFlags=shared does not undo that");
		return;
	}
	text_add(out, "BindPaths=");
	add_unit_path(out, source);
	text_add(out, ":");
	add_unit_path(out, target);
	text_add(out, ":rbind, no MountFlags=private");
}

/* Where @m shows the root of @other, or its own if that is the deeper one. */
static char *path_of(const struct mount *m, const struct mount *other)
{
	const char *below = path_below(other->root, m->root);
	struct location p = { .mnt = (struct mount *)m, .within = (char *)"/" };
	char *path;

	if (below && *below)
		p.within = (char *)below;
	path = location_path(&p);
	if (!path)
		out_of_memory();
	return path;
}

/* @container has to be started anew, with a binding. */
static void add_restart(struct text *out, const struct mend *m,
			const struct mnt_namespace *container, bool both_ways)
{
	const struct explanation *e = m->e;
	bool there = container == m->to;
	const struct mount *mine = there ? e->target : e->source;
	const struct mount *other = there ? e->source : e->target;
	const char *to_path = m->to_path ? m->to_path : m->path;
	bool same = mine && other && e->broken != BROKEN_DIRECTORY &&
		    e->broken != BROKEN_OUTSIDE;
	char *source, *target;

	if (!container->pid)
		return;
	source = same ? path_of(other, mine) :
			strdup(there ? m->path : to_path);
	target = same ? path_of(mine, other) :
			strdup(there ? to_path : m->path);
	if (!source || !target)
		out_of_memory();
	text_next(out);
	text_add(out, "at the start of ");
	who_add_owner(out, container);
	text_add(out, ", as a %s:", both_ways ? "shared mount" : "slave");
	add_binding(out,
		    is_host(there ? e->source->ns : m->to) ? source :
							     "HOSTPATH",
		    target, both_ways);
	free(source);
	free(target);
}

/* Said of a mount that would have to get into a group that is there. */
static void add_no_joining(struct text *out, const struct mend *m)
{
	struct rules rules;

	rules_of(m->s, &rules);
	text_next(out);
	text_add(out, "while it runs: by no mount(8) command; ");
	text_add(out, "--make-shared begins a new group, it joins none");
	if (rules.set_group)
		text_add(out, " (move_mount(2) with %s does)",
			 "MOVE_MOUNT_SET_GROUP");
}

/* Whoever is given it at his start gets it from a shared mount of the host. */
static void add_sharing(struct text *out, const struct mend *m,
			const struct mount *host)
{
	text_next(out);
	text_add(out, "first, for what is bound after it: ");
	mend_add_nsenter(out, m->own, host->ns);
	text_add(out, "mount --make-shared");
	shell_add_word(out, host->path);
}

/* Who is not the host has to be made a peer, or a slave, of what the host has. */
static void add_restarts(struct text *out, const struct mend *m)
{
	const struct mnt_namespace *from = m->e->source->ns;

	if (!is_host(from))
		add_restart(out, m, from, true);
	if (!is_host(m->to) && m->to != from)
		add_restart(out, m, m->to, false);
}

/* Nothing goes out of the source: who is started after this gets it. */
static void mend_source(struct text *out, const struct mend *m)
{
	add_no_joining(out, m);
	if (is_host(m->e->source->ns))
		add_sharing(out, m, m->e->source);
	add_restarts(out, m);
}

/* The other way is open. */
static void mend_slave(struct text *out, const struct mend *m)
{
	const struct explanation *e = m->e;
	const struct mount *master = e->source->master;

	if (master && master->ns) {
		text_next(out);
		text_add(out,
			 "mount it where it comes from: what is mounted on ");
		who_add_mount(out, master);
		text_add(out, " arrives on both");
	}
	if (e->broken == BROKEN_USER_NS) {
		text_next(out);
		text_add(out,
			 "no option changes this: another user namespace ");
		text_add(out, "is given slaves only");
		return;
	}
	add_no_joining(out, m);
	add_restarts(out, m);
}

static void mend_target(struct text *out, const struct mend *m)
{
	add_no_joining(out, m);
	if (is_host(m->to) && !m->e->target->shared)
		add_sharing(out, m, m->e->target);
	add_restarts(out, m);
}

/* There is nothing that could be joined to anything. */
static void mend_absence(struct text *out, const struct mend *m)
{
	text_next(out);
	text_add(out,
		 "while it runs: by no mount(8) command, they bind within ");
	text_add(out, "one namespace (open_tree(2) and move_mount(2) can)");
	add_restarts(out, m);
}

static void mend_cover(struct text *out, const struct mend *m)
{
	const struct mount *source = m->e->source;

	text_next(out);
	text_add(out, "take the cover off: ");
	mend_add_nsenter(out, m->own, source->ns);
	text_add(out, "umount");
	shell_add_word(out, source->path);
}

static void mend_elsewhere(struct text *out, const struct mend *m)
{
	text_next(out);
	text_add(out, "it appears at %s; to have it at %s too: ", m->e->path,
		 m->to_path);
	mend_add_nsenter(out, m->own, m->to);
	text_add(out, "mount --rbind");
	shell_add_word(out, m->e->path);
	shell_add_word(out, m->to_path);
}

static void mend_earlier(struct text *out, const struct mend *m)
{
	text_next(out);
	text_add(out, "unmount it and mount it anew: it appears at %s",
		 m->e->path);
}

void mend_add(struct text *out, const struct mend *m)
{
	switch (m->e->broken) {
	case BROKEN_NOTHING:
	case BROKEN_ANONYMOUS:
	case NR_BROKEN:
		break;
	case BROKEN_PRIVATE:
	case BROKEN_UNBINDABLE:
		if (m->e->at == m->e->source)
			mend_source(out, m);
		else
			mend_target(out, m);
		break;
	case BROKEN_COVERED:
		mend_cover(out, m);
		break;
	case BROKEN_SLAVE:
	case BROKEN_USER_NS:
		mend_slave(out, m);
		break;
	case BROKEN_GROUP:
		mend_target(out, m);
		break;
	case BROKEN_OUTSIDE:
	case BROKEN_DIRECTORY:
	case BROKEN_FILESYSTEM:
		mend_absence(out, m);
		break;
	case BROKEN_EARLIER:
		mend_earlier(out, m);
		break;
	case BROKEN_ELSEWHERE:
		mend_elsewhere(out, m);
		break;
	}
}
