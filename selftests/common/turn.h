/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two tasks in lockstep: both begin a turn at about the same moment, and neither begins the next
 * one before the other has ended this one.
 */
#ifndef _COMMON_TURN_H
#define _COMMON_TURN_H

/**
 * struct turn - in shared memory, zeroed
 * @begun: number of turns that the leader has begun
 * @ended: number of turns that the follower has ended
 */
struct turn {
	unsigned int begun;
	unsigned int ended;
};

/* For the leader; @index counts from 0. */
void turn_begin(struct turn *turn, unsigned int index);
/* For the follower. Its start varies relative to the leader's from turn to turn. */
void turn_follow(struct turn *turn, unsigned int index);
void turn_end(struct turn *turn, unsigned int index);

#endif /* _COMMON_TURN_H */
