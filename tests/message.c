/* SPDX-License-Identifier: ISC */
/*
 * message.c - DNS responses out of words.
 */
#include "tests/message.h"

#include <stdlib.h>
#include <string.h>

#include "checks/core/addr.h"
#include "checks/core/answer.h"

static void
put(struct message *m, const void *p, size_t n)
{
	if (n > sizeof(m->b) - m->n)
		abort();
	if (n > 0)
		memcpy(m->b + m->n, p, n);
	m->n += n;
}

static void
put16(struct message *m, unsigned v)
{
	const uint8_t b[2] = { (uint8_t)(v >> 8), (uint8_t)v };

	put(m, b, sizeof(b));
}

static void
put32(struct message *m, uint32_t v)
{
	put16(m, v >> 16);
	put16(m, v & 0xffff);
}

static void
count(struct message *m, size_t which)
{
	uint8_t *p = m->b + 4 + 2 * which;
	unsigned n = ((unsigned)p[0] << 8 | p[1]) + 1;

	p[0] = (uint8_t)(n >> 8);
	p[1] = (uint8_t)n;
}

struct name
name_of(const char *text)
{
	struct name n;

	if (name_parse(str_of(text), &n) != NAME_OK)
		abort();
	return n;
}

void
message_begin(struct message *m, uint16_t id, uint16_t flags)
{
	m->n = 0;
	put16(m, id);
	put16(m, MSG_QR | flags);
	put32(m, 0);
	put32(m, 0);
}

void
message_question(struct message *m, const uint8_t *question, size_t len)
{
	count(m, 0);
	put(m, question, len);
}

void
message_ask(struct message *m, const char *name, uint16_t type)
{
	struct name n = name_of(name);

	count(m, 0);
	put(m, n.w, n.n);
	put16(m, type);
	put16(m, 1);
}

void
message_raw(struct message *m, enum message_section section, const struct name *owner,
    uint16_t type, struct str rdata)
{
	count(m, section);
	put(m, owner->w, owner->n);
	put16(m, type);
	put16(m, 1);
	put32(m, 300);
	put16(m, (unsigned)rdata.n);
	put(m, rdata.p, rdata.n);
}

static void
put_name(struct message *m, const char *text)
{
	struct name n = name_of(text);

	put(m, n.w, n.n);
}

static uint32_t
number(struct str s)
{
	uint32_t n = 0;

	if (!parse_u32(s, UINT32_MAX, &n))
		abort();
	return n;
}

static void
put_data(struct message *m, uint16_t type, const char *data)
{
	struct str s = str_of(data);
	size_t blank = str_find(s, 0, ' ');
	struct addr a;
	uint8_t n = (uint8_t)s.n;

	switch (type) {
	case RR_A:
	case RR_AAAA:
		if (addr_parse(s, &a) != ADDR_OK)
			abort();
		put(m, a.b, a.v6 ? 16 : 4);
		break;
	case RR_MX:
		put16(m, number(str_sub(s, 0, blank)));
		put_name(m, data + blank + 1);
		break;
	case RR_SOA:
		put_name(m, "ns.example.net");
		put_name(m, "hostmaster.example.net");
		for (int i = 0; i < 4; i++)
			put32(m, 1);
		put32(m, number(s));
		break;
	case RR_TXT:
		put(m, &n, 1);
		put(m, s.p, n);
		break;
	default:
		put_name(m, data);
	}
}

void
message_add(struct message *m, const struct message_rr *rr)
{
	struct name owner = name_of(rr->owner);
	size_t at;

	count(m, rr->section);
	put(m, owner.w, owner.n);
	put16(m, rr->type);
	put16(m, 1);
	put32(m, rr->ttl_s == 0 ? 300 : rr->ttl_s);
	at = m->n;
	put16(m, 0);
	put_data(m, rr->type, rr->data);
	m->b[at] = (uint8_t)((m->n - at - 2) >> 8);
	m->b[at + 1] = (uint8_t)(m->n - at - 2);
}

void
message_opt(struct message *m, unsigned ede, unsigned rcode_high)
{
	count(m, IN_ADDITIONAL);
	put(m, "", 1);
	put16(m, 41);
	put16(m, 1232);
	put32(m, rcode_high << 24);
	put16(m, ede == 0 ? 0 : 6);
	if (ede != 0) {
		put16(m, 15);
		put16(m, 2);
		put16(m, ede);
	}
}

void
answer_describe(struct buf *b, const struct answer *a)
{
	static const char *const causes[] = { "", "timeout", "servfail", "refused", "bogus",
		"malformed", "too-large", "network", "lame", "chain", "not-recorded",
		"not-provided", "not-listable", "bad-name", "limit" };

	buf_adds(b, status_name(a->status));
	if (a->status == ANSWER_FAILED) {
		buf_addc(b, ' ');
		buf_adds(b, causes[a->cause]);
		return;
	}
	for (size_t i = 0; i < a->n_chain; i++) {
		buf_adds(b, i == 0 ? " [" : " ");
		name_print(b, &a->chain[i]);
	}
	if (a->n_chain > 0)
		buf_addc(b, ']');
	for (size_t i = 0; i < a->n_rr; i++) {
		buf_addc(b, ' ');
		type_print(b, a->rr[i].type);
		buf_addc(b, ' ');
		rr_print(b, &a->rr[i]);
	}
	buf_adds(b, " ttl ");
	buf_addu(b, a->ttl_s);
}
