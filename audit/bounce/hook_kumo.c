/* SPDX-License-Identifier: ISC */
/*
 * hook_kumo.c - records of KumoMTA's log (its manual: log_record).
 *
 * The reply stands there in parts; it is put together again, for one way of
 * reading replies is enough.
 */
#include "audit/bounce/hook.h"
#include <jansson.h>
#include "audit/bounce/fields.h"
#include "checks/core/buf.h"

static const struct kumo_type {
	const char *word;
	enum event_kind kind;
	enum direction direction;
} types[] = {
	{ "Reception", EVENT_SENDER, DIRECTION_OUT },
	{ "Delivery", EVENT_DELIVERED, DIRECTION_OUT },
	{ "Bounce", EVENT_BOUNCED, DIRECTION_OUT },
	{ "TransientFailure", EVENT_DEFERRED, DIRECTION_OUT },
	{ "Expiration", EVENT_EXPIRED, DIRECTION_OUT },
	{ "AdminBounce", EVENT_BOUNCED, DIRECTION_INTERNAL },
	{ "OOB", EVENT_BOUNCED, DIRECTION_OUT },
	{ "Feedback", EVENT_COMPLAINT, DIRECTION_OUT },
	{ "Rejection", EVENT_REFUSED_BY_US, DIRECTION_IN },
};

static const struct {
	struct str command;
	enum phase phase;
} phases[] = {
	{ STR("."), PHASE_END_OF_DATA },
	{ STR("MAIL"), PHASE_MAIL },
	{ STR("RCPT"), PHASE_RCPT },
	{ STR("DATA"), PHASE_DATA },
	{ STR("EHLO"), PHASE_HELO },
	{ STR("HELO"), PHASE_HELO },
	{ STR("LHLO"), PHASE_HELO },
	{ STR("STARTTLS"), PHASE_STARTTLS },
	{ STR("AUTH"), PHASE_AUTH },
};

#define MAX_KUMO_RECIPIENTS 2000 /* of one record; a transaction has at most 1,000 by default */

/* "550 5.7.26 text" out of response{} */
static struct str
reply_of(struct arena *a, const json_t *response)
{
	struct str code = hook_text(a, response, "code"), text = hook_text(a, response, "content");
	struct str part[3] = { hook_text(a, response, "enhanced_code.class"),
		hook_text(a, response, "enhanced_code.subject"),
		hook_text(a, response, "enhanced_code.detail") };
	struct buf b;
	struct str out;

	if (code.n == 0)
		return text;
	buf_init(&b, MAX_REPLY_TEXT);
	buf_add(&b, code);
	for (size_t i = 0; part[0].n > 0 && i < 3; i++) {
		buf_addc(&b, i == 0 ? ' ' : '.');
		buf_add(&b, part[i]);
	}
	buf_addc(&b, ' ');
	buf_add(&b, text);
	out = arena_str(a, buf_str(&b));
	buf_free(&b);
	return out;
}

static void
fill(struct arena *a, const json_t *j, struct bounce_event *e)
{
	struct str command = hook_text(a, j, "response.command"),
		   sender = hook_text(a, j, "sender");
	uint32_t n;

	e->sender =
	    sender.n == 0 && json_is_string(json_object_get(j, "sender")) ? STR("<>") : sender;
	e->queue_id = hook_text(a, j, "id");
	e->message_id = hook_first(a, j, "headers.Message-ID|headers.Message-Id");
	e->from = address_in(hook_text(a, j, "headers.From"));
	e->relay_host = hook_text(a, j, "peer_address.name");
	while (e->relay_host.n > 0 && e->relay_host.p[e->relay_host.n - 1] == '.')
		e->relay_host.n--;
	e->relay_ip = hook_text(a, j, "peer_address.addr");
	if (e->kind != EVENT_REFUSED_BY_US && e->kind != EVENT_SENDER)
		hook_sender_ip(hook_text(a, j, "source_address.address"), e);
	e->reply = reply_of(a, json_object_get(j, "response"));
	for (size_t i = 0; i < ARRAY_LEN(phases); i++)
		if (str_has_iprefix(command, phases[i].command))
			e->phase = phases[i].phase;
	e->why = hook_first(a, j, "bounce_classification|feedback_report.feedback_type");
	e->instance = hook_first(a, j, "egress_source|egress_pool");
	if (parse_u32(hook_text(a, j, "num_attempts"), UINT32_MAX, &n))
		e->attempts = n;
	e->has_time = hook_time(a, hook_first(a, j, "event_time|timestamp"), &e->time);
}

/* What was reported, of a record that came with a report (RFC 5965). */
static void
report_into(struct arena *a, const json_t *report, struct bounce_event *e)
{
	struct str ip = hook_first(a, report, "source_ip");

	if (e->kind != EVENT_COMPLAINT || !json_is_object(report))
		return;
	e->sender = address_in(hook_text(a, report, "original_mail_from"));
	e->recipient = address_in(hook_text(a, report, "original_rcpt_to"));
	hook_sender_ip(ip, e);
	if (str_ieq(e->why, STR("auth-failure")))
		e->kind = EVENT_AUTH_REPORT;
}

bool
hook_kumo(struct hook *h, const struct json_t *j)
{
	struct str word = hook_text(h->a, j, "type");
	const json_t *to = json_object_get(j, "recipient"), *one;
	const struct kumo_type *t = NULL;
	struct bounce_event e = { 0 };
	size_t i;

	if (word.n == 0 || json_object_get(j, "queue") == NULL || to == NULL ||
	    json_object_get(j, "response") == NULL)
		return false;
	for (i = 0; i < ARRAY_LEN(types); i++)
		if (str_eq(word, str_of(types[i].word)))
			t = &types[i];
	if (t == NULL)
		return true; /* Delayed, AdminRebind, XferIn ...: nothing was tried */
	e.kind = t->kind;
	e.direction = t->direction;
	fill(h->a, j, &e);
	e.recipient = hook_text(h->a, j, "recipient");
	report_into(h->a, json_object_get(j, "feedback_report"), &e);
	if (e.kind == EVENT_COMPLAINT || e.kind == EVENT_AUTH_REPORT || !json_is_array(to)) {
		hook_emit(h, &e);
		return true;
	}
	json_array_foreach(to, i, one)
	{
		if (i >= MAX_KUMO_RECIPIENTS)
			break;
		e.recipient = hook_text(h->a, one, "");
		hook_emit(h, &e);
	}
	return true;
}
