/* SPDX-License-Identifier: GPL-2.0-only */
/* Histories that channels explain, each for another reason. */
static const struct example good[] = {
	{ "nothing_was_done",
	  "channels 0\n" },
	{ "buffer_keeps_order",
	  "channels 2\n"
	  "1 2 A wait send:0:1 = done:0\n"
	  "3 4 A wait send:0:2 = done:0\n"
	  "5 6 B wait recv:0 = done:0:1\n"
	  "7 8 B wait recv:0 = done:0:2\n" },
	{ "concurrent_sends_in_either_order",
	  "channels 2\n"
	  "1 4 A wait send:0:1 = done:0\n"
	  "2 3 B wait send:0:2 = done:0\n"
	  "5 6 C wait recv:0 = done:0:1\n"
	  "7 8 C wait recv:0 = done:0:2\n" },
	{ "send_waits_for_room",
	  "channels 1\n"
	  "1 2 A wait send:0:1 = done:0\n"
	  "3 6 A wait send:0:2 = done:0\n"
	  "4 5 B wait recv:0 = done:0:1\n"
	  "7 8 B wait recv:0 = done:0:2\n" },
	{ "rendezvous_of_overlapping_operations",
	  "channels 0\n"
	  "1 3 A wait send:0:1 = done:0\n"
	  "2 4 B wait recv:0 = done:0:1\n" },
	{ "try_meets_who_is_asleep",
	  "channels 0\n"
	  "1 5 A wait recv:0 = done:0:1 asleep:2\n"
	  "3 4 B try send:0:1 = done:0\n" },
	{ "try_fails_before_anybody_waits",
	  "channels 0\n"
	  "1 2 B try send:0:9 = not-ready\n"
	  "3 6 A wait recv:0 = done:0:1\n"
	  "4 5 B wait send:0:1 = done:0\n" },
	{ "try_fails_while_nobody_is_known_to_sleep",
	  "channels 0\n"
	  "1 6 A wait recv:0 = done:0:1\n"
	  "2 3 B try send:0:9 = not-ready\n"
	  "4 5 B wait send:0:1 = done:0\n" },
	{ "full_and_empty",
	  "channels 1\n"
	  "1 2 A try recv:0 = not-ready\n"
	  "3 4 A try send:0:1 = done:0\n"
	  "5 6 A try send:0:2 = not-ready\n"
	  "7 8 A try recv:0 = done:0:1\n" },
	{ "closed_after_what_was_buffered",
	  "channels 2\n"
	  "1 2 A wait send:0:1 = done:0\n"
	  "3 4 A try close:0 = done:0\n"
	  "5 6 A wait send:0:2 = closed:0\n"
	  "7 8 B wait recv:0 = done:0:1\n"
	  "9 10 B wait recv:0 = closed:0\n" },
	{ "second_close_finds_it_closed",
	  "channels 0\n"
	  "1 4 A try close:0 = closed:0\n"
	  "2 3 B try close:0 = done:0\n" },
	{ "close_ends_who_is_parked",
	  "channels 0\n"
	  "1 6 A wait recv:0 = closed:0 asleep:2\n"
	  "3 4 B try close:0 = done:0\n" },
	{ "select_takes_one_of_two",
	  "channels 1 1\n"
	  "1 2 A wait send:0:1 = done:0\n"
	  "3 4 B wait recv:1 recv:0 = done:1:1\n" },
	{ "selects_face_each_other",
	  "channels 0 0\n"
	  "1 4 A wait send:0:1 recv:1 = done:0\n"
	  "2 3 B wait recv:0 send:1:2 = done:0:1\n" },
	{ "default_at_an_instant_between",
	  "channels 1 1\n"
	  "1 2 A wait send:0:1 = done:0\n"
	  "3 8 B try recv:0 recv:1 = not-ready\n"
	  "4 5 A wait recv:0 = done:0:1\n"
	  "6 7 A wait send:1:2 = done:0\n"
	  "9 10 B wait recv:1 = done:0:2\n" },
	{ "interrupted_send_did_nothing",
	  "channels 1\n"
	  "1 2 A wait send:0:1 = nothing\n"
	  "3 4 B try recv:0 = not-ready\n" },
	{ "killed_sender_may_have_sent",
	  "channels 1\n"
	  "1 4 A wait send:0:1 = killed\n"
	  "5 6 B try recv:0 = done:0:1\n" },
	{ "killed_sender_may_not_have_sent",
	  "channels 1\n"
	  "1 4 A wait send:0:1 = killed\n"
	  "5 6 B try recv:0 = not-ready\n" },
	{ "killed_receiver_gave_back",
	  "channels 2\n"
	  "1 2 A wait send:0:1 = done:0\n"
	  "3 4 A wait send:0:2 = done:0\n"
	  "5 10 B wait recv:0 = killed\n"
	  "6 7 C wait recv:0 = done:0:2\n"
	  "8 9 C try recv:0 = not-ready\n"
	  "11 12 C wait recv:0 = done:0:1\n" },
	{ "fault_gives_back_to_a_rendezvous",
	  "channels 0\n"
	  "1 4 A wait send:0:1 = done:0\n"
	  "2 5 B wait recv:0 = fault\n"
	  "6 7 C try recv:0 = done:0:1\n" },
	{ "requeued_after_closed_and_drained",
	  "channels 1\n"
	  "1 2 A wait send:0:1 = done:0\n"
	  "3 10 B wait recv:0 = fault\n"
	  "4 5 A try close:0 = done:0\n"
	  "6 7 C wait recv:0 = closed:0\n"
	  "11 12 C wait recv:0 = done:0:1\n" },
	{ "two_requeued_in_their_order",
	  "channels 2\n"
	  "1 2 A wait send:0:1 = done:0\n"
	  "3 4 A wait send:0:2 = done:0\n"
	  "5 9 B wait recv:0 = killed\n"
	  "6 8 C wait recv:0 = killed\n"
	  "10 11 D wait recv:0 = done:0:1\n"
	  "12 13 D wait recv:0 = done:0:2\n" },
	{ "killed_select_may_have_sent_on_one",
	  "channels 1 1\n"
	  "1 3 A wait send:0:1 send:1:2 = killed\n"
	  "4 5 B try recv:0 = not-ready\n"
	  "6 7 B try recv:1 = done:0:2\n" },
	{ "killed_closer_may_have_closed",
	  "channels 1\n"
	  "1 2 A try close:0 = killed\n"
	  "3 4 B try recv:0 = closed:0\n" },
	{ "look_shows_what_is_buffered",
	  "channels 2\n"
	  "1 2 A wait send:0:1 = done:0\n"
	  "3 4 B try look:0 = shows:1:0:0\n"
	  "5 6 A try close:0 = done:0\n"
	  "7 8 B try look:0 = shows:1:0:1\n" },
	{ "look_shows_what_was_requeued",
	  "channels 1\n"
	  "1 2 A wait send:0:1 = done:0\n"
	  "3 4 B wait recv:0 = fault\n"
	  "5 6 C try look:0 = shows:0:1:0\n"
	  "7 8 C try recv:0 = done:0:1\n" },
	{ "first_asleep_is_served_first",
	  "channels 0\n"
	  "1 8 A wait recv:0 = done:0:1 asleep:2\n"
	  "3 10 B wait recv:0 = done:0:2 asleep:4\n"
	  "5 6 C wait send:0:1 = done:0\n"
	  "7 9 C wait send:0:2 = done:0\n" },
	{ "sleeping_select_of_both_sides_is_met",
	  "channels 0\n"
	  "1 5 A wait recv:0 send:0:1 = done:1 asleep:2\n"
	  "3 4 B try recv:0 = done:0:1\n" },
	{ "deadline_passes_while_full",
	  "channels 1\n"
	  "1 2 A wait send:0:1 = done:0\n"
	  "3 6 A until send:0:2 = not-ready\n"
	  "4 5 B wait recv:0 = done:0:1\n" },
};
