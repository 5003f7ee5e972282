/* SPDX-License-Identifier: ISC */
/*
 * query.c - lists of queries.  Links only: who owns a query is the resolver's
 * affair.
 */
#include "audit/sources/query.h"

#include <assert.h>

#include "audit/sources/tries.h"

void
query_append(struct query_list *l, struct query *q)
{
	assert(q->in == NULL);
	q->in = l;
	q->next = NULL;
	q->prev = l->last;
	if (l->last != NULL)
		l->last->next = q;
	else
		l->first = q;
	l->last = q;
	l->n++;
}

void
query_prepend(struct query_list *l, struct query *q)
{
	assert(q->in == NULL);
	q->in = l;
	q->prev = NULL;
	q->next = l->first;
	if (l->first != NULL)
		l->first->prev = q;
	else
		l->last = q;
	l->first = q;
	l->n++;
}

void
query_unlink(struct query *q)
{
	struct query_list *l = q->in;

	if (l == NULL)
		return;
	if (q->prev != NULL)
		q->prev->next = q->next;
	else
		l->first = q->next;
	if (q->next != NULL)
		q->next->prev = q->prev;
	else
		l->last = q->prev;
	l->n--;
	q->in = NULL;
	q->next = q->prev = NULL;
}

struct wire_query
query_wire(const struct query *q)
{
	return (struct wire_query){ .name = &q->ticket->q.name,
		.type = q->ticket->q.type,
		.id = q->id,
		.edns = q->edns,
		.direct = q->resolver->o.direct,
		.case_bits = q->case_bits };
}
