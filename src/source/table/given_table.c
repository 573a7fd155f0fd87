/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables that a program hands over: their life, and those that are CSV. */
#include "source/table/given_table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "source/csv/csv.h"
#include "source/file.h"

void assay_table_free(struct assay_table *table)
{
    if (table == NULL)
        return;
    assay__free(table->name);
    table->kind->free(table);
}

enum assay_status assay__table_init(struct assay_table *table, const struct assay__table_kind *kind,
                                    const char *name, struct assay_error *err)
{
    table->kind = kind;
    table->name = assay__strdup(name == NULL ? "(memory)" : name);
    return table->name == NULL ? assay__fail_memory(err) : ASSAY_OK;
}

enum assay_status assay__table_open(struct assay_table *table,
                                    const struct assay__rows_request *request,
                                    struct assay__rows **out, struct assay_error *err)
{
    if (table->is_read)
        return assay__fail_at(err, ASSAY_ERROR_USAGE, table->name, 0, 0,
                              "The table was read before: a table is read once.");
    table->is_read = true;
    return table->kind->open(table, request, out, err);
}

enum assay_status assay__table_fail(const char *name, enum assay_status status,
                                    struct assay_error *said, struct assay_error *err)
{
    bool is_known = status == ASSAY_ERROR_INTERNAL ||
                    strcmp(assay_status_id(status), assay_status_id(ASSAY_ERROR_INTERNAL)) != 0;
    said->message[sizeof said->message - 1] = '\0';
    if (!is_known)
        return assay__fail_at(err, ASSAY_ERROR_USAGE, name, said->line, said->column,
                              "A callback answered %d, which is not a status.", (int)status);
    return assay__fail_at(err, status, name, said->line, said->column, "%s%s",
                          said->message[0] != '\0' ? "" : "A callback says no more than: ",
                          said->message[0] != '\0' ? said->message : assay_status_sentence(status));
}

/* ---- CSV that a program reads ---------------------------------------------------------------- */

struct bytes_table {
    struct assay_table table;
    struct assay__feed feed;
    const char *text; /* of assay_table_from_csv() */
    size_t length, used;
    FILE *file;     /* of assay_table_from_file() */
    int descriptor; /* -1, or that of a pipe or the like, which may have nothing to read yet */
};

static enum assay_status open_bytes(struct assay_table *table,
                                    const struct assay__rows_request *request,
                                    struct assay__rows **out, struct assay_error *err)
{
    struct bytes_table *bytes = (struct bytes_table *)table;
    struct assay__csv_options options =
        assay__csv_options_of(request->options->separator, &request->plan->dialect);
    options.is_traced = request->is_traced;
    options.halt = request->halt;
    options.feed = &bytes->feed;
    return assay__csv_open(table->name, &options, out, err);
}

static void free_bytes(struct assay_table *table)
{
    assay__free(table);
}

static const struct assay__table_kind BYTES = {open_bytes, free_bytes};

static enum assay_status new_bytes(const struct bytes_table *from, const char *name,
                                   struct assay_table **out, struct assay_error *err)
{
    struct bytes_table *bytes = assay__malloc(sizeof *bytes);
    if (bytes == NULL)
        return assay__fail_memory(err);
    *bytes = *from;
    if (bytes->feed.context == NULL)
        bytes->feed.context = bytes;
    if (assay__table_init(&bytes->table, &BYTES, name, err) != ASSAY_OK) {
        assay__free(bytes);
        return ASSAY_ERROR_MEMORY;
    }
    *out = &bytes->table;
    return ASSAY_OK;
}

static enum assay_status read_text(void *context, char *buffer, size_t capacity, size_t *length,
                                   struct assay_error *err)
{
    struct bytes_table *bytes = context;
    size_t left = bytes->length - bytes->used;
    (void)err;
    *length = left < capacity ? left : capacity;
    memcpy(buffer, bytes->text + bytes->used, *length);
    bytes->used += *length;
    return ASSAY_OK;
}

static void restart_text(void *context)
{
    struct bytes_table *bytes = context;
    bytes->used = 0;
}

enum assay_status assay_table_from_csv(const char *text, size_t length, const char *name,
                                       struct assay_table **out, struct assay_error *err)
{
    const struct bytes_table bytes = {.feed = {.read = read_text, .restart = restart_text},
                                      .text = length == 0 ? "" : text,
                                      .length = length};
    return new_bytes(&bytes, name, out, err);
}

/* Bytes that the stream has taken up already. Only the GNU C library tells. */
static size_t bytes_ready(FILE *file)
{
#if defined(__GLIBC__)
    return (size_t)(file->_IO_read_end - file->_IO_read_ptr);
#else
    (void)file;
    return 0;
#endif
}

/* The file of a stream that may have to wait; -1: it never does, or its bytes cannot be told. */
static int descriptor_of(FILE *file)
{
#if defined(__GLIBC__)
    struct stat status;
    int descriptor = fileno(file);
    bool may_wait = descriptor >= 0 && fstat(descriptor, &status) == 0 && !S_ISREG(status.st_mode);
    return may_wait ? descriptor : -1;
#else
    (void)file;
    return -1;
#endif
}

static int waits_for(void *context)
{
    const struct bytes_table *bytes = context;
    return bytes_ready(bytes->file) == 0 ? bytes->descriptor : -1;
}

static enum assay_status read_file(void *context, char *buffer, size_t capacity, size_t *length,
                                   struct assay_error *err)
{
    struct bytes_table *bytes = context;
    bool is_interrupted;
    if (bytes->descriptor >= 0) {
        /* Of a pipe what has come: a byte makes the stream take up what is there. */
        size_t ready = bytes_ready(bytes->file);
        capacity = ready == 0 ? 1 : ready < capacity ? ready : capacity;
    }
    do {
        errno = 0;
        *length = fread(buffer, 1, capacity, bytes->file);
        is_interrupted = ferror(bytes->file) && errno == EINTR;
        if (is_interrupted)
            clearerr(bytes->file);
    } while (is_interrupted && *length == 0);
    if (*length == 0 && ferror(bytes->file))
        return assay__fail_at(err, ASSAY_ERROR_IO, bytes->table.name, 0, 0,
                              "The stream cannot be read%s%s.", errno == 0 ? "" : ": ",
                              errno == 0 ? "" : strerror(errno));
    return ASSAY_OK;
}

enum assay_status assay_table_from_file(FILE *file, const char *name, struct assay_table **out,
                                        struct assay_error *err)
{
    const struct bytes_table bytes = {.feed = {.read = read_file, .waits_for = waits_for},
                                      .file = file,
                                      .descriptor = descriptor_of(file)};
    return new_bytes(&bytes, name == NULL ? "(stream)" : name, out, err);
}

/* A program's context may be NULL: so its function is called from here. */
struct caller_bytes {
    struct bytes_table bytes; /* first: freed as one */
    assay_bytes_read read;
    void *context;
};

static enum assay_status read_caller(void *context, char *buffer, size_t capacity, size_t *length,
                                     struct assay_error *err)
{
    struct caller_bytes *caller = context;
    struct assay_error own = {0};
    *length = 0;
    enum assay_status status = caller->read(caller->context, buffer, capacity, length, &own);
    if (status == ASSAY_OK && *length > capacity)
        return assay__fail(err, ASSAY_ERROR_USAGE,
                           "A callback that reads bytes returned more than was asked for.");
    if (status == ASSAY_OK)
        return ASSAY_OK;
    return assay__table_fail(caller->bytes.table.name, status, &own, err);
}

enum assay_status assay_table_from_bytes(assay_bytes_read read, void *context, const char *name,
                                         struct assay_table **out, struct assay_error *err)
{
    struct caller_bytes *caller = assay__calloc(1, sizeof *caller);
    if (caller == NULL)
        return assay__fail_memory(err);
    *caller = (struct caller_bytes){
        .bytes.feed = {read_caller, caller}, .read = read, .context = context};
    if (assay__table_init(&caller->bytes.table, &BYTES, name, err) != ASSAY_OK) {
        assay__free(caller);
        return ASSAY_ERROR_MEMORY;
    }
    *out = &caller->bytes.table;
    return ASSAY_OK;
}

/* ---- files ----------------------------------------------------------------------------------- */

static enum assay_status open_path(struct assay_table *table,
                                   const struct assay__rows_request *request,
                                   struct assay__rows **out, struct assay_error *err)
{
    struct assay__rows_request named = *request;
    named.name = table->name;
    return assay__rows_open(&named, out, err);
}

static const struct assay__table_kind PATH = {open_path, free_bytes};

enum assay_status assay_table_from_path(const char *path, struct assay_table **out,
                                        struct assay_error *err)
{
    if (path == NULL)
        return assay__fail(err, ASSAY_ERROR_USAGE, "A table of a file needs a path.");
    struct assay_table *table = assay__calloc(1, sizeof *table);
    if (table == NULL)
        return assay__fail_memory(err);
    if (assay__table_init(table, &PATH, path, err) != ASSAY_OK) {
        assay__free(table);
        return ASSAY_ERROR_MEMORY;
    }
    *out = table;
    return ASSAY_OK;
}
