// SPDX-License-Identifier: GPL-2.0-only
/*
 * CHAN_F_DEADLOCK: which open files of a channel, and where, could help who is parked.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/passing.h"
#include "common/stage.h"

static void receive_with_two_descriptors(void)
{
	if (dup(stage->ch) < 0 || dup(channel_dup(stage->ch, CHAN_RIGHT_SEND)) < 0)
		give_up("no second descriptor");
	stage_act(0, stage_recv);
}

TEST(second_descriptor_of_an_open_file_could_not_help)
{
	stage_open(receive_with_two_descriptors);
	EXPECT_EQ(-EDEADLK, stage_result(0));
}

/* The stage, and a process that has these files of it. */
static void with_another(int ch, int other)
{
	if (!fork()) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (ch != other)
			close(ch);
		stage_wait_for_curtain(0);
		exit(0);
	}
}

static void receive_beside_a_process(void)
{
	with_another(stage->ch, stage->ch);
	stage_act(0, stage_recv);
}

TEST(process_with_the_same_open_file_could_help)
{
	stage_open(receive_beside_a_process);
	EXPECT_TRUE(stage_stays_parked(0));
	stage_draw_curtain();
	EXPECT_EQ(-EDEADLK, stage_result(0));
}

static void receive_beside_an_end(unsigned int rights)
{
	int end = channel_dup(stage->ch, rights);

	with_another(stage->ch, end);
	close(end);
	stage_act(0, stage_recv);
}

static void receive_beside_a_sender(void)
{
	receive_beside_an_end(CHAN_RIGHT_SEND);
}

TEST(process_with_an_open_file_to_send_could_help)
{
	stage_open(receive_beside_a_sender);
	EXPECT_TRUE(stage_stays_parked(0));
	stage_draw_curtain();
	EXPECT_EQ(-EDEADLK, stage_result(0));
}

static void receive_beside_a_closer(void)
{
	receive_beside_an_end(CHAN_RIGHT_CLOSE);
}

TEST(process_with_an_open_file_to_close_could_help)
{
	stage_open(receive_beside_a_closer);
	EXPECT_TRUE(stage_stays_parked(0));
	stage_draw_curtain();
	EXPECT_EQ(-EDEADLK, stage_result(0));
}

static void receive_beside_a_receiver(void)
{
	receive_beside_an_end(CHAN_RIGHT_RECV);
}

TEST(process_with_an_open_file_of_the_same_side_could_not_help)
{
	stage_open(receive_beside_a_receiver);
	EXPECT_EQ(-EDEADLK, stage_result(0));
}

/* The end that all programs forget to close. */
static void receive_with_a_forgotten_end(void)
{
	int end = channel_dup(stage->ch, CHAN_RIGHT_RECV);

	if (!fork()) {
		close(stage->ch);
		stage->ch = end;
		stage_wait_for_curtain(0);
		exit(0);
	}
	stage_act(0, stage_recv);
}

TEST(forgotten_end_of_ones_own_is_a_deadlock_beside_other_receivers)
{
	stage_open(receive_with_a_forgotten_end);
	EXPECT_EQ(-EDEADLK, stage_result(0));
	stage_draw_curtain();
}

static void receive_beside_a_message(int fd, bool keep)
{
	int sockets[2];

	passing_pair(sockets);
	passing_send(sockets[0], fd);
	if (!keep)
		close(fd);
	stage_enter(1, stage_recv);
	stage_act(0, stage_recv);
}

static void receive_beside_the_same_in_a_message(void)
{
	receive_beside_a_message(stage->ch, true);
}

TEST(message_with_the_same_open_file_could_help)
{
	stage_open(receive_beside_the_same_in_a_message);
	EXPECT_TRUE(stage_stays_parked(0));
	EXPECT_TRUE(stage_stays_parked(1));
}

static void receive_beside_another_in_a_message(void)
{
	receive_beside_a_message(channel_dup(stage->ch, CHAN_RIGHT_SEND), false);
}

TEST(message_with_another_open_file_could_help)
{
	stage_open(receive_beside_another_in_a_message);
	EXPECT_TRUE(stage_stays_parked(0));
	EXPECT_TRUE(stage_stays_parked(1));
}

static void receive_beside_a_copy_in_a_message(void)
{
	receive_beside_a_message(channel_dup(stage->ch, CHAN_RIGHT_SEND), true);
}

TEST(message_with_an_open_file_that_is_here_too_could_help)
{
	stage_open(receive_beside_a_copy_in_a_message);
	EXPECT_TRUE(stage_stays_parked(0));
	EXPECT_TRUE(stage_stays_parked(1));
}

TEST_HARNESS_MAIN
