// SPDX-License-Identifier: GPL-2.0-only
/*
 * replay FOLDER...: calls the target that it is linked to with each file of these
 * folders, one result a folder.  What a sanitizer finds ends it, after the name of the
 * file that is to blame; leaks are found in the end.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "fuzz.h"
#include "sanitizer.h"

/* An input that takes longer hangs. */
#define SECONDS 20

static char input[4096];
static int out;

const char *__asan_default_options(void)
{
	return "handle_abort=1";
}

/* What UBSan finds is an abort to ASan, which knows whom to call. */
const char *__ubsan_default_options(void)
{
	return "abort_on_error=1:print_stacktrace=1";
}

static void blame(void)
{
	dprintf(out, "# while it read %s\n", input);
}

static void too_slow(int sig)
{
	(void)sig;
	dprintf(out, "# hangs\n");
	blame();
	_exit(1);
}

/* The tool's own words go nowhere; results and reports to where stdout was. */
static void redirect(void)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	out = dup(STDOUT_FILENO);
	if (null < 0 || out < 0 || dup2(null, STDOUT_FILENO) < 0)
		exit(2);
	setvbuf(stdout, NULL, _IONBF, 0);
	__sanitizer_set_report_fd((void *)(intptr_t)out);
	__sanitizer_set_death_callback(blame);
}

static void read_file(const char *path)
{
	struct error err;
	char *text, *exact;
	size_t len;

	if (file_read(path, &text, &len, &err)) {
		dprintf(out, "Bail out! %s\n", err.text);
		exit(1);
	}
	/* Where one byte too far is seen. */
	exact = malloc(len);
	if (!exact && len)
		exit(2);
	if (len)
		memcpy(exact, text, len);
	alarm(SECONDS);
	LLVMFuzzerTestOneInput((uint8_t *)exact, len);
	alarm(0);
	free(exact);
	free(text);
}

static int is_input(const struct dirent *entry)
{
	return *entry->d_name != '.';
}

static int replay(const char *folder)
{
	struct dirent **names;
	int i, n = scandir(folder, &names, is_input, alphasort);

	for (i = 0; i < n; i++) {
		snprintf(input, sizeof(input), "%s/%s", folder,
			 names[i]->d_name);
		read_file(input);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	return n;
}

int main(int argc, char **argv)
{
	int i, n, status = 0;

	redirect();
	signal(SIGALRM, too_slow);
	dprintf(out, "TAP version 13\n1..%d\n", argc - 1);
	for (i = 1; i < argc; i++) {
		n = replay(argv[i]);
		dprintf(out, "%sok %d %d inputs of %s\n", n > 0 ? "" : "not ",
			i, n, argv[i]);
		status |= n <= 0;
	}
	return status;
}
