// SPDX-License-Identifier: GPL-2.0-only
/*
 * Channel numbers: unique while the module is loaded, and never 0.
 *
 * Every opener sees the number of its channel. A plain counter would reveal how many
 * channels all others open, and when. So the counter is encrypted with a key that never
 * leaves the kernel. Encryption is a permutation, so numbers stay unique.
 *
 * A number has 53 bits: JSON readers in many languages store numbers as doubles, which are
 * exact for integers up to 2^53. At a million opens per second the numbers last 285 years.
 */
#include <linux/bits.h>
#include <linux/random.h>
#include <linux/siphash.h>
#include <linux/spinlock.h>

#include "id.h"

/* Bits of the low and high half of a number. */
#define CHAN_ID_LOW	27
#define CHAN_ID_HIGH	26

static u64 chan_id_last;
static siphash_key_t chan_id_key;
/* Protects chan_id_last, and chan_id_key until the first number is made. Innermost. */
static DEFINE_SPINLOCK(chan_id_lock);

static u32 chan_id_hash(u32 round, u32 half)
{
	return siphash_1u64((u64)round << 32 | half, &chan_id_key);
}

/*
 * A Feistel network of four rounds, with halves of different length. Each round changes one
 * half by a function of the other, so it is invertible for any function.
 */
static u64 chan_id_encrypt(u64 n)
{
	u32 low = n & GENMASK(CHAN_ID_LOW - 1, 0);
	u32 high = n >> CHAN_ID_LOW & GENMASK(CHAN_ID_HIGH - 1, 0);
	u32 round;

	for (round = 0; round < 4; round += 2) {
		high ^= chan_id_hash(round, low) & GENMASK(CHAN_ID_HIGH - 1, 0);
		low ^= chan_id_hash(round + 1, high) & GENMASK(CHAN_ID_LOW - 1, 0);
	}
	return (u64)high << CHAN_ID_LOW | low;
}

/**
 * chan_id_new() - allocate a channel number
 *
 * Context: Process context. Takes chan_id_lock.
 * Return: 1 to 2^53 - 1.
 */
u64 chan_id_new(void)
{
	u64 n;

	spin_lock(&chan_id_lock);
	if (!chan_id_last)
		get_random_bytes(&chan_id_key, sizeof(chan_id_key));
	n = ++chan_id_last;
	spin_unlock(&chan_id_lock);

	/* The counter is never 0, so the encryption of 0 is free to replace the number 0. */
	return chan_id_encrypt(n) ?: chan_id_encrypt(0);
}
