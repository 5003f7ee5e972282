/* SPDX-License-Identifier: ISC */
/*
 * arena.c - memory that is freed together, in blocks that grow with what is used.
 */
#include "checks/core/arena.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#define FIRST_BLOCK 4096        /* thousands of arenas are alive at once; most stay this small */
#define LARGEST_BLOCK (1 << 18) /* growth ends here; a larger object gets its own block */

/*
 * Under AddressSanitizer what is not handed out may not be touched: a pointer
 * kept over a reset is found at its first use.
 */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAVE_ASAN 1
#endif
#endif
#if defined(HAVE_ASAN) || defined(__SANITIZE_ADDRESS__)
/* Of the compiler's run-time library: forbid and allow the N bytes at P. */
void __asan_poison_memory_region(volatile void *p, size_t n);
void __asan_unpoison_memory_region(volatile void *p, size_t n);
#define HIDE(p, n) __asan_poison_memory_region((p), (n))
#define SHOW(p, n) __asan_unpoison_memory_region((p), (n))
#else
#define HIDE(p, n) ((void)(p), (void)(n))
#define SHOW(p, n) ((void)(p), (void)(n))
#endif

struct arena_block {
	struct arena_block *next;
	size_t size, used; /* bytes of data[] */
	max_align_t data[];
};

void
arena_init(struct arena *a, size_t max)
{
	*a = (struct arena){ .max = max };
}

void
arena_reset(struct arena *a)
{
	for (struct arena_block *b = a->first; b != NULL; b = b->next) {
		HIDE(b->data, b->size);
		b->used = 0;
	}
	a->now = a->first;
	a->used = 0;
}

struct arena_mark
arena_mark(const struct arena *a)
{
	return (struct arena_mark){
		.now = a->now, .block_used = a->now != NULL ? a->now->used : 0, .used = a->used
	};
}

void
arena_rewind(struct arena *a, const struct arena_mark *m)
{
	if (m->now == NULL) {
		arena_reset(a);
		return;
	}
	/* Blocks behind the one of the mark were empty then. */
	for (struct arena_block *b = m->now; b != NULL; b = b->next) {
		size_t keep = b == m->now ? m->block_used : 0;

		HIDE((char *)b->data + keep, b->size - keep);
		b->used = keep;
	}
	a->now = m->now;
	a->used = m->used;
}

size_t
arena_room(const struct arena *a)
{
	size_t n = 0;

	for (const struct arena_block *b = a->first; b != NULL; b = b->next)
		n += sizeof(*b) + b->size;
	return n;
}

void
arena_free(struct arena *a)
{
	while (a->first != NULL) {
		struct arena_block *next = a->first->next;

		free(a->first);
		a->first = next;
	}
	a->now = NULL;
	a->used = 0;
}

/* The owner's way out when the maximum is passed. */
static _Noreturn void
arena_over(struct arena *a)
{
	if (a->limit != NULL)
		longjmp(*a->limit, 1);
	abort();
}

/* N rounded up to the alignment of any object, at least one unit; 0 on overflow. */
static size_t
round_up(size_t n)
{
	const size_t unit = _Alignof(max_align_t);

	if (n == 0)
		return unit;
	return n > SIZE_MAX - unit ? 0 : (n + unit - 1) / unit * unit;
}

/*
 * An empty block kept from an earlier run that holds N bytes, taken out of its
 * place behind the current one; NULL when none does.
 */
static struct arena_block *
take_kept(struct arena *a, size_t n)
{
	struct arena_block **at;

	if (a->now == NULL)
		return NULL;
	for (at = &a->now->next; *at != NULL; at = &(*at)->next) {
		struct arena_block *b = *at;

		if (b->size < n)
			continue;
		*at = b->next;
		return b;
	}
	return NULL;
}

static struct arena_block *
new_block(const struct arena *a, size_t n)
{
	size_t size = FIRST_BLOCK + a->used / 4096 * 2048; /* half as much again, whole KiB */
	struct arena_block *b;

	if (size > LARGEST_BLOCK)
		size = LARGEST_BLOCK;
	if (size < n)
		size = n;
	if (size > SIZE_MAX - sizeof(*b))
		abort(); /* no malloc could hold it */
	b = xmalloc(sizeof(*b) + size);
	HIDE(b->data, size);
	b->size = size;
	b->used = 0;
	return b;
}

/* Make the current block one with room for N bytes. */
static void
next_block(struct arena *a, size_t n)
{
	struct arena_block *b = take_kept(a, n);

	if (b == NULL)
		b = new_block(a, n);
	if (a->now == NULL) {
		b->next = NULL;
		a->first = b;
	} else {
		b->next = a->now->next;
		a->now->next = b;
	}
	a->now = b;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	size_t need = round_up(n);
	char *p;

	if (need == 0 || (a->max != 0 && (a->used > a->max || need > a->max - a->used)))
		arena_over(a);
	if (a->now == NULL || a->now->size - a->now->used < need)
		next_block(a, need);
	p = (char *)a->now->data + a->now->used;
	a->now->used += need;
	a->used += need;
	SHOW(p, n);
	return memset(p, 0, n);
}

void *
arena_array(struct arena *a, size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / size)
		arena_over(a);
	return arena_alloc(a, count * size);
}

struct str
arena_str(struct arena *a, struct str s)
{
	char *p;

	if (s.n == SIZE_MAX)
		arena_over(a);
	p = arena_alloc(a, s.n + 1);
	if (s.n > 0)
		memcpy(p, s.p, s.n);
	return (struct str){ p, s.n };
}

void *(arena_grow)(struct arena *a, void *items, size_t n, size_t *cap, size_t size)
{
	void *p;

	/* ITEMS points to a T *, which may not be read as a void *. */
	memcpy(&p, items, sizeof(p));
	if (n >= *cap) {
		size_t more = *cap == 0 ? 8 : *cap;
		void *old = p;

		if (more > SIZE_MAX / 2)
			arena_over(a);
		if (*cap != 0)
			more *= 2;
		p = arena_array(a, more, size);
		if (n > 0)
			memcpy(p, old, n * size);
		*cap = more;
		memcpy(items, &p, sizeof(p));
	}
	return memset((char *)p + n * size, 0, size);
}

void *
xmalloc(size_t n)
{
	void *p = malloc(n == 0 ? 1 : n);

	if (p == NULL)
		abort();
	return p;
}

void *
xcalloc(size_t count, size_t size)
{
	void *p = count == 0 || size == 0 ? calloc(1, 1) : calloc(count, size);

	if (p == NULL)
		abort();
	return p;
}

void *
xrealloc(void *old, size_t n)
{
	void *p = realloc(old, n == 0 ? 1 : n);

	if (p == NULL)
		abort();
	return p;
}
