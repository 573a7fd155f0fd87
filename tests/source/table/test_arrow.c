/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values of Arrow arrays, type by type, as the text of a CSV cell; and arrays that do not fit. */
#include "tables.h"
#include "test.h"

#include "source/table/arrow_values.h"

/* The text of one value; "(missing)"; or what is wrong. */
static const char *text_of(const char *format, const void *values, int64_t index)
{
    static char scratch[ASSAY__CELL_BYTES], shown[200];
    const void *buffers[3] = {NULL, values, NULL};
    struct ArrowSchema schema = {.format = format};
    struct ArrowArray array = {.length = 9, .n_buffers = 3, .buffers = buffers};
    struct assay__field out;
    const char *wrong = assay__arrow_value(&schema, &array, index, scratch, &out);
    if (wrong == NULL)
        snprintf(shown, sizeof shown, "%.*s", (int)out.length, out.text);
    return wrong != NULL ? wrong : shown;
}

START_TEST(integers_of_all_sizes)
{
    const int8_t i8[] = {-128, 127};
    const uint8_t u8[] = {255};
    const int16_t i16[] = {-32768};
    const uint16_t u16[] = {65535};
    const int32_t i32[] = {INT32_MIN};
    const uint32_t u32[] = {UINT32_MAX};
    const int64_t i64[] = {INT64_MIN};
    const uint64_t u64[] = {UINT64_MAX};
    const unsigned char bits[] = {2};
    ck_assert_str_eq(text_of("c", i8, 0), "-128");
    ck_assert_str_eq(text_of("c", i8, 1), "127");
    ck_assert_str_eq(text_of("C", u8, 0), "255");
    ck_assert_str_eq(text_of("s", i16, 0), "-32768");
    ck_assert_str_eq(text_of("S", u16, 0), "65535");
    ck_assert_str_eq(text_of("i", i32, 0), "-2147483648");
    ck_assert_str_eq(text_of("I", u32, 0), "4294967295");
    ck_assert_str_eq(text_of("l", i64, 0), "-9223372036854775808");
    ck_assert_str_eq(text_of("L", u64, 0), "18446744073709551615");
    ck_assert_str_eq(text_of("b", bits, 0), "false");
    ck_assert_str_eq(text_of("b", bits, 1), "true");
}
END_TEST

/* A buffer that was mapped from a file or a message need not be aligned. */
START_TEST(values_lie_anywhere)
{
    static const int64_t OFFSETS[] = {0, 2, 5};
    static const double NUMBERS[] = {0.1, -2.5};
    static const assay__uint128 CENTS[] = {12345, 1};
    _Alignas(16) char bytes[64];
    memcpy(bytes + 1, NUMBERS, sizeof NUMBERS);
    ck_assert_str_eq(text_of("g", bytes + 1, 1), "-2.5");
    memcpy(bytes + 3, CENTS, sizeof CENTS);
    ck_assert_str_eq(text_of("d:10,2", bytes + 3, 0), "123.45");
    memcpy(bytes + 1, OFFSETS, sizeof OFFSETS);
    const void *buffers[3] = {NULL, bytes + 1, "abcde"};
    struct ArrowSchema schema = {.format = "U"};
    struct ArrowArray array = {.length = 2, .n_buffers = 3, .buffers = buffers};
    char scratch[ASSAY__CELL_BYTES];
    struct assay__field out;
    ck_assert_ptr_null(assay__arrow_value(&schema, &array, 1, scratch, &out));
    ck_assert(out.length == 3 && memcmp(out.text, "cde", 3) == 0);
}
END_TEST

START_TEST(floats_are_their_shortest_decimals)
{
    const float floats[] = {0.1f, 16777216.0f, 3.4028235e38f, 1e-45f, (float)NAN, (float)INFINITY};
    const double doubles[] = {0.1, 1.0 / 3.0, -0.0, 1e300};
    ck_assert_str_eq(text_of("f", floats, 0), "0.1");
    ck_assert_str_eq(text_of("f", floats, 1), "16777216");
    ck_assert_str_eq(text_of("f", floats, 2), "3.4028235e38");
    ck_assert_str_eq(text_of("f", floats, 3), "1e-45");
    ck_assert_str_eq(text_of("f", floats, 4), "");
    ck_assert_str_eq(text_of("f", floats, 5), "inf");
    ck_assert_str_eq(text_of("g", doubles, 0), "0.1");
    ck_assert_str_eq(text_of("g", doubles, 1), "0.3333333333333333");
    ck_assert_str_eq(text_of("g", doubles, 2), "0");
    ck_assert_str_eq(text_of("g", doubles, 3), "1e300");
}
END_TEST

/* Every float reads back from its text. */
START_TEST(floats_read_back)
{
    uint32_t state = 12345;
    for (int i = 0; i < 20000; i++) {
        float value;
        state = state * 1664525u + 1013904223u;
        memcpy(&value, &state, sizeof value);
        if (!isfinite(value))
            continue;
        const char *text = text_of("f", &value, 0);
        ck_assert_msg(strtof(text, NULL) == value, "%.9g became %s", (double)value, text);
    }
}
END_TEST

START_TEST(decimals_keep_their_digits)
{
    const assay__uint128 cents[] = {12345, -(assay__uint128)5, 0};
    const assay__uint128 most[] = {(assay__uint128)UINT64_C(0x4b3b4ca85a86c47a) << 64 |
                                   UINT64_C(0x098a223fffffffff)};
    ck_assert_str_eq(text_of("d:10,2", cents, 0), "123.45");
    ck_assert_str_eq(text_of("d:10,2", cents, 1), "-0.05");
    ck_assert_str_eq(text_of("d:10,0", cents, 0), "12345");
    ck_assert_str_eq(text_of("d:10,2,128", cents, 2), "0.00");
    ck_assert_str_eq(text_of("d:5,-3", cents, 0), "12345e3");
    ck_assert_str_eq(text_of("d:38,0", most, 0), "99999999999999999999999999999999999999");
    ck_assert_str_eq(text_of("d:38,38", most, 0), "0.99999999999999999999999999999999999999");
    const int32_t narrow[] = {12345, -5, INT32_MIN};
    const int64_t middle[] = {12345, -5, INT64_MIN};
    ck_assert_str_eq(text_of("d:9,2,32", narrow, 0), "123.45");
    ck_assert_str_eq(text_of("d:9,2,32", narrow, 1), "-0.05");
    ck_assert_str_eq(text_of("d:9,0,32", narrow, 2), "-2147483648");
    ck_assert_str_eq(text_of("d:18,3,64", middle, 1), "-0.005");
    ck_assert_str_eq(text_of("d:18,-2,64", middle, 2), "-9223372036854775808e2");
    ck_assert_ptr_nonnull(strstr(text_of("d:76,2,256", cents, 0), "not read"));
}
END_TEST

START_TEST(times_and_dates)
{
    const int32_t days[] = {20513, -1};
    const int64_t ms[] = {INT64_C(1772323200000), -1};
    const int64_t seconds[] = {1772323200, INT64_MAX};
    const int64_t ns[] = {INT64_C(1772323200000000001)};
    ck_assert_str_eq(text_of("tdD", days, 0), "2026-03-01");
    ck_assert_str_eq(text_of("tdD", days, 1), "1969-12-31");
    ck_assert_str_eq(text_of("tdm", ms, 0), "2026-03-01");
    ck_assert_str_eq(text_of("tdm", ms, 1), "1969-12-31");
    ck_assert_str_eq(text_of("tss:", seconds, 0), "2026-03-01T00:00:00Z");
    ck_assert_ptr_nonnull(strstr(text_of("tss:", seconds, 1), "out of range"));
    ck_assert_str_eq(text_of("tsm:Europe/Berlin", ms, 0), "2026-03-01T00:00:00Z");
    ck_assert_str_eq(text_of("tsn:", ns, 0), "2026-03-01T00:00:00.000000001Z");
}
END_TEST

START_TEST(text_views_lie_in_the_view_or_in_a_buffer)
{
    struct {
        int32_t length;
        char text[12];
    } views[2] = {{5, "short"}, {20, ""}};
    static const char BYTES[] = "..a text of 20 bytes..";
    const int32_t buffer = 0, begin = 2;
    memcpy(views[1].text + 4, &buffer, 4);
    memcpy(views[1].text + 8, &begin, 4);
    const void *buffers[4] = {NULL, views, BYTES, NULL};
    struct ArrowSchema schema = {.format = "vu"};
    struct ArrowArray array = {.length = 2, .n_buffers = 4, .buffers = buffers};
    char scratch[ASSAY__CELL_BYTES];
    struct assay__field out;
    ck_assert(assay__arrow_fits(&schema, &array));
    ck_assert_ptr_null(assay__arrow_value(&schema, &array, 0, scratch, &out));
    ck_assert(out.length == 5 && memcmp(out.text, "short", 5) == 0);
    ck_assert_ptr_null(assay__arrow_value(&schema, &array, 1, scratch, &out));
    ck_assert(out.length == 20 && memcmp(out.text, BYTES + 2, 20) == 0);
    /* Nothing is read beyond a buffer whose size is given, nor of one that is not there. */
    const int64_t sizes[] = {sizeof BYTES - 1}, few[] = {21};
    buffers[3] = sizes;
    ck_assert_ptr_null(assay__arrow_value(&schema, &array, 1, scratch, &out));
    buffers[3] = few;
    ck_assert_ptr_nonnull(assay__arrow_value(&schema, &array, 1, scratch, &out));
    buffers[2] = NULL;
    buffers[3] = sizes;
    ck_assert_ptr_nonnull(assay__arrow_value(&schema, &array, 1, scratch, &out));
    array.n_buffers = 3;
    ck_assert_ptr_nonnull(assay__arrow_value(&schema, &array, 1, scratch, &out));
}
END_TEST

/* Bits, with a place in the first byte that is not its first, and bits that say what is missing. */
START_TEST(bits_are_counted_from_the_offset)
{
    /* 20 values at an offset of 5: value i is bit 5 + i, least significant bits first. */
    const unsigned char bits[] = {0xa0, 0xf1, 0x03, 0x80};
    const unsigned char valid[] = {0xff, 0xfe, 0xff, 0x7f};
    static const char WANT[] = "101.0001111110000000"; /* the dot is missing */
    const void *buffers[2] = {valid, bits};
    struct ArrowSchema schema = {.format = "b"};
    struct ArrowArray array = {
        .length = 20, .null_count = -1, .offset = 5, .n_buffers = 2, .buffers = buffers};
    char scratch[ASSAY__CELL_BYTES];
    ck_assert(assay__arrow_fits(&schema, &array));
    for (int i = 0; i < 20; i++) {
        struct assay__field out;
        const char *text = WANT[i] == '.' ? "" : WANT[i] == '1' ? "true" : "false";
        ck_assert_ptr_null(assay__arrow_value(&schema, &array, i, scratch, &out));
        ck_assert_msg(out.length == strlen(text) && memcmp(out.text, text, out.length) == 0,
                      "value %d is %.*s, not %s", i, (int)out.length, out.text, text);
    }
    /* Without nulls the first buffer may be absent, and is not read where the count is zero. */
    struct assay__field out;
    array.null_count = 0;
    ck_assert_ptr_null(assay__arrow_value(&schema, &array, 3, scratch, &out));
    ck_assert(out.length == 4 && memcmp(out.text, "true", 4) == 0);
    buffers[0] = NULL;
    array.null_count = -1;
    ck_assert_ptr_null(assay__arrow_value(&schema, &array, 3, scratch, &out));
    ck_assert_uint_eq(out.length, 4);
}
END_TEST

START_TEST(text_of_both_widths_and_from_dictionaries)
{
    static const char BYTES[] = "xxabcdefg";
    const int32_t near[] = {0, 2, 5, 5, 9};
    const int64_t far[] = {0, 2, 5, 5, 9};
    const uint8_t bytes[] = {3, 1, 2};
    const int64_t longs[] = {3, 1, 2};
    const struct {
        const char *format;
        const void *offsets;
        const char *index_format;
        const void *index;
    } cases[] = {{"u", near, "C", bytes}, {"U", far, "l", longs}, {"U", far, "c", bytes}};
    static const char *const WANT[] = {"defg", "abc", ""};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        const void *text[3] = {NULL, cases[k].offsets, BYTES}, *at[2] = {NULL, cases[k].index};
        struct ArrowSchema words = {.format = cases[k].format};
        struct ArrowArray list = {.length = 4, .n_buffers = 3, .buffers = text};
        struct ArrowSchema schema = {.format = cases[k].index_format, .dictionary = &words};
        struct ArrowArray array = {.length = 3, .n_buffers = 2, .buffers = at, .dictionary = &list};
        char scratch[ASSAY__CELL_BYTES];
        struct assay__field out;
        ck_assert(assay__arrow_fits(&schema, &array));
        for (int i = 0; i < 3; i++) {
            ck_assert_ptr_null(assay__arrow_value(&schema, &array, i, scratch, &out));
            ck_assert(out.length == strlen(WANT[i]) && memcmp(out.text, WANT[i], out.length) == 0);
        }
        /* The dictionary's own offset: its first value is the list's second. */
        list.offset = 1;
        list.length = 3;
        array.offset = 1;
        array.length = 2;
        ck_assert_ptr_null(assay__arrow_value(&schema, &array, 1, scratch, &out));
        ck_assert(out.length == 4 && memcmp(out.text, "defg", 4) == 0);
    }
}
END_TEST

START_TEST(what_is_damaged_is_said_not_read)
{
    const int32_t ends[] = {0, 5, 2};
    const int32_t index[] = {0, 7};
    const void *text[3] = {NULL, ends, "abcde"}, *integers[2] = {NULL, index};
    struct ArrowSchema words = {.format = "u"}, schema = {.format = "i", .dictionary = &words};
    struct ArrowArray list = {.length = 1, .n_buffers = 3, .buffers = text};
    struct ArrowArray array = {
        .length = 2, .n_buffers = 2, .buffers = integers, .dictionary = &list};
    char scratch[ASSAY__CELL_BYTES];
    struct assay__field out;
    ck_assert(assay__arrow_fits(&schema, &array));
    ck_assert_ptr_null(assay__arrow_value(&schema, &array, 0, scratch, &out));
    ck_assert(out.length == 5);
    ck_assert_ptr_nonnull(assay__arrow_value(&schema, &array, 1, scratch, &out));
    ck_assert_ptr_nonnull(assay__arrow_value(&words, &list, 1, scratch, &out));
    array.dictionary = NULL;
    ck_assert(!assay__arrow_fits(&schema, &array));
    schema.dictionary = NULL;
    array.n_buffers = 1;
    ck_assert(!assay__arrow_fits(&schema, &array));
}
END_TEST

START_TEST(counts_that_cannot_be_are_refused)
{
    const double values[] = {1.0, 2.0};
    const void *buffers[2] = {NULL, values};
    const struct ArrowSchema schema = {.format = "g"}, untyped = {.format = NULL};
    const struct ArrowArray array = {.length = 2, .n_buffers = 2, .buffers = buffers};
    struct ArrowArray bad[] = {array, array, array, array, array};
    bad[0].offset = INT64_MAX - 1;
    bad[1].length = -1;
    bad[2].n_buffers = -1;
    bad[3].null_count = 1; /* and no bitmap that says which */
    bad[4].buffers = NULL;
    ck_assert(assay__arrow_fits(&schema, &array));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert(!assay__arrow_fits(&schema, &bad[i]));
    ck_assert(!assay__arrow_fits(&schema, NULL) && !assay__arrow_fits(NULL, &array));
    ck_assert(!assay__arrow_fits(&untyped, &array));
}
END_TEST

/* Whatever is wrong, both structs are released once. */
START_TEST(arrays_that_are_no_table_are_refused_and_released)
{
    static const struct {
        const char *format;
        int64_t children, length;
    } CASES[] = {{"i", 0, 1},  {"+s", 0, 1}, {"+s", 1, 1}, {"+s", 1, -1},
                 {"+l", 1, 1}, {"+s", 2, 0}, {"+s", 3, 0}, {NULL, 1, 1}};
    struct ArrowSchema child = {.format = "i", .name = "x"}, untyped = {.name = "y"};
    struct ArrowSchema *schemas[] = {&child, &untyped, NULL};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct ArrowSchema schema = {.format = CASES[i].format,
                                     .n_children = CASES[i].children,
                                     .children = schemas,
                                     .release = tables_release_schema};
        struct ArrowArray array = {.length = CASES[i].length, .release = tables_release_array};
        struct assay_table *table;
        struct assay_error err;
        tables_released = 0;
        ck_assert_int_ne(assay_table_from_arrow(&schema, &array, "bad", &table, &err), ASSAY_OK);
        ck_assert_int_eq(tables_released, 2);
        ck_assert(schema.release == NULL && array.release == NULL);
        ck_assert_int_eq(assay_table_from_arrow(&schema, &array, "bad", &table, &err),
                         ASSAY_ERROR_USAGE);
    }
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, integers_of_all_sizes);
    tcase_add_test(cases, values_lie_anywhere);
    tcase_add_test(cases, floats_are_their_shortest_decimals);
    tcase_add_test(cases, floats_read_back);
    tcase_add_test(cases, decimals_keep_their_digits);
    tcase_add_test(cases, times_and_dates);
    tcase_add_test(cases, text_views_lie_in_the_view_or_in_a_buffer);
    tcase_add_test(cases, bits_are_counted_from_the_offset);
    tcase_add_test(cases, text_of_both_widths_and_from_dictionaries);
    tcase_add_test(cases, what_is_damaged_is_said_not_read);
    tcase_add_test(cases, counts_that_cannot_be_are_refused);
    tcase_add_test(cases, arrays_that_are_no_table_are_refused_and_released);
}

int main(void)
{
    return test_main("arrow", add);
}
