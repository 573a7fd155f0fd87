/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "test.h"

const char *const TABLES_NAMES[TABLES_COLUMNS] = {"u", "g", "day", "y", "clicks", "x"};
const char TABLES_CSV[] = "u,g,day,y,clicks,x\n"
                          "u1,A,2026-03-01T00:00:00Z,2.385,1,0.1\n"
                          "u2,B,2026-03-01T10:30:00Z,0.1,0,1e-7\n"
                          "u3,A,2026-03-02T00:00:00Z,0.3,0,\n"
                          "u4,B,2026-03-02T00:00:00Z,123456789.125,1,-2.5\n"
                          "\"u,5\",A,2026-03-02T00:00:00Z,-4,1,3\n"
                          "u6,B,2026-03-03T00:00:00Z,1e21,,4\n"
                          "u7,A,2026-03-03T00:00:00.250Z,,1,5\n"
                          "u8,B,2026-03-03T00:00:00Z,7,0,6\n";

static const char *const UNITS[] = {"u1", "u2", "u3", "u4", "u,5", "u6", "u7", "u8"};
static const char *const GROUPS[] = {"A", "B", "A", "B", "A", "B", "A", "B"};
static const int64_t DAY1 = INT64_C(1772323200) * 1000000000, HOUR = INT64_C(3600) * 1000000000;
static double values[] = {2.385, 0.1, 0.3, 123456789.125, -4.0, 1e21, NAN, 7.0};
static int64_t clicks[] = {1, 0, 0, 1, 1, 99, 1, 0};
static const unsigned char HAS_CLICKS[] = {1, 1, 1, 1, 1, 0, 1, 1};
static const char *const COVARIATES[] = {"0.1", "1e-7", NULL, "-2.5", "3", "4", "5", "6"};
static int64_t times[TABLES_ROWS];

int tables_released, tables_exported;

static void set_times(void)
{
    static const int64_t DAYS[] = {0, 0, 1, 1, 1, 2, 2, 2};
    for (int i = 0; i < TABLES_ROWS; i++)
        times[i] = DAY1 + 24 * HOUR * DAYS[i];
    times[1] += 10 * HOUR + HOUR / 2;
    times[6] += 250000000;
}

struct assay_plan *tables_plan(void)
{
    return test_plan(
        "{\"columns\":{\"group\":\"g\",\"unit\":\"u\",\"time\":\"day\"},"
        "\"granularity\":\"day\",\"asOf\":\"2026-03-04T00:00:00Z\",\"dimensions\":[\"u\"],"
        "\"comparisons\":{\"baseline\":\"A\"},\"metrics\":["
        "{\"id\":\"y\",\"role\":\"success\",\"type\":\"mean\",\"covariates\":[\"x\"]},"
        "{\"id\":\"clicks\",\"role\":\"guardrail\",\"type\":\"proportion\"}]}");
}

/* ---- callbacks ------------------------------------------------------------------------------- */

static enum assay_status read_cells(void *context, struct assay_cell *cells, bool *is_end,
                                    struct assay_error *err)
{
    int *row = context, i = (*row)++;
    (void)err;
    *is_end = i == TABLES_ROWS;
    if (*is_end)
        return ASSAY_OK;
    cells[0] = (struct assay_cell){.text = UNITS[i], .length = strlen(UNITS[i])};
    cells[1] = (struct assay_cell){.text = GROUPS[i]};
    cells[2] = (struct assay_cell){.kind = ASSAY_CELL_TIME, .integer = times[i]};
    cells[3] = (struct assay_cell){.kind = ASSAY_CELL_DOUBLE, .number = values[i]};
    if (HAS_CLICKS[i])
        cells[4] = (struct assay_cell){.kind = ASSAY_CELL_INTEGER, .integer = clicks[i]};
    cells[5] = (struct assay_cell){.text = COVARIATES[i]};
    return ASSAY_OK;
}

static enum assay_status read_byte(void *context, char *buffer, size_t capacity, size_t *length,
                                   struct assay_error *err)
{
    const char **at = context;
    (void)err;
    *length = capacity > 0 && **at != '\0' ? 1 : 0;
    if (*length > 0)
        buffer[0] = *(*at)++;
    return ASSAY_OK;
}

/* ---- Arrow, as a producer would make it ------------------------------------------------------ */

void tables_release_schema(struct ArrowSchema *schema)
{
    tables_released++;
    schema->release = NULL;
}

void tables_release_array(struct ArrowArray *array)
{
    tables_released++;
    array->release = NULL;
}

static void nothing_schema(struct ArrowSchema *schema)
{
    schema->release = NULL;
}

static void nothing_array(struct ArrowArray *array)
{
    array->release = NULL;
}

/* Two rows before the first one, so that offsets matter. */
enum { SKIP = 2 };
static int32_t unit_ends[TABLES_ROWS + 1];
static char unit_bytes[64];
static int8_t group_index[SKIP + TABLES_ROWS];
static const int64_t GROUP_ENDS[] = {0, 1, 2};
static const char GROUP_BYTES[] = "AB";
static int64_t arrow_times[TABLES_ROWS];
static double arrow_values[TABLES_ROWS];
static unsigned char value_bits, click_valid[2];
static int8_t click_values[SKIP + TABLES_ROWS];
static float covariates[TABLES_ROWS] = {0.1f, 1e-7f, 0.0f, -2.5f, 3.0f, 4.0f, 5.0f, 6.0f};
static unsigned char covariate_bits;

static void fill_arrow(void)
{
    int32_t at = 0;
    for (int i = 0; i < TABLES_ROWS; i++) {
        memcpy(unit_bytes + at, UNITS[i], strlen(UNITS[i]));
        unit_ends[i] = at;
        at += (int32_t)strlen(UNITS[i]);
        group_index[SKIP + i] = GROUPS[i][0] == 'B';
        arrow_times[i] = times[i] / 1000000;
        arrow_values[i] = values[i];
        value_bits |= (unsigned char)(!isnan(values[i]) << i);
        int bit = i + SKIP;
        click_values[bit] = (int8_t)clicks[i];
        if (HAS_CLICKS[i])
            click_valid[bit / 8] |= (unsigned char)(1 << bit % 8);
        covariate_bits |= (unsigned char)((COVARIATES[i] != NULL) << i);
    }
    unit_ends[TABLES_ROWS] = at;
}

static const char *const FORMATS[] = {"u", "c", "tsm:UTC", "g", "c", "f"};
static struct ArrowSchema child_schemas[TABLES_COLUMNS], group_schema;
static struct ArrowSchema *schema_list[TABLES_COLUMNS];
static struct ArrowArray child_arrays[TABLES_COLUMNS], group_array;
static struct ArrowArray *array_list[TABLES_COLUMNS];
static const void *buffers[TABLES_COLUMNS][3], *group_buffers[3], *no_buffers[1];

static void export_schema(struct ArrowSchema *out)
{
    for (int c = 0; c < TABLES_COLUMNS; c++) {
        child_schemas[c] = (struct ArrowSchema){.format = FORMATS[c],
                                                .name = TABLES_NAMES[c],
                                                .flags = ARROW_FLAG_NULLABLE,
                                                .release = nothing_schema};
        schema_list[c] = &child_schemas[c];
    }
    group_schema = (struct ArrowSchema){.format = "U", .release = nothing_schema};
    child_schemas[1].dictionary = &group_schema;
    *out = (struct ArrowSchema){.format = "+s",
                                .n_children = TABLES_COLUMNS,
                                .children = schema_list,
                                .release = tables_release_schema};
    tables_exported++;
}

/* Rows from first on; the children begin where the arrays do. */
static void export_array(int64_t first, int64_t count, struct ArrowArray *out)
{
    const void *const FROM[TABLES_COLUMNS][3] = {
        {NULL, unit_ends, unit_bytes}, {NULL, group_index},         {NULL, arrow_times},
        {&value_bits, arrow_values},   {click_valid, click_values}, {&covariate_bits, covariates}};
    memcpy(buffers, FROM, sizeof buffers);
    group_buffers[1] = GROUP_ENDS;
    group_buffers[2] = GROUP_BYTES;
    group_array = (struct ArrowArray){
        .length = 2, .n_buffers = 3, .buffers = group_buffers, .release = nothing_array};
    for (int c = 0; c < TABLES_COLUMNS; c++) {
        bool is_shifted = c == 1 || c == 4;
        child_arrays[c] = (struct ArrowArray){.length = TABLES_ROWS,
                                              .null_count = -1,
                                              .offset = is_shifted ? SKIP : 0,
                                              .n_buffers = c == 0 ? 3 : 2,
                                              .buffers = buffers[c],
                                              .release = nothing_array};
        array_list[c] = &child_arrays[c];
    }
    child_arrays[1].dictionary = &group_array;
    *out = (struct ArrowArray){.length = count,
                               .offset = first,
                               .n_buffers = 1,
                               .n_children = TABLES_COLUMNS,
                               .buffers = no_buffers,
                               .children = array_list,
                               .release = tables_release_array};
    tables_exported++;
}

static int stream_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out)
{
    (void)stream;
    export_schema(out);
    return 0;
}

static int stream_next(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
    int64_t *at = stream->private_data, left = TABLES_ROWS - *at;
    *out = (struct ArrowArray){0};
    if (left > 0)
        export_array(*at, left < 3 ? left : 3, out);
    *at += 3;
    return 0;
}

static const char *stream_error(struct ArrowArrayStream *stream)
{
    (void)stream;
    return "no error";
}

static void release_stream(struct ArrowArrayStream *stream)
{
    tables_released++;
    stream->release = NULL;
}

static enum assay_status make_arrow(bool is_stream, struct assay_table **out,
                                    struct assay_error *err)
{
    static int64_t at;
    struct ArrowSchema schema;
    struct ArrowArray array;
    fill_arrow();
    if (is_stream) {
        at = 0;
        struct ArrowArrayStream stream = {stream_schema, stream_next, stream_error, release_stream,
                                          &at};
        tables_exported++;
        return assay_table_from_arrow_stream(&stream, "frame", out, err);
    }
    export_schema(&schema);
    export_array(0, TABLES_ROWS, &array);
    enum assay_status status = assay_table_from_arrow(&schema, &array, "frame", out, err);
    ck_assert(schema.release == NULL && array.release == NULL);
    return status;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static enum assay_status make_stream(struct assay_table **out, struct assay_error *err)
{
    static FILE *file;
    if (file != NULL)
        fclose(file);
    file = tmpfile();
    ck_assert_ptr_nonnull(file);
    fputs(TABLES_CSV, file);
    rewind(file);
    return assay_table_from_file(file, NULL, out, err);
}

static enum assay_status make_path(struct assay_table **out, struct assay_error *err)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/tables-%ld.csv", test_tmp(), (long)getpid());
    test_write_file(path, TABLES_CSV, strlen(TABLES_CSV));
    return assay_table_from_path(path, out, err);
}

enum assay_status tables_make(enum tables_way way, struct assay_table **out,
                              struct assay_error *err)
{
    static int row;
    static const char *rest;
    set_times();
    row = 0;
    rest = TABLES_CSV;
    const struct assay_column columns[TABLES_COLUMNS] = {
        {.name = "u", .values = UNITS},
        {.name = "g", .values = GROUPS},
        {.name = "day", .kind = ASSAY_CELL_TIME, .values = times},
        {.name = "y", .kind = ASSAY_CELL_DOUBLE, .values = values},
        {.name = "clicks", .kind = ASSAY_CELL_INTEGER, .values = clicks, .valid = HAS_CLICKS},
        {.name = "x", .values = COVARIATES}};
    switch (way) {
    case TABLES_PATH:
        return make_path(out, err);
    case TABLES_TEXT:
        return assay_table_from_csv(TABLES_CSV, strlen(TABLES_CSV), "text", out, err);
    case TABLES_STREAM:
        return make_stream(out, err);
    case TABLES_BYTES:
        return assay_table_from_bytes(read_byte, &rest, "bytes", out, err);
    case TABLES_COLUMN:
        return assay_table_from_columns(columns, TABLES_COLUMNS, TABLES_ROWS, NULL, out, err);
    case TABLES_CELLS:
        return assay_table_from_rows(TABLES_NAMES, TABLES_COLUMNS, read_cells, &row, "rows", out,
                                     err);
    case TABLES_ARROW:
    case TABLES_ARROW_STREAM:
    case TABLES_WAYS:
    default:
        return make_arrow(way == TABLES_ARROW_STREAM, out, err);
    }
}

enum assay_status tables_read(const struct assay_plan *plan, struct assay_table *table, char **sums,
                              struct assay_error *err)
{
    const struct assay_read_options options = {.has_digests = true, .threads = 1};
    struct assay_dataset *dataset = NULL;
    size_t length;
    enum assay_status status = assay_dataset_new(plan, &dataset, err);
    if (status == ASSAY_OK)
        status = assay_dataset_read_tables(dataset, &table, NULL, 1, &options, err);
    if (status == ASSAY_OK)
        status = assay_dataset_summarize(dataset, sums, &length, err);
    assay_dataset_free(dataset);
    assay_table_free(table);
    return status;
}
