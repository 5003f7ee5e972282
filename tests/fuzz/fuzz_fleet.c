/* SPDX-License-Identifier: ISC */
/*
 * fuzz_fleet.c - any bytes as a file of results: what the fleet has in common
 * is JSON that parses, and text that holds nothing raw.
 */
#include <assert.h>
#include "audit/fleet/gather.h"
#include "audit/fleet/reread.h"
#include "audit/fleet/told.h"
#include "report/fleet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
on_domain(void *ctx, json_t *o, size_t line)
{
	struct told_domain d;
	struct arena a;

	(void)line;
	arena_init(&a, 0);
	told_domain(&a, o, &d);
	gather_domain(ctx, &d, o);
	arena_free(&a);
}

static void
on_run(void *ctx, const struct reread_run *run)
{
	(void)ctx;
	(void)run;
}

static void
render(const struct fleet *f)
{
	static const struct report_style style = { .ascii = true, .notes = true };
	static const struct run_result run = { .domains = 1 };
	struct json j;
	struct buf b;
	json_t *o;

	buf_init(&b, SIZE_MAX);
	json_init(&j, &b, false);
	json_open(&j, '{');
	fleet_json(&j, f);
	json_close(&j, '}');
	o = json_loadb(b.p, b.n, JSON_REJECT_DUPLICATES, NULL);
	assert(o != NULL);
	json_decref(o);
	buf_reset(&b);
	fleet_text(&b, &style, &run, f);
	for (size_t i = 0; i < b.n; i++)
		assert(b.p[i] == '\n' || ascii_isprint(b.p[i]));
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct gather g;
	struct fleet f = { .files = 1 };
	struct reread_visit v = { .domain = on_domain, .run = on_run, .ctx = &g, .quiet = true };
	struct reread_sum sum;
	FILE *in = tmpfile();

	assert(in != NULL && fwrite(data, 1, len, in) == len);
	rewind(in);
	gather_init(&g);
	assert(reread_stream(in, "fuzz", &v, &sum) == 0);
	assert(g.domains == sum.domains);
	gather_finish(&g, &f);
	render(&f);
	gather_free(&g);
	(void)fclose(in);
	return 0;
}
