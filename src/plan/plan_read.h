/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_PLAN_PLAN_READ_H
#define ASSAY_PLAN_PLAN_READ_H

#include "json/json_tree.h"
#include "plan/plan_names.h"
#include "assay/plan.h"

enum { ASSAY__LABELS_MAX = 64 };

/**
 * struct assay__plan_reader turns a JSON tree into a plan. The first failure is kept in status and
 * err; after it every call does nothing and returns its fallback, so that reading an object is a
 * list of assignments with one check at its end.
 */
struct assay__plan_reader {
    struct assay__arena *arena;
    const char *name; /* of the plan file; NULL when it has none */
    struct assay_error *err;
    enum assay_status status;
};

/** assay__plan_fail() fails at a value: with line and column, or naming the flag that made it. */
void assay__plan_fail(struct assay__plan_reader *reader, const struct assay__node *at,
                      const char *format, ...) ASSAY__PRINTF(3, 4);

/** assay__plan_fail_name() is assay__plan_fail() with a name in quotes before the sentence. */
void assay__plan_fail_name(struct assay__plan_reader *reader, const struct assay__node *at,
                           const char *name, const char *sentence);

/** assay__plan_fail_key() is assay__plan_fail() at the member key of object, or at object. */
void assay__plan_fail_key(struct assay__plan_reader *reader, const struct assay__node *object,
                          const char *key, const char *message);

/** assay__plan_fail_memory() is the failure of an allocation. */
void assay__plan_fail_memory(struct assay__plan_reader *reader);

/** assay__plan_enter() checks that value is an object and has no other keys than its kind. */
bool assay__plan_enter(struct assay__plan_reader *reader, const struct assay__node *value,
                       enum assay__plan_object kind);

/**
 * Members of an object. Each returns the member's value, or the fallback when there is no such
 * member. Texts are not empty and at most ASSAY_NAME_BYTES_MAX bytes long.
 */
const char *assay__plan_text(struct assay__plan_reader *reader, const struct assay__node *object,
                             const char *key, const char *fallback);
/** assay__plan_required() is a text that must be there; "" after a failure. */
const char *assay__plan_required(struct assay__plan_reader *reader,
                                 const struct assay__node *object, const char *key);
double assay__plan_number(struct assay__plan_reader *reader, const struct assay__node *object,
                          const char *key, double fallback);
/** assay__plan_share() is a number inside (0, 1). */
double assay__plan_share(struct assay__plan_reader *reader, const struct assay__node *object,
                         const char *key, double fallback);
/** assay__plan_positive() is a number > 0. */
double assay__plan_positive(struct assay__plan_reader *reader, const struct assay__node *object,
                            const char *key, double fallback);
/** assay__plan_choice() is the index of the member's spelling among the choices. */
uint32_t assay__plan_choice(struct assay__plan_reader *reader, const struct assay__node *object,
                            const char *key, const struct assay__choices *choices,
                            uint32_t fallback);
/** assay__plan_list() is a list of at most max elements; NULL when there is none. */
const struct assay__node *assay__plan_list(struct assay__plan_reader *reader,
                                           const struct assay__node *object, const char *key,
                                           uint32_t max);
/** assay__plan_texts() is a list of distinct texts; *count is 0 when there is none. */
const char **assay__plan_texts(struct assay__plan_reader *reader, const struct assay__node *object,
                               const char *key, uint32_t max, uint32_t *count);

/** assay__plan_element() is the text that value is. */
const char *assay__plan_element(struct assay__plan_reader *reader, const struct assay__node *value);

/** assay__plan_array() is a zeroed array in the plan's arena; NULL after a failure. */
void *assay__plan_array(struct assay__plan_reader *reader, size_t count, size_t size_bytes);

/**
 * assay__plan_distinct() fails at the first element of list whose member key (a text) an earlier
 * element has too. Call it when all elements are known to have one.
 */
void assay__plan_distinct(struct assay__plan_reader *reader, const struct assay__node *list,
                          const char *key);

/** assay__plan_metrics() reads the list of metrics. */
void assay__plan_metrics(struct assay__plan_reader *reader, const struct assay__node *root,
                         struct assay_plan *plan);

/** assay__plan_groups() reads groups and comparisons. */
void assay__plan_groups(struct assay__plan_reader *reader, const struct assay__node *root,
                        struct assay_plan *plan);

/** assay__plan_design() reads error rates, horizon, deterioration, SRM and how to test. */
void assay__plan_design(struct assay__plan_reader *reader, const struct assay__node *root,
                        struct assay_plan *plan);

/**
 * assay__plan_make() makes a plan of a tree whose memory is *arena, and takes that memory over
 * whatever the outcome. Values with an origin fail with ASSAY_ERROR_USAGE.
 */
enum assay_status assay__plan_make(struct assay__arena *arena, const struct assay__node *root,
                                   const char *name, struct assay_plan **out,
                                   struct assay_error *err);

/** assay__plan_read_tree() reads a plan file's text as a tree, comments allowed. */
enum assay_status assay__plan_read_tree(struct assay__arena *arena, const char *text, size_t length,
                                        const char *name, struct assay__node **out,
                                        struct assay_error *err);

/** assay__plan_read_file() is assay__plan_read_tree() of a file; "-" is standard input. */
enum assay_status assay__plan_read_file(struct assay__arena *arena, const char *path,
                                        struct assay__node **out, struct assay_error *err);

/** assay__plan_file_name() is a plan's name for messages: the path, or that of standard input. */
const char *assay__plan_file_name(const char *path);

/** assay__plan_write_canonical() writes the canonical JSON of a plan, without plan->canonical. */
enum assay_status assay__plan_write_canonical(const struct assay_plan *plan, char **text,
                                              struct assay_error *err);

#endif
