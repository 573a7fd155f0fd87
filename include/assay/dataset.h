/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_DATASET_H
#define ASSAY_DATASET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assay/export.h"
#include "assay/hooks.h"
#include "assay/moments.h"
#include "assay/plan.h"
#include "assay/sink.h"
#include "assay/status.h"

/**
 * struct assay_dataset is all that an analysis needs of the data: exact moments per metric, group,
 * look and slice, units per group, and the count of every row that was not used and why. Every
 * source (CSV, sufficient statistics, a caller's numbers) ends here; nothing after it knows the
 * source. A dataset keeps its plan alive. Not thread safe: one writer at a time;
 * fill one dataset per thread and merge. But units are known within one call of
 * assay_dataset_read() only: what is read apart must not share units, as shards by unit do not.
 */
struct assay_dataset;

/** Limits of a dataset. */
enum {
    ASSAY_SLICES_MAX = 100000, /* dimension values, segments and the total */
    ASSAY_LOOKS_MAX = 10000,
    ASSAY_FIELD_BYTES_MAX = 1 << 20, /* one CSV field */
    ASSAY_ROW_BYTES_MAX = 16 << 20,  /* one CSV record */
    ASSAY_COLUMNS_MAX = 16384,
    ASSAY_THREADS_MAX = 256,
    ASSAY_NUMBER_BYTES_MAX = 512 /* one number's text */
};

/**
 * struct assay_counts: what happened to the rows, exactly. Every row read is one of used, bad,
 * left_out, after, duplicate, in_two_groups, unclear, no_group and no_unit. Every row of events
 * read is one of used, unexposed, excluded, bad, after and no_unit.
 */
struct assay_counts {
    uint64_t rows_read; /* data rows, header excluded */
    uint64_t rows_used; /* rows that count as a unit, or whose values are part of one */
    uint64_t rows_bad;  /* skipped as ASSAY_BAD_ROWS_SKIP says: a cell, the number of cells, text */
    uint64_t rows_after;          /* at or after asOf */
    uint64_t rows_duplicate;      /* further rows of a unit already counted */
    uint64_t units_in_two_groups; /* units excluded from every group */
    uint64_t rows_in_two_groups;  /* their rows */
    uint64_t units_unclear;       /* units excluded: their earliest rows have other dimensions */
    uint64_t rows_unclear;        /* their rows */
    uint64_t rows_no_group;       /* missing group */
    uint64_t rows_no_unit;        /* missing unit id */
    uint64_t rows_left_out;       /* by the plan's filter */
    uint64_t events_read;         /* rows of events */
    uint64_t events_used;         /* of units that count, in a metric's window or not */
    uint64_t events_unexposed;    /* of units without a row of exposure */
    uint64_t events_excluded;     /* of units that are excluded */
    uint64_t events_bad;          /* skipped, as rows_bad */
    uint64_t events_after;        /* at or after asOf */
    uint64_t events_no_unit;      /* missing unit id */
    uint64_t reserved[8];
};

/** assay_dataset_new() makes an empty dataset for a plan; only ASSAY_ERROR_MEMORY. */
ASSAY_API ASSAY_MUST_CHECK enum assay_status assay_dataset_new(const struct assay_plan *plan,
                                                               struct assay_dataset **out,
                                                               struct assay_error *err);

/** assay_dataset_free() frees a dataset, before or after its plan; NULL is fine. */
ASSAY_API void assay_dataset_free(struct assay_dataset *dataset);

/**
 * enum assay_bad_rows: what becomes of a row that cannot be read, because a cell is not a number
 * where one is needed, there are too few or too many cells, or its text is not UTF-8.
 */
enum assay_bad_rows {
    ASSAY_BAD_ROWS_FAIL, /* ASSAY_ERROR_DATA that names file, line, column and text */
    ASSAY_BAD_ROWS_SKIP  /* the row is left out and counted */
};

/** enum assay_input_kind: form of a CSV input. */
enum assay_input_kind {
    ASSAY_INPUT_AUTO,   /* sufficient statistics when the header has metric, group and n */
    ASSAY_INPUT_UNITS,  /* rows of units or exposures */
    ASSAY_INPUT_SUMMARY /* one row of sufficient statistics per metric, group, look and slice */
};

/** struct assay_event_files: the files of events that the plan names. */
struct assay_event_files {
    const char *name; /* as in the plan */
    const char *const *paths;
    size_t path_count;
    uint64_t reserved[2];
};

/** struct assay_read_options: how CSV is read. Zero-initialised is the default. */
struct assay_read_options {
    enum assay_input_kind kind;
    enum assay_bad_rows bad_rows;
    char separator; /* 0: sniffed among , ; tab | */
    /* Threads that read a file, 1 .. ASSAY_THREADS_MAX (larger numbers count as that); 0: as many
       as the process may use processors, by its affinity and the quota of its control group. The
       dataset holds the same sums for any number. */
    uint32_t threads;
    /* Code for one kind of processor: "avx512", "avx2", "sse2", "plain", or "careful": row by row,
       for any; NULL: the best there is. Every one gives the same sums. ASSAY_ERROR_USAGE when this
       processor does not run it. */
    const char *kernel;
    const struct assay_event_files *events; /* for those of the plan's events that have files */
    size_t event_count;
    /* Files are remembered by a digest of their bytes, so that none is read or merged twice, and
       assay_dataset_summarize() can seal what it writes. Always done when there are several. */
    bool has_digests;
    size_t memory_bytes;             /* for units while their rows are gathered; 0: 1 GiB */
    const char *temporary_folder;    /* what does not fit goes to an unnamed file; NULL: /tmp */
    const struct assay_hooks *hooks; /* NULL: none */
    uint64_t reserved[15];
};

/**
 * assay_dataset_read() reads CSV files into a dataset; "-" is standard input. gzip and zstd are
 * recognised by their first bytes. All files are of one experiment: duplicates are found across
 * them. On failure the dataset can only be freed: it holds part of the data.
 *
 * @paths, @path_count  at least one
 * @options             NULL for the defaults
 * Returns ASSAY_ERROR_DATA (a cell, a row or a file that cannot be read, or a column that the plan
 * names and a file lacks), ASSAY_ERROR_NO_INPUT, ASSAY_ERROR_IO, ASSAY_ERROR_LIMIT,
 * ASSAY_ERROR_PLAN (it names no group column, or not the events of a file), ASSAY_ERROR_USAGE (no
 * paths, or an option that cannot be), ASSAY_ERROR_CANCELLED, ASSAY_ERROR_MEMORY.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status
assay_dataset_read(struct assay_dataset *dataset, const char *const *paths, size_t path_count,
                   const struct assay_read_options *options, struct assay_error *err);

/**
 * assay_dataset_add_moments() adds moments a caller computed for a metric and group, over all data
 * (the total slice, one look), and counts assay_moments_count() units for the group if no metric
 * has counted more. Their shape is the metric's: a denominator for ratios, and the covariates of
 * the plan, none when the metric's reduction is ASSAY_REDUCTION_NONE.
 * Returns ASSAY_ERROR_PLAN for a metric that the plan does not have, ASSAY_ERROR_DOMAIN for another
 * shape and for a group whose name is empty or not UTF-8, ASSAY_ERROR_LIMIT (a name of more than
 * ASSAY_NAME_BYTES_MAX bytes, too many groups), _MEMORY. The moments are copied.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status
assay_dataset_add_moments(struct assay_dataset *dataset, const char *metric_id, const char *group,
                          const struct assay_moments *moments, struct assay_error *err);

/** assay_dataset_counts() tells what happened to the rows. */
ASSAY_API struct assay_counts assay_dataset_counts(const struct assay_dataset *dataset);

/**
 * assay_dataset_merge() adds all of from to into. Exact, commutative. Counts are cumulative: where
 * one has a look that the other lacks, the other keeps what it had at its look before. Both were
 * made for the same struct assay_plan and are two (ASSAY_ERROR_USAGE when not). ASSAY_ERROR_DATA
 * when an input whose digest both know is in both; see has_digests of struct assay_read_options.
 * Then into is as it was. When it fails otherwise (ASSAY_ERROR_LIMIT, _MEMORY, _CANCELLED by the
 * thread's hooks), into holds part of from and can only be freed.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status assay_dataset_merge(struct assay_dataset *into,
                                                                 const struct assay_dataset *from,
                                                                 struct assay_error *err);

/**
 * assay_dataset_summarize() writes a dataset as a table of sufficient statistics (CSV, exact sums;
 * see assay-summarize(1)), as 'assay summarize' does: what assay_dataset_read() reads back, in this
 * process or another one. The table is sealed when every file was read with has_digests: it says
 * which plan and inputs it was made of, and where it ends.
 *
 * @text, @length  NUL-terminated; free() it; length excludes the NUL
 * Returns ASSAY_ERROR_PLAN for names that such a table cannot hold and for windows without an asOf,
 * ASSAY_ERROR_CANCELLED by the thread's hooks, ASSAY_ERROR_MEMORY.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status
assay_dataset_summarize(const struct assay_dataset *dataset, char **text, size_t *length,
                        struct assay_error *err);

/**
 * assay_dataset_stream() writes the same bytes to a sink, a few rows at a time: however long the
 * table is, little of its text is in memory. The sums are read where the dataset keeps them; the
 * list of rows takes some 300 bytes a row, and there may be 50 million. Also returns what the sink
 * returns.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status
assay_dataset_stream(const struct assay_dataset *dataset, const struct assay_sink *sink,
                     struct assay_error *err);

/**
 * assay_sums_merge() adds up tables of sufficient statistics in files, as 'assay merge' does,
 * and writes the whole as above. Sealed parts must be of one plan and no input may be in two of
 * them. ASSAY_ERROR_DATA for parts that do not fit together, were cut or edited;
 * ASSAY_ERROR_NO_INPUT, _IO, _LIMIT, _USAGE (no paths), _CANCELLED by the thread's hooks, _MEMORY.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status assay_sums_merge(const char *const *paths,
                                                              size_t path_count, char **text,
                                                              size_t *length,
                                                              struct assay_error *err);

/** assay_sums_stream() writes what assay_sums_merge() makes to a sink, as above. */
ASSAY_API ASSAY_MUST_CHECK enum assay_status assay_sums_stream(const char *const *paths,
                                                               size_t path_count,
                                                               const struct assay_sink *sink,
                                                               struct assay_error *err);

#endif
