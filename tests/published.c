/* SPDX-License-Identifier: ISC */
/*
 * published.c - see published.h.
 */
#include "tests/published.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include "checks/core/hash.h"

#define MAX_ROWS 1000
#define MAX_LINE 70000

static FILE *
open_shared(const char *name)
{
	const char *dir = getenv("MAILVET_SHARED");
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/corpus/%s", dir != NULL ? dir : "../shared", name);
	return fopen(path, "r");
}

FILE *
published_corpus(void)
{
	return open_shared("spf.txt");
}

/* NAME 300 IN TXT "..." "...": the strings joined. */
static void
take_line(struct published *p, struct str line)
{
	struct str name = str_sub(line, 0, str_find(line, 0, ' '));
	struct published_row *row = &p->rows[p->n];
	char *text = arena_alloc(&p->a, line.n + 1);
	bool inside = false;

	if (line.n == 0 || line.p[0] == ';' || line.p[0] == '$' ||
	    name_parse(name, &row->name) != NAME_OK)
		return;
	row->text = (struct str){ text, 0 };
	for (size_t i = name.n; i < line.n; i++) {
		if (line.p[i] == '"')
			inside = !inside;
		else if (inside)
			text[row->text.n++] = line.p[i];
	}
	assert_true(++p->n < MAX_ROWS);
}

static int
row_cmp(const void *va, const void *vb)
{
	const struct published_row *a = va, *b = vb;

	return name_cmp(&a->name, &b->name);
}

bool
published_open(struct published *p)
{
	static char line[MAX_LINE];
	FILE *f = open_shared("esp_includes.zone");

	*p = (struct published){ .n = 0 };
	if (f == NULL)
		return false;
	arena_init(&p->a, 0);
	p->rows = arena_array(&p->a, MAX_ROWS, sizeof(*p->rows));
	while (fgets(line, sizeof(line), f) != NULL)
		take_line(p, str_trim(str_of(line)));
	fclose(f);
	qsort(p->rows, p->n, sizeof(*p->rows), row_cmp);
	return true;
}

void
published_close(struct published *p)
{
	arena_free(&p->a);
}

static struct str
text_at(const struct published *p, const struct name *name)
{
	struct published_row key = { .name = *name };
	const struct published_row *row = bsearch(&key, p->rows, p->n, sizeof(*p->rows), row_cmp);

	return row != NULL ? row->text : STR("");
}

struct str
published_text(const struct published *p, struct str domain)
{
	struct name name;

	return name_parse_raw(domain, &name) == NAME_OK ? text_at(p, &name) : STR("");
}

static void
add_txt(struct answer_draft *d, struct str text)
{
	char *p = arena_alloc(d->scratch, text.n + text.n / 255 + 2);
	size_t n = 0;

	for (size_t at = 0; at == 0 || at < text.n; at += 255) {
		struct str part = str_sub(text, at, 255);

		p[n++] = (char)part.n;
		if (part.n > 0)
			memcpy(p + n, part.p, part.n);
		n += part.n;
	}
	(void)draft_add_rr(d, RR_TXT, 300, (struct str){ p, n });
}

/* One record of the type of Q, drawn from H. */
static void
draw(struct answer_draft *d, const struct question *q, uint8_t h)
{
	uint8_t *p = arena_alloc(d->scratch, 300);
	char text[80];
	struct name to;
	size_t n = 0;

	if (q->type == RR_TXT) {
		n = (size_t)snprintf(
		    text, sizeof(text), "v=spf1 ip4:203.0.113.%u/28 ?all", (unsigned)h & 0xf0u);
		add_txt(d, arena_str(d->scratch, (struct str){ text, n }));
		return;
	}
	if (q->type == RR_A || q->type == RR_AAAA) {
		static const uint8_t v4[] = { 198, 51, 100 }, v6[] = { 0x20, 0x01, 0x0d, 0xb8 };

		n = q->type == RR_A ? 4 : 16;
		memcpy(p, q->type == RR_A ? v4 : v6, q->type == RR_A ? 3 : 4);
		p[n - 1] = h;
	} else {
		int len = snprintf(text, sizeof(text), "h%u.corpus.example", (unsigned)h);

		assert_int_equal(name_parse((struct str){ text, (size_t)len }, &to), NAME_OK);
		n = q->type == RR_MX ? 2 : 0;
		memcpy(p + n, to.w, to.n);
		n += to.n;
	}
	(void)draft_add_rr(d, q->type, 300, (struct str){ (const char *)p, n });
}

const struct answer *
published_ask(void *ctx, const struct question *q)
{
	struct published *p = ctx;
	uint64_t h =
	    hash_end(hash_add(HASH_START, (struct str){ (const char *)q->name.w, q->name.n }));
	struct name own;
	struct arena scratch;
	struct answer_draft d;
	const struct answer *out;
	struct str text;

	if (q->kind != ASK_DNS)
		return answer_failed(q, CAUSE_NOT_PROVIDED);
	assert_int_equal(name_parse(STR("corpus.example"), &own), NAME_OK);
	text = name_eq(&q->name, &own) ? p->record : text_at(p, &q->name);
	arena_init(&scratch, 0);
	draft_init(&d, &scratch, q, ANSWER_FOUND);
	if (q->type == RR_TXT && text.n > 0)
		add_txt(&d, text);
	else if (q->type == RR_SPF || h % 8 == 0)
		d.a.status = ANSWER_NXDOMAIN;
	else
		draw(&d, q, (uint8_t)(h >> 8));
	out = answer_finish(&d);
	arena_free(&scratch);
	return out;
}
