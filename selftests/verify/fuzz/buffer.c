// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory of calls. Each call has a region of the arena, which all processes can access. The call
 * gets a second mapping of it, which can be incomplete in many ways.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "buffer.h"

#define PAGE		4096UL
/* Space for memory not at the start of a region, and for inaccessible pages. */
#define SIZE_MOST	(FUZZ_REGION - 4 * PAGE)

#define ADDRESS_KERNEL	0xffffffff81000000UL
/* Not a valid address. */
#define ADDRESS_WILD	0x8000000000000ff8UL

static char *region(struct fuzz_machine *machine, unsigned int index)
{
	return machine->arena + index * FUZZ_REGION;
}

/* That many pages of the region, followed by an inaccessible one. */
static void *map_view(struct fuzz_machine *machine, unsigned int index, size_t length,
		      int protection)
{
	char *view = mmap(NULL, length + PAGE, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (view == MAP_FAILED)
		return NULL;
	if (mmap(view, length, protection, MAP_SHARED | MAP_FIXED, machine->arena_fd,
		 index * FUZZ_REGION) == MAP_FAILED)
		return NULL;
	return view;
}

static void *map_past_eof(size_t length)
{
	int fd = memfd_create("eof", MFD_CLOEXEC);
	void *view = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	close(fd);
	return view == MAP_FAILED ? NULL : view;
}

/* Per process, opened on first use. */
static int fault_fd(struct fuzz_task *task)
{
	int *place = &task->shared->faults[task->process];
	struct uffdio_api api = { .api = UFFD_API };
	int none = -1, fd = *place;

	if (fd >= 0)
		return fd;
	fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || ioctl(fd, UFFDIO_API, &api))
		return -1;
	if (!__atomic_compare_exchange_n(place, &none, fd, false, __ATOMIC_SEQ_CST,
					 __ATOMIC_SEQ_CST)) {
		close(fd);
		fd = none;
	}
	return fd;
}

static void make_slow(struct fuzz_task *task, void *view, size_t length)
{
	struct uffdio_register range = {
		.range = { .start = (uintptr_t)view, .len = length },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};

	ioctl(fault_fd(task), UFFDIO_REGISTER, &range);
}

static int protection_of(enum fuzz_buffer kind)
{
	switch (kind) {
	case FUZZ_BUFFER_NONE:
		return PROT_NONE;
	case FUZZ_BUFFER_READONLY:
		return PROT_READ;
	default:
		return PROT_READ | PROT_WRITE;
	}
}

/* Offset of the memory in its region. */
static size_t offset_of(enum fuzz_buffer kind, size_t size, size_t length)
{
	switch (kind) {
	case FUZZ_BUFFER_BORDER:
		return length - size / 2;
	case FUZZ_BUFFER_UNALIGNED:
		return 1;
	default:
		return 0;
	}
}

static uint64_t address_of(enum fuzz_buffer kind)
{
	switch (kind) {
	case FUZZ_BUFFER_KERNEL:
		return ADDRESS_KERNEL;
	case FUZZ_BUFFER_WILD:
		return ADDRESS_WILD;
	default:
		return 0;
	}
}

static bool is_mapped(enum fuzz_buffer kind)
{
	return kind != FUZZ_BUFFER_NULL && kind != FUZZ_BUFFER_KERNEL && kind != FUZZ_BUFFER_WILD;
}

/* Whether any call manipulates the memory of this one. */
static bool is_touched(const struct fuzz_program *program, unsigned int call)
{
	unsigned int i;

	for (i = 0; i < program->count; i++) {
		const struct fuzz_call *other = &program->calls[i];

		if ((other->operation == FUZZ_UNMAP || other->operation == FUZZ_PROTECT) &&
		    fuzz_call_value(other, FUZZ_SET_CALL, 0) == call)
			return true;
	}
	return false;
}

struct fuzz_memory fuzz_buffer_new(struct fuzz_task *task, size_t size)
{
	const struct fuzz_call *call = &task->shared->program.calls[task->call];
	const enum fuzz_buffer kind = fuzz_call_value(call, FUZZ_SET_BUFFER, 0);
	struct fuzz_memory memory = { .size = size < SIZE_MOST ? size : SIZE_MOST };
	const size_t length = (memory.size + 1 + PAGE) / PAGE * PAGE;
	struct fuzz_view view = { .process = task->process, .kind = kind, .length = length };
	const size_t offset = offset_of(kind, memory.size, length);

	memory.result = region(task->machine, task->call) + offset;
	memory.content = memory.result;
	memory.address = address_of(kind);
	if (kind == FUZZ_BUFFER_SLOW)
		memory.content = region(task->machine, FUZZ_CALLS_MAX + task->call);
	if (!is_mapped(kind))
		return memory;
	/* Mapping costs more than most calls. */
	if (kind == FUZZ_BUFFER_OK && size <= SIZE_MOST &&
	    !is_touched(&task->shared->program, task->call)) {
		memory.address = (uintptr_t)memory.content;
		return memory;
	}
	if (kind == FUZZ_BUFFER_EOF)
		view.start = (uintptr_t)map_past_eof(length);
	else
		view.start = (uintptr_t)map_view(task->machine, task->call, length,
						 protection_of(kind));
	if (kind == FUZZ_BUFFER_SLOW)
		make_slow(task, (void *)(uintptr_t)view.start, length);
	memory.address = view.start + offset;
	task->view = view;
	return memory;
}

void fuzz_buffer_publish(struct fuzz_task *task)
{
	struct fuzz_view *place = &task->shared->views[task->call];

	place->length = task->view.length;
	place->process = task->view.process;
	place->kind = task->view.kind;
	__atomic_store_n(&place->start, task->view.start, __ATOMIC_RELEASE);
}

const struct fuzz_view *fuzz_buffer_view(const struct fuzz_shared *shared, unsigned int call)
{
	const struct fuzz_view *view = &shared->views[call];

	return __atomic_load_n(&view->start, __ATOMIC_ACQUIRE) ? view : NULL;
}

static const struct fuzz_view *own_view(struct fuzz_task *task, unsigned int call)
{
	const struct fuzz_view *view = fuzz_buffer_view(task->shared, call);

	return view && view->process == task->process ? view : NULL;
}

void fuzz_buffer_unmap(struct fuzz_task *task, unsigned int call)
{
	const struct fuzz_view *view = own_view(task, call);

	if (view)
		munmap((void *)(uintptr_t)view->start, view->length);
}

void fuzz_buffer_protect(struct fuzz_task *task, unsigned int call)
{
	const struct fuzz_view *view = own_view(task, call);

	if (view)
		mprotect((void *)(uintptr_t)view->start, view->length, PROT_READ);
}

/* Pages that exist already are kept; waiters for the others are woken. */
void fuzz_buffer_release(struct fuzz_machine *machine, unsigned int call, int fault_fd)
{
	const struct fuzz_view *view = fuzz_buffer_view(machine->shared, call);
	const char *content = region(machine, FUZZ_CALLS_MAX + call);
	size_t done;

	if (!view || view->kind != FUZZ_BUFFER_SLOW)
		return;
	for (done = 0; done < view->length; done += PAGE) {
		struct uffdio_copy copy = {
			.dst = view->start + done, .src = (uintptr_t)content + done, .len = PAGE,
		};
		struct uffdio_range range = { .start = view->start + done, .len = PAGE };

		if (ioctl(fault_fd, UFFDIO_COPY, &copy))
			ioctl(fault_fd, UFFDIO_WAKE, &range);
	}
}
