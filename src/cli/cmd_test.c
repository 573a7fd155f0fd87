/* SPDX-License-Identifier: GPL-3.0-or-later */
/* assay test: counts, or means and deviations, given on the command line. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cli/args.h"
#include "cli/cli.h"
#include "cli/counts.h"
#include "cli/flags_data.h"
#include "cli/health.h"
#include "cli/plan_flags.h"
#include "cli/term.h"

enum option_code {
    OPTION_PROPORTION = CLI_OPTION_FIRST,
    OPTION_MEAN,
    OPTION_GROUPS,
    OPTION_FORMAT,
    OPTION_PRETTY,
    OPTION_INTERVAL,
    OPTION_BRIEF,
    OPTION_FAIL_ON,
    OPTION_HELP,
    OPTION_ATTRIBUTE /* and further ones, in the order of ATTRIBUTES */
};

static const struct option OPTIONS[] = {{"proportion", required_argument, NULL, OPTION_PROPORTION},
                                        {"mean", required_argument, NULL, OPTION_MEAN},
                                        {"groups", required_argument, NULL, OPTION_GROUPS},
                                        {"format", required_argument, NULL, OPTION_FORMAT},
                                        {"pretty", no_argument, NULL, OPTION_PRETTY},
                                        {"interval", required_argument, NULL, OPTION_INTERVAL},
                                        {"brief", no_argument, NULL, OPTION_BRIEF},
                                        {"fail-on", required_argument, NULL, OPTION_FAIL_ON},
                                        {"help", no_argument, NULL, OPTION_HELP},
                                        {NULL, 0, NULL, 0}};

/* Attributes that a flag gives to every metric that does not have its own. */
static const char *const ATTRIBUTES[] = {"direction", "margin", "margin-abs", "mde", "mde-abs"};
enum { ATTRIBUTE_COUNT = sizeof ATTRIBUTES / sizeof *ATTRIBUTES };

/* Flags of a plan that make sense without data. */
static const char *const PLAN_FLAGS[] = {"alpha",
                                         "power",
                                         "adjustment",
                                         "minimum",
                                         "test",
                                         "relative",
                                         "weights",
                                         "baseline",
                                         "all-pairs",
                                         "compare",
                                         "deterioration-alpha",
                                         "srm-alpha",
                                         "srm-tolerance",
                                         "multiplicity"};

struct arguments {
    struct counts counts;
    struct plan_flags plan;
    const char *attributes[ATTRIBUTE_COUNT]; /* NULL: not given */
    struct assay_write_options write;
    enum assay_format format;
    struct health_wanted fail_on;
    double level;
    bool wants_help;
};

static int print_help(void)
{
    fputs(
        "usage: assay test --proportion SUCCESSES/UNITS SUCCESSES/UNITS... [OPTION...]\n"
        "       assay test --mean UNITS,MEAN,DEVIATION UNITS,MEAN,DEVIATION... [OPTION...]\n\n"
        "Compares groups by figures of the command line, the first of them the control.\n\n"
        "  assay test --proportion 100/1000 143/1100\n"
        "  assay test --mean spend 1000,20.3,5.1 1100,20.9,5.2\n"
        "  assay test --proportion crashes:direction=decrease,margin=10% 30/5000 33/5100\n\n"
        "  --proportion NAME[:...]  successes/units of each group; a percentage such as 10%/1000\n"
        "                           stands for its count. Both names may be left out\n"
        "  --mean NAME[:...]        units,mean,deviation of each group\n"
        "  --groups A,B             names of the groups; also as control=100/1000\n"
        "  --direction NAME         which way is good: increase, decrease or any (two-sided)\n"
        "  --margin M               not worse than this share of the control is enough (2%)\n"
        "  --margin-abs M           the same in units of the metric; percentage points of a "
        "share\n"
        "  --mde E                  smallest effect worth finding, as a share of the control\n"
        "  --mde-abs E              the same in units of the metric\n"
        "  --format NAME            table (default), csv, detail or json (JSON), or result\n"
        "                           (AnalysisResult, JSON)\n"
        "  --pretty                 indent JSON\n"
        "  --interval LEVEL         level of the classical view below the table, 95 unless given\n"
        "  --brief                  table: a line a comparison, and the recommendation\n"
        "  --fail-on LIST           srm, deterioration, untested: exit 10, 11, 12; as in analyze\n"
        "\n"
        "A metric has the attributes that 'assay analyze --help' lists: role, direction, mde,\n"
        "mde-abs, margin, margin-abs, deterioration. With a margin it is a guardrail. As "
        "there:\n\n",
        stdout);
    plan_flags_help_some(stdout, PLAN_FLAGS, sizeof PLAN_FLAGS / sizeof *PLAN_FLAGS);
    fputs(CLI_COMMON_HELP, stdout);
    return cli_finish_stdout();
}

static int take_format(struct arguments *arguments, const char *value)
{
    static const char *const NAMES[] = {"table", "csv", "detail", "json", "result", NULL};
    static const enum assay_format FORMATS[] = {ASSAY_FORMAT_TABLE, ASSAY_FORMAT_CSV,
                                                ASSAY_FORMAT_DETAIL, ASSAY_FORMAT_DETAIL,
                                                ASSAY_FORMAT_RESULT};
    unsigned index = 0;
    int code = args_choice((struct args_where){"test", "format"}, value, NAMES, &index);
    arguments->format = FORMATS[index];
    return code;
}

static int take_option(struct arguments *arguments, int option, const char *value)
{
    switch (option) {
    case CLI_WORD:
        return counts_add(&arguments->counts, value);
    case OPTION_PROPORTION:
        return counts_begin(&arguments->counts, "proportion", value);
    case OPTION_MEAN:
        return counts_begin(&arguments->counts, "mean", value);
    case OPTION_GROUPS:
        arguments->counts.groups = value;
        return args_is_utf8(value) ? 0
                                   : cli_usage_error("test", "--groups: the value is not UTF-8");
    case OPTION_FORMAT:
        return take_format(arguments, value);
    case OPTION_PRETTY:
        arguments->write.pretty = true;
        return 0;
    case OPTION_INTERVAL:
        return args_level((struct args_where){"test", "interval"}, value, &arguments->level);
    case OPTION_BRIEF:
        arguments->write.brief = true;
        return 0;
    case OPTION_FAIL_ON:
        return health_take("test", value, &arguments->fail_on);
    default:
        arguments->attributes[option - OPTION_ATTRIBUTE] = value;
        return 0;
    }
}

static void fill_options(struct option options[PLAN_OPTIONS_MAX])
{
    size_t count = plan_flags_some(PLAN_FLAGS, sizeof PLAN_FLAGS / sizeof *PLAN_FLAGS, options);
    for (int i = 0; i < ATTRIBUTE_COUNT; i++)
        options[count++] =
            (struct option){ATTRIBUTES[i], required_argument, NULL, OPTION_ATTRIBUTE + i};
    for (const struct option *own = OPTIONS; own->name != NULL; own++)
        options[count++] = *own;
    options[count] = (struct option){NULL, 0, NULL, 0};
}

static int parse(int argc, char **argv, struct arguments *arguments)
{
    struct option options[PLAN_OPTIONS_MAX];
    int option, code = 0;
    fill_options(options);
    optind = 0;
    while (code == 0 && (option = cli_option_or_word("test", options, argc, argv)) != -1) {
        if (option == OPTION_HELP) {
            arguments->wants_help = true;
            return 0;
        }
        if (option == '?')
            return CLI_USAGE;
        if (!plan_flags_take(&arguments->plan, option, optarg))
            code = take_option(arguments, option, optarg);
    }
    for (; code == 0 && optind < argc; optind++)
        code = counts_add(&arguments->counts, argv[optind]);
    return code == 0 ? counts_read(&arguments->counts) : code;
}

/* The attribute stands in a list such as "role=success,mde=2%". */
static bool has_attribute(const char *list, const char *name)
{
    size_t length = strlen(name);
    for (; list != NULL; list = strchr(list, ',')) {
        list += *list == ',';
        if (strncmp(list, name, length) == 0 && list[length] == '=')
            return true;
    }
    return false;
}

/* "spend:direction=decrease,margin=2%,role=guardrail", as the plan's flags have a metric. */
static const char *metric_value(struct arguments *arguments, const struct counts_metric *metric)
{
    struct assay__text text = {0};
    const char *separator = ":";
    assay__text_puts(&text, metric->name);
    if (metric->attributes[0] != '\0') {
        assay__text_format(&text, ":%s", metric->attributes);
        separator = ",";
    }
    for (size_t i = 0; i < ATTRIBUTE_COUNT; i++) {
        if (arguments->attributes[i] == NULL || has_attribute(metric->attributes, ATTRIBUTES[i]))
            continue;
        assay__text_format(&text, "%s%s=%s", separator, ATTRIBUTES[i], arguments->attributes[i]);
        separator = ",";
    }
    bool has_margin = arguments->attributes[1] != NULL || arguments->attributes[2] != NULL ||
                      has_attribute(metric->attributes, "margin") ||
                      has_attribute(metric->attributes, "margin-abs");
    if (has_margin && !has_attribute(metric->attributes, "role"))
        assay__text_format(&text, "%srole=guardrail", separator);
    const char *value =
        text.failed ? NULL : assay__arena_copy(&arguments->counts.arena, text.data, text.length);
    assay__text_release(&text);
    return value;
}

/* The metrics and the control as flags of a plan. */
static enum assay_status add_flags(struct arguments *arguments, struct assay_error *err)
{
    struct plan_flags *plan = &arguments->plan;
    for (size_t m = 0; m < arguments->counts.metric_count; m++) {
        const struct counts_metric *metric = &arguments->counts.metrics[m];
        const char *value = metric_value(arguments, metric);
        if (value == NULL)
            return assay__fail_memory(err);
        plan_flags_add(plan, strcmp(metric->flag, "mean") == 0 ? "metric" : metric->flag, value);
    }
    if (plan_flags_given(plan, "baseline") == NULL && plan_flags_given(plan, "compare") == NULL)
        plan_flags_add(plan, "baseline", arguments->counts.metrics[0].arms[0].group);
    return ASSAY_OK;
}

static enum assay_status print(const struct arguments *arguments,
                               const struct assay_analysis *analysis, int *code,
                               struct assay_error *err)
{
    struct term term = term_of(stdout);
    struct assay_write_options options = arguments->write;
    struct assay__text out = {0};
    char *text;
    size_t length;
    options.width = term.width;
    options.color = term.color;
    options.unicode = term.unicode;
    enum assay_status status =
        assay_analysis_write(analysis, arguments->format, &options, &text, &length, err);
    if (status != ASSAY_OK)
        return status;
    assay__text_append(&out, text, length);
    free(text);
    if (arguments->format == ASSAY_FORMAT_TABLE)
        status = counts_view(&arguments->counts, analysis, arguments->level, &out, err);
    if (status != ASSAY_OK)
        assay__text_release(&out);
    else
        *code = args_print(&out);
    return status;
}

static int run(struct arguments *arguments)
{
    struct assay_error err;
    struct assay_plan *plan = NULL;
    struct assay_dataset *dataset = NULL;
    struct assay_analysis *analysis = NULL;
    int code = 0;
    enum assay_status status = add_flags(arguments, &err);
    if (status == ASSAY_OK)
        status = plan_flags_build(&arguments->plan, &plan, &err);
    if (status == ASSAY_OK)
        status = counts_dataset(&arguments->counts, plan, &dataset, &err);
    if (status == ASSAY_OK)
        status = assay_dataset_analyze(dataset, &analysis, &err);
    if (status == ASSAY_OK)
        status = print(arguments, analysis, &code, &err);
    if (status != ASSAY_OK)
        code = status == ASSAY_ERROR_DATA ? cli_usage_error("test", "%s", err.message)
                                          : data_fail("test", &arguments->plan, &err);
    else if (code == 0)
        code = health_code(&arguments->fail_on, analysis);
    assay_analysis_free(analysis);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
    return code;
}

int cmd_test(int argc, char **argv)
{
    struct arguments arguments = {.level = 0.95, .format = ASSAY_FORMAT_TABLE};
    int code = parse(argc, argv, &arguments);
    if (code == 0)
        code = arguments.wants_help ? print_help() : run(&arguments);
    plan_flags_release(&arguments.plan);
    counts_release(&arguments.counts);
    return code;
}
