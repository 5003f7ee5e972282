/* SPDX-License-Identifier: ISC */
/*
 * bench_json.c - the bare library on the lines of a jsonl file, one after the
 * other: what `mailvet report` is held against, which reads them twice.
 *
 * bench_json FILE prints how many lines are JSON and how many milliseconds it
 * took to read them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <time.h>

#include <jansson.h>

static double
now_ms(void)
{
	struct timespec ts = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1000 + (double)ts.tv_nsec / 1e6;
}

int
main(int argc, char **argv)
{
	FILE *f = argc == 2 ? fopen(argv[1], "r") : NULL;
	double start = now_ms();
	char *line = NULL;
	size_t room = 0, lines = 0;
	ssize_t n;

	if (f == NULL) {
		fprintf(stderr, "usage: bench_json FILE\n");
		return 2;
	}
	while ((n = getline(&line, &room, f)) > 0) {
		json_t *o = json_loadb(line, (size_t)n, JSON_REJECT_DUPLICATES, NULL);

		lines += o != NULL;
		json_decref(o);
	}
	printf("%zu %.1f\n", lines, now_ms() - start);
	free(line);
	(void)fclose(f);
	return 0;
}
