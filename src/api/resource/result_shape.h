/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_API_RESOURCE_RESULT_SHAPE_H
#define ASSAY_API_RESOURCE_RESULT_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analysis/results.h"

/**
 * The shape of the AnalysisResult: one row a field, in the contract's order. The writer, the cJSON
 * tree, the check of assay serve and the comparison after HTTP 409 walk over these rows; a test
 * holds the OpenAPI document against them.
 */

/** enum assay__kind: what the contract says a field is. */
enum assay__kind {
    ASSAY__KIND_TEXT,
    ASSAY__KIND_NUMBER,
    ASSAY__KIND_BOOLEAN,
    ASSAY__KIND_OBJECT,
    ASSAY__KIND_LIST,     /* of objects */
    ASSAY__KIND_MAP,      /* texts by key: a list of {"key", "value"}, or an object */
    ASSAY__KIND_ANY,      /* the contract leaves it open */
    ASSAY__KIND_OF_SERVER /* output only: never sent */
};

/** enum assay__c_type: what a leaf is in the view that it is read from, and when it is left out. */
enum assay__c_type {
    ASSAY__C_NONE,   /* not a leaf */
    ASSAY__C_TEXT,   /* const char *; NULL. What follows are figures */
    ASSAY__C_NUMBER, /* double; not finite */
    ASSAY__C_SIZE,   /* double that holds a count; not finite */
    ASSAY__C_COUNT,  /* uint64_t; never */
    ASSAY__C_ANSWER, /* enum assay_tristate; unknown */
    ASSAY__C_TIME    /* int64_t in ns; INT64_MIN */
};

/** enum assay__base: the object that a leaf is a member of. */
enum assay__base {
    ASSAY__BASE_VIEW,   /* struct assay__view: what is put together for it */
    ASSAY__BASE_RESULT, /* struct assay_metric_result of the view's comparison */
    ASSAY__BASE_LOOK,   /* struct assay_look_result of the view's look */
    ASSAY__BASE_TEST,   /* struct assay__kept_comparison of that look */
    ASSAY__BASE_COUNT
};

struct assay__shape;
struct assay__view;

enum { ASSAY__KEY_BYTES = 40 };

/** struct assay__result_field: a row of a shape. */
struct assay__result_field {
    const char *name;
    size_t name_length;
    /* The name as it stands before a value in compact form; of a wrapper up to the value in it. */
    char key[ASSAY__KEY_BYTES];
    size_t key_length;
    char end[4]; /* what stands behind the value: a comma, or a brace and a comma */
    uint8_t end_length;
    bool repeats_last; /* OBJECT: where the list before it has elements, this is its last */
    enum assay__kind kind;
    const struct assay__shape *shape; /* OBJECT: of the value; LIST, MAP: of its elements */
    enum assay__c_type type; /* of a leaf, or of the one value in a wrapper such as {"value": x} */
    size_t offset;           /* of that leaf in its base */
    /* OBJECT, LIST, MAP: the view of element index (0 for an object) of what *of shows; false when
     * it does not exist. Elements are asked for in order, and *out then still holds the one before.
     * NULL for leaves, for wrappers, and for fields of the server. */
    bool (*view)(const struct assay__view *of, size_t index, struct assay__view *out);
    enum assay__base base;
};

/** struct assay__shape: the fields of an object. */
struct assay__shape {
    const struct assay__result_field *fields;
    size_t count;
    bool is_open;   /* the contract lists no members: others than these are as good */
    bool is_pieced; /* printed member by member and element by element: it may be large */
};

/** assay__result_shape is the AnalysisResult; the document's first view is made by
 * assay__result_view(). */
extern const struct assay__shape assay__result_shape;

/** struct assay__status_view and its like: the leaves of one object. */
struct assay__status_view {
    const char *message;
    enum assay_tristate powered, significant, deteriorated;
};

struct assay__look_view {
    double baseline, compared;         /* estimates */
    double baseline_rel, compared_rel; /* divided by the baseline's */
};

struct assay__scale_view {
    double estimate, lower, upper, powered;
    enum assay_tristate significant;
};

struct assay__size_view {
    uint64_t current;
    double required, powered_rel, powered_abs;
};

struct assay__settings_view {
    double alpha, beta;
    enum assay_tristate has_reduction;
};

struct assay__annotation_view {
    const char *info, *warning, *error;
};

struct assay__pair_view {
    const char *first, *second;
};

struct assay__group_view {
    const char *id;
    uint64_t units;
    double expected;
    enum assay_tristate significant;
};

struct assay__comparison_view {
    enum assay_tristate significant;
    const char *comparison_id, *segment_id;
};

struct assay__details_view {
    const char *planned;
    enum assay_tristate has_run;
};

/** struct assay__view: one object of the document: where it is in the analysis, and its leaves. */
struct assay__view {
    const struct assay_analysis *analysis;
    int32_t metric;                           /* -1 for the whole analysis */
    const struct assay_metric_result *result; /* NULL outside of one */
    const struct assay_look_result *look;
    bool is_deterioration; /* the look's test for harm, not that of the metric's role */
    const struct assay_srm_result *srm;
    const struct assay_annotation *annotation;
    size_t note_index; /* of the annotation, in the guide and then the annotations */
    uint32_t slice;
    union {
        struct assay__status_view status;
        struct assay__look_view estimates;
        struct assay__scale_view scale;
        struct assay__size_view size;
        struct assay__settings_view settings;
        struct assay__annotation_view note;
        struct assay__pair_view pair;
        struct assay__group_view group;
        struct assay__comparison_view comparison;
        struct assay__details_view details;
        const char *text;
    };
};

/** assay__result_view() is the view of the whole resource. */
struct assay__view assay__result_view(const struct assay_analysis *analysis);

#endif
