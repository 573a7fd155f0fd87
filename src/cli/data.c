/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/data.h"

#include <string.h>

#include "base/error.h"
#include "cli/args.h"
#include "cli/cli.h"

static int take_input(struct args_where where, const char *value,
                      struct assay_read_options *options)
{
    static const char *const NAMES[] = {[ASSAY_INPUT_AUTO] = "auto",
                                        [ASSAY_INPUT_UNITS] = "units",
                                        [ASSAY_INPUT_SUMMARY] = "summary",
                                        NULL};
    unsigned index = 0;
    int code = args_choice(where, value, NAMES, &index);
    options->kind = (enum assay_input_kind)index;
    return code;
}

static int take_bad_rows(struct args_where where, const char *value,
                         struct assay_read_options *options)
{
    static const char *const NAMES[] = {
        [ASSAY_BAD_ROWS_FAIL] = "fail", [ASSAY_BAD_ROWS_SKIP] = "skip", NULL};
    unsigned index = 0;
    int code = args_choice(where, value, NAMES, &index);
    options->bad_rows = (enum assay_bad_rows)index;
    return code;
}

static int take_separator(struct args_where where, const char *value,
                          struct assay_read_options *options)
{
    static const struct {
        const char *name;
        char separator;
    } NAMES[] = {{",", ','},    {"comma", ','}, {";", ';'},    {"semicolon", ';'}, {"|", '|'},
                 {"pipe", '|'}, {"\t", '\t'},   {"tab", '\t'}, {"\\t", '\t'}};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        if (strcmp(NAMES[i].name, value) == 0) {
            options->separator = NAMES[i].separator;
            return 0;
        }
    }
    return cli_usage_error(where.command, "--%s is one of ',', ';', '|' or tab, not '%s'",
                           where.flag, value);
}

bool data_flag_take(const char *command, struct assay_read_options *options, int option,
                    const char *value, int *code)
{
    if (option == DATA_FLAG_INPUT)
        *code = take_input((struct args_where){command, "input"}, value, options);
    else if (option == DATA_FLAG_BAD_ROWS)
        *code = take_bad_rows((struct args_where){command, "bad-rows"}, value, options);
    else if (option == DATA_FLAG_SEPARATOR)
        *code = take_separator((struct args_where){command, "separator"}, value, options);
    else
        return false;
    return true;
}

void data_flag_help(FILE *out)
{
#define DATA_FLAG_HELP(id, name, has_argument, argument, sentence)                                 \
    fprintf(out, "  --%-24s %s\n", has_argument ? name "=" argument : name, sentence);
    DATA_FLAG_LIST(DATA_FLAG_HELP)
#undef DATA_FLAG_HELP
}

enum assay_status data_read(const struct plan_flags *flags,
                            const struct assay_read_options *options, char *const *paths,
                            size_t path_count, struct assay_plan **plan,
                            struct assay_dataset **dataset, struct assay_error *err)
{
    *plan = NULL;
    *dataset = NULL;
    enum assay_status status = plan_flags_build(flags, plan, err);
    if (status == ASSAY_OK)
        status = assay_dataset_new(*plan, dataset, err);
    if (status == ASSAY_OK)
        status = assay_dataset_read(*dataset, (const char *const *)paths, path_count, options, err);
    return status;
}
