/* SPDX-License-Identifier: ISC */
/* table */
/*
 * requirements_table.c - what providers demand, facts and nothing else.  Where two pages
 * of one provider name different codes, both stand.
 */
#include "checks/requirements.h"

#define GOOGLE "support.google.com/a/answer/81126"
#define GOOGLE_FAQ "support.google.com/a/answer/14229414"
#define YAHOO "senders.yahooinc.com/best-practices"
#define MICROSOFT "sendersupport.olc.protection.outlook.com policies"
#define APPLE "support.apple.com/102322"

/* clang-format off */
const struct requirement requirements[] = {
	{ "gmail", REQUIRE_PTR, BINDS_ALL, "the address has a PTR name that leads back to it",
	  "4.7.23 5.7.25", "2024-02-01", GOOGLE, "2026-03-11" },
	{ "gmail", REQUIRE_NOT_LISTED, BINDS_ALL, "the address is on no block list", "", "", GOOGLE, "2026-03-21" },
	{ "gmail", REQUIRE_SPF_OR_DKIM, BINDS_ALL, "SPF or DKIM passes", "4.7.26 5.7.26", "2024-02-01", GOOGLE,
	  "2026-03-21" },
	{ "gmail", REQUIRE_SPF, BINDS_BULK, "SPF passes", "4.7.27 5.7.27", "2024-02-01", GOOGLE, "2026-03-11" },
	{ "gmail", REQUIRE_DKIM, BINDS_BULK, "DKIM passes", "4.7.30 5.7.30", "2024-02-01", GOOGLE, "2026-03-11" },
	{ "gmail", REQUIRE_KEY_BITS, BINDS_ALL, "DKIM keys have 1024 bits or more", "", "", GOOGLE, "2026-03-21" },
	{ "gmail", REQUIRE_POLICY, BINDS_ALL, "the domain's own DMARC policy does not have the mail refused", "5.7.26", "",
	  GOOGLE, "2026-03-21" },
	{ "gmail", REQUIRE_DMARC, BINDS_BULK, "a DMARC record, p=none is enough", "4.7.31 4.7.40 5.7.40",
	  "2024-02-01", GOOGLE_FAQ, "2026-03-11" },
	{ "gmail", REQUIRE_ALIGNED, BINDS_BULK, "SPF or DKIM is aligned with From", "4.7.32 5.7.32", "2024-02-01",
	  GOOGLE, "2026-03-11" },
	{ "gmail", REQUIRE_UNSEEN, BINDS_ALL, "mail is handed over with TLS", "4.7.29 5.7.29", "2023-12", GOOGLE,
	  "2026-03-11" },
	{ "gmail", REQUIRE_UNSEEN, BINDS_ALL, "complaints stay under 0.1 %, never 0.3 %", "4.7.28", "2024-02",
	  GOOGLE, "2026-03-11" },
	{ "gmail", REQUIRE_UNSEEN, BINDS_MARKETING, "one-click unsubscription (RFC 8058), done in 48 hours", "",
	  "2024-06-01", GOOGLE, "2026-03-11" },
	{ "gmail", REQUIRE_UNSEEN, BINDS_BULK, "mail of sub-domains counts for the whole domain", "", "2024-02",
	  GOOGLE_FAQ, "2026-03-11" },

	{ "yahoo", REQUIRE_DOMAINS, BINDS_ALL, "the domains of MAIL FROM and From resolve", "", "", YAHOO, "2025-04-10" },
	{ "yahoo", REQUIRE_PTR, BINDS_ALL, "the address has a PTR name that leads back to it", "", "2024-02", YAHOO,
	  "2025-04-10" },
	{ "yahoo", REQUIRE_NOT_SPAMHAUS, BINDS_ALL, "the address is not listed by Spamhaus", "", "", YAHOO,
	  "2025-04-10" },
	{ "yahoo", REQUIRE_SPF_OR_DKIM, BINDS_ALL, "SPF or DKIM passes", "5.7.9", "2024-02", YAHOO, "2025-04-10" },
	{ "yahoo", REQUIRE_SPF, BINDS_BULK, "SPF passes", "5.7.9", "2024-02", YAHOO, "2025-04-10" },
	{ "yahoo", REQUIRE_DKIM, BINDS_BULK, "DKIM passes", "5.7.9", "2024-02", YAHOO, "2025-04-10" },
	{ "yahoo", REQUIRE_KEY_BITS, BINDS_ALL, "DKIM keys have 1024 bits or more", "", "", YAHOO, "2025-04-10" },
	{ "yahoo", REQUIRE_POLICY, BINDS_ALL, "the domain's own DMARC policy does not have the mail refused", "5.7.9", "", YAHOO,
	  "2025-04-10" },
	{ "yahoo", REQUIRE_DMARC, BINDS_BULK, "a DMARC record, p=none is enough", "5.7.9", "2024-02", YAHOO,
	  "2025-04-10" },
	{ "yahoo", REQUIRE_ALIGNED, BINDS_BULK, "SPF or DKIM is aligned with From", "5.7.9", "2024-02", YAHOO,
	  "2025-04-10" },
	{ "yahoo", REQUIRE_UNSEEN, BINDS_ALL, "complaints stay under 0.3 %", "4.7.0", "2024-02", YAHOO, "2025-04-10" },
	{ "yahoo", REQUIRE_UNSEEN, BINDS_BULK, "somebody reads the DMARC reports", "", "2024-02", YAHOO, "2025-04-10" },
	{ "yahoo", REQUIRE_UNSEEN, BINDS_MARKETING, "List-Unsubscribe, done in two days", "", "2024-06", YAHOO,
	  "2025-08-02" },

	{ "microsoft", REQUIRE_DOMAINS, BINDS_BULK, "From takes mail", "", "2025-05-05", MICROSOFT, "2025-08-02" },
	{ "microsoft", REQUIRE_PTR, BINDS_ALL, "the address has a PTR name", "5.7.25", "", MICROSOFT, "2026-06-15" },
	{ "microsoft", REQUIRE_SPF, BINDS_BULK, "SPF passes", "5.7.515", "2025-05-05", MICROSOFT, "2026-06-15" },
	{ "microsoft", REQUIRE_DKIM, BINDS_BULK, "DKIM passes", "5.7.515", "2025-05-05", MICROSOFT, "2026-06-15" },
	{ "microsoft", REQUIRE_POLICY, BINDS_ALL, "the domain's own DMARC policy does not have the mail refused", "5.7.509", "",
	  MICROSOFT, "2026-06-15" },
	{ "microsoft", REQUIRE_DMARC, BINDS_BULK, "a DMARC record, p=none is enough", "5.7.515", "2025-05-05",
	  MICROSOFT, "2026-06-15" },
	{ "microsoft", REQUIRE_ALIGNED, BINDS_BULK, "SPF or DKIM is aligned with From", "5.7.515 5.7.509",
	  "2025-05-05", MICROSOFT, "2026-06-15" },
	{ "microsoft", REQUIRE_UNSEEN, BINDS_ALL, "no dial-up or customer range, at most 500 connections at once",
	  "4.7.652", "", MICROSOFT, "2026-06-15" },
	{ "microsoft", REQUIRE_UNSEEN, BINDS_MARKETING, "an unsubscribe link that works", "", "", MICROSOFT,
	  "2026-06-15" },

	{ "apple", REQUIRE_PTR, BINDS_BULK, "the address has a PTR name of the sender", "", "2025-02-25", APPLE,
	  "2025-02-25" },
	{ "apple", REQUIRE_SPF, BINDS_BULK, "SPF passes", "5.7.1", "2025-02-25", APPLE, "2025-02-25" },
	{ "apple", REQUIRE_DKIM, BINDS_BULK, "DKIM passes", "5.7.1", "2025-02-25", APPLE, "2025-02-25" },
	{ "apple", REQUIRE_POLICY, BINDS_ALL, "the domain's own DMARC policy does not have the mail refused", "5.7.1", "", APPLE,
	  "2025-02-25" },
	{ "apple", REQUIRE_DMARC, BINDS_BULK, "a DMARC record", "5.7.1", "2025-02-25", APPLE, "2025-02-25" },
	{ "apple", REQUIRE_UNSEEN, BINDS_BULK, "mail only to those who asked for it", "", "2025-02-25", APPLE,
	  "2025-02-25" },
	{ "apple", REQUIRE_UNSEEN, BINDS_MARKETING, "an unsubscribe link that works at once", "", "2025-02-25",
	  APPLE, "2025-02-25" },
};
/* clang-format on */

const size_t n_requirements = ARRAY_LEN(requirements);
