// SPDX-License-Identifier: GPL-2.0-only
/* Graphviz, and what is done to the SVG that comes of it. */
#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fatal.h"
#include "file.h"
#include "picture.h"

extern char **environ;

/* Memory that a program can read from, or write to: no pipe that fills up. */
static int new_file(const char *name, const char *text)
{
	int fd = memfd_create(name, MFD_CLOEXEC);
	size_t len = strlen(text), done = 0;
	ssize_t n;

	while (fd >= 0 && done < len) {
		n = write(fd, text + done, len - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		done += n;
	}
	if (fd < 0 || done < len || lseek(fd, 0, SEEK_SET))
		fatal("memory for Graphviz: %s", strerror(errno));
	return fd;
}

static int run(char *const argv[], int in, int out, int err)
{
	posix_spawn_file_actions_t actions;
	int error, status;
	pid_t pid;

	if (posix_spawn_file_actions_init(&actions) ||
	    posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO) ||
	    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO) ||
	    posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO))
		out_of_memory();
	error = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (error == ENOENT)
		fatal("dot: not found; install graphviz, or ask for --format dot");
	if (error)
		fatal("dot: %s", strerror(error));
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			fatal("dot: %s", strerror(errno));
	}
	return status;
}

/* What is in it, with a NUL behind it. */
static char *read_back(int fd, size_t *len)
{
	struct error err;
	char *text;

	if (lseek(fd, 0, SEEK_SET))
		fatal("memory of Graphviz: %s", strerror(errno));
	if (file_read_fd(fd, "dot", NULL, &text, len, &err))
		fatal("%s", err.text);
	close(fd);
	text = realloc(text, *len + 1);
	if (!text)
		out_of_memory();
	text[*len] = 0;
	return text;
}

/* The first line of what it complained of. */
static noreturn void failed(int status, int err)
{
	size_t len;
	char *text = read_back(err, &len);
	const char *end = memchr(text, '\n', len);

	if (end)
		len = end - text;
	if (WIFSIGNALED(status))
		fatal("dot: was killed by signal %d; PATH, --task or --group leave mounts out",
		      WTERMSIG(status));
	fatal("dot: did not succeed: %.*s; PATH, --task or --group leave mounts out",
	      len > 300 ? 300 : (int)len, text);
}

char *graphviz_run(const char *dot, const char *format, size_t *len)
{
	char option[16], name[] = "dot";
	char *argv[3] = { name, option, NULL };
	int in = new_file("dot", dot), out = new_file("picture", "");
	int err = new_file("messages", ""), status;
	char *text;

	snprintf(option, sizeof(option), "-T%s", format);
	status = run(argv, in, out, err);
	if (status)
		failed(status, err);
	close(in);
	close(err);
	text = read_back(out, len);
	if (!*len)
		fatal("dot: made nothing; is the package of its plugins complete?");
	return text;
}

/* Copies up to @to, which must be found, and goes on behind it. */
static const char *copy_until(FILE *f, const char *from, const char *to)
{
	const char *found = strstr(from, to);

	if (!found)
		fatal("dot: made an SVG that is not understood");
	fwrite(from, 1, found - from, f);
	return found + strlen(to);
}

#define LINK_BEGIN "<g id=\"a_"
#define LINK_END "</a>"

/*
 * Cells of labels have no classes in Graphviz, only ids, and those only if they
 * are links.  So the id of ours is "ID CLASS...", to be taken apart here:
 *	<g id="a_ID CLASS..."><a xlink:href="#" xlink:title="TITLE"> ... </a>
 * becomes
 *	<g id="ID" class="CLASS..."><g><title>TITLE</title> ... </g>
 * All text in it was escaped by Graphviz.
 */
static const char *put_link(FILE *f, const char *s)
{
	const char *end = s + strcspn(s, "\""), *blank;

	blank = memchr(s, ' ', end - s);
	if (blank)
		fprintf(f, "<g id=\"%.*s\" class=\"%.*s\"><g><title>",
			(int)(blank - s), s, (int)(end - blank - 1), blank + 1);
	else
		fprintf(f, "<g id=\"%.*s\"><g><title>", (int)(end - s), s);
	s = strstr(end, "xlink:title=\"");
	if (!s)
		fatal("dot: made an SVG that is not understood");
	s = copy_until(f, s + strlen("xlink:title=\""), "\"");
	fprintf(f, "</title>");
	return s + strcspn(s, ">") + 1;
}

char *svg_finish(char *svg, size_t *len)
{
	const char *s, *link, *end;
	char *text = NULL;
	FILE *f = open_memstream(&text, len);

	if (!f)
		out_of_memory();
	for (s = svg;;) {
		link = strstr(s, LINK_BEGIN);
		end = strstr(s, LINK_END);
		if (link && (!end || link < end)) {
			s = copy_until(f, s, LINK_BEGIN);
			s = put_link(f, s);
		} else if (end) {
			s = copy_until(f, s, LINK_END);
			fprintf(f, "</g>");
		} else {
			break;
		}
	}
	fputs(s, f);
	if (fclose(f))
		out_of_memory();
	free(svg);
	return text;
}
