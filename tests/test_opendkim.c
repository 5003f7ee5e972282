/* SPDX-License-Identifier: ISC */
/*
 * test_opendkim.c - what libopendkim says of signed messages, and of what was
 * done to them, their keys and their answers.
 */
#include "audit/sources/opendkim.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>
#include "audit/mail/mbox.h"
#include "checks/header.h"
#include "checks/signature.h"
#include "checks/verify.h"
#include "tests/signing.h"

#define MESSAGE                                                                                    \
	"From: Ann <ann@example.com>\r\nTo: bob@example.net\r\nSubject: a sample\r\n"              \
	"Date: Sat, 21 Nov 2026 10:00:00 +0000\r\nMessage-ID: <1@example.com>\r\n\r\n"             \
	"Hello Bob,\r\n\r\nthis is a body.\r\n"

/* Signed once and kept: the library loses memory when it signs with ed25519. */
#define ED25519_RECORD "v=DKIM1; k=ed25519; p=7911wPYAZODN3U7DmLpa7IvBbBYADuJxX8ZkeWXEDxw="
#define ED25519_SIGNATURE                                                                          \
	"DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed; d=example.com;\r\n"             \
	"\ts=s1; t=1795000000; bh=rDqA2M9RuL9YdWU6IyxBmU4Xh2MBbFVCVXJjpEGUQJo=;\r\n"               \
	"\th=From:To:Subject:Date:Message-ID;\r\n"                                                 \
	"\tb=4GMGJTH4sionqvxzxIDMYKYz/dTbyX0u6C9ACzO6r8SLr51ha58+G0L5FGKCrzdPG\r\n"                \
	"\t pY8EHHf9xIyYzC/8y0lBA==\r\n"

/* Signed once, with l= past the end of the body. */
/* clang-format off */
#define LONG_L_RECORD "v=DKIM1; p="                                                    \
	"MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDQr+FEag8WUqHf5mZHymtUZZjFVBXTZ2RjPzdgc" \
	"G7opiuTEW2WOfJIiIDst+nBIOt/LqMN88FQtUnOl5u+SRC1hrdD3oqii8w/1XOZ02SmKY2fEoXTnCqGdo1DcA7dbZlCm1UGGzq/m8kvF+aXd9663xbZwr6Xwf3fWPqZUX6JawIDAQAB"
#define LONG_L_MESSAGE \
	"DKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=s1;\r\n" \
	"\tc=relaxed/relaxed; l=9; h=from;\r\n" \
	"\tbh=yZQq1c8wjBl0fZ4Wc/oraMCAG1mZJv5v/hlvyFy+t6A=;\r\n" \
	"\tb=xq2Z9+Odmfw8zYCmFvvUgp4ZfaG2ho7IEFVhXMMVyFKbKCnBRvZBiexiCM3XS2CN\r\n" \
	"\t u9V84mUIGwck4rubj9XQmUk2qyb9DtKZLXlr/rwVm9xszZCmKvg77TlytkrVrp11\r\n" \
	"\t YWyXtMsENxph7MnVRhLkxcrri6E7HedozC2KUMM9E+U=\r\n" \
	"From: ann@example.com\r\n\r\nHello.\r\n"
/* clang-format on */

struct bench {
	struct arena a;
	struct source *source;
	struct inquiry q;
	struct signing_key key; /* of 1024 bits */
};

static const struct answer *
ask_source(void *ctx, const struct question *q)
{
	return opendkim_answer(ctx, q);
}

static int
setup(void **state)
{
	struct bench *b = xcalloc(1, sizeof(*b));

	arena_init(&b->a, 0);
	b->source = opendkim_new();
	inquiry_init(&b->q, ask_source, b->source, &b->a);
	inquiry_begin(&b->q);
	b->key = signing_new(&b->a, 1024);
	*state = b;
	return 0;
}

static int
teardown(void **state)
{
	struct bench *b = *state;

	inquiry_free(&b->q);
	b->source->ops->free(b->source);
	arena_free(&b->a);
	free(b);
	return 0;
}

/* An answer to a TXT question: RECORD, N times different; NULL = STATUS. */
static const struct answer *
key_answer(struct bench *b, struct str record, size_t n, enum answer_status status)
{
	struct answer *a = arena_alloc(&b->a, sizeof(*a));
	struct rr *rr = arena_array(&b->a, n + 1, sizeof(*rr));

	for (size_t i = 0; i < n; i++)
		rr[i] = (struct rr){ .type = RR_TXT, .text = record };
	*a = (struct answer){ .refs = 1, .status = status, .rr = rr, .n_rr = n };
	a->cause = status == ANSWER_FAILED ? CAUSE_TIMEOUT : CAUSE_NONE;
	return a;
}

/* The facts about TEXT with KEY for its first N signatures; NULL = it failed. */
static const struct verify_facts *
ask_facts(struct bench *b, struct str text, const struct answer *key, size_t n)
{
	struct verify_key keys[MAX_SIGNATURES];
	const struct answer *a;

	for (size_t i = 0; i < n; i++)
		keys[i] = (struct verify_key){ .signature = i, .answer = key };
	a = ask_verify(&b->q, text, keys, n);
	assert_int_equal(a->q.data.n, 0); /* the message is not kept a second time */
	return a->status == ANSWER_FOUND ? a->verify : NULL;
}

static struct str
signed_with(struct bench *b, const struct sign_options *o)
{
	return signing_sign(&b->a, &b->key, o, STR(MESSAGE));
}

/* TEXT with the first FROM in it as TO, where "\001" stands for a NUL. */
static struct str
with(struct bench *b, struct str text, const char *from, const char *to)
{
	size_t n = strlen(from), at = 0;
	struct buf out;
	struct str s;

	while (at + n <= text.n && memcmp(text.p + at, from, n) != 0)
		at++;
	assert_true(at + n <= text.n);
	buf_init(&out, text.n + 4096);
	buf_add(&out, str_sub(text, 0, at));
	buf_adds(&out, to);
	buf_add(&out, str_sub(text, at + n, text.n));
	for (size_t i = at; i < at + strlen(to); i++)
		if (out.p[i] == '\001')
			out.p[i] = '\0';
	s = arena_str(&b->a, buf_str(&out));
	buf_free(&out);
	return s;
}

enum key_kind {
	KEY_RIGHT,
	KEY_OTHER,
	KEY_NONE,
	KEY_LOST,
	KEY_TWO,
	KEY_REVOKED,
	KEY_LONGEST,
	KEY_LONG,
	KEY_TEST
};

/* The right record made N bytes long by notes. */
static struct str
padded(struct bench *b, size_t n)
{
	char notes[MAX_OPENDKIM_RECORD + 2] = "k=rsa; n=";
	size_t more = n - b->key.record.n, at = strlen("k=rsa;");

	/* " n=xxx;" behind "k=rsa;" */
	memset(notes + at, 'x', more);
	memcpy(notes + at, " n=", 3);
	notes[at + more - 1] = ';';
	notes[at + more] = '\0';
	return with(b, b->key.record, "k=rsa;", notes);
}

static const struct answer *
key_of(struct bench *b, enum key_kind kind)
{
	switch (kind) {
	case KEY_OTHER:
		return key_answer(b, signing_new(&b->a, 1024).record, 1, ANSWER_FOUND);
	case KEY_NONE:
		return key_answer(b, STR(""), 0, ANSWER_NXDOMAIN);
	case KEY_LOST:
		return key_answer(b, STR(""), 0, ANSWER_FAILED);
	case KEY_TWO:
		return key_answer(b, b->key.record, 2, ANSWER_FOUND);
	case KEY_REVOKED:
		return key_answer(b, STR("v=DKIM1; p="), 1, ANSWER_FOUND);
	case KEY_LONGEST:
		return key_answer(b, padded(b, MAX_OPENDKIM_RECORD), 1, ANSWER_FOUND);
	case KEY_LONG:
		return key_answer(b, padded(b, MAX_OPENDKIM_RECORD + 1), 1, ANSWER_FOUND);
	case KEY_TEST:
		return key_answer(
		    b, with(b, b->key.record, "k=rsa;", "t=y; k=rsa;"), 1, ANSWER_FOUND);
	default:
		return key_answer(b, b->key.record, 1, ANSWER_FOUND);
	}
}

/* clang-format off */
static const struct {
	const char *name;
	struct sign_options o;
	const char *from, *to; /* what is changed in the signed message */
	enum key_kind key;
	const char *want; /* "judged pass header body testing", an x or a letter each, and the error */
} rows[] = {
	{ "as signed", { 0 }, NULL, NULL, KEY_RIGHT, "jphb- 0" },
	{ "simple", { .simple = true }, NULL, NULL, KEY_RIGHT, "jphb- 0" },
	{ "body changed", { 0 }, "a body", "no body", KEY_RIGHT, "j-h-- 28" },
	{ "blanks, relaxed", { 0 }, "a body", "a  body", KEY_RIGHT, "jphb- 0" },
	{ "blanks, simple", { .simple = true }, "a body", "a  body", KEY_RIGHT, "j-h-- 28" },
	{ "header changed", { 0 }, "a sample", "no sample", KEY_RIGHT, "j--b- 28 its key" },
	{ "both changed", { 0 }, "sample\r\nDate", "x\r\n\r\nDate", KEY_RIGHT, "j---- 28 its key" },
	{ "another key", { 0 }, NULL, NULL, KEY_OTHER, "j--b- 28 another" },
	{ "no key", { 0 }, NULL, NULL, KEY_NONE, "j--b- 22" },
	{ "lookup failed", { 0 }, NULL, NULL, KEY_LOST, "j--b- 24" },
	{ "two records", { 0 }, NULL, NULL, KEY_TWO, "j--b- 30" },
	{ "revoked", { 0 }, NULL, NULL, KEY_REVOKED, "j--b- 42" },
	{ "the longest record", { 0 }, NULL, NULL, KEY_LONGEST, "jphb- 0" },
	{ "a record too long for the library", { 0 }, NULL, NULL, KEY_LONG, "---b- 0" },
	{ "a key under test", { 0 }, NULL, NULL, KEY_TEST, "jphbt 0" },
	{ "rsa-sha1 verifies", { .algorithm = "rsa-sha1" }, NULL, NULL, KEY_RIGHT, "jphb- 0" },
	{ "expired ten years ago", { .time = 1474000000, .ttl = 60 }, NULL, NULL, KEY_RIGHT, "jphb- 0" },
	{ "from ten years ahead", { .time = 2110000000 }, NULL, NULL, KEY_RIGHT, "jphb- 0" },
	{ "l=, text behind it", { .partial = true }, "a body.\r\n", "a body.\r\nand more\r\n", KEY_RIGHT, "jphb- 0" },
	{ "l= past all bounds", { .partial = true }, "; l=", "; l=99999999999", KEY_RIGHT, "j--b- r33" },
	{ "x= before t=", { .time = 1795000000 }, "t=1795000000", "x=1; t=1795000000", KEY_RIGHT, "j---- r3" },
	{ "l=, text missing", { .partial = true }, "a body.\r\n", "", KEY_RIGHT, "j-h-- 33" },
	{ "last line without end", { 0 }, "a body.\r\n", "a body.", KEY_RIGHT, "jphb- 0" },
	{ "last line without end, simple", { .simple = true }, "a body.\r\n", "a body.", KEY_RIGHT, "jphb- 0" },
	{ "last line without end, l=", { .partial = true }, "a body.\r\n", "a body.", KEY_RIGHT, "jphb- 0" },
	{ "last line another, without end", { 0 }, "a body.\r\n", "no body.", KEY_RIGHT, "j-h-- 28" },
	{ "b= damaged", { 0 }, "b=", "b=AAAA", KEY_RIGHT, "j--b- 28" },
	{ "b= cut", { 0 }, "b=", "b=AA==; n=", KEY_RIGHT, "j--b- 28" },
	{ "bare LF", { 0 }, "Bob,\r\n", "Bob,\n", KEY_RIGHT, "jphb- 0" },
	{ "no d=", { 0 }, "d=example.com; ", "", KEY_RIGHT, "j---- r15" },
	{ "version 2", { 0 }, "v=1;", "v=2;", KEY_RIGHT, "j---- r1" },
	{ "not a tag list", { 0 }, "v=1;", "v=1; =; ", KEY_RIGHT, "j---- r15" },
	{ "empty b=", { 0 }, "b=", "b=;z=", KEY_RIGHT, "j---- r20" },
	{ "a line that is no field", { 0 }, "To: ", "no field\r\nTo: ", KEY_RIGHT, "refused" },
	{ "a CR before the colon", { 0 }, "To: ", "From\r: x\r\nTo: ", KEY_RIGHT, "refused" },
	{ "NUL in a field", { 0 }, "a sample", "a sample\001", KEY_RIGHT, "refused" },
	{ "a tab before a colon", { 0 }, "Subject: a", "Subject\t: a", KEY_RIGHT, "jphb- 0" },
	{ "a blank and a tab", { 0 }, "Subject: a", "Subject \t : a", KEY_RIGHT, "jphb- 0" },
	{ "a tab before a colon, simple", { .simple = true }, "Subject: a", "Subject\t: a", KEY_RIGHT, "---b- 0" },
	{ "a blank before a colon, simple", { .simple = true }, "Subject: a", "Subject : a", KEY_RIGHT, "j--b- 28 its key" },
	{ "a field put above, with a tab", { 0 }, "From: ", "Subject\t: x\r\nFrom: ", KEY_RIGHT, "jphb- 0" },
	{ "a field put below, with a tab", { 0 }, "Date: ", "Subject\t: x\r\nDate: ", KEY_RIGHT, "j--b- 28 its key" },
	{ "a name that no h= can hold", { 0 }, "Date: ", "Sub;ject: x\r\nDate: ", KEY_RIGHT, "jphb- 0" },
	{ "no From", { 0 }, "From: ", "X-From: ", KEY_RIGHT, "j--b- 28 its key" },
	{ "NUL in the body", { 0 }, "a body", "a\001body", KEY_RIGHT, "j-h-- 28" },
};
/* clang-format on */

static void
words_of(const struct verified *v, char *out, size_t room)
{
	static const char *const by[] = { "", " its key", " another" };

	(void)snprintf(out, room, "%c%c%c%c%c %s%d%s", v->judged ? 'j' : '-', v->pass ? 'p' : '-',
	    v->header_ok ? 'h' : '-', v->body_ok ? 'b' : '-', v->testing ? 't' : '-',
	    v->refused ? "r" : "", v->code, by[v->by]);
}

static void
test_what_is_changed_is_told_apart(void **state)
{
	struct bench *b = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct str text = signed_with(b, &rows[i].o);
		const struct verify_facts *f;
		char got[32];

		if (rows[i].from != NULL)
			text = with(b, text, rows[i].from, rows[i].to);
		f = ask_facts(b, text, key_of(b, rows[i].key), 1);
		if (f == NULL && strcmp(rows[i].want, "refused") == 0)
			continue;
		if (f == NULL || f->n != 1)
			fail_msg("%s: no answer about one signature", rows[i].name);
		words_of(&f->v[0], got, sizeof(got));
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("%s: got '%s' (%.*s), want '%s'", rows[i].name, got,
			    (int)f->v[0].error.n, f->v[0].error.p, rows[i].want);
	}
}

/* Nothing was changed: the fault is in how the field is written. */
static void
test_length_past_the_end(void **state)
{
	struct bench *b = *state;
	const struct verify_facts *f = ask_facts(
	    b, STR(LONG_L_MESSAGE), key_answer(b, STR(LONG_L_RECORD), 1, ANSWER_FOUND), 1);
	char got[32];

	assert_non_null(f);
	words_of(&f->v[0], got, sizeof(got));
	assert_string_equal(got, "j-hb- r33");
}

static void
test_sizes_are_facts(void **state)
{
	static const unsigned sizes[] = { 512, 1024, 2048 };
	struct bench *b = *state;
	const struct verify_facts *f;

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct signing_key s = signing_new(&b->a, sizes[i]);
		struct sign_options o = { 0 };
		struct str text = signing_sign(&b->a, &s, &o, STR(MESSAGE));

		f = ask_facts(b, text, key_answer(b, s.record, 1, ANSWER_FOUND), 1);
		assert_non_null(f);
		if (!f->v[0].pass || f->v[0].bits != sizes[i])
			fail_msg("%u bits: pass %d, %u bits", sizes[i], f->v[0].pass, f->v[0].bits);
	}
	f = ask_facts(b, STR(ED25519_SIGNATURE MESSAGE),
	    key_answer(b, STR(ED25519_RECORD), 1, ANSWER_FOUND), 1);
	assert_non_null(f);
	assert_true(f->v[0].pass && f->v[0].bits == 0);
}

/* Each signature stands at its own place, whatever is wrong with those around it. */
static void
test_order_and_bound(void **state)
{
	static const char bad[] = "DKIM-Signature: nonsense\r\nDKIM-Signature\t: v=1\r\n"
				  "DKIM-Signature: v=1; a=x; d=a; s=b; h=c; b=d\r\n";
	struct bench *b = *state;
	struct sign_options o = { 0 };
	const struct answer *key = key_of(b, KEY_RIGHT);
	const struct verify_facts *f;
	struct buf text;

	buf_init(&text, 1 << 20);
	buf_adds(&text, bad);
	buf_add(&text, signed_with(b, &o));
	f = ask_facts(b, buf_str(&text), key, 4);
	assert_non_null(f);
	assert_int_equal(f->n, 4);
	assert_true(f->v[3].pass && f->v[0].judged && f->v[1].code > 0 && f->v[2].code > 0);
	buf_reset(&text);
	for (size_t i = 0; i < 200; i++)
		buf_adds(&text, "DKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=s1; h=from;"
				" l=1; bh=AAAA; b=AAAA\r\n");
	buf_adds(&text, MESSAGE);
	f = ask_facts(b, buf_str(&text), key, 0);
	assert_non_null(f);
	assert_int_equal(f->n, MAX_SIGNATURES);
	buf_free(&text);
}

/* Cut anywhere, any byte changed: an answer, and never a pass that was not there. */
static void
test_damage(void **state)
{
	struct bench *b = *state;
	struct sign_options o = { .simple = true };
	struct str text = signed_with(b, &o);
	const struct answer *key = key_of(b, KEY_RIGHT);
	char *copy = arena_alloc(&b->a, text.n + 1);
	size_t passed = 0;

	for (size_t n = 0; n < text.n - 2;
	     n++) { /* the last line end is put back (RFC 6376 3.4.3) */
		const struct verify_facts *f = ask_facts(b, str_sub(text, 0, n), key, 1);

		if (f != NULL && f->n > 0 && f->v[0].pass)
			fail_msg("passes without its last %zu bytes", text.n - n);
		inquiry_free(&b->q);
		inquiry_init(&b->q, ask_source, b->source, &b->a);
		inquiry_begin(&b->q);
	}
	for (size_t i = 0; i < text.n; i++) {
		const struct verify_facts *f;

		memcpy(copy, text.p, text.n);
		copy[i] = (char)(copy[i] ^ 1);
		f = ask_facts(b, (struct str){ copy, text.n }, key, 1);
		passed += f != NULL && f->n > 0 && f->v[0].pass;
		inquiry_free(&b->q);
		inquiry_init(&b->q, ask_source, b->source, &b->a);
		inquiry_begin(&b->q);
	}
	/* Fields that h= does not name, and the spelling of a tag's blanks, are free. */
	assert_true(passed < text.n / 4);
}

static void
test_extremes(void **state)
{
	struct bench *b = *state;
	struct sign_options o = { 0 };
	const struct answer *key = key_of(b, KEY_RIGHT);
	struct buf t;

	assert_int_equal(ask_facts(b, STR(""), key, 0)->n, 0);
	assert_int_equal(ask_facts(b, STR("\r\n"), key, 0)->n, 0);
	assert_null(ask_facts(b, (struct str){ "\0\0\r\n\r\n\0", 7 }, key, 0));
	buf_init(&t, 32 << 20);
	buf_adds(&t, "X: ");
	while (t.n < 10 << 20)
		buf_adds(&t, "0123456789abcdef");
	buf_adds(&t, "\r\n");
	buf_add(&t, signed_with(b, &o));
	assert_true(ask_facts(b, buf_str(&t), key, 1)->v[0].pass);
	buf_reset(&t);
	for (size_t i = 0; i <= MAX_HEADER_FIELDS; i++)
		buf_adds(&t, "A: b\r\n");
	buf_add(&t, signed_with(b, &o));
	assert_null(ask_facts(b, buf_str(&t), key, 1)); /* cut: nobody can say */
	buf_free(&t);
}

static void
test_body_alone(void **state)
{
	struct bench *b = *state;
	struct sign_options o = { 0 };
	struct str text = signed_with(b, &o);

	assert_true(opendkim_body_matches(b->source, text));
	assert_true(opendkim_body_matches(b->source, with(b, text, "a sample", "changed")));
	assert_false(opendkim_body_matches(b->source, with(b, text, "a body", "no body")));
	assert_false(opendkim_body_matches(b->source, STR(MESSAGE)));
}

/* The file NAME of the shared suites, its lines as on the wire; empty when it is not there. */
static struct str
shared(struct bench *b, const char *name)
{
	const char *dir = getenv("MAILVET_SHARED");
	struct str out = { NULL, 0 };
	struct buf t;
	char path[512];
	FILE *in;
	int c;

	(void)snprintf(path, sizeof(path), "%s/suites/%s", dir != NULL ? dir : "../shared", name);
	if ((in = fopen(path, "r")) == NULL)
		return out;
	buf_init(&t, 1 << 20);
	while ((c = getc(in)) != EOF)
		buf_addc(&t, (char)c);
	(void)fclose(in);
	out = lines_to_crlf(&b->a, buf_str(&t));
	buf_free(&t);
	return out;
}

/* RFC 8463 appendix A: lines "NAME RECORD", an empty one, the message; both signatures pass. */
static void
test_rfc8463(void **state)
{
	struct bench *b = *state;
	struct str file = shared(b, "dkim-rfc8463/rfc8463-appendix-a.txt"), line[2];
	struct verify_key keys[2];
	const struct verify_facts *f;
	size_t at = 0;

	if (file.n == 0) {
		printf("skipped: the shared suites are not there\n");
		skip();
	}
	for (size_t i = 0; i < 2; i++) {
		size_t end = str_find(file, at, '\r'), blank = str_find(file, at, ' ');

		line[i] = str_sub(file, blank + 1, end - blank - 1);
		keys[i] = (struct verify_key){ .signature = i,
			.answer = key_answer(b, line[i], 1, ANSWER_FOUND) };
		at = end + 2;
	}
	f = ask_verify(&b->q, str_sub(file, at + 2, file.n), keys, 2)->verify;
	assert_non_null(f);
	assert_int_equal(f->n, 2);
	for (size_t i = 0; i < 2; i++)
		if (!f->v[i].pass)
			fail_msg("signature %zu: %.*s", i, (int)f->v[i].error.n, f->v[i].error.p);
}

/* The message FILE with the key records of KEYS, one for each signature: 'p' or '-' for each. */
static void
verify_shared(struct bench *b, struct str text, const struct str *keys, char *out)
{
	struct verify_key k[2];
	const struct verify_facts *f;

	for (size_t i = 0; i < 2; i++)
		k[i] = (struct verify_key){ .signature = i,
			.answer = key_answer(b, str_trim(keys[i]), 1, ANSWER_FOUND) };
	f = ask_verify(&b->q, text, k, 2)->verify;
	assert_non_null(f);
	for (size_t i = 0; i < f->n && i < 2; i++)
		*out++ = f->v[i].pass ? 'p' : '-';
	*out = '\0';
}

/* Records of the suite for a message signed with its key; only the first is good. */
static const struct {
	const char *file;
	const char *want;
} records[] = {
	{ "test.txt", "p" },
	{ "badk.txt", "-" },
	{ "badversion.txt", "-" },
	{ "test_bad.txt", "-" },
	{ "test_tlsrpt.txt", "-" },
};

static void
test_dkimpy(void **state)
{
	struct bench *b = *state;
	struct str dir = STR("dkim-dkimpy/"), pem = shared(b, "dkim-dkimpy/test.private"), text,
		   keys[2];
	struct str ed = STR("v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
	struct sign_options o = { .domain = "example.com", .selector = "test" };
	struct signing_key s;
	char got[3], path[80];

	if (pem.n == 0) {
		printf("skipped: the shared suites are not there\n");
		skip();
	}
	keys[0] = ed;
	keys[1] = shared(b, "dkim-dkimpy/test.txt");
	verify_shared(b, shared(b, "dkim-dkimpy/rfc6376.signed.msg"), keys, got);
	assert_string_equal(got, "pp");
	keys[0] = shared(b, "dkim-dkimpy/eximtest.dns");
	verify_shared(b, shared(b, "dkim-dkimpy/ed25519test2.msg"), keys, got);
	assert_string_equal(got, "p");
	s = signing_read(&b->a, pem);
	text = signing_sign(&b->a, &s, &o, shared(b, "dkim-dkimpy/test.message"));
	for (size_t i = 0; i < ARRAY_LEN(records); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", dir.p, records[i].file);
		keys[0] = shared(b, path);
		verify_shared(b, text, keys, got);
		if (strcmp(got, records[i].want) != 0)
			fail_msg("%s: got '%s', want '%s'", records[i].file, got, records[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    test_what_is_changed_is_told_apart, setup, teardown),
		cmocka_unit_test_setup_teardown(test_sizes_are_facts, setup, teardown),
		cmocka_unit_test_setup_teardown(test_length_past_the_end, setup, teardown),
		cmocka_unit_test_setup_teardown(test_order_and_bound, setup, teardown),
		cmocka_unit_test_setup_teardown(test_damage, setup, teardown),
		cmocka_unit_test_setup_teardown(test_extremes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_body_alone, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rfc8463, setup, teardown),
		cmocka_unit_test_setup_teardown(test_dkimpy, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
