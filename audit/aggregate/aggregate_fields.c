/* SPDX-License-Identifier: ISC */
/*
 * aggregate_fields.c - elements of an aggregate report into its fields and rows.
 *
 * Where an element belongs is told by its path; the table below says which field that is.
 */
#include "audit/aggregate/aggregate_fields.h"
#include "audit/idn.h"
#include "checks/core/civil.h"

enum holder { IN_REPORT, IN_ERROR, IN_ROW, IN_REASON, IN_DKIM, IN_SPF };
enum kind { AS_TEXT, AS_WORD, AS_TIME };

static const char *const dispositions[] = { "none", "pass", "quarantine", "reject", NULL };
static const char *const policies[] = { "none", "quarantine", "reject", NULL };
static const char *const modes[] = { "r", "s", NULL };
static const char *const yes_no[] = { "y", "n", NULL };
static const char *const passes[] = { "pass", "fail", NULL };
static const char *const results[] = { "none", "pass", "fail", "softfail", "policy", "neutral",
	"temperror", "permerror", NULL };
static const char *const scopes[] = { "mfrom", "helo", NULL };
static const char *const discoveries[] = { "psl", "treewalk", NULL };
static const char *const reasons[] = { "forwarded", "sampled_out", "trusted_forwarder",
	"mailing_list", "local_policy", "policy_test_mode", "other", NULL };

#define REPORT(f) offsetof(struct aggregate_report, f)
#define ROW(f) offsetof(struct aggregate_raw, f)
#define AUTH(f) offsetof(struct aggregate_auth, f)
#define REASON(f) offsetof(struct aggregate_reason, f)

/* clang-format off */
static const struct field {
	const char *path;
	enum holder in;
	enum kind kind;
	size_t at;
	const char *const *words;
} fields[] = {
	{ "version", IN_REPORT, AS_TEXT, REPORT(version), NULL },
	{ "report_metadata/org_name", IN_REPORT, AS_TEXT, REPORT(org), NULL },
	{ "report_metadata/email", IN_REPORT, AS_TEXT, REPORT(email), NULL },
	{ "report_metadata/extra_contact_info", IN_REPORT, AS_TEXT, REPORT(contact), NULL },
	{ "report_metadata/report_id", IN_REPORT, AS_TEXT, REPORT(id), NULL },
	{ "report_metadata/generator", IN_REPORT, AS_TEXT, REPORT(generator), NULL },
	{ "report_metadata/error", IN_ERROR, AS_TEXT, 0, NULL },
	{ "report_metadata/date_range/begin", IN_REPORT, AS_TIME, REPORT(begin), NULL },
	{ "report_metadata/date_range/end", IN_REPORT, AS_TIME, REPORT(end), NULL },
	{ "policy_published/domain", IN_REPORT, AS_TEXT, REPORT(domain), NULL },
	{ "policy_published/adkim", IN_REPORT, AS_WORD, REPORT(adkim), modes },
	{ "policy_published/aspf", IN_REPORT, AS_WORD, REPORT(aspf), modes },
	{ "policy_published/p", IN_REPORT, AS_WORD, REPORT(p), policies },
	{ "policy_published/sp", IN_REPORT, AS_WORD, REPORT(sp), policies },
	{ "policy_published/np", IN_REPORT, AS_WORD, REPORT(np), policies },
	{ "policy_published/discovery_method", IN_REPORT, AS_WORD, REPORT(discovery), discoveries },
	{ "policy_published/testing", IN_REPORT, AS_WORD, REPORT(testing), yes_no },
	{ "policy_published/fo", IN_REPORT, AS_TEXT, REPORT(fo), NULL },
	{ "record/row/source_ip", IN_ROW, AS_TEXT, ROW(ip), NULL },
	{ "record/row/count", IN_ROW, AS_TEXT, ROW(count), NULL },
	{ "record/row/policy_evaluated/disposition", IN_ROW, AS_WORD, ROW(row.disposition), dispositions },
	{ "record/row/policy_evaluated/dkim", IN_ROW, AS_WORD, ROW(dkim_word), passes },
	{ "record/row/policy_evaluated/spf", IN_ROW, AS_WORD, ROW(spf_word), passes },
	{ "record/row/policy_evaluated/reason/type", IN_REASON, AS_WORD, REASON(type), reasons },
	{ "record/row/policy_evaluated/reason/comment", IN_REASON, AS_TEXT, REASON(comment), NULL },
	{ "record/identifiers/header_from", IN_ROW, AS_TEXT, ROW(row.header_from), NULL },
	{ "record/identifiers/envelope_from", IN_ROW, AS_TEXT, ROW(row.envelope_from), NULL },
	{ "record/identifiers/envelope_to", IN_ROW, AS_TEXT, ROW(row.envelope_to), NULL },
	{ "record/auth_results/dkim/domain", IN_DKIM, AS_TEXT, AUTH(domain), NULL },
	{ "record/auth_results/dkim/selector", IN_DKIM, AS_TEXT, AUTH(selector), NULL },
	{ "record/auth_results/dkim/result", IN_DKIM, AS_WORD, AUTH(result), results },
	{ "record/auth_results/dkim/human_result", IN_DKIM, AS_TEXT, AUTH(human), NULL },
	{ "record/auth_results/spf/domain", IN_SPF, AS_TEXT, AUTH(domain), NULL },
	{ "record/auth_results/spf/scope", IN_SPF, AS_WORD, AUTH(scope), scopes },
	{ "record/auth_results/spf/result", IN_SPF, AS_WORD, AUTH(result), results },
	{ "record/auth_results/spf/human_result", IN_SPF, AS_TEXT, AUTH(human), NULL },
};
/* clang-format on */

static struct str
path_of(const struct aggregate_fields *p)
{
	return (struct str){ p->path, p->n_path };
}

static const struct field *
find_field(const struct aggregate_fields *p)
{
	for (size_t i = 0; p->lost == 0 && i < ARRAY_LEN(fields); i++)
		if (str_eq(path_of(p), str_of(fields[i].path)))
			return &fields[i];
	return NULL;
}

/* The word of WORDS that TEXT is, case not counting ("Pass" is common); "" = none. */
static const char *
word_of(const char *const *words, struct str text)
{
	for (; *words != NULL; words++)
		if (str_ieq(text, str_of(*words)))
			return *words;
	return "";
}

/* Seconds since 1970, or RFC 3339, which some write; 0 = neither. */
static time_t
time_of(struct str text)
{
	uint32_t s = 0;
	time_t t = 0;

	if (parse_u32(text, UINT32_MAX, &s))
		return (time_t)s;
	return time_parse(text, &t) && t > 0 ? t : 0;
}

/* The thing that FIELD belongs to; NULL = it is one too many. */
static char *
holder_of(struct aggregate_fields *p, enum holder in)
{
	struct aggregate_row *row = &p->raw.row;

	switch (in) {
	case IN_REPORT:
		return (char *)p->out;
	case IN_ERROR:
		if (p->out->n_errors == MAX_AGGREGATE_REASONS)
			return NULL;
		return (char *)&p->out->errors[p->out->n_errors++];
	case IN_ROW:
		return (char *)&p->raw;
	case IN_REASON:
		return row->n_reasons == 0 ? NULL : (char *)&p->raw.reasons[row->n_reasons - 1];
	case IN_DKIM:
		return row->n_dkim == 0 ? NULL : (char *)&p->raw.dkim[row->n_dkim - 1];
	case IN_SPF:
		return row->n_spf == 0 ? NULL : (char *)&p->raw.spf[row->n_spf - 1];
	}
	return NULL;
}

/* The text of an element that ended, into its field. */
static void
set_field(struct aggregate_fields *p, const struct field *f)
{
	char *to = holder_of(p, f->in);
	struct str text = str_trim(buf_str(&p->text));

	if (to == NULL)
		return;
	if (p->text.over) {
		if (f->in != IN_REPORT && f->in != IN_ERROR)
			p->raw.fault = "a text longer than any has to be";
		return;
	}
	to += f->at;
	if (f->kind == AS_TEXT) {
		struct str copy = arena_str(p->a, text);
		memcpy(to, &copy, sizeof(copy));
	} else if (f->kind == AS_TIME) {
		time_t t = time_of(text);
		memcpy(to, &t, sizeof(t));
	} else if (f->words == yes_no) {
		bool yes = str_eq(str_of(word_of(yes_no, text)), STR("y"));
		memcpy(to, &yes, sizeof(yes));
	} else {
		const char *word = word_of(f->words, text);
		memcpy(to, &word, sizeof(word));
	}
}

/* A new entry of the list that counts in *N; false = the list is full, and the row lost. */
static bool
is_room(struct aggregate_fields *p, size_t *n, size_t max)
{
	if (*n == max) {
		p->raw.fault = "more results than a message has";
		return false;
	}
	(*n)++;
	return true;
}

static void
start_row(struct aggregate_fields *p)
{
	struct aggregate_raw *r = &p->raw;

	memset(&r->row, 0, sizeof(r->row));
	r->ip = r->count = (struct str){ NULL, 0 };
	r->dkim_word = r->spf_word = r->row.disposition = "";
	r->fault = NULL;
}

/* An element that has elements in it begins. */
static void
start_part(struct aggregate_fields *p)
{
	static const struct aggregate_auth no_auth = { .result = "", .scope = "" };
	static const struct aggregate_reason no_reason = { .type = "" };
	struct aggregate_row *row = &p->raw.row;
	struct str path = path_of(p);

	if (p->lost > 0)
		return;
	if (str_eq(path, STR("record")))
		start_row(p);
	else if (str_eq(path, STR("record/auth_results/dkim")) &&
		 is_room(p, &row->n_dkim, MAX_AGGREGATE_AUTH))
		p->raw.dkim[row->n_dkim - 1] = no_auth;
	else if (str_eq(path, STR("record/auth_results/spf")) &&
		 is_room(p, &row->n_spf, MAX_AGGREGATE_AUTH))
		p->raw.spf[row->n_spf - 1] = no_auth;
	else if (str_eq(path, STR("record/row/policy_evaluated/reason")) &&
		 is_room(p, &row->n_reasons, MAX_AGGREGATE_REASONS))
		p->raw.reasons[row->n_reasons - 1] = no_reason;
}

/* The domain that TEXT, a domain or an address, names. */
static bool
domain_of(struct str text, struct name *out)
{
	size_t at = 0;

	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '@')
			at = i + 1;
	text = str_sub(text, at, text.n);
	return text.n > 0 && idn_parse(text, out) == NULL && name_is_set(out);
}

/* Why the row that was read is none; NULL = it is one, and its numbers are filled in. */
static const char *
row_fault(struct aggregate_fields *p)
{
	struct aggregate_raw *r = &p->raw;
	struct addr ip;

	if (r->fault != NULL)
		return r->fault;
	if (addr_parse(r->ip, &ip) != ADDR_OK)
		return "source_ip is no address";
	r->row.ip = addr_unmap(&ip);
	if (!addr_is_of_host(&r->row.ip))
		return "source_ip is the address of no host";
	if (!parse_u32(r->count, MAX_AGGREGATE_COUNT, &r->row.count) || r->row.count == 0)
		return "count is no number of messages";
	struct str from = r->row.header_from.n > 0 ? r->row.header_from : p->out->domain;
	if (!domain_of(from, &r->row.from))
		return "header_from is no domain";
	return NULL;
}

static void *
copy_of(struct arena *a, const void *from, size_t n, size_t size)
{
	void *to = arena_array(a, n + 1, size);

	if (n > 0)
		memcpy(to, from, n * size);
	return to;
}

static void
end_row(struct aggregate_fields *p)
{
	struct aggregate_raw *r = &p->raw;
	const char *fault = row_fault(p);

	if (fault != NULL) {
		p->out->n_bad++;
		if (p->out->bad_why == NULL)
			p->out->bad_why = fault;
		return;
	}
	r->row.dkim_pass = str_eq(str_of(r->dkim_word), STR("pass"));
	r->row.spf_pass = str_eq(str_of(r->spf_word), STR("pass"));
	r->row.dkim = copy_of(p->a, r->dkim, r->row.n_dkim, sizeof(*r->dkim));
	r->row.spf = copy_of(p->a, r->spf, r->row.n_spf, sizeof(*r->spf));
	r->row.reasons = copy_of(p->a, r->reasons, r->row.n_reasons, sizeof(*r->reasons));
	arena_grow(p->a, &p->rows, p->out->n_rows, &p->cap_rows, sizeof(*p->rows));
	p->rows[p->out->n_rows++] = r->row;
}

void
aggregate_fields_init(struct aggregate_fields *p, struct arena *a, struct aggregate_report *out)
{
	*out = (struct aggregate_report){
		.adkim = "", .aspf = "", .p = "", .sp = "", .np = "", .discovery = ""
	};
	*p = (struct aggregate_fields){ .a = a, .out = out, .is_mixed = true };
	start_row(p);
	buf_init(&p->text, MAX_AGGREGATE_TEXT);
}

void
aggregate_enter(struct aggregate_fields *p, struct str name)
{
	size_t slash = p->n_path > 0 ? 1 : 0;

	p->is_mixed = false;
	buf_reset(&p->text);
	if (p->lost > 0 || p->n_path + slash + name.n > sizeof(p->path)) {
		p->lost++;
		return;
	}
	if (slash > 0)
		p->path[p->n_path] = '/';
	memcpy(p->path + p->n_path + slash, name.p, name.n);
	p->n_path += slash + name.n;
	start_part(p);
}

void
aggregate_leave(struct aggregate_fields *p)
{
	const struct field *f = find_field(p);

	if (f != NULL && !p->is_mixed)
		set_field(p, f);
	else if (p->lost == 0 && str_eq(path_of(p), STR("record")))
		end_row(p);
	p->is_mixed = true;
	if (p->lost > 0) {
		p->lost--;
		return;
	}
	while (p->n_path > 0 && p->path[p->n_path - 1] != '/')
		p->n_path--;
	if (p->n_path > 0)
		p->n_path--;
}
