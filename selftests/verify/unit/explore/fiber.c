// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fibers, on x86-64.
 */
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <sanitizer/common_interface_defs.h>
#include <stdlib.h>

#include "fiber.h"

#define STACK_SIZE	(256 * 1024)

/**
 * struct fiber - one stack
 * @sp: its stack pointer, unless it is running
 * @stack: its lowest address; NULL for that of the thread
 * @size: its bytes
 * @run: its function
 * @arg: for @run
 * @fake_stack: where the address sanitizer keeps its variables
 */
struct fiber {
	void		*sp;
	void		*stack;
	size_t		size;
	void		(*run)(void *arg);
	void		*arg;
	void		*fake_stack;
};

static struct fiber fiber_main;
static struct fiber *fiber_running = &fiber_main;
/* The fiber that switched to the current one. */
static struct fiber *fiber_last;

/* Save the callee-saved registers and the stack pointer in @save; load others. */
void fiber_swap(void **save, void *sp);
asm(".text\n"
    ".type fiber_swap, @function\n"
    "fiber_swap:\n"
    "	push %rbp\n"
    "	push %rbx\n"
    "	push %r12\n"
    "	push %r13\n"
    "	push %r14\n"
    "	push %r15\n"
    "	mov %rsp, (%rdi)\n"
    "	mov %rsi, %rsp\n"
    "	pop %r15\n"
    "	pop %r14\n"
    "	pop %r13\n"
    "	pop %r12\n"
    "	pop %rbx\n"
    "	pop %rbp\n"
    "	ret\n"
    ".size fiber_swap, . - fiber_swap\n");

static void fiber_tell_leave(struct fiber *from, struct fiber *to)
{
	__sanitizer_start_switch_fiber(&from->fake_stack, to->stack, to->size);
}

static void fiber_tell_enter(struct fiber *to)
{
	const void *stack;
	size_t size;

	__sanitizer_finish_switch_fiber(to->fake_stack, &stack, &size);
	if (fiber_last == &fiber_main) {
		fiber_main.stack = (void *)stack;
		fiber_main.size = size;
	}
}

static void fiber_entry(void)
{
	struct fiber *self = fiber_running;

	fiber_tell_enter(self);
	self->run(self->arg);
	shim_fail("a fiber has ended");
}

struct fiber *fiber_new(void (*run)(void *arg), void *arg)
{
	struct fiber *fiber = calloc(1, sizeof(*fiber));
	unsigned int i;
	void **sp;

	if (fiber)
		fiber->stack = aligned_alloc(64, STACK_SIZE);
	if (!fiber || !fiber->stack)
		shim_fail("no memory for a fiber");
	fiber->size = STACK_SIZE;
	fiber->run = run;
	fiber->arg = arg;
	/* As if it had been called: no return address, then the entry point, then six registers. */
	sp = (void **)((char *)fiber->stack + STACK_SIZE);
	*--sp = NULL;
	*--sp = (void *)fiber_entry;
	for (i = 0; i < 6; i++)
		*--sp = NULL;
	fiber->sp = sp;
	return fiber;
}

struct fiber *fiber_self(void)
{
	return fiber_running;
}

void fiber_switch(struct fiber *to)
{
	struct fiber *self = fiber_running;

	fiber_last = self;
	fiber_running = to;
	fiber_tell_leave(self, to);
	fiber_swap(&self->sp, to->sp);
	fiber_tell_enter(self);
}
