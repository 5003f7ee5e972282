/* SPDX-License-Identifier: ISC */
/*
 * vector_orders.c - one vector again and again, with its answers in random orders.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "tests/vector.h"

void
vector_try_orders(struct vector *v, unsigned n)
{
	struct vector_got once, later;

	vector_run(v, 0, &once);
	for (uint64_t seed = 1; seed <= n; seed++) {
		vector_run(v, seed, &later);
		for (size_t i = 0; i < VECTOR_FORMATS; i++)
			if (!str_eq(buf_str(&once.out[i]), buf_str(&later.out[i])))
				fail_msg("%s: other report %zu in order %d:\n%.*s\n%.*s", v->path,
				    i, (int)seed, (int)once.out[i].n, once.out[i].p,
				    (int)later.out[i].n, later.out[i].p);
		if (!str_eq(buf_str(&once.asked), buf_str(&later.asked)))
			fail_msg("%s: other questions in order %d", v->path, (int)seed);
		vector_got_free(&later);
	}
	vector_got_free(&once);
}
