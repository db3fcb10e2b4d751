// SPDX-License-Identifier: GPL-2.0-only
/* The fates of elements. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "values.h"

#define VALUE_MARK	0xc4a0f0220000ULL
/* How many bytes of an element are checked, at its beginning and at its end. */
#define PART		512

static uint64_t value_of(unsigned int call, unsigned int element)
{
	return VALUE_MARK << 16 | call << 8 | element;
}

/* Returns false if it is not one of these values. */
static bool value_split(uint64_t value, unsigned int *call, unsigned int *element)
{
	*call = value >> 8 & 0xff;
	*element = value & 0xff;
	return value >> 16 == VALUE_MARK && *call < FUZZ_CALLS_MAX && *element < FUZZ_ELEMS_MAX;
}

/* The expected byte at this offset of an element. */
static uint8_t byte_at(uint64_t value, size_t place)
{
	return place < sizeof(value) ? value >> 8 * place : value * 31 + place * 7;
}

static size_t next_place(size_t place, size_t size)
{
	place++;
	return place == PART && size > 2 * PART ? size - PART : place;
}

static void fill(uint8_t *bytes, size_t size, uint64_t value)
{
	size_t place;

	for (place = 0; place < size; place = next_place(place, size))
		bytes[place] = byte_at(value, place);
}

static bool is_filled(const uint8_t *bytes, size_t size, uint64_t value)
{
	size_t place;

	for (place = 0; place < size; place = next_place(place, size)) {
		if (bytes[place] != byte_at(value, place))
			return false;
	}
	return true;
}

void fuzz_element_fill(void *memory, size_t size, unsigned int call, unsigned int element)
{
	fill(memory, size, value_of(call, element));
}

void fuzz_values_offer(struct fuzz_values *values, unsigned int call, unsigned int first,
		       unsigned int count, uint64_t channel)
{
	unsigned int i;

	for (i = first; i < first + count; i++) {
		values->fates[call][i] = FUZZ_FATE_OFFERED;
		values->channels[call][i] = channel;
	}
}

void fuzz_values_settle(struct fuzz_values *values, unsigned int call, unsigned int first,
			unsigned int count, unsigned int sent)
{
	unsigned int i;

	for (i = first; i < first + count; i++)
		values->fates[call][i] = i < first + sent ? FUZZ_FATE_SENT : FUZZ_FATE_REFUSED;
}

void fuzz_values_receive(struct fuzz_values *values, const void *memory, size_t size)
{
	unsigned int call, element;
	uint64_t value;

	if (size < sizeof(value))
		return;
	memcpy(&value, memory, sizeof(value));
	if (!value_split(value, &call, &element)) {
		__atomic_store_n(&values->invented, value ? value : ~0ULL, __ATOMIC_RELAXED);
		return;
	}
	__atomic_add_fetch(&values->received[call][element], 1, __ATOMIC_RELAXED);
	if (!is_filled(memory, size, value))
		__atomic_store_n(&values->torn, value, __ATOMIC_RELAXED);
}

static bool contains(const uint64_t *channels, unsigned int count, uint64_t channel)
{
	while (count--) {
		if (channels[count] == channel)
			return true;
	}
	return false;
}

/* The error of this element; NULL if there is none. */
static const char *element_wrong(const struct fuzz_values *values, unsigned int call,
				 unsigned int element, bool empty)
{
	unsigned int received = values->received[call][element];

	switch (values->fates[call][element]) {
	case FUZZ_FATE_NONE:
		if (received && !values->unknown)
			return "received, and never sent";
		break;
	case FUZZ_FATE_REFUSED:
		if (received)
			return "received, and its send failed";
		break;
	case FUZZ_FATE_SENT:
		if (!received && empty && !values->unsure && !values->killed)
			return "lost";
		break;
	}
	return received > 1 ? "received more than once" : NULL;
}

bool fuzz_values_judge(const struct fuzz_values *values, const uint64_t *drained,
		       unsigned int channels, char *reason, size_t room)
{
	unsigned int call, element;
	const char *wrong;
	bool empty;

	if (values->torn) {
		snprintf(reason, room, "element 0x%" PRIx64 " has bytes of another", values->torn);
		return false;
	}
	if (values->invented && !values->unknown) {
		snprintf(reason, room, "element 0x%" PRIx64 " was received, and never sent",
			 values->invented);
		return false;
	}
	for (call = 0; call < FUZZ_CALLS_MAX; call++) {
		for (element = 0; element < FUZZ_ELEMS_MAX; element++) {
			empty = contains(drained, channels, values->channels[call][element]);
			wrong = element_wrong(values, call, element, empty);
			if (!wrong)
				continue;
			snprintf(reason, room, "element %u of call %u is %s", element, call, wrong);
			return false;
		}
	}
	return true;
}
