/* SPDX-License-Identifier: ISC */
/*
 * prosesplit.c - where the text of a report ends and the returned message
 * begins.
 */
#include "audit/bounce/prose.h"

#define MAX_LOOKAHEAD 8192 /* bytes below a line that tell whether a header begins there */

/* Header fields that messages have and summaries of messages do not / do too. */
static const struct str strong[] = {
	STR("received"),
	STR("return-path"),
	STR("message-id"),
	STR("mime-version"),
	STR("dkim-signature"),
	STR("x-received"),
	STR("delivered-to"),
	STR("arc-seal"),
	STR("authentication-results"),
	STR("domainkey-signature"),
	STR("received-spf"),
	STR("x-mailer"),
};
static const struct str weak[] = {
	STR("from"),
	STR("to"),
	STR("subject"),
	STR("date"),
	STR("reply-to"),
	STR("sender"),
	STR("cc"),
	STR("envelope-to"),
	STR("x-original-to"),
	STR("user-agent"),
	STR("content-type"),
	STR("content-transfer-encoding"),
};

/* What a line between dashes, or one above a header, says of the message below it. */
static const struct str markers[] = {
	STR("copy of the message"),
	STR("copy of message"),
	STR("copy of the original"),
	STR("copy of your message"),
	STR("original message"),
	STR("original mail"),
	STR("returned message"),
	STR("returned mail"),
	STR("unsent message"),
	STR("message header"),
	STR("message text follows"),
	STR("message follows"),
	STR("header of the"),
	STR("headers of the"),
	STR("headers follow"),
	STR("body of the"),
	STR("undelivered message"),
	STR("rejected message"),
	STR("your message was"),
	STR("start of message"),
	STR("included message"),
	STR("message contents"),
	STR("contents of the message"),
};

static bool
is_one_of(struct str name, const struct str *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_ieq(name, names[i]))
			return true;
	return false;
}

/* Whether the fields right at the start of TEXT are a message's header. */
static bool
begins_header(struct str text)
{
	size_t known = 0, surely = 0, fields = 0, pos = 0;
	struct str line;

	while (fields < 40 && line_next(text, &pos, &line)) {
		struct str name = str_sub(line, 0, field_name_length(line));

		if (fields > 0 && line.n > 0 && ascii_isblank(line.p[0]))
			continue;
		if (name.n == 0)
			break;
		fields++;
		if (is_one_of(name, strong, ARRAY_LEN(strong)))
			surely++;
		else if (is_one_of(name, weak, ARRAY_LEN(weak)))
			known++;
		else if (fields == 1 && !str_has_iprefix(name, STR("x-")))
			return false;
		if (surely >= 1 && surely + known >= 2)
			return true;
	}
	return false;
}

/* Whether the first line of TEXT that is not empty is a header field of a message. */
static bool
begins_field(struct str text)
{
	struct str line;

	for (size_t pos = 0; line_next(text, &pos, &line);) {
		struct str name = str_sub(line, 0, field_name_length(line));

		if (str_trim(line).n > 0)
			return is_one_of(name, strong, ARRAY_LEN(strong)) ||
			       is_one_of(name, weak, ARRAY_LEN(weak)) ||
			       str_has_iprefix(name, STR("x-"));
	}
	return true;
}

static bool
is_marker(struct str line, struct str below)
{
	struct str t = str_trim(line);

	if (t.n < 8 || t.n > 160)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(markers); i++)
		if (str_ifind(t, 0, markers[i]) < t.n)
			return (strchr("-=*_", t.p[0]) != NULL && t.p[1] == t.p[0]) ||
			       begins_field(below);
	return false;
}

void
prose_split(struct str text, struct prose *out)
{
	struct str line;
	size_t from = 0, pos = 0;

	*out = (struct prose){ .text = text };
	for (; from < MAX_PROSE && line_next(text, &pos, &line); from = pos) {
		struct str below = str_sub(text, pos, text.n);
		bool marker = is_marker(line, str_sub(below, 0, MAX_LOOKAHEAD));

		if (!marker && !begins_header(str_sub(text, from, MAX_LOOKAHEAD)))
			continue;
		out->text = str_sub(text, 0, from);
		out->returned = marker ? below : str_sub(text, from, text.n);
		while (out->returned.n > 0 && out->returned.p[0] <= ' ' && out->returned.p[0] >= 0)
			out->returned = str_sub(out->returned, 1, out->returned.n);
		return;
	}
}
