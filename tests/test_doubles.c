/* SPDX-License-Identifier: ISC */
/*
 * test_doubles.c - which events tell what was told before.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "audit/bounce/doubles.h"
#include "audit/bounce/readers.h"

#define LOG "postfix"
#define DSN "dsn"

/* clang-format off */
static const struct {
	const char *name;
	bool mixed;
	struct { const char *reader, *id, *queue, *whom, *own; enum event_kind kind; } e[2];
	bool again; /* the second */
} rows[] = {
	{ "a log's line is no double", true,
	  { { LOG, "<1@a>", "Q1", "a@x", "", EVENT_BOUNCED }, { LOG, "<1@a>", "Q1", "a@x", "", EVENT_BOUNCED } }, false },
	{ "log and report", true, { { LOG, "<1@a>", "Q1", "a@x", "", EVENT_BOUNCED }, { DSN, "1@a", "", "A@X", "<d1>", EVENT_BOUNCED } }, true },
	{ "by queue id", true, { { LOG, "", "Q1", "a@x", "", EVENT_BOUNCED }, { DSN, "", "Q1", "a@x", "<d1>", EVENT_BOUNCED } }, true },
	{ "report and log", true, { { DSN, "<1@a>", "", "a@x", "<d1>", EVENT_BOUNCED }, { LOG, "<1@a>", "Q1", "a@x", "", EVENT_BOUNCED } }, true },
	{ "another recipient", true, { { LOG, "<1@a>", "Q1", "a@x", "", EVENT_BOUNCED }, { DSN, "<1@a>", "", "b@x", "<d1>", EVENT_BOUNCED } }, false },
	{ "another mail", true, { { LOG, "<1@a>", "Q1", "a@x", "", EVENT_BOUNCED }, { DSN, "<2@a>", "", "a@x", "<d1>", EVENT_BOUNCED } }, false },
	{ "a deferral is no last word", true, { { LOG, "<1@a>", "Q1", "a@x", "", EVENT_DEFERRED }, { DSN, "<1@a>", "", "a@x", "<d1>", EVENT_BOUNCED } }, false },
	{ "two reports", false, { { DSN, "<1@a>", "", "a@x", "<d1>", EVENT_BOUNCED }, { DSN, "<1@a>", "", "a@x", "<d2>", EVENT_BOUNCED } }, true },
	{ "the same report of nothing", false, { { DSN, "", "", "a@x", "<d1>", EVENT_DEFERRED }, { DSN, "", "", "a@x", "<d1>", EVENT_DEFERRED } }, true },
	{ "a delay, then the end", false, { { DSN, "<1@a>", "", "a@x", "<d1>", EVENT_DEFERRED }, { DSN, "<1@a>", "", "a@x", "<d2>", EVENT_BOUNCED } }, false },
	{ "nothing to know it by", false, { { DSN, "", "", "a@x", "", EVENT_BOUNCED }, { DSN, "", "", "a@x", "", EVENT_BOUNCED } }, false },
	{ "a log alone", false, { { LOG, "<1@a>", "Q1", "a@x", "", EVENT_BOUNCED }, { DSN, "<1@a>", "", "a@x", "<d1>", EVENT_BOUNCED } }, false },
};
/* clang-format on */

static const char *
reader_name(const char *name)
{
	for (size_t i = 0; i < n_readers; i++)
		if (strcmp(readers[i]->name, name) == 0)
			return readers[i]->name;
	fail_msg("no reader %s", name);
	return NULL;
}

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct doubles *d = doubles_new();
		bool again = false;

		doubles_mixed(d, rows[i].mixed);
		for (size_t k = 0; k < 2; k++) {
			struct bounce_event e = { .kind = rows[i].e[k].kind,
				.reader = reader_name(rows[i].e[k].reader),
				.message_id = str_of(rows[i].e[k].id),
				.queue_id = str_of(rows[i].e[k].queue),
				.recipient = str_of(rows[i].e[k].whom),
				.provider_id = str_of(rows[i].e[k].own) };

			assert_false(again);
			again = doubles_has(d, &e);
		}
		if (again != rows[i].again || doubles_merged(d) != again)
			fail_msg("%s", rows[i].name);
		doubles_free(d);
	}
}

/* Memory is bounded: the newest million stay, what is far older goes. */
static void
test_bound(void **state)
{
	struct doubles *d = doubles_new();
	struct bounce_event e = {
		.kind = EVENT_DEFERRED, .reader = reader_name(DSN), .recipient = STR("a@x")
	};
	char id[32];

	(void)state;
	for (uint32_t i = 0; i < 2 * MAX_REMEMBERED + 2; i++) {
		(void)snprintf(id, sizeof(id), "%u", i);
		e.provider_id = str_of(id);
		assert_false(doubles_has(d, &e));
	}
	assert_true(doubles_has(d, &e));
	e.provider_id = STR("0");
	assert_false(doubles_has(d, &e));
	doubles_free(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
