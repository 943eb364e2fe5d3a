// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where kernels differ in what a mount operation does: one line a difference.  The table
 * is for snapshots without `rule` records and for what no experiment decides; on the
 * running kernel rules_probe.c finds out the others.
 *
 * Only the series counts, the number before the second dot: Debian's uname -r
 * often has no more to say ("6.1.0-56-cloud-amd64").  So what stable releases
 * brought to a series holds here for all of it: the table has what is in the
 * newest package of the series, and @also names one below @since that has it.
 * A commit is named by its id or, where a stable release brought it, by the
 * release and the subject that Debian's changelog gives for it.
 */
#include <stdio.h>
#include <string.h>

#include "compiler.h"
#include "rules.h"
#include "snapshot.h"

#define RELEASE(major, minor) (1000 * (major) + (minor))
#define NEVER RELEASE(1000, 0)

/* clang-format off */

#define RULE(member, since, until, also, what, source) \
	{ #member, offsetof(struct rules, member), since, until, also, what, source }

const struct rule rule_table[] = {
	RULE(beneath, RELEASE(6, 5), NEVER, 0,
	     "MOVE_MOUNT_BENEATH exists",
	     "6.5, commit 6ac392815628"),
	RULE(beneath_locked, RELEASE(7, 1), NEVER, 0,
	     "a mount can be moved beneath a locked one, and takes over its lock",
	     "7.1, commit c62a4766937e"),
	RULE(beneath_root, RELEASE(7, 1), NEVER, 0,
	     "a mount can be moved beneath the caller's root",
	     "7.1, commit ccfac16e0be5"),
	RULE(set_group, RELEASE(5, 15), NEVER, RELEASE(5, 10),
	     "MOVE_MOUNT_SET_GROUP exists",
	     "5.15, commit 9ffb14ef61ba; Debian's 5.10 has it, as a backport"),
	RULE(set_group_behind, RELEASE(5, 15), NEVER, 0,
	     "a mount that joins a slave stands behind it on the master's list, not first",
	     "6.16, commit d8cc0362f918, and stable releases since 5.15, not Debian's 5.10"),
	RULE(set_group_unbindable, 0, RELEASE(7, 2), 0,
	     "an unbindable mount can join a group",
	     "until 7.3 and 7.2.11, \"mount: refuse MOVE_MOUNT_SET_GROUP on an unbindable mount\""),
	RULE(set_attributes, RELEASE(5, 12), NEVER, 0,
	     "mount_setattr(2) exists",
	     "5.12, commit 2a1867219c7b; nosymfollow is one of its attributes since 5.14"),
	RULE(anonymous_use, RELEASE(6, 15), NEVER, 0,
	     "trees of open_tree(2) can be copied and mounted on; their slaves get copies",
	     "6.15, merge 130e696aa68b; commit 064fe6e233e8: IS_MNT_NEW() of fs/pnode.h"),
	RULE(move_source_first, RELEASE(6, 17), NEVER, 0,
	     "a move from what is no mountpoint is refused for that, be the target removed or not",
	     "do_move_mount() of 7.3, seen on 6.18; 6.1 looks at the target first"),
	RULE(master_same_root, 0, RELEASE(6, 17), 0,
	     "a peer that is made slave prefers a master with its own root",
	     "until 6.17, commit 955336e204ab: the next is taken"),
	RULE(slaves_go_last, 0, RELEASE(6, 17), 0,
	     "slaves that are handed over go to the end of their new master's list",
	     "until 6.17, commit 94a8d0027606: transfer_propagation(), to the start"),
	RULE(make_private_in_bulk, RELEASE(6, 17), NEVER, 0,
	     "mounts that go together hand their slaves directly to who stays",
	     "6.17, commit 955336e204ab; 6.18, commit 75db7fd99075, does it in one pass"),
	RULE(umount_leaves_first, 0, RELEASE(6, 8), 0,
	     "a tree leaves its groups from the last leaf to its root",
	     "until 6.8, commit 2eea9ce4310d: namespaces keep mounts in a tree, not on a list"),
	RULE(umount_reworked, RELEASE(6, 17), NEVER, 0,
	     "propagate_umount() looks for the largest set that may go",
	     "6.17, commit f0d0ba19985d: Documentation/filesystems/propagate_umount.txt"),
	RULE(umount_busy_chain, RELEASE(6, 12), NEVER, 0,
	     "a copy in use makes umount fail also when other copies are mounted on it",
	     "7.3, 7.2.11 and 6.12.117, \"fs: don't silently unmount busy mounts\", not 6.1.192"),
	RULE(children_are_counted, 0, RELEASE(6, 17), 0,
	     "each child holds a reference on its parent",
	     "until 6.17, commit 493a4bebf515"),
	RULE(cover_on_top, RELEASE(6, 17), NEVER, 0,
	     "what was there goes to the top of a stack that arrives, not next to its second",
	     "6.17, commit ffdc52fbbd58: attach_recursive_mnt()"),
	RULE(cover_takes_lock, RELEASE(7, 1), NEVER, 0,
	     "a mount that arrives beneath a locked one is locked, too",
	     "7.1, commit c62a4766937e"),
	RULE(covered_keeps_lock, RELEASE(7, 2), NEVER, 0,
	     "a locked mount that a copy arrives beneath stays locked",
	     "7.3 and 7.2.11, "
	     "\"namespace: keep the lock on a mount that a propagated copy is moved beneath\"; "
	     "seen unlocked on 7.2.6"),
	RULE(roots_are_locked, 0, RELEASE(6, 17), 0,
	     "the root of a namespace that another user namespace copies is locked, too",
	     "until 6.17, commit d08fa7f44ae7: all but the root"),
	RULE(clone_keeps_unbindable, 0, RELEASE(6, 17), 0,
	     "an unbindable mount is unbindable in a new namespace",
	     "sharedsubtree.rst 5g; lost in 6.17, commit 406fea799925, see the next line"),
	RULE(clone_keeps_unbindable, RELEASE(7, 2), NEVER, 0,
	     "an unbindable mount is unbindable in a new namespace",
	     "7.3 and 7.2.11, \"mount: keep a copied mount unbindable\"; seen private on 6.18"),
	RULE(namespace_files_checked, RELEASE(6, 12), NEVER, 0,
	     "rbind of a tree with files of older mount namespaces is refused",
	     "7.3, 7.2.11 and 6.12.117, not 6.1.192; "
	     "\"namespace: check a recursive bind mount for mount namespace loops\""),
	RULE(locked_files_stay, RELEASE(7, 3), NEVER, 0,
	     "a file of a mount namespace that is locked, which copies leave out, makes them fail, and none is moved beneath a locked mount",
	     "7.3, copy_tree() and can_move_mount_beneath(); not 7.2.12"),
	RULE(unmounted_not_found, RELEASE(6, 12), NEVER, 0,
	     "to mount on what is unmounted fails with ENOENT, not with EINVAL",
	     "do_lock_mount() of 7.3; seen on 6.12.107, not on 6.1"),
	RULE(open_tree_attributes, RELEASE(6, 15), NEVER, 0,
	     "open_tree_attr(2) exists",
	     "6.15, commit c4a16820d901"),
	RULE(tree_namespaces, RELEASE(7, 0), NEVER, 0,
	     "OPEN_TREE_NAMESPACE exists",
	     "7.0, commit 9b8a0ba68246"),
	RULE(tree_namespaces_whole, RELEASE(7, 2), NEVER, 0,
	     "a namespace of a more privileged one's tree leaves nothing out, be it unbindable",
	     "create_new_namespace() of 7.3; seen on 7.2.12, not on 7.2.6"),
	RULE(fs_namespaces, RELEASE(7, 1), NEVER, 0,
	     "FSMOUNT_NAMESPACE exists",
	     "7.1, commit 5e8969bd1927"),
};

/* clang-format on */

const size_t nr_rules = ARRAY_SIZE(rule_table);

/* Of a release: what comes after all others if it is not understood. */
static int series(const char *release)
{
	unsigned int major, minor;

	if (release && sscanf(release, "%3u.%3u", &major, &minor) == 2)
		return RELEASE(major, minor);
	return NEVER - 1;
}

bool rules_are_newest(const char *release)
{
	int number = series(release), newest = 0;
	size_t i;

	for (i = 0; i < nr_rules; i++) {
		const struct rule *rule = &rule_table[i];

		if (rule->since > newest)
			newest = rule->since;
		if (rule->until != NEVER && rule->until > newest)
			newest = rule->until;
	}
	return number > newest || (number == newest && !strstr(release, "-rc"));
}

void rules_for(const char *release, struct rules *r)
{
	int number = series(release);
	size_t i;

	*r = (struct rules){};
	for (i = 0; i < nr_rules; i++) {
		const struct rule *rule = &rule_table[i];

		if ((number >= rule->since && number < rule->until) ||
		    (rule->also && number == rule->also))
			rules_set(r, rule, true);
	}
}

void rules_of(const struct snapshot *s, struct rules *r)
{
	size_t i;

	rules_for(s->release, r);
	for (i = 0; i < nr_rules; i++) {
		const struct rule *rule = &rule_table[i];

		if (s->rules_known & rule_mask(rule))
			rules_set(r, rule, s->rules_hold & rule_mask(rule));
	}
}

bool rule_is_again(size_t line)
{
	return line && rule_table[line].member == rule_table[line - 1].member;
}

rules_mask rules_all(void)
{
	return (1ULL << sizeof(struct rules)) - 1;
}

rules_mask rules_decidable(void)
{
	return rules_all() & ~(rule_mask(rule_named("children_are_counted")) |
			       rule_mask(rule_named("roots_are_locked")));
}

const char *rules_origin(const struct snapshot *s)
{
	rules_mask found = s->rules_probed | s->rules_idle;

	if (!found)
		return RULE_ASSUMED;
	return rules_decidable() & ~found ? RULE_PARTLY : RULE_PROBED;
}

const struct rule *rule_named(const char *name)
{
	size_t i;

	for (i = 0; i < nr_rules; i++) {
		if (!strcmp(rule_table[i].name, name))
			return &rule_table[i];
	}
	return NULL;
}

bool rules_get(const struct rules *r, const struct rule *rule)
{
	return *(const bool *)((const char *)r + rule->member);
}

void rules_set(struct rules *r, const struct rule *rule, bool value)
{
	*(bool *)((char *)r + rule->member) = value;
}
