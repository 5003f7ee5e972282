/* SPDX-License-Identifier: ISC */
/*
 * refusal.c - the check of one refusal: which demand, and how its steps are kept.
 */
#include "checks/refusal.h"
#include "checks/refusal_steps.h"

struct buf *
step_begin(struct reasoning *x)
{
	buf_reset(&x->au->findings->scratch);
	return &x->au->findings->scratch;
}

struct refusal_step *
step_end(struct reasoning *x, const struct name *name, uint16_t type)
{
	struct refusal_step *s;
	struct str words = buf_str(&x->au->findings->scratch);

	for (size_t i = 0; i < x->f->n_steps; i++)
		if (str_eq(x->f->steps[i].words, words))
			return &x->f->steps[i]; /* asked twice, told once */
	if (x->f->n_steps < MAX_REFUSAL_STEPS)
		s = &x->f->steps[x->f->n_steps++];
	else /* beyond the bound: not told */
		s = arena_alloc(x->au->arena, sizeof(*s));
	*s = (struct refusal_step){ .words = arena_str(x->au->arena, words) };
	if (name != NULL)
		s->q = question_dns(name, type);
	return s;
}

void
step_shows(struct reasoning *x, struct refusal_step *s, struct str text)
{
	struct buf *b = step_begin(x);

	buf_add_escaped(b, str_sub(text, 0, MAX_REFUSAL_TEXT));
	if (text.n > MAX_REFUSAL_TEXT)
		buf_adds(b, "...");
	s->shows = arena_str(x->au->arena, buf_str(b));
}

bool
step_readable(struct reasoning *x, const struct answer *a)
{
	if (is_pending(a)) {
		x->pending = true;
		return false;
	}
	if (a->status == ANSWER_FAILED) {
		if (x->f->failed == NULL)
			x->f->failed = a;
		return false;
	}
	x->f->ttl_s = a->ttl_s;
	return true;
}

void
step_causes(struct reasoning *x, const enum rule_id *list, size_t n)
{
	for (size_t i = 0; i < n && x->f->n_causes < MAX_REFUSAL_CAUSES; i++)
		x->f->causes[x->f->n_causes++] = list[i];
}

void
step_finds(struct reasoning *x, enum refusal_finds v)
{
	x->f->finds = v;
}

/* clang-format off */
static const struct {
	void (*judge)(struct reasoning *x);
	const char *text;
} demands[DEMAND_COUNT] = {
	[DEMAND_NONE] = { NULL, "" },
	[DEMAND_SPF] = { refusal_spf, "SPF has to pass" },
	[DEMAND_DKIM] = { refusal_dkim, "a DKIM signature has to pass" },
	[DEMAND_EITHER] = { refusal_either, "SPF or DKIM has to pass" },
	[DEMAND_ALL] = { refusal_all, "SPF, DKIM and DMARC have to pass, each of them" },
	[DEMAND_DMARC] = { refusal_dmarc, "SPF or DKIM has to pass for the From domain, whose DMARC policy is enforced" },
	[DEMAND_ALIGNMENT] = { refusal_dmarc, "SPF or DKIM has to pass for the From domain" },
	[DEMAND_RECORD] = { refusal_dmarc, "the From domain needs a DMARC record with a policy" },
	[DEMAND_PTR] = { refusal_ptr, "the sending address needs a reverse name that leads back to it" },
	[DEMAND_HELO] = { refusal_helo, "the HELO name has to be that of a host" },
	[DEMAND_LIST] = { refusal_list, "the sender must not stand on the block list" },
	[DEMAND_DOMAIN] = { refusal_domain, "the MAIL FROM domain has to exist and to take mail" },
	[DEMAND_MX] = { refusal_domain, "the MAIL FROM domain must not say by a null MX that it takes no mail" },
};
/* clang-format on */

const char *
refusal_demand_text(enum refusal_demand d)
{
	return demands[d].text;
}

bool
has_refusal(const struct subject *s)
{
	return s->refusal != NULL && demands[s->refusal->demand].judge != NULL;
}

void
check_refusal(struct audit *au)
{
	struct refusal_fact *f = arena_alloc(au->arena, sizeof(*f));
	struct reasoning x = { .au = au, .r = au->subject->refusal, .f = f };

	*f = (struct refusal_fact){ .finds = REFUSAL_LACKS, .lacks = "" };
	demands[x.r->demand].judge(&x);
	if (f->finds != REFUSAL_LACKS)
		f->failed = NULL; /* it would have changed nothing */
	if (!x.pending)
		au->facts->refusal = f;
}
