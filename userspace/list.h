/* SPDX-License-Identifier: GPL-2.0-only */
/* Lists as the kernel has them: circular, linked through their members. */
#ifndef MNTPROP_LIST_H
#define MNTPROP_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list_head {
	struct list_head *next, *prev;
};

/* clang-format off */

#define list_entry(node, type, member) \
	((type *)((char *)(node) - offsetof(type, member)))

/* clang-format on */

static inline void list_init(struct list_head *list)
{
	list->next = list;
	list->prev = list;
}

static inline bool list_empty(const struct list_head *list)
{
	return list->next == list;
}

/* Behind @after: a head makes it the first. */
static inline void list_add(struct list_head *node, struct list_head *after)
{
	node->prev = after;
	node->next = after->next;
	after->next->prev = node;
	after->next = node;
}

static inline void list_add_tail(struct list_head *node, struct list_head *head)
{
	list_add(node, head->prev);
}

/* It may be on none. */
static inline void list_del_init(struct list_head *node)
{
	node->prev->next = node->next;
	node->next->prev = node->prev;
	list_init(node);
}

static inline void list_move(struct list_head *node, struct list_head *after)
{
	list_del_init(node);
	list_add(node, after);
}

static inline void list_move_tail(struct list_head *node,
				  struct list_head *head)
{
	list_del_init(node);
	list_add_tail(node, head);
}

/* All of @list behind @after, in order; @list is empty then. */
static inline void list_splice_init(struct list_head *list,
				    struct list_head *after)
{
	if (list_empty(list))
		return;
	list->next->prev = after;
	list->prev->next = after->next;
	after->next->prev = list->prev;
	after->next = list->next;
	list_init(list);
}

/* What the node after @pos is in, at @offset; NULL if that is the head. */
static inline void *list_next(const struct list_head *head,
			      const struct list_head *pos, size_t offset)
{
	return pos->next == head ? NULL : (char *)pos->next - offset;
}

#endif
