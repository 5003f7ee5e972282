/* SPDX-License-Identifier: ISC */
/*
 * rdataldns.c - rdata of the types we do not look into, through ldns: the one
 * file of the zone source that knows it.
 *
 * ldns reads NUL-terminated lines into buffers of a packet's size and asserts
 * on some things, so a line is bounded, of printable bytes, and never of a type
 * that is no record.
 */
#include "audit/sources/rdata.h"
#include <ldns/ldns.h>
#include "checks/core/buf.h"

#define MAX_LDNS_LINE 60000 /* ldns parses into buffers of 65,535 */
#define MAX_TYPE_NAME 16    /* the longest mnemonic is NSEC3PARAM */
#define HEAD_OCTETS 11      /* root owner, type, class, TTL, RDLENGTH */

uint16_t
rdata_ldns_type(struct str word)
{
	char name[MAX_TYPE_NAME + 1];

	/* ldns takes TYPEnnn with any digits; type_parse() has seen those */
	if (word.n == 0 || word.n > MAX_TYPE_NAME || str_has_iprefix(word, STR("TYPE")))
		return 0;
	for (size_t i = 0; i < word.n; i++)
		if (!ascii_isalnum(word.p[i]) && word.p[i] != '-')
			return 0;
	memcpy(name, word.p, word.n);
	name[word.n] = '\0';
	return (uint16_t)ldns_get_rr_type_by_name(name);
}

/* The line ldns reads: ". 0 IN TYPEnnn TOKENS"; false when it may not see it. */
static bool
make_line(struct buf *line, const struct rdata_in *in)
{
	buf_adds(line, ". 0 IN TYPE");
	buf_addu(line, in->type);
	for (size_t i = 0; i < in->n; i++) {
		const struct ztoken *t = &in->token[i];

		buf_addc(line, ' ');
		if (t->quoted)
			buf_addc(line, '"');
		for (size_t j = 0; j < t->raw.n; j++) {
			if (!ascii_isprint(t->raw.p[j]))
				return false;
			buf_addc(line, t->raw.p[j]);
		}
		if (t->quoted)
			buf_addc(line, '"');
	}
	buf_addc(line, '\0');
	return !line->over;
}

/* The rdata of RR, names lower-cased where RFC 4034 6.2 says so, behind B. */
static bool
copy_rdata(struct buf *b, const ldns_rr *rr)
{
	ldns_buffer *wire = ldns_buffer_new(LDNS_MIN_BUFLEN);
	bool ok = false;

	if (wire == NULL)
		return false;
	if (ldns_rr2buffer_wire_canonical(wire, rr, LDNS_SECTION_ANSWER) == LDNS_STATUS_OK &&
	    ldns_buffer_position(wire) >= HEAD_OCTETS) {
		buf_add(b, (struct str){ (const char *)ldns_buffer_at(wire, HEAD_OCTETS),
			       ldns_buffer_position(wire) - HEAD_OCTETS });
		ok = true;
	}
	ldns_buffer_free(wire);
	return ok;
}

bool
rdata_by_ldns(struct buf *b, const struct rdata_in *in)
{
	struct buf line;
	ldns_rr *rr = NULL;
	ldns_rdf *origin = NULL;
	bool ok = false;

	buf_init(&line, MAX_LDNS_LINE);
	if (!make_line(&line, in))
		goto out;
	if (in->origin->n > 0)
		origin = ldns_dname_new_frm_data(in->origin->n, in->origin->w);
	if (ldns_rr_new_frm_str(&rr, line.p, 0, origin, NULL) == LDNS_STATUS_OK && rr != NULL &&
	    (uint16_t)ldns_rr_get_type(rr) == in->type)
		ok = copy_rdata(b, rr);
out:
	ldns_rr_free(rr);
	ldns_rdf_deep_free(origin);
	buf_free(&line);
	return ok;
}
