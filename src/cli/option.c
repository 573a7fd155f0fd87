/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options of all commands, and what is wrong with one, in words that help. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli/args.h"
#include "cli/cli.h"
#include "cli/message.h"
#include "cli/option_elsewhere.h"
#include "cli/progress.h"
#include "cli/term.h"

enum { OPTIONS_MAX = 256, LIST_BYTES = 256, COMMON_FIRST = 0x7000 };

/* An option that is known but lacks its value, or has one that it does not take. */
static void value_error(const char *command, const struct option *options)
{
    while (options->val != optopt)
        options++;
    cli_usage_error(command,
                    options->has_arg == no_argument ? "--%s takes no value" : "--%s needs a value",
                    options->name);
}

/* Options that are only there to be refused, with a hint: no secret belongs into argv. */
static bool is_hidden(const struct option *option)
{
    return strcmp(option->name, "token") == 0 || strcmp(option->name, "client-secret") == 0;
}

/* Lists the options that begin with a word; their number. */
static size_t list_beginning(const struct option *options, const char *word, size_t length,
                             char list[LIST_BYTES])
{
    size_t count = 0, used = 0;
    list[0] = '\0';
    for (; options->name != NULL; options++) {
        bool begins = strncmp(options->name, word, length) == 0;
        if (!begins || is_hidden(options) || used >= LIST_BYTES)
            continue;
        int written = snprintf(list + used, LIST_BYTES - used, "%s--%s", count == 0 ? "" : ", ",
                               options->name);
        used += written > 0 ? (size_t)written : 0;
        count++;
    }
    return count;
}

static void name_error(const char *command, const struct option *options, const char *word)
{
    char name[64], list[LIST_BYTES];
    const char *names[OPTIONS_MAX];
    size_t count = 0, length = strcspn(word, "=");
    if (length > 0 && list_beginning(options, word, length, list) > 1) {
        cli_usage_error(command, "--%.*s is ambiguous: it may be one of %s", (int)length, word,
                        list);
        return;
    }
    for (const struct option *known = options; known->name != NULL && count < OPTIONS_MAX; known++)
        if (!is_hidden(known))
            names[count++] = known->name;
    snprintf(name, sizeof name, "%.*s", (int)length, word);
    const char *nearest = length < sizeof name ? cli_nearest(name, names, count) : NULL;
    const char *here = length < sizeof name ? option_elsewhere(options, name) : NULL;
    if (here != NULL)
        cli_usage_error(command, "unknown option --%s; write %s", name, here);
    else if (nearest != NULL)
        cli_usage_error(command, "unknown option --%s; did you mean --%s?", name, nearest);
    else
        cli_usage_error(command, "unknown option --%s%s", name, length < sizeof name ? "" : "...");
}

/* getopt_long() leaves in optopt the val of a known option, 0, or the letter after a single dash.
 */
static void say_problem(const char *command, const struct option *options, char **argv)
{
    if (optopt > 0xFF)
        value_error(command, options);
    else if (optopt != 0)
        cli_usage_error(command, "unknown option -%c; options begin with two dashes",
                        optopt >= 0x21 && optopt < 0x7F ? optopt : '?');
    else
        name_error(command, options, argv[optind - 1] + 2);
}

static void take_color(unsigned index)
{
    term_set_color((enum term_color)index);
}

static void take_progress(unsigned index)
{
    progress_set((enum progress_when)index);
}

static void take_form(unsigned index)
{
    message_set_json(index == 1);
}

/* Options of every command. */
static const struct common {
    const char *name;
    const char *values[4]; /* ends with NULL */
    void (*take)(unsigned index);
} COMMON[] = {{"color", {"auto", "always", "never"}, take_color},
              {"progress", {"auto", "always", "never"}, take_progress},
              {"log-format", {"text", "json"}, take_form}};

enum { COMMON_COUNT = sizeof COMMON / sizeof *COMMON };

/* They stand behind the command's own. */
static void join_options(const struct option *own, struct option all[OPTIONS_MAX])
{
    size_t count = 0;
    while (own->name != NULL && count < OPTIONS_MAX - COMMON_COUNT - 1)
        all[count++] = *own++;
    for (int i = 0; i < COMMON_COUNT; i++)
        all[count++] = (struct option){COMMON[i].name, required_argument, NULL, COMMON_FIRST + i};
    all[count] = (struct option){NULL, 0, NULL, 0};
}

static bool take_common(const char *command, const struct common *common, const char *value)
{
    unsigned index = 0;
    struct args_where where = {command, common->name};
    if (args_choice(where, value, common->values, &index) != 0)
        return false;
    common->take(index);
    return true;
}

static int next_option(const char *command, const char *letters, const struct option *options,
                       int argc, char **argv)
{
    struct option all[OPTIONS_MAX];
    int option;
    join_options(options, all);
    opterr = 0;
    do {
        option = getopt_long(argc, argv, letters, all, NULL);
        if (option == '?')
            say_problem(command, all, argv);
        if (option < 0)
            progress_begin();
        if (option < COMMON_FIRST)
            return option;
    } while (take_common(command, &COMMON[option - COMMON_FIRST], optarg));
    return '?';
}

void cli_scan_form(int argc, char **argv)
{
    static const char NAME[] = "--log-format";
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strncmp(argv[i], NAME, sizeof NAME - 1) != 0)
            continue;
        const char *rest = argv[i] + sizeof NAME - 1;
        const char *value = *rest == '=' ? rest + 1 : *rest == '\0' ? argv[i + 1] : NULL;
        if (value != NULL)
            message_set_json(strcmp(value, "json") == 0);
    }
}

int cli_option(const char *command, const struct option *options, int argc, char **argv)
{
    return next_option(command, "", options, argc, argv);
}

int cli_option_or_word(const char *command, const struct option *options, int argc, char **argv)
{
    return next_option(command, "-", options, argc, argv);
}
