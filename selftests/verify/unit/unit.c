// SPDX-License-Identifier: GPL-2.0-only
/* Shared code of the unit tests. */
#include <unistd.h>

#include "unit.h"

/* An open file, and its entry in the list of files that the test has left open. */
struct unit_file {
	struct chan_file	cf;
	struct file		file;
	int			fd;
	struct list_head	node;
};

const struct file_operations chan_file_fops = { .poll = chan_poll };

static LIST_HEAD(unit_files);
static LIST_HEAD(unit_operations);

int unit_setup(void **state)
{
	(void)state;
	current = shim_task_alloc();
	return 0;
}

static void unit_end_operation(struct operation *op)
{
	if (op->started && !op->joined) {
		shim_task_continue(op->task);
		shim_task_kill(op->task);
		pthread_join(op->thread, NULL);
	}
	if (!op->joined)
		shim_task_free(op->task);
	list_del(&op->node);
	free(op->elems);
	free(op);
}

static bool unit_is_left(const char *what, unsigned long long count)
{
	if (count)
		fprintf(stderr, "# left over: %llu %s\n", count, what);
	return count;
}

int unit_teardown(void **state)
{
	struct operation *op, *next_op;
	struct unit_file *file, *next_file;
	unsigned int channels, waiters;
	bool left;

	(void)state;
	shim_chaos(false);
	shim_memory_fail_nth(0);
	shim_memory_fail_all(false);
	list_for_each_entry_safe(op, next_op, &unit_operations, node)
		unit_end_operation(op);
	list_for_each_entry_safe(file, next_file, &unit_files, node)
		channel_release(&file->cf);

	chan_hchan_live(&channels, &waiters);
	left = unit_is_left("channels", channels);
	left |= unit_is_left("waiters", waiters);
	left |= unit_is_left("bytes charged", chan_user_live_bytes());
	left |= unit_is_left("allocations", shim_memory_live());
	left |= unit_is_left("files in use", shim_fds_held());
	left |= unit_is_left("timers", shim_hrtimers_started());
	shim_task_free(current);
	current = NULL;
	return left ? -1 : 0;
}

void unit_nap(void)
{
	usleep(20);
}

static u8 element_byte(u64 value, u32 index)
{
	return index < sizeof(value) ? value >> (8 * index) : value * 31 + index;
}

void element_fill(void *elem, u32 elemsize, u64 value)
{
	u8 *bytes = elem;
	u32 i;

	for (i = 0; i < elemsize; i++)
		bytes[i] = element_byte(value, i);
}

bool element_is(const void *elem, u32 elemsize, u64 value)
{
	const u8 *bytes = elem;
	u32 i;

	for (i = 0; i < elemsize; i++) {
		if (bytes[i] != element_byte(value, i))
			return false;
	}
	return true;
}

static struct chan_file *channel_attach(struct hchan *ch, u32 rights)
{
	struct unit_file *file = calloc(1, sizeof(*file));

	assert_non_null(file);
	file->cf.ch = ch;
	file->cf.rights = rights;
	file->file = (struct file){ .f_op = &chan_file_fops, .private_data = &file->cf };
	file->fd = shim_fd_install(&file->file);
	chan_hchan_attach(ch, rights);
	list_add_tail(&file->node, &unit_files);
	return &file->cf;
}

struct chan_file *channel_open(void)
{
	struct hchan *ch = chan_hchan_alloc();

	assert_non_null(ch);
	return channel_attach(ch, CHAN_RIGHTS_ALL);
}

struct chan_make channel_form(u32 elemsize, u32 cap)
{
	return (struct chan_make){ .elemsize = elemsize, .cap = cap, .type = "unit" };
}

struct chan_file *channel_make(u32 elemsize, u32 cap)
{
	struct chan_file *cf = channel_open();
	struct chan_make form = channel_form(elemsize, cap);

	assert_int_equal(chan_hchan_make(cf->ch, &form, NULL), 0);
	return cf;
}

struct chan_file *channel_ticker(clockid_t clock, s64 first, s64 interval)
{
	struct chan_file *cf = channel_open();

	assert_int_equal(channel_set_ticker(cf, clock, first, interval), 0);
	return cf;
}

int channel_set_ticker(struct chan_file *cf, clockid_t clock, s64 first, s64 interval)
{
	const struct chan_ticks ticks = {
		.first = { .clock = clock, .expires = first },
		.interval = interval,
	};

	return chan_hchan_set_ticker(cf->ch, &ticks);
}

struct chan_file *channel_dup(struct chan_file *cf, u32 rights)
{
	return channel_attach(chan_hchan_get(cf->ch), rights);
}

void channel_release(struct chan_file *cf)
{
	struct unit_file *file = container_of(cf, struct unit_file, cf);

	list_del(&file->node);
	shim_fd_close(file->fd);
	chan_hchan_detach(cf->ch, cf->rights);
	chan_hchan_put(cf->ch);
	free(file);
}

int channel_fd(struct chan_file *cf)
{
	return container_of(cf, struct unit_file, cf)->fd;
}

struct file *channel_file(struct chan_file *cf)
{
	return &container_of(cf, struct unit_file, cf)->file;
}

struct chan_info channel_info(struct chan_file *cf)
{
	struct chan_info info;

	chan_hchan_info(cf->ch, &info);
	return info;
}

long channel_try_send(struct chan_file *cf, u64 value)
{
	return chan_xfer_send(cf, &value, cf->ch->elemsize, 1, 1, &chan_deadline_now);
}

long channel_try_recv(struct chan_file *cf, u64 *value)
{
	return chan_xfer_recv(cf, value, cf->ch->elemsize, 1, 1, &chan_deadline_now);
}

void channel_send(struct chan_file *cf, u64 value)
{
	assert_int_equal(channel_try_send(cf, value), 1);
}

void channel_send_range(struct chan_file *cf, u64 from, u64 to)
{
	for (; from <= to; from++)
		channel_send(cf, from);
}

void channel_expect(struct chan_file *cf, u64 value)
{
	u64 received = 0;

	assert_int_equal(channel_try_recv(cf, &received), 1);
	assert_int_equal(received, value);
}

void channel_expect_range(struct chan_file *cf, u64 from, u64 to)
{
	for (; from <= to; from++)
		channel_expect(cf, from);
}

void channel_expect_empty(struct chan_file *cf)
{
	u64 value = 4711;

	assert_int_equal(channel_try_recv(cf, &value), -EAGAIN);
	assert_int_equal(value, 4711);
}

void channel_expect_drained(struct chan_file *cf)
{
	u64 value = 4711;

	assert_int_equal(channel_try_recv(cf, &value), 0);
	assert_int_equal(value, 0);
}

long operation_run_send(struct operation *op)
{
	return chan_xfer_send(op->cf, op->elems, op->cf->ch->elemsize, op->count, op->min,
			      &op->deadline);
}

long operation_run_recv(struct operation *op)
{
	return chan_xfer_recv(op->cf, op->elems, op->cf->ch->elemsize, op->count, op->min,
			      &op->deadline);
}

long operation_run_close(struct operation *op)
{
	return chan_hchan_close(op->cf->ch, CHAN_CLOSED_BY_CLOSE);
}

long channel_poll(struct chan_file *cf, __poll_t events)
{
	struct file *file = channel_file(cf);
	struct shim_poller poller;
	__poll_t ready;

	shim_poller_init(&poller, events);
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		ready = chan_poll(file, &poller.table) & events;
		if (ready || READ_ONCE(current->signal))
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	shim_poller_leave(&poller);
	return ready ? (long)ready : -EINTR;
}

long operation_run_poll(struct operation *op)
{
	return channel_poll(op->cf, (uintptr_t)op->data);
}

struct operation *operation_new(long (*run)(struct operation *op), struct chan_file *cf,
				size_t count)
{
	struct operation *op = calloc(1, sizeof(*op));

	assert_non_null(op);
	op->run = run;
	op->cf = cf;
	op->count = count;
	op->min = count;
	op->deadline = chan_deadline_never;
	op->elems = calloc(count, max(cf->ch->elemsize, 1U));
	assert_non_null(op->elems);
	op->task = shim_task_alloc();
	list_add_tail(&op->node, &unit_operations);
	return op;
}

static void *operation_main(void *arg)
{
	struct operation *op = arg;

	current = op->task;
	op->result = op->run(op);
	__atomic_store_n(&op->done, true, __ATOMIC_RELEASE);
	return NULL;
}

void operation_start(struct operation *op)
{
	assert_int_equal(pthread_create(&op->thread, NULL, operation_main, op), 0);
	op->started = true;
}

bool operation_done(struct operation *op)
{
	return __atomic_load_n(&op->done, __ATOMIC_ACQUIRE);
}

bool operation_settled(struct operation *op)
{
	return operation_done(op) || shim_task_stopped(op->task) || shim_task_asleep(op->task);
}

bool operations_settled(struct operation *const *ops, unsigned int n)
{
	const unsigned int wakes = shim_wakes();
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (ops[i] && ops[i]->started && !operation_settled(ops[i]))
			return false;
	}
	return shim_wakes() == wakes;
}

long operation_join(struct operation *op)
{
	if (op->joined)
		return op->result;
	unit_wait_until(operation_done(op));
	pthread_join(op->thread, NULL);
	op->joined = true;
	shim_task_free(op->task);
	return op->result;
}

u64 operation_value(struct operation *op, size_t index)
{
	u64 value;

	memcpy(&value, op->elems + index * sizeof(value), sizeof(value));
	return value;
}

void operation_park(struct operation *op)
{
	operation_start(op);
	unit_wait_until(shim_task_asleep(op->task));
}

struct operation *operation_park_send(struct chan_file *cf, u64 value)
{
	struct operation *op = operation_new(operation_run_send, cf, 1);

	element_fill(op->elems, cf->ch->elemsize, value);
	operation_park(op);
	return op;
}

struct operation *operation_park_recv(struct chan_file *cf)
{
	struct operation *op = operation_new(operation_run_recv, cf, 1);

	operation_park(op);
	return op;
}

void operation_start_stopped(struct operation *op, enum shim_point point, unsigned int nth)
{
	shim_task_stop_at(op->task, point, nth);
	operation_start(op);
	unit_wait_until(operation_settled(op));
}

void operation_continue(struct operation *op)
{
	if (!op->joined)
		shim_task_continue(op->task);
}
