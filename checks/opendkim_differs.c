/* SPDX-License-Identifier: ISC */
/*
 * opendkim_differs.c - one row a difference.
 */
#include "checks/opendkim_differs.h"
#include "checks/core/taglist.h"
#include "checks/dkim_marks.h"

#define ACCEPTS "; a receiver that uses OpenDKIM accepts it all the same"
#define WORDS(s)                                                                                   \
	{                                                                                          \
		s, sizeof(s) - 1                                                                   \
	}
#define REFUSES "; a receiver that uses OpenDKIM refuses it"

/* Of all that can lead to a rule, what OpenDKIM takes otherwise. */
enum when {
	ALWAYS,
	VERSION_LATE,  /* v=DKIM1, but not first */
	STRAY_BYTE,    /* between the characters of base64, not what is missing at the end */
	MARKS_IN_P,    /* quotes and backslashes inside p= only */
	DIGIT_FIRST,   /* the name of a tag begins with a digit */
	KEY_AS_USED,   /* the form that the signer's algorithm wants, whatever k= says */
	FITS_OPENDKIM, /* the record has at most MAX_OPENDKIM_RECORD octets */
	OVER_OPENDKIM
};

/* clang-format off */
static const struct {
	enum rule_id id;
	enum when when;
	struct str words;
} rows[] = {
	{ RULE_DKIM_VERSION,	   VERSION_LATE,  WORDS(ACCEPTS) },
	{ RULE_DKIM_DUPLICATE_TAG, ALWAYS,
	  WORDS("; a receiver that uses OpenDKIM takes the last of them") },
	{ RULE_DKIM_SYNTAX,	   DIGIT_FIRST,	  WORDS(ACCEPTS) },
	{ RULE_DKIM_LINE_END,	   ALWAYS,	  WORDS(ACCEPTS) },
	{ RULE_DKIM_NOT_BASE64,	   STRAY_BYTE,
	  WORDS("; a receiver that uses OpenDKIM passes over this byte") },
	{ RULE_DKIM_QUOTED,	   MARKS_IN_P,	  WORDS(ACCEPTS) },
	{ RULE_DKIM_KEY_MISMATCH,  KEY_AS_USED,	  WORDS(ACCEPTS) },
	{ RULE_DKIM_KEY_LONG,	   FITS_OPENDKIM, WORDS(ACCEPTS) },
	{ RULE_DKIM_KEY_LONG,	   OVER_OPENDKIM, WORDS(REFUSES) },
	{ RULE_DKIM_PKCS1,	   ALWAYS,	  WORDS(REFUSES) },
	{ RULE_MESSAGE_SHA1,	   ALWAYS,	  WORDS(ACCEPTS) },
};
/* clang-format on */

/* Whether all that is to be cleaned out of K stands inside its p=, and is one octet of ASCII. */
static bool
marks_in_p(const struct dkimkey *k)
{
	size_t from;

	if (k->p.n == 0)
		return false;
	from = (size_t)(k->p.p - k->text.p);
	for (size_t i = 0; i < k->text.n; i++) {
		size_t mark = dkim_mark(str_sub(k->text, i, k->text.n));

		if (mark > 1 || (mark == 1 && (i < from || i >= from + k->p.n)))
			return false;
	}
	return true;
}

static bool
digit_first(struct str part)
{
	struct tag t;
	size_t pos = 0;

	if (!tag_next(part, &pos, &t) || t.fault != TAG_BAD_NAME || t.name.n == 0)
		return false;
	for (size_t i = 0; i < t.name.n; i++)
		if (!ascii_isalnum(t.name.p[i]))
			return false;
	return ascii_isdigit(t.name.p[0]);
}

static bool
holds(enum when when, const struct dkimkey *k, const struct dkimkey_fault *f,
    const struct key_facts *facts)
{
	struct tag t;
	size_t pos = 0;

	switch (when) {
	case ALWAYS:
		return true;
	case VERSION_LATE:
		return tag_next(f->part, &pos, &t) && str_eq(t.value, STR("DKIM1"));
	case STRAY_BYTE:
		return f->part.n == 1 && f->part.p[0] != '=';
	case MARKS_IN_P:
		return marks_in_p(k);
	case DIGIT_FIRST:
		return digit_first(f->part);
	case KEY_AS_USED:
		return facts != NULL &&
		       ((facts->type == KEY_TYPE_RSA && facts->form == KEY_SPKI) ||
			   (facts->type == KEY_TYPE_ED25519 && facts->form == KEY_RAW));
	case FITS_OPENDKIM:
		return k->text.n <= MAX_OPENDKIM_RECORD;
	case OVER_OPENDKIM:
		return k->text.n > MAX_OPENDKIM_RECORD;
	}
	return false;
}

struct str
opendkim_differs(
    const struct dkimkey *k, const struct dkimkey_fault *f, const struct key_facts *facts)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].id == f->id && holds(rows[i].when, k, f, facts))
			return rows[i].words;
	return STR("");
}

struct str
opendkim_differs_signature(enum rule_id id)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].id == id)
			return rows[i].words;
	return STR("");
}

bool
opendkim_reads_cut(struct str text, struct str p)
{
	struct tag t;
	size_t pos = 0;

	text = str_sub(text, 0, MAX_OPENDKIM_RECORD);
	if (p.p != NULL && p.p + p.n > text.p + text.n)
		return false;
	while (tag_next(text, &pos, &t))
		if (t.fault != TAG_OK)
			return false; /* the cut left a tag without its '=' */
	return true;
}
