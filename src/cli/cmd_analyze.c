/* SPDX-License-Identifier: GPL-3.0-or-later */
/* assay analyze: data and plan to result. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/deliver/envelope.h"
#include "analysis/analyze.h"
#include "base/error.h"
#include "base/text.h"
#include "cli/args.h"
#include "cli/cli.h"
#include "cli/delivery.h"
#include "cli/flags_data.h"
#include "cli/guess_flags.h"
#include "cli/health.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/source_flags.h"
#include "cli/term.h"
#include "report/reports.h"

enum option_code {
    OPTION_FORMAT = CLI_OPTION_FIRST,
    OPTION_PRETTY,
    OPTION_OUTPUT,
    OPTION_FAIL_ON,
    OPTION_POST,
    OPTION_CHART,
    OPTION_SLICES,
    OPTION_BRIEF,
    OPTION_INTERVAL,
    OPTION_HELP
};

static const struct option OPTIONS[] = {DATA_FLAG_OPTIONS SOURCE_FLAG_OPTIONS DELIVERY_FLAG_OPTIONS{
                                            "format", required_argument, NULL, OPTION_FORMAT},
                                        {"pretty", no_argument, NULL, OPTION_PRETTY},
                                        {"output", required_argument, NULL, OPTION_OUTPUT},
                                        {"fail-on", required_argument, NULL, OPTION_FAIL_ON},
                                        {"post", no_argument, NULL, OPTION_POST},
                                        {"chart", no_argument, NULL, OPTION_CHART},
                                        {"slices", optional_argument, NULL, OPTION_SLICES},
                                        {"brief", no_argument, NULL, OPTION_BRIEF},
                                        {"interval", required_argument, NULL, OPTION_INTERVAL},
                                        {"help", no_argument, NULL, OPTION_HELP},
                                        {NULL, 0, NULL, 0}};

struct arguments {
    struct guess_flags guess;
    struct plan_flags plan;
    struct assay_read_options read;
    struct source_flags source;
    struct assay_write_options write;
    bool has_format, is_for_table; /* some option is the table's */
    enum assay_format format;
    const char *output;
    struct health_wanted fail_on;
    bool post, wants_help;
    const char *delivery_flag; /* the first that has no effect without --post */
    struct delivery delivery;
};

/* "  --format=NAME            table, result (AnalysisResult, JSON), detail (JSON) or csv;" */
static void formats_help(void)
{
    const char *before = "  --format=NAME            ";
    for (size_t i = 0; i < ASSAY__REPORT_COUNT; i++) {
        const struct assay__report *report = &assay__reports[i];
        printf("%s%s", before, report->name);
        if (report->contents != NULL)
            printf(" (%s)", report->contents);
        before = i + 2 < ASSAY__REPORT_COUNT ? ", " : " or ";
    }
    puts(";");
}

static int print_help(void)
{
    fputs("usage: assay analyze [OPTION...] FILE...\n"
          "       assay analyze [OPTION...] --source NAME --table TABLE\n\n"
          "Analyzes an experiment: unit-level CSV (one row per unit) or sufficient statistics, "
          "plain,\n"
          "gzip or zstd; '-' is standard input. Give a plan, or say it with flags:\n\n"
          "  assay analyze data.csv --group treatment --baseline control --metric spend\n\n"
          "What neither says is guessed from the first rows of the first file, and said; where no\n"
          "guess is safe, the command ends and names the flags to add.\n\n"
          "output:\n",
          stdout);
    formats_help();
    fputs(
        "                           table on a terminal, else result\n"
        "  --pretty                 indent JSON\n"
        "  --slices[=N]             table: dimensions and segments, too; N values of a dimension\n"
        "                           (20), the rest together as (other)\n"
        "  --chart                  table: also effect and interval over time, where there are\n"
        "                           several looks\n"
        "  --brief                  table: a line a comparison, and the recommendation\n"
        "  --interval=LEVEL         table: also the two-sided interval of this level, such as 95\n"
        "  --output=FILE            write to FILE, at once and whole\n"
        "  --fail-on=LIST           srm: exit 10 on a sample ratio mismatch;\n"
        "                           deterioration: exit 11 when a metric got worse, 12 when\n"
        "                           a test for harm could not be made;\n"
        "                           untested: exit 12 when any test that the advice rests on\n"
        "                           could not be made\n"
        "  --post                   deliver the result; see assay-post(1)\n\n"
        "data:\n",
        stdout);
    data_flag_help(stdout);
    fputs("\ndatabases, where --events takes NAME=TABLE; see assay-sql(1):\n", stdout);
    source_flag_help(stdout);
    fputs("\nplan:\n", stdout);
    plan_flags_help(stdout);
    fputs("\ndelivery, with --post (--dry-run shows the request and sends nothing):\n", stdout);
    delivery_flag_help(stdout);
    fputs(CLI_COMMON_HELP, stdout);
    return cli_finish_stdout();
}

static int take_format(struct arguments *arguments, const char *value)
{
    const char *names[ASSAY__REPORT_COUNT + 1] = {NULL};
    unsigned index = 0;
    for (size_t i = 0; i < ASSAY__REPORT_COUNT; i++)
        names[i] = assay__reports[i].name;
    int code = args_choice((struct args_where){"analyze", "format"}, value, names, &index);
    arguments->format = (enum assay_format)index;
    arguments->has_format = true;
    return code;
}

static int take_slices(struct arguments *arguments, const char *value)
{
    arguments->write.slices = arguments->is_for_table = true;
    if (value == NULL)
        return 0;
    char *end;
    unsigned long count = strtoul(value, &end, 10);
    if (value[0] < '0' || value[0] > '9' || *end != '\0' || count == 0 || count > 1000000)
        return cli_usage_error("analyze", "--slices=%s: this must be a number from 1 to 1000000",
                               value);
    arguments->write.slices_max = (uint32_t)count;
    return 0;
}

/* What to do about remarks of a kind, and about what is not listed, in options of this command. */
static const char *hint_of(const char *kind)
{
    static const struct {
        const char *kind, *remedy;
    } HINTS[] = {
        {"skewed",
         "cap it (--metric ID:upper-quantile=0.999), --skewness-correction, or more units"},
        {"fiellerUnbounded", "read the absolute difference"},
        {"covariateDropped", "take what was dropped out of the metric's covariates"},
        {"logUndefined", "--relative fieller"},
        {"groups", "--slices lists them"},
        {"slices", "--slices lists them"},
        {"comparisons", "--slices lists them"},
    };
    for (size_t i = 0; i < sizeof HINTS / sizeof *HINTS; i++)
        if (strcmp(kind, HINTS[i].kind) == 0)
            return HINTS[i].remedy;
    return NULL;
}

/* Takes one option of this command; 0, or the exit code when its value is wrong. */
static int take_own(struct arguments *arguments, int option, const char *value)
{
    switch (option) {
    case OPTION_FORMAT:
        return take_format(arguments, value);
    case OPTION_FAIL_ON:
        return health_take("analyze", value, &arguments->fail_on);
    case OPTION_OUTPUT:
        arguments->output = value;
        return 0;
    case OPTION_POST:
        arguments->post = true;
        return 0;
    case OPTION_CHART:
        arguments->write.chart = arguments->is_for_table = true;
        return 0;
    case OPTION_SLICES:
        return take_slices(arguments, value);
    case OPTION_BRIEF:
        arguments->write.brief = arguments->is_for_table = true;
        return 0;
    case OPTION_INTERVAL:
        arguments->is_for_table = true;
        return args_level((struct args_where){"analyze", "interval"}, value,
                          &arguments->write.interval);
    default:
        arguments->write.pretty = true;
        return 0;
    }
}

/* Flags of delivery have no effect without --post; the first is kept to say so. */
static const char *flag_name(int option)
{
    const struct option *row = OPTIONS;
    while (row->val != option)
        row++;
    return row->name;
}

static int take_option(struct arguments *arguments, int option, const char *value)
{
    int code = 0;
    if (plan_flags_take(&arguments->plan, option, value) ||
        data_flag_take("analyze", &arguments->read, option, value, &code) ||
        source_flag_take("analyze", &arguments->source, option, value, &code))
        return code;
    if (!delivery_flag_take(&arguments->delivery, option, value, &code))
        return take_own(arguments, option, value);
    if (arguments->delivery_flag == NULL && option != DELIVERY_FLAG_DRY_RUN)
        arguments->delivery_flag = flag_name(option);
    return code;
}

static int parse(int argc, char **argv, struct arguments *arguments)
{
    struct option options[PLAN_OPTIONS_MAX];
    int option, code = 0;
    plan_flags_options(OPTIONS, options);
    optind = 0;
    while (code == 0 && (option = cli_option("analyze", options, argc, argv)) != -1) {
        arguments->wants_help = option == OPTION_HELP;
        if (arguments->wants_help)
            return 0;
        code = option == '?' ? CLI_USAGE : take_option(arguments, option, optarg);
    }
    if (code != 0)
        return code;
    if (arguments->delivery_flag != NULL && !arguments->post && !arguments->delivery.is_dry_run)
        return cli_usage_error("analyze",
                               "--%s is for delivery, which needs --post (or --dry-run to look "
                               "first)",
                               arguments->delivery_flag);
    code = source_check("analyze", &arguments->source, (size_t)(argc - optind));
    if (code == 0 && optind == argc && arguments->source.warehouse.source_count == 0)
        return cli_usage_error("analyze", "no data: name a CSV file, or '-'");
    return code;
}

static bool delivers(const struct arguments *arguments)
{
    return arguments->post || arguments->delivery.is_dry_run;
}

/* An analysis on its way to a file. */
struct document {
    const struct assay_analysis *analysis;
    enum assay_format format;
    struct assay_write_options options;
};

static enum assay_status write_document(const void *what, const struct assay_sink *sink,
                                        struct assay_error *err)
{
    const struct document *document = what;
    return assay_analysis_stream(document->analysis, document->format, &document->options, sink,
                                 err);
}

static int print_result(const struct arguments *arguments, const struct assay_analysis *analysis)
{
    struct term term = term_of(stdout);
    struct document document = {analysis, arguments->format, arguments->write};
    bool to_stdout = output_is_stdout(arguments->output);
    bool is_table = arguments->is_for_table || (term.is_terminal && to_stdout);
    if (!arguments->has_format)
        document.format = is_table ? ASSAY_FORMAT_TABLE : ASSAY_FORMAT_RESULT;
    document.options.width = term.width;
    document.options.color = term.color && to_stdout;
    document.options.unicode = term.unicode;
    document.options.hint = hint_of;
    return output_stream(arguments->output, write_document, &document);
}

/* A body that is too large to be posted is given up before all of it is in memory. */
static enum assay_status count_body(void *context, const char *bytes, size_t length,
                                    struct assay_error *err)
{
    size_t *size = context;
    (void)bytes;
    *size += length;
    if (*size > ASSAY__BODY_BYTES_MAX)
        return assay__fail(err, ASSAY_ERROR_LIMIT,
                           "The result is larger than %d MiB, the most that can be posted: leave "
                           "out dimensions with many values.",
                           ASSAY__BODY_BYTES_MAX >> 20);
    return ASSAY_OK;
}

static enum assay_status gather_body(void *context, const char *bytes, size_t length,
                                     struct assay_error *err)
{
    struct assay__text *body = context;
    assay__text_append(body, bytes, length);
    return body->failed ? assay__fail_memory(err) : ASSAY_OK;
}

/* The body is written twice: its size is known before memory is taken, so that it stands there
 * once. A text that grows would leave half as much behind. */
static enum assay_status write_body(const struct assay_analysis *analysis, struct assay__text *body,
                                    struct assay_error *err)
{
    size_t size = 0;
    enum assay_status status =
        assay_request_stream(analysis, &(struct assay_sink){count_body, &size}, err);
    if (status != ASSAY_OK)
        return status;
    assay__text_reserve(body, size);
    return assay_request_stream(analysis, &(struct assay_sink){gather_body, body}, err);
}

/* Delivers the result; on a dry run the request takes the result's place on standard output. */
static int deliver(struct arguments *arguments, const struct assay_analysis *analysis)
{
    struct assay_error err;
    struct assay__text body = {0};
    enum assay_status status = write_body(analysis, &body, &err);
    int code = status == ASSAY_OK ? delivery_send(&arguments->delivery, body.data, body.length)
                                  : cli_fail(&err);
    assay__text_release(&body);
    return code;
}

/* What an analysis or its delivery will ask of the plan is asked before the data are read. */
static enum assay_status check_plan(const struct arguments *arguments,
                                    const struct assay_plan *plan, struct assay_error *err)
{
    const char *path = plan_flags_given(&arguments->plan, "plan");
    if (plan->scheme == ASSAY_COMPARE_BASELINE && plan->baseline == NULL)
        return assay__fail_at(
            err, ASSAY_ERROR_PLAN, path, 0, 0,
            "No baseline is named. Say which group is the control with --baseline "
            "or comparisons.baseline.");
    if (delivers(arguments) && plan->parent == NULL)
        return assay__fail_at(
            err, ASSAY_ERROR_PLAN, path, 0, 0,
            "To post, say where the result belongs with --parent or \"parent\" in "
            "the plan, as workflows/{workflow}/instances/{instance}.");
    return ASSAY_OK;
}

/* The result is shown before it is delivered, which may take minutes, and delivered whether or not
 * it could be shown: a full disk here does not lose it there. When both fail, the exit code
 * is the delivery's, since what was computed may then be nowhere but in the outbox. */
static int report(struct arguments *arguments, const struct assay_analysis *analysis)
{
    int shown = arguments->delivery.is_dry_run ? 0 : print_result(arguments, analysis);
    int delivered = delivers(arguments) ? deliver(arguments, analysis) : 0;
    int code = delivered != 0 ? delivered : shown;
    return code == 0 ? health_code(&arguments->fail_on, analysis) : code;
}

/* What was guessed is said where it is read, and stays with the result. */
static void say_guess(const struct arguments *arguments)
{
    if (arguments->guess.flags.length > 0)
        message_note("guessed",
                     "guessed from the first rows: %s (give options or a plan for another "
                     "reading; 'assay plan init' writes one)%s",
                     arguments->guess.flags.data, arguments->guess.checks);
}

static enum assay_status note_guess(const struct arguments *arguments,
                                    struct assay_dataset *dataset, struct assay_error *err)
{
    char text[2400];
    if (arguments->guess.flags.length == 0)
        return ASSAY_OK;
    snprintf(text, sizeof text, "Guessed from names and values, not planned: %.1450s%s",
             arguments->guess.flags.data, arguments->guess.checks);
    return assay__dataset_note(dataset, ASSAY_NOTE_WARNING, -1, text, err);
}

static int analyze(struct arguments *arguments, char **paths, size_t path_count)
{
    struct assay_error err;
    struct assay_plan *plan = NULL;
    struct assay_dataset *dataset = NULL;
    struct assay_analysis *analysis = NULL;
    bool has_files = path_count > 0;
    enum assay_status status = ASSAY_OK;
    if (has_files)
        status = guess_flags_fill(&arguments->guess, &arguments->plan, paths[0],
                                  arguments->read.separator, &err);
    if (status == ASSAY_OK && arguments->guess.refusal[0] != '\0')
        return cli_usage_error("analyze", "%s", arguments->guess.refusal);
    say_guess(arguments);
    if (status == ASSAY_OK)
        status = plan_flags_build(&arguments->plan, &plan, &err);
    if (status == ASSAY_OK)
        status = check_plan(arguments, plan, &err);
    if (status == ASSAY_OK)
        status = has_files
                     ? data_read(plan, &arguments->plan, &arguments->read, paths, path_count,
                                 &dataset, &err)
                     : source_read(plan, &arguments->plan, &arguments->source, &dataset, &err);
    if (status == ASSAY_OK)
        status = note_guess(arguments, dataset, &err);
    if (status == ASSAY_OK)
        status = assay__dataset_spend(dataset, &analysis, &err);
    int code = status == ASSAY_OK ? report(arguments, analysis)
                                  : data_fail("analyze", &arguments->plan, &err);
    assay_analysis_free(analysis);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
    return code;
}

/* What is wrong with files or delivery is said before the data are read, which may take long. */
static int run(struct arguments *arguments, char **paths, size_t path_count)
{
    int code = data_check_files("analyze", &arguments->plan, paths, path_count, arguments->output);
    if (code == 0)
        code = source_check_output("analyze", &arguments->source, arguments->output);
    if (code == 0 && arguments->source.explains)
        return source_explain("analyze", &arguments->plan, &arguments->source);
    if (code == 0)
        code = delivery_check_output(&arguments->delivery, arguments->output);
    if (code == 0 && delivers(arguments))
        code = delivery_open(&arguments->delivery);
    if (code == 0) /* now with the files that the environment names */
        code = delivery_check_output(&arguments->delivery, arguments->output);
    if (code == 0)
        code = analyze(arguments, paths, path_count);
    if (delivers(arguments))
        delivery_close(&arguments->delivery);
    return code;
}

int cmd_analyze(int argc, char **argv)
{
    struct arguments arguments = {.delivery.command = "analyze"};
    int code = parse(argc, argv, &arguments);
    if (code == 0 && arguments.wants_help)
        code = print_help();
    else if (code == 0)
        code = run(&arguments, argv + optind, (size_t)(argc - optind));
    source_release(&arguments.source);
    plan_flags_release(&arguments.plan);
    guess_flags_release(&arguments.guess);
    return code;
}
