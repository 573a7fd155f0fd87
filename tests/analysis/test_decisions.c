/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whole decisions against the independent ones of tests/golden/decisions.py: random plans (rules,
 * adjustments, pairs, margins, directions, minimum) and random sums. Every test's outcome, rates
 * and p-values to 1e-13, required sizes exactly, the advice and the ids of its reasons.
 */
#include "test.h"

#include <inttypes.h>
#include <unistd.h>

static const double TOLERANCE = 1e-13;
enum { TEXT_BYTES = 8192, WORDS_MAX = 64 };

/* An experiment of the golden file: its plan, and its sums in a file of their own. */
struct experiment {
    char name[32], plan_text[TEXT_BYTES], path[64];
    FILE *data;
    struct assay_plan *plan;
    struct assay_dataset *dataset;
    struct assay_analysis *analysis;
};

static void begin(struct experiment *it, const char *name)
{
    static const char PATTERN[] = "/tmp/assay-decisions-XXXXXX";
    memset(it, 0, sizeof *it);
    snprintf(it->name, sizeof it->name, "%s", name);
    memcpy(it->path, PATTERN, sizeof PATTERN);
    int fd = mkstemp(it->path);
    ck_assert_int_ge(fd, 0);
    it->data = fdopen(fd, "w");
    ck_assert_ptr_nonnull(it->data);
}

static void end(struct experiment *it)
{
    if (it->data != NULL)
        fclose(it->data);
    assay_analysis_free(it->analysis);
    assay_dataset_free(it->dataset);
    assay_plan_free(it->plan);
    unlink(it->path);
}

/* Once all rows are there. */
static void analyze(struct experiment *it)
{
    struct assay_error err;
    const char *path = it->path;
    if (it->analysis != NULL)
        return;
    ck_assert_int_eq(fclose(it->data), 0);
    it->data = NULL;
    enum assay_status status =
        assay_plan_parse(it->plan_text, strlen(it->plan_text), "plan", &it->plan, &err);
    if (status == ASSAY_OK)
        status = assay_dataset_new(it->plan, &it->dataset, &err);
    if (status == ASSAY_OK)
        status = assay_dataset_read(it->dataset, &path, 1, NULL, &err);
    if (status == ASSAY_OK)
        status = assay_dataset_analyze(it->dataset, &it->analysis, &err);
    ck_assert_msg(status == ASSAY_OK, "%s: %s\n%s", it->name, err.message, it->plan_text);
}

static int split(char *text, char *words[WORDS_MAX])
{
    int count = 0;
    for (char *word; (word = strsep(&text, " ")) != NULL && count < WORDS_MAX;)
        if (word[0] != '\0')
            words[count++] = word;
    return count;
}

static uint32_t group_named(const struct experiment *it, const char *id)
{
    for (uint32_t g = 0; g < it->analysis->group_count; g++)
        if (strcmp(it->analysis->groups[g].id, id) == 0)
            return g;
    ck_abort_msg("%s: there is no group %s", it->name, id);
}

static const struct assay_metric_result *result_of(const struct experiment *it, char *const words[])
{
    uint32_t baseline = group_named(it, words[1]), compared = group_named(it, words[2]);
    for (size_t r = 0; r < it->analysis->result_count; r++) {
        const struct assay_metric_result *result = &it->analysis->results[r];
        if (strcmp(it->plan->metrics[result->metric].id, words[0]) == 0 &&
            result->baseline == baseline && result->compared == compared)
            return result;
    }
    ck_abort_msg("%s: %s is not compared", it->name, words[0]);
}

static int failures;

static void differ(const struct experiment *it, const char *place, const char *what,
                   const char *want, const char *got)
{
    failures++;
    fprintf(stderr, "%s %s: %s is %s, expected %s\n", it->name, place, what, got, want);
}

static void check_number(const struct experiment *it, const char *place, const char *what,
                         const char *want, double got, double tolerance)
{
    char text[40];
    bool is_none = strcmp(want, "-") == 0 || strcmp(want, "none") == 0;
    double wanted = is_none ? (double)NAN : strtod(want, NULL);
    snprintf(text, sizeof text, "%.17g", got);
    /* Below the normal numbers a double has fewer digits: half a step of its own is all it can. */
    bool is_nearest = fabs(wanted) < 0x1p-1022 && fabs(got - wanted) <= 0x1p-1074;
    if (!is_nearest && !(test_relative_error(got, wanted) <= tolerance))
        differ(it, place, what, want, text);
}

/* "metric baseline compared outcome alpha power p harmAlpha harmP required effect" */
static void check_test(struct experiment *it, char *text)
{
    static const char *const OUTCOMES[] = {[ASSAY_OUTCOME_PASSED] = "passed",
                                           [ASSAY_OUTCOME_FAILED] = "failed",
                                           [ASSAY_OUTCOME_NOT_TESTED] = "notTested"};
    char *words[WORDS_MAX], place[128];
    ck_assert_int_eq(split(text, words), 11);
    snprintf(place, sizeof place, "%.30s, %.30s against %.30s", words[0], words[2], words[1]);
    const struct assay_metric_result *result = result_of(it, words);
    if (strcmp(OUTCOMES[result->outcome], words[3]) != 0)
        differ(it, place, "outcome", words[3], OUTCOMES[result->outcome]);
    check_number(it, place, "alpha", words[4], result->alpha, TOLERANCE);
    check_number(it, place, "power", words[5], result->power, TOLERANCE);
    check_number(it, place, "alpha of harm", words[7], result->deterioration_alpha, TOLERANCE);
    if (result->look_count == 0) {
        check_number(it, place, "p without units", words[6], NAN, TOLERANCE);
        return;
    }
    const struct assay_look_result *look = &result->looks[result->look_count - 1];
    check_number(it, place, "p", words[6], look->comparison.difference.p, TOLERANCE);
    check_number(it, place, "p of harm", words[8],
                 look->has_deterioration ? look->deterioration.difference.p : (double)NAN,
                 TOLERANCE);
    if (strcmp(words[9], "-") != 0)
        check_number(it, place, "required size", words[9], look->size.required, 0.0);
    if (strcmp(words[10], "-") != 0)
        check_number(it, place, "powered effect", words[10], look->size.powered_effect_abs,
                     TOLERANCE);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The ids of all reasons in order of text, "id:metric". */
static void reasons_of(const struct experiment *it, const struct assay_treatment *treatment,
                       char *out, size_t size)
{
    char ids[WORDS_MAX][96], *order[WORDS_MAX];
    size_t length = 0;
    ck_assert_uint_le(treatment->reason_count, WORDS_MAX);
    for (uint32_t r = 0; r < treatment->reason_count; r++) {
        const struct assay_advice_reason *reason = &treatment->reasons[r];
        bool has_metric = reason->metric >= 0;
        snprintf(ids[r], sizeof ids[r], "%s%s%s", reason->id, has_metric ? ":" : "",
                 has_metric ? it->plan->metrics[reason->metric].id : "");
        order[r] = ids[r];
    }
    qsort(order, treatment->reason_count, sizeof *order, by_text);
    out[0] = '\0';
    for (uint32_t r = 0; r < treatment->reason_count; r++)
        length +=
            (size_t)snprintf(out + length, size - length, "%s%s", r == 0 ? "" : " ", order[r]);
}

/* "treatment advice reason..." */
static void check_advice(struct experiment *it, char *text)
{
    static const char *const ADVICE[] = {[ASSAY_RECOMMEND_UNSPECIFIED] = "UNSPECIFIED",
                                         [ASSAY_RECOMMEND_SHIP] = "SHIP",
                                         [ASSAY_RECOMMEND_CONTINUE] = "CONTINUE",
                                         [ASSAY_RECOMMEND_END] = "END",
                                         [ASSAY_RECOMMEND_ABORT] = "ABORT"};
    char got[TEXT_BYTES], *id = strsep(&text, " "), *advice = strsep(&text, " ");
    for (uint32_t t = 0; t < it->analysis->treatment_count; t++) {
        const struct assay_treatment *treatment = &it->analysis->treatments[t];
        if (strcmp(it->analysis->groups[treatment->group].id, id) != 0)
            continue;
        if (strcmp(ADVICE[treatment->recommendation], advice) != 0)
            differ(it, id, "advice", advice, ADVICE[treatment->recommendation]);
        reasons_of(it, treatment, got, sizeof got);
        if (strcmp(got, text == NULL ? "" : text) != 0)
            differ(it, id, "reasons", text, got);
        return;
    }
    ck_abort_msg("%s: no advice about %s", it->name, id);
}

static char *after(char *line, const char *word)
{
    size_t length = strlen(word);
    return strncmp(line, word, length) == 0 && line[length] == ' ' ? line + length + 1 : NULL;
}

START_TEST(decisions_agree_with_independent_ones)
{
    char *text = test_read_file("tests/golden/decisions.txt", NULL), *rest = text, *line, *more;
    struct experiment it = {0};
    int cases = 0;
    while ((line = strsep(&rest, "\n")) != NULL) {
        if ((more = after(line, "case")) != NULL) {
            if (cases++ > 0)
                end(&it);
            begin(&it, line);
        } else if ((more = after(line, "plan")) != NULL) {
            snprintf(it.plan_text, sizeof it.plan_text, "%s", more);
        } else if ((more = after(line, "data")) != NULL) {
            fprintf(it.data, "%s\n", more);
        } else if ((more = after(line, "test")) != NULL) {
            analyze(&it);
            check_test(&it, more);
        } else if ((more = after(line, "advice")) != NULL) {
            check_advice(&it, more);
        }
    }
    ck_assert_int_ge(cases, 100);
    end(&it);
    free(text);
    ck_assert_msg(failures == 0, "%d differences", failures);
}
END_TEST

static void add(TCase *cases)
{
    tcase_set_timeout(cases, 120);
    tcase_add_test(cases, decisions_agree_with_independent_ones);
}

int main(void)
{
    return test_main("decisions", add);
}
