/* SPDX-License-Identifier: ISC */
/*
 * plan_json.c - a plan as the member `plan` of what explain reports.
 */
#include "report/json_report.h"
#include "report/plan.h"
#include "report/words.h"

static void
stream_json(struct json *j, const struct plan_stream *s)
{
	static const char *const sides[] = { "before", "after" };

	json_open(j, '{');
	json_member_str(j, "sender", s->sender);
	for (int i = 0; i < 2; i++) {
		json_key(j, sides[i]);
		json_open(j, '{');
		json_member(j, "spf", s->spf[i]);
		if (s->has_lookups[i] != 0)
			json_member_uint(j, "lookups", s->lookups[i]);
		json_member(j, "dkim", s->dkim[i]);
		json_member(j, "dmarc", s->dmarc[i]);
		json_close(j, '}');
	}
	json_close(j, '}');
}

static void
findings_json(struct json *j, const char *key, const struct plan_finding *v, size_t n)
{
	json_key(j, key);
	json_open(j, '[');
	for (size_t i = 0; i < n; i++) {
		json_open(j, '{');
		json_member(j, "id", v[i].slug);
		json_member(j, "level", level_name(v[i].level));
		json_key(j, "subject");
		json_escaped(j, v[i].about);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void
proof_json(struct json *j, const struct plan_proof *p)
{
	struct buf b;

	if (!p->done)
		return;
	json_key(j, "rehearsal");
	json_open(j, '{');
	buf_init(&b, (size_t)64 << 10);
	proof_words(&b, p);
	json_member_str(j, "text", buf_str(&b));
	buf_free(&b);
	json_key(j, "streams");
	json_open(j, '[');
	for (size_t i = 0; i < p->n_streams; i++)
		stream_json(j, &p->streams[i]);
	json_close(j, ']');
	findings_json(j, "cured", p->cured, p->n_cured);
	findings_json(j, "new", p->brought, p->n_brought);
	json_close(j, '}');
}

static void
fix_json(struct json *j, const struct plan_fix *f)
{
	json_open(j, '{');
	json_member(j, "state", plan_state_name(f->state));
	json_member_uint(j, "mails", f->mails);
	json_member(j, "id", f->slug);
	json_member_escaped(j, "domain", f->domain);
	if (f->who != WHO_UNSET)
		json_member(j, "who", who_name(f->who));
	json_member_escaped(j, "text", f->what);
	json_member_escaped(j, "why_not", f->why_not);
	json_member_escaped(j, "url", f->url);
	json_key(j, "groups");
	json_open(j, '[');
	for (size_t i = 0; i < f->n_groups; i++)
		json_uint(j, f->groups[i]);
	json_close(j, ']');
	json_key(j, "changes");
	json_open(j, '[');
	for (size_t i = 0; i < f->n_changes; i++)
		remedy_change_json(j, &f->changes[i]);
	json_close(j, ']');
	if (f->n_settings > 0) {
		json_key(j, "settings");
		json_open(j, '[');
		for (size_t i = 0; i < f->n_settings; i++)
			json_escaped(j, f->settings[i]);
		json_close(j, ']');
	}
	proof_json(j, &f->proof);
	json_close(j, '}');
}

void
plan_json(struct json *j, const struct plan *p)
{
	json_key(j, "plan");
	json_open(j, '[');
	for (size_t i = 0; p != NULL && i < p->n; i++)
		fix_json(j, &p->fixes[i]);
	json_close(j, ']');
}
