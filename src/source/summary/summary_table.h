/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_SUMMARY_SUMMARY_TABLE_H
#define ASSAY_SOURCE_SUMMARY_SUMMARY_TABLE_H

#include "assay/dataset.h"
#include "assay/sink.h"
#include "base/fingerprint.h"
#include "base/halt.h"
#include "base/index.h"
#include "base/text.h"
#include "stats/metric/accumulator.h"

/**
 * Sufficient statistics as a table: what an accumulator keeps, exact moments most often, per
 * metric, group, time, dimension and value. It knows no plan, so that shards of anything can be
 * merged.
 *
 * Rows whose metric begins with @ carry what is not a metric's: @units (units of a group), @missing
 * (value = metric: units whose value is missing), @skipped (rows of a group that were skipped,
 * where they name one), @latest (time of the latest row), @note (group =
 * metric, dimension = level, value = text), the fields of struct assay_counts by name, such as
 * @rows_read, and the seal: see summary_seal.h.
 */
enum assay__summary_key {
    ASSAY__KEY_METRIC,
    ASSAY__KEY_GROUP,
    ASSAY__KEY_TIME,      /* RFC 3339 or "" */
    ASSAY__KEY_DIMENSION, /* a column, or @segment */
    ASSAY__KEY_VALUE,
    ASSAY__KEY_COUNT
};

/** struct assay__summary_entry: one key's sums. */
struct assay__summary_entry {
    const char *key[ASSAY__KEY_COUNT];
    uint32_t series, time;                  /* the numbers of all of its key but the time, of it */
    uint32_t mask;                          /* covariates_missing of its first row */
    bool has_row;                           /* that row was read */
    uint64_t n;                             /* of @ rows; metrics count in their state */
    const struct assay__accumulator *keeps; /* where there is a state: whose it is */
    void *state;           /* NULL for @ rows, and for rows that the plan does not need */
    int64_t time_ns;       /* of the key's time; INT64_MIN when it has none */
    bool without_variance; /* a mean alone was given: fit for proportions only */
    bool is_no_share;      /* the sums cannot be those of zeros and ones */
    bool has_inner_mean;   /* each row's mean lies well between 0 and 1 */
    bool is_unneeded;      /* a metric's row whose figures were not read */
    bool has_slice;        /* such a row in a slice of the plan */
    bool is_carried;       /* the copy of an earlier look's */
    bool is_borrowed;      /* the state is a dataset's, and is only read */
    double *slack;       /* how far rounding may have moved each sum but cubes; NULL: not at all */
    double own_slack[2]; /* what slack points to, where there are two */
    const char *file;    /* where it was first seen, for messages; "" */
    uint64_t line;
    uint32_t column;
};

/** ASSAY__SUMMARY_COUNT_MAX: the most units that a row, or rows that are merged, may count. */
#define ASSAY__SUMMARY_COUNT_MAX UINT64_C(1000000000000000)

/** ASSAY__SERIES_PARTS: the parts of a key that a series has, all but the time. */
enum { ASSAY__SERIES_PARTS = ASSAY__KEY_COUNT - 1 };

struct assay__summary_table {
    struct {
        uint32_t count;
        uint32_t *slots; /* a hash table by series and time: the entry's number + 1; 0 is free */
        uint32_t slot_count;
        uint32_t placed; /* entries that have a slot; the others get theirs when one is searched */
    } keys;
    struct assay__index series; /* the parts of a series, each ended by a NUL */
    struct assay__index times;
    const char *(*series_parts)[ASSAY__SERIES_PARTS]; /* [series_capacity] */
    uint32_t *latest;  /* [series_capacity]: no entry of the series has this time or a later one */
    int64_t *instants; /* [instant_capacity], INT64_MIN: no time */
    uint32_t series_capacity, instant_capacity;
    struct assay__summary_entry **entries; /* [keys.count] */
    uint32_t capacity;
    struct assay__summary_entry *spare; /* [spare_count], entries to come */
    uint32_t spare_count;
    bool has_variances;     /* there is a column for variances, or for sums of squares */
    bool counts_by_metrics; /* no row counts units: a slice has those of its most frequent metric */
    bool is_alone;          /* no other table is read beside it */
    bool is_sealed;         /* its seal was there and whole; or it is to be written with one */
    char digest[ASSAY__FINGERPRINT_BYTES]; /* of the rows, where somebody asks for it */
    struct assay__arena arena;
    struct assay__arena states; /* memory of the entries' states; a dataset may take it over */
    struct assay__halt *halt; /* asked, and told the stage "merge", while rows are put in order and
                                 added up; NULL: nobody ends that */
};

/** assay__summary_go_on() asks so; done counts rows, and only every thousandth is asked about. */
static inline enum assay_status assay__summary_go_on(const struct assay__summary_table *table,
                                                     uint32_t done, struct assay_error *err)
{
    return done % 1024 != 0
               ? ASSAY_OK
               : assay__halt_progress(table->halt, "merge", done, table->keys.count, err);
}

void assay__summary_table_release(struct assay__summary_table *table);

/** assay__summary_entry() finds or adds the entry of a key; is_new says which. */
enum assay_status assay__summary_entry(struct assay__summary_table *table,
                                       const char *const key[ASSAY__KEY_COUNT],
                                       struct assay__summary_entry **entry, bool *is_new,
                                       struct assay_error *err);

/**
 * assay__summary_entry_at() is the same by the numbers of a series and of a time, as
 * assay__summary_series() and assay__summary_time() give them. A series is its parts, metric,
 * group, dimension and value, each ended by a NUL. time_ns: what the text of a time says, or
 * INT64_MIN.
 */
enum assay_status assay__summary_entry_at(struct assay__summary_table *table, uint32_t series,
                                          uint32_t time, struct assay__summary_entry **entry,
                                          bool *is_new, struct assay_error *err);
enum assay_status assay__summary_series(struct assay__summary_table *table,
                                        const char *const key[ASSAY__KEY_COUNT], uint32_t *number,
                                        struct assay_error *err);
enum assay_status assay__summary_time(struct assay__summary_table *table, const char *text,
                                      size_t length, int64_t time_ns, uint32_t *number,
                                      struct assay_error *err);

/**
 * assay__summary_file() keeps a file's name for messages as long as the table; NULL without memory.
 */
const char *assay__summary_file(struct assay__summary_table *table, const char *name);

/** assay__summary_find() finds the entry of a key; *entry is NULL when there is none. */
enum assay_status assay__summary_find(struct assay__summary_table *table,
                                      const char *const key[ASSAY__KEY_COUNT],
                                      struct assay__summary_entry **entry, struct assay_error *err);

/**
 * assay__summary_refuse() fails at the row an entry was first seen in: ASSAY_ERROR_DATA, "Metric
 * 'y', group 'A' at 2026-01-02T00:00:00Z: " and what.
 */
enum assay_status assay__summary_refuse(const struct assay__summary_entry *entry,
                                        struct assay_error *err, const char *format, ...)
    ASSAY__PRINTF(3, 4);

/** assay__summary_note() adds a remark; level is info or warning, metric "" when about them all. */
enum assay_status assay__summary_note(struct assay__summary_table *table, const char *level,
                                      const char *metric, const char *text,
                                      struct assay_error *err);

/** assay__summary_has_series(): a row of this metric may be there; false: there is none. */
bool assay__summary_has_series(const struct assay__summary_table *table, const char *metric);

/** assay__summary_has_units(): some row of the table counts units. */
bool assay__summary_has_units(const struct assay__summary_table *table);

/** assay__summary_counts_units(): the entry is a @units row. */
bool assay__summary_counts_units(const struct assay__summary_entry *entry);

/** assay__summary_is_counted(): the entry counts units, of a metric or of a group. */
bool assay__summary_is_counted(const struct assay__summary_entry *entry);

/** assay__summary_moments() is the state of an entry that keeps moments; NULL: it has none. */
struct assay_moments *assay__summary_moments(const struct assay__summary_entry *entry);

/**
 * assay__summary_keep() makes the state of a table's entry that has none. Entries of one key keep
 * the same in the same shape: false where this one has another state.
 */
enum assay_status assay__summary_keep(struct assay__summary_table *table,
                                      struct assay__summary_entry *entry,
                                      const struct assay__accumulator *keeps,
                                      struct assay_moments_shape shape, bool *is_same,
                                      struct assay_error *err);

/** assay__summary_count() is how many units an entry counts. */
uint64_t assay__summary_count(const struct assay__summary_entry *entry);

/**
 * struct assay__summary_order lists the entries that count units, of metrics and of groups, by
 * metric, group, dimension, value and time. Release it also after a failure.
 */
struct assay__summary_order {
    struct assay__summary_entry **entries;
    uint32_t count;
};

enum assay_status assay__summary_sort(const struct assay__summary_table *table,
                                      struct assay__summary_order *order, struct assay_error *err);
void assay__summary_order_release(struct assay__summary_order *order);

/** assay__summary_same_series(): two entries differ in their time at most. */
bool assay__summary_same_series(const struct assay__summary_entry *a,
                                const struct assay__summary_entry *b);

/**
 * assay__summary_looks_between() adds to the looks of several sealed tables those of the plan's
 * granularity that lie between the first and the last of them: rows of the whole would make them,
 * and no part has them where one ends before another begins. table: one of the tables.
 */
enum assay_status assay__summary_looks_between(const struct assay__summary_table *table,
                                               struct assay__index *looks, struct assay_error *err);

/**
 * assay__summary_looks() collects the times of a table's entries in an index of int64_t.
 * assay__summary_carry() then gives every series an entry at each of those times from its first one
 * on: where it has none, it keeps the last one before. has_carried says whether that was needed. A
 * sealed table has a row for whatever there is at a look of its own: a series without one has
 * ended.
 */
enum assay_status assay__summary_looks(const struct assay__summary_table *table,
                                       struct assay__index *looks, struct assay_error *err);
enum assay_status assay__summary_carry(struct assay__summary_table *table,
                                       const struct assay__index *looks, bool *has_carried,
                                       struct assay_error *err);

/** assay__summary_fill() does both for the times of the table itself. */
enum assay_status assay__summary_fill(struct assay__summary_table *table, struct assay_error *err);

/**
 * assay__summary_check() refuses a table that contradicts itself: counts that fall from look to
 * look, more units with a value than units, units with and without a value that are not all units,
 * rows of a dimension that add up to other sums than the total's. Gaps that may be meant are noted.
 * Looks must have been carried.
 */
enum assay_status assay__summary_check(struct assay__summary_table *table, struct assay_error *err);

/**
 * assay__summary_check_missing() refuses a table with @units rows in which units with and without a
 * value of a metric, at the last look, are not all units.
 */
enum assay_status assay__summary_check_missing(const struct assay__summary_table *table,
                                               struct assay_error *err);

/**
 * assay__summary_count_units() adds @units rows for the slices that have none: a group there has as
 * many units as its most frequent metric. A dimension has such rows for all its values, or none.
 */
enum assay_status assay__summary_count_units(struct assay__summary_table *table,
                                             struct assay_error *err);

/** assay__summary_merge() adds all of from to into; both count units by @units rows, or neither. */
enum assay_status assay__summary_merge(struct assay__summary_table *into,
                                       const struct assay__summary_table *from,
                                       struct assay_error *err);

/**
 * struct assay__summary_shards gathers tables of one experiment. Tables with @units rows and tables
 * without add up apart. The latter may be parts of the units, or metrics of the same units: a group
 * there has as many units as its most frequent metric, all tables together. Zero-initialise.
 */
struct assay__summary_shards {
    bool wants_same; /* sealed parts must define the same things, and all parts or none be sealed */
    struct assay__summary_table with_units, without_units;
    struct assay__summary_table *parts; /* as they came; merged when they are joined */
    size_t part_count, part_capacity;
    size_t sealed_count;      /* of the parts that were joined */
    struct assay__halt *halt; /* of the tables; NULL: none */
};

void assay__summary_shards_release(struct assay__summary_shards *shards);

/**
 * assay__summary_shards_add() checks a table, alone and against those before, and takes it over:
 * *table is empty afterwards. Sealed tables of other plans are refused, and one that holds an input
 * which another holds.
 */
enum assay_status assay__summary_shards_add(struct assay__summary_shards *shards,
                                            struct assay__summary_table *table,
                                            struct assay_error *err);

/**
 * assay__summary_shards_join() makes one table of all; *whole is part of shards. A part without a
 * row at a later look of another part keeps its last one. It counts units by rows if some table
 * did; counts_by_metrics says that none did and must_count is true.
 */
enum assay_status assay__summary_shards_join(struct assay__summary_shards *shards, bool must_count,
                                             struct assay__summary_table **whole,
                                             struct assay_error *err);

/** assay__summary_is_remark(): name, which begins with @, is that of a row that does not belong to
 * a metric. */
bool assay__summary_is_remark(const char *name);

/**
 * assay__summary_check_plan() refuses a plan whose sums a table cannot hold, or that parts of the
 * data would make of different instants.
 */
enum assay_status assay__summary_check_plan(const struct assay_plan *plan, struct assay_error *err);

/**
 * assay__summary_of_dataset() makes the table of a dataset, to be written or merged into another
 * table while the dataset lives: it borrows the dataset's states.
 */
enum assay_status assay__summary_of_dataset(const struct assay_dataset *dataset,
                                            struct assay__summary_table *table,
                                            struct assay_error *err);

/**
 * assay__summary_to_dataset() adds a table to a dataset, which takes over states of its entries;
 * the table has none afterwards. Units are those of @units rows. What the plan does not name is
 * noted.
 */
enum assay_status assay__summary_to_dataset(struct assay__summary_table *table,
                                            struct assay_dataset *dataset, struct assay_error *err);

/** assay__summary_plan_metric() is the number of a plan's metric, or ASSAY__NOT_PLANNED. */
#define ASSAY__NOT_PLANNED UINT32_MAX
uint32_t assay__summary_plan_metric(const struct assay_plan *plan, const char *id);

/** assay__summary_plan_has_slice() says whether a key's slice is the total, or in a plan. */
bool assay__summary_plan_has_slice(const struct assay_plan *plan,
                                   const char *const key[ASSAY__KEY_COUNT]);

/** assay__summary_add_remark() adds a row that belongs to no metric and counts no group's units. */
enum assay_status assay__summary_add_remark(struct assay_dataset *dataset,
                                            const struct assay__summary_entry *entry,
                                            struct assay_error *err);

/** assay__summary_text() writes CSV: sorted by key, exact sums, only columns in use; free() it. */
enum assay_status assay__summary_text(const struct assay__summary_table *table, char **text,
                                      size_t *length, struct assay_error *err);

/** assay__summary_stream() writes the same bytes to a sink, a few rows at a time. */
enum assay_status assay__summary_stream(const struct assay__summary_table *table,
                                        const struct assay_sink *sink, struct assay_error *err);

/** struct assay__count_row: a field of struct assay_counts by name; rows end with a NULL name. */
struct assay__count_row {
    const char *name;
    size_t offset;
};
extern const struct assay__count_row assay__count_rows[];

/** assay__count_field() is the field of a row. */
uint64_t *assay__count_field(struct assay_counts *counts, const struct assay__count_row *row);

#endif
