// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "program.h"

static int print_nothing(enum libbpf_print_level level __attribute__((unused)),
			 const char *format __attribute__((unused)),
			 va_list args __attribute__((unused)))
{
	return 0;
}

void program_quiet(void)
{
	libbpf_set_print(print_nothing);
}

void program_complain(int err)
{
	switch (-err) {
	case EPERM:
	case EACCES:
		warnx("BPF is not permitted: it needs root, and a kernel that is not locked down");
		break;
	case ENOSYS:
		warnx("the kernel lacks BPF: it needs CONFIG_BPF_SYSCALL and CONFIG_BPF_EVENTS");
		break;
	default:
		warnx("cannot load the BPF program: %s", strerror(-err));
	}
}

static int add(int map, const void *key)
{
	const char here = 1;

	return bpf_map_update_elem(map, key, &here, BPF_ANY) ? -errno : 0;
}

int program_ask_for(int map, const uint64_t *values, size_t count)
{
	int err = 0;
	size_t i;

	for (i = 0; !err && i < count; i++)
		err = add(map, &values[i]);
	return err;
}

int program_ask_for_ints(int map, const uint64_t *values, size_t count)
{
	int err = 0, value;
	size_t i;

	for (i = 0; !err && i < count; i++) {
		value = values[i];
		err = add(map, &value);
	}
	return err;
}

uint64_t program_sum(int map, unsigned int index)
{
	const int cpus = libbpf_num_possible_cpus();
	uint64_t sum = 0, *values;
	int i;

	if (cpus < 0)
		return 0;
	values = calloc(cpus, sizeof(*values));
	if (values && !bpf_map_lookup_elem(map, &index, values)) {
		for (i = 0; i < cpus; i++)
			sum += values[i];
	}
	free(values);
	return sum;
}

uint64_t program_now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000ULL + time.tv_nsec;
}
