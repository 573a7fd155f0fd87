/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One small experiment in memory, in every way that a program may hand it over. */
#ifndef ASSAY_TESTS_TABLES_H
#define ASSAY_TESTS_TABLES_H

#include <assay.h>

enum { TABLES_ROWS = 8, TABLES_COLUMNS = 6 };

/* The names of its columns, and it as a CSV without needless quotes. */
extern const char *const TABLES_NAMES[TABLES_COLUMNS];
extern const char TABLES_CSV[];

/** tables_plan() is the plan for it. free by assay_plan_free(). */
struct assay_plan *tables_plan(void);

/** enum tables_way: how the experiment is handed over. */
enum tables_way {
    TABLES_PATH,
    TABLES_TEXT,
    TABLES_STREAM, /* a FILE */
    TABLES_BYTES,  /* a callback, a byte at a time */
    TABLES_COLUMN, /* texts, doubles, integers, times */
    TABLES_CELLS,  /* a callback, row by row */
    TABLES_ARROW,
    TABLES_ARROW_STREAM, /* in batches of 3 */
    TABLES_WAYS
};

/** tables_make() makes the table; what it borrows lives as long as the program. */
enum assay_status tables_make(enum tables_way way, struct assay_table **out,
                              struct assay_error *err);

/** tables_released counts calls of the release functions of Arrow structs made so far. */
extern int tables_released, tables_exported;

/** Release functions of Arrow structs, which count and free nothing. */
void tables_release_schema(struct ArrowSchema *schema);
void tables_release_array(struct ArrowArray *array);

/**
 * tables_read() reads a table, which it frees, into a dataset and writes its sealed sums; free()
 * them. Nothing is left when it fails.
 */
enum assay_status tables_read(const struct assay_plan *plan, struct assay_table *table, char **sums,
                              struct assay_error *err);

#endif
