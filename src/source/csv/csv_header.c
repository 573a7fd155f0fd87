/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The beginning of a CSV text: its encoding, its separator, its columns. */
#include "source/csv/csv_header.h"

#include <string.h>

#include "assay/dataset.h"
#include "source/foreign.h"

enum { SNIFF_RECORDS = 16, FIT_RECORDS = 1000 };

bool assay__csv_is_header(const struct assay__rows_header *header,
                          const struct assay__field *fields, uint32_t count)
{
    uint32_t i = 0;
    bool has_name = false;
    if (count > 0 && fields[0].length >= 3 && memcmp(fields[0].text, "\xEF\xBB\xBF", 3) == 0 &&
        strlen(header->names[0]) + 3 == fields[0].length && header->names[0][0] != '\0' &&
        memcmp(header->names[0], fields[0].text + 3, fields[0].length - 3) == 0) {
        has_name = true; /* files put one behind the other, each with its mark */
        i++;
    }
    for (; i < count; i++) {
        has_name = has_name || fields[i].length > 0;
        if (strlen(header->names[i]) != fields[i].length ||
            memcmp(header->names[i], fields[i].text, fields[i].length) != 0)
            return false;
    }
    return has_name; /* empty cells below empty names are a row */
}

enum assay_status assay__csv_check_encoding(const char *bytes, size_t length, const char *file,
                                            size_t *begin, struct assay_error *err)
{
    const unsigned char *b = (const unsigned char *)bytes;
    const char *foreign = assay__foreign_sentence(b, length);
    if (foreign != NULL)
        return assay__fail_at(err, ASSAY_ERROR_DATA, file, 0, 0, "%s", foreign);
    static const unsigned char WIDE[2][4] = {{0xFF, 0xFE, 0, 0}, {0, 0, 0xFE, 0xFF}};
    if (length >= 4 && (memcmp(b, WIDE[0], 4) == 0 || memcmp(b, WIDE[1], 4) == 0))
        return assay__fail_format(
            err,
            assay__fail_at(err, ASSAY_ERROR_DATA, file, 1, 0, "The file is UTF-32, not UTF-8."),
            "encoding=UTF-32\n");
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

const char *assay__csv_line_end(const char *at, const char *end, bool is_last)
{
    while (at < end && *at != '\n' && *at != '\r')
        at++;
    if (at == end || (*at == '\r' && at + 1 == end && !is_last))
        return NULL;
    return at + (*at == '\r' && at + 1 < end && at[1] == '\n' ? 2 : 1);
}

size_t assay__csv_separator_line(const char *at, size_t length, char *separator)
{
    size_t end = 5;
    if (length < 6 || (memcmp(at, "sep=", 4) != 0 && memcmp(at, "SEP=", 4) != 0) ||
        strchr(ASSAY__CSV_SEPARATORS, at[4]) == NULL)
        return 0;
    if (at[end] == '\r')
        end++;
    if (end < length && at[end] == '\n')
        end++;
    else if (end == 5)
        return 0;
    if (*separator == '\0')
        *separator = at[4];
    return end;
}

/* Separators at the end of a record's text: empty fields that are not in quotes, its first aside.
 */
static uint32_t empty_at_end(const char *from, const char *to, char separator)
{
    while (to > from && (to[-1] == '\n' || to[-1] == '\r'))
        to--;
    const char *end = to;
    while (to > from && to[-1] == separator)
        to--;
    return (uint32_t)(end - to);
}

/* The same of a header's fields. */
static uint32_t nameless_at_end(const struct assay__field *fields, uint32_t count)
{
    uint32_t empty = 0;
    while (empty + 1 < count && fields[count - 1 - empty].length == 0 &&
           !fields[count - 1 - empty].is_quoted)
        empty++;
    return empty;
}

/*
 * How many fields nine of ten records have, if those behind the header's are empty in them: single
 * ones may be damaged. 0: they do not agree. *lacks_names is set.
 */
static uint32_t common_count(const struct assay__csv_text *text, uint32_t header_count,
                             bool *lacks_names)
{
    const char *at = text->at;
    uint32_t count = 0, same = 0, alike = 0, all = 0;
    *lacks_names = false;
    while (all < FIT_RECORDS && at < text->end) {
        struct assay__scan scan;
        enum assay__scan_outcome outcome =
            assay__scan_record(text->scanner, at, text->end, text->is_last, NULL, 0, &scan);
        if (outcome != ASSAY__SCAN_RECORD && outcome != ASSAY__SCAN_BLANK)
            break;
        const char *start = at;
        at = scan.end;
        if (outcome == ASSAY__SCAN_BLANK || scan.field_count > ASSAY_COLUMNS_MAX)
            continue;
        count = all++ == 0 ? scan.field_count : count;
        if (count == header_count)
            return count; /* the others are not asked: whether they agree changes nothing */
        same += scan.field_count == count;
        alike += scan.field_count == count &&
                 (count <= header_count ||
                  empty_at_end(start, at, text->scanner->separator) >= count - header_count);
    }
    bool agrees = alike * 10 >= all * 9;
    *lacks_names = !agrees && count > header_count && same * 10 >= all * 9;
    return agrees ? count : 0;
}

uint32_t assay__csv_fit_header(const struct assay__csv_text *text,
                               const struct assay__field *fields, uint32_t count,
                               uint32_t *extra_count, bool *lacks_names)
{
    uint32_t named = count - nameless_at_end(fields, count);
    if (named < count && common_count(text, named, lacks_names) == count) {
        *extra_count = count - named;
        return count;
    }
    uint32_t have = common_count(text, count, lacks_names);
    *extra_count = have > count ? have - count : 0;
    if (have >= count)
        return have;
    return have > 0 && nameless_at_end(fields, count) >= count - have ? have : count;
}

bool assay__csv_make_fit(struct assay__field *fields, uint32_t count, uint32_t column_count,
                         uint32_t extra_count)
{
    uint32_t named = column_count - extra_count;
    if (count != column_count && count != named)
        return false;
    for (uint32_t i = count; i < column_count; i++)
        fields[i] = (struct assay__field){"", 0, false, false, false};
    for (uint32_t i = named; i < column_count; i++)
        if (fields[i].length > 0)
            return false;
    return true;
}
