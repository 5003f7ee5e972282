/* SPDX-License-Identifier: ISC */
/*
 * receiver.c - the question with the answers that travel with it.
 */
#include "checks/core/receiver.h"

#include "checks/core/arena.h"

#define MAX_SEED (16u << 10) /* answers at hand that travel unasked; the rest when it is missed */
#define VERSION_WORD 7       /* "v=spf1 ": of other texts the library reads no more */

/* Writes the data of a question; what does not fit sets `over`. */
struct writer {
	char *p;
	size_t n;
	size_t answers, answers_at; /* how many, and where that stands */
	bool over;
};

static void
put(struct writer *w, const void *from, size_t n)
{
	if (n > MAX_RECEIVER_DATA - w->n) {
		w->over = true;
		return;
	}
	if (n > 0)
		memcpy(w->p + w->n, from, n);
	w->n += n;
}

static void
put_number(struct writer *w, size_t number, size_t octets)
{
	uint8_t b[2] = { (uint8_t)(number >> 8 & 0xff), (uint8_t)(number & 0xff) };
	put(w, b + 2 - octets, octets);
}

/* S behind its length, of one octet. */
static void
put_short(struct writer *w, struct str s)
{
	if (s.n > UINT8_MAX)
		w->over = true;
	put_number(w, s.n & UINT8_MAX, 1);
	put(w, s.p, s.n & UINT8_MAX);
}

static void
put_text(struct writer *w, struct str text)
{
	if (!str_has_iprefix(text, STR("v=spf1")))
		text = str_sub(text, 0, VERSION_WORD);
	if (text.n > MAX_RECEIVER_TEXT) {
		put_number(w, RECEIVER_TEXT_OVER, 2);
		return;
	}
	put_number(w, text.n, 2);
	put(w, text.p, text.n);
}

static void
put_record(struct writer *w, const struct rr *rr)
{
	struct name target;
	if (rr->type == RR_TXT) {
		put_text(w, rr->text);
	} else if (rr_target(rr, &target)) {
		put_number(w, target.n, 2);
		put(w, target.w, target.n);
	} else {
		put_number(w, rr->data.n, 2);
		put(w, rr->data.p, rr->data.n);
	}
}

static void
put_answer(struct writer *w, const struct answer *a)
{
	size_t n = 0;
	enum receiver_status status = a->status == ANSWER_FOUND      ? RECEIVER_FOUND
				      : a->status == ANSWER_NODATA   ? RECEIVER_NODATA
				      : a->status == ANSWER_NXDOMAIN ? RECEIVER_NXDOMAIN
								     : RECEIVER_FAILED;
	for (size_t i = 0; i < a->n_rr; i++)
		n += a->rr[i].type == a->q.type;
	put_number(w, a->q.type, 2);
	put_number(w, status, 1);
	put_short(w, (struct str){ (const char *)a->q.name.w, a->q.name.n });
	put_number(w, n, 2);
	for (size_t i = 0; i < a->n_rr; i++)
		if (a->rr[i].type == a->q.type)
			put_record(w, &a->rr[i]);
	w->answers++;
}

static void
put_sender(struct writer *w, const struct receiver_sender *s)
{
	struct addr ip = addr_unmap(&s->ip);
	put_number(w, RECEIVER_VERSION, 1);
	put_number(w, ip.v6 ? 6 : 4, 1);
	put(w, ip.b, sizeof(ip.b));
	put_short(w, s->helo.n > 0 ? s->helo : s->domain);
	put_short(w, s->local.n > 0 ? s->local : STR("postmaster"));
	put_short(w, s->domain);
	w->answers_at = w->n;
	put_number(w, 0, 2);
}

static bool
is_of_use(const struct answer *a)
{
	uint16_t t = a->q.type;
	return a->q.kind == ASK_DNS &&
	       (t == RR_A || t == RR_AAAA || t == RR_MX || t == RR_PTR || t == RR_TXT);
}

/*
 * The DNS answers that this run of this check was given so far, in order of their
 * questions: when nothing is pending any more they are the same whatever came first,
 * and however far other checks got.
 */
static void
put_seed(struct writer *w, const struct inquiry *q)
{
	const struct inquiry_entry **list;
	size_t n = inquiry_here(q, q->arena, &list);
	for (size_t i = 0; i < n && !w->over; i++) {
		struct writer before = *w;
		if (list[i]->answer == NULL || !is_of_use(list[i]->answer))
			continue;
		put_answer(w, list[i]->answer);
		if (w->n <= MAX_SEED && !w->over)
			continue;
		*w = before;
		break;
	}
}

static const struct answer *
ask_once(struct inquiry *q, enum receiver who, const struct writer *w, const struct name *domain)
{
	struct question what = { .kind = ASK_RECEIVER, .type = (uint16_t)who, .name = *domain };
	w->p[w->answers_at] = (char)(w->answers >> 8 & 0xff);
	w->p[w->answers_at + 1] = (char)(w->answers & 0xff);
	what.data = (struct str){ w->p, w->n };
	return ask(q, &what);
}

/* The answer that a bound of this file gives. */
static const struct answer *
over_limit(struct inquiry *q, enum receiver who, const struct name *domain)
{
	/* To a question without data there is no answer but CAUSE_LIMIT. */
	struct question what = { .kind = ASK_RECEIVER, .type = (uint16_t)who, .name = *domain };
	return ask(q, &what);
}

const struct answer *
ask_receiver(struct inquiry *q, enum receiver who, const struct receiver_sender *s)
{
	struct writer w = { .p = arena_alloc(q->arena, MAX_RECEIVER_DATA) };
	struct name domain;
	(void)name_parse_raw(s->domain, &domain);
	put_sender(&w, s);
	put_seed(&w, q);
	for (size_t round = 0; round < MAX_RECEIVER_ROUNDS && !w.over; round++) {
		const struct answer *a = ask_once(q, who, &w, &domain);
		if (a->status != ANSWER_FOUND || a->receiver->missing.n == 0)
			return a;
		const struct answer *lacking =
		    ask_dns(q, &a->receiver->missing, a->receiver->missing_type);
		if (is_pending(lacking))
			return lacking;
		put_answer(&w, lacking);
	}
	return over_limit(q, who, &domain);
}

const char *
receiver_error_text(uint8_t code)
{
	/* In the order of enum SPF_errcode_t of libspf2 1.2.10. */
	static const char *const texts[] = { "", "out of memory", "no SPF record", "syntax error",
		"a qualifier on a modifier", "an invalid character", "an unknown mechanism",
		"an invalid option", "an invalid CIDR length", "a missing argument",
		"an internal error", "an invalid escape", "an invalid macro letter",
		"a macro with too large a number", "an invalid macro delimiter",
		"an argument that is too long", "too many mechanisms", "too many modifiers",
		"too many DNS lookups", "an invalid IPv4 address", "an invalid IPv6 address",
		"an invalid qualifier", "", "", "", "", "a DNS failure", "an address for a name",
		"a name without top-level domain", "terms behind all",
		"an include without SPF record", "a record that includes itself",
		"more than one SPF record" };
	return code < ARRAY_LEN(texts) ? texts[code] : "";
}
