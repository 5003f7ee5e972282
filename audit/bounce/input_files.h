/* SPDX-License-Identifier: ISC */
/*
 * input_files.h - which files the user's paths mean, and in which order they
 * are read.
 */
#ifndef AUDIT_BOUNCE_INPUT_FILES_H
#define AUDIT_BOUNCE_INPUT_FILES_H
#include "audit/bounce/input.h"

struct input_file {
	char *path;
	bool named; /* by the user */
	bool twice; /* another has the same bytes, or is the same */
	bool has_first;
	time_t first; /* stamp in it */
	size_t order; /* as found */
};

struct input_files {
	struct input_file *list;
	size_t n, room;
	const struct input_hooks *hooks;
	struct input_counts *counts;
	bool failed; /* one that the user named */
	bool full;
};

/* Find what PATH means; directories are gone through in the order of names, links left. */
void input_files_add(struct input_files *f, const char *path);

/* Tell of FILE; the trouble is counted where it means that it was not read. */
void input_files_tell(
    struct input_files *f, const struct input_file *file, enum input_trouble t, const char *why);

/* Mark those that are there twice, and tell of them; the first of equals stays. */
void input_files_mark_twice(struct input_files *f);

/* By first stamps; those without come last, in the order found. */
void input_files_sort(struct input_files *f);

/* Give back what F holds. */
void input_files_free(struct input_files *f);

#endif
