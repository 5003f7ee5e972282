/* SPDX-License-Identifier: ISC */
/*
 * xml.c - escaping for XML.
 */
#include "report/xml.h"
#include "report/json.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* U+FFFE and U+FFFF are no characters of XML 1.0 (section 2.2). */
static bool
is_forbidden(struct str s, size_t at, size_t n)
{
	return n == 3 && (uint8_t)s.p[at] == 0xef && (uint8_t)s.p[at + 1] == 0xbf &&
	       (uint8_t)s.p[at + 2] >= 0xbe;
}

static const char *
reference(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;"; /* ]]> must not stand in text */
	case '"':
		return "&quot;";
	case '\n':
		return "&#10;"; /* as itself it would be a blank in an attribute */
	case '\t':
		return "&#9;";
	default:
		return NULL;
	}
}

void
xml_add(struct buf *b, struct str s)
{
	for (size_t i = 0, n; i < s.n; i += n) {
		const char *ref = reference(s.p[i]);

		n = 1;
		if (ref != NULL)
			buf_adds(b, ref);
		else if (ascii_isprint(s.p[i]))
			buf_addc(b, s.p[i]);
		else if ((uint8_t)s.p[i] >= 0x80 && (n = utf8_length(s, i)) > 0 &&
			 !is_forbidden(s, i, n))
			buf_add(b, str_sub(s, i, n));
		else {
			buf_adds(b, REPLACEMENT);
			n = n > 0 ? n : 1;
		}
	}
}

void
xml_attribute(struct buf *b, const char *name, struct str s)
{
	buf_addc(b, ' ');
	buf_adds(b, name);
	buf_adds(b, "=\"");
	xml_add(b, s);
	buf_addc(b, '"');
}

void
xml_attribute_uint(struct buf *b, const char *name, uint64_t n)
{
	buf_addc(b, ' ');
	buf_adds(b, name);
	buf_adds(b, "=\"");
	buf_addu(b, n);
	buf_addc(b, '"');
}

void
xml_begin(struct buf *b)
{
	buf_adds(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
}
