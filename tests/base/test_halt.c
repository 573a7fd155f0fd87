/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a call goes on: by its caller's flag, its deadline, and what the caller answers. */
#include "test.h"

#include "base/halt.h"

static bool count_and_stop(void *context, const struct assay_progress *progress)
{
    int *calls = context;
    ck_assert_str_eq(progress->stage, "read");
    ck_assert_uint_eq(progress->done, 3);
    ck_assert_uint_eq(progress->total, 7);
    ck_assert_uint_eq(progress->rows, 2000);
    return ++*calls < 1;
}

static void count_log(void *context, enum assay_log_level level, const char *message)
{
    int *calls = context;
    ck_assert_int_eq(level, ASSAY_LOG_INFO);
    ck_assert_str_eq(message, "Rows: 7?");
    ++*calls;
}

START_TEST(without_hooks_calls_go_on)
{
    const struct assay_hooks nothing = {0};
    struct assay__halt halt;
    assay__halt_begin(&halt, NULL);
    ck_assert_int_eq(assay__halt_check(&halt, NULL), ASSAY_OK);
    ck_assert_int_eq(assay__halt_check(NULL, NULL), ASSAY_OK);
    ck_assert_int_eq(assay__halt_progress(NULL, "read", 1, 2, NULL), ASSAY_OK);
    assay__halt_end(&halt);
    assay__halt_begin(&halt, &nothing);
    ck_assert_int_eq(assay__halt_progress(&halt, "read", 1, 2, NULL), ASSAY_OK);
    assay__halt_log(&halt, ASSAY_LOG_INFO, "nobody hears");
    assay__halt_end(&halt);
}
END_TEST

START_TEST(a_flag_or_a_deadline_ends_a_call)
{
    int cancel = 0;
    const struct assay_hooks hooks = {.cancel = &cancel};
    const struct assay_hooks late = {.deadline_seconds = 1e-9}, never = {.deadline_seconds = 1e300};
    struct assay__halt halt;
    struct assay_error err;
    assay__halt_begin(&halt, &hooks);
    ck_assert_int_eq(assay__halt_check(&halt, &err), ASSAY_OK);
    cancel = 1;
    ck_assert_int_eq(assay__halt_check(&halt, &err), ASSAY_ERROR_CANCELLED);
    ck_assert_str_eq(err.message, "The caller ended the call.");
    assay__halt_end(&halt);
    assay__halt_begin(&halt, &late);
    ck_assert_int_eq(assay__halt_check(&halt, &err), ASSAY_ERROR_CANCELLED);
    ck_assert_str_eq(err.message, "The call's deadline has passed.");
    assay__halt_end(&halt);
    /* What a host has left of its own time, when that is over. */
    const struct assay_hooks passed = {.deadline_seconds = -0.5};
    assay__halt_begin(&halt, &passed);
    ck_assert_int_eq(assay__halt_check(&halt, &err), ASSAY_ERROR_CANCELLED);
    assay__halt_end(&halt);
    assay__halt_begin(&halt, &never);
    ck_assert_int_eq(assay__halt_check(&halt, &err), ASSAY_OK);
    ck_assert_int_eq(assay_status_exit_code(ASSAY_ERROR_CANCELLED), 75);
    assay__halt_end(&halt);
}
END_TEST

START_TEST(progress_ends_a_call_and_is_not_asked_too_often)
{
    int calls = 0;
    const struct assay_hooks hooks = {
        .progress = count_and_stop, .log = count_log, .context = &calls};
    struct assay__halt halt;
    struct assay_error err;
    assay__halt_begin(&halt, &hooks);
    assay__halt_rows(&halt, 1500);
    assay__halt_rows(&halt, 500);
    assay__halt_rows(NULL, 500);
    ck_assert_int_eq(assay__halt_progress(&halt, "read", 3, 7, &err), ASSAY_ERROR_CANCELLED);
    ck_assert_int_eq(assay__halt_progress(&halt, "read", 3, 7, &err), ASSAY_OK);
    ck_assert_int_eq(calls, 1);
    assay__halt_log(&halt, ASSAY_LOG_INFO, "Rows: %d%c", 7, 7);
    ck_assert_int_eq(calls, 2);
    assay__halt_end(&halt);
}
END_TEST

/* The stages that were heard, by their first letters. */
static bool hear_stage(void *context, const struct assay_progress *progress)
{
    char *heard = context;
    size_t length = strlen(heard);
    if (length < 7)
        heard[length] = progress->stage[0];
    return progress->done != 9;
}

/* However short they are, so that each can be ended. */
START_TEST(the_beginning_of_each_stage_is_reported)
{
    char heard[8] = "";
    const struct assay_hooks hooks = {.progress = hear_stage, .context = heard};
    struct assay__halt halt;
    struct assay_error err;
    assay__halt_begin(&halt, &hooks);
    assert_ok(assay__halt_progress(&halt, "read", 1, 0, &err), &err);
    assert_ok(assay__halt_progress(&halt, "units", 0, 0, &err), &err);
    ck_assert_int_eq(assay__halt_progress(&halt, "caps", 9, 0, &err), ASSAY_ERROR_CANCELLED);
    ck_assert_str_eq(heard, "ruc");
    assay__halt_end(&halt);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, without_hooks_calls_go_on);
    tcase_add_test(cases, a_flag_or_a_deadline_ends_a_call);
    tcase_add_test(cases, progress_ends_a_call_and_is_not_asked_too_often);
    tcase_add_test(cases, the_beginning_of_each_stage_is_reported);
}

int main(void)
{
    return test_main("halt", add);
}
