/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_RESULT_H
#define ASSAY_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assay/analysis.h"
#include "assay/export.h"
#include "assay/sink.h"
#include "assay/status.h"

/**
 * ASSAY_FORMAT_LIST: the documents an analysis can be written as, as X(NAME, name, contents): what
 * is in it, or NULL when the name says it. Names and order are stable; new ones come at the end.
 */
#define ASSAY_FORMAT_LIST(X)                                                                       \
    X(TABLE, table, NULL)                     /* for people, on a terminal */                      \
    X(RESULT, result, "AnalysisResult, JSON") /* the resource, in the contract's order */          \
    X(DETAIL, detail, "JSON")                 /* everything, versioned by schemaVersion */         \
    X(CSV, csv, NULL)                         /* one row per comparison, slice and look */

/** enum assay_format: see ASSAY_FORMAT_LIST. */
enum assay_format {
#define ASSAY_FORMAT_ENUMERATOR(name, spelling, contents) ASSAY_FORMAT_##name,
    ASSAY_FORMAT_LIST(ASSAY_FORMAT_ENUMERATOR) ASSAY_FORMAT_LARGEST =
        0x7fffffff /* no value: later ones fit */
#undef ASSAY_FORMAT_ENUMERATOR
};

/** struct assay_write_options. Zero-initialised is the default: compact, 80 columns, ASCII. */
struct assay_write_options {
    bool pretty;     /* indent JSON by tabs */
    int width;       /* table: columns of the terminal; 0 means 80 */
    bool color;      /* table: ANSI colours */
    bool unicode;    /* table: box drawing and interval glyphs beyond ASCII */
    bool all_looks;  /* table: every look, not only the last */
    bool slices;     /* table: dimensions and segments, too, not only all units */
    bool brief;      /* table: one line a comparison; no groups, no drawings, no remarks */
    double interval; /* table: beside the test's, a two-sided interval of this level, such as 0.95,
                        as if the data were looked at once; outside 0 to 1: none */
    uint32_t slices_max; /* table: values of a dimension shown, the rest gathered; 0 means 20 */
    /* Table: what to do about remarks of a kind (of struct assay_note), and about "groups",
     * "slices" and "comparisons" that are not listed, in the caller's terms, such as options of a
     * program; NULL, or an answer of NULL, for the library's own words. */
    const char *(*hint)(const char *kind);
    bool chart; /* table: effect and interval over time, of each metric with several looks */
    uint64_t reserved[8];
};

/**
 * assay_analysis_write() writes an analysis as text in memory, UTF-8, NUL-terminated, ending with a
 * newline. The caller frees *text with free(). length excludes the NUL; it and options (the
 * defaults) may be NULL. Writers compute nothing. Returns ASSAY_ERROR_MEMORY, ASSAY_ERROR_USAGE for
 * a format that does not exist, ASSAY_ERROR_CANCELLED by the thread's hooks (assay_hooks_use()),
 * here and below. Threads: several may write one analysis.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status
assay_analysis_write(const struct assay_analysis *analysis, enum assay_format format,
                     const struct assay_write_options *options, char **text, size_t *length,
                     struct assay_error *err);

/**
 * assay_analysis_stream() writes the same bytes to a sink, piece by piece: whatever the number of
 * results, no more than a few of them are in memory. Also returns what the sink returns.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status
assay_analysis_stream(const struct assay_analysis *analysis, enum assay_format format,
                      const struct assay_write_options *options, const struct assay_sink *sink,
                      struct assay_error *err);

/**
 * assay_request_write() writes the body that creates the resource:
 * {"parent","analysisResult","analysisResultId"}. Text as above. ASSAY_ERROR_PLAN when the plan has
 * no parent; ASSAY_ERROR_MEMORY.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status
assay_request_write(const struct assay_analysis *analysis, char **text, size_t *length,
                    struct assay_error *err);

/** assay_request_stream() writes the same bytes to a sink, piece by piece. */
ASSAY_API ASSAY_MUST_CHECK enum assay_status
assay_request_stream(const struct assay_analysis *analysis, const struct assay_sink *sink,
                     struct assay_error *err);

#endif
