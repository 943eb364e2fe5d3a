// SPDX-License-Identifier: GPL-2.0-only
/*
 * The shell scripts that are to be mailed: shellcheck has nothing to say of them, and cc
 * nothing of the program that they carry.  That they do what they say is reproducer_test's
 * in a guest.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "compiler.h"
#include "provocations.h"
#include "reproducer.h"
#include "trial.h"

/* What the provocations have not. */
static const char *const others[] = {
	"mount-max 12\n"
	"0: mount /a\n"
	"0: mount /a/b\n"
	"0: umount -l /a\n",

	"0: make shared /\n"
	"0: mount /a\n"
	"0: open-tree -R /a\n"
	"0: move (tree) /b\n"
	"0: pivot-root /a /a/b\n",

	"0: mount /a\n"
	"0: hold /a\n"
	"0: bind -R / /b\n"
	"0: umount /a\n",

	/* refused, for which there is no script */
	"0: bind /a /\n"
	"0: unshare --user\n"
	"0: mount /b\n",

	/* the copy on / covers the way to the new one: filled before it is mounted */
	"0: make shared /\n"
	"0: bind / /a\n"
	"0: mount /a\n"
	"0: umount /b\n",
};

static char folder[64];
static size_t nr_scripts;

static bool succeeds(const char *fmt, ...) __printf(1, 2);
static bool succeeds(const char *fmt, ...)
{
	char command[512];
	va_list ap;
	int status;

	va_start(ap, fmt);
	vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	fflush(stdout);
	status = system(command);
	return WIFEXITED(status) && !WEXITSTATUS(status);
}

/* What cannot be done in shell is a file with the reason. */
static bool is_shell(const char *path)
{
	char line[16] = "";
	FILE *f = fopen(path, "r");
	bool is;

	is = f && fgets(line, sizeof(line), f) && !strcmp(line, "#!/bin/sh\n");
	if (f)
		fclose(f);
	return is;
}

static void write_script(const char *text, const char *release, size_t nr)
{
	struct script script;
	struct rules rules;
	struct error err;
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s-%zu.sh", folder, release, nr);
	f = fopen(path, "w");
	if (!f)
		bail("%s", path);
	script_parse(text, &script);
	rules_for(release, &rules);
	if (trial_reproducer(&script, &rules, release, f, &err))
		bail("%s", err.text);
	fclose(f);
	if (is_shell(path))
		nr_scripts++;
	else
		unlink(path);
}

static void write_scripts(const char *release)
{
	size_t i;

	for (i = 0; i < nr_provocations; i++)
		write_script(provocations[i].script, release, i);
	for (i = 0; i < ARRAY_SIZE(others); i++)
		write_script(others[i], release, nr_provocations + i);
}

static bool is_clean(void)
{
	if (succeeds("shellcheck %s/*.sh >%s/said", folder, folder))
		return true;
	succeeds("sed 's/^/# /' %s/said", folder);
	return false;
}

int main(void)
{
	FILE *f;

	strcpy(folder, "/tmp/reproducer.XXXXXX");
	if (!mkdtemp(folder))
		bail("mkdtemp");
	write_scripts("5.10.0");
	write_scripts("7.3.0");
	/* of both releases */
	ok(nr_scripts >= 2 * nr_provocations, "nearly all can be had: %zu",
	   nr_scripts);
	ok(succeeds("for f in %s/*.sh; do sh -n $f || exit; done", folder),
	   "sh can read them");
	if (!succeeds("command -v shellcheck >/dev/null"))
		ok(true, "shellcheck # SKIP it is not installed");
	else
		ok(is_clean(), "shellcheck has nothing to say");
	f = popen("cc -Wall -Wextra -Werror -o /dev/null -x c -", "w");
	if (!f)
		bail("cc");
	fputs(reproducer_sys, f);
	ok(!pclose(f), "cc has nothing to say of the program");
	succeeds("rm -r %s", folder);
	return done_testing();
}
