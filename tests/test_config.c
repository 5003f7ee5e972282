/* SPDX-License-Identifier: ISC */
/*
 * test_config.c - configurations: what is refused and where, what is read, what becomes
 * of it in a subject and in the judge.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include "audit/config/apply.h"
#include "audit/config/nearest.h"
#include "audit/config/yamltree.h"
#include "audit/error.h"

#define ROOM ((size_t)4 << 20)
#define D "domains: example.com\n"
#define S D "senders:\n  name: a\n"
#define W D "waivers:\n  "
#define G D "signatures:\n  "
#define W4 W "rule: ptr-none\n  domain: example.com\n  until: 2027-03-31\n  reason: r\n"

/* clang-format off */
static const struct {
	const char *name, *text, *want; /* all that is told, one a line */
} bad[] = {
	{ "empty", "", "1:1: nothing stands in this file\n" },
	{ "only a comment", "# nothing\n", "1:1: nothing stands in this file\n" },
	{ "no mapping", "example.com\n", "1:1: the configuration is a mapping, as in \"domains:\"; here is a word\n" },
	{ "a list", "- example.com\n", "1:1: the configuration is a mapping, as in \"domains:\"; here is a list\n" },
	{ "no domains", "levels:\n  spf-no-all: note\n", "1:1: the configuration needs domains: a domain name or a mapping\n" },
	{ "unknown key", D "levls: {}\n", "2:1: the configuration has no key levls; is levels meant?\n" },
	{ "unknown key, nothing near", D "colour: red\n",
	  "2:1: the configuration has no key colour (mailvet config --keys lists them)\n" },
	{ "unknown key of a sender", S "  hello: mx.example.com\n", "4:3: a sender has no key hello; is helo meant?\n" },
	{ "letters exchanged", S "  vloume: 3\n", "4:3: a sender has no key vloume; is volume meant?\n" },
	{ "wrong type: a list", "domains:\n  - name: [a.example]\n", "2:11: name: a domain name is wanted, here is a list\n" },
	{ "wrong type: a mapping", S "  helo: {a: b}\n", "4:9: helo: a host name is wanted, here is a mapping\n" },
	{ "wrong type: a word", D "senders: office\n", "2:10: senders: a mapping is wanted, here is a word\n" },
	{ "wrong type: a table", D "levels: [spf-no-all]\n", "2:9: levels: a mapping is wanted, here is a list\n" },
	{ "no value", S "  helo:\n", "4:8: helo: a host name is wanted, here is no value\n" },
	{ "empty list", "domains: []\n", "1:10: domains: an empty list says nothing; leave the key out\n" },
	{ "no name", D "senders:\n  helo: mx.example.com\n", "3:3: a sender needs name: a name of your own\n" },
	{ "bad domain", "domains: exa mple.com\n", "1:10: name: exa mple.com: a blank or control byte in the name\n" },
	{ "empty label", "domains: [a..example]\n", "1:11: name: a..example: two dots without a label between them\n" },
	{ "address for a domain", "domains: 192.0.2.1\n", "1:10: name: 192.0.2.1: an address, where a domain name is wanted\n" },
	{ "bad IDN", "domains: b\xc3\xbc\x63her\xe2\x80\xae.example\n",
	  "1:10: name: b\xc3\xbc\x63her\xe2\x80\xae.example: string contains a disallowed character\n" },
	{ "domain twice", "domains: [a.example, A.example]\n", "1:22: name: a.example stands in domains twice\n" },
	{ "IDN and its A-label", "domains: [b\xc3\xbc\x63her.example, xn--bcher-kva.example]\n",
	  "1:28: name: xn--bcher-kva.example stands in domains twice\n" },
	{ "role", "domains:\n  name: a.example\n  role: mial\n",
	  "3:9: role: mial: mail, send-only, return-path or parked is wanted\n" },
	{ "flag", "domains:\n  name: a.example\n  bulk: on\n", "3:9: bulk: on: yes or no is wanted\n" },
	{ "address", S "  addresses: 192.0.2\n",
	  "4:14: addresses: 192.0.2: an IPv4 or IPv6 address is wanted, or a network like 192.0.2.0/28\n" },
	{ "octet", S "  addresses: 192.0.2.256\n", "4:14: addresses: 192.0.2.256: a part of the address is too large\n" },
	{ "leading zero", S "  addresses: [192.0.2.010]\n",
	  "4:15: addresses: 192.0.2.010: a part of the address begins with 0, which some read as octal\n" },
	{ "host bits", S "  addresses: 192.0.2.5/29\n",
	  "4:14: addresses: 192.0.2.5/29: not the first address of that network; is 192.0.2.0/29 meant?\n" },
	{ "host bits of IPv6", S "  addresses: \"2001:db8::1/64\"\n",
	  "4:14: addresses: 2001:db8::1/64: not the first address of that network; is 2001:db8::/64 meant?\n" },
	{ "everybody", S "  addresses: 0.0.0.0/0\n",
	  "4:14: addresses: 0.0.0.0/0: wider than the network of any one sender: whoever is in it would be taken for you\n" },
	{ "all of IPv6 that is given out", S "  addresses: \"2000::/3\"\n",
	  "4:14: addresses: 2000::/3: wider than the network of any one sender: whoever is in it would be taken for you\n" },
	{ "itself", S "  addresses: [10.0.0.0/8, 10.1.2.3, 127.0.0.1]\n",
	  "4:37: addresses: 127.0.0.1: no mail comes from there: an address that others see is wanted\n" },
	{ "no host", S "  addresses: [\"::\", 224.0.0.0/24]\n",
	  "4:15: addresses: ::: no mail comes from there: an address that others see is wanted\n"
	  "4:21: addresses: 224.0.0.0/24: no mail comes from there: an address that others see is wanted\n" },
	{ "bits", S "  addresses: 192.0.2.0/33\n", "4:14: addresses: 192.0.2.0/33: a number of bits up to 32 is wanted behind the /\n" },
	{ "helo", S "  helo: 192.0.2.1\n", "4:9: helo: 192.0.2.1: an address, where a domain name is wanted\n" },
	{ "mail-from twice", S "  mail-from: a@b@example.com\n",
	  "4:14: mail-from: a@b@example.com: a second @ (one in the local part wants quotes: RFC 5321 4.1.2)\n" },
	{ "mail-from", S "  mail-from: '@example.com'\n", "4:14: mail-from: @example.com: nothing before the @\n" },
	{ "null without helo", S "  mail-from: <>\n", "3:3: a sender under a null mail-from is judged by its helo: name it\n" },
	{ "from not there", S "  from: example.org\n", "4:9: from: example.org does not stand in domains\n" },
	{ "from parked", "domains:\n  name: p.example\n  role: parked\nsenders:\n  name: a\n  from: p.example\n",
	  "6:9: from: p.example is parked: nobody sends as it\n" },
	{ "from a return path", "domains:\n  name: p.example\n  role: return-path\nsenders:\n  name: a\n  from: p.example\n",
	  "6:9: from: p.example has the role return-path: no author writes as it\n" },
	{ "selector", S "  dkim:\n    selectors: s1._domainkey.example.com\n",
	  "5:16: selectors: s1._domainkey.example.com: give the selector alone, the part before ._domainkey\n" },
	{ "no selectors", S "  dkim:\n    domain: example.com\n", "5:5: dkim needs selectors: a DKIM selector\n" },
	{ "via, a slip", S "  via: sendgird\n", "4:8: via: sendgird: no service is called so; is sendgrid meant?\n" },
	{ "via, nobody", S "  via: [sendgrid, nosuchthing]\n",
	    "4:19: via: nosuchthing: no service is called so (mailvet check --via list names them)\n" },
	{ "via", S "  via: Big & Co\n", "4:8: via: Big & Co: the name of a service is wanted: letters, digits, '-' and '.'\n" },
	{ "mail-from, a bracket open", S "  mail-from: \"<b@example.com\"\n", "4:14: mail-from: <b@example.com: the bracket < is not closed\n" },
	{ "mail-from, a bracket behind", S "  mail-from: \"b@example.com>\"\n", "4:14: mail-from: b@example.com>: the domain holds what none can\n" },
	{ "indented by one", "domains:\n  - example.com\n senders: []\n", "3:2: a key is wanted, in the column of those above\n" },
	{ "no item of the list", "domains:\n  - name: example.com\n    role: mail\n   helo: x\n",
	  "4:4: an item of a list is wanted: \"- \" in the column of those above\n" },
	{ "volume in thousands", S "  volume: 20k\n", "4:11: volume: 20k: a number from 1 on is wanted, in digits alone\n" },
	{ "too much volume", S "  volume: 99999999999\n", "4:11: volume: 99999999999: too large a number\n" },
	{ "volume", S "  volume: many\n", "4:11: volume: many: a number from 1 on is wanted, in digits alone\n" },
	{ "sender twice", D "senders:\n- name: a\n- name: a\n", "4:9: name: a: another sender has this name\n" },
	{ "unknown slug", D "levels:\n  spf-no-al: note\n", "3:3: levels: spf-no-al: there is no such rule; is spf-no-all meant?\n" },
	{ "unknown level", D "levels:\n  spf-no-all: fatal\n", "3:15: levels: spf-no-all: error, warning or note is wanted\n" },
	{ "level of a pass", D "levels:\n  spf-pass: note\n",
	  "3:13: levels: spf-pass: what passed or could not be checked keeps its level\n" },
	{ "signature of nothing", G "id: a\n  mechanism: spf\n", "3:3: a signature needs text, code or enhanced\n" },
	{ "signature without id", G "text: a\n  mechanism: spf\n", "3:3: a signature needs id: a name of your own\n" },
	{ "signature without mechanism", G "id: a\n  text: a\n",
	  "3:3: a signature needs mechanism: the name of a mechanism\n" },
	{ "signature of another mechanism", G "id: a\n  text: a\n  mechanism: spff\n",
	  "5:14: mechanism: spff: no mechanism is called so; is spf meant?\n" },
	{ "signature's id", G "id: a b\n  text: a\n  mechanism: spf\n",
	  "3:7: id: a b: at most 40 letters, digits and '-' are wanted\n" },
	{ "signature twice", G "- {id: a, text: a, mechanism: spf}\n  - {id: a, text: b, mechanism: spf}\n",
	  "4:10: id: a: another signature is called so\n" },
	{ "signature's expression", G "id: a\n  text: \"a(b\"\n  mechanism: spf\n",
	  "4:9: text: a(b: Unmatched ( or \\(\n" },
	{ "signature's repetition", G "id: a\n  text: a{300}\n  mechanism: spf\n",
	  "4:9: text: a{300}: repetitions of more than 255, or of 10000 in one another, are not taken\n" },
	{ "signature's repetitions in one another", G "id: a\n  text: ((a{30}){30}){30}\n  mechanism: spf\n",
	  "4:9: text: ((a{30}){30}){30}: repetitions of more than 255, or of 10000 in one another, are not taken\n" },
	{ "signature's empty expression", G "id: a\n  text: \"\"\n  mechanism: spf\n",
	  "3:3: a signature needs text, code or enhanced\n4:9: text: : an expression of 1 to 512 bytes is wanted\n" },
	{ "signature's code", G "id: a\n  code: 250\n  mechanism: spf\n",
	  "4:9: code: 250: a reply code from 400 to 599 is wanted\n" },
	{ "signature's enhanced code", G "id: a\n  code: 550\n  enhanced: 5.7\n  mechanism: spf\n",
	  "5:13: enhanced: 5.7: an enhanced status code like 5.7.1 is wanted\n" },
	{ "signature's provider", G "id: a\n  code: 550\n  provider: gogle\n  mechanism: spf\n",
	  "5:13: provider: gogle: no provider is called so; is google meant?\n" },
	{ "waiver of nothing", W "rule: ptr-nome\n  domain: example.com\n  until: 2027-03-31\n  reason: r\n",
	  "3:9: rule: ptr-nome: there is no such rule; is ptr-none meant?\n" },
	{ "waiver without end", W "rule: ptr-none\n  domain: example.com\n  reason: r\n",
	  "3:3: a waiver needs until: a day like 2027-03-31\n" },
	{ "waiver without reason", W "rule: ptr-none\n  domain: example.com\n  until: 2027-03-31\n",
	  "3:3: a waiver needs reason: a sentence\n" },
	{ "blank reason", W "rule: ptr-none\n  domain: example.com\n  until: 2027-03-31\n  reason: ' '\n",
	  "6:11: reason:  : why it is accepted is wanted\n" },
	{ "day there is not", W "rule: ptr-none\n  domain: example.com\n  until: 2027-02-29\n  reason: r\n",
	  "5:10: until: 2027-02-29: a day like 2027-03-31 is wanted\n" },
	{ "day with time", W "rule: ptr-none\n  domain: example.com\n  until: 2027-02-28T10:00:00Z\n  reason: r\n",
	  "5:10: until: 2027-02-28T10:00:00Z: a day like 2027-03-31 is wanted\n" },
	{ "fingerprint", W4 "  fingerprint: 0123\n",
	  "7:16: fingerprint: 0123: 16 hexadecimal digits are wanted, as a JSON report has them\n" },
	{ "rule of the run", W "rule: resolver-rewrites\n  domain: example.com\n  until: 2027-02-28\n  reason: r\n",
	  "3:9: rule: resolver-rewrites: is told of the run, not of a domain, and cannot be waived\n" },
	{ "list", D "lists:\n  ask: zen.spamhaus.orgg\n", "3:8: ask: zen.spamhaus.orgg: there is no such list; is zen.spamhaus.org meant?\n" },
	{ "list without its key", D "lists:\n  ask: zen.dq.spamhaus.net\n",
	  "1:1: lists: zen.dq.spamhaus.net is asked with a customer's key: put it into keys\n" },
	{ "key of a list without", D "lists:\n  keys: {bl.spamcop.net: hunter2}\n",
	  "3:10: keys: bl.spamcop.net: the name of this list holds no key\n" },
	{ "bad key is not told", D "lists:\n  keys: {zen.dq.spamhaus.net: 'hunter 2'}\n",
	  "3:31: keys: zen.dq.spamhaus.net: the key is letters, digits and '-', at most 63\n" },
	{ "percent", D "thresholds:\n  soft: 101 %\n", "3:9: soft: 101 %: percent are wanted, like 2 or 2.5 %\n" },
	{ "order", D "thresholds:\n  hard: {warn: 6 %}\n", "3:9: hard: warn, act and stop are wanted in rising order\n" },
	{ "duplicate key", D "levels: {}\ndomains: example.net\n", "3:1: the key domains stands here twice\n" },
	{ "tab", "domains:\n\t- example.com\n", "2:1: a tab: YAML is indented by blanks\n" },
	{ "anchor", "domains: &d [example.com]\n", "1:10: an anchor (&): anchors and aliases are not taken; write it out\n" },
	{ "alias", "domains: *d\n", "1:10: an alias (*): anchors and aliases are not taken; write it out\n" },
	{ "tag", "domains: !!str example.com\n", "1:10: a tag (!): tags are not taken\n" },
	{ "merge key", S "  <<: {helo: x.example}\n", "4:3: a sender has no key << (mailvet config --keys lists them)\n" },
	{ "a directive", "# \303\244\n%TAG ! tag:example.com:\n---\n" D, "2:1: a line that begins with %: directives are not taken\n" },
	{ "two documents", D "---\n" D, "2:1: a second document (---): one configuration is one document\n" },
	{ "too deep", "domains: [[[[[[[[[[x]]]]]]]]]]\n", "1:19: nested more deeply than any key of a configuration\n" },
	{ "key of several words", "? [a, b]\n: c\n", "1:3: a key is wanted, which is one word\n" },
	{ "not closed", "domains: [example.com\n", "2:1: did not find expected ',' or ']'\n" },
	{ "not UTF-8", "domains: b\xfc\x63her.example\n", "1:11: not UTF-8: a text file in UTF-8 is wanted\n" },
	{ "control byte", "domains: a\x1b[31m.example\n", "1:11: the control character U+001B\n" },
	{ "escaped NUL", "domains: \"a\\0.example\"\n", "1:10: a NUL byte\n" },
	{ "column in bytes", "domains: [\xc3\xa4.example, b..example]\n", "1:23: name: b..example: two dots without a label between them\n" },
	{ "behind a BOM and CR LF", "\xef\xbb\xbf" "domains: example.com\r\nlevls: {}\r\n",
	  "2:1: the configuration has no key levls; is levels meant?\n" },
	{ "all in one run", "domains: [a..example]\nsenders:\n  name: a\n  helo: b..example\n  volume: no\n",
	  "1:11: name: a..example: two dots without a label between them\n"
	  "4:9: helo: b..example: two dots without a label between them\n"
	  "5:11: volume: no: a number from 1 on is wanted, in digits alone\n" },
};
/* clang-format on */

static struct faults fs;

/* What is told of TEXT, into B, one a line; the result of reading. */
static int
read_into(struct buf *b, struct str text)
{
	struct config c;
	int rc = config_parse(&c, text, &fs);

	buf_reset(b);
	for (size_t i = 0; i < fs.n; i++) {
		buf_addu(b, fs.v[i].line);
		buf_addc(b, ':');
		buf_addu(b, fs.v[i].column);
		buf_adds(b, ": ");
		buf_add(b, fs.v[i].text);
		buf_addc(b, '\n');
	}
	config_free(&c);
	return rc;
}

static void
test_faults_are_told_with_their_place(void **state)
{
	struct buf b;
	size_t wrong = 0;

	(void)state;
	buf_init(&b, ROOM);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		int rc = read_into(&b, str_of(bad[i].text));

		if (str_eq(buf_str(&b), str_of(bad[i].want)) &&
		    (rc == AUDIT_OK) == (bad[i].want[0] == '\0'))
			continue;
		print_error("%s: got\n%.*swant\n%s", bad[i].name, (int)b.n, b.p, bad[i].want);
		wrong++;
	}
	buf_free(&b);
	assert_int_equal(wrong, 0);
}

/* The file PATH of the source; NUL-terminated, freed by the caller. */
static struct str
slurp(const char *path)
{
	const char *src = getenv("SRCDIR");
	char full[4096];
	char *p = malloc(ROOM);
	FILE *f;
	struct str s = { p, 0 };

	(void)snprintf(full, sizeof(full), "%s/%s", src != NULL ? src : ".", path);
	assert_non_null(p);
	f = fopen(full, "rb");
	if (f == NULL)
		fail_msg("%s: cannot be read", full);
	s.n = fread(p, 1, ROOM, f);
	(void)fclose(f);
	return s;
}

static struct name
name(const char *text)
{
	struct name n;

	assert_int_equal(name_parse(str_of(text), &n), NAME_OK);
	return n;
}

static void
test_every_key_is_read(void **state)
{
	struct str text = slurp("vectors/config/full.yaml");
	const struct sender *s;
	struct config c;

	(void)state;
	assert_int_equal(config_parse(&c, text, &fs), AUDIT_OK);
	free((void *)(uintptr_t)text.p);
	assert_int_equal(c.n_domains, 4);
	assert_int_equal(c.domains[0].role, ROLE_MAIL);
	assert_int_equal(c.domains[1].role, ROLE_SEND_ONLY);
	assert_int_equal(c.domains[1].selectors.n, 2);
	assert_true(c.domains[1].bulk);
	assert_int_equal(c.domains[2].role, ROLE_RETURN_PATH);
	assert_int_equal(c.domains[3].role, ROLE_PARKED);
	assert_int_equal(c.n_senders, 3);
	s = &c.senders[1].s;
	assert_true(str_eq(s->name, STR("news")));
	assert_int_equal(s->n_ips, 1);
	assert_int_equal(s->n_prefixes, 1);
	assert_int_equal(s->prefixes[0].bits, 28);
	assert_true(str_eq(s->mail_from_local, STR("bounces")));
	assert_int_equal(s->n_dkim, 2);
	assert_true(str_eq(s->dkim[0].selectors[1], STR("news.2026")));
	assert_true(s->bulk && s->marketing);
	assert_int_equal(s->volume, 20000);
	assert_int_equal(s->n_via, 1);
	assert_true(c.senders[2].s.mail_from_null);
	assert_false(c.senders[2].s.bulk);
	assert_int_equal(c.n_ask, 2);
	assert_int_equal(c.n_keys, 1);
	assert_int_equal(c.level[RULE_SPF_NO_ALL], LEVEL_ERROR);
	assert_int_equal(c.level[RULE_PTR_GENERIC], LEVEL_NOTE);
	assert_int_equal(c.level[RULE_PTR_MANY], LEVEL_NOTE);
	assert_int_equal(c.level[RULE_PTR_NONE], -1);
	assert_int_equal(c.n_waivers, 1);
	assert_true(c.waivers[0].below);
	assert_int_equal(c.waivers[0].until, 1806537599); /* 2027-03-31T23:59:59Z */
	assert_int_equal(c.bounces.hard_stop, 1050);
	assert_int_equal(c.bounces.soft_warn, 525);
	assert_int_equal(c.bounces.attempts, 50);
	config_free(&c);
}

/* The keys of the manual's example are those of the program. */
static void
test_example_of_the_manual(void **state)
{
	struct str page = slurp("audit/mailvet.yaml.5"), rest;
	struct buf b, told;
	size_t pos = 0, end, in = 0;

	(void)state;
	buf_init(&b, ROOM);
	buf_init(&told, ROOM);
	while (pos < page.n) {
		end = str_find(page, pos, '\n');
		rest = str_sub(page, pos, end - pos);
		pos = end + 1;
		if (str_has_prefix(rest, STR(".Bd -literal")))
			in = 1;
		else if (str_eq(rest, STR(".Ed")))
			in = in == 1 ? 2 : in;
		else if (in == 1) {
			buf_add(&b, rest);
			buf_addc(&b, '\n');
		}
	}
	assert_true(b.n > 500);
	if (read_into(&told, buf_str(&b)) != AUDIT_OK)
		fail_msg("%.*s", (int)told.n, told.p);
	free((void *)(uintptr_t)page.p);
	buf_free(&b);
	buf_free(&told);
}

/* Nothing crashes, and every fault lies inside. */
static void
try_bytes(const char *p, size_t n)
{
	struct config c;
	char *copy = malloc(n + 1); /* so that a byte too far is seen */
	int rc;

	assert_non_null(copy);
	if (n > 0)
		memcpy(copy, p, n);
	rc = config_parse(&c, (struct str){ copy, n }, &fs);
	assert_int_equal(rc == AUDIT_OK, fs.n == 0);
	for (size_t i = 0; i < fs.n; i++)
		assert_true(fs.v[i].line >= 1 && fs.v[i].line <= n + 1 && fs.v[i].column <= n + 1);
	config_free(&c);
	free(copy);
}

static void
test_cut_and_flipped(void **state)
{
	struct str text = slurp("vectors/config/full.yaml");
	char *p = (char *)(uintptr_t)text.p;

	(void)state;
	for (size_t i = 0; i <= text.n; i++)
		try_bytes(p, i);
	for (size_t i = 0; i < text.n; i++)
		for (unsigned bit = 1; bit < 256; bit <<= 2) {
			p[i] = (char)(p[i] ^ (char)bit);
			try_bytes(p, text.n);
			p[i] = (char)(p[i] ^ (char)bit);
		}
	free(p);
}

/* HEAD, then so many times TEXT, read. */
static int
read_many(struct buf *b, const char *head, const char *text, size_t n, struct buf *told)
{
	buf_reset(b);
	buf_adds(b, head);
	for (size_t i = 0; i < n; i++)
		buf_adds(b, text);
	assert_false(b->over);
	return read_into(told, buf_str(b));
}

static void
test_bounds(void **state)
{
	struct buf b, told;

	(void)state;
	buf_init(&b, ROOM);
	buf_init(&told, ROOM);
	assert_int_equal(read_many(&b, D, "\n", MAX_YAML_BYTES - sizeof(D) + 1, &told), AUDIT_OK);
	assert_int_equal(
	    read_many(&b, D, "\n", MAX_YAML_BYTES - sizeof(D) + 2, &told), AUDIT_EFORMAT);
	assert_true(str_eq(buf_str(&told), STR("1:1: larger than 1048576 bytes\n")));
	/* words, the key and its list, and the mapping around them */
	assert_int_equal(
	    read_many(&b, "domains:\n", "- a\n", MAX_YAML_NODES - 3, &told), AUDIT_EFORMAT);
	assert_true(str_has_prefix(buf_str(&told), STR("3:3: name: a stands in domains twice\n")));
	assert_int_equal(
	    read_many(&b, "domains:\n", "- a\n", MAX_YAML_NODES - 2, &told), AUDIT_EFORMAT);
	if (!str_has_prefix(buf_str(&told), STR("199999:3: more words")))
		fail_msg("%.*s", (int)told.n, told.p);
	assert_int_equal(
	    read_many(&b, S "  addresses:\n", "  - 192.0.2.1\n", MAX_CONFIG_WORDS, &told),
	    AUDIT_OK);
	assert_int_equal(
	    read_many(&b, S "  addresses:\n", "  - 192.0.2.1\n", MAX_CONFIG_WORDS + 1, &told),
	    AUDIT_EFORMAT);
	assert_int_equal(read_many(&b, "domains:\n  name: a\n  selectors:\n", "  - s\n",
			     MAX_CONFIG_WORDS + 1, &told),
	    AUDIT_EFORMAT);
	assert_int_equal(
	    read_many(&b, D "senders:\n", "- name: a\n", MAX_CONFIG_SENDERS + 1, &told),
	    AUDIT_EFORMAT);
	assert_int_equal(fs.more, MAX_CONFIG_SENDERS - MAX_FAULTS);
	/* faults past the bound are counted */
	assert_int_equal(
	    read_many(&b, "domains:\n", "- a..b\n", MAX_FAULTS + 3, &told), AUDIT_EFORMAT);
	assert_int_equal(fs.n, MAX_FAULTS);
	assert_int_equal(fs.more, 3);
	buf_free(&b);
	buf_free(&told);
}

/* clang-format off */
static const struct {
	const char *domain;
	const char *want; /* role, senders, addresses, selectors */
} subjects[] = {
	{ "example.com", "mail, office news alarms, 3 addresses, s1 news.2026 net@example.net" },
	{ "only.example.com", "send-only, news alarms, 1 addresses, s1@example.com news.2026@example.com net@example.net k1 k2" },
	{ "bounce.example.com", "return-path, news(path), 1 addresses," },
	{ "parked.example", "parked,, 0 addresses," },
	{ "unnamed.example", "mail,, 0 addresses," },
};
/* clang-format on */

static void
describe(struct buf *b, const struct subject *s)
{
	static const char *const roles[] = { "mail", "send-only", "return-path", "parked" };

	buf_reset(b);
	buf_adds(b, roles[s->role]);
	buf_addc(b, ',');
	for (size_t i = 0; i < s->n_senders; i++) {
		buf_addc(b, ' ');
		buf_add(b, s->senders[i].name);
		buf_adds(b, s->senders[i].path_only ? "(path)" : "");
		assert_int_equal(s->senders[i].from.n, 0); /* of several it is none */
	}
	buf_adds(b, ", ");
	buf_addu(b, s->n_ips);
	buf_adds(b, " addresses,");
	for (size_t i = 0; i < s->n_selectors; i++) {
		assert_int_equal(s->selectors[i].provenance, FROM_CONFIG);
		buf_addc(b, ' ');
		buf_add(b, s->selectors[i].name);
		if (s->selectors[i].domain.n > 0) {
			buf_addc(b, '@');
			name_print(b, &s->selectors[i].domain);
		}
	}
}

static void
test_subjects(void **state)
{
	struct str text = slurp("vectors/config/full.yaml");
	struct config c;
	struct arena a;
	struct buf b;

	(void)state;
	assert_int_equal(config_parse(&c, text, &fs), AUDIT_OK);
	arena_init(&a, 0);
	buf_init(&b, ROOM);
	for (size_t i = 0; i < ARRAY_LEN(subjects); i++) {
		struct subject s = { .domain = name(subjects[i].domain) };

		config_subject(&c, &s, &a);
		describe(&b, &s);
		if (!str_eq(buf_str(&b), str_of(subjects[i].want)))
			fail_msg("%s: got '%.*s', want '%s'", subjects[i].domain, (int)b.n, b.p,
			    subjects[i].want);
		assert_int_equal(s.parked, s.role == ROLE_PARKED);
	}
	buf_free(&b);
	arena_free(&a);
	config_free(&c);
	free((void *)(uintptr_t)text.p);
}

static void
test_nearest(void **state)
{
	static const struct {
		const char *typed, *want;
	} rows[] = { { "helo", "helo" }, { "hello", "helo" }, { "hleo", "helo" },
		{ "HELO", "helo" }, { "hxxo", "" }, { "", "" }, { "volumne", "volume" },
		{ "x", "" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct nearest n;

		nearest_init(&n, str_of(rows[i].typed));
		nearest_try(&n, STR("helo"));
		nearest_try(&n, STR("volume"));
		if (!str_eq(n.best, str_of(rows[i].want)))
			fail_msg("%s: got '%.*s'", rows[i].typed, (int)n.best.n, n.best.p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_faults_are_told_with_their_place),
		cmocka_unit_test(test_every_key_is_read),
		cmocka_unit_test(test_example_of_the_manual),
		cmocka_unit_test(test_cut_and_flipped),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_subjects),
		cmocka_unit_test(test_nearest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
