/* SPDX-License-Identifier: ISC */
/*
 * dkim_hosts.c - zones of services that keep their customers' DKIM keys, as seen
 * behind selectors in public zones.
 */
#include "checks/dkim_hosts.h"
#include "checks/core/str.h"

#define MICROSOFT "Microsoft 365"

/* clang-format off */
const struct dkim_host dkim_hosts[] = {
	{ .zone = "alias.proton.me",			.provider = "SimpleLogin",		 .checked = "2026-11" },
	{ .zone = "anonaddy.me",			.provider = "addy.io",			 .checked = "2026-11" },
	{ .zone = "at.icloudmailadmin.com",		.provider = "Apple iCloud",		 .checked = "2026-11" },
	{ .zone = "azurecomm.net",			.provider = "Azure Communication Services", .checked = "2026-11" },
	{ .zone = "clerk.services",			.provider = "Clerk",			 .checked = "2026-11" },
	{ .zone = "convertkit.com",			.provider = "Kit (ConvertKit)",		 .checked = "2026-11" },
	{ .zone = "custdkim.salesforce.com",		.provider = "Salesforce",		 .checked = "2026-11" },
	{ .zone = "dkim.amazonses.com",			.provider = "Amazon SES",		 .checked = "2026-11" },
	{ .zone = "dkim.atlassian.net",			.provider = "Atlassian Cloud",		 .checked = "2026-11" },
	{ .zone = "dkim.brevo.com",			.provider = "Brevo",			 .checked = "2026-11" },
	{ .zone = "dkim.custom-email-domain.stripe.com", .provider = "Stripe (Amazon SES)",	 .checked = "2026-11" },
	{ .zone = "dkim.fmhosted.com",			.provider = "Fastmail",			 .checked = "2026-11" },
	{ .zone = "dkim.hubspotemail.net",		.provider = "HubSpot",			 .checked = "2026-11" },
	{ .zone = "dkim.intercom.io",			.provider = "Intercom",			 .checked = "2026-11" },
	{ .zone = "dkim.ipzsv.com",			.provider = "Acumbamail",		 .checked = "2026-11" },
	{ .zone = "dkim.mail.hostinger.com",		.provider = "Hostinger Mail",		 .checked = "2026-11" },
	{ .zone = "dkim.mail.microsoft",		.provider = MICROSOFT,			 .checked = "2026-11" },
	{ .zone = "dkim.skiff.com",			.provider = "Skiff (ended in 2024)",	 .checked = "2026-11" },
	{ .zone = "dkim.smtp.mailtrap.live",		.provider = "Mailtrap",			 .checked = "2026-11" },
	{ .zone = "dkim.smtp2go.net",			.provider = "SMTP2GO",			 .checked = "2026-11" },
	{ .zone = "dkimroot.purelymail.com",		.provider = "Purelymail",		 .checked = "2026-11" },
	{ .zone = "domains.proton.ch",			.provider = "Proton Mail",		 .checked = "2026-11" },
	{ .zone = "e-shot.org",				.provider = "e-shot",			 .checked = "2026-11" },
	{ .zone = "email.myshopify.com",		.provider = "Shopify Email",		 .checked = "2026-11" },
	{ .zone = "freshemail.io",			.provider = "Freshdesk",		 .checked = "2026-11" },
	{ .zone = "happyfox.com",			.provider = "HappyFox",			 .checked = "2026-11" },
	{ .zone = "helpscout.net",			.provider = "Help Scout",		 .checked = "2026-11" },
	{ .zone = "mailbox.org",			.provider = "mailbox.org",		 .checked = "2026-11" },
	{ .zone = "mailersend.net",			.provider = "MailerSend",		 .checked = "2026-11" },
	{ .zone = "mcsv.net",				.provider = "Mailchimp",		 .checked = "2026-11" },
	{ .zone = "migadu.com",				.provider = "Migadu",			 .checked = "2026-11" },
	{ .zone = "mlsend.com",				.provider = "MailerLite",		 .checked = "2026-11" },
	{ .zone = "onmicrosoft.com",			.provider = MICROSOFT,			 .checked = "2026-11" },
	{ .zone = "sendgrid.net",			.provider = "SendGrid",			 .checked = "2026-11" },
	{ .zone = "sendlayer.net",			.provider = "SendLayer",		 .checked = "2026-11" },
	{ .zone = "seznam.cz",				.provider = "Seznam Email Profi",	 .checked = "2026-11" },
	{ .zone = "simplelogin.co",			.provider = "SimpleLogin",		 .checked = "2026-11" },
	{ .zone = "uberspace.de",			.provider = "Uberspace",		 .checked = "2026-11" },
	{ .zone = "zendesk.com",			.provider = "Zendesk",			 .checked = "2026-11" },
};
/* clang-format on */

const size_t n_dkim_hosts = ARRAY_LEN(dkim_hosts);

/* Whether NAME is ZONE or below it, by text: both are in lower case. */
static bool
is_at(struct str name, struct str zone)
{
	return name.n >= zone.n && str_eq(str_sub(name, name.n - zone.n, zone.n), zone) &&
	       (name.n == zone.n || name.p[name.n - zone.n - 1] == '.');
}

const char *
dkim_provider(const struct name *target)
{
	char text[MAX_NAME_TEXT];
	struct buf b = { .p = text, .room = sizeof(text), .max = sizeof(text) };
	uint32_t starts = 0; /* bit C & 31 for each byte C that one of its labels begins with */

	if (target->n == 0)
		return NULL;
	name_print(&b, target);
	for (size_t at = 0; at < b.n; at = str_find(buf_str(&b), at, '.') + 1)
		starts |= UINT32_C(1) << (text[at] & 31);
	for (size_t i = 0; i < n_dkim_hosts; i++)
		if ((starts >> (dkim_hosts[i].zone[0] & 31) & 1) != 0 &&
		    is_at(buf_str(&b), str_of(dkim_hosts[i].zone)))
			return dkim_hosts[i].provider;
	return NULL;
}

bool
dkim_is_microsoft(const struct name *target)
{
	const char *p = dkim_provider(target);

	return p != NULL && str_eq(str_of(p), STR(MICROSOFT));
}
