// SPDX-License-Identifier: GPL-2.0-only
/*
 * The cases of a select, read from the user: if any access to user memory or any allocation fails,
 * an error is returned, nothing has happened, and nothing is leaked.
 */
#include "cases.h"
#include "unit.h"

/* More cases and elements than fit on the stack. */
#define CASES_MANY	10
#define ELEMSIZE	300

enum ready {
	READY_SEND,
	READY_RECV,
	READY_CLOSED,
	READY_FILE,
	READY_MAX,
};

/**
 * struct menu - a select, and its resources; of its cases, one kind is ready
 * @full: no slot is free, and only @sent can be received
 * @empty: the reverse
 * @file: a file
 * @fd: its descriptor
 * @elems: the elements of the cases
 * @cases: the cases
 * @n: number of cases
 */
struct menu {
	struct chan_file	*full;
	struct chan_file	*empty;
	struct shim_pollable	file;
	int			fd;
	u8			elems[CASES_MANY][ELEMSIZE];
	struct chan_case	cases[CASES_MANY];
	unsigned int		n;
};

static void menu_add_poll(struct menu *menu)
{
	menu->cases[menu->n++] = (struct chan_case){
		.op = CHAN_CASE_POLL,
		.fd = menu->fd,
		.events = EPOLLIN,
	};
}

static void menu_add(struct menu *menu, unsigned int op, struct chan_file *cf)
{
	menu->cases[menu->n] = (struct chan_case){
		.op = op,
		.fd = channel_fd(cf),
		.elem = (uintptr_t)menu->elems[menu->n],
		.size = cf->ch->elemsize,
	};
	menu->n++;
}

/* @n cases, of which only the last is ready; the file is the first. */
static void menu_init(struct menu *menu, enum ready ready, u32 elemsize, unsigned int n)
{
	u8 elem[ELEMSIZE];

	*menu = (struct menu){ 0 };
	menu->full = channel_make(elemsize, 1);
	menu->empty = channel_make(elemsize, 1);
	element_fill(elem, elemsize, 1);
	assert_int_equal(chan_xfer_send(menu->full, elem, menu->full->ch->elemsize, 1, 1,
					&chan_deadline_now), 1);
	shim_pollable_init(&menu->file);
	menu->fd = shim_fd_install(&menu->file.file);
	menu_add_poll(menu);
	while (menu->n < n - 1)
		menu_add(menu, CHAN_CASE_SEND, menu->full);
	switch (ready) {
	case READY_SEND:
		menu_add(menu, CHAN_CASE_SEND, menu->empty);
		break;
	case READY_RECV:
		menu_add(menu, CHAN_CASE_RECV, menu->full);
		break;
	case READY_CLOSED:
		menu_add(menu, CHAN_CASE_RECV, menu->empty);
		assert_int_equal(chan_hchan_close(menu->empty->ch, CHAN_CLOSED_BY_CLOSE), 0);
		break;
	default:
		menu->file.ready = EPOLLIN;
	}
}

static long menu_select(struct menu *menu)
{
	const struct chan_select select = {
		.cases = (uintptr_t)menu->cases,
		.ncases = menu->n,
		.casesize = sizeof(menu->cases[0]),
	};

	return chan_cases_select(&select, &chan_deadline_now);
}

/* Both channels are unchanged, and their queues empty. */
static void menu_expect_untouched(struct menu *menu)
{
	const struct chan_info full = channel_info(menu->full), empty = channel_info(menu->empty);

	assert_int_equal(full.len + full.requeued, 1);
	assert_int_equal(empty.len + empty.requeued, 0);
	assert_int_equal(full.sendq + full.recvq + empty.sendq + empty.recvq, 0);
	assert_int_equal(shim_fds_held(), 0);
}

static void menu_end(struct menu *menu)
{
	shim_fd_close(menu->fd);
	channel_release(menu->full);
	channel_release(menu->empty);
}

/* Make the @nth allocation fail, or access to user memory. Returns true if there was one. */
static bool play(enum ready ready, u32 elemsize, unsigned int n, unsigned int nth,
		 unsigned int (*fail_nth)(unsigned int nth), long error)
{
	struct menu menu;
	s64 bytes;
	unsigned int live;
	bool failed;
	long ret;

	menu_init(&menu, ready, elemsize, n);
	bytes = chan_user_live_bytes();
	live = shim_memory_live();
	fail_nth(nth);
	ret = menu_select(&menu);
	failed = !fail_nth(0);
	if (failed && ready == READY_SEND && ret >= 0) {
		/* The result could not be stored: the element is sent anyway. */
		assert_int_equal(ret, n - 1);
		assert_int_equal(channel_info(menu.empty).len, 1);
	} else if (failed) {
		assert_int_equal(ret, error);
		menu_expect_untouched(&menu);
		/* But a requeued element is where it was before. */
		live += channel_info(menu.full).requeued;
		assert_int_equal(shim_memory_live(), live);
		assert_int_equal(chan_user_live_bytes(), bytes);
	} else {
		assert_int_equal(ret & CHAN_SELECT_INDEX, ready == READY_FILE ? 0 : n - 1);
	}
	menu_end(&menu);
	return failed;
}

static void play_each(unsigned int (*fail_nth)(unsigned int nth), long error, unsigned int least)
{
	static const u32 elemsizes[] = { 8, 100, ELEMSIZE };
	static const unsigned int counts[] = { 2, 5, CASES_MANY };
	unsigned int ready, i, j, nth;

	for (ready = 0; ready < READY_MAX; ready++) {
		for (i = 0; i < ARRAY_LENGTH(elemsizes); i++) {
			for (j = 0; j < ARRAY_LENGTH(counts); j++) {
				nth = 1;
				while (play(ready, elemsizes[i], counts[j], nth, fail_nth, error))
					nth++;
				assert_in_range(nth, 1 + least, 100);
			}
		}
	}
}

static void G4_each_access_to_user_memory_may_fail(void **state)
{
	(void)state;
	/* The array, and the results. */
	play_each(shim_user_fail_nth, -EFAULT, 2);
}

static void G4_each_allocation_may_fail(void **state)
{
	(void)state;
	/* The set of files. */
	play_each(shim_memory_fail_nth, -ENOMEM, 1);
}

static void G4_an_element_that_cannot_be_stored_is_an_error(void **state)
{
	struct menu menu;

	(void)state;
	menu_init(&menu, READY_RECV, 8, 2);
	menu.cases[1].elem = 0;
	assert_int_equal(menu_select(&menu), -EFAULT);
	menu_expect_untouched(&menu);
	channel_expect(menu.full, 1);
	menu_end(&menu);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(G4_each_access_to_user_memory_may_fail),
		UNIT_TEST(G4_each_allocation_may_fail),
		UNIT_TEST(G4_an_element_that_cannot_be_stored_is_an_error),
	};

	return UNIT_RUN(tests);
}
