/* SPDX-License-Identifier: ISC */
/*
 * aggregate.c - the XML of a report, node by node; see aggregate.h.
 *
 * The reader of libxml2 gives one node after the other and keeps none.
 */
#include "audit/aggregate/aggregate.h"
#include <libxml/xmlreader.h>
#include "audit/aggregate/aggregate_fields.h"
#include "audit/aggregate/utf8.h"

#define ENTITIES "it declares or uses entities, which no report needs"
#define OTHER_ROOT "no DMARC aggregate report: the root element is not feedback"
#define NO_UTF8 "it is in no encoding that it declares, nor in UTF-8"
#define NOT_WELL_FORMED "not well-formed XML, or cut off"
#define MAX_TAG_BYTES ((size_t)8 << 10) /* of reports in use the longest has some hundred */

struct parse {
	xmlTextReader *reader;
	bool closed; /* the root has ended */
	struct aggregate_fields f;
};

static struct str
name_of(xmlTextReader *reader)
{
	const xmlChar *name = xmlTextReaderConstLocalName(reader);

	return str_of((const char *)name);
}

/* One element begins.  NULL, or why the document is refused. */
static const char *
take_element(struct parse *p)
{
	bool empty = xmlTextReaderIsEmptyElement(p->reader) == 1;

	if (xmlTextReaderDepth(p->reader) == 0) {
		if (!str_eq(name_of(p->reader), STR("feedback")))
			return OTHER_ROOT;
		p->closed = empty;
		return NULL;
	}
	aggregate_enter(&p->f, name_of(p->reader));
	if (empty)
		aggregate_leave(&p->f);
	return p->f.out->n_rows + p->f.out->n_bad > MAX_AGGREGATE_ROWS ? "more rows than are read"
								       : NULL;
}

/* One node.  NULL, or why the document is refused. */
static const char *
take_node(struct parse *p)
{
	switch (xmlTextReaderNodeType(p->reader)) {
	case XML_READER_TYPE_DOCUMENT_TYPE:
	case XML_READER_TYPE_ENTITY_REFERENCE:
	case XML_READER_TYPE_ENTITY:
		return ENTITIES;
	case XML_READER_TYPE_ELEMENT:
		return take_element(p);
	case XML_READER_TYPE_TEXT:
	case XML_READER_TYPE_CDATA:
		buf_adds(&p->f.text, (const char *)xmlTextReaderConstValue(p->reader));
		return NULL;
	case XML_READER_TYPE_END_ELEMENT:
		if (xmlTextReaderDepth(p->reader) == 0)
			p->closed = true;
		else
			aggregate_leave(&p->f);
		return NULL;
	default:
		return NULL;
	}
}

static void
quiet(void *ctx, const char *message, xmlParserSeverities severity, xmlTextReaderLocatorPtr where)
{
	(void)ctx;
	(void)message;
	(void)severity;
	(void)where;
}

/*
 * Whether a tag of TEXT is longer than any report has: libxml2 compares each attribute
 * with all before it.
 */
static bool
has_long_tag(struct str text)
{
	size_t begin = text.n;
	char quote = 0;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (begin == text.n) {
			begin = c == '<' ? i : text.n;
			quote = 0;
		} else if (i - begin > MAX_TAG_BYTES) {
			return true;
		} else if (quote != 0) {
			quote = c == quote ? 0 : quote;
		} else if (c == '>') {
			begin = text.n;
		} else if ((c == '"' || c == '\'') && text.p[begin + 1] != '!') {
			quote = c;
		}
	}
	return false;
}

/*
 * Read BYTES, in ENCODING whatever the document says of itself (NULL = as it says).
 * False = refused.
 */
static bool
read_document(
    struct parse *p, struct str bytes, const char *encoding, struct aggregate_refusal *why)
{
	int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;

	*why = (struct aggregate_refusal){ .why = NULL };
	if (encoding != NULL)
		options |= XML_PARSE_IGNORE_ENC;
	if (has_long_tag(bytes)) {
		why->why = "a tag is longer than 8 KiB";
		return false;
	}
	p->reader = xmlReaderForMemory(bytes.p, (int)bytes.n, NULL, encoding, options);
	if (p->reader == NULL) {
		why->why = "not XML";
		return false;
	}
	xmlTextReaderSetErrorHandler(p->reader, quiet, NULL);
	while (why->why == NULL && xmlTextReaderRead(p->reader) == 1)
		why->why = take_node(p);
	if (why->why == NULL && !p->closed)
		why->why = NOT_WELL_FORMED;
	if (why->why != NULL)
		why->line = (size_t)xmlTextReaderGetParserLineNumber(p->reader);
	why->is_other = why->why != NULL && strcmp(why->why, OTHER_ROOT) == 0;
	xmlFreeTextReader(p->reader);
	return why->why == NULL;
}

/* Whether the bytes themselves are ASCII or an extension of it: no UTF-16, no UTF-32. */
static bool
is_ascii_like(struct str bytes)
{
	return bytes.n > 0 && memchr(bytes.p, '\0', bytes.n) == NULL;
}

/* Whether a document type stands in front of the root: the library need not see it at all. */
static bool
has_document_type(struct str bytes)
{
	for (size_t i = 0; i < bytes.n; i++) {
		struct str rest = str_sub(bytes, i, bytes.n);

		if (bytes.p[i] != '<')
			continue;
		if (str_has_prefix(rest, STR("<!DOCTYPE")) || str_has_prefix(rest, STR("<!ENTITY")))
			return true;
		if (str_has_prefix(rest, STR("<feedback")))
			return false;
	}
	return false;
}

/* BYTES up to the first end of a report in it; all of them when there is none. */
static struct str
first_report(struct str bytes)
{
	static const struct str end = { "feedback>", 9 };

	for (size_t i = 2; i + end.n <= bytes.n; i++)
		if (bytes.p[i] == end.p[0] && (bytes.p[i - 1] == '/' || bytes.p[i - 1] == ':') &&
		    str_has_prefix(str_sub(bytes, i, end.n), end))
			return str_sub(bytes, 0, i + end.n);
	return bytes;
}

/* One attempt, from the start. */
static bool
try_document(struct parse *p, struct str bytes, const char *encoding, struct aggregate_refusal *why)
{
	struct arena *a = p->f.a;
	struct aggregate_report *out = p->f.out;
	bool good;

	p->closed = false;
	aggregate_fields_init(&p->f, a, out);
	good = read_document(p, bytes, encoding, why);
	out->rows = p->f.rows;
	buf_free(&p->f.text);
	xmlResetLastError();
	return good;
}

bool
aggregate_parse(
    struct arena *a, struct str bytes, struct aggregate_report *out, struct aggregate_refusal *why)
{
	struct parse *p = arena_alloc(a, sizeof(*p));
	struct str first;
	char *utf8;

	aggregate_fields_init(&p->f, a, out);
	bytes = str_trim(bytes); /* an XML declaration behind an empty line is common */
	if (bytes.n == 0 || bytes.n > MAX_AGGREGATE_XML) {
		*why = (struct aggregate_refusal){ bytes.n == 0 ? "empty" : "too large", 0, false };
		return false;
	}
	if (has_document_type(bytes)) {
		*why = (struct aggregate_refusal){ ENTITIES, 0, false };
		return false;
	}
	if (try_document(p, bytes, NULL, why))
		return true;
	if (!is_ascii_like(bytes) || !str_eq(str_of(why->why), str_of(NOT_WELL_FORMED)))
		return false;
	/* what stands behind the end of a whole report takes nothing from it */
	first = first_report(bytes);
	if (first.n < bytes.n && try_document(p, first, NULL, why)) {
		out->junk = true;
		return true;
	}
	/* what is no text in any encoding that is known may have been something else */
	utf8 = arena_alloc(a, first.n + 1);
	if (!utf8_mend(first, utf8)) {
		*why = (struct aggregate_refusal){ NO_UTF8, 0, false };
		return false;
	}
	/* a declared encoding that is wrong: the rest is certain */
	if (!try_document(p, (struct str){ utf8, first.n }, "UTF-8", why))
		return false;
	out->mended = true;
	out->junk = first.n < bytes.n;
	return true;
}
