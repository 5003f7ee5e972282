/* SPDX-License-Identifier: ISC */
/*
 * explain_markdown.c - what mailvet explain found, as Markdown, for tickets.
 *
 * Everything that came from outside stands in code blocks whose fence no text can close:
 * a line of four blanks before it, and no line end in it.
 */
#include "report/explain.h"
#include "report/plan.h"
#include "report/text.h"
#include "report/words.h"

#define MAX_MARKDOWN_GROUPS 200 /* what a ticket holds; the rest is counted */

/* S, printable or not, as inline text that means nothing to Markdown. */
static void
plain_add(struct buf *b, struct str s)
{
	static const char marks[] = "\\`*_{}[]<>()#+-!|&~";
	struct buf e;

	buf_init(&e, MAX_SENTENCE);
	printed_add(&e, s);
	for (size_t i = 0; i < e.n; i++) {
		if (memchr(marks, e.p[i], sizeof(marks) - 1) != NULL)
			buf_addc(b, '\\');
		buf_addc(b, e.p[i]);
	}
	buf_free(&e);
}

/* LABEL and S as a line of an indented code block. */
static void
code_line(struct buf *b, const char *before, const char *label, struct str s)
{
	buf_adds(b, before);
	buf_adds(b, "    ");
	buf_adds(b, label);
	printed_add(b, s);
	buf_addc(b, '\n');
}

static void
steps(struct buf *b, const struct bounce_group *g)
{
	for (size_t i = 0; i < g->n_steps; i++) {
		const struct bounce_step *s = &g->steps[i];

		buf_adds(b, "- **");
		buf_adds(b, s->kind);
		buf_adds(b, "** ");
		plain_add(b, s->text);
		buf_addc(b, '\n');
		if (s->dig.n > 0) {
			buf_addc(b, '\n');
			code_line(b, "  ", "$ ", s->dig);
		}
		if (s->answer.n > 0)
			code_line(b, s->dig.n > 0 ? "  " : "\n  ", "", s->answer);
		if (s->dig.n + s->answer.n > 0)
			buf_addc(b, '\n');
	}
	for (size_t i = 0; i < g->n_maybe; i++) {
		buf_adds(b, "- **perhaps** ");
		plain_add(b, str_of(g->maybe[i]));
		buf_addc(b, '\n');
	}
}

static void
change(struct buf *b, const char *label, const struct change *c, struct str rdata)
{
	struct buf e;

	buf_init(&e, MAX_SENTENCE);
	absolute_add(&e, &c->name);
	buf_adds(&e, " IN ");
	type_print(&e, c->type);
	buf_addc(&e, ' ');
	buf_add(&e, rdata);
	code_line(b, "", label, buf_str(&e));
	buf_free(&e);
}

static void
finding(struct buf *b, const struct bounce_finding *f)
{
	const struct told_finding *t = &f->told;

	buf_adds(b, "\n**");
	plain_add(b, t->id);
	buf_adds(b, "**: ");
	plain_add(b, t->reason);
	buf_adds(b, "\n\n");
	plain_add(b, t->remedy);
	buf_addc(b, '\n');
	for (size_t i = 0; i < t->n_changes; i++) {
		buf_adds(b, i == 0 ? "\n" : "");
		if (t->changes[i].action != CHANGE_ADD)
			change(b, "- ", &t->changes[i], t->changes[i].old);
		if (t->changes[i].action != CHANGE_REMOVE)
			change(b, "+ ", &t->changes[i], t->changes[i].new);
	}
}

static void
group(struct buf *b, const struct bounce_group *g)
{
	struct buf e;

	buf_init(&e, MAX_SENTENCE);
	explain_group_head(&e, g);
	buf_adds(b, "\n## ");
	plain_add(b, buf_str(&e));
	buf_adds(b, "\n\n");
	buf_reset(&e);
	explain_group_who(&e, g);
	plain_add(b, buf_str(&e));
	buf_addc(b, '\n');
	buf_free(&e);
	if (g->sample.n > 0)
		code_line(b, "\n", "", g->sample);
	buf_addc(b, '\n');
	steps(b, g);
	for (size_t i = 0; i < g->n_findings; i++)
		finding(b, &g->findings[i]);
	if (g->advice.n > 0) {
		buf_adds(b, "\nWhat to do: ");
		plain_add(b, g->advice);
		buf_addc(b, '\n');
	}
	if (g->page[0] != '\0') {
		buf_adds(b, "\nSee <");
		buf_adds(b, g->page);
		buf_adds(b, ">\n");
	}
}

void
explain_markdown(struct explain_out *o, const struct bounce_report *r)
{
	size_t from = o->b->n, shown = 0;

	buf_adds(o->b, "# Refused mail\n\n");
	count_add(o->b, r->n_groups, "group");
	for (size_t i = 0; i < N_VERDICTS - 1; i++)
		if (r->n_verdict[bounce_verdict_at(i)] > 0) {
			buf_adds(o->b, ", ");
			buf_addu(o->b, r->n_verdict[bounce_verdict_at(i)]);
			buf_addc(o->b, ' ');
			buf_adds(o->b, bounce_verdict_name(bounce_verdict_at(i)));
		}
	buf_adds(o->b, r->audited ? ".\n" : ". No DNS was asked.\n");
	for (size_t v = 0; v < N_VERDICTS - 1 && r->audited; v++)
		for (size_t i = 0; i < r->n_groups && shown < MAX_MARKDOWN_GROUPS; i++)
			if (r->groups[i].verdict == bounce_verdict_at(v)) {
				group(o->b, &r->groups[i]);
				shown++;
			}
	for (; !r->audited && shown < r->n_groups && shown < MAX_MARKDOWN_GROUPS; shown++)
		group(o->b, &r->groups[shown]);
	if (shown < r->n_groups) {
		buf_adds(o->b, "\nand ");
		buf_addu(o->b, r->n_groups - shown);
		buf_adds(o->b, " more groups\n");
	}
	if (r->plan != NULL)
		plan_markdown(o->b, r->plan);
	if (o->redact)
		redact(o->b, from);
}
