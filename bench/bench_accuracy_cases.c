/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * More figures of the accuracy bench, as bench_accuracy.c prints them:
 *
 *     bench_accuracy_cases assay|gsl|sums FOLDER
 *
 * data:CASE:d, se, p, low, high - difference, standard error, two-sided p of Welch's test and
 * Fieller's 95 % interval from the rows in FOLDER (bench_accuracy_rows); with covariates d and se
 * after a regression in each group. size:ROW:n, size:ROW:power - of tests/golden/size.csv.
 * srm:ROW - p of the sample ratio test of tests/golden/srm.csv. "sums" works from sums of x, x^2
 * and x y in doubles, as a database would.
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
#include "accuracy_size.h"
#include "assay.h"
#include "number/number.h"

enum { ROWS_MAX = 256, COVARIATES_MAX = 10, PATH_BYTES = 512, SRM_GROUPS_MAX = 1024 };

enum peer { PEER_ASSAY, PEER_GSL, PEER_SUMS };

/* A case: values of both groups as doubles, and as exact moments. */
struct sample {
    int n[2], covariates;
    double values[2][ROWS_MAX], x[2][COVARIATES_MAX][ROWS_MAX];
    struct assay_moments *moments[2];
};

static void add_row(struct sample *sample, char *fields[FIELDS_MAX], int count)
{
    static char digits[1 + COVARIATES_MAX][ASSAY__DIGITS_MAX];
    struct assay_decimal decimals[1 + COVARIATES_MAX];
    int group = atoi(fields[0]), row = sample->n[group]++;
    for (int i = 1; i < count; i++) {
        double *column = i == 1 ? sample->values[group] : sample->x[group][i - 2];
        column[row] = strtod(fields[i], NULL);
        if (assay__decimal_parse(fields[i], strlen(fields[i]), &decimals[i - 1], digits[i - 1]) !=
            ASSAY__PARSE_OK)
            fail("cannot read", fields[i]);
    }
    if (assay_moments_add_decimal(sample->moments[group], decimals, 0, NULL) != ASSAY_OK)
        fail("cannot add", fields[1]);
}

static void read_sample(const char *folder, const char *name, struct sample *sample)
{
    static char line[LINE_BYTES];
    char path[PATH_BYTES], *fields[FIELDS_MAX];
    snprintf(path, sizeof path, "%s/%s.csv", folder, name);
    FILE *file = open_input(path);
    sample->n[0] = sample->n[1] = 0;
    struct assay_moments_shape shape = {0, (uint32_t)sample->covariates};
    for (int g = 0; g < 2; g++)
        if (assay_moments_new(shape, &sample->moments[g], NULL) != ASSAY_OK)
            fail("no memory for", path);
    while (fgets(line, sizeof line, file) != NULL)
        if (line[0] != 'g')
            add_row(sample, fields, split(line, fields));
    fclose(file);
}

/* A group after its regression: mean, residual variance over n, slopes, means of covariates. */
struct fit {
    double mean, error2, slopes[COVARIATES_MAX], x[COVARIATES_MAX];
};

struct figures {
    double d, se, p, low, high; /* the last three without covariates only */
};

/* Textbook formulas in doubles, from what a peer says of both groups. */
static struct figures by_formula(const struct fit fits[2], const int n[2],
                                 double (*quantile)(double, double), double (*tail)(double, double))
{
    double c = fits[0].mean, t = fits[1].mean, vc = fits[0].error2, vt = fits[1].error2;
    double df = (vc + vt) * (vc + vt) / (vc * vc / (n[0] - 1) + vt * vt / (n[1] - 1));
    struct figures out = {t - c, sqrt(vc + vt), NAN, NAN, NAN};
    if (quantile == NULL)
        return out;
    double q = quantile(0.025, df), a = c * c - q * q * vc;
    double root = sqrt(t * t * c * c - a * (t * t - q * q * vt));
    out.p = 2.0 * tail(fabs(out.d) / out.se, df);
    out.low = (t * c - root) / a - 1.0;
    out.high = (t * c + root) / a - 1.0;
    return out;
}

static struct figures by_assay(const struct sample *sample)
{
    struct assay_comparison out;
    struct assay_method method = {.type = ASSAY_METRIC_MEAN,
                                  .test = ASSAY_TEST_T,
                                  .side = ASSAY_SIDE_BOTH,
                                  .alpha = 0.05,
                                  .reduction = sample->covariates > 0 ? ASSAY_REDUCTION_FULL
                                                                      : ASSAY_REDUCTION_NONE};
    if (assay_moments_compare((const struct assay_moments *const *)sample->moments, 2, 0, 1,
                              &method, &out, NULL) != ASSAY_OK)
        fail("cannot compare", "a case");
    return (struct figures){out.difference.estimate, out.difference.standard_error,
                            out.difference.p, out.relative.fieller_lower,
                            out.relative.fieller_upper};
}

static double covariance_by_sums(const double *u, const double *v, int n)
{
    double su = 0.0, sv = 0.0, suv = 0.0;
    for (int i = 0; i < n; i++) {
        su += u[i];
        sv += v[i];
        suv += u[i] * v[i];
    }
    return (suv - su * sv / n) / (n - 1.0);
}

static double mean_by_sums(const double *u, int n)
{
    double sum = 0.0;
    for (int i = 0; i < n; i++)
        sum += u[i];
    return sum / n;
}

/* Gauss without pivoting on a covariance matrix; b becomes the solution. */
static void eliminate(double a[COVARIATES_MAX][COVARIATES_MAX], double *b, int q)
{
    for (int j = 0; j < q; j++)
        for (int i = 0; i < q; i++) {
            double ratio = i == j ? 0.0 : a[i][j] / a[j][j];
            for (int k = j; k < q; k++)
                a[i][k] -= ratio * a[j][k];
            b[i] -= ratio * b[j];
        }
    for (int j = 0; j < q; j++)
        b[j] /= a[j][j];
}

static struct fit fit_by_sums(const struct sample *s, int g)
{
    struct fit fit;
    double a[COVARIATES_MAX][COVARIATES_MAX], with[COVARIATES_MAX];
    int n = s->n[g], q = s->covariates;
    fit.mean = mean_by_sums(s->values[g], n);
    double variance = covariance_by_sums(s->values[g], s->values[g], n);
    for (int i = 0; i < q; i++) {
        fit.x[i] = mean_by_sums(s->x[g][i], n);
        with[i] = fit.slopes[i] = covariance_by_sums(s->x[g][i], s->values[g], n);
        for (int j = 0; j < q; j++)
            a[i][j] = covariance_by_sums(s->x[g][i], s->x[g][j], n);
    }
    eliminate(a, fit.slopes, q);
    for (int i = 0; i < q; i++)
        variance -= fit.slopes[i] * with[i];
    fit.error2 = variance * (n - 1.0) / (n - 1.0 - q) / n;
    return fit;
}

/* Own slopes in each group at the common mean of the covariates. */
static void adjust_by_sums(const struct sample *s, struct fit fits[2], double *shared)
{
    double apart[COVARIATES_MAX], all[COVARIATES_MAX][2 * ROWS_MAX];
    int total = s->n[0] + s->n[1];
    *shared = 0.0;
    for (int i = 0; i < s->covariates; i++) {
        memcpy(all[i], s->x[0][i], (size_t)s->n[0] * sizeof **all);
        memcpy(all[i] + s->n[0], s->x[1][i], (size_t)s->n[1] * sizeof **all);
        double mean = mean_by_sums(all[i], total);
        for (int g = 0; g < 2; g++)
            fits[g].mean -= fits[g].slopes[i] * (fits[g].x[i] - mean);
        apart[i] = fits[1].slopes[i] - fits[0].slopes[i];
    }
    for (int i = 0; i < s->covariates; i++)
        for (int j = 0; j < s->covariates; j++)
            *shared += apart[i] * apart[j] * covariance_by_sums(all[i], all[j], total) / total;
}

static struct figures by_sums(const struct sample *s)
{
    struct fit fits[2] = {fit_by_sums(s, 0), fit_by_sums(s, 1)};
    if (s->covariates == 0)
        return by_formula(fits, s->n, gsl_cdf_tdist_Qinv, gsl_cdf_tdist_Q);
    double shared;
    adjust_by_sums(s, fits, &shared);
    struct figures out = by_formula(fits, s->n, NULL, NULL);
    out.se = sqrt(fits[0].error2 + fits[1].error2 + shared);
    return out;
}

static struct figures by_gsl(const struct sample *s)
{
    struct fit fits[2];
    for (int g = 0; g < 2; g++) {
        fits[g].mean = gsl_stats_mean(s->values[g], 1, (size_t)s->n[g]);
        fits[g].error2 = gsl_stats_variance(s->values[g], 1, (size_t)s->n[g]) / s->n[g];
    }
    return by_formula(fits, s->n, gsl_cdf_tdist_Qinv, gsl_cdf_tdist_Q);
}

static void print_data(enum peer peer, const char *folder)
{
    static struct sample sample;
    static char line[LINE_BYTES];
    char *fields[FIELDS_MAX];
    FILE *file = open_input("tests/golden/accuracy_data.csv");
    while (fgets(line, sizeof line, file) != NULL) {
        if (line[0] < '0' || line[0] > '9')
            continue;
        split(line, fields);
        sample.covariates = atoi(fields[2]);
        if (sample.covariates > 0 && peer == PEER_GSL)
            continue;
        read_sample(folder, fields[0], &sample);
        struct figures out = peer == PEER_ASSAY ? by_assay(&sample)
                             : peer == PEER_GSL ? by_gsl(&sample)
                                                : by_sums(&sample);
        printf("data:%s:d %.17g\ndata:%s:se %.17g\n", fields[0], out.d, fields[0], out.se);
        if (sample.covariates == 0)
            printf("data:%s:p %.17g\ndata:%s:low %.17g\ndata:%s:high %.17g\n", fields[0], out.p,
                   fields[0], out.low, fields[0], out.high);
        assay_moments_free(sample.moments[0]);
        assay_moments_free(sample.moments[1]);
    }
    fclose(file);
}

static struct assay_size_design design_of(char *const fields[])
{
    const char *method = fields[SIZE_METHOD];
    return (struct assay_size_design){
        .type = fields[SIZE_TYPE][0] == 'p' ? ASSAY_METRIC_PROPORTION : ASSAY_METRIC_MEAN,
        .test = fields[SIZE_TEST][0] == 't' ? ASSAY_TEST_T : ASSAY_TEST_Z,
        .side = fields[SIZE_SIDE][0] == 'u' ? ASSAY_SIDE_UPPER : ASSAY_SIDE_LOWER,
        .method = method[0] == 'a'   ? ASSAY_SIZE_ARCSINE
                  : method[0] == 'p' ? ASSAY_SIZE_POOLED
                                     : ASSAY_SIZE_UNPOOLED,
        .alpha = strtod(fields[SIZE_ALPHA], NULL),
        .power = strtod(fields[SIZE_POWER], NULL),
        .baseline_weight = strtod(fields[SIZE_WEIGHT_C], NULL),
        .compared_weight = strtod(fields[SIZE_WEIGHT_T], NULL),
        .baseline_mean = strtod(fields[SIZE_MEAN], NULL),
        .baseline_variance = strtod(fields[SIZE_VARIANCE_C], NULL),
        .compared_variance = strtod(fields[SIZE_VARIANCE_T], NULL),
        .effect = strtod(fields[SIZE_EFFECT], NULL),
        .null_difference = strtod(fields[SIZE_NULL], NULL),
        .variance_factor = strtod(fields[SIZE_FACTOR], NULL)};
}

static void print_sizes(void)
{
    static char line[LINE_BYTES];
    char *fields[FIELDS_MAX];
    FILE *file = open_input("tests/golden/size.csv");
    for (int row = 0; fgets(line, sizeof line, file) != NULL;) {
        if (line[0] == '#' || strncmp(line, "kind,", 5) == 0)
            continue;
        struct assay_size_result size;
        double power;
        if (split(line, fields) == SIZE_COLUMNS && size_area(fields) != NULL) {
            struct assay_size_design design = design_of(fields);
            if (strcmp(fields[SIZE_KIND], "required") == 0 &&
                assay_size_required(&design, &size, NULL) == ASSAY_OK)
                printf("size:%d:n %.17g\n", row, size.compared);
            if (assay_size_power(&design, strtod(fields[SIZE_N_C], NULL),
                                 strtod(fields[SIZE_N_T], NULL), &power, NULL) == ASSAY_OK)
                printf("size:%d:power %.17g\n", row, power);
        }
        row++;
    }
    fclose(file);
}

static double srm_by_gsl(const uint64_t *counts, const double *weights, int groups)
{
    double units = 0.0, sum = 0.0, statistic = 0.0, df = -1.0;
    for (int g = 0; g < groups; g++) {
        units += (double)counts[g];
        sum += weights[g];
    }
    for (int g = 0; g < groups; g++) {
        double expected = units * weights[g] / sum, away = (double)counts[g] - expected;
        if (expected > 0.0) {
            statistic += away * away / expected;
            df++;
        }
    }
    return gsl_cdf_chisq_Q(statistic, df);
}

/* Numbers with blanks between them; the count. */
static int read_numbers(const char *text, uint64_t *counts, double *weights)
{
    int count = 0;
    for (char *end; *text != '\0'; text = end, count++) {
        if (count == SRM_GROUPS_MAX)
            fail("too many groups in", "tests/golden/srm.csv");
        if (counts != NULL)
            counts[count] = strtoull(text, &end, 10);
        else
            weights[count] = strtod(text, &end);
        if (end == text)
            fail("no number in", text);
    }
    return count;
}

static void print_srm(enum peer peer)
{
    static char line[LINE_BYTES];
    static uint64_t counts[SRM_GROUPS_MAX];
    static double weights[SRM_GROUPS_MAX];
    static struct assay_srm_group groups[SRM_GROUPS_MAX];
    const struct assay_srm_design design = {.method = ASSAY_SRM_CHI2, .alpha = 0.001};
    char *columns[FIELDS_MAX];
    FILE *file = open_input("tests/golden/srm.csv");
    for (int row = 0; fgets(line, sizeof line, file) != NULL;) {
        struct assay_srm out;
        if (line[0] == '#' || strncmp(line, "method,", 7) == 0)
            continue;
        split(line, columns);
        int count = read_numbers(columns[2], counts, NULL);
        if (read_numbers(columns[3], NULL, weights) != count)
            fail("weights are missing in", "tests/golden/srm.csv");
        if (strcmp(columns[0], "chi2") == 0 && peer == PEER_GSL)
            printf("srm:%d %.17g\n", row, srm_by_gsl(counts, weights, count));
        else if (strcmp(columns[0], "chi2") == 0 &&
                 assay_srm_test(counts, weights, (size_t)count, &design, groups, &out, NULL) ==
                     ASSAY_OK)
            printf("srm:%d %.17g\n", row, out.p);
        row++;
    }
    fclose(file);
}

int main(int argc, char **argv)
{
    static const char *const names[] = {"assay", "gsl", "sums"};
    int peer = 0;
    gsl_set_error_handler_off();
    while (argc == 3 && peer < 3 && strcmp(argv[1], names[peer]) != 0)
        peer++;
    if (argc != 3 || peer == 3)
        fail("usage: bench_accuracy_cases", "assay|gsl|sums FOLDER");
    print_data((enum peer)peer, argv[2]);
    if (peer == PEER_ASSAY)
        print_sizes();
    if (peer != PEER_SUMS)
        print_srm((enum peer)peer);
    return 0;
}
