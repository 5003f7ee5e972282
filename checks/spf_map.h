/* SPDX-License-Identifier: ISC */
/*
 * spf_map.h - what check_host() answers for every address there is, by
 * intervals of addresses, worked out from a tree whose answers are all here.
 *
 * The outcome of some terms hangs on more than the address: exists, ptr, and
 * targets with macros of the sender.  Such a term is opaque: an address has no
 * plain result then but a decision, "when the term matches this, else that",
 * which keeps the terms as they are written and in their order.
 *
 * The limits of RFC 7208 4.6.4 are no part of a map, so that a record that
 * passes them can be compared with one that does not.  Nothing is guessed:
 * where an answer failed or was not given there is no map.
 */
#ifndef CHECKS_SPF_MAP_H
#define CHECKS_SPF_MAP_H
#include <stdbool.h>
#include <stddef.h>
#include "checks/spf_tree.h"
#include "checks/spf_value.h"

#define MAX_SPF_SPANS 40000 /* intervals of one map: twice what 30,000 terms of senders have */

/* From FROM up to the next span, or to the last address. */
struct spf_span {
	struct addr from;
	const struct spf_value *value;
};

/* By family: [0] IPv4, [1] IPv6.  Neighbours differ in value; the first is address 0. */
struct spf_map {
	const struct spf_span *spans[2];
	size_t n[2];
};

struct spf_mapper;
struct spf_networks;

/*
 * Ready to map the root of T, in which nothing is pending; owned by A, as all
 * maps of it are.  NULL when something below it is unknown or too large.
 */
struct spf_mapper *spf_mapper(struct arena *a, const struct spf_tree *t);

/*
 * The map of NODE, the root or one made by spf_map_node(), without those terms
 * that SKIP marks (NULL = none), into *OUT.  False when it is not known.
 */
bool spf_map(
    struct spf_mapper *m, const struct spf_node *node, const bool *skip, struct spf_map *out);

/*
 * The same for receivers that get no further than in front of term END, where all
 * that no term matched before have permerror; SPF_NO_TERM = they get through, and
 * the number of terms = through all but redirect=.
 */
bool spf_map_until(struct spf_mapper *m, const struct spf_node *node, const bool *skip, size_t end,
    struct spf_map *out);

/* Whether NODE without those terms that SKIP marks has MAP; false also when that is not known. */
bool spf_map_without(
    struct spf_mapper *m, const struct spf_node *node, const bool *skip, const struct spf_map *map);

/*
 * The root as it would be with the record TEXT, into *OUT.  False when TEXT has
 * a lookup term that the root has not, whose answers are then not here.
 */
bool spf_map_node(struct spf_mapper *m, struct str text, struct spf_node *out);

/* What M, of one mapper, says of ADDR; an IPv4-mapped one counts as IPv4 (RFC 7208 5). */
const struct spf_value *spf_map_at(const struct spf_map *m, const struct addr *addr);

/* Whether the N_A spans A are the N_B spans B, both of one family. */
bool spf_same_spans(const struct spf_span *a, size_t n_a, const struct spf_span *b, size_t n_b);

/* Whether A and B say the same of every address; false also where that is not certain. */
bool spf_map_eq(const struct spf_map *a, const struct spf_map *b);

/* The same, but that where OLD has permerror NEW may have anything. */
bool spf_map_heals(const struct spf_map *old, const struct spf_map *new);

/*
 * Whether term I of ROOT, a network, a, mx or include, matches anybody, and all it
 * matches has in MAP the result that it would give, where no opaque term decides.
 */
bool spf_map_agrees(
    struct spf_mapper *m, const struct spf_node *root, size_t i, const struct spf_map *map);

/* The addresses that get something else in B than in A, both of one mapper, added to OUT. */
void spf_map_difference(const struct spf_map *a, const struct spf_map *b, struct spf_networks *out);

/* RFC 7208 4.3: whether the name of NODE can be a sender's domain; else it has no record. */
bool is_spf_qualified(const struct spf_node *node);

/* The lookup term TERM of the record of NODE; NULL when it is none or the tree left it out. */
const struct spf_item *spf_item_of(const struct spf_node *node, const struct spf_term *term);

/* The opaque term number I of M: kind and domain-spec as written, and whose record it is. */
struct str spf_map_opaque(const struct spf_mapper *m, size_t i);

#endif
