/* SPDX-License-Identifier: ISC */
/*
 * syslog.c - what stands before the message in a line that syslog wrote.
 */
#include "audit/bounce/syslog.h"
#include "audit/bounce/span.h"

#define MAX_REPEATED 1000000000 /* a number that fits; syslogd counts in an int */

/* "<22>" or "<22>1 "; true for the second, which is RFC 5424. */
static bool
take_priority(struct str *s)
{
	size_t at;

	if (s->n < 3 || s->p[0] != '<' || !ascii_isdigit(s->p[1]))
		return false;
	at = str_find(str_sub(*s, 0, 5), 0, '>'); /* at most 191 */
	if (at + 1 >= s->n || s->p[at] != '>')
		return false;
	span_drop(s, at + 1);
	return span_take(s, STR("1 "));
}

/* APP-NAME PROCID MSGID STRUCTURED-DATA MSG (RFC 5424 6). */
static void
take_5424(struct str *s, struct syslog_line *out)
{
	out->host = span_word(s);
	out->tag = span_word(s);
	(void)span_word(s);
	(void)span_word(s);
	while (s->n > 0 && s->p[0] == '[')
		(void)span_until(s, ']');
	(void)span_take(s, STR("-"));
	span_blanks(s);
	(void)span_take(s, STR("\xef\xbb\xbf")); /* BOM = the message is UTF-8 */
	out->msg = *s;
}

/* Whether WORD is a tag, "postfix/smtp[1]:" or "su:", and no host. */
static bool
is_tag(struct str word)
{
	return word.n > 1 && word.p[word.n - 1] == ':';
}

/* "postfix/smtp" of "postfix/smtp[77582]:"; names of instances may hold colons. */
static struct str
tag_name(struct str word)
{
	size_t n = word.n;

	if (n > 0 && word.p[n - 1] == ':')
		n--;
	if (n > 2 && word.p[n - 1] == ']') {
		size_t open = n - 2;

		while (open > 0 && ascii_isdigit(word.p[open]))
			open--;
		if (open > 0 && word.p[open] == '[')
			n = open;
	}
	return str_sub(word, 0, n);
}

/* The word at the start of S, and one blank behind it. */
static inline struct str
next_word(struct str *s)
{
	const char *blank = s->n == 0 ? NULL : memchr(s->p, ' ', s->n);
	struct str word = { s->p, blank == NULL ? s->n : (size_t)(blank - s->p) };

	span_drop(s, word.n + (blank != NULL));
	if (s->n > 0 && ascii_isblank(s->p[0]))
		span_blanks(s);
	return word;
}

static void
take_3164(struct str *s, struct syslog_line *out)
{
	struct str word;

	if (s->n > 0 && s->p[0] == '<') /* "<mail.info>" */
		(void)next_word(s);
	word = next_word(s);
	out->host = (struct str){ s->p, 0 };
	if (!is_tag(word)) {
		out->host = word;
		word = next_word(s);
	}
	out->tag = tag_name(word);
	if (span_take(s, STR("[ID "))) {
		(void)span_until(s, ']');
		span_blanks(s);
	}
	out->msg = *s;
}

/* rsyslogd and systemd fold equal lines into one. */
static void
unfold(struct syslog_line *out)
{
	struct str s = out->msg;
	uint32_t count;

	if (!span_take(&s, STR("message repeated ")) || !span_number(&s, MAX_REPEATED, &count) ||
	    count == 0 || !span_take(&s, STR(" times: [")))
		return;
	span_blanks(&s);
	if (s.n > 0 && s.p[s.n - 1] == ']')
		s.n--;
	out->msg = s;
	out->count = count;
}

bool
syslog_read(
    struct stamp_cache *k, struct str line, struct reader_clock *clock, struct syslog_line *out)
{
	bool is_5424 = take_priority(&line);
	size_t n = stamp_read(k, line, clock, &out->time);

	if (n == 0)
		return false;
	span_drop(&line, n);
	span_blanks(&line);
	out->count = 1;
	if (is_5424)
		take_5424(&line, out);
	else
		take_3164(&line, out);
	if (out->msg.n > 8 && out->msg.p[0] == 'm')
		unfold(out);
	return true;
}
