/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The columns of a table by their names, and what is said of a name that is not there. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/nearest.h"
#include "base/text.h"
#include "source/rows.h"

enum { NAMES_SHOWN = 20 };

enum assay_status assay__rows_header_init(struct assay__rows_header *header,
                                          const struct assay__field *fields, uint32_t count,
                                          struct assay_error *err)
{
    size_t size = 0;
    for (uint32_t i = 0; i < count; i++)
        size += (size_t)fields[i].length + 1;
    header->names = assay__malloc(count * sizeof *header->names);
    header->bytes = assay__malloc(size);
    if (header->names == NULL || header->bytes == NULL)
        return assay__fail_memory(err);
    char *at = header->bytes;
    for (uint32_t i = 0; i < count; i++) {
        memcpy(at, fields[i].text, fields[i].length);
        at[fields[i].length] = '\0';
        header->names[i] = at;
        at += fields[i].length + 1;
    }
    header->count = count;
    return ASSAY_OK;
}

void assay__rows_header_release(struct assay__rows_header *header)
{
    assay__free(header->names);
    assay__free(header->bytes);
    memset(header, 0, sizeof *header);
}

/* The index of a name from column first on. */
static bool find(const struct assay__rows_header *header, const char *name, uint32_t first,
                 uint32_t *index)
{
    for (uint32_t i = first; i < header->count; i++) {
        if (strcmp(header->names[i], name) == 0) {
            *index = i;
            return true;
        }
    }
    return false;
}

/* The index of a column by its name and number among those of one name: 'y#2'. */
static bool find_numbered(const struct assay__rows_header *header, const char *name,
                          uint32_t *index)
{
    const char *mark = strrchr(name, '#');
    char *end = NULL;
    unsigned long number =
        mark != NULL && mark[1] >= '1' && mark[1] <= '9' ? strtoul(mark + 1, &end, 10) : 0;
    if (number == 0 || *end != '\0')
        return false;
    size_t length = (size_t)(mark - name);
    for (uint32_t i = 0; i < header->count; i++) {
        bool is_same =
            strlen(header->names[i]) == length && memcmp(header->names[i], name, length) == 0;
        if (is_same && --number == 0) {
            *index = i;
            return true;
        }
    }
    return false;
}

bool assay__rows_find(const struct assay__rows *rows, const char *name, uint32_t *index)
{
    return find(&rows->header, name, 0, index) || find_numbered(&rows->header, name, index);
}

uint32_t assay__rows_namesake(const struct assay__rows *rows, uint32_t index)
{
    const struct assay__rows_header *header = &rows->header;
    uint32_t number = 0, all = 0;
    for (uint32_t i = 0; i < header->count; i++) {
        bool is_same = strcmp(header->names[i], header->names[index]) == 0;
        all += is_same;
        number += is_same && i <= index;
    }
    return all > 1 ? number : 0;
}

static enum assay_status fail_missing(const struct assay__rows_header *header, const char *file,
                                      const char *name, struct assay_error *err)
{
    struct assay__text list = {0};
    for (uint32_t i = 0; i < header->count && i < NAMES_SHOWN && list.length < 400; i++) {
        const char *name_i = header->names[i];
        size_t length = strnlen(name_i, 60);
        bool has_blanks =
            length == 0 || name_i[0] == ' ' || name_i[length - 1] == ' ' || name_i[0] == '\t';
        assay__text_puts(&list, i == 0 ? "" : ", ");
        assay__text_puts(&list, has_blanks ? "'" : "");
        assay__text_append(&list, name_i, length);
        assay__text_puts(&list, has_blanks ? "'" : "");
    }
    if (header->count > NAMES_SHOWN)
        assay__text_puts(&list, ", ...");
    const char *nearest = assay__nearest(name, strlen(name), header->names, header->count);
    enum assay_status status =
        assay__fail_at(err, ASSAY_ERROR_DATA, file, header->line, 0,
                       "No column is named '%.100s'.%s%.100s%s The header has: %s.", name,
                       nearest != NULL ? " Did you mean '" : "", nearest != NULL ? nearest : "",
                       nearest != NULL ? "'?" : "", list.failed ? "(memory ran out)" : list.data);
    assay__text_release(&list);
    return status;
}

enum assay_status assay__rows_column(const struct assay__rows *rows, const char *name,
                                     uint32_t *index, struct assay_error *err)
{
    const struct assay__rows_header *header = &rows->header;
    uint32_t again;
    if (!find(header, name, 0, index) && find_numbered(header, name, index))
        return ASSAY_OK;
    if (!find(header, name, 0, index)) {
        enum assay_status status = fail_missing(header, assay__rows_name(rows), name, err);
        if (rows->kind->suggest != NULL)
            rows->kind->suggest(rows, name, err);
        return status;
    }
    if (find(header, name, *index + 1, &again))
        return assay__fail_at(
            err, ASSAY_ERROR_DATA, assay__rows_name(rows), header->line, (uint64_t)again + 1,
            "Columns %u and %u are both named '%.100s'. Say which one: '%.100s#1' "
            "or '%.100s#2'.",
            *index + 1, again + 1, name, name, name);
    return ASSAY_OK;
}
