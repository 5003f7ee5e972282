/* SPDX-License-Identifier: ISC */
/*
 * attachment.c - parts of messages, by GMime; see attachment.h.
 *
 * GLib ends the program when memory runs out and its parser calls itself for every
 * message in a message, so what nests or splits is counted before it is given any.
 */
#include "audit/attachment.h"
#include <gmime/gmime.h>

#define MAX_NESTING 200      /* "message/rfc822" and "boundary" in the bytes of one message */
#define MAX_DELIMITERS 20000 /* lines of one message that begin with "--" */

struct walk {
	void (*part)(void *ctx, struct str bytes);
	void *ctx;
	size_t parts;
	unsigned depth;
	const char *why;
};

bool
is_mail(struct str bytes)
{
	size_t i = 0;

	if (str_has_prefix(bytes, STR("From ")))
		return true;
	while (i < bytes.n && i < 80 &&
	       (ascii_isalnum(bytes.p[i]) || bytes.p[i] == '-' || bytes.p[i] == '_'))
		i++;
	return i > 0 && i < bytes.n && bytes.p[i] == ':';
}

static bool
has_word(struct str bytes, size_t at, struct str word)
{
	return str_has_iprefix(str_sub(bytes, at, word.n), word);
}

/* Whether a message of BYTES nests or splits more than one with a report does. */
static bool
is_burden(struct str bytes)
{
	bool is_mbox = str_has_prefix(bytes, STR("From "));
	size_t nesting = 0, delimiters = 0;

	for (size_t i = 0; i < bytes.n; i++) {
		bool starts = i == 0 || bytes.p[i - 1] == '\n';

		if (is_mbox && starts && has_word(bytes, i, STR("From ")))
			nesting = delimiters = 0; /* the next message of an mbox */
		else if (starts && has_word(bytes, i, STR("--")))
			delimiters++;
		else if (ascii_lower(bytes.p[i]) == 'b' && has_word(bytes, i, STR("boundary")))
			nesting++;
		else if (ascii_lower(bytes.p[i]) == 'm' && has_word(bytes, i, STR("message/")))
			nesting++;
		if (nesting > MAX_NESTING || delimiters > MAX_DELIMITERS)
			return true;
	}
	return false;
}

/* Decode the content of PART and hand it on. */
static void
take_part(struct walk *w, GMimePart *part)
{
	GMimeDataWrapper *content = g_mime_part_get_content(part);
	GMimeStream *to;
	GByteArray *bytes;

	if (content == NULL)
		return;
	if (++w->parts > MAX_ATTACHMENT_PARTS) {
		w->why = "the mail has more parts than are read";
		return;
	}
	to = g_mime_stream_mem_new();
	g_mime_data_wrapper_write_to_stream(content, to);
	bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(to));
	if (bytes->len > MAX_ATTACHMENT_BYTES)
		w->why = "a part of the mail is larger than reports are";
	else if (bytes->len > 0)
		w->part(w->ctx, (struct str){ (const char *)bytes->data, bytes->len });
	g_object_unref(to);
}

static void
take_object(struct walk *w, GMimeObject *o)
{
	if (o == NULL || w->why != NULL)
		return;
	if (w->depth >= MAX_ATTACHMENT_DEPTH) {
		w->why = "the mail has parts in parts deeper than mail has";
		return;
	}
	w->depth++;
	if (GMIME_IS_MULTIPART(o)) {
		int n = g_mime_multipart_get_count(GMIME_MULTIPART(o));

		for (int i = 0; i < n && w->why == NULL; i++)
			take_object(w, g_mime_multipart_get_part(GMIME_MULTIPART(o), i));
	} else if (GMIME_IS_MESSAGE_PART(o)) {
		GMimeMessage *m = g_mime_message_part_get_message(GMIME_MESSAGE_PART(o));

		take_object(w, m != NULL ? g_mime_message_get_mime_part(m) : NULL);
	} else if (GMIME_IS_PART(o)) {
		take_part(w, GMIME_PART(o));
	}
	w->depth--;
}

/* All messages that PARSER gives. */
static void
take_messages(struct walk *w, GMimeParser *parser)
{
	for (size_t n = 0; w->why == NULL && !g_mime_parser_eos(parser); n++) {
		GMimeMessage *m;

		if (n == MAX_ATTACHMENT_MESSAGES) {
			w->why = "the file has more messages than are read";
			return;
		}
		m = g_mime_parser_construct_message(parser, NULL);
		if (m == NULL)
			return;
		take_object(w, g_mime_message_get_mime_part(m));
		g_object_unref(m);
	}
}

const char *
attachments_each(struct str bytes, void (*part)(void *ctx, struct str bytes), void *ctx)
{
	struct walk w = { .part = part, .ctx = ctx };
	GMimeStream *stream;
	GMimeParser *parser;

	if (bytes.n > MAX_ATTACHMENT_MAIL)
		return "larger than mail with reports is";
	if (is_burden(bytes))
		return "the mail has more parts than mail has";
	g_mime_init();
	stream = g_mime_stream_mem_new_with_buffer(bytes.p, bytes.n);
	parser = g_mime_parser_new_with_stream(stream);
	g_object_unref(stream);
	if (str_has_prefix(bytes, STR("From ")))
		g_mime_parser_set_format(parser, GMIME_FORMAT_MBOX);
	take_messages(&w, parser);
	g_object_unref(parser);
	return w.why;
}
