/* SPDX-License-Identifier: ISC */
/*
 * explain_json.c - what mailvet explain found, as JSON.
 */
#include "report/explain.h"
#include "report/json.h"
#include "report/json_report.h"
#include "report/plan.h"
#include "report/words.h"

#define FLUSH_AT ((size_t)1 << 16)

static void
member_time(struct json *j, const char *key, time_t t)
{
	if (t == 0)
		return;
	json_key(j, key);
	json_time(j, t);
}

static void
member_code(struct json *j, unsigned code)
{
	if (code != 0)
		json_member_uint(j, "reply_code", code);
}

/* From 0 to 1, in millionths. */
static void
member_rate(struct json *j, const char *key, double rate)
{
	uint64_t millionths = (uint64_t)(rate * 1e6 + 0.5), digit = 100000;
	struct buf b;

	buf_init(&b, 32);
	buf_addu(&b, millionths / 1000000);
	buf_addc(&b, '.');
	for (; digit > 0; digit /= 10)
		buf_addc(&b, (char)('0' + millionths / digit % 10));
	json_key(j, key);
	json_made(j, buf_str(&b));
	buf_free(&b);
}

/* Give out what there is, once it is worth it. */
static void
give(struct explain_out *o, size_t from)
{
	if (o->redact)
		redact(o->b, from);
	if (o->b->n > FLUSH_AT && o->flush != NULL)
		o->flush(o->ctx, o->b);
}

static void
input_json(struct json *j, const struct bounce_input *in)
{
	json_key(j, "input");
	json_open(j, '{');
	json_member_uint(j, "files", in->files);
	json_member_uint(j, "unreadable", in->unreadable);
	json_member_uint(j, "bytes", in->bytes);
	json_member_uint(j, "lines", in->lines);
	json_member_uint(j, "parsed", in->parsed);
	json_member_uint(j, "irrelevant", in->irrelevant);
	json_member_uint(j, "not_understood", in->not_understood);
	json_member_uint(j, "events", in->events);
	json_member_uint(j, "internal", in->internal);
	json_member_uint(j, "refused_by_us", in->refused_by_us);
	json_member_uint(j, "left_out", in->left_out);
	json_member_uint(j, "merged", in->merged);
	json_member_uint(j, "dropped", in->dropped);
	json_member_uint(j, "overflowed", in->overflowed);
	json_member_flag(j, "year_guessed", in->year_guessed);
	json_member_flag(j, "zone_guessed", in->zone_guessed);
	json_member_flag(j, "from_documentation", in->from_documentation);
	json_close(j, '}');
}

static void
group_counts_json(struct json *j, const struct bounce_group *g)
{
	json_member_uint(j, "count", g->count);
	json_member_uint(j, "accepted", g->accepted);
	json_member_uint(j, "sent", g->sent);
	json_member_uint(j, "delayed", g->delayed);
	if (g->expired > 0)
		json_member_uint(j, "expired", g->expired);
	member_time(j, "first", g->first);
	member_time(j, "last", g->last);
	member_time(j, "retries_end", g->retries_end);
	if (g->retries_end != 0)
		json_member(j, "retries_of", g->retries_of);
	json_member_escaped(j, "sample", g->sample);
}

/* The remedy of the cause; else what to do where no record is to be changed. */
static void
group_remedy_json(struct json *j, const struct bounce_group *g)
{
	const struct told_finding *t = g->n_findings > 0 ? &g->findings[0].told : NULL;

	if (t == NULL && g->advice.n == 0 && g->page[0] == '\0')
		return;
	json_key(j, "remedy");
	json_open(j, '{');
	json_member_escaped(j, "text", t != NULL && t->remedy.n > 0 ? t->remedy : g->advice);
	if (t != NULL)
		json_member(j, "who", who_name(t->who));
	json_member_escaped(j, "url", t != NULL && t->url.n > 0 ? t->url : str_of(g->page));
	if (t != NULL && t->n_changes > 0) {
		json_key(j, "changes");
		json_open(j, '[');
		for (size_t i = 0; i < t->n_changes; i++)
			remedy_change_json(j, &t->changes[i]);
		json_close(j, ']');
	}
	json_close(j, '}');
}

static void
group_reasoning_json(struct json *j, const struct bounce_group *g)
{
	json_key(j, "reasoning");
	json_open(j, '[');
	for (size_t i = 0; i < g->n_steps; i++) {
		json_open(j, '{');
		json_member(j, "kind", g->steps[i].kind);
		json_member_escaped(j, "text", g->steps[i].text);
		json_member_str(j, "command", g->steps[i].dig);
		json_member_escaped(j, "answer", g->steps[i].answer);
		json_close(j, '}');
	}
	json_close(j, ']');
	if (g->n_maybe == 0)
		return;
	json_key(j, "perhaps");
	json_open(j, '[');
	for (size_t i = 0; i < g->n_maybe; i++)
		json_str(j, str_of(g->maybe[i]));
	json_close(j, ']');
}

static void
group_verdict_json(struct json *j, const struct bounce_group *g)
{
	if (g->verdict == VERDICT_NONE)
		return;
	json_member(j, "verdict", bounce_verdict_name(g->verdict));
	json_member(j, "confidence", g->verdict_confidence);
	json_member(j, "cause", g->cause);
	json_member(j, "undetermined", g->lacks);
	json_key(j, "findings");
	json_open(j, '[');
	for (size_t i = 0; i < g->n_findings; i++)
		json_str(j, str_of(g->findings[i].fingerprint));
	json_close(j, ']');
	json_member_uint(j, "accepted_since", g->accepted_since);
	json_member_uint(j, "accepted_elsewhere", g->accepted_elsewhere);
	group_reasoning_json(j, g);
	group_remedy_json(j, g);
}

static void
group_json(struct json *j, const struct bounce_group *g)
{
	json_open(j, '{');
	json_member(j, "direction", g->inbound ? "in" : "out");
	json_member_str(j, "sender_domain", g->sender_domain);
	json_member_str(j, "from_domain", g->from_domain);
	json_member_str(j, "mail_from_domain", g->mail_from_domain);
	json_member_str(j, "helo", g->helo);
	json_member_str(j, "named_domain", g->named_domain);
	json_member(j, "identity", g->identity);
	json_member_str(j, "provider", g->provider);
	json_member_str(j, "receiver", g->receiver);
	json_member_str(j, "sender_ip", g->sender_ip);
	json_member(j, "sender_ip_from", g->ip_from);
	json_member_str(j, "dkim_domain", g->dkim_domain);
	json_member_str(j, "dkim_selector", g->dkim_selector);
	json_member_str(j, "mechanism", g->mechanism);
	json_member(j, "mechanism_confidence", g->confidence);
	json_member_str(j, "signature", g->signature);
	json_member_str(j, "list_zone", g->list_zone);
	json_member_str(j, "list_key", g->list_key);
	json_member_str(j, "provider_id", g->provider_id);
	member_code(j, g->reply_code);
	json_member_str(j, "enhanced_code", g->enhanced_code);
	json_key(j, "permanent");
	json_bool(j, g->permanent);
	json_member(j, "level", level_name(g->level));
	group_counts_json(j, g);
	group_verdict_json(j, g);
	json_close(j, '}');
}

static void
rate_json(struct json *j, const struct bounce_rate *r)
{
	json_open(j, '{');
	json_member_str(j, "sender_domain", r->sender_domain);
	json_member_str(j, "provider", r->provider);
	json_member_str(j, "sender_ip", r->sender_ip);
	json_member(j, "sender_ip_from", r->ip_from);
	member_time(j, "from", r->from);
	member_time(j, "to", r->to);
	json_member_uint(j, "sent", r->sent);
	json_member_uint(j, "delivered", r->delivered);
	json_member_uint(j, "deferred", r->deferred);
	json_member_uint(j, "hard", r->hard);
	json_member_uint(j, "soft", r->soft);
	json_member_uint(j, "policy", r->policy);
	json_member_uint(j, "complaints", r->complaints);
	json_member_uint(j, "delayed", r->delayed);
	if (r->has_rates) {
		member_rate(j, "hard_rate", r->hard_rate);
		member_rate(j, "soft_rate", r->soft_rate);
	}
	json_member(j, "level", r->level);
	if (r->peak_day > 0) {
		json_member_uint(j, "peak_day", r->peak_day);
		member_time(j, "peak_date", r->peak_date);
	}
	json_member_str(j, "smarthost", r->smarthost);
	json_close(j, '}');
}

static void
alert_json(struct json *j, const struct bounce_alert *x)
{
	json_open(j, '{');
	json_member(j, "kind", x->kind);
	json_member_str(j, "sender_domain", x->sender_domain);
	json_member_str(j, "provider", x->provider);
	json_member_str(j, "host", x->host);
	json_member_str(j, "sender_ip", x->sender_ip);
	member_time(j, "from", x->from);
	member_time(j, "to", x->to);
	json_member_uint(j, "count", x->count);
	json_member_str(j, "text", x->text);
	json_close(j, '}');
}

static void
recipients_json(
    struct explain_out *o, struct json *j, const char *key, const struct bounce_addresses *v)
{
	json_key(j, key);
	json_open(j, '[');
	for (size_t i = 0; i < v->n; i++) {
		size_t from = o->b->n;
		struct bounce_address x;

		v->at(v->ctx, i, &x);
		json_open(j, '{');
		json_member_str(j, "recipient", x.recipient);
		json_member(j, "why", x.why);
		json_member_uint(j, "count", x.count);
		member_time(j, "last", x.last);
		json_close(j, '}');
		give(o, from);
	}
	json_close(j, ']');
}

static void
head(struct json *j, const struct bounce_report *r)
{
	struct run_result run = { .version = r->version, .generated = r->generated, .now = r->now };

	head_json(j, &run);
}

void
explain_json(struct explain_out *o, const struct bounce_report *r)
{
	size_t from = o->b->n, plan_from;
	struct json j;

	json_init(&j, o->b, true);
	json_open(&j, '{');
	head(&j, r);
	json_key(&j, "audited");
	json_bool(&j, r->audited);
	input_json(&j, &r->input);
	json_key(&j, "groups");
	json_open(&j, '[');
	for (size_t i = 0; i < r->n_groups; i++)
		group_json(&j, &r->groups[i]);
	json_close(&j, ']');
	json_member_uint(&j, "groups_left_out", r->few);
	json_key(&j, "rates");
	json_open(&j, '[');
	for (size_t i = 0; i < r->n_rates; i++)
		rate_json(&j, &r->rates[i]);
	json_close(&j, ']');
	json_key(&j, "alerts");
	json_open(&j, '[');
	for (size_t i = 0; i < r->n_alerts; i++)
		alert_json(&j, &r->alerts[i]);
	json_close(&j, ']');
	give(o, from);
	recipients_json(o, &j, "suppress", &r->suppress);
	recipients_json(o, &j, "held", &r->held);
	plan_from = o->b->n;
	plan_json(&j, r->plan);
	if (o->redact)
		redact(o->b, plan_from);
	json_close(&j, '}');
	buf_addc(o->b, '\n');
}

static void
line_reply_json(struct json *j, const struct bounce_line *l)
{
	member_code(j, l->reply_code);
	json_member_str(j, "enhanced_code", l->enhanced_code);
	json_member_str(j, "local_code", l->local_code);
	json_member_escaped(j, "text", l->text);
	json_member_str(j, "mechanism", l->mechanism);
	json_member(j, "mechanism_confidence", l->confidence);
	json_key(j, "permanent");
	json_bool(j, l->permanent);
	json_member_str(j, "provider", l->provider);
	json_member_str(j, "named_domain", l->named_domain);
	json_member(j, "identity", l->identity);
	json_member_str(j, "list_zone", l->list_zone);
	json_member_str(j, "signature", l->signature);
}

void
explain_jsonl(struct explain_out *o, const struct bounce_line *l)
{
	size_t from = o->b->n;
	struct json j;

	json_init(&j, o->b, false);
	json_open(&j, '{');
	member_time(&j, "time", l->time);
	json_member(&j, "direction", l->direction);
	json_member(&j, "status", l->status);
	json_member_str(&j, "queue_id", l->queue_id);
	json_member_str(&j, "message_id", l->message_id);
	json_member_str(&j, "sender", l->sender);
	json_member_str(&j, "recipient", l->recipient);
	json_member_str(&j, "relay_host", l->relay_host);
	json_member_str(&j, "relay_ip", l->relay_ip);
	line_reply_json(&j, l);
	json_member_str(&j, "sender_ip", l->sender_ip);
	json_member(&j, "sender_ip_from", l->ip_from);
	json_member_str(&j, "dkim_domain", l->dkim_domain);
	json_member_str(&j, "dkim_selector", l->dkim_selector);
	member_time(&j, "retries_end", l->retries_end);
	if (l->retries_end != 0)
		json_member(&j, "retries_of", l->retries_of);
	json_member_str(&j, "file", l->file);
	if (l->line > 0)
		json_member_uint(&j, "line", l->line);
	json_close(&j, '}');
	buf_addc(o->b, '\n');
	give(o, from);
}

static void
named_json(struct json *j, const struct bounce_reading *r)
{
	json_key(j, "names");
	json_open(j, '{');
	json_member_str(j, "ip", r->named_ip);
	json_member_str(j, "domain", r->named_domain);
	json_member(j, "identity", r->identity);
	json_member_str(j, "list_zone", r->list_zone);
	json_member_str(j, "list_key", r->list_key);
	json_member_str(j, "provider_id", r->provider_id);
	json_member_str(j, "spf", r->spf);
	json_member_str(j, "dkim", r->dkim);
	json_member_str(j, "dmarc", r->dmarc);
	json_close(j, '}');
}

void
explain_reading_json(struct buf *b, const struct bounce_reading *r, bool pretty)
{
	struct json j;

	json_init(&j, b, pretty);
	json_open(&j, '{');
	json_member(&j, "schema", "mailvet/1");
	json_key(&j, "reply");
	json_open(&j, '{');
	json_member_escaped(&j, "text", r->text);
	member_code(&j, r->reply_code);
	json_member_str(&j, "enhanced_code", r->enhanced_code);
	json_key(&j, "permanent");
	json_bool(&j, r->permanent);
	json_member_str(&j, "phase", r->phase);
	json_member_str(&j, "provider", r->provider);
	json_member_str(&j, "mechanism", r->mechanism);
	json_member(&j, "mechanism_confidence", r->confidence);
	json_member_str(&j, "signature", r->signature);
	json_member(&j, "meaning", r->meaning);
	json_member(&j, "who", r->who);
	named_json(&j, r);
	json_key(&j, "next");
	json_open(&j, '[');
	for (size_t i = 0; i < r->n_next; i++)
		json_str(&j, r->next[i]);
	json_close(&j, ']');
	json_member(&j, "page", r->page);
	json_close(&j, '}');
	json_close(&j, '}');
	buf_addc(b, '\n');
}
