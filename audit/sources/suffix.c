/* SPDX-License-Identifier: ISC */
/*
 * suffix.c - libpsl is asked with A-labels in lower case, which is how names
 * are kept here, so none of its locale-dependent normalisation is needed.
 */
#include "audit/sources/suffix.h"
#include <stdlib.h>
#include <string.h>
#include <libpsl.h>
#include "checks/core/arena.h"

#define MAX_SUFFIX_KEPT 64 /* bytes of a suffix whose flags are kept; longer ones are rare */

struct suffix {
	struct source source; /* first */
	const psl_ctx_t *psl;
	/* Of the suffix met last: a fleet has few. */
	char last[MAX_SUFFIX_KEPT];
	bool is_listed, is_private;
};

/* A suffix of the list holds no escaped dot. */
static size_t
count_labels(const char *text)
{
	size_t n = 1;

	for (const char *p = text; *p != '\0'; p++)
		n += *p == '.';
	return n;
}

/* Where SUFFIX stands in the list, into SX. */
static void
look_at(struct suffix *sx, const char *suffix)
{
	size_t n = strlen(suffix);

	if (sx->last[0] != '\0' && strcmp(suffix, sx->last) == 0)
		return;
	sx->is_listed =
	    psl_is_public_suffix2(sx->psl, suffix, PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE) != 0;
	sx->is_private = sx->is_listed && psl_is_public_suffix2(sx->psl, suffix,
					      PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE) == 0;
	sx->last[0] = '\0';
	if (n < sizeof(sx->last))
		memcpy(sx->last, suffix, n + 1);
}

static void
look_up(struct suffix *sx, const struct name *name, struct suffix_facts *out)
{
	char room[MAX_NAME_TEXT + 1];
	struct buf b = { .p = room, .room = sizeof(room), .max = sizeof(room) };
	const char *text = room, *suffix;
	size_t labels = name_labels(name), n;

	name_print(&b, name);
	buf_addc(&b, '\0');
	suffix = psl_unregistrable_domain(sx->psl, text); /* a part of TEXT */
	out->is_suffix = suffix == NULL || suffix == text;
	look_at(sx, suffix != NULL ? suffix : text);
	out->is_listed = sx->is_listed;
	out->is_private = sx->is_private;
	out->registrable.n = 0;
	if (out->is_suffix) {
		name_copy(&out->suffix, name);
		return;
	}
	/* labels are counted, not read back: one may hold a dot (RFC 2181 11) */
	n = count_labels(suffix);
	if (n >= labels)
		n = labels - 1;
	out->suffix = name_parent(name, labels - n);
	out->registrable = name_parent(name, labels - n - 1);
}

static enum source_reply
suffix_ask(struct source *s, struct ticket *t, struct answer **out)
{
	struct suffix_facts facts = { .is_suffix = false };
	struct answer_draft d;

	if (t->q.kind != ASK_SUFFIX)
		return SOURCE_NOT_MINE;
	look_up((struct suffix *)s, &t->q.name, &facts);
	draft_init(&d, NULL, &t->q, ANSWER_FOUND);
	d.a.suffix = &facts;
	d.a.from.source = STR("suffix");
	*out = answer_finish(&d);
	return SOURCE_ANSWERED;
}

static void
suffix_free(struct source *s)
{
	free(s);
}

struct source *
suffix_new(void)
{
	static const struct source_ops ops = {
		.name = "suffix",
		.ask = suffix_ask,
		.free = suffix_free,
	};
	struct suffix *sx;
	const psl_ctx_t *psl = psl_builtin();

	if (psl == NULL)
		return NULL;
	sx = xcalloc(1, sizeof(*sx));
	sx->source.ops = &ops;
	sx->psl = psl;
	return &sx->source;
}

void
suffix_registrable(const struct name *name, struct name *out)
{
	struct suffix sx = { .psl = psl_builtin() };
	struct suffix_facts facts = { .is_suffix = true };

	if (sx.psl != NULL)
		look_up(&sx, name, &facts);
	*out = facts.registrable.n > 0 ? facts.registrable : *name;
}
