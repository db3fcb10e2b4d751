/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_HASHTABLE_H
#define _SHIM_LINUX_HASHTABLE_H

#include <linux/kernel.h>
#include <linux/types.h>

#define DEFINE_HASHTABLE(name, bits)	struct hlist_head name[1U << (bits)]

#define HASH_BUCKET(table, key) \
	(&(table)[(u32)(key) % (sizeof(table) / sizeof((table)[0]))])

static inline void hlist_add_head(struct hlist_node *node, struct hlist_head *head)
{
	node->next = head->first;
	node->link = &head->first;
	if (node->next)
		node->next->link = &node->next;
	head->first = node;
}

static inline void hash_del(struct hlist_node *node)
{
	if (!node->link || *node->link != node)
		shim_fail("hash_del: the node is in no table");
	*node->link = node->next;
	if (node->next)
		node->next->link = node->link;
	node->link = NULL;
}

#define hash_add(table, node, key) hlist_add_head(node, HASH_BUCKET(table, key))

#define hlist_entry_or_null(pointer, type, member) \
	({ \
		struct hlist_node *hlist_found = (pointer); \
		hlist_found ? container_of(hlist_found, type, member) : NULL; \
	})

#define hash_for_each_possible(table, entry, member, key) \
	for (entry = hlist_entry_or_null(HASH_BUCKET(table, key)->first, typeof(*entry), member); \
	     entry; \
	     entry = hlist_entry_or_null(entry->member.next, typeof(*entry), member))

#endif /* _SHIM_LINUX_HASHTABLE_H */
