/* SPDX-License-Identifier: ISC */
/*
 * listfile.c - block lists out of a file.
 */
#include "audit/listfile.h"

#include <errno.h>
#include <stdio.h>

#include "audit/error.h"
#include "checks/core/addr.h"
#include "checks/core/name.h"

/* One file while it is read. */
struct listfile {
	struct arena *a;
	struct str line;
	uint32_t line_no;
	struct listfile_error *error;
	size_t columns[MAX_LISTFILE_COLUMNS]; /* index into fields[] of each column */
	size_t n_columns;
	struct dnsbl_list *lists;
	size_t n, cap;
};

/* Say that WHAT, a part of the line, is wrong. */
static bool
refuse(struct listfile *f, struct str what, const char *why)
{
	size_t at = what.p != NULL ? (size_t)(what.p - f->line.p) : 0;

	*f->error =
	    (struct listfile_error){ .line = f->line_no, .column = (uint32_t)at + 1, .why = why };
	return false;
}

static struct str
first_word(struct str s)
{
	return str_sub(s, 0, str_find(s, 0, ' '));
}

/* A word and what it stands for. */
struct word {
	const char *text;
	unsigned value;
};

static bool
find_word(const struct word *words, size_t n, struct str text, unsigned *out)
{
	for (size_t i = 0; i < n; i++) {
		if (!str_ieq(text, str_of(words[i].text)))
			continue;
		*out = words[i].value;
		return true;
	}
	return false;
}

/* The next item of LIST, divided by SEP, blanks trimmed. */
static bool
next_item(struct str list, char sep, size_t *pos, struct str *out)
{
	size_t end;

	if (*pos > list.n || (*pos == list.n && list.n == 0))
		return false;
	end = str_find(list, *pos, sep);
	*out = str_trim(str_sub(list, *pos, end - *pos));
	*pos = end + 1;
	return true;
}

static bool
read_zone(struct listfile *f, struct str v, struct dnsbl_list *l)
{
	struct name zone;

	if (str_find(v, 0, '<') < v.n)
		return refuse(f, v, "a zone that holds a key cannot be used: names are shown");
	if (name_parse(v, &zone) != NAME_OK || !name_is_set(&zone) ||
	    !name_is_hostname(&zone, true))
		return refuse(f, v, "not the name of a zone");
	l->zone = name_text(f->a, &zone).p;
	for (size_t i = 0; i < f->n; i++)
		if (str_eq(str_of(f->lists[i].zone), str_of(l->zone)))
			return refuse(f, v, "this zone stands in the file already");
	return true;
}

static bool
read_kind(struct listfile *f, struct str v, struct dnsbl_list *l)
{
	static const struct word kinds[] = { { "ip4", LIST_IP4 }, { "ip6", LIST_IP6 },
		{ "domain", LIST_DOMAIN }, { "allow-ip", LIST_IP4 | LIST_ALLOW },
		{ "allow-domain", LIST_DOMAIN | LIST_ALLOW } };
	struct str item;
	size_t pos = 0;
	unsigned one;

	while (next_item(v, ',', &pos, &item)) {
		if (!find_word(kinds, ARRAY_LEN(kinds), item, &one))
			return refuse(f, item,
			    "kind is one or more of ip4, ip6, domain, allow-ip, allow-domain");
		l->kind |= one;
	}
	return true;
}

static bool
read_state(struct listfile *f, struct str v, struct dnsbl_list *l)
{
	static const struct word states[] = { { "active", LIST_ACTIVE },
		{ "registered", LIST_REGISTERED }, { "unknown", LIST_UNKNOWN },
		{ "closed", LIST_DEAD }, { "dead", LIST_DEAD }, { "unsafe", LIST_DEAD },
		{ "folded", LIST_DEAD }, { "keyed", LIST_KEYED }, { "paid-only", LIST_KEYED } };
	unsigned state;

	if (!find_word(states, ARRAY_LEN(states), first_word(v), &state))
		return refuse(f, v, "state is active, registered, unknown, closed or paid-only");
	l->state = (enum list_state)state;
	return true;
}

static bool
read_match(struct listfile *f, struct str v, struct dnsbl_list *l)
{
	static const struct word matches[] = { { "any", MATCH_ANY }, { "exact", MATCH_EXACT },
		{ "bitmask", MATCH_BITMASK }, { "octet3", MATCH_OCTET3 },
		{ "octet4", MATCH_OCTET4 }, { "octets3-4", MATCH_OCTET4 } };
	unsigned match;

	if (!find_word(matches, ARRAY_LEN(matches), v, &match))
		return refuse(f, v, "match is any, exact, bitmask, octet3 or octet4");
	l->match = (enum list_match)match;
	return true;
}

static bool
read_weight(struct listfile *f, struct str v, struct dnsbl_list *l)
{
	static const struct word weights[] = { { "high", WEIGHT_HIGH }, { "medium", WEIGHT_MEDIUM },
		{ "low", WEIGHT_LOW }, { "informational", WEIGHT_INFORMATIONAL } };
	unsigned weight;

	if (!find_word(weights, ARRAY_LEN(weights), v, &weight))
		return refuse(f, v, "weight is high, medium, low or informational");
	l->weight = (enum list_weight)weight;
	return true;
}

/* N (127.0.0.N) or 127.x.y.z, as x.y.z. */
static bool
read_value(struct str v, uint32_t *out)
{
	struct addr a;

	if (parse_u32(v, 255, out))
		return true;
	if (addr_parse4(v, &a) != ADDR_OK || a.b[0] != 127)
		return false;
	*out = (uint32_t)a.b[1] << 16 | (uint32_t)a.b[2] << 8 | a.b[3];
	return true;
}

/* N or N..M into C. */
static bool
read_range(struct str v, struct dnsbl_code *c)
{
	size_t dots = 0;

	while (dots < v.n && !str_has_prefix(str_sub(v, dots, v.n), STR("..")))
		dots++;
	if (!read_value(str_sub(v, 0, dots), &c->first))
		return false;
	c->last = c->first;
	if (dots < v.n && !read_value(str_sub(v, dots + 2, v.n), &c->last))
		return false;
	return c->last >= c->first;
}

/*
 * "VALUE=meaning;VALUE,VALUE=meaning" into ROWS.  What does not begin with a
 * digit is a remark.
 */
static bool
read_codes(struct listfile *f, struct str v, struct dnsbl_code *rows, size_t max)
{
	struct str item, one;
	size_t pos = 0, n = 0;

	while (next_item(v, ';', &pos, &item)) {
		size_t equals = str_find(item, 0, '='), at = 0;
		struct str values = str_sub(item, 0, equals);
		const char *meaning;

		if (item.n == 0 || !ascii_isdigit(item.p[0]))
			continue;
		if (equals + 1 >= item.n)
			return refuse(f, item, "a code needs a meaning, as in 2=listed");
		meaning = arena_str(f->a, str_trim(str_sub(item, equals + 1, item.n))).p;
		while (next_item(values, ',', &at, &one)) {
			struct dnsbl_code c = { .meaning = meaning };

			if (!read_range(one, &c))
				return refuse(f, one, "a code is N, N..M or 127.x.y.z");
			if (n == max)
				return refuse(f, one, "too many codes for one list");
			rows[n++] = c;
		}
	}
	return true;
}

static bool
read_return_codes(struct listfile *f, struct str v, struct dnsbl_list *l)
{
	return read_codes(f, v, l->codes, MAX_LIST_CODES);
}

static bool
read_error_codes(struct listfile *f, struct str v, struct dnsbl_list *l)
{
	return read_codes(f, v, l->errors, MAX_LIST_ERRORS);
}

/* Entries divided by semicolons; of each the first word, behind which stand remarks. */
static bool
read_tests(struct listfile *f, struct str v, struct dnsbl_list *l)
{
	struct str item;
	struct addr ip;
	struct name name;
	size_t pos = 0, n = 0;

	while (next_item(v, ';', &pos, &item)) {
		struct str word = first_word(item);

		if (word.n == 0 || str_ieq(word, STR("none")))
			continue;
		if (addr_parse(word, &ip) != ADDR_OK &&
		    (name_parse(word, &name) != NAME_OK || !name_is_hostname(&name, true)))
			return refuse(f, word, "a test point is an address or a domain");
		if (n == MAX_LIST_TESTS)
			return refuse(f, word, "too many test points for one list");
		l->tests[n++] = arena_str(f->a, word).p;
	}
	return true;
}

static bool
read_url(struct listfile *f, struct str v, struct dnsbl_list *l)
{
	if (!str_has_iprefix(v, STR("https://")) && !str_has_iprefix(v, STR("http://")))
		return refuse(f, v, "a URL begins with https:// or http://");
	l->url = arena_str(f->a, v).p;
	return true;
}

static bool
read_verified(struct listfile *f, struct str v, struct dnsbl_list *l)
{
	(void)f;
	l->verified = str_ieq(v, STR("y"));
	return true;
}

static bool
read_operator(struct listfile *f, struct str v, struct dnsbl_list *l)
{
	l->run_by = arena_str(f->a, v).p;
	return true;
}

static bool
read_delist(struct listfile *f, struct str v, struct dnsbl_list *l)
{
	l->delist = arena_str(f->a, v).p;
	return true;
}

static bool
read_source(struct listfile *f, struct str v, struct dnsbl_list *l)
{
	l->source = arena_str(f->a, v).p;
	return true;
}

static bool
read_checked(struct listfile *f, struct str v, struct dnsbl_list *l)
{
	l->checked = arena_str(f->a, v).p;
	return true;
}

/* clang-format off */
static const struct {
	const char *name; /* in the first line */
	bool (*read)(struct listfile *f, struct str v, struct dnsbl_list *l); /* NULL = for people */
} fields[] = {
	{ "zone", read_zone },
	{ "kind", read_kind },
	{ "operator", read_operator },
	{ "state", read_state },
	{ "return_codes", read_return_codes },
	{ "match", read_match },
	{ "error_codes", read_error_codes },
	{ "test_points", read_tests },
	{ "weight_hint", read_weight },
	{ "lookup_delist_url", read_url },
	{ "delist_how", read_delist },
	{ "source", read_source },
	{ "source_date", read_checked },
	{ "verified", read_verified },
	{ "verified_what", NULL },
	{ "note", NULL },
};
/* clang-format on */

/* The first line: which column is which. */
static bool
read_header(struct listfile *f)
{
	bool seen[ARRAY_LEN(fields)] = { false };
	struct str cell;
	size_t pos = 0;

	while (next_item(f->line, '\t', &pos, &cell)) {
		size_t i = 0;

		while (i < ARRAY_LEN(fields) && !str_ieq(cell, str_of(fields[i].name)))
			i++;
		if (i == ARRAY_LEN(fields))
			return refuse(
			    f, cell, "no column has this name (the first line names them)");
		if (seen[i] || f->n_columns == MAX_LISTFILE_COLUMNS)
			return refuse(f, cell, "this column stands twice");
		seen[i] = true;
		f->columns[f->n_columns++] = i;
	}
	if (!seen[0] || !seen[1])
		return refuse(f, f->line, "the columns zone and kind are needed");
	return true;
}

/* One list. */
static bool
read_row(struct listfile *f)
{
	struct dnsbl_list l = { .state = LIST_ACTIVE, .weight = WEIGHT_MEDIUM, .run_by = "" };
	struct str cell;
	size_t pos = 0, column = 0;

	while (next_item(f->line, '\t', &pos, &cell)) {
		size_t field;

		if (column == f->n_columns)
			return refuse(f, cell, "more cells than the first line has columns");
		field = f->columns[column++];
		if (cell.n == 0 || str_eq(cell, STR("-")) || fields[field].read == NULL)
			continue;
		if (!fields[field].read(f, cell, &l))
			return false;
	}
	if (l.zone == NULL || l.kind == 0)
		return refuse(f, f->line, "a list needs a zone and a kind");
	if (l.match != MATCH_ANY && l.codes[0].meaning == NULL && dnsbl_is_askable(&l))
		return refuse(f, f->line, "a list whose match is not any needs return codes");
	if (f->n == MAX_LISTFILE_ROWS)
		return refuse(f, f->line, "too many lists");
	if (l.kind & LIST_ALLOW)
		for (size_t i = 0; i < MAX_LIST_CODES; i++)
			l.codes[i].effect = CODE_GOOD;
	arena_grow(f->a, &f->lists, f->n, &f->cap, sizeof(*f->lists));
	f->lists[f->n++] = l;
	return true;
}

/* Control bytes other than the tab have no place in a line. */
static bool
is_text(struct listfile *f)
{
	for (size_t i = 0; i < f->line.n; i++) {
		unsigned char c = (unsigned char)f->line.p[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return refuse(f, str_sub(f->line, i, 1), "a control byte");
	}
	return true;
}

int
listfile_parse(struct arena *a, struct str text, const struct dnsbl_list **out, size_t *n,
    struct listfile_error *error)
{
	struct listfile f = { .a = a, .error = error };
	size_t pos = 0;

	*error = (struct listfile_error){ .line = 0, .why = "" };
	while (pos < text.n) {
		size_t end = str_find(text, pos, '\n');

		f.line = str_sub(text, pos, end - pos);
		f.line_no++;
		pos = end + 1;
		if (f.line.n > 0 && f.line.p[f.line.n - 1] == '\r')
			f.line.n--;
		if (!is_text(&f))
			return AUDIT_EFORMAT;
		if (str_trim(f.line).n == 0 || f.line.p[0] == '#')
			continue;
		if (f.n_columns == 0 ? !read_header(&f) : !read_row(&f))
			return AUDIT_EFORMAT;
	}
	*out = f.lists;
	*n = f.n;
	return f.n > 0 ? AUDIT_OK : AUDIT_EEMPTY;
}

/* The bytes of the file at PATH, owned by A. */
static int
read_bytes(struct arena *a, const char *path, struct str *out)
{
	FILE *in = fopen(path, "rb");
	char *p = arena_alloc(a, MAX_LISTFILE_BYTES + 1);
	int rc = AUDIT_OK;

	if (in == NULL) {
		audit_warn("%s: %s", path, strerror(errno));
		return AUDIT_EREAD;
	}
	out->p = p;
	out->n = fread(p, 1, MAX_LISTFILE_BYTES + 1, in);
	if (ferror(in)) {
		audit_warn("%s: %s", path, strerror(errno));
		rc = AUDIT_EREAD;
	} else if (out->n > MAX_LISTFILE_BYTES) {
		audit_warn("%s: larger than %zu bytes", path, MAX_LISTFILE_BYTES);
		rc = AUDIT_EFORMAT;
	}
	fclose(in);
	return rc;
}

int
listfile_read(struct arena *a, const char *path, const struct dnsbl_list **out, size_t *n)
{
	struct listfile_error error;
	struct str text;
	int rc = read_bytes(a, path, &text);

	if (rc != AUDIT_OK)
		return rc;
	rc = listfile_parse(a, text, out, n, &error);
	if (rc == AUDIT_EFORMAT)
		audit_warn("%s:%u:%u: %s", path, error.line, error.column, error.why);
	else if (rc == AUDIT_EEMPTY)
		audit_warn("%s: holds no list", path);
	return rc;
}
