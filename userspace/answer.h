/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether a mount on a path appears in another namespace, in words. */
#ifndef MNTPROP_ANSWER_H
#define MNTPROP_ANSWER_H

#include "acting.h"
#include "explain.h"
#include "text.h"

struct answer {
	const struct options *o;
	const struct snapshot *s;
	struct acting from, to;
	struct location path, to_path; /* without a mount if none was named */
	char *full_path,
		*full_to_path; /* the same from the namespaces' roots */
	const struct mnt_namespace *own;
	/* is on the path, and the answer says why it is not there; or NULL */
	const struct mount *mounted;
	struct explanation e;
};

/**
 * answer_make() - ask whether a mount appears in the namespace that --to names
 * @a:		set to the answer, for answer_free()
 * @s:		the snapshot, to live as long as @a
 * @o:		--task: where @path is; --to
 * @path:	where something would be mounted, or is
 *
 * Does not return if it is not clear what is asked.
 */
void answer_make(struct answer *a, const struct snapshot *s,
		 const struct options *o, const char *path);
void answer_free(struct answer *a);

/* YES or NO, and to what. */
void answer_add_verdict(struct text *out, const struct answer *a);

/* At which mount it is broken and why, or what hides it; else nothing. */
void answer_add_reason(struct text *out, const struct answer *a);

/*
 * Whether what is mounted on @from fails to appear for a link that is broken to a
 * mount which shows that place, the target.
 */
bool answer_is_cut(const struct explanation *e, const struct location *from);

/* A link that is broken: a word for programs, and what to say of the mount. */
const char *answer_word(enum broken broken);
const char *answer_words(enum broken broken);

#endif
