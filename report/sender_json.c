/* SPDX-License-Identifier: ISC */
/*
 * sender_json.c - one evaluation as JSON.
 */
#include "report/json_report.h"
#include "report/sender.h"

static void
path_json(struct json *j, const struct spf_verdict *v)
{
	json_key(j, "path");
	json_open(j, '[');
	for (size_t i = 0; i < v->n_path; i++) {
		json_open(j, '{');
		json_member_escaped(j, "domain", v->path[i].domain);
		json_member_escaped(j, "term", v->path[i].term);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void
walk_json(struct json *j, const struct spf_verdict *v)
{
	json_key(j, "walk");
	json_open(j, '[');
	for (const struct spf_walk *w = v->walk; w != NULL; w = w->next) {
		bool end = w->term.n == 0 && w->outcome != OUTCOME_ERROR;

		json_open(j, '{');
		json_member_uint(j, "depth", w->depth);
		json_member_escaped(j, "domain", w->domain);
		json_member_escaped(j, "term", w->term);
		json_member_escaped(j, "compared", w->compared);
		if (end)
			json_member(j, "result", spf_result_name(w->result));
		else
			json_member(j, "outcome", outcome_name(w->outcome));
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void
spf_json(struct json *j, const struct sender_result *r)
{
	const struct spf_verdict *v = r->spf;
	struct buf ip;

	json_open(j, '{');
	json_member(j, "result", spf_result_name(v->result));
	json_member_escaped(j, "explanation", v->explanation);
	json_member_escaped(j, "term", v->term);
	json_member_uint(j, "lookups", v->lookups);
	json_member_uint(j, "void_lookups", v->voids);
	json_member_escaped(j, "identity", v->identity);
	json_member_escaped(j, "domain", v->domain);
	buf_init(&ip, 64);
	addr_print(&ip, &r->ip);
	json_member_escaped(j, "ip", buf_str(&ip));
	buf_free(&ip);
	json_member(j, "why", spf_why_text(v->why));
	json_member_escaped(j, "target", v->target);
	path_json(j, v);
	if (r->explain)
		walk_json(j, v);
	json_close(j, '}');
}

static void
receivers_json(struct json *j, const struct sender_result *r)
{
	const struct answer *a = r->libspf2;

	json_key(j, "receivers");
	json_open(j, '{');
	json_key(j, "libspf2");
	json_open(j, '{');
	if (a->status == ANSWER_FOUND) {
		json_member(j, "result", spf_result_name(a->receiver->result));
		json_member_uint(j, "lookups", a->receiver->lookups);
		json_member(j, "error", receiver_error_text(a->receiver->error));
	} else {
		json_member(j, "cause", cause_name(a->cause));
	}
	if (r->difference != NULL) {
		json_member(j, "why", spf_quirk_text(r->difference->quirk));
		json_member_escaped(j, "term", r->difference->term);
		json_member_escaped(j, "domain", r->difference->domain);
	}
	json_close(j, '}');
	json_close(j, '}');
}

/* The names that were asked for a record, in their order. */
static void
walked_json(struct json *j, const struct dmarc_policy *p)
{
	json_key(j, "path");
	json_open(j, '[');
	for (size_t i = 0; i < p->n_steps; i++) {
		json_open(j, '{');
		json_member_name(j, "name", &p->steps[i].owner);
		if (p->steps[i].rr != NULL)
			json_member_escaped(j, "record", p->steps[i].rr->text);
		json_member_flag(j, "applies", &p->steps[i] == p->applied);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void
dmarc_json(struct json *j, const struct stream *st)
{
	const struct dmarc_policy *p = st->policy;
	bool dkim = false;

	for (size_t i = 0; i < st->n_keys; i++)
		dkim = dkim || (st->keys[i].aligned && strcmp(st->keys[i].result, "pass") == 0);
	json_key(j, "dmarc");
	json_open(j, '{');
	json_member(j, "result", st->dmarc);
	if (strcmp(st->dmarc, st->dmarc_list) != 0)
		json_member(j, "result_rfc7489", st->dmarc_list);
	json_member_name(j, "from", &st->author);
	if (p->state == DMARC_APPLIES) {
		json_member(j, "policy", dmarc_word_name(p->word));
		json_member_name(j, "policy_domain", &p->applied->domain);
		json_member(j, "tag", p->tag);
		json_member_flag(j, "testing", p->applied->record->testing);
	}
	json_key(j, "spf_aligned");
	json_bool(j, st->spf_known && st->spf == RESULT_PASS && st->spf_aligned);
	json_key(j, "dkim_aligned");
	json_bool(j, dkim);
	json_member(j, "disposition", disposition_name(st));
	json_member_name(j, "org_domain", &p->org);
	json_member_name(j, "org_psl", &p->org_psl);
	walked_json(j, p);
	json_close(j, '}');
}

void
sender_json(struct buf *b, const struct sender_result *r, const struct run_result *run, bool pretty)
{
	struct json j;

	json_init(&j, b, pretty);
	json_open(&j, '{');
	head_json(&j, run);
	if (r->spf != NULL) {
		json_key(&j, "spf");
		spf_json(&j, r);
	}
	if (r->stream != NULL) {
		if (r->stream->n_keys > 0)
			stream_keys_json(&j, "dkim", r->stream);
		dmarc_json(&j, r->stream);
	}
	if (r->spf != NULL && r->libspf2 != NULL)
		receivers_json(&j, r);
	json_close(&j, '}');
	buf_addc(b, '\n');
}
