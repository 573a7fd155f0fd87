/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one call: documents are those of the calls behind it, and messages fit the caller's room. */
#include "tables.h"
#include "test.h"

#include "base/utf8.h"

static const char PLAN[] =
    "{\"columns\":{\"group\":\"g\",\"unit\":\"u\"},\"comparisons\":{\"baseline\":\"A\"},"
    "\"metrics\":[{\"id\":\"y\",\"role\":\"success\",\"type\":\"mean\"}]}";
static const char CSV[] = "u,g,y\n1,A,1.5\n2,B,2\n3,A,2.5\n4,B,4\n5,A,1\n6,B,3\n";
static const char BAD[] = "u,g,y\n1,A,1.5\n2,B,x\n";

static const char *write_csv(const char *text)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/document.csv", test_tmp());
    test_write_file(path, text, strlen(text));
    return path;
}

static char *want_document(enum assay_format format)
{
    struct assay_plan *plan = test_plan(PLAN);
    struct assay_dataset *dataset;
    struct assay_analysis *analysis;
    struct assay_error err;
    const char *path = write_csv(CSV);
    char *text;
    assert_ok(assay_dataset_new(plan, &dataset, &err), &err);
    assert_ok(assay_dataset_read(dataset, &path, 1, NULL, &err), &err);
    assert_ok(assay_dataset_analyze(dataset, &analysis, &err), &err);
    assert_ok(assay_analysis_write(analysis, format, NULL, &text, NULL, &err), &err);
    assay_analysis_free(analysis);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
    return text;
}

START_TEST(files_give_the_documents_of_the_calls)
{
    static const char *const NAMES[] = {"table", "result", "detail", "csv"};
    const char *path = write_csv(CSV);
    char message[200], *document;
    for (int format = 0; format < 4; format++) {
        char *want = want_document((enum assay_format)format);
        ck_assert_int_eq(assay_document_from_files(PLAN, &path, NULL, 1, NAMES[format], &document,
                                                   message, sizeof message),
                         0);
        ck_assert_str_eq(document, want);
        ck_assert_str_eq(message, "");
        assay_free(document);
        assay_free(want);
    }
    char *want = want_document(ASSAY_FORMAT_RESULT);
    ck_assert_int_eq(assay_document_from_files(PLAN, &path, NULL, 1, NULL, &document, NULL, 0), 0);
    ck_assert_str_eq(document, want);
    assay_free(document);
    assay_free(want);
}
END_TEST

START_TEST(what_is_wrong_is_said_with_its_place)
{
    const char *path = write_csv(BAD);
    char message[400], small[8], *document = NULL;
    int status =
        assay_document_from_files(PLAN, &path, NULL, 1, NULL, &document, message, sizeof message);
    ck_assert_int_eq(status, ASSAY_ERROR_DATA);
    ck_assert_ptr_nonnull(strstr(message, "document.csv:3:3: "));
    ck_assert_ptr_null(document);
    status = assay_document_from_files(PLAN, &path, NULL, 1, NULL, &document, small, sizeof small);
    ck_assert_int_eq(status, ASSAY_ERROR_DATA);
    ck_assert_uint_eq(strlen(small), sizeof small - 1);
    /* Room that ends within a character of a name holds whole ones. */
    for (size_t room = 1; room < 40; room++) {
        const char *far = "/nowhere/\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\xc3\xa4";
        memset(message, 'x', sizeof message);
        ck_assert_int_eq(
            assay_document_from_files(PLAN, &far, NULL, 1, NULL, &document, message, room),
            ASSAY_ERROR_NO_INPUT);
        size_t length = strlen(message);
        ck_assert_uint_eq(assay__utf8_valid_run(message, length), length);
        ck_assert(length < room && length + 4 >= room);
    }
    /* What the call itself has wrong is said before any file is read. */
    const char *absent = "/nowhere";
    ck_assert_int_eq(assay_document_from_files(PLAN, &absent, NULL, 1, "yaml", &document, message,
                                               sizeof message),
                     ASSAY_ERROR_USAGE);
    path = write_csv(CSV);
    ck_assert_int_eq(
        assay_document_from_files("{", &path, NULL, 1, NULL, &document, message, sizeof message),
        ASSAY_ERROR_PLAN);
    ck_assert_int_eq(
        assay_document_from_files(NULL, &path, NULL, 1, NULL, &document, message, sizeof message),
        ASSAY_ERROR_USAGE);
    ck_assert_int_eq(
        assay_document_from_files(PLAN, &path, NULL, 0, NULL, &document, message, sizeof message),
        ASSAY_ERROR_USAGE);
    ck_assert_int_eq(
        assay_document_from_files(PLAN, &path, NULL, 1, "yaml", &document, message, sizeof message),
        ASSAY_ERROR_USAGE);
    ck_assert_ptr_nonnull(strstr(message, "yaml"));
}
END_TEST

/* Other languages hand over a null where a list of theirs has a hole. */
START_TEST(inputs_that_are_not_there_are_refused)
{
    const char *paths[] = {write_csv(CSV), NULL};
    struct ArrowArrayStream *streams[] = {NULL, NULL};
    char message[200], *document = NULL;
    ck_assert_int_eq(
        assay_document_from_files(PLAN, paths, NULL, 2, NULL, &document, message, sizeof message),
        ASSAY_ERROR_USAGE);
    ck_assert_str_eq(message, "A table of a file needs a path.");
    ck_assert_int_eq(assay_document_from_streams(PLAN, streams, NULL, 2, NULL, &document, message,
                                                 sizeof message),
                     ASSAY_ERROR_USAGE);
    ck_assert_str_eq(message, "Stream 1 is missing.");
}
END_TEST

static void release_stream(struct ArrowArrayStream *stream)
{
    tables_released++;
    stream->release = NULL;
}

static int no_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out)
{
    (void)stream;
    (void)out;
    return 5;
}

static const char *last_error(struct ArrowArrayStream *stream)
{
    (void)stream;
    return "the warehouse is closed";
}

START_TEST(batches_and_streams_are_released_whatever_happens)
{
    static const int32_t ENDS[] = {0, 1, 2, 3, 4};
    static const double VALUES[] = {1.5, 2.0, 2.5, 4.0};
    const void *texts[3] = {NULL, ENDS, "ABAB"}, *doubles[2] = {NULL, VALUES};
    const void *units[3] = {NULL, ENDS, "1234"}, *none[1] = {NULL};
    struct ArrowSchema columns[] = {
        {.format = "u", .name = "u"}, {.format = "u", .name = "g"}, {.format = "g", .name = "y"}};
    struct ArrowArray arrays[] = {{.length = 4, .n_buffers = 3, .buffers = units},
                                  {.length = 4, .n_buffers = 3, .buffers = texts},
                                  {.length = 4, .n_buffers = 2, .buffers = doubles}};
    struct ArrowSchema *list[] = {&columns[0], &columns[1], &columns[2]};
    struct ArrowArray *array_list[] = {&arrays[0], &arrays[1], &arrays[2]};
    struct ArrowSchema schema = {
        .format = "+s", .n_children = 3, .children = list, .release = tables_release_schema};
    struct ArrowArray array = {.length = 4,
                               .n_buffers = 1,
                               .buffers = none,
                               .n_children = 3,
                               .children = array_list,
                               .release = tables_release_array};
    char message[300], *document;
    ck_assert_int_eq(
        assay_document_from_batch(PLAN, &schema, &array, "csv", &document, message, sizeof message),
        0);
    ck_assert_int_eq(tables_released, 2);
    ck_assert_ptr_nonnull(strstr(document, "y"));
    assay_free(document);
    ck_assert_int_eq(
        assay_document_from_batch(PLAN, &schema, &array, "csv", &document, message, sizeof message),
        ASSAY_ERROR_USAGE);
    struct ArrowArrayStream streams[2] = {
        {.get_schema = no_schema, .get_last_error = last_error, .release = release_stream},
        {.get_schema = no_schema, .get_last_error = last_error, .release = release_stream}};
    struct ArrowArrayStream *const both[2] = {&streams[0], &streams[1]};
    tables_released = 0;
    ck_assert_int_eq(
        assay_document_from_streams(PLAN, both, NULL, 2, NULL, &document, message, sizeof message),
        ASSAY_ERROR_IO);
    ck_assert_ptr_nonnull(strstr(message, "the warehouse is closed"));
    ck_assert_int_eq(tables_released, 2);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, files_give_the_documents_of_the_calls);
    tcase_add_test(cases, what_is_wrong_is_said_with_its_place);
    tcase_add_test(cases, inputs_that_are_not_there_are_refused);
    tcase_add_test(cases, batches_and_streams_are_released_whatever_happens);
}

int main(void)
{
    return test_main("document", add);
}
