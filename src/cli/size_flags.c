/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The flags of `assay size`. */
#include "cli/size_flags.h"

#include <float.h>
#include <getopt.h>
#include <math.h>
#include <string.h>

#include "cli/cli.h"
#include "stats/metric/metric.h"

/* FLAG_LIST: every flag as X(ID, "name"); all but help take a value. */
#define FLAG_LIST(X)                                                                               \
    X(MEAN, "mean")                                                                                \
    X(VARIANCE, "variance")                                                                        \
    X(SD, "sd")                                                                                    \
    X(BASELINE_RATE, "baseline-rate")                                                              \
    X(DATA, "data")                                                                                \
    X(METRIC, "metric")                                                                            \
    X(PROPORTION, "proportion")                                                                    \
    X(DENOMINATOR, "denominator")                                                                  \
    X(COVARIATE, "covariate")                                                                      \
    X(MDE, "mde")                                                                                  \
    X(MDE_ABS, "mde-abs")                                                                          \
    X(MARGIN, "margin")                                                                            \
    X(MARGIN_ABS, "margin-abs")                                                                    \
    X(SIZE, "size")                                                                                \
    X(POWER, "power")                                                                              \
    X(ALPHA, "alpha")                                                                              \
    X(SIDE, "side")                                                                                \
    X(DIRECTION, "direction")                                                                      \
    X(WEIGHTS, "weights")                                                                          \
    X(TEST, "test")                                                                                \
    X(METHOD, "method")                                                                            \
    X(REDUCTION, "reduction")                                                                      \
    X(SUCCESS, "success")                                                                          \
    X(GUARDRAILS, "guardrails")                                                                    \
    X(COMPARISONS, "comparisons")                                                                  \
    X(FORMAT, "format")

enum flag {
    FLAG_HELP = CLI_OPTION_FIRST,
#define FLAG_ENUM(id, name) FLAG_##id,
    FLAG_LIST(FLAG_ENUM)
#undef FLAG_ENUM
};

static const char *const NAMES[] = {
#define FLAG_NAME(id, name) [FLAG_##id - FLAG_HELP] = name,
    FLAG_LIST(FLAG_NAME)
#undef FLAG_NAME
};

static const struct option OPTIONS[] = {
#define FLAG_OPTION(id, name) {name, required_argument, NULL, FLAG_##id},
    FLAG_LIST(FLAG_OPTION)
#undef FLAG_OPTION
        {"help", no_argument, NULL, FLAG_HELP},
    {NULL, 0, NULL, 0}};

static const char HELP[] =
    "usage: assay size [OPTION...]\n\n"
    "How many units does a test need, what power does it have, what effect does it find?\n\n"
    "  assay size --baseline-rate 5% --mde 2%,5% --power 0.8,0.9     units needed\n"
    "  assay size --mean 10 --sd 30 --mde 1% --size 200000           power\n"
    "  assay size --mean 10 --sd 30 --power 0.8 --size 200000        effect found\n\n"
    "metric, one of:\n"
    "  --mean=M --variance=V    a mean; --sd=S instead of --variance. V,V2 for two groups\n"
    "                           that differ: baseline, compared\n"
    "  --baseline-rate=P        a proportion\n"
    "  --data=FILE              a CSV of history, one row per unit, with\n"
    "    --metric=COLUMN        a mean per unit, or\n"
    "    --proportion=COLUMN    a share of units\n"
    "    --denominator=COLUMN   with --metric: the ratio of both columns' sums\n"
    "    --covariate=COLUMN     pre-exposure covariate that reduces variance; may be repeated\n"
    "\nquestion (R is 0.02 or 2%; lists separated by commas make a grid):\n"
    "  --mde=R                  effect relative to the mean; --mde-abs=D in metric units\n"
    "  --margin=R               non-inferiority margin; --margin-abs=D in metric units\n"
    "  --size=N                 total units: asks for the power at an effect or margin,\n"
    "                           or, with neither, for the effect found with --power\n"
    "  --power=P                wanted power, default 0.8\n"
    "\ntest:\n"
    "  --alpha=A                false-positive rate, default 0.05\n"
    "  --side=NAME              one (default) or two. Power is the probability of a significant\n"
    "                           effect in the wanted direction, also with two sides\n"
    "  --direction=NAME         increase (default) or decrease is wanted\n"
    "  --weights=A,B            planned weights of baseline and compared group, default 1,1\n"
    "  --test=NAME              z (default), or t: Welch, by the exact noncentral t\n"
    "  --method=NAME            proportions: unpooled (default), pooled or arcsine\n"
    "  --reduction=R            share of the variance that covariates take away\n"
    "  --success=S --guardrails=G --comparisons=C\n"
    "                           metrics that decide and comparisons: alpha is divided by C S\n"
    "                           (with a margin by C), beta by G + min(S, 1)\n"
    "\n  --format=NAME            table (default), detail (JSON) or csv\n" CLI_COMMON_HELP;

/* ---- reading --------------------------------------------------------------------------------- */

static int take_list(struct args_where where, enum args_kind kind, const char *value,
                     struct size_list *list)
{
    return args_numbers(where, kind, value, SIZE_LIST_MAX, list->values, &list->count);
}

static int take_totals(struct args_where where, const char *value, struct size_list *list)
{
    uint64_t counts[SIZE_LIST_MAX];
    int code = args_counts(where, value, SIZE_LIST_MAX, counts, &list->count);
    for (size_t i = 0; code == 0 && i < list->count; i++) {
        if (counts[i] < 4)
            return cli_usage_error("size", "--size: at least 4 units are needed, 2 a group");
        list->values[i] = (double)counts[i];
    }
    return code;
}

static int take_count(struct args_where where, const char *value, uint64_t *count, bool *has)
{
    size_t values;
    *has = true;
    int code = args_counts(where, value, 1, count, &values);
    if (code == 0 && *count > 1000000)
        return cli_usage_error("size", "--%s: %s is too many", where.flag, value);
    return code;
}

static int take_pair(struct args_where where, const char *value, double pair[2])
{
    size_t count;
    int code = args_numbers(where, ARGS_EFFECT, value, 2, pair, &count);
    if (code == 0 && count != 2)
        return cli_usage_error("size", "--%s needs two values, as in 1,1", where.flag);
    return code;
}

static int take_history(struct size_flags *flags, int option, const char *value)
{
    struct size_history *history = &flags->history;
    if (option == FLAG_DATA) {
        history->path = value;
    } else if (option == FLAG_DENOMINATOR) {
        history->denominator = value;
    } else if (option == FLAG_COVARIATE) {
        if (history->covariate_count == ASSAY_COVARIATES_MAX)
            return cli_usage_error("size", "--covariate: more than %d covariates",
                                   (int)ASSAY_COVARIATES_MAX);
        history->covariates[history->covariate_count++] = value;
    } else {
        if (history->column != NULL)
            return cli_usage_error("size", "only one --metric or --proportion can be planned");
        history->column = value;
        history->is_share = option == FLAG_PROPORTION;
    }
    return 0;
}

static int take_choice(struct size_flags *flags, int option, const char *value)
{
    static const char *const SIDES[] = {"one", "two", NULL};
    static const char *const DIRECTIONS[] = {"increase", "decrease", NULL};
    static const char *const TESTS[] = {"z", "t", NULL};
    static const char *const METHODS[] = {"unpooled", "pooled", "arcsine", NULL};
    struct args_where where = {"size", NAMES[option - FLAG_HELP]};
    switch (option) {
    case FLAG_SIDE:
        return args_choice(where, value, SIDES, &flags->side);
    case FLAG_DIRECTION:
        return args_choice(where, value, DIRECTIONS, &flags->direction);
    case FLAG_TEST:
        return args_choice(where, value, TESTS, &flags->test);
    default:
        flags->has_method = true;
        return args_choice(where, value, METHODS, &flags->method);
    }
}

/* Of a share, the unit is 1, and a percentage of it says something; of a mean it does not. */
static void note_percent(struct size_flags *flags, const char *value)
{
    if (strchr(value, '%') != NULL)
        flags->is_percent_absolute = true;
}

static int take_option(struct size_flags *flags, int option, const char *value)
{
    struct args_where where = {"size", NAMES[option - FLAG_HELP]};
    switch (option) {
    case FLAG_MEAN:
        return args_number(where, ARGS_ANY, value, &flags->mean);
    case FLAG_VARIANCE:
        return args_numbers(where, ARGS_POSITIVE, value, 2, flags->variance,
                            &flags->variance_count);
    case FLAG_SD:
        return args_numbers(where, ARGS_POSITIVE, value, 2, flags->deviation,
                            &flags->deviation_count);
    case FLAG_BASELINE_RATE:
        return args_number(where, ARGS_RATE, value, &flags->baseline_rate);
    case FLAG_MDE:
        return take_list(where, ARGS_EFFECT, value, &flags->effects);
    case FLAG_MDE_ABS:
        note_percent(flags, value);
        return take_list(where, ARGS_EFFECT, value, &flags->absolute_effects);
    case FLAG_MARGIN:
        return args_number(where, ARGS_EFFECT, value, &flags->margin);
    case FLAG_MARGIN_ABS:
        note_percent(flags, value);
        return args_number(where, ARGS_EFFECT, value, &flags->absolute_margin);
    case FLAG_SIZE:
        return take_totals(where, value, &flags->totals);
    case FLAG_POWER:
        return take_list(where, ARGS_RATE, value, &flags->powers);
    case FLAG_ALPHA:
        return args_number(where, ARGS_RATE, value, &flags->alpha);
    case FLAG_WEIGHTS:
        return take_pair(where, value, flags->weights);
    case FLAG_REDUCTION:
        return args_number(where, ARGS_SHARE, value, &flags->reduction);
    case FLAG_SUCCESS:
        return take_count(where, value, &flags->success_count, &flags->has_success);
    case FLAG_GUARDRAILS:
        return take_count(where, value, &flags->guardrail_count, &flags->has_guardrails);
    case FLAG_COMPARISONS:
        return take_count(where, value, &flags->comparison_count, &flags->has_comparisons);
    case FLAG_FORMAT:
        return args_format("size", value, &flags->format);
    case FLAG_SIDE:
    case FLAG_DIRECTION:
    case FLAG_TEST:
    case FLAG_METHOD:
        return take_choice(flags, option, value);
    default:
        return take_history(flags, option, value);
    }
}

int size_flags_read(int argc, char **argv, struct size_flags *flags)
{
    int option, code = 0;
    *flags = (struct size_flags){.mean = NAN,
                                 .baseline_rate = NAN,
                                 .margin = NAN,
                                 .absolute_margin = NAN,
                                 .alpha = 0.05,
                                 .reduction = NAN,
                                 .weights = {1.0, 1.0},
                                 .comparison_count = 1};
    optind = 0;
    while (code == 0 && (option = cli_option("size", OPTIONS, argc, argv)) != -1) {
        if (option == FLAG_HELP) {
            flags->wants_help = true;
            return cli_write_stdout(HELP, sizeof HELP - 1);
        }
        code = option == '?' ? CLI_USAGE : take_option(flags, option, optarg);
    }
    if (code == 0 && optind < argc)
        code = cli_usage_error("size", "'%s' is not an option; history goes into --data",
                               argv[optind]);
    return code;
}

/* ---- checking -------------------------------------------------------------------------------- */

/* Which metric: exactly one of a mean, a rate and a history. */
static int take_metric(const struct size_flags *flags, struct size_query *query)
{
    struct assay_size_design *design = &query->design;
    bool has_variance = flags->variance_count > 0 || flags->deviation_count > 0;
    bool has_rate = !isnan(flags->baseline_rate);
    bool has_history = flags->history.path != NULL;
    if ((int)(has_variance || !isnan(flags->mean)) + (int)has_rate + (int)has_history != 1)
        return cli_usage_error("size", "say what is measured: --mean with --variance or --sd, "
                                       "--baseline-rate, or --data; one of them");
    if (!has_history && (flags->history.column != NULL || flags->history.denominator != NULL ||
                         flags->history.covariate_count > 0))
        return cli_usage_error("size", "--metric, --proportion, --denominator and --covariate name "
                                       "columns of --data FILE");
    if (flags->is_percent_absolute && !has_rate && !flags->history.is_share)
        return cli_usage_error("size",
                               "--mde-abs and --margin-abs are percentages for shares only: "
                               "--baseline-rate, or --proportion with --data");
    if (has_history)
        return 0;
    if (has_rate) {
        design->type = ASSAY_METRIC_PROPORTION;
        query->mean = flags->baseline_rate;
        return 0;
    }
    if (!has_variance)
        return cli_usage_error("size", "--variance or --sd is missing");
    if (flags->variance_count > 0 && flags->deviation_count > 0)
        return cli_usage_error("size", "give --variance or --sd, not both");
    query->mean = flags->mean;
    for (int i = 0; i < 2; i++) {
        int given = flags->variance_count + flags->deviation_count == 2 ? i : 0;
        double sd = flags->deviation[given];
        double variance = flags->variance_count > 0 ? flags->variance[given] : size_scaled(sd, sd);
        if (!(variance >= DBL_MIN && isfinite(variance)) && flags->deviation_count > 0)
            return cli_usage_error("size", "--sd: the square of %g is beyond the range of numbers",
                                   sd);
        *(i == 0 ? &design->baseline_variance : &design->compared_variance) = variance;
    }
    return 0;
}

static int take_reduction(const struct size_flags *flags, struct size_query *query)
{
    struct assay_error err;
    query->history = flags->history;
    query->reduction = isnan(flags->reduction) ? 0.0 : flags->reduction;
    query->remaining = size_rest(query->reduction);
    if (flags->history.path == NULL)
        return 0;
    if (flags->history.column == NULL)
        return cli_usage_error("size", "--metric or --proportion is missing: which column of %s?",
                               flags->history.path);
    if (flags->history.covariate_count > 0 && !isnan(flags->reduction))
        return cli_usage_error("size", "give --covariate or --reduction, not both");
    if (flags->history.is_share && flags->history.denominator != NULL)
        return cli_usage_error("size", "--denominator goes with --metric, not with --proportion");
    if (flags->history.is_share)
        query->design.type = ASSAY_METRIC_PROPORTION;
    else if (flags->history.denominator != NULL)
        query->design.type = ASSAY_METRIC_RATIO;
    return size_history_read(query, &err) == ASSAY_OK ? 0 : cli_fail(&err);
}

/* Relative effects and margins need a mean to be relative to. */
static int take_effects(const struct size_flags *flags, struct size_query *query)
{
    bool has_effects = flags->effects.count > 0;
    bool has_absolute = flags->absolute_effects.count > 0;
    bool has_margin = !isnan(flags->margin), has_absolute_margin = !isnan(flags->absolute_margin);
    if (has_effects && has_absolute)
        return cli_usage_error("size", "give --mde or --mde-abs, not both");
    if (has_margin && has_absolute_margin)
        return cli_usage_error("size", "give --margin or --margin-abs, not both");
    if ((has_effects || has_margin) && (isnan(query->mean) || query->mean == 0.0))
        return cli_usage_error("size",
                               "--%s is relative to the mean; give a --mean other than 0, "
                               "or --%s-abs in metric units",
                               has_effects ? "mde" : "margin", has_effects ? "mde" : "margin");
    query->is_relative = has_effects;
    query->effects = has_effects ? flags->effects : flags->absolute_effects;
    query->has_margin = has_margin || has_absolute_margin;
    query->margin_is_relative = has_margin;
    query->margin = has_margin ? flags->margin : flags->absolute_margin;
    if (query->has_margin) {
        double margin = has_margin ? size_scaled(flags->margin, query->mean) : query->margin;
        query->design.null_difference = -query->direction * margin;
        if (query->effects.count == 0)
            query->effects.count = 1; /* of 0 */
    }
    return 0;
}

static int take_question(const struct size_flags *flags, struct size_query *query)
{
    bool has_effect = query->effects.count > 0, has_size = flags->totals.count > 0;
    query->powers = flags->powers;
    query->totals = flags->totals;
    if (!has_effect && !has_size)
        return cli_usage_error("size", "what is asked? Give --mde or --margin for the units needed,"
                                       " --size for the effect found, both for the power");
    if (has_effect && has_size && flags->powers.count > 0)
        return cli_usage_error("size", "--power, --size and an effect leave nothing to ask: leave "
                                       "one of them out");
    query->question = !has_size ? SIZE_ASKS_SIZE : has_effect ? SIZE_ASKS_POWER : SIZE_ASKS_EFFECT;
    if (query->powers.count == 0) {
        query->powers.values[0] = 0.8;
        query->powers.count = 1;
    }
    return 0;
}

/* Alpha and beta shared as the decision rule does. */
static int take_sharing(const struct size_flags *flags, struct size_query *query)
{
    uint64_t success = flags->has_success ? flags->success_count : query->has_margin ? 0 : 1;
    uint64_t guardrails = flags->has_guardrails ? flags->guardrail_count
                          : query->has_margin   ? 1
                                                : 0;
    if (flags->comparison_count == 0)
        return cli_usage_error("size", "--comparisons must be at least 1");
    if (query->has_margin && guardrails == 0)
        return cli_usage_error("size", "--guardrails must be at least 1: the metric with a margin "
                                       "is one");
    if (!query->has_margin && success == 0)
        return cli_usage_error("size", "--success must be at least 1: this metric is one");
    query->is_shared = flags->has_success || flags->has_guardrails || flags->has_comparisons;
    query->plan = (struct assay_rates){.alpha = flags->alpha,
                                       .power = 0.8,
                                       .deterioration_alpha = NAN,
                                       .success_count = (uint32_t)success,
                                       .margin_count = (uint32_t)guardrails,
                                       .comparison_count = (uint32_t)flags->comparison_count};
    query->design.alpha = query->has_margin ? assay_rates_guardrail(&query->plan, 0)
                                            : assay_rates_success(&query->plan, 0);
    return 0;
}

int size_flags_query(const struct size_flags *flags, struct size_query *query)
{
    static const enum assay_size_method METHODS[] = {ASSAY_SIZE_UNPOOLED, ASSAY_SIZE_POOLED,
                                                     ASSAY_SIZE_ARCSINE};
    *query = (struct size_query){.mean = NAN, .margin = NAN};
    struct assay_size_design *design = &query->design;
    query->direction = flags->direction == 0 ? 1 : -1;
    int code = take_metric(flags, query);
    if (code == 0)
        code = take_reduction(flags, query);
    if (code == 0)
        code = take_effects(flags, query);
    if (code == 0)
        code = take_question(flags, query);
    if (code == 0)
        code = take_sharing(flags, query);
    if (code != 0)
        return code;
    if (flags->has_method && !assay__metric_kind(design->type)->is_share)
        return cli_usage_error("size", "--method is for proportions");
    design->test = flags->test == 0 ? ASSAY_TEST_Z : ASSAY_TEST_T;
    design->method = METHODS[flags->method];
    design->side = flags->side == 1       ? ASSAY_SIDE_BOTH
                   : query->direction > 0 ? ASSAY_SIDE_UPPER
                                          : ASSAY_SIDE_LOWER;
    design->power = 0.8;
    design->baseline_weight = flags->weights[0];
    design->compared_weight = flags->weights[1];
    design->baseline_mean = query->mean;
    design->variance_factor = query->remaining;
    return 0;
}
