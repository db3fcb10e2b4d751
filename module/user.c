// SPDX-License-Identifier: GPL-2.0-only
/*
 * Accounting per user. The kernel's own per-user counters (ucounts) are not exported to
 * modules, hence this small table. It is keyed by kernel-wide user id, so ids of different
 * user namespaces never collide.
 *
 * The charge is a cmpxchg on the checked sum: racing charges cannot exceed the limit, and
 * a failed charge is never visible to others.
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
 * struct chan_user - usage of one user
 * @node: in chan_user_table; chan_user_lock
 * @refs: one per made channel and per large element; atomic
 * @uid: the user; constant
 * @channels: channels made and not yet freed; atomic
 * @bytes: bytes of their rings, and of large elements sent and not yet received; atomic
 */
struct chan_user {
	struct hlist_node	node;
	refcount_t		refs;
	kuid_t			uid;
	atomic64_t		channels;
	atomic64_t		bytes;
};

static DEFINE_HASHTABLE(chan_user_table, 7);
/* Protects chan_user_table. Innermost lock; nothing is allocated or freed under it. */
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
 * chan_user_get() - get the account of the current user
 *
 * Context: May sleep.
 * Return: a reference, or NULL if out of memory.
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
 * chan_user_put() - drop a reference taken by chan_user_get()
 * @user: may be NULL
 *
 * Context: Process context. Takes chan_user_lock.
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
 * chan_user_charge_channel() - charge a user for one more channel
 * @user: the user
 *
 * Context: Process context.
 * Return: 0, or -EDQUOT if that exceeds the limit.
 */
int chan_user_charge_channel(struct chan_user *user)
{
	return chan_user_charge(&user->channels, 1, READ_ONCE(chan_user_channels_max));
}

/**
 * chan_user_uncharge_channel() - undo chan_user_charge_channel()
 * @user: the user
 *
 * Context: Any context.
 */
void chan_user_uncharge_channel(struct chan_user *user)
{
	atomic64_dec(&user->channels);
}

/**
 * chan_user_charge_bytes() - charge a user for memory, before it is allocated
 * @user: the user
 * @bytes: number of bytes
 *
 * Context: Process context.
 * Return: 0, or -EDQUOT if that exceeds the limit.
 */
int chan_user_charge_bytes(struct chan_user *user, u64 bytes)
{
	int err = chan_user_charge(&user->bytes, bytes, READ_ONCE(chan_user_bytes_max));

	if (!err)
		atomic64_add(bytes, &chan_user_bytes_total);
	return err;
}

/**
 * chan_user_uncharge_bytes() - undo chan_user_charge_bytes()
 * @user: the user
 * @bytes: number of bytes
 *
 * Context: Any context.
 */
void chan_user_uncharge_bytes(struct chan_user *user, u64 bytes)
{
	atomic64_sub(bytes, &user->bytes);
	atomic64_sub(bytes, &chan_user_bytes_total);
}

/**
 * chan_user_usage() - return the usage of the current user
 * @channels: result
 * @bytes: result
 *
 * Context: Process context. Takes chan_user_lock.
 */
void chan_user_usage(u64 *channels, u64 *bytes)
{
	struct chan_user *user = chan_user_find(current_uid());

	*channels = user ? atomic64_read(&user->channels) : 0;
	*bytes = user ? atomic64_read(&user->bytes) : 0;
	chan_user_put(user);
}

/**
 * chan_user_live_bytes() - return the bytes charged to all users
 *
 * Context: Any context.
 * Return: number of bytes; 0 once every channel is freed.
 */
s64 chan_user_live_bytes(void)
{
	return atomic64_read(&chan_user_bytes_total);
}
