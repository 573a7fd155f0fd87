/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include <malloc.h>

#include "base/text.h"

double test_relative_error(double got, double want)
{
    if (got == want || (isnan(got) && isnan(want)))
        return 0.0;
    if (isnan(got) || isnan(want) || isinf(got) || isinf(want))
        return INFINITY;
    return want == 0.0 ? HUGE_VAL : fabs(got - want) / fabs(want);
}

/* Memory that is freed is kept for the next test: large blocks are not mapped anew each time. */
static void keep_memory(void)
{
    (void)mallopt(M_MMAP_THRESHOLD, 32 << 20);
    (void)mallopt(M_TRIM_THRESHOLD, 1 << 30);
}

/* Runs the cases, each in a process of its own or not; CK_FORK=yes and CK_FORK=no say otherwise. */
static int run(const char *name, void (*add)(TCase *cases), bool is_apart)
{
    keep_memory();
    Suite *suite = suite_create(name);
    TCase *cases = tcase_create(name);
    tcase_set_timeout(cases, 300);
    add(cases);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    if (getenv("CK_FORK") == NULL)
        srunner_set_fork_status(runner, is_apart ? CK_FORK : CK_NOFORK);
    test_tmp_begin();
    srunner_run_all(runner, CK_ENV);
    test_tmp_end();
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int test_main(const char *name, void (*add)(TCase *cases))
{
    return run(name, add, false);
}

int test_main_apart(const char *name, void (*add)(TCase *cases))
{
    return run(name, add, true);
}

char *test_read_file(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "cannot open %s", path);
    ck_assert_int_eq(fseek(file, 0, SEEK_END), 0);
    long size = ftell(file);
    ck_assert_int_ge(size, 0);
    rewind(file);
    char *bytes = malloc((size_t)size + 1);
    ck_assert_ptr_nonnull(bytes);
    ck_assert_uint_eq(fread(bytes, 1, (size_t)size, file), (size_t)size);
    fclose(file);
    bytes[size] = '\0';
    if (length != NULL)
        *length = (size_t)size;
    return bytes;
}

void test_write_file(const char *path, const char *bytes, size_t length)
{
    FILE *file = fopen(path, "wb");
    ck_assert_msg(file != NULL, "cannot write %s", path);
    ck_assert_uint_eq(fwrite(bytes, 1, length, file), length);
    ck_assert_int_eq(fclose(file), 0);
}

struct assay_plan *test_plan(const char *json)
{
    struct assay_plan *plan;
    struct assay_error err;
    assert_ok(assay_plan_parse(json, strlen(json), "plan", &plan, &err), &err);
    return plan;
}

char *test_text(struct assay__text *text)
{
    char *bytes = NULL;
    struct assay_error err;
    assert_ok(assay__text_take(text, &bytes, NULL, &err), &err);
    return bytes;
}
