/* SPDX-License-Identifier: ISC */
/*
 * zone.c - faults of a zone file as findings.
 */
#include "checks/zone.h"
#include "checks/dmarc_record.h"

/* clang-format off */
static const struct {
	const char *code;
	enum rule_id id;
} kinds[] = {
	{ "zone-no-soa", RULE_ZONE_NO_SOA },
	{ "zone-no-ns", RULE_ZONE_NO_NS },
	{ "zone-txt-too-long", RULE_ZONE_TXT_TOO_LONG },
	{ "zone-txt-comment", RULE_ZONE_TXT_COMMENT },
	{ "zone-cname-and-other-data", RULE_ZONE_CNAME_AND_OTHER_DATA },
	{ "zone-cname-refused", RULE_ZONE_CNAME_REFUSED },
	{ "zone-cname-and-other-data-other", RULE_ZONE_CNAME_AND_OTHER_DATA_OTHER },
	{ "zone-out-of-zone", RULE_ZONE_OUT_OF_ZONE },
	{ "zone-unparsed-line", RULE_ZONE_UNPARSED_LINE },
	{ "zone-unparsed-mail-line", RULE_ZONE_UNPARSED_MAIL_LINE },
	{ "zone-unparsed-file", RULE_ZONE_UNPARSED_FILE },
	{ "zone-twice", RULE_ZONE_TWICE },
	{ "zone-unknown-mail-key", RULE_ZONE_UNKNOWN_MAIL_KEY },
	{ "zone-unknown-key", RULE_ZONE_UNKNOWN_KEY },
	{ "zone-key-twice", RULE_ZONE_KEY_TWICE },
	{ "zone-key-twice-other", RULE_ZONE_KEY_TWICE_OTHER },
	{ "zone-unbalanced", RULE_ZONE_UNBALANCED },
	{ "zone-include", RULE_ZONE_INCLUDE },
	{ "zone-missing-dot", RULE_ZONE_MISSING_DOT },
	{ "zone-missing-dot-other", RULE_ZONE_MISSING_DOT_OTHER },
	{ "zone-doubled-origin", RULE_ZONE_DOUBLED_ORIGIN },
	{ "zone-doubled-origin-other", RULE_ZONE_DOUBLED_ORIGIN_OTHER },
	{ "zone-hidden-record", RULE_ZONE_HIDDEN_RECORD },
};
/* clang-format on */

static bool
kind_of(struct str code, enum rule_id *out)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (str_eq(code, str_of(kinds[i].code))) {
			*out = kinds[i].id;
			return true;
		}
	return false;
}

static bool
is_missing_dot(enum rule_id id)
{
	return id == RULE_ZONE_MISSING_DOT || id == RULE_ZONE_MISSING_DOT_OTHER;
}

static bool
is_doubled(enum rule_id id)
{
	return id == RULE_ZONE_DOUBLED_ORIGIN || id == RULE_ZONE_DOUBLED_ORIGIN_OTHER;
}

/*
 * Whether fault F touches domain D.  One without an owner touches the apex; a
 * file not included touches all that stands below its origin, one that ends too early
 * or is there in two versions all of its zone.
 */
static bool
touches(const struct zone_fault *f, const struct name *d, const struct name *apex)
{
	if (str_eq(f->code, STR("zone-unparsed-file")) || str_eq(f->code, STR("zone-twice")))
		return true;
	if (f->owner.n == 0)
		return name_eq(d, apex);
	if (str_eq(f->code, STR("zone-include")) && name_is_below(d, &f->owner))
		return true;
	/* a record out of the zone is nobody's that is audited with it but the zone's */
	if (str_eq(f->code, STR("zone-out-of-zone")) && name_eq(d, apex))
		return true;
	return name_is_below(&f->owner, d);
}

/* Whether the record that a fault of ID is about is answered, so that it can be shown. */
static bool
is_served(enum rule_id id)
{
	return is_missing_dot(id) || is_doubled(id) || id == RULE_ZONE_TXT_TOO_LONG ||
	       id == RULE_ZONE_TXT_COMMENT || id == RULE_ZONE_CNAME_AND_OTHER_DATA ||
	       id == RULE_ZONE_CNAME_AND_OTHER_DATA_OTHER || id == RULE_ZONE_CNAME_REFUSED;
}

/* The record that stands where F says, of answer A; NULL when it is not there. */
static const struct rr *
record_at(const struct answer *a, const struct zone_fault *f)
{
	for (size_t i = 0; i < a->n_rr; i++)
		if (a->rr[i].line == f->line && str_eq(a->rr[i].file, f->file))
			return &a->rr[i];
	return NULL;
}

/* F's place: the record itself when the zone serves it, else file, line and text alone. */
static void
place(struct audit *au, struct finding *out, const struct zone_fault *f, const struct rr *rr,
    const struct answer *a)
{
	struct rr *at;

	if (rr != NULL) {
		finding_at(au->findings, out, a, rr, (struct str){ NULL, 0 });
		return;
	}
	at = arena_alloc(au->arena, sizeof(*at));
	*at = (struct rr){ .type = f->type,
		.file = f->file,
		.line = f->line,
		.column = f->column,
		.end_line = f->line,
		.end_column = f->column + (uint32_t)f->text.n };
	out->place = (struct place){ .name = f->owner, .type = f->type, .rr = at };
}

/* RR's rdata in presentation form; the scratch memory survives a full arena. */
static struct str
printed(struct audit *au, const struct rr *rr)
{
	struct buf *b = &au->findings->scratch;

	buf_reset(b);
	rr_print(b, rr);
	return arena_str(au->arena, buf_str(b));
}

/* Rdata of RR, with NAME as its target. */
static struct str
with_target(struct audit *au, const struct rr *rr, const struct name *name)
{
	struct rr changed = *rr;
	size_t head = rr->type == RR_MX ? 2 : rr->type == RR_SRV ? 6 : 0;
	char *data = arena_alloc(au->arena, head + name->n);

	memcpy(data, rr->data.p, head);
	memcpy(data + head, name->w, name->n);
	changed.data = (struct str){ data, head + name->n };
	return printed(au, &changed);
}

/* The target as a server reads it, for the sentence. */
static void
name_target(struct audit *au, struct finding *out, const struct rr *rr)
{
	struct name target;
	size_t pos = 6; /* RFC 2782: priority, weight, port */

	if (rr != NULL && rr->type == RR_SRV
		? name_from_wire((const uint8_t *)rr->data.p, rr->data.n, &pos, &target)
		: rr != NULL && rr_target(rr, &target))
		finding_name(au->findings, out, "target", &target);
	else
		finding_text(au->findings, out, "target", STR("a name of the zone"));
}

static void
tell_missing_dot(
    struct audit *au, struct finding *out, const struct rr *rr, const struct name *meant)
{
	struct change *c =
	    finding_change(au->findings, out, CHANGE_REPLACE, &out->place.name, rr->type);

	c->old = printed(au, rr);
	c->new = with_target(au, rr, meant);
}

/* Whether a label of NAME begins with '_': then nobody but mail asks for it. */
static bool
has_underscore(const struct name *name)
{
	for (size_t i = 0; i < name_labels(name); i++)
		if (name_label(name, i).p[0] == '_')
			return true;
	return false;
}

/*
 * Whether a record of TYPE may be added at NAME: nothing of the kind is there,
 * no CNAME comes to stand beside other records (RFC 1034 3.6.2), and what a
 * wildcard gave to NAME is missed by nobody (RFC 4592 2.2.1).  *THERE is what
 * stands there now.  False while that is pending, too.
 */
static bool
may_add(struct audit *au, const struct name *name, uint16_t type, const struct answer **there)
{
	const struct answer *names = ask_names(au->q, name);

	*there = ask_dns(au->q, name, type);
	if (is_pending(*there) || is_pending(names))
		return false;
	if (answer_is_absent(*there) && (*there)->n_chain == 0 &&
	    (type != RR_CNAME || (*there)->status == ANSWER_NXDOMAIN))
		return true;
	if (!has_underscore(name) || ((*there)->status == ANSWER_FAILED && (*there)->n_chain == 0))
		return false;
	if (names->status != ANSWER_FOUND)
		return answer_is_absent(names);
	return names->n_names == 0 || !name_eq(&names->names[0], name);
}

/*
 * Rename.  Where that cannot be, nothing is proposed: to remove the record by
 * itself may take away the only one there is.
 */
static void
tell_doubled(struct audit *au, struct finding *out, const struct rr *rr, const struct name *meant)
{
	const struct answer *there;
	struct change *c;

	if (!may_add(au, meant, rr->type, &there))
		return;
	finding_evidence(out, there);
	c = finding_change(au->findings, out, CHANGE_REMOVE, &out->place.name, rr->type);
	c->old = printed(au, rr);
	c = finding_change(au->findings, out, CHANGE_ADD, meant, rr->type);
	c->ttl_s = rr->ttl_s;
	c->new = printed(au, rr);
}

static void
tell(struct audit *au, const struct zone_fault *f, enum rule_id id, const struct answer *zone)
{
	struct finding *out = finding_add(au->findings, id, &au->subject->domain);
	const struct answer *a = NULL;
	const struct rr *rr = NULL;
	struct name meant = { .n = 0 };

	if (f->type != 0 && is_served(id)) {
		a = ask_dns(au->q, &f->owner, f->type);
		rr = is_pending(a) ? NULL : record_at(a, f);
	}
	place(au, out, f, rr, a);
	finding_evidence(out, zone);
	if (!is_missing_dot(id) && !is_doubled(id))
		finding_text(au->findings, out, "text", f->text);
	if (f->reason != NULL)
		finding_text(au->findings, out, "reason", str_of(f->reason));
	if (id == RULE_ZONE_OUT_OF_ZONE && zone->n_names > 0)
		finding_name(au->findings, out, "zone", &zone->names[0]);
	if (!is_missing_dot(id) && !is_doubled(id))
		return;
	if (name_parse(f->text, &meant) != NAME_OK)
		meant = f->owner;
	finding_name(au->findings, out, "meant", &meant);
	if (is_missing_dot(id))
		name_target(au, out, rr);
	if (rr != NULL && is_missing_dot(id))
		tell_missing_dot(au, out, rr, &meant);
	else if (rr != NULL)
		tell_doubled(au, out, rr, &meant);
}

/* Whether NAME is LABELS._domainkey.D.D for a selector of the subject that is in use. */
static bool
is_key_in_use(const struct audit *au, const struct name *name, const struct name *twice)
{
	const struct subject *s = au->subject;
	struct name key;
	struct buf b;
	bool found = false;

	buf_init(&b, MAX_NAME_TEXT);
	for (size_t i = 0; i < s->n_selectors && !found; i++) {
		buf_reset(&b);
		buf_add(&b, s->selectors[i].name);
		buf_adds(&b, "._domainkey");
		found = s->selectors[i].provenance != FROM_GUESS &&
			name_prefix(buf_str(&b), twice, &key) == NAME_OK && name_eq(&key, name);
	}
	buf_free(&b);
	return found;
}

/* Whether it is known that no DMARC record is in A. */
static bool
has_no_record(const struct answer *a)
{
	for (size_t i = 0; i < a->n_rr; i++)
		if (dmarc_is_record(a->rr[i].text))
			return false;
	return a->status == ANSWER_FOUND || answer_is_absent(a);
}

/*
 * Whether the check of the record itself tells F, with or without a zone file:
 * the subject's MX without address, its DMARC record or a key in use under the
 * domain twice.  One cause is told once.
 */
static bool
is_told_elsewhere(struct audit *au, const struct zone_fault *f, enum rule_id id)
{
	const struct name *d = &au->subject->domain;
	struct name own, twice, doubled;

	if (is_missing_dot(id))
		return f->type == RR_MX && name_eq(&f->owner, d);
	if (!is_doubled(id) || f->type != RR_TXT ||
	    name_prefix(name_text(au->arena, d), d, &twice) != NAME_OK)
		return false;
	if (name_above(STR("_dmarc"), d, &own) && name_above(STR("_dmarc"), &twice, &doubled) &&
	    name_eq(&f->owner, &doubled))
		return has_no_record(ask_dns(au->q, &own, RR_TXT));
	return is_key_in_use(au, &f->owner, &twice);
}

/* Tells the faults of ZONE that are errors, or those that are not; N counts. */
static void
tell_faults(struct audit *au, const struct answer *zone, bool errors, size_t *n)
{
	const struct name *d = &au->subject->domain;
	const struct name *apex = zone->n_names > 0 ? &zone->names[0] : d;

	for (size_t i = 0; i < zone->n_faults; i++) {
		const struct zone_fault *f = &zone->faults[i];
		enum rule_id id;

		if (!kind_of(f->code, &id) || (rule_of(id)->level == LEVEL_ERROR) != errors ||
		    !touches(f, d, apex) || is_told_elsewhere(au, f, id))
			continue;
		if ((*n)++ < MAX_ZONE_FINDINGS)
			tell(au, f, id, zone);
	}
}

void
check_zone(struct audit *au)
{
	const struct name *d = &au->subject->domain;
	const struct answer *zone;
	size_t n = 0;

	if (d->n == 0)
		return;
	zone = ask_zone(au->q, d);
	if (is_pending(zone) || zone->status != ANSWER_FOUND)
		return;
	tell_faults(au, zone, true, &n); /* so that no number of lesser faults hides one */
	tell_faults(au, zone, false, &n);
	if (n > MAX_ZONE_FINDINGS)
		finding_number(finding_add(au->findings, RULE_ZONE_MORE_FAULTS, d), "count",
		    (int64_t)(n - MAX_ZONE_FINDINGS));
}
