/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The figures of the accuracy bench as computed by one of the peers written in C:
 *
 *     bench_accuracy assay|gsl|sums
 *
 * prints "id value" lines for the cases of tests/golden/dist.csv (dist:ROW, and dist:ROW:log for
 * the logarithm), of tests/golden/compare.csv (welch:ROW: p of Welch's test from two summaries) and
 * of data/nist (nist:SET:mean, sd, F). "sums" are the sums of x and x^2 in doubles, as a database
 * would make them. Run from the top of the repository; bench/accuracy does.
 */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "accuracy_input.h"
#include "assay.h"
#include "number/number.h"

enum { VALUES_MAX = 1 << 15, GROUPS_MAX = 16 };

typedef double (*function1)(double);
typedef double (*function2)(double, double);
typedef double (*function3)(double, double, double);

/* One function of the golden file; at most one of each kind is set. */
struct function {
    const char *name;
    function1 one;
    function2 two;
    function3 three;
    function1 log_one;
    function2 log_two;
    function3 log_three;
};

static const struct function assay_functions[] = {
    {.name = "normal_upper", .one = assay_normal_upper, .log_one = assay_normal_log_upper},
    {.name = "t_upper", .two = assay_t_upper, .log_two = assay_t_log_upper},
    {.name = "chi2_upper", .two = assay_chi2_upper, .log_two = assay_chi2_log_upper},
    {.name = "chi2_lower", .two = assay_chi2_lower, .log_two = assay_chi2_log_lower},
    {.name = "f_upper", .three = assay_f_upper, .log_three = assay_f_log_upper},
    {.name = "f_lower", .three = assay_f_lower, .log_three = assay_f_log_lower},
    {.name = "nct_upper", .three = assay_nct_upper},
    {.name = "nct_lower", .three = assay_nct_lower},
    {.name = "qnormal_upper", .one = assay_normal_quantile_upper},
    {.name = "qt_upper", .two = assay_t_quantile_upper},
    {.name = "qchi2_upper", .two = assay_chi2_quantile_upper},
    {.name = "qchi2_lower", .two = assay_chi2_quantile_lower},
    {.name = "qf_upper", .three = assay_f_quantile_upper},
    {.name = "qf_lower", .three = assay_f_quantile_lower},
    {.name = NULL},
};

/* GSL has no logarithms of tails; ln of the tail is what its users take. */
static const struct function gsl_functions[] = {
    {.name = "normal_upper", .one = gsl_cdf_ugaussian_Q},
    {.name = "t_upper", .two = gsl_cdf_tdist_Q},
    {.name = "chi2_upper", .two = gsl_cdf_chisq_Q},
    {.name = "chi2_lower", .two = gsl_cdf_chisq_P},
    {.name = "f_upper", .three = gsl_cdf_fdist_Q},
    {.name = "f_lower", .three = gsl_cdf_fdist_P},
    {.name = "qnormal_upper", .one = gsl_cdf_ugaussian_Qinv},
    {.name = "qt_upper", .two = gsl_cdf_tdist_Qinv},
    {.name = "qchi2_upper", .two = gsl_cdf_chisq_Qinv},
    {.name = "qchi2_lower", .two = gsl_cdf_chisq_Pinv},
    {.name = "qf_upper", .three = gsl_cdf_fdist_Qinv},
    {.name = "qf_lower", .three = gsl_cdf_fdist_Pinv},
    {.name = NULL},
};

/* The next line that is neither a comment nor the header; false at the end. */
static bool next_row(FILE *file, char line[LINE_BYTES], const char *header)
{
    while (fgets(line, LINE_BYTES, file) != NULL)
        if (line[0] != '#' && strncmp(line, header, strlen(header)) != 0)
            return true;
    return false;
}

static void print_distribution(const struct function *f, int row, const double a[3])
{
    double value = f->one != NULL   ? f->one(a[0])
                   : f->two != NULL ? f->two(a[0], a[1])
                                    : f->three(a[0], a[1], a[2]);
    printf("dist:%d %.17g\n", row, value);
    if (f->name[0] == 'q' || strncmp(f->name, "nct", 3) == 0)
        return;
    double log_value = f->log_one != NULL     ? f->log_one(a[0])
                       : f->log_two != NULL   ? f->log_two(a[0], a[1])
                       : f->log_three != NULL ? f->log_three(a[0], a[1], a[2])
                                              : log(value);
    printf("dist:%d:log %.17g\n", row, log_value);
}

static void print_distributions(const struct function *functions)
{
    static char line[LINE_BYTES];
    char *fields[FIELDS_MAX];
    FILE *file = open_input("tests/golden/dist.csv");
    for (int row = 0; next_row(file, line, "function,"); row++) {
        if (split(line, fields) < 7)
            fail("short row in", "dist.csv");
        double a[3];
        for (int i = 0; i < 3; i++)
            a[i] = strtod(fields[2 + i], NULL);
        for (const struct function *f = functions; f->name != NULL; f++)
            if (strcmp(f->name, fields[0]) == 0)
                print_distribution(f, row, a);
    }
    fclose(file);
}

/* compare.csv: area,type,test,side,alpha,null, then n, mean, variance, skewness of each group. */
static void print_welch(void)
{
    static char line[LINE_BYTES];
    char *fields[FIELDS_MAX];
    FILE *file = open_input("tests/golden/compare.csv");
    for (int row = 0; next_row(file, line, "area,"); row++) {
        split(line, fields);
        if (strcmp(fields[1], "mean") != 0 || strcmp(fields[2], "t") != 0 ||
            strtod(fields[5], NULL) != 0.0)
            continue;
        struct assay_summary summary[2];
        for (int g = 0; g < 2; g++)
            summary[g] = (struct assay_summary){.n = strtoull(fields[6 + 4 * g], NULL, 10),
                                                .mean = strtod(fields[7 + 4 * g], NULL),
                                                .variance = strtod(fields[8 + 4 * g], NULL),
                                                .skewness = NAN};
        struct assay_method method = {.type = ASSAY_METRIC_MEAN,
                                      .test = ASSAY_TEST_T,
                                      .alpha = strtod(fields[4], NULL),
                                      .side = fields[3][0] == 'u'   ? ASSAY_SIDE_UPPER
                                              : fields[3][0] == 'l' ? ASSAY_SIDE_LOWER
                                                                    : ASSAY_SIDE_BOTH};
        struct assay_comparison out;
        if (assay_summaries_compare(&summary[0], &summary[1], &method, &out, NULL) == ASSAY_OK)
            printf("welch:%d %.17g\n", row, out.difference.p);
    }
    fclose(file);
}

/* A NIST set: values in order, with the group of each (0 throughout for univariate sets). */
struct sample {
    size_t count, group_count;
    double values[VALUES_MAX];
    size_t group[VALUES_MAX];
    struct assay_moments *moments[GROUPS_MAX];
};

static void add_decimal(struct assay_moments *moments, const char *text)
{
    struct assay_decimal value;
    char digits[ASSAY__DIGITS_MAX];
    if (assay__decimal_parse(text, strlen(text), &value, digits) != ASSAY__PARSE_OK ||
        assay_moments_add_decimal(moments, &value, 0, NULL) != ASSAY_OK)
        fail("cannot add", text);
}

static void read_sample(const char *set, struct sample *sample)
{
    static char line[LINE_BYTES];
    char path[128], label[32] = "", *fields[FIELDS_MAX];
    snprintf(path, sizeof path, "data/nist/%s.csv", set);
    FILE *file = open_input(path);
    sample->count = sample->group_count = 0;
    if (fgets(line, sizeof line, file) == NULL) /* header */
        fail("empty file", path);
    while (fgets(line, sizeof line, file) != NULL && sample->count < VALUES_MAX) {
        int count = split(line, fields);
        const char *group = count > 1 ? fields[0] : "all"; /* groups lie one after the other */
        if (strcmp(group, label) != 0) {
            snprintf(label, sizeof label, "%s", group);
            struct assay_moments_shape shape = {0, 0};
            if (sample->group_count == GROUPS_MAX ||
                assay_moments_new(shape, &sample->moments[sample->group_count], NULL) != ASSAY_OK)
                fail("too many groups in", path);
            sample->group_count++;
        }
        add_decimal(sample->moments[sample->group_count - 1], fields[count - 1]);
        sample->group[sample->count] = sample->group_count - 1;
        sample->values[sample->count++] = strtod(fields[count - 1], NULL);
    }
    fclose(file);
}

struct nist_values {
    double mean, sd, f;
};

static struct nist_values by_assay(const struct sample *sample)
{
    struct nist_values out = {assay_moments_mean(sample->moments[0], 0),
                              assay_moments_deviation(sample->moments[0], 0), NAN};
    struct assay_anova table;
    if (sample->group_count > 1 &&
        assay_anova_test((const struct assay_moments *const *)sample->moments, sample->group_count,
                         &table, NULL) == ASSAY_OK)
        out.f = table.f;
    return out;
}

static struct nist_values by_gsl(const struct sample *sample)
{
    return (struct nist_values){gsl_stats_mean(sample->values, 1, sample->count),
                                gsl_stats_sd(sample->values, 1, sample->count), NAN};
}

/* Mean (sum x)/n, variance (sum x^2 - (sum x)^2/n)/(n - 1), F from the same sums by group. */
static struct nist_values by_sums(const struct sample *sample)
{
    double sums[GROUPS_MAX] = {0}, counts[GROUPS_MAX] = {0};
    double sum = 0.0, squares = 0.0, between = 0.0;
    for (size_t i = 0; i < sample->count; i++) {
        sums[sample->group[i]] += sample->values[i];
        counts[sample->group[i]] += 1.0;
        sum += sample->values[i];
        squares += sample->values[i] * sample->values[i];
    }
    double n = (double)sample->count, k = (double)sample->group_count;
    double total = squares - sum * sum / n;
    for (size_t g = 0; g < sample->group_count; g++)
        between += sums[g] * sums[g] / counts[g];
    between -= sum * sum / n;
    return (struct nist_values){sum / n, sqrt(total / (n - 1.0)),
                                (between / (k - 1.0)) / ((total - between) / (n - k))};
}

static void print_nist(struct nist_values (*values)(const struct sample *), bool with_f)
{
    static const char *const univariate[] = {"PiDigits", "Lottery", "Lew",     "Mavro",  "Michelso",
                                             "NumAcc1",  "NumAcc2", "NumAcc3", "NumAcc4"};
    static const char *const anova[] = {"SiRstv", "SmLs01", "SmLs02", "SmLs03", "AtmWtAg", "SmLs04",
                                        "SmLs05", "SmLs06", "SmLs07", "SmLs08", "SmLs09"};
    static struct sample sample;
    for (size_t i = 0; i < sizeof univariate / sizeof *univariate; i++) {
        read_sample(univariate[i], &sample);
        struct nist_values out = values(&sample);
        printf("nist:%s:mean %.17g\nnist:%s:sd %.17g\n", univariate[i], out.mean, univariate[i],
               out.sd);
        for (size_t g = 0; g < sample.group_count; g++)
            assay_moments_free(sample.moments[g]);
    }
    for (size_t i = 0; with_f && i < sizeof anova / sizeof *anova; i++) {
        read_sample(anova[i], &sample);
        printf("nist:%s:F %.17g\n", anova[i], values(&sample).f);
        for (size_t g = 0; g < sample.group_count; g++)
            assay_moments_free(sample.moments[g]);
    }
}

int main(int argc, char **argv)
{
    const char *peer = argc == 2 ? argv[1] : "";
    gsl_set_error_handler_off();
    if (strcmp(peer, "assay") == 0) {
        print_distributions(assay_functions);
        print_welch();
        print_nist(by_assay, true);
    } else if (strcmp(peer, "gsl") == 0) {
        print_distributions(gsl_functions);
        print_nist(by_gsl, false);
    } else if (strcmp(peer, "sums") == 0) {
        print_nist(by_sums, true);
    } else {
        fail("usage: bench_accuracy", "assay|gsl|sums");
    }
    return 0;
}
