/* SPDX-License-Identifier: ISC */
/*
 * finding_json.c - one finding as a JSON object.
 */
#include "checks/spf_eval.h"
#include "report/json_report.h"
#include "report/words.h"

/*
 * Of one answer in one finding's evidence.  More than a few records prove
 * nothing more, and names below a zone may be thousands; what was left out is
 * counted in `more`.
 */
#define MAX_EVIDENCE_SHOWN 50

static void
member_name(struct json *j, const struct name *name)
{
	name_print(json_text_member(j, "name"), name);
	json_text_end(j);
}

static void
member_type(struct json *j, uint16_t type)
{
	type_print(json_text_member(j, "type"), type);
	json_text_end(j);
}

static void
place_json(struct json *j, const struct place *p)
{
	struct span s;

	json_key(j, "place");
	json_open(j, '{');
	member_name(j, &p->name);
	if (p->type != 0)
		member_type(j, p->type);
	if (p->text.n > 0) {
		json_member_escaped(j, "text", p->text);
		json_member_uint(j, "offset", p->offset);
		json_member_uint(j, "length", place_length(p));
	}
	if (span_of(p, &s)) {
		json_key(j, "file");
		json_str(j, s.file);
		json_member_uint(j, "line", s.line);
		json_member_uint(j, "column", s.column);
		if (s.end_line != 0) {
			json_member_uint(j, "end_line", s.end_line);
			json_member_uint(j, "end_column", s.end_column);
		}
	}
	json_close(j, '}');
}

static void
member_printed(struct json *j, const char *key, struct str s)
{
	printed_add(json_text_member(j, key), s);
	json_text_end(j);
}

void
remedy_change_json(struct json *j, const struct change *c)
{
	json_open(j, '{');
	json_member(j, "action", action_name(c->action));
	member_name(j, &c->name);
	member_type(j, c->type);
	if (c->ttl_s > 0)
		json_member_uint(j, "ttl", c->ttl_s);
	if (c->action != CHANGE_ADD)
		member_printed(j, "old", c->old);
	if (c->action != CHANGE_REMOVE)
		member_printed(j, "new", c->new);
	json_close(j, '}');
}

static void
member_sentence(struct json *j, const char *key, const char *template, const struct finding *f)
{
	sentence_add(json_text_member(j, key), template, f);
	json_text_end(j);
}

static void
remedy_json(struct json *j, const struct finding *f)
{
	const struct rule *rule = rule_of(f->id);
	const struct remedy *m = &f->remedy;

	if (str_of(rule->remedy).n == 0 && m->n_changes == 0 && m->url.n == 0)
		return;
	json_key(j, "remedy");
	json_open(j, '{');
	member_sentence(j, "text", finding_remedy(f), f);
	json_member(j, "who", who_name(finding_who(f)));
	member_printed(j, "url", m->url);
	if (m->n_changes > 0) {
		json_key(j, "changes");
		json_open(j, '[');
		for (size_t i = 0; i < m->n_changes; i++)
			remedy_change_json(j, &m->changes[i]);
		json_close(j, ']');
	}
	json_close(j, '}');
}

static void
reference_json(struct json *j, const struct rule *rule)
{
	if (str_of(rule->reference).n == 0 && str_of(rule->url).n == 0)
		return;
	json_key(j, "reference");
	json_open(j, '{');
	json_member(j, "title", rule->reference);
	json_member(j, "url", rule->url);
	json_close(j, '}');
}

static void
arguments_json(struct json *j, const struct finding *f)
{
	if (f->n_args == 0)
		return;
	json_key(j, "arguments");
	json_open(j, '{');
	for (size_t i = 0; i < f->n_args; i++) {
		const struct arg *a = &f->args[i];

		json_key(j, a->name);
		if (a->kind == ARG_NUMBER)
			json_int(j, a->number);
		else if (a->kind == ARG_NAME)
			json_str(j, a->text);
		else
			json_escaped(j, a->text);
	}
	json_close(j, '}');
}

/* Append what the answer's I-th item says; false behind the last. */
static bool
answer_item(struct buf *b, const struct answer *a, size_t i)
{
	if (a->q.kind == ASK_NAMES && i < a->n_names) {
		name_print(b, &a->names[i]);
	} else if (a->q.kind == ASK_DNS && i < a->n_rr) {
		rr_print(b, &a->rr[i]);
	} else if (a->suffix != NULL && i == 0) {
		buf_adds(b, "suffix ");
		name_print(b, &a->suffix->suffix);
	} else if (a->suffix != NULL && i == 1 && a->suffix->registrable.n > 0) {
		buf_adds(b, "registrable ");
		name_print(b, &a->suffix->registrable);
	} else if (a->key != NULL && i == 0) {
		buf_adds(b, a->key->type == KEY_TYPE_RSA       ? "rsa "
			    : a->key->type == KEY_TYPE_ED25519 ? "ed25519 "
							       : "other ");
		buf_addu(b, a->key->bits);
	} else if (a->receiver != NULL && i == 0) {
		buf_adds(b, spf_result_name(a->receiver->result));
	} else if (a->q.kind == ASK_ZONE && i < a->n_faults) {
		buf_add_escaped(b, a->faults[i].code);
	} else {
		return false;
	}
	return true;
}

static void
answer_json(struct json *j, const struct answer *a)
{
	size_t all = a->n_rr + a->n_names + a->n_faults;
	bool more = true;

	json_key(j, "answer");
	json_open(j, '[');
	for (size_t i = 0; i < MAX_EVIDENCE_SHOWN && more; i++) {
		more = answer_item(json_text_begin(j), a, i);
		json_text_end(j);
	}
	json_close(j, ']');
	if (all > MAX_EVIDENCE_SHOWN)
		json_member_uint(j, "more", all - MAX_EVIDENCE_SHOWN);
}

static void
evidence_json(struct json *j, const struct answer *a)
{
	json_open(j, '{');
	question_add(json_text_member(j, "question"), &a->q);
	json_text_end(j);
	json_member(j, "status", status_name(a->status));
	json_member(j, "cause", cause_name(a->cause));
	if (a->n_chain > 0) {
		json_key(j, "chain");
		json_open(j, '[');
		for (size_t i = 0; i < a->n_chain; i++) {
			name_print(json_text_begin(j), &a->chain[i]);
			json_text_end(j);
		}
		json_close(j, ']');
	}
	if (a->status == ANSWER_FOUND)
		answer_json(j, a);
	from_add(json_text_member(j, "from"), a);
	json_text_end(j);
	if (a->when != 0) {
		json_key(j, "time");
		json_time(j, a->when);
	}
	json_close(j, '}');
}

static void
waiver_json(struct json *j, const struct waiver *w)
{
	static const char *const by[] = { "", "baseline", "comment" };

	json_key(j, "waiver");
	json_open(j, '{');
	json_member(j, "by", by[w->origin]);
	if (w->until != 0) {
		date_add(json_text_member(j, "until"), w->until);
		json_text_end(j);
	}
	json_key(j, "reason");
	if (w->origin == WAIVED_BY_CONFIG)
		json_str(j, w->reason); /* read as UTF-8 */
	else
		json_escaped(j, w->reason);
	json_close(j, '}');
}

void
finding_json(struct json *j, const struct judged *g)
{
	const struct finding *f = g->f;
	const struct rule *rule = rule_of(f->id);

	json_open(j, '{');
	json_member(j, "id", rule->slug);
	json_member(j, "level", level_name(g->level));
	json_member(j, "change", change_state_name(g->change));
	json_key(j, "subject");
	json_str(j, f->subject);
	if (g->sender.n > 0)
		json_member_escaped(j, "sender", g->sender);
	if (f->place.name.n > 0)
		place_json(j, &f->place);
	member_sentence(j, "reason", rule->sentence, f);
	arguments_json(j, f);
	json_member(j, "affects", affects_name(rule->affects));
	remedy_json(j, f);
	reference_json(j, rule);
	if (f->n_evidence > 0) {
		json_key(j, "evidence");
		json_open(j, '[');
		for (size_t i = 0; i < f->n_evidence; i++)
			evidence_json(j, f->evidence[i]);
		json_close(j, ']');
	}
	json_member(j, "fingerprint", g->fingerprint);
	if (g->waiver != NULL)
		waiver_json(j, g->waiver);
	json_close(j, '}');
}
