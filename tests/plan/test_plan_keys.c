/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The key table: every key is in the manual, arrives in its struct, and is written canonically. */
#include "test.h"

#include "plan/plan_keys.h"

static struct assay_plan *parse_ok(const char *text)
{
    struct assay_plan *plan = NULL;
    struct assay_error err = {.code = ASSAY_OK};
    assert_ok(assay_plan_parse(text, strlen(text), "p.json", &plan, &err), &err);
    return plan;
}

/* The page has a section for each kind of object, with an item for each key and the flag's name. */
START_TEST(keys_are_in_the_manual)
{
    size_t length;
    char *page = test_read_file("docs/assay-plan.5", &length);
    char wanted[128];
    for (int object = 0; object < ASSAY__OBJECT_COUNT; object++) {
        const struct assay__plan_keys *keys = assay__plan_keys_of((enum assay__plan_object)object);
        snprintf(wanted, sizeof wanted, "\n.Ss %s\n", keys->name);
        char *section = strstr(page, wanted);
        ck_assert_msg(section != NULL, "no section %s", keys->name);
        char *end = strstr(section, "\n.El\n");
        ck_assert_ptr_nonnull(end);
        *end = '\0';
        for (uint32_t i = 0; i < keys->count; i++) {
            const struct assay__plan_key *row = &keys->keys[i];
            snprintf(wanted, sizeof wanted, "\n.It Cm %s%s\n", row->key[0] == '$' ? "\\&" : "",
                     row->key);
            const char *item = strstr(section, wanted);
            ck_assert_msg(item != NULL, "%s: no key %s", keys->name, row->key);
            if (row->flag == NULL)
                continue;
            snprintf(wanted, sizeof wanted, "%s", row->flag);
            ck_assert_msg(strstr(item, wanted) != NULL, "%s: no flag %s", row->key, row->flag);
        }
        *end = '\n';
    }
    free(page);
}
END_TEST

START_TEST(keys_have_sentences_and_one_name)
{
    for (int object = 0; object < ASSAY__OBJECT_COUNT; object++) {
        const struct assay__plan_keys *keys = assay__plan_keys_of((enum assay__plan_object)object);
        for (uint32_t i = 0; i < keys->count; i++) {
            const struct assay__plan_key *row = &keys->keys[i];
            ck_assert_msg(row->sentence != NULL && row->sentence[0] != '\0', "%s", row->key);
            ck_assert_ptr_eq(assay__plan_key_of(keys, row->key, strlen(row->key)), row);
            if (row->rival != NULL)
                ck_assert_str_eq(assay__plan_key_of(keys, row->rival, strlen(row->rival))->rival,
                                 row->key);
        }
    }
}
END_TEST

/* What a plan without any of the later keys is written as never changes: ids are made of it. */
START_TEST(canonical_text_of_old_plans_stays)
{
    struct assay_plan *plan =
        parse_ok("{\"metrics\":[{\"id\":\"m\"}],\"comparisons\":{\"baseline\":\"A\"}}");
    ck_assert_str_eq(
        plan->canonical,
        "{\"columns\":{},\"granularity\":\"none\",\"comparisons\":{\"baseline\":\"A\"},"
        "\"alpha\":0.05,\"power\":0.8,\"horizon\":{\"type\":\"fixed\"},\"deterioration\":"
        "{\"alpha\":0.05},\"srm\":{\"alpha\":0.001,\"method\":\"chi2\",\"tolerance\":0,"
        "\"concentration\":10000},\"multiplicity\":{\"scope\":\"all\"},\"relativeInterval\":"
        "\"fieller\",\"test\":\"t\",\"skewnessCorrection\":\"none\","
        "\"recommendationNames\":{\"unspecified\":\"RECOMMENDATION_STATUS_UNSPECIFIED\","
        "\"ship\":\"RECOMMENDATION_STATUS_SHIP\",\"continue\":\"RECOMMENDATION_STATUS_CONTINUE\","
        "\"end\":\"RECOMMENDATION_STATUS_END\",\"abort\":\"RECOMMENDATION_STATUS_ABORT\"},"
        "\"metrics\":[{\"id\":\"m\",\"role\":\"success\",\"type\":\"mean\",\"value\":\"m\","
        "\"varianceReduction\":\"none\",\"direction\":\"increase\",\"missing\":\"drop\"}]}");
    assay_plan_free(plan);
}
END_TEST

static const char LATER[] =
    "{\"columns\":{\"unit\":\"u\",\"group\":\"g\",\"time\":\"t\"},\n"
    "\"format\":{\"decimal\":\",\",\"thousands\":\".\",\"missing\":[\"-\",\"\"],\"true\":\"ja\",\n"
    " \"false\":\"nein\",\"time\":\"%d.%m.%Y\",\"skipLines\":2,\"trim\":true,\n"
    " \"currency\":[\"EUR\",\"$\"],\"percent\":true,\"encoding\":\"windows-1252\"},\n"
    "\"events\":[{\"name\":\"orders\",\"columns\":{\"time\":\"paid\"}},{\"name\":\"visits\"}],\n"
    "\"where\":\"country = \\\"SE\\\"\",\"mapForm\":\"object\",\n"
    "\"comparisons\":{\"baseline\":\"A\",\"allPairs\":true},\n"
    "\"alpha\":\"5%\",\"adjustment\":\"bonferroni\",\"minimum\":{\"units\":100,\"events\":10},\n"
    "\"decisionRule\":{\"and\":[{\"or\":[\"rev\",\"conv\"]},\"aov\"]},\n"
    "\"segments\":[{\"id\":\"s\",\"filter\":\"a = 1\",\"horizon\":{\"type\":\"alwaysValid\",\n"
    " \"tau\":0.5}}],\n"
    "\"metrics\":[\n"
    " {\"id\":\"rev\",\"events\":\"orders\",\"value\":\"amount\",\"aggregation\":\"sum\",\n"
    "  \"where\":\"amount > "
    "0\",\"window\":\"168h\",\"offset\":\"90m\",\"preExposureWindow\":\"2w\",\n"
    "  \"minimumDetectableEffect\":\"2.50%\",\"deterioration\":{\"alpha\":\"1%\"}},\n"
    " {\"id\":\"conv\",\"type\":\"proportion\",\"events\":\"visits\",\"deterioration\":false,\n"
    "  \"minimumDetectableEffectAbs\":\"1%\"},\n"
    " {\"id\":\"aov\",\"type\":\"ratio\",\"role\":\"guardrail\",\"events\":\"orders\",\n"
    "  "
    "\"value\":\"amount\",\"aggregation\":\"sum\",\"window\":\"7d\",\"nonInferiorityMargin\":0.01,"
    "\n"
    "  \"denominator\":{\"aggregation\":\"count\"},\n"
    "  \"horizon\":{\"type\":\"groupSequential\",\"expectedSampleSize\":1000,\n"
    "   \"plannedLooks\":5,\n"
    "   \"futility\":{\"spending\":{\"family\":\"pocock\"},\"binding\":true}}}]}";

START_TEST(later_keys_of_the_plan_arrive)
{
    struct assay_plan *plan = parse_ok(LATER);
    const struct assay_dialect *dialect = &plan->dialect;
    ck_assert(dialect->decimal == ',' && dialect->trim && dialect->percent);
    ck_assert_str_eq(dialect->thousands, ".");
    ck_assert(dialect->has_missing && dialect->missing_count == 2);
    ck_assert_str_eq(dialect->missing[1], "");
    ck_assert_str_eq(dialect->true_texts[0], "ja");
    ck_assert_str_eq(dialect->false_texts[0], "nein");
    ck_assert_str_eq(dialect->time, "%d.%m.%Y");
    ck_assert_uint_eq(dialect->skip_lines, 2);
    ck_assert_str_eq(dialect->currency[1], "$");
    ck_assert_str_eq(dialect->encoding, "windows-1252");
    ck_assert_ptr_null(dialect->group_from_file);
    ck_assert_int_eq(plan->map_form, ASSAY_MAPS_AS_OBJECT);
    ck_assert_ptr_nonnull(strstr(plan->canonical, "\"mapForm\":\"object\""));
    ck_assert_uint_eq(plan->event_count, 2);
    ck_assert_str_eq(plan->events[0].unit_column, "u");
    ck_assert_str_eq(plan->events[0].time_column, "paid");
    ck_assert_str_eq(plan->events[1].time_column, "t");
    ck_assert_str_eq(plan->where, "country = \"SE\"");
    ck_assert_int_eq(plan->scheme, ASSAY_COMPARE_ALL_PAIRS);
    ck_assert_str_eq(plan->baseline, "A");
    ck_assert(plan->alpha == 0.05);
    ck_assert_int_eq(plan->adjustment, ASSAY_DIVIDE_BONFERRONI);
    ck_assert(plan->minimum_units == 100 && plan->minimum_events == 10);
    const struct assay_rule *rule = plan->rule;
    ck_assert_int_eq(rule->kind, ASSAY_RULE_AND);
    ck_assert_uint_eq(rule->branch_count, 2);
    ck_assert_int_eq(rule->branches[0].kind, ASSAY_RULE_OR);
    ck_assert_uint_eq(rule->branches[0].branches[1].metric, 1);
    ck_assert_uint_eq(rule->branches[1].metric, 2);
    assay_plan_free(plan);
}
END_TEST

START_TEST(later_keys_of_metrics_arrive)
{
    static const int64_t HOUR = INT64_C(3600000000000);
    struct assay_plan *plan = parse_ok(LATER);
    const struct assay_metric_plan *rev = &plan->metrics[0], *conv = &plan->metrics[1];
    const struct assay_metric_plan *aov = &plan->metrics[2];
    ck_assert_ptr_eq(rev->measure.events, &plan->events[0]);
    ck_assert_int_eq(rev->measure.aggregation, ASSAY_AGGREGATE_SUM);
    ck_assert_str_eq(rev->measure.where, "amount > 0");
    ck_assert(rev->window.ns == 168 * HOUR && rev->offset.ns == HOUR * 3 / 2);
    ck_assert(rev->pre_exposure.is_set && rev->pre_exposure.ns == 336 * HOUR);
    ck_assert_int_eq(rev->reduction, ASSAY_REDUCTION_FULL);
    ck_assert(rev->effect.value == 0.025 && rev->effect.is_relative);
    ck_assert_str_eq(rev->effect.text, "0.025");
    ck_assert(rev->has_deterioration && rev->deterioration_alpha == 0.01);
    ck_assert(conv->has_deterioration && isnan(conv->deterioration_alpha));
    ck_assert_int_eq(conv->measure.aggregation, ASSAY_AGGREGATE_COUNT);
    ck_assert_ptr_null(conv->value);
    ck_assert(conv->effect.value == 0.01 && !conv->effect.is_relative);
    ck_assert(!aov->has_deterioration && aov->deterioration_alpha == 0.05);
    ck_assert_ptr_null(aov->denominator);
    ck_assert_ptr_eq(aov->denominator_measure.events, &plan->events[0]);
    ck_assert_int_eq(aov->denominator_measure.aggregation, ASSAY_AGGREGATE_COUNT);
    assay_plan_free(plan);
}
END_TEST

START_TEST(horizons_of_metrics_and_segments_go_before_the_plans)
{
    struct assay_plan *plan = parse_ok(LATER);
    const struct assay_horizon_plan *own = assay__plan_horizon(plan, 2, 0);
    ck_assert_int_eq(own->kind, ASSAY_HORIZON_GROUP_SEQUENTIAL);
    ck_assert(own->has_futility && own->futility_is_binding);
    ck_assert_int_eq(own->futility.family, ASSAY_SPENDING_POCOCK);
    ck_assert(own->spending.parameter == 2.0);
    ck_assert_int_eq(assay__plan_horizon(plan, 0, 0)->kind, ASSAY_HORIZON_ALWAYS_VALID);
    ck_assert(assay__plan_horizon(plan, 0, 0)->tau == 0.5);
    ck_assert_int_eq(assay__plan_horizon(plan, 0, ASSAY__NO_SEGMENT)->kind, ASSAY_HORIZON_FIXED);
    assay_plan_free(plan);
}
END_TEST

START_TEST(later_keys_round_trip)
{
    struct assay_plan *plan = parse_ok(LATER);
    struct assay_plan *again = parse_ok(plan->canonical);
    ck_assert_str_eq(again->canonical, plan->canonical);
    ck_assert_ptr_nonnull(strstr(plan->canonical, "\"window\":\"7d\",\"offset\":\"90m\""));
    ck_assert_ptr_nonnull(strstr(
        plan->canonical, "\"decisionRule\":{\"and\":[{\"or\":[\"rev\",\"conv\"]},\"aov\"]}"));
    ck_assert_ptr_nonnull(strstr(plan->canonical, "\"denominator\":{\"events\":\"orders\","
                                                  "\"aggregation\":\"count\"}"));
    assay_plan_free(again);
    assay_plan_free(plan);
}
END_TEST

/* A text is the beginning of a plan with one metric, or, after a comma, the end of that metric. */
static const struct bad {
    const char *text, *message;
} BAD[] = {
    {"\"alpha\":\"5\",", "alpha: This must be a number, not a string"},
    {"\"alpha\":\"500%\",", "alpha: 500% is not between 0 and 1"},
    {"\"horizon\":{\"type\":\"alwaysValid\",\"optimalSampleSize\":\"5%\"},", "must be a number"},
    {"\"format\":{\"decimal\":\";\"},", "format.decimal: This must be \".\" or \",\""},
    {"\"format\":{\"decimal\":\",\",\"thousands\":\",\"},", "the decimal mark too"},
    {"\"format\":{\"thousands\":\"ab\"},", "one character"},
    {"\"format\":{\"false\":\"n\"},", "needs \"true\" beside it"},
    {"\"format\":{\"true\":\"y\",\"false\":[\"n\",\"y\"]},", "'y' is in \"true\" too"},
    {"\"format\":{\"missing\":\"n\",\"true\":\"y\",\"false\":\"n\"},", "'n' is in \"false\" too"},
    {"\"format\":{\"missing\":[]},", "name at least one"},
    {"\"format\":{\"time\":\"dd.mm.yyyy\"},", "must be a form such as"},
    {"\"format\":{\"skipLines\":-1},", "a whole number from 0 to 1000"},
    {"\"format\":{\"encoding\":\"a b\"},", "not the name of an encoding"},
    {"\"format\":{\"groupFromFile\":\"a.csv\"},", "one * stands for the group"},
    {"\"format\":{\"groupFromFile\":\"*-*.csv\"},", "one * stands for the group"},
    {"\"where\":\"a <\",", "where: "},
    {"\"events\":[{\"name\":\"o\"},{\"name\":\"o\"}],", "'o' is there twice"},
    {"\"minimum\":{\"units\":0},", "a whole number from 1"},
    {"\"adjustment\":\"holm\",", "not one of decision, bonferroni or none"},
    {"\"decisionRule\":\"x\",", "decisionRule: 'x' is not the id of a metric"},
    {"\"decisionRule\":{\"and\":[\"m\",\"m\"]},", "decisionRule.and[1]: 'm' is in the rule twice"},
    {"\"decisionRule\":{\"or\":[]},", "decisionRule.or: The list is empty"},
    {"\"decisionRule\":{\"not\":\"m\"},", "must be the id of a metric"},
    {"\"decisionRule\":3,", "must be the id of a metric"},
    {"\"decisionRule\":\"m\",\"metrics\":[{\"id\":\"m\",\"role\":\"deterioration\"}]}",
     "is a deterioration metric"},
    {"\"horizon\":{\"type\":\"alwaysValid\",\"optimalSampleSize\":9,\"tau\":1},", "keep one"},
    {"\"horizon\":{\"type\":\"fixed\",\"tau\":1},", "belongs to a horizon of type \"alwaysValid\""},
    {",\"events\":\"orders\",\"aggregation\":\"sum\"", "'orders' is not the name of an entry"},
    {",\"include\":\"x.json#a\"", "Only a plan that is a file can include"},
    {",\"window\":\"7\"", "not a length of time"},
    {",\"window\":\"0\"", "longer than 0"},
    {",\"window\":\"9999d\"", "not a length of time"},
    {",\"preExposureWindow\":\"7d\"", "needs \"events\""},
    {",\"where\":\"a = 1\"", "needs an \"aggregation\""},
    {",\"role\":\"guardrail\",\"deterioration\":false", "would leave nothing to test"},
    {",\"role\":\"deterioration\",\"deterioration\":false", "would leave nothing to test"},
    {",\"deterioration\":{\"alpha\":0}", "0 is not between 0 and 1"},
    {",\"minimumDetectableEffectAbs\":\"1%\"", "Only a proportion"},
    {",\"type\":\"ratio\",\"denominator\":{\"aggregation\":\"sum\"}",
     "\"value\", a column, is missing"},
};

START_TEST(bad_later_keys_are_named)
{
    const struct bad *bad = &BAD[_i];
    char text[1024];
    bool is_whole = strstr(bad->text, "\"metrics\"") != NULL, is_metric = bad->text[0] == ',';
    snprintf(text, sizeof text, "{%s%s%s%s", is_metric ? "" : bad->text,
             is_whole ? "" : "\n\"metrics\":[{\"id\":\"m\"", is_metric ? bad->text : "",
             is_whole ? "" : "}]}");
    struct assay_plan *plan = NULL;
    struct assay_error err = {.code = ASSAY_OK};
    enum assay_status status = assay_plan_parse(text, strlen(text), "p.json", &plan, &err);
    ck_assert_msg(status == ASSAY_ERROR_PLAN, "%s: status %d", text, (int)status);
    ck_assert_msg(strstr(err.message, bad->message) != NULL, "%s: %s", text, err.message);
    ck_assert_uint_gt(err.line, 0);
    ck_assert_ptr_null(plan);
}
END_TEST

static const struct bad EVENTS[] = {
    {"\"events\":\"o\",\"aggregation\":\"sum\",\"horizon\":{\"type\":\"groupSequential\","
     "\"expectedSampleSize\":9}",
     "does not allow"},
    {"\"events\":\"o\"", "Events need an \"aggregation\""},
    {"\"events\":\"o\",\"type\":\"proportion\",\"aggregation\":\"mean\"",
     "the aggregation is count or sum"},
    {"\"events\":\"o\",\"aggregation\":\"sum\",\"preExposureWindow\":\"0\"", "longer than 0"},
    {"\"events\":\"o\",\"aggregation\":\"sum\",\"type\":\"ratio\",\"denominator\":\"m\"",
     "same column"},
    {"\"events\":\"o\",\"aggregation\":\"sum\",\"type\":\"ratio\",\"denominator\":{\"value\":"
     "\"m\"}",
     "Events need an \"aggregation\""},
};

START_TEST(bad_events_are_named)
{
    char text[512];
    snprintf(text, sizeof text, "{\"events\":[{\"name\":\"o\"}],\"metrics\":[{\"id\":\"m\",%s}]}",
             EVENTS[_i].text);
    struct assay_plan *plan = NULL;
    struct assay_error err = {.code = ASSAY_OK};
    ck_assert_int_eq(assay_plan_parse(text, strlen(text), "p", &plan, &err), ASSAY_ERROR_PLAN);
    ck_assert_msg(strstr(err.message, EVENTS[_i].message) != NULL, "%s: %s", text, err.message);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, keys_are_in_the_manual);
    tcase_add_test(cases, keys_have_sentences_and_one_name);
    tcase_add_test(cases, canonical_text_of_old_plans_stays);
    tcase_add_test(cases, later_keys_of_the_plan_arrive);
    tcase_add_test(cases, later_keys_of_metrics_arrive);
    tcase_add_test(cases, horizons_of_metrics_and_segments_go_before_the_plans);
    tcase_add_test(cases, later_keys_round_trip);
    tcase_add_loop_test(cases, bad_later_keys_are_named, 0, (int)(sizeof BAD / sizeof *BAD));
    tcase_add_loop_test(cases, bad_events_are_named, 0, (int)(sizeof EVENTS / sizeof *EVENTS));
}

int main(void)
{
    return test_main("plan_keys", add);
}
