/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_LIST_H
#define _SHIM_LINUX_LIST_H

#include <linux/kernel.h>
#include <linux/types.h>

#define LIST_HEAD(name)	struct list_head name = { &(name), &(name) }

static inline void INIT_LIST_HEAD(struct list_head *head)
{
	head->next = head;
	head->prev = head;
}

static inline bool list_empty(const struct list_head *head)
{
	return SHIM_LOAD(head->next) == head;
}

static inline void list_insert(struct list_head *node, struct list_head *prev,
			       struct list_head *next)
{
	if (prev->next != next || next->prev != prev)
		shim_fail("list_add: the list is broken");
	node->prev = prev;
	node->next = next;
	next->prev = node;
	WRITE_ONCE(prev->next, node);
}

static inline void list_add(struct list_head *node, struct list_head *head)
{
	list_insert(node, head, head->next);
}

static inline void list_add_tail(struct list_head *node, struct list_head *head)
{
	list_insert(node, head->prev, head);
}

static inline void list_unlink(struct list_head *node)
{
	if (node->next->prev != node || node->prev->next != node)
		shim_fail("list_del: the node is in no list");
	node->next->prev = node->prev;
	WRITE_ONCE(node->prev->next, node->next);
}

static inline void list_del(struct list_head *node)
{
	list_unlink(node);
	node->next = NULL;
	node->prev = NULL;
}

static inline void list_del_init(struct list_head *node)
{
	list_unlink(node);
	INIT_LIST_HEAD(node);
}

static inline void list_move_tail(struct list_head *node, struct list_head *head)
{
	list_unlink(node);
	list_add_tail(node, head);
}

#define list_entry(pointer, type, member) container_of(pointer, type, member)
#define list_first_entry(head, type, member) list_entry((head)->next, type, member)
#define list_last_entry(head, type, member) list_entry((head)->prev, type, member)
#define list_next_entry(entry, member) \
	list_entry((entry)->member.next, typeof(*(entry)), member)

#define list_for_each_entry(entry, head, member) \
	for (entry = list_first_entry(head, typeof(*entry), member); \
	     &entry->member != (head); \
	     entry = list_next_entry(entry, member))

#define list_for_each_entry_continue(entry, head, member) \
	for (entry = list_next_entry(entry, member); &entry->member != (head); \
	     entry = list_next_entry(entry, member))

#define list_entry_is_head(entry, head, member) (&(entry)->member == (head))

#define list_for_each_entry_safe(entry, following, head, member) \
	for (entry = list_first_entry(head, typeof(*entry), member), \
	     following = list_next_entry(entry, member); \
	     &entry->member != (head); \
	     entry = following, following = list_next_entry(following, member))

#endif /* _SHIM_LINUX_LIST_H */
