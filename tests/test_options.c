/* SPDX-License-Identifier: ISC */
/*
 * test_options.c - command lines that are taken and that are refused.
 */
#include "audit/options.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include "audit/error.h"
#include "audit/profile.h"

#define MAX_WORDS 200

/* Cut TEXT at its blanks into ARGV; "''" is an empty word. */
static int
words(char *text, char **argv)
{
	int n = 0;

	for (char *p = text; *p != '\0';) {
		while (*p == ' ')
			*p++ = '\0';
		if (*p == '\0')
			break;
		assert_true(n < MAX_WORDS);
		argv[n++] = p;
		while (*p != '\0' && *p != ' ')
			p++;
	}
	for (int i = 0; i < n; i++)
		if (strncmp(argv[i], "''", 2) == 0)
			argv[i] += 2;
	return n;
}

static int
parse(const char *line, struct check_options *o, char *text, size_t room)
{
	static char *argv[MAX_WORDS]; /* the options refer to it */

	assert_true(strlen(line) < room);
	memcpy(text, line, strlen(line) + 1);
	return options_parse(o, words(text, argv), argv);
}

static const struct {
	const char *line;
	bool taken;
} lines[] = {
	{ "", true },
	{ "example.com", true },
	{ "-", true },
	{ "--offline --zone x example.com", true },
	{ "--zone=x", true },
	{ "--zone", false },
	{ "--zon x", false },
	{ "--zones x", false },
	{ "--offline=yes", false },
	{ "-z", false },
	{ "-h", true },
	{ "-- -h --zone", true },
	{ "--", true },
	{ "--=x", false },
	{ "--ip 192.0.2.1 --ip 2001:db8::1", true },
	{ "--ip 192.0.2.256", false },
	{ "--ip ''", false },
	{ "--ip 192.0.2.1/32", false },
	{ "--helo mail.example.com", true },
	{ "--helo a..b", false },
	{ "--helo user@example.com", false },
	{ "--mail-from user@example.com", true },
	{ "--mail-from example.com", true },
	{ "--mail-from <>", true },
	{ "--mail-from @example.com", false },
	{ "--mail-from user@", false },
	{ "--mail-from user@example.com@example.net", false },
	{ "--mail-from \"user@example.com\"@example.net", true },
	{ "--from .", false },
	{ "--selector s1 --selector a.b", true },
	{ "--selector ''", false },
	{ "--selector a..b", false },
	{ "--dkim d=example.com,s=s1", true },
	{ "--dkim s=s1,d=example.com", true },
	{ "--dkim s=s1,s=s2", false },
	{ "--dkim d=example.com,s=s1,s=s2", false },
	{ "--dkim d=example.com", false },
	{ "--dkim d=,s=s1", false },
	{ "--dkim d=example.com,s=", false },
	{ "--timeout 1", true },
	{ "--timeout 3600", true },
	{ "--timeout 3601", false },
	{ "--timeout 0", false },
	{ "--timeout -1", false },
	{ "--timeout 1s", false },
	{ "--timeout 4294967297", false },
	{ "--qps 1000001", false },
	{ "--in-flight 100000", true },
	{ "--in-flight 100001", false },
	{ "--via google", true },
	{ "--via Google,sendgrid --via postmark", true },
	{ "--via list", true },
	{ "--via ''", false },
	{ "--via google,", false },
	{ "--via gogle", false },
	{ "--via list,google", false },
	{ "--volume 4294967295", true },
	{ "--volume 4294967296", false },
	{ "--now 2026-11-21T10:00:00Z", true },
	{ "--now 2026-11-21", true },
	{ "--now yesterday", false },
	{ "--profile preflight", true },
	{ "--profile pre", false },
	{ "--profile Parked", false },
	{ "--only spf,dkim --skip mx", true },
	{ "--only spf,", false },
	{ "--only ,spf", false },
	{ "--only spfx", false },
	{ "--only ''", false },
	{ "--level spf-none=error", true },
	{ "--level SPF042=note", true },
	{ "--level spf042=note", true },
	{ "--level spf-none", false },
	{ "--level spf-none=", false },
	{ "--level spf-none=pass", false },
	{ "--level spf-none=unknown", false },
	{ "--level spf-none=fatal", false },
	{ "--level spf-nonesuch=error", false },
	{ "--level =error", false },
	{ "--level spf-pass=error", false },
	{ "--level spf-lookup-failed=error", false },
	{ "--report json", true },
	{ "--report json --report text=x --report jsonl=y", true },
	{ "--report json --report text", false },
	{ "--report json=x --report text=x", false },
	{ "--report json=", false },
	{ "--report xml", false },
	{ "--report js", false },
	{ "--fail-on never", true },
	{ "--fail-on note", true },
	{ "--fail-on pass", false },
	{ "--fail-on unknown", false },
	{ "--color always --progress never --ascii --redact --verbose --trace --notes", true },
	{ "--color yes", false },
};

static void
test_command_lines(void **state)
{
	static struct check_options o;
	char text[4096];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		int rc = parse(lines[i].line, &o, text, sizeof(text));

		if (rc != (lines[i].taken ? AUDIT_OK : AUDIT_EUSAGE))
			fail_msg("'%s': %s", lines[i].line, rc == 0 ? "taken" : "refused");
	}
}

/* What may be given again may be given MAX_OPTION_REPEAT times. */
static void
test_how_often(void **state)
{
	static const char *const each[] = { "--zone x ", "--ip 192.0.2.1 ", "--selector s ",
		"--dkim d=a.example,s=s ", "--resolver 192.0.2.1 ", "--only spf ", "--skip spf " };
	static struct check_options o;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(each); i++)
		for (size_t n = MAX_OPTION_REPEAT; n <= MAX_OPTION_REPEAT + 1; n++) {
			char text[8192];
			struct buf b;

			buf_init(&b, sizeof(text));
			for (size_t k = 0; k < n; k++)
				buf_adds(&b, each[i]);
			buf_addc(&b, '\0');
			assert_int_equal(parse(b.p, &o, text, sizeof(text)),
			    n <= MAX_OPTION_REPEAT ? AUDIT_OK : AUDIT_EUSAGE);
			buf_free(&b);
		}
}

static void
test_what_is_kept(void **state)
{
	static struct check_options o;
	char text[4096];
	struct subject s = { .n_ips = 0 };

	(void)state;
	assert_int_equal(parse("--ip ::ffff:192.0.2.1 a --mail-from <> --mail-from x@b.example "
			       "--volume 5000 b -- --c",
			     &o, text, sizeof(text)),
	    AUDIT_OK);
	assert_int_equal(o.n_names, 3);
	assert_string_equal(o.names[2], "--c");
	assert_true(o.bulk);
	options_subject(&o, &s);
	assert_int_equal(s.n_ips, 1);
	assert_false(s.ips[0].v6);
	assert_false(s.mail_from_null); /* the last counts */
	assert_true(str_eq(s.mail_from_local, STR("x")));
	assert_true(s.guess);
	assert_int_equal(parse("--profile parked --mail-from x@b.example --mail-from <>", &o, text,
			     sizeof(text)),
	    AUDIT_OK);
	options_subject(&o, &s);
	assert_true(s.mail_from_null && s.mail_from_given && s.parked && !s.guess);
	assert_int_equal(s.mail_from.n, 0);
}

/* An alias that several rules share sets them all, but what passed or is unknown. */
static void
test_level_by_alias(void **state)
{
	static struct check_options o;
	char text[100];
	size_t n = 0;

	(void)state;
	assert_int_equal(parse("--level MX002=note", &o, text, sizeof(text)), AUDIT_OK);
	for (size_t i = 0; i < RULE_COUNT; i++) {
		const struct rule *r = rule_of((enum rule_id)i);
		bool named = strcmp(r->alias, "MX002") == 0;

		assert_int_equal(o.level[i], named ? LEVEL_NOTE : -1);
		n += named;
	}
	assert_true(n >= 2);
}

static void
test_checks_wanted(void **state)
{
	static const struct {
		const char *line, *check;
		bool want;
	} rows[] = {
		{ "", "spf", true },
		{ "--only spf", "spf", true },
		{ "--only spf", "mx", false },
		{ "--only SPF,mx", "mx", true },
		{ "--only spf --only mx", "mx", true },
		{ "--skip spf", "spf", false },
		{ "--only spf --skip spf", "spf", false },
		{ "--profile ci", "dnsbl", false },
		{ "--profile ci", "spf", true },
		{ "--profile parked", "ptr", false },
	};
	static struct check_options o;
	char text[100];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(parse(rows[i].line, &o, text, sizeof(text)), AUDIT_OK);
		if (options_want(&o, check_find(str_of(rows[i].check))) != rows[i].want)
			fail_msg("'%s' %s", rows[i].line, rows[i].check);
	}
}

/* Every slug of the table of profiles is in the catalogue, and prints. */
static void
test_profiles(void **state)
{
	static const char *const names[] = { "preflight", "scheduled", "ci", "parked" };
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 16);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		int8_t level[RULE_COUNT];
		size_t changed = 0, told = 0;

		memset(level, -1, sizeof(level));
		profile_levels(names[i], level);
		buf_reset(&b);
		profile_print(&b, names[i]);
		for (size_t k = 0; k < RULE_COUNT; k++)
			changed += level[k] >= 0;
		for (size_t k = 0; k + 11 < b.n; k++)
			told += memcmp(b.p + k, " in place of", 12) == 0;
		assert_int_equal(changed, told);
		assert_true(str_has_prefix(buf_str(&b), str_of(names[i])));
	}
	assert_null(profile_find(STR("none")));
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_command_lines),
		cmocka_unit_test(test_how_often),
		cmocka_unit_test(test_what_is_kept),
		cmocka_unit_test(test_level_by_alias),
		cmocka_unit_test(test_checks_wanted),
		cmocka_unit_test(test_profiles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
