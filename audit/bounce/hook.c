/* SPDX-License-Identifier: ISC */
/*
 * hook.c - values out of JSON events, whatever their service.
 */
#include "audit/bounce/hook.h"
#include <jansson.h>
#include <stdio.h>
#include "audit/bounce/fields.h"
#include "checks/core/civil.h"

#define MAX_PATH_NAME 64 /* bytes of one name in our own paths */

const struct json_t *
hook_at(const struct json_t *j, const char *path)
{
	while (j != NULL && *path != '\0') {
		size_t n = strcspn(path, ".");
		char name[MAX_PATH_NAME];

		if (n >= sizeof(name))
			return NULL;
		memcpy(name, path, n);
		name[n] = '\0';
		if (json_is_array(j) && ascii_isdigit(name[0]))
			j = json_array_get(j, (size_t)(name[0] - '0'));
		else
			j = json_object_get(j, name);
		path += n + (path[n] == '.');
	}
	return j;
}

struct str
hook_text(struct arena *a, const struct json_t *j, const char *path)
{
	const json_t *v = hook_at(j, path);
	char number[40];
	int n = 0;

	if (json_is_array(v))
		v = json_array_get(v, 0);
	if (json_is_string(v))
		return str_trim(
		    arena_str(a, (struct str){ json_string_value(v), json_string_length(v) }));
	if (json_is_integer(v))
		n = snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(v));
	else if (json_is_real(v))
		n = snprintf(number, sizeof(number), "%.3f", json_real_value(v));
	return n > 0 && (size_t)n < sizeof(number) ? arena_str(a, (struct str){ number, (size_t)n })
						   : (struct str){ 0 };
}

struct str
hook_first(struct arena *a, const struct json_t *j, const char *paths)
{
	while (paths != NULL && *paths != '\0') {
		size_t n = strcspn(paths, "|");
		char path[2 * MAX_PATH_NAME];
		struct str s;

		if (n >= sizeof(path))
			break;
		memcpy(path, paths, n);
		path[n] = '\0';
		s = hook_text(a, j, path);
		if (s.n > 0)
			return s;
		paths += n + (paths[n] == '|');
	}
	return (struct str){ 0 };
}

/* "2024-09-06 23:22:40" and "...+0000", as RFC 3339 has them. */
static struct str
with_zone(struct arena *a, struct str text)
{
	char *p = arena_alloc(a, text.n + 2);
	bool offset = text.n > 5 && (text.p[text.n - 5] == '+' || text.p[text.n - 5] == '-');

	memcpy(p, text.p, text.n);
	if (!offset) {
		p[text.n] = 'Z';
	} else {
		memmove(p + text.n - 1, p + text.n - 2, 2);
		p[text.n - 2] = ':';
	}
	return (struct str){ p, text.n + 1 };
}

bool
hook_time(struct arena *a, struct str text, time_t *out)
{
	size_t digits = 0;
	uint32_t v;

	while (digits < text.n && ascii_isdigit(text.p[digits]))
		digits++;
	if (digits >= 9 && (digits == text.n || text.p[digits] == '.')) {
		/* Ten digits until the year 2286; three more are milliseconds. */
		if (!parse_u32(str_sub(text, 0, digits > 10 ? digits - 3 : digits), UINT32_MAX, &v))
			return false;
		*out = (time_t)v;
		return true;
	}
	if (text.n == 0)
		return false;
	return time_parse(text, out) || time_parse(with_zone(a, text), out) ||
	       date_parse(text, out);
}

struct str
hook_reply(struct arena *a, struct str code, struct str text)
{
	char *p;

	if (code.n != 3 || (code.p[0] != '4' && code.p[0] != '5') ||
	    str_ifind(text, 0, code) < text.n)
		return text;
	p = arena_alloc(a, text.n + 5);
	memcpy(p, code.p, 3);
	p[3] = ' ';
	if (text.n > 0)
		memcpy(p + 4, text.p, text.n);
	return (struct str){ p, text.n == 0 ? 3 : text.n + 4 };
}

void
hook_sender_ip(struct str text, struct bounce_event *e)
{
	struct str host = text;
	size_t close = str_find(text, 0, ']');

	if (text.n > 0 && text.p[0] == '[')
		host = str_sub(text, 1, close - 1);
	else if (addr_parse(text, &e->sender_ip) != ADDR_OK)
		host = str_sub(text, 0, str_find(text, 0, ':'));
	if (addr_parse(host, &e->sender_ip) == ADDR_OK)
		e->ip_from = KNOWN_LOG;
}

void
hook_emit(struct hook *h, struct bounce_event *e)
{
	if (e->count == 0)
		e->count = 1;
	h->n_events++;
	h->out->event(h->out->ctx, e);
}
