/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SERVE_PAIRS_H
#define ASSAY_SERVE_PAIRS_H

#include "json/json_tree.h"

/**
 * struct serve_pairs walks over keys and values, as labels and dimensions are. They come in three
 * forms: [{"key": k, "value": v}], [{k: v}] and {k: v}. What is of no such form is passed over.
 */
struct serve_pairs {
    const struct assay__node *element; /* of the list that is to come; NULL: none, or an object */
    const struct assay__node *member;  /* of the object that is to come */
};

/** serve_pairs_of() begins with a member of an object; owner may be NULL, and the member absent. */
struct serve_pairs serve_pairs_of(const struct assay__node *owner, const char *name);

/**
 * serve_pairs_next() is the next pair. *value is a text, or a number or truth value as written, and
 * "" for all else, never NULL.
 */
bool serve_pairs_next(struct serve_pairs *pairs, const char **key, const char **value);

/** serve_pairs_any() is true when there is one. */
bool serve_pairs_any(const struct assay__node *owner, const char *name);

#endif
