// SPDX-License-Identifier: GPL-2.0-only
/*
 * A plugin of QEMU that counts instructions by their address between marks of the guest, which
 * are those of tools/chanbench/mark.h. Only for machines with -icount: there, one thread runs
 * all CPUs.
 *
 * Writes a line per address to the file of its argument "output=FILE": the address in
 * hexadecimal, then per round how often it ran after MARK_ONCE and after MARK_TWICE.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mark.h"
#include "qemu.h"

#define ROUNDS		32
#define BUCKETS		(1 << 16)
/* 0f 1f 80: a nop with a memory operand, relative to rax, of 32 bits of displacement. */
#define NOP_SIZE	7

/**
 * struct address - an instruction of the guest
 * @next: in the same bucket
 * @address: virtual address
 * @runs: how often it ran
 * @before: @runs at the last mark
 * @counts: runs per round, after MARK_ONCE and after MARK_TWICE; NULL if there were none
 */
struct address {
	struct address *next;
	uint64_t address;
	uint64_t runs;
	uint64_t before;
	uint64_t (*counts)[MARK_NONE];
};

int qemu_plugin_version = QEMU_PLUGIN_VERSION;

static struct address *buckets[BUCKETS];
static FILE *output;
static unsigned int rounds;
static unsigned int counted = MARK_NONE;

static void fail(const char *what)
{
	fprintf(stderr, "profile: %s\n", what);
	exit(1);
}

static struct address *address_find(uint64_t address)
{
	struct address **bucket = &buckets[(address ^ address >> 16) % BUCKETS], *entry;

	for (entry = *bucket; entry; entry = entry->next) {
		if (entry->address == address)
			return entry;
	}
	entry = calloc(1, sizeof(*entry));
	if (!entry)
		fail("out of memory");
	entry->address = address;
	entry->next = *bucket;
	*bucket = entry;
	return entry;
}

static void address_count(struct address *entry)
{
	const uint64_t runs = entry->runs - entry->before;

	entry->before = entry->runs;
	if (!runs || counted == MARK_NONE)
		return;
	if (!entry->counts)
		entry->counts = calloc(ROUNDS, sizeof(*entry->counts));
	if (!entry->counts)
		fail("out of memory");
	entry->counts[rounds][counted] = runs;
}

static void count_since_mark(void)
{
	struct address *entry;
	size_t i;

	for (i = 0; i < BUCKETS; i++) {
		for (entry = buckets[i]; entry; entry = entry->next)
			address_count(entry);
	}
}

static void mark_reached(unsigned int cpu, void *data)
{
	unsigned int mark = (uintptr_t)data;

	(void)cpu;
	if (rounds == ROUNDS)
		fail("too many rounds");
	count_since_mark();
	if (counted == MARK_TWICE && mark == MARK_NONE)
		rounds++;
	counted = mark;
}

/* The number of the mark that the instruction is, or MARKS if it is none. */
static unsigned int mark_of(const struct qemu_plugin_insn *instruction)
{
	static const unsigned char nop[] = { 0x0f, 0x1f, 0x80 };
	const unsigned char *data = qemu_plugin_insn_data(instruction);
	uint32_t displacement;

	if (qemu_plugin_insn_size(instruction) != NOP_SIZE || memcmp(data, nop, sizeof(nop)) != 0)
		return MARKS;
	memcpy(&displacement, data + sizeof(nop), sizeof(displacement));
	displacement -= MARK_DISPLACEMENT;
	return displacement < MARKS ? displacement : MARKS;
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *block)
{
	struct qemu_plugin_insn *instruction;
	size_t i, n = qemu_plugin_tb_n_insns(block);
	unsigned int mark;

	(void)id;
	for (i = 0; i < n; i++) {
		instruction = qemu_plugin_tb_get_insn(block, i);
		mark = mark_of(instruction);
		if (mark < MARKS) {
			qemu_plugin_register_vcpu_insn_exec_cb(instruction, mark_reached,
							       QEMU_PLUGIN_CB_NO_REGS,
							       (void *)(uintptr_t)mark);
			continue;
		}
		qemu_plugin_register_vcpu_insn_exec_inline(
			instruction, QEMU_PLUGIN_INLINE_ADD_U64,
			&address_find(qemu_plugin_insn_vaddr(instruction))->runs, 1);
	}
}

static void print_address(const struct address *entry)
{
	unsigned int i;

	if (!entry->counts)
		return;
	fprintf(output, "%" PRIx64, entry->address);
	for (i = 0; i < rounds; i++)
		fprintf(output, " %" PRIu64 " %" PRIu64, entry->counts[i][MARK_ONCE],
			entry->counts[i][MARK_TWICE]);
	fputc('\n', output);
}

static void ended(qemu_plugin_id_t id, void *data)
{
	const struct address *entry;
	size_t i;

	(void)id;
	(void)data;
	for (i = 0; i < BUCKETS; i++) {
		for (entry = buckets[i]; entry; entry = entry->next)
			print_address(entry);
	}
	if (fclose(output))
		fail("cannot write the output");
}

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
	static const char option[] = "output=";

	(void)info;
	if (argc != 1 || strncmp(argv[0], option, strlen(option)) != 0)
		return -EINVAL;
	output = fopen(argv[0] + strlen(option), "w");
	if (!output)
		return -errno;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	qemu_plugin_register_atexit_cb(id, ended, NULL);
	return 0;
}
