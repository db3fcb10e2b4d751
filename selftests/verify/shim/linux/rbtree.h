/* SPDX-License-Identifier: GPL-2.0-only */
/* Sorted trees, which are not balanced here. */
#ifndef _SHIM_LINUX_RBTREE_H
#define _SHIM_LINUX_RBTREE_H

#include <linux/kernel.h>

struct rb_node {
	struct rb_node	*parent;
	struct rb_node	*left;
	struct rb_node	*right;
};

struct rb_root {
	struct rb_node	*rb_node;
};

struct rb_root_cached {
	struct rb_root	rb_root;
	struct rb_node	*rb_leftmost;
};

#define RB_ROOT_CACHED	((struct rb_root_cached){ { NULL }, NULL })

#define rb_entry(pointer, type, member)	container_of(pointer, type, member)
#define rb_entry_or_null(pointer, type, member) \
	({ \
		struct rb_node *rb_found = (pointer); \
		rb_found ? rb_entry(rb_found, type, member) : NULL; \
	})
#define rb_first_cached(tree)	((tree)->rb_leftmost)

void rb_add_cached(struct rb_node *node, struct rb_root_cached *tree,
		   bool (*less)(struct rb_node *a, const struct rb_node *b));
void rb_erase_cached(struct rb_node *node, struct rb_root_cached *tree);
struct rb_node *rb_first_postorder(const struct rb_root *root);
struct rb_node *rb_next_postorder(const struct rb_node *node);

#define rbtree_postorder_for_each_entry_safe(entry, following, root, member) \
	for (entry = rb_entry_or_null(rb_first_postorder(root), typeof(*entry), member); \
	     entry && ({ \
		following = rb_entry_or_null(rb_next_postorder(&entry->member), \
					     typeof(*entry), member); \
		true; \
	     }); \
	     entry = following)

#endif /* _SHIM_LINUX_RBTREE_H */
