/* SPDX-License-Identifier: ISC */
/*
 * verify.c - a message and its key records packed into one question, and taken
 * out of it again.
 *
 * The data is the length of the message in 8 octets, the message, and for each
 * key: signature (4), status (1), records (4), length (4) and text of the first
 * record.  Numbers are little-endian.  It never leaves the program.
 */
#include "checks/verify.h"

#define MAX_VERIFY_BYTES ((size_t)24 << 20) /* must fit beside all else in the arena of a run */
#define TEXT_HEAD 8
#define KEY_HEAD 13

static void
put(char **p, uint64_t n, size_t octets)
{
	for (size_t i = 0; i < octets; i++, n >>= 8)
		*(*p)++ = (char)(unsigned char)(n & 0xff);
}

static uint64_t
get(const char *p, size_t octets)
{
	uint64_t n = 0;

	while (octets-- > 0)
		n = n << 8 | (unsigned char)p[octets];
	return n;
}

static void
put_bytes(char **p, struct str s)
{
	if (s.n > 0)
		memcpy(*p, s.p, s.n);
	*p += s.n;
}

/* The first TXT record of A, empty when it has none; how many there are into *N. */
static struct str
first_record(const struct answer *a, size_t *n)
{
	struct str text = { NULL, 0 };

	*n = 0;
	if (a->status != ANSWER_FOUND)
		return text;
	for (size_t i = 0; i < a->n_rr; i++)
		if (a->rr[i].type == RR_TXT && (*n)++ == 0)
			text = a->rr[i].text;
	return text;
}

const struct answer *
ask_verify(struct inquiry *q, struct str text, const struct verify_key *keys, size_t n)
{
	static const struct answer too_large = {
		.refs = 1, .q.kind = ASK_VERIFY, .status = ANSWER_FAILED, .cause = CAUSE_TOO_LARGE
	};
	struct question what = { .kind = ASK_VERIFY };
	size_t size = TEXT_HEAD + text.n, n_rr;
	char *p;

	if (text.n > MAX_VERIFY_BYTES)
		return &too_large;
	for (size_t i = 0; i < n; i++)
		size += KEY_HEAD + first_record(keys[i].answer, &n_rr).n;
	if (size > MAX_VERIFY_BYTES)
		return &too_large;
	p = arena_alloc(q->arena, size);
	what.data = (struct str){ p, size };
	put(&p, text.n, TEXT_HEAD);
	put_bytes(&p, text);
	for (size_t i = 0; i < n; i++) {
		struct str record = first_record(keys[i].answer, &n_rr);

		put(&p, keys[i].signature, 4);
		put(&p, keys[i].answer->status, 1);
		put(&p, n_rr, 4);
		put(&p, record.n, 4);
		put_bytes(&p, record);
	}
	return ask(q, &what);
}

bool
verify_text(const struct question *q, struct str *text)
{
	uint64_t n;

	if (q->kind != ASK_VERIFY || q->data.n < TEXT_HEAD)
		return false;
	n = get(q->data.p, TEXT_HEAD);
	if (n > q->data.n - TEXT_HEAD)
		return false;
	*text = str_sub(q->data, TEXT_HEAD, (size_t)n);
	return true;
}

bool
verify_next(const struct question *q, size_t *pos, struct verify_part *out)
{
	struct str text;
	const char *p;
	size_t len;

	if (!verify_text(q, &text))
		return false;
	if (*pos == 0)
		*pos = TEXT_HEAD + text.n;
	if (*pos > q->data.n || q->data.n - *pos < KEY_HEAD)
		return false;
	p = q->data.p + *pos;
	len = (size_t)get(p + 9, 4);
	if (len > q->data.n - *pos - KEY_HEAD || get(p + 4, 1) > ANSWER_FAILED)
		return false;
	out->signature = (size_t)get(p, 4);
	out->status = (enum answer_status)get(p + 4, 1);
	out->n_rr = (size_t)get(p + 5, 4);
	out->record = str_sub(q->data, *pos + KEY_HEAD, len);
	*pos += KEY_HEAD + len;
	return true;
}
