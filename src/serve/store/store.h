/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SERVE_STORE_STORE_H
#define ASSAY_SERVE_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/resource_name.h"
#include "base/text.h"
#include "serve/http/response.h"

/** struct serve_place: a resource, or with "-" for workflow or instance a set of parents. */
struct serve_place {
    char workflow[ASSAY__NAME_PART_MAX + 1], instance[ASSAY__NAME_PART_MAX + 1], id[64];
};

/** struct serve_label: a key and value that a stored result carries or a filter asks for. */
struct serve_label {
    const char *key, *value; /* value NULL in a filter: any */
};

/** struct serve_condition: headers that the ETag of a result must meet; NULL: any does. Borrowed.
 */
struct serve_condition {
    const char *if_match, *if_none_match;
};

/** struct serve_record: a result to store. Borrowed. */
struct serve_record {
    struct serve_place place;
    const char *document; /* JSON text of the whole resource */
    size_t document_length;
    const char *etag, *creator;
    int64_t create_ns;
    const struct serve_label *labels;
    size_t label_count;
};

/** struct serve_query: which results to list, newest first. */
struct serve_query {
    char workflow[ASSAY__NAME_PART_MAX + 1], instance[ASSAY__NAME_PART_MAX + 1]; /* "-" for all */
    struct serve_label labels[8]; /* all of them must be there */
    size_t label_count;
    int64_t before;     /* results stored before this one; INT64_MAX from the newest on */
    uint32_t count_max; /* rows */
    size_t bytes_max;   /* of documents, after which no row is added; at least one row comes */
};

/** struct serve_row: one result of a list, valid during the callback. */
struct serve_row {
    int64_t sequence;
    const char *document; /* NULL when it is damaged */
    const char *name;     /* of a damaged one */
    size_t document_length;
};

/** enum serve_outcome of an operation on the store. */
enum serve_outcome {
    SERVE_DONE,
    SERVE_ABSENT,
    SERVE_PRESENT,
    SERVE_DIFFERENT,
    SERVE_DAMAGED_ROW, /* the document is not the one of its ETag */
    SERVE_FAILED,      /* nothing is changed */
    SERVE_UNCERTAIN    /* a commit failed and could not be undone: it may come true after a crash */
};

/** struct serve_store is one connection to the database: of one thread at a time. */
struct serve_store;

/**
 * serve_store_open() opens or creates the database: WAL, synchronous=FULL, so that a commit is on
 * disk. A reader may not write. Errors: ASSAY_ERROR_IO, ASSAY_ERROR_DATA for a database of
 * something else or with tables of a newer version, ASSAY_ERROR_NO_INPUT for a directory,
 * ASSAY_ERROR_MEMORY.
 */
enum assay_status serve_store_open(const char *path, bool is_reader, struct serve_store **out,
                                   struct assay_error *err);
void serve_store_close(struct serve_store *store);

/** serve_store_why() is what is to be said about the last failure. */
const char *serve_store_why(struct serve_store *store);

/** Changes between begin and commit are durable together once commit has returned true. Nothing
 * begins when the path no longer names the database that is open: who looks there would miss it. */
bool serve_store_begin(struct serve_store *store);
bool serve_store_commit(struct serve_store *store);

/**
 * serve_store_undo() takes back what is between begin and commit, also after a commit that failed:
 * its frames may be whole in the write-ahead log although the disk did not take them, and would
 * come true when the database is opened after a crash. So a small commit is written over them.
 * false: that failed as well, and a crash may bring the changes back until the next commit.
 */
bool serve_store_undo(struct serve_store *store);

/** serve_store_touch() makes a commit that changes nothing: whether the disk takes one. */
bool serve_store_touch(struct serve_store *store);

/** serve_store_try() is whether the disk takes a commit of so many bytes. They are written to the
 * write-ahead log without an end and taken back: nobody sees them, and no crash makes them true. */
bool serve_store_try(struct serve_store *store, size_t bytes);

/** serve_store_insert(): SERVE_DONE, SERVE_PRESENT (nothing is changed) or SERVE_FAILED. */
enum serve_outcome serve_store_insert(struct serve_store *store, const struct serve_record *record);

/** serve_store_delete(): SERVE_DIFFERENT when the result is there and does not meet the condition.
 */
enum serve_outcome serve_store_delete(struct serve_store *store, const struct serve_place *place,
                                      const struct serve_condition *condition);

/** serve_store_get() appends the document: SERVE_DONE, SERVE_ABSENT, SERVE_DAMAGED_ROW or
 * SERVE_FAILED. */
enum serve_outcome serve_store_get(struct serve_store *store, const struct serve_place *place,
                                   struct assay__text *document, char etag[SERVE_ETAG_BYTES]);

/**
 * serve_store_list() calls each() with rows, newest first, until there are enough or until it has
 * looked at SERVE_LOOKED_MAX results, so that no question takes long. *more: there may be more, to
 * be asked for with the query as it is then: its before is moved. SERVE_DONE or SERVE_FAILED.
 */
enum { SERVE_LOOKED_MAX = 2000 };
enum serve_outcome serve_store_list(struct serve_store *store, struct serve_query *query,
                                    void (*each)(const struct serve_row *row, void *context),
                                    void *context, bool *more);

/** serve_store_is_well() asks the database something. */
bool serve_store_is_well(struct serve_store *store);

#endif
