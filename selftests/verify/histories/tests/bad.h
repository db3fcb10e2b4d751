/* SPDX-License-Identifier: GPL-2.0-only */
/* Histories that each break a promise in another way. */
static const struct example bad[] = {
	{ "G1_order_of_one_sender",
	  "channels 2\n"
	  "1 2 A wait send:0:1 = done:0\n"
	  "3 4 A wait send:0:2 = done:0\n"
	  "5 6 B wait recv:0 = done:0:2\n"
	  "7 8 B wait recv:0 = done:0:1\n" },
	{ "G1_order_of_two_senders",
	  "channels 2\n"
	  "1 2 A wait send:0:1 = done:0\n"
	  "3 4 B wait send:0:2 = done:0\n"
	  "5 8 C wait recv:0 = done:0:2\n"
	  "9 10 D wait recv:0 = done:0:1\n" },
	{ "G2_who_came_later_receives_first",
	  "channels 0\n"
	  "1 10 A wait recv:0 = done:0:2 asleep:2\n"
	  "3 8 B wait recv:0 = done:0:1\n"
	  "5 6 C wait send:0:1 = done:0\n"
	  "7 9 C wait send:0:2 = done:0\n" },
	{ "G2_who_came_later_sends_first",
	  "channels 1\n"
	  "1 2 A wait send:0:1 = done:0\n"
	  "3 14 A wait send:0:2 = done:0 asleep:4\n"
	  "5 10 B wait send:0:3 = done:0\n"
	  "6 7 C wait recv:0 = done:0:1\n"
	  "8 9 C wait recv:0 = done:0:3\n"
	  "12 13 C wait recv:0 = done:0:2\n" },
	{ "G3_lost",
	  "channels 1\n"
	  "1 2 A wait send:0:1 = done:0\n"
	  "3 4 B try recv:0 = not-ready\n" },
	{ "G3_doubled",
	  "channels 1\n"
	  "1 2 A wait send:0:1 = done:0\n"
	  "3 4 B try recv:0 = done:0:1\n"
	  "5 6 C try recv:0 = done:0:1\n" },
	{ "G3_invented",
	  "channels 1\n"
	  "1 2 B try recv:0 = done:0:7\n" },
	{ "G3_received_before_sent",
	  "channels 1\n"
	  "1 2 B wait recv:0 = done:0:1\n"
	  "3 4 A wait send:0:1 = done:0\n" },
	{ "G3_on_another_channel",
	  "channels 1 1\n"
	  "1 2 A wait send:0:1 = done:0\n"
	  "3 4 B wait recv:1 = done:0:1\n" },
	{ "G3_damaged",
	  "channels 1\n"
	  "1 2 A wait send:0:1 = done:0\n"
	  "3 4 B wait recv:0 = done:0:0\n" },
	{ "G3_killed_and_its_element_gone",
	  "channels 1\n"
	  "1 2 A wait send:0:1 = done:0\n"
	  "3 4 B wait recv:0 = killed\n"
	  "5 6 C try recv:0 = not-ready\n" },
	{ "G3_requeued_twice",
	  "channels 1\n"
	  "1 2 A wait send:0:1 = done:0\n"
	  "3 6 B wait recv:0 = killed\n"
	  "4 5 C try recv:0 = done:0:1\n"
	  "7 8 C try recv:0 = done:0:1\n" },
	{ "G4_interrupted_send_was_sent",
	  "channels 1\n"
	  "1 2 A wait send:0:1 = nothing\n"
	  "3 4 B try recv:0 = done:0:1\n" },
	{ "G4_failed_try_was_sent",
	  "channels 0\n"
	  "1 4 A try send:0:1 = not-ready\n"
	  "2 3 B wait recv:0 = done:0:1\n" },
	{ "G4_fault_consumed",
	  "channels 1\n"
	  "1 2 A wait send:0:1 = done:0\n"
	  "3 4 B wait recv:0 = fault\n"
	  "5 6 C try recv:0 = not-ready\n" },
	{ "G4_faulting_send_was_sent",
	  "channels 1\n"
	  "1 2 A wait send:0:1 = fault\n"
	  "3 4 B try recv:0 = done:0:1\n" },
	{ "G4_requeued_to_the_tail",
	  "channels 2\n"
	  "1 2 A wait send:0:1 = done:0\n"
	  "3 4 A wait send:0:2 = done:0\n"
	  "5 6 B wait recv:0 = fault\n"
	  "7 8 C wait recv:0 = done:0:2\n"
	  "9 10 C wait recv:0 = done:0:1\n" },
	{ "G4_two_requeued_in_the_wrong_order",
	  "channels 2\n"
	  "1 2 A wait send:0:1 = done:0\n"
	  "3 4 A wait send:0:2 = done:0\n"
	  "5 9 B wait recv:0 = killed\n"
	  "6 8 C wait recv:0 = killed\n"
	  "10 11 D wait recv:0 = done:0:2\n"
	  "12 13 D wait recv:0 = done:0:1\n" },
	{ "G4_requeued_after_its_death",
	  "channels 1\n"
	  "1 2 A wait send:0:1 = done:0\n"
	  "3 4 B wait recv:0 = killed\n"
	  "5 6 C try recv:0 = not-ready\n"
	  "7 8 C try recv:0 = done:0:1\n" },
	{ "G5_default_though_one_was_ready",
	  "channels 1 1\n"
	  "1 2 A wait send:0:1 = done:0\n"
	  "3 4 B try recv:0 recv:1 = not-ready\n"
	  "5 6 B try recv:0 = done:0:1\n" },
	{ "G5_default_though_always_one_of_two_was_ready",
	  "channels 1 1\n"
	  "1 2 A wait send:0:1 = done:0\n"
	  "3 8 B try recv:0 recv:1 = not-ready\n"
	  "4 5 A wait send:1:2 = done:0\n"
	  "6 7 A wait recv:0 = done:0:1\n"
	  "9 10 B wait recv:1 = done:0:2\n" },
	{ "G5_select_carried_out_two_cases",
	  "channels 1 1\n"
	  "1 2 A wait send:0:1 send:1:2 = done:0\n"
	  "3 4 B try recv:0 = done:0:1\n"
	  "5 6 B try recv:1 = done:0:2\n" },
	{ "G5_killed_select_carried_out_two_cases",
	  "channels 1 1\n"
	  "1 2 A wait send:0:1 send:1:2 = killed\n"
	  "3 4 B try recv:0 = done:0:1\n"
	  "5 6 B try recv:1 = done:0:2\n" },
	{ "G5_select_met_itself",
	  "channels 0\n"
	  "1 2 A wait send:0:1 recv:0 = done:1:1\n" },
	{ "G6_sent_after_close",
	  "channels 1\n"
	  "1 2 A try close:0 = done:0\n"
	  "3 4 B try send:0:1 = done:0\n" },
	{ "G6_closed_before_it_was_drained",
	  "channels 1\n"
	  "1 2 A wait send:0:1 = done:0\n"
	  "3 4 A try close:0 = done:0\n"
	  "5 6 B wait recv:0 = closed:0\n"
	  "7 8 B wait recv:0 = done:0:1\n" },
	{ "G6_buffer_dropped_by_close",
	  "channels 1\n"
	  "1 2 A wait send:0:1 = done:0\n"
	  "3 4 A try close:0 = done:0\n"
	  "5 6 B wait recv:0 = closed:0\n" },
	{ "G6_reopened",
	  "channels 1\n"
	  "1 2 A try close:0 = done:0\n"
	  "3 4 B try recv:0 = closed:0\n"
	  "5 6 B try recv:0 = not-ready\n" },
	{ "G6_closed_twice",
	  "channels 1\n"
	  "1 4 A try close:0 = done:0\n"
	  "2 3 B try close:0 = done:0\n" },
	{ "G6_nobody_closed_it",
	  "channels 1\n"
	  "1 2 B wait recv:0 = closed:0\n" },
	{ "G7_rendezvous_without_meeting",
	  "channels 0\n"
	  "1 2 A wait send:0:1 = done:0\n"
	  "3 4 B wait recv:0 = done:0:1\n" },
	{ "G8_more_than_its_capacity",
	  "channels 1\n"
	  "1 2 A wait send:0:1 = done:0\n"
	  "3 4 A wait send:0:2 = done:0\n"
	  "5 6 B wait recv:0 = done:0:1\n"
	  "7 8 B wait recv:0 = done:0:2\n" },
	{ "G8_look_shows_too_much",
	  "channels 2\n"
	  "1 2 A wait send:0:1 = done:0\n"
	  "3 4 B try look:0 = shows:2:0:0\n" },
	{ "G10_try_missed_who_was_asleep",
	  "channels 0\n"
	  "1 8 A wait recv:0 = done:0:1 asleep:2\n"
	  "3 4 B try send:0:9 = not-ready\n"
	  "5 6 B wait send:0:1 = done:0\n" },
	{ "deadline_although_it_was_ready",
	  "channels 1\n"
	  "1 2 A until send:0:1 = not-ready\n" },
	{ "error_that_must_not_be",
	  "channels 1\n"
	  "1 2 A wait send:0:1 = error:5\n" },
	{ "killed_sender_sent_after_its_death",
	  "channels 1\n"
	  "1 2 A wait send:0:1 = killed\n"
	  "3 4 B try recv:0 = not-ready\n"
	  "5 6 B try recv:0 = done:0:1\n" },
};
