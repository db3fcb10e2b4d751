// SPDX-License-Identifier: GPL-2.0-only
/*
 * The cases of a select, between the user's array and a selection (select.c): their
 * structures, files, rights and elements. As in a transfer (xfer.c), user memory is touched
 * before any lock is taken and after all are released.
 *
 * Each case that sends has a slot of its own; those that receive share one, as only one
 * of all cases is carried out. A few cases, and a few elements to send, have room on the
 * stack.
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

/* So many cases, and bytes of slots to send, are on the stack. */
#define CHAN_CASES_FEW	8
#define CHAN_CASES_SLOTS	256

/**
 * struct chan_cases_room - the arrays of many cases
 * @cases: as the user gave them
 * @alternatives: the same, for the selection
 * @files: of each; no file if the case has none
 */
struct chan_cases_room {
	struct chan_case	*cases;
	struct chan_alternative	*alternatives;
	struct fd		*files;
};

/**
 * struct chan_cases - a select on its way
 * @selection: what select.c needs of it
 * @room: the arrays
 * @end: of the valid entries in @room.files
 * @polls: how many cases are CHAN_CASE_POLL with a file
 * @bytes: of slots that elements to send need
 * @filled: how many cases have their element in its slot, if they send
 * @slots: those of elements to send, if @bytes is not 0
 * @recv: the slot of the element that is received
 */
struct chan_cases {
	struct chan_selection	selection;
	struct chan_cases_room	room;
	struct fd		*end;
	unsigned int		polls;
	unsigned int		bytes;
	unsigned int		filled;
	void			*slots;
	struct chan_elem	recv;
};

/* Bytes of the slot of an element to send, aligned as slots are. */
static size_t chan_cases_slotsize(const struct chan_alternative *a)
{
	return ALIGN(max_t(size_t, a->ch->ring.slotsize, 1), sizeof(u64));
}

/* Copy the user's array, each structure as long as the user knows it. */
static noinline int chan_cases_copy_in_any(struct chan_case *cases,
					   const struct chan_select *select)
{
	const void __user *from = u64_to_user_ptr(select->cases);
	unsigned int i;
	int err;

	for (i = 0; i < select->ncases; i++) {
		err = copy_struct_from_user(&cases[i], sizeof(*cases),
					    from + (size_t)i * select->casesize, select->casesize);
		if (err)
			return err;
	}
	return 0;
}

static int chan_cases_copy_in(struct chan_case *cases, const struct chan_select *select)
{
	if (unlikely(select->casesize != sizeof(*cases)))
		return chan_cases_copy_in_any(cases, select);
	if (copy_from_user(cases, u64_to_user_ptr(select->cases),
			   select->ncases * sizeof(*cases)))
		return -EFAULT;
	return 0;
}

static bool chan_cases_sends(const struct chan_case *c)
{
	return c->op == CHAN_CASE_SEND;
}

/* Is this a case with a channel, and well-formed? */
static bool chan_cases_is_channel(const struct chan_case *c)
{
	return !(c->flags | c->files | c->events) &&
	       (chan_cases_sends(c) || c->op == CHAN_CASE_RECV);
}

static bool chan_cases_is_polled(const struct chan_case *c)
{
	return !(c->flags | c->files | c->elem | c->size) && c->events <= U16_MAX &&
	       c->op == CHAN_CASE_POLL;
}

/* A case needs the right of the same number. */
static_assert(CHAN_CASE_SEND == CHAN_RIGHT_SEND);
static_assert(CHAN_CASE_RECV == CHAN_RIGHT_RECV);

/* A case with a channel, unless that is nil. */
static int chan_cases_use_channel(struct chan_cases *cases, struct chan_alternative *a,
				  const struct chan_case *c, const struct file *file)
{
	const struct chan_file *cf = file->private_data;
	struct hchan *ch;
	int err;

	if (unlikely(file->f_op != &chan_file_fops))
		return -ENOTTY;
	ch = cf->ch;
	err = chan_hchan_check_rights(ch, cf->rights, c->op);
	if (unlikely(err)) {
		a->ch = NULL;
		return err == -EBADFD ? 0 : err;
	}
	if (unlikely(ch->elemsize != c->size))
		return -EMSGSIZE;
	chan_select_add(&cases->selection, a, ch, chan_cases_sends(c));
	a->slot = cases->recv.slots;
	if (unlikely(a->send))
		cases->bytes += chan_cases_slotsize(a);
	return 0;
}

/* Check a case, and look up its file and what can be done with it. */
static int chan_cases_open_one(struct chan_cases *cases, struct chan_alternative *a,
			       const struct chan_case *c, struct fd *f)
{
	const bool channel = chan_cases_is_channel(c);

	if (unlikely(!channel && !chan_cases_is_polled(c))) {
		*f = (struct fd){};
		return -EINVAL;
	}
	*f = fdget(c->fd);
	if (likely(channel && fd_file(*f)))
		return chan_cases_use_channel(cases, a, c, fd_file(*f));
	a->ch = NULL;
	if (!fd_file(*f))
		return c->fd == -1 ? 0 : -EBADF;
	cases->polls++;
	return 0;
}

static int chan_cases_open(struct chan_cases *cases)
{
	const struct chan_case *c = cases->room.cases, *end = c + cases->selection.n;
	struct chan_alternative *a = cases->room.alternatives;
	struct fd *f = cases->room.files;
	int err = 0;

	for (; c < end; c++, a++, f++) {
		err = chan_cases_open_one(cases, a, c, f);
		if (unlikely(err)) {
			f++;
			break;
		}
	}
	cases->end = f;
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
		if (cases->room.alternatives[i].ch == cf->ch)
			return true;
	}
	return false;
}

static int chan_cases_open_polled(struct chan_cases *cases)
{
	struct chan_pollset *polled = chan_pollset_alloc(cases->polls);
	unsigned int i;
	int err;

	if (!polled)
		return -ENOMEM;
	cases->selection.polled = polled;
	for (i = 0; i < cases->selection.n; i++) {
		const struct chan_case *c = &cases->room.cases[i];
		struct file *file = fd_file(cases->room.files[i]);

		if (c->op != CHAN_CASE_POLL || !file)
			continue;
		if (chan_cases_has(cases, file))
			return -EINVAL;
		err = chan_pollset_add(polled, i, file, c->events);
		if (err)
			return err;
	}
	return 0;
}

/* Take the elements of all cases that send, each into its slot. */
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
		struct chan_alternative *a = &cases->room.alternatives[cases->filled];
		const struct chan_case *c = &cases->room.cases[cases->filled];

		if (!a->ch || !a->send)
			continue;
		a->slot = slot;
		/* A slot is as much of a struct chan_elem as it needs. */
		taken = chan_elem_copy_in(slot, a->ch->elemsize, u64_to_user_ptr(c->elem), 1);
		if (taken < 0)
			return taken;
		slot += chan_cases_slotsize(a);
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
	struct hchan *ch = s->alternatives[s->winner].ch;
	void __user *elem = u64_to_user_ptr(cases->room.cases[s->winner].elem);
	const u32 length = s->result ? ch->elemsize : 0;
	int err = chan_cases_put(cases, select, length, 0, s->result);

	if (!s->result) {
		if (err || clear_user(elem, ch->elemsize))
			return -EFAULT;
		return s->winner | CHAN_SELECT_CLOSED;
	}
	if (unlikely(err)) {
		chan_hchan_requeue(ch, &cases->recv, &s->seq, 0, 1);
		return err;
	}
	err = chan_xfer_take(ch, elem, &cases->recv, &s->seq, 1);
	return err < 0 ? err : (long)s->winner;
}

static long chan_cases_finish_poll(struct chan_cases *cases, const struct chan_select *select)
{
	const struct chan_selection *s = &cases->selection;
	int err = chan_cases_put(cases, select, 0, chan_pollset_revents(s->polled, s->winner), 0);

	return err ? err : (long)s->winner;
}

/* The result of a select in which an operation was carried out, or a file is ready. */
static long chan_cases_finish(struct chan_cases *cases, const struct chan_select *select)
{
	switch (cases->room.cases[cases->selection.winner].op) {
	case CHAN_CASE_SEND:
		return chan_cases_finish_send(cases, select);
	case CHAN_CASE_RECV:
		return chan_cases_finish_recv(cases, select);
	default:
		return chan_cases_finish_poll(cases, select);
	}
}

/* Free the elements that were not sent: all but that of a winner that sent. */
static void chan_cases_empty(struct chan_cases *cases, void *few, int err)
{
	const struct chan_selection *s = &cases->selection;
	unsigned int i;

	for (i = 0; i < cases->filled; i++) {
		const struct chan_alternative *a = &s->alternatives[i];
		bool sent = !err && i == s->winner && !s->result;

		if (a->ch && a->send && !sent)
			chan_elem_free(a->slot, a->ch->elemsize, 1);
	}
	if (cases->slots != few)
		kfree(cases->slots);
}

static void chan_cases_close(struct chan_cases *cases)
{
	const struct fd *f;

	if (unlikely(cases->polls))
		chan_pollset_free(cases->selection.polled);
	for (f = cases->room.files; f < cases->end; f++)
		fdput(*f);
}

static noinline long chan_cases_run(const struct chan_select *select,
				    const struct chan_deadline *deadline,
				    const struct chan_cases_room *room)
{
	u8 few[CHAN_CASES_SLOTS] __aligned(sizeof(u64)) __uninitialized;
	struct chan_cases cases __uninitialized;
	long ret;
	int err;

	err = chan_cases_copy_in(room->cases, select);
	if (err)
		return err;
	cases.selection.alternatives = room->alternatives;
	cases.selection.n = select->ncases;
	cases.selection.first = select->flags & CHAN_SELECT_FIRST;
	cases.selection.seem_ready = 0;
	cases.selection.polled = NULL;
	cases.room = *room;
	cases.end = room->files;
	cases.polls = 0;
	cases.bytes = 0;
	cases.filled = 0;
	cases.slots = few;
	err = chan_cases_open(&cases);
	if (!err && unlikely(cases.polls))
		err = chan_cases_open_polled(&cases);
	if (!err && cases.bytes)
		err = chan_cases_fill(&cases, few);
	if (!err)
		err = chan_select_run(&cases.selection, deadline);
	ret = err ? err : chan_cases_finish(&cases, select);
	if (cases.bytes)
		chan_cases_empty(&cases, few, err);
	chan_cases_close(&cases);
	return ret;
}

/* The arrays of a few cases are in two frames, as one of them would be large. */
static noinline long chan_cases_run_arrays(const struct chan_select *select,
					   const struct chan_deadline *deadline,
					   struct chan_case *cases)
{
	struct chan_alternative alternatives[CHAN_CASES_FEW] __uninitialized;
	struct fd files[CHAN_CASES_FEW] __uninitialized;
	const struct chan_cases_room room = { cases, alternatives, files };

	return chan_cases_run(select, deadline, &room);
}

static noinline long chan_cases_run_few(const struct chan_select *select,
					const struct chan_deadline *deadline)
{
	struct chan_case cases[CHAN_CASES_FEW] __uninitialized;

	return chan_cases_run_arrays(select, deadline, cases);
}

static noinline long chan_cases_run_many(const struct chan_select *select,
					 const struct chan_deadline *deadline)
{
	struct chan_many {
		struct chan_case	cases[CHAN_SELECT_MAX];
		struct chan_alternative	alternatives[CHAN_SELECT_MAX];
		struct fd		files[CHAN_SELECT_MAX];
	} *many = kmalloc(sizeof(*many), GFP_KERNEL_ACCOUNT);
	struct chan_cases_room room;
	long ret;

	if (!many)
		return -ENOMEM;
	room = (struct chan_cases_room){ many->cases, many->alternatives, many->files };
	ret = chan_cases_run(select, deadline, &room);
	kfree(many);
	return ret;
}

/**
 * chan_cases_select() - carry out one of several cases
 * @select: the user's structure; checked, but for the cases themselves
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
