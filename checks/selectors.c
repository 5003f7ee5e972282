/* SPDX-License-Identifier: ISC */
/*
 * selectors.c - DKIM selectors worth probing: those seen in most independent
 * public zone repositories, most frequent first; of a set that a service
 * publishes together, the members that may stand alone.
 */
#include "checks/selectors.h"
#include "checks/core/str.h"

/* clang-format off */
const struct selector_probe selector_probes[] = {
	{ .name = "google",	.provider = "Google Workspace",		   .checked = "2026-11" },
	{ .name = "mail",	.provider = "Brevo (old), self-hosted",	   .checked = "2026-11" },
	{ .name = "fm1",	.provider = "Fastmail",			   .checked = "2026-11" },
	{ .name = "dkim",	.provider = "SimpleLogin, mailcow",	   .checked = "2026-11" },
	{ .name = "k2",		.provider = "Mailchimp",		   .checked = "2026-11" },
	{ .name = "k3",		.provider = "Mailchimp",		   .checked = "2026-11" },
	{ .name = "default",	.provider = "cPanel, Plesk",		   .checked = "2026-11" },
	{ .name = "protonmail",	.provider = "Proton Mail",		   .checked = "2026-11" },
	{ .name = "resend",	.provider = "Resend",			   .checked = "2026-11" },
	{ .name = "s1",		.provider = "SendGrid",			   .checked = "2026-11" },
	{ .name = "s2",		.provider = "SendGrid",			   .checked = "2026-11" },
	{ .name = "pic",	.provider = "Mailgun",			   .checked = "2026-11" },
	{ .name = "mailo",	.provider = "Mailgun",			   .checked = "2026-11" },
	{ .name = "sig1",	.provider = "Apple iCloud",		   .checked = "2026-11" },
	{ .name = "selector1",	.provider = "Microsoft 365",		   .checked = "2026-11" },
	{ .name = "selector2",	.provider = "Microsoft 365",		   .checked = "2026-11" },
	{ .name = "zmail",	.provider = "Zoho Mail",		   .checked = "2026-11" },
	{ .name = "smtp",	.provider = "Mailgun",			   .checked = "2026-11" },
	{ .name = "mx",		.provider = "Mailgun",			   .checked = "2026-11" },
	{ .name = "key1",	.provider = "Migadu",			   .checked = "2026-11" },
	{ .name = "smtpapi",	.provider = "SendGrid (old)",		   .checked = "2026-11" },
	{ .name = "k1",		.provider = "Mailchimp, Mailgun (old)",	   .checked = "2026-11" },
	{ .name = "zoho",	.provider = "Zoho Mail",		   .checked = "2026-11" },
	{ .name = "brevo1",	.provider = "Brevo",			   .checked = "2026-11" },
};
/* clang-format on */

const size_t n_selector_probes = ARRAY_LEN(selector_probes);

_Static_assert(ARRAY_LEN(selector_probes) <= MAX_SELECTOR_PROBES, "a short list");
