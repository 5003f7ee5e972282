/* SPDX-License-Identifier: ISC */
/*
 * explain_csv.c - the addresses to suppress, for other programs (RFC 4180).
 */
#include "report/explain.h"
#include "report/words.h"

#define FLUSH_AT ((size_t)1 << 16)

/*
 * S in quotes.  A spreadsheet takes what begins with one of "=+-@" for a formula: an
 * apostrophe before it says that it is text.
 */
static void
field(struct buf *b, struct str s)
{
	buf_addc(b, '"');
	if (s.n > 0 && strchr("=+-@\t\r", s.p[0]) != NULL && s.p[0] != '\0')
		buf_addc(b, '\'');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			buf_addc(b, '"');
		if ((unsigned char)s.p[i] >= 0x20 && s.p[i] != 0x7f)
			buf_addc(b, s.p[i]);
		else
			buf_addc(b, '?');
	}
	buf_addc(b, '"');
}

void
explain_csv(struct explain_out *o, const struct bounce_report *r)
{
	buf_adds(o->b, "recipient,why,count,last\r\n");
	for (size_t i = 0; i < r->suppress.n; i++) {
		size_t from = o->b->n;
		struct bounce_address x;

		r->suppress.at(r->suppress.ctx, i, &x);
		field(o->b, x.recipient);
		buf_addc(o->b, ',');
		field(o->b, str_of(x.why));
		buf_addc(o->b, ',');
		buf_addu(o->b, x.count);
		buf_addc(o->b, ',');
		if (x.last != 0)
			time_add(o->b, x.last);
		buf_adds(o->b, "\r\n");
		if (o->redact)
			redact(o->b, from);
		if (o->b->n > FLUSH_AT && o->flush != NULL)
			o->flush(o->ctx, o->b);
	}
}
