/* SPDX-License-Identifier: ISC */
/*
 * yamltree.h - a YAML file as a small tree that knows where everything stands.
 *
 * It takes the part of YAML that a configuration needs: words, lists, mappings
 * with words for keys, comments.  It refuses anchors and aliases (a few lines
 * of them make a tree of any size), tags, several documents, keys that stand
 * twice, control bytes and anything that is not UTF-8.  libyaml reads; nothing
 * of it leaves this file.
 */
#ifndef AUDIT_CONFIG_YAMLTREE_H
#define AUDIT_CONFIG_YAMLTREE_H
#include "audit/config/faults.h"

#define MAX_YAML_BYTES ((size_t)1 << 20) /* some ten thousand domains */
#define MAX_YAML_NODES 200000            /* what a file of that size holds when written by hand */
#define MAX_YAML_DEPTH 10                /* the configuration needs 6 */

enum tree_kind { TREE_WORD, TREE_LIST, TREE_MAP };

struct tree_node {
	enum tree_kind kind;
	bool quoted;     /* a word in quotes, or a block of text: never "no value" */
	struct str text; /* of a word; any UTF-8 without control bytes but line ends and tabs */
	size_t at;       /* where it begins, for fault_add() */

	/* What it holds, in the order of the file; of a mapping key, value, key, value. */
	struct tree_node *first, **last;
	struct tree_node *next;
	size_t n; /* items, or keys */
};

/*
 * Read TEXT; what is wrong goes to FS.  The tree is owned by FS's arena.  NULL when
 * the structure is at fault; with keys that stand twice there is a tree, and faults.
 */
const struct tree_node *yamltree_read(struct str text, struct faults *fs);

/* Whether N is a word that says nothing: `key:` with nothing behind, ~ or null. */
bool tree_is_empty(const struct tree_node *n);

#endif
