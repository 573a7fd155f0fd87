/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_PLAN_BUILD_H
#define ASSAY_CLI_PLAN_BUILD_H

#include "json/json_tree.h"
#include "cli/plan_flags.h"

/**
 * struct plan_build is the tree of a plan while flags are laid over it. The first failure is kept
 * in status and err; after it every call does nothing. origin names the flag at hand, such as
 * "--alpha 2", and goes into every value it makes.
 */
struct plan_build {
    struct assay__arena arena;
    struct assay__node *root;
    const char *origin;
    struct assay_error *err;
    enum assay_status status;
};

/** plan_build_at() makes a flag and its value ("" for none) the origin of what follows. */
void plan_build_at(struct plan_build *build, const char *flag, const char *value);

/** plan_build_fail() fails with ASSAY_ERROR_USAGE; the message begins with the flag. */
void plan_build_fail(struct plan_build *build, const char *format, ...) ASSAY__PRINTF(2, 3);

/** plan_build_node() is a new value made by the flag at hand; NULL after a failure. */
struct assay__node *plan_build_node(struct plan_build *build, enum assay__node_type type);

/** plan_build_text() is a new text of length bytes, backslashes taken out. */
struct assay__node *plan_build_text(struct plan_build *build, const char *text, size_t length);

/** plan_build_plain() is a new text as it stands: only compound values know backslashes. */
struct assay__node *plan_build_plain(struct plan_build *build, const char *text);

/** plan_build_number() is a new number read from the text; fails when it is not a number. */
struct assay__node *plan_build_number(struct plan_build *build, const char *text, size_t length);

/** plan_build_set() makes value a member of object; nothing happens when value is NULL. */
void plan_build_set(struct plan_build *build, struct assay__node *object, const char *key,
                    struct assay__node *value);

/** plan_build_member() is the member of a type, made anew when there is not one of that type. */
struct assay__node *plan_build_member(struct plan_build *build, struct assay__node *object,
                                      const char *key, enum assay__node_type type);

/** plan_build_append() makes value the last element of a list; nothing happens for NULL. */
void plan_build_append(struct plan_build *build, struct assay__node *list,
                       struct assay__node *value);

/**
 * plan_build_part() is the number of bytes before the first separator in text[0 .. length) that has
 * no backslash before it; length when there is none.
 */
size_t plan_build_part(const char *text, size_t length, char separator);

/**
 * plan_build_key() makes a key of an object from text[0 .. length), as its row in the key table has
 * it. is_attribute: the text is part of a longer one, where a backslash takes the next character as
 * it is and '+' stands between the entries of a list. text NULL: the flag has no value.
 */
void plan_build_key(struct plan_build *build, struct assay__node *object,
                    const struct assay__plan_key *row, const char *text, size_t length,
                    bool is_attribute);

/** plan_build_metric() takes --metric, --proportion or --ratio. */
void plan_build_metric(struct plan_build *build, const struct plan_flag *flag, const char *value);

/** plan_build_defaults() gives metrics what --covariate, --reduction and --missing say. */
void plan_build_defaults(struct plan_build *build, const struct plan_flags *flags);

#endif
