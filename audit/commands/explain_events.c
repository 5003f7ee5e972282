/* SPDX-License-Identifier: ISC */
/*
 * explain_events.c - the events of `mailvet explain`, as they are read.
 */
#include "audit/commands/explain_events.h"
#include <stdio.h>
#include <time.h>
#include "audit/bounce/count_group.h"
#include "audit/bounce/summary_words.h"
#include "audit/error.h"

#define MAX_SHOWN 5 /* lines not understood, with --verbose */
#define SHOWN_BYTES 300
#define PROGRESS_EVENTS 4096 /* between two looks at the clock */

void
explain_progress_clear(struct explain_run *x)
{
	if (x->progress_shown)
		fprintf(stderr, "\r\033[K");
	x->progress_shown = false;
}

static void
progress_step(struct explain_run *x)
{
	time_t now;

	if (++x->events % PROGRESS_EVENTS != 0 || !x->progress || (now = time(NULL)) == x->shown_at)
		return;
	x->shown_at = now;
	x->progress_shown = true;
	fprintf(stderr, "\r\033[K%llu events read", (unsigned long long)x->events);
	(void)fflush(stderr);
}

static const char *
status_word(enum event_kind k)
{
	switch (k) {
	case EVENT_DELIVERED:
		return "delivered";
	case EVENT_DEFERRED:
		return "deferred";
	case EVENT_EXPIRED:
		return "expired";
	case EVENT_COMPLAINT:
		return "complaint";
	case EVENT_REFUSED_BY_US:
		return "refused";
	default:
		return "bounced";
	}
}

/* What E says, whatever its reply. */
static struct bounce_line
line_of(struct explain_run *x, const struct bounce_event *e, const struct group *g)
{
	return (struct bounce_line){
		.time = e->has_time ? e->time : 0,
		.direction = e->kind == EVENT_REFUSED_BY_US ? "in" : "out",
		.status = status_word(e->kind),
		.queue_id = e->queue_id,
		.message_id = e->message_id,
		.sender = e->sender,
		.recipient = e->recipient,
		.relay_host = e->relay_host,
		.relay_ip = e->relay_ip,
		.local_code = enhanced_text(&x->arena, e->local),
		.mechanism = str_of(mechanism_name(g->key.mechanism)),
		.permanent = g->key.permanent,
		.provider = word_of(&x->count.words, g->key.provider),
		.sender_ip = g->key.has_ip ? addr_text(&x->arena, &g->key.ip) : str_of(""),
		.ip_from = known_word(g->ip_from),
		.confidence = "",
		.identity = "",
		.dkim_domain = e->dkim_domain,
		.dkim_selector = e->dkim_selector,
		.file = e->file,
		.line = e->line,
	};
}

static void
tell_line(struct explain_run *x, const struct fate *f, const struct group *g)
{
	struct bounce_line l;

	if (!x->lines_wanted || f->reply == NULL)
		return;
	l = line_of(x, f->e, g);
	l.reply_code = f->reply->code;
	l.enhanced_code = enhanced_text(&x->arena, f->reply->enhanced);
	l.text = f->reply->text;
	l.confidence = confidence_word(f->what->confidence);
	l.signature = str_of(f->what->signature);
	l.named_domain = f->what->lifted.domain;
	l.list_zone = f->what->lifted.list_zone;
	l.identity = identity_word(f->what->lifted.identity);
	l.retries_end = count_retries_end(f->mail, f->e);
	l.retries_of = f->e->reader;
	explain_line(&x->outputs, &l);
}

/* A mail that its queue gave up on: the reply that says why came before. */
struct expiry {
	struct explain_run *x;
	const struct bounce_event *e;
};

static void
tell_expired(void *ctx, const struct group *g, struct str recipient)
{
	struct expiry *p = ctx;
	struct bounce_line l;

	doubles_note(p->x->doubles, p->e, recipient);
	if (!p->x->lines_wanted)
		return;
	l = line_of(p->x, p->e, g);
	l.recipient = recipient;
	l.reply_code = g->key.code;
	l.enhanced_code = enhanced_text(&p->x->arena, g->key.enhanced);
	l.signature = str_of(g->signature);
	explain_line(&p->x->outputs, &l);
}

/* The event that is being counted, whose ruling may have been brief. */
struct pending_fate {
	struct explain_run *x;
	const struct bounce_event *e;
	struct ruling ruling;
};

static void
complete(void *ctx)
{
	struct pending_fate *p = ctx;

	if (p->ruling.brief)
		ruling_of(p->x->rulings, &p->x->arena, p->e, &p->ruling);
}

static void
on_fate(struct explain_run *x, const struct bounce_event *e, struct open_mail *mail)
{
	struct pending_fate p = { .x = x, .e = e };
	struct fate f = { .e = e, .mail = mail, .complete = complete, .ctx = &p };
	const struct group *g;

	if (e->kind == EVENT_EXPIRED && e->recipient.n == 0) {
		struct expiry expiry = { x, e };

		count_expired(&x->count, mail, e, tell_expired, &expiry);
		return;
	}
	if (e->kind != EVENT_DELIVERED) {
		(x->lines_wanted ? ruling_of : ruling_briefly)(x->rulings, &x->arena, e, &p.ruling);
		f.reply = &p.ruling.reply;
		f.what = &p.ruling.what;
	}
	g = count_fate(&x->count, &f);
	if (g != NULL)
		tell_line(x, &f, g);
}

static void
on_event(void *ctx, struct bounce_event *e)
{
	struct explain_run *x = ctx;
	struct bounce_event joined;
	struct open_mail *mail;

	progress_step(x);
	if (!join_event(&x->join, e, &joined, &mail) || !count_wants(&x->count, &joined) ||
	    doubles_has(x->doubles, &joined))
		return;
	on_fate(x, &joined, mail);
	if (x->arena.used > 0)
		arena_reset(&x->arena);
}

static void
on_begins(void *ctx, bool mixed)
{
	struct explain_run *x = ctx;

	doubles_mixed(x->doubles, mixed);
}

static void
on_not_understood(void *ctx, struct str file, uint64_t line, struct str record)
{
	struct explain_run *x = ctx;

	if (!x->o->c.style.verbose || x->shown++ >= MAX_SHOWN)
		return;
	explain_progress_clear(x);
	record = str_sub(record, 0, SHOWN_BYTES);
	audit_warn("%.*s:%llu: not understood: %.*s", (int)file.n, file.p, (unsigned long long)line,
	    (int)record.n, record.p);
}

static void
on_told(void *ctx, const struct input_notice *n)
{
	struct explain_run *x = ctx;

	if (n->trouble == INPUT_UNKNOWN && strcmp(n->path, "-") == 0 && x->o->c.n_names <= 1) {
		buf_add(&x->pasted, n->head);
		return; /* perhaps one reply: see explain_pasted() */
	}
	if (x->told++ >= MAX_EXPLAIN_TOLD)
		return;
	explain_progress_clear(x);
	audit_warn("%s: %s%s%s", strcmp(n->path, "-") == 0 ? "standard input" : n->path,
	    input_trouble_words(n->trouble), n->why[0] != '\0' ? ": " : "", n->why);
}

struct input_hooks
explain_hooks(struct explain_run *x)
{
	return (struct input_hooks){ .ctx = x,
		.event = on_event,
		.not_understood = on_not_understood,
		.told = on_told,
		.begins = on_begins };
}
