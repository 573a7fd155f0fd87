/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records in a row are what the scanner of single records finds, or are left to it. */
#include <string.h>

#include "source/csv/csv_scan.h"
#include "test.h"

enum { COLUMNS = 3, TEXT_BYTES = 2000, RECORDS = 400 };

static uint64_t seed = 1;

static uint64_t draw(uint64_t below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (seed >> 33) % below;
}

/* Mostly records of three fields; how odd the bytes in between are differs. */
static size_t draw_text(char text[TEXT_BYTES + 1])
{
    static const char PLAIN[] = "0123456789.-abc metric", ODD[] = "\"\r\n,\t\001\303\251;\0'";
    uint64_t oddness = draw(3) == 0 ? 0 : 1 + draw(200);
    size_t length = 0;
    for (int column = 0; length < TEXT_BYTES - 40; column = (column + 1) % COLUMNS) {
        if (draw(20) == 0)
            for (const char *name = "metric"; *name != '\0';)
                text[length++] = *name++;
        for (uint64_t n = draw(draw(9) == 0 ? 30 : 9); n > 0; n--)
            text[length++] = oddness > 0 && draw(oddness) == 0 ? ODD[draw(sizeof ODD - 1)]
                                                               : PLAIN[draw(sizeof PLAIN - 1)];
        if (column < COLUMNS - 1)
            text[length++] = ',';
        else if (draw(4) == 0)
            text[length++] = '\r';
        if (column == COLUMNS - 1)
            text[length++] = '\n';
    }
    text[length] = '\n';
    return length;
}

static bool same_field(const struct assay__field *a, const struct assay__field *b)
{
    return a->text == b->text && a->length == b->length && a->is_quoted == b->is_quoted &&
           a->has_doubled == b->has_doubled && a->is_typed == b->is_typed;
}

START_TEST(runs_are_what_single_records_are)
{
    static char text[TEXT_BYTES + 1];
    static struct assay__field fields[RECORDS * COLUMNS];
    struct assay__scanner scanner;
    size_t taken = 0, left = 0;
    assay__scanner_init(&scanner, ',');
    for (int i = 0; i < 4000; i++) {
        size_t length = draw_text(text);
        const char *at = text, *end = text + length;
        while (at < end) {
            struct assay__scan_run run = {.at = at,
                                          .end = end,
                                          .fields = fields,
                                          .column_count = COLUMNS,
                                          .record_count = 1 + draw(RECORDS),
                                          .header = {.text = "metric", .length = 6}};
            size_t count = assay__scan_run(&scanner, &run);
            ck_assert_uint_le(count, run.record_count);
            for (size_t k = 0; k <= count && at < end; k++) {
                struct assay__field own[COLUMNS] = {{0}};
                struct assay__scan scan;
                enum assay__scan_outcome outcome =
                    assay__scan_record(&scanner, at, end, true, own, COLUMNS, &scan);
                if (k == count) { /* the next one, whatever it is */
                    at = outcome == ASSAY__SCAN_OPEN ? end : scan.end;
                    left++;
                    break;
                }
                ck_assert_int_eq(outcome, ASSAY__SCAN_RECORD);
                ck_assert_int_eq(scan.fault, ASSAY__FAULT_NONE);
                ck_assert_uint_eq(scan.field_count, COLUMNS);
                ck_assert_uint_eq(scan.line_count, 1);
                for (int c = 0; c < COLUMNS; c++)
                    ck_assert(same_field(&own[c], &fields[k * COLUMNS + (size_t)c]));
                at = scan.end;
                ck_assert(k + 1 < count || at == run.at);
                taken++;
            }
        }
    }
#if defined(__x86_64__)
    ck_assert_uint_gt(taken, 100000);
#endif
    ck_assert_uint_gt(left, 10000);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, runs_are_what_single_records_are);
}

int main(void)
{
    return test_main("csv_scan_run", add);
}
