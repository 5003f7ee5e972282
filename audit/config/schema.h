/* SPDX-License-Identifier: ISC */
/*
 * schema.h - which keys there are and what each wants, as tables; one walk
 * reads a tree by them and tells everything that does not fit.
 *
 * The tables (configkeys.c) are what the program reads by and what
 * `mailvet config --keys` prints; they know no YAML.
 */
#ifndef AUDIT_CONFIG_SCHEMA_H
#define AUDIT_CONFIG_SCHEMA_H
#include "audit/config/faults.h"
#include "checks/core/buf.h"

enum key_shape {
	KEY_WORD,  /* one word */
	KEY_WORDS, /* a list of words, or one word alone */
	KEY_MAP,   /* a mapping, by `below` */
	KEY_MAPS,  /* a list of mappings by `below`, or one alone */
	KEY_TABLE  /* a mapping whose keys are the user's: slugs, zones */
};

/* A value while it is read. */
struct value {
	struct faults *fs;
	struct arena *a; /* owns what is made of it */
	struct str text; /* owned by the tree, which lives as long */
	struct str key;  /* of KEY_TABLE: the user's key */
	size_t at, key_at;
	void *config; /* what the whole file is read into */
};

struct schema;

struct schema_key {
	const char *name; /* as written; the same key may have no other name */
	enum key_shape shape;
	bool needed, secret; /* secret: its values are never told */
	const char *want;    /* what the value is: "a domain name" */
	const char *about;   /* one line for people */

	/* Put V into INTO.  NULL, or what was expected, static or owned by V->a. */
	const char *(*set)(struct value *v, void *into);

	void *(*open)(void *into, struct arena *a); /* of a mapping: what it is read into */
	const struct schema *below;
};

struct schema {
	const char *what; /* "a sender" */
	const struct schema_key *keys;
	size_t n;
	const char *alone; /* the key that a word in place of the mapping stands for; NULL = none */

	/* The mapping is read, V says where it began: what its keys say together. */
	void (*close)(struct value *v, void *into);
};

struct tree_node;

/* Read the mapping ROOT by S into CONFIG; what does not fit goes to FS. */
void schema_read(
    const struct schema *s, const struct tree_node *root, void *config, struct faults *fs);

/* Append the keys of S, one a line, those below them indented. */
void schema_print(struct buf *b, const struct schema *s);

#endif
