/* SPDX-License-Identifier: ISC */
/*
 * json_report.h - a domain, a finding, facts and a run as JSON objects
 * (report/schema.json), for the formats json and jsonl.
 */
#ifndef REPORT_JSON_REPORT_H
#define REPORT_JSON_REPORT_H
#include "report/json.h"
#include "report/report.h"

/* What `schema` says: it changes when a field that scripts rely on does. */
#define REPORT_SCHEMA "mailvet/1"

/* One edit of a remedy; C's data are in presentation form. */
void remedy_change_json(struct json *j, const struct change *c);

/* A finding, one of the run too. */
void finding_json(struct json *j, const struct judged *g);

/* A domain with its findings and facts. */
void domain_json(struct json *j, const struct domain_result *d);

/* The members schema, version, generated, now of the object that is open. */
void head_json(struct json *j, const struct run_result *run);

/* The members answers, offline, findings of the object that is open. */
void run_json(struct json *j, const struct run_result *run);

/* The member summary of the object that is open. */
void summary_json(struct json *j, const struct run_result *run);

/* The member addresses: the N addresses at A. */
void addresses_json(struct json *j, const struct addr *a, size_t n);

/* The member message, of a sample message. */
void message_json(struct json *j, const struct domain_result *d);

/* The members of `facts`; parts that were not determined are left out. */
void facts_json(struct json *j, const struct facts *f);

/* streams_json.c: the members streams and readiness; the keys of ST as the member KEY. */
void streams_json(struct json *j, const struct streams *s);
void readiness_json(struct json *j, const struct domain_result *d);
void stream_keys_json(struct json *j, const char *key, const struct stream *st);

/* The formats' entry points (formats.c). */
void json_report_begin(struct report *r, const struct run_result *run);
void json_report_domain(struct report *r, const struct domain_result *d);
void json_report_end(struct report *r, const struct run_result *run);
void jsonl_report_domain(struct report *r, const struct domain_result *d);
void jsonl_report_end(struct report *r, const struct run_result *run);

#endif
