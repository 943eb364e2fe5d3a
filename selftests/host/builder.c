// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdlib.h>

#include "../../debugfs/format.h"
#include "builder.h"

void build(struct builder *b, const char *fmt, ...)
{
	va_list ap;

	if (!b->f)
		b->f = open_memstream(&b->text, &b->len);
	va_start(ap, fmt);
	vfprintf(b->f, fmt, ap);
	va_end(ap);
	fflush(b->f);
}

void build_head(struct builder *b, size_t namespaces, size_t mounts)
{
	build(b, "%s %d\n", MNTPROP_MAGIC, MNTPROP_VERSION);
	build(b, "system release=6.1.0 mono=1 wall=2\n");
	build(b,
	      "capture hold=3 retries=0 namespaces=%zu mounts=%zu complete=yes\n",
	      namespaces, mounts);
}

void build_ns(struct builder *b, unsigned int nr, int root)
{
	build(b,
	      "ns nr=%u inum=%u user_ns=1 anon=0 root=%d nr_mounts=1 found=1 event=1 tasks=1 pid=%u comm=task%u\n",
	      nr, BUILD_INUM + nr, root, nr + 1, nr);
}

static void build_mount_in(struct builder *b, const char *where, int id,
			   int parent, const char *mountpoint, const char *more)
{
	build(b,
	      "mount id=%d %s parent=%d mountpoint=%s mp_dentry=0123456789abcdef root=/ root_dentry=fedcba9876543210 dev=0:%d type=tmpfs%s\n",
	      id, where, parent, mountpoint, id, more);
}

void build_mount(struct builder *b, int id, int parent, const char *mountpoint,
		 const char *more)
{
	build_mount_in(b, "ns=0", id, parent, mountpoint, more);
}

void build_unattached(struct builder *b, int id, int parent,
		      const char *mountpoint, const char *more)
{
	build_mount_in(b, "state=unmounted", id, parent, mountpoint, more);
}

void build_end(struct builder *b, size_t namespaces, size_t mounts)
{
	build(b, "end namespaces=%zu mounts=%zu\n", namespaces, mounts);
}

struct snapshot *build_parse(struct builder *b, struct error *err)
{
	struct snapshot *s;

	fclose(b->f);
	s = snapshot_parse(b->text, b->len, "test", err);
	free(b->text);
	*b = (struct builder){};
	return s;
}
