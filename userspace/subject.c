// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "fatal.h"
#include "subject.h"

bool subject_has(const struct subject *subject, const struct mount *m)
{
	return m->major == subject->major && m->minor == subject->minor;
}

static void set_device(struct subject *subject, unsigned int major,
		       unsigned int minor)
{
	subject->major = major;
	subject->minor = minor;
}

static bool is_number(const char *arg, struct subject *subject)
{
	unsigned int major, minor;
	int len = 0;

	/* ten digits may be too much for an int, and none has so many */
	if (sscanf(arg, "%9u:%9u%n", &major, &minor, &len) != 2 || arg[len] ||
	    strspn(arg, "0123456789:") != strlen(arg))
		return false;
	set_device(subject, major, minor);
	return true;
}

static bool is_source(const char *arg, const struct snapshot *s,
		      struct subject *subject)
{
	const struct mount *found = NULL;
	size_t i;

	for (i = 0; i < s->nr_mounts; i++) {
		const struct mount *m = &s->mounts[i];

		if (!m->source || strcmp(m->source, arg))
			continue;
		if (found && !subject_has(subject, m))
			fatal("%s: several filesystems have it, as %u:%u and %u:%u; give a number",
			      arg, found->major, found->minor, m->major,
			      m->minor);
		found = m;
		set_device(subject, m->major, m->minor);
	}
	return found;
}

/* A link to a device, or another name of it: only of our own view. */
static bool is_device(const char *arg, const struct options *o,
		      struct subject *subject)
{
	struct stat st;

	if (o->file || o->who || stat(arg, &st) || !S_ISBLK(st.st_mode))
		return false;
	set_device(subject, major(st.st_rdev), minor(st.st_rdev));
	return true;
}

static void take_place(struct subject *subject, const struct location *at)
{
	set_device(subject, at->mnt->major, at->mnt->minor);
	subject->plan.target = *at;
}

static bool is_mountpoint(const char *arg, struct subject *subject)
{
	struct location at;

	if (*arg != '/')
		return false;
	at = acting_lookup(&subject->plan.acting, arg);
	if (at.absent || strcmp(at.within, "/")) {
		location_free(&at);
		return false;
	}
	take_place(subject, &at);
	return true;
}

/* What lies on a mount stands for that. */
static void take_cover(const char *arg, const struct options *o,
		       struct subject *subject)
{
	struct location at;

	if (o->file && *arg != '/')
		fatal("%s: not the source of a mount; give a path that starts with /",
		      arg);
	at = acting_lookup(&subject->plan.acting, arg);
	if (at.absent)
		fatal("%s: neither a path nor the source of a mount; see mntprop tree --all",
		      arg);
	strcpy(at.within, "/");
	take_place(subject, &at);
}

/*
 * Named by its filesystem, a mount is meant if who acts has but one of it that a
 * path leads to: umount(2) of what is covered is one of what covers it.
 */
static void find_only(struct subject *subject)
{
	const struct mnt_namespace *ns = subject->plan.acting.ns;
	struct mount *found = NULL;
	size_t i;

	for (i = 0; i < ns->nr_mounts; i++) {
		if (!subject_has(subject, ns->mounts[i]) ||
		    ns->mounts[i]->hidden)
			continue;
		if (found)
			return;
		found = ns->mounts[i];
	}
	if (!found)
		return;
	subject->plan.target.mnt = found;
	subject->plan.target.within = strdup("/");
	if (!subject->plan.target.within)
		out_of_memory();
}

void subject_find(struct subject *subject, const struct snapshot *s,
		  const struct options *o)
{
	const char *arg = o->args[0];
	size_t i;

	*subject = (struct subject){ .plan.op.type = OP_UMOUNT };
	acting_open(&subject->plan.acting, s, o, o->who);
	subject->plan.op.user_ns = acting_user_ns(&subject->plan.acting, o);
	if (!is_number(arg, subject) && !is_mountpoint(arg, subject) &&
	    !is_source(arg, s, subject) && !is_device(arg, o, subject))
		take_cover(arg, o, subject);
	if (!subject->plan.target.mnt)
		find_only(subject);
	for (i = 0; i < s->nr_mounts && !subject->any; i++) {
		if (subject_has(subject, &s->mounts[i]))
			subject->any = &s->mounts[i];
	}
}

void subject_free(struct subject *subject)
{
	plan_free(&subject->plan);
}
