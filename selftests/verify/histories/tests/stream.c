// SPDX-License-Identifier: GPL-2.0-only
/* Tests the judge of streams with handmade ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "stream.h"

#define VALUES(...)	((const uint64_t[]){ __VA_ARGS__ })
#define S(sender, number)	STREAM_VALUE(sender, number)

static struct stream_send sends[8];
static struct stream_recv recvs[8];
static struct stream_refusal refusals[8];
static struct stream stream;

static int begin(void **state)
{
	memset(&stream, 0, sizeof(stream));
	stream.sends = sends;
	stream.recvs = recvs;
	stream.refusals = refusals;
	return 0;
}

/* Sends must be added by sender. */
static void add_send(uint64_t call, uint64_t ret, uint32_t sender, uint32_t first, uint32_t count,
		     uint32_t done)
{
	sends[stream.nsends++] = (struct stream_send){
		.call = call, .ret = ret, .first = first, .count = count, .done = done,
		.sender = sender,
	};
	if (stream.counts[sender] < first + count)
		stream.counts[sender] = first + count;
}

static void add_killed_send(uint64_t call, uint64_t ret, uint32_t sender, uint32_t first,
			    uint32_t count)
{
	add_send(call, ret, sender, first, count, 0);
	sends[stream.nsends - 1].killed = true;
}

static void add_recv(uint64_t call, uint64_t ret, const uint64_t *values, uint32_t done)
{
	recvs[stream.nrecvs++] = (struct stream_recv){
		.call = call, .ret = ret, .values = values, .done = done,
	};
}

/* Through another channel than the first. */
static void add_send_through(uint8_t channel, uint64_t call, uint64_t ret, uint32_t sender,
			     uint32_t number)
{
	add_send(call, ret, sender, number, 1, 1);
	sends[stream.nsends - 1].channel = channel;
}

static void add_recv_through(uint8_t channel, uint64_t call, uint64_t ret, const uint64_t *values,
			     uint32_t done)
{
	add_recv(call, ret, values, done);
	recvs[stream.nrecvs - 1].channel = channel;
}

static void add_refusal(uint64_t call, uint64_t ret, bool sends)
{
	refusals[stream.nrefusals++] = (struct stream_refusal){
		.call = call, .ret = ret, .sends = sends,
	};
}

static void assert_good(void)
{
	const struct stream_verdict verdict = stream_check(&stream);

	if (verdict.what)
		fail_msg("%s", verdict.what);
}

static void assert_bad(const char *what)
{
	const struct stream_verdict verdict = stream_check(&stream);

	assert_non_null(verdict.what);
	assert_string_equal(verdict.what, what);
}

#define LATE	"late, with too few requeued elements"

static void nothing_is_good(void **state)
{
	assert_good();
}

static void two_senders_in_any_mixture_are_good(void **state)
{
	add_send(1, 5, 0, 0, 2, 2);
	add_send(2, 6, 1, 0, 2, 2);
	add_recv(3, 7, VALUES(S(1, 0), S(0, 0), S(0, 1)), 3);
	add_recv(4, 8, VALUES(S(1, 1)), 1);
	add_recv(9, 10, NULL, 0);
	assert_good();
}

static void what_was_not_sent_comes_with_the_next_send(void **state)
{
	add_send(1, 2, 0, 0, 4, 1);
	add_send(5, 6, 0, 1, 3, 3);
	add_recv(3, 4, VALUES(S(0, 0)), 1);
	add_recv(7, 8, VALUES(S(0, 1), S(0, 2), S(0, 3)), 3);
	assert_good();
}

static void overlapping_receives_in_any_order_are_good(void **state)
{
	add_send(1, 2, 0, 0, 2, 2);
	add_recv(3, 6, VALUES(S(0, 1)), 1);
	add_recv(4, 5, VALUES(S(0, 0)), 1);
	assert_good();
}

static void killed_sender_may_have_sent_the_first_few(void **state)
{
	add_killed_send(1, 2, 0, 0, 3);
	add_recv(3, 4, VALUES(S(0, 0), S(0, 1)), 2);
	assert_good();
}

static void requeued_may_be_late(void **state)
{
	stream.channels[0].requeues = 1;
	add_send(1, 2, 0, 0, 2, 2);
	add_recv(3, 4, VALUES(S(0, 1)), 1);
	add_recv(5, 6, VALUES(S(0, 0)), 1);
	assert_good();
}

static void requeued_may_come_after_drained(void **state)
{
	stream.channels[0].requeues = 1;
	add_send(1, 2, 0, 0, 1, 1);
	add_recv(3, 4, NULL, 0);
	add_recv(5, 6, VALUES(S(0, 0)), 1);
	assert_good();
}

static void G1_order_of_one_receive(void **state)
{
	add_send(1, 2, 0, 0, 2, 2);
	add_recv(3, 4, VALUES(S(0, 1), S(0, 0)), 2);
	assert_bad(LATE);
}

static void G1_order_of_one_sender(void **state)
{
	add_send(1, 2, 0, 0, 2, 2);
	add_recv(3, 4, VALUES(S(0, 1)), 1);
	add_recv(5, 6, VALUES(S(0, 0)), 1);
	assert_bad(LATE);
}

static void G1_order_of_two_senders(void **state)
{
	add_send(1, 2, 0, 0, 1, 1);
	add_send(3, 4, 1, 0, 1, 1);
	add_recv(5, 6, VALUES(S(1, 0)), 1);
	add_recv(7, 8, VALUES(S(0, 0)), 1);
	assert_bad(LATE);
}

static void G3_lost(void **state)
{
	add_send(1, 2, 0, 0, 2, 2);
	add_recv(3, 4, VALUES(S(0, 0)), 1);
	assert_bad("lost");
}

static void G3_lost_in_the_middle(void **state)
{
	add_send(1, 2, 0, 0, 3, 3);
	add_recv(3, 4, VALUES(S(0, 0), S(0, 2)), 2);
	assert_bad("lost");
}

static void G3_doubled(void **state)
{
	add_send(1, 2, 0, 0, 1, 1);
	add_recv(3, 4, VALUES(S(0, 0)), 1);
	add_recv(5, 6, VALUES(S(0, 0)), 1);
	assert_bad("doubled");
}

static void G3_doubled_in_one_receive(void **state)
{
	add_send(1, 2, 0, 0, 1, 1);
	add_recv(3, 4, VALUES(S(0, 0), S(0, 0)), 2);
	assert_bad("doubled");
}

static void G3_invented_number(void **state)
{
	add_send(1, 2, 0, 0, 1, 1);
	add_recv(3, 4, VALUES(S(0, 0), S(0, 1)), 2);
	assert_bad("invented");
}

static void G3_invented_sender(void **state)
{
	add_recv(3, 4, VALUES(S(STREAM_SENDERS, 0)), 1);
	assert_bad("invented");
}

static void G3_damaged(void **state)
{
	add_send(1, 2, 0, 0, 1, 1);
	add_recv(3, 4, VALUES(0), 1);
	assert_bad("invented");
}

static void G3_damaged_between_sender_and_number(void **state)
{
	add_send(1, 2, 0, 0, 1, 1);
	add_recv(3, 4, VALUES(S(0, 0) | 1ULL << 36), 1);
	assert_bad("invented");
}

static void G4_failed_send_was_sent(void **state)
{
	add_send(1, 2, 0, 0, 2, 1);
	add_recv(3, 4, VALUES(S(0, 0), S(0, 1)), 2);
	assert_bad("received, but not sent");
}

static void G4_killed_sender_left_one_out(void **state)
{
	add_killed_send(1, 2, 0, 0, 3);
	add_recv(3, 4, VALUES(S(0, 0), S(0, 2)), 2);
	assert_bad("sent after an unsent one");
}

static void G4_more_late_than_requeued(void **state)
{
	stream.channels[0].requeues = 1;
	add_send(1, 2, 0, 0, 3, 3);
	add_recv(3, 4, VALUES(S(0, 2)), 1);
	add_recv(5, 6, VALUES(S(0, 0), S(0, 1)), 2);
	assert_bad(LATE);
}

static void G6_received_after_drained(void **state)
{
	add_send(1, 2, 0, 0, 1, 1);
	add_recv(3, 4, NULL, 0);
	add_recv(5, 6, VALUES(S(0, 0)), 1);
	assert_bad(LATE);
}

static void channels_do_not_wait_for_each_other(void **state)
{
	add_send_through(0, 1, 2, 0, 0);
	add_send_through(1, 3, 4, 0, 1);
	add_recv_through(1, 5, 6, VALUES(S(0, 1)), 1);
	add_recv_through(1, 7, 8, NULL, 0);
	add_recv_through(0, 9, 10, VALUES(S(0, 0)), 1);
	assert_good();
}

static void killed_select_may_have_sent_through_any(void **state)
{
	add_killed_send(1, 2, 0, 0, 1);
	sends[0].channel = STREAM_ANY;
	add_recv_through(1, 3, 4, VALUES(S(0, 0)), 1);
	assert_good();
}

static void G1_order_of_another_channel(void **state)
{
	add_send_through(1, 1, 2, 0, 0);
	add_send_through(1, 3, 4, 1, 0);
	add_recv_through(1, 5, 6, VALUES(S(1, 0)), 1);
	add_recv_through(1, 7, 8, VALUES(S(0, 0)), 1);
	assert_bad(LATE);
}

static void G4_requeued_to_another_channel(void **state)
{
	stream.channels[0].requeues = 1;
	add_send_through(1, 1, 2, 0, 0);
	add_send_through(1, 3, 4, 0, 1);
	add_recv_through(1, 5, 6, VALUES(S(0, 1)), 1);
	add_recv_through(1, 7, 8, VALUES(S(0, 0)), 1);
	assert_bad(LATE);
}

static void G6_received_after_drained_from_another_channel(void **state)
{
	add_send_through(1, 1, 2, 0, 0);
	add_recv_through(1, 3, 4, NULL, 0);
	add_recv_through(1, 5, 6, VALUES(S(0, 0)), 1);
	assert_bad(LATE);
}

static void G5_select_sends_through_one(void **state)
{
	add_send_through(0, 1, 2, 0, 0);
	add_recv_through(0, 3, 4, VALUES(S(0, 0)), 1);
	add_recv_through(1, 5, 6, VALUES(S(0, 0)), 1);
	assert_bad("doubled");
}

static void G5_select_takes_from_one(void **state)
{
	add_send_through(0, 1, 2, 0, 0);
	add_send_through(1, 3, 4, 0, 1);
	add_recv_through(1, 5, 6, VALUES(S(0, 1)), 1);
	assert_bad("lost");
}

static void G5_select_says_which(void **state)
{
	add_send_through(0, 1, 2, 0, 0);
	add_recv_through(1, 3, 4, VALUES(S(0, 0)), 1);
	assert_bad("received from another channel");
}

static void G5_empty_may_refuse_receives(void **state)
{
	add_refusal(1, 2, false);
	add_send(3, 4, 0, 0, 1, 1);
	add_recv(5, 6, VALUES(S(0, 0)), 1);
	add_refusal(7, 8, false);
	assert_good();
}

static void G5_refused_while_the_last_one_is_received(void **state)
{
	add_send(1, 2, 0, 0, 1, 1);
	add_recv(3, 6, VALUES(S(0, 0)), 1);
	add_refusal(4, 5, false);
	assert_good();
}

static void G5_refused_while_the_first_one_is_sent(void **state)
{
	add_send(1, 4, 0, 0, 1, 1);
	add_refusal(2, 3, false);
	add_recv(5, 6, VALUES(S(0, 0)), 1);
	assert_good();
}

static void G5_refused_while_one_is_requeued(void **state)
{
	stream.channels[0].requeues = 1;
	add_send(1, 2, 0, 0, 1, 1);
	add_refusal(3, 4, false);
	add_recv(5, 6, VALUES(S(0, 0)), 1);
	assert_good();
}

static void G5_receive_refused_though_there_was_one(void **state)
{
	add_send(1, 2, 0, 0, 2, 2);
	add_recv(3, 6, VALUES(S(0, 0)), 1);
	add_refusal(4, 5, false);
	add_recv(7, 8, VALUES(S(0, 1)), 1);
	assert_bad("a receive was refused although there was an element");
}

static void G5_full_may_refuse_sends(void **state)
{
	stream.channels[0].cap = 1;
	add_send(1, 2, 0, 0, 1, 1);
	add_refusal(3, 4, true);
	add_recv(5, 6, VALUES(S(0, 0)), 1);
	assert_good();
}

static void G5_refused_while_another_is_sent(void **state)
{
	stream.channels[0].cap = 1;
	add_send(1, 4, 0, 0, 1, 1);
	add_refusal(2, 3, true);
	add_recv(5, 6, VALUES(S(0, 0)), 1);
	assert_good();
}

static void G5_refused_while_somebody_is_killed_who_sends(void **state)
{
	stream.channels[0].cap = 1;
	add_killed_send(1, 4, 0, 0, 1);
	sends[0].channel = STREAM_ANY;
	add_refusal(2, 3, true);
	assert_good();
}

static void G5_unbuffered_refuses_sends(void **state)
{
	add_refusal(1, 2, true);
	assert_good();
}

static void G5_send_refused_though_there_was_room(void **state)
{
	stream.channels[0].cap = 1;
	add_send(1, 2, 0, 0, 1, 1);
	add_recv(3, 4, VALUES(S(0, 0)), 1);
	add_refusal(5, 6, true);
	assert_bad("a send was refused although the buffer had space");
}

static void G5_refused_by_another_channel(void **state)
{
	stream.channels[1].cap = 2;
	add_send_through(1, 1, 2, 0, 0);
	add_refusal(3, 4, true);
	add_recv_through(1, 5, 6, VALUES(S(0, 0)), 1);
	assert_good();
	refusals[0].channel = 1;
	assert_bad("a send was refused although the buffer had space");
}

#define STREAM_TEST(test)	cmocka_unit_test_setup(test, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STREAM_TEST(nothing_is_good),
		STREAM_TEST(two_senders_in_any_mixture_are_good),
		STREAM_TEST(what_was_not_sent_comes_with_the_next_send),
		STREAM_TEST(overlapping_receives_in_any_order_are_good),
		STREAM_TEST(killed_sender_may_have_sent_the_first_few),
		STREAM_TEST(requeued_may_be_late),
		STREAM_TEST(requeued_may_come_after_drained),
		STREAM_TEST(G1_order_of_one_receive),
		STREAM_TEST(G1_order_of_one_sender),
		STREAM_TEST(G1_order_of_two_senders),
		STREAM_TEST(G3_lost),
		STREAM_TEST(G3_lost_in_the_middle),
		STREAM_TEST(G3_doubled),
		STREAM_TEST(G3_doubled_in_one_receive),
		STREAM_TEST(G3_invented_number),
		STREAM_TEST(G3_invented_sender),
		STREAM_TEST(G3_damaged),
		STREAM_TEST(G3_damaged_between_sender_and_number),
		STREAM_TEST(G4_failed_send_was_sent),
		STREAM_TEST(G4_killed_sender_left_one_out),
		STREAM_TEST(G4_more_late_than_requeued),
		STREAM_TEST(G6_received_after_drained),
		STREAM_TEST(channels_do_not_wait_for_each_other),
		STREAM_TEST(killed_select_may_have_sent_through_any),
		STREAM_TEST(G1_order_of_another_channel),
		STREAM_TEST(G4_requeued_to_another_channel),
		STREAM_TEST(G6_received_after_drained_from_another_channel),
		STREAM_TEST(G5_select_sends_through_one),
		STREAM_TEST(G5_select_takes_from_one),
		STREAM_TEST(G5_select_says_which),
		STREAM_TEST(G5_empty_may_refuse_receives),
		STREAM_TEST(G5_refused_while_the_last_one_is_received),
		STREAM_TEST(G5_refused_while_the_first_one_is_sent),
		STREAM_TEST(G5_refused_while_one_is_requeued),
		STREAM_TEST(G5_receive_refused_though_there_was_one),
		STREAM_TEST(G5_full_may_refuse_sends),
		STREAM_TEST(G5_refused_while_another_is_sent),
		STREAM_TEST(G5_refused_while_somebody_is_killed_who_sends),
		STREAM_TEST(G5_unbuffered_refuses_sends),
		STREAM_TEST(G5_send_refused_though_there_was_room),
		STREAM_TEST(G5_refused_by_another_channel),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
