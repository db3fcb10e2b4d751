/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two tasks that meet again and again: both begin a turn at about the same moment, and none
 * begins the next one before the other has ended this one.
 */
#ifndef _COMMON_TURN_H
#define _COMMON_TURN_H

/**
 * struct turn - in shared memory, zeroed
 * @begun: how many turns the leader has begun
 * @ended: how many turns the follower has ended
 */
struct turn {
	unsigned int begun;
	unsigned int ended;
};

/* The leader's; @index counts from 0. */
void turn_begin(struct turn *turn, unsigned int index);
/* The follower's. It comes in a bit later or earlier from turn to turn. */
void turn_follow(struct turn *turn, unsigned int index);
void turn_end(struct turn *turn, unsigned int index);

#endif /* _COMMON_TURN_H */
