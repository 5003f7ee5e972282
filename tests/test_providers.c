/* SPDX-License-Identifier: ISC */
/*
 * test_providers.c - the table of mail services: its rows prove themselves, and
 * a suffix fits on whole labels only.
 */
#include <stdio.h>
#include "checks/providers.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "checks/core/name.h"

enum via { VIA_INCLUDE, VIA_MX, VIA_REPORTS, VIA_ID };

static const struct {
	enum via via;
	const char *text;
	const char *want; /* id; "" = none */
} cases[] = {
	{ VIA_INCLUDE, "_spf.google.com", "google" },
	{ VIA_INCLUDE, "_SPF.Google.com.", "google" },
	{ VIA_INCLUDE, "google.com", "" },
	{ VIA_INCLUDE, "x_spf.google.com", "" },
	{ VIA_INCLUDE, "u17.wl.sendgrid.net", "sendgrid" },
	{ VIA_INCLUDE, "notsendgrid.net", "" },
	{ VIA_INCLUDE, ".sendgrid.net", "sendgrid" },
	{ VIA_INCLUDE, "sendgrid.net.example.com", "" },
	{ VIA_INCLUDE, "amazonses.com", "ses" },
	{ VIA_INCLUDE, "%{ir}.%{v}.%{d}.spf.has.pphosted.com", "proofpoint" },
	{ VIA_INCLUDE, "%{i}._ip.%{h}._ehlo.%{d}._spf.vali.email", "valimail" },
	{ VIA_INCLUDE, "spf.zixsmbhosted.com", "appriver" },
	{ VIA_INCLUDE, "", "" },
	{ VIA_INCLUDE, ".", "" },
	{ VIA_MX, "aspmx.l.google.com", "google" },
	{ VIA_MX, "example-com.mail.protection.outlook.com", "microsoft365" },
	{ VIA_MX, "example-com.olc.protection.outlook.com", "outlook" },
	{ VIA_MX, "mail.example.com", "" },
	{ VIA_REPORTS, "inbox.ondmarc.com", "ondmarc" },
	{ VIA_REPORTS, "example.com", "" },
	{ VIA_ID, "SendGrid", "sendgrid" },
	{ VIA_ID, "send", "" },
};

static const struct provider *
look(enum via via, struct str text)
{
	switch (via) {
	case VIA_INCLUDE:
		return provider_of_include(text);
	case VIA_MX:
		return provider_of_mx(text);
	case VIA_REPORTS:
		return provider_of_reports(text);
	case VIA_ID:
		break;
	}
	return provider_find(text);
}

static void
test_who_it_is(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct provider *p = look(cases[i].via, str_of(cases[i].text));
		const char *got = p != NULL ? p->id : "";
		if (strcmp(got, cases[i].want) != 0)
			fail_msg("%s: got '%s', want '%s'", cases[i].text, got, cases[i].want);
	}
}

/* Services that send through another share its include; each is told. */
static void
test_shared_includes_are_walked(void **state)
{
	(void)state;
	size_t from = 0;
	const struct provider *a = provider_next(STR("amazonses.com"), &from);
	const struct provider *b = provider_next(STR("amazonses.com"), &from);
	assert_non_null(a);
	assert_non_null(b);
	assert_string_equal(a->id, "ses");
	assert_string_equal(b->id, "resend");
	assert_null(provider_next(STR("amazonses.com"), &from));
}

static void
must_be_names(const struct provider *p, const char *const *list, size_t n)
{
	struct name name;
	for (size_t i = 0; i < n && list[i] != NULL; i++) {
		for (const char *c = list[i]; *c != '\0'; c++)
			if (*c != ascii_lower(*c) || *c == '%')
				fail_msg("%s: '%s' is not in lower case", p->id, list[i]);
		if (name_parse_raw(str_of(list[i]), &name) != NAME_OK || name_labels(&name) < 2)
			fail_msg("%s: '%s' is no name", p->id, list[i]);
	}
}

/* Each of LIST is found as it stands, with capitals, below, and with a final dot. */
static void
must_be_found(enum via via, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n && list[i] != NULL; i++) {
		char text[200];
		int len = snprintf(text, sizeof(text), "x.Y-1.%s.", list[i]);
		assert_true(len > 0 && (size_t)len < sizeof(text));
		struct str all = { text, (size_t)len };
		text[6] = text[6] >= 'a' && text[6] <= 'z' ? (char)(text[6] - 32) : text[6];
		if (look(via, str_of(list[i])) == NULL || look(via, all) == NULL ||
		    look(via, str_sub(all, 6, all.n - 7)) == NULL)
			fail_msg("'%s' is not found", list[i]);
		if (look(via, str_sub(all, 6, 1)) != NULL)
			fail_msg("'%c' is found", text[6]);
	}
}

/* A date is a year, a month or a day. */
static bool
is_date(const char *text)
{
	size_t n = strlen(text);
	for (size_t i = 0; i < n; i++)
		if ((i == 4 || i == 7) ? text[i] != '-' : !ascii_isdigit(text[i]))
			return false;
	return n == 4 || n == 7 || n == 10;
}

static void
must_be_sound(const struct provider *p)
{
	must_be_names(p, p->includes, MAX_PROVIDER_INCLUDES);
	must_be_names(p, p->mx, MAX_PROVIDER_MX);
	must_be_names(p, p->reports, MAX_PROVIDER_REPORTS);
	must_be_names(p, &p->return_target, 1);
	must_be_names(p, &p->return_mx, 1);
	if (p->source == NULL || p->name == NULL || (p->checked != NULL && !is_date(p->checked)))
		fail_msg("%s: name, source or date is missing", p->id);
	if (p->verified && p->checked == NULL)
		fail_msg("%s: verified, and nobody knows when", p->id);
	if (p->selectors[0] != NULL && p->keys == 0)
		fail_msg("%s: selectors of keys of no form", p->id);
	/* What must stand in the customer's record has a name to stand there. */
	if ((p->need == NEED_YES || p->need == NEED_SUB) && p->includes[0] == NULL)
		fail_msg("%s: its include is needed and has no name", p->id);
	/* MAIL FROM of the service's own is never the customer's to authorise. */
	if (p->sender == SENDER_SERVICE && p->need == NEED_YES)
		fail_msg("%s: an include for somebody else's MAIL FROM", p->id);
}

static void
test_rows_prove_themselves(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_providers; i++) {
		const struct provider *p = &providers[i];
		must_be_sound(p);
		must_be_found(VIA_INCLUDE, p->includes, MAX_PROVIDER_INCLUDES);
		must_be_found(VIA_MX, p->mx, MAX_PROVIDER_MX);
		must_be_found(VIA_REPORTS, p->reports, MAX_PROVIDER_REPORTS);
		assert_ptr_equal(provider_find(str_of(p->id)), p);
		for (size_t k = 0; k < MAX_PROVIDER_INCLUDES && p->includes[k] != NULL; k++) {
			const struct provider *q;
			size_t from = 0;
			while ((q = provider_next(str_of(p->includes[k]), &from)) != NULL && q != p)
				continue;
			if (q != p)
				fail_msg("%s: %s is not found", p->id, p->includes[k]);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who_it_is),
		cmocka_unit_test(test_shared_includes_are_walked),
		cmocka_unit_test(test_rows_prove_themselves),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
