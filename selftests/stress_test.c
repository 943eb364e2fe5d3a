// SPDX-License-Identifier: GPL-2.0-only
/*
 * Eight processes change mounts in every way while four take snapshots and one
 * loads and unloads the module: each snapshot is consistent, and the kernel has
 * nothing to say. MNTPROP_STRESS_SECONDS says for how long.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "module.h"
#include "util.h"

#define NR_CHANGERS 8
#define NR_READERS 4
#define NR_PLACES 6

FIXTURE(stress)
{
	struct image image;
	time_t end;
};

static int seconds(void)
{
	const char *text = getenv("MNTPROP_STRESS_SECONDS");

	return text ? atoi(text) : 15;
}

FIXTURE_SETUP(stress)
{
	char path[64];
	int i;

	self->image = module_image();
	own_namespace(MS_SHARED);
	for (i = 0; i < NR_PLACES; i++) {
		snprintf(path, sizeof(path), "/mnt/%d", i);
		must_mkdir(path);
	}
	self->end = time(NULL) + seconds();
}

FIXTURE_TEARDOWN(stress)
{
	if (!module_is_loaded())
		module_load(&self->image, "");
	free(self->image.data);
}

static const char *place(char *path, size_t size)
{
	if (random() % 2)
		snprintf(path, size, "/mnt/%ld", random() % NR_PLACES);
	else
		snprintf(path, size, "/mnt/%ld/%ld", random() % NR_PLACES,
			 random() % NR_PLACES);
	return path;
}

/* A namespace of its own for a moment, of its own user namespace at times. */
static void visit(void)
{
	pid_t pid = fork();

	if (pid < 0)
		return;
	if (!pid) {
		unshare(CLONE_NEWNS | (random() % 2 ? CLONE_NEWUSER : 0));
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

/* Most of it fails, as the places are not what it takes: that is no matter. */
static void change(void)
{
	static const unsigned long types[] = {
		MS_SHARED,
		MS_SLAVE,
		MS_PRIVATE,
		MS_UNBINDABLE,
	};
	char a[32], b[64];
	int fd;

	place(a, sizeof(a));
	place(b, sizeof(b));
	switch (random() % 8) {
	case 0:
	case 1:
		if (!mount("stress", a, "tmpfs", 0, "size=64k") &&
		    random() % 2) {
			snprintf(b, sizeof(b), "%s/%ld", a,
				 random() % NR_PLACES);
			mkdir(b, 0755);
		}
		break;
	case 2:
		mount(a, b, NULL, MS_BIND | (random() % 2 ? MS_REC : 0), NULL);
		break;
	case 3:
		mount(a, b, NULL, MS_MOVE, NULL);
		break;
	case 4:
		mount(NULL, a, NULL, types[random() % ARRAY_SIZE(types)], NULL);
		break;
	case 5:
		umount2(a, 0);
		break;
	case 6:
		/* Still in use when it goes. */
		fd = open(a, O_RDONLY | O_CLOEXEC);
		umount2(a, MNT_DETACH);
		close(fd);
		break;
	case 7:
		visit();
		break;
	}
}

/* NULL, or what does not agree in a snapshot. */
static const char *unsound(const struct snapshot *s)
{
	size_t i, j;

	if (!s->complete)
		return "it is not complete";
	for (i = 0; i < s->nr_namespaces; i++) {
		const struct mnt_namespace *ns = &s->namespaces[i];

		if (ns->found != ns->nr_mounts ||
		    (!ns->anon && ns->found != ns->nr_mounts_counted))
			return "a namespace's counter is not the number found";
	}
	for (i = 0; i < s->nr_mounts; i++) {
		const struct mount *m = &s->mounts[i];

		if (!m->peer || m->peer->group_id != m->group_id ||
		    (!m->group_id && m->peer != m))
			return "the next peer is not of the group";
		if (m->master_id && (!m->master || !m->master->shared))
			return "the master is not shared";
		for (j = 0; j < m->nr_slaves; j++) {
			if (!m->slaves[j] || m->slaves[j]->master != m)
				return "a slave has another master";
		}
		if (m->ns && m->parent_id != m->id && !m->parent)
			return "the parent is not in the namespace";
	}
	return NULL;
}

static int read_snapshots(time_t end)
{
	unsigned int n = 0;
	const char *what;

	while (time(NULL) < end) {
		struct error err;
		struct snapshot *s = snapshot_load(NULL, &err);

		/* The module is away, half of the time. */
		if (!s)
			continue;
		what = unsound(s);
		snapshot_free(s);
		if (what) {
			printf("# snapshot %u: %s\n", n, what);
			return 1;
		}
		n++;
	}
	return n ? 0 : 2;
}

static int load_and_unload(const struct image *image, time_t end)
{
	unsigned int n = 0;
	int err;

	while (time(NULL) < end) {
		/* It goes when nobody has a file of it open. */
		if (module_is_loaded()) {
			err = module_unload();
			n += !err;
			if (err && err != EWOULDBLOCK && err != EBUSY)
				return 1;
		} else {
			err = module_load(image, "");
			if (err && err != EEXIST && err != EBUSY)
				return 1;
		}
		usleep(random() % 50000);
	}
	return n ? 0 : 2;
}

static pid_t start(void)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		srandom(getpid());
	}
	return pid;
}

static int status_of(pid_t pid)
{
	int status;

	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ?
		       WEXITSTATUS(status) :
		       -1;
}

TEST_F_TIMEOUT(stress, all_at_once, 3600)
{
	pid_t changers[NR_CHANGERS], readers[NR_READERS], loader;
	int i;

	for (i = 0; i < NR_CHANGERS; i++) {
		changers[i] = start();
		if (changers[i])
			continue;
		while (time(NULL) < self->end)
			change();
		_exit(0);
	}
	for (i = 0; i < NR_READERS; i++) {
		readers[i] = start();
		if (!readers[i]) {
			int status = read_snapshots(self->end);

			fflush(stdout);
			_exit(status);
		}
	}
	loader = start();
	if (!loader)
		_exit(load_and_unload(&self->image, self->end));

	for (i = 0; i < NR_CHANGERS; i++)
		EXPECT_EQ(status_of(changers[i]), 0);
	for (i = 0; i < NR_READERS; i++)
		EXPECT_EQ(status_of(readers[i]), 0);
	EXPECT_EQ(status_of(loader), 0);
}

TEST_HARNESS_MAIN
