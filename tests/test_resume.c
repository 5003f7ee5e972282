/* SPDX-License-Identifier: ISC */
/*
 * test_resume.c - what an earlier output holds, whatever became of it.
 */
#include "audit/resume.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>
#include "audit/error.h"

#define A                                                                                          \
	"{\"domain\":\"a.example\",\"verdict\":\"error\",\"findings\":[{\"id\":\"spf-none\","      \
	"\"level\":\"error\"}]}"
#define B "{\"domain\":\"b.example\",\"verdict\":\"pass\",\"findings\":[]}"
#define RUN "{\"run\":{\"summary\":{\"domains\":1}}}"

static const struct {
	const char *name;
	struct str in;
	enum resume_kind want;
	const char *domain;
} lines[] = {
	/* clang-format off */
	{ "a result", STR(A), RESUME_DOMAIN, "a.example" },
	{ "members in another order", STR("{ \"verdict\" : \"pass\" , \"domain\" : \"b.example\" }"), RESUME_DOMAIN, "b.example" },
	{ "escapes", STR("{\"domain\":\"a\\\\032\\u0062.example\",\"verdict\":\"pass\"}"), RESUME_DOMAIN, "a\\032b.example" },
	{ "addresses", STR("{\"addresses\":[\"192.0.2.1\"],\"verdict\":\"pass\"}"), RESUME_DOMAIN, "" },
	{ "CR at the end", STR(B "\r"), RESUME_DOMAIN, "b.example" },
	{ "the run", STR(RUN), RESUME_RUN, "" },
	{ "brackets in a string", STR("{\"x\":\"}]\\\"}\",\"domain\":\"b.example\",\"verdict\":\"pass\"}"), RESUME_DOMAIN, "b.example" },
	{ "a domain further in is none", STR("{\"x\":{\"domain\":\"b.example\"},\"verdict\":\"pass\"}"), RESUME_OTHER, "" },
	{ "a word is no key", STR("{\"x\":\"domain\",\"verdict\":\"pass\"}"), RESUME_OTHER, "" },
	{ "a domain in a list is none", STR("{\"domain\":[\"b.example\"],\"verdict\":\"pass\"}"), RESUME_OTHER, "" },
	{ "no verdict", STR("{\"domain\":\"b.example\"}"), RESUME_OTHER, "" },
	{ "a verdict that is none", STR("{\"domain\":\"b.example\",\"verdict\":\"fine\"}"), RESUME_OTHER, "" },
	{ "a verdict with a NUL in it", STR("{\"domain\":\"b.example\",\"verdict\":\"pass\\u0000\"}"), RESUME_OTHER, "" },
	{ "two glued", STR(A B), RESUME_BAD, "" },
	{ "torn and glued", STR("{\"domain\":\"a.exa" B), RESUME_BAD, "" },
	{ "two domains", STR("{\"domain\":\"a.example\",\"domain\":\"b.example\",\"verdict\":\"pass\"}"), RESUME_BAD, "" },
	{ "crossed brackets", STR("{\"domain\":\"b.example\",\"verdict\":\"pass\",\"x\":[}]"), RESUME_BAD, "" },
	{ "a list", STR("[" B "]"), RESUME_BAD, "" },
	{ "a bracket too many", STR(B "}"), RESUME_BAD, "" },
	{ "NUL inside", STR("{\"domain\":\"b.\0example\",\"verdict\":\"pass\"}"), RESUME_BAD, "" },
	{ "NUL outside", STR("{\"domain\":\"b.example\",\0\"verdict\":\"pass\"}"), RESUME_BAD, "" },
	{ "an escape that is none", STR("{\"domain\":\"b\\x.example\",\"verdict\":\"pass\"}"), RESUME_BAD, "" },
	{ "digits that are none", STR("{\"domain\":\"b\\u00g0.example\",\"verdict\":\"pass\"}"), RESUME_BAD, "" },
	{ "a domain beyond ASCII", STR("{\"domain\":\"b\\u00e4.example\",\"verdict\":\"pass\"}"), RESUME_BAD, "" },
	{ "a name", STR("b.example"), RESUME_BAD, "" },
	{ "nothing", STR(""), RESUME_BAD, "" },
	/* clang-format on */
};

static enum resume_kind
kind_of(struct resume_line *l, struct str s)
{
	resume_line_begin(l);
	resume_line_add(l, s);
	return resume_line_end(l);
}

static void
test_lines(void **state)
{
	struct resume_line *l = malloc(sizeof(*l));

	(void)state;
	assert_non_null(l);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		enum resume_kind got = kind_of(l, lines[i].in);

		if (got != lines[i].want)
			fail_msg(
			    "%s: got %d, want %d", lines[i].name, (int)got, (int)lines[i].want);
		if (got == RESUME_DOMAIN &&
		    !str_eq((struct str){ l->domain, l->n_domain }, str_of(lines[i].domain)))
			fail_msg("%s: domain '%.*s'", lines[i].name, (int)l->n_domain, l->domain);
	}
	free(l);
}

/* Cut anywhere it is not whole; and what a changed byte makes of it stays in bounds. */
static void
test_torn_anywhere(void **state)
{
	struct resume_line *l = malloc(sizeof(*l));
	struct str whole = STR(A);
	char changed[sizeof(A)];

	(void)state;
	assert_non_null(l);
	for (size_t i = 0; i < whole.n; i++) {
		if (kind_of(l, str_sub(whole, 0, i)) != RESUME_BAD)
			fail_msg("cut at %zu is whole", i);
		for (unsigned bit = 0; bit < 8; bit++) {
			memcpy(changed, A, sizeof(A));
			changed[i] = (char)(changed[i] ^ (1 << bit));
			(void)kind_of(l, (struct str){ changed, whole.n });
			assert_true(l->n_domain <= sizeof(l->domain));
		}
	}
	free(l);
}

static void
test_bounds(void **state)
{
	struct resume_line *l = malloc(sizeof(*l));
	char text[MAX_JSON_KEPT + 64];
	struct buf b;

	(void)state;
	assert_non_null(l);
	for (size_t depth = MAX_JSON_DEPTH; depth <= MAX_JSON_DEPTH + 1; depth++) {
		buf_init(&b, 4096);
		buf_adds(&b, "{\"domain\":\"a.example\",\"verdict\":\"pass\",\"x\":");
		for (size_t i = 1; i < depth; i++)
			buf_addc(&b, '[');
		for (size_t i = 1; i < depth; i++)
			buf_addc(&b, ']');
		buf_addc(&b, '}');
		assert_int_equal(
		    kind_of(l, buf_str(&b)), depth <= MAX_JSON_DEPTH ? RESUME_DOMAIN : RESUME_BAD);
		buf_free(&b);
	}
	memset(text, 'a', sizeof(text));
	for (size_t n = MAX_JSON_KEPT; n <= MAX_JSON_KEPT + 1; n++) {
		buf_init(&b, 4096);
		buf_adds(&b, "{\"domain\":\"");
		buf_add(&b, (struct str){ text, n });
		buf_adds(&b, "\",\"verdict\":\"pass\"}");
		assert_int_equal(
		    kind_of(l, buf_str(&b)), n <= MAX_JSON_KEPT ? RESUME_DOMAIN : RESUME_BAD);
		buf_free(&b);
	}
	free(l);
}

#define TORN "{\"domain\":\"c.ex"

static const struct {
	const char *name;
	struct str in;
	int want;
	size_t names, bad;
	struct str keep; /* what is kept of it */
} files[] = {
	/* clang-format off */
	{ "nothing", STR(""), AUDIT_OK, 0, 0, STR("") },
	{ "a whole run", STR(A "\n" B "\n" RUN "\n"), AUDIT_OK, 2, 0, STR(A "\n" B "\n") },
	{ "no run line", STR(A "\n" B "\n"), AUDIT_OK, 2, 0, STR(A "\n" B "\n") },
	{ "torn", STR(A "\n" TORN), AUDIT_OK, 1, 0, STR(A "\n") },
	{ "only the line end is missing", STR(A "\n" B), AUDIT_OK, 1, 0, STR(A "\n") },
	{ "torn at once", STR(TORN), AUDIT_OK, 0, 0, STR("") },
	{ "one byte", STR("{"), AUDIT_OK, 0, 0, STR("") },
	{ "the run torn", STR(A "\n{\"run\":{"), AUDIT_OK, 1, 0, STR(A "\n") },
	{ "torn behind a run", STR(A "\n" RUN "\n" TORN), AUDIT_OK, 1, 0, STR(A "\n") },
	{ "only a run", STR(RUN "\n"), AUDIT_OK, 0, 0, STR("") },
	{ "a run in the middle stays", STR(A "\n" RUN "\n" B "\n"), AUDIT_OK, 2, 0, STR(A "\n" RUN "\n" B "\n") },
	{ "glued in the middle", STR(A "\n" TORN B "\n" B "\n"), AUDIT_OK, 2, 1, STR(A "\n" TORN B "\n" B "\n") },
	{ "twice the same", STR(A "\n" A "\n"), AUDIT_OK, 1, 0, STR(A "\n" A "\n") },
	{ "a domain that is no name", STR(A "\n{\"domain\":\"a..b\",\"verdict\":\"pass\"}\n"), AUDIT_OK, 1, 1, STR(A "\n{\"domain\":\"a..b\",\"verdict\":\"pass\"}\n") },
	{ "NULs at the end", STR(A "\n\0\0\0\0"), AUDIT_OK, 1, 0, STR(A "\n") },
	{ "a list of names", STR("a.example\nb.example\n"), AUDIT_EFORMAT, 0, 0, STR("") },
	{ "a name", STR("a.example"), AUDIT_EFORMAT, 0, 0, STR("") },
	{ "another JSON", STR("{\"a\":1}\n"), AUDIT_EFORMAT, 0, 0, STR("") },
	{ "an empty line", STR("\n"), AUDIT_EFORMAT, 0, 0, STR("") },
	/* clang-format on */
};

/* Write S to a new file, whose name goes to PATH. */
static void
make_file(char *path, struct str s)
{
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, s.p, s.n), s.n);
	assert_int_equal(close(fd), 0);
}

static void
test_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		char path[] = "/tmp/mailvet-resume.XXXXXX";
		struct resume r;
		int rc;

		make_file(path, files[i].in);
		rc = resume_read(&r, path);
		(void)unlink(path);
		if (rc != files[i].want)
			fail_msg("%s: got %d, want %d", files[i].name, rc, files[i].want);
		if (rc == AUDIT_OK &&
		    (r.n != files[i].names || r.bad != files[i].bad || r.keep != files[i].keep.n))
			fail_msg("%s: %zu names, %zu bad, keeps %zu", files[i].name, r.n, r.bad,
			    (size_t)r.keep);
		resume_free(&r);
	}
}

static void
test_counts(void **state)
{
	char path[] = "/tmp/mailvet-resume.XXXXXX";
	struct resume r;

	(void)state;
	make_file(
	    path, STR(A "\n" B
			"\n{\"domain\":\"c.example\",\"verdict\":\"unknown\",\"findings\":[{\"id\":"
			"\"audit-limit\",\"remedy\":{\"level\":\"note\"},\"level\":\"unknown\"},"
			"{\"level\":\"note\"}],\"facts\":{\"findings\":[{\"level\":\"note\"}]},"
			"\"x\":[{\"level\":\"note\"}]}\n" RUN "\n"));
	assert_int_equal(resume_read(&r, path), AUDIT_OK);
	(void)unlink(path);
	assert_int_equal(r.counts.domains, 3);
	assert_int_equal(r.counts.verdicts[LEVEL_ERROR], 1);
	assert_int_equal(r.counts.verdicts[LEVEL_PASS], 1);
	assert_int_equal(r.counts.findings[LEVEL_ERROR], 1);
	assert_int_equal(r.counts.findings[LEVEL_UNKNOWN], 1);
	assert_int_equal(r.counts.findings[LEVEL_NOTE], 1);
	assert_true(r.counts.needed_unknown);
	resume_free(&r);
}

/* Each name is new once, however many there are. */
static void
test_many_names(void **state)
{
	struct resume r;

	(void)state;
	assert_int_equal(resume_read(&r, "/nowhere/at/all"), AUDIT_OK);
	assert_false(r.there);
	for (unsigned round = 0; round < 2; round++)
		for (uint64_t i = 0; i < 5000; i++) {
			struct name n;
			struct buf b;

			buf_init(&b, MAX_NAME_TEXT);
			buf_addu(&b, i);
			buf_adds(&b, ".example");
			assert_int_equal(name_parse(buf_str(&b), &n), NAME_OK);
			assert_int_equal(resume_take(&r, &n), round > 0);
			buf_free(&b);
		}
	assert_int_equal(r.n, 5000);
	resume_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_torn_anywhere),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_many_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
