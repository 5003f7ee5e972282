/* SPDX-License-Identifier: ISC */
/*
 * read_exim_fields.c - fields and addresses of Exim's main log (its
 * specification, chapter "Log files").
 */
#include "audit/bounce/read_exim.h"
#include "audit/bounce/span.h"

/* clang-format off */
/* Behind "SMTP error from remote mail server after "; "pipelined " and "sending " gone. */
static const struct {
	struct str words;
	enum phase phase;
} phases[] = {
	{ STR("end of data"), PHASE_END_OF_DATA },
	{ STR("sending data"), PHASE_END_OF_DATA },
	{ STR("RCPT TO"), PHASE_RCPT },
	{ STR("MAIL FROM"), PHASE_MAIL },
	{ STR("initial connection"), PHASE_CONNECT },
	{ STR("EHLO"), PHASE_HELO },
	{ STR("HELO"), PHASE_HELO },
	{ STR("LHLO"), PHASE_HELO },
	{ STR("STARTTLS"), PHASE_STARTTLS },
	{ STR("AUTH"), PHASE_AUTH },
	{ STR("DATA"), PHASE_DATA },
};
/* clang-format on */

/* "\"...\"" at the start of S, backslashes escape; without its quotes. */
static struct str
take_quoted(struct str *s)
{
	struct str got;
	size_t n = 1;

	while (n < s->n && s->p[n] != '"')
		n += s->p[n] == '\\' ? 2 : 1;
	if (n > s->n)
		n = s->n;
	got = str_sub(*s, 1, n - 1);
	span_drop(s, n < s->n ? n + 1 : n);
	return got;
}

/* "[192.0.2.1]:25" at the start of S, the port perhaps; without brackets. */
static struct str
take_ip(struct str *s)
{
	struct str got;

	if (s->n == 0 || s->p[0] != '[')
		return (struct str){ 0 };
	span_drop(s, 1);
	got = span_until(s, ']');
	if (s->n > 1 && s->p[0] == ':' && ascii_isdigit(s->p[1])) {
		span_drop(s, 1);
		while (s->n > 0 && ascii_isdigit(s->p[0]))
			span_drop(s, 1);
	}
	return got;
}

/* "name (helo) [192.0.2.1]:25", of which only the address must be there. */
static void
take_host(struct str *s, struct exim_fields *out)
{
	size_t n = 0;

	while (n < s->n && !ascii_isblank(s->p[n]) && s->p[n] != '[' && s->p[n] != '(')
		n++;
	out->host = str_sub(*s, 0, n);
	span_drop(s, n);
	span_blanks(s);
	if (s->n > 0 && s->p[0] == '(') {
		(void)span_until(s, ')');
		span_blanks(s);
	}
	out->ip = take_ip(s);
}

/* A word, which a colon and a blank end too: "T=remote_smtp: text". */
static struct str
take_value(struct str *s)
{
	size_t n = 0;

	if (s->n > 0 && s->p[0] == '"')
		return take_quoted(s);
	while (n < s->n && !ascii_isblank(s->p[n]) &&
	       !(s->p[n] == ':' && (n + 1 == s->n || s->p[n + 1] == ' ')))
		n++;
	span_drop(s, n);
	return (struct str){ s->p - n, n };
}

/* The length of "R=", "DKIM=", "M8S=" at the start of S; 0 when there is none. */
static size_t
key_length(struct str s)
{
	size_t n = 0;

	while (n < s.n && n < 6 && ascii_isalnum(s.p[n]))
		n++;
	return n > 0 && n < s.n && s.p[n] == '=' ? n + 1 : 0;
}

/* "defer (-44)" */
static bool
take_defer(struct str *s, struct exim_fields *out)
{
	struct str t = *s;
	uint32_t code;
	bool minus;

	if (!span_take(&t, STR("defer (")))
		return false;
	minus = span_take(&t, STR("-"));
	if (!span_number(&t, 100000, &code) || !span_take(&t, STR(")")))
		return false;
	out->deferred = true;
	out->defer = minus ? -(int)code : (int)code;
	*s = t;
	return true;
}

static void
take_field(struct str *s, struct str key, struct exim_fields *out)
{
	bool quoted = s->n > 0 && s->p[0] == '"';
	struct str value;

	if (str_eq(key, STR("H="))) {
		take_host(s, out);
		return;
	}
	if (str_eq(key, STR("I="))) {
		out->local_ip = take_ip(s);
		return;
	}
	value = take_value(s);
	if (str_eq(key, STR("F=")) || str_eq(key, STR("P="))) {
		/* P= is the protocol, or the return path: that has angle brackets. */
		if (value.n >= 2 && value.p[0] == '<' && value.p[value.n - 1] == '>')
			out->sender = value.n == 2 ? value : str_sub(value, 1, value.n - 2);
	} else if (str_eq(key, STR("T=")) && !quoted) {
		out->transport = value;
	} else if (str_eq(key, STR("id="))) {
		out->message_id = value;
	} else if (str_eq(key, STR("C="))) {
		out->reply = value;
	}
}

void
exim_fields(struct str *s, struct exim_fields *out)
{
	size_t key;

	for (;;) {
		span_blanks(s);
		if (span_take(s, STR(":"))) {
			span_blanks(s);
			return;
		}
		if (take_defer(s, out))
			continue;
		if ((key = key_length(*s)) > 0) {
			struct str name = str_sub(*s, 0, key);

			span_drop(s, key);
			take_field(s, name, out);
		} else if (!span_take(s, STR("DS ")) && !span_take(s, STR("K ")) &&
			   !span_take(s, STR("PRDR ")) && !span_take(s, STR("L "))) {
			return;
		}
	}
}

/* Where the addresses end: before " R=", " F=<" ..., " defer (" or a colon. */
static size_t
addresses_end(struct str s)
{
	size_t i = 0;

	if (s.n > 0 && s.p[0] == '"') /* a quoted local part */
		while (++i < s.n && s.p[i] != '"')
			i += s.p[i] == '\\';
	for (; i < s.n; i++) {
		struct str rest = str_sub(s, i + 1, s.n);

		if (s.p[i] == ':' && i > 0 && (i + 1 == s.n || s.p[i + 1] == ' ') && s.p[0] != ':')
			return i;
		if (s.p[i] == ' ' && (key_length(rest) > 0 || str_has_prefix(rest, STR("defer ("))))
			return i;
	}
	return s.n;
}

void
exim_addresses(struct str *s, struct str *recipient, struct str *original)
{
	struct str all = str_sub(*s, 0, addresses_end(*s));
	size_t open = span_rfind(all, STR(" <")), parent = span_find(all, STR(" ("));

	span_drop(s, all.n);
	*original = (struct str){ 0 };
	*recipient = str_sub(all, 0, parent < open ? parent : open);
	if (open < all.n) {
		*original = str_sub(all, open + 2, all.n);
		*original = str_sub(*original, 0, span_rfind(*original, STR(">")));
	}
	/* A local delivery, a command, a file: the address is in the brackets alone. */
	if (original->n > 0 &&
	    (str_find(*recipient, 0, '@') >= recipient->n || recipient->p[0] == '|' ||
		recipient->p[0] == '/' || recipient->p[0] == ':'))
		*recipient = *original;
	if (str_eq(*recipient, *original))
		original->n = 0;
}

enum phase
exim_phase(struct str text, bool *named)
{
	size_t at = span_find(text, STR(" error from remote mail"));

	*named = at < text.n;
	if (!*named)
		return PHASE_LOCAL;
	text = str_sub(text, at, text.n);
	at = span_find(text, STR(" after "));
	text = str_sub(text, at < text.n ? at + STR(" after ").n : at, text.n);
	(void)span_take(&text, STR("pipelined "));
	for (size_t i = 0; i < ARRAY_LEN(phases); i++)
		if (str_has_prefix(text, phases[i].words))
			return phases[i].phase;
	return PHASE_UNKNOWN;
}
