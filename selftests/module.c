// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
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

int module_load(const struct image *image, const char *params)
{
	return syscall(SYS_init_module, image->data, image->size, params) ?
		       errno :
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
