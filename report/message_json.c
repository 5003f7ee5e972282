/* SPDX-License-Identifier: ISC */
/*
 * message_json.c - what a receiver makes of a sample message, as JSON.
 *
 * All text of the message is escaped as the text of records is: what a field
 * holds need not be UTF-8.
 */
#include "report/json_report.h"

static void
signature_json(struct json *j, const struct signature_fact *s)
{
	json_open(j, '{');
	json_member_name(j, "domain", &s->domain);
	json_member_escaped(j, "selector", s->selector);
	json_member_escaped(j, "algorithm", s->algorithm);
	json_member(j, "result", s->result);
	json_member_escaped(j, "why", s->why);
	json_member(j, "body", s->body);
	json_member(j, "signature", s->signature);
	json_member_flag(j, "aligned", s->aligned_relaxed);
	json_member_flag(j, "aligned_strict", s->aligned_strict);
	json_member_flag(j, "testing", s->testing);
	if (s->bits > 0)
		json_member_uint(j, "bits", s->bits);
	json_member_escaped(j, "covered", s->covered);
	json_close(j, '}');
}

static void
spf_json(struct json *j, const struct message_facts *m)
{
	if (m->spf[0] == '\0')
		return;
	json_key(j, "spf");
	json_open(j, '{');
	json_member(j, "result", m->spf);
	json_member(j, "identity", m->spf_identity);
	json_member_escaped(j, "domain", m->spf_domain);
	json_member_escaped(j, "ip", m->ip);
	json_member_flag(j, "from_received", m->from_received);
	json_member_flag(j, "aligned", m->spf_aligned);
	json_close(j, '}');
}

static void
dmarc_json(struct json *j, const struct message_facts *m)
{
	if (m->dmarc[0] == '\0')
		return;
	json_key(j, "dmarc");
	json_open(j, '{');
	json_member(j, "result", m->dmarc);
	json_member(j, "policy", m->policy);
	json_close(j, '}');
}

static void
arc_json(struct json *j, const struct message_facts *m)
{
	if (m->n_arc == 0)
		return;
	json_key(j, "arc");
	json_open(j, '[');
	for (size_t i = 0; i < m->n_arc; i++) {
		json_open(j, '{');
		json_member_uint(j, "instance", m->arc[i].instance);
		json_member_escaped(j, "domain", m->arc[i].domain);
		json_member_escaped(j, "selector", m->arc[i].selector);
		json_member_escaped(j, "chain", m->arc[i].chain);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void
judged_json(struct json *j, const struct message_facts *m)
{
	json_member_escaped(j, "message_id", m->message_id);
	json_member_escaped(j, "from", m->from);
	json_member_name(j, "from_domain", &m->from_domain);
	json_member_escaped(j, "subject", m->subject);
	json_key(j, "signatures");
	json_open(j, '[');
	for (size_t i = 0; i < m->n_signatures; i++)
		signature_json(j, &m->signatures[i]);
	json_close(j, ']');
	if (m->n_more > 0)
		json_member_uint(j, "more_signatures", m->n_more);
	json_member(j, "dkim", m->dkim);
	spf_json(j, m);
	dmarc_json(j, m);
	arc_json(j, m);
	if (m->authentication_results.n == 0)
		return;
	json_key(j, "authentication_results");
	json_str(j, m->authentication_results); /* ours, and ASCII */
}

void
message_json(struct json *j, const struct domain_result *d)
{
	json_key(j, "message");
	json_open(j, '{');
	json_member_escaped(j, "file", d->subject->message_file);
	json_member_uint(j, "number", d->subject->message_number);
	json_member_flag(j, "unescaped", d->subject->message_unescaped);
	if (d->facts != NULL && d->facts->message != NULL)
		judged_json(j, d->facts->message);
	json_close(j, '}');
}
