/* SPDX-License-Identifier: GPL-2.0-only */
/* BTF blobs for the tests: made by hand, and cut out of a real kernel's. */
#ifndef MNTPROP_TEST_BLOB_H
#define MNTPROP_TEST_BLOB_H

#include <stddef.h>
#include <stdint.h>

/* The format, as Documentation/bpf/btf.rst has it; not the reader's own idea of it. */
enum {
	K_INT = 1,
	K_PTR,
	K_ARRAY,
	K_STRUCT,
	K_UNION,
	K_ENUM,
	K_FWD,
	K_TYPEDEF,
	K_VOLATILE,
	K_CONST,
	K_RESTRICT,
	K_FUNC,
	K_FUNC_PROTO,
	K_VAR,
	K_DATASEC,
	K_FLOAT,
	K_DECL_TAG,
	K_TYPE_TAG,
	K_ENUM64,
	K_UNKNOWN,
};

struct blob {
	uint8_t *data; /* header, types, strings: complete after blob_end() */
	size_t size;
	size_t types_at; /* offsets in data */
	size_t strings_at;
	/* while it is being made */
	uint32_t *types;
	size_t nr_words;
	char *strings;
	size_t strings_len;
	uint32_t nr_types;
};

void blob_begin(struct blob *b);
uint32_t blob_string(struct blob *b, const char *s);

/* Each returns the id of the new type. */
uint32_t blob_type(struct blob *b, int kind, int flag, const char *name,
		   uint32_t vlen, uint32_t size_or_type);
void blob_word(struct blob *b, uint32_t word);
uint32_t blob_int(struct blob *b, const char *name, uint32_t size,
		  uint32_t encoding);
void blob_member(struct blob *b, const char *name, uint32_t type,
		 uint32_t bits);
void blob_end(struct blob *b);
void blob_free(struct blob *b);

/*
 * Cuts the named structs, and all that they mention two structs deep, and all
 * enums out of a real blob: small enough to be broken ten thousand times.
 */
void blob_cut(struct blob *b, const struct blob *real,
	      const char *const *structs, size_t nr);

/* Reads a file with BTF as /sys/kernel/btf/vmlinux has it; exits if it cannot. */
void blob_read(struct blob *b, const char *path);

/* Where the words of a type begin in data, 0 if there is no such struct. */
size_t blob_find_struct(const struct blob *b, const char *name);
/* Its type id, likewise. */
uint32_t blob_struct_id(const struct blob *b, const char *name);
/* Where the three words of a member begin, 0 if there is no such member. */
size_t blob_find_member(const struct blob *b, const char *strct,
			const char *member);
uint32_t blob_get(const struct blob *b, size_t at);
void blob_set(struct blob *b, size_t at, uint32_t word);

#endif
