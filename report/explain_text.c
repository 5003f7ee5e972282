/* SPDX-License-Identifier: ISC */
/*
 * explain_text.c - what mailvet explain found, for people.
 */
#include "report/explain.h"
#include "report/plan.h"
#include "report/text.h"
#include "report/words.h"

#define MAX_TEXT_GROUPS 50 /* without --verbose: what somebody reads */
#define MAX_TEXT_RATES 20
#define MAX_TEXT_SAMPLE 240 /* bytes */

/* Columns of the groups' table: where each ends or begins. */
#define COLUMN_COUNT 8
#define COLUMN_PROVIDER 10
#define COLUMN_MECHANISM 28
#define COLUMN_CODE 47
#define COLUMN_TIME 60

static void
pad(struct ink *k, unsigned column)
{
	if (k->col >= column)
		ink_adds(k, " ");
	while (k->col < column)
		ink_adds(k, " ");
}

/* N, right-aligned to COLUMN. */
static void
number_cell(struct ink *k, unsigned column, uint64_t n)
{
	struct buf b;

	buf_init(&b, 32);
	buf_addu(&b, n);
	pad(k, k->col + b.n < column ? column - (unsigned)b.n : k->col);
	ink_add(k, buf_str(&b));
	buf_free(&b);
}

/* RATE in percent, right-aligned to COLUMN. */
static void
percent_cell(struct ink *k, unsigned column, double rate)
{
	uint64_t hundredths = (uint64_t)(rate * 10000 + 0.5);
	struct buf b;

	buf_init(&b, 32);
	buf_addu(&b, hundredths / 100);
	buf_addc(&b, '.');
	buf_addc(&b, (char)('0' + hundredths / 10 % 10));
	buf_addc(&b, (char)('0' + hundredths % 10));
	buf_adds(&b, " %");
	pad(k, k->col + b.n < column ? column - (unsigned)b.n : k->col);
	ink_add(k, buf_str(&b));
	buf_free(&b);
}

/* S, which a log held; "-" when empty. */
static void
cell(struct ink *k, unsigned column, struct str s)
{
	struct buf b;

	buf_init(&b, MAX_SENTENCE);
	buf_add_escaped(&b, s.n > 0 ? s : STR("-"));
	pad(k, column);
	ink_add(k, buf_str(&b));
	buf_free(&b);
}

/* LINE as words in a paragraph of its own, INDENT cells in; B is freed. */
static void
paragraph(struct ink *k, unsigned indent, struct buf *b, bool dim)
{
	ink_begin(k, indent, indent);
	if (dim)
		ink_paint(k, PAINT_DIM);
	ink_words(k, buf_str(b));
	if (dim)
		ink_plain(k);
	ink_end(k);
	buf_free(b);
}

/* "2026-11-20 08:00" */
static void
minute_add(struct buf *b, time_t t)
{
	struct buf whole;

	buf_init(&whole, 64);
	time_add(&whole, t);
	buf_add(b, str_sub(buf_str(&whole), 0, 10));
	buf_addc(b, ' ');
	buf_add(b, str_sub(buf_str(&whole), 11, 5));
	buf_free(&whole);
}

static void
span_add(struct buf *b, time_t first, time_t last)
{
	if (first == 0) {
		buf_adds(b, "no time told");
		return;
	}
	minute_add(b, first);
	if (last / 60 == first / 60)
		return;
	buf_adds(b, " - ");
	minute_add(b, last);
}

static void
named(struct buf *b, const char *before, struct str s)
{
	if (s.n == 0)
		return;
	buf_adds(b, before);
	buf_add_escaped(b, s);
}

/* "2026-11-25 08:00, Postfix' default of 5 days" */
static void
retries_add(struct buf *b, const struct bounce_group *g)
{
	bool exim = strcmp(g->retries_of, "exim") == 0;

	buf_adds(b, "; retries end by ");
	minute_add(b, g->retries_end);
	buf_adds(b, exim ? " (4 days" : " (5 days");
	buf_adds(b, ", the default of ");
	buf_adds(b, g->retries_of);
	buf_addc(b, ')');
}

/* The line below a group: whose mail, from where, and how much of it was taken. */
static void
group_aside(struct ink *k, const struct bounce_group *g)
{
	struct buf b;

	buf_init(&b, MAX_SENTENCE);
	buf_adds(&b, g->inbound ? "refused by us, from " : "from ");
	buf_add_escaped(&b, g->sender_domain.n > 0 ? g->sender_domain : STR("a sender not told"));
	if (g->sender_ip.n > 0) {
		named(&b, " at ", g->sender_ip);
		if (strcmp(g->ip_from, "log") != 0)
			buf_adds(&b, strcmp(g->ip_from, "text") == 0 ? " (named in the reply)"
								     : " (configured)");
	}
	named(&b, ", names ", g->named_domain);
	named(&b, ", listed at ", g->list_zone);
	if (!g->inbound) {
		buf_adds(&b, "; accepted there: ");
		buf_addu(&b, g->accepted);
	}
	if (g->delayed > 0) {
		buf_adds(&b, "; delivered later: ");
		buf_addu(&b, g->delayed);
	}
	if (g->retries_end != 0)
		retries_add(&b, g);
	paragraph(k, COLUMN_PROVIDER, &b, true);
}

static void
group_lines(struct ink *k, const struct bounce_group *g)
{
	struct buf b;

	buf_init(&b, 64);
	if (g->reply_code != 0)
		buf_addu(&b, g->reply_code);
	if (g->reply_code != 0 && g->enhanced_code.n > 0)
		buf_addc(&b, ' ');
	buf_add(&b, g->enhanced_code);
	ink_begin(k, 0, COLUMN_PROVIDER);
	ink_paint(k, level_paint(g->level));
	number_cell(k, COLUMN_COUNT, g->count);
	ink_plain(k);
	cell(k, COLUMN_PROVIDER, g->provider.n > 0 ? g->provider : g->receiver);
	ink_paint(k, PAINT_STRONG);
	cell(k, COLUMN_MECHANISM, g->mechanism);
	ink_plain(k);
	cell(k, COLUMN_CODE, buf_str(&b));
	buf_reset(&b);
	span_add(&b, g->first, g->last);
	pad(k, COLUMN_TIME);
	ink_add(k, buf_str(&b));
	ink_end(k);
	buf_free(&b);
	group_aside(k, g);
	buf_init(&b, MAX_SENTENCE);
	buf_add_escaped(&b, str_sub(g->sample, 0, MAX_TEXT_SAMPLE));
	if (g->sample.n > MAX_TEXT_SAMPLE)
		buf_adds(&b, "...");
	if (b.n > 0)
		paragraph(k, COLUMN_PROVIDER, &b, false);
	else
		buf_free(&b);
}

static void
more(struct ink *k, size_t n, const char *what)
{
	struct buf b;

	if (n == 0)
		return;
	buf_init(&b, 256);
	buf_adds(&b, "and ");
	buf_addu(&b, n);
	buf_adds(&b, what);
	paragraph(k, COLUMN_PROVIDER, &b, true);
}

/* "2 groups confirmed (40 mails), 1 unknown (3)" and the groups. */
static void
audited_groups(struct ink *k, const struct bounce_report *r, size_t most)
{
	struct buf b;

	buf_init(&b, 1024);
	buf_adds(&b, "Refused or waiting: ");
	for (size_t i = 0, n = 0; i < N_VERDICTS - 1; i++) {
		enum bounce_verdict v = bounce_verdict_at(i);

		if (r->n_verdict[v] == 0)
			continue;
		buf_adds(&b, n++ > 0 ? ", " : "");
		buf_adds(&b, bounce_verdict_name(v));
		buf_addc(&b, ' ');
		count_add(&b, r->n_verdict_mails[v], "mail");
	}
	buf_addc(&b, '\0');
	ink_title(k, b.p);
	buf_free(&b);
	ink_end(k);
	for (size_t v = 0, shown = 0; v < N_VERDICTS - 1; v++)
		for (size_t i = 0; i < r->n_groups && shown < most; i++)
			if (r->groups[i].verdict == bounce_verdict_at(v)) {
				explain_group_text(k, &r->groups[i]);
				shown++;
			}
	more(k, r->n_groups > most ? r->n_groups - most : 0, " more groups; --verbose tells all");
}

static void
groups(struct ink *k, const struct bounce_report *r)
{
	size_t most = k->style->verbose ? r->n_groups : MAX_TEXT_GROUPS;

	if (r->n_groups == 0) {
		ink_title(k, r->few > 0 ? "No group of refusals is large enough to be told."
			     : r->input.events == 0
				 ? "No mail was found in what was read."
				 : "Nothing was refused for good, and nothing waits.");
		return;
	}
	if (r->audited) {
		audited_groups(k, r, most);
		return;
	}
	ink_title(k, "Refused or waiting, by mails:");
	ink_begin(k, 0, INDENT);
	ink_paint(k, PAINT_DIM);
	ink_adds(k, "   mails");
	cell(k, COLUMN_PROVIDER, STR("receiver"));
	cell(k, COLUMN_MECHANISM, STR("why"));
	cell(k, COLUMN_CODE, STR("code"));
	cell(k, COLUMN_TIME, STR("first - last (UTC)"));
	ink_plain(k);
	ink_end(k);
	for (size_t i = 0; i < r->n_groups && i < most; i++)
		group_lines(k, &r->groups[i]);
	more(k, r->n_groups > most ? r->n_groups - most : 0, " more groups; --verbose tells all");
}

/* "example.com to google from 192.0.2.1" */
static void
stream_add(struct buf *b, struct str domain, struct str provider, struct str ip)
{
	buf_add_escaped(b, domain.n > 0 ? domain : STR("(sender not told)"));
	buf_adds(b, " to ");
	buf_add_escaped(b, provider.n > 0 ? provider : STR("all others"));
	named(b, " from ", ip);
}

static enum paint
rate_paint(const char *level)
{
	if (strcmp(level, "stop") == 0 || strcmp(level, "act") == 0)
		return PAINT_ERROR;
	if (strcmp(level, "warn") == 0)
		return PAINT_WARNING;
	return strcmp(level, "ok") == 0 ? PAINT_PASS : PAINT_DIM;
}

static void
rate_line(struct ink *k, const struct bounce_rate *r)
{
	struct buf b;

	ink_begin(k, 0, COLUMN_PROVIDER);
	number_cell(k, 8, r->sent);
	number_cell(k, 18, r->delivered);
	if (r->has_rates) {
		percent_cell(k, 28, r->hard_rate);
		percent_cell(k, 38, r->soft_rate);
	} else {
		number_cell(k, 28, r->hard);
		number_cell(k, 38, r->soft);
	}
	number_cell(k, 46, r->policy);
	number_cell(k, 54, r->complaints);
	pad(k, 56);
	ink_paint(k, rate_paint(r->level));
	ink_adds(k, r->smarthost.n > 0 ? "relay" : r->level[0] != '\0' ? r->level : "few");
	ink_plain(k);
	pad(k, 62);
	buf_init(&b, MAX_SENTENCE);
	stream_add(&b, r->sender_domain, r->provider, r->sender_ip);
	ink_add(k, buf_str(&b));
	buf_free(&b);
	ink_end(k);
}

static void
rates(struct ink *k, const struct bounce_report *r)
{
	size_t most = k->style->verbose ? r->n_rates : MAX_TEXT_RATES;
	struct buf b;

	if (r->n_rates == 0)
		return;
	buf_init(&b, 256);
	buf_adds(&b, "Mails, ");
	span_add(&b, r->from, r->to);
	buf_adds(&b, " UTC:");
	buf_addc(&b, '\0');
	ink_title(k, b.p);
	buf_free(&b);
	ink_begin(k, 0, INDENT);
	ink_paint(k, PAINT_DIM);
	ink_adds(k, "    sent delivered      hard      soft  policy  compl. level stream");
	ink_plain(k);
	ink_end(k);
	for (size_t i = 0; i < r->n_rates && i < most; i++)
		rate_line(k, &r->rates[i]);
	more(k, r->n_rates > most ? r->n_rates - most : 0, " more streams; --verbose tells all");
}

static void
alerts(struct ink *k, const struct bounce_report *r)
{
	if (r->n_alerts == 0)
		return;
	ink_title(k, "Look at:");
	for (size_t i = 0; i < r->n_alerts; i++) {
		const struct bounce_alert *x = &r->alerts[i];
		struct buf b;

		buf_init(&b, MAX_SENTENCE);
		buf_adds(&b, x->kind);
		buf_adds(&b, ": ");
		if (x->sender_domain.n > 0)
			stream_add(&b, x->sender_domain, x->provider, x->sender_ip);
		else
			buf_add_escaped(&b, x->provider.n > 0 ? x->provider : x->host);
		if (x->sender_domain.n == 0)
			named(&b, " to mail from ", x->sender_ip);
		buf_adds(&b, ": ");
		buf_add(&b, x->text);
		buf_adds(&b, " (");
		buf_addu(&b, x->count);
		buf_adds(&b, " mails");
		if (x->from != 0) {
			buf_adds(&b, ", ");
			span_add(&b, x->from, x->to);
		}
		buf_addc(&b, ')');
		ink_begin(k, INDENT, INDENT + 2);
		ink_words(k, buf_str(&b));
		ink_end(k);
		buf_free(&b);
	}
}

static void
addresses(struct ink *k, const struct bounce_report *r)
{
	struct buf b;

	if (r->suppress.n + r->held.n == 0)
		return;
	if (k->out->n > 0)
		ink_end(k);
	buf_init(&b, 512);
	buf_addu(&b, r->suppress.n);
	buf_adds(&b, r->suppress.n == 1 ? " address" : " addresses");
	buf_adds(&b, " to suppress (--report csv=FILE lists them)");
	if (r->held.n > 0) {
		buf_adds(&b, ", ");
		buf_addu(&b, r->held.n);
		buf_adds(&b, " held while their provider has a bad day (--report json lists them)");
	}
	buf_addc(&b, '.');
	paragraph(k, 0, &b, false);
}

static void
counted(struct buf *b, uint64_t n, const char *words)
{
	if (n == 0)
		return;
	buf_adds(b, ", ");
	buf_addu(b, n);
	buf_adds(b, words);
}

/* What was asked, and of whom. */
static void
asked(struct buf *b, const struct bounce_report *r)
{
	if (!r->audited) {
		buf_adds(b, ". No DNS was asked.");
		return;
	}
	buf_adds(b, ". ");
	count_add(b, r->cases, "case");
	buf_adds(b, " audited by ");
	buf_add(b, r->answers);
	if (r->cases_over > 0) {
		buf_adds(b, "; ");
		buf_addu(b, r->cases_over);
		buf_adds(b, " groups not audited: too many cases");
	}
	buf_addc(b, '.');
}

static void
input(struct ink *k, const struct bounce_report *r)
{
	const struct bounce_input *in = &r->input;
	struct buf b;

	ink_end(k);
	buf_init(&b, 2048);
	count_add(&b, in->files, "file");
	counted(&b, in->unreadable, " not read");
	buf_adds(&b, ", ");
	count_add(&b, in->lines, "line");
	buf_adds(&b, ": ");
	buf_addu(&b, in->parsed);
	buf_adds(&b, " parsed, ");
	buf_addu(&b, in->irrelevant);
	buf_adds(&b, " irrelevant, ");
	buf_addu(&b, in->not_understood);
	buf_adds(&b, " not understood");
	buf_adds(&b, "; ");
	count_add(&b, in->events, "event");
	counted(&b, in->internal, " of filters, probes and own mailboxes");
	counted(&b, in->refused_by_us, " refused by us");
	counted(&b, in->left_out, " outside of what was asked for");
	counted(&b, in->merged, " told twice and counted once");
	counted(&b, in->dropped, " open mails dropped for want of room");
	counted(&b, in->overflowed, " beyond the bounds of a list");
	buf_adds(&b, in->year_guessed ? "; stamps without year: the latest that fits" : "");
	buf_adds(&b, in->zone_guessed ? "; stamps without zone: taken for UTC" : "");
	buf_adds(
	    &b, in->from_documentation ? "; a format was read by its documentation alone" : "");
	asked(&b, r);
	paragraph(k, 0, &b, true);
}

void
explain_text(struct explain_out *o, const struct report_style *style, const struct bounce_report *r)
{
	size_t from = o->b->n;
	struct ink k;

	ink_init(&k, o->b, style);
	groups(&k, r);
	if (r->plan != NULL)
		plan_text(o->b, style, r->plan);
	rates(&k, r);
	alerts(&k, r);
	addresses(&k, r);
	input(&k, r);
	if (o->redact)
		redact(o->b, from);
}
