// SPDX-License-Identifier: GPL-2.0-only
#include "calls.h"
#include "transfer.h"

/* If the size is unknown, the channel may be made concurrently. */
struct fuzz_transfer fuzz_transfer_new(struct fuzz_task *task, uint64_t count)
{
	struct fuzz_transfer transfer = { .fd = fuzz_task_fd(task, 0), .count = count };
	uint64_t size, fit;

	transfer.info = fuzz_fd_info(transfer.fd);
	size = transfer.info.id ? transfer.info.elemsize : sizeof(uint64_t);
	if (count > FUZZ_REGION)
		count = FUZZ_REGION;
	transfer.size = fuzz_task_size(task, size);
	transfer.memory = fuzz_buffer_new(task, count * size);
	fit = size < sizeof(uint64_t) ? 0 : transfer.memory.size / size;
	if (fit > count)
		fit = count;
	transfer.known = fit < FUZZ_ELEMS_MAX ? fit : FUZZ_ELEMS_MAX;
	return transfer;
}

void fuzz_transfer_offer(struct fuzz_task *task, const struct fuzz_transfer *transfer)
{
	struct fuzz_values *values = &task->shared->values;
	size_t size = transfer->info.elemsize;
	unsigned int i;

	if (!transfer->info.id || (size >= sizeof(uint64_t) && transfer->known < transfer->count))
		values->unknown = 1;
	if (!transfer->info.id)
		return;
	for (i = 0; i < transfer->known; i++)
		fuzz_element_fill(transfer->memory.content + i * size, size, task->call, i);
	fuzz_values_offer(values, task->call, 0, transfer->known, transfer->info.id);
}

/* A call that states another size moves nothing. If it does, values are missing or unexpected. */
static int64_t expected(const struct fuzz_transfer *transfer, int64_t moved)
{
	return transfer->size == transfer->info.elemsize && moved > 0 ? moved : 0;
}

void fuzz_transfer_settle(struct fuzz_task *task, const struct fuzz_transfer *transfer,
			  int64_t moved)
{
	struct fuzz_values *values = &task->shared->values;

	if (fuzz_fd_info(transfer->fd).id != transfer->info.id)
		values->unsure = 1;
	if (!transfer->info.id)
		return;
	moved = expected(transfer, moved);
	fuzz_values_settle(values, task->call, 0, transfer->known,
			   moved < transfer->known ? moved : transfer->known);
}

void fuzz_transfer_receive(struct fuzz_task *task, const struct fuzz_transfer *transfer,
			   int64_t moved)
{
	struct fuzz_values *values = &task->shared->values;
	size_t size = transfer->info.elemsize;
	int64_t i;

	if (fuzz_fd_info(transfer->fd).id != transfer->info.id)
		values->unsure = 1;
	if (!transfer->info.id && moved > 0)
		values->unsure = 1;
	if (size < sizeof(uint64_t))
		return;
	moved = expected(transfer, moved);
	for (i = 0; i < moved && (i + 1) * size <= transfer->memory.size; i++)
		fuzz_values_receive(values, transfer->memory.result + i * size, size);
}

struct fuzz_transfer fuzz_transfer_bytes(struct fuzz_task *task, uint64_t *bytes,
					 uint64_t *size)
{
	struct chan_info info = fuzz_fd_info(fuzz_task_fd(task, 0));

	*bytes = fuzz_task_value(task, FUZZ_SET_SIZE, 0);
	*size = info.elemsize ? info.elemsize : 1;
	return fuzz_transfer_new(task, (*bytes + *size - 1) / *size);
}
