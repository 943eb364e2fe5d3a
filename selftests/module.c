// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "module.h"
#include "util.h"

struct image module_image(void)
{
	const char *path = getenv("MNTPROP_KO");
	struct image image;
	struct stat st;
	size_t len = 0;
	ssize_t n;
	int fd;

	if (!path)
		die("MNTPROP_KO does not say where the module is");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st))
		die("%s", path);
	image.size = st.st_size;
	image.data = malloc(image.size);
	while (image.data && len < image.size &&
	       (n = read(fd, image.data + len, image.size - len)) > 0)
		len += n;
	if (len != image.size)
		die("read %s", path);
	close(fd);
	return image;
}

#define BTF_MAGIC "\x9f\xeb\x01"

/* The size of the BTF that begins here: strings come last. */
static size_t btf_size(const char *data, size_t size)
{
	struct {
		uint8_t magic[2], version, flags;
		uint32_t hdr_len, type_off, type_len, str_off, str_len;
	} header;
	size_t len;

	if (size < sizeof(header))
		return 0;
	memcpy(&header, data, sizeof(header));
	len = (size_t)header.hdr_len + header.str_off + header.str_len;
	return len < size ? len : size;
}

/* In one section. */
static int replace_in(char *data, size_t size, const char *old, const char *new)
{
	size_t len = strlen(old), i;
	int n = 0;

	for (i = 0; i + len < size; i++) {
		if (!memcmp(data + i, BTF_MAGIC, sizeof(BTF_MAGIC)))
			i += btf_size(data + i, size - i);
		if (i + len >= size)
			break;
		if ((i && data[i - 1]) || memcmp(data + i, old, len + 1))
			continue;
		memcpy(data + i, new, len);
		n++;
	}
	return n;
}

/*
 * Only in what the module's code reads, and not in the BTF that it carries, which
 * speaks for the kernel: the kernel would refuse a module whose own BTF names what
 * is not there before its code has run.
 */
int module_replace(struct image *image, const char *old, const char *new)
{
	const Elf64_Ehdr *elf = (const void *)image->data;
	const Elf64_Shdr *sections = (const void *)(image->data + elf->e_shoff);
	const char *names = image->data + sections[elf->e_shstrndx].sh_offset;
	unsigned int i;
	int n = 0;

	if (strlen(new) != strlen(old))
		die("%s and %s differ in length", old, new);
	for (i = 0; i < elf->e_shnum; i++) {
		if (!strncmp(names + sections[i].sh_name, ".rodata", 7))
			n += replace_in(image->data + sections[i].sh_offset,
					sections[i].sh_size, old, new);
	}
	return n;
}

int module_load(const struct image *image, const char *params)
{
	const char *addresses = getenv("MNTPROP_PARAMS");
	char all[1024];

	snprintf(all, sizeof(all), "%s %s", addresses ? addresses : "", params);
	return syscall(SYS_init_module, image->data, image->size, all) ? errno :
									 0;
}

int module_unload(void)
{
	return syscall(SYS_delete_module, "mntprop", O_NONBLOCK) ? errno : 0;
}

bool module_is_loaded(void)
{
	return !access("/sys/module/mntprop", F_OK);
}

int module_listen(void)
{
	int kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (kmsg < 0 || lseek(kmsg, 0, SEEK_END))
		die("/dev/kmsg");
	return kmsg;
}

const char *module_refusal(int kmsg)
{
	static char line[4096];
	char record[8192];
	char *text;
	ssize_t n;
	int lines = 0;

	line[0] = '\0';
	while ((n = read(kmsg, record, sizeof(record) - 1)) > 0 ||
	       errno == EPIPE) {
		if (n < 0)
			continue;
		record[n] = '\0';
		text = strchr(record, ';');
		if (!text || strncmp(text + 1, "mntprop: not loaded: ", 21))
			continue;
		snprintf(line, sizeof(line), "%.*s",
			 (int)strcspn(text + 1, "\n"), text + 1);
		lines++;
	}
	if (lines > 1)
		snprintf(line, sizeof(line), "(%d messages)", lines);
	return line;
}

bool module_carries_btf(const struct image *image)
{
	const Elf64_Ehdr *elf = (const void *)image->data;
	const Elf64_Shdr *sections = (const void *)(image->data + elf->e_shoff);
	const char *names = image->data + sections[elf->e_shstrndx].sh_offset;
	unsigned int i;

	for (i = 0; i < elf->e_shnum; i++) {
		if (!strncmp(names + sections[i].sh_name, ".rodata", 7) &&
		    memmem(image->data + sections[i].sh_offset,
			   sections[i].sh_size, BTF_MAGIC, sizeof(BTF_MAGIC)))
			return true;
	}
	return false;
}
