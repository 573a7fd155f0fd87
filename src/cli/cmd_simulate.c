/* SPDX-License-Identifier: GPL-3.0-or-later */
/* assay simulate: error rates and power of a plan, by simulation when experiments are simulated. */
#include <getopt.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/machine.h"
#include "cli/cli.h"
#include "cli/simulate_data.h"
#include "cli/simulate_settle.h"

enum option_code {
    OPTION_DRAW = CLI_OPTION_FIRST,
    OPTION_EFFECT,
    OPTION_UNITS,
    OPTION_LOOKS,
    OPTION_EXPERIMENTS,
    OPTION_SEED,
    OPTION_FORMAT,
    OPTION_HELP
};

static const struct option OPTIONS[] = {
    DATA_FLAG_OPTIONS{"draw", required_argument, NULL, OPTION_DRAW},
    {"effect", required_argument, NULL, OPTION_EFFECT},
    {"units", required_argument, NULL, OPTION_UNITS},
    {"looks", required_argument, NULL, OPTION_LOOKS},
    {"experiments", required_argument, NULL, OPTION_EXPERIMENTS},
    {"seed", required_argument, NULL, OPTION_SEED},
    {"format", required_argument, NULL, OPTION_FORMAT},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0}};

static int print_help(void)
{
    fputs("usage: assay simulate [OPTION...] --draw=METRIC:DISTRIBUTION...\n"
          "       assay simulate [OPTION...] FILE...\n\n"
          "Simulates experiments under a plan, analyzes them as assay analyze does, follows the\n"
          "advice at each look, and counts the outcomes: ships without an effect, power, false\n"
          "aborts, coverage, units used. Units are drawn from distributions, or from the units of\n"
          "files, all groups together.\n\n"
          "  assay simulate --plan plan.json --draw revenue:lognormal,mean=20,sd=60 --units 20000\n"
          "  assay simulate --plan plan.json history.csv\n\n"
          "simulation:\n"
          "  --draw=METRIC:NAME,KEY=VALUE...  the distribution of a metric's values\n"
          "  --effect=METRIC=SIZE             what is planted: 5%, -2% or 0.3; a planned effect\n"
          "                                   when not given\n"
          "  --units=N                        units at the last look, all groups together\n"
          "  --looks=K                        looks, equally far apart; at most 1000\n"
          "  --experiments=N                  of each kind, default 1000\n"
          "  --seed=N                         of the random numbers, default 1\n"
          "  --format=NAME                    table (default), detail (JSON) or csv\n\n"
          "distributions:\n",
          stdout);
    simulate_draw_help(stdout);
    fputs(
        "  also zeros=S (share of values that are 0), missing=S, covariate=R (correlation of the\n"
        "  metric's covariates with it)\n\n"
        "data:\n",
        stdout);
    data_flag_help(stdout);
    fputs("\nplan:\n", stdout);
    plan_flags_help(stdout);
    fputs(CLI_COMMON_HELP, stdout);
    return cli_finish_stdout();
}

static int take_count(const char *flag, const char *value, uint64_t least, uint64_t most,
                      uint64_t *out)
{
    int code = args_counts((struct args_where){"simulate", flag}, value, 1, out, &(size_t){0});
    if (code == 0 && (*out < least || *out > most))
        return cli_usage_error("simulate", "--%s is a number from %llu to %llu, not '%s'", flag,
                               (unsigned long long)least, (unsigned long long)most, value);
    return code;
}

static int take_text(struct simulate_texts *texts, const char *flag, const char *value)
{
    if (texts->count == SIMULATE_TEXTS_MAX)
        return cli_usage_error("simulate", "--%s: at most %d of them", flag,
                               (int)SIMULATE_TEXTS_MAX);
    texts->at[texts->count++] = value;
    return 0;
}

static int take_option(struct simulate_request *request, int option, const char *value)
{
    uint64_t number = 0;
    int code = 0;
    if (plan_flags_take(&request->plan, option, value) ||
        data_flag_take("simulate", &request->read, option, value, &code))
        return code;
    switch (option) {
    case OPTION_DRAW:
        return take_text(&request->draws, "draw", value);
    case OPTION_EFFECT:
        return take_text(&request->effects, "effect", value);
    case OPTION_UNITS:
        return take_count("units", value, 2, UINT64_C(1000000000), &request->units);
    case OPTION_LOOKS:
        code = take_count("looks", value, 1, SIMULATE_LOOKS_MAX, &number);
        request->looks = (uint32_t)number;
        return code;
    case OPTION_EXPERIMENTS:
        return take_count("experiments", value, 1, SIMULATE_EXPERIMENTS_MAX, &request->experiments);
    case OPTION_SEED:
        code = take_count("seed", value, 0, UINT32_MAX, &number);
        request->seed = (uint32_t)number;
        return code;
    default:
        return args_format("simulate", value, &request->format);
    }
}

static int parse(int argc, char **argv, struct simulate_request *request, bool *wants_help)
{
    struct option options[PLAN_OPTIONS_MAX];
    int option, code = 0;
    plan_flags_options(OPTIONS, options);
    optind = 0;
    while (code == 0 && (option = cli_option("simulate", options, argc, argv)) != -1) {
        *wants_help = option == OPTION_HELP;
        if (*wants_help)
            return 0;
        code = option == '?' ? CLI_USAGE : take_option(request, option, optarg);
    }
    request->paths = argv + optind;
    request->path_count = (size_t)(argc - optind);
    if (code == 0 && request->path_count > 0 && request->draws.count > 0)
        return cli_usage_error("simulate", "units are drawn from files or by --draw, not both");
    if (code == 0 && request->path_count == 0 && request->draws.count == 0)
        return cli_usage_error("simulate", "nothing to draw units from: say --draw for each "
                                           "metric, or name a file of units");
    return code;
}

static uint32_t processors(void)
{
    uint32_t count = assay__machine_processors();
    return count > ASSAY_THREADS_MAX ? ASSAY_THREADS_MAX : count;
}

/* Runs what was settled, and prints. */
static int run_all(struct simulation *simulation, enum args_format format)
{
    struct simulate_outcomes outcomes[SIMULATE_SCENARIOS] = {{NULL, NULL}};
    uint32_t count = simulation->has_effect ? SIMULATE_SCENARIOS : 1;
    struct assay_error err;
    enum assay_status status = ASSAY_OK;
    for (uint32_t s = 0; status == ASSAY_OK && s < count; s++)
        status = simulate_run(simulation, (enum simulate_scenario)s, &outcomes[s], &err);
    int code =
        status == ASSAY_OK ? simulate_print(simulation, outcomes, count, format) : cli_fail(&err);
    for (uint32_t s = 0; s < count; s++) {
        free(outcomes[s].treatments);
        free(outcomes[s].metrics);
    }
    return code;
}

static int run(struct simulate_request *request)
{
    struct assay_error err;
    struct assay_plan *plan = NULL;
    struct simulation *simulation = calloc(1, sizeof *simulation);
    enum assay_status status = simulation == NULL ? assay__fail_memory(&err) : ASSAY_OK;
    if (status == ASSAY_OK)
        status = plan_flags_build(&request->plan, &plan, &err);
    if (status == ASSAY_OK)
        status = simulate_settle_plan(request, plan, simulation, &err);
    if (status == ASSAY_OK && request->path_count > 0)
        status = simulate_pool_read(simulation, &request->plan, &request->read, request->paths,
                                    request->path_count, &err);
    int code = status == ASSAY_OK ? simulate_settle(request, simulation)
                                  : data_fail("simulate", &request->plan, &err);
    if (code == 0) {
        simulation->threads = request->read.threads > 0 ? request->read.threads : processors();
        code = run_all(simulation, request->format);
    }
    simulate_release(simulation);
    assay_plan_free(plan);
    return code;
}

int cmd_simulate(int argc, char **argv)
{
    struct simulate_request request = {.experiments = 1000, .seed = 1};
    bool wants_help = false;
    /* Generators report by their values; GSL's usual handler would end the program. */
    gsl_set_error_handler_off();
    int code = parse(argc, argv, &request, &wants_help);
    if (code == 0)
        code = wants_help ? print_help() : run(&request);
    plan_flags_release(&request.plan);
    return code;
}
