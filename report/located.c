/* SPDX-License-Identifier: ISC */
/*
 * located.c - a finding as tools show it beside a file.
 */
#include "report/located.h"
#include "report/json.h"
#include "report/words.h"

/* Tools look files up by their path from the top of the checkout. */
static struct str
plain_path(struct str file)
{
	while (str_has_prefix(file, STR("./")) && file.n > 2)
		file = str_sub(file, 2, file.n);
	return file;
}

static bool
is_ascii(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((uint8_t)s.p[i] >= 0x80)
			return false;
	return true;
}

static bool
at_span(const struct place *p, struct located *out)
{
	struct span s;

	if (!span_of(p, &s))
		return false;
	*out = (struct located){ .file = plain_path(s.file),
		.line = s.line,
		.column = s.column,
		.end_line = s.end_line,
		.end_column = s.end_column,
		.is_file = true };
	return true;
}

/* The line of RR, as a neighbour of what is meant. */
static bool
near_rr(const struct rr *rr, struct located *out)
{
	if (rr->file.n == 0 || rr->line == 0)
		return false;
	*out = (struct located){ .file = plain_path(rr->file), .line = rr->line, .is_file = true };
	return true;
}

/* A record of the evidence of F; OWNER NULL: whoever's. */
static bool
near_evidence(const struct finding *f, const struct name *owner, struct located *out)
{
	for (size_t i = 0; i < f->n_evidence; i++) {
		const struct answer *a = f->evidence[i];

		/* where a record stood before the change is no place to show anything */
		if (a->q.base || a->q.kind != ASK_DNS ||
		    (owner != NULL && !name_eq(&a->q.name, owner)))
			continue;
		for (size_t k = 0; k < a->n_rr; k++)
			if (near_rr(&a->rr[k], out))
				return true;
	}
	return false;
}

/* A record of OWNER that a finding of D knows of. */
static bool
near_owner(const struct domain_result *d, const struct name *owner, struct located *out)
{
	for (size_t i = 0; i < d->n_findings; i++) {
		const struct finding *f = d->findings[i].f;

		if (name_eq(&f->place.name, owner) && f->place.rr != NULL &&
		    near_rr(f->place.rr, out))
			return true;
		if (near_evidence(f, owner, out))
			return true;
	}
	return false;
}

/* The file that answered what led to F, be it that there is no record. */
static bool
near_file(const struct finding *f, struct located *out)
{
	for (size_t i = 0; i < f->n_evidence; i++) {
		const struct answer *a = f->evidence[i];

		if (a->q.base || !str_eq(a->from.source, STR("zone")) || a->from.where.n == 0)
			continue;
		*out = (struct located){
			.file = plain_path(a->from.where), .line = 1, .is_file = true
		};
		return true;
	}
	return false;
}

static bool
near_any_file(const struct domain_result *d, struct located *out)
{
	for (size_t i = 0; i < d->n_findings; i++)
		if (near_file(d->findings[i].f, out))
			return true;
	return false;
}

/* What D is about, when no record says more: its message, else its zone. */
static bool
near_subject(const struct domain_result *d, struct located *out)
{
	if (d->subject == NULL || d->subject->message_file.n == 0)
		return near_any_file(d, out);
	*out = (struct located){
		.file = plain_path(d->subject->message_file), .line = 1, .is_file = true
	};
	return true;
}

static bool
is_near(const struct domain_result *d, const struct finding *f, struct located *out)
{
	const struct name *owner = &f->place.name;

	return near_evidence(f, owner, out) ||
	       (d != NULL && owner->n > 0 && near_owner(d, owner, out)) ||
	       near_evidence(f, NULL, out) || near_file(f, out) ||
	       (d != NULL && near_subject(d, out));
}

void
locate(const struct domain_result *d, const struct judged *g, struct located *out)
{
	if (!at_span(&g->f->place, out) && !is_near(d, g->f, out))
		*out = (struct located){
			.file = d != NULL && d->label.n > 0 ? d->label : STR("mailvet"), .line = 1
		};
	out->is_text_ascii = is_ascii(g->f->place.text);
}

/* Whether the answer that F lacks is in none of the data that was given. */
static bool
is_not_given(const struct finding *f)
{
	for (size_t i = 0; i < f->n_evidence; i++)
		if (f->evidence[i]->status == ANSWER_FAILED &&
		    f->evidence[i]->cause != CAUSE_NOT_PROVIDED &&
		    f->evidence[i]->cause != CAUSE_NOT_RECORDED &&
		    f->evidence[i]->cause != CAUSE_NOT_LISTABLE)
			return false;
	return f->n_evidence > 0;
}

/* A change is not judged by what nobody gave: that is listed, and a finding of its own where new.
 */
static enum weight
weight_of_unknown(const struct judged *g)
{
	if (!rule_of(g->f->id)->needed || (g->change != CHANGE_NONE && is_not_given(g->f)))
		return WEIGHT_NOTE;
	return WEIGHT_WARNING;
}

enum weight
weight_of(const struct judged *g)
{
	if (g->level == LEVEL_PASS)
		return WEIGHT_NONE;
	if (g->waiver != NULL || g->change == CHANGE_IS_KEPT || g->change == CHANGE_IS_SUPPRESSED)
		return WEIGHT_KEPT;
	if (g->level == LEVEL_UNKNOWN)
		return weight_of_unknown(g);
	if (g->level == LEVEL_NOTE)
		return WEIGHT_NOTE;
	return g->level == LEVEL_ERROR ? WEIGHT_ERROR : WEIGHT_WARNING;
}

bool
is_failing(const struct judged *g, enum rule_level fail_on)
{
	if (weight_of(g) <= WEIGHT_KEPT || g->level == LEVEL_UNKNOWN || fail_on == LEVEL_PASS)
		return false;
	return g->level >= fail_on;
}

const char *
change_word(const struct judged *g)
{
	return g->waiver != NULL ? "suppressed" : change_state_name(g->change);
}

/* Whether the N bytes at AT are an invisible mark that turns or splits what is shown. */
static bool
is_trick(struct str s, size_t at, size_t n)
{
	uint8_t second = n == 3 ? (uint8_t)s.p[at + 1] : 0,
		third = n == 3 ? (uint8_t)s.p[at + 2] : 0;

	if (n != 3 || (uint8_t)s.p[at] != 0xe2)
		return false;
	return (second == 0x80 &&
		   ((third >= 0x8b && third <= 0x8f) || (third >= 0xa8 && third <= 0xae))) ||
	       (second == 0x81 && third >= 0xa0 && third <= 0xaf);
}

void
path_add(struct buf *b, struct str file)
{
	for (size_t i = 0, n; i < file.n; i += n) {
		n = 1;
		if (file.p[i] == '#' && i > 0 && file.p[i - 1] == '#')
			buf_adds(b, "\\035"); /* as break_commands() says */
		else if (ascii_isprint(file.p[i]))
			buf_addc(b, file.p[i]);
		else if ((uint8_t)file.p[i] >= 0x80 && (n = utf8_length(file, i)) > 0 &&
			 !is_trick(file, i, n))
			buf_add(b, str_sub(file, i, n));
		else
			buf_add_escaped(b, str_sub(file, i, n = 1));
	}
}

/*
 * Azure Pipelines and TeamCity look for ##vso[ and ##teamcity[ anywhere in a line of a
 * log: the second '#' as DNS escapes it.
 */
static void
break_commands(struct buf *b, size_t from)
{
	struct str rest = str_sub(buf_str(b), from, b->n);
	struct buf copy;

	if (str_find(rest, 0, '#') == rest.n)
		return;
	buf_init(&copy, b->max);
	buf_add(&copy, rest);
	rest = buf_str(&copy);
	b->n = from;
	for (size_t i = 0; i < rest.n; i++) {
		if (rest.p[i] == '#' && i > 0 && rest.p[i - 1] == '#')
			buf_adds(b, "\\035");
		else
			buf_addc(b, rest.p[i]);
	}
	buf_free(&copy);
}

/* What came from outside stands in B from byte FROM on. */
static void
hide(struct buf *b, size_t from, const struct report_style *style)
{
	if (style->redact)
		redact(b, from);
	break_commands(b, from);
}

void
printed_line_add(struct buf *b, struct str s, const struct report_style *style)
{
	size_t from = b->n;

	printed_add(b, s);
	hide(b, from, style);
}

void
waived_add(struct buf *b, const struct waiver *w)
{
	static const char *const by[] = { "accepted", "in the baseline", "accepted in place" };

	buf_adds(b, by[w->origin]);
	if (w->until != 0) {
		buf_adds(b, " until ");
		date_add(b, w->until);
	}
	if (w->reason.n > 0)
		buf_adds(b, ": ");
	buf_add_escaped(b, w->reason);
}

void
subject_add(struct buf *b, const struct domain_result *d, const struct located *at)
{
	size_t from = b->n;

	if (at->is_file || d == NULL)
		return;
	printed_add(b, d->label);
	break_commands(b, from);
	buf_adds(b, ": ");
}

void
told_add(struct buf *b, const struct judged *g, const struct report_style *style)
{
	size_t from = b->n;

	sentence_add(b, rule_of(g->f->id)->sentence, g->f);
	if (g->sender.n > 0) {
		buf_adds(b, " (sender ");
		buf_add_escaped(b, g->sender);
		buf_addc(b, ')');
	}
	hide(b, from, style);
}

void
advice_add(struct buf *b, const struct judged *g, const struct report_style *style)
{
	const struct finding *f = g->f;
	size_t from = b->n;

	sentence_add(b, finding_remedy(f), f);
	if (f->remedy.url.n > 0) {
		buf_adds(b, b->n > from ? " See " : "See ");
		printed_add(b, f->remedy.url);
	}
	hide(b, from, style);
}

static void
zone_line(struct buf *b, const char *before, const struct change *c, struct str rdata)
{
	buf_adds(b, before);
	record_add(b, c, rdata, c->ttl_s);
	buf_addc(b, '\n');
}

/* The lines of S, each behind BEFORE; what is not printable in them as \DDD. */
static void
lines_add(struct buf *b, const char *before, struct str s)
{
	for (size_t at = 0, end; at < s.n; at = end + 1) {
		end = str_find(s, at, '\n');
		buf_adds(b, before);
		printed_add(b, str_sub(s, at, end - at));
		buf_addc(b, '\n');
	}
}

bool
is_suggested(const struct judged *g)
{
	return g->n_suggestions > 0 && g->n_suggestions >= g->f->remedy.n_changes;
}

void
records_add(struct buf *b, const struct judged *g, const struct report_style *style,
    const char *remove, const char *add)
{
	const struct remedy *m = &g->f->remedy;
	size_t from = b->n;

	for (size_t i = 0; i < g->n_suggestions && is_suggested(g); i++)
		lines_add(b, add, g->suggestions[i].text);
	for (size_t i = 0; i < m->n_changes && !is_suggested(g); i++) {
		const struct change *c = &m->changes[i];

		if (c->action != CHANGE_ADD)
			zone_line(b, remove, c, c->old);
		if (c->action != CHANGE_REMOVE)
			zone_line(b, add, c, c->new);
	}
	hide(b, from, style);
}

void
all_told_add(struct buf *b, const struct judged *g, const struct report_style *style)
{
	size_t at;

	told_add(b, g, style);
	buf_addc(b, '\n');
	at = b->n;
	advice_add(b, g, style);
	if (b->n > at)
		buf_addc(b, '\n');
	records_add(b, g, style, "remove: ", "put: ");
	if (!b->over)
		b->n--; /* the last line end is the format's affair */
}

/* Whether S can stand in a report as it is: UTF-8 without controls but tabs and line ends. */
static bool
is_text(struct str s)
{
	for (size_t i = 0, n; i < s.n; i += n) {
		n = 1;
		if ((uint8_t)s.p[i] >= 0x80 && (n = utf8_length(s, i)) == 0)
			return false;
		if (n == 1 && !ascii_isprint(s.p[i]) && s.p[i] != '\t' && s.p[i] != '\n')
			return false;
	}
	return true;
}

const struct suggestion *
suggestion_at(
    const struct judged *g, const struct located *at, const struct report_style *style, size_t i)
{
	const struct suggestion *s;

	if (style->redact || !is_suggested(g) || i >= g->n_suggestions)
		return NULL;
	/* half a cure may do harm: all of it stands in that file, or nothing is offered */
	for (size_t k = 0; k < g->n_suggestions; k++) {
		s = &g->suggestions[k];
		if (s->line == 0 || !str_eq(plain_path(s->file), at->file) || !is_text(s->text))
			return NULL;
	}
	return &g->suggestions[i];
}

size_t
same_before(const struct domain_result *d, size_t i)
{
	size_t n = 0;

	for (size_t k = 0; k < i; k++)
		n += strcmp(d->findings[k].fingerprint, d->findings[i].fingerprint) == 0;
	return n;
}
