/* SPDX-License-Identifier: ISC */
/*
 * test_arena.c - memory that is freed together, and its maximum.
 */
#include "checks/core/arena.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

static void
test_memory_is_zeroed_and_aligned(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	for (size_t run = 0; run < 3; run++) {
		for (size_t n = 0; n < 300; n++) {
			unsigned char *p = arena_alloc(&a, n);

			assert_non_null(p);
			assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
			for (size_t i = 0; i < n; i++)
				assert_int_equal(p[i], 0);
			memset(p, 0xa5, n);
		}
		arena_reset(&a);
		assert_int_equal(a.used, 0);
	}
	arena_free(&a);
}

static void
test_objects_do_not_overlap(void **state)
{
	enum { COUNT = 400 };
	static unsigned char *p[COUNT];
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	for (size_t i = 0; i < COUNT; i++) {
		p[i] = arena_alloc(&a, i * 7 + 1);
		memset(p[i], (int)(i & 0xff), i * 7 + 1);
	}
	for (size_t i = 0; i < COUNT; i++)
		for (size_t j = 0; j < i * 7 + 1; j++)
			assert_int_equal(p[i][j], i & 0xff);
	arena_free(&a);
	assert_null(a.first);
	assert_int_equal(a.used, 0);
}

/* Allocate N bytes; whether that went over the maximum. */
static bool
is_over(struct arena *a, size_t count, size_t size)
{
	jmp_buf limit;
	bool over = true;

	a->limit = &limit;
	if (setjmp(limit) == 0) {
		arena_array(a, count, size);
		over = false;
	}
	a->limit = NULL;
	return over;
}

static void
test_maximum_is_exact(void **state)
{
	const size_t unit = _Alignof(max_align_t);
	struct arena a;

	(void)state;
	arena_init(&a, 10 * unit);
	assert_false(is_over(&a, 1, 9 * unit));
	assert_true(is_over(&a, 1, unit + 1));
	assert_false(is_over(&a, 1, unit)); /* a refusal takes nothing */
	assert_true(is_over(&a, 1, 1));
	assert_true(is_over(&a, 0, 0)); /* even nothing has an address of its own */
	arena_reset(&a);
	assert_false(is_over(&a, 1, 10 * unit));
	arena_free(&a);
}

static void
test_overflow_is_over_the_maximum(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	assert_true(is_over(&a, SIZE_MAX / 2, 3));
	assert_true(is_over(&a, SIZE_MAX, SIZE_MAX));
	assert_true(is_over(&a, 1, SIZE_MAX));
	assert_true(is_over(&a, 1, SIZE_MAX - 1));
	assert_false(is_over(&a, SIZE_MAX, 0));
	arena_free(&a);
}

/* How many blocks A holds. */
static size_t
count_blocks(struct arena *a)
{
	size_t n = 0;

	/* A block's first member leads to the next (arena.c). */
	for (void *b = a->first; b != NULL; memcpy(&b, b, sizeof(b)))
		n++;
	return n;
}

static void
test_reset_keeps_the_room(void **state)
{
	struct arena a;
	size_t blocks;

	(void)state;
	arena_init(&a, 0);
	for (size_t i = 0; i < 1000; i++)
		arena_alloc(&a, 500);
	blocks = count_blocks(&a);
	for (size_t run = 0; run < 20; run++) {
		arena_reset(&a);
		for (size_t i = 0; i < 1000; i++)
			arena_alloc(&a, 500);
	}
	assert_int_equal(count_blocks(&a), blocks);
	/* A large object takes a large block from behind rather than a new one. */
	arena_reset(&a);
	arena_alloc(&a, 4000);
	arena_alloc(&a, 100000);
	assert_int_equal(count_blocks(&a), blocks);
	arena_free(&a);
}

static void
test_str_is_a_copy_with_a_nul(void **state)
{
	char text[] = "a\0b";
	struct arena a;
	struct str s;

	(void)state;
	arena_init(&a, 0);
	s = arena_str(&a, (struct str){ text, 3 });
	text[0] = 'x';
	assert_int_equal(s.n, 3);
	assert_memory_equal(s.p, "a\0b", 4);
	s = arena_str(&a, (struct str){ NULL, 0 });
	assert_int_equal(s.n, 0);
	assert_int_equal(s.p[0], 0);
	arena_free(&a);
}

static void
test_grown_array_keeps_its_items(void **state)
{
	uint32_t *items = NULL;
	size_t n = 0, cap = 0;
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	for (uint32_t i = 0; i < 5000; i++) {
		uint32_t *item = arena_grow(&a, &items, n, &cap, sizeof(*items));

		assert_ptr_equal(item, &items[n]);
		assert_int_equal(*item, 0);
		assert_true(cap > n);
		*item = i;
		n++;
		if (i % 3 == 0)
			items[--n] = UINT32_MAX; /* taken back: the place is zeroed again */
	}
	for (size_t i = 0, want = 1; i < n; i++, want += want % 3 == 2 ? 2 : 1)
		assert_int_equal(items[i], want);
	arena_free(&a);
}

static void
test_heap_never_gives_null(void **state)
{
	unsigned char *p = xmalloc(0);

	(void)state;
	assert_non_null(p);
	p = xrealloc(p, 10);
	p = xrealloc(p, 0);
	assert_non_null(p);
	free(p);
	p = xcalloc(0, 8);
	assert_non_null(p);
	free(p);
	p = xcalloc(3, 5);
	for (size_t i = 0; i < 15; i++)
		assert_int_equal(p[i], 0);
	free(p);
}

/* Whatever was handed out behind a mark, what lies before it stays and room is not lost. */
static void
test_rewind_keeps_what_lies_before(void **state)
{
	static const size_t sizes[] = { 0, 1, 100, 4096, 70000 };
	struct arena a;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
		for (size_t k = 0; k < ARRAY_LEN(sizes); k++) {
			struct arena_mark mark;
			char *before = NULL, *behind;

			arena_init(&a, 0);
			if (sizes[i] > 0)
				before = memset(arena_alloc(&a, sizes[i]), 'b', sizes[i]);
			mark = arena_mark(&a);
			for (int turn = 0; turn < 3; turn++) {
				size_t used = a.used;

				behind = arena_alloc(&a, sizes[k]);
				for (size_t n = 0; n < sizes[k]; n++)
					assert_int_equal(behind[n], 0);
				memset(behind, 'x', sizes[k]);
				memset(arena_alloc(&a, 5000), 'y', 5000);
				arena_rewind(&a, &mark);
				assert_int_equal(a.used, used);
			}
			for (size_t n = 0; n < sizes[i]; n++)
				assert_int_equal(before[n], 'b');
			arena_free(&a);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory_is_zeroed_and_aligned),
		cmocka_unit_test(test_objects_do_not_overlap),
		cmocka_unit_test(test_maximum_is_exact),
		cmocka_unit_test(test_overflow_is_over_the_maximum),
		cmocka_unit_test(test_reset_keeps_the_room),
		cmocka_unit_test(test_str_is_a_copy_with_a_nul),
		cmocka_unit_test(test_grown_array_keeps_its_items),
		cmocka_unit_test(test_heap_never_gives_null),
		cmocka_unit_test(test_rewind_keeps_what_lies_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
