// SPDX-License-Identifier: GPL-2.0-only
/*
 * The cases of a select, between the caller's array and select.c: files, rights and elements.
 * As in a transfer (xfer.c), user memory is touched before any lock is taken and after all are
 * released.
 *
 * Each sending case has its own slot. The receiving cases share one, as only one case is carried
 * out. A few cases, and a few bytes of elements to send, fit on the stack.
 *
 * The return value is the whole result: nothing that can fail may follow a commit. The
 * outputs of a receive are written before its element counts as taken: after a fault the
 * element is requeued. The events of a file are still there for the next call. A fault on
 * the outputs of a send is ignored, as the element is sent.
 */
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "cases.h"
#include "compat.h"
#include "elem.h"
#include "file.h"
#include "pollset.h"
#include "select.h"
#include "xfer.h"

/* Cases, and bytes of slots to send, that fit on the stack. */
#define CHAN_CASES_FEW		8
#define CHAN_CASES_SLOTS	256

/**
 * struct chan_cases - the cases of one call
 * @selection: the select that they make
 * @npolled: number of polled files
 * @bytes: size of the slots of all elements to send
 * @filled: number of cases that have their element in its slot, if they send
 * @fdput: flags of the files together: FDPUT_FPUT if there is one to put
 * @slots: slots of the elements to send, if @bytes is not 0
 * @recv: the slot of the element that is received
 */
struct chan_cases {
	struct chan_selection	selection;
	unsigned int		npolled;
	unsigned int		bytes;
	unsigned int		filled;
	unsigned int		fdput;
	void			*slots;
	struct chan_elem	recv;
};

/* Bytes of the slot of an element to send, aligned as slots are. */
static size_t chan_cases_slotsize(const struct chan_scase *c)
{
	return ALIGN(max_t(size_t, c->ch->ring.slotsize, 1), sizeof(u64));
}

/* Copy in part of the caller's array, structures that are as long as the caller knows them. */
static noinline int chan_cases_copy_in_any(struct chan_case *cases,
					   const struct chan_select *select, unsigned int from,
					   unsigned int n)
{
	const void __user *array = u64_to_user_ptr(select->cases);
	unsigned int i;
	int err;

	for (i = 0; i < n; i++) {
		err = copy_struct_from_user(&cases[i], sizeof(*cases),
					    array + (size_t)(from + i) * select->casesize,
					    select->casesize);
		if (err)
			return err;
	}
	return 0;
}

/* Copy in @n cases of the caller's array, from this one on. */
static int chan_cases_copy_in(struct chan_case *cases, const struct chan_select *select,
			      unsigned int from, unsigned int n)
{
	const struct chan_case __user *array = u64_to_user_ptr(select->cases);

	if (unlikely(select->casesize != sizeof(*cases)))
		return chan_cases_copy_in_any(cases, select, from, n);
	if (copy_from_user(cases, array + from, n * sizeof(*cases)))
		return -EFAULT;
	return 0;
}

static bool chan_cases_sends(const struct chan_case *from)
{
	return from->op == CHAN_CASE_SEND;
}

/* Is this a well-formed case of a channel? */
static bool chan_cases_is_channel(const struct chan_case *from)
{
	return !(from->flags | from->files | from->events) &&
	       (chan_cases_sends(from) || from->op == CHAN_CASE_RECV);
}

/* Is this a well-formed case that polls a file? */
static bool chan_cases_is_polled(const struct chan_case *from)
{
	return !(from->flags | from->files | from->elem | from->size) &&
	       from->events <= U16_MAX && from->op == CHAN_CASE_POLL;
}

/* A case needs the right of the same number. */
static_assert(CHAN_CASE_SEND == CHAN_RIGHT_SEND);
static_assert(CHAN_CASE_RECV == CHAN_RIGHT_RECV);

/* Let a case use a channel, unless that is nil. */
static __always_inline int chan_cases_set_channel(struct chan_cases *cases, struct chan_scase *c,
						  const struct chan_case *from,
						  const struct file *file)
{
	const struct chan_file *cf = file->private_data;
	struct hchan *ch;
	int err;

	if (unlikely(file->f_op != &chan_file_fops))
		return -ENOTTY;
	ch = cf->ch;
	err = chan_hchan_check_rights(ch, cf->rights, from->op);
	if (unlikely(err)) {
		c->ch = NULL;
		return err == -EBADFD ? 0 : err;
	}
	if (unlikely(ch->elemsize != from->size))
		return -EMSGSIZE;
	chan_select_set(&cases->selection, c, ch, chan_cases_sends(from));
	c->elem = u64_to_user_ptr(from->elem);
	if (unlikely(c->send))
		cases->bytes += chan_cases_slotsize(c);
	return 0;
}

/* Let a case poll its file, if it has one. */
static int chan_cases_set_file(struct chan_cases *cases, struct chan_scase *c,
			       const struct chan_case *from)
{
	c->ch = NULL;
	if (!fd_file(c->file))
		return from->fd == -1 ? 0 : -EBADF;
	c->polled = true;
	c->events = from->events;
	cases->npolled++;
	return 0;
}

/* Check a case, and look up its file. */
static __always_inline int chan_cases_set(struct chan_cases *cases, struct chan_scase *c,
					  const struct chan_case *from)
{
	const bool channel = chan_cases_is_channel(from);

	c->polled = false;
	if (unlikely(!channel && !chan_cases_is_polled(from))) {
		c->file = (struct fd){};
		return -EINVAL;
	}
	c->file = fdget(from->fd);
	cases->fdput |= fd_flags(c->file);
	if (likely(channel && fd_file(c->file)))
		return chan_cases_set_channel(cases, c, from, fd_file(c->file));
	return chan_cases_set_file(cases, c, from);
}

/* Add all cases. They are copied in a few at a time, to a frame that the wait does not keep. */
static noinline int chan_cases_add_all(struct chan_cases *cases, const struct chan_select *select)
{
	struct chan_case few[CHAN_CASES_FEW] __uninitialized;
	struct chan_scase *c = cases->selection.cases;
	const struct chan_case *from, *end;
	unsigned int i, n;
	int err = 0;

	for (i = 0; i < select->ncases && !err; i += n) {
		n = min_t(unsigned int, select->ncases - i, CHAN_CASES_FEW);
		err = chan_cases_copy_in(few, select, i, n);
		if (err)
			break;
		for (from = few, end = few + n; from < end && !err; from++, c++)
			err = chan_cases_set(cases, c, from);
	}
	cases->selection.n = c - cases->selection.cases;
	return err;
}

/* Is this a channel that another case uses? Parked there, the select would kick itself. */
static bool chan_cases_has(const struct chan_cases *cases, const struct file *file)
{
	const struct chan_file *cf = file->private_data;
	unsigned int i;

	if (file->f_op != &chan_file_fops)
		return false;
	for (i = 0; i < cases->selection.n; i++) {
		if (cases->selection.cases[i].ch == cf->ch)
			return true;
	}
	return false;
}

static int chan_cases_open_polled(struct chan_cases *cases)
{
	struct chan_pollset *set = chan_pollset_alloc(cases->npolled);
	unsigned int i;
	int err;

	if (!set)
		return -ENOMEM;
	cases->selection.pollset = set;
	for (i = 0; i < cases->selection.n; i++) {
		const struct chan_scase *c = &cases->selection.cases[i];

		if (!c->polled)
			continue;
		if (chan_cases_has(cases, fd_file(c->file)))
			return -EINVAL;
		err = chan_pollset_add(set, i, fd_file(c->file), c->events);
		if (err)
			return err;
	}
	return 0;
}

/* Take the elements of all sending cases, each into its slot. */
static int chan_cases_fill(struct chan_cases *cases, void *few)
{
	void *slot = few;
	int taken;

	if (cases->bytes > CHAN_CASES_SLOTS)
		slot = kmalloc(cases->bytes, GFP_KERNEL_ACCOUNT);
	if (!slot)
		return -ENOMEM;
	cases->slots = slot;
	for (; cases->filled < cases->selection.n; cases->filled++) {
		struct chan_scase *c = &cases->selection.cases[cases->filled];

		if (!c->ch || !c->send)
			continue;
		c->slot = slot;
		/* A slot is as much of a struct chan_elem as it needs. */
		taken = chan_elem_copy_in(slot, c->ch->elemsize, c->elem, 1);
		if (taken < 0)
			return taken;
		slot += chan_cases_slotsize(c);
	}
	return 0;
}

/* Write the outputs of the case that was carried out. */
static int chan_cases_put(const struct chan_cases *cases, const struct chan_select *select,
			  u32 length, u32 revents, s32 result)
{
	const u64 offset = (u64)cases->selection.winner * select->casesize;
	struct chan_case __user *to = u64_to_user_ptr(select->cases + offset);

	if (!user_write_access_begin(to, sizeof(*to)))
		return -EFAULT;
	unsafe_put_user(length, &to->length, fault);
	unsafe_put_user(revents, &to->revents, fault);
	unsafe_put_user(result, &to->result, fault);
	user_write_access_end();
	return 0;

fault:
	user_write_access_end();
	return -EFAULT;
}

static long chan_cases_finish_send(struct chan_cases *cases, const struct chan_select *select)
{
	const struct chan_selection *s = &cases->selection;

	/* A fault changes nothing: the element is sent, and the return value says so. */
	(void)chan_cases_put(cases, select, 0, 0, s->result);
	return s->result ? s->winner | CHAN_SELECT_CLOSED : s->winner;
}

static long chan_cases_finish_recv(struct chan_cases *cases, const struct chan_select *select)
{
	struct chan_selection *s = &cases->selection;
	const struct chan_scase *c = &s->cases[s->winner];
	const u32 length = s->result ? c->ch->elemsize : 0;
	int err = chan_cases_put(cases, select, length, 0, s->result);

	if (!s->result) {
		if (err || clear_user(c->elem, c->ch->elemsize))
			return -EFAULT;
		return s->winner | CHAN_SELECT_CLOSED;
	}
	if (unlikely(err)) {
		chan_hchan_requeue(c->ch, &cases->recv, &s->seq, 0, 1);
		return err;
	}
	err = chan_xfer_take(c->ch, c->elem, &cases->recv, &s->seq, 1);
	return err < 0 ? err : (long)s->winner;
}

static long chan_cases_finish_poll(struct chan_cases *cases, const struct chan_select *select)
{
	const struct chan_selection *s = &cases->selection;
	int err = chan_cases_put(cases, select, 0, chan_pollset_revents(s->pollset, s->winner), 0);

	return err ? err : (long)s->winner;
}

/* The result of a select that carried out a case, or whose file is ready. */
static long chan_cases_finish(struct chan_cases *cases, const struct chan_select *select)
{
	const struct chan_scase *c = &cases->selection.cases[cases->selection.winner];

	if (c->polled)
		return chan_cases_finish_poll(cases, select);
	if (c->send)
		return chan_cases_finish_send(cases, select);
	return chan_cases_finish_recv(cases, select);
}

/* Free the elements that were not sent: all except that of a winner that sent. */
static void chan_cases_empty(struct chan_cases *cases, void *few, int err)
{
	const struct chan_selection *s = &cases->selection;
	unsigned int i;

	for (i = 0; i < cases->filled; i++) {
		const struct chan_scase *c = &s->cases[i];
		bool sent = !err && i == s->winner && !s->result;

		if (c->ch && c->send && !sent)
			chan_elem_free(c->slot, c->ch->elemsize, 1);
	}
	if (cases->slots != few)
		kfree(cases->slots);
}

static void chan_cases_exit(struct chan_cases *cases)
{
	const struct chan_scase *c = cases->selection.cases, *end = c + cases->selection.n;

	chan_select_exit(&cases->selection);
	if (!(cases->fdput & FDPUT_FPUT))
		return;
	for (; c < end; c++)
		fdput(c->file);
}

static noinline long chan_cases_run(const struct chan_select *select,
				    const struct chan_deadline *deadline,
				    struct chan_scase *array)
{
	u8 few[CHAN_CASES_SLOTS] __aligned(sizeof(u64)) __uninitialized;
	struct chan_cases cases __uninitialized;
	long ret;
	int err;

	chan_select_init(&cases.selection, array, cases.recv.slots,
			 select->flags & CHAN_SELECT_FIRST);
	cases.npolled = 0;
	cases.bytes = 0;
	cases.filled = 0;
	cases.fdput = 0;
	cases.slots = few;
	err = chan_cases_add_all(&cases, select);
	if (!err && unlikely(cases.npolled))
		err = chan_cases_open_polled(&cases);
	if (!err && cases.bytes)
		err = chan_cases_fill(&cases, few);
	if (!err)
		err = chan_select_run(&cases.selection, deadline);
	ret = err ? err : chan_cases_finish(&cases, select);
	if (cases.bytes)
		chan_cases_empty(&cases, few, err);
	chan_cases_exit(&cases);
	return ret;
}

static noinline long chan_cases_run_few(const struct chan_select *select,
					const struct chan_deadline *deadline)
{
	struct chan_scase few[CHAN_CASES_FEW] __uninitialized;

	return chan_cases_run(select, deadline, few);
}

static noinline long chan_cases_run_many(const struct chan_select *select,
					 const struct chan_deadline *deadline)
{
	struct chan_scase *many;
	long ret;

	many = kmalloc_array(select->ncases, sizeof(*many), GFP_KERNEL_ACCOUNT);
	if (!many)
		return -ENOMEM;
	ret = chan_cases_run(select, deadline, many);
	kfree(many);
	return ret;
}

/**
 * chan_cases_select() - carry out one of several cases
 * @select: the caller's structure; checked, except for the cases themselves
 * @deadline: how long to wait
 *
 * Context: may sleep.
 * Return: the index of the case, with CHAN_SELECT_CLOSED if it found its channel closed;
 * or a negative errno, and no case was carried out.
 */
long chan_cases_select(const struct chan_select *select, const struct chan_deadline *deadline)
{
	if (select->ncases <= CHAN_CASES_FEW)
		return chan_cases_run_few(select, deadline);
	return chan_cases_run_many(select, deadline);
}
