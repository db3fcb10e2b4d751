/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a BPF program finds the fields of its tracepoint. Included after <bpf/bpf_helpers.h>.
 */
#ifndef CHAN_FIELDS_H
#define CHAN_FIELDS_H

/*
 * @context: what the program was called with
 * @shift: of the tracepoint, a constant when the program is loaded
 * @copy: room for a structure of tracepoints.h; of @size bytes
 *
 * The kernel lets programs read their context at constant offsets only.
 */
static __always_inline const void *find_fields(const void *context, unsigned int shift, void *copy,
					       unsigned int size)
{
	if (!shift)
		return context;
	bpf_probe_read_kernel(copy, size, context + shift);
	return copy;
}

/* A pointer to a structure of tracepoints.h, which lasts until its block ends. */
#define FIELDS(type, context, shift) \
	((const struct type *)find_fields(context, shift, &(struct type){}, sizeof(struct type)))

#endif /* CHAN_FIELDS_H */
