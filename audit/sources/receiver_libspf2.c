/* SPDX-License-Identifier: ISC */
/*
 * receiver_libspf2.c - the one file that knows libspf2.
 */
#define _DEFAULT_SOURCE /* POSIX of 2008 dropped the words of netdb.h that the library speaks */
#include "audit/sources/receiver_libspf2.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <spf2/spf.h>

#include "checks/core/arena.h"

#define TYPE_SPF 99 /* asked before TXT for every record; nobody has it any more (RFC 7208 3.1) */
#define TTL_S 300   /* the library keeps nothing, but wants one */

struct libspf2 {
	SPF_dns_server_t dns; /* its hook leads back here */
	SPF_server_t *server;
	/* Of the evaluation under way: */
	struct arena *arena;
	const struct receiver_case *c;
	struct receiver_reply *reply;
};

/* The default handlers print, and abort with a core. */
static void __attribute__((noreturn)) on_error(const char *file, int line, const char *text)
{
	(void)file;
	(void)line;
	(void)text;
	_exit(1);
}

static void
on_word(const char *file, int line, const char *text)
{
	(void)file;
	(void)line;
	(void)text;
}

static SPF_dns_rr_t *
empty(struct libspf2 *l, const char *domain, ns_type type, SPF_dns_stat_t status)
{
	SPF_dns_rr_t *rr = SPF_dns_rr_new_init(&l->dns, domain, type, TTL_S, status);

	if (rr == NULL)
		_exit(1); /* no memory: the library would look into it all the same */
	return rr;
}

/*
 * The name that DOMAIN means; false when it is none: a resolver would refuse it, and
 * the library itself lets macros grow without end.
 */
static bool
read_domain(const char *domain, struct name *out)
{
	struct str text = str_of(domain);

	if (text.n > 0 && text.p[text.n - 1] == '.')
		text.n--;
	return name_parse_raw(text, out) == NAME_OK && name_is_set(out);
}

static const struct receiver_answer *
find_answer(const struct receiver_case *c, const struct name *name, uint16_t type)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->answers[i].type == type && name_eq(&c->answers[i].name, name))
			return &c->answers[i];
	return NULL;
}

/* The bytes S as record I of RR, with a NUL behind. */
static void
put_bytes(SPF_dns_rr_t *rr, int i, struct str s)
{
	size_t room = s.n + 1;

	if (room < sizeof(SPF_dns_rr_data_t))
		room = sizeof(SPF_dns_rr_data_t);
	if (SPF_dns_rr_buf_realloc(rr, i, room) != SPF_E_SUCCESS)
		_exit(1);
	memcpy(rr->rr[i]->txt, s.p, s.n);
	rr->rr[i]->txt[s.n] = '\0';
}

/* A as the library wants it. */
static SPF_dns_rr_t *
fill(struct libspf2 *l, const char *domain, const struct receiver_answer *a)
{
	SPF_dns_rr_t *rr = empty(l, domain, (ns_type)a->type, NETDB_SUCCESS);
	struct str rest = a->rr, data;
	bool over;

	while (receiver_next(&rest, &data, &over)) {
		struct name target;
		size_t pos = 0;

		if (over) {
			l->reply->word = REPLY_TOO_LARGE;
			SPF_dns_rr_free(rr);
			return empty(l, domain, (ns_type)a->type, TRY_AGAIN);
		}
		if (a->type == RR_MX || a->type == RR_PTR) {
			if (!name_from_wire((const uint8_t *)data.p, data.n, &pos, &target))
				continue;
			data = name_text(l->arena, &target);
		}
		put_bytes(rr, rr->num_rr++, data);
	}
	return rr;
}

static SPF_dns_rr_t *
on_lookup(SPF_dns_server_t *dns, const char *domain, ns_type type, int should_cache)
{
	struct libspf2 *l = dns->hook;
	const struct receiver_answer *a;
	struct name name;

	(void)should_cache;
	if ((int)type == TYPE_SPF)
		return empty(l, domain, type, NO_DATA);
	if (l->reply->facts.asked == MAX_LIBSPF2_ASKED)
		l->reply->word = REPLY_LIMIT;
	else
		l->reply->facts.asked++;
	if (l->reply->word != REPLY_VERDICT) /* let it come to an end */
		return empty(l, domain, type, TRY_AGAIN);
	if (!read_domain(domain, &name))
		return empty(l, domain, type, HOST_NOT_FOUND);
	if ((a = find_answer(l->c, &name, (uint16_t)type)) == NULL) {
		l->reply->word = REPLY_MISSING;
		l->reply->facts.missing = name;
		l->reply->facts.missing_type = (uint16_t)type;
		return empty(l, domain, type, TRY_AGAIN);
	}
	if (a->status == RECEIVER_FAILED)
		return empty(l, domain, type, TRY_AGAIN);
	if (a->status == RECEIVER_NXDOMAIN)
		return empty(l, domain, type, HOST_NOT_FOUND);
	return a->n_rr > 0 ? fill(l, domain, a) : empty(l, domain, type, NO_DATA);
}

/* In place of every explanation; *BUF is what the library has, of *LEN bytes. */
static SPF_errcode_t
on_explanation(SPF_server_t *server, const char *domain, char **buf, size_t *len)
{
	char *text = strdup("explained");

	(void)server;
	(void)domain;
	if (text == NULL)
		return SPF_E_NO_MEMORY;
	free(*buf);
	*buf = text;
	*len = strlen(text) + 1;
	return SPF_E_SUCCESS;
}

struct libspf2 *
libspf2_open(bool guarded)
{
	struct libspf2 *l = xcalloc(1, sizeof(*l));

	SPF_error_handler = on_error;
	SPF_warning_handler = on_word;
	SPF_info_handler = on_word;
	SPF_debug_handler = on_word;
	l->dns = (SPF_dns_server_t){ .lookup = on_lookup,
		.get_exp = guarded ? on_explanation : NULL,
		.name = "given",
		.hook = l };
	l->server = SPF_server_new_dns(&l->dns, 0);
	if (l->server != NULL && SPF_server_set_rec_dom(l->server, "unknown") == SPF_E_SUCCESS)
		return l;
	libspf2_close(l);
	return NULL;
}

void
libspf2_close(struct libspf2 *l)
{
	if (l != NULL && l->server != NULL)
		SPF_server_free(l->server);
	free(l);
}

/*
 * What R means, when the query returned ERR: INVALID stands for a record that did not compile or
 * that could not be had.
 */
static enum spf_result
result_of(SPF_response_t *r, SPF_errcode_t err)
{
	switch (SPF_response_result(r)) {
	case SPF_RESULT_NEUTRAL:
		return RESULT_NEUTRAL;
	case SPF_RESULT_PASS:
		return RESULT_PASS;
	case SPF_RESULT_FAIL:
		return RESULT_FAIL;
	case SPF_RESULT_SOFTFAIL:
		return RESULT_SOFTFAIL;
	case SPF_RESULT_NONE:
		return RESULT_NONE;
	case SPF_RESULT_TEMPERROR:
		return RESULT_TEMPERROR;
	case SPF_RESULT_PERMERROR:
		return RESULT_PERMERROR;
	default:
		return err == SPF_E_DNS_ERROR ? RESULT_TEMPERROR : RESULT_PERMERROR;
	}
}

/* The code of the first error of R; 0 = none. */
static uint8_t
error_of(SPF_response_t *r)
{
	int code = (int)SPF_response_errcode(r);

	for (int i = 0; code == 0 && i < SPF_response_messages(r); i++) {
		SPF_error_t *e = SPF_response_message(r, i);

		if (SPF_error_errorp(e))
			code = (int)SPF_error_code(e);
	}
	return code > 0 && code <= UINT8_MAX ? (uint8_t)code : 0;
}

/* A C string of S in A; NULL when S holds a NUL, or nothing. */
static const char *
c_string(struct arena *a, struct str s)
{
	return s.n == 0 || str_find(s, 0, '\0') < s.n ? NULL : arena_str(a, s).p;
}

/* Tell REQUEST who sends; false when that cannot be put to the library. */
static bool
set_sender(struct arena *a, SPF_request_t *request, const struct receiver_case *c)
{
	const char *helo = c_string(a, c->helo), *local = c_string(a, c->local);
	const char *domain = c_string(a, c->domain);
	char *from = arena_alloc(a, c->local.n + c->domain.n + 2);
	struct in6_addr v6;
	struct in_addr v4;

	if (helo == NULL || local == NULL || domain == NULL)
		return false;
	memcpy(from, local, c->local.n);
	from[c->local.n] = '@';
	memcpy(from + c->local.n + 1, domain, c->domain.n);
	memcpy(&v6, c->ip.b, sizeof(v6));
	memcpy(&v4, c->ip.b, sizeof(v4));
	if (c->ip.v6 ? SPF_request_set_ipv6(request, v6) : SPF_request_set_ipv4(request, v4))
		return false;
	return SPF_request_set_helo_dom(request, helo) == SPF_E_SUCCESS &&
	       SPF_request_set_env_from(request, from) == 0;
}

void
libspf2_ask(
    struct libspf2 *l, struct arena *a, const struct receiver_case *c, struct receiver_reply *out)
{
	SPF_request_t *request = SPF_request_new(l->server);
	SPF_response_t *r = NULL;
	SPF_errcode_t err = SPF_E_SUCCESS;

	*out = (struct receiver_reply){ .word = REPLY_VERDICT };
	l->arena = a;
	l->c = c;
	l->reply = out;
	if (request == NULL || !set_sender(a, request, c)) {
		out->word = REPLY_REFUSED;
	} else {
		err = SPF_request_query_mailfrom(request, &r);
		if (r == NULL)
			out->word = REPLY_REFUSED;
	}
	if (r != NULL && out->word == REPLY_VERDICT) {
		out->facts.result = result_of(r, err);
		out->facts.error = error_of(r);
		out->facts.is_local = SPF_response_reason(r) == SPF_REASON_LOCALHOST;
		out->facts.lookups = r->num_dns_mech > 0 && r->num_dns_mech <= UINT16_MAX
					 ? (uint16_t)r->num_dns_mech
					 : 0;
	}
	if (r != NULL)
		SPF_response_free(r);
	if (request != NULL)
		SPF_request_free(request);
}
