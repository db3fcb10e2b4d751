// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "histogram.h"

#define BAR_WIDTH	40

static const struct {
	const char *title;
	const char *name;
} kinds[LATENCY_KINDS] = {
	[LATENCY_PARK_RECV] = { "parked to receive", "parked_recv" },
	[LATENCY_PARK_SEND] = { "parked to send", "parked_send" },
	[LATENCY_ELEMENT] = { "elements from send to receive", "element" },
};

int histograms_add(struct histograms *histograms, const struct latency_key *key,
		   const struct latency *latency)
{
	struct histogram *items;

	if (!latency->count)
		return 0;
	items = reallocarray(histograms->items, histograms->count + 1, sizeof(*items));
	if (!items)
		return -ENOMEM;
	histograms->items = items;
	items[histograms->count++] = (struct histogram){ *key, *latency };
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct latency_key *first = &((const struct histogram *)a)->key;
	const struct latency_key *second = &((const struct histogram *)b)->key;

	if (first->id != second->id)
		return first->id < second->id ? -1 : 1;
	return (int)first->kind - (int)second->kind;
}

static void sort(struct histograms *histograms)
{
	if (histograms->count)
		qsort(histograms->items, histograms->count, sizeof(*histograms->items), compare);
}

/* Inclusive bounds of a slot, in nanoseconds. */
static uint64_t slot_from(int slot)
{
	return slot ? 1ULL << slot : 0;
}

static uint64_t slot_to(int slot)
{
	return (2ULL << slot) - 1;
}

static void print_bar(uint64_t value, uint64_t most)
{
	const int width = value * BAR_WIDTH / most;
	int i;

	for (i = 0; i < width; i++)
		putchar('*');
}

static void print_slots(const struct latency *latency)
{
	int first = 0, last = LATENCY_SLOTS - 1, i;
	uint64_t most = 1;

	while (first < last && !latency->slots[first])
		first++;
	while (first < last && !latency->slots[last])
		last--;
	for (i = first; i <= last; i++) {
		if (latency->slots[i] > most)
			most = latency->slots[i];
	}
	printf("%28s : %-8s distribution\n", "nanoseconds", "count");
	for (i = first; i <= last; i++) {
		printf("%12" PRIu64 " -> %12" PRIu64 " : %-8llu |", slot_from(i), slot_to(i),
		       latency->slots[i]);
		print_bar(latency->slots[i], most);
		putchar('\n');
	}
}

int histograms_print(struct histograms *histograms)
{
	const struct histogram *h;
	size_t i;

	sort(histograms);
	for (i = 0; i < histograms->count; i++) {
		h = &histograms->items[i];
		if (h->key.id)
			printf("\nchannel %llu, ", h->key.id);
		else
			printf("\nselects without a channel operation, ");
		printf("%s: %llu, mean %llu ns, longest %llu ns\n", kinds[h->key.kind].title,
		       h->latency.count, h->latency.sum / h->latency.count, h->latency.most);
		print_slots(&h->latency);
	}
	printf("\n%" PRIu64 " lost, %" PRIu64 " elements skipped\n", histograms->lost,
	       histograms->skipped);
	return 0;
}

static json_t *json_of(const struct histogram *h)
{
	json_t *slots = json_array(), *object;
	int i;

	for (i = 0; i < LATENCY_SLOTS; i++) {
		if (h->latency.slots[i])
			json_array_append_new(slots, json_pack("{s:I, s:I, s:I}",
				"from", (json_int_t)slot_from(i), "to", (json_int_t)slot_to(i),
				"count", (json_int_t)h->latency.slots[i]));
	}
	object = json_pack("{s:I, s:s, s:I, s:I, s:I, s:o}",
			   "channel", (json_int_t)h->key.id, "what", kinds[h->key.kind].name,
			   "count", (json_int_t)h->latency.count,
			   "sum", (json_int_t)h->latency.sum,
			   "longest", (json_int_t)h->latency.most, "slots", slots);
	return object;
}

int histograms_print_json(struct histograms *histograms)
{
	json_t *all = json_array(), *root;
	size_t i;
	int err;

	sort(histograms);
	for (i = 0; i < histograms->count; i++)
		json_array_append_new(all, json_of(&histograms->items[i]));
	root = json_pack("{s:o, s:I, s:I}", "histograms", all, "lost",
			 (json_int_t)histograms->lost, "skipped", (json_int_t)histograms->skipped);
	if (!root)
		return -ENOMEM;
	err = json_dumpf(root, stdout, JSON_COMPACT);
	json_decref(root);
	putchar('\n');
	return err ? -EIO : 0;
}

void histograms_free(struct histograms *histograms)
{
	free(histograms->items);
}
