/* SPDX-License-Identifier: ISC */
/*
 * bench_bare.c - the reference of `make bench`: the questions of a recording,
 * sent by our own resolver with nothing around it, no cache, no checks.
 *
 * usage: bench_bare RECORDING ADDR@PORT; prints "questions failed milliseconds".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "audit/error.h"
#include "audit/sources/resolver.h"
#include "checks/core/arena.h"

#define MAX_LINE (1 << 20)
#define IN_FLIGHT 4000 /* tickets; the resolver has its own window below this */

struct bare {
	struct source *resolver;
	struct ticket *tickets;
	size_t n, cap, next, done, failed;
};

/* The text of member KEY, `"key":"`, in LINE; names in a recording hold no escapes here. */
static bool
member(const char *line, const char *key, struct str *out)
{
	const char *at = strstr(line, key), *end;

	if (at == NULL)
		return false;
	at += strlen(key);
	if ((end = strchr(at, '"')) == NULL)
		return false;
	*out = (struct str){ at, (size_t)(end - at) };
	return true;
}

static void on_done(struct ticket *t, struct answer *a);

static void
read_questions(struct bare *b, FILE *f)
{
	char *line = xmalloc(MAX_LINE);
	struct str name, type;

	while (fgets(line, MAX_LINE, f) != NULL) {
		struct ticket t = { .done = on_done };

		if (strstr(line, "\"kind\":\"dns\"") == NULL ||
		    !member(line, "\"name\":\"", &name) || !member(line, "\"type\":\"", &type) ||
		    name_parse(name, &t.q.name) != NAME_OK)
			continue;
		t.q.kind = ASK_DNS;
		t.q.type = type_parse(type);
		if (b->n == b->cap) {
			b->cap = b->cap == 0 ? 1024 : 2 * b->cap;
			b->tickets = xrealloc(b->tickets, b->cap * sizeof(*b->tickets));
		}
		b->tickets[b->n++] = t;
	}
	free(line);
}

static void
ask_more(struct bare *b)
{
	while (b->next < b->n && b->next - b->done < IN_FLIGHT) {
		struct ticket *t = &b->tickets[b->next++];
		struct answer *a = NULL;

		if (b->resolver->ops->ask(b->resolver, t, &a) == SOURCE_ANSWERED)
			on_done(t, a);
	}
}

static struct bare bare;

static void
on_done(struct ticket *t, struct answer *a)
{
	(void)t;
	bare.done++;
	bare.failed += a->status == ANSWER_FAILED;
	answer_unref(a);
}

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
	struct resolver_options o = { .n_servers = 1 };
	struct loop *loop = loop_new();
	double start;
	FILE *f;

	if (argc != 3 || !resolver_parse_server(str_of(argv[2]), &o.servers[0]) || loop == NULL ||
	    (f = fopen(argv[1], "r")) == NULL) {
		fprintf(stderr, "usage: bench_bare RECORDING ADDR@PORT\n");
		return 2;
	}
	read_questions(&bare, f);
	(void)fclose(f);
	bare.resolver = resolver_new(loop, &o);
	start = now_ms();
	for (ask_more(&bare); bare.done < bare.n; ask_more(&bare))
		if (loop_once(loop, -1) != AUDIT_OK)
			return 1;
	printf("%zu %zu %.1f\n", bare.n, bare.failed, now_ms() - start);
	bare.resolver->ops->free(bare.resolver);
	loop_free(loop);
	free(bare.tickets);
	return 0;
}
