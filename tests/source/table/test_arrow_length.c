/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lengths and offsets of Arrow arrays against their columns, up to the largest. */
#include "test.h"

static void release_schema(struct ArrowSchema *schema)
{
    schema->release = NULL;
}

static void release_array(struct ArrowArray *array)
{
    array->release = NULL;
}

START_TEST(rows_beyond_a_column_are_refused)
{
    static const struct {
        int64_t offset, length;
        bool fits;
    } CASES[] = {{0, 3, true},          {1, 2, true},          {3, 0, true},
                 {0, 4, false},         {2, 2, false},         {4, 0, false},
                 {INT64_MAX, 1, false}, {1, INT64_MAX, false}, {INT64_MAX, INT64_MAX, false}};
    static const int32_t NUMBERS[] = {1, 2, 3};
    const void *buffers[] = {NULL, NUMBERS};
    struct ArrowSchema child = {.format = "i", .name = "x"}, *schemas[] = {&child};
    struct ArrowArray column = {.length = 3, .n_buffers = 2, .buffers = buffers};
    struct ArrowArray *columns[] = {&column};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct ArrowSchema schema = {
            .format = "+s", .n_children = 1, .children = schemas, .release = release_schema};
        struct ArrowArray array = {.length = CASES[i].length,
                                   .offset = CASES[i].offset,
                                   .n_children = 1,
                                   .children = columns,
                                   .release = release_array};
        struct assay_table *table = NULL;
        struct assay_error err;
        enum assay_status status = assay_table_from_arrow(&schema, &array, "t", &table, &err);
        ck_assert_int_eq(status, CASES[i].fits ? ASSAY_OK : ASSAY_ERROR_DATA);
        if (CASES[i].fits)
            assay_table_free(table);
    }
}
END_TEST

/* Rows that are missing are those that bits say: their number alone says nothing. */
START_TEST(missing_rows_without_bits_are_refused)
{
    static const int32_t NUMBERS[] = {1, 2, 3};
    static const unsigned char BITS[] = {5};
    const void *buffers[] = {NULL, NUMBERS}, *bits[] = {NULL};
    struct ArrowSchema child = {.format = "i", .name = "x"}, *schemas[] = {&child};
    struct ArrowArray column = {.length = 3, .n_buffers = 2, .buffers = buffers};
    struct ArrowArray *columns[] = {&column};
    for (int i = 0; i < 3; i++) {
        struct ArrowSchema schema = {
            .format = "+s", .n_children = 1, .children = schemas, .release = release_schema};
        struct ArrowArray array = {.length = 3,
                                   .null_count = 1,
                                   .n_buffers = i > 0,
                                   .buffers = bits,
                                   .n_children = 1,
                                   .children = columns,
                                   .release = release_array};
        struct assay_table *table;
        struct assay_error err;
        bits[0] = i == 2 ? BITS : NULL;
        ck_assert_int_eq(assay_table_from_arrow(&schema, &array, "t", &table, &err),
                         i == 2 ? ASSAY_OK : ASSAY_ERROR_DATA);
        if (i == 2)
            assay_table_free(table);
    }
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, rows_beyond_a_column_are_refused);
    tcase_add_test(cases, missing_rows_without_bits_are_refused);
}

int main(void)
{
    return test_main("arrow_length", add);
}
