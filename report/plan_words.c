/* SPDX-License-Identifier: ISC */
/*
 * plan_words.c - what every form of a plan says in the same words.
 */
#include "report/plan.h"

void
grouped_add(struct buf *b, uint64_t n)
{
	if (n >= 1000) {
		grouped_add(b, n / 1000);
		buf_addc(b, ',');
		n %= 1000;
		buf_addc(b, (char)('0' + n / 100));
		buf_addc(b, (char)('0' + n / 10 % 10));
		buf_addc(b, (char)('0' + n % 10));
	} else {
		buf_addu(b, n);
	}
}

const char *
plan_state_name(enum plan_state s)
{
	static const char *const names[] = { "proposed", "asked", "elsewhere", "failed" };

	return names[s];
}

static void
comma(struct buf *b, bool *some)
{
	if (*some)
		buf_adds(b, ", ");
	*some = true;
}

/* What of S in the world SIDE is known or differs: "fail, 12 lookups". */
static void
side_words(struct buf *b, const struct plan_stream *s, int side)
{
	bool some = false;
	bool dkim = strcmp(s->dkim[0], s->dkim[1]) != 0;
	bool dmarc = strcmp(s->dmarc[0], s->dmarc[1]) != 0;

	if (s->spf[side][0] != '\0') {
		comma(b, &some);
		buf_adds(b, dkim || dmarc ? "SPF " : "");
		buf_adds(b, s->spf[side]);
	}
	if (s->has_lookups[side] != 0) {
		comma(b, &some);
		buf_addu(b, s->lookups[side]);
		buf_adds(b, s->lookups[side] == 1 ? " lookup" : " lookups");
	}
	if (dkim) {
		comma(b, &some);
		buf_adds(b, "DKIM ");
		buf_adds(b, s->dkim[side][0] != '\0' ? s->dkim[side] : "not known");
	}
	if (dmarc) {
		comma(b, &some);
		buf_adds(b, "DMARC ");
		buf_adds(b, s->dmarc[side][0] != '\0' ? s->dmarc[side] : "not known");
	}
	if (!some)
		buf_adds(b, "not known");
}

/* The stream that tells most: the first in which a result differs, else a count; NULL = none. */
static const struct plan_stream *
telling(const struct plan_proof *p)
{
	const struct plan_stream *counted = NULL;

	for (size_t i = 0; i < p->n_streams; i++) {
		const struct plan_stream *s = &p->streams[i];

		if (strcmp(s->spf[0], s->spf[1]) != 0 || strcmp(s->dkim[0], s->dkim[1]) != 0 ||
		    strcmp(s->dmarc[0], s->dmarc[1]) != 0)
			return s;
		if (counted == NULL && s->lookups[0] != s->lookups[1])
			counted = s;
	}
	return counted;
}

/* The slugs of the N findings at LIST, each once, behind LABEL. */
static void
slugs_add(struct buf *b, const char *label, const struct plan_finding *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		while (k < i && strcmp(list[k].slug, list[i].slug) != 0)
			k++;
		if (k < i)
			continue;
		buf_adds(b, i == 0 ? label : ", ");
		buf_adds(b, list[i].slug);
	}
}

void
proof_words(struct buf *b, const struct plan_proof *p)
{
	const struct plan_stream *s = telling(p);

	if (s != NULL) {
		buf_adds(b, "before: ");
		side_words(b, s, 0);
		buf_adds(b, "; after: ");
		side_words(b, s, 1);
		buf_adds(b, "; ");
	}
	slugs_add(b, "cures ", p->cured, p->n_cured);
	buf_adds(b, p->n_cured > 0 ? "; " : "");
	if (p->n_brought == 0)
		buf_adds(b, "nothing new");
	slugs_add(b, "new: ", p->brought, p->n_brought);
}
