/* SPDX-License-Identifier: ISC */
/*
 * zoneinput.c - which kind of input some bytes are, and the reader for it.
 */
#include "audit/sources/zoneinput.h"
#include "audit/error.h"
#include "audit/sources/dnscontrol.h"
#include "audit/sources/octodns.h"
#include "audit/sources/octodnsconfig.h"
#include "audit/sources/terraform.h"
#include "audit/sources/zoneread.h"

/* clang-format off */
/* What people put around the zone in a file name. */
static const char *const prefixes[] = { "db.", "pri.", "named.", "master.", "zone." };
static const char *const suffixes[] = { ".zone", ".db", ".hosts", ".bind", ".dns", ".txt", ".signed" };

/* Endings in a folder of zones that are no zone files: backups, journals, scripts, documents. */
static const char *const passed_over[] = {
	"~", ".bak", ".save", ".swp", ".orig", ".rej", ".old", ".dpkg-dist", ".rpmsave", ".jnl", ".jbk",
	".md", ".js", ".ts", ".tf", ".toml", ".py", ".pl", ".rb", ".go", ".sh", ".lua",
	".html", ".css", ".xml", ".csv", ".gz", ".xz", ".zip", ".tar", ".pem", ".key", ".private", ".lock",
};
/* clang-format on */

bool
zoneinput_is_passed_over(struct str name)
{
	if (name.n == 0 || name.p[0] == '.' || name.p[0] == '#')
		return true;
	for (size_t i = 0; i < ARRAY_LEN(passed_over); i++)
		if (str_has_isuffix(name, str_of(passed_over[i])))
			return true;
	return str_eq(name, STR("Makefile")) || str_eq(name, STR("LICENSE"));
}

/* S behind its last slash, without what people put around a zone in a file name. */
static struct str
stem_of(struct str path)
{
	struct str s = path;

	for (size_t i = path.n; i > 0; i--)
		if (path.p[i - 1] == '/') {
			s = str_sub(path, i, path.n);
			break;
		}
	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++)
		if (str_has_isuffix(s, str_of(suffixes[i]))) {
			s.n -= str_of(suffixes[i]).n;
			break;
		}
	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++)
		if (str_has_iprefix(s, str_of(prefixes[i])))
			return str_sub(s, str_of(prefixes[i]).n, s.n);
	return s;
}

/* The zone that the file name in PATH speaks of: example.com.zone, db.example.com; n = 0 = none. */
static struct name
zone_of_path(struct str path)
{
	struct name name;

	/* one label is a word ("internal.zone"), not a zone */
	if (name_parse_raw(stem_of(path), &name) != NAME_OK || name_labels(&name) < 2 ||
	    !name_is_hostname(&name, true))
		name.n = 0;
	return name;
}

static bool
is_yaml_name(struct str path)
{
	return str_has_isuffix(path, STR(".yaml")) || str_has_isuffix(path, STR(".yml"));
}

/* Whether the first line of TEXT that says something is one of YAML, and not of a zone file. */
static bool
looks_like_yaml(struct str text)
{
	for (size_t at = 0; at < text.n;) {
		size_t end = str_find(text, at, '\n');
		struct str line = str_trim(str_sub(text, at, end - at));

		at = end + 1;
		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (str_has_prefix(line, STR("---")))
			return true;
		return line.p[line.n - 1] == ':' && line.p[0] != ';';
	}
	return false;
}

static bool
looks_like_json(struct str text)
{
	if (str_has_prefix(text, STR("\xef\xbb\xbf")))
		text = str_sub(text, 3, text.n);
	return str_has_prefix(str_trim(text), STR("{"));
}

/* The folders that a configuration of octoDNS names, for the caller to read. */
static void
note_config(struct zone_load *l, const struct doc *d)
{
	l->config = arena_alloc(l->a, sizeof(*l->config));
	octodnsconfig_read(l->a, d, l->config);
}

static struct zone_text *
read_yaml(struct zone_load *l, const struct zone_bytes *b)
{
	struct name apex = octodns_zone_of(b->path);
	struct doc *d = arena_alloc(l->a, sizeof(*d));
	enum octodns_shape shape;

	doc_yaml(l->a, b->text, d);
	shape = octodns_shape(d);
	if (shape == OCTODNS_CONFIG && !b->in_folder) {
		note_config(l, d);
		return NULL;
	}
	if (apex.n == 0 && shape != OCTODNS_NONE && !b->in_folder)
		audit_warn("%.*s: is named for no zone: octoDNS calls it example.com.yaml",
		    (int)b->path.n, b->path.p);
	else if (shape == OCTODNS_NONE && !b->in_folder)
		audit_warn("%.*s: holds no records of octoDNS", (int)b->path.n, b->path.p);
	if (apex.n == 0 || shape == OCTODNS_NONE || shape == OCTODNS_CONFIG)
		return NULL;
	zonebytes_keep(l, b->path, b->text, INPUT_OCTODNS);
	return octodns_read(l, b->path, &apex, d);
}

/* DNSControl's cache of SPF records, when it stands beside the file of B. */
static struct zone_text *
cache_beside(struct zone_load *l, const struct zone_bytes *b)
{
	struct doc *d = arena_alloc(l->a, sizeof(*d));
	struct zone_bytes cache;

	if (b->in_folder || zonebytes_include(l, b->path, STR("spfcache.json"), &cache) != NULL)
		return NULL;
	doc_json(l->a, cache.text, d);
	return dnscontrol_is_cache(d) ? dnscontrol_read_cache(l, cache.path, d) : NULL;
}

/* Say of B, whose records belong to no zone that is known, that nothing comes of it. */
static void
tell_homeless(const struct zone_load *l, const struct zone_bytes *b)
{
	/* of what was not there before a plan there is nothing to say */
	if (!b->in_folder && !l->before)
		audit_warn(
		    "%.*s: holds no record of which the zone is known", (int)b->path.n, b->path.p);
}

static struct zone_text *
read_json(struct zone_load *l, const struct zone_bytes *b)
{
	struct doc *d = arena_alloc(l->a, sizeof(*d));
	struct zone_text *t = NULL, *last;

	doc_json(l->a, b->text, d);
	if (dnscontrol_is(d)) {
		zonebytes_keep(l, b->path, b->text, INPUT_DNSCONTROL);
		if ((t = dnscontrol_read(l, b->path, d)) == NULL) {
			tell_homeless(l, b);
			return NULL;
		}
		for (last = t; last->next != NULL; last = last->next)
			;
		last->next = cache_beside(l, b);
		return t;
	}
	if (terraform_is(d)) {
		zonebytes_keep(l, b->path, b->text, INPUT_TERRAFORM);
		if ((t = terraform_read(l, b->path, d)) == NULL)
			tell_homeless(l, b);
		return t;
	}
	if (dnscontrol_is_cache(d))
		return dnscontrol_read_cache(l, b->path, d);
	if (!b->in_folder)
		audit_warn("%.*s: JSON that is no input of DNS", (int)b->path.n, b->path.p);
	return NULL;
}

/*
 * A file whose zone was guessed and that has no NS at its top is a part, which others
 * include: what it does not hold may stand in those, and is not known to be absent.
 */
static void
mark_part(struct zone_load *l, struct zone_text *t, const struct name *zone)
{
	const struct str top = { (const char *)zone->w, zone->n };
	struct zone_mark *m;

	if (t == NULL || t->origin.n > 0)
		return;
	for (const struct zone_record *r = t->first; r != NULL; r = r->next)
		if (r->rr.type == RR_NS && str_eq(r->owner, top))
			return;
	m = arena_alloc(l->a, sizeof(*m));
	*m = (struct zone_mark){ .next = t->missing, .name = *zone };
	t->missing = m;
}

struct zone_text *
zoneinput_read(struct zone_load *l, const struct zone_bytes *b)
{
	struct zone_text *t;
	struct name guess;

	if (is_yaml_name(b->path) || (!b->in_folder && looks_like_yaml(b->text)))
		return read_yaml(l, b);
	if (looks_like_json(b->text) || (b->in_folder && str_has_isuffix(b->path, STR(".json"))))
		return read_json(l, b);
	zonebytes_keep(l, b->path, b->text, INPUT_BIND);
	guess = zone_of_path(b->path);
	if (guess.n > 0)
		return zoneread_text(l, b->path, &guess, b->text);
	guess = zoneguess_label(b->path, b->text);
	t = zoneread_text(l, b->path, &guess, b->text);
	if (guess.n > 0)
		mark_part(l, t, &guess);
	return t;
}
