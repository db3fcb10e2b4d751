// SPDX-License-Identifier: GPL-2.0-only
/*
 * How "chanctl trace" interprets events, including synthetic ones: which receive took which
 * element, and when tasks were parked.
 */
#include <errno.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "tools/common/told.h"

TEST(events_are_put_into_the_order_of_their_time)
{
	struct chan_event event = { .kind = CHAN_EVENT_MAKE };

	for (int i = 0; i < 8; i++) {
		event.time = i ^ 1;
		event.id = i;
		recording_add(&recording, &event);
	}
	event.time = 3;
	event.id = 99;
	recording_add(&recording, &event);
	for (int i = 1; i < 9; i++)
		EXPECT_LE(recording.events[i - 1].time, recording.events[i].time);
	/* Events with equal times keep their order of arrival. */
	EXPECT_EQ(99, recording.events[4].id);
}

TEST(elements_in_the_ring_flow_first_in_first_out)
{
	size_t sends[3], recvs[3];

	make(3);
	for (int i = 0; i < 3; i++)
		sends[i] = RING(MAIN, SEND, i + 1);
	for (int i = 0; i < 3; i++)
		recvs[i] = RING(WORKER, RECV, 2 - i);
	tell();
	EXPECT_EQ(3, whole_flows());
	for (int i = 0; i < 3; i++)
		EXPECT_TRUE(flows(sends[i], recvs[i], false));
}

TEST(a_parked_receiver_is_handed_the_element_of_its_peer)
{
	size_t send, recv;

	make(0);
	ADD(WORKER, PARK);
	ADD(SECOND, PARK);
	send = ADD(MAIN, SEND, .peer = WORKER);
	ADD(MAIN, SEND, .peer = SECOND);
	wake_received(SECOND, MAIN);
	recv = wake_received(WORKER, MAIN);
	tell();
	EXPECT_EQ(2, whole_flows());
	EXPECT_TRUE(flows(send, recv, true));
}

TEST(an_element_of_a_parked_sender_flows_from_where_it_parked)
{
	size_t park, recv;

	make(0);
	park = ADD(WORKER, PARK, .send = 1);
	recv = ADD(MAIN, RECV, .peer = WORKER);
	wake_sent(WORKER, MAIN);
	tell();
	EXPECT_EQ(1, whole_flows());
	EXPECT_TRUE(flows(park, recv, true));
}

TEST(a_parked_sender_refills_the_ring_in_the_order_of_parking)
{
	size_t first, parks[2], recvs[3];

	make(1);
	ADD(WORKER, MAKE, .id = OTHER);
	first = RING(MAIN, SEND, 1);
	parks[0] = ADD(SECOND, PARK, .send = 1);
	parks[1] = ADD(WORKER, PARK, .send = 1);
	recvs[0] = REFILL(MAIN, 1, SECOND);
	recvs[1] = REFILL(MAIN, 1, WORKER);
	/* The first task to park may be the last to run. */
	wake_sent(WORKER, MAIN);
	recvs[2] = RING(MAIN, RECV, 0);
	wake_sent(SECOND, MAIN);
	tell();
	EXPECT_EQ(3, whole_flows());
	EXPECT_TRUE(flows(first, recvs[0], false));
	EXPECT_TRUE(flows(parks[0], recvs[1], false));
	EXPECT_TRUE(flows(parks[1], recvs[2], false));
	EXPECT_EQ(6, occurrences(written(write_sequence), "class=\"ring\""));
}

TEST(elements_requeued_are_received_first_in_their_old_order)
{
	size_t backs[2], recvs[3], last;

	make(4);
	for (int i = 1; i <= 4; i++)
		last = RING(MAIN, SEND, i);
	RING(SECOND, RECV, 3);
	RING(WORKER, RECV, 2);
	RING(SECOND, RECV, 1);
	/* The second task requeues the first and the third element; the worker keeps the second. */
	backs[0] = ADD(SECOND, GIVEBACK, .requeued = 1);
	backs[1] = ADD(SECOND, GIVEBACK, .requeued = 2);
	for (int i = 0; i < 3; i++)
		recvs[i] = RING(WORKER, RECV, i < 2 ? 1 : 0);
	tell();
	EXPECT_EQ(6, whole_flows());
	EXPECT_TRUE(flows(backs[0], recvs[0], false));
	EXPECT_TRUE(flows(backs[1], recvs[1], false));
	EXPECT_TRUE(flows(last, recvs[2], false));
}

TEST(an_element_requeued_later_goes_before_one_that_was_taken_later)
{
	size_t early, late, recvs[2];

	make(2);
	RING(MAIN, SEND, 1);
	RING(MAIN, SEND, 2);
	RING(SECOND, RECV, 1);
	RING(WORKER, RECV, 0);
	late = ADD(WORKER, GIVEBACK, .requeued = 1);
	early = ADD(SECOND, GIVEBACK, .requeued = 2);
	recvs[0] = RING(MAIN, RECV, 0);
	recvs[1] = RING(MAIN, RECV, 0);
	tell();
	EXPECT_EQ(4, whole_flows());
	EXPECT_TRUE(flows(early, recvs[0], false));
	EXPECT_TRUE(flows(late, recvs[1], false));
}

TEST(an_element_requeued_may_go_to_a_parked_receiver)
{
	size_t back, recv;

	make(1);
	RING(MAIN, SEND, 1);
	RING(SECOND, RECV, 0);
	ADD(WORKER, PARK);
	back = ADD(SECOND, GIVEBACK, .peer = WORKER);
	recv = wake_received(WORKER, SECOND);
	tell();
	EXPECT_EQ(2, whole_flows());
	EXPECT_TRUE(flows(back, recv, true));
	EXPECT_EQ(1, occurrences(written(write_sequence), "class=\"back\""));
}

TEST(a_close_wakes_parked_tasks_without_elements)
{
	make(0);
	ADD(WORKER, PARK);
	ADD(SECOND, PARK);
	ADD(MAIN, CLOSE, .cause = 1, .receivers = 2);
	ADD(WORKER, WAKE, .id = CHANNEL, .parked = 5);
	ADD(SECOND, WAKE, .id = CHANNEL, .parked = 6);
	tell();
	EXPECT_EQ(0, story.flow_count);
	EXPECT_EQ(2, story.slice_count);
	EXPECT_EQ(4, story.slices[0].end);
	EXPECT_EQ(5, story.slices[1].end);
	EXPECT_TRUE(story.channels[0].closed);
	EXPECT_EQ(11, story.channels[0].tally.parked[SIDE_RECV]);
	EXPECT_EQ(1, occurrences(written(write_sequence), "class=\"cross\""));
	EXPECT_EQ(2, occurrences(written(write_sequence), "class=\"park\""));
}

TEST(a_select_parks_once_with_all_its_operations)
{
	size_t send, recv;

	make(0);
	ADD(WORKER, PARK, .select = 1, .send = 1);
	ADD(WORKER, PARK, .select = 1, .id = OTHER);
	send = ADD(MAIN, SEND, .peer = WORKER, .id = OTHER);
	ADD(WORKER, WAKE, .id = OTHER, .result = 1);
	recv = ADD(WORKER, RECV, .id = OTHER, .path = CHAN_PATH_PARK, .peer = MAIN);
	ADD(WORKER, SELECT, .id = OTHER, .cases = 2, .winner = 1, .result = 1);
	tell();
	EXPECT_EQ(1, story.slice_count);
	EXPECT_EQ(1, story.slices[0].first);
	EXPECT_EQ(4, story.slices[0].end);
	EXPECT_EQ(1, whole_flows());
	EXPECT_TRUE(flows(send, recv, true));
	EXPECT_NE(NULL, strstr(written(write_sequence), "parked: select #7 #8 "));
	EXPECT_EQ(1, occurrences(written(write_sequence), "class=\"diamond\""));
}

TEST(a_select_that_was_not_chosen_gives_nothing_to_the_ring)
{
	size_t park;

	make(1);
	RING(MAIN, SEND, 1);
	ADD(WORKER, PARK, .select = 1, .send = 1);
	ADD(WORKER, PARK, .select = 1, .send = 1, .id = OTHER);
	park = ADD(SECOND, PARK, .send = 1);
	ADD(MAIN, RECV, .peer = WORKER, .id = OTHER);
	REFILL(MAIN, 1, SECOND);
	ADD(WORKER, WAKE, .id = OTHER, .send = 1);
	ADD(WORKER, SEND, .id = OTHER, .path = CHAN_PATH_PARK, .peer = MAIN);
	wake_sent(SECOND, MAIN);
	RING(MAIN, RECV, 0);
	tell();
	EXPECT_EQ(3, whole_flows());
	EXPECT_TRUE(flows(park, recording.count - 1, false));
}

TEST(a_wait_in_vain_ends_its_slice_without_an_element)
{
	make(0);
	ADD(WORKER, PARK);
	ADD(WORKER, WAKE, .id = CHANNEL, .result = -ETIMEDOUT);
	/* From another wait, of which no other event was recorded. */
	ADD(WORKER, SELECT, .winner = -1);
	ADD(WORKER, RECV, .path = CHAN_PATH_PARK, .peer = MAIN);
	ADD(WORKER, PARK, .send = 1);
	tell();
	EXPECT_EQ(2, story.slice_count);
	EXPECT_EQ(NONE, story.slices[0].done);
	EXPECT_EQ(NONE, story.slices[1].end);
	EXPECT_EQ(0, story.flow_count);
	EXPECT_NE(NULL, strstr(written(write_sequence), "timed out"));
}

TEST(a_slice_whose_end_was_lost_ends_when_its_task_tells_something)
{
	make(1);
	ADD(WORKER, PARK);
	RING(WORKER, SEND, 1);
	tell();
	EXPECT_EQ(2, story.slices[0].end);
	EXPECT_EQ(0, whole_flows());
}

TEST(elements_of_unknown_origin_have_no_flow)
{
	size_t send;

	/* The channel existed before the recording and held two elements. */
	send = RING(MAIN, SEND, 3);
	RING(WORKER, RECV, 2);
	RING(WORKER, RECV, 1);
	RING(WORKER, RECV, 0);
	tell();
	EXPECT_EQ(1, whole_flows());
	EXPECT_EQ(3, story.flow_count);
	EXPECT_TRUE(flows(send, 3, false));
}

TEST(lost_events_leave_elements_without_a_flow_but_none_with_a_wrong_one)
{
	make(4);
	RING(MAIN, SEND, 1);
	/* One receive and two sends are missing. */
	RING(MAIN, SEND, 3);
	RING(WORKER, RECV, 2);
	/* A receive, a later send and two requeues are missing. */
	RING(WORKER, RECV, 0);
	RING(WORKER, RECV, 0);
	ADD(WORKER, GIVEBACK, .requeued = 3);
	for (int i = 0; i < 3; i++)
		RING(WORKER, RECV, 0);
	/* The sender's park is missing, and the send of the element that it replaces. */
	REFILL(WORKER, 2, SECOND);
	RING(WORKER, RECV, 1);
	RING(WORKER, RECV, 0);
	tell();
	EXPECT_EQ(0, whole_flows());
}

TEST(lost_parks_leave_handoffs_without_a_flow_but_none_with_a_wrong_one)
{
	make(0);
	ADD(WORKER, PARK);
	ADD(MAIN, SEND, .peer = WORKER);
	wake_received(WORKER, MAIN);
	/* It parks again. */
	ADD(MAIN, SEND, .peer = WORKER);
	/* It parks for two more operations; only one of them was traced. */
	ADD(WORKER, PARK);
	ADD(MAIN, SEND, .peer = WORKER);
	wake_received(WORKER, SECOND);
	ADD(WORKER, PARK);
	ADD(MAIN, SEND, .peer = WORKER);
	wake_sent(WORKER, MAIN);
	tell();
	EXPECT_EQ(1, whole_flows());
	EXPECT_TRUE(flows(2, 4, true));
}

TEST(a_receive_that_makes_room_in_the_ring_took_nothing_requeued)
{
	size_t send, recv;

	make(1);
	RING(MAIN, SEND, 1);
	RING(WORKER, RECV, 0);
	ADD(WORKER, GIVEBACK, .requeued = 1);
	/* The second receive of the element was lost. */
	send = RING(MAIN, SEND, 1);
	ADD(SECOND, PARK, .send = 1);
	recv = REFILL(WORKER, 1, SECOND);
	tell();
	EXPECT_TRUE(flows(send, recv, false));
}

TEST(a_handoff_with_a_task_that_was_not_recorded_has_no_flow)
{
	make(0);
	ADD(MAIN, SEND, .peer = 4711);
	ADD(MAIN, RECV, .peer = 4712);
	tell();
	EXPECT_EQ(0, whole_flows());
	EXPECT_NE(NULL, strstr(written(write_sequence), "#7 to task 4711"));
	EXPECT_NE(NULL, strstr(written(write_sequence), "#7 from task 4712"));
	EXPECT_EQ(0, occurrences(written(write_sequence), "class=\"handoff\""));
}

TEST_HARNESS_MAIN
