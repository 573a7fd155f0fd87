/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The flags that say how data files are read, and reading them into a dataset. */
#include "cli/flags_data.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "analysis/dataset.h"
#include "base/error.h"
#include "base/machine.h"
#include "cli/args.h"
#include "cli/cli.h"
#include "cli/heap.h"
#include "cli/output.h"

enum { MEMORY_LEAST = 1 << 20 };

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

static int take_threads(struct args_where where, const char *value,
                        struct assay_read_options *options)
{
    uint64_t count = 0;
    int code = args_counts(where, value, 1, &count, &(size_t){0});
    if (code == 0 && (count < 1 || count > ASSAY_THREADS_MAX))
        return cli_usage_error(where.command, "--%s is a number from 1 to %d, not '%s'", where.flag,
                               ASSAY_THREADS_MAX, value);
    options->threads = (uint32_t)count;
    return code;
}

/* Half of what the process may have. */
static size_t half_of_memory(void)
{
    size_t limit = assay__machine_memory();
    if (limit == SIZE_MAX)
        return (size_t)1 << 30;
    return limit / 2 > MEMORY_LEAST ? limit / 2 : MEMORY_LEAST;
}

static int take_memory(struct args_where where, const char *value,
                       struct assay_read_options *options)
{
    static const char SUFFIXES[] = "KMGT";
    char *end = NULL;
    errno = 0;
    unsigned long long size = value[0] >= '0' && value[0] <= '9' ? strtoull(value, &end, 10) : 0;
    const char *suffix = size == 0 || *end == '\0' ? NULL : strchr(SUFFIXES, *end);
    if (suffix != NULL) {
        unsigned shift = 10 * (unsigned)(suffix - SUFFIXES + 1);
        size = size > UINT64_MAX >> shift ? 0 : size << shift;
        end++;
    }
    if (errno != 0 || size < MEMORY_LEAST || size > SIZE_MAX / 2 || *end != '\0')
        return cli_usage_error(where.command,
                               "--%s is a number of bytes, at least 1M, as in 256M or 2G, not '%s'",
                               where.flag, value);
    options->memory_bytes = (size_t)size;
    return 0;
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
    else if (option == DATA_FLAG_THREADS)
        *code = take_threads((struct args_where){command, "threads"}, value, options);
    else if (option == DATA_FLAG_MEMORY)
        *code = take_memory((struct args_where){command, "memory"}, value, options);
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

/* The first regular file that is there twice, under whatever name; NULL when none is. */
static const char *find_twice(char *const *paths, size_t count, struct stat *found)
{
    for (size_t i = 0; i < count; i++) {
        bool is_file = stat(paths[i], &found[i]) == 0 && S_ISREG(found[i].st_mode);
        for (size_t k = 0; is_file && k < i; k++)
            if (S_ISREG(found[k].st_mode) && found[k].st_ino == found[i].st_ino &&
                found[k].st_dev == found[i].st_dev)
                return paths[i];
        if (!is_file)
            found[i].st_mode = 0;
    }
    return NULL;
}

int data_check_twice(const char *command, char *const *paths, size_t path_count)
{
    struct assay_error err;
    struct stat *found = calloc(path_count, sizeof *found);
    if (found == NULL) {
        (void)assay__fail_memory(&err);
        return cli_fail(&err);
    }
    const char *twice = find_twice(paths, path_count, found);
    free(found);
    if (twice == NULL)
        return 0;
    return cli_usage_error(command, "'%s' is given twice: its rows would count twice", twice);
}

/* A file of events is read once for each of its names, and never written to. */
static int check_event_files(const char *command, const struct plan_flags *flags,
                             const char *output)
{
    struct plan_event_file *files = NULL;
    struct assay_error err;
    size_t count = 0;
    int code = 0;
    if (plan_flags_event_files(flags, NULL, &files, &count, &err) != ASSAY_OK)
        return cli_fail(&err);
    for (size_t i = 0; code == 0 && i < count; i++)
        code = output_check(command, output, &files[i].path, 1);
    free(files);
    return code;
}

int data_check_files(const char *command, const struct plan_flags *flags, char *const *paths,
                     size_t path_count, const char *output)
{
    const char *plan = plan_flags_given(flags, "plan");
    int code = output_check(command, output, &plan, 1);
    if (code == 0)
        code = output_check(command, output, (const char *const *)paths, path_count);
    if (code == 0)
        code = check_event_files(command, flags, output);
    return code == 0 ? data_check_twice(command, paths, path_count) : code;
}

/* The files of events as the library takes them: each is a list of its own. */
static enum assay_status list_events(const struct plan_event_file *files, size_t count,
                                     struct assay_event_files **out, struct assay_error *err)
{
    *out = calloc(count + 1, sizeof **out);
    if (*out == NULL)
        return assay__fail_memory(err);
    for (size_t i = 0; i < count; i++)
        (*out)[i] = (struct assay_event_files){
            .name = files[i].events->name, .paths = &files[i].path, .path_count = 1};
    return ASSAY_OK;
}

/* Reads with all options in place. */
static enum assay_status read_all(const struct assay_plan *plan,
                                  const struct assay_read_options *options, char *const *paths,
                                  size_t path_count, const struct assay__unit_watch *watch,
                                  struct assay_dataset **dataset, struct assay_error *err)
{
    enum assay_status status = assay_dataset_new(plan, dataset, err);
    if (status == ASSAY_OK)
        assay__dataset_watch(*dataset, watch);
    if (status == ASSAY_OK)
        status = assay_dataset_read(*dataset, (const char *const *)paths, path_count, options, err);
    if (status != ASSAY_OK) {
        assay_dataset_free(*dataset);
        *dataset = NULL;
    }
    return status;
}

enum assay_status data_read(const struct assay_plan *plan, const struct plan_flags *flags,
                            const struct assay_read_options *options, char *const *paths,
                            size_t path_count, struct assay_dataset **dataset,
                            struct assay_error *err)
{
    return data_read_watched(plan, flags, options, paths, path_count, NULL, dataset, err);
}

enum assay_status data_read_watched(const struct assay_plan *plan, const struct plan_flags *flags,
                                    const struct assay_read_options *options, char *const *paths,
                                    size_t path_count, const struct assay__unit_watch *watch,
                                    struct assay_dataset **dataset, struct assay_error *err)
{
    struct assay_read_options all = *options;
    struct plan_event_file *files = NULL;
    struct assay_event_files *events = NULL;
    *dataset = NULL;
    heap_prepare();
    if (all.memory_bytes == 0)
        all.memory_bytes = half_of_memory();
    all.temporary_folder = getenv("TMPDIR");
    const char *kernel = getenv("ASSAY_KERNEL");
    all.kernel = kernel == NULL || *kernel == '\0' ? NULL : kernel;
    enum assay_status status = plan_flags_event_files(flags, plan, &files, &all.event_count, err);
    if (status == ASSAY_OK)
        status = list_events(files, all.event_count, &events, err);
    all.events = events;
    if (status == ASSAY_OK)
        status = read_all(plan, &all, paths, path_count, watch, dataset, err);
    free(events);
    free(files);
    return status;
}

int data_fail(const char *command, const struct plan_flags *flags, const struct assay_error *err)
{
    bool is_usage = err->code == ASSAY_ERROR_USAGE ||
                    (err->code == ASSAY_ERROR_PLAN && plan_flags_given(flags, "plan") == NULL);
    char hint[CLI_HINT_BYTES];
    cli_hint(err, hint);
    return is_usage ? cli_usage_error(command, "%s%s", err->message, hint) : cli_fail(err);
}
