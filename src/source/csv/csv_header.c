/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first line of a table: its separator, its encoding, its columns by name. */
#include "source/csv/csv_header.h"

#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/text.h"
#include "source/csv/csv_scan.h"
#include "source/foreign.h"

enum { SNIFF_RECORDS = 16, NAMES_SHOWN = 20 };

enum assay_status assay__csv_header_init(struct assay__csv_header *header,
                                         const struct assay__field *fields, uint32_t count,
                                         struct assay_error *err)
{
    size_t size = 0;
    for (uint32_t i = 0; i < count; i++)
        size += (size_t)fields[i].length + 1;
    header->names = malloc(count * sizeof *header->names);
    header->bytes = malloc(size);
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

void assay__csv_header_release(struct assay__csv_header *header)
{
    free(header->names);
    free(header->bytes);
    memset(header, 0, sizeof *header);
}

bool assay__csv_header_find(const struct assay__csv_header *header, const char *name,
                            uint32_t first, uint32_t *index)
{
    for (uint32_t i = first; i < header->count; i++) {
        if (strcmp(header->names[i], name) == 0) {
            *index = i;
            return true;
        }
    }
    return false;
}

bool assay__csv_header_is(const struct assay__csv_header *header, const struct assay__field *fields)
{
    uint32_t i = 0;
    while (i < header->count && header->names[i][0] != '\0' &&
           strlen(header->names[i]) == fields[i].length &&
           memcmp(header->names[i], fields[i].text, fields[i].length) == 0)
        i++;
    return i == header->count;
}

static enum assay_status fail_missing(const struct assay__csv_header *header, const char *file,
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
                       "There is no column '%.100s'.%s%.100s%s The header has: %s.", name,
                       nearest != NULL ? " Did you mean '" : "", nearest != NULL ? nearest : "",
                       nearest != NULL ? "'?" : "", list.failed ? "(memory ran out)" : list.data);
    assay__text_release(&list);
    return status;
}

enum assay_status assay__csv_header_column(const struct assay__csv_header *header, const char *file,
                                           const char *name, uint32_t *index,
                                           struct assay_error *err)
{
    uint32_t again;
    if (!assay__csv_header_find(header, name, 0, index))
        return fail_missing(header, file, name, err);
    if (assay__csv_header_find(header, name, *index + 1, &again))
        return assay__fail_at(err, ASSAY_ERROR_DATA, file, header->line, (uint64_t)again + 1,
                              "Columns %u and %u are both named '%.100s'. Rename one of them.",
                              *index + 1, again + 1, name);
    return ASSAY_OK;
}

enum assay_status assay__csv_check_encoding(const char *bytes, size_t length, const char *file,
                                            size_t *begin, struct assay_error *err)
{
    const unsigned char *b = (const unsigned char *)bytes;
    const char *foreign = assay__foreign_sentence(b, length);
    if (foreign != NULL)
        return assay__fail_at(err, ASSAY_ERROR_DATA, file, 0, 0, "%s", foreign);
    bool has_mark =
        length >= 2 && ((b[0] == 0xFF && b[1] == 0xFE) || (b[0] == 0xFE && b[1] == 0xFF));
    /* Without a mark: every other byte of the first letters is NUL. */
    bool has_zeros = length >= 4 && ((b[0] == 0 && b[1] != 0 && b[2] == 0 && b[3] != 0) ||
                                     (b[0] != 0 && b[1] == 0 && b[2] != 0 && b[3] == 0));
    if (has_mark || has_zeros)
        return assay__fail_format(
            err,
            assay__fail_at(err, ASSAY_ERROR_DATA, file, 1, 0,
                           "The file is UTF-16, not UTF-8. Spreadsheets also save \"CSV UTF-8\"."),
            has_mark    ? "encoding=UTF-16\n"
            : b[0] == 0 ? "encoding=UTF-16BE\n"
                        : "encoding=UTF-16LE\n");
    *begin = length >= 3 && b[0] == 0xEF && b[1] == 0xBB && b[2] == 0xBF ? 3 : 0;
    return ASSAY_OK;
}

/* Fields of the first record when it is cut at separator; *agrees when the next have as many. */
static uint32_t header_fields(char separator, const char *at, const char *end, bool is_last,
                              bool *agrees)
{
    struct assay__scanner scanner;
    struct assay__scan scan;
    assay__scanner_init(&scanner, separator);
    uint32_t count = 0;
    *agrees = true;
    for (int i = 0; i < SNIFF_RECORDS && at < end; i++) {
        enum assay__scan_outcome outcome =
            assay__scan_record(&scanner, at, end, is_last, NULL, 0, &scan);
        if (outcome != ASSAY__SCAN_RECORD && outcome != ASSAY__SCAN_BLANK)
            break;
        at = scan.end;
        if (outcome == ASSAY__SCAN_BLANK)
            continue;
        if (count == 0)
            count = scan.field_count;
        *agrees = *agrees && scan.field_count == count && scan.fault != ASSAY__FAULT_QUOTE;
    }
    return count;
}

char assay__csv_sniff(const char *at, const char *end, bool is_last)
{
    char best = ',';
    uint32_t best_count = 1;
    bool best_agrees = false;
    for (const char *separator = ASSAY__CSV_SEPARATORS; *separator != '\0'; separator++) {
        bool agrees;
        uint32_t count = header_fields(*separator, at, end, is_last, &agrees);
        if (count > 1 && (agrees != best_agrees ? agrees : count > best_count)) {
            best = *separator;
            best_count = count;
            best_agrees = agrees;
        }
    }
    return best;
}

uint64_t assay__csv_line_ends(const char *text, size_t length)
{
    uint64_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += text[i] == '\n' || (text[i] == '\r' && (i + 1 == length || text[i + 1] != '\n'));
    return count;
}
