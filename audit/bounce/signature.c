/* SPDX-License-Identifier: ISC */
/*
 * signature.c - whether codes and the phase let a row be the answer.
 */
#include "audit/bounce/signature.h"

/* Read a number at *P of a token of codes. */
static unsigned
number_at(const char **p)
{
	unsigned n = 0;

	while (ascii_isdigit(**p))
		n = n * 10 + (unsigned)(*(*p)++ - '0');
	return n;
}

/* One token: "550", "5.7.26", "x.7.26", "5.7.606-649". */
static bool
code_fits(const char *t, const struct refusal *q)
{
	unsigned class, subject, low, high;

	if (t[1] != '.') {
		low = number_at(&t);
		return low == q->code;
	}
	class = *t == 'x' ? 0 : (unsigned)(*t - '0');
	t += 2;
	subject = number_at(&t);
	t++;
	low = high = number_at(&t);
	if (*t == '-') {
		t++;
		high = number_at(&t);
	}
	return q->enhanced.class != 0 && (class == 0 || class == q->enhanced.class) &&
	       subject == q->enhanced.subject && q->enhanced.detail >= low &&
	       q->enhanced.detail <= high;
}

bool
signature_codes_fit(const char *codes, const struct refusal *q)
{
	while (codes != NULL && *codes != '\0') {
		if (code_fits(codes, q))
			return true;
		while (*codes != '\0' && *codes != ' ')
			codes++;
		while (*codes == ' ')
			codes++;
	}
	return false;
}

enum fit
signature_phase_fit(enum mechanism m, enum phase p)
{
	bool early = p == PHASE_CONNECT || p == PHASE_HELO || p == PHASE_STARTTLS;

	switch (m) {
	case MECH_DKIM:
	case MECH_DMARC:
	case MECH_ARC:
	case MECH_AUTH_ANY:
	case MECH_CONTENT:
	case MECH_RFC5322:
		if (early || p == PHASE_MAIL)
			return FIT_NO;
		return p == PHASE_RCPT ? FIT_DOUBTFUL : FIT_YES;
	case MECH_SPF:
		if (p == PHASE_CONNECT || p == PHASE_STARTTLS)
			return FIT_NO;
		return p == PHASE_HELO ? FIT_DOUBTFUL : FIT_YES;
	case MECH_RECIPIENT:
	case MECH_MAILBOX_FULL:
		return early || p == PHASE_END_OF_DATA ? FIT_DOUBTFUL : FIT_YES;
	case MECH_NULL_MX:
	case MECH_SENDER_DOMAIN:
		return early ? FIT_DOUBTFUL : FIT_YES;
	default:
		return FIT_YES;
	}
}

bool
signature_ends_in_name(struct str s)
{
	static const struct str names[] = { STR("spf"), STR("dkim"), STR("dmarc") };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (s.n >= names[i].n && str_eq(str_sub(s, s.n - names[i].n, names[i].n), names[i]))
			return true;
	return false;
}

bool
signature_is_technical(const char *needle)
{
	return strpbrk(needle, "./_=@?#:") != NULL;
}
