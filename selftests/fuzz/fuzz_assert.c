// SPDX-License-Identifier: GPL-2.0-only
/* The language of mntprop assert: a script, asked of a saved snapshot. */
#include <string.h>

#include "command.h"
#include "fuzz.h"

#define MAX_LINES 16

static void run(void *arg)
{
	assert_command.run(arg);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size), *rest = text, *line;
	char *args[MAX_LINES + 1] = {};
	struct options o = {
		.command = &assert_command,
		.file = STORY,
		.args = args,
	};

	if (!text)
		return 0;
	fuzz_story();
	while (o.nr_args < MAX_LINES && (line = strsep(&rest, "\n")))
		args[o.nr_args++] = line;
	fuzz_run(run, &o);
	fatal_in(NULL);
	free(text);
	return 0;
}
