/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Long and random tables: limits, blocks and buffers. */
#include "csv_show.h"

#include <unistd.h>

/* Reads a table of count records of a generator; returns the status. */
static enum assay_status read_generated(const char *header, char fill, size_t bytes, bool is_open,
                                        struct assay_error *err)
{
    csv_put_file(header, strlen(header));
    FILE *file = fopen(csv_path, "ab");
    ck_assert_ptr_nonnull(file);
    char block[65536];
    memset(block, fill, sizeof block);
    if (is_open)
        fputc('"', file);
    for (size_t done = 0; done < bytes; done += sizeof block)
        ck_assert_uint_eq(fwrite(block, 1, sizeof block, file), sizeof block);
    ck_assert_int_eq(fclose(file), 0);
    struct assay__rows *rows = NULL;
    struct assay__record record = {0};
    enum assay_status status =
        assay__csv_open(csv_path, &(struct assay__csv_options){0}, &rows, err);
    if (status == ASSAY_OK)
        status = assay__rows_next(rows, &record, err);
    assay__rows_close(rows);
    unlink(csv_path);
    return status;
}

START_TEST(csv_limits_hold)
{
    struct assay_error err;
    ck_assert_int_eq(read_generated("a,b\n1,", 'x', 4 << 20, false, &err), ASSAY_ERROR_LIMIT);
    ck_assert_uint_eq(err.line, 2);
    ck_assert_uint_eq(err.column, 2);
    ck_assert_ptr_nonnull(strstr(err.message, "longer than 1048576 bytes"));
    ck_assert_int_eq(read_generated("a,b\n1,", '\n', 4 << 20, true, &err), ASSAY_ERROR_LIMIT);
    ck_assert_ptr_nonnull(strstr(err.message, "ever closed"));
    ck_assert_uint_eq(err.line, 2);
    ck_assert_int_eq(read_generated("a,b\n1,", ',', 20 << 20, false, &err), ASSAY_ERROR_LIMIT);
    ck_assert_ptr_nonnull(strstr(err.message, "record is longer than 16777216 bytes"));
    ck_assert_int_eq(read_generated("a", ',', 1 << 16, false, &err), ASSAY_ERROR_LIMIT);
    ck_assert_ptr_nonnull(strstr(err.message, "at most 16384"));
    ck_assert_int_eq(read_generated("", 'x', 4 << 20, false, &err), ASSAY_ERROR_LIMIT);
    ck_assert_uint_eq(err.line, 1);
    ck_assert_uint_eq(err.column, 1);
    /* One byte less than the limit is fine. */
    ck_assert_int_eq(read_generated("a\n", 'x', 1 << 20, false, &err), ASSAY_OK);
}
END_TEST

START_TEST(csv_two_gigabytes_in_one_line_fail_at_once)
{
    csv_put_file("a,b\n1,", 6);
    ck_assert_int_eq(truncate(csv_path, 2147483647L), 0); /* a hole: NUL bytes without disk space */
    struct assay__rows *rows;
    struct assay__record record;
    struct assay_error err;
    assert_ok(assay__csv_open(csv_path, &(struct assay__csv_options){0}, &rows, &err), &err);
    ck_assert_int_eq(assay__rows_next(rows, &record, &err), ASSAY_ERROR_LIMIT);
    ck_assert_uint_eq(err.line, 2);
    assay__rows_close(rows);
    unlink(csv_path);
}
END_TEST

/* A long table whose records do not line up with blocks, buffers or powers of two. */
START_TEST(csv_blocks_and_buffers_cut_nothing)
{
    struct assay__text bytes = {0};
    assay__text_puts(&bytes, "id,text,n\r\n");
    for (int i = 0; i < 60000; i++)
        assay__text_format(&bytes, "%d,\"a \"\"quoted\"\", \r\nfield %0*d\",%d\r\n", i, i % 97, i,
                           i % 13);
    ck_assert(!bytes.failed);
    csv_put_file(bytes.data, bytes.length);
    struct assay__rows *rows;
    struct assay_error err;
    assert_ok(assay__csv_open(csv_path, &(struct assay__csv_options){0}, &rows, &err), &err);
    int i = 0;
    for (;;) {
        struct assay__rows_block block;
        assert_ok(assay__rows_next_block(rows, &block, &err), &err);
        if (block.record_count == 0)
            break;
        for (size_t r = 0; r < block.record_count; r++, i++) {
            char want[200];
            int length = snprintf(want, sizeof want, "%da \"quoted\", \r\nfield %0*d%d", i, i % 97,
                                  i, i % 13);
            struct assay__text got = {0};
            for (int c = 0; c < 3; c++)
                assay__text_append(&got, block.fields[r * 3 + (size_t)c].text,
                                   block.fields[r * 3 + (size_t)c].length);
            ck_assert_uint_eq(got.length, (size_t)length);
            ck_assert_str_eq(got.data, want);
            ck_assert_uint_eq(block.lines[r], (uint64_t)i * 2 + 2);
            assay__text_release(&got);
        }
    }
    ck_assert_int_eq(i, 60000);
    assay__rows_close(rows);
    assay__text_release(&bytes);
    unlink(csv_path);
}
END_TEST

/* Random bytes that CSV is made of, and mutations of a good table: any outcome but a crash. */
START_TEST(csv_random_bytes_never_crash)
{
    static const char ALPHABET[] = "a1,;\"\"\n\r\t| \xc3\xa4\xff";
    uint64_t state = 99;
    int good = 0, bad = 0;
    for (int round = 0; round < 3000; round++) {
        char bytes[200];
        size_t length = 0;
        for (size_t i = 0; i < sizeof bytes; i++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            if (state >> 58 == 0 && i > 2)
                break;
            bytes[length++] = ALPHABET[(state >> 33) % (sizeof ALPHABET)];
        }
        struct assay__text text = {0};
        struct assay_error err;
        enum assay_status status = csv_show(
            bytes, length, &(struct assay__csv_options){.skip_bad = round & 1}, &text, NULL, &err);
        ck_assert(status == ASSAY_OK || status == ASSAY_ERROR_DATA);
        good += status == ASSAY_OK;
        bad += status != ASSAY_OK;
        assay__text_release(&text);
    }
    ck_assert_int_gt(good, 100);
    ck_assert_int_gt(bad, 100);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, csv_limits_hold);
    tcase_add_test(cases, csv_two_gigabytes_in_one_line_fail_at_once);
    tcase_add_test(cases, csv_blocks_and_buffers_cut_nothing);
    tcase_add_test(cases, csv_random_bytes_never_crash);
}

int main(void)
{
    return test_main("csv_limits", add);
}
