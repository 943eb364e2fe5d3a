// SPDX-License-Identifier: GPL-2.0-only
/* The snapshot that questions are asked about; the commands get it, too. */
#include "command.h"
#include "file.h"
#include "fuzz.h"

static struct snapshot *story;

struct snapshot *fuzz_story(void)
{
	struct error err;
	char *text;
	size_t len;

	if (story)
		return story;
	FUZZ_REQUIRE(!file_read(STORY, &text, &len, &err));
	story = snapshot_consume(text, len, STORY, &err);
	FUZZ_REQUIRE(story);
	return story;
}

void __wrap_snapshot_free(struct snapshot *s)
{
	if (s != story)
		__real_snapshot_free(s);
}

struct snapshot *command_load(const struct options *o)
{
	(void)o;
	return story;
}

struct snapshot *command_load_complete(const struct options *o)
{
	return command_load(o);
}

/* Commands that call these are linked, but not run. */
void command_read(const struct options *o, char **text, size_t *len)
{
	(void)o;
	(void)text;
	(void)len;
	abort();
}

void command_warn(const struct snapshot *s)
{
	(void)s;
}

void command_need_module(const struct snapshot *s, const char *what)
{
	(void)s;
	(void)what;
}

void command_find_rules(struct rules_probe *p)
{
	(void)p;
	abort();
}
