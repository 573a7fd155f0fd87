/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Comparisons against mpmath at 60 digits: golden/compare.csv (means and variances given as
 * doubles) and golden/compare_data.csv (raw decimals with covariates). The worst error of every
 * area and figure is printed; what is allowed stands in FIGURES.
 */
#include "compare_data.h"

#include <float.h>

enum { COLUMNS_MAX = 64, LINE_MAX_BYTES = 8192 };

struct table {
    FILE *file;
    char *names[COLUMNS_MAX], *values[COLUMNS_MAX];
    char header[LINE_MAX_BYTES], line[LINE_MAX_BYTES];
    int columns;
};

static int split(char *text, char **cells)
{
    int count = 0;
    text[strcspn(text, "\n")] = '\0';
    for (char *at = text; at != NULL && count < COLUMNS_MAX;) {
        cells[count++] = at;
        at = strchr(at, ',');
        if (at != NULL)
            *at++ = '\0';
    }
    return count;
}

static void open_table(struct table *table, const char *path)
{
    table->file = fopen(path, "r");
    ck_assert_msg(table->file != NULL, "cannot open %s", path);
    ck_assert_ptr_nonnull(fgets(table->line, sizeof table->line, table->file)); /* the comment */
    ck_assert_ptr_nonnull(fgets(table->header, sizeof table->header, table->file));
    table->columns = split(table->header, table->names);
}

static bool next_row(struct table *table)
{
    if (fgets(table->line, sizeof table->line, table->file) == NULL)
        return false;
    ck_assert_int_eq(split(table->line, table->values), table->columns);
    return true;
}

static const char *cell(const struct table *table, const char *name)
{
    for (int i = 0; i < table->columns; i++)
        if (strcmp(table->names[i], name) == 0)
            return table->values[i];
    ck_abort_msg("no column %s", name);
    return NULL;
}

static double number(const struct table *table, const char *name)
{
    return strtod(cell(table, name), NULL);
}

/* Figures of a comparison and how they are judged. */
enum judged {
    ULP,   /* within 4 units in the last place */
    TIGHT, /* 1e-14 relative */
    BOUND  /* 1e-14 of the larger of the bound and half the interval: a bound may be near 0 */
};

struct figure {
    const char *name;
    enum judged judged;
    size_t offset;
    const char *partner; /* BOUND: the other bound */
};

#define AT(member) offsetof(struct assay_comparison, member)

static const struct figure FIGURES[] = {
    {"estimate_c", ULP, AT(baseline.estimate), NULL},
    {"estimate_t", ULP, AT(compared.estimate), NULL},
    {"se_c", ULP, AT(baseline.standard_error), NULL},
    {"se_t", ULP, AT(compared.standard_error), NULL},
    {"raw_c", ULP, AT(baseline.unadjusted), NULL},
    {"raw_t", ULP, AT(compared.unadjusted), NULL},
    {"raw_se_c", ULP, AT(baseline.unadjusted_standard_error), NULL},
    {"raw_se_t", ULP, AT(compared.unadjusted_standard_error), NULL},
    {"skew_c", ULP, AT(baseline.skewness), NULL},
    {"skew_t", ULP, AT(compared.skewness), NULL},
    {"difference", ULP, AT(difference.estimate), NULL},
    {"se", ULP, AT(difference.standard_error), NULL},
    {"df", ULP, AT(difference.df), NULL},
    {"statistic", ULP, AT(difference.statistic), NULL},
    {"critical", TIGHT, AT(difference.critical), NULL},
    {"lower", BOUND, AT(difference.lower), "upper"},
    {"upper", BOUND, AT(difference.upper), "lower"},
    {"p", TIGHT, AT(difference.p), NULL},
    {"log10_p", TIGHT, AT(difference.log10_p), NULL},
    {"relative", ULP, AT(relative.estimate), NULL},
    {"fieller_lower", BOUND, AT(relative.fieller_lower), "fieller_upper"},
    {"fieller_upper", BOUND, AT(relative.fieller_upper), "fieller_lower"},
    {"delta_se", ULP, AT(relative.delta_standard_error), NULL},
    {"delta_lower", BOUND, AT(relative.delta_lower), "delta_upper"},
    {"delta_upper", BOUND, AT(relative.delta_upper), "delta_lower"},
    {"log_lower", BOUND, AT(relative.log_lower), "log_upper"},
    {"log_upper", BOUND, AT(relative.log_upper), "log_lower"},
    {"scaled_lower", BOUND, AT(relative.scaled_lower), "scaled_upper"},
    {"scaled_upper", BOUND, AT(relative.scaled_upper), "scaled_lower"},
    {"rate", ULP, AT(reduction.rate), NULL},
    {"tail_lower", BOUND, AT(tail_error.lower), "tail_upper"},
    {"tail_upper", BOUND, AT(tail_error.upper), "tail_lower"},
};

enum { FIGURE_COUNT = sizeof FIGURES / sizeof *FIGURES };

/* In units of what is allowed. */
static double judge(const struct table *table, const struct figure *figure, double got)
{
    double want = number(table, figure->name);
    if (got == want || (isnan(got) && isnan(want)))
        return 0.0;
    if (isnan(got) || isnan(want))
        return HUGE_VAL;
    double away = fabs(got - want);
    if (figure->judged == ULP) {
        double next = nextafter(fabs(want), HUGE_VAL);
        return away / (next - fabs(want)) / 4.0;
    }
    double scale = fabs(want);
    if (figure->judged == BOUND)
        scale = fmax(scale, 0.5 * fabs(number(table, figure->partner) - want));
    /* A subnormal has no 1e-14: then the last place is what can be had. */
    return away / fmax(1e-14 * scale, 2.0 * DBL_TRUE_MIN);
}

struct worst {
    char area[32];
    double error[FIGURE_COUNT];
    int cases;
};

static void print_worst(const struct worst *worst)
{
    static const char *const UNITS[] = {"ulp", "e-14", "e-14 of scale"};
    printf("%-12s %3d cases; worst", worst->area, worst->cases);
    for (int kind = ULP; kind <= BOUND; kind++) {
        const char *name = "any";
        double most = 0.0;
        for (int i = 0; i < FIGURE_COUNT; i++)
            if ((int)FIGURES[i].judged == kind && worst->error[i] > most) {
                most = worst->error[i];
                name = FIGURES[i].name;
            }
        printf(" %s %.2f %s;", name, kind == ULP ? 4.0 * most : most, UNITS[kind]);
    }
    printf("\n");
}

static void judge_all(const struct table *table, int row, const struct assay_comparison *got,
                      struct worst *worst)
{
    for (int i = 0; i < FIGURE_COUNT; i++) {
        double value;
        memcpy(&value, (const char *)got + FIGURES[i].offset, sizeof value);
        double error = judge(table, &FIGURES[i], value);
        ck_assert_msg(error <= 1.0, "row %d (%s): %s is %.17g, expected %s (%.3g times allowed)",
                      row, cell(table, "area"), FIGURES[i].name, value,
                      cell(table, FIGURES[i].name), error);
        worst->error[i] = fmax(worst->error[i], error);
    }
    ck_assert_int_eq(got->difference.significant, (int)number(table, "significant"));
    const char *kind = cell(table, "fieller_kind");
    if (strcmp(kind, "nan") != 0)
        ck_assert_int_eq((int)got->relative.fieller_kind, atoi(kind));
    ck_assert_uint_eq(got->reduction.dropped, (unsigned)number(table, "dropped"));
    ck_assert_int_eq(got->difference.significant, got->difference.p < number(table, "alpha"));
    worst->cases++;
}

static void turn_page(struct worst *worst, const char *area)
{
    if (strcmp(worst->area, area) == 0)
        return;
    if (worst->cases > 0)
        print_worst(worst);
    memset(worst, 0, sizeof *worst);
    snprintf(worst->area, sizeof worst->area, "%s", area);
}

static struct assay_method read_method(const struct table *table)
{
    const char *side = cell(table, "side"), *type = cell(table, "type");
    struct assay_method method = {.alpha = number(table, "alpha"),
                                  .null_difference = number(table, "null")};
    method.type = strcmp(type, "mean") == 0    ? ASSAY_METRIC_MEAN
                  : strcmp(type, "ratio") == 0 ? ASSAY_METRIC_RATIO
                                               : ASSAY_METRIC_PROPORTION;
    method.test = strcmp(cell(table, "test"), "t") == 0 ? ASSAY_TEST_T : ASSAY_TEST_Z;
    method.side = strcmp(side, "upper") == 0   ? ASSAY_SIDE_UPPER
                  : strcmp(side, "lower") == 0 ? ASSAY_SIDE_LOWER
                                               : ASSAY_SIDE_BOTH;
    return method;
}

START_TEST(summaries_agree_with_sixty_digits)
{
    struct table table;
    struct worst worst = {.cases = 0};
    struct assay_comparison got;
    struct assay_error err;
    int rows = 0;
    for (open_table(&table, "tests/golden/compare.csv"); next_row(&table); rows++) {
        struct assay_summary c = {strtoull(cell(&table, "n_c"), NULL, 10), number(&table, "mean_c"),
                                  number(&table, "variance_c"), number(&table, "in_skew_c")};
        struct assay_summary t = {strtoull(cell(&table, "n_t"), NULL, 10), number(&table, "mean_t"),
                                  number(&table, "variance_t"), number(&table, "in_skew_t")};
        struct assay_method method = read_method(&table);
        assert_ok(assay_summaries_compare(&c, &t, &method, &got, &err), &err);
        turn_page(&worst, cell(&table, "area"));
        judge_all(&table, rows, &got, &worst);
    }
    print_worst(&worst);
    fclose(table.file);
    ck_assert_int_ge(rows, 500);
}
END_TEST

static void judge_slopes(const struct table *table, const char *column, const double *slopes)
{
    const char *at = cell(table, column);
    for (int i = 0; strcmp(at, "nan") != 0 && *at != '\0'; i++) {
        char *end;
        double want = strtod(at, &end);
        assert_close(slopes[i], want, 4.0 * DBL_EPSILON);
        at = *end == ';' ? end + 1 : end;
    }
}

/* Draws a row's data and compares the first two groups. */
static void compare_row(const struct table *table, const struct assay_method *method,
                        struct assay_comparison *got)
{
    struct assay_moments *groups[3] = {NULL, NULL, NULL};
    struct assay_moments_shape shape = {method->type == ASSAY_METRIC_RATIO,
                                        (uint32_t)number(table, "covariates")};
    uint64_t state = strtoull(cell(table, "seed"), NULL, 10);
    struct assay_error err;
    size_t count = 0;
    for (const char *at = cell(table, "sizes"); *at != '\0'; count++) {
        char *end;
        uint64_t n = strtoull(at, &end, 10);
        ck_assert_uint_lt(count, 3);
        assert_ok(assay_moments_new(shape, &groups[count], &err), &err);
        compare_data_add(groups[count], cell(table, "area"),
                         method->type == ASSAY_METRIC_PROPORTION, (uint32_t)count, n, &state);
        at = *end == ';' ? end + 1 : end;
    }
    const struct assay_moments *view[3] = {groups[0], groups[1], groups[2]};
    assert_ok(assay_moments_compare(view, count, 0, 1, method, got, &err), &err);
    for (size_t g = 0; g < count; g++)
        assay_moments_free(groups[g]);
}

START_TEST(data_with_covariates_agree_with_sixty_digits)
{
    struct table table;
    struct worst worst = {.cases = 0};
    struct assay_comparison got;
    int rows = 0;
    for (open_table(&table, "tests/golden/compare_data.csv"); next_row(&table); rows++) {
        const char *reduction = cell(&table, "reduction");
        struct assay_method method = read_method(&table);
        method.reduction = strcmp(reduction, "full") == 0     ? ASSAY_REDUCTION_FULL
                           : strcmp(reduction, "pooled") == 0 ? ASSAY_REDUCTION_POOLED
                                                              : ASSAY_REDUCTION_NONE;
        compare_row(&table, &method, &got);
        turn_page(&worst, cell(&table, "area"));
        judge_all(&table, rows, &got, &worst);
        judge_slopes(&table, "slopes_c", got.reduction.baseline_slopes);
        judge_slopes(&table, "slopes_t", got.reduction.compared_slopes);
    }
    print_worst(&worst);
    fclose(table.file);
    ck_assert_int_ge(rows, 200);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, summaries_agree_with_sixty_digits);
    tcase_add_test(cases, data_with_covariates_agree_with_sixty_digits);
}

int main(void)
{
    return test_main("compare_oracle", add);
}
