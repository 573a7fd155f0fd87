/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options of all commands, and what is wrong with one, in words that help. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

enum { OPTIONS_MAX = 256, LIST_BYTES = 256 };

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
    for (; options->name != NULL && count < OPTIONS_MAX; options++)
        if (!is_hidden(options))
            names[count++] = options->name;
    snprintf(name, sizeof name, "%.*s", (int)length, word);
    const char *nearest = length < sizeof name ? cli_nearest(name, names, count) : NULL;
    if (nearest != NULL)
        cli_usage_error(command, "there is no option --%s; did you mean --%s?", name, nearest);
    else
        cli_usage_error(command, "there is no option --%s%s", name,
                        length < sizeof name ? "" : "...");
}

/* getopt_long() leaves in optopt the val of a known option, 0, or the letter after a single dash.
 */
static void say_problem(const char *command, const struct option *options, char **argv)
{
    if (optopt > 0xFF)
        value_error(command, options);
    else if (optopt != 0)
        cli_usage_error(command, "there is no option -%c; options begin with two dashes",
                        optopt >= 0x21 && optopt < 0x7F ? optopt : '?');
    else
        name_error(command, options, argv[optind - 1] + 2);
}

static int next_option(const char *command, const char *letters, const struct option *options,
                       int argc, char **argv)
{
    opterr = 0;
    int option = getopt_long(argc, argv, letters, options, NULL);
    if (option == '?')
        say_problem(command, options, argv);
    return option;
}

int cli_option(const char *command, const struct option *options, int argc, char **argv)
{
    return next_option(command, "", options, argc, argv);
}

int cli_option_or_word(const char *command, const struct option *options, int argc, char **argv)
{
    return next_option(command, "-", options, argc, argv);
}
