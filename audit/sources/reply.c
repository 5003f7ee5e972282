/* SPDX-License-Identifier: ISC */
/*
 * reply.c - from a response to an answer.
 *
 * The chain of CNAMEs is followed inside the answer section whatever the order
 * of its records; a DNAME counts by the CNAME that is made from it (RFC 6672
 * 3.1).  Records of other owners, types and classes prove nothing.
 */
#include "audit/sources/reply.h"

#include "audit/sources/wire.h"

/* RFC 8914 4: codes 6 to 12 say that DNSSEC validation failed. */
#define EDE_DNSSEC (UINT64_C(0x7f) << 6)

/* Codes 4 and 15 to 18: forged, blocked, censored, filtered, prohibited. */
#define EDE_FILTERED (UINT64_C(1) << 4 | UINT64_C(0xf) << 15)

/* What a response holds, as far as the question is concerned. */
struct content {
	const struct reply_context *c;
	struct wire_header h;
	struct wire_walk w;
	struct wire_opt opt;
	struct wire_rr *rr; /* class IN of the answer section; 64 KiB hold under 6,000 */
	size_t n_rr, cap_rr;
	struct wire_rr soa, ns; /* the first of the authority section; at = 0 = none */
	struct answer_draft d;
	struct name end; /* of the chain */
	uint32_t chain_ttl_s;
};

/* Keep RR if it matters.  False when it does and its owner is no name. */
static bool
take(struct content *m, const struct wire_rr *rr)
{
	struct name owner;

	if (rr->class != WIRE_CLASS_IN)
		return true;
	if (rr->section == WIRE_ANSWER) {
		struct wire_rr *to =
		    arena_grow(m->c->scratch, &m->rr, m->n_rr, &m->cap_rr, sizeof(*m->rr));

		m->n_rr++;
		*to = *rr;
		return wire_owner(&m->w, rr, &owner);
	}
	if (rr->section == WIRE_AUTHORITY) {
		if (rr->type == RR_SOA && m->soa.at == 0)
			m->soa = *rr;
		if (rr->type == RR_NS && m->ns.at == 0)
			m->ns = *rr;
	}
	return true;
}

/* Walk the whole message.  False when it is not well-formed. */
static bool
collect(struct content *m, const uint8_t *msg, size_t len)
{
	struct wire_rr rr;
	enum wire_step step;

	if (!wire_header_read(msg, len, &m->h) || !wire_walk_init(&m->w, msg, len, &m->c->q->name))
		return false;
	while ((step = wire_next(&m->w, &rr)) == WIRE_RR) {
		if (rr.type == WIRE_TYPE_OPT) {
			/* RFC 6891 6.1.1: one, and only in the additional section */
			if (m->opt.present || rr.section != WIRE_ADDITIONAL ||
			    msg[rr.owner_at] != 0 || !wire_opt_read(&m->w, &rr, &m->opt))
				return false;
		} else if (!take(m, &rr)) {
			return false;
		}
	}
	return step == WIRE_END;
}

static bool
is_at_end(const struct content *m, const struct wire_rr *rr, uint16_t type)
{
	return rr->type == type && wire_owner_is(&m->w, rr, &m->end);
}

/*
 * Find the CNAME at the end of the chain into *TO.  False when there is none;
 * *BAD when it does not parse or there are two (RFC 2181 10.1).
 */
static bool
find_cname(struct content *m, struct name *to, bool *bad)
{
	bool found = false;

	for (size_t i = 0; i < m->n_rr; i++) {
		struct name target;
		size_t pos = m->rr[i].at;

		if (!is_at_end(m, &m->rr[i], RR_CNAME))
			continue;
		if (!name_from_wire(m->w.msg, m->rr[i].at + m->rr[i].n, &pos, &target) ||
		    pos != m->rr[i].at + m->rr[i].n || (found && !name_eq(&target, to))) {
			*bad = true;
			return false;
		}
		*to = target;
		found = true;
		if (m->rr[i].ttl_s < m->chain_ttl_s)
			m->chain_ttl_s = m->rr[i].ttl_s;
	}
	return found;
}

/* Whether NAME was passed on the way to the end of the chain. */
static bool
is_passed(const struct content *m, const struct name *name)
{
	if (name_eq(name, &m->c->q->name))
		return true;
	for (size_t i = 0; i < m->d.n_chain; i++)
		if (name_eq(name, &m->d.chain[i]))
			return true;
	return false;
}

static enum answer_cause
follow_chain(struct content *m)
{
	struct name to = { .n = 0 };
	bool bad = false;

	m->end = m->c->q->name;
	if (m->c->q->type == RR_CNAME)
		return CAUSE_NONE; /* the CNAME itself is wanted */
	while (find_cname(m, &to, &bad)) {
		if (m->d.n_chain == MAX_CHAIN || is_passed(m, &to))
			return CAUSE_CHAIN;
		draft_add_link(&m->d, &to);
		m->end = to;
	}
	return bad ? CAUSE_MALFORMED : CAUSE_NONE;
}

/* The records asked for, at the end of the chain. */
static enum answer_cause
add_records(struct content *m)
{
	for (size_t i = 0; i < m->n_rr; i++) {
		const struct wire_rr *rr = &m->rr[i];
		struct str data;

		if (!is_at_end(m, rr, m->c->q->type))
			continue;
		if (!wire_rdata(&m->w, rr, m->c->scratch, &data))
			return CAUSE_MALFORMED;
		if (draft_add_rr(&m->d, rr->type, rr->ttl_s, data) == NULL)
			return m->d.over ? CAUSE_TOO_LARGE : CAUSE_MALFORMED;
	}
	return CAUSE_NONE;
}

/*
 * Whether the SOA of the authority section speaks for the end of the chain, so
 * that it proves a negative answer (RFC 2308 2.2).  *TTL_S: for how long.
 */
static bool
has_proof(struct content *m, uint32_t *ttl_s)
{
	struct name owner;
	uint32_t minimum;

	if (m->soa.at == 0 || !wire_owner(&m->w, &m->soa, &owner) ||
	    !name_is_below(&m->end, &owner) || !wire_soa_minimum(&m->w, &m->soa, &minimum))
		return false;
	*ttl_s = m->soa.ttl_s < minimum ? m->soa.ttl_s : minimum;
	if (*ttl_s > MAX_NEGATIVE_TTL_S)
		*ttl_s = MAX_NEGATIVE_TTL_S;
	return true;
}

/*
 * RFC 2308 2.2: NOERROR without records, SOA and chain is "no data" only from
 * a server that holds the zone or recursed for us; with NS it is a referral.
 */
static enum answer_cause
doubt_nodata(const struct content *m)
{
	struct name owner;

	if (m->n_rr > 0)
		return CAUSE_MALFORMED; /* an answer, but to something else */
	if (m->ns.at > 0 && !wire_owner(&m->w, &m->ns, &owner))
		return CAUSE_MALFORMED;
	/* an upward referral names the root */
	if (m->ns.at > 0 && (!m->h.aa || owner.n == 1))
		return CAUSE_LAME;
	return m->h.aa || m->h.ra ? CAUSE_NONE : CAUSE_LAME;
}

/* Set status and TTL of an answer without records.  RCODE is that of the end (RFC 6604 3). */
static enum answer_cause
conclude_absent(struct content *m)
{
	uint32_t ttl_s = 0; /* RFC 2308 5: without SOA not to be kept */
	bool proof = has_proof(m, &ttl_s);
	struct name owner;

	if (m->soa.at > 0 && !wire_owner(&m->w, &m->soa, &owner))
		return CAUSE_MALFORMED; /* what speaks for absence must be whole */
	m->d.a.ttl_s = ttl_s < m->chain_ttl_s ? ttl_s : m->chain_ttl_s;
	if (m->h.rcode == RCODE_NXDOMAIN) {
		m->d.a.status = ANSWER_NXDOMAIN;
		/* a server that neither holds the name nor recursed cannot know */
		return proof || m->h.aa || m->h.ra ? CAUSE_NONE : CAUSE_LAME;
	}
	if (proof) {
		m->d.a.status = ANSWER_NODATA;
		return CAUSE_NONE;
	}
	if (m->d.n_chain > 0) {
		/* a server that holds the alias alone: the end is to be asked */
		m->d.a.status = ANSWER_FOUND;
		m->d.a.ttl_s = m->chain_ttl_s;
		return CAUSE_NONE;
	}
	m->d.a.status = ANSWER_NODATA;
	return doubt_nodata(m);
}

static enum answer_cause
conclude(struct content *m)
{
	enum answer_cause cause = follow_chain(m);

	if (cause == CAUSE_NONE)
		cause = add_records(m);
	if (cause != CAUSE_NONE)
		return cause;
	m->d.a.authoritative = m->h.aa && m->d.n_chain == 0;
	m->d.a.ad = m->h.ad;
	if (m->d.n_rr == 0)
		return conclude_absent(m);
	if (m->chain_ttl_s < m->d.a.ttl_s)
		m->d.a.ttl_s = m->chain_ttl_s;
	m->d.a.status = ANSWER_FOUND;
	/* records at a name that does not exist */
	return m->h.rcode == RCODE_NXDOMAIN ? CAUSE_MALFORMED : CAUSE_NONE;
}

static void
fail(struct reply *out, enum answer_cause cause)
{
	out->kind = REPLY_FAILED;
	out->cause = cause;
}

/* The response is no answer: say why.  False when it may be one. */
static bool
is_refusal(const struct content *m, struct reply *out)
{
	unsigned rcode = (unsigned)m->opt.rcode_high << 4 | m->h.rcode;

	switch (rcode) {
	case RCODE_NOERROR:
	case RCODE_NXDOMAIN:
		if ((m->opt.errors & EDE_FILTERED) == 0)
			return false;
		fail(out, CAUSE_REFUSED); /* RFC 8914 4.5, 4.16-4.19: not what the DNS says */
		return true;
	case RCODE_FORMERR:
	case RCODE_NOTIMP:
	case RCODE_BADVERS:
		if (m->c->edns)
			out->kind = REPLY_NO_EDNS;
		else
			fail(out, CAUSE_REFUSED);
		return true;
	case RCODE_REFUSED:
		fail(out, CAUSE_REFUSED);
		return true;
	case RCODE_NOTAUTH:
		fail(out, CAUSE_LAME);
		return true;
	default:
		fail(out, (m->opt.errors & EDE_DNSSEC) != 0 ? CAUSE_BOGUS : CAUSE_SERVFAIL);
		return true;
	}
}

void
reply_read(const struct reply_context *c, const uint8_t *msg, size_t len, struct reply *out)
{
	struct content m = { .c = c, .chain_ttl_s = UINT32_MAX };
	bool whole;
	enum answer_cause cause;

	*out = (struct reply){ .kind = REPLY_ANSWER, .cause = CAUSE_NONE };
	arena_reset(c->scratch);
	draft_init(&m.d, c->scratch, c->q, ANSWER_FAILED);
	m.d.a.from = c->from;
	m.d.a.when = c->when;
	m.d.a.tcp = c->tcp;
	m.d.a.wire_size = (uint32_t)len;
	whole = collect(&m, msg, len);
	if (is_refusal(&m, out))
		return;
	if (m.h.tc) {
		/* RFC 2181 9: what is there of it is not used */
		out->kind = c->tcp ? REPLY_FAILED : REPLY_TRUNCATED;
		out->cause = CAUSE_TOO_LARGE;
		return;
	}
	cause = whole ? conclude(&m) : CAUSE_MALFORMED;
	if (cause == CAUSE_NONE && c->direct && !m.h.aa)
		cause = CAUSE_LAME; /* out of a cache, or a referral: not what it holds */
	if (cause != CAUSE_NONE) {
		fail(out, cause);
		return;
	}
	out->answer = answer_finish(&m.d);
}

struct answer *
reply_failed(const struct reply_context *c, enum answer_cause cause)
{
	struct answer_draft d;

	arena_reset(c->scratch);
	draft_init(&d, c->scratch, c->q, ANSWER_FAILED);
	d.a.cause = cause;
	d.a.from = c->from;
	d.a.when = c->when;
	d.a.tcp = c->tcp;
	return answer_finish(&d);
}

bool
reply_is_final(enum answer_cause cause)
{
	return cause == CAUSE_BOGUS || cause == CAUSE_CHAIN || cause == CAUSE_TOO_LARGE;
}
