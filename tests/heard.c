/* SPDX-License-Identifier: ISC */
/*
 * heard.c - what a reader of bounces gives for some bytes.
 */
#include "tests/heard.h"
#include <stdio.h>
#include <stdlib.h>

void
heard_init(struct heard *h)
{
	*h = (struct heard){ .n = 0 };
	arena_init(&h->arena, 0);
	arena_init(&h->kept, 0);
}

static void
keep(void *ctx, struct bounce_event *e)
{
	struct heard *h = ctx;
	struct bounce_event *k;

	if (h->n >= MAX_HEARD)
		abort();
	k = arena_grow(&h->kept, &h->events, h->n, &h->cap, sizeof(*h->events));
	h->n++;
	*k = *e;
	k->host = arena_str(&h->kept, e->host);
	k->queue_id = arena_str(&h->kept, e->queue_id);
	k->message_id = arena_str(&h->kept, e->message_id);
	k->sender = arena_str(&h->kept, e->sender);
	k->recipient = arena_str(&h->kept, e->recipient);
	k->original = arena_str(&h->kept, e->original);
	k->from = arena_str(&h->kept, e->from);
	k->relay_host = arena_str(&h->kept, e->relay_host);
	k->relay_ip = arena_str(&h->kept, e->relay_ip);
	k->dkim_domain = arena_str(&h->kept, e->dkim_domain);
	k->dkim_selector = arena_str(&h->kept, e->dkim_selector);
	k->reply = arena_str(&h->kept, e->reply);
	k->why = arena_str(&h->kept, e->why);
	k->instance = arena_str(&h->kept, e->instance);
	k->provider_id = arena_str(&h->kept, e->provider_id);
}

void
heard_record(struct heard *h, const struct reader *r, struct str record)
{
	const struct sink sink = { .event = keep, .ctx = h };
	char *exact = xmalloc(record.n == 0 ? 1 : record.n);

	if (record.n > 0)
		memcpy(exact, record.p, record.n);
	if (h->state == NULL)
		h->state = xcalloc(1, r->state_size == 0 ? 1 : r->state_size);
	arena_reset(&h->arena);
	h->fate = r->read(h->state, &h->arena, (struct str){ exact, record.n }, &h->clock, &sink);
	h->fates[h->fate]++;
	free(exact);
}

void
heard_lines(struct heard *h, const struct reader *r, struct str text)
{
	for (size_t pos = 0; pos < text.n;) {
		size_t end = str_find(text, pos, '\n');

		heard_record(h, r, str_sub(text, pos, end - pos));
		pos = end + 1;
	}
}

void
heard_free(struct heard *h)
{
	arena_free(&h->arena);
	arena_free(&h->kept);
	free(h->state);
	*h = (struct heard){ .n = 0 };
}

const char *
heard_kind(enum event_kind k)
{
	static const char *const names[] = {
		[EVENT_DELIVERED] = "delivered",
		[EVENT_DEFERRED] = "deferred",
		[EVENT_BOUNCED] = "bounced",
		[EVENT_EXPIRED] = "expired",
		[EVENT_ATTEMPT] = "attempt",
		[EVENT_COMPLAINT] = "complaint",
		[EVENT_REFUSED_BY_US] = "refused",
		[EVENT_SENDER] = "sender",
		[EVENT_GONE] = "gone",
		[EVENT_AUTH_REPORT] = "auth-report",
		[EVENT_OPT_OUT] = "opt-out",
	};

	return names[k];
}

static void
print_status(const struct enhanced *e, struct buf *b)
{
	if (e->class == 0) {
		buf_addc(b, '-');
		return;
	}
	buf_addu(b, e->class);
	buf_addc(b, '.');
	buf_addu(b, e->subject);
	buf_addc(b, '.');
	buf_addu(b, e->detail);
}

void
heard_print(const struct heard *h, struct buf *b)
{
	static const char *const fates[] = { "", "irrelevant", "not understood" };

	if (h->n == 0)
		buf_adds(b, fates[h->fate]);
	for (size_t i = 0; i < h->n; i++) {
		const struct bounce_event *e = &h->events[i];

		if (i > 0)
			buf_addc(b, '\n');
		buf_adds(b, heard_kind(e->kind));
		buf_addc(b, ' ');
		buf_add(b, e->recipient);
		buf_addc(b, ' ');
		print_status(&e->local, b);
		buf_addc(b, ' ');
		buf_add_escaped(b, e->reply);
	}
}

bool
heard_file(const char *path, struct str *out)
{
	FILE *f = fopen(path, "rb");
	size_t room = 1 << 16, n = 0, k;
	char *p;

	if (f == NULL)
		return false;
	p = xmalloc(room);
	while ((k = fread(p + n, 1, room - n, f)) > 0) {
		n += k;
		if (n == room)
			p = xrealloc(p, room *= 2);
	}
	*out = (struct str){ p, n };
	fclose(f);
	return true;
}
