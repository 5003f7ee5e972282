/* SPDX-License-Identifier: ISC */
/* advice.c - what a mechanism means in plain words, as a table. */
#include "audit/bounce/advice.h"
#include "audit/bounce/summary_words.h"

/* clang-format off */
/*
 * {ip} and {domain} are what the text names; a line whose name is not known
 * speaks of "IP" and "DOMAIN".  {rev} is the address as lists have it.
 */
static const struct {
	const char *meaning, *who;
	const char *next[MAX_ADVICE];
} table[MECH_COUNT] = {
	[MECH_SPF] = { "SPF did not pass: the MAIL FROM domain does not name the sending address as one of its own.", "you, in DNS",
		{ "dig +short TXT {domain}", "mailvet evaluate --ip {ip} --mail-from {domain}" } },
	[MECH_DKIM] = { "DKIM did not pass: there was no signature, its key was not found, or the message was changed on its way.", "you: signer and DNS",
		{ "dig +short TXT SELECTOR._domainkey.{domain} (s= and d= stand in the DKIM-Signature field)", "mailvet check --selector SELECTOR {domain}" } },
	[MECH_DMARC] = { "DMARC did not pass: neither SPF nor DKIM passed for the domain in the From field, or that domain has no DMARC record.", "you, in DNS; or a forwarder, when the domain is not yours",
		{ "dig +short TXT _dmarc.{domain}", "dig +short TXT {domain}", "mailvet check {domain}" } },
	[MECH_AUTH_ANY] = { "The sender is not authenticated: SPF, DKIM or both are missing or did not pass.", "you, in DNS",
		{ "dig +short TXT {domain}", "dig +short TXT SELECTOR._domainkey.{domain}", "dig +short TXT _dmarc.{domain}", "mailvet evaluate --ip {ip} --mail-from {domain}" } },
	[MECH_ARC] = { "The ARC chain of a forwarded message is broken.", "who forwarded it", { NULL } },
	[MECH_PTR] = { "The sending address has no name in DNS, or the name does not lead back to the address.", "you, at the provider of the address",
		{ "dig +short -x {ip}", "dig +short A NAME, for the NAME that the first gives: it has to be {ip} again", "mailvet check --ip {ip}" } },
	[MECH_HELO] = { "The name that the sending server says in HELO is no good: not fully qualified, not in DNS, or that of somebody else.", "you, in the configuration of the mail server",
		{ "dig +short A {domain}", "dig +short -x {ip}" } },
	[MECH_TLS] = { "TLS is demanded and was not used, or could not be agreed on.", "you, in the configuration of the mail server", { NULL } },
	[MECH_SMTP_AUTH] = { "The server wants a login, or refused the one that was given.", "you, in the configuration of the mail client or relay", { NULL } },
	[MECH_DNSBL] = { "A block list names the sending address or domain.", "you, at the list",
		{ "dig +short {rev}.{zone}", "mailvet check --dnsbl --ip {ip}" } },
	[MECH_IP_REPUTATION] = { "The receiver's own judgement of the sending address is bad. DNS does not show it.", "you, at the receiver's portal",
		{ "dig +short -x {ip}", "mailvet check --dnsbl --ip {ip}" } },
	[MECH_DOMAIN_REPUTATION] = { "The receiver's own judgement of the sending domain is bad. DNS does not show it.", "you, at the receiver's portal",
		{ "mailvet check --dnsbl {domain}" } },
	[MECH_RATE] = { "Too much mail in too short a time for what the receiver thinks of the sender.", "you: send more slowly",
		{ NULL } },
	[MECH_GREYLIST] = { "Greylisting: the receiver takes mail of a new sender at the second attempt.", "nobody: a mail server tries again by itself", { NULL } },
	[MECH_CONTENT] = { "The receiver objects to what the message says or links to.", "you: look at the text and the links of the message that was sent; no record is to be changed", { NULL } },
	[MECH_RFC5322] = { "The message is not well-formed: a header field is missing, twice there or wrong.", "you, in what writes the message",
		{ "mailvet message FILE, for a sample of it" } },
	[MECH_SENDER_DOMAIN] = { "The domain of the sender does not exist, or cannot take replies.", "you, in DNS",
		{ "dig +short MX {domain}", "dig +short A {domain}", "mailvet check {domain}" } },
	[MECH_NULL_MX] = { "The sender's domain says by a null MX that it takes no mail, so it may not send either.", "you, in DNS",
		{ "dig +short MX {domain}" } },
	[MECH_RELAY] = { "The server does not relay for this sender: it is not the recipient's, or does not know the sender.", "you, in the configuration of the mail server; or the recipient's MX record", { NULL } },
	[MECH_RECIPIENT] = { "The address does not exist, or takes no mail.", "nobody: take the address off the list", { NULL } },
	[MECH_RECIPIENT_DOMAIN] = { "The recipient's domain does not exist, or takes no mail.", "nobody: take the address off the list",
		{ "dig +short MX DOMAIN, for the recipient's domain" } },
	[MECH_MAILBOX_FULL] = { "The mailbox is full.", "the recipient", { NULL } },
	[MECH_SIZE] = { "The message is too large.", "you, in the message", { NULL } },
	[MECH_SYSTEM] = { "The receiver's server has a trouble of its own.", "the receiver; a mail server tries again by itself", { NULL } },
	[MECH_CONNECTION] = { "No connection to the receiver's server could be made or held.", "the receiver, or the network between",
		{ "dig +short MX DOMAIN, for the recipient's domain" } },
	[MECH_EXPIRED] = { "The mail was tried for days and given up; an earlier reply says why.", "depends on that reply", { NULL } },
	[MECH_COMPLAINT_REPORT] = { "A recipient said that it is spam.", "you: take the address off the list", { NULL } },
	[MECH_POLICY_UNSPECIFIED] = { "The receiver's policy is against it, and it does not say which.", "you may ask the receiver",
		{ "mailvet check --ip {ip} {domain}" } },
	[MECH_OTHER] = { "A refusal that no row of the tables names.", "not known: its own words are all there is", { NULL } },
};

/* Rows whose mechanism is too wide a word for what they tell, by the start of their ids. */
static const struct {
	const char *signature, *meaning, *who;
} finer[] = {
	{ "loop-", "The mail goes in a circle: the servers that should take it pass it on to each other. No trouble of the receiver's software, and waiting does not end it.",
	  "who routes the recipient's domain: its MX record, a forward, or your own transport" },
	{ "verify-progress", "The receiver is looking whether the address lives, and wants the mail again later. It does not say that the address is bad.",
	  "nobody: a mail server tries again by itself" },
};

static const struct {
	const char *provider, *url;
} pages[] = {
	{ "apple", "https://support.apple.com/102322" },
	{ "comcast", "https://postmaster.comcast.net/" },
	{ "gmx", "https://postmaster.gmx.net/" },
	{ "google", "https://support.google.com/a/answer/81126" },
	{ "mail.ru", "https://help.mail.ru/developers/mailing_rules" },
	{ "microsoft", "https://sendersupport.olc.protection.outlook.com/pm/" },
	{ "orange", "https://postmaster.orange.fr/" },
	{ "t-online", "https://postmaster.t-online.de/" },
	{ "yahoo", "https://senders.yahooinc.com/smtp-error-codes/" },
	{ "yandex", "https://yandex.com/support/mail/" },
};
/* clang-format on */

const char *
advice_meaning(enum mechanism m)
{
	return table[m].meaning == NULL ? "" : table[m].meaning;
}

const char *
advice_who(enum mechanism m)
{
	return table[m].who == NULL ? "" : table[m].who;
}

const char *
advice_page(const char *provider)
{
	for (size_t i = 0; i < ARRAY_LEN(pages); i++)
		if (strcmp(pages[i].provider, provider) == 0)
			return pages[i].url;
	return "";
}

/* Whether S is safe in a command that somebody may copy into a shell. */
static bool
is_plain(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_isalnum(s.p[i]) && s.p[i] != '.' && s.p[i] != '-' && s.p[i] != '_' &&
		    s.p[i] != ':')
			return false;
	return s.n > 0 && s.n <= 255 && s.p[0] != '-';
}

static struct str
reversed(struct arena *a, const struct lifted *l)
{
	struct name root = { .n = 0 }, name;
	struct str out;

	if (!l->has_ip)
		return l->list_key.n > 0 ? l->list_key : l->domain;
	if (name_parse(STR("zone"), &root) != NAME_OK || !addr_reverse(&l->ip, &root, &name))
		return str_of("");
	out = name_text(a, &name);
	return str_sub(out, 0, out.n - STR(".zone").n);
}

/* TEMPLATE with what L names put in. */
static struct str
fill(struct arena *a, const char *template, const struct lifted *l)
{
	const struct {
		struct str mark, value;
		const char *unknown;
	} marks[] = {
		{ STR("{ip}"), l->has_ip ? addr_text(a, &l->ip) : str_of(""), "IP" },
		{ STR("{domain}"), l->domain, "DOMAIN" },
		{ STR("{rev}"), reversed(a, l), "REVERSED-IP" },
		{ STR("{zone}"), l->list_zone, "ZONE" },
	};
	struct str t = str_of(template), out;
	struct buf b;

	buf_init(&b, 2048);
	for (size_t i = 0; i < t.n; i++) {
		size_t k = 0;

		while (k < ARRAY_LEN(marks) && !str_has_prefix(str_sub(t, i, t.n), marks[k].mark))
			k++;
		if (k == ARRAY_LEN(marks)) {
			buf_addc(&b, t.p[i]);
			continue;
		}
		buf_add(&b, is_plain(marks[k].value) ? marks[k].value : str_of(marks[k].unknown));
		i += marks[k].mark.n - 1;
	}
	out = arena_str(a, buf_str(&b));
	buf_free(&b);
	return out;
}

static struct str
phase_text(enum phase p)
{
	static const char *const words[] = { "", "connect", "helo", "starttls", "auth", "mail",
		"rcpt", "data", "end-of-data", "local" };

	return str_of(words[p]);
}

void
advice_read(
    struct arena *a, const struct reply *r, const struct classified *w, struct bounce_reading *out)
{
	const struct lifted *l = &w->lifted;
	struct str *next = arena_array(a, MAX_ADVICE, sizeof(*next));

	*out = (struct bounce_reading){ .text = r->text,
		.mechanism = str_of(mechanism_name(w->mechanism)),
		.provider = str_of(w->provider),
		.signature = str_of(w->signature),
		.phase = phase_text(r->phase),
		.confidence = confidence_word(w->confidence),
		.permanent = w->permanent,
		.meaning = advice_meaning(w->mechanism),
		.who = advice_who(w->mechanism),
		.named_domain = l->domain,
		.list_zone = l->list_zone,
		.list_key = l->list_key,
		.provider_id = l->id,
		.spf = l->spf,
		.dkim = l->dkim,
		.dmarc = l->dmarc,
		.identity = identity_word(l->identity),
		.next = next,
		.page = advice_page(w->provider) };
	out->reply_code = r->code;
	out->enhanced_code = enhanced_text(a, r->enhanced);
	if (l->has_ip)
		out->named_ip = addr_text(a, &l->ip);
	for (size_t i = 0; i < ARRAY_LEN(finer); i++)
		if (str_has_prefix(out->signature, str_of(finer[i].signature))) {
			out->meaning = finer[i].meaning;
			out->who = finer[i].who;
		}
	for (size_t i = 0; i < MAX_ADVICE && table[w->mechanism].next[i] != NULL; i++)
		next[out->n_next++] = fill(a, table[w->mechanism].next[i], l);
}
