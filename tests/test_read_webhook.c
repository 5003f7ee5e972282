/* SPDX-License-Identifier: ISC */
/*
 * test_read_webhook.c - JSON events of each service to events; what has no
 * known shape is not understood.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include "audit/bounce/readers.h"
#include "tests/heard.h"

#define SES_MAIL                                                                                   \
	"\"mail\":{\"source\":\"n@example.com\",\"messageId\":\"m-1\",\"sourceIp\":\"192.0.2."     \
	"77\","                                                                                    \
	"\"tags\":{\"ses:outgoing-ip\":[\"192.0.2.1\"]},"                                          \
	"\"commonHeaders\":{\"from\":[\"News "                                                     \
	"<news@example.com>\"],\"messageId\":\"<1@example.com>\"}}"
#define SES                                                                                        \
	"{\"notificationType\":\"Bounce\"," SES_MAIL ",\"bounce\":{\"bounceType\":\"Permanent\","  \
	"\"bounceSubType\":\"General\",\"timestamp\":\"2026-11-21T09:00:00.101Z\","                \
	"\"bouncedRecipients\":[{\"emailAddress\":\"a@example.org\",\"status\":\"5.1.1\","         \
	"\"diagnosticCode\":\"smtp; 550 5.1.1 no\"},{\"emailAddress\":\"b@example.org\"}]}}"
#define KUMO(type, to, rest)                                                                       \
	"{\"type\":\"" type "\",\"id\":\"k1\",\"sender\":\"n@example.com\",\"recipient\":" to ","  \
	"\"queue\":\"c:t@example.org\",\"response\":{\"code\":550,\"enhanced_code\":{\"class\":5," \
	"\"subject\":7,\"detail\":26},\"content\":\"no auth\",\"command\":\".\"},"                 \
	"\"peer_address\":{\"name\":\"mx.example.org.\",\"addr\":\"192.0.2.9\"},"                  \
	"\"timestamp\":1795251600,\"num_attempts\":2,"                                             \
	"\"source_address\":{\"address\":\"192.0.2.1:53210\"}" rest "}"

/* clang-format off */
static const struct {
	const char *name, *json, *want;
} cases[] = {
	{ "SES", SES, "bounced a@example.org 5.1.1 smtp; 550 5.1.1 no\nbounced b@example.org - " },
	{ "SES in SNS",
	  "{\"Type\":\"Notification\",\"Message\":\"{\\\"eventType\\\":\\\"Complaint\\\",\\\"mail\\\":{},\\\"complaint\\\":"
	  "{\\\"complainedRecipients\\\":[{\\\"emailAddress\\\":\\\"a@example.org\\\"}]}}\"}",
	  "complaint a@example.org - " },
	{ "SES in EventBridge",
	  "{\"detail-type\":\"Email Delivered\",\"detail\":{\"eventType\":\"Delivery\"," SES_MAIL ",\"delivery\":"
	  "{\"recipients\":[\"a@example.org\"],\"smtpResponse\":\"250 ok\"}}}", "delivered a@example.org - 250 ok" },
	{ "SES delay",
	  "{\"eventType\":\"DeliveryDelay\",\"mail\":{},\"deliveryDelay\":{\"delayType\":\"MailboxFull\",\"delayedRecipients\":"
	  "[{\"emailAddress\":\"a@example.org\",\"status\":\"4.2.2\",\"diagnosticCode\":\"smtp; 452 4.2.2 full\"}]}}",
	  "deferred a@example.org 4.2.2 smtp; 452 4.2.2 full" },
	{ "SES, opened", "{\"eventType\":\"Open\",\"mail\":{},\"open\":{}}", "irrelevant" },
	{ "SNS asks for a subscription", "{\"Type\":\"SubscriptionConfirmation\",\"Message\":\"You have chosen\"}", "irrelevant" },
	{ "SendGrid",
	  "[{\"event\":\"bounce\",\"email\":\"a@example.org\",\"sg_event_id\":\"1\",\"status\":\"5.1.1\",\"reason\":\"550 5.1.1 no\","
	  "\"ip\":\"192.0.2.1\",\"timestamp\":1795251600},{\"event\":\"open\",\"email\":\"a@example.org\",\"sg_event_id\":\"2\"},"
	  "{\"event\":\"spamreport\",\"email\":\"b@example.org\",\"sg_event_id\":\"3\"}]",
	  "bounced a@example.org 5.1.1 550 5.1.1 no\ncomplaint b@example.org - " },
	{ "Mailgun",
	  "{\"signature\":{},\"event-data\":{\"event\":\"failed\",\"severity\":\"permanent\",\"recipient\":\"a@example.org\","
	  "\"delivery-status\":{\"code\":550,\"message\":\"5.1.1 no\\n5.1.1 such user\",\"mx-host\":\"mx.example.org\"}}}",
	  "bounced a@example.org - 550 5.1.1 no\\0105.1.1 such user" },
	{ "Mailgun, temporary",
	  "{\"event-data\":{\"event\":\"failed\",\"severity\":\"temporary\",\"recipient\":\"a@example.org\","
	  "\"delivery-status\":{\"code\":450,\"message\":\"450 later\"}}}", "deferred a@example.org - 450 later" },
	{ "Mailgun's events API",
	  "{\"items\":[{\"event\":\"delivered\",\"recipient\":\"a@example.org\",\"delivery-status\":{\"code\":250,\"message\":\"OK\"}}],"
	  "\"paging\":{}}", "delivered a@example.org - OK" },
	{ "Postmark",
	  "{\"RecordType\":\"Bounce\",\"MessageID\":\"1\",\"Email\":\"a@example.org\",\"Type\":\"HardBounce\",\"Details\":"
	  "\"smtp;550 5.1.1 no\",\"From\":\"n@example.com\",\"BouncedAt\":\"2026-11-21T09:00:00Z\"}",
	  "bounced a@example.org - smtp;550 5.1.1 no" },
	{ "SparkPost",
	  "[{\"msys\":{\"message_event\":{\"type\":\"bounce\",\"event_id\":\"1\",\"rcpt_to\":\"a@example.org\",\"error_code\":\"550\","
	  "\"raw_reason\":\"550 5.1.1 no\"}}},{\"msys\":{\"track_event\":{\"type\":\"open\",\"event_id\":\"2\",\"rcpt_to\":\"x\"}}}]",
	  "bounced a@example.org - 550 5.1.1 no" },
	{ "Mailjet",
	  "[{\"event\":\"bounce\",\"MessageID\":1,\"email\":\"a@example.org\",\"error\":\"user unknown\",\"comment\":\"550 no\"}]",
	  "bounced a@example.org - 550 no" },
	{ "Mandrill, as a form",
	  "mandrill_events=%5B%7B%22event%22%3A%22hard_bounce%22%2C%22msg%22%3A%7B%22email%22%3A%22a%40example.org%22%2C"
	  "%22diag%22%3A%22smtp%3B550+5.1.1+no%22%7D%7D%5D&x=1", "bounced a@example.org - smtp;550 5.1.1 no" },
	{ "Brevo",
	  "{\"event\":\"soft_bounce\",\"email\":\"a@example.org\",\"message-id\":\"<1@example.com>\",\"reason\":\"452 4.2.2 full\"}",
	  "bounced a@example.org - 452 4.2.2 full" },
	{ "Mailtrap",
	  "{\"events\":[{\"event\":\"bounce\",\"sending_stream\":\"t\",\"email\":\"a@example.org\",\"response\":\"bounced (550 no)\","
	  "\"response_code\":550}]}", "bounced a@example.org - bounced (550 no)" },
	{ "Resend",
	  "{\"type\":\"email.bounced\",\"data\":{\"email_id\":\"1\",\"to\":[\"a@example.org\"],\"bounce\":{\"message\":\"gone\"}}}",
	  "bounced a@example.org - gone" },
	{ "MailerSend",
	  "{\"type\":\"activity.hard_bounced\",\"data\":{\"email\":{\"recipient\":{\"email\":\"a@example.org\"}},\"morph\":"
	  "{\"reason\":\"Host unknown\"}}}", "bounced a@example.org - Host unknown" },
	{ "Unisender Go",
	  "{\"auth\":\"x\",\"events_by_user\":[{\"events\":[{\"event_name\":\"transactional_email_status\",\"event_data\":"
	  "{\"status\":\"hard_bounced\",\"email\":\"a@example.org\",\"delivery_info\":{\"destination_response\":\"550 no\"}}}]}]}",
	  "bounced a@example.org - 550 no" },
	{ "Postal",
	  "{\"event\":\"MessageDeliveryFailed\",\"payload\":{\"message\":{\"to\":\"a@example.org\"},\"output\":\"550 no\"}}",
	  "bounced a@example.org - 550 no" },
	{ "KumoMTA", KUMO("Bounce", "\"a@example.org\"", ""), "bounced a@example.org - 550 5.7.26 no auth" },
	{ "KumoMTA, two recipients", KUMO("TransientFailure", "[\"a@example.org\",\"b@example.org\"]", ""),
	  "deferred a@example.org - 550 5.7.26 no auth\ndeferred b@example.org - 550 5.7.26 no auth" },
	{ "KumoMTA, expired", KUMO("Expiration", "\"a@example.org\"", ""), "expired a@example.org - 550 5.7.26 no auth" },
	{ "KumoMTA, refused by us", KUMO("Rejection", "\"a@example.org\"", ""), "refused a@example.org - 550 5.7.26 no auth" },
	{ "KumoMTA, feedback",
	  KUMO("Feedback", "\"fbl@example.com\"", ",\"feedback_report\":{\"feedback_type\":\"abuse\",\"original_rcpt_to\":"
	  "[\"a@example.org\"]}"), "complaint a@example.org - 550 5.7.26 no auth" },
	{ "KumoMTA, no attempt", KUMO("Delayed", "\"a@example.org\"", ""), "irrelevant" },
	{ "two objects, one after the other",
	  KUMO("Bounce", "\"a@example.org\"", "") "\n" KUMO("Bounce", "\"b@example.org\"", "") "\n",
	  "bounced a@example.org - 550 5.7.26 no auth\nbounced b@example.org - 550 5.7.26 no auth" },
	{ "a byte order mark", "\xef\xbb\xbf" SES, "bounced a@example.org 5.1.1 smtp; 550 5.1.1 no\nbounced b@example.org - " },
	{ "of no known shape", "{\"event\":\"bounce\",\"who\":\"a@example.org\"}", "not understood" },
	{ "a number where a text should be", "{\"event\":1,\"email\":{},\"sg_event_id\":[]}", "irrelevant" },
	{ "a number", "42", "not understood" },
	{ "cut off", "{\"event\":\"bou", "not understood" },
	{ "nothing", "", "not understood" },
	{ "SNS in SNS without end",
	  "{\"Message\":\"{\\\"Message\\\":\\\"{}\\\"}\"}", "not understood" },
};
/* clang-format on */

static void
test_services(void **state)
{
	struct buf got;

	(void)state;
	buf_init(&got, 1 << 16);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct heard h;

		heard_init(&h);
		heard_record(&h, &reader_webhook, str_of(cases[i].json));
		buf_reset(&got);
		heard_print(&h, &got);
		buf_addc(&got, '\0');
		if (strcmp(got.p, cases[i].want) != 0)
			fail_msg("%s: got\n%s\nwant\n%s", cases[i].name, got.p, cases[i].want);
		heard_free(&h);
	}
	buf_free(&got);
}

static void
test_what_else(void **state)
{
	const struct bounce_event *e;
	struct addr ours;
	struct heard h;

	(void)state;
	assert_int_equal(addr_parse(STR("192.0.2.1"), &ours), ADDR_OK);
	heard_init(&h);
	heard_record(&h, &reader_webhook, str_of(SES));
	heard_record(&h, &reader_webhook_lines, str_of(KUMO("Bounce", "\"a@example.org\"", "")));
	assert_int_equal(h.n, 3);
	e = &h.events[0];
	assert_true(str_eq(e->sender, STR("n@example.com")));
	assert_true(str_eq(e->from, STR("news@example.com")));
	assert_true(str_eq(e->message_id, STR("<1@example.com>")));
	assert_true(str_eq(e->why, STR("Permanent/General")));
	assert_true(e->has_time && e->time == 1795251600);
	/* mail.sourceIp is who submitted it */
	assert_true(e->ip_from == KNOWN_LOG && addr_eq(&e->sender_ip, &ours));
	e = &h.events[2];
	assert_true(str_eq(e->relay_host, STR("mx.example.org")));
	assert_true(str_eq(e->relay_ip, STR("192.0.2.9")));
	assert_true(e->ip_from == KNOWN_LOG && addr_eq(&e->sender_ip, &ours));
	assert_int_equal(e->phase, PHASE_END_OF_DATA);
	assert_int_equal(e->attempts, 2);
	assert_true(e->has_time && e->time == 1795251600);
	heard_free(&h);
}

/* What a service would not send is no delivery (direction internal). */
static void
test_held(void **state)
{
	struct heard h;

	(void)state;
	heard_init(&h);
	heard_record(&h, &reader_webhook,
	    STR("[{\"event\":\"dropped\",\"email\":\"a@example.org\",\"sg_event_id\":\"1\"}]"));
	assert_int_equal(h.n, 1);
	assert_int_equal(h.events[0].direction, DIRECTION_INTERNAL);
	heard_free(&h);
}

static void
test_cut_and_changed(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str json = str_of(cases[i].json);
		char *copy = xmalloc(json.n + 1);
		struct heard h;

		memcpy(copy, json.p, json.n + 1);
		heard_init(&h);
		for (size_t n = 0; n < json.n; n++) {
			h.n = 0;
			heard_record(&h, &reader_webhook, str_sub(json, 0, n));
			copy[n] = (char)(copy[n] ^ (n % 2 == 0 ? 0x81 : 0x01));
			heard_record(&h, &reader_webhook, (struct str){ copy, json.n });
			copy[n] = json.p[n];
		}
		heard_free(&h);
		free(copy);
	}
}

/* Depth and number of values are bounded; what is too much is told. */
static void
test_burdens(void **state)
{
	static const struct {
		const char *part;
		unsigned n;
	} burdens[] = { { "[", 1000000 }, { "[", 2000 }, { "{\"a\":", 2000000 }, { "{},", 999999 },
		{ "\"", 1000000 }, { "1,", 3000000 } };
	struct buf b;

	(void)state;
	buf_init(&b, MAX_RECORD_BYTES);
	for (size_t i = 0; i < ARRAY_LEN(burdens); i++) {
		struct heard h;

		buf_reset(&b);
		for (unsigned k = 0; k < burdens[i].n; k++)
			buf_adds(&b, burdens[i].part);
		heard_init(&h);
		heard_record(&h, &reader_webhook, buf_str(&b));
		assert_int_equal(h.fate, RECORD_NOT_UNDERSTOOD);
		heard_free(&h);
	}
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_services),
		cmocka_unit_test(test_what_else),
		cmocka_unit_test(test_held),
		cmocka_unit_test(test_cut_and_changed),
		cmocka_unit_test(test_burdens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
