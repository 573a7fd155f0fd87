/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * NIST's Statistical Reference Datasets (data/nist): every certified figure, to all the digits it
 * has. The numbers go from their text to the moments as decimals. A certified figure and the one
 * computed are compared as text of 15 significant digits: there is no tolerance, and no exception
 * is needed.
 */
#include "test.h"

#include <cjson/cJSON.h>

#include "number/number.h"

enum { GROUPS_MAX = 16, LABEL_BYTES = 16 };

struct sample {
    size_t group_count;
    char labels[GROUPS_MAX][LABEL_BYTES];
    struct assay_moments *groups[GROUPS_MAX];
};

static struct assay_moments *group_of(struct sample *sample, const char *label, size_t length)
{
    struct assay_error err;
    for (size_t g = 0; g < sample->group_count; g++)
        if (strlen(sample->labels[g]) == length && memcmp(sample->labels[g], label, length) == 0)
            return sample->groups[g];
    size_t g = sample->group_count++;
    ck_assert_uint_lt(g, GROUPS_MAX);
    ck_assert_uint_lt(length, LABEL_BYTES);
    memcpy(sample->labels[g], label, length);
    struct assay_moments_shape shape = {0, 0};
    assert_ok(assay_moments_new(shape, &sample->groups[g], &err), &err);
    return sample->groups[g];
}

/* Reads "y" or "group,y" lines after a header. Returns the number of rows. */
static size_t read_sample(const char *csv, struct sample *sample)
{
    char path[128], digits[ASSAY__DIGITS_MAX];
    struct assay_error err;
    size_t rows = 0;
    snprintf(path, sizeof path, "data/nist/%s", csv);
    char *text = test_read_file(path, NULL);
    memset(sample, 0, sizeof *sample);
    char *line = strchr(text, '\n') + 1;
    while (*line != '\0') {
        char *end = strchr(line, '\n');
        ck_assert_ptr_nonnull(end);
        const char *number = line;
        for (const char *p = line; p < end; p++)
            if (*p == ',')
                number = p + 1;
        size_t label_length = number == line ? 0 : (size_t)(number - line - 1);
        struct assay_decimal value;
        ck_assert_int_eq(assay__decimal_parse(number, (size_t)(end - number), &value, digits),
                         ASSAY__PARSE_OK);
        struct assay_moments *moments = group_of(sample, line, label_length);
        assert_ok(assay_moments_add_decimal(moments, &value, 0, &err), &err);
        rows++;
        line = end + 1;
    }
    free(text);
    return rows;
}

static void free_sample(struct sample *sample)
{
    for (size_t g = 0; g < sample->group_count; g++)
        assay_moments_free(sample->groups[g]);
}

static int figures;

static void check_figure(const char *set, const cJSON *certified, const char *key, double got)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(certified, key);
    ck_assert_msg(item != NULL, "%s has no %s", set, key);
    double want = cJSON_IsString(item) ? strtod(item->valuestring, NULL) : item->valuedouble;
    char want_text[32], got_text[32];
    snprintf(want_text, sizeof want_text, "%.14e", want); /* the text's own 15 digits again */
    snprintf(got_text, sizeof got_text, "%.14e", got);
    ck_assert_msg(strcmp(want_text, got_text) == 0, "%s %s: %s, certified %s", set, key, got_text,
                  want_text);
    figures++;
}

static cJSON *load(const char *part)
{
    char *text = test_read_file("data/nist/certified.json", NULL);
    cJSON *json = cJSON_Parse(text);
    ck_assert_ptr_nonnull(json);
    cJSON *sets = cJSON_DetachItemFromObjectCaseSensitive(json, part);
    ck_assert_ptr_nonnull(sets);
    cJSON_Delete(json);
    free(text);
    return sets;
}

static const char *text_of(const cJSON *set, const char *key)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(set, key));
}

static void check_rows(const cJSON *set, size_t rows)
{
    const cJSON *n = cJSON_GetObjectItemCaseSensitive(set, "n");
    ck_assert_uint_eq(rows, (size_t)n->valueint);
}

START_TEST(univariate_sets_agree_in_all_15_digits)
{
    cJSON *sets = load("univariate");
    const cJSON *set;
    figures = 0;
    cJSON_ArrayForEach(set, sets)
    {
        struct sample sample;
        check_rows(set, read_sample(text_of(set, "csv"), &sample));
        const cJSON *certified = cJSON_GetObjectItemCaseSensitive(set, "certified");
        const char *name = text_of(set, "name");
        check_figure(name, certified, "mean", assay_moments_mean(sample.groups[0], 0));
        check_figure(name, certified, "sd", assay_moments_deviation(sample.groups[0], 0));
        free_sample(&sample);
    }
    cJSON_Delete(sets);
    ck_assert_int_eq(figures, 9 * 2);
}
END_TEST

START_TEST(analyses_of_variance_agree_in_all_15_digits)
{
    cJSON *sets = load("anova");
    const cJSON *set;
    figures = 0;
    cJSON_ArrayForEach(set, sets)
    {
        struct sample sample;
        struct assay_anova table;
        struct assay_error err;
        check_rows(set, read_sample(text_of(set, "csv"), &sample));
        assert_ok(assay_anova_test((const struct assay_moments *const *)sample.groups,
                                   sample.group_count, &table, &err),
                  &err);
        const struct {
            const char *key;
            double got;
        } entries[] = {
            {"df_between", table.between_df},
            {"ss_between", table.between_sum},
            {"ms_between", table.between_mean},
            {"F", table.f},
            {"df_within", table.within_df},
            {"ss_within", table.within_sum},
            {"ms_within", table.within_mean},
            {"r_squared", table.r_squared},
            {"residual_sd", table.residual_deviation},
        };
        for (size_t i = 0; i < sizeof entries / sizeof *entries; i++)
            check_figure(text_of(set, "name"), cJSON_GetObjectItemCaseSensitive(set, "certified"),
                         entries[i].key, entries[i].got);
        free_sample(&sample);
    }
    cJSON_Delete(sets);
    ck_assert_int_eq(figures, 11 * 9);
}
END_TEST

/* The tail, which NIST does not certify: tests/golden/anova.py. */
START_TEST(tails_of_f_agree_with_mpmath)
{
    char *text = test_read_file("tests/golden/anova.csv", NULL);
    int rows = 0;
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        char name[16], csv[32];
        double f, p, log10_p;
        if (sscanf(line, "%15[A-Za-z0-9],%lf,%lf,%lf", name, &f, &p, &log10_p) != 4)
            continue; /* comment and header */
        struct sample sample;
        struct assay_anova table;
        struct assay_error err;
        snprintf(csv, sizeof csv, "%s.csv", name);
        read_sample(csv, &sample);
        assert_ok(assay_anova_test((const struct assay_moments *const *)sample.groups,
                                   sample.group_count, &table, &err),
                  &err);
        ck_assert_double_eq(table.f, f); /* the same double */
        assert_close(table.log10_p, log10_p, 4e-15);
        assert_close(table.p, p, 4e-15); /* 0 for 1e-2477 */
        free_sample(&sample);
        rows++;
    }
    ck_assert_int_eq(rows, 11);
    free(text);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, univariate_sets_agree_in_all_15_digits);
    tcase_add_test(cases, analyses_of_variance_agree_in_all_15_digits);
    tcase_add_test(cases, tails_of_f_agree_with_mpmath);
}

int main(void)
{
    return test_main("nist", add);
}
