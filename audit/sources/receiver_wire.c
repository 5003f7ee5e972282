/* SPDX-License-Identifier: ISC */
/*
 * receiver_wire.c - reading and writing the two messages.
 */
#include "audit/sources/receiver_wire.h"

#include "checks/core/arena.h"

struct reader {
	const uint8_t *p;
	size_t left;
	bool bad;
};

static size_t
take_number(struct reader *r, size_t octets)
{
	size_t n = 0;

	if (r->bad || r->left < octets) {
		r->bad = true;
		return 0;
	}
	for (size_t i = 0; i < octets; i++)
		n = n << 8 | r->p[i];
	r->p += octets;
	r->left -= octets;
	return n;
}

static struct str
take(struct reader *r, size_t n)
{
	struct str out = { "", 0 };

	if (r->bad || r->left < n) {
		r->bad = true;
		return out;
	}
	out = (struct str){ (const char *)r->p, n };
	r->p += n;
	r->left -= n;
	return out;
}

/* S, all of it, as a name in wire form. */
static bool
read_name(struct str s, struct name *out)
{
	size_t pos = 0;

	return name_from_wire((const uint8_t *)s.p, s.n, &pos, out) && pos == s.n && out->n == s.n;
}

static bool
is_record_ok(uint16_t type, struct str data)
{
	struct name target;

	switch (type) {
	case RR_A:
		return data.n == 4;
	case RR_AAAA:
		return data.n == 16;
	case RR_TXT:
		return data.n <= MAX_RECEIVER_TEXT;
	case RR_MX:
	case RR_PTR:
		return read_name(data, &target);
	default:
		return false;
	}
}

bool
receiver_next(struct str *rest, struct str *out, bool *over)
{
	struct reader r = { .p = (const uint8_t *)rest->p, .left = rest->n };
	size_t n;

	if (rest->n == 0)
		return false;
	n = take_number(&r, 2);
	*over = n == RECEIVER_TEXT_OVER;
	*out = take(&r, *over ? 0 : n);
	*rest = (struct str){ (const char *)r.p, r.left };
	return !r.bad;
}

/* The records of A, from R on. */
static void
take_records(struct reader *r, struct receiver_answer *a)
{
	const uint8_t *start;

	a->n_rr = take_number(r, 2);
	start = r->p;
	for (size_t i = 0; i < a->n_rr && !r->bad; i++) {
		size_t n = take_number(r, 2);

		if (n == RECEIVER_TEXT_OVER && a->type == RR_TXT)
			continue;
		if (!is_record_ok(a->type, take(r, n)))
			r->bad = true;
	}
	a->rr = (struct str){ (const char *)start, (size_t)(r->p - start) };
}

static void
take_answer(struct reader *r, struct receiver_answer *a)
{
	size_t status;

	a->type = (uint16_t)take_number(r, 2);
	status = take_number(r, 1);
	if (status > RECEIVER_FAILED || !read_name(take(r, take_number(r, 1)), &a->name))
		r->bad = true;
	a->status = (enum receiver_status)status;
	take_records(r, a);
}

bool
receiver_case_parse(struct arena *a, const char *data, size_t len, struct receiver_case *out)
{
	struct reader r = { .p = (const uint8_t *)data, .left = len };
	size_t version = take_number(&r, 1), family = take_number(&r, 1);
	struct str ip = take(&r, sizeof(out->ip.b));

	*out = (struct receiver_case){ .n = 0 };
	if (r.bad || version != RECEIVER_VERSION || (family != 4 && family != 6))
		return false;
	out->ip.v6 = family == 6;
	memcpy(out->ip.b, ip.p, out->ip.v6 ? 16 : 4);
	out->helo = take(&r, take_number(&r, 1));
	out->local = take(&r, take_number(&r, 1));
	out->domain = take(&r, take_number(&r, 1));
	out->n = take_number(&r, 2);
	if (r.bad || out->n > MAX_RECEIVER_CASE)
		return false;
	out->answers = arena_array(a, out->n + 1, sizeof(*out->answers));
	for (size_t i = 0; i < out->n && !r.bad; i++)
		take_answer(&r, &out->answers[i]);
	return !r.bad && r.left == 0;
}

size_t
receiver_reply_put(const struct receiver_reply *r, char *to)
{
	const struct receiver_facts *f = &r->facts;
	uint8_t head[RECEIVER_REPLY_HEAD] = { RECEIVER_VERSION, (uint8_t)r->word,
		(uint8_t)f->result, f->error, f->is_local ? 1 : 0, (uint8_t)(f->lookups >> 8),
		(uint8_t)(f->lookups & 0xff), (uint8_t)(f->asked >> 8), (uint8_t)(f->asked & 0xff),
		(uint8_t)(f->missing_type >> 8), (uint8_t)(f->missing_type & 0xff), 0,
		f->missing.n };

	memcpy(to, head, sizeof(head));
	memcpy(to + sizeof(head), f->missing.w, f->missing.n);
	return sizeof(head) + f->missing.n;
}

static bool
is_askable(size_t type)
{
	return type == RR_A || type == RR_AAAA || type == RR_MX || type == RR_PTR || type == RR_TXT;
}

bool
receiver_reply_parse(const char *p, size_t len, struct receiver_reply *out)
{
	struct reader r = { .p = (const uint8_t *)p, .left = len };
	size_t version = take_number(&r, 1), word = take_number(&r, 1);
	size_t result = take_number(&r, 1), type;
	struct receiver_facts *f = &out->facts;
	struct str missing;

	*out = (struct receiver_reply){ .word = REPLY_REFUSED };
	f->error = (uint8_t)take_number(&r, 1);
	f->is_local = take_number(&r, 1) != 0;
	f->lookups = (uint16_t)take_number(&r, 2);
	f->asked = (uint16_t)take_number(&r, 2);
	type = take_number(&r, 2);
	if (take_number(&r, 1) != 0)
		return false;
	missing = take(&r, take_number(&r, 1));
	if (r.bad || r.left > 0 || version != RECEIVER_VERSION || word < REPLY_VERDICT ||
	    word > REPLY_REFUSED || result >= SPF_RESULTS)
		return false;
	out->word = (enum receiver_word)word;
	f->result = (enum spf_result)result;
	if (word != REPLY_MISSING)
		return missing.n == 0 && type == 0;
	f->missing_type = (uint16_t)type;
	return is_askable(type) && read_name(missing, &f->missing) && name_is_set(&f->missing);
}
