// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgroup.h"
#include "command.h"
#include "completion.h"
#include "plan.h"
#include "who.h"

struct names {
	char **all;
	size_t nr, room;
};

void completion_command(const struct command *c)
{
	printf("command %s\n", c->name);
}

static void print_columns(const char *kind, const struct column *c)
{
	for (; c && c->name; c++)
		printf("%s %s\n", kind, c->name);
}

void completion_print(const struct command *c)
{
	options_print_names(c);
	printf("arguments %s\n", c->args);
	if (strstr(c->args, "OPERATION") || strchr(c->options, 'd'))
		plan_print_operations();
	print_columns("column", c->columns);
	print_columns("column-to", c->columns_to);
}

static void add_container(struct names *names, const char *container)
{
	struct text name = { .encode = true };

	who_add_id(&name, container);
	if (names->nr == names->room) {
		names->room = names->room ? 2 * names->room : 64;
		names->all = reallocarray(names->all, names->room,
					  sizeof(*names->all));
		if (!names->all)
			out_of_memory();
	}
	names->all[names->nr++] = name.data;
}

static void add_container_of(struct names *names, pid_t pid)
{
	struct arena *a = arena_new();
	char *path, *container;

	if (!a || cgroup_task(a, pid, &path, &container))
		out_of_memory();
	if (container && *container)
		add_container(names, container);
	arena_free(a);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void print_each_once(const struct names *names)
{
	size_t i;

	for (i = 0; i < names->nr; i++) {
		if (!i || strcmp(names->all[i], names->all[i - 1]))
			printf("container %s\n", names->all[i]);
	}
}

void completion_print_containers(void)
{
	DIR *proc = opendir("/proc");
	struct names names = {};
	struct dirent *entry;
	size_t i;

	while (proc && (entry = readdir(proc))) {
		if (isdigit((unsigned char)*entry->d_name))
			add_container_of(&names, atoi(entry->d_name));
	}
	if (proc)
		closedir(proc);
	if (names.nr)
		qsort(names.all, names.nr, sizeof(*names.all), by_name);
	print_each_once(&names);
	for (i = 0; i < names.nr; i++)
		free(names.all[i]);
	free(names.all);
}
