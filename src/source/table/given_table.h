/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_TABLE_GIVEN_TABLE_H
#define ASSAY_SOURCE_TABLE_GIVEN_TABLE_H

#include "assay/table.h"
#include "source/sources.h"

/** struct assay__table_kind is what a kind of table that a program hands over does. */
struct assay__table_kind {
    /* The rows of the table; it outlives them. Called once. */
    enum assay_status (*open)(struct assay_table *table, const struct assay__rows_request *request,
                              struct assay__rows **out, struct assay_error *err);
    /* Frees what the kind holds, and the table itself. */
    void (*free)(struct assay_table *table);
};

/** struct assay_table begins the struct of each kind. */
struct assay_table {
    const struct assay__table_kind *kind;
    char *name;
    bool is_read;
};

/** assay__table_init() sets kind and name, which is copied; NULL is "(memory)". */
enum assay_status assay__table_init(struct assay_table *table, const struct assay__table_kind *kind,
                                    const char *name, struct assay_error *err);

/** assay__table_open() opens a table's rows, once: ASSAY_ERROR_USAGE the second time. */
enum assay_status assay__table_open(struct assay_table *table,
                                    const struct assay__rows_request *request,
                                    struct assay__rows **out, struct assay_error *err);

/** assay__table_fail() passes on what a program's function answered, and said in its error. */
enum assay_status assay__table_fail(const char *name, enum assay_status status,
                                    struct assay_error *said, struct assay_error *err);

#endif
