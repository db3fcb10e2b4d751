// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <elfutils/libdwfl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"
#include "tracefs.h"
#include "userstack.skel.h"
#include "userstacks.h"

struct userstacks {
	struct userstack_bpf *bpf;
};

struct userstacks *userstacks_open(void)
{
	struct userstacks *userstacks;
	struct shifts shifts;
	int err = 0;

	if (!tracefs_ready(&shifts))
		return NULL;
	program_quiet();
	userstacks = calloc(1, sizeof(*userstacks));
	if (!userstacks) {
		program_complain(-ENOMEM);
		return NULL;
	}
	userstacks->bpf = userstack_bpf__open_and_load();
	if (!userstacks->bpf)
		err = -errno;
	if (!err)
		err = userstack_bpf__attach(userstacks->bpf);
	if (!err)
		return userstacks;
	program_complain(err);
	userstacks_close(userstacks);
	return NULL;
}

int userstacks_find(const struct userstacks *userstacks, pid_t tid, struct userstack *stack)
{
	return bpf_map_lookup_elem(bpf_map__fd(userstacks->bpf->maps.stacks), &tid, stack) ?
		       -ENOENT : 0;
}

uint64_t userstacks_lost(const struct userstacks *userstacks)
{
	return program_sum(bpf_map__fd(userstacks->bpf->maps.lost), 0);
}

void userstacks_close(struct userstacks *userstacks)
{
	if (!userstacks)
		return;
	userstack_bpf__destroy(userstacks->bpf);
	free(userstacks);
}

static const Dwfl_Callbacks callbacks = {
	.find_elf = dwfl_linux_proc_find_elf,
	.find_debuginfo = dwfl_standard_find_debuginfo,
};

/* The mapped files of a process; NULL if it is gone. */
static Dwfl *files_of(pid_t pid)
{
	Dwfl *dwfl = dwfl_begin(&callbacks);

	if (!dwfl)
		return NULL;
	if (!dwfl_linux_proc_report(dwfl, pid) && !dwfl_report_end(dwfl, NULL, NULL))
		return dwfl;
	dwfl_end(dwfl);
	return NULL;
}

static void name_address(Dwfl *dwfl, unsigned long long address, char name[FRAME_SIZE])
{
	Dwfl_Module *module = dwfl ? dwfl_addrmodule(dwfl, address) : NULL;
	const char *file, *function = NULL;
	GElf_Off offset = 0;
	GElf_Sym symbol;

	snprintf(name, FRAME_SIZE, "%#llx", address);
	if (!module)
		return;
	file = dwfl_module_info(module, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
	file = file && strrchr(file, '/') ? strrchr(file, '/') + 1 : file;
	function = dwfl_module_addrinfo(module, address, &offset, &symbol, NULL, NULL, NULL);
	if (function)
		snprintf(name, FRAME_SIZE, "%s+%#llx (%s)", function, (unsigned long long)offset,
			 file ? file : "?");
	else
		snprintf(name, FRAME_SIZE, "%#llx (%s)", address, file ? file : "?");
}

void userstack_names(pid_t pid, const struct userstack *stack,
		     char names[USERSTACK_FRAMES][FRAME_SIZE])
{
	Dwfl *dwfl = files_of(pid);
	unsigned long long i;

	for (i = 0; i < stack->count; i++)
		/* All but the first are return addresses, after the call. */
		name_address(dwfl, stack->addresses[i] - !!i, names[i]);
	if (dwfl)
		dwfl_end(dwfl);
}
