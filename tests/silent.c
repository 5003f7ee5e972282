/* SPDX-License-Identifier: ISC */
/*
 * silent.c - see silent.h.
 */
#include "tests/silent.h"
#include <stdlib.h>
#include "checks/core/arena.h"

struct silent {
	struct source source; /* first */
	struct name apex;
	size_t n; /* under way */
};

static enum source_reply
silent_ask(struct source *src, struct ticket *t, struct answer **out)
{
	struct silent *s = (struct silent *)src;

	(void)out;
	if (t->q.name.n == 0 || !name_is_below(&t->q.name, &s->apex))
		return SOURCE_NOT_MINE;
	s->n++;
	t->source_data = s;
	return SOURCE_LATER;
}

static void
silent_cancel(struct source *src, struct ticket *t)
{
	struct silent *s = (struct silent *)src;

	if (t->source_data != s || s->n == 0)
		abort(); /* was never asked */
	s->n--;
	t->source_data = NULL;
}

static void
silent_free(struct source *src)
{
	struct silent *s = (struct silent *)src;

	if (s->source.ops->cancel != NULL && s->n != 0)
		abort(); /* something was not taken back */
	free(s);
}

struct source *
silent_new(const char *apex, bool cancels)
{
	static const struct source_ops ops = {
		.name = "silent", .ask = silent_ask, .cancel = silent_cancel, .free = silent_free
	};
	static const struct source_ops mute = {
		.name = "silent", .ask = silent_ask, .free = silent_free
	};
	struct silent *s = xcalloc(1, sizeof(*s));

	s->source.ops = cancels ? &ops : &mute;
	if (name_parse(str_of(apex), &s->apex) != NAME_OK)
		abort();
	return &s->source;
}

static enum source_reply
empty_ask(struct source *src, struct ticket *t, struct answer **out)
{
	struct answer_draft d;

	(void)src;
	if (t->q.kind != ASK_DNS)
		return SOURCE_NOT_MINE;
	draft_init(&d, NULL, &t->q, ANSWER_NODATA);
	*out = answer_finish(&d);
	return SOURCE_ANSWERED;
}

static bool
empty_owns(struct source *src, const struct name *name)
{
	(void)src;
	(void)name;
	return true;
}

static void
empty_free(struct source *src)
{
	free(src);
}

struct source *
empty_new(void)
{
	static const struct source_ops ops = {
		.name = "empty", .ask = empty_ask, .owns = empty_owns, .free = empty_free
	};
	struct source *s = xcalloc(1, sizeof(*s));

	s->ops = &ops;
	return s;
}
