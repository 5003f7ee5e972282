/* SPDX-License-Identifier: ISC */
/*
 * test_dkim_corpus.c - each DKIM record of the reference data, faults included:
 * a verdict for each, none that is plainly right is called broken, and the
 * distribution for people to look at.  Skipped without that data.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "audit/sources/key.h"
#include "checks/dkim_record.h"

#define MAX_LINE 65536
#define MIN_RECORDS 100 /* in a file that is what it says */

struct tally {
	size_t records, keys, none, sound, revoked, broken;
	size_t by_rule[RULE_COUNT];
};

/* Read and judge TEXT as the check does. */
static void
lint(struct arena *a, struct str text, struct dkimkey *k)
{
	struct answer *an = NULL;

	dkimkey_parse(a, text, k);
	if (k->data.n == 0 || k->type == KEY_TYPE_OTHER || k->cleaned.n > 0)
		return;
	an = key_answer(
	    &(struct question){ .kind = ASK_KEY, .type = (uint16_t)k->type, .data = k->data });
	dkimkey_judge(a, k, an->key);
	answer_unref(an);
}

/*
 * Whether TEXT is one of the plainest records there are: "v=DKIM1; k=rsa; p=" or
 * "v=DKIM1; p=" and nothing but base64 of the length of a 2048-bit key.
 */
static bool
is_plain(struct str text)
{
	static const char *const heads[] = { "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A",
		"v=DKIM1; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A" };
	size_t p = str_find(text, 0, 'p') + 2;

	if (text.n < p || text.n - p != 392 ||
	    !str_has_prefix(str_sub(text, text.n - 6, 6), STR("IDAQAB")))
		return false;
	for (size_t i = p; i < text.n; i++)
		if (!ascii_isalnum(text.p[i]) && text.p[i] != '+' && text.p[i] != '/')
			return false;
	return str_has_prefix(text, str_of(heads[0])) || str_has_prefix(text, str_of(heads[1]));
}

static void
judge_one(struct arena *a, struct str text, struct tally *t)
{
	bool told[RULE_COUNT] = { false };
	struct dkimkey k;

	lint(a, text, &k);
	t->records++;
	t->keys += k.is_key;
	t->none += !k.is_key;
	t->revoked += k.revoked;
	t->broken += dkimkey_is_broken(&k);
	t->sound += k.is_key && !k.revoked && k.n == 0;
	for (size_t i = 0; i < k.n; i++) {
		struct str part = k.faults[i].part;

		assert_true(
		    part.n == 0 || (part.p >= text.p && part.p + part.n <= text.p + text.n));
		t->by_rule[k.faults[i].id] += !told[k.faults[i].id];
		told[k.faults[i].id] = true;
	}
	/* A key is read, withdrawn, or what hinders reading it is told. */
	if (k.is_key && !k.revoked && !dkimkey_is_broken(&k))
		assert_true(k.data.n > 0);
	if (!k.is_key)
		assert_int_equal(k.n, 0);
	if (is_plain(text) && dkimkey_is_broken(&k))
		fail_msg("%.*s: %s", (int)text.n, text.p, rule_of(k.faults[0].id)->slug);
}

static void
print_tally(const struct tally *t)
{
	print_message(
	    "%zu records: %zu keys (%zu without a word, %zu withdrawn, %zu broken), %zu none\n",
	    t->records, t->keys, t->sound, t->revoked, t->broken, t->none);
	for (size_t i = 0; i < RULE_COUNT; i++)
		if (t->by_rule[i] > 0)
			print_message("%5zu %s %s\n", t->by_rule[i],
			    level_name(rule_of((enum rule_id)i)->level),
			    rule_of((enum rule_id)i)->slug);
}

static void
test_corpus(void **state)
{
	const char *dir = getenv("MAILVET_SHARED");
	static char path[1024], line[MAX_LINE];
	struct tally t = { .records = 0 };
	struct arena a;
	FILE *f;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/corpus/dkim.txt", dir != NULL ? dir : "../shared");
	if ((f = fopen(path, "r")) == NULL) {
		print_message("skipped: %s is not there\n", path);
		skip();
	}
	arena_init(&a, 0);
	while (fgets(line, sizeof(line), f) != NULL) {
		size_t n = strlen(line);

		assert_true(n < sizeof(line) - 1);
		while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r'))
			n--;
		arena_reset(&a);
		if (n > 0)
			judge_one(&a, (struct str){ line, n }, &t);
	}
	(void)fclose(f);
	arena_free(&a);
	print_tally(&t);
	assert_true(t.records >= MIN_RECORDS);
	assert_int_equal(t.keys + t.none, t.records);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_corpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
