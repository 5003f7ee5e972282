/* SPDX-License-Identifier: ISC */
/*
 * opendkim.c - whether the signatures of a message are right, by libopendkim.
 *
 * The library asserts that pointers are not NULL and a canonicalization is there
 * before its hash is asked for; it stops at the first key that its hook has no
 * answer for.  So the hook always has one, and what is known without the library
 * (no record, several, a lookup that failed) is filled in behind it.
 */
#define _DEFAULT_SOURCE /* u_char, in the library's header */
#include "audit/sources/opendkim.h"

#include <stdlib.h>
#include <sys/types.h>

#include <dkim.h>
#include <openssl/err.h>

#include "audit/mail/mbox.h"
#include "audit/sources/sigkey.h"
#include "checks/core/base64.h"
#include "checks/header.h"
#include "checks/signature.h"
#include "checks/verify.h"

/*
 * Expiry is judged elsewhere, from the time that is pinned for the subject; the
 * library's clock is kept out by a drift of 31 years.  More would turn the times
 * it subtracts it from around.
 */
#define CLOCK_DRIFT_S UINT64_C(1000000000)
#define MAX_KEPT ((size_t)1 << 20) /* bytes of scratch; the messages of most people are smaller */
#define MIN_KEY_BITS 1 /* every size is verified; what it is worth is the check's to say */

struct opendkim {
	struct source source; /* first */
	DKIM_LIB *lib;
	struct arena scratch; /* of the message under way; kept for the next */
};

/* One message on its way through the library. */
struct message {
	struct header header;
	struct verify_part keys[MAX_SIGNATURES];
	bool has_key[MAX_SIGNATURES]; /* keys[] holds something */
	size_t field[MAX_SIGNATURES]; /* which DKIM-Signature the library's Ith is */
	size_t n_fed, n_fields;
	DKIM_SIGINFO **sigs;
	size_t n_sigs;
	bool has_canon[MAX_SIGNATURES];
	bool retouched; /* a field was handed over without the tab before its colon */
	struct verified v[MAX_SIGNATURES];
};

/* Once the fields are read, and before any key is wanted: which there are. */
static DKIM_CBSTAT
prescreen(DKIM *dkim, DKIM_SIGINFO **sigs, int n)
{
	struct message *m = dkim_get_user_context(dkim);

	if (n < 0 || (size_t)n != m->n_fed)
		return DKIM_CBSTAT_REJECT; /* which is which could not be told */
	m->sigs = sigs;
	m->n_sigs = (size_t)n;
	for (size_t i = 0; i < m->n_sigs; i++)
		m->has_canon[i] = dkim_sig_geterror(sigs[i]) == DKIM_SIGERROR_UNKNOWN;
	return DKIM_CBSTAT_CONTINUE;
}

/* Whether P is one record that the library can take. */
static bool
is_usable(const struct verify_part *p)
{
	return p->status == ANSWER_FOUND && p->n_rr == 1 && p->record.n > 0 &&
	       p->record.n <= MAX_OPENDKIM_RECORD;
}

static DKIM_CBSTAT
give_key(DKIM *dkim, DKIM_SIGINFO *sig, u_char *buf, size_t room)
{
	const struct message *m = dkim_get_user_context(dkim);

	for (size_t i = 0; i < m->n_sigs; i++) {
		size_t f = m->field[i];

		if (m->sigs[i] != sig)
			continue;
		if (!m->has_key[f] || !is_usable(&m->keys[f]) || m->keys[f].record.n >= room)
			return DKIM_CBSTAT_NOTFOUND;
		memcpy(buf, m->keys[f].record.p, m->keys[f].record.n);
		buf[m->keys[f].record.n] = '\0';
		return DKIM_CBSTAT_CONTINUE;
	}
	return DKIM_CBSTAT_NOTFOUND;
}

/*
 * Field F as the library takes it: it refuses a tab before the colon, where a blank
 * means the same to "relaxed" (RFC 6376 3.4.2), but not to "simple".
 */
static struct str
field_to_feed(struct arena *a, struct message *m, const struct header_field *f)
{
	struct str whole = { f->name.p, (size_t)(f->value.p + f->value.n - f->name.p) };
	size_t colon = (size_t)(f->value.p - f->name.p) - 1;
	char *p;

	if (str_find(str_sub(whole, 0, colon), f->name.n, '\t') == colon)
		return whole;
	m->retouched = true;
	p = arena_alloc(a, f->name.n + (whole.n - colon));
	memcpy(p, f->name.p, f->name.n);
	memcpy(p + f->name.n, whole.p + colon, whole.n - colon);
	return (struct str){ p, f->name.n + (whole.n - colon) };
}

/*
 * Hand field F over; false when the library does not take it, for what it did not
 * see may be what was forged.  A name with a ';' is left out by right: no h= can
 * name such a field (RFC 6376 3.2).
 */
static bool
feed_field(DKIM *dkim, struct arena *a, struct message *m, const struct header_field *f)
{
	bool is_signature = str_ieq(f->name, STR(DKIM_SIGNHEADER)), taken;
	struct str whole;
	union {
		const char *c;
		u_char *u;
	} at; /* only read */

	if (str_find(f->name, 0, ';') < f->name.n)
		return true;
	if (is_signature) {
		if (m->n_fields >= MAX_SIGNATURES)
			return true;
		m->field[m->n_fed++] = m->n_fields++;
	}
	whole = field_to_feed(a, m, f);
	at.c = whole.p;
	taken = dkim_header(dkim, at.u, whole.n) == DKIM_STAT_OK;
	/* a signature wrong in itself is kept all the same: its error is asked later */
	return taken || is_signature;
}

/* Run the message M through DKIM; false when the library does not take it. */
static bool
run(DKIM *dkim, struct arena *a, struct message *m)
{
	union {
		const char *c;
		u_char *u;
	} body = { .c = m->header.body.p }; /* only read */
	struct str end = m->header.body;
	static u_char crlf[] = "\r\n";
	DKIM_STAT st;

	(void)dkim_set_user_context(dkim, m);
	for (size_t i = 0; i < m->header.n; i++)
		if (!feed_field(dkim, a, m, &m->header.fields[i]))
			return false;
	if (m->n_fed == 0)
		return true;
	st = dkim_eoh(dkim);
	if (st != DKIM_STAT_OK || m->sigs == NULL)
		return false;
	if (m->header.body.n > 0 && dkim_body(dkim, body.u, m->header.body.n) != DKIM_STAT_OK)
		return false;
	/* RFC 6376 3.4.3, 3.4.4: a last line without end is given one; "relaxed" there forgets */
	if (end.n > 0 && !str_eq(str_sub(end, end.n - 1, 1), STR("\n")) &&
	    dkim_body(dkim, crlf, 2) != DKIM_STAT_OK)
		return false;
	/* What it says is about one signature; each is looked at below. */
	(void)dkim_eom(dkim, NULL);
	return true;
}

/* Whether the body hash of SIG is that of the body, whatever its signature is worth. */
static bool
is_body_right(struct arena *a, DKIM_SIGINFO *sig)
{
	static u_char tag[] = "bh";
	const u_char *bh = dkim_sig_gettagvalue(sig, false, tag);
	void *head = NULL, *body = NULL;
	size_t n_head = 0, n_body = 0, bad;
	struct str want;

	if (bh == NULL || !base64_decode(a, str_of((const char *)bh), &want, &bad) ||
	    dkim_sig_gethashes(sig, &head, &n_head, &body, &n_body) != DKIM_STAT_OK)
		return false;
	return str_eq(want, (struct str){ body, n_body });
}

/* What is known of the key P without the library; 0 = it is the library's to say. */
static int
key_error(bool given, const struct verify_part *p)
{
	if (!given)
		return 0;
	if (p->status == ANSWER_FAILED)
		return DKIM_SIGERROR_KEYFAIL;
	if (p->status == ANSWER_FOUND && p->n_rr > 1)
		return DKIM_SIGERROR_MULTIREPLY;
	return 0;
}

/* Whether the library saw all of the Ith signature of M, of its key, and of the header. */
static bool
is_seen_whole(const struct message *m, size_t i)
{
	static u_char tag[] = "h";
	dkim_canon_t header = DKIM_CANON_UNKNOWN, body = DKIM_CANON_UNKNOWN;
	DKIM_SIGINFO *sig = m->sigs[i];
	const struct verify_part *p = &m->keys[m->field[i]];
	const u_char *h = dkim_sig_gettagvalue(sig, false, tag);

	if (m->retouched && m->has_canon[i] &&
	    (dkim_sig_getcanons(sig, &header, &body) != DKIM_STAT_OK ||
		header != DKIM_CANON_RELAXED))
		return false;
	return (h == NULL || str_of((const char *)h).n <= MAX_OPENDKIM_NAMES) &&
	       !(m->has_key[m->field[i]] && p->status == ANSWER_FOUND && p->n_rr == 1 &&
		   p->record.n > MAX_OPENDKIM_RECORD);
}

/* Whether the error CODE is about how a signature is written, and comes before any hash. */
static bool
is_about_writing(int code)
{
	static const int other[] = { DKIM_SIGERROR_NOKEY, DKIM_SIGERROR_DNSSYNTAX,
		DKIM_SIGERROR_KEYFAIL, DKIM_SIGERROR_BADSIG, DKIM_SIGERROR_MULTIREPLY,
		DKIM_SIGERROR_TOOLARGE_L, DKIM_SIGERROR_MBSFAILED, DKIM_SIGERROR_CONDITIONAL,
		DKIM_SIGERROR_CONDLOOP };

	for (size_t i = 0; i < ARRAY_LEN(other); i++)
		if (code == other[i])
			return false;
	return code > 0 && (code < DKIM_SIGERROR_KEYVERSION || code == DKIM_SIGERROR_MISSING_V ||
			       code == DKIM_SIGERROR_EMPTY_V);
}

/* The library's Ith signature of M into its place. */
static void
read_one(struct arena *a, struct message *m, size_t i)
{
	static u_char b_tag[] = "b"; /* it is there: the library looked at the signature */
	DKIM_SIGINFO *sig = m->sigs[i];
	size_t f = m->field[i];
	struct verified *v = &m->v[f];
	unsigned flags = dkim_sig_getflags(sig), bits = 0;
	int code = dkim_sig_geterror(sig), known = key_error(m->has_key[f], &m->keys[f]);

	if (known != 0 && (code == DKIM_SIGERROR_NOKEY || code == DKIM_SIGERROR_UNKNOWN))
		code = known;
	v->body_ok = m->has_canon[i] && is_body_right(a, sig);
	if (!is_seen_whole(m, i)) {
		v->error = STR("not seen whole by the library");
		return;
	}
	v->header_ok = (flags & DKIM_SIGFLAG_PASSED) != 0;
	v->judged = code > 0 || (flags & DKIM_SIGFLAG_PROCESSED) != 0;
	v->testing = (flags & DKIM_SIGFLAG_TESTKEY) != 0;
	v->code = code > 0 ? code : 0;
	v->refused = is_about_writing(v->code) ||
		     (v->code == DKIM_SIGERROR_TOOLARGE_L && (!v->header_ok || v->body_ok));
	v->pass = v->header_ok && v->body_ok && v->code == 0;
	if (v->code != 0)
		v->error = str_of(dkim_sig_geterrorstr(v->code));
	if (v->code == DKIM_SIGERROR_BADSIG && !v->header_ok && is_usable(&m->keys[f]))
		v->by = sigkey_of(a, m->keys[f].record,
		    str_of((const char *)dkim_sig_gettagvalue(sig, false, b_tag)));
	if (dkim_sig_getkeysize(sig, &bits) == DKIM_STAT_OK)
		v->bits = bits;
}

/* Verify the message M; false when the library does not take it. */
static bool
verify(struct opendkim *o, struct arena *a, struct message *m)
{
	static const unsigned char id[] = "message";
	DKIM_STAT st = DKIM_STAT_OK;
	DKIM *dkim = dkim_verify(o->lib, id, NULL, &st);
	bool ok;

	if (dkim == NULL)
		return false;
	ok = run(dkim, a, m);
	for (size_t i = 0; ok && i < m->n_sigs; i++)
		read_one(a, m, i);
	(void)dkim_free(dkim);
	ERR_clear_error();
	return ok;
}

/* TEXT read apart, its line ends as on the wire. */
static void
read_text(struct arena *a, struct str text, struct message *m)
{
	header_parse(a, text, &m->header);
	if (m->header.bare_lf)
		header_parse(a, lines_to_crlf(a, text), &m->header);
}

/* Make ready for the next message; what a large one took is given back. */
static void
clear_scratch(struct opendkim *o)
{
	if (arena_room(&o->scratch) <= MAX_KEPT) {
		arena_reset(&o->scratch);
		return;
	}
	arena_free(&o->scratch);
	arena_init(&o->scratch, 0);
}

struct answer *
opendkim_answer(struct source *s, const struct question *q)
{
	struct opendkim *o = (struct opendkim *)s;
	struct message *m = arena_alloc(&o->scratch, sizeof(*m));
	struct verify_facts facts = { .v = m->v };
	enum answer_cause cause = CAUSE_NONE;
	struct answer_draft d;
	struct verify_part p;
	struct str text;
	struct answer *out;

	for (size_t pos = 0; verify_next(q, &pos, &p);)
		if (p.signature < MAX_SIGNATURES) {
			m->keys[p.signature] = p;
			m->has_key[p.signature] = true;
		}
	if (!verify_text(q, &text))
		cause = CAUSE_MALFORMED;
	else
		read_text(&o->scratch, text, m);
	if (cause == CAUSE_NONE && m->header.cut)
		cause = CAUSE_TOO_LARGE;
	/* what the library would not see whole, it must not call right */
	if (cause == CAUSE_NONE && (m->header.nul_field || m->header.bad_line))
		cause = CAUSE_MALFORMED;
	if (cause == CAUSE_NONE && !verify(o, &o->scratch, m))
		cause = CAUSE_MALFORMED;
	draft_init(&d, &o->scratch, q, cause == CAUSE_NONE ? ANSWER_FOUND : ANSWER_FAILED);
	d.a.cause = cause;
	facts.n = m->n_fields;
	d.a.verify = cause == CAUSE_NONE ? &facts : NULL;
	d.a.from.source = STR("computed");
	out = answer_finish(&d);
	clear_scratch(o);
	return out;
}

bool
opendkim_body_matches(struct source *s, struct str text)
{
	struct opendkim *o = (struct opendkim *)s;
	struct message *m = arena_alloc(&o->scratch, sizeof(*m));
	bool matches = false;

	read_text(&o->scratch, text, m);
	if (!m->header.cut && verify(o, &o->scratch, m))
		for (size_t i = 0; i < m->n_fields; i++)
			matches = matches || m->v[i].body_ok;
	clear_scratch(o);
	return matches;
}

static enum source_reply
opendkim_ask(struct source *s, struct ticket *t, struct answer **out)
{
	if (t->q.kind != ASK_VERIFY)
		return SOURCE_NOT_MINE;
	*out = opendkim_answer(s, &t->q);
	return SOURCE_ANSWERED;
}

static void
opendkim_free(struct source *s)
{
	struct opendkim *o = (struct opendkim *)s;

	dkim_close(o->lib);
	arena_free(&o->scratch);
	free(o);
}

/* Set up LIB; false when it refuses. */
static bool
configure(DKIM_LIB *lib)
{
	unsigned flags = DKIM_LIBFLAGS_BADSIGHANDLES; /* one handle a field, the bad ones too */
	uint64_t drift = CLOCK_DRIFT_S;
	unsigned bits = MIN_KEY_BITS;

	return dkim_options(lib, DKIM_OP_SETOPT, DKIM_OPTS_FLAGS, &flags, sizeof(flags)) ==
		   DKIM_STAT_OK &&
	       dkim_options(lib, DKIM_OP_SETOPT, DKIM_OPTS_CLOCKDRIFT, &drift, sizeof(drift)) ==
		   DKIM_STAT_OK &&
	       dkim_options(lib, DKIM_OP_SETOPT, DKIM_OPTS_MINKEYBITS, &bits, sizeof(bits)) ==
		   DKIM_STAT_OK &&
	       dkim_set_key_lookup(lib, give_key) == DKIM_STAT_OK &&
	       dkim_set_prescreen(lib, prescreen) == DKIM_STAT_OK;
}

struct source *
opendkim_new(void)
{
	static const struct source_ops ops = {
		.name = "opendkim", .ask = opendkim_ask, .free = opendkim_free
	};
	struct opendkim *o;
	DKIM_LIB *lib = dkim_init(NULL, NULL);

	if (lib == NULL)
		return NULL;
	if (!configure(lib)) {
		dkim_close(lib);
		return NULL;
	}
	o = xcalloc(1, sizeof(*o));
	arena_init(&o->scratch, 0);
	o->source.ops = &ops;
	o->lib = lib;
	return &o->source;
}
