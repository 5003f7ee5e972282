/* SPDX-License-Identifier: ISC */
/*
 * resolvconf.c - which name servers: `ADDR@PORT` and resolv.conf(5).
 *
 * Of resolv.conf only `nameserver` is read: search lists and options are for
 * names that people type, and an audit asks absolute names.
 */
#include "audit/sources/resolver.h"

#include <stdio.h>
#include <stdlib.h>

#include "checks/core/arena.h"

#define DNS_PORT 53
#define MAX_CONF 65536 /* bytes of resolv.conf that are read; real ones have under 1,000 */

bool
resolver_add_server(struct resolver_options *o, const struct resolver_server *s)
{
	if (o->n_servers == MAX_RESOLVER_SERVERS)
		return false;
	o->servers[o->n_servers++] = *s;
	return true;
}

bool
resolver_parse_server(struct str text, struct resolver_server *out)
{
	size_t at = str_find(text, 0, '@');
	struct str host = str_sub(text, 0, at);
	struct resolver_server s = { .port = DNS_PORT };
	uint32_t port;

	if (at < text.n) {
		if (!parse_u32(str_sub(text, at + 1, text.n), UINT16_MAX, &port) || port == 0)
			return false;
		s.port = (uint16_t)port;
	}
	if (host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']') {
		if (addr_parse6(str_sub(host, 1, host.n - 2), &s.addr) != ADDR_OK)
			return false;
	} else if (addr_parse(host, &s.addr) != ADDR_OK) {
		return false;
	}
	*out = s;
	return true;
}

/* The next word of LINE from *POS on; empty at the end. */
static struct str
next_word(struct str line, size_t *pos)
{
	size_t start;

	while (*pos < line.n && (ascii_isblank(line.p[*pos]) || line.p[*pos] == '\r'))
		++*pos;
	start = *pos;
	while (*pos < line.n && !ascii_isblank(line.p[*pos]) && line.p[*pos] != '\r')
		++*pos;
	return str_sub(line, start, *pos - start);
}

static void
take_line(struct str line, struct resolver_options *o)
{
	size_t pos = 0;
	struct resolver_server s = { .port = DNS_PORT };

	if (str_eq(next_word(line, &pos), STR("nameserver")) &&
	    addr_parse(next_word(line, &pos), &s.addr) == ADDR_OK)
		(void)resolver_add_server(o, &s); /* those over the maximum are passed over */
}

void
resolver_conf_parse(struct str text, struct resolver_options *o)
{
	for (size_t pos = 0; pos < text.n;) {
		size_t end = str_find(text, pos, '\n');

		take_line(str_sub(text, pos, end - pos), o);
		pos = end + 1;
	}
}

void
resolver_system_servers(struct resolver_options *o)
{
	char *room;
	FILE *f = fopen("/etc/resolv.conf", "re");

	if (f == NULL)
		return;
	room = xmalloc(MAX_CONF);
	resolver_conf_parse((struct str){ room, fread(room, 1, MAX_CONF, f) }, o);
	(void)fclose(f);
	free(room);
}
