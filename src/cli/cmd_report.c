/* SPDX-License-Identifier: GPL-3.0-or-later */
/* assay report: results as one HTML document, or as Markdown. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"
#include "cli/args.h"
#include "cli/cli.h"
#include "cli/output.h"
#include "cli/term.h"
#include "json/json_read.h"
#include "serve/pages/page_parts.h"
#include "serve/pages/page_report.h"

enum { OPTION_OUTPUT = CLI_OPTION_FIRST, OPTION_FORMAT, OPTION_SLICES, OPTION_HELP };
enum { RESULTS_MAX = 1000, SLICES_MAX = 1000000 };
enum { RESULT_BYTES_MAX = 64 << 20 };
enum { FORMAT_HTML, FORMAT_MARKDOWN, FORMAT_CHART };

static const struct option OPTIONS[] = {{"output", required_argument, NULL, OPTION_OUTPUT},
                                        {"format", required_argument, NULL, OPTION_FORMAT},
                                        {"slices", required_argument, NULL, OPTION_SLICES},
                                        {"help", no_argument, NULL, OPTION_HELP},
                                        {NULL, 0, NULL, 0}};

static const char HELP[] =
    "usage: assay report [OPTION...] FILE...\n\n"
    "Shows results that 'assay analyze --format result' wrote: one HTML file that needs nothing\n"
    "else, with the looks drawn over time. Several results make a list.\n\n"
    "  assay report result.json --output report.html\n\n"
    "  --output=FILE            write to FILE, at once and whole\n"
    "  --format=NAME            html (default), markdown for a chat or a pull request,\n"
    "                           or chart for a terminal: what has several looks, over time\n"
    "  --slices=N               html: N values of a dimension, the largest (20); others are\n"
    "                           gathered\n" CLI_COMMON_HELP;

static enum assay_status read_file(const char *path, struct assay__text *text,
                                   struct assay_error *err)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    char block[16384];
    size_t length;
    if (file == NULL)
        return assay__fail_at(err, assay__open_status(errno), path, 0, 0, "%s.", strerror(errno));
    while (text->length <= RESULT_BYTES_MAX && (length = fread(block, 1, sizeof block, file)) > 0)
        assay__text_append(text, block, length);
    bool failed = ferror(file) != 0;
    if (file != stdin)
        fclose(file);
    if (failed)
        return assay__fail_at(err, ASSAY_ERROR_IO, path, 0, 0, "Reading failed.");
    if (text->length > RESULT_BYTES_MAX)
        return assay__fail_at(err, ASSAY_ERROR_LIMIT, path, 0, 0, "More than 64 MiB.");
    return text->failed ? assay__fail_memory(err) : ASSAY_OK;
}

/* The AnalysisResult of a file: the document itself, or within the request that posts it. */
static enum assay_status read_result(struct assay__arena *arena, const char *path,
                                     struct serve_report *report, struct assay_error *err)
{
    const struct assay__json_options options = {.name = path,
                                                .code = ASSAY_ERROR_DATA,
                                                .bytes_max = RESULT_BYTES_MAX,
                                                .values_max = 5000000,
                                                .depth_max = 64};
    struct assay__text text = {0};
    struct assay__node *root = NULL;
    enum assay_status status = read_file(path, &text, err);
    char *kept = NULL;
    if (status == ASSAY_OK) {
        kept = assay__arena_copy(arena, text.length > 0 ? text.data : "", text.length);
        status = kept == NULL ? assay__fail_memory(err)
                              : assay__json_read(arena, kept, text.length, &options, &root, err);
    }
    assay__text_release(&text);
    if (status != ASSAY_OK)
        return status;
    const struct assay__node *inner = serve_page_member(root, "analysisResult", ASSAY__NODE_OBJECT);
    const char *id = serve_page_text(root, "analysisResultId");
    report->result = inner != NULL ? inner : root;
    if (serve_page_member(report->result, "results", ASSAY__NODE_ARRAY) == NULL)
        return assay__fail_at(err, ASSAY_ERROR_DATA, path, 0, 0,
                              "This is not an AnalysisResult: it has no list of results.");
    const char *name = serve_page_text(report->result, "name");
    const char *file_name = strrchr(path, '/');
    if (name[0] == '\0')
        name = id;
    if (name[0] == '\0')
        name = strcmp(path, "-") == 0 ? "Result" : file_name == NULL ? path : file_name + 1;
    report->title = name;
    return ASSAY_OK;
}

/* What the command line asks for. */
struct request {
    const char *output;
    unsigned format;
    size_t slices_max;
};

static void write_reports(struct assay__text *out, const struct serve_report *reports, size_t count,
                          const struct request *request)
{
    const struct term term = term_of(stdout);
    struct assay__page page = {.out = out, .width = term.width, .unicode = term.unicode};
    page.color = term.color && output_is_stdout(request->output);
    if (request->format == FORMAT_CHART)
        serve_report_charts(&page, reports, count);
    else if (request->format == FORMAT_MARKDOWN)
        serve_report_markdown(out, reports, count);
    else
        serve_report_html(out, reports, count, request->slices_max);
}

static int run(char **paths, size_t count, const struct request *request)
{
    struct serve_report *reports = calloc(count, sizeof *reports);
    struct assay__arena arena = {0};
    struct assay__text out = {0};
    struct assay_error err;
    enum assay_status status = reports == NULL ? assay__fail_memory(&err) : ASSAY_OK;
    for (size_t i = 0; status == ASSAY_OK && i < count; i++)
        status = read_result(&arena, paths[i], &reports[i], &err);
    if (status == ASSAY_OK)
        write_reports(&out, reports, count, request);
    if (out.failed)
        status = assay__fail_memory(&err);
    int code =
        status == ASSAY_OK ? output_write(request->output, out.data, out.length) : cli_fail(&err);
    assay__text_release(&out);
    assay__arena_release(&arena);
    free(reports);
    return code;
}

static int take_slices(struct request *request, const char *value)
{
    uint64_t count;
    size_t one;
    int code = args_counts((struct args_where){"report", "slices"}, value, 1, &count, &one);
    if (code == 0 && (count == 0 || count > SLICES_MAX))
        code = cli_usage_error("report", "--slices=%s: this must be a number from 1 to 1000000",
                               value);
    request->slices_max = code == 0 ? (size_t)count : 0;
    return code;
}

static int take(struct request *request, int option)
{
    static const char *const FORMATS[] = {"html", "markdown", "chart", NULL};
    if (option == OPTION_OUTPUT)
        request->output = optarg;
    else if (option == OPTION_FORMAT)
        return args_choice((struct args_where){"report", "format"}, optarg, FORMATS,
                           &request->format);
    else if (option == OPTION_SLICES)
        return take_slices(request, optarg);
    else
        return CLI_USAGE;
    return 0;
}

int cmd_report(int argc, char **argv)
{
    struct request request = {.slices_max = SERVE_SLICES_SHOWN};
    int option, code = 0;
    optind = 0;
    while (code == 0 && (option = cli_option("report", OPTIONS, argc, argv)) != -1) {
        if (option == OPTION_HELP)
            return cli_write_stdout(HELP, sizeof HELP - 1);
        code = take(&request, option);
    }
    if (code != 0)
        return code;
    size_t count = (size_t)(argc - optind);
    if (count == 0)
        return cli_usage_error("report", "which results? Name the files, or - for standard input");
    if (count > RESULTS_MAX)
        return cli_usage_error("report", "at most %d results", (int)RESULTS_MAX);
    code = output_check("report", request.output, (const char *const *)(argv + optind), count);
    return code != 0 ? code : run(argv + optind, count, &request);
}
