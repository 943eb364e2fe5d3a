// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the outcome is kept only who asks, or root, can write.  It is that of one boot of
 * one kernel and of one release of the tool; if it cannot be kept, that is no error.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "../debugfs/format.h"
#include "boot_id.h"
#include "escape.h"
#include "file.h"
#include "kernel_rules.h"

#define SYSTEM_DIR "/run/mntprop"

/* What the outcome holds for: the first line of the file. NULL: not known. */
static char *heading(void)
{
	char boot_id[BOOT_ID_LENGTH + 1], *line = NULL;
	struct utsname uts;
	size_t len;
	FILE *f;

	if (uname(&uts) || boot_id_read(boot_id))
		return NULL;
	f = open_memstream(&line, &len);
	if (!f)
		return NULL;
	fprintf(f, "mntprop-rules experiments=%016llx boot=%s release=",
		(unsigned long long)rules_probe_version(), boot_id);
	escape_write(f, uts.release);
	fputs(" version=", f);
	escape_write(f, uts.version);
	fputc('\n', f);
	if (!fclose(f))
		return line;
	free(line);
	return NULL;
}

/* NULL: nowhere. */
static char *kept_at(void)
{
	const char *dir = getenv("XDG_RUNTIME_DIR");
	char *path;

	if (!geteuid())
		return strdup(SYSTEM_DIR "/rules");
	if (!dir || dir[0] != '/' ||
	    asprintf(&path, "%s/mntprop-rules", dir) < 0)
		return NULL;
	return path;
}

const char *rule_origin(const struct rules_probe *p, const struct rule *rule)
{
	rules_mask mask = rule_mask(rule);

	if (p->odd & mask)
		return RULE_ODD;
	if (p->probed & mask)
		return RULE_PROBED;
	return p->idle & mask ? RULE_IDLE : RULE_ASSUMED;
}

void kernel_rules_write(const struct rules_probe *p, FILE *f)
{
	size_t i;

	for (i = 0; i < nr_rules; i++) {
		const struct rule *rule = &rule_table[i];

		if (!rule_is_again(i))
			fprintf(f, "%s %s=%s %s=%s %s=%s\n", MNTPROP_REC_RULE,
				MNTPROP_F_NAME, rule->name, MNTPROP_F_HOLDS,
				rules_get(&p->rules, rule) ? "yes" : "no",
				MNTPROP_F_ORIGIN, rule_origin(p, rule));
	}
}

void kernel_rules_set(const struct rules_probe *p, struct snapshot *s)
{
	size_t i;

	s->rules_known = rules_all();
	for (i = 0; i < nr_rules; i++) {
		if (rules_get(&p->rules, &rule_table[i]))
			s->rules_hold |= rule_mask(&rule_table[i]);
	}
	s->rules_probed = p->probed & ~p->odd;
	s->rules_idle = p->idle;
	s->rules_odd = p->odd;
}

static bool read_rule(struct rules_probe *p, const char *line, rules_mask *seen)
{
	char name[64], holds[4], origin[16];
	const struct rule *rule;
	rules_mask mask;

	if (sscanf(line,
		   MNTPROP_REC_RULE " " MNTPROP_F_NAME "=%63s " MNTPROP_F_HOLDS
				    "=%3s " MNTPROP_F_ORIGIN "=%15s",
		   name, holds, origin) != 3)
		return false;
	rule = rule_named(name);
	if (!rule)
		return false;
	mask = rule_mask(rule);
	rules_set(&p->rules, rule, !strcmp(holds, "yes"));
	if (!strcmp(origin, RULE_ODD))
		p->odd |= mask;
	else if (!strcmp(origin, RULE_PROBED))
		p->probed |= mask;
	else if (!strcmp(origin, RULE_IDLE))
		p->idle |= mask;
	*seen |= mask;
	return true;
}

/* Returns whether @text, which is taken apart, has all rules, of this boot. */
static bool take(struct rules_probe *p, char *text, const char *first)
{
	size_t len = strlen(first);
	rules_mask seen = 0;
	char *line, *at;

	if (strncmp(text, first, len))
		return false;
	for (line = strtok_r(text + len, "\n", &at); line;
	     line = strtok_r(NULL, "\n", &at)) {
		if (!read_rule(p, line, &seen))
			return false;
	}
	return seen == rules_all();
}

static bool read_kept(struct rules_probe *p, const char *path,
		      const char *first)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct error err;
	struct stat st;
	bool ok = false;
	size_t len;
	char *text;

	if (fd < 0)
		return false;
	/* of nobody else's making */
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && !(st.st_mode & 0022) &&
	    (st.st_uid == geteuid() || !st.st_uid) &&
	    !file_read_fd(fd, path, "mntprop-rules", &text, &len, &err)) {
		char *copy = strndup(text, len);

		*p = (struct rules_probe){};
		ok = copy && take(p, copy, first);
		free(copy);
		free(text);
	}
	close(fd);
	return ok;
}

static void keep(const struct rules_probe *p, const char *path,
		 const char *first)
{
	struct error err;
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return;
	fputs(first, f);
	kernel_rules_write(p, f);
	if (fclose(f)) {
		free(text);
		return;
	}
	if (!geteuid() && mkdir(SYSTEM_DIR, 0755) && errno != EEXIST) {
		free(text);
		return;
	}
	/* An answer does not depend on it. */
	(void)file_write(path, text, len, 0644, &err);
	free(text);
}

int kernel_rules(struct rules_probe *p, bool anew, struct error *why)
{
	char *first = heading(), *path = first ? kept_at() : NULL;
	int rc = 0;

	if (anew || !path || !read_kept(p, path, first)) {
		rc = rules_probe(p, why);
		/* What stood in the way now may not do so next time. */
		if (!rc && p->complete && path)
			keep(p, path, first);
	}
	free(path);
	free(first);
	return rc;
}
