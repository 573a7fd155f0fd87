/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_PLAN_PLAN_READ_H
#define ASSAY_PLAN_PLAN_READ_H

#include "analysis/plan_model.h"
#include "json/json_tree.h"
#include "plan/plan_keys.h"

enum { ASSAY__LABELS_MAX = 64 };

/**
 * struct assay__plan_reader turns a JSON tree into a plan. The first failure is kept in status and
 * err; after it every call does nothing.
 */
struct assay__plan_reader {
    struct assay__arena *arena;
    const char *name; /* of the plan file; NULL when it has none */
    struct assay_plan *plan;
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

/** assay__plan_fail_choice() says that a text is not one of some words, and which may be meant. */
void assay__plan_fail_choice(struct assay__plan_reader *reader, const struct assay__node *at,
                             const char *const *words, uint32_t count);

/** assay__plan_is() checks that a value has a type, which a failure names. */
bool assay__plan_is(struct assay__plan_reader *reader, const struct assay__node *value,
                    enum assay__node_type type);

/** assay__plan_array() is a zeroed array in the plan's arena; NULL after a failure. */
void *assay__plan_array(struct assay__plan_reader *reader, size_t count, size_t size_bytes);

/** assay__plan_default() gives an object's struct the defaults of its keys. */
void assay__plan_default(enum assay__plan_object kind, void *object);

/** assay__plan_object() reads an object into its struct, which has its defaults. */
void assay__plan_object(struct assay__plan_reader *reader, enum assay__plan_object kind,
                        const struct assay__node *value, void *object);

/** assay__plan_value() reads the value of a key that is not an object. */
void assay__plan_value(struct assay__plan_reader *reader, const struct assay__plan_key *row,
                       const struct assay__node *value, void *object);

/** assay__plan_mark() is what stands beside a value in its struct; NULL when nothing does. */
void *assay__plan_mark(const struct assay__plan_key *row, void *at);

/** assay__plan_set_mark() says there that the value was given. */
void assay__plan_set_mark(const struct assay__plan_key *row, void *at);

/** assay__plan_is_list() checks that a value is a list of as many entries as its row wants. */
bool assay__plan_is_list(struct assay__plan_reader *reader, const struct assay__plan_key *row,
                         const struct assay__node *value);

/** assay__plan_text() is the text that value is: not empty unless may_be_empty, of some length. */
const char *assay__plan_text(struct assay__plan_reader *reader, const struct assay__node *value,
                             bool may_be_empty);

/**
 * assay__plan_distinct() fails at the first element of list whose member key (a text) an earlier
 * element has too. key NULL: the elements are texts. All elements must have one.
 */
void assay__plan_distinct(struct assay__plan_reader *reader, const struct assay__node *list,
                          const char *key);

/** assay__plan_measure_is() tells whether two values are made of the same rows in the same way. */
bool assay__plan_measure_is(const struct assay_measure *a, const struct assay_measure *b);

/** assay__plan_rule() reads the decision rule, when all metrics are known. */
void assay__plan_rule(struct assay__plan_reader *reader, const struct assay__node *value);

/** assay__plan_finish_group_list() applies the rules of the planned groups' weights. */
void assay__plan_finish_group_list(struct assay__plan_reader *reader,
                                   const struct assay__node *list, const struct assay_plan *plan);

/** Checks of single texts; the table names them. */
void assay__plan_check_filter(struct assay__plan_reader *reader, const struct assay__node *value);
void assay__plan_check_parent(struct assay__plan_reader *reader, const struct assay__node *value);
void assay__plan_check_id(struct assay__plan_reader *reader, const struct assay__node *value);
void assay__plan_check_include(struct assay__plan_reader *reader, const struct assay__node *value);
void assay__plan_check_thousands(struct assay__plan_reader *reader,
                                 const struct assay__node *value);
void assay__plan_check_time_form(struct assay__plan_reader *reader,
                                 const struct assay__node *value);
void assay__plan_check_star(struct assay__plan_reader *reader, const struct assay__node *value);
void assay__plan_check_encoding(struct assay__plan_reader *reader, const struct assay__node *value);

/** Rules about several keys of an object; the table names them. object is the struct it fills. */
#define ASSAY__FINISH(name)                                                                        \
    void assay__plan_finish_##name(struct assay__plan_reader *reader,                              \
                                   const struct assay__node *value, void *object)
ASSAY__FINISH(plan);
ASSAY__FINISH(columns);
ASSAY__FINISH(format);
ASSAY__FINISH(comparisons);
ASSAY__FINISH(pair);
ASSAY__FINISH(horizon);
ASSAY__FINISH(spending);
ASSAY__FINISH(metric);
ASSAY__FINISH(cap);

/**
 * assay__plan_make() makes a plan of a tree whose memory is *arena, and takes that memory over
 * whatever the outcome. Values with an origin fail with ASSAY_ERROR_USAGE.
 */
enum assay_status assay__plan_make(struct assay__arena *arena, const struct assay__node *root,
                                   const char *name, struct assay_plan **out,
                                   struct assay_error *err);

/** assay__plan_write_canonical() writes the canonical JSON of a plan, without plan->canonical. */
enum assay_status assay__plan_write_canonical(const struct assay_plan *plan,
                                              struct assay__arena *arena, const char **text,
                                              struct assay_error *err);

#endif
