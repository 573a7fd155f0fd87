/* SPDX-License-Identifier: GPL-3.0-or-later */
/* assay design: the boundaries of a sequence of looks, and what they cost. */
#include <getopt.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stats/horizon/spending.h"
#include "cli/cli.h"
#include "cli/message.h"
#include "cli/design.h"

enum option_code {
    OPTION_LOOKS = CLI_OPTION_FIRST,
    OPTION_INFORMATION,
    OPTION_SPENDING,
    OPTION_ALPHA,
    OPTION_SIDE,
    OPTION_POWER,
    OPTION_FUTILITY,
    OPTION_LOOK_COST,
    OPTION_HORIZON,
    OPTION_OPTIMAL_SAMPLE_SIZE,
    OPTION_RHO,
    OPTION_N,
    OPTION_EXPECTED_SAMPLE_SIZE,
    OPTION_SAMPLE_SIZE,
    OPTION_UNITS_PER_DAY,
    OPTION_TRAFFIC,
    OPTION_FORMAT,
    OPTION_HELP
};

static const struct option OPTIONS[] = {
    {"looks", required_argument, NULL, OPTION_LOOKS},
    {"information", required_argument, NULL, OPTION_INFORMATION},
    {"spending", required_argument, NULL, OPTION_SPENDING},
    {"alpha", required_argument, NULL, OPTION_ALPHA},
    {"side", required_argument, NULL, OPTION_SIDE},
    {"power", required_argument, NULL, OPTION_POWER},
    {"futility", required_argument, NULL, OPTION_FUTILITY},
    {"look-cost", required_argument, NULL, OPTION_LOOK_COST},
    {"horizon", required_argument, NULL, OPTION_HORIZON},
    {"optimal-sample-size", required_argument, NULL, OPTION_OPTIMAL_SAMPLE_SIZE},
    {"rho", required_argument, NULL, OPTION_RHO},
    {"n", required_argument, NULL, OPTION_N},
    {"expected-sample-size", required_argument, NULL, OPTION_EXPECTED_SAMPLE_SIZE},
    {"sample-size", required_argument, NULL, OPTION_SAMPLE_SIZE},
    {"units-per-day", required_argument, NULL, OPTION_UNITS_PER_DAY},
    {"traffic", required_argument, NULL, OPTION_TRAFFIC},
    {"format", required_argument, NULL, OPTION_FORMAT},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0}};

static const char HELP[] =
    "usage: assay design --looks=K | --information=T,T... [OPTION...]\n"
    "       assay design --horizon=alwaysValid --optimal-sample-size=N --n=N,N... [OPTION...]\n\n"
    "Prints the boundaries of a sequential test: the z that each look asks for, and what\n"
    "looking more than once costs.\n\n"
    "  assay design --looks 5 --spending obrienFleming --alpha 0.025\n\n"
    "  --looks=K                K looks, equally far apart; at most 1000\n"
    "  --information=T,T...     looks at these shares of the planned units, in rising order\n"
    "  --spending=FAMILY[:P]    power (parameter 2), obrienFleming, pocock, or\n"
    "                           hwangShihDeCani (parameter -4)\n"
    "  --alpha=A                level of all looks together, default 0.05\n"
    "  --side=NAME              one (default) or two\n"
    "  --power=P                power that gives the drift, default 0.8\n"
    "  --futility=FAMILY[:P]    also bounds below which nothing is left to find, by spending\n"
    "                           1 - power; z does not depend on them\n"
    "  --look-cost=C            place at most K looks at the least cost: C is what one look "
    "costs,\n"
    "                           as a share of the units that one look needs\n"
    "  --horizon=NAME           groupSequential (default) or alwaysValid\n"
    "  --optimal-sample-size=N  always valid: units at which the bounds are tightest\n"
    "  --rho=R                  always valid: Howard's parameter instead, in units\n"
    "  --n=N,N...               always valid: units of the looks\n"
    "  --expected-sample-size=N units at share 1, for the units of each look\n"
    "  --sample-size=N          units that one look needs (assay size): the looks need more\n"
    "  --units-per-day=U        units that come a day, for the days of each look\n"
    "  --traffic=FILE           a CSV of days and units: means by weekday instead\n"
    "  --format=NAME            table (default), detail (JSON) or csv\n" CLI_COMMON_HELP;

struct arguments {
    struct design design;
    double information[DESIGN_LOOKS_MAX], units[DESIGN_LOOKS_MAX];
    size_t information_count, unit_count;
    double looks;
};

/* FAMILY or FAMILY:PARAMETER. */
static int take_spending(const char *flag, const char *text, enum assay_spending_family *spending,
                         double *parameter)
{
#define SPELLING(name, spelling) #spelling,
    static const char *const NAMES[] = {ASSAY_SPENDING_LIST(SPELLING) NULL};
    const struct args_where where = {"design", flag};
    char family[64], ranges[ASSAY__SPENDING_RANGES];
    size_t length = strcspn(text, ":");
    unsigned index = 0;
    snprintf(family, sizeof family, "%.*s", (int)(length < 60 ? length : 60), text);
    int code = args_choice(where, family, NAMES, &index);
    if (code != 0)
        return code;
    *spending = (enum assay_spending_family)index;
    *parameter = assay__spending_fallback(*spending);
    if (text[length] == '\0')
        return 0;
    if (isnan(*parameter))
        return cli_usage_error("design", "--%s: %s has no parameter", flag, family);
    code = args_number(where, ARGS_ANY, text + length + 1, parameter);
    if (code == 0 && !assay__spending_valid(*spending, *parameter))
        return cli_usage_error("design", "The spending parameter must lie %s.",
                               assay__spending_ranges(ranges));
    return code;
}

static int take_families(struct assay_horizon_design *horizon, int option, const char *value)
{
    if (option == OPTION_SPENDING)
        return take_spending("spending", value, &horizon->spending, &horizon->spending_parameter);
    horizon->has_futility = true;
    return take_spending("futility", value, &horizon->futility, &horizon->futility_parameter);
}

static int take_choice(struct design *design, int option, const char *value)
{
    static const char *const SIDES[] = {"one", "two", NULL};
    static const char *const HORIZONS[] = {"groupSequential", "alwaysValid", NULL};
    struct args_where where = {"design", option == OPTION_SIDE ? "side" : "horizon"};
    unsigned index = 0;
    int code = args_choice(where, value, option == OPTION_SIDE ? SIDES : HORIZONS, &index);
    if (option == OPTION_SIDE)
        design->horizon.two_sided = index == 1;
    else
        design->horizon.kind =
            index == 1 ? ASSAY_HORIZON_ALWAYS_VALID : ASSAY_HORIZON_GROUP_SEQUENTIAL;
    return code;
}

static int take_mixture(struct design *design, enum assay_mixture mixture, const char *flag,
                        const char *value)
{
    design->horizon.mixture = mixture;
    return args_number((struct args_where){"design", flag}, ARGS_POSITIVE, value,
                       &design->horizon.mixture_parameter);
}

static int take_units_per_day(struct design *design, const char *value)
{
    double units = 0.0;
    int code =
        args_number((struct args_where){"design", "units-per-day"}, ARGS_POSITIVE, value, &units);
    for (int d = 0; d < DESIGN_WEEK; d++)
        design->traffic.by_weekday[d] = units;
    design->traffic.is_given = true;
    return code;
}

static int take_size(struct design *design, int option, const char *value)
{
    bool is_expected = option == OPTION_EXPECTED_SAMPLE_SIZE;
    struct args_where where = {"design", is_expected ? "expected-sample-size" : "sample-size"};
    return args_number(where, ARGS_POSITIVE, value,
                       is_expected ? &design->expected_size : &design->single_size);
}

static int take_option(struct arguments *arguments, int option, const char *value)
{
    struct design *design = &arguments->design;
    struct args_where where = {"design", "looks"};
    switch (option) {
    case OPTION_LOOKS:
        return args_number(where, ARGS_POSITIVE, value, &arguments->looks);
    case OPTION_INFORMATION:
        where.flag = "information";
        return args_numbers(where, ARGS_EFFECT, value, DESIGN_LOOKS_MAX, arguments->information,
                            &arguments->information_count);
    case OPTION_SPENDING:
    case OPTION_FUTILITY:
        return take_families(&design->horizon, option, value);
    case OPTION_ALPHA:
        where.flag = "alpha";
        return args_number(where, ARGS_RATE, value, &design->horizon.alpha);
    case OPTION_POWER:
        where.flag = "power";
        return args_number(where, ARGS_RATE, value, &design->power);
    case OPTION_LOOK_COST:
        where.flag = "look-cost";
        return args_number(where, ARGS_EFFECT, value, &design->look_cost);
    case OPTION_SIDE:
    case OPTION_HORIZON:
        return take_choice(design, option, value);
    case OPTION_OPTIMAL_SAMPLE_SIZE:
        return take_mixture(design, ASSAY_MIXTURE_OPTIMAL_SIZE, "optimal-sample-size", value);
    case OPTION_RHO:
        return take_mixture(design, ASSAY_MIXTURE_RHO, "rho", value);
    case OPTION_N:
        where.flag = "n";
        return args_numbers(where, ARGS_POSITIVE, value, DESIGN_LOOKS_MAX, arguments->units,
                            &arguments->unit_count);
    case OPTION_EXPECTED_SAMPLE_SIZE:
    case OPTION_SAMPLE_SIZE:
        return take_size(design, option, value);
    case OPTION_UNITS_PER_DAY:
        return take_units_per_day(design, value);
    case OPTION_TRAFFIC:
        return design_traffic_read(value, &design->traffic);
    default:
        return args_format("design", value, &design->format);
    }
}

static int check_rising(const char *flag, const double *values, size_t count)
{
    for (size_t k = 1; k < count; k++)
        if (!(values[k] > values[k - 1]))
            return cli_usage_error("design", "--%s: %g after %g: looks are in rising order", flag,
                                   values[k], values[k - 1]);
    return 0;
}

static int complete_always_valid(struct arguments *arguments)
{
    struct design *design = &arguments->design;
    if (design->horizon.has_futility)
        return cli_usage_error("design", "--futility belongs to a group-sequential horizon");
    if (isnan(design->horizon.mixture_parameter))
        return cli_usage_error("design", "--optimal-sample-size is missing: at how many units are "
                                         "the bounds to be tightest?");
    if (arguments->unit_count == 0)
        return cli_usage_error("design", "--n is missing: at how many units are the looks?");
    if (arguments->information_count > 0 || !isnan(arguments->looks))
        return cli_usage_error("design", "an always-valid horizon has no --looks and no "
                                         "--information: give --n");
    double tail = design->horizon.two_sided ? 0.5 * design->horizon.alpha : design->horizon.alpha;
    if (!isnan(design->single_size) && !(design->power > tail))
        return cli_usage_error("design", "The power must lie between the one-sided alpha and 1.");
    if (!isnan(design->expected_size))
        return cli_usage_error("design", "--expected-sample-size belongs to a group-sequential "
                                         "horizon: --n has the units of each look");
    memcpy(design->values, arguments->units, sizeof design->values);
    design->count = arguments->unit_count;
    return check_rising("n", design->values, design->count);
}

static int complete(struct arguments *arguments)
{
    struct design *design = &arguments->design;
    if (design->horizon.kind == ASSAY_HORIZON_ALWAYS_VALID)
        return complete_always_valid(arguments);
    design->horizon.beta = 1.0 - design->power;
    if (arguments->unit_count > 0 || !isnan(design->horizon.mixture_parameter))
        return cli_usage_error("design", "--n, --optimal-sample-size and --rho belong to "
                                         "--horizon=alwaysValid");
    if (isnan(arguments->looks) == (arguments->information_count == 0))
        return cli_usage_error("design", "give either --looks=K or --information=T,T...");
    design->count = arguments->information_count;
    design->horizon.planned_looks = (uint32_t)arguments->information_count;
    memcpy(design->values, arguments->information, sizeof design->values);
    if (isnan(arguments->looks))
        return check_rising("information", design->values, design->count);
    if (arguments->looks != floor(arguments->looks) || arguments->looks > DESIGN_LOOKS_MAX)
        return cli_usage_error("design", "--looks: a whole number from 1 to %d",
                               (int)DESIGN_LOOKS_MAX);
    design->count = (size_t)arguments->looks;
    design->horizon.planned_looks = (uint32_t)design->count;
    for (size_t k = 0; k < design->count; k++)
        design->values[k] = (double)(k + 1) / arguments->looks;
    return 0;
}

static int check_schedule(const struct arguments *arguments)
{
    const struct design *design = &arguments->design;
    if (isnan(design->look_cost))
        return 0;
    if (design->horizon.kind == ASSAY_HORIZON_ALWAYS_VALID || isnan(arguments->looks) ||
        design->count > DESIGN_SCHEDULE_MAX)
        return cli_usage_error("design", "--look-cost places the looks of --looks=K, at most %d",
                               (int)DESIGN_SCHEDULE_MAX);
    return 0;
}

static int run(struct design *design)
{
    struct assay_error err;
    struct design_figures *figures = calloc(1, sizeof *figures);
    if (figures == NULL)
        return message_fail_memory();
    enum assay_status status = ASSAY_OK;
    if (!isnan(design->look_cost))
        status = design_schedule(design, &err);
    if (status == ASSAY_OK)
        status = design_compute(design, figures, &err);
    int code;
    if (status == ASSAY_OK)
        code = design_print(design, figures);
    else if (status == ASSAY_ERROR_DOMAIN)
        code = cli_usage_error("design", "%s", err.message);
    else
        code = cli_fail(&err);
    free(figures);
    return code;
}

int cmd_design(int argc, char **argv)
{
    /* The minimiser reports by its values; GSL's usual handler would end the program. */
    gsl_set_error_handler_off();
    struct arguments *arguments = calloc(1, sizeof *arguments);
    int option, code = 0;
    if (arguments == NULL)
        return message_fail_memory();
    arguments->looks = NAN;
    arguments->design = (struct design){.horizon = {.kind = ASSAY_HORIZON_GROUP_SEQUENTIAL,
                                                    .alpha = 0.05,
                                                    .spending = ASSAY_SPENDING_POWER,
                                                    .spending_parameter = 2.0,
                                                    .expected_size = 1.0,
                                                    .mixture_parameter = NAN},
                                        .power = 0.8,
                                        .expected_size = NAN,
                                        .single_size = NAN,
                                        .look_cost = NAN,
                                        .cost = NAN};
    optind = 0;
    while (code == 0 && (option = cli_option("design", OPTIONS, argc, argv)) != -1) {
        if (option == OPTION_HELP) {
            free(arguments);
            return cli_write_stdout(HELP, sizeof HELP - 1);
        }
        code = option == '?' ? CLI_USAGE : take_option(arguments, option, optarg);
    }
    if (code == 0 && optind < argc)
        code = cli_usage_error("design", "'%s' is not an option", argv[optind]);
    if (code == 0)
        code = complete(arguments);
    if (code == 0)
        code = check_schedule(arguments);
    if (code == 0)
        code = run(&arguments->design);
    free(arguments);
    return code;
}
