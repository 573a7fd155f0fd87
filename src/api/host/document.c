/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One call from a plan and data to a document, for languages other than C. */
#include "assay/document.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "assay/analysis.h"
#include "assay/result.h"
#include "assay/table.h"
#include "base/error.h"
#include "base/halt.h"
#include "base/memory.h"

/* The tables that a call reads. */
struct inputs {
    struct assay_table **tables;
    const char *const *events;
    size_t count;
};

/* Says in the caller's buffer what went wrong; returns the status. */
static int answer(enum assay_status status, const struct assay_error *err, char *message,
                  size_t message_bytes)
{
    char place[600] = "";
    if (message == NULL || message_bytes == 0)
        return (int)status;
    message[0] = '\0';
    if (status == ASSAY_OK)
        return 0;
    if (err->file[0] != '\0' && err->line > 0)
        snprintf(place, sizeof place, "%s:%llu:%llu: ", err->file, (unsigned long long)err->line,
                 (unsigned long long)err->column);
    else if (err->file[0] != '\0')
        snprintf(place, sizeof place, "%s: ", err->file);
    snprintf(message, message_bytes, "%s%s", place, err->message);
    assay__message_trim(message);
    return (int)status;
}

/* A format of an analysis, or the body of a request. */
struct written {
    bool is_request;
    enum assay_format format;
};

static enum assay_status find_format(const char *name, struct written *out, struct assay_error *err)
{
    static const char *const NAMES[] = {
#define NAME(name, spelling, contents) [ASSAY_FORMAT_##name] = #spelling,
        ASSAY_FORMAT_LIST(NAME)
#undef NAME
    };
    *out = (struct written){.is_request = name != NULL && strcmp(name, "request") == 0,
                            .format = ASSAY_FORMAT_RESULT};
    if (name == NULL || out->is_request)
        return ASSAY_OK;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        out->format = (enum assay_format)i;
        if (strcmp(name, NAMES[i]) == 0)
            return ASSAY_OK;
    }
    return assay__fail(err, ASSAY_ERROR_USAGE, "Unknown format '%.100s'.", name);
}

static enum assay_status analyze(const char *plan_text, const struct inputs *inputs,
                                 const char *format, char **document, struct assay_error *err)
{
    struct assay_plan *plan = NULL;
    struct assay_dataset *dataset = NULL;
    struct assay_analysis *analysis = NULL;
    struct assay__halt halt;
    struct written written;
    assay__halt_begin(&halt, NULL); /* the deadline of the thread's hooks is that of the whole */
    enum assay_status status = find_format(format, &written, err);
    if (status == ASSAY_OK)
        status = plan_text == NULL
                     ? assay__fail(err, ASSAY_ERROR_USAGE, "The plan is missing.")
                     : assay_plan_parse(plan_text, strlen(plan_text), "(plan)", &plan, err);
    if (status == ASSAY_OK)
        status = assay_dataset_new(plan, &dataset, err);
    if (status == ASSAY_OK)
        status = assay_dataset_read_tables(dataset, inputs->tables, inputs->events, inputs->count,
                                           NULL, err);
    if (status == ASSAY_OK)
        status = assay_dataset_analyze(dataset, &analysis, err);
    if (status == ASSAY_OK)
        status = written.is_request
                     ? assay_request_write(analysis, document, NULL, err)
                     : assay_analysis_write(analysis, written.format, NULL, document, NULL, err);
    assay_analysis_free(analysis);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
    assay__halt_end(&halt);
    return status;
}

/* Analyzes the tables, unless making them failed, frees them and answers. */
static int conclude(const char *plan, struct inputs *inputs, enum assay_status status,
                    const char *format, char **document, char *message, size_t message_bytes,
                    struct assay_error *err)
{
    if (status == ASSAY_OK)
        status = analyze(plan, inputs, format, document, err);
    for (size_t i = 0; inputs->tables != NULL && i < inputs->count; i++)
        assay_table_free(inputs->tables[i]);
    assay__free(inputs->tables);
    return answer(status, err, message, message_bytes);
}

static enum assay_status begin(struct inputs *inputs, const char *const *events, size_t count,
                               struct assay_error *err)
{
    *inputs = (struct inputs){.events = events, .count = count};
    inputs->tables = assay__calloc(count + 1, sizeof(struct assay_table *));
    return inputs->tables == NULL ? assay__fail_memory(err) : ASSAY_OK;
}

int assay_document_from_files(const char *plan, const char *const *paths, const char *const *events,
                              size_t path_count, const char *format, char **document, char *message,
                              size_t message_bytes)
{
    struct inputs inputs;
    struct assay_error err = {0};
    enum assay_status status = begin(&inputs, events, path_count, &err);
    for (size_t i = 0; status == ASSAY_OK && i < path_count; i++)
        status = assay_table_from_path(paths[i], &inputs.tables[i], &err);
    return conclude(plan, &inputs, status, format, document, message, message_bytes, &err);
}

int assay_document_from_streams(const char *plan, struct ArrowArrayStream *const *streams,
                                const char *const *events, size_t stream_count, const char *format,
                                char **document, char *message, size_t message_bytes)
{
    struct inputs inputs;
    struct assay_error err = {0};
    enum assay_status status = begin(&inputs, events, stream_count, &err);
    for (size_t i = 0; i < stream_count; i++) {
        if (status == ASSAY_OK && streams[i] == NULL)
            status = assay__fail(&err, ASSAY_ERROR_USAGE, "Stream %zu is missing.", i + 1);
        else if (status == ASSAY_OK)
            status = assay_table_from_arrow_stream(streams[i], NULL, &inputs.tables[i], &err);
        else if (streams[i] != NULL && streams[i]->release != NULL)
            streams[i]->release(streams[i]);
    }
    return conclude(plan, &inputs, status, format, document, message, message_bytes, &err);
}

int assay_document_from_batch(const char *plan, struct ArrowSchema *schema,
                              struct ArrowArray *array, const char *format, char **document,
                              char *message, size_t message_bytes)
{
    struct assay_table *table = NULL;
    struct assay_error err = {0};
    struct inputs inputs;
    enum assay_status status = assay_table_from_arrow(schema, array, NULL, &table, &err);
    if (status != ASSAY_OK)
        return answer(status, &err, message, message_bytes);
    status = begin(&inputs, NULL, 1, &err);
    if (status != ASSAY_OK) {
        assay_table_free(table);
        return answer(status, &err, message, message_bytes);
    }
    inputs.tables[0] = table;
    return conclude(plan, &inputs, status, format, document, message, message_bytes, &err);
}
