/* SPDX-License-Identifier: ISC */
/*
 * mime.c - the parts of one message, by GMime.
 *
 * GLib ends the program when memory runs out, so it sees bounded messages
 * only: what it builds grows with boundaries and delimiters, and those are
 * counted before.
 */
#include "audit/bounce/mime.h"
#include <gmime/gmime.h>
#include "audit/bounce/fields.h"

struct walk {
	struct arena *a;
	struct mime_message *out;
	size_t cap;
	unsigned depth, level;
};

/* The part of BYTES before the first empty line. */
static struct str
header_of(struct str bytes)
{
	struct str line;
	size_t pos = 0, from = 0;

	while (line_next(bytes, &pos, &line)) {
		if (line.n == 0)
			break;
		from = pos;
	}
	return str_sub(bytes, 0, from);
}

/* Whether BYTES would cost more than a report is worth. */
static bool
is_burden(struct str bytes)
{
	size_t boundaries = 0, delimiters = 0;

	for (size_t i = 0; i + 2 < bytes.n; i++) {
		if (bytes.p[i] == '\n' && bytes.p[i + 1] == '-' && bytes.p[i + 2] == '-')
			delimiters++;
		else if ((bytes.p[i] == 'b' || bytes.p[i] == 'B') &&
			 str_has_iprefix(str_sub(bytes, i, 9), STR("boundary=")))
			boundaries++;
	}
	return boundaries > MAX_MIME_BOUNDARIES || delimiters > MAX_MIME_DELIMITERS;
}

static struct mime_part *
part_new(struct walk *w, const char *type, const char *subtype)
{
	struct mime_message *m = w->out;
	struct mime_part *p;
	char *name;
	size_t n, k;

	if (m->n >= MAX_MIME_PARTS) {
		m->cut = true;
		return NULL;
	}
	p = arena_grow(w->a, &m->parts, m->n, &w->cap, sizeof(*m->parts));
	m->n++;
	type = type == NULL ? "text" : type;
	subtype = subtype == NULL ? "plain" : subtype;
	n = strlen(type);
	k = strlen(subtype);
	name = arena_alloc(w->a, n + k + 2);
	for (size_t i = 0; i < n; i++)
		name[i] = ascii_lower(type[i]);
	name[n] = '/';
	for (size_t i = 0; i < k; i++)
		name[n + 1 + i] = ascii_lower(subtype[i]);
	p->type = (struct str){ name, n + k + 1 };
	p->level = w->level;
	return p;
}

/* What STREAM holds, decoded by ENCODING and out of CHARSET (NULL = bytes), owned by A. */
static struct str
decode(struct arena *a, GMimeStream *stream, GMimeContentEncoding encoding, const char *charset)
{
	GMimeStream *memory = g_mime_stream_mem_new();
	GMimeStream *through = g_mime_stream_filter_new(memory);
	GMimeFilter *f = g_mime_filter_basic_new(encoding, FALSE);
	GByteArray *bytes;
	struct str s;

	if (f != NULL) {
		g_mime_stream_filter_add(GMIME_STREAM_FILTER(through), f);
		g_object_unref(f);
	}
	f = charset == NULL ? NULL : g_mime_filter_charset_new(charset, "utf-8");
	if (f != NULL) {
		g_mime_stream_filter_add(GMIME_STREAM_FILTER(through), f);
		g_object_unref(f);
	}
	g_mime_stream_write_to_stream(stream, through);
	g_mime_stream_flush(through);
	bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
	s = arena_str(a, (struct str){ (const char *)bytes->data, bytes->len });
	g_object_unref(through);
	g_object_unref(memory);
	return s;
}

static void
leaf(struct walk *w, GMimePart *part)
{
	GMimeContentType *ct = g_mime_object_get_content_type(GMIME_OBJECT(part));
	GMimeDataWrapper *content = g_mime_part_get_content(part);
	struct mime_part *p = part_new(
	    w, g_mime_content_type_get_media_type(ct), g_mime_content_type_get_media_subtype(ct));
	const char *charset = g_mime_content_type_get_parameter(ct, "charset");
	GMimeStream *stream, *head;
	gint64 length;
	bool text;

	if (p == NULL || content == NULL)
		return;
	text = str_has_prefix(p->type, STR("text/"));
	if (!text && !str_has_prefix(p->type, STR("message/")))
		return; /* pictures, winmail.dat */
	stream = g_mime_data_wrapper_get_stream(content);
	length = stream == NULL ? 0 : g_mime_stream_length(stream);
	if (length <= 0)
		return;
	p->cut = length > (gint64)MAX_MIME_TEXT;
	w->out->cut = w->out->cut || p->cut;
	head = g_mime_stream_substream(stream, stream->bound_start,
	    stream->bound_start + (p->cut ? (gint64)MAX_MIME_TEXT : length));
	p->body = decode(w->a, head, g_mime_data_wrapper_get_encoding(content),
	    text || charset != NULL ? charset : NULL);
	g_object_unref(head);
	p->html = str_eq(p->type, STR("text/html"));
	if (p->html)
		p->body = html_text(w->a, p->body);
}

static void object(struct walk *w, GMimeObject *o);

static void
attached(struct walk *w, GMimeMessage *m)
{
	struct mime_part *p = part_new(w, "message", "rfc822");
	char *header;

	if (p == NULL || m == NULL)
		return;
	header = g_mime_object_get_headers(GMIME_OBJECT(m), NULL);
	p->body = arena_str(w->a, str_sub(str_of(header), 0, MAX_MIME_TEXT));
	g_free(header);
	w->level++;
	object(w, g_mime_message_get_mime_part(m));
	w->level--;
}

static void
object(struct walk *w, GMimeObject *o)
{
	if (o == NULL)
		return;
	if (w->depth >= MAX_MIME_DEPTH) {
		w->out->cut = true;
		return;
	}
	w->depth++;
	if (GMIME_IS_MULTIPART(o)) {
		int n = g_mime_multipart_get_count(GMIME_MULTIPART(o));

		for (int i = 0; i < n && w->out->n < MAX_MIME_PARTS; i++)
			object(w, g_mime_multipart_get_part(GMIME_MULTIPART(o), i));
	} else if (GMIME_IS_MESSAGE_PART(o)) {
		attached(w, g_mime_message_part_get_message(GMIME_MESSAGE_PART(o)));
	} else if (GMIME_IS_PART(o)) {
		leaf(w, GMIME_PART(o));
	}
	w->depth--;
}

static void
type_of(struct arena *a, GMimeMessage *m, struct mime_message *out)
{
	GMimeObject *top = g_mime_message_get_mime_part(m);
	char *type = top == NULL
			 ? NULL
			 : g_mime_content_type_get_mime_type(g_mime_object_get_content_type(top));
	struct str s = arena_str(a, str_of(type));
	char *lower = arena_alloc(a, s.n + 1);

	for (size_t i = 0; i < s.n; i++)
		lower[i] = ascii_lower(s.p[i]);
	out->type = (struct str){ lower, s.n };
	g_free(type);
}

/* A multipart without its boundary: its body is text to whoever reads it. */
static void
bare(struct walk *w, struct str bytes)
{
	struct mime_part *p;

	for (size_t i = 0; i < w->out->n; i++)
		if (w->out->parts[i].body.n > 0)
			return;
	p = part_new(w, NULL, NULL);
	if (p == NULL)
		return;
	p->body = str_sub(bytes, w->out->header.n, MAX_MIME_TEXT);
	p->cut = bytes.n - w->out->header.n > MAX_MIME_TEXT;
	w->out->cut = w->out->cut || p->cut;
}

bool
mime_read(struct arena *a, struct str bytes, struct mime_message *out)
{
	struct walk w = { .a = a, .out = out };
	GMimeStream *stream;
	GMimeParser *parser;
	GMimeMessage *message;

	*out = (struct mime_message){ .header = header_of(bytes) };
	if (out->header.n == 0 || out->header.n > MAX_MIME_HEADER || is_burden(bytes))
		return false;
	g_mime_init();
	stream = g_mime_stream_mem_new_with_buffer(bytes.p, bytes.n);
	parser = g_mime_parser_new_with_stream(stream);
	g_object_unref(stream);
	message = g_mime_parser_construct_message(parser, NULL);
	g_object_unref(parser);
	if (message == NULL)
		return false;
	type_of(a, message, out);
	object(&w, g_mime_message_get_mime_part(message));
	g_object_unref(message);
	bare(&w, bytes);
	return true;
}
