/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole path in surroundings that a host may have: small stacks, other locales, numbers below
 * the normal ones flushed to zero, a child of fork(). */
#include "test.h"

#include <locale.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

static const char PLAN[] =
    "{\"columns\":{\"group\":\"g\",\"unit\":\"u\",\"time\":\"t\"},\"granularity\":\"day\","
    "\"horizon\":{\"type\":\"groupSequential\",\"expectedSampleSize\":4000},"
    "\"comparisons\":{\"baseline\":\"a\"},\"dimensions\":[\"c\"],\"metrics\":["
    "{\"id\":\"v\",\"type\":\"mean\",\"covariates\":[\"x\"],\"minimumDetectableEffect\":0.02},"
    "{\"id\":\"b\",\"role\":\"guardrail\",\"type\":\"proportion\",\"nonInferiorityMargin\":0.05},"
    "{\"id\":\"r\",\"role\":\"guardrail\",\"type\":\"ratio\",\"value\":\"v\","
    "\"denominator\":\"x\"}]}";

static char path[256];

static void write_units(void)
{
    enum { UNITS = 900, ROW_BYTES = 64 };
    uint32_t state = 1;
    char *text = malloc((size_t)UNITS * ROW_BYTES), *end = text;
    ck_assert_ptr_nonnull(text);
    end += sprintf(end, "u,g,t,v,b,x,c\n");
    for (int i = 0; i < UNITS; i++) {
        state = state * 1664525u + 1013904223u;
        end += sprintf(end, "%d,%c,2026-03-%02dT%02d:00:00Z,%u.%02u,%d,%u.5,%s\n", i, 'a' + i % 3,
                       1 + i % 20, i % 24, state >> 24, (state >> 8) % 100, (state >> 20) % 3 == 0,
                       (state >> 16) % 50 + 1, i % 2 == 0 ? "de" : "fr");
    }
    snprintf(path, sizeof path, "%s/environment.csv", test_tmp());
    test_write_file(path, text, (size_t)(end - text));
    free(text);
}

/* The detail document; NULL when there is none. */
static void *document(void *unused)
{
    const char *const paths[] = {path};
    char *text = NULL, message[256];
    (void)unused;
    return assay_document_from_files(PLAN, paths, NULL, 1, "detail", &text, message,
                                     sizeof message) == 0
               ? text
               : NULL;
}

static void check_same(char *text, const char *wanted)
{
    ck_assert_ptr_nonnull(text);
    ck_assert_str_eq(text, wanted);
    assay_free(text);
}

/* The header says 128 KB; what instruments the code takes more, as it does without optimization. */
START_TEST(a_small_stack_is_enough)
{
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && defined(__OPTIMIZE__)
    enum { STACK = 256 * 1024, PROMISED = 128 * 1024, MARK = 0xa5 };
    unsigned char *stack =
        mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert(stack != MAP_FAILED);
    memset(stack, MARK, STACK);
    pthread_attr_t attributes;
    pthread_t thread;
    void *text;
    pthread_attr_init(&attributes);
    ck_assert_int_eq(pthread_attr_setstack(&attributes, stack, STACK), 0);
    ck_assert_int_eq(pthread_create(&thread, &attributes, document, NULL), 0);
    pthread_join(thread, &text);
    pthread_attr_destroy(&attributes);
    size_t untouched = 0;
    while (untouched < STACK && stack[untouched] == MARK)
        untouched++;
    ck_assert_ptr_nonnull(text);
    assay_free(text);
    ck_assert_uint_le(STACK - untouched, PROMISED);
    munmap(stack, STACK);
#endif
}
END_TEST

START_TEST(the_bytes_do_not_hang_on_the_surroundings)
{
    static const char *const LOCALES[] = {"de_DE.UTF-8", "tr_TR.UTF-8", "C.UTF-8"};
    char *wanted = document(NULL);
    ck_assert_ptr_nonnull(wanted);
    for (size_t i = 0; i < 3; i++)
        if (setlocale(LC_ALL, LOCALES[i]) != NULL)
            check_same(document(NULL), wanted);
    setlocale(LC_ALL, "C");
#if defined(__SSE2__)
    const unsigned flush_to_zero = 0x8040, before = _mm_getcsr();
    _mm_setcsr(before | flush_to_zero);
    char *flushed = document(NULL);
    _mm_setcsr(before);
    check_same(flushed, wanted);
#endif
    pid_t child = fork();
    if (child == 0) {
        char *text = document(NULL);
        _exit(text == NULL || strcmp(text, wanted) != 0);
    }
    int status = -1;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    assay_free(wanted);
}
END_TEST

#define FILLED_BY(object, call, room)                                                              \
    do {                                                                                           \
        memset(&(object), 0xee, sizeof(object));                                                   \
        assert_ok(call, &err);                                                                     \
        for (size_t i = 0; i < sizeof(room) / sizeof *(room); i++)                                 \
            ck_assert_msg((room)[i] == 0, #room);                                                  \
    } while (0)

/* docs/abi.md: a later version reads what an earlier one wrote as "not there". */
START_TEST(the_rooms_of_what_is_filled_in_are_zero)
{
    const struct assay_summary group = {100, 1.0, 2.0, 0.1};
    const struct assay_method method = {0};
    const struct assay_size_design design = {
        .baseline_variance = 1, .compared_variance = 1, .effect = 0.1};
    const struct assay_srm_design split = {0};
    const struct assay_horizon_design looks = {.kind = ASSAY_HORIZON_GROUP_SEQUENTIAL,
                                               .expected_size = 100};
    struct assay_comparison comparison;
    struct assay_size_result size;
    struct assay_srm srm;
    struct assay_srm_group groups[2];
    struct assay_horizon *horizon;
    struct assay_boundary boundary;
    struct assay_horizon_cost cost;
    struct assay_horizon_estimate estimate;
    struct assay_error err;
    FILLED_BY(comparison, assay_summaries_compare(&group, &group, &method, &comparison, &err),
              comparison.reserved);
    FILLED_BY(size, assay_size_required(&design, &size, &err), size.reserved);
    FILLED_BY(srm,
              assay_srm_test((const uint64_t[]){9, 9}, (const double[]){1, 1}, 2, &split, groups,
                             &srm, &err),
              srm.reserved);
    assert_ok(assay_horizon_open(&looks, &horizon, &err), &err);
    FILLED_BY(boundary, assay_horizon_at(horizon, 50, 1, &boundary, &err), boundary.reserved);
    FILLED_BY(cost, assay_horizon_cost(horizon, 0.8, &cost, &err), cost.reserved);
    FILLED_BY(estimate, assay_horizon_estimate(horizon, 0, 2.0, 0.05, &estimate, &err),
              estimate.reserved);
    assay_horizon_free(horizon);
}
END_TEST

static void add(TCase *cases)
{
    write_units();
    tcase_add_test(cases, the_rooms_of_what_is_filled_in_are_zero);
    tcase_add_test(cases, a_small_stack_is_enough);
    tcase_add_test(cases, the_bytes_do_not_hang_on_the_surroundings);
}

int main(void)
{
    return test_main("environment", add);
}
