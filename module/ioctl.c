// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ioctls of a channel. SEND and RECV are dispatched first: they take only an address
 * and, encoded in the command, a size. All others are rows of a table. Arguments are copied
 * in and results copied out here, so no handler accesses the user's structure.
 *
 * Order of checks: the command (ENOTTY), the structure (EFAULT, EINVAL, E2BIG), its fields
 * (EINVAL), a nil channel (EBADFD, or a wait), rights (EBADF), the element size (EMSGSIZE),
 * the element's memory (EFAULT), the state of the channel.
 */
#include <asm/ioctls.h>
#include <linux/build_bug.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/ktime.h>
#include <linux/nospec.h>
#include <linux/time_namespace.h>
#include <linux/uaccess.h>

#include "cases.h"
#include "elem.h"
#include "file.h"
#include "user.h"
#include "ticker.h"
#include "xfer.h"

static_assert(sizeof(struct chan_make) == 48);
static_assert(sizeof(struct chan_xfer) == 48);
static_assert(sizeof(struct chan_dup) == 8);
static_assert(sizeof(struct chan_info) == 160);
static_assert(sizeof(struct chan_timer) == 24);
static_assert(sizeof(struct chan_new) == 64);
static_assert(sizeof(struct chan_query) == 80);
static_assert(sizeof(struct chan_case) == 48);
static_assert(sizeof(struct chan_select) == 32);
static_assert(sizeof(((struct hchan *)0)->type) == CHAN_TYPE_MAX);

/* Size of the first version of struct chan_case. */
#define CHAN_CASE_SIZE_MIN	48

/**
 * struct chan_ioctl_new - a CHAN_IOC_NEW in progress
 * @user: the user's structure
 * @files: files of its descriptors, which stay reserved until chan_ioctl_new_finish()
 * @n: length of @files
 */
struct chan_ioctl_new {
	struct chan_new	user;
	struct file	*files[2];
	unsigned int	n;
};

static_assert(offsetof(struct chan_ioctl_new, user) == 0);

union chan_ioctl_arg {
	struct chan_make	make;
	struct chan_xfer	xfer;
	struct chan_dup		dup;
	struct chan_info	info;
	struct chan_query	query;
	struct chan_select	select;
	struct chan_timer	timer;
	struct chan_ioctl_new	new;
};

/* Some architectures have only 13 bits for the size in a command. */
static_assert(sizeof(union chan_ioctl_arg) < 1 << 13);

static long chan_ioctl_query(struct file *file, union chan_ioctl_arg *arg)
{
	struct chan_query *query = &arg->query;

	query->version = CHAN_ABI_VERSION;
	query->make_flags = CHAN_F_ALL;
	query->xfer_flags = CHAN_XFER_ALL;
	query->rights = CHAN_RIGHTS_ALL;
	query->elem_max = CHAN_ELEM_MAX;
	query->elem_inline = CHAN_ELEM_INLINE;
	query->ring_max = CHAN_RING_MAX;
	query->user_channels_max = READ_ONCE(chan_user_channels_max);
	query->user_bytes_max = READ_ONCE(chan_user_bytes_max);
	chan_user_usage(&query->user_channels, &query->user_bytes);
	query->select_flags = CHAN_SELECT_ALL;
	query->select_max = CHAN_SELECT_MAX;
	query->timer_flags = CHAN_TIMER_ALL;
	query->new_flags = CHAN_NEW_ALL;
	return 0;
}

static int chan_ioctl_make_channel(struct hchan *ch, const struct chan_make *make)
{
	size_t len = strnlen(make->type, sizeof(make->type));

	if (make->elemsize > CHAN_ELEM_MAX || (make->flags & ~CHAN_F_ALL) || make->reserved)
		return -EINVAL;
	if (len == sizeof(make->type) ||
	    memchr_inv(make->type + len, 0, sizeof(make->type) - len))
		return -EINVAL;
	return chan_hchan_make(ch, make, NULL);
}

static long chan_ioctl_make(struct file *file, union chan_ioctl_arg *arg)
{
	struct chan_file *cf = file->private_data;

	return chan_ioctl_make_channel(cf->ch, &arg->make);
}

static long chan_ioctl_dup(struct file *file, union chan_ioctl_arg *arg)
{
	struct chan_file *cf = file->private_data;
	u32 rights = arg->dup.rights;
	int err;

	if (!rights || (rights & ~CHAN_RIGHTS_ALL) || arg->dup.flags)
		return -EINVAL;
	err = chan_file_check(cf, rights);
	return err ? err : chan_file_dup(cf, rights);
}

static long chan_ioctl_close(struct file *file, union chan_ioctl_arg *arg)
{
	struct chan_file *cf = file->private_data;
	int err = chan_file_check(cf, CHAN_RIGHT_CLOSE);

	return err ? err : chan_hchan_close(cf->ch, CHAN_CLOSED_BY_CLOSE);
}

static long chan_ioctl_info(struct file *file, union chan_ioctl_arg *arg)
{
	struct chan_file *cf = file->private_data;

	if (!chan_hchan_made(cf->ch))
		return -EBADFD;
	chan_file_info(cf, &arg->info);
	return 0;
}

/* Offset of a clock in the caller's time namespace. */
static ktime_t chan_ioctl_ahead(clockid_t clock)
{
	struct timespec64 shift = {};

	if (clock == CLOCK_MONOTONIC)
		timens_add_monotonic(&shift);
	else if (clock == CLOCK_BOOTTIME)
		timens_add_boottime(&shift);
	return timespec64_to_ktime(shift);
}

/* Convert a time from the caller's time namespace to the initial one. */
static ktime_t chan_ioctl_host_time(clockid_t clock, ktime_t time)
{
	ktime_t ahead = chan_ioctl_ahead(clock);

	/* ktime_add_safe() treats a sum that is less than @time as an overflow. */
	if (ahead <= 0)
		return ktime_add_safe(time, -ahead);
	return time > ahead ? ktime_sub(time, ahead) : 0;
}

/* Flags with the same meaning have the same value. */
static_assert(CHAN_SELECT_NONBLOCK == CHAN_XFER_NONBLOCK);
static_assert(CHAN_SELECT_REALTIME == CHAN_XFER_REALTIME);
static_assert(CHAN_SELECT_BOOTTIME == CHAN_XFER_BOOTTIME);
static_assert(CHAN_TIMER_REALTIME == CHAN_XFER_REALTIME);
static_assert(CHAN_TIMER_BOOTTIME == CHAN_XFER_BOOTTIME);

static int chan_ioctl_deadline(u32 flags, u64 expires, struct chan_deadline *deadline)
{
	deadline->now = flags & CHAN_XFER_NONBLOCK;
	deadline->expires = KTIME_MAX;
	switch (flags & (CHAN_XFER_REALTIME | CHAN_XFER_BOOTTIME)) {
	case 0:
		deadline->clock = CLOCK_MONOTONIC;
		break;
	case CHAN_XFER_REALTIME:
		deadline->clock = CLOCK_REALTIME;
		break;
	case CHAN_XFER_BOOTTIME:
		deadline->clock = CLOCK_BOOTTIME;
		break;
	default:
		return -EINVAL;
	}
	if (expires < KTIME_MAX)
		deadline->expires = chan_ioctl_host_time(deadline->clock, expires);
	return 0;
}

static int chan_ioctl_xfer(struct file *file, const struct chan_xfer *xfer,
			   struct chan_deadline *deadline)
{
	u32 flags = xfer->flags;

	if ((flags & ~CHAN_XFER_ALL) || xfer->lengths || xfer->files || xfer->reserved)
		return -EINVAL;
	/* The result is an int. */
	if (!xfer->min || xfer->min > xfer->count || xfer->count > INT_MAX)
		return -EINVAL;
	if (file->f_flags & O_NONBLOCK)
		flags |= CHAN_XFER_NONBLOCK;
	return chan_ioctl_deadline(flags, xfer->deadline, deadline);
}

static long chan_ioctl_sendv(struct file *file, union chan_ioctl_arg *arg)
{
	const struct chan_xfer *xfer = &arg->xfer;
	struct chan_deadline deadline;
	int err = chan_ioctl_xfer(file, xfer, &deadline);

	return err ? err : chan_xfer_send(file->private_data, u64_to_user_ptr(xfer->elems),
					  xfer->elemsize, xfer->count, xfer->min, &deadline);
}

static long chan_ioctl_recvv(struct file *file, union chan_ioctl_arg *arg)
{
	const struct chan_xfer *xfer = &arg->xfer;
	struct chan_deadline deadline;
	int err = chan_ioctl_xfer(file, xfer, &deadline);

	return err ? err : chan_xfer_recv(file->private_data, u64_to_user_ptr(xfer->elems),
					  xfer->elemsize, xfer->count, xfer->min, &deadline);
}

static long chan_ioctl_select(const struct chan_select *select)
{
	struct chan_deadline deadline;
	int err;

	if ((select->flags & ~CHAN_SELECT_ALL) || select->reserved)
		return -EINVAL;
	if (select->casesize < CHAN_CASE_SIZE_MIN || select->casesize > PAGE_SIZE)
		return -EINVAL;
	if (select->ncases > CHAN_SELECT_MAX)
		return -E2BIG;
	err = chan_ioctl_deadline(select->flags, select->deadline, &deadline);
	return err ? err : chan_cases_select(select, &deadline);
}

/* For callers built with any version of the structure. */
static long chan_ioctl_select_any(struct file *file, union chan_ioctl_arg *arg)
{
	return chan_ioctl_select(&arg->select);
}

/* Fast path for callers built with this version of the structure. */
static noinline long chan_ioctl_select_known(const void __user *user)
{
	struct chan_select select __uninitialized;

	if (copy_from_user(&select, user, sizeof(select)))
		return -EFAULT;
	return chan_ioctl_select(&select);
}

static int chan_ioctl_set_timer(struct hchan *ch, const struct chan_timer *timer)
{
	struct chan_ticks ticks;
	int err;

	if ((timer->flags & ~CHAN_TIMER_ALL) || timer->reserved)
		return -EINVAL;
	err = chan_ioctl_deadline(timer->flags, timer->expires, &ticks.first);
	if (err)
		return err;
	ticks.interval = min_t(u64, timer->interval, KTIME_MAX);
	ticks.ahead = chan_ioctl_ahead(ticks.first.clock);
	return chan_hchan_set_ticker(ch, &ticks);
}

static long chan_ioctl_timer(struct file *file, union chan_ioctl_arg *arg)
{
	struct chan_file *cf = file->private_data;

	return chan_ioctl_set_timer(cf->ch, &arg->timer);
}

static int chan_ioctl_new_channel(struct hchan *ch, const struct chan_new *user)
{
	const void *rest = &user->timer + 1;

	if (!(user->flags & CHAN_NEW_TIMER))
		return chan_ioctl_make_channel(ch, &user->make);
	if (memchr_inv(rest, 0, (const void *)(user + 1) - rest))
		return -EINVAL;
	return chan_ioctl_set_timer(ch, &user->timer);
}

/* Create a file of the channel, and reserve a descriptor for it. */
static int chan_ioctl_new_file(struct chan_ioctl_new *new, struct hchan *ch, u32 rights)
{
	struct file *file;
	int fd = get_unused_fd_flags(O_CLOEXEC);

	if (fd < 0)
		return fd;
	file = chan_file_new(ch, rights);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	new->user.fds[new->n] = fd;
	new->files[new->n++] = file;
	return 0;
}

/* Install the descriptors, or release them all on error. */
static void chan_ioctl_new_finish(union chan_ioctl_arg *arg, int err)
{
	struct chan_ioctl_new *new = &arg->new;
	unsigned int i;

	for (i = 0; i < new->n; i++) {
		if (likely(!err)) {
			fd_install(new->user.fds[i], new->files[i]);
			continue;
		}
		put_unused_fd(new->user.fds[i]);
		fput(new->files[i]);
	}
}

static long chan_ioctl_new(struct file *file, union chan_ioctl_arg *arg)
{
	struct chan_ioctl_new *new = &arg->new;
	bool pair = new->user.flags & CHAN_NEW_PAIR;
	struct hchan *ch;
	int err;

	new->n = 0;
	new->user.fds[0] = -1;
	new->user.fds[1] = -1;
	if ((new->user.flags & ~CHAN_NEW_ALL) || new->user.flags == CHAN_NEW_ALL ||
	    new->user.reserved)
		return -EINVAL;
	ch = chan_hchan_alloc();
	if (!ch)
		return -ENOMEM;
	err = chan_ioctl_new_channel(ch, &new->user);
	if (err >= 0)
		err = chan_ioctl_new_file(new, ch, pair ? CHAN_RIGHT_RECV : CHAN_RIGHTS_ALL);
	if (!err && pair)
		err = chan_ioctl_new_file(new, ch, CHAN_RIGHT_SEND | CHAN_RIGHT_CLOSE);
	if (err)
		chan_ioctl_new_finish(arg, err);
	chan_hchan_put(ch);
	return err;
}

/* As for a pipe. Counts requeued elements, but not those of parked senders. */
static long chan_ioctl_fionread(struct chan_file *cf, unsigned long user)
{
	int err = chan_file_check(cf, CHAN_RIGHT_RECV);
	struct chan_info info;
	u64 bytes;

	if (err)
		return err;
	chan_file_info(cf, &info);
	bytes = ((u64)info.len + info.requeued) * info.elemsize;
	return put_user((int)min_t(u64, bytes, INT_MAX), (int __user *)user);
}

/**
 * struct chan_ioctl_op - one row of the table
 * @cmd: the command, with the size of the structure in this version
 * @min_size: size of the first version of the structure
 * @run: handler; its argument is complete, and is copied out on success
 * @finish: called after the copy-out with its error or 0; or NULL
 */
struct chan_ioctl_op {
	unsigned int	cmd;
	unsigned int	min_size;
	long		(*run)(struct file *file, union chan_ioctl_arg *arg);
	void		(*finish)(union chan_ioctl_arg *arg, int err);
};

#define CHAN_IOCTL_OP_FINISH(_cmd, _min_size, _run, _finish) \
	[_IOC_NR(_cmd)] = { \
		.cmd = _cmd, .min_size = _min_size, .run = _run, .finish = _finish, \
	}
#define CHAN_IOCTL_OP(_cmd, _min_size, _run) CHAN_IOCTL_OP_FINISH(_cmd, _min_size, _run, NULL)

static const struct chan_ioctl_op chan_ioctl_ops[] = {
	CHAN_IOCTL_OP(CHAN_IOC_QUERY, 72, chan_ioctl_query),
	CHAN_IOCTL_OP(CHAN_IOC_MAKE, 48, chan_ioctl_make),
	CHAN_IOCTL_OP(CHAN_IOC_DUP, 8, chan_ioctl_dup),
	CHAN_IOCTL_OP(CHAN_IOC_CLOSE, 0, chan_ioctl_close),
	CHAN_IOCTL_OP(CHAN_IOC_INFO, 160, chan_ioctl_info),
	CHAN_IOCTL_OP(CHAN_IOC_TIMER, 24, chan_ioctl_timer),
	CHAN_IOCTL_OP_FINISH(CHAN_IOC_NEW, 64, chan_ioctl_new, chan_ioctl_new_finish),
	CHAN_IOCTL_OP(CHAN_IOC_SENDV, 48, chan_ioctl_sendv),
	CHAN_IOCTL_OP(CHAN_IOC_RECVV, 48, chan_ioctl_recvv),
	CHAN_IOCTL_OP(CHAN_IOC_SELECT, 32, chan_ioctl_select_any),
};

static const struct chan_ioctl_op *chan_ioctl_find(unsigned int cmd)
{
	const unsigned int sizemask = _IOC_SIZEMASK << _IOC_SIZESHIFT;
	const struct chan_ioctl_op *op;
	unsigned int nr = _IOC_NR(cmd);

	if (nr >= ARRAY_SIZE(chan_ioctl_ops))
		return NULL;
	op = &chan_ioctl_ops[array_index_nospec(nr, ARRAY_SIZE(chan_ioctl_ops))];
	if (!op->run || (cmd & ~sizemask) != (op->cmd & ~sizemask))
		return NULL;
	/* A command without a structure has no size that could grow. */
	if (_IOC_DIR(cmd) == _IOC_NONE && cmd != op->cmd)
		return NULL;
	return op;
}

static int chan_ioctl_copy_in(const struct chan_ioctl_op *op, unsigned int cmd,
			      union chan_ioctl_arg *arg, unsigned long user)
{
	size_t size = _IOC_SIZE(op->cmd);

	if (_IOC_DIR(cmd) == _IOC_NONE)
		return user ? -EINVAL : 0;
	if (_IOC_SIZE(cmd) < op->min_size)
		return -EINVAL;
	if (_IOC_DIR(cmd) & _IOC_WRITE)
		return copy_struct_from_user(arg, size, (void __user *)user, _IOC_SIZE(cmd));
	memset(arg, 0, size);
	return 0;
}

static int chan_ioctl_copy_out(const struct chan_ioctl_op *op, unsigned int cmd,
			       const union chan_ioctl_arg *arg, unsigned long user)
{
	size_t known = min(_IOC_SIZE(cmd), _IOC_SIZE(op->cmd));
	void __user *to = (void __user *)user;

	if (!(_IOC_DIR(cmd) & _IOC_READ))
		return 0;
	if (copy_to_user(to, arg, known) || clear_user(to + known, _IOC_SIZE(cmd) - known))
		return -EFAULT;
	return 0;
}

/* Out of line: fast commands need no stack space for an argument. */
static noinline long chan_ioctl_run(struct file *file, unsigned int cmd, unsigned long user)
{
	const struct chan_ioctl_op *op = chan_ioctl_find(cmd);
	union chan_ioctl_arg arg __uninitialized;
	long ret;
	int err;

	if (cmd == FIONREAD)
		return chan_ioctl_fionread(file->private_data, user);
	if (!op)
		return -ENOTTY;
	err = chan_ioctl_copy_in(op, cmd, &arg, user);
	if (err)
		return err;
	ret = op->run(file, &arg);
	if (ret < 0)
		return ret;
	err = chan_ioctl_copy_out(op, cmd, &arg, user);
	if (op->finish)
		op->finish(&arg, err);
	return err ? err : ret;
}

/* Is this @base (SEND or RECV of 0 bytes) with any element size? */
static inline bool chan_ioctl_is_sized(unsigned int cmd, unsigned int base, u32 *elemsize)
{
	const u32 differs = cmd ^ base;

	*elemsize = differs >> _IOC_SIZESHIFT;
	return !(differs & ~((u32)CHAN_IOC_SIZE_MAX << _IOC_SIZESHIFT));
}

/**
 * chan_ioctl() - dispatch an ioctl
 * @file: the file
 * @cmd: CHAN_IOC_*
 * @user: the user's argument
 *
 * Context: May sleep.
 * Return: result of the command, 0 or more; or a negative errno.
 */
long chan_ioctl(struct file *file, unsigned int cmd, unsigned long user)
{
	struct chan_file *cf = file->private_data;
	u32 elemsize;
	long ret;

	if (chan_ioctl_is_sized(cmd, CHAN_IOC_SEND(0), &elemsize)) {
		ret = chan_xfer_send(cf, (const void __user *)user, elemsize, 1, 1,
				     chan_file_deadline(file));
		return ret > 0 ? 0 : ret;
	}
	if (chan_ioctl_is_sized(cmd, CHAN_IOC_RECV(0), &elemsize))
		return chan_xfer_recv(cf, (void __user *)user, elemsize, 1, 1,
				      chan_file_deadline(file));
	if (cmd == CHAN_IOC_SELECT)
		return chan_ioctl_select_known((const void __user *)user);
	return chan_ioctl_run(file, cmd, user);
}
