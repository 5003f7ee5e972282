/* SPDX-License-Identifier: ISC */
/*
 * sarif_result.c - one finding as a result of a SARIF log.
 *
 * Every result has a physical location, for GitHub refuses the whole log for one that
 * has none (sarif-v2.1.0 3.27.12 would allow it).
 */
#include "report/sarif.h"
#include "report/words.h"

const char *
sarif_level(const struct judged *g)
{
	if (g->level == LEVEL_ERROR)
		return "error";
	if (g->level == LEVEL_UNKNOWN)
		return rule_of(g->f->id)->needed ? "warning" : "note";
	return g->level == LEVEL_WARNING ? "warning" : "note";
}

/* 3.11.5: braces are doubled; 3.11.6: "](" would make a link of what stands before. */
void
sarif_text_json(struct json *j, const char *key, struct str s)
{
	struct buf b;

	buf_init(&b, 4 * MAX_TOLD);
	for (size_t i = 0; i < s.n; i++) {
		buf_addc(&b, s.p[i]);
		if (s.p[i] == '{' || s.p[i] == '}')
			buf_addc(&b, s.p[i]);
		else if (s.p[i] == ']' && i + 1 < s.n && s.p[i + 1] == '(')
			buf_addc(&b, ' ');
	}
	json_key(j, key);
	json_open(j, '{');
	json_key(j, "text");
	json_str(j, buf_str(&b));
	json_close(j, '}');
	buf_free(&b);
}

/*
 * FILE as a URI reference (RFC 3986 4.2), relative unless the path is not; a ':' is
 * escaped, for before a '/' it would end a scheme.
 */
static void
uri_add(struct buf *b, struct str file)
{
	static const char hex[] = "0123456789ABCDEF";

	if (file.n > 0 && file.p[0] == '/')
		buf_adds(b, "file://");
	for (size_t i = 0; i < file.n; i++) {
		char c = file.p[i];

		if (ascii_isalnum(c) || (c != '\0' && strchr("-._~/", c) != NULL)) {
			buf_addc(b, c);
		} else {
			buf_addc(b, '%');
			buf_addc(b, hex[(uint8_t)c >> 4]);
			buf_addc(b, hex[(uint8_t)c & 15]);
		}
	}
}

static void
artifact_json(struct json *j, const struct located *at)
{
	struct buf b;

	buf_init(&b, MAX_TOLD);
	uri_add(&b, at->file);
	json_key(j, "artifactLocation");
	json_open(j, '{');
	json_key(j, "uri");
	json_str(j, buf_str(&b));
	if (!at->is_file)
		sarif_text_json(j, "description", STR("no file: what was audited"));
	json_close(j, '}');
	buf_free(&b);
}

/* Ours are bytes: they are characters as well where nothing is outside ASCII, else left out. */
static void
region_json(struct json *j, const char *key, const struct located *at)
{
	json_key(j, key);
	json_open(j, '{');
	json_member_uint(j, "startLine", at->line);
	if (at->is_text_ascii && at->column > 0)
		json_member_uint(j, "startColumn", at->column);
	if (at->end_line > 0)
		json_member_uint(j, "endLine", at->end_line);
	if (at->is_text_ascii && at->column > 0 && at->end_column > 0)
		json_member_uint(j, "endColumn", at->end_column);
	json_close(j, '}');
}

/* "example.com TXT": what no file has, but the DNS. */
static void
logical_json(struct json *j, const struct place *p)
{
	struct buf b;

	if (p->name.n == 0)
		return;
	buf_init(&b, MAX_TOLD);
	name_print(&b, &p->name);
	if (p->type != 0) {
		buf_addc(&b, ' ');
		type_print(&b, p->type);
	}
	json_key(j, "logicalLocations");
	json_open(j, '[');
	json_open(j, '{');
	json_key(j, "fullyQualifiedName");
	json_str(j, buf_str(&b));
	json_member(j, "kind", "record");
	json_close(j, '}');
	json_close(j, ']');
	buf_free(&b);
}

static void
locations_json(struct json *j, const struct finding *f, const struct located *at)
{
	json_key(j, "locations");
	json_open(j, '[');
	json_open(j, '{');
	json_key(j, "physicalLocation");
	json_open(j, '{');
	artifact_json(j, at);
	region_json(j, "region", at);
	json_close(j, '}');
	logical_json(j, &f->place);
	json_close(j, '}');
	json_close(j, ']');
}

/* GitHub knows a result again by primaryLocationLineHash, "hash:how many-th". */
static void
fingerprints_json(struct json *j, const struct judged *g, size_t same)
{
	struct buf b;

	buf_init(&b, 64);
	buf_adds(&b, g->fingerprint);
	buf_addc(&b, ':');
	buf_addu(&b, same + 1);
	json_key(j, "partialFingerprints");
	json_open(j, '{');
	json_member(j, "mailvet/v1", g->fingerprint);
	json_key(j, "primaryLocationLineHash");
	json_str(j, buf_str(&b));
	json_close(j, '}');
	buf_free(&b);
}

/* What was cured is no result (sarif.c), so none is "absent". */
static void
baseline_json(struct json *j, const struct judged *g)
{
	static const char *const states[N_CHANGE_STATES] = { [CHANGE_IS_NEW] = "new",
		[CHANGE_IS_WORSE] = "updated",
		[CHANGE_IS_KEPT] = "unchanged" };

	json_member(j, "baselineState", states[g->change]);
}

static void
suppressions_json(struct json *j, const struct judged *g)
{
	struct buf b;

	if (g->waiver == NULL)
		return;
	json_key(j, "suppressions");
	json_open(j, '[');
	json_open(j, '{');
	json_member(j, "kind", g->waiver->origin == WAIVED_IN_PLACE ? "inSource" : "external");
	json_member(j, "status", "accepted");
	buf_init(&b, MAX_TOLD);
	path_add(&b, g->waiver->reason); /* the user's own words: UTF-8 */
	json_key(j, "justification");
	json_str(j, buf_str(&b));
	buf_free(&b);
	json_close(j, '}');
	json_close(j, ']');
}

static void
replacement_json(struct json *j, const struct suggestion *s, bool is_ascii)
{
	struct located range = { .line = s->line,
		.column = s->column,
		.end_line = s->end_line,
		.end_column = s->end_column,
		.is_text_ascii = is_ascii };

	json_open(j, '{');
	region_json(j, "deletedRegion", &range);
	json_key(j, "insertedContent");
	json_open(j, '{');
	json_key(j, "text");
	json_str(j, s->text);
	json_close(j, '}');
	json_close(j, '}');
}

/* One fix of as many replacements as it takes; none where columns cannot be told. */
static void
fixes_json(struct json *j, const struct sarif_result *r, const struct located *at)
{
	const struct suggestion *s;
	struct buf b;

	if (!at->is_text_ascii || suggestion_at(r->g, at, r->style, 0) == NULL)
		return;
	buf_init(&b, MAX_TOLD);
	advice_add(&b, r->g, r->style);
	json_key(j, "fixes");
	json_open(j, '[');
	json_open(j, '{');
	if (b.n > 0)
		sarif_text_json(j, "description", buf_str(&b));
	json_key(j, "artifactChanges");
	json_open(j, '[');
	json_open(j, '{');
	artifact_json(j, at);
	json_key(j, "replacements");
	json_open(j, '[');
	for (size_t i = 0; (s = suggestion_at(r->g, at, r->style, i)) != NULL; i++)
		replacement_json(j, s, true);
	json_close(j, ']');
	json_close(j, '}');
	json_close(j, ']');
	json_close(j, '}');
	json_close(j, ']');
	buf_free(&b);
}

void
sarif_result_json(struct json *j, const struct sarif_result *r)
{
	struct located at;
	struct buf b;

	locate(r->d, r->g, &at);
	buf_init(&b, MAX_TOLD);
	if (r->g->level == LEVEL_UNKNOWN)
		buf_adds(&b, "not determined: ");
	all_told_add(&b, r->g, r->style);
	json_open(j, '{');
	json_member(j, "ruleId", rule_of(r->g->f->id)->slug);
	json_member_uint(j, "ruleIndex", r->rule);
	json_member(j, "level", sarif_level(r->g));
	sarif_text_json(j, "message", buf_str(&b));
	locations_json(j, r->g->f, &at);
	fingerprints_json(j, r->g, r->same);
	baseline_json(j, r->g);
	suppressions_json(j, r->g);
	fixes_json(j, r, &at);
	json_close(j, '}');
	buf_free(&b);
}
