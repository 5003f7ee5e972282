/* SPDX-License-Identifier: ISC */
/*
 * replay.c - run a fuzz target over files, under any compiler.
 *
 * Usage: replay_NAME FILE|DIRECTORY...  Each file, and each regular file right
 * inside a directory (names that begin with a dot passed over), is one input.
 * Fails when one cannot be read or there was none at all; a broken invariant
 * aborts, and the input that broke it is the last one named on stderr.
 */
#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define MAX_INPUT (1 << 20) /* of one file; corpora keep their inputs small */
#define MAX_PATH 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t n_inputs;
static bool failed;

static void
complain(const char *path, const char *why)
{
	fprintf(stderr, "%s: %s\n", path, why);
	failed = true;
}

/* Hand over the SIZE bytes at DATA in memory of just that size, for a sanitizer to guard. */
static void
run_input(const uint8_t *data, size_t size)
{
	uint8_t *exact = malloc(size == 0 ? 1 : size);

	if (exact == NULL)
		abort();
	for (size_t i = 0; i < size; i++)
		exact[i] = data[i];
	LLVMFuzzerTestOneInput(exact, size);
	free(exact);
	n_inputs++;
}

static void
run_file(const char *path)
{
	static uint8_t data[MAX_INPUT + 1];
	FILE *f = fopen(path, "rb");
	size_t n;

	if (f == NULL) {
		complain(path, "cannot be opened");
		return;
	}
	n = fread(data, 1, sizeof(data), f);
	if (ferror(f))
		complain(path, "cannot be read");
	else if (n > MAX_INPUT)
		complain(path, "is larger than one input may be");
	else {
		fprintf(stderr, "%s\n", path);
		run_input(data, n);
	}
	fclose(f);
}

static void
run_directory(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *e;

	if (dir == NULL) {
		complain(path, "cannot be opened");
		return;
	}
	while ((e = readdir(dir)) != NULL) {
		char file[MAX_PATH];
		struct stat st;
		int n = snprintf(file, sizeof(file), "%s/%s", path, e->d_name);

		if (e->d_name[0] == '.')
			continue;
		if (n < 0 || (size_t)n >= sizeof(file) || stat(file, &st) != 0)
			complain(path, "holds a file that cannot be reached");
		else if (S_ISREG(st.st_mode))
			run_file(file);
	}
	closedir(dir);
}

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		struct stat st;

		if (stat(argv[i], &st) != 0)
			complain(argv[i], "does not exist");
		else if (S_ISDIR(st.st_mode))
			run_directory(argv[i]);
		else
			run_file(argv[i]);
	}
	printf("%zu inputs\n", n_inputs);
	if (n_inputs == 0)
		fprintf(stderr, "%s: no input\n", argv[0]);
	return failed || n_inputs == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
