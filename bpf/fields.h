/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Access to the fields of a tracepoint in BPF programs. Include after <bpf/bpf_helpers.h>.
 */
#ifndef CHAN_FIELDS_H
#define CHAN_FIELDS_H

/*
 * @context: argument of the program
 * @shift: shift of the tracepoint's fields, constant when the program is loaded
 * @copy: buffer for a structure of tracepoints.h, of @size bytes
 *
 * The verifier allows context reads at constant offsets only.
 */
static __always_inline const void *find_fields(const void *context, unsigned int shift, void *copy,
					       unsigned int size)
{
	if (!shift)
		return context;
	bpf_probe_read_kernel(copy, size, context + shift);
	return copy;
}

/* A pointer to a structure of tracepoints.h, valid until the end of the enclosing block. */
#define FIELDS(type, context, shift) \
	((const struct type *)find_fields(context, shift, &(struct type){}, sizeof(struct type)))

#endif /* CHAN_FIELDS_H */
