/* SPDX-License-Identifier: ISC */
/*
 * drawn.c - words as people write them, right and wrong, drawn and put together.
 */
#include "tests/drawn.h"

#include <stdint.h>

static uint32_t
draw(uint64_t *seed, uint32_t n)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33) % n;
}

/* clang-format off */
static const char *const spf_starts[] = { "v=spf1 ", "v=spf1 ", "v=spf1 ", "v=spf1 ", "V=SPF1 ", "v=spf1", "v=spf1;",
	" v=spf1 ", "v=spfv1 ", "v=spf1  " };
static const char *const spf_words[] = { "mx", "a", "a:d.example.com", "include:i1.example.com",
	"include:i2.example.com", "ip4:8.8.4.4", "ip4:8.8.4.0/24", "ip6:2a00::1", "-all", "~all", "?all", "+all",
	"all", "ip4:8.8.4.4/33", "ipv4:8.8.4.4", "ip4:2a00::1", "a:8.8.4.4", "include:8.8.4.4", "ip4", "include",
	"redirect=i1.example.com", "redirect:i1.example.com", "exp=x.example.com", "include:i1.example.com;",
	"\\\"mx\\\"", "8.8.4.4", "2a00::1/32", "mx-all", "ip4:8.8.4.4-all", "include:", "i1.example.com", "ptr",
	"exists:%{i}.example.com", "ip4:010.1.1.1", "ip4:10.0.0.1", "ip4:0.0.0.0/0", "-ip4:0.0.0.0/0",
	"-ip4:8.8.4.4", "-include:i1.example.com", "~mx", "include:i1.example.com,", "a/24", "a//64", "mx/33",
	"MX", "-ALL", "\\226\\128\\147all", "- all", "v=spf1", "all-", "-all.", "-all\\\"", "incl:i1.example.com",
	"ip4:8.8.4.4:25", "ip4:8.8.4.4,8.8.4.5", "~al", "-all~all", "?redirect=i1.example.com",
	"redirect=i1.example.com.", "include:example.com", "a:alias.example.com", "\\009mx", "mx\\194\\160",
	"\" \"", "\" \"", "include: i2.example.com" };
static const char *const spf_ends[] = { "-all", "-all", "~all", "?all", "-all;", "-all." , "" };
static const char *const mx_hosts[] = { "10 mx", "10 mx", "20 mx2", "0 .", "10 .", "5 alias", "10 8.8.4.25", "10 gone",
	"10 mx.example.com" };
static const char *const dmarc_starts[] = { "v=DMARC1; p=none; ", "v=DMARC1; p=reject; ", "v=DMARC1; p=quarantine; ",
	"v=DMARC1;", "v=dmarc1; ", "" };
static const char *const dmarc_words[] = { "p=none", "p=quarantine", "p=reject", "p=rejct", "p=Reject", "sp=none",
	"sp=reject", "np=none", "np=reject", "pct=100", "pct=0", "rua=mailto:a@example.com", "rua=a@example.com",
	"rua=mailto:a@example.com;b@example.com", "ruf=mailto:f@example.com", "rua=mailto: a@example.com",
	"ruf=f@example.com", "adkim=s", "adkim=r", "aspf=s", "aspf=strict", "fo=1", "fo=0:1:d", "ri=86400",
	"rf=afrf", "t=y", "psd=n", "psd=u", "x=y", "p = none", "p:none", "p=none p=reject", "\\\"v=DMARC1\\\"",
	"v=DMARC1", "rua:mailto:a@example.com", "p=none, sp=reject", "adkm=r", "sp=none\\\\", "rau=mailto:a@example.com",
	"fo:1", "rua=mailto:a@example.com,b@example.com", "rua=mailto:a@example.com ruf=mailto:a@example.com" };
static const char *const dmarc_gaps[] = { "; ", "; ", ";", ", ", " " };
/* clang-format on */

#define PICK(list) ((list)[draw(seed, ARRAY_LEN(list))])

static void
write_spf(struct buf *b, uint64_t *seed)
{
	buf_adds(b, draw(seed, 12) > 0 ? "@ IN TXT \"" : "@ IN SPF \"");
	buf_adds(b, PICK(spf_starts));
	for (uint32_t n = 1 + draw(seed, 5); n > 0; n--) {
		buf_adds(b, PICK(spf_words));
		buf_addc(b, ' ');
	}
	buf_adds(b, PICK(spf_ends));
	buf_adds(b, "\"\n");
}

static void
write_mx(struct buf *b, uint64_t *seed)
{
	for (uint32_t n = draw(seed, 4); n > 0; n--) {
		buf_adds(b, "@ IN MX ");
		buf_adds(b, PICK(mx_hosts));
		buf_addc(b, '\n');
	}
}

static void
write_dmarc(struct buf *b, uint64_t *seed)
{
	buf_adds(b, draw(seed, 8) > 0 ? "_dmarc" : "@");
	buf_adds(b, " IN TXT \"");
	buf_adds(b, PICK(dmarc_starts));
	for (uint32_t n = 1 + draw(seed, 4); n > 0; n--) {
		buf_adds(b, PICK(dmarc_words));
		buf_adds(b, PICK(dmarc_gaps));
	}
	buf_adds(b, "\"\n");
}

void
drawn_zone(struct buf *b, uint64_t i)
{
	uint64_t seed = i * 7919;

	buf_adds(b, i % 4 > 0   ? ";; check --ip 8.8.4.25 example.com\n"
		    : i % 8 > 0 ? ";; check example.com\n"
				: ";; check --profile parked example.com\n");
	buf_adds(b, "$ORIGIN example.com.\n$TTL 3600\n"
		    "@ IN SOA ns1 h 1 2 3 4 5\n@ IN NS ns1\nns1 IN A 8.8.4.53\n"
		    "mx IN A 8.8.4.25\nmx IN AAAA 2a00::25\nmx2 IN A 8.8.8.25\n@ IN A 8.8.4.25\n"
		    "i1 IN TXT \"v=spf1 ip4:8.8.4.1 -all\"\n"
		    "i2 IN TXT \"v=spf1 ip4:8.8.4.2 ~all\"\n"
		    "d IN A 8.8.4.9\nalias IN CNAME d\n");
	if (draw(&seed, 3) > 0)
		buf_adds(b, "@ IN MX 10 mx\n");
	else
		write_mx(b, &seed);
	for (uint32_t n = 1 + (draw(&seed, 8) == 0); n > 0; n--)
		write_spf(b, &seed);
	write_dmarc(b, &seed);
}
