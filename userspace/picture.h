/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A picture of mounts: what is in it and how it hangs together, before it is
 * drawn.
 *
 * Data goes one way: snapshot -> question (what is asked of which mounts) ->
 * scope (which mounts are in the picture) -> fold (which are the same) ->
 * picture -> DOT -> Graphviz -> file.
 */
#ifndef MNTPROP_PICTURE_H
#define MNTPROP_PICTURE_H

#include "arena.h"
#include "options.h"
#include "snapshot.h"
#include "text.h"

enum verdict {
	VERDICT_NONE, /* nothing is asked */
	VERDICT_YES,
	VERDICT_HIDDEN, /* yes, but no path leads to it */
	VERDICT_NO,
};

/* A mount that is not there yet. */
struct ghost {
	char *path, *type; /* type: NULL if it is not known */
	bool hidden;
	char *by; /* what it is hidden by, in words, or NULL */
	struct ghost *next; /* on the same mount */
};

/* What the question has to do with a mount. */
struct fate {
	bool asked; /* it belongs to the answer */
	bool carries; /* it gets what is mounted, and it can be seen there */
	bool hides; /* it gets it, where no path leads to it */
	bool goes, moves;
	const char *cut; /* why it does not get it */
	bool cut_from_source; /* the link from the source is broken */
	char *becomes; /* its propagation after that */
	struct ghost *ghosts;
};

struct question {
	const struct snapshot *s;
	struct arena *arena;
	enum verdict verdict;
	struct text words; /* the verdict in one line */
	bool related; /* peers and slaves of those asked for belong to it */
	const struct mount *source; /* that the operation mounts on, or NULL */
	struct fate *fates; /* by index of the mount */
};

/**
 * question_make() - what --predict or --why asks
 * @q:		set to the answer, for question_free(); without a verdict if nothing
 *		is asked
 * @s:		the snapshot, to live as long as @q
 * @o:		the options
 */
void question_make(struct question *q, const struct snapshot *s,
		   const struct options *o);
void question_free(struct question *q);

/* Which mounts are in the picture. */
struct scope {
	const struct snapshot *s;
	bool *in; /* by index of the mount */
	const struct mount **parents; /* likewise: the next above that is in it */
	const struct mount **order; /* those that are in it, parents first */
	size_t nr_mounts, nr_namespaces; /* that are in it */
	size_t left_out; /* namespaces for which there is no room */
	const struct mnt_namespace *left; /* the one to begin with */
	const struct mnt_namespace *named[2]; /* by the options, or NULL */
};

/**
 * scope_choose() - choose the mounts
 * @scope:	set to them, for scope_free()
 * @s:		the snapshot
 * @o:		--all, --task, --to, --group, PATH
 * @q:		a question narrows it down to what it has to do with
 */
void scope_choose(struct scope *scope, const struct snapshot *s,
		  const struct options *o, const struct question *q);
void scope_free(struct scope *scope);

/**
 * scope_drop() - leave namespaces out
 * @scope:	the mounts
 * @dropped:	which of them, by number
 */
void scope_drop(struct scope *scope, const bool *dropped);

/* The nearest mount above @m that is in the picture, or NULL. */
const struct mount *scope_parent(const struct scope *scope,
				 const struct mount *m);

/* Colours: what has the same is drawn once.  0 is what is not in the picture. */
struct fold {
	uint64_t *mounts, *namespaces, *groups; /* by index */
};

/* How near one looks. */
struct detail {
	size_t siblings,
		namespaces; /* no more of a kind than that stay apart */
	bool names; /* what has other names is not the same */
};

/**
 * fold_find() - find out what is the same
 * @f:		set to the colours, for fold_free()
 * @scope:	the mounts
 * @q:		the question: what it says of them has to be the same, too
 * @detail:	what is told apart all the same
 *
 * Namespaces are the same if they have mounts at the same paths, with the same
 * propagation and links to what is the same; mounts on one parent are if what
 * is mounted below them is, too, whatever their own names are.  It is the
 * coarsest such partition (colour refinement), so that each link of one is a
 * link of all, but for hashes of 64 bits that are equal by chance.
 */
void fold_find(struct fold *f, const struct scope *scope,
	       const struct question *q, const struct detail *detail);
void fold_free(struct fold *f);

/* clang-format off */

struct picture_ns {
	const struct mnt_namespace *ns;	/* NULL: of mounts that are in none */
	size_t count;			/* it stands for so many */
	struct picture_box *first, *last;	/* in order of the tree */
	size_t nr_boxes, nr_rows;	/* rows: while they are put in order */
	size_t nr_links;
};

struct picture_group {
	const struct peer_group *group;
	size_t count;			/* it stands for so many groups */
	bool linked;			/* it has peers or slaves here */
	size_t hue;			/* from 1; 0: not linked */
	size_t nr;			/* of the node, 0: it has none of its own */
	size_t peers;			/* in the picture, of one group */
	size_t nr_boxes;
	struct picture_box *boxes[2];	/* the first ones */
};

struct picture_box {
	const struct mount *m;		/* NULL: it is not there yet */
	const struct ghost *ghost;	/* then */
	const struct fate *fate;	/* of the mount */
	struct picture_ns *in;
	size_t row;			/* in the namespace, from 0 */
	size_t count;			/* it stands for so many, in all of these */
	unsigned int depth;
	struct picture_group *group, *master;
	struct picture_box *next;	/* in order of the tree */

	/* private to picture.c */
	struct picture_box *parent, *child, **last_child, *sibling;
};

enum link_kind {
	LINK_PEER,
	LINK_SLAVE,
	LINK_CUT,			/* there is none */
	NR_LINK_KINDS
};

/* Each end is a box or a group that is a node. */
struct picture_link {
	enum link_kind kind;
	struct picture_box *from, *to;
	struct picture_group *from_group, *to_group;
	struct picture_group *group;	/* it belongs to */
	bool gets;			/* what is mounted goes along it */
	bool hides;			/* to where it cannot be seen */
};

struct picture {
	struct arena *arena;
	const struct question *question;
	char *title;
	bool names;			/* of what is the same are, too */
	struct picture_ns *namespaces;	/* the left one first */
	size_t nr_namespaces;
	struct picture_ns **of;		/* by number: the one that stands for it */
	struct picture_group *groups;
	size_t nr_groups;
	struct picture_link *links;
	size_t nr_links;
	size_t nr_boxes;
};

/* clang-format on */

/**
 * picture_make() - put it together
 * @p:		set to the picture, for picture_free()
 * @scope:	the mounts; namespaces for which there is no room are dropped
 * @q:		the question
 *
 * Both have to live as long as the picture.
 */
void picture_make(struct picture *p, struct scope *scope,
		  const struct question *q);
void picture_free(struct picture *p);

/* Of an arena, or the program ends. */
void *picture_alloc(struct arena *a, size_t n, size_t size);
char *picture_string(struct arena *a, const char *s);

/* What a namespace is called on top of it: host, container, unit or task. */
void picture_add_name(struct text *out, const struct mnt_namespace *ns);

/* The picture in Graphviz's language, to be freed. */
char *picture_dot(const struct picture *p);

/**
 * graphviz_run() - let Graphviz lay out and draw
 * @dot:	in its language
 * @format:	svg or png
 * @len:	set to the length of what comes of it
 *
 * Return: that, to be freed.  Does not return if it cannot be had.
 */
char *graphviz_run(const char *dot, const char *format, size_t *len);

/* The SVG with classes and titles where Graphviz has links, to be freed. */
char *svg_finish(char *svg, size_t *len);

/* A page with the SVG in it, to be freed. */
char *picture_html(const struct picture *p, const char *svg, size_t *len);

#endif
