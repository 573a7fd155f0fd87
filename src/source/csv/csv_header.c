/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The beginning of a CSV text: its encoding and its separator. */
#include "source/csv/csv_header.h"

#include <string.h>

#include "source/csv/csv_scan.h"
#include "source/foreign.h"

enum { SNIFF_RECORDS = 16 };

bool assay__csv_is_header(const struct assay__rows_header *header,
                          const struct assay__field *fields)
{
    uint32_t i = 0;
    while (i < header->count && header->names[i][0] != '\0' &&
           strlen(header->names[i]) == fields[i].length &&
           memcmp(header->names[i], fields[i].text, fields[i].length) == 0)
        i++;
    return i == header->count;
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
