/* SPDX-License-Identifier: ISC */
/*
 * refusal.c - the check of one refusal: which demand.
 */
#include "checks/refusal.h"
#include "checks/refusal_steps.h"

/* clang-format off */
static const struct {
	void (*judge)(struct reasoning *x);
	const char *text;
} demands[DEMAND_COUNT] = {
	[DEMAND_NONE] = { NULL, "" },
	[DEMAND_SPF] = { refusal_spf, "SPF has to pass" },
	[DEMAND_DKIM] = { refusal_dkim, "a DKIM signature has to pass" },
	[DEMAND_EITHER] = { refusal_either, "SPF or DKIM has to pass" },
	[DEMAND_ALL] = { refusal_all, "SPF, DKIM and DMARC have to pass, each of them" },
	[DEMAND_DMARC] = { refusal_dmarc, "SPF or DKIM has to pass for the From domain, whose DMARC policy is enforced" },
	[DEMAND_ALIGNMENT] = { refusal_dmarc, "SPF or DKIM has to pass for the From domain" },
	[DEMAND_RECORD] = { refusal_dmarc, "the From domain needs a DMARC record with a policy" },
	[DEMAND_PTR] = { refusal_ptr, "the sending address needs a reverse name that leads back to it" },
	[DEMAND_HELO] = { refusal_helo, "the HELO name has to be that of a host" },
	[DEMAND_LIST] = { refusal_list, "the sender must not stand on the block list" },
	[DEMAND_DOMAIN] = { refusal_domain, "the MAIL FROM domain has to exist and to take mail" },
	[DEMAND_MX] = { refusal_domain, "the MAIL FROM domain must not say by a null MX that it takes no mail" },
};
/* clang-format on */

const char *
refusal_demand_text(enum refusal_demand d)
{
	return demands[d].text;
}

bool
has_refusal(const struct subject *s)
{
	return s->refusal != NULL && demands[s->refusal->demand].judge != NULL;
}

void
check_refusal(struct audit *au)
{
	struct refusal_fact *f = arena_alloc(au->arena, sizeof(*f));
	struct reasoning x = { .au = au, .r = au->subject->refusal, .f = f };

	*f = (struct refusal_fact){ .finds = REFUSAL_LACKS, .lacks = "" };
	demands[x.r->demand].judge(&x);
	if (f->finds != REFUSAL_LACKS)
		f->failed = NULL; /* it would have changed nothing */
	if (!x.pending)
		au->facts->refusal = f;
}
