/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include "analysis/conditions.h"
#include "plan/names.h"
#include "json_paths.h"
#include "json_schema.h"
#include "sample_analysis.h"
#include "strict_json.h"

static struct sample sample;

static char *write_text(const struct assay_analysis *analysis, enum assay_format format)
{
    struct assay_error err;
    char *text;
    size_t length;
    assert_ok(assay_analysis_write(analysis, format, NULL, &text, &length, &err), &err);
    ck_assert_uint_eq(strlen(text), length);
    return text;
}

static cJSON *detail_of(const struct assay_analysis *analysis)
{
    char *text = write_text(analysis, ASSAY_FORMAT_DETAIL);
    const char *error = strict_json_error(text, strlen(text), true);
    ck_assert_msg(error == NULL, "%s", error);
    cJSON *document = cJSON_Parse(text);
    free(text);
    ck_assert_ptr_nonnull(document);
    return document;
}

static cJSON *read_schema(void)
{
    char *text = test_read_file("data/detail.schema.json", NULL);
    cJSON *schema = cJSON_Parse(text);
    free(text);
    ck_assert_ptr_nonnull(schema);
    return schema;
}

static bool fits(const cJSON *schema, const cJSON *document, struct schema_check *check)
{
    *check = (struct schema_check){.root = schema};
    return schema_holds(check, schema, document, "");
}

START_TEST(detail_fits_its_schema)
{
    cJSON *schema = read_schema();
    struct schema_check check;
    struct assay_look_ahead ahead = {.units = 8000,
                                     .information_fraction = 1,
                                     .alpha_spent = 0.05,
                                     .critical = 1.7,
                                     .futility = 1.7,
                                     .standard_error = 0.1,
                                     .lower = (double)NAN,
                                     .upper = 0.17};
    for (int variant = 0; variant < 2; variant++) {
        struct assay_analysis *analysis = sample_analysis(&sample);
        char canonical[] = "{\"alpha\":0.05}";
        if (variant == 1) {
            sample.plan.canonical = canonical;
            sample.plan.skewness = ASSAY_SKEWNESS_HALL;
            sample.plan.test = ASSAY_TEST_T;
            sample.looks[0].comparison.difference.df = 41234.5;
            sample.looks[0].comparison.flags = 0x7FF;
            sample.analysis.errors.deterioration_alpha = (double)NAN;
            sample.srm[1].test = /* a slice without units */
                (struct assay_srm){
                    .statistic = (double)NAN, .p = (double)NAN, .log10_p = (double)NAN};
        }
        sample.results[0].ahead = &ahead;
        sample.results[0].ahead_count = 1;
        cJSON *document = detail_of(analysis);
        ck_assert_msg(fits(schema, document, &check), "%s", check.error);
        cJSON *comparisons = cJSON_GetObjectItem(document, "comparisons");
        ck_assert_ptr_null(cJSON_GetObjectItem(cJSON_GetArrayItem(comparisons, 0), "looksAhead"));
        cJSON *looks = cJSON_GetObjectItem(
            cJSON_GetArrayItem(comparisons, (int)sample.results[0].look_count - 1), "looksAhead");
        ck_assert_int_eq(cJSON_GetArraySize(looks), 1);
        cJSON_Delete(document);
    }
    cJSON_Delete(schema);
}
END_TEST

START_TEST(the_schema_refuses_other_documents)
{
    cJSON *schema = read_schema();
    struct schema_check check;
    cJSON *document = detail_of(sample_analysis(&sample));
    cJSON_AddNumberToObject(document, "surprise", 1);
    ck_assert(!fits(schema, document, &check));
    ck_assert_ptr_nonnull(strstr(check.error, "surprise"));
    cJSON_DeleteItemFromObject(document, "surprise");
    ck_assert(fits(schema, document, &check));
    cJSON_DeleteItemFromObject(document, "counts");
    ck_assert(!fits(schema, document, &check));
    cJSON_Delete(document);
    cJSON_Delete(schema);
}
END_TEST

START_TEST(detail_has_an_entry_per_metric_comparison_slice_and_look)
{
    cJSON *document = detail_of(sample_analysis(&sample));
    const cJSON *comparisons = json_at(document, "comparisons");
    /* four metrics have values; the first has two looks in the total of both comparisons */
    ck_assert_int_eq(cJSON_GetArraySize(comparisons), 4 * SAMPLE_PAIRS * SAMPLE_SLICES + 2);
    const cJSON *second = json_at(document, "comparisons.1");
    assert_close(number_at(second, "look"), 1, 0);
    ck_assert_str_eq(text_at(second, "time"), "2026-01-02T00:00:00Z");
    assert_close(number_at(second, "difference.log10P"), -109.51, 0);
    assert_close(number_at(second, "difference.p"), 3.1e-110, 0);
    assert_close(number_at(second, "adjusted.holm.log10P"), -108, 0);
    assert_close(number_at(second, "adjusted.holm.p"), 1e-108, 0);
    ck_assert_ptr_null(json_at(second, "adjusted.benjaminiHochberg"));
    ck_assert(cJSON_IsNull(json_at(second, "difference.df")));
    assert_close(number_at(second, "tailError.upper"), 0.013, 0);
    assert_close(number_at(document, "slices.3.srm.groups.1.residual"), 0.25, 0);
    cJSON_Delete(document);
}
END_TEST

START_TEST(slopes_name_their_covariates)
{
    cJSON *document = detail_of(sample_analysis(&sample));
    const cJSON *spend = json_at(document, "comparisons.12"); /* after 2 * (5 + 1) of visit */
    ck_assert_str_eq(text_at(spend, "metric"), "spend");
    ck_assert_str_eq(text_at(spend, "varianceReduction.slopes.1.covariate"), "recency");
    ck_assert(cJSON_IsTrue(json_at(spend, "varianceReduction.slopes.1.dropped")));
    assert_close(number_at(spend, "varianceReduction.slopes.0.compared"), 0.25, 0);
    assert_close(number_at(spend, "varianceReduction.rate"), 0.25, 0);
    cJSON_Delete(document);
}
END_TEST

START_TEST(an_unbounded_fieller_set_has_null_bounds_and_its_kind)
{
    cJSON *document = detail_of(sample_analysis(&sample));
    const cJSON *last = json_at(document, "comparisons.41");
    ck_assert_str_eq(text_at(last, "hypothesis"), "deterioration");
    ck_assert_str_eq(text_at(last, "relative.fieller.type"), "complement");
    ck_assert(cJSON_IsNull(json_at(last, "relative.fieller.lower")));
    ck_assert_ptr_nonnull(json_at(last, "relative.fieller.outside.upper"));
    ck_assert_str_eq(text_at(last, "flags.0.id"), "zeroVariance");
    ck_assert_int_gt((int)strlen(text_at(last, "flags.1.reason")), 20);
    ck_assert(cJSON_IsNull(json_at(last, "difference.p")));
    ck_assert_ptr_null(json_at(last, "difference.significant"));
    cJSON_Delete(document);
}
END_TEST

START_TEST(every_flag_has_a_name_of_its_own)
{
    size_t count;
    uint32_t all = 0;
    const struct assay__condition *conditions = assay__conditions(&count);
    for (size_t i = 0; i < count; i++) {
        ck_assert_uint_eq(all & conditions[i].flag, 0);
        all |= conditions[i].flag;
        for (size_t j = 0; j < i; j++)
            ck_assert_str_ne(conditions[i].id, conditions[j].id);
    }
    ck_assert_uint_eq(all, (1U << count) - 1);
    ck_assert_str_eq(assay__name_role((enum assay_role)77), "unknown");
}
END_TEST

/* Counts the fields of a CSV record that starts at *at; moves *at behind its line end. */
static size_t count_fields(const char **at)
{
    size_t fields = 1;
    bool quoted = false;
    for (; **at != '\0' && (quoted || **at != '\n'); (*at)++) {
        if (**at == '"')
            quoted = !quoted;
        fields += !quoted && **at == ',';
    }
    *at += **at == '\n';
    return fields;
}

START_TEST(csv_has_one_record_per_comparison_with_as_many_fields_as_names)
{
    char *text = write_text(sample_analysis(&sample), ASSAY_FORMAT_CSV);
    const char *at = text;
    size_t columns = count_fields(&at), records = 0;
    ck_assert_uint_eq(columns, 45);
    for (; *at != '\0'; records++)
        ck_assert_uint_eq(count_fields(&at), columns);
    /* the last metric has no values; the first has two looks in the total of both comparisons */
    ck_assert_uint_eq(records, SAMPLE_METRICS * SAMPLE_PAIRS * SAMPLE_SLICES + 2);
    free(text);
}
END_TEST

START_TEST(csv_quotes_what_needs_quotes_and_leaves_absent_fields_empty)
{
    char *text = write_text(sample_analysis(&sample), ASSAY_FORMAT_CSV);
    ck_assert_ptr_nonnull(strstr(text, ",\"Multi, \"\"channel\"\"\n\","));
    ck_assert_ptr_nonnull(strstr(text, "<script>alert(\"\"x\"\")</script>"));
    ck_assert_ptr_nonnull(strstr(text, "\x1b[31m\xef\xbf\xbd\","));
    ck_assert_ptr_nonnull(strstr(text, "\nvisit,success,proportion,superiority,"));
    ck_assert_ptr_nonnull(strstr(text, "zeroVariance fiellerUnbounded"));
    ck_assert_ptr_null(strstr(text, "nan"));
    ck_assert_ptr_null(strstr(text, "inf"));
    free(text);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, detail_fits_its_schema);
    tcase_add_test(cases, the_schema_refuses_other_documents);
    tcase_add_test(cases, detail_has_an_entry_per_metric_comparison_slice_and_look);
    tcase_add_test(cases, slopes_name_their_covariates);
    tcase_add_test(cases, an_unbounded_fieller_set_has_null_bounds_and_its_kind);
    tcase_add_test(cases, every_flag_has_a_name_of_its_own);
    tcase_add_test(cases, csv_has_one_record_per_comparison_with_as_many_fields_as_names);
    tcase_add_test(cases, csv_quotes_what_needs_quotes_and_leaves_absent_fields_empty);
}

int main(void)
{
    return test_main("detail", add);
}
