// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fatal.h"
#include "nsfs.h"
#include "who.h"

/* Digits of a container id, for people and in full. */
#define SHORT_ID 12
#define LONG_ID 64

void who_add_ns(struct text *out, const struct mnt_namespace *ns)
{
	if (ns->inum)
		text_add(out, "%u", ns->inum);
	else
		text_add(out, "anon#%u", ns->nr);
}

static bool is_id(const char *container)
{
	return strlen(container) == LONG_ID &&
	       strspn(container, "0123456789abcdefABCDEF") == LONG_ID;
}

void who_add_id(struct text *out, const char *container)
{
	if (out->full || !is_id(container))
		text_add(out, "%s", container);
	else
		text_add(out, "%.*s", SHORT_ID, container);
}

void who_add_container(struct text *out, const struct mnt_namespace *ns)
{
	if (ns->container)
		who_add_id(out, ns->container);
}

void who_add_owner(struct text *out, const struct mnt_namespace *ns)
{
	if (ns->container)
		who_add_container(out, ns);
	else if (ns->pid)
		text_add(out, "%d %s", ns->pid, ns->comm ? ns->comm : "");
	else
		text_add(out, ns->anon ? "anonymous" : "no process");
}

void who_add_namespace(struct text *out, const struct mnt_namespace *ns)
{
	who_add_ns(out, ns);
	text_add(out, " (");
	who_add_owner(out, ns);
	text_add(out, ")");
}

void who_add_mount_owner(struct text *out, const struct mount *m)
{
	if (m->ns)
		who_add_owner(out, m->ns);
	else
		text_add(out, "%s", m->state);
}

void who_add_source(struct text *out, const struct mount *m)
{
	text_add(out, "%s", m->source ? m->source : "");
	if (strcmp(m->root, "/"))
		text_add(out, "[%s]", m->root);
}

void who_add_mount(struct text *out, const struct mount *m)
{
	if (m->ns)
		who_add_ns(out, m->ns);
	else
		text_add(out, "%s", m->state);
	text_add(out, ":%s(", m->path);
	if (m->ns)
		who_add_owner(out, m->ns);
	else
		who_add_source(out, m);
	text_add(out, ")");
}

static struct mnt_namespace *by_file(const struct snapshot *s, const char *path)
{
	unsigned int inum = nsfs_inode(path);
	struct mnt_namespace *ns;

	if (!inum && errno == EINVAL)
		fatal("%s: not a namespace file; give one like /proc/PID/ns/mnt",
		      path);
	if (!inum)
		fatal("%s: %s; -N names another one, if /proc is mounted", path,
		      strerror(errno));
	ns = snapshot_ns(s, inum);
	if (!ns)
		fatal("%s: %s has no mount namespace %u; see mntprop ns", path,
		      s->name, inum);
	return ns;
}

static struct mnt_namespace *by_pid(const struct snapshot *s, long pid,
				    bool live)
{
	struct mnt_namespace *ns = NULL;
	bool denied = false;
	size_t i;

	if (live)
		ns = snapshot_ns(s, nsfs_task(pid, &denied));
	for (i = 0; !ns && i < s->nr_namespaces; i++) {
		if (s->namespaces[i].pid == pid)
			ns = &s->namespaces[i];
	}
	if (!ns && denied)
		fatal("/proc/%ld/ns/mnt: %s; run it as root, or name the namespace by its number",
		      pid, strerror(EACCES));
	return ns;
}

static struct mnt_namespace *by_container(const struct snapshot *s,
					  const char *prefix)
{
	struct mnt_namespace *found = NULL;
	size_t i;

	for (i = 0; i < s->nr_namespaces; i++) {
		struct mnt_namespace *ns = &s->namespaces[i];

		if (!ns->container ||
		    strncmp(ns->container, prefix, strlen(prefix)))
			continue;
		/* One of several in a container, of systemd's say: where it began. */
		if (found && !strcmp(found->container, ns->container)) {
			if (ns->pid < found->pid)
				found = ns;
			continue;
		}
		if (found)
			fatal("%s: could be namespace %u or %u; give one of these numbers",
			      prefix, found->inum, ns->inum);
		found = ns;
	}
	return found;
}

bool who_is_none(const struct options *o)
{
	return o->who && !strcmp(o->who, "none");
}

/* The number that it is, or 0. */
static long to_number(const char *who)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(who, &end, 10);
	return isdigit((unsigned char)*who) && !*end && !errno ? n : 0;
}

struct mnt_namespace *who_named(const struct snapshot *s,
				const struct options *o, const char *who)
{
	struct mnt_namespace *ns = NULL;
	long n;

	if (!strcmp(who, "none"))
		fatal("none: is no namespace; see mntprop tree -N none");
	if (strchr(who, '/'))
		return by_file(s, who);

	/* the numbers of namespaces are beyond those of processes */
	n = to_number(who);
	if (n > 0) {
		if (n <= UINT32_MAX)
			ns = snapshot_ns(s, n);
		if (!ns)
			ns = by_pid(s, n, !o->file);
	}
	if (!ns && *who)
		ns = by_container(s, who);
	if (!ns)
		fatal("'%s': no such process, namespace or container in %s; see mntprop ns",
		      who, s->name);
	return ns;
}

struct mnt_namespace *who_find(const struct snapshot *s,
			       const struct options *o)
{
	return who_named(s, o, o->who);
}

static bool is_in(const struct mnt_namespace *ns, long pid)
{
	bool denied;

	return pid && ns->inum && nsfs_task(pid, &denied) == ns->inum;
}

pid_t who_task(const struct mnt_namespace *ns, const char *who, bool *named)
{
	long pid = who ? to_number(who) : getpid();

	*named = is_in(ns, pid);
	if (*named)
		return pid;
	return is_in(ns, ns->pid) ? ns->pid : 0;
}

struct mnt_namespace *who_default(const struct snapshot *s,
				  const struct options *o)
{
	return o->file ? &s->namespaces[0] : by_file(s, "/proc/self/ns/mnt");
}
