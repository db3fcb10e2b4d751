// SPDX-License-Identifier: GPL-2.0-only
/*
 * Accounting by user. The kernel's own counters by user (ucounts) are not
 * exported to modules, so there is a small table here, keyed by the kernel-wide
 * user id: an id of one user namespace never meets another's.
 *
 * A charge replaces the sum that it has compared with the limit, so that of two racing
 * charges neither slips under it, and one that fails is never seen by the other.
 */
#include <linux/atomic.h>
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/errno.h>
#include <linux/hashtable.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/uidgid.h>

#include "user.h"

unsigned long chan_user_channels_max = 16384;
unsigned long chan_user_bytes_max = 64UL << 20;

/**
 * struct chan_user - what one user holds
 * @node: in chan_user_table; chan_user_lock
 * @refs: one for each channel that is made and each large element
 * @uid: who; constant
 * @channels: channels made and not yet freed
 * @bytes: bytes of their rings, and of large elements sent and not yet received
 */
struct chan_user {
	struct hlist_node	node;
	refcount_t		refs;
	kuid_t			uid;
	atomic64_t		channels;
	atomic64_t		bytes;
};

static DEFINE_HASHTABLE(chan_user_table, 7);
/* Protects chan_user_table. Innermost; nothing is allocated or freed under it. */
static DEFINE_SPINLOCK(chan_user_lock);

static atomic64_t chan_user_bytes_total = ATOMIC64_INIT(0);

static struct chan_user *chan_user_find_locked(kuid_t uid)
{
	struct chan_user *user;

	lockdep_assert_held(&chan_user_lock);
	hash_for_each_possible(chan_user_table, user, node, __kuid_val(uid)) {
		if (uid_eq(user->uid, uid)) {
			refcount_inc(&user->refs);
			return user;
		}
	}
	return NULL;
}

static struct chan_user *chan_user_find(kuid_t uid)
{
	struct chan_user *user;

	spin_lock(&chan_user_lock);
	user = chan_user_find_locked(uid);
	spin_unlock(&chan_user_lock);
	return user;
}

/**
 * chan_user_get() - the account of the calling task's user
 *
 * Context: may sleep.
 * Return: a reference, or NULL if there is no memory.
 */
struct chan_user *chan_user_get(void)
{
	kuid_t uid = current_uid();
	struct chan_user *user, *fresh;

	user = chan_user_find(uid);
	if (user)
		return user;

	fresh = kzalloc(sizeof(*fresh), GFP_KERNEL_ACCOUNT);
	if (!fresh)
		return NULL;
	refcount_set(&fresh->refs, 1);
	fresh->uid = uid;

	spin_lock(&chan_user_lock);
	user = chan_user_find_locked(uid);
	if (!user)
		hash_add(chan_user_table, &fresh->node, __kuid_val(uid));
	spin_unlock(&chan_user_lock);
	if (!user)
		return fresh;
	kfree(fresh);
	return user;
}

/**
 * chan_user_put() - drop a reference of chan_user_get()
 * @user: may be NULL
 *
 * Context: any in which a spinlock may be taken.
 */
void chan_user_put(struct chan_user *user)
{
	bool last;

	if (!user)
		return;
	spin_lock(&chan_user_lock);
	last = refcount_dec_and_test(&user->refs);
	if (last)
		hash_del(&user->node);
	spin_unlock(&chan_user_lock);
	if (!last)
		return;
	WARN_ON_ONCE(atomic64_read(&user->channels) || atomic64_read(&user->bytes));
	kfree(user);
}

static int chan_user_charge(atomic64_t *held, u64 amount, unsigned long max)
{
	s64 sum = atomic64_read(held);

	do {
		if (sum + amount > max && !capable(CAP_SYS_RESOURCE))
			return -EDQUOT;
	} while (!atomic64_try_cmpxchg(held, &sum, sum + amount));
	return 0;
}

/**
 * chan_user_charge_channel() - charge a user with one more channel
 * @user: the user
 *
 * Return: 0, or -EDQUOT if that is over the limit.
 */
int chan_user_charge_channel(struct chan_user *user)
{
	return chan_user_charge(&user->channels, 1, READ_ONCE(chan_user_channels_max));
}

void chan_user_uncharge_channel(struct chan_user *user)
{
	atomic64_dec(&user->channels);
}

/**
 * chan_user_charge_bytes() - charge a user with memory, before it is allocated
 * @user: the user
 * @bytes: how much
 *
 * Return: 0, or -EDQUOT if that is over the limit.
 */
int chan_user_charge_bytes(struct chan_user *user, u64 bytes)
{
	int err = chan_user_charge(&user->bytes, bytes, READ_ONCE(chan_user_bytes_max));

	if (!err)
		atomic64_add(bytes, &chan_user_bytes_total);
	return err;
}

void chan_user_uncharge_bytes(struct chan_user *user, u64 bytes)
{
	atomic64_sub(bytes, &user->bytes);
	atomic64_sub(bytes, &chan_user_bytes_total);
}

/**
 * chan_user_usage() - what the calling task's user holds now
 * @channels: result
 * @bytes: result
 */
void chan_user_usage(u64 *channels, u64 *bytes)
{
	struct chan_user *user = chan_user_find(current_uid());

	*channels = user ? atomic64_read(&user->channels) : 0;
	*bytes = user ? atomic64_read(&user->bytes) : 0;
	chan_user_put(user);
}

/* Bytes that all users hold; 0 once every channel is freed. */
s64 chan_user_live_bytes(void)
{
	return atomic64_read(&chan_user_bytes_total);
}
