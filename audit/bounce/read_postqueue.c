/* SPDX-License-Identifier: ISC */
/*
 * read_postqueue.c - what `postqueue -j` of Postfix prints: what waits now, and
 * why.
 *
 * The time of the attempt is not told; the event has the time of the mail's
 * arrival.
 */
#include <jansson.h>
#include "audit/bounce/readers.h"
#include "audit/bounce/span.h"

#define MAX_WAITING 50000 /* recipients of one mail; Postfix takes 1,000 of a client at once */

static struct str
text_of(const json_t *object, const char *key)
{
	const json_t *v = json_object_get(object, key);

	if (!json_is_string(v))
		return (struct str){ 0 };
	return (struct str){ json_string_value(v), json_string_length(v) };
}

static enum record_fate
read_mail(const json_t *mail, const struct sink *out)
{
	const json_t *list = json_object_get(mail, "recipients"), *arrival;
	struct bounce_event e = { .kind = EVENT_DEFERRED, .count = 1 };
	enum record_fate fate = RECORD_IRRELEVANT;

	e.queue_id = text_of(mail, "queue_id");
	if (!json_is_array(list) || e.queue_id.n == 0)
		return RECORD_NOT_UNDERSTOOD;
	arrival = json_object_get(mail, "arrival_time");
	e.has_time = json_is_integer(arrival);
	e.time = (time_t)json_integer_value(arrival);
	e.sender = text_of(mail, "sender");
	if (e.sender.n == 0 || str_eq(e.sender, STR("MAILER-DAEMON")))
		e.sender = STR("<>");
	e.why = text_of(mail, "queue_name");
	for (size_t i = 0; i < json_array_size(list) && i < MAX_WAITING; i++) {
		e.recipient = text_of(json_array_get(list, i), "address");
		e.reply = text_of(json_array_get(list, i), "delay_reason");
		if (e.recipient.n == 0 || e.reply.n == 0)
			continue; /* not tried yet */
		out->event(out->ctx, &e);
		fate = RECORD_EVENTS;
	}
	return fate;
}

static enum record_fate
read_line(void *state, struct arena *a, struct str record, struct reader_clock *clock,
    const struct sink *out)
{
	enum record_fate fate;
	json_t *mail;

	(void)state;
	(void)a;
	(void)clock;
	record = str_trim(record);
	if (record.n == 0)
		return RECORD_IRRELEVANT;
	mail = json_loadb(record.p, record.n, JSON_ALLOW_NUL, NULL);
	if (mail == NULL)
		return RECORD_NOT_UNDERSTOOD;
	fate = read_mail(mail, out);
	json_decref(mail);
	return fate;
}

static unsigned
claims(struct str record)
{
	static const struct str keys[] = { STR("\"queue_name\""), STR("\"queue_id\""),
		STR("\"recipients\"") };

	record = str_trim(str_sub(record, 0, str_find(record, 0, '\n')));
	if (record.n == 0 || record.p[0] != '{')
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (!span_has(record, keys[i]))
			return 0;
	return 95;
}

const struct reader reader_postqueue = {
	.name = "postqueue",
	.about = "postqueue -j of Postfix",
	.unit = READS_LINES,
	.claims = claims,
	.read = read_line,
};
