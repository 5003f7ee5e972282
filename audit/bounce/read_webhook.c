/* SPDX-License-Identifier: ISC */
/*
 * read_webhook.c - events of mail services, and KumoMTA's log, out of JSON:
 * one document, arrays, one object after another or a line each.
 *
 * Envelopes are opened (SNS, EventBridge, Lambda, lists); what has no known
 * shape is not understood and nothing is guessed from it.
 */
#include <jansson.h>
#include "audit/bounce/fields.h"
#include "audit/bounce/hook.h"
#include "audit/bounce/readers.h"

/*
 * Values of one record.  The library takes some 300 bytes for an empty object
 * of two, so bytes alone bound nothing; a million are thousands of events.
 */
#define MAX_JSON_VALUES 1000000

/* Members that hold events or the message that holds them. */
static const char *const envelopes[] = {
	"events",
	"items",
	"results",
	"Records",
	"Sns",
	"Bounces",
	"event-data",
	"event_data",
	"events_by_user",
	"msys",
	"detail",
	"message_event",
	"track_event",
	"unsubscribe_event",
	"gen_event",
	"relay_event",
};

static void one_value(struct hook *h, const json_t *j);

/* JSON inside a string: SNS puts the event there. */
static void
inner(struct hook *h, const json_t *text)
{
	const char *p = json_string_value(text);
	json_t *j;

	if (p == NULL || p[0] != '{')
		return;
	j = json_loadb(p, json_string_length(text), 0, NULL);
	if (j == NULL)
		return;
	one_value(h, j);
	json_decref(j);
}

static void
one_object(struct hook *h, const json_t *j)
{
	const json_t *member;

	if (hook_ses(h, j) || hook_kumo(h, j)) {
		h->understood = true;
		return;
	}
	if (json_is_string(json_object_get(j, "Message")))
		inner(h, json_object_get(j, "Message"));
	for (size_t i = 0; i < ARRAY_LEN(envelopes); i++) {
		member = json_object_get(j, envelopes[i]);
		if (json_is_object(member) || json_is_array(member))
			one_value(h, member);
	}
	if (hook_shape(h, j))
		h->understood = true;
	/* SNS asks once whether the address is right. */
	if (str_has_prefix(hook_text(h->a, j, "Type"), STR("SubscriptionConfirmation")))
		h->understood = true;
}

static void
one_value(struct hook *h, const json_t *j)
{
	if (h->depth >= MAX_HOOK_DEPTH)
		return;
	h->depth++;
	if (json_is_array(j))
		for (size_t i = 0; i < json_array_size(j); i++)
			one_value(h, json_array_get(j, i));
	else if (json_is_object(j))
		one_object(h, j);
	h->depth--;
}

/* "mandrill_events=%5B%7B..." is a form with JSON in its one field. */
static struct str
unform(struct arena *a, struct str record)
{
	static const char hex[] = "0123456789abcdef";
	struct str name = STR("mandrill_events="), s;
	char *p;
	size_t n = 0;

	if (!str_has_prefix(record, name))
		return record;
	s = str_sub(record, name.n, record.n);
	s.n = str_find(s, 0, '&');
	p = arena_alloc(a, s.n + 1);
	for (size_t i = 0; i < s.n; i++) {
		const char *high = NULL, *low = NULL;

		if (s.p[i] == '%' && i + 2 < s.n && s.p[i + 1] != '\0' && s.p[i + 2] != '\0') {
			high = strchr(hex, ascii_lower(s.p[i + 1]));
			low = strchr(hex, ascii_lower(s.p[i + 2]));
		}
		if (high != NULL && low != NULL) {
			p[n++] = (char)((high - hex) * 16 + (low - hex));
			i += 2;
		} else {
			p[n++] = s.p[i] == '+' ? ' ' : s.p[i];
		}
	}
	return (struct str){ p, n };
}

static bool
is_burden(struct str text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == ',' || text.p[i] == '{' || text.p[i] == '[')
			n++;
	return n > MAX_JSON_VALUES;
}

#define MAX_BROKEN 1000 /* values that are no JSON, stepped over one by one */

/* The length of the value at the start of TEXT by its brackets, whatever is wrong inside. */
static size_t
broken_length(struct str text)
{
	size_t depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (quoted) {
			i += c == '\\';
			quoted = c != '"';
		} else if (c == '"') {
			quoted = true;
		} else if (c == '{' || c == '[') {
			depth++;
		} else if (c == '}' || c == ']') {
			if (depth <= 1)
				return i + 1;
			depth--;
		} else if (c == ',' && depth == 0) {
			return i + 1;
		}
	}
	return text.n;
}

/* TEXT, which is no JSON, from its first value that may be some: inside of a list, or the next. */
static struct str
past_broken(struct str text)
{
	return str_sub(text, text.p[0] == '[' ? 1 : broken_length(text), text.n);
}

static enum record_fate
read_webhook(void *state, struct arena *a, struct str record, struct reader_clock *clock,
    const struct sink *out)
{
	struct hook h = { .a = a, .out = out };
	struct str text = str_trim(unform(a, record));
	size_t broken = 0;

	(void)state;
	(void)clock;
	if (str_has_prefix(text, STR("\xef\xbb\xbf")))
		text = str_sub(text, 3, text.n);
	if (is_burden(text))
		return RECORD_NOT_UNDERSTOOD;
	while (text.n > 0 && broken < MAX_BROKEN) {
		json_error_t error;
		json_t *j = json_loadb(text.p, text.n, JSON_DISABLE_EOF_CHECK, &error);

		if (j != NULL && error.position > 0) {
			one_value(&h, j);
			text = str_sub(text, (size_t)error.position, text.n);
		} else {
			broken++;
			text = past_broken(text);
		}
		json_decref(j);
		text = str_trim(text);
		/* Lines out of a list, and the end of one that is broken. */
		while (text.n > 0 && (text.p[0] == ',' || (broken > 0 && text.p[0] == ']')))
			text = str_trim(str_sub(text, 1, text.n));
	}
	if (h.n_events > 0 && broken > 0)
		sink_left(out);
	if (h.n_events > 0)
		return RECORD_EVENTS;
	return h.understood && broken == 0 ? RECORD_IRRELEVANT : RECORD_NOT_UNDERSTOOD;
}

/* Whether TEXT begins as JSON with a member that one of ours has. */
static bool
is_likely(struct str text)
{
	static const struct str marks[] = { STR("\"event\""), STR("\"notificationType\""),
		STR("\"eventType\""), STR("\"RecordType\""), STR("\"msys\""), STR("\"Message\""),
		STR("\"event-data\""), STR("\"event_time\""), STR("\"event_name\""),
		STR("\"delivery-status\""), STR("\"peer_address\""), STR("\"email_id\""),
		STR("\"activity."), STR("\"events\"") };

	if (str_has_prefix(text, STR("\xef\xbb\xbf")))
		text = str_sub(text, 3, text.n);
	text = str_trim(text);
	if (str_has_prefix(text, STR("mandrill_events=")))
		return true;
	if (text.n == 0 || (text.p[0] != '{' && text.p[0] != '['))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		if (str_ifind(text, 0, marks[i]) < text.n)
			return true;
	return false;
}

static unsigned
claims_document(struct str record)
{
	return is_likely(str_sub(record, 0, (size_t)64 << 10)) ? 80 : 0;
}

/* A line that is all of an object is surer than a document that begins so. */
static unsigned
claims_line(struct str record)
{
	struct str t = str_trim(record);

	if (t.n == 0 || (t.p[t.n - 1] != '}' && t.p[t.n - 1] != ']'))
		return 0;
	return is_likely(t) ? 85 : 0;
}

const struct reader reader_webhook = {
	.name = "webhook",
	.about = "JSON events of mail services, as one document",
	.unit = READS_DOCUMENTS,
	.claims = claims_document,
	.read = read_webhook,
};

const struct reader reader_webhook_lines = {
	.name = "webhook-lines",
	.about = "JSON events of mail services and KumoMTA's log, one a line",
	.unit = READS_LINES,
	.claims = claims_line,
	.read = read_webhook,
};
