// SPDX-License-Identifier: GPL-2.0-only
/* A snapshot in which all is well, and for each invariant one in which it is not. */
#include <stdlib.h>

#include "check.h"
#include "invariants.h"

/* clang-format off */

/* Two namespaces: 10 and 11 are peers, 12, 13 (peers) and 14 slaves of 10. */
static const char good[] =
"mntprop 1\n"
"system release=7.2.0 mono=1 wall=2\n"
"capture hold=3 retries=0 namespaces=2 mounts=9 complete=yes\n"
"ns nr=0 inum=100 user_ns=1 anon=0 root=1 nr_mounts=7 found=7 event=1 tasks=1 pid=1 comm=x\n"
"ns nr=1 inum=101 user_ns=1 anon=0 root=2 nr_mounts=1 found=1 event=1 tasks=1 pid=2 comm=y\n"
"mount id=1 ns=0 parent=1 mountpoint=/ mp_dentry=0101010101010101 root=/ root_dentry=0101010101010101 dev=0:1 type=tmpfs\n"
"mount id=10 ns=0 parent=1 mountpoint=/a mp_dentry=0a0a0a0a0a0a0a0a root=/ root_dentry=0505050505050505 dev=0:5 type=tmpfs flags=shared group=5 peer=11 slaves=12,13,14 overmount=20\n"
"mount id=11 ns=0 parent=1 mountpoint=/b mp_dentry=0b0b0b0b0b0b0b0b root=/ root_dentry=0505050505050505 dev=0:5 type=tmpfs flags=shared group=5 peer=10\n"
"mount id=12 ns=0 parent=1 mountpoint=/c mp_dentry=0c0c0c0c0c0c0c0c root=/ root_dentry=0505050505050505 dev=0:5 type=tmpfs flags=shared group=6 peer=13 master=10\n"
"mount id=13 ns=0 parent=1 mountpoint=/d mp_dentry=0d0d0d0d0d0d0d0d root=/ root_dentry=0505050505050505 dev=0:5 type=tmpfs flags=shared group=6 peer=12 master=10\n"
"mount id=14 ns=0 parent=1 mountpoint=/e mp_dentry=0e0e0e0e0e0e0e0e root=/ root_dentry=0505050505050505 dev=0:5 type=tmpfs master=10\n"
"mount id=20 ns=0 parent=10 mountpoint=/ mp_dentry=0505050505050505 root=/ root_dentry=0606060606060606 dev=0:6 type=tmpfs\n"
"mount id=2 ns=1 parent=2 mountpoint=/ mp_dentry=0101010101010101 root=/ root_dentry=0101010101010101 dev=0:1 type=tmpfs\n"
"mount id=30 state=unmounted parent=30 mountpoint=/ mp_dentry=0707070707070707 root=/ root_dentry=0707070707070707 dev=0:7 type=tmpfs\n"
"end namespaces=2 mounts=9\n";

#define MAX_EDITS 4

/*
 * What becomes of the snapshot, which violates @name and nothing else: how often
 * is @n.
 */
static const struct violating {
	const char *name;
	size_t n;
	struct {
		const char *old, *new;
	} edits[MAX_EDITS];
} cases[] = {
	{ "lists-end", 1, { { "complete=yes", "complete=no stopped=slaves" },
			    { "nr_mounts=7", "nr_mounts=8" } } },
	{ "pointers-lead", 1, { { "type=tmpfs master=10", "type=tmpfs foreign=master" } } },
	{ "pointers-lead", 1, { { "parent=1 mountpoint=/e", "parent=14 foreign=parent mountpoint=/" } } },
	{ "pointers-lead", 1, { { "mountpoint=/e", "foreign=mountpoint mountpoint=/" } } },
	{ "pointers-lead", 1, { { "peer=11 slaves", "foreign=peer slaves" } } },
	{ "pointers-lead", 1, { { "slaves=12,13,14", "slaves=12 foreign=slaves" } } },
	{ "pointers-lead", 1, { { "overmount=20", "foreign=overmount" } } },
	{ "pointers-lead", 1, { { "root=2 ", "foreign=root " } } },
	{ "pointers-lead", 1, { { "anon=0 root=2 nr_mounts=1 found=1", "anon=0 root=2 foreign=user_ns nr_mounts=1 found=1" } } },
	/* a namespace that is none: of the mount that says it is in it, and of a task */
	{ "pointers-lead", 1, { { "inum=101 user_ns=1 anon=0 root=2 nr_mounts=1 found=1",
				  "user_ns=0 anon=1 foreign=ns nr_mounts=0 found=0" },
				{ "event=1 tasks=1 pid=2 comm=y", "event=0 tasks=0" } } },
	{ "pointers-lead", 1, { { "inum=101 user_ns=1 anon=0 root=2 nr_mounts=1 found=1",
				  "user_ns=0 anon=1 foreign=ns nr_mounts=0 found=0" },
				{ "id=2 ns=1", "id=2 state=detached" } } },
	{ "peer-exists", 1, { { "peer=11 ", "peer=99 " } } },
	{ "peers-one-group", 2, { { "group=5 peer=10", "group=7 peer=10" } } },
	{ "peers-one-group", 1, { { "type=tmpfs master=10", "type=tmpfs master=10 peer=12" } } },
	{ "ring-closed", 1, { { "group=6 peer=12", "group=6 peer=13" } } },
	{ "ring-closed", 1, { { "peer=11 slaves", "peer=10 slaves" } } },
	{ "ring-symmetric", 1, { { "peer=11 slaves", "peer=11 peer_back=13 slaves" } } },
	{ "group-one-ring", 1, { { "group=5 peer=10", "group=5 peer=11" },
				 { "peer=11 slaves", "peer=10 slaves" } } },
	{ "group-one-master", 2, { { "peer=12 master=10", "peer=12 master=11" },
				   { "slaves=12,13,14", "slaves=12,14" },
				   { "group=5 peer=10", "group=5 peer=10 slaves=13" } } },
	{ "group-one-filesystem", 2, {
		{ "dev=0:5 type=tmpfs flags=shared group=5 peer=10",
		  "dev=0:8 type=tmpfs flags=shared group=5 peer=10" } } },
	{ "group-is-shared", 1,
		{ { "flags=shared group=5 peer=10", "flags=ro group=5 peer=10" } } },
	{ "group-is-shared", 1,
		{ { "type=tmpfs master=10", "type=tmpfs flags=shared master=10" } } },
	{ "shared-is-bindable", 1, { { "flags=shared group=6 peer=13",
				       "flags=shared,unbindable group=6 peer=13" } } },
	{ "master-exists", 1, { { "type=tmpfs master=10", "type=tmpfs master=99" },
				{ "slaves=12,13,14", "slaves=12,13" } } },
	{ "master-is-shared", 1, { { "type=tmpfs master=10", "type=tmpfs master=20" },
				   { "slaves=12,13,14", "slaves=12,13" },
				   { "dev=0:6 type=tmpfs", "dev=0:5 type=tmpfs slaves=14" } } },
	{ "master-same-filesystem", 1, { { "dev=0:5 type=tmpfs master=10",
					   "dev=0:8 type=tmpfs master=10" } } },
	{ "masters-end", 1, { { "peer=11 slaves", "peer=11 master=13 slaves" },
			      { "group=5 peer=10", "group=5 peer=10 master=13" },
			      { "group=6 peer=12", "group=6 peer=12 slaves=10,11" } } },
	{ "slave-exists", 1, { { "slaves=12,13,14", "slaves=12,13,14,99" } } },
	{ "slave-has-master", 1, { { "slaves=12,13,14", "slaves=12,13,14,20" } } },
	{ "slave-on-list", 1, { { "slaves=12,13,14", "slaves=12,13" } } },
	{ "slave-on-list", 1, { { "slaves=12,13,14", "slaves=12,13,14,14" } } },
	{ "peers-side-by-side", 1, { { "slaves=12,13,14", "slaves=12,14,13" } } },
	{ "peers-side-by-side", 2, { { "group=6 peer=12", "group=6 peer=14" },
				     { "type=tmpfs master=10",
				       "type=tmpfs flags=shared group=6 peer=12 master=10" },
				     { "slaves=12,13,14", "slaves=12,14,13" } } },
	{ "parent-exists", 1, { { "parent=1 mountpoint=/e", "parent=99 mountpoint=/e" } } },
	{ "parent-same-namespace", 1, { { "parent=1 mountpoint=/e", "parent=2 mountpoint=/e" } } },
	{ "parents-end", 1, { { "parent=1 mountpoint=/a", "parent=20 mountpoint=/a" } } },
	{ "mountpoint-in-parent", 1,
		{ { "mp_dentry=0505050505050505", "mp_dentry=0f0f0f0f0f0f0f0f" },
				       { " overmount=20", "" } } },
	{ "mountpoint-in-parent", 1, { { "mountpoint=/ mp_dentry=0505050505050505",
					 "mountpoint=/x mp_dentry=0505050505050505" } } },
	{ "mountpoint-in-parent", 1, {
		{ "mountpoint=/ mp_dentry=0505050505050505",
		  "mountpoint=/ mp_state=outside mp_dentry=0505050505050505" } } },
	{ "overmount-on-root", 1, { { "overmount=20", "overmount=14" } } },
	{ "overmount-on-root", 1, { { "overmount=20", "overmount=99" } } },
	{ "overmount-on-root", 1, { { " overmount=20", "" } } },
	{ "one-on-a-mountpoint", 1,
		{ { "mp_dentry=0e0e0e0e0e0e0e0e", "mp_dentry=0d0d0d0d0d0d0d0d" } } },
	{ "namespace-root", 1, { { "root=2 ", "root=1 " } } },
	{ "namespace-root", 1, { { "root=2 ", "" } } },
	{ "reached-from-root", 1, { { "parent=1 mountpoint=/e", "parent=14 mountpoint=/e" } } },
	{ "namespace-count", 1, { { "nr_mounts=7", "nr_mounts=8" } } },
	{ "namespace-count", 1, { { "found=7", "found=6" } } },
	{ "namespace-alive", 1, { { "event=1 tasks=1 pid=2", "event=1 refs=0 tasks=1 pid=2" } } },
	{ "unmounted-alone", 1, { { "dev=0:7 type=tmpfs", "dev=0:5 type=tmpfs master=10" },
				  { "slaves=12,13,14", "slaves=12,13,14,30" } } },
	{ "unmounted-alone", 1,
		{ { "dev=0:7 type=tmpfs", "dev=0:7 type=tmpfs flags=shared group=9" } } },
	{ "unmounted-in-none", 1,
		{ { "type=tmpfs master=10", "type=tmpfs flags=ro,umount master=10" } } },
	{ "unmounted-apart", 1, { { "parent=30 mountpoint=/", "parent=14 mountpoint=/x" } } },
};

/* clang-format on */

struct found {
	size_t by_invariant[64];
	size_t all;
};

static void count(const struct violation *v, void *arg)
{
	struct found *f = arg;

	CHECK(v->ns || v->mount || !strcmp(v->invariant->name, "lists-end"));
	CHECK(!v->other || !v->missing);
	f->by_invariant[v->invariant - invariants]++;
	f->all++;
}

static struct found check_text_since(const char *text, size_t len, bool earlier)
{
	struct found f = {};
	struct error err = {};
	struct snapshot *s = snapshot_parse(text, len, "test", &err);

	CHECK_STR(err.text, "");
	if (!s)
		exit(1);
	CHECK(invariants_check(s, earlier ? s : NULL, count, &f) ==
	      (long)f.all);
	snapshot_free(s);
	return f;
}

/* With nothing changed since an earlier look. */
static struct found check_text(const char *text, size_t len)
{
	return check_text_since(text, len, true);
}

static void test_good(void)
{
	CHECK(!check_text(good, strlen(good)).all);
}

/* @old, which stands there once, becomes @new. */
static void edit(char *text, size_t size, const char *old, const char *new)
{
	char *at = strstr(text, old), *rest;

	CHECK(at && !strstr(at + 1, old));
	if (!at)
		return;
	rest = strdup(at + strlen(old));
	snprintf(at, text + size - at, "%s%s", new, rest);
	free(rest);
}

static void test_violations(void)
{
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct violating *v = &cases[i];
		char text[sizeof(good) + 256];
		struct found f;
		size_t n = 0;

		memcpy(text, good, sizeof(good));
		for (j = 0; j < MAX_EDITS && v->edits[j].old; j++)
			edit(text, sizeof(text), v->edits[j].old,
			     v->edits[j].new);
		f = check_text(text, strlen(text));
		for (j = 0; j < nr_invariants; j++) {
			if (!strcmp(invariants[j].name, v->name))
				n = f.by_invariant[j];
			else if (f.by_invariant[j])
				printf("# %s, too, with \"%s\"\n",
				       invariants[j].name, v->edits[0].new);
		}
		if (n != v->n || f.all != n)
			printf("# %s: %zu times, not %zu, with \"%s\"\n",
			       v->name, n, v->n, v->edits[0].new);
		CHECK(n == v->n && f.all == n);
	}
}

/* There is a case for each, and each has a name of its own. */
static void test_all_tried(void)
{
	size_t i, j;

	CHECK(nr_invariants <=
	      ARRAY_SIZE(((struct found *)NULL)->by_invariant));
	for (i = 0; i < nr_invariants; i++) {
		bool tried = false;

		CHECK(*invariants[i].what && *invariants[i].source);
		for (j = 0; j < ARRAY_SIZE(cases); j++)
			tried |= !strcmp(cases[j].name, invariants[i].name);
		if (!tried)
			printf("# %s\n", invariants[i].name);
		CHECK(tried);
		for (j = 0; j < i; j++)
			CHECK(strcmp(invariants[i].name, invariants[j].name));
	}
}

/* Before 6.17 a mount can have two children at one dentry. */
static void test_older_kernel(void)
{
	const char *release = strstr(good, "7.2.0");
	const char *at = strstr(good, "mp_dentry=0e0e0e0e0e0e0e0e");
	char text[sizeof(good)];

	memcpy(text, good, sizeof(good));
	memcpy(text + (at - good), "mp_dentry=0d0d0d0d0d0d0d0d", 26);
	CHECK(check_text(text, strlen(text)).all == 1);
	memcpy(text + (release - good), "6.1.0", 5);
	CHECK(!check_text(text, strlen(text)).all);
}

/* Who has just given away the last reference waits for the lock. */
static void test_one_look(void)
{
	char text[sizeof(good) + 256];

	memcpy(text, good, sizeof(good));
	edit(text, sizeof(text), "event=1 tasks=1 pid=2",
	     "event=1 refs=0 tasks=1 pid=2");
	CHECK(check_text(text, strlen(text)).all == 1);
	CHECK(!check_text_since(text, strlen(text), false).all);
}

/* Of what /proc does not tell nothing is said. */
static void test_of_proc(void)
{
	char text[sizeof(good) + 256];

	memcpy(text, good, sizeof(good));
	edit(text, sizeof(text), "wall=2", "wall=2 source=proc");
	edit(text, sizeof(text), " mp_dentry=0505050505050505", "");
	edit(text, sizeof(text), "root_dentry=0606060606060606 ", "");
	edit(text, sizeof(text), "nr_mounts=7", "nr_mounts=8");
	CHECK(!check_text(text, strlen(text)).all);
	edit(text, sizeof(text), "flags=shared group=6 peer=13",
	     "flags=shared,unbindable group=6 peer=13");
	CHECK(check_text(text, strlen(text)).all == 1);
}

static const struct check_test tests[] = {
	{ "nothing is wrong", test_good },
	{ "each is found", test_violations },
	{ "each is tried", test_all_tried },
	{ "older kernels", test_older_kernel },
	{ "one look", test_one_look },
	{ "of /proc", test_of_proc },
};

int main(void)
{
	return check_all(tests, ARRAY_SIZE(tests));
}
