/* SPDX-License-Identifier: ISC */
/*
 * serving_json.c - which name server serves what, as JSON; and the advice for both forms.
 */
#include "report/json_report.h"
#include "report/serving.h"

enum serving_advice
serving_advice(const struct serving_domain *d, const struct serving_server *s, uint32_t *latest)
{
	bool other = false;

	if (s->skipped != NULL || s->state != SERVING_DIFFERS)
		return ADVICE_NONE;
	if (!s->has_serial)
		return ADVICE_PUBLISH;
	*latest = s->serial;
	for (size_t i = 0; i < d->n_servers; i++)
		if (d->servers[i].has_serial && serving_behind(*latest, d->servers[i].serial)) {
			*latest = d->servers[i].serial;
			other = true;
		}
	if (other)
		return ADVICE_TRANSFER;
	if (!d->has_serial)
		return ADVICE_PUBLISH;
	if (serving_behind(s->serial, d->serial)) {
		*latest = d->serial;
		return ADVICE_LOAD;
	}
	return ADVICE_SERIAL;
}

void
serving_advice_add(struct buf *b, const struct serving_domain *d, const struct serving_server *s)
{
	uint32_t latest = 0;

	switch (serving_advice(d, s, &latest)) {
	case ADVICE_NONE:
		return;
	case ADVICE_TRANSFER:
		buf_adds(b, "It is behind serial ");
		buf_addu(b, latest);
		buf_adds(b, ", which another server has: see whether it is notified, and whether "
			    "its transfer from the primary works.");
		return;
	case ADVICE_LOAD:
		buf_adds(b, "It is behind serial ");
		buf_addu(b, latest);
		buf_adds(b, " of the zone given, which no server has: see whether the primary has "
			    "loaded it.");
		return;
	case ADVICE_SERIAL:
		buf_adds(b, "Its serial is not behind, yet its records are others: raise the "
			    "serial and load the zone again, or see where this server has its "
			    "zone from.");
		return;
	case ADVICE_PUBLISH:
		buf_adds(b, "See whether the zone was published, and where this server has its "
			    "zone from.");
		return;
	}
}

static void
records_json(struct json *j, const char *key, const struct answer *a)
{
	struct rr cname;
	const struct rr *rr;
	size_t n = serving_records(a, &cname, &rr);
	struct buf b;

	buf_init(&b, MAX_ANSWER_BYTES);
	json_key(j, key);
	json_open(j, '[');
	for (size_t i = 0; i < n; i++) {
		buf_reset(&b);
		type_print(&b, rr[i].type);
		buf_addc(&b, ' ');
		rr_print(&b, &rr[i]);
		json_str(j, buf_str(&b));
	}
	json_close(j, ']');
	buf_free(&b);
}

static void
cell_json(struct json *j, const struct serving_rrset *r, const struct serving_cell *c)
{
	struct buf b;

	json_open(j, '{');
	json_member_name(j, "name", &r->name);
	buf_init(&b, 64);
	type_print(&b, r->type);
	json_key(j, "type");
	json_str(j, buf_str(&b));
	buf_free(&b);
	json_member(j, "state", serving_name(c->state));
	if (c->state == SERVING_UNKNOWN)
		json_member(j, "cause",
		    c->cause != CAUSE_NONE ? cause_name(c->cause) : "not in the zone given");
	if (c->state == SERVING_DIFFERS && c->served != NULL) {
		records_json(j, "zone", r->zone);
		records_json(j, "served", c->served);
	}
	json_close(j, '}');
}

static void
server_json(struct json *j, const struct serving_domain *d, const struct serving_server *s)
{
	struct buf b;

	json_open(j, '{');
	json_member_name(j, "host", &s->host);
	buf_init(&b, 1024);
	if (s->port != 0) {
		addr_print(&b, &s->addr);
		json_member_escaped(j, "address", buf_str(&b));
		json_member_uint(j, "port", s->port);
	}
	json_member(j, "skipped", s->skipped);
	if (s->skipped == NULL || s->matters)
		json_member(j, "state", serving_name(s->state));
	if (s->has_serial)
		json_member_uint(j, "serial", s->serial);
	buf_reset(&b);
	serving_advice_add(&b, d, s);
	json_member_escaped(j, "advice", buf_str(&b));
	buf_free(&b);
	if (s->skipped == NULL) {
		json_key(j, "rrsets");
		json_open(j, '[');
		for (size_t i = 0; i < d->n_rrsets; i++)
			cell_json(j, &d->rrsets[i], &s->cells[i]);
		json_close(j, ']');
	}
	json_close(j, '}');
}

static void
domain_members(struct json *j, const struct serving_domain *d)
{
	json_member_name(j, "domain", &d->domain);
	json_member_name(j, "zone", &d->apex);
	json_member(j, "state", serving_name(d->state));
	if (d->has_serial)
		json_member_uint(j, "serial", d->serial);
	json_member_uint(j, "rrsets", d->n_rrsets);
	json_member_flag(j, "more_rrsets", d->over);
	json_member(j, "trouble", d->trouble);
	json_member(j, "cause", cause_name(d->cause));
	json_key(j, "servers");
	json_open(j, '[');
	for (size_t i = 0; i < d->n_servers; i++)
		server_json(j, d, &d->servers[i]);
	json_close(j, ']');
}

void
serving_json(struct buf *b, const struct serving_result *r, const struct run_result *run)
{
	struct json j;

	json_init(&j, b, true);
	json_open(&j, '{');
	head_json(&j, run);
	json_member(&j, "state", serving_name(r->state));
	json_key(&j, "domains");
	json_open(&j, '[');
	for (size_t i = 0; i < r->n; i++) {
		json_open(&j, '{');
		domain_members(&j, &r->domains[i]);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_key(&j, "summary");
	json_open(&j, '{');
	json_member_uint(&j, "agrees", r->n_state[SERVING_AGREES]);
	json_member_uint(&j, "differs", r->n_state[SERVING_DIFFERS]);
	json_member_uint(&j, "unknown", r->n_state[SERVING_UNKNOWN]);
	json_member_uint(&j, "rounds", r->rounds);
	json_member_uint(&j, "waited", r->waited_s);
	json_close(&j, '}');
	json_close(&j, '}');
	buf_addc(b, '\n');
}
