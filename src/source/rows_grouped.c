/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table whose group is in its file's name: the rows of another source with one more column. */
#include "source/rows_grouped.h"

#include <string.h>

#include "assay/dataset.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "plan/plan_data.h"

struct grouped {
    struct assay__rows rows; /* first: it is what others see */
    struct assay__rows *inner;
    struct assay__field group;
    char *text;
    struct assay__field *fields;
    size_t capacity; /* records that fields has room for */
};

static struct grouped *of(struct assay__rows *rows)
{
    return (struct grouped *)(void *)rows;
}

static const struct grouped *of_const(const struct assay__rows *rows)
{
    return (const struct grouped *)(const void *)rows;
}

static const char *place(const struct assay__rows *rows)
{
    return assay__rows_name(of_const(rows)->inner);
}

static bool make_room(struct grouped *grouped, size_t record_count)
{
    if (record_count <= grouped->capacity)
        return true;
    size_t size = sizeof *grouped->fields * grouped->rows.header.count;
    struct assay__field *fields = record_count > SIZE_MAX / size
                                      ? NULL
                                      : assay__realloc(grouped->fields, record_count * size);
    if (fields == NULL)
        return false;
    grouped->fields = fields;
    grouped->capacity = record_count;
    return true;
}

/* Whoever asks about the wider table is told of a record of the inner one. */
static enum assay_status pass_on(void *context, const struct assay__field *fields, uint32_t count,
                                 struct assay_error *err)
{
    struct grouped *grouped = context;
    const struct assay__rows_skip *on_skip = &grouped->rows.on_skip;
    size_t width = grouped->inner->header.count;
    if (!make_room(grouped, 1))
        return assay__fail_memory(err);
    memset(grouped->fields, 0, (width + 1) * sizeof *grouped->fields);
    memcpy(grouped->fields, fields, count * sizeof *fields);
    grouped->fields[width] = grouped->group;
    return on_skip->take(on_skip->context, grouped->fields, (uint32_t)width + 1, err);
}

static enum assay_status next_block(struct assay__rows *rows, struct assay__rows_block *block,
                                    struct assay_error *err)
{
    struct grouped *grouped = of(rows);
    struct assay__rows *inner = grouped->inner;
    inner->skips_bad = rows->skips_bad;
    inner->may_skip = rows->may_skip;
    if (rows->on_skip.take != NULL)
        inner->on_skip = (struct assay__rows_skip){grouped, pass_on};
    enum assay_status status = assay__rows_next_block(inner, block, err);
    rows->skipped = inner->skipped;
    rows->repeated = inner->repeated;
    if (status != ASSAY_OK)
        return status;
    if (!make_room(grouped, block->record_count))
        return assay__fail_memory(err);
    size_t width = inner->header.count;
    for (size_t i = 0; i < block->record_count; i++) {
        struct assay__field *to = grouped->fields + i * (width + 1);
        memcpy(to, block->fields + i * width, width * sizeof *to);
        to[width] = grouped->group;
    }
    block->fields = grouped->fields;
    return ASSAY_OK;
}

static void close_rows(struct assay__rows *rows)
{
    struct grouped *grouped = of(rows);
    assay__rows_close(grouped->inner);
    assay__rows_header_release(&rows->header);
    assay__free(grouped->fields);
    assay__free(grouped->text);
    assay__free(grouped);
}

static void suggest(const struct assay__rows *rows, const char *column, struct assay_error *err)
{
    const struct assay__rows *inner = of_const(rows)->inner;
    if (inner->kind->suggest != NULL)
        inner->kind->suggest(inner, column, err);
}

/* The last column is the group, which the inner rows do not have. */
static enum assay_status use(struct assay__rows *rows, const uint32_t *columns, uint32_t count,
                             struct assay_error *err)
{
    struct assay__rows *inner = of(rows)->inner;
    uint32_t *own = assay__malloc((count + (size_t)1) * sizeof *own), own_count = 0;
    if (own == NULL)
        return assay__fail_memory(err);
    for (uint32_t i = 0; i < count; i++)
        if (columns[i] < inner->header.count)
            own[own_count++] = columns[i];
    enum assay_status status = assay__rows_use(inner, own, own_count, err);
    assay__free(own);
    return status;
}

/* The same bytes in two groups are two tables. */
static assay__uint128 fingerprint(const struct assay__rows *rows)
{
    const struct grouped *grouped = of_const(rows);
    assay__uint128 value = 0;
    (void)assay__rows_fingerprint(grouped->inner, &value);
    return value + assay__fingerprint(grouped->group.text, grouped->group.length);
}

static const struct assay__rows_kind GROUPED = {.place = place,
                                                .next_block = next_block,
                                                .close = close_rows,
                                                .suggest = suggest,
                                                .use = use,
                                                .fingerprint = fingerprint};

static bool ends_with(const char *text, size_t length, const char *end)
{
    size_t end_length = strlen(end);
    return length > end_length && memcmp(text + length - end_length, end, end_length) == 0;
}

/* The name without the ending of a compression, or the whole of it. */
static size_t without_ending(const char *name, size_t length)
{
    static const char *const ENDINGS[] = {".gz", ".zst"};
    for (size_t i = 0; i < sizeof ENDINGS / sizeof *ENDINGS; i++)
        if (ends_with(name, length, ENDINGS[i]))
            return length - strlen(ENDINGS[i]);
    return length;
}

/* What the star stands for; false when the name does not fit or the star stands for nothing. */
static bool match(const char *pattern, const char *name, size_t length, struct assay__field *out)
{
    const char *star = strchr(pattern, '*');
    size_t before = (size_t)(star - pattern), after = strlen(star + 1);
    if (length <= before + after || memcmp(pattern, name, before) != 0 ||
        memcmp(star + 1, name + length - after, after) != 0)
        return false;
    *out = (struct assay__field){name + before, (uint32_t)(length - before - after), false, false,
                                 false};
    return true;
}

static enum assay_status find_group(const char *pattern, const char *path,
                                    struct assay__field *group, struct assay_error *err)
{
    const char *slash = strrchr(path, '/'), *name = slash == NULL ? path : slash + 1;
    size_t length = strlen(name);
    if (strcmp(path, "-") == 0)
        return assay__fail(err, ASSAY_ERROR_DATA,
                           "Standard input has no file name to take the group from.");
    if (!match(pattern, name, without_ending(name, length), group) &&
        !match(pattern, name, length, group))
        return assay__fail_at(
            err, ASSAY_ERROR_DATA, path, 0, 0,
            "The file name does not have the form '%.200s', so it does not name a group.", pattern);
    if (group->length > ASSAY_NAME_BYTES_MAX ||
        assay__utf8_valid_run(group->text, group->length) < group->length)
        return assay__fail_at(err, ASSAY_ERROR_DATA, path, 0, 0,
                              "The group in the file's name is not UTF-8, or longer than %d bytes.",
                              ASSAY_NAME_BYTES_MAX);
    return ASSAY_OK;
}

/* The header of the inner table and the new column. */
static enum assay_status widen_header(struct grouped *grouped, struct assay_error *err)
{
    uint32_t count = assay__rows_column_count(grouped->inner);
    struct assay__field *names = assay__calloc((size_t)count + 1, sizeof *names);
    if (names == NULL)
        return assay__fail_memory(err);
    for (uint32_t i = 0; i <= count; i++) {
        const char *name =
            i < count ? assay__rows_columns(grouped->inner)[i] : ASSAY__GROUP_OF_FILE;
        names[i] = (struct assay__field){name, (uint32_t)strlen(name), false, false, false};
    }
    enum assay_status status =
        assay__rows_header_init(&grouped->rows.header, names, count + 1, err);
    grouped->rows.header.line = grouped->inner->header.line;
    assay__free(names);
    return status;
}

enum assay_status assay__rows_group(struct assay__rows **rows, const char *pattern,
                                    const char *path, struct assay_error *err)
{
    struct assay__field found;
    enum assay_status status = find_group(pattern, path, &found, err);
    if (status != ASSAY_OK)
        return status;
    struct grouped *grouped = assay__calloc(1, sizeof *grouped);
    if (grouped == NULL)
        return assay__fail_memory(err);
    grouped->rows.kind = &GROUPED;
    grouped->inner = *rows;
    grouped->text = assay__strndup(found.text, found.length);
    grouped->group = (struct assay__field){grouped->text, found.length, true, false, false};
    status = grouped->text == NULL ? assay__fail_memory(err) : widen_header(grouped, err);
    if (status != ASSAY_OK) {
        grouped->inner = NULL;
        close_rows(&grouped->rows);
        return status;
    }
    *rows = &grouped->rows;
    return ASSAY_OK;
}
