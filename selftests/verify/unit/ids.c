// SPDX-License-Identifier: GPL-2.0-only
/* Channel IDs: unique, never 0, and not consecutive. */
#define chan_id_new	id_new
#include "id.c"
#undef chan_id_new

#include "unit.h"

#define IDS	100000
#define ID_MAX	((1ULL << 53) - 1)

/* The count that becomes @id. */
static u64 decrypt(u64 id)
{
	u32 low = id & GENMASK(CHAN_ID_LOW - 1, 0), high = id >> CHAN_ID_LOW, round;

	for (round = 4; round; round -= 2) {
		low ^= chan_id_hash(round - 1, high) & GENMASK(CHAN_ID_LOW - 1, 0);
		high ^= chan_id_hash(round - 2, low) & GENMASK(CHAN_ID_HIGH - 1, 0);
	}
	return (u64)high << CHAN_ID_LOW | low;
}

static int compare(const void *a, const void *b)
{
	const u64 *first = a, *second = b;

	return (*first > *second) - (*first < *second);
}

static void ids_differ_and_doubles_represent_them(void **state)
{
	u64 *ids = calloc(IDS, sizeof(*ids));
	unsigned int i;

	(void)state;
	assert_non_null(ids);
	for (i = 0; i < IDS; i++)
		ids[i] = id_new();
	qsort(ids, IDS, sizeof(*ids), compare);
	assert_in_range(ids[0], 1, ID_MAX);
	for (i = 1; i < IDS; i++)
		assert_in_range(ids[i], ids[i - 1] + 1, ID_MAX);
	free(ids);
}

static void no_id_is_0(void **state)
{
	(void)state;
	id_new();
	chan_id_last = decrypt(0) - 1;
	assert_int_equal(id_new(), chan_id_encrypt(0));
	assert_int_not_equal(chan_id_encrypt(0), 0);
}

static void every_number_is_that_of_one_count(void **state)
{
	static const u64 numbers[] = { 0, 1, ID_MAX, ID_MAX - 1, 1ULL << 52, 1ULL << 27, 1ULL << 26 };
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(numbers); i++) {
		assert_int_equal(chan_id_encrypt(decrypt(numbers[i])), numbers[i]);
		assert_in_range(decrypt(numbers[i]), 0, ID_MAX);
	}
}

/* Half of the IDs are higher than their predecessor, and none is close to it. */
static void id_tells_nothing_of_the_next(void **state)
{
	unsigned int i, higher = 0, near = 0;
	u64 last = id_new(), id;

	(void)state;
	for (i = 0; i < 10000; i++) {
		id = id_new();
		higher += id > last;
		near += id - last + (1ULL << 32) < 1ULL << 33;
		last = id;
	}
	assert_in_range(higher, 4700, 5300);
	assert_in_range(near, 0, 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(ids_differ_and_doubles_represent_them),
		UNIT_TEST(no_id_is_0),
		UNIT_TEST(every_number_is_that_of_one_count),
		UNIT_TEST(id_tells_nothing_of_the_next),
	};

	return UNIT_RUN(tests);
}
