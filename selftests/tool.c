// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tool.h"
#include "util.h"

#define MAX_ARGS 16

char tool_said[64 * 1024];

int tool_run(const char *command, ...)
{
	const char *path = getenv("MNTPROP_TOOL"), *args[MAX_ARGS + 1];
	int status, fd, n = 0;
	va_list list;
	ssize_t len;
	pid_t pid;

	if (!path)
		die("MNTPROP_TOOL does not say where the tool is");
	args[n++] = path;
	args[n++] = command;
	va_start(list, command);
	while (n < MAX_ARGS && (args[n] = va_arg(list, const char *)))
		n++;
	va_end(list);
	args[n] = NULL;

	fd = memfd_create("said", MFD_CLOEXEC);
	if (fd < 0)
		die("memfd_create");
	fflush(stdout);
	pid = fork();
	if (!pid) {
		dup2(fd, STDOUT_FILENO);
		dup2(fd, STDERR_FILENO);
		execv(path, (char **)args);
		die("%s", path);
	}
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		die("the tool has died");
	len = pread(fd, tool_said, sizeof(tool_said) - 1, 0);
	tool_said[len < 0 ? 0 : len] = '\0';
	close(fd);
	return WEXITSTATUS(status);
}

bool tool_says(const char *word)
{
	const char *newline = strchr(tool_said, '\n');

	if (strstr(tool_said, word) && newline && !newline[1])
		return true;
	printf("# \"%s\" is not in: %s\n", word, tool_said);
	return false;
}
