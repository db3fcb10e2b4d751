// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sorted trees.
 */
#include <linux/rbtree.h>

#include "shim.h"

void rb_add_cached(struct rb_node *node, struct rb_root_cached *tree,
		   bool (*less)(struct rb_node *a, const struct rb_node *b))
{
	struct rb_node **link = &tree->rb_root.rb_node, *parent = NULL;
	bool leftmost = true;

	while (*link) {
		parent = *link;
		if (less(node, parent)) {
			link = &parent->left;
		} else {
			link = &parent->right;
			leftmost = false;
		}
	}
	*node = (struct rb_node){ .parent = parent };
	*link = node;
	if (leftmost)
		tree->rb_leftmost = node;
}

static struct rb_node *rb_leftmost_of(struct rb_node *node)
{
	while (node && node->left)
		node = node->left;
	return node;
}

static struct rb_node *rb_next(struct rb_node *node)
{
	if (node->right)
		return rb_leftmost_of(node->right);
	while (node->parent && node == node->parent->right)
		node = node->parent;
	return node->parent;
}

/* @by takes the place of @node below the parent of that. */
static void rb_replace_child(struct rb_node *node, struct rb_node *by, struct rb_root *root)
{
	struct rb_node **link = &root->rb_node;

	if (node->parent)
		link = node == node->parent->left ? &node->parent->left : &node->parent->right;
	if (*link != node)
		shim_fail("rb_erase: the node is not in the tree");
	*link = by;
	if (by)
		by->parent = node->parent;
}

void rb_erase_cached(struct rb_node *node, struct rb_root_cached *tree)
{
	struct rb_node *next;

	if (tree->rb_leftmost == node)
		tree->rb_leftmost = rb_next(node);
	if (!node->left || !node->right) {
		rb_replace_child(node, node->left ? node->left : node->right, &tree->rb_root);
		return;
	}
	next = rb_leftmost_of(node->right);
	if (next != node->right) {
		rb_replace_child(next, next->right, &tree->rb_root);
		next->right = node->right;
		next->right->parent = next;
	}
	rb_replace_child(node, next, &tree->rb_root);
	next->left = node->left;
	next->left->parent = next;
}

/* The first that has no children, going down from @node. */
static struct rb_node *rb_deepest(struct rb_node *node)
{
	while (node && (node->left || node->right))
		node = node->left ? node->left : node->right;
	return node;
}

struct rb_node *rb_first_postorder(const struct rb_root *root)
{
	return rb_deepest(root->rb_node);
}

struct rb_node *rb_next_postorder(const struct rb_node *node)
{
	struct rb_node *parent = node->parent;

	if (parent && node == parent->left && parent->right)
		return rb_deepest(parent->right);
	return parent;
}
