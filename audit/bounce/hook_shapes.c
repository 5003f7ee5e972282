/* SPDX-License-Identifier: ISC */
/* table */
/*
 * hook_shapes.c - the events of mail services, one row a shape.
 *
 * A row says which members an object must have to be of its kind, and where
 * what is wanted stands.  Words that no list of a row has are of no interest
 * (opened, clicked, queued).  What the service itself refused to send, mostly
 * because the address is on its own list, was no delivery.
 */
#include "audit/bounce/hook.h"
#include <jansson.h>
#include "audit/bounce/fields.h"

struct shape {
	const char *name;
	const char *must[3]; /* paths that must be there; NULL = any */
	const char *word;    /* path of what happened; of several, joined by '|', the first */
	/* Words, lower case, each between blanks. */
	const char *delivered, *deferred, *bounced, *complaint, *opt_out;
	const char *held; /* not tried by the service: direction internal */
	/* Paths of what is wanted, joined by '|'; the first that has text counts. */
	const char *recipient, *reply, *code, *status, *why, *ip, *sender, *from;
	const char *message_id, *id, *queue_id, *time, *relay_host, *relay_ip, *attempts;
};

/* clang-format off */
static const struct shape shapes[] = {
	{ .name = "mailgun", .must = { "event", "recipient", "delivery-status" }, .word = "event",
	  .delivered = " delivered ", .deferred = "", .bounced = " failed ", .complaint = " complained ",
	  .opt_out = " unsubscribed ", .held = " rejected ",
	  .recipient = "recipient", .reply = "delivery-status.message|delivery-status.description|reason",
	  .code = "delivery-status.code", .status = "delivery-status.enhanced-code", .why = "reason|severity",
	  .ip = "envelope.sending-ip", .sender = "envelope.sender", .from = "message.headers.from",
	  .message_id = "message.headers.message-id", .id = "id", .time = "timestamp",
	  .relay_host = "delivery-status.mx-host", .attempts = "delivery-status.attempt-no" },
	{ .name = "mailgun", .must = { "event", "recipient", "message.headers" }, .word = "event",
	  .delivered = " delivered ", .deferred = "", .bounced = " failed ", .complaint = " complained ",
	  .opt_out = " unsubscribed ", .held = " rejected ",
	  .recipient = "recipient", .reply = "reject.reason|reason", .why = "reason",
	  .sender = "envelope.sender", .from = "message.headers.from",
	  .message_id = "message.headers.message-id", .id = "id", .time = "timestamp" },
	{ .name = "mailgun, before 2018", .must = { "event", "recipient" }, .word = "event",
	  .delivered = " delivered ", .deferred = "", .bounced = " bounced ", .complaint = " complained ",
	  .opt_out = " unsubscribed ", .held = " dropped ",
	  .recipient = "recipient", .reply = "error|description|notification", .code = "code", .why = "reason",
	  .message_id = "Message-Id", .time = "timestamp" },
	{ .name = "sendgrid", .must = { "event", "email", "sg_event_id" }, .word = "event",
	  .delivered = " delivered ", .deferred = " deferred ", .bounced = " bounce ", .complaint = " spamreport ",
	  .opt_out = " unsubscribe group_unsubscribe ", .held = " dropped ",
	  .recipient = "email", .reply = "reason|response", .status = "status", .why = "type|bounce_classification",
	  .ip = "ip", .message_id = "smtp-id", .id = "sg_event_id", .queue_id = "sg_message_id",
	  .time = "timestamp", .attempts = "attempt" },
	{ .name = "mailtrap", .must = { "event", "email", "sending_stream" }, .word = "event",
	  .delivered = " delivery ", .deferred = " soft_bounce ", .bounced = " bounce ", .complaint = " spam ",
	  .opt_out = " unsubscribe ", .held = " suspension reject ",
	  .recipient = "email", .reply = "response|reason", .code = "response_code", .why = "bounce_category",
	  .id = "event_id", .queue_id = "message_id", .time = "timestamp" },
	{ .name = "mailjet", .must = { "event", "email", "MessageID" }, .word = "event",
	  .delivered = " sent ", .deferred = "", .bounced = " bounce ", .complaint = " spam ", .opt_out = " unsub ",
	  .held = " blocked ",
	  .recipient = "email", .reply = "comment|error|smtp_reply", .why = "error_related_to", .queue_id = "MessageID",
	  .time = "time" },
	{ .name = "brevo", .must = { "event", "email", "message-id" }, .word = "event",
	  .delivered = " delivered ", .deferred = " deferred ", .bounced = " soft_bounce hard_bounce ",
	  .complaint = " spam complaint ", .opt_out = " unsubscribe unsubscribed ",
	  .held = " blocked invalid_email error ",
	  .recipient = "email", .reply = "reason", .why = "event", .ip = "sending_ip", .from = "sender_email",
	  .message_id = "message-id", .id = "id", .time = "ts_event|ts_epoch|ts|date" },
	{ .name = "mandrill", .must = { "event", "msg" }, .word = "event",
	  .delivered = " delivered ", .deferred = " deferral ", .bounced = " hard_bounce soft_bounce ",
	  .complaint = " spam ", .opt_out = " unsub ", .held = " reject ",
	  .recipient = "msg.email",
	  .reply = "msg.diag|msg.bounce_description|msg.smtp_events.0.diag|msg.reject.reason",
	  .why = "msg.bounce_description|event", .ip = "msg.smtp_events.0.source_ip", .from = "msg.sender",
	  .id = "_id", .queue_id = "msg._id", .time = "ts", .relay_ip = "msg.smtp_events.0.destination_ip" },
	{ .name = "postmark", .must = { "RecordType", "MessageID", "Email" }, .word = "RecordType",
	  .delivered = "", .deferred = "", .bounced = " bounce ", .complaint = " spamcomplaint ", .opt_out = "",
	  .held = "",
	  .recipient = "Email", .reply = "Details|Description", .why = "Type|TypeCode", .from = "From", .id = "ID",
	  .queue_id = "MessageID", .time = "BouncedAt" },
	{ .name = "postmark", .must = { "RecordType", "MessageID", "Recipient" }, .word = "SuppressionReason|RecordType",
	  .delivered = " delivery ", .deferred = "", .bounced = "", .complaint = " spamcomplaint ",
	  .opt_out = " manualsuppression ", .held = " hardbounce ",
	  .recipient = "Recipient", .reply = "Details", .why = "SuppressionReason", .queue_id = "MessageID",
	  .time = "DeliveredAt|ChangedAt" },
	{ .name = "sparkpost", .must = { "type", "rcpt_to", "event_id" }, .word = "type",
	  .delivered = " delivery ", .deferred = " delay ", .bounced = " bounce out_of_band ",
	  .complaint = " spam_complaint ", .opt_out = " list_unsubscribe link_unsubscribe ",
	  .held = " policy_rejection generation_failure generation_rejection ",
	  .recipient = "raw_rcpt_to|rcpt_to", .reply = "raw_reason|reason", .code = "error_code", .why = "bounce_class|fbtype",
	  .ip = "sending_ip", .sender = "msg_from", .from = "friendly_from", .id = "event_id",
	  .queue_id = "message_id", .time = "timestamp", .relay_ip = "ip_address", .attempts = "num_retries" },
	{ .name = "resend", .must = { "type", "data.email_id", "data.to" }, .word = "type",
	  .delivered = " email.delivered ", .deferred = " email.delivery_delayed ", .bounced = " email.bounced ",
	  .complaint = " email.complained ", .opt_out = "", .held = " email.failed email.suppressed ",
	  .recipient = "data.to", .reply = "data.bounce.diagnosticCode|data.bounce.message|data.failed.reason",
	  .why = "data.bounce.type", .from = "data.from", .queue_id = "data.email_id", .message_id = "data.message_id",
	  .time = "created_at" },
	{ .name = "mailersend", .must = { "type", "data.email.recipient" }, .word = "type",
	  .delivered = " activity.delivered ", .deferred = " activity.deferred ",
	  .bounced = " activity.hard_bounced activity.soft_bounced ", .complaint = " activity.spam_complaint ",
	  .opt_out = " activity.unsubscribed ", .held = "",
	  .recipient = "data.email.recipient.email", .reply = "data.morph.readable_reason|data.morph.reason",
	  .why = "data.type", .from = "data.email.from", .id = "data.id", .queue_id = "data.email.message.id",
	  .time = "data.created_at" },
	{ .name = "unisender go", .must = { "status", "email" }, .word = "status",
	  .delivered = " delivered ", .deferred = "", .bounced = " hard_bounced soft_bounced ", .complaint = " spam ",
	  .opt_out = " unsubscribed ", .held = "",
	  .recipient = "email", .reply = "delivery_info.destination_response", .why = "delivery_info.delivery_status",
	  .ip = "delivery_info.ip", .queue_id = "job_id", .time = "event_time" },
	{ .name = "postal", .must = { "event", "payload.message.to" }, .word = "event",
	  .delivered = " messagesent ", .deferred = " messagedelayed ", .bounced = " messagedeliveryfailed messagebounced ",
	  .complaint = "", .opt_out = "", .held = " messageheld ",
	  .recipient = "payload.message.to", .reply = "payload.output|payload.details", .why = "payload.status",
	  .from = "payload.message.from", .message_id = "payload.message.message_id", .id = "uuid",
	  .queue_id = "payload.message.id", .time = "payload.timestamp|timestamp" },
	{ .name = "postal", .must = { "event", "payload.original_message.to" }, .word = "event",
	  .delivered = "", .deferred = "", .bounced = " messagebounced messagedelayed ", .complaint = "", .opt_out = "",
	  .held = "",
	  .recipient = "payload.original_message.to", .reply = "payload.output|payload.details", .why = "event",
	  .from = "payload.original_message.from", .message_id = "payload.original_message.message_id", .id = "uuid",
	  .queue_id = "payload.original_message.id", .time = "payload.timestamp|timestamp" },
};
/* clang-format on */

#define MAX_WORD 64 /* bytes of an event's name */

/* Whether LIST, words between blanks, has WORD, lower case. */
static bool
has_word(const char *list, struct str word)
{
	struct str l = str_of(list);
	char key[MAX_WORD + 3];

	if (word.n == 0 || word.n > MAX_WORD || str_find(word, 0, ' ') < word.n)
		return false;
	key[0] = ' ';
	for (size_t i = 0; i < word.n; i++)
		key[i + 1] = ascii_lower(word.p[i]);
	key[word.n + 1] = ' ';
	return str_ifind(l, 0, (struct str){ key, word.n + 2 }) < l.n;
}

/* What WORD means in S into *E; false when it is of no interest. */
static bool
kind_of(const struct shape *s, struct str word, struct bounce_event *e)
{
	const struct {
		const char *list;
		enum event_kind kind;
	} lists[] = { { s->delivered, EVENT_DELIVERED }, { s->deferred, EVENT_DEFERRED },
		{ s->bounced, EVENT_BOUNCED }, { s->complaint, EVENT_COMPLAINT },
		{ s->opt_out, EVENT_OPT_OUT }, { s->held, EVENT_BOUNCED } };

	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		if (has_word(lists[i].list, word)) {
			e->kind = lists[i].kind;
			e->direction =
			    lists[i].list == s->held ? DIRECTION_INTERNAL : DIRECTION_OUT;
			return true;
		}
	return false;
}

static void
fill(struct arena *a, const struct shape *s, const json_t *j, struct bounce_event *e)
{
	uint32_t n;

	e->recipient = hook_first(a, j, s->recipient);
	e->reply = hook_reply(a, hook_first(a, j, s->code), hook_first(a, j, s->reply));
	enhanced_parse(hook_first(a, j, s->status), &e->local);
	e->why = hook_first(a, j, s->why);
	e->sender = address_in(hook_first(a, j, s->sender));
	e->from = address_in(hook_first(a, j, s->from));
	e->message_id = hook_first(a, j, s->message_id);
	e->provider_id = hook_first(a, j, s->id);
	e->queue_id = hook_first(a, j, s->queue_id);
	e->relay_host = hook_first(a, j, s->relay_host);
	e->relay_ip = hook_first(a, j, s->relay_ip);
	e->has_time = hook_time(a, hook_first(a, j, s->time), &e->time);
	hook_sender_ip(hook_first(a, j, s->ip), e);
	if (parse_u32(hook_first(a, j, s->attempts), UINT32_MAX, &n))
		e->attempts = n;
}

bool
hook_shape(struct hook *h, const struct json_t *j)
{
	for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
		const struct shape *s = &shapes[i];
		struct bounce_event e = { 0 };
		bool is = true;

		for (size_t k = 0; k < ARRAY_LEN(s->must); k++)
			is = is && (s->must[k] == NULL || hook_at(j, s->must[k]) != NULL);
		if (!is)
			continue;
		if (!kind_of(s, hook_first(h->a, j, s->word), &e))
			return true;
		fill(h->a, s, j, &e);
		/* Mailgun's own word for a failure that it tries again. */
		if (e.kind == EVENT_BOUNCED &&
		    str_eq(hook_text(h->a, j, "severity"), STR("temporary")))
			e.kind = EVENT_DEFERRED;
		hook_emit(h, &e);
		return true;
	}
	return false;
}
