/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plans: defaults, every key, other forms, the canonical text, the schema. */
#include "test.h"

#include "plan/plan_schema.h"

static struct assay_plan *parse_ok(const char *text)
{
    struct assay_plan *plan = NULL;
    struct assay_error err = {.code = ASSAY_OK};
    assert_ok(assay_plan_parse(text, strlen(text), "p.json", &plan, &err), &err);
    return plan;
}

START_TEST(plan_defaults)
{
    struct assay_plan *plan = parse_ok("{\"metrics\": [{\"id\": \"spend\"}]}");
    ck_assert_ptr_null(plan->parent);
    ck_assert_ptr_null(plan->analysis_result_id);
    ck_assert_ptr_null(plan->exposure_filter);
    ck_assert_ptr_null(plan->unit_column);
    ck_assert_ptr_null(plan->group_column);
    ck_assert_ptr_null(plan->time_column);
    ck_assert_uint_eq(plan->label_count, 0);
    ck_assert_uint_eq(plan->group_count, 0);
    ck_assert_int_eq(plan->granularity, ASSAY_GRANULARITY_NONE);
    ck_assert(!plan->has_as_of);
    ck_assert_int_eq(plan->scheme, ASSAY_COMPARE_BASELINE);
    ck_assert_ptr_null(plan->baseline);
    ck_assert(plan->alpha == 0.05 && plan->power == 0.8);
    ck_assert_int_eq(plan->horizon.kind, ASSAY_HORIZON_FIXED);
    ck_assert(isnan(plan->horizon.expected_sample_size) &&
              isnan(plan->horizon.optimal_sample_size));
    ck_assert(plan->deterioration_alpha == 0.05);
    ck_assert_int_eq(plan->multiplicity, ASSAY_MULTIPLICITY_ALL);
    ck_assert_int_eq(plan->srm.method, ASSAY_SRM_CHI2);
    ck_assert(plan->srm.alpha == 0.001 && plan->srm.tolerance == 0.0);
    ck_assert(plan->srm.concentration == 10000.0);
    ck_assert_uint_eq(plan->dimension_count, 0);
    ck_assert_uint_eq(plan->segment_count, 0);
    ck_assert_int_eq(plan->relative, ASSAY_RELATIVE_FIELLER);
    ck_assert_int_eq(plan->test, ASSAY_TEST_T);
    ck_assert_int_eq(plan->skewness, ASSAY_SKEWNESS_NONE);
    ck_assert_str_eq(plan->recommendation_names[1], "RECOMMENDATION_STATUS_SHIP");
    ck_assert_str_eq(plan->recommendation_names[2], "RECOMMENDATION_STATUS_CONTINUE");
    ck_assert_str_eq(plan->recommendation_names[3], "RECOMMENDATION_STATUS_END");
    ck_assert_str_eq(plan->recommendation_names[4], "RECOMMENDATION_STATUS_ABORT");
    ck_assert_uint_eq(plan->metric_count, 1);
    const struct assay_metric_plan *metric = &plan->metrics[0];
    ck_assert_str_eq(metric->id, "spend");
    ck_assert_str_eq(metric->value, "spend");
    ck_assert_int_eq(metric->role, ASSAY_ROLE_SUCCESS);
    ck_assert_int_eq(metric->type, ASSAY_METRIC_MEAN);
    ck_assert_int_eq(metric->direction, ASSAY_DIRECTION_INCREASE);
    ck_assert_int_eq(metric->reduction, ASSAY_REDUCTION_NONE);
    ck_assert_int_eq(metric->missing, ASSAY_MISSING_DROP);
    ck_assert_ptr_null(metric->denominator);
    ck_assert(isnan(metric->quantile));
    ck_assert(!metric->effect.is_set && !metric->margin.is_set);
    ck_assert_ptr_null(metric->effect.text);
    ck_assert_ptr_null(metric->cap.lower);
    ck_assert(isnan(metric->cap.upper_quantile));
    ck_assert(!metric->window.is_set);
    ck_assert(!metric->measure.has_aggregation);
    assay_plan_free(plan);
}
END_TEST

static const char FULL[] =
    "{\"$schema\": \"plan.schema.json\", \"parent\": \"workflows/w-1/instances/i.2\",\n"
    "\"analysisResultId\": \"a-1\", \"exposureFilter\": \"ef\",\n"
    "\"labels\": [{\"key\": \"k\", \"value\": \"\"}],\n"
    "\"columns\": {\"unit\": \"u\", \"group\": \"g\", \"time\": \"t\"},\n"
    "\"granularity\": \"day\", \"asOf\": \"2026-11-23T00:00:00.5+01:00\",\n"
    "\"groups\": [{\"id\": \"A\", \"weight\": 2.385}, {\"id\": \"B\"}, {\"id\": \"C\", "
    "\"weight\": 0}],\n"
    "\"comparisons\": {\"pairs\": [{\"baseline\": \"A\", \"compared\": \"B\"}]},\n"
    "\"alpha\": 0.1, \"power\": 0.9,\n"
    "\"horizon\": {\"type\": \"groupSequential\", \"expectedSampleSize\": 1e6,\n"
    "  \"spending\": {\"family\": \"hwangShihDeCani\"}, \"plannedLooks\": 7},\n"
    "\"deterioration\": {\"alpha\": 0.02}, \"srm\": {\"alpha\": 0.01, \"tolerance\": 0.001,\n"
    "  \"concentration\": 500}, \"multiplicity\": {\"scope\": \"perMetric\"},\n"
    "\"dimensions\": [\"country\", \"os\"],\n"
    "\"segments\": [{\"id\": \"web\", \"filter\": \"channel = \\\"Web\\\"\"}],\n"
    "\"relativeInterval\": \"log\", \"test\": \"t\", \"skewnessCorrection\": \"hall\",\n"
    "\"recommendationNames\": {\"ship\": \"GO\"},\n"
    "\"metrics\": [\n"
    " {\"id\": \"m\", \"type\": \"mean\", \"value\": \"v\", \"covariates\": [\"x\", \"y\"],\n"
    "  \"direction\": \"decrease\", \"minimumDetectableEffectAbs\": -0.50,\n"
    "  \"cap\": {\"lower\": -1e2, \"upperQuantile\": 0.999}, \"missing\": \"zero\"},\n"
    " {\"id\": \"r\", \"type\": \"ratio\", \"denominator\": \"d\", \"role\": \"guardrail\",\n"
    "  \"nonInferiorityMargin\": 0.010, \"covariates\": [\"x\"],\n"
    "  \"varianceReduction\": \"pooled\"},\n"
    " {\"id\": \"q\", \"type\": \"quantile\", \"quantile\": 0.9, \"role\": \"deterioration\",\n"
    "  \"window\": \"7d\", \"offset\": \"1h\", \"aggregation\": \"countDistinct\"},\n"
    " {\"id\": \"p\", \"type\": \"proportion\", \"direction\": \"any\",\n"
    "  \"minimumDetectableEffect\": 0.2, \"covariates\": [\"x\"],\n"
    "  \"varianceReduction\": \"none\"}]}";

START_TEST(plan_every_key_arrives)
{
    struct assay_plan *plan = parse_ok(FULL);
    ck_assert_str_eq(plan->parent, "workflows/w-1/instances/i.2");
    ck_assert_str_eq(plan->analysis_result_id, "a-1");
    ck_assert_str_eq(plan->exposure_filter, "ef");
    ck_assert_uint_eq(plan->label_count, 1);
    ck_assert_str_eq(plan->labels[0].key, "k");
    ck_assert_str_eq(plan->labels[0].value, "");
    ck_assert_str_eq(plan->unit_column, "u");
    ck_assert_str_eq(plan->group_column, "g");
    ck_assert_str_eq(plan->time_column, "t");
    ck_assert_int_eq(plan->granularity, ASSAY_GRANULARITY_DAY);
    ck_assert(plan->has_as_of);
    ck_assert_int_eq(plan->as_of_ns, 1795388400500000000);
    ck_assert_uint_eq(plan->group_count, 3);
    ck_assert(plan->groups[0].weight == 2.385 && plan->groups[1].weight == 1.0);
    ck_assert_str_eq(plan->groups[2].id, "C");
    ck_assert_int_eq(plan->scheme, ASSAY_COMPARE_PAIRS);
    ck_assert_uint_eq(plan->pair_count, 1);
    ck_assert_str_eq(plan->pairs[0].compared, "B");
    ck_assert(plan->alpha == 0.1 && plan->power == 0.9);
    ck_assert_int_eq(plan->horizon.kind, ASSAY_HORIZON_GROUP_SEQUENTIAL);
    ck_assert(plan->horizon.expected_sample_size == 1e6);
    ck_assert_int_eq(plan->horizon.spending.family, ASSAY_SPENDING_HWANG_SHIH_DECANI);
    ck_assert(plan->horizon.spending.parameter == -4.0);
    ck_assert_uint_eq(plan->horizon.planned_looks, 7);
    ck_assert(plan->deterioration_alpha == 0.02);
    ck_assert_int_eq(plan->srm.method, ASSAY_SRM_SEQUENTIAL); /* since the horizon is */
    ck_assert(plan->srm.alpha == 0.01 && plan->srm.tolerance == 0.001);
    ck_assert(plan->srm.concentration == 500.0);
    ck_assert_int_eq(plan->multiplicity, ASSAY_MULTIPLICITY_PER_METRIC);
    ck_assert_uint_eq(plan->dimension_count, 2);
    ck_assert_str_eq(plan->dimensions[1], "os");
    ck_assert_str_eq(plan->segments[0].filter, "channel = \"Web\"");
    ck_assert_int_eq(plan->relative, ASSAY_RELATIVE_LOG);
    ck_assert_int_eq(plan->test, ASSAY_TEST_T);
    ck_assert_int_eq(plan->skewness, ASSAY_SKEWNESS_HALL);
    ck_assert_str_eq(plan->recommendation_names[1], "GO");
    ck_assert_str_eq(plan->recommendation_names[4], "RECOMMENDATION_STATUS_ABORT");
    assay_plan_free(plan);
}
END_TEST

START_TEST(plan_every_metric_key_arrives)
{
    struct assay_plan *plan = parse_ok(FULL);
    ck_assert_uint_eq(plan->metric_count, 4);
    const struct assay_metric_plan *m = &plan->metrics[0], *r = &plan->metrics[1];
    const struct assay_metric_plan *q = &plan->metrics[2], *p = &plan->metrics[3];
    ck_assert_str_eq(m->value, "v");
    ck_assert_uint_eq(m->covariate_count, 2);
    ck_assert_str_eq(m->covariates[1], "y");
    ck_assert_int_eq(m->reduction, ASSAY_REDUCTION_FULL);
    ck_assert_int_eq(m->direction, ASSAY_DIRECTION_DECREASE);
    ck_assert(m->effect.is_set && !m->effect.is_relative && m->effect.value == 0.5);
    ck_assert_str_eq(m->effect.text, "-0.50");
    ck_assert_str_eq(m->cap.lower, "-1e2");
    ck_assert_ptr_null(m->cap.upper);
    ck_assert(m->cap.upper_quantile == 0.999 && isnan(m->cap.lower_quantile));
    ck_assert_int_eq(m->missing, ASSAY_MISSING_ZERO);
    ck_assert_int_eq(r->type, ASSAY_METRIC_RATIO);
    ck_assert_str_eq(r->value, "r");
    ck_assert_str_eq(r->denominator, "d");
    ck_assert_int_eq(r->role, ASSAY_ROLE_GUARDRAIL);
    ck_assert(r->margin.is_set && r->margin.is_relative && r->margin.value == 0.01);
    ck_assert_str_eq(r->margin.text, "0.010");
    ck_assert_int_eq(r->reduction, ASSAY_REDUCTION_POOLED);
    ck_assert_int_eq(q->type, ASSAY_METRIC_QUANTILE);
    ck_assert(q->quantile == 0.9);
    ck_assert_int_eq(q->role, ASSAY_ROLE_DETERIORATION);
    ck_assert(q->window.ns == INT64_C(7) * 86400 * 1000000000);
    ck_assert(q->offset.ns == INT64_C(3600) * 1000000000);
    ck_assert_int_eq(q->measure.aggregation, ASSAY_AGGREGATE_COUNT_DISTINCT);
    ck_assert_int_eq(p->type, ASSAY_METRIC_PROPORTION);
    ck_assert_int_eq(p->direction, ASSAY_DIRECTION_ANY);
    ck_assert_int_eq(p->reduction, ASSAY_REDUCTION_NONE);
    ck_assert_uint_eq(p->covariate_count, 1);
    assay_plan_free(plan);
}
END_TEST

START_TEST(plan_other_forms)
{
    struct assay_plan *plan = parse_ok(
        "{\"metrics\":[{\"id\":\"m\"}],\"comparisons\":{\"allPairs\":true},\"deterioration\":false,"
        "\"horizon\":{\"type\":\"alwaysValid\",\"optimalSampleSize\":500},"
        "\"srm\":{\"method\":\"chi2\"}}");
    ck_assert_int_eq(plan->scheme, ASSAY_COMPARE_ALL_PAIRS);
    ck_assert(isnan(plan->deterioration_alpha));
    ck_assert_int_eq(plan->horizon.kind, ASSAY_HORIZON_ALWAYS_VALID);
    ck_assert(plan->horizon.optimal_sample_size == 500.0);
    ck_assert_int_eq(plan->srm.method, ASSAY_SRM_CHI2);
    assay_plan_free(plan);
    plan = parse_ok("{\"metrics\":[{\"id\":\"m\",\"role\":\"guardrail\",\"direction\":\"any\"}]}");
    ck_assert_int_eq(plan->metrics[0].direction, ASSAY_DIRECTION_ANY);
    assay_plan_free(plan);
    plan = parse_ok("{\"metrics\":[{\"id\":\"m\"}],\"alpha\":0.01,\"deterioration\":{},"
                    "\"comparisons\":{\"baseline\":\"A\"}}");
    ck_assert(plan->deterioration_alpha == 0.01);
    ck_assert_str_eq(plan->baseline, "A");
    assay_plan_free(plan);
}
END_TEST

/* Canonical JSON parses to a plan of the same canonical JSON. */
static void round_trips(struct assay_plan *plan)
{
    struct assay_plan *again = parse_ok(plan->canonical);
    ck_assert_str_eq(again->canonical, plan->canonical);
    assay_plan_free(again);
    assay_plan_free(plan);
}

START_TEST(plan_canonical_round_trips)
{
    static const char *const FILES[] = {"data/hillstrom.plan.json", "data/asos-b3280a.plan.json"};
    round_trips(parse_ok(FULL));
    for (size_t i = 0; i < 2; i++) {
        struct assay_plan *plan = NULL;
        struct assay_error err = {.code = ASSAY_OK};
        assert_ok(assay_plan_read(FILES[i], &plan, &err), &err);
        round_trips(plan);
    }
}
END_TEST

START_TEST(plan_canonical_is_one_for_one_meaning)
{
    struct assay_plan *a = parse_ok("{\"metrics\":[{\"id\":\"m\",\"cap\":{\"upper\":1e2}}]}");
    struct assay_plan *b = parse_ok(
        "/* the same */ {\"test\": \"t\", \"power\": 8e-1, \"metrics\": [{\"cap\": {\"upper\": "
        "100.0}, \"value\": \"m\", \"role\": \"success\", \"id\": \"m\"}],\n"
        "\"$schema\": \"x\", \"dimensions\": []}");
    ck_assert_str_eq(a->canonical, b->canonical);
    ck_assert_ptr_nonnull(strstr(a->canonical, "\"cap\":{\"upper\":100}"));
    assay_plan_free(a);
    assay_plan_free(b);
    a = parse_ok("{\"metrics\":[{\"id\":\"m\",\"cap\":{\"upper\":1.00000000000000000001}}]}");
    ck_assert_ptr_nonnull(strstr(a->canonical, "\"cap\":{\"upper\":1.00000000000000000001}"));
    assay_plan_free(a);
}
END_TEST

START_TEST(plan_of_hillstrom)
{
    struct assay_plan *plan = NULL;
    struct assay_error err = {.code = ASSAY_OK};
    assert_ok(assay_plan_read("data/hillstrom.plan.json", &plan, &err), &err);
    ck_assert_uint_eq(plan->group_count, 3);
    ck_assert_str_eq(plan->baseline, "No E-Mail");
    ck_assert_uint_eq(plan->metric_count, 4);
    ck_assert_uint_eq(plan->metrics[2].covariate_count, 2);
    ck_assert(plan->metrics[2].margin.is_set && !plan->metrics[3].margin.is_set);
    ck_assert_uint_eq(plan->dimension_count, 2);
    assay_plan_free(plan);
}
END_TEST

/* data/plan.schema.json is what the key table says. */
START_TEST(plan_schema_is_that_of_the_table)
{
    size_t length;
    char *file = test_read_file("data/plan.schema.json", &length);
    struct assay__text text = {0};
    assay__plan_schema_write(&text);
    ck_assert(!text.failed);
    ck_assert_msg(text.length == length && memcmp(text.data, file, length) == 0,
                  "write it again: assay plan schema >data/plan.schema.json");
    assay__text_release(&text);
    free(file);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, plan_defaults);
    tcase_add_test(cases, plan_every_key_arrives);
    tcase_add_test(cases, plan_every_metric_key_arrives);
    tcase_add_test(cases, plan_other_forms);
    tcase_add_test(cases, plan_canonical_round_trips);
    tcase_add_test(cases, plan_canonical_is_one_for_one_meaning);
    tcase_add_test(cases, plan_of_hillstrom);
    tcase_add_test(cases, plan_schema_is_that_of_the_table);
}

int main(void)
{
    return test_main("plan", add);
}
