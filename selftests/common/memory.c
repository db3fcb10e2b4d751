// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "channel.h"
#include "memory.h"

static size_t page_size(void)
{
	return sysconf(_SC_PAGESIZE);
}

static void *map_pages(unsigned int n)
{
	void *map = mmap(NULL, n * page_size(), PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (map == MAP_FAILED)
		give_up("mmap: %s", strerror(errno));
	return map;
}

static void protect_page(void *page, int protection)
{
	if (mprotect(page, page_size(), protection))
		give_up("mprotect: %s", strerror(errno));
}

void *memory_border(void)
{
	return memory_border_after(page_size());
}

void *memory_read_only(void)
{
	void *page = map_pages(1);

	protect_page(page, PROT_READ);
	return page;
}

struct memory_slow memory_slow_new(void)
{
	struct memory_slow slow = { .page = map_pages(1) };
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = {
		.range = { .start = (uintptr_t)slow.page, .len = page_size() },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};

	slow.fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (slow.fd < 0 || ioctl(slow.fd, UFFDIO_API, &api) ||
	    ioctl(slow.fd, UFFDIO_REGISTER, &range))
		give_up("userfaultfd: %s", strerror(errno));
	return slow;
}

void memory_slow_wait(const struct memory_slow *slow)
{
	struct uffd_msg message;

	wait_until(read(slow->fd, &message, sizeof(message)) == sizeof(message) &&
		   message.event == UFFD_EVENT_PAGEFAULT);
}

void memory_slow_release(const struct memory_slow *slow)
{
	struct uffdio_zeropage zero = {
		.range = { .start = (uintptr_t)slow->page, .len = page_size() },
	};

	if (ioctl(slow->fd, UFFDIO_ZEROPAGE, &zero))
		give_up("UFFDIO_ZEROPAGE: %s", strerror(errno));
}

void memory_slow_lose(const struct memory_slow *slow)
{
	struct uffdio_range range = { .start = (uintptr_t)slow->page, .len = page_size() };

	protect_page(slow->page, PROT_NONE);
	if (ioctl(slow->fd, UFFDIO_WAKE, &range))
		give_up("UFFDIO_WAKE: %s", strerror(errno));
}

void memory_protect(void *page)
{
	protect_page(page, PROT_READ);
}

void *memory_border_after(size_t size)
{
	const size_t pages = (size + page_size() - 1) / page_size();
	char *border = (char *)map_pages(pages + 1) + pages * page_size();

	protect_page(border, PROT_NONE);
	return border;
}

struct memory_file memory_file_new(size_t size)
{
	struct memory_file file = { .fd = memfd_create("memory", MFD_CLOEXEC) };

	if (file.fd < 0 || ftruncate(file.fd, size))
		give_up("memfd_create: %s", strerror(errno));
	file.memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file.fd, 0);
	if (file.memory == MAP_FAILED)
		give_up("mmap: %s", strerror(errno));
	return file;
}

void memory_file_lose(const struct memory_file *file)
{
	if (ftruncate(file->fd, 0))
		give_up("ftruncate: %s", strerror(errno));
}
