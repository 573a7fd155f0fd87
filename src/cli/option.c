/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options of all commands, and what is wrong with one, in words that help. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli/args.h"
#include "cli/cli.h"
#include "cli/message.h"
#include "cli/option_elsewhere.h"
#include "cli/term.h"

enum { OPTIONS_MAX = 256, LIST_BYTES = 256, COMMON_COLOR = 0x7000, COMMON_LOG };

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

/* Options of every command stand behind the command's own. */
static void join_options(const struct option *own, struct option all[OPTIONS_MAX])
{
    static const struct option COMMON[] = {{"color", required_argument, NULL, COMMON_COLOR},
                                           {"log-format", required_argument, NULL, COMMON_LOG},
                                           {NULL, 0, NULL, 0}};
    size_t count = 0;
    while (own->name != NULL && count < OPTIONS_MAX - sizeof COMMON / sizeof *COMMON)
        all[count++] = *own++;
    memcpy(all + count, COMMON, sizeof COMMON);
}

static bool take_common(const char *command, int option, const char *value)
{
    static const char *const COLORS[] = {"auto", "always", "never", NULL};
    static const char *const FORMS[] = {"text", "json", NULL};
    unsigned index = 0;
    bool is_color = option == COMMON_COLOR;
    struct args_where where = {command, is_color ? "color" : "log-format"};
    if (args_choice(where, value, is_color ? COLORS : FORMS, &index) != 0)
        return false;
    if (is_color)
        term_set_color((enum term_color)index);
    else
        message_set_json(index == 1);
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
        if (option != COMMON_COLOR && option != COMMON_LOG)
            return option;
    } while (take_common(command, option, optarg));
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
