// SPDX-License-Identifier: GPL-2.0-only
/* The corpus: programs worth keeping, in memory and in files. */
#include <dirent.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "corpus.h"

/* Size of a file; comments count. */
#define FILE_MAX	(2 * FUZZ_TEXT_MAX)
#define LICENSE		"# SPDX-License-Identifier: GPL-2.0-only\n"

void fuzz_corpus_add(struct fuzz_corpus *corpus, const char *name,
		     const struct fuzz_program *program, struct fuzz_features *features)
{
	struct fuzz_entry *entry;

	corpus->entries = realloc(corpus->entries, (corpus->count + 1) * sizeof(*corpus->entries));
	if (!corpus->entries)
		err(2, "realloc");
	entry = &corpus->entries[corpus->count++];
	memset(entry, 0, sizeof(*entry));
	entry->program = *program;
	snprintf(entry->name, sizeof(entry->name), "%s", name);
	entry->features = features;
}

static int is_text(const struct dirent *entry)
{
	const char *end = strrchr(entry->d_name, '.');

	return end && !strcmp(end, ".txt");
}

void fuzz_program_load(struct fuzz_program *program, const char *path)
{
	char text[FILE_MAX + 1];
	unsigned int line;
	FILE *file = fopen(path, "re");

	if (!file)
		err(2, "%s", path);
	text[fread(text, 1, FILE_MAX, file)] = '\0';
	fclose(file);
	line = fuzz_program_parse(program, text);
	if (line)
		errx(2, "%s: line %u is not understood", path, line);
}

static void load(struct fuzz_corpus *corpus, const char *directory, const char *name)
{
	struct fuzz_program program;
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	fuzz_program_load(&program, path);
	fuzz_corpus_add(corpus, name, &program, NULL);
}

void fuzz_corpus_load(struct fuzz_corpus *corpus, const char *directory)
{
	struct dirent **entries;
	int i, count = scandir(directory, &entries, is_text, alphasort);

	if (count < 0)
		err(2, "%s", directory);
	for (i = 0; i < count; i++) {
		load(corpus, directory, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
}

void fuzz_program_save(const struct fuzz_program *program, const char *path, const char *comment)
{
	char text[FUZZ_TEXT_MAX + 1];
	FILE *file = fopen(path, "we");

	fuzz_program_print(program, text);
	if (!file || fprintf(file, LICENSE "%s%s", comment, text) < 0 || fclose(file))
		err(2, "%s", path);
}

/* The name of a new program depends only on its text. */
static void entry_path(const struct fuzz_entry *entry, const char *directory, char *path,
		       size_t room)
{
	const unsigned char *bytes = (const unsigned char *)&entry->program;
	uint32_t hash = 2166136261;
	size_t i;

	if (*entry->name) {
		snprintf(path, room, "%s/%s", directory, entry->name);
		return;
	}
	for (i = 0; i < sizeof(entry->program); i++)
		hash = (hash ^ bytes[i]) * 16777619;
	snprintf(path, room, "%s/%08x.txt", directory, hash);
}

/* The entry that adds most for its size: it is worth more calls. NULL if none adds anything. */
static const struct fuzz_entry *best(const struct fuzz_corpus *corpus, const struct fuzz_map *map)
{
	const struct fuzz_entry *found = NULL;
	unsigned int i, lacks;
	double worth, most = 0;

	for (i = 0; i < corpus->count; i++) {
		const struct fuzz_entry *entry = &corpus->entries[i];

		if (!entry->features || !entry->program.count)
			continue;
		lacks = fuzz_map_lacks(map, entry->features);
		worth = (double)lacks / (entry->program.count + 4);
		if (worth > most) {
			most = worth;
			found = entry;
		}
	}
	return found;
}

unsigned int fuzz_corpus_save(const struct fuzz_corpus *corpus, const char *directory)
{
	struct fuzz_map *map = calloc(1, sizeof(*map));
	const struct fuzz_entry *entry;
	unsigned int saved = 0;
	char path[4096];

	if (!map)
		err(2, "calloc");
	while ((entry = best(corpus, map))) {
		entry_path(entry, directory, path, sizeof(path));
		fuzz_program_save(&entry->program, path, "");
		fuzz_map_add(map, entry->features);
		saved++;
	}
	free(map);
	return saved;
}
