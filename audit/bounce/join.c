/* SPDX-License-Identifier: ISC */
/*
 * join.c - lines of one mail brought together.
 */
#include "audit/bounce/join.h"
#include <stdlib.h>
#include "audit/bounce/span.h"
#include "checks/core/hash.h"

#define NO_MAIL UINT32_MAX

void
join_init(struct join *j)
{
	*j = (struct join){ .max = MAX_OPEN_MAILS };
	word_list_init(&j->words);
}

static void
mail_clear(struct open_mail *m)
{
	free(m->text);
	free(m->pending);
	*m = (struct open_mail){ .key = 0 };
}

void
join_free(struct join *j)
{
	for (size_t i = 0; i < j->n; i++)
		mail_clear(&j->v[i]);
	free(j->v);
	free(j->free_list);
	slots_free(&j->slots);
	word_list_free(&j->words);
}

static uint64_t
hash_of(struct str s)
{
	return hash_end(hash_add(HASH_START, s));
}

/*
 * The open mail under KEY that HOST may have written of; NO_MAIL = none.  Short
 * queue ids are the same on two machines now and then; lines of a filter's own
 * log name no machine.
 */
static uint32_t
find(const struct join *j, uint64_t key, uint64_t host)
{
	struct slots_walk w = slots_walk((uint32_t)key);
	uint32_t i;

	while (slots_next(&j->slots, &w, &i)) {
		const struct open_mail *m = &j->v[i];

		if (m->key == key && (m->host == host || m->host == 0 || host == 0))
			return i;
	}
	return NO_MAIL;
}

static void
drop(struct join *j, uint32_t i)
{
	slots_remove(&j->slots, (uint32_t)j->v[i].key, i);
	mail_clear(&j->v[i]);
	if (j->n_free == j->room_free) {
		j->room_free = j->room_free == 0 ? 256 : 2 * j->room_free;
		j->free_list = xrealloc(j->free_list, j->room_free * sizeof(*j->free_list));
	}
	j->free_list[j->n_free++] = i;
}

/* Drop the first mail from the hand on that no line told of since it passed there. */
static void
drop_one(struct join *j)
{
	for (;;) {
		uint32_t i = (uint32_t)(j->hand++ % j->n);

		if (j->v[i].used && !j->v[i].seen) {
			drop(j, i);
			j->dropped++;
			return;
		}
		j->v[i].seen = false;
	}
}

static uint32_t
place(struct join *j)
{
	if (j->n - j->n_free >= j->max)
		drop_one(j);
	if (j->n_free > 0)
		return j->free_list[--j->n_free];
	if (j->n == j->room) {
		j->room = j->room == 0 ? 256 : j->room + j->room / 2;
		j->v = xrealloc(j->v, j->room * sizeof(*j->v));
	}
	return (uint32_t)j->n++;
}

static uint32_t
open_one(struct join *j, uint64_t key, uint64_t host)
{
	uint32_t i = place(j);

	j->v[i] = (struct open_mail){ .key = key, .host = host, .used = true, .seen = true };
	slots_add(&j->slots, (uint32_t)key, i);
	return i;
}

static struct str
sender_of(const struct open_mail *m)
{
	return (struct str){ m->text, m->sender_n };
}

static struct str
message_id_of(const struct open_mail *m)
{
	return (struct str){ m->text == NULL ? NULL : m->text + m->sender_n, m->message_id_n };
}

/* Keep SENDER and ID, where they are told, for M. */
static void
keep_text(struct open_mail *m, struct str sender, struct str id)
{
	char *text;

	sender = str_sub(sender, 0, MAX_JOINED_TEXT);
	id = str_sub(id, 0, MAX_JOINED_TEXT);
	if ((sender.n == 0 || str_eq(sender, sender_of(m))) &&
	    (id.n == 0 || str_eq(id, message_id_of(m))))
		return;
	if (sender.n == 0)
		sender = sender_of(m);
	if (id.n == 0)
		id = message_id_of(m);
	text = xmalloc(sender.n + id.n);
	if (sender.n > 0)
		memcpy(text, sender.p, sender.n);
	if (id.n > 0)
		memcpy(text + sender.n, id.p, id.n);
	free(m->text);
	m->text = text;
	m->sender_n = (uint32_t)sender.n;
	m->message_id_n = (uint32_t)id.n;
}

/* What E tells of its mail, kept in M. */
static void
learn(struct join *j, struct open_mail *m, const struct bounce_event *e)
{
	m->seen = true;
	if (m->begun == 0 && e->has_time)
		m->begun = e->time;
	keep_text(m, e->sender, e->message_id);
	if (e->dkim_domain.n > 0) {
		m->dkim_domain = word_id(&j->words, e->dkim_domain);
		m->dkim_selector = word_id(&j->words, e->dkim_selector);
	}
}

/* What other lines told of the mail of OUT, where OUT does not say it. */
static void
fill(const struct join *j, const struct open_mail *m, struct bounce_event *out)
{
	if (out->sender.n == 0)
		out->sender = sender_of(m);
	if (out->message_id.n == 0)
		out->message_id = message_id_of(m);
	if (out->dkim_domain.n == 0) {
		out->dkim_domain = word_of(&j->words, m->dkim_domain);
		out->dkim_selector = word_of(&j->words, m->dkim_selector);
	}
}

/*
 * "250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as NEWID": a
 * filter gave the mail back, and the same mail goes on under another id.
 */
static struct str
queued_as(struct str reply)
{
	size_t at = span_rfind(reply, STR("queued as "));
	struct str id;

	if (at >= reply.n)
		return str_sub(reply, 0, 0);
	id = str_sub(reply, at + STR("queued as ").n, reply.n);
	for (size_t i = 0; i < id.n; i++)
		if (!ascii_isalnum(id.p[i]))
			return str_sub(id, 0, i);
	return id;
}

/* The mail M goes on under the id that E, its delivery to a filter, names. */
static void
go_on(struct join *j, uint32_t from, uint64_t host, const struct bounce_event *e)
{
	struct str id = queued_as(e->reply);
	uint64_t key = hash_of(id);
	struct bounce_event told = { .has_time = false };
	uint32_t to;

	if (id.n == 0)
		return;
	fill(j, &j->v[from], &told);
	to = find(j, key, host);
	if (to == NO_MAIL && j->n - j->n_free >= j->max)
		return; /* to make room might drop the mail we are at */
	if (to == NO_MAIL)
		to = open_one(j, key, host); /* may move j->v; TOLD refers to what does not move */
	if (j->v[to].sender_n > 0)
		told.sender.n = 0;
	if (j->v[to].message_id_n > 0)
		told.message_id.n = 0;
	if (j->v[to].dkim_domain != WORD_NONE)
		told.dkim_domain.n = 0;
	if (to != from)
		learn(j, &j->v[to], &told);
}

static bool
is_fate(const struct bounce_event *e)
{
	return e->kind != EVENT_SENDER && e->kind != EVENT_GONE && e->kind != EVENT_ATTEMPT;
}

/* E into *OUT: not before it is sure to be wanted, for it is large and most events are not. */
static bool
hand_out(const struct bounce_event *e, struct bounce_event *out)
{
	*out = *e;
	return true;
}

bool
join_event(
    struct join *j, const struct bounce_event *e, struct bounce_event *out, struct open_mail **mail)
{
	struct str id = e->queue_id.n > 0 ? e->queue_id : e->message_id;
	uint64_t host = e->queue_id.n > 0 && e->host.n > 0 ? hash_of(e->host) : 0;
	uint64_t key = hash_of(id);
	uint32_t i;

	*mail = NULL;
	if (id.n == 0 || str_eq(id, STR("NOQUEUE")) || e->kind == EVENT_REFUSED_BY_US)
		return is_fate(e) && hand_out(e, out);
	i = find(j, key, host);
	if (e->kind == EVENT_GONE) {
		if (i != NO_MAIL)
			drop(j, i);
		return false;
	}
	if (i == NO_MAIL && e->kind == EVENT_DELIVERED && e->queue_id.n == 0)
		return hand_out(e, out); /* nothing to settle, and nothing more will come */
	if (i == NO_MAIL)
		i = open_one(j, key, host);
	learn(j, &j->v[i], e);
	if (e->kind == EVENT_DELIVERED && e->direction == DIRECTION_INTERNAL)
		go_on(j, i, host, e);
	if (!is_fate(e))
		return false;
	*mail = &j->v[i];
	(void)hand_out(e, out);
	fill(j, *mail, out);
	return true;
}

struct pending *
join_pending(struct open_mail *m, uint32_t recipient)
{
	for (uint32_t i = 0; m != NULL && i < m->n_pending; i++)
		if (m->pending[i].recipient == recipient)
			return &m->pending[i];
	return NULL;
}

bool
join_pend(struct open_mail *m, const struct pending *p)
{
	if (m->n_pending == MAX_OPEN_PENDING)
		return false;
	if (m->n_pending == m->room_pending) {
		m->room_pending = m->room_pending == 0 ? 1 : 2 * m->room_pending;
		m->pending = xrealloc(m->pending, m->room_pending * sizeof(*m->pending));
	}
	m->pending[m->n_pending++] = *p;
	return true;
}

void
join_settle(struct open_mail *m, struct pending *p)
{
	*p = m->pending[--m->n_pending];
}
