/* SPDX-License-Identifier: ISC */
/*
 * dmarc_record.c - reads a DMARC record; see dmarc_record.h.
 */
#include "checks/dmarc_record.h"

#include <string.h>

#include "checks/uri.h"

/* clang-format off */
static const struct str tag_names[DMARC_TAGS] = {
	[DMARC_TAG_V] = { "v", 1 },
	[DMARC_TAG_P] = { "p", 1 },
	[DMARC_TAG_SP] = { "sp", 2 },
	[DMARC_TAG_NP] = { "np", 2 },
	[DMARC_TAG_ADKIM] = { "adkim", 5 },
	[DMARC_TAG_ASPF] = { "aspf", 4 },
	[DMARC_TAG_FO] = { "fo", 2 },
	[DMARC_TAG_PSD] = { "psd", 3 },
	[DMARC_TAG_RUA] = { "rua", 3 },
	[DMARC_TAG_RUF] = { "ruf", 3 },
	[DMARC_TAG_T] = { "t", 1 },
	[DMARC_TAG_PCT] = { "pct", 3 },
	[DMARC_TAG_RF] = { "rf", 2 },
	[DMARC_TAG_RI] = { "ri", 2 },
};
/* clang-format on */

enum dmarc_tag
dmarc_tag_find(struct str name)
{
	for (int t = 0; t < DMARC_TAGS; t++)
		if (str_eq(name, tag_names[t]))
			return (enum dmarc_tag)t;
	return DMARC_TAGS;
}

const char *
dmarc_tag_name(enum dmarc_tag t)
{
	return tag_names[t].p;
}

const char *
dmarc_word_name(enum dmarc_word w)
{
	switch (w) {
	case DMARC_NONE:
		return "none";
	case DMARC_QUARANTINE:
		return "quarantine";
	case DMARC_REJECT:
		return "reject";
	case DMARC_ABSENT:
	case DMARC_BAD:
		break;
	}
	return "";
}

enum dmarc_word
dmarc_word_testing(enum dmarc_word w)
{
	if (w == DMARC_REJECT)
		return DMARC_QUARANTINE;
	return w == DMARC_QUARANTINE ? DMARC_NONE : w;
}

/* Whether TEXT begins with the first tag as nearly all records write it. */
static bool
begins_plainly(struct str text)
{
	const struct str v = STR("v=DMARC1");

	return str_has_prefix(text, v) && (text.n == v.n || text.p[v.n] == ';');
}

/* Whether TEXT begins as a record must: most texts at a name are something else. */
static bool
begins_well(struct str text)
{
	struct str s = str_trim(text);

	if (s.n == 0 || s.p[0] != 'v')
		return false;
	s = str_trim(str_sub(s, 1, s.n));
	if (s.n == 0 || s.p[0] != '=')
		return false;
	s = str_trim(str_sub(s, 1, s.n));
	return s.n > 0 && s.p[0] == 'D';
}

bool
dmarc_is_record(struct str text)
{
	struct tag t;
	size_t pos = 0;

	if (begins_plainly(text))
		return true;
	if (!begins_well(text))
		return false;
	/* 4.7: v comes first, its value is compared with its case */
	return tag_next(text, &pos, &t) && t.fault == TAG_OK && str_eq(t.name, STR("v")) &&
	       str_eq(t.value, STR("DMARC1"));
}

/* Whether NEEDLE, in lower case, stands anywhere in TEXT, case not counting. */
static bool
has_text(struct str text, struct str needle)
{
	for (size_t i = 0; i + needle.n <= text.n; i++)
		if (str_ieq(str_sub(text, i, needle.n), needle))
			return true;
	return false;
}

/* RFC 9989 4.8: the words are ABNF strings, whose case does not count. */
static enum dmarc_word
read_word(struct str value)
{
	if (str_ieq(value, STR("none")))
		return DMARC_NONE;
	if (str_ieq(value, STR("quarantine")))
		return DMARC_QUARANTINE;
	return str_ieq(value, STR("reject")) ? DMARC_REJECT : DMARC_BAD;
}

bool
dmarc_is_near_miss(struct str text)
{
	struct tag t;
	size_t pos = 0;

	if (dmarc_is_record(text))
		return false;
	if (has_text(text, STR("dmarc1")) || str_has_iprefix(str_trim(text), STR("v=dmarc")))
		return true;
	while (tag_next(text, &pos, &t))
		if (t.fault == TAG_OK && str_eq(t.name, STR("p")) &&
		    read_word(t.value) != DMARC_BAD)
			return true;
	return false;
}

static enum dmarc_word
word_of(const struct dmarc_record *r, enum dmarc_tag t)
{
	return r->tags[t].all.n == 0 ? DMARC_ABSENT : read_word(r->tags[t].value);
}

static bool
tag_is(const struct dmarc_record *r, enum dmarc_tag t, struct str value)
{
	return r->tags[t].all.n > 0 && str_ieq(r->tags[t].value, value);
}

static void
keep_tags(struct dmarc_record *r)
{
	struct tag t;
	size_t pos = 0;

	while (tag_next(r->text, &pos, &t)) {
		if (t.fault != TAG_OK && t.fault != TAG_BAD_VALUE)
			continue;
		enum dmarc_tag id = dmarc_tag_find(t.name);
		if (id != DMARC_TAGS && r->tags[id].all.n == 0)
			r->tags[id] = t;
	}
}

/* Whether one entry at least of rua is a valid URI. */
static bool
has_valid_rua(const struct dmarc_record *r)
{
	const struct tag *rua = &r->tags[DMARC_TAG_RUA];

	return rua->all.n > 0 && uri_list_has_valid(rua->value);
}

void
dmarc_parse(struct str text, struct dmarc_record *out)
{
	memset(out, 0, sizeof(*out));
	out->text = text;
	keep_tags(out);
	out->p = word_of(out, DMARC_TAG_P);
	out->sp = word_of(out, DMARC_TAG_SP);
	out->np = word_of(out, DMARC_TAG_NP);
	/* 4.8: a bad value of an optional tag counts as the default */
	out->adkim_strict = tag_is(out, DMARC_TAG_ADKIM, STR("s"));
	out->aspf_strict = tag_is(out, DMARC_TAG_ASPF, STR("s"));
	out->testing = tag_is(out, DMARC_TAG_T, STR("y"));
	out->psd = 'u';
	if (tag_is(out, DMARC_TAG_PSD, STR("y")))
		out->psd = 'y';
	else if (tag_is(out, DMARC_TAG_PSD, STR("n")))
		out->psd = 'n';
	/* 4.10.1: no valid p, or an invalid sp or np, spoils the whole record */
	out->fallback = out->p <= DMARC_BAD || out->sp == DMARC_BAD || out->np == DMARC_BAD;
	out->is_void = out->fallback && !has_valid_rua(out);
}
