/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One database: its statement, its plan of execution, its sums, and its units. */
#include "source/warehouse/shard.h"

#include <string.h>

#include "base/error.h"
#include "source/warehouse/ships.h"

static enum assay_status fail_dialect(const struct assay__shard *shard, struct assay_error *err)
{
    return assay__connection_fail(
        shard->connection, ASSAY_ERROR_UNAVAILABLE, err,
        "The SQL dialect of the database '%s' is not known. Say which dialect it speaks.",
        shard->connection->product);
}

/* What the statement says in its last characters: a semicolon is for clients that read files. */
static void cut_end(struct assay__text *statement)
{
    while (!statement->failed && statement->length > 0 &&
           strchr(";\n", statement->data[statement->length - 1]) != NULL)
        statement->data[--statement->length] = '\0';
}

static enum assay_status ask(struct assay__shard *shard, const char *statement,
                             struct assay__answer *answer, struct assay_error *err)
{
    enum assay_status status = shard->engine->ask(shard->connection, statement, answer, err);
    return status == ASSAY_OK ? assay__answer_check(answer, shard->source.name, err) : status;
}

static enum assay_status ask_plan(struct assay__shard *shard, struct assay_error *err)
{
    struct assay__text text = {0};
    bool looks = !shard->may_ship_rows &&
                 assay__plan_can_ship(shard->sql.dialect, shard->sql.shard_count > 0);
    if (!looks && !shard->wants_plan_only)
        return ASSAY_OK;
    assay__text_puts(&text, shard->engine->explain);
    assay__text_puts(&text, shard->statement.data);
    enum assay_status status =
        text.failed ? assay__fail_memory(err) : ask(shard, text.data, &shard->plan_answer, err);
    assay__text_release(&text);
    const char *ships = status == ASSAY_OK && looks && !shard->wants_plan_only
                            ? assay__plan_ships(shard->sql.dialect, &shard->plan_answer)
                            : NULL;
    if (ships == NULL)
        return status;
    return assay__connection_fail(
        shard->connection, ASSAY_ERROR_REMOTE, err,
        "The plan of execution fetches rows from another server, where sums would do: \"%.160s\". "
        "Make each server a source of its own.",
        ships + strspn(ships, " ->"));
}

static enum assay_status ask_units(struct assay__shard *shard, struct assay_error *err)
{
    struct assay__text text = {0};
    if (shard->unit_check == 0)
        return ASSAY_OK;
    enum assay_status status =
        assay__sql_write_units(shard->plan, &shard->sql, shard->unit_check + 1, &text, err);
    cut_end(&text);
    if (status == ASSAY_OK)
        status = ask(shard, text.data, &shard->units, err);
    assay__text_release(&text);
    return status;
}

/* Where the tables are, when the statement has to say it. */
static enum assay_status ask_schema(struct assay__shard *shard, struct assay_error *err)
{
    if (!assay__sql_needs_schema(&shard->sql))
        return ASSAY_OK;
    enum assay_status status = ask(shard, shard->sql.dialect->own_schema, &shard->own_schema, err);
    if (status == ASSAY_OK && shard->own_schema.cells == 1 && shard->own_schema.bytes.length > 1)
        shard->sql.schema = shard->own_schema.bytes.data;
    return status;
}

static enum assay_status ask_all(struct assay__shard *shard, struct assay_error *err)
{
    if (shard->sql.dialect == NULL)
        shard->sql.dialect = shard->connection->dialect;
    if (shard->sql.dialect == NULL)
        return fail_dialect(shard, err);
    enum assay_status status = ask_schema(shard, err);
    if (status == ASSAY_OK)
        status = assay__sql_write(shard->plan, &shard->sql, &shard->statement, err);
    cut_end(&shard->statement);
    if (status == ASSAY_OK)
        status = ask_plan(shard, err);
    if (status == ASSAY_OK && shard->wants_plan_only)
        return status;
    if (status == ASSAY_OK)
        status = ask_units(shard, err);
    return status == ASSAY_OK ? ask(shard, shard->statement.data, &shard->sums, err) : status;
}

/* From now on it can be cancelled, which may have been asked for already. */
static bool publish(struct assay__shard *shard, struct assay__connection *connection)
{
    pthread_mutex_lock(&shard->lock);
    bool is_cancelled = shard->is_cancelled;
    shard->connection = connection;
    pthread_mutex_unlock(&shard->lock);
    return !is_cancelled;
}

static void close_connection(struct assay__shard *shard)
{
    struct assay__connection *connection = shard->connection;
    (void)publish(shard, NULL);
    if (connection != NULL)
        shard->engine->close(connection);
}

void assay__shard_ask(struct assay__shard *shard)
{
    struct assay__connection *connection = NULL;
    enum assay_status status = shard->engine->open(&shard->source, &connection, &shard->err);
    if (status == ASSAY_OK)
        status = publish(shard, connection) ? ask_all(shard, &shard->err)
                                            : assay__connection_stopped(connection, &shard->err);
    close_connection(shard);
    shard->status = status;
}

void assay__shard_cancel(struct assay__shard *shard)
{
    pthread_mutex_lock(&shard->lock);
    shard->is_cancelled = true;
    if (shard->connection != NULL) {
        atomic_store(&shard->connection->is_cancelled, true);
        shard->engine->cancel(shard->connection);
    }
    pthread_mutex_unlock(&shard->lock);
}

void assay__shard_release(struct assay__shard *shard)
{
    assay__text_release(&shard->statement);
    assay__answer_release(&shard->plan_answer);
    assay__answer_release(&shard->sums);
    assay__answer_release(&shard->units);
    assay__answer_release(&shard->own_schema);
    pthread_mutex_destroy(&shard->lock);
    assay__plan_leave(shard->plan);
}
