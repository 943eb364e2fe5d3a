/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the targets share.  A target is a function of libFuzzer's that reads any
 * bytes; `make fuzz` calls it with bytes that libFuzzer makes up, replay.c with
 * those of files.
 */
#ifndef MNTPROP_FUZZ_H
#define MNTPROP_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/**
 * fuzz_run() - call code that may end the program
 * @run:	the code
 * @arg:	for @run
 *
 * An exit() in @run comes back here, and the memory that @run holds then is freed:
 * a program that ends leaves it to the kernel.  @run must have no file open where it
 * can end the program.
 *
 * Return: whether @run returned.
 */
bool fuzz_run(void (*run)(void *arg), void *arg);

/* The input as a string, for free(); NULL if there is a byte of 0 in it. */
char *fuzz_string(const uint8_t *data, size_t size);

struct snapshot;

/* The snapshot of the file STORY, parsed once; snapshot_free() keeps it. */
struct snapshot *fuzz_story(void);

/* The linker puts the second in the place of what the first is then called. */
void __real_exit(int status) __attribute__((__noreturn__));
void __wrap_exit(int status);
void __real_snapshot_free(struct snapshot *s);
void __wrap_snapshot_free(struct snapshot *s);

/* What must hold for each input. */
#define FUZZ_REQUIRE(holds)                                      \
	do {                                                     \
		if (!(holds))                                    \
			fuzz_failed(#holds, __FILE__, __LINE__); \
	} while (0)

void fuzz_failed(const char *what, const char *file, int line);

#endif
