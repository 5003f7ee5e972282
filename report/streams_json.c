/* SPDX-License-Identifier: ISC */
/*
 * streams_json.c - what becomes of the mail of each sender, and whether providers would
 * take it, as JSON.
 */
#include "report/json_report.h"

static void
member_addr(struct json *j, const char *key, const struct addr *a)
{
	char text[MAX_NAME_TEXT];
	struct buf b = { .p = text, .room = sizeof(text), .max = sizeof(text) };

	addr_print(&b, a);
	json_member_escaped(j, key, buf_str(&b));
}

/* Both modes, and what the record makes of it. */
static void
alignment_json(struct json *j, const struct alignment *a, bool aligned)
{
	json_key(j, "aligned");
	json_bool(j, aligned);
	json_key(j, "aligned_strict");
	json_bool(j, a->strict);
	if (a->failed == NULL) {
		json_key(j, "aligned_relaxed");
		json_bool(j, a->relaxed);
	}
}

void
stream_keys_json(struct json *j, const char *key, const struct stream *st)
{
	json_key(j, key);
	json_open(j, '[');
	for (size_t i = 0; i < st->n_keys; i++) {
		const struct stream_key *k = &st->keys[i];

		json_open(j, '{');
		json_member_name(j, "domain", &k->key.domain);
		json_member_escaped(j, "selector", k->key.selector);
		json_member(j, "result", k->result);
		alignment_json(j, &k->alignment, k->aligned);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void
path_json(struct json *j, const struct stream *st)
{
	json_member_name(j, "mail_from", &st->path);
	if (st->path.n > 0) {
		json_key(j, "mail_from_alignment");
		json_open(j, '{');
		alignment_json(j, &st->spf_alignment, st->spf_aligned);
		json_close(j, '}');
	}
	if (st->n_addresses == 0)
		return;
	json_key(j, "addresses");
	json_open(j, '[');
	for (size_t i = 0; i < st->n_addresses; i++) {
		json_open(j, '{');
		member_addr(j, "ip", &st->addresses[i].ip);
		json_member(j, "result", spf_result_name(st->addresses[i].verdict->result));
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void
stream_json(struct json *j, const struct stream *st)
{
	json_open(j, '{');
	json_member_escaped(j, "sender", st->name.n > 0 ? st->name : STR("given"));
	json_member_name(j, "from", &st->author);
	if (st->via != NULL)
		json_member(j, "via", st->via->id);
	if (st->spf_known)
		json_member(j, "spf", spf_result_name(st->spf));
	json_member(j, "dkim", st->dkim);
	if (st->dmarc[0] != '\0' && strcmp(st->dmarc, "temperror") != 0) {
		json_key(j, "aligned");
		json_bool(j, stream_has_aligned_pass(st));
	}
	json_member(j, "dmarc", st->dmarc);
	if (strcmp(st->dmarc, st->dmarc_list) != 0)
		json_member(j, "dmarc_rfc7489", st->dmarc_list);
	json_member(j, "policy", dmarc_word_name(st->asks));
	json_member(j, "code", st->code);
	path_json(j, st);
	stream_keys_json(j, "keys", st);
	if (st->turn != TURN_NONE) {
		json_member(j, "change", stream_turn_name(st->turn));
		json_member_name(j, "change_domain", &st->turn_domain);
	}
	json_close(j, '}');
}

void
streams_json(struct json *j, const struct streams *s)
{
	json_key(j, "streams");
	json_open(j, '[');
	for (size_t i = 0; i < s->n; i++)
		stream_json(j, &s->list[i]);
	json_close(j, ']');
}

static void
row_json(struct json *j, const struct readiness_row *row)
{
	json_open(j, '{');
	json_member(j, "requirement", row->r->text);
	json_member(j, "who", requirement_who_name(row->r->who));
	json_key(j, "binds");
	json_bool(j, row->binds);
	json_member(j, "state", requirement_state_name(row->state));
	json_member(j, "reason", row->reason);
	json_member(j, "code", row->r->codes);
	json_member(j, "since", row->r->since);
	json_member(j, "source", row->r->source);
	json_member(j, "read", row->r->read);
	json_close(j, '}');
}

static void
provider_json(struct json *j, const struct readiness *r)
{
	json_open(j, '{');
	json_member(j, "provider", r->provider);
	json_member(j, "verdict", readiness_name(r->verdict));
	json_key(j, "missing");
	json_open(j, '[');
	for (size_t i = 0; i < r->n_missing; i++)
		json_str(j, str_of(r->missing[i]->fingerprint));
	json_close(j, ']');
	json_key(j, "unseen");
	json_open(j, '[');
	for (size_t i = 0; i < r->n_rows; i++)
		if (r->rows[i].binds && r->rows[i].state == STATE_UNSEEN)
			json_str(j, str_of(r->rows[i].r->text));
	json_close(j, ']');
	json_member(j, "as_of", r->as_of);
	json_key(j, "requirements");
	json_open(j, '[');
	for (size_t i = 0; i < r->n_rows; i++)
		row_json(j, &r->rows[i]);
	json_close(j, ']');
	json_close(j, '}');
}

void
readiness_json(struct json *j, const struct domain_result *d)
{
	if (d->readiness == NULL)
		return;
	json_key(j, "readiness");
	json_open(j, '[');
	for (size_t i = 0; i < d->n_readiness; i++)
		provider_json(j, &d->readiness[i]);
	json_close(j, ']');
}
