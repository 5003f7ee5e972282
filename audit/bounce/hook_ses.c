/* SPDX-License-Identifier: ISC */
/*
 * hook_ses.c - notifications and events of Amazon SES.
 *
 * mail.sourceIp is who submitted the message, not the address it left from:
 * that stands in the tag ses:outgoing-ip, or nowhere.
 */
#include "audit/bounce/hook.h"
#include <jansson.h>
#include "audit/bounce/fields.h"

static const struct ses_type {
	const char *word;
	enum event_kind kind;
	const char *list; /* of recipients */
	const char *body; /* of the event */
	const char *why, *sub;
	enum direction direction;
} types[] = {
	{ "Bounce", EVENT_BOUNCED, "bounce.bouncedRecipients", "bounce", "bounceType",
	    "bounceSubType", DIRECTION_OUT },
	{ "Complaint", EVENT_COMPLAINT, "complaint.complainedRecipients", "complaint",
	    "complaintFeedbackType", "complaintSubType", DIRECTION_OUT },
	{ "Delivery", EVENT_DELIVERED, "delivery.recipients", "delivery", "", "", DIRECTION_OUT },
	{ "DeliveryDelay", EVENT_DEFERRED, "deliveryDelay.delayedRecipients", "deliveryDelay",
	    "delayType", "", DIRECTION_OUT },
	{ "Reject", EVENT_BOUNCED, "mail.destination", "reject", "reason", "", DIRECTION_INTERNAL },
	{ "Subscription", EVENT_OPT_OUT, "mail.destination", "subscription", "source", "",
	    DIRECTION_OUT },
};

/* "Permanent/General" */
static struct str
why(struct arena *a, struct str x, struct str y)
{
	char *p = arena_alloc(a, x.n + y.n + 2);

	if (x.n == 0 || y.n == 0)
		return x;
	memcpy(p, x.p, x.n);
	p[x.n] = '/';
	memcpy(p + x.n + 1, y.p, y.n);
	return (struct str){ p, x.n + 1 + y.n };
}

static void
mail_into(struct arena *a, const json_t *mail, struct bounce_event *e)
{
	const json_t *tags = json_object_get(mail, "tags"), *header;
	struct str ip = hook_text(a, json_object_get(tags, "ses:outgoing-ip"), "");
	size_t i;

	e->sender = address_in(hook_text(a, mail, "source"));
	e->queue_id = hook_text(a, mail, "messageId");
	e->message_id = hook_text(a, mail, "commonHeaders.messageId");
	e->from = address_in(hook_text(a, mail, "commonHeaders.from"));
	hook_sender_ip(ip, e);
	json_array_foreach(json_object_get(mail, "headers"), i, header)
	{
		struct str name = hook_text(a, header, "name");

		if (e->message_id.n == 0 && str_ieq(name, STR("Message-ID")))
			e->message_id = hook_text(a, header, "value");
		if (e->from.n == 0 && str_ieq(name, STR("From")))
			e->from = address_in(hook_text(a, header, "value"));
	}
}

static void
one_recipient(struct hook *h, const json_t *r, struct bounce_event e)
{
	struct str text = hook_text(h->a, r, json_is_object(r) ? "emailAddress" : "");
	struct str said = hook_text(h->a, r, "diagnosticCode");

	e.recipient = address_in(text);
	if (e.recipient.n == 0)
		e.recipient = text;
	if (json_is_object(r)) {
		enhanced_parse(hook_text(h->a, r, "status"), &e.local);
		if (said.n > 0)
			e.reply = said;
	}
	hook_emit(h, &e);
}

bool
hook_ses(struct hook *h, const struct json_t *j)
{
	struct str word = hook_first(h->a, j, "notificationType|eventType"), sub = { 0 };
	const json_t *body, *list;
	struct bounce_event e = { 0 };
	const struct ses_type *t = NULL;
	size_t i;

	if (word.n == 0 || !json_is_object(json_object_get(j, "mail")))
		return false;
	for (i = 0; i < ARRAY_LEN(types); i++)
		if (str_eq(word, str_of(types[i].word)))
			t = &types[i];
	if (t == NULL)
		return true; /* Send, Open, Click */
	body = json_object_get(j, t->body);
	e.kind = t->kind;
	e.direction = t->direction;
	mail_into(h->a, json_object_get(j, "mail"), &e);
	if (*t->sub != '\0')
		sub = hook_text(h->a, body, t->sub);
	if (*t->why != '\0')
		e.why = why(h->a, hook_text(h->a, body, t->why), sub);
	e.has_time = hook_time(h->a, hook_text(h->a, body, "timestamp"), &e.time) ||
		     hook_time(h->a, hook_text(h->a, j, "mail.timestamp"), &e.time);
	e.provider_id = hook_text(h->a, body, "feedbackId");
	e.relay_ip = hook_text(h->a, body, "remoteMtaIp");
	e.reply = hook_text(h->a, body, "smtpResponse");
	list = hook_at(j, t->list);
	for (i = 0; i < json_array_size(list); i++)
		one_recipient(h, json_array_get(list, i), e);
	return true;
}
