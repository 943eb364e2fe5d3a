// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <string.h>

#include "fuzz.h"
#include "sanitizer.h"

/* An input that needs more blocks than this at a time is a fault, too. */
#define MAX_BLOCKS 65536

static struct {
	const void *block[MAX_BLOCKS];
	size_t nr;
} held;

static bool running;
static jmp_buf way_out;

/* The linker has the code under test call this in place of exit(). */
void __wrap_exit(int status)
{
	if (running)
		longjmp(way_out, 1);
	__real_exit(status);
}

static void note_malloc(const void *p, size_t size)
{
	(void)size;
	if (!running || !p)
		return;
	if (held.nr == MAX_BLOCKS)
		abort();
	held.block[held.nr++] = p;
}

static void note_free(const void *p)
{
	size_t i;

	if (!running)
		return;
	for (i = held.nr; i-- > 0;) {
		if (held.block[i] == p) {
			held.block[i] = held.block[--held.nr];
			return;
		}
	}
}

/* A stream must not get its buffer while blocks are noted: it keeps it. */
static void prepare(void)
{
	static char buffer[BUFSIZ];
	static bool prepared;

	if (prepared)
		return;
	prepared = true;
	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	if (!__sanitizer_install_malloc_and_free_hooks(note_malloc, note_free))
		abort();
}

bool fuzz_run(void (*run)(void *arg), void *arg)
{
	prepare();
	held.nr = 0;
	if (!setjmp(way_out)) {
		running = true;
		run(arg);
		running = false;
		return true;
	}
	running = false;
	while (held.nr)
		free((void *)held.block[--held.nr]);
	return false;
}

char *fuzz_string(const uint8_t *data, size_t size)
{
	char *s;

	if (memchr(data, 0, size))
		return NULL;
	s = malloc(size + 1);
	if (!s)
		abort();
	memcpy(s, data, size);
	s[size] = 0;
	return s;
}

void fuzz_failed(const char *what, const char *file, int line)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
	abort();
}
