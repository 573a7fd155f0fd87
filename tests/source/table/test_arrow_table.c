/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of Arrow arrays: read as the CSV with the same values, and types that are not read. */
#include "tables.h"
#include "test.h"

/* A table of columns as a program hands it over. Its release functions free nothing. */
struct batch {
    struct ArrowSchema schema, columns[4], *schemas[4];
    struct ArrowArray array, values[4], *arrays[4];
    const void *buffers[4][3];
};

static void set_column(struct batch *batch, int column, const char *name, const char *format,
                       const void *valid, const void *values, const void *bytes)
{
    const void *const buffers[] = {valid, values, bytes};
    memcpy(batch->buffers[column], buffers, sizeof buffers);
    batch->columns[column] = (struct ArrowSchema){.format = format, .name = name};
    batch->values[column] = (struct ArrowArray){.length = 40,
                                                .null_count = valid != NULL ? -1 : 0,
                                                .n_buffers = bytes != NULL ? 3 : 2,
                                                .buffers = batch->buffers[column]};
    batch->schemas[column] = &batch->columns[column];
    batch->arrays[column] = &batch->values[column];
}

static void close_batch(struct batch *batch, int columns)
{
    batch->schema = (struct ArrowSchema){.format = "+s",
                                         .n_children = columns,
                                         .children = batch->schemas,
                                         .release = tables_release_schema};
    batch->array = (struct ArrowArray){.length = 32,
                                       .offset = 8,
                                       .n_buffers = 0,
                                       .n_children = columns,
                                       .children = batch->arrays,
                                       .release = tables_release_array};
}

static enum assay_status analyze(const char *plan_text, struct assay_table *table, char **text,
                                 struct assay_error *err)
{
    struct assay_plan *plan = test_plan(plan_text);
    struct assay_dataset *dataset;
    struct assay_analysis *analysis = NULL;
    *text = NULL;
    assert_ok(assay_dataset_new(plan, &dataset, err), err);
    enum assay_status status = assay_dataset_read_tables(dataset, &table, NULL, 1, NULL, err);
    if (status == ASSAY_OK) {
        assert_ok(assay_dataset_analyze(dataset, &analysis, err), err);
        assert_ok(assay_analysis_write(analysis, ASSAY_FORMAT_DETAIL, NULL, text, NULL, err), err);
    }
    assay_analysis_free(analysis);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
    assay_table_free(table);
    return status;
}

#define BITS_PLAN(metric, type)                                                                    \
    "{\"columns\":{\"group\":\"g\",\"unit\":\"u\"},\"comparisons\":{\"baseline\":\"A\"},"          \
    "\"metrics\":[{\"id\":\"" metric "\",\"role\":\"success\",\"type\":\"" type "\"}]}"

enum { BATCH_ROWS = 40, BATCH_SKIPPED = 8 };

static const unsigned char BOUGHT[] = {0x5a, 0x93, 0xc4, 0x3b, 0xf7};
static const unsigned char KNOWN[] = {0xff, 0xef, 0xff, 0x7f, 0xfe};

/* Units, groups in a dictionary, bits, some of them missing, and a column of a given type. */
static struct assay_table *make_table(const char *name, const char *format)
{
    static const int32_t ENDS[] = {0, 1, 2};
    static int64_t units[BATCH_ROWS];
    static int8_t groups[BATCH_ROWS];
    static char zeros[BATCH_ROWS * 32];
    static const void *texts[3] = {NULL, ENDS, "AB"};
    static struct ArrowSchema words = {.format = "u"};
    static struct ArrowArray list = {.length = 2, .n_buffers = 3, .buffers = texts};
    static struct batch batch;
    struct assay_table *table;
    struct assay_error err;
    for (int i = 0; i < BATCH_ROWS; i++) {
        units[i] = INT64_C(1) << 40 | i;
        groups[i] = (int8_t)(i % 2);
    }
    set_column(&batch, 0, "u", "l", NULL, units, NULL);
    set_column(&batch, 1, "g", "c", NULL, groups, NULL);
    set_column(&batch, 2, "bought", "b", KNOWN, BOUGHT, NULL);
    set_column(&batch, 3, name, format, NULL, zeros, NULL);
    batch.columns[1].dictionary = &words;
    batch.values[1].dictionary = &list;
    close_batch(&batch, 4);
    tables_released = 0;
    assert_ok(assay_table_from_arrow(&batch.schema, &batch.array, "data", &table, &err), &err);
    return table;
}

/* With floats of 16 bits, which are not read. */
static struct assay_table *make_bits_table(void)
{
    return make_table("half", "e");
}

START_TEST(a_table_with_bits_is_the_csv_with_its_words)
{
    char csv[2000], *from_csv, *from_arrow;
    size_t length = (size_t)sprintf(csv, "u,g,bought\n");
    for (int i = BATCH_SKIPPED; i < BATCH_ROWS; i++) {
        bool is_known = (KNOWN[i / 8] >> i % 8 & 1) != 0,
             is_true = (BOUGHT[i / 8] >> i % 8 & 1) != 0;
        length += (size_t)sprintf(csv + length, "%lld,%c,%s\n", (long long)(INT64_C(1) << 40 | i),
                                  "AB"[i % 2],
                                  !is_known ? ""
                                  : is_true ? "true"
                                            : "false");
    }
    struct assay_table *table;
    struct assay_error err;
    assert_ok(analyze(BITS_PLAN("bought", "proportion"), make_bits_table(), &from_arrow, &err),
              &err);
    ck_assert_int_eq(tables_released, 2);
    assert_ok(assay_table_from_csv(csv, length, "data", &table, &err), &err);
    assert_ok(analyze(BITS_PLAN("bought", "proportion"), table, &from_csv, &err), &err);
    ck_assert_str_eq(from_arrow, from_csv);
    ck_assert_ptr_nonnull(strstr(from_csv, "proportion"));
    assay_free(from_csv);
    assay_free(from_arrow);
}
END_TEST

#define TYPE_PLAN(group, rest)                                                                     \
    "{\"columns\":{\"group\":\"" group                                                             \
    "\",\"unit\":\"u\"},\"comparisons\":{\"baseline\":\"A\"}," rest                                \
    "\"metrics\":[{\"id\":\"bought\",\"role\":\"success\",\"type\":\"proportion\"}]}"

/*
 * A type that is not read is refused where the column is used, by whatever name, and only there:
 * floats of 16 bits, decimals of 256, lists, times of an unknown unit.
 */
START_TEST(a_type_that_is_not_read_is_refused_where_it_is_used)
{
    static const char *const TYPES[] = {"e", "d:76,2,256", "+l", "tsx:", "w:16"};
    static const char *const SAID[] = {"float16", "d:76,2,256", "list",
                                       "tsx:", "fixed_size_binary"};
    static const struct {
        const char *plan, *name; /* of the last column */
        bool is_used;
    } CASES[] = {
        {TYPE_PLAN("g", ""), "x", false},
        {TYPE_PLAN("g", ""), "", false},
        {TYPE_PLAN("g", ""), "not used either", false},
        {TYPE_PLAN("g#1", ""), "g", false},
        {TYPE_PLAN("g#2", ""), "g", true},
        {TYPE_PLAN("x", ""), "x", true},
        {TYPE_PLAN("g", "\"dimensions\":[\"x\"],"), "x", true},
        {TYPE_PLAN("g#1", "\"dimensions\":[\"g#2\"],"), "g", true},
        {TYPE_PLAN("g", "\"where\":\"x != 'a'\","), "x", true},
        {TYPE_PLAN("g", "\"where\":\"x is missing\","), "x", true},
        {TYPE_PLAN("g", "\"segments\":[{\"id\":\"s\",\"filter\":\"not (x = 'a')\"}],"), "x", true},
        {BITS_PLAN("x", "mean"), "x", true},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES * (sizeof TYPES / sizeof *TYPES); i++) {
        size_t c = i / (sizeof TYPES / sizeof *TYPES);
        const char *type = TYPES[i % (sizeof TYPES / sizeof *TYPES)];
        const char *said = SAID[i % (sizeof TYPES / sizeof *TYPES)];
        char *text, says[100];
        struct assay_error err = {0};
        enum assay_status status =
            analyze(CASES[c].plan, make_table(CASES[c].name, type), &text, &err);
        snprintf(says, sizeof says, "The type of column '%s' is not read: '%s'.", CASES[c].name,
                 said);
        ck_assert_msg(status == (CASES[c].is_used ? ASSAY_ERROR_DATA : ASSAY_OK), "%zu: %s", c,
                      err.message);
        ck_assert_msg(!CASES[c].is_used || (strcmp(err.message, says) == 0 && err.column == 4),
                      "%zu: %s", c, err.message);
        ck_assert_int_eq(tables_released, 2);
        assay_free(text);
    }
}
END_TEST

START_TEST(names_of_a_type_that_is_not_read_are_refused)
{
    const void *buffers[] = {NULL, (const int32_t[]){0, 1, 2}, "ab"};
    struct ArrowSchema child = {.format = "z", .name = "g"}, *schemas[] = {&child};
    struct ArrowArray bytes = {.length = 2, .n_buffers = 3, .buffers = buffers};
    struct ArrowArray *arrays[] = {&bytes};
    struct ArrowSchema schema = {
        .format = "+s", .n_children = 1, .children = schemas, .release = tables_release_schema};
    struct ArrowArray array = {
        .length = 2, .n_children = 1, .children = arrays, .release = tables_release_array};
    struct assay_plan *plan =
        test_plan("{\"columns\":{\"group\":\"g\"},\"comparisons\":{\"baseline\":\"a\"},"
                  "\"metrics\":[{\"id\":\"y\",\"value\":\"g\"}]}");
    struct assay_table *table;
    struct assay_dataset *dataset;
    struct assay_error err;
    assert_ok(assay_table_from_arrow(&schema, &array, "frame", &table, &err), &err);
    assert_ok(assay_dataset_new(plan, &dataset, &err), &err);
    ck_assert_int_eq(assay_dataset_read_tables(dataset, &table, NULL, 1, NULL, &err),
                     ASSAY_ERROR_DATA);
    ck_assert_str_eq(err.message, "The type of column 'g' is not read: 'binary'.");
    assay_dataset_free(dataset);
    assay_table_free(table);
    assay_plan_free(plan);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, a_table_with_bits_is_the_csv_with_its_words);
    tcase_add_test(cases, a_type_that_is_not_read_is_refused_where_it_is_used);
    tcase_add_test(cases, names_of_a_type_that_is_not_read_are_refused);
}

int main(void)
{
    return test_main("arrow-table", add);
}
