/* SPDX-License-Identifier: ISC */
/*
 * fleet_json.c - what a fleet has in common, as JSON.
 */
#include "report/fleet.h"

static void
findings_json(struct json *j, const struct fleet *f)
{
	json_key(j, "findings");
	json_open(j, '[');
	for (size_t i = 0; i < f->n_kinds && i < MAX_FLEET_TOP; i++) {
		const struct fleet_finding *x = &f->findings[i];

		json_open(j, '{');
		json_member_str(j, "id", x->id);
		json_member(j, "level", level_name(x->level));
		json_member_uint(j, "domains", x->domains);
		json_member_uint(j, "findings", x->findings);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void
includes_json(struct json *j, const struct fleet *f)
{
	json_key(j, "includes");
	json_open(j, '[');
	for (size_t i = 0; i < f->n_includes; i++) {
		const struct fleet_include *x = &f->includes[i];

		json_open(j, '{');
		json_member_str(j, "target", x->target);
		json_member_uint(j, "domains", x->domains);
		json_member_uint(j, "direct", x->direct);
		json_member_uint(j, "lookups", x->lookups);
		json_key(j, "some");
		json_open(j, '[');
		for (size_t k = 0; k < x->n_some; k++)
			json_str(j, x->some[k]);
		json_close(j, ']');
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void
selector_json(struct json *j, const struct fleet_selector *s)
{
	json_open(j, '{');
	json_member_str(j, "name", s->name);
	json_member_str(j, "domain", s->domain);
	json_member_str(j, "selector", s->selector);
	json_member_str(j, "target", s->target);
	json_close(j, '}');
}

static void
keys_json(struct json *j, const char *key, const struct fleet_key *v, size_t n)
{
	json_key(j, key);
	json_open(j, '[');
	for (size_t i = 0; i < n; i++) {
		const struct fleet_key *x = &v[i];

		json_open(j, '{');
		json_member_str(j, "key_type", x->type);
		if (x->bits > 0)
			json_member_uint(j, "bits", x->bits);
		json_member_uint(j, "names", x->n_names);
		json_key(j, "at");
		json_open(j, '[');
		for (size_t k = 0; k < x->n_at; k++)
			selector_json(j, &x->at[k]);
		json_close(j, ']');
		json_close(j, '}');
	}
	json_close(j, ']');
}

void
fleet_json(struct json *j, const struct fleet *f)
{
	json_key(j, "fleet");
	json_open(j, '{');
	json_member_uint(j, "files", f->files);
	json_member_uint(j, "runs", f->runs);
	if (f->from != 0) {
		json_key(j, "from");
		json_time(j, f->from);
		json_key(j, "to");
		json_time(j, f->to);
	}
	json_member_uint(j, "replaced", f->replaced);
	json_member_uint(j, "left_out", f->left_out);
	json_member_uint(j, "cut_off", f->torn);
	findings_json(j, f);
	json_member_uint(j, "n_includes", f->n_shared_includes);
	includes_json(j, f);
	json_member_uint(j, "n_shared_keys", f->n_shared_keys);
	keys_json(j, "shared_keys", f->keys, f->n_keys);
	json_member_uint(j, "n_moduli", f->n_moduli);
	json_member_uint(j, "n_shared_factors", f->n_shared_factors);
	keys_json(j, "shared_factors", f->factors, f->n_factors);
	json_close(j, '}');
}
