/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whole decisions against the independent ones of tests/golden/decisions.py: random plans (rules,
 * adjustments, pairs, margins, directions, minimum, covariates, horizons) and random sums. Every
 * test's outcome, rates, figures and looks to 1e-13, required sizes exactly, the tests of
 * covariates, sizes and missing values, the advice and the ids of its reasons.
 */
#include "test.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <unistd.h>

#include "analysis/analysis_view.h"
#include "golden_analysis.h"

static const double TOLERANCE = 1e-13;
enum { TEXT_BYTES = 8192, WORDS_MAX = 128 };

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

/* A mixture's p is the exponential of a double: a tiny one is right as a logarithm, to a rounding
   of its statistic and one of its own. */
static void check_p(const struct experiment *it, const char *place, const char *what,
                    const char *want, double got)
{
    double log_p = log(strtod(want, NULL));
    bool is_right = log_p < -100.0 && fabs(log(got) - log_p) <= -2.0 * DBL_EPSILON * log_p;
    if (!is_right)
        check_number(it, place, what, want, got, TOLERANCE);
}

/* A bound close to 0 has the digits of what it is the difference of. */
static void check_figure(const struct experiment *it, const char *place, const char *name,
                         const char *want, const struct assay_metric_result *result)
{
    char other[64];
    double got = golden_result_field(result, name), wanted = strtod(want, NULL);
    size_t length = strlen(name);
    bool is_lower = length > 4 && strcmp(name + length - 4, "ower") == 0;
    bool is_bound = is_lower || (length > 4 && strcmp(name + length - 4, "pper") == 0);
    if (is_bound) {
        snprintf(other, sizeof other, "%s", name);
        memcpy(other + length - 4, is_lower ? "pper" : "ower", 4);
        other[length - 5] = (char)(other[length - 5] + (is_lower ? 'u' - 'l' : 'l' - 'u'));
        double width = fabs(golden_result_field(result, other) - got);
        if (fabs(got - wanted) <= 2.0 * DBL_EPSILON * width)
            return;
    }
    check_number(it, place, name, want, got, TOLERANCE);
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
    check_p(it, place, "p", words[6], look->comparison.difference.p);
    check_p(it, place, "p of harm", words[8],
            look->deterioration != NULL ? look->deterioration->difference.p : (double)NAN);
    if (strcmp(words[9], "-") != 0)
        check_number(it, place, "required size", words[9], look->size.required, 0.0);
    if (strcmp(words[10], "-") != 0)
        check_number(it, place, "powered effect", words[10], look->size.powered_effect_abs,
                     TOLERANCE);
}

/* "metric baseline compared", then names and values of figures. */
static void check_figures(struct experiment *it, char *text)
{
    char *words[WORDS_MAX], place[128];
    int count = split(text, words);
    snprintf(place, sizeof place, "%.30s, %.30s against %.30s", words[0], words[2], words[1]);
    const struct assay_metric_result *result = result_of(it, words);
    ck_assert_uint_gt(result->look_count, 0);
    for (int i = 3; i + 1 < count; i += 2)
        check_figure(it, place, words[i], words[i + 1], result);
}

/* "critical p significant spent" of one test at one look; "-" for one that is not made. */
static void check_found(struct experiment *it, const char *place, char *const words[4],
                        const struct assay__kept_difference *found, double spent)
{
    bool is_made = strcmp(words[2], "-") != 0;
    check_number(it, place, "critical value", words[0], is_made ? found->critical : (double)NAN,
                 TOLERANCE);
    check_p(it, place, "p", words[1], is_made ? found->p : (double)NAN);
    check_number(it, place, "alpha spent", words[3], is_made ? spent : (double)NAN, TOLERANCE);
    const char *significant = found->significant ? "yes" : "no";
    if (is_made && strcmp(words[2], significant) != 0)
        differ(it, place, "significance", words[2], significant);
}

/* "metric baseline compared number", then the own test and that for harm. */
static void check_look(struct experiment *it, char *text)
{
    char *words[WORDS_MAX], place[160];
    ck_assert_int_eq(split(text, words), 12);
    const struct assay_metric_result *result = result_of(it, words);
    uint32_t number = (uint32_t)strtoul(words[3], NULL, 10);
    for (uint32_t k = 0; k < result->look_count; k++) {
        const struct assay_look_result *look = &result->looks[k];
        if (look->look != number)
            continue;
        snprintf(place, sizeof place, "%.30s, %.30s against %.30s, look %u", words[0], words[2],
                 words[1], number);
        check_found(it, place, words + 4, &look->comparison.difference, look->alpha_spent);
        snprintf(place, sizeof place, "%.30s, %.30s against %.30s, look %u, harm", words[0],
                 words[2], words[1], number);
        check_found(it, place, words + 8, &assay__harm_test(look)->difference,
                    look->deterioration_alpha_spent);
        return;
    }
    ck_abort_msg("%s: %s has no look %s", it->name, words[0], words[3]);
}

/* "metric baseline compared covariate difference p" */
static void check_balance(struct experiment *it, char *text)
{
    char *words[WORDS_MAX];
    ck_assert_int_eq(split(text, words), 6);
    const struct assay_metric_result *result = result_of(it, words);
    uint32_t covariate = (uint32_t)strtoul(words[3], NULL, 10);
    ck_assert_uint_lt(covariate, result->balance_count);
    const struct assay_balance *balance = &result->balance[covariate];
    check_number(it, words[0], "difference of a covariate", words[4], balance->difference,
                 TOLERANCE);
    check_number(it, words[0], "p of a covariate", words[5], balance->p, TOLERANCE);
}

/* "statistic p" of the groups' sizes */
static void check_srm(struct experiment *it, char *text)
{
    char *words[WORDS_MAX];
    ck_assert_int_eq(split(text, words), 2);
    const struct assay_srm *test = &it->analysis->srm[0].test;
    check_number(it, "sizes", "statistic", words[0], test->statistic, TOLERANCE);
    check_number(it, "sizes", "p", words[1], test->p, TOLERANCE);
}

/* "metric statistic p" of the values that are missing */
static void check_missing(struct experiment *it, char *text)
{
    char *words[WORDS_MAX];
    ck_assert_int_eq(split(text, words), 3);
    for (uint32_t m = 0; m < it->plan->metric_count; m++) {
        const struct assay_missingness *found = &it->analysis->missingness[m];
        if (strcmp(it->plan->metrics[m].id, words[0]) != 0)
            continue;
        ck_assert(found->is_tested);
        check_number(it, words[0], "statistic of missing values", words[1], found->test.statistic,
                     TOLERANCE);
        check_number(it, words[0], "p of missing values", words[2], found->test.p, TOLERANCE);
        return;
    }
    ck_abort_msg("%s: no metric %s", it->name, words[0]);
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

/* "treatment yes|no": whether no later look is planned */
static void check_final(struct experiment *it, char *text)
{
    char *words[WORDS_MAX];
    ck_assert_int_eq(split(text, words), 2);
    uint32_t group = group_named(it, words[0]);
    for (uint32_t t = 0; t < it->analysis->treatment_count; t++) {
        const struct assay_treatment *treatment = &it->analysis->treatments[t];
        if (treatment->group == group && treatment->final != (strcmp(words[1], "yes") == 0))
            differ(it, words[0], "final", words[1], treatment->final ? "yes" : "no");
    }
}

/* Lines about results, which come after all data. */
static const struct {
    const char *word;
    void (*check)(struct experiment *it, char *text);
} LINES[] = {{"test", check_test},       {"figures", check_figures}, {"look", check_look},
             {"balance", check_balance}, {"srm", check_srm},         {"missing", check_missing},
             {"advice", check_advice},   {"final", check_final}};

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
        }
        for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++) {
            if ((more = after(line, LINES[i].word)) != NULL) {
                analyze(&it);
                LINES[i].check(&it, more);
                break;
            }
        }
    }
    ck_assert_int_eq(cases, 392);
    end(&it);
    free(text);
    ck_assert_msg(failures == 0, "%d differences", failures);
}
END_TEST

/* Cases that random ones hardly meet; lines as above. */
#define HEAD "metric,group,time,n,mean,variance\n"
#define MARGIN_PLAN(horizon)                                                                       \
    "{\"comparisons\":{\"baseline\":\"a\"},\"horizon\":" horizon ",\"metrics\":[{\"id\":\"m\","    \
    "\"role\":\"guardrail\",\"deterioration\":false,\"nonInferiorityMarginAbs\":0.1}]}"
#define GROUP_SEQUENTIAL(units) "{\"type\":\"groupSequential\",\"expectedSampleSize\":" units "}"
static const struct {
    const char *name, *plan, *data, *lines;
} NAMED[] = {
    /* Powered for its margin, but alpha is left until the planned information is reached. */
    {"margins go on", MARGIN_PLAN(GROUP_SEQUENTIAL("24000")),
     HEAD "m,a,2026-03-02,6000,10,4\nm,b,2026-03-02,6000,9.95,4\n",
     "advice b CONTINUE marginNotShown:m moreUnits\nfinal b no"},
    {"margins end", MARGIN_PLAN(GROUP_SEQUENTIAL("12000")),
     HEAD "m,a,2026-03-02,6000,10,4\nm,b,2026-03-02,6000,9.95,4\n",
     "advice b END marginNotShown:m powered\nfinal b yes"},
    /* The test for harm goes on, and the end of a fixed horizon does not wait for it. */
    {"fixed is final",
     "{\"comparisons\":{\"baseline\":\"a\"},\"granularity\":\"day\",\"metrics\":[{\"id\":\"m\","
     "\"minimumDetectableEffectAbs\":1},{\"id\":\"g\",\"role\":\"guardrail\"}]}",
     HEAD "m,a,2026-03-02,40,10,4\nm,b,2026-03-02,40,10,4\ng,a,2026-03-02,40,10,4\n"
          "g,b,2026-03-02,40,10,4\nm,a,2026-03-03,400,10,4\nm,b,2026-03-03,400,10,4\n"
          "g,a,2026-03-03,400,10,4\ng,b,2026-03-03,400,10,4\n",
     "advice b END noImprovement:m powered\nfinal b yes"},
};

START_TEST(named_cases_are_decided)
{
    char lines[TEXT_BYTES], *rest = lines, *line, *more;
    struct experiment it;
    begin(&it, NAMED[_i].name);
    snprintf(it.plan_text, sizeof it.plan_text, "%s", NAMED[_i].plan);
    fputs(NAMED[_i].data, it.data);
    analyze(&it);
    snprintf(lines, sizeof lines, "%s", NAMED[_i].lines);
    while ((line = strsep(&rest, "\n")) != NULL)
        for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++)
            if ((more = after(line, LINES[i].word)) != NULL)
                LINES[i].check(&it, more);
    end(&it);
    ck_assert_msg(failures == 0, "%d differences", failures);
}
END_TEST

static void add(TCase *cases)
{
    tcase_set_timeout(cases, 120);
    tcase_add_test(cases, decisions_agree_with_independent_ones);
    tcase_add_loop_test(cases, named_cases_are_decided, 0, (int)(sizeof NAMED / sizeof *NAMED));
}

int main(void)
{
    return test_main("decisions", add);
}
