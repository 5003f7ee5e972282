/* SPDX-License-Identifier: ISC */
/*
 * rewrite_code.c - records in the languages of DNSControl (JavaScript) and of Terraform
 * (HCL): the call, and the string.
 */
#include "audit/sources/rewrite.h"
#include "audit/sources/zonelex.h"

#define MAX_STRING 255 /* RFC 1035 3.3 */

/* S in double quotes; what is not printable as \xHH. */
static void
add_js(struct buf *b, struct str s)
{
	static const char hex[] = "0123456789abcdef";

	buf_addc(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '"' || c == '\\')
			buf_addc(b, '\\');
		if (c >= 0x20 && c < 0x7f) {
			buf_addc(b, (char)c);
			continue;
		}
		buf_adds(b, "\\x");
		buf_addc(b, hex[c >> 4]);
		buf_addc(b, hex[c & 15]);
	}
	buf_addc(b, '"');
}

/* The label of OWNER in its zone; "@" = the top. */
static void
add_label(struct buf *b, const struct name *owner, const struct name *apex)
{
	struct name label = *owner;
	struct buf name;

	if (name_eq(owner, apex) || !name_is_below(owner, apex)) {
		buf_adds(b, "\"@\"");
		return;
	}
	label.n = (uint8_t)(owner->n - apex->n + 1);
	label.w[label.n - 1] = 0;
	buf_init(&name, MAX_NAME_TEXT);
	name_print(&name, &label);
	add_js(b, buf_str(&name));
	buf_free(&name);
}

bool
rewrite_dnscontrol(const struct rewriting *r, struct buf *b)
{
	struct zonelex lx;
	struct zone_entry e;
	struct buf line;
	bool ok = true;

	type_print(b, r->new->type);
	buf_addc(b, '(');
	add_label(b, r->w->owner, r->apex);
	if (r->new->type == RR_TXT || r->new->type == RR_SPF) {
		buf_adds(b, ", ");
		add_js(b, r->new->text);
		buf_addc(b, ')');
		return true;
	}
	buf_init(&line, MAX_NAME_TEXT + 64);
	rr_print(&line, r->new);
	zonelex_init(&lx, buf_str(&line));
	ok = zonelex_next(&lx, &e) && !str_eq(e.token[0].raw, STR("\\#"));
	for (size_t i = 0; ok && i < e.n; i++) {
		uint32_t n;

		buf_adds(b, ", ");
		if (parse_u32(e.token[i].raw, UINT32_MAX, &n))
			buf_addu(b, n);
		else
			add_js(b, e.token[i].raw);
	}
	buf_addc(b, ')');
	zonelex_free(&lx);
	buf_free(&line);
	return ok;
}

/* One byte of a quoted template of HCL; NEXT is the byte behind it, '\0' = none. */
static void
add_hcl_byte(struct buf *b, char c, char next)
{
	if (c == '"' || c == '\\')
		buf_addc(b, '\\');
	buf_addc(b, c);
	if ((c == '$' || c == '%') && next == '{')
		buf_addc(b, c); /* $${ and %%{ are ${ and %{ */
}

static void
add_hcl(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		add_hcl_byte(b, s.p[i], i + 1 < s.n ? s.p[i + 1] : '\0');
}

/* Whether the block that holds the offset AT of FILE is of a resource type that begins with TYPE.
 */
static bool
is_resource(struct str file, size_t at, const char *type)
{
	static const struct str word = { "resource \"", sizeof("resource \"") - 1 };

	while (at > 0) {
		at--;
		if (str_has_prefix(str_sub(file, at, word.n), word))
			return str_has_prefix(str_sub(file, at + word.n, 40), str_of(type));
	}
	return false;
}

/* TEXT in strings of 255 octets, QUOTE being what the providers want around each. */
static void
add_hcl_text(struct buf *b, struct str text, bool quoted, bool aws)
{
	buf_adds(b, quoted ? "\"\\\"" : "\"");
	for (size_t at = 0; at < text.n || at == 0; at += MAX_STRING) {
		size_t n = quoted || aws ? MAX_STRING : text.n;

		if (at > 0 && quoted)
			buf_adds(b, "\\\" \\\"");
		else if (at > 0)
			buf_adds(b, "\\\"\\\""); /* aws joins what stands around "" */
		add_hcl(b, str_sub(text, at, n));
		if (n == text.n)
			break;
	}
	buf_adds(b, quoted ? "\\\"\"" : "\"");
}

/* Whether the provider of the resource at ADDRESS wants quotes of DNS in its strings. */
static bool
wants_quotes(struct str address)
{
	return str_has_prefix(address, STR("google_")) || str_has_prefix(address, STR("hcloud_")) ||
	       str_has_prefix(address, STR("cloudflare_dns_record"));
}

bool
rewrite_terraform(const struct rewriting *r, struct buf *b)
{
	struct str old = str_sub(r->file, r->from, r->to - r->from);
	bool text = r->new->type == RR_TXT || r->new->type == RR_SPF;
	struct buf line;

	if (r->file.n > 0 && (old.n < 2 || old.p[0] != '"' || old.p[old.n - 1] != '"'))
		return false; /* the value is made of more than one string */
	if (text && r->file.n > 0) {
		add_hcl_text(b, r->new->text, str_has_prefix(old, STR("\"\\\"")),
		    is_resource(r->file, r->from, "aws_"));
		return true;
	}
	if (text) { /* the place is the address, aws_route53_record.spf */
		add_hcl_text(b, r->new->text, wants_quotes(r->w->old->file),
		    str_has_prefix(r->w->old->file, STR("aws_")));
		return true;
	}
	buf_init(&line, MAX_NAME_TEXT + 64);
	rr_print(&line, r->new);
	buf_addc(b, '"');
	add_hcl(b, buf_str(&line));
	buf_addc(b, '"');
	buf_free(&line);
	return true;
}
