// SPDX-License-Identifier: GPL-2.0-only
/*
 * read(2), write(2), and everything that maps to them: readv(2), io_uring(7), readers and
 * writers in the kernel. Each call is one transfer of as many elements as fit in all its
 * segments together; an element may span segments. On a nil channel they fail instead of
 * waiting, as a mistake in a shell must not hang.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/uio.h>

#include "elem.h"
#include "file.h"
#include "xfer.h"

static const struct chan_deadline *chan_rw_deadline(const struct kiocb *iocb)
{
	return iocb->ki_flags & IOCB_NOWAIT ? &chan_deadline_now :
					      chan_file_deadline(iocb->ki_filp);
}

/* A single segment of user memory needs no iterator, only its address. */
static void __user *chan_rw_plain(const struct iov_iter *iter)
{
	return iter->ubuf + iter->iov_offset;
}

/* Receive up to @n elements. Returns as chan_xfer_recv(). */
static long chan_rw_recv(struct chan_file *cf, struct iov_iter *to, size_t n,
			 const struct chan_deadline *deadline)
{
	long got;

	if (unlikely(!iter_is_ubuf(to)))
		return chan_xfer_recv_iter(cf, to, n, 1, deadline);
	got = chan_xfer_recv(cf, chan_rw_plain(to), cf->ch->elemsize, n, 1, deadline);
	if (got > 0)
		iov_iter_advance(to, got * cf->ch->elemsize);
	return got;
}

/* Send @n elements. Returns as chan_xfer_send(). */
static long chan_rw_send(struct chan_file *cf, struct iov_iter *from, size_t n,
			 const struct chan_deadline *deadline)
{
	long sent;

	if (unlikely(!iter_is_ubuf(from)))
		return chan_xfer_send_iter(cf, from, n, n, deadline);
	sent = chan_xfer_send(cf, chan_rw_plain(from), cf->ch->elemsize, n, n, deadline);
	if (sent > 0)
		iov_iter_advance(from, sent * cf->ch->elemsize);
	return sent;
}

/**
 * chan_read_iter() - read as many whole elements as are available
 * @iocb: the file, and how long to wait for the first element
 * @to: space for at least one element
 *
 * Context: May sleep.
 * Return: number of bytes read; 0 if the channel is closed and drained, or @to is empty; or
 * a negative errno.
 */
ssize_t chan_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct chan_file *cf = iocb->ki_filp->private_data;
	size_t len = iov_iter_count(to);
	u32 elemsize;
	long n;

	if (!chan_hchan_made(cf->ch))
		return -EBADFD;
	if (!len)
		return 0;
	elemsize = cf->ch->elemsize;
	if (!elemsize || len < elemsize)
		return -EMSGSIZE;
	n = chan_rw_recv(cf, to, len / elemsize, chan_rw_deadline(iocb));
	return n > 0 ? n * elemsize : n;
}

/*
 * Confused deputy: does current have a capability that the opener lacked? It may not know
 * what it writes to. An ioctl is always deliberate.
 */
static bool chan_rw_lends_capability(const struct file *file)
{
	return cap_raised(current_cap(), CAP_SYS_RESOURCE) &&
	       !file_ns_capable(file, &init_user_ns, CAP_SYS_RESOURCE);
}

/* Send without the capability to exceed the limit of the user. */
static long chan_rw_send_limited(struct chan_file *cf, struct iov_iter *from, size_t n,
				 const struct chan_deadline *deadline)
{
	struct cred *limited = prepare_creds();
	const struct cred *own;
	long sent;

	if (!limited)
		return -ENOMEM;
	cap_lower(limited->cap_effective, CAP_SYS_RESOURCE);
	own = override_creds(limited);
	sent = chan_rw_send(cf, from, n, deadline);
	revert_creds(own);
	put_cred(limited);
	return sent;
}

static long chan_rw_send_checked(struct kiocb *iocb, struct iov_iter *from, size_t n)
{
	const struct chan_deadline *deadline = chan_rw_deadline(iocb);
	struct chan_file *cf = iocb->ki_filp->private_data;

	/* Only elements held by reference are charged. */
	if (unlikely(chan_elem_is_ref(cf->ch->elemsize)) &&
	    chan_rw_lends_capability(iocb->ki_filp))
		return chan_rw_send_limited(cf, from, n, deadline);
	return chan_rw_send(cf, from, n, deadline);
}

/**
 * chan_write_iter() - write all of a number of whole elements
 * @iocb: the file, and how long to wait for space
 * @from: the elements
 *
 * Context: May sleep.
 * Return: number of bytes written; if no element was, a negative errno.
 */
ssize_t chan_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct chan_file *cf = iocb->ki_filp->private_data;
	size_t len = iov_iter_count(from);
	u32 elemsize;
	long n;

	if (!chan_hchan_made(cf->ch))
		return -EBADFD;
	if (!len)
		return 0;
	elemsize = cf->ch->elemsize;
	if (!elemsize)
		return -EMSGSIZE;
	/* The VFS truncates a longer write to this, whatever the size of an element. */
	if (len % elemsize && len != MAX_RW_COUNT)
		return -EMSGSIZE;
	n = chan_rw_send_checked(iocb, from, len / elemsize);
	return n > 0 ? n * elemsize : n;
}
