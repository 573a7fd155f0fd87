/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lists of results, newest first. The statement is made of fixed pieces for what the query asks. An
 * index gives the candidates: by the rarest label asked for, else by parent or a part of it; what
 * else is asked is the second column, and only where it holds is the document read. Candidates are
 * counted, and the list ends after that number whether they fit or not.
 */
#include <string.h>

#include "serve/store/store_private.h"

static bool is_any(const char *name)
{
    return strcmp(name, "-") == 0;
}

/* Parameters in the order of their marks. */
struct binder {
    sqlite3_stmt *statement;
    int next;
    bool is_well;
};

static void bind_text(struct binder *binder, const char *text)
{
    binder->is_well = binder->is_well && sqlite3_bind_text(binder->statement, binder->next++, text,
                                                           -1, SQLITE_STATIC) == SQLITE_OK;
}

/* How many results carry a label, counted as far as it matters. */
static int64_t count_of(struct serve_store *store, const struct serve_label *label)
{
    sqlite3_stmt *statement = NULL;
    int64_t count = INT64_MAX;
    if (sqlite3_prepare_v2(store->database,
                           "SELECT count(*) FROM (SELECT 1 FROM label WHERE key = ? AND value = ?"
                           " LIMIT 1000)",
                           -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_bind_text(statement, 1, label->key, -1, SQLITE_STATIC) == SQLITE_OK &&
        sqlite3_bind_text(statement, 2, label->value, -1, SQLITE_STATIC) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        count = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return count;
}

/* The label that leads, the rarest: its index gives the results in order, the others are checked.
 * label_count when no label has a value. */
static size_t leading_label(struct serve_store *store, const struct serve_query *query)
{
    size_t leader = query->label_count, candidates = 0;
    int64_t fewest = INT64_MAX;
    for (size_t i = 0; i < query->label_count; i++)
        candidates += query->labels[i].value != NULL;
    for (size_t i = 0; i < query->label_count; i++) {
        if (query->labels[i].value == NULL)
            continue;
        int64_t count = candidates > 1 ? count_of(store, &query->labels[i]) : 0;
        if (leader == query->label_count || count < fewest) {
            leader = i;
            fewest = count;
        }
    }
    return leader;
}

static void write_parent(const struct serve_query *query, struct assay__text *sql)
{
    if (!is_any(query->workflow))
        assay__text_puts(sql, " AND workflow = ?");
    if (!is_any(query->instance))
        assay__text_puts(sql, " AND instance = ?");
}

/* A label's candidate is of the parent asked for: the index knows, and no result is read for it. */
static void write_parent_test(const struct serve_query *query, struct assay__text *sql)
{
    const char *index = is_any(query->workflow)   ? "result_of_any_workflow"
                        : is_any(query->instance) ? "result_by_workflow"
                                                  : "result_by_instance";
    if (is_any(query->workflow) && is_any(query->instance))
        return;
    assay__text_format(sql,
                       " AND EXISTS (SELECT 1 FROM result INDEXED BY %s WHERE"
                       " result.sequence = lead.sequence",
                       index);
    write_parent(query, sql);
    assay__text_putc(sql, ')');
}

static void write_label_tests(const struct serve_query *query, size_t leader,
                              struct assay__text *sql)
{
    for (size_t i = 0; i < query->label_count; i++) {
        if (i == leader)
            continue;
        assay__text_format(sql,
                           " AND EXISTS (SELECT 1 FROM label WHERE label.sequence ="
                           " %s.sequence AND key = ?%s)",
                           leader < query->label_count ? "lead" : "result",
                           query->labels[i].value != NULL ? " AND value = ?" : "");
    }
}

static void write_sql(const struct serve_query *query, size_t leader, struct assay__text *sql)
{
    if (leader < query->label_count) {
        assay__text_puts(sql, "SELECT lead.sequence, CASE WHEN 1");
        write_parent_test(query, sql);
        write_label_tests(query, leader, sql);
        assay__text_puts(sql, " THEN (SELECT document FROM result WHERE result.sequence ="
                              " lead.sequence) END, (SELECT etag FROM result WHERE"
                              " result.sequence = lead.sequence) FROM label AS lead"
                              " WHERE lead.key = ? AND lead.value = ? AND lead.sequence < ?"
                              " ORDER BY lead.sequence DESC");
    } else {
        assay__text_puts(sql, "SELECT result.sequence, CASE WHEN 1");
        write_label_tests(query, leader, sql);
        assay__text_puts(sql, " THEN document END, etag FROM result WHERE result.sequence < ?");
        write_parent(query, sql);
        assay__text_puts(sql, " ORDER BY result.sequence DESC");
    }
}

static void bind_parent(struct binder *binder, const struct serve_query *query)
{
    if (!is_any(query->workflow))
        bind_text(binder, query->workflow);
    if (!is_any(query->instance))
        bind_text(binder, query->instance);
}

static bool bind_query(sqlite3_stmt *statement, const struct serve_query *query, size_t leader)
{
    struct binder binder = {statement, 1, true};
    bool has_leader = leader < query->label_count;
    if (has_leader)
        bind_parent(&binder, query);
    for (size_t i = 0; i < query->label_count; i++) {
        if (i == leader)
            continue;
        bind_text(&binder, query->labels[i].key);
        if (query->labels[i].value != NULL)
            bind_text(&binder, query->labels[i].value);
    }
    if (has_leader) {
        bind_text(&binder, query->labels[leader].key);
        bind_text(&binder, query->labels[leader].value);
    }
    binder.is_well =
        binder.is_well && sqlite3_bind_int64(statement, binder.next++, query->before) == SQLITE_OK;
    if (!has_leader)
        bind_parent(&binder, query);
    return binder.is_well;
}

/* A row whose document is not the one of its ETag is given by its name alone. */
static bool judge_row(struct serve_store *store, sqlite3_stmt *statement, struct serve_row *row)
{
    const char *etag = (const char *)sqlite3_column_text(statement, 2);
    if (etag != NULL && row->document != NULL &&
        serve_store_is_whole(row->document, row->document_length, etag))
        return true;
    sqlite3_stmt *name = store->statements[SERVE_SQL_NAME];
    sqlite3_reset(name);
    if (sqlite3_bind_int64(name, 1, row->sequence) != SQLITE_OK || sqlite3_step(name) != SQLITE_ROW)
        return false;
    row->document = NULL;
    row->document_length = 0;
    row->name = (const char *)sqlite3_column_text(name, 0);
    return row->name != NULL;
}

/* Gives rows on until there are enough; one row beyond tells that there are more. */
static int give_rows(struct serve_store *store, sqlite3_stmt *statement, struct serve_query *query,
                     void (*each)(const struct serve_row *row, void *context), void *context,
                     bool *more)
{
    uint32_t count = 0, looked = 0;
    size_t bytes = 0;
    int step;
    *more = false;
    while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
        if (looked++ == SERVE_LOOKED_MAX) {
            *more = true;
            return SQLITE_DONE;
        }
        struct serve_row row = {.sequence = sqlite3_column_int64(statement, 0)};
        if (sqlite3_column_type(statement, 1) != SQLITE_NULL) {
            row.document = sqlite3_column_blob(statement, 1);
            row.document_length = (size_t)sqlite3_column_bytes(statement, 1);
            bool is_full = count == query->count_max ||
                           (count > 0 && bytes + row.document_length > query->bytes_max);
            if (is_full) {
                *more = true;
                return SQLITE_DONE;
            }
            if (!judge_row(store, statement, &row))
                return SQLITE_NOMEM;
            each(&row, context);
            bytes += row.document_length;
            count++;
        }
        query->before = row.sequence;
    }
    return step;
}

enum serve_outcome serve_store_list(struct serve_store *store, struct serve_query *query,
                                    void (*each)(const struct serve_row *row, void *context),
                                    void *context, bool *more)
{
    struct assay__text sql = {0};
    sqlite3_stmt *statement = NULL;
    size_t leader = leading_label(store, query);
    int step = SQLITE_NOMEM;
    write_sql(query, leader, &sql);
    if (!sql.failed &&
        sqlite3_prepare_v2(store->database, sql.data, -1, &statement, NULL) == SQLITE_OK &&
        bind_query(statement, query, leader))
        step = give_rows(store, statement, query, each, context, more);
    sqlite3_finalize(statement);
    sqlite3_reset(store->statements[SERVE_SQL_NAME]); /* a statement in use keeps the old state */
    assay__text_release(&sql);
    return step == SQLITE_DONE ? SERVE_DONE : SERVE_FAILED;
}
