/* SPDX-License-Identifier: ISC */
/*
 * idn.c - libidn2 is asked only when there is something to convert: it would
 * refuse the underscores and odd names that DNS allows.
 */
#include "audit/idn.h"
#include <idn2.h>
#include "checks/core/addr.h"

#define MAX_TYPED 1024 /* bytes of UTF-8; 253 octets of A-labels take less */

static const char *
why_not(enum name_error e)
{
	switch (e) {
	case NAME_EMPTY:
		return "the name is empty";
	case NAME_EMPTY_LABEL:
		return "two dots without a label between them";
	case NAME_LABEL_LONG:
		return "a label is longer than 63 octets";
	case NAME_LONG:
		return "the name is longer than 253 octets";
	case NAME_ESCAPE:
		return "a wrong escape";
	default:
		return NULL;
	}
}

static bool
is_ascii(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] > 0x7f)
			return false;
	return true;
}

/* Whether S is a name of reverse DNS, where '/' may stand in a label (RFC 2317 4). */
static bool
is_reverse(struct str s)
{
	struct str end = STR(".arpa");

	if (s.n > 0 && s.p[s.n - 1] == '.')
		s.n--;
	return s.n > end.n && str_ieq(str_sub(s, s.n - end.n, s.n), end);
}

/* What is no name but something near one. */
static const char *
check_bytes(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '@')
			return "an address, not a domain: give the part after the @";
		if (s.p[i] == ':')
			return "not a domain name: no scheme and no port is wanted";
		if (s.p[i] == '"' || s.p[i] == '\'')
			return "not a domain name: no quotes are wanted";
		if (s.p[i] == ',')
			return "not a domain name: names are given one by one";
		if ((unsigned char)s.p[i] <= 0x20 || s.p[i] == 0x7f)
			return "a blank or control byte in the name";
	}
	if (str_find(s, 0, '/') < s.n && !is_reverse(s))
		return "a path, not a domain: a zone file is given with --zone";
	return NULL;
}

/* A slip that would be audited as it stands, and answered with nonsense. */
static const char *
check_labels(const struct name *n)
{
	struct addr a;
	struct buf b;
	bool is_addr;

	for (size_t i = 0; i < name_labels(n); i++)
		if (str_eq(name_label(n, i), STR("_domainkey")))
			return "the name of a DKIM key: give the domain, and --selector for the "
			       "key";
	if (str_eq(name_label(n, 0), STR("_dmarc")))
		return "the name of a DMARC record: give the domain without _dmarc";
	if (str_eq(name_label(n, 0), STR("*")))
		return "a wildcard: give a name that mail is sent from";
	buf_init(&b, MAX_NAME_TEXT);
	name_print(&b, n);
	is_addr = addr_parse(buf_str(&b), &a) == ADDR_OK;
	buf_free(&b);
	return is_addr ? "an address: give it with --ip" : NULL;
}

const char *
idn_parse(struct str text, struct name *out)
{
	char typed[MAX_TYPED + 1];
	uint8_t *ascii = NULL;
	const char *why;
	int rc;

	out->n = 0;
	if ((why = check_bytes(text)) != NULL)
		return why;
	if (is_ascii(text)) {
		why = why_not(name_parse(text, out));
	} else {
		if (text.n > MAX_TYPED)
			return why_not(NAME_LONG);
		memcpy(typed, text.p, text.n);
		typed[text.n] = '\0';
		rc = idn2_lookup_u8((const uint8_t *)typed, &ascii,
		    IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL | IDN2_NO_ALABEL_ROUNDTRIP);
		if (rc != IDN2_OK)
			return idn2_strerror(rc);
		why = why_not(name_parse(str_of((const char *)ascii), out));
		idn2_free(ascii);
	}
	if (why == NULL && !name_is_set(out))
		return "the root is not a domain";
	return why != NULL ? why : check_labels(out);
}
