/* SPDX-License-Identifier: ISC */
/*
 * seen_text.c - sources of aggregate reports as text for people.
 */
#include "report/seen.h"

#include "checks/core/civil.h"
#include "checks/providers.h"
#include "report/text.h"
#include "report/words.h"

#define MAX_UNKNOWN_TOLD 10 /* of one domain: the ones with the most mail; json has them all */
#define ADDRESS_COLUMNS 20  /* room for an IPv4 address; what is longer moves the rest */
#define COLUMNS 80
#define DAY_S 86400

/* clang-format off */
static const struct {
	const char *title, *advice;
} groups[] = {
	[SEEN_FAILS] = { "Yours, and its mail does not pass today",
	  "Correct SPF or DKIM of these senders; mailvet check --config tells what is wrong." },
	[SEEN_UNSURE] = { "Yours, and today's records could not all be looked up", "Run this again." },
	[SEEN_FAILED] = { "Yours; some of its mail failed, and today's records would let it pass",
	  "See whether later reports still show failures: mail that is not signed, or changed on its way." },
	[SEEN_UNNAMED] = { "Passes as you, and your configuration does not name it",
	  "Ask who this is. If it is yours, name it in mailvet.yaml; if not, take the key or the SPF term away that lets it pass." },
	[SEEN_SIGNED] = { "Bears a signature of yours, and fails SPF",
	  "A forwarder of your mail, or a service that signs for you. Nothing to do for SPF." },
	[SEEN_UNKNOWN] = { "Fails, and nobody said that it is yours",
	  "Ask who this is. It may be a spoofer or a forwarder: an address that is known from reports alone is no reason to change SPF." },
	[SEEN_PASSES] = { "Passes", NULL },
};
/* clang-format on */

static void
add_name(struct buf *b, const struct name *name)
{
	struct buf text;

	buf_init(&text, MAX_NAME_TEXT);
	name_print(&text, name);
	buf_add_escaped(b, buf_str(&text));
	buf_free(&text);
}

static void
add_span(struct buf *b, time_t first, time_t last)
{
	if (first == 0)
		return;
	buf_adds(b, ", ");
	date_add(b, first);
	if (first / DAY_S == last / DAY_S)
		return;
	buf_adds(b, " to ");
	date_add(b, last);
}

/* "N messages, all aligned (SPF 3, DKIM 2); 1 rejected, days" */
static void
add_figures(struct buf *b, const struct seen_source *s)
{
	count_add(b, s->messages, "message");
	if (s->aligned == 0) {
		buf_adds(b, ", none aligned");
	} else {
		buf_adds(b, ", ");
		if (s->aligned == s->messages)
			buf_adds(b, "all");
		else
			buf_addu(b, s->aligned);
		buf_adds(b, " aligned (SPF ");
		buf_addu(b, s->spf);
		buf_adds(b, ", DKIM ");
		buf_addu(b, s->dkim);
		buf_addc(b, ')');
	}
	if (s->quarantined > 0) {
		buf_adds(b, ", quarantined ");
		buf_addu(b, s->quarantined);
	}
	if (s->rejected > 0) {
		buf_adds(b, ", rejected ");
		buf_addu(b, s->rejected);
	}
	add_span(b, s->first, s->last);
	buf_addc(b, '\n');
}

static void
add_words(struct buf *b, const char *what, const struct seen_word *w)
{
	if (w == NULL)
		return;
	buf_adds(b, "      ");
	buf_adds(b, what);
	for (; w != NULL; w = w->next) {
		buf_addc(b, ' ');
		buf_add_escaped(b, w->text);
		buf_addc(b, w->next != NULL ? ',' : '\n');
	}
}

static void
add_selector(struct buf *b, const struct seen_selector *k)
{
	buf_adds(b, "      signed ");
	buf_add_escaped(b, k->name);
	buf_adds(b, "._domainkey.");
	add_name(b, &k->domain);
	buf_adds(b, ": ");
	buf_addu(b, k->pass);
	buf_adds(b, " of ");
	buf_addu(b, k->all);
	buf_adds(b, " verified");
	if (k->today[0] != '\0') {
		buf_adds(b, "; key today: ");
		buf_adds(b, k->today);
		buf_adds(b, k->aligned ? "" : ", not aligned");
	}
	buf_addc(b, '\n');
}

static void
add_today(struct buf *b, const struct seen_today *t)
{
	if (!t->looked_up || t->spf[0] == '\0')
		return;
	buf_adds(b, "      SPF of ");
	buf_add_escaped(b, t->spf_domain);
	buf_adds(b, " today: ");
	buf_adds(b, t->spf);
	if (t->term.n > 0) {
		buf_adds(b, " by ");
		buf_add_escaped(b, t->term);
	}
	if (t->service != NULL) {
		buf_adds(b, " (");
		buf_adds(b, t->service->name);
		buf_addc(b, ')');
	}
	buf_adds(b, t->spf_aligned ? "\n" : ", not aligned\n");
}

static void
add_source(struct buf *b, const struct seen_source *s)
{
	size_t start;

	buf_adds(b, "    ");
	start = b->n;
	addr_print(b, &s->ip);
	if (s->today.ptr.n > 0) {
		buf_adds(b, " (");
		add_name(b, &s->today.ptr);
		buf_addc(b, ')');
	}
	while (b->n - start < ADDRESS_COLUMNS)
		buf_addc(b, ' ');
	buf_adds(b, "  ");
	add_figures(b, s);
	if (!addr_is_seen_from_outside(&s->ip)) {
		buf_adds(b, "      ");
		buf_adds(b, addr_space_name(addr_space(&s->ip)));
		buf_adds(b, ": a host in the receiver's own network handed it on\n");
	}
	if (s->sender.n > 0) {
		buf_adds(b, "      sender ");
		buf_add_escaped(b, s->sender);
		buf_addc(b, '\n');
	}
	add_words(b, "MAIL FROM", s->paths);
	for (const struct seen_selector *k = s->selectors; k != NULL; k = k->next)
		add_selector(b, k);
	add_today(b, &s->today);
}

/* ADVICE below a group, in lines of COLUMNS at most. */
static void
add_wrapped(struct buf *b, const char *advice)
{
	struct str s = str_of(advice);
	size_t used = 0;

	buf_adds(b, "    =");
	for (size_t pos = 0, end; pos < s.n; pos = end + 1) {
		end = str_find(s, pos, ' ');
		if (used + 1 + end - pos > COLUMNS) {
			buf_adds(b, "\n     ");
			used = 0;
		}
		buf_addc(b, ' ');
		buf_add(b, str_sub(s, pos, end - pos));
		used += 1 + end - pos;
	}
	buf_addc(b, '\n');
}

/* The sources from I on that have its domain and standing; returns the index behind them. */
static size_t
add_group(struct buf *b, const struct seen_result *r, size_t i)
{
	const struct seen_source *first = r->sources[i];
	size_t told = 0, left = 0;
	uint64_t messages = 0;

	buf_adds(b, "\n  ");
	buf_adds(b, groups[first->standing].title);
	buf_adds(b, ":\n");
	for (; i < r->n && r->sources[i]->standing == first->standing &&
	       name_eq(&r->sources[i]->from, &first->from);
	     i++) {
		if (first->standing == SEEN_UNKNOWN && told == MAX_UNKNOWN_TOLD) {
			left++;
			messages += r->sources[i]->messages;
			continue;
		}
		add_source(b, r->sources[i]);
		told++;
	}
	if (left > 0) {
		buf_adds(b, "    and ");
		count_add(b, left, "more source");
		buf_adds(b, " with ");
		count_add(b, messages, "message");
		buf_adds(b, "; --report json has all\n");
	}
	if (groups[first->standing].advice != NULL) {
		add_wrapped(b, groups[first->standing].advice);
	}
	return i;
}

static void
add_domain_head(struct buf *b, const struct seen_result *r, size_t i)
{
	const struct name *from = &r->sources[i]->from;
	uint64_t messages = 0, aligned = 0;
	size_t n = 0;

	for (; i < r->n && name_eq(&r->sources[i]->from, from); i++, n++) {
		messages += r->sources[i]->messages;
		aligned += r->sources[i]->aligned;
	}
	buf_addc(b, '\n');
	add_name(b, from);
	buf_adds(b, ": ");
	count_add(b, messages, "message");
	buf_adds(b, " from ");
	count_add(b, n, "source");
	buf_adds(b, ", ");
	buf_addu(b, aligned);
	buf_adds(b, " aligned\n");
}

static void
add_left_out(struct buf *b, size_t n, const char *noun, const char *why)
{
	if (n == 0)
		return;
	buf_adds(b, "  left out: ");
	count_add(b, n, noun);
	buf_adds(b, why);
	buf_addc(b, '\n');
}

void
seen_text(struct buf *b, const struct seen_result *r)
{
	count_add(b, r->reports, "report");
	buf_adds(b, " in ");
	count_add(b, r->files, "file");
	buf_adds(b, ", ");
	count_add(b, r->messages, "message");
	add_span(b, r->first, r->last);
	buf_addc(b, '\n');
	add_left_out(b, r->refused, "file", " or packed file refused");
	add_left_out(b, r->twice, "report", " that came again");
	add_left_out(b, r->bad, "row", " that could not be read");
	add_left_out(b, r->over, "row", " beyond the bounds of this program");
	if (!r->looked_up)
		buf_adds(b, "  not looked up: what SPF and DKIM say today\n");
	for (size_t i = 0; i < r->n;) {
		if (i == 0 || !name_eq(&r->sources[i]->from, &r->sources[i - 1]->from))
			add_domain_head(b, r, i);
		i = add_group(b, r, i);
	}
}

int
seen_order(const void *a, const void *b)
{
	const struct seen_source *x = *(const struct seen_source *const *)a;
	const struct seen_source *y = *(const struct seen_source *const *)b;
	int c = name_cmp(&x->from, &y->from);

	if (c != 0)
		return c;
	if (x->standing != y->standing)
		return x->standing < y->standing ? -1 : 1;
	if (x->messages != y->messages)
		return x->messages > y->messages ? -1 : 1;
	return addr_cmp(&x->ip, &y->ip);
}
