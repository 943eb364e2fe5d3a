// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cgroup.h"
#include "nsfs.h"

/* In hexadecimal digits, the same everywhere. */
#define ID_LEN 64

/* The monitor of a container is not in it. */
static const char *const monitors[] = { "libpod-conmon-", "crio-conmon-",
					"lxc.monitor." };

/* A name stands between one of these and the end or the suffix. */
static const struct {
	const char *prefix, *suffix;
} names[] = {
	{ "lxc.payload.", "" },
	{ "systemd-nspawn@", ".service" },
	{ "machine-", ".scope" },
};

struct part {
	const char *s;
	size_t len;
};

static bool starts_with(struct part p, const char *prefix)
{
	size_t len = strlen(prefix);

	return p.len >= len && !memcmp(p.s, prefix, len);
}

static bool ends_with(struct part p, const char *suffix)
{
	size_t len = strlen(suffix);

	return p.len >= len && !memcmp(p.s + p.len - len, suffix, len);
}

static bool is_monitor(struct part p)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(monitors); i++) {
		if (starts_with(p, monitors[i]))
			return true;
	}
	return false;
}

/* docker-ID.scope, libpod-ID, ID alone, …: whatever surrounds it. */
static bool find_id(struct part p, struct part *id)
{
	size_t i, run = 0;

	for (i = 0; i <= p.len; i++) {
		if (i < p.len && isxdigit((unsigned char)p.s[i])) {
			run++;
			continue;
		}
		if (run == ID_LEN) {
			*id = (struct part){ p.s + i - run, run };
			return true;
		}
		run = 0;
	}
	return false;
}

static bool find_name(struct part p, struct part parent, struct part *name)
{
	static const struct part lxc = { "lxc", 3 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		size_t prefix = strlen(names[i].prefix),
		       suffix = strlen(names[i].suffix);

		if (p.len > prefix + suffix &&
		    starts_with(p, names[i].prefix) &&
		    ends_with(p, names[i].suffix)) {
			*name = (struct part){ p.s + prefix,
					       p.len - prefix - suffix };
			return true;
		}
	}
	*name = p;
	return p.len && parent.len == lxc.len && starts_with(parent, lxc.s);
}

static int hex_digit(char c)
{
	return isdigit((unsigned char)c) ? c - '0' :
					   tolower((unsigned char)c) - 'a' + 10;
}

/* A copy in which systemd's \x2d is a dash again. */
static char *unescape(struct arena *a, struct part p)
{
	char *copy = arena_alloc(a, p.len + 1, 1), *end = copy;
	size_t i;

	if (!copy)
		return NULL;
	for (i = 0; i < p.len; i++) {
		if (p.len - i >= 4 && p.s[i] == '\\' && p.s[i + 1] == 'x' &&
		    isxdigit((unsigned char)p.s[i + 2]) &&
		    isxdigit((unsigned char)p.s[i + 3])) {
			*end++ = hex_digit(p.s[i + 2]) * 16 +
				 hex_digit(p.s[i + 3]);
			i += 3;
		} else {
			*end++ = p.s[i];
		}
	}
	return copy;
}

/* Takes the last component off @rest. */
static struct part cut_last(struct part *rest)
{
	struct part last = { rest->s, rest->len };
	const char *slash = memrchr(rest->s, '/', rest->len);

	if (slash)
		last = (struct part){ slash + 1,
				      rest->s + rest->len - slash - 1 };
	rest->len = slash ? slash - rest->s : 0;
	return last;
}

int cgroup_container(struct arena *a, const char *path, char **container)
{
	struct part rest = { path, strlen(path) }, found;

	*container = NULL;
	while (rest.len) {
		struct part p = cut_last(&rest), up = rest;

		if (is_monitor(p))
			return 0;
		if (find_id(p, &found) || find_name(p, cut_last(&up), &found)) {
			*container = unescape(a, found);
			return *container ? 0 : -1;
		}
	}
	return 0;
}

/* The pid may belong to somebody else by now, or be of another /proc. */
static bool still_in(pid_t pid, const struct mnt_namespace *ns)
{
	bool denied;

	return ns->inum && nsfs_task(pid, &denied) == ns->inum;
}

/* Copies the path in @line if it is of the unified or systemd's hierarchy. */
static void take_line(char *line, char *path, size_t size)
{
	const char *p;

	line[strcspn(line, "\n")] = 0;
	if (!strncmp(line, "0::/", 4)) {
		p = line + 3;
	} else {
		p = strstr(line, ":name=systemd:/");
		if (!p)
			return;
		p += strlen(":name=systemd:");
	}
	/* with both hierarchies mounted, "/" is that of the unused one */
	if (!*path || strcmp(p, "/"))
		snprintf(path, size, "%s", p);
}

int cgroup_task(struct arena *a, pid_t pid, char **path, char **container)
{
	char name[64], found[PATH_MAX] = "", *line = NULL;
	size_t size = 0;
	FILE *f;

	*path = NULL;
	*container = NULL;
	snprintf(name, sizeof(name), "/proc/%d/cgroup", pid);
	f = fopen(name, "re");
	if (!f)
		return 0;
	while (getline(&line, &size, f) > 0)
		take_line(line, found, sizeof(found));
	free(line);
	fclose(f);
	if (!*found)
		return 0;
	*path = arena_strdup(a, found);
	return *path ? cgroup_container(a, found, container) : -1;
}

static int read_one(struct snapshot *s, struct mnt_namespace *ns)
{
	char *path, *container;

	if (cgroup_task(s->arena, ns->pid, &path, &container))
		return -1;
	if (!path || !still_in(ns->pid, ns))
		return 0;
	ns->cgroup = path;
	ns->container = container;
	return 0;
}

int cgroup_read(struct snapshot *s, struct error *err)
{
	size_t i;

	for (i = 0; i < s->nr_namespaces; i++) {
		if (s->namespaces[i].pid && read_one(s, &s->namespaces[i]))
			return error_set(err, "%s: out of memory", s->name);
	}
	return 0;
}
