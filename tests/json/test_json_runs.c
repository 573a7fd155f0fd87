/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every run function against its definition, byte by byte: every byte at every place of texts that
 * begin at every alignment and end anywhere around the blocks of 8 and 16, with nothing behind them
 * that the function may touch.
 */
#include "test.h"

#include "json/json_runs.h"

enum { ALIGNMENTS = 16, LENGTH_MAX = 50 };

static bool in_text(unsigned char byte)
{
    return byte >= 0x20 && byte != '"' && byte != '\\';
}

static bool in_ascii_text(unsigned char byte)
{
    return in_text(byte) && byte < 0x80;
}

static bool is_digit(unsigned char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_blank(unsigned char byte)
{
    return byte == ' ';
}

static const struct run {
    const char *(*end)(const char *at, const char *end);
    bool (*holds)(unsigned char byte);
    const char *fillers; /* bytes that belong to a run */
} RUNS[] = {
    {assay__json_text_end, in_text, "a ~\x80\xFF!#[]"},
    {assay__json_ascii_text_end, in_ascii_text, "a ~\x7F!#[]"},
    {assay__json_digits_end, is_digit, "0957"},
    {assay__json_blanks_end, is_blank, " "},
};

/* In its own allocation, so that a sanitizer sees a byte too many; the run ends where it should. */
static void check_run(const struct run *run, const char *text, size_t length, size_t offset)
{
    char *bytes = malloc(offset + length + (offset + length == 0));
    ck_assert_ptr_nonnull(bytes);
    memcpy(bytes + offset, text, length);
    const char *start = bytes + offset, *expected = start;
    while (expected < start + length && run->holds((unsigned char)*expected))
        expected++;
    const char *got = run->end(start, start + length);
    ck_assert_msg(got == expected, "run %d of length %d at %d: %d, not %d", (int)(run - RUNS),
                  (int)length, (int)offset, (int)(got - start), (int)(expected - start));
    if (run->end == assay__json_ascii_text_end)
        ck_assert_int_eq(assay__json_is_plain(start, length), expected == start + length);
    free(bytes);
}

START_TEST(json_runs_end_where_they_should)
{
    const struct run *run = &RUNS[_i];
    char text[LENGTH_MAX];
    size_t filler_count = strlen(run->fillers);
    for (size_t length = 0; length < LENGTH_MAX; length++)
        for (size_t offset = 0; offset < ALIGNMENTS; offset++) {
            for (size_t i = 0; i < length; i++)
                text[i] = run->fillers[(i * 7 + offset) % filler_count];
            check_run(run, text, length, offset);
        }
}
END_TEST

/* Each byte at each place, with and without a second one that ends the run behind it. */
START_TEST(json_runs_know_each_byte_at_each_place)
{
    const struct run *run = &RUNS[_i];
    char text[LENGTH_MAX];
    size_t filler_count = strlen(run->fillers);
    for (size_t length = 1; length < LENGTH_MAX; length += length < 15 ? 1 : 5)
        for (size_t place = 0; place < length; place++)
            for (int byte = 0; byte < 256; byte++) {
                for (size_t i = 0; i < length; i++)
                    text[i] = run->fillers[(i + (size_t)byte) % filler_count];
                text[place] = (char)byte;
                check_run(run, text, length, place % ALIGNMENTS);
                text[length - 1] = '"';
                check_run(run, text, length, (size_t)byte % ALIGNMENTS);
            }
}
END_TEST

START_TEST(json_runs_know_each_pair_of_bytes)
{
    const struct run *run = &RUNS[_i];
    for (int first = 0; first < 256; first++)
        for (int second = 0; second < 256; second++) {
            char text[17];
            memset(text, run->fillers[0], sizeof text);
            text[5] = (char)first;
            text[6] = (char)second;
            check_run(run, text, 8, 0);
            check_run(run, text, sizeof text, 3);
        }
}
END_TEST

START_TEST(json_characters_are_counted)
{
    char text[LENGTH_MAX];
    uint32_t state = 12345;
    for (int round = 0; round < 20000; round++) {
        size_t length = (size_t)round % LENGTH_MAX, start = (size_t)round % 7;
        uint32_t expected = 0;
        for (size_t i = 0; i < length; i++) {
            state = state * 1664525u + 1013904223u;
            text[i] = (char)(state >> 24);
            expected += i >= start && ((state >> 24) < 0x80 || (state >> 24) > 0xBF);
        }
        if (start <= length)
            ck_assert_uint_eq(assay__json_count_characters(text + start, text + length), expected);
    }
}
END_TEST

static void add(TCase *cases)
{
    int count = (int)(sizeof RUNS / sizeof *RUNS);
    tcase_add_loop_test(cases, json_runs_end_where_they_should, 0, count);
    tcase_add_loop_test(cases, json_runs_know_each_byte_at_each_place, 0, count);
    tcase_add_loop_test(cases, json_runs_know_each_pair_of_bytes, 0, count);
    tcase_add_test(cases, json_characters_are_counted);
}

int main(void)
{
    return test_main("json_runs", add);
}
