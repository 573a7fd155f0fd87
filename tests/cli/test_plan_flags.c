/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include "cli/plan_flags.h"

static const struct option NONE = {NULL, 0, NULL, 0};

enum { WORDS_MAX = 32 };

/* Builds the plan of a command line; words end with NULL. */
static enum assay_status build(const char *const *words, struct assay_plan **plan,
                               struct assay_error *err)
{
    char *argv[WORDS_MAX] = {NULL};
    char copies[WORDS_MAX][256];
    int argc = 1, option;
    struct plan_flags flags = {0};
    snprintf(copies[0], sizeof copies[0], "assay");
    argv[0] = copies[0];
    for (; *words != NULL; words++, argc++) {
        ck_assert_int_lt(argc, WORDS_MAX - 1);
        ck_assert_uint_lt(strlen(*words), sizeof copies[0]);
        memcpy(copies[argc], *words, strlen(*words) + 1);
        argv[argc] = copies[argc];
    }
    struct option options[PLAN_OPTIONS_MAX];
    plan_flags_options(&NONE, options);
    optind = 0;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
        ck_assert(plan_flags_take(&flags, option, optarg));
    ck_assert_int_eq(optind, argc);
    enum assay_status status = plan_flags_build(&flags, plan, err);
    plan_flags_release(&flags);
    return status;
}

static struct assay_plan *build_ok(const char *const *words)
{
    struct assay_plan *plan = NULL;
    struct assay_error err = {.code = ASSAY_OK};
    assert_ok(build(words, &plan, &err), &err);
    return plan;
}

#define BUILD(...) build_ok((const char *const[]){__VA_ARGS__, NULL})

static int option_of(const char *name)
{
    struct option options[PLAN_OPTIONS_MAX];
    size_t i = 0;
    plan_flags_options(&NONE, options);
    while (strcmp(options[i].name, name) != 0)
        i++;
    return options[i].val;
}

START_TEST(flags_take_only_their_own)
{
    struct plan_flags flags = {0};
    ck_assert(!plan_flags_take(&flags, 'x', "1"));
    ck_assert(!plan_flags_take(&flags, PLAN_FLAG_FIRST - 1, "1"));
    ck_assert(!plan_flags_take(&flags, PLAN_FLAG_FIRST + PLAN_FLAGS_MAX - 1, "1"));
    ck_assert(plan_flags_take(&flags, option_of("alpha"), "0.1"));
    ck_assert(plan_flags_take(&flags, option_of("alpha"), "0.2"));
    ck_assert(plan_flags_take(&flags, option_of("all-pairs"), NULL));
    ck_assert_str_eq(plan_flags_given(&flags, "alpha"), "0.2");
    ck_assert_str_eq(plan_flags_given(&flags, "all-pairs"), "");
    ck_assert_ptr_null(plan_flags_given(&flags, "power"));
    plan_flags_release(&flags);
    ck_assert_uint_eq(flags.count, 0);
}
END_TEST

START_TEST(flags_make_a_plan_alone)
{
    struct assay_plan *plan = BUILD("--group", "treatment", "--baseline", "No E-Mail", "--metric",
                                    "spend", "--proportion=visit");
    ck_assert_str_eq(plan->group_column, "treatment");
    ck_assert_int_eq(plan->scheme, ASSAY_COMPARE_BASELINE);
    ck_assert_str_eq(plan->baseline, "No E-Mail");
    ck_assert_uint_eq(plan->metric_count, 2);
    ck_assert_str_eq(plan->metrics[0].id, "spend");
    ck_assert_int_eq(plan->metrics[0].type, ASSAY_METRIC_MEAN);
    ck_assert_int_eq(plan->metrics[1].type, ASSAY_METRIC_PROPORTION);
    assay_plan_free(plan);
}
END_TEST

START_TEST(flags_of_the_design_arrive)
{
    struct assay_plan *plan =
        BUILD("--metric=m", "--unit=u", "--time=t", "--alpha=0.1", "--power=0.9",
              "--deterioration-alpha=0.02", "--multiplicity=perMetric", "--srm-alpha=0.01",
              "--srm-method=sequential", "--srm-tolerance=0.001", "--relative=log", "--test=t",
              "--skewness-correction=johnson", "--as-of=2026-11-23");
    ck_assert_str_eq(plan->unit_column, "u");
    ck_assert_str_eq(plan->time_column, "t");
    ck_assert(plan->alpha == 0.1 && plan->power == 0.9 && plan->deterioration_alpha == 0.02);
    ck_assert_int_eq(plan->multiplicity, ASSAY_MULTIPLICITY_PER_METRIC);
    ck_assert(plan->srm.alpha == 0.01 && plan->srm.tolerance == 0.001);
    ck_assert_int_eq(plan->srm.method, ASSAY_SRM_SEQUENTIAL);
    ck_assert_int_eq(plan->relative, ASSAY_RELATIVE_LOG);
    ck_assert_int_eq(plan->test, ASSAY_TEST_T);
    ck_assert_int_eq(plan->skewness, ASSAY_SKEWNESS_JOHNSON);
    ck_assert(plan->has_as_of);
    assay_plan_free(plan);
    plan = BUILD("--metric=m", "--deterioration-alpha=off", "--all-pairs");
    ck_assert(isnan(plan->deterioration_alpha));
    ck_assert_int_eq(plan->scheme, ASSAY_COMPARE_ALL_PAIRS);
    assay_plan_free(plan);
}
END_TEST

START_TEST(flags_of_format_and_decision_arrive)
{
    struct assay_plan *plan =
        BUILD("--metric=m", "--decimal=,", "--thousands=.", "--missing-text=-",
              "--missing-text=", "--true=ja", "--false=nein", "--time-format=%d.%m.%Y",
              "--skip-lines=3", "--trim", "--currency=EUR", "--percent", "--encoding=latin1",
              "--where=a = 1", "--granularity=day", "--adjustment=none", "--minimum=50,9",
              "--horizon=groupSequential", "--expected-sample-size=1e4", "--spending=power:3",
              "--planned-looks=5", "--all-pairs", "--baseline=A");
    const struct assay_dialect *dialect = &plan->dialect;
    ck_assert(dialect->decimal == ',' && dialect->trim && dialect->percent);
    ck_assert_str_eq(dialect->thousands, ".");
    ck_assert_uint_eq(dialect->missing_count, 2);
    ck_assert_str_eq(dialect->missing[1], "");
    ck_assert_str_eq(dialect->true_texts[0], "ja");
    ck_assert_str_eq(dialect->time, "%d.%m.%Y");
    ck_assert_uint_eq(dialect->skip_lines, 3);
    ck_assert_str_eq(dialect->currency[0], "EUR");
    ck_assert_str_eq(dialect->encoding, "latin1");
    ck_assert_str_eq(plan->where, "a = 1");
    ck_assert_int_eq(plan->granularity, ASSAY_GRANULARITY_DAY);
    ck_assert_int_eq(plan->adjustment, ASSAY_DIVIDE_NONE);
    ck_assert(plan->minimum_units == 50 && plan->minimum_events == 9);
    ck_assert_int_eq(plan->horizon.kind, ASSAY_HORIZON_GROUP_SEQUENTIAL);
    ck_assert(plan->horizon.spending.parameter == 3.0 && plan->horizon.planned_looks == 5);
    ck_assert_int_eq(plan->scheme, ASSAY_COMPARE_ALL_PAIRS);
    ck_assert_str_eq(plan->baseline, "A");
    assay_plan_free(plan);
}
END_TEST

START_TEST(flags_of_events_arrive)
{
    struct assay_plan *plan =
        BUILD("--unit=u", "--time=t", "--events=orders=a.csv,b.csv", "--events=orders=c.csv",
              "--events=o\\=p=d.csv", "--event-time=orders=ordered_at", "--event-unit=o\\=p=who",
              "--metric=amount:events=orders,aggregation=sum,window=7d,offset=1h,"
              "pre-exposure-window=14d,where=amount > 0,deterioration=1%,horizon=alwaysValid,tau=2",
              "--metric=n:events=orders,aggregation=count,value=,deterioration=off",
              "--metrics=tests/data/definitions.json#buyers");
    ck_assert_uint_eq(plan->event_count, 2);
    ck_assert_str_eq(plan->events[1].name, "o=p");
    ck_assert_str_eq(plan->events[0].time_column, "ordered_at");
    ck_assert_str_eq(plan->events[0].unit_column, "u");
    ck_assert_str_eq(plan->events[1].unit_column, "who");
    ck_assert_uint_eq(plan->metric_count, 3);
    const struct assay_metric_plan *amount = &plan->metrics[0], *n = &plan->metrics[1];
    ck_assert_ptr_eq(amount->measure.events, &plan->events[0]);
    ck_assert_str_eq(amount->measure.where, "amount > 0");
    ck_assert(amount->pre_exposure.is_set && amount->window.is_set && amount->offset.is_set);
    ck_assert(amount->deterioration_alpha == 0.01);
    ck_assert(amount->has_horizon && amount->horizon.tau == 2.0);
    ck_assert_ptr_null(n->value);
    ck_assert(n->has_deterioration && isnan(n->deterioration_alpha));
    ck_assert_str_eq(plan->metrics[2].value, "conversion");
    assay_plan_free(plan);
}
END_TEST

START_TEST(event_files_are_listed_in_order)
{
    struct plan_flags flags = {0};
    struct assay_plan *plan = NULL;
    struct assay_error err = {.code = ASSAY_OK};
    struct plan_event_file *files = NULL;
    size_t count = 1;
    ck_assert(plan_flags_take(&flags, option_of("metric"), "m"));
    ck_assert(plan_flags_take(&flags, option_of("events"), "visits=a.csv,b\\,c.csv"));
    ck_assert(plan_flags_take(&flags, option_of("events"), "orders=d.csv"));
    assert_ok(plan_flags_build(&flags, &plan, &err), &err);
    assert_ok(plan_flags_event_files(&flags, plan, &files, &count, &err), &err);
    ck_assert_uint_eq(count, 3);
    ck_assert_str_eq(files[0].path, "a.csv");
    ck_assert_str_eq(files[1].path, "b,c.csv");
    ck_assert_ptr_eq(files[1].events, &plan->events[0]);
    ck_assert_str_eq(files[2].path, "d.csv");
    ck_assert_ptr_eq(files[2].events, &plan->events[1]);
    free(files);
    plan_flags_release(&flags);
    assert_ok(plan_flags_event_files(&flags, plan, &files, &count, &err), &err);
    ck_assert(files == NULL && count == 0);
    assay_plan_free(plan);
}
END_TEST

START_TEST(flags_of_names_and_lists_arrive)
{
    struct assay_plan *plan = BUILD(
        "--metric=m", "--parent=workflows/w/instances/i", "--id=an-id", "--exposure-filter=ef",
        "--label=k=v=w", "--label=l=", "--dimension=a", "--dimension=b c",
        "--segment=web=channel = \"Web\"", "--weights=A\\,1=1,B\\=2=2.5", "--compare=A\\,1:B=2");
    ck_assert_str_eq(plan->parent, "workflows/w/instances/i");
    ck_assert_str_eq(plan->analysis_result_id, "an-id");
    ck_assert_str_eq(plan->exposure_filter, "ef");
    ck_assert_uint_eq(plan->label_count, 2);
    ck_assert_str_eq(plan->labels[0].key, "k");
    ck_assert_str_eq(plan->labels[0].value, "v=w");
    ck_assert_str_eq(plan->labels[1].value, "");
    ck_assert_uint_eq(plan->dimension_count, 2);
    ck_assert_str_eq(plan->dimensions[1], "b c");
    ck_assert_str_eq(plan->segments[0].id, "web");
    ck_assert_str_eq(plan->segments[0].filter, "channel = \"Web\"");
    ck_assert_uint_eq(plan->group_count, 2);
    ck_assert_str_eq(plan->groups[0].id, "A,1");
    ck_assert_str_eq(plan->groups[1].id, "B=2");
    ck_assert(plan->groups[1].weight == 2.5);
    ck_assert_uint_eq(plan->pair_count, 1);
    ck_assert_str_eq(plan->pairs[0].baseline, "A,1");
    ck_assert_str_eq(plan->pairs[0].compared, "B=2");
    assay_plan_free(plan);
}
END_TEST

START_TEST(flags_of_metrics_take_attributes)
{
    struct assay_plan *plan =
        BUILD("--metric=spend:role=guardrail,margin=0.02,direction=decrease,"
              "covariates=history+recency,missing=zero,upper=1e3,lower-quantile=0.01",
              "--ratio=clicks/views:mde-abs=0.5,id=ctr,reduction=none,covariates=x",
              "--metric=a\\:b:window=7d,offset=1h,aggregation=sum");
    const struct assay_metric_plan *spend = &plan->metrics[0], *ctr = &plan->metrics[1];
    ck_assert_int_eq(spend->role, ASSAY_ROLE_GUARDRAIL);
    ck_assert(spend->margin.is_relative && spend->margin.value == 0.02);
    ck_assert_int_eq(spend->direction, ASSAY_DIRECTION_DECREASE);
    ck_assert_uint_eq(spend->covariate_count, 2);
    ck_assert_str_eq(spend->covariates[1], "recency");
    ck_assert_int_eq(spend->reduction, ASSAY_REDUCTION_FULL);
    ck_assert_int_eq(spend->missing, ASSAY_MISSING_ZERO);
    ck_assert_str_eq(spend->cap.upper, "1e3");
    ck_assert(spend->cap.lower_quantile == 0.01);
    ck_assert_str_eq(ctr->id, "ctr");
    ck_assert_str_eq(ctr->value, "clicks");
    ck_assert_str_eq(ctr->denominator, "views");
    ck_assert(!ctr->effect.is_relative && ctr->effect.value == 0.5);
    ck_assert_int_eq(ctr->reduction, ASSAY_REDUCTION_NONE);
    ck_assert_str_eq(plan->metrics[2].value, "a:b");
    ck_assert(plan->metrics[2].window.ns == INT64_C(7) * 86400 * 1000000000);
    assay_plan_free(plan);
}
END_TEST

START_TEST(flags_for_all_metrics_leave_what_is_said)
{
    struct assay_plan *plan = BUILD("--metric=a", "--covariate=x", "--covariate=y",
                                    "--metric=b:"
                                    "covariates=z,reduction=full,missing=drop",
                                    "--reduction=pooled", "--missing=zero");
    ck_assert_uint_eq(plan->metrics[0].covariate_count, 2);
    ck_assert_str_eq(plan->metrics[0].covariates[1], "y");
    ck_assert_int_eq(plan->metrics[0].reduction, ASSAY_REDUCTION_POOLED);
    ck_assert_int_eq(plan->metrics[0].missing, ASSAY_MISSING_ZERO);
    ck_assert_uint_eq(plan->metrics[1].covariate_count, 1);
    ck_assert_int_eq(plan->metrics[1].reduction, ASSAY_REDUCTION_FULL);
    ck_assert_int_eq(plan->metrics[1].missing, ASSAY_MISSING_DROP);
    assay_plan_free(plan);
}
END_TEST

/* Flags of one value replace the file's, lists are added to, metrics are changed in place. */
START_TEST(flags_are_laid_over_a_file)
{
    struct assay_plan *plan =
        BUILD("--plan=data/hillstrom.plan.json", "--alpha=0.1", "--dimension=zip_code",
              "--baseline=Mens E-Mail", "--metric=spend:margin-abs=0.5,covariates=history",
              "--metric=visit:role=guardrail", "--metric=recency", "--label=k=v");
    ck_assert(plan->alpha == 0.1 && plan->power == 0.8);
    ck_assert_str_eq(plan->group_column, "treatment");
    ck_assert_str_eq(plan->baseline, "Mens E-Mail");
    ck_assert_uint_eq(plan->dimension_count, 3);
    ck_assert_str_eq(plan->dimensions[2], "zip_code");
    ck_assert_uint_eq(plan->label_count, 3);
    ck_assert_uint_eq(plan->metric_count, 5);
    ck_assert_int_eq(plan->metrics[0].type, ASSAY_METRIC_PROPORTION); /* stays */
    ck_assert_int_eq(plan->metrics[0].role, ASSAY_ROLE_GUARDRAIL);
    ck_assert(!plan->metrics[2].margin.is_relative && plan->metrics[2].margin.value == 0.5);
    ck_assert_uint_eq(plan->metrics[2].covariate_count, 1);
    ck_assert_str_eq(plan->metrics[4].id, "recency");
    assay_plan_free(plan);
}
END_TEST

START_TEST(flags_and_file_that_say_the_same_are_one_plan)
{
    struct assay_plan *flags = BUILD("--metric=m:mde=0.1", "--group=g", "--baseline=A");
    const char *text = "{\"columns\":{\"group\":\"g\"},\"comparisons\":{\"baseline\":\"A\"},"
                       "\"metrics\":[{\"id\":\"m\",\"minimumDetectableEffect\":0.1}]}";
    struct assay_plan *file = NULL;
    struct assay_error err = {.code = ASSAY_OK};
    assert_ok(assay_plan_parse(text, strlen(text), "p", &file, &err), &err);
    ck_assert_str_eq(flags->canonical, file->canonical);
    assay_plan_free(flags);
    assay_plan_free(file);
}
END_TEST

struct bad {
    const char *words[5];
    const char *message; /* a part of it */
};

static const struct bad BAD[] = {
    {{"--alpha=0.1"}, "There is nothing to measure"},
    {{"--metric=m", "--alpha=x"}, "--alpha x: 'x' is not a number"},
    {{"--metric=m", "--alpha=0x1p-3"}, "--alpha 0x1p-3: '0x1p-3' is not a number"},
    {{"--metric=m", "--alpha=2"}, "--alpha 2: 2 is not between 0 and 1"},
    {{"--metric=m", "--alpha="}, "--alpha: '' is not a number"},
    {{"--metric=m", "--test=welch"}, "--test welch: 'welch' is not one of z or t"},
    {{"--metric=m", "--group="}, "--group: This must not be empty"},
    {{"--metric=m", "--unit=\xFF"}, "--unit: The value is not UTF-8"},
    {{"--metric=:role=success"}, "The column is missing"},
    {{"--metric=m:rol=success"}, "A metric has no 'rol'; did you mean 'role'?"},
    {{"--metric=m:role"}, "'role' is not of the form NAME=VALUE"},
    {{"--metric=m:role=sucess"}, "--metric m:role=sucess: 'sucess' is not one of"},
    {{"--metric=m:margin=0.1"}, "Only guardrails have a margin"},
    {{"--metric=m:mde=five"}, "'five' is not a number"},
    {{"--metric=m", "--proportion=m"}, "'m' is there already (--metric m)"},
    {{"--ratio=a"}, "A ratio is two columns"},
    {{"--ratio=a/"}, "A ratio is two columns"},
    {{"--metric=m", "--events=orders"}, "--events orders: Events are a name and their files"},
    {{"--metric=m", "--event-time=ts"}, "--event-time ts: Give the events' name and their column"},
    {{"--metric=m", "--event-unit=orders="}, "Give the events' name and their column"},
    {{"--metric=m", "--decimal=;"}, "--decimal ;: This must be"},
    {{"--metric=m", "--minimum=x"}, "--minimum x: 'x' is not a number"},
    {{"--metric=m:window=soon"}, "not a length of time"},
    {{"--metric=m", "--tau=1"}, "--tau 1: \"type\" is missing here"},
    {{"--metric=m", "--compare=A:B", "--all-pairs"},
     "--compare A:B: Give \"baseline\", \"allPairs\""},
    {{"--metric=m", "--compare=A"}, "--compare A: This must look like BASE:GROUP"},
    {{"--metric=m", "--compare=A:A"}, "--compare A:A: A group cannot be compared with itself"},
    {{"--metric=m", "--compare=A:B", "--compare=B:A"}, "--compare B:A: 'B' and 'A' are compared"},
    {{"--metric=m", "--weights=A,B"}, "Weights look like A=1,B=2"},
    {{"--metric=m", "--weights=A=1,B=-1"}, "-1 is not at least 0"},
    {{"--metric=m", "--weights=A=0,B=0"}, "All weights are 0"},
    {{"--metric=m", "--weights=A=1,B=1", "--baseline=C"}, "--baseline C: 'C' is not"},
    {{"--metric=m", "--dimension=a", "--dimension=a"}, "--dimension a: 'a' is there twice"},
    {{"--metric=m", "--segment=web"}, "--segment web: This must look like ID=FILTER"},
    {{"--metric=m", "--segment=web=a <"}, "--segment web=a <: "},
    {{"--metric=m", "--label=k"}, "--label k: This must look like KEY=VALUE"},
    {{"--metric=m", "--reduction=full"}, "No metric takes this"},
    {{"--metric=m:missing=zero", "--missing=drop"}, "No metric takes this"},
    {{"--metric=m", "--covariate=m"}, "A metric cannot be its own covariate"},
    {{"--metric=m", "--covariate=m", "--covariate=x"}, "--covariate m: A metric cannot be its own"},
    {{"--metric=m", "--covariate=x", "--covariate=m"}, "--covariate m: A metric cannot be its own"},
    {{"--metric=m", "--covariate=x", "--covariate=x"}, "--covariate x: 'x' is there twice"},
    {{"--metric=m", "--deterioration-alpha=on"}, "0.05, or off; 'on' is neither"},
    {{"--metric=m", "--parent=w"}, "--parent w: This must look like"},
};

START_TEST(flags_bad_values_name_the_flag)
{
    const struct bad *bad = &BAD[_i];
    struct assay_plan *plan = NULL;
    struct assay_error err = {.code = ASSAY_OK};
    ck_assert_int_eq(build(bad->words, &plan, &err), ASSAY_ERROR_USAGE);
    ck_assert_msg(strstr(err.message, bad->message) != NULL, "%s", err.message);
    ck_assert_str_eq(err.file, "");
    ck_assert_ptr_null(plan);
}
END_TEST

START_TEST(flags_errors_of_the_file_keep_their_place)
{
    struct assay_plan *plan = NULL;
    struct assay_error err = {.code = ASSAY_OK};
    const char *const none[] = {"--plan=data/none.json", "--metric=m", NULL};
    ck_assert_int_eq(build(none, &plan, &err), ASSAY_ERROR_NO_INPUT);
    const char *const table[] = {"--plan=data/hillstrom.csv", NULL};
    ck_assert_int_eq(build(table, &plan, &err), ASSAY_ERROR_PLAN);
    ck_assert_str_eq(err.file, "data/hillstrom.csv");
    ck_assert_uint_eq(err.line, 1);
    const char *const mixed[] = {"--plan=data/hillstrom.plan.json", "--weights=A=1,B=1", NULL};
    ck_assert_int_eq(build(mixed, &plan, &err), ASSAY_ERROR_PLAN);
    ck_assert_str_eq(err.file, "data/hillstrom.plan.json");
    ck_assert_ptr_nonnull(strstr(err.message, "comparisons.baseline: 'No E-Mail' is not"));
}
END_TEST

START_TEST(flags_long_values_leave_room_for_the_message)
{
    char word[256] = "--test=";
    memset(word + 7, 'y', 240);
    memcpy(word + 105, "\xC3\xA4\xC3\xA4", 4);
    const char *const words[] = {"--metric=m", word, NULL};
    struct assay_plan *plan = NULL;
    struct assay_error err = {.code = ASSAY_OK};
    ck_assert_int_eq(build(words, &plan, &err), ASSAY_ERROR_USAGE);
    ck_assert_ptr_nonnull(strstr(err.message, "...: '"));
    ck_assert_ptr_nonnull(strstr(err.message, "not one of z or t"));
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, flags_take_only_their_own);
    tcase_add_test(cases, flags_make_a_plan_alone);
    tcase_add_test(cases, flags_of_the_design_arrive);
    tcase_add_test(cases, flags_of_format_and_decision_arrive);
    tcase_add_test(cases, flags_of_events_arrive);
    tcase_add_test(cases, event_files_are_listed_in_order);
    tcase_add_test(cases, flags_of_names_and_lists_arrive);
    tcase_add_test(cases, flags_of_metrics_take_attributes);
    tcase_add_test(cases, flags_for_all_metrics_leave_what_is_said);
    tcase_add_test(cases, flags_are_laid_over_a_file);
    tcase_add_test(cases, flags_and_file_that_say_the_same_are_one_plan);
    tcase_add_loop_test(cases, flags_bad_values_name_the_flag, 0, (int)(sizeof BAD / sizeof *BAD));
    tcase_add_test(cases, flags_errors_of_the_file_keep_their_place);
    tcase_add_test(cases, flags_long_values_leave_room_for_the_message);
}

int main(void)
{
    return test_main("plan_flags", add);
}
