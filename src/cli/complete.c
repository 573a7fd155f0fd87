/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What may stand for a word that is being typed: commands, options, their values, columns. */
#include "cli/complete.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/args.h"
#include "cli/plan_flags.h"
#include "source/csv/csv.h"
#include "source/rows.h"

enum { LINE_BYTES = 512, WORD_BYTES = 256, OPTIONS_MAX = 256 };

struct known;

/* The word being typed and what stands before it. */
struct request {
    const struct complete_command *command;
    const struct known *known; /* the options of its help */
    int count;
    char **words;
    char option[WORD_BYTES]; /* whose value is typed, without dashes; "" for none */
    const char *prefix;      /* what candidates begin with, since it is part of the word */
    size_t prefix_length;
    const char *start; /* what candidates must begin with, after the prefix */
};

static void offer(const struct request *request, const char *word, const char *sentence)
{
    if (strncmp(word, request->start, strlen(request->start)) == 0)
        printf("%.*s%s\t%s\n", (int)request->prefix_length, request->prefix, word, sentence);
}

/* Runs a command with its standard output in a file, which is returned at its beginning. */
static FILE *output_of(const struct complete_command *command, int argc, char **argv)
{
    FILE *file = tmpfile();
    fflush(stdout);
    int kept = file == NULL ? -1 : fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    if (kept < 0 || dup2(fileno(file), STDOUT_FILENO) < 0) {
        if (file != NULL)
            fclose(file);
        return NULL;
    }
    command->run(argc, argv);
    fflush(stdout);
    dup2(kept, STDOUT_FILENO);
    close(kept);
    rewind(file);
    return file;
}

static FILE *help_of(const struct complete_command *command)
{
    char name[WORD_BYTES], option[] = "--help";
    snprintf(name, sizeof name, "%s", command->name);
    char *argv[] = {name, option, NULL};
    return output_of(command, 2, argv);
}

/* The next option that a line of help names, from *at on: its name and the byte behind it. */
static bool next_name(const char *line, const char **at, char name[WORD_BYTES])
{
    while ((*at = strstr(*at, "--")) != NULL) {
        const char *begin = *at;
        size_t length = strspn(begin + 2, "abcdefghijklmnopqrstuvwxyz0123456789-");
        bool is_start = begin == line || strchr(" ,;[", begin[-1]) != NULL;
        *at = begin + 2 + length;
        if (!is_start || length == 0 || length >= WORD_BYTES || !islower((unsigned char)begin[2]))
            continue;
        snprintf(name, WORD_BYTES, "%.*s", (int)length, begin + 2);
        return true;
    }
    return false;
}

/* The sentence of an option whose line begins with it: what stands after two blanks. */
static const char *sentence_of(const char *line, const char *after)
{
    const char *sentence = strstr(after, "  ");
    bool is_first = line[strspn(line, " ")] == '-' && strchr(line, '-') + 2 < after &&
                    memchr(line, '-', (size_t)(after - line)) == line + strspn(line, " ");
    if (!is_first || sentence == NULL)
        return "";
    return sentence + strspn(sentence, " ");
}

/* The options that a help names, once each, in its order. */
struct known {
    struct known_option {
        char word[WORD_BYTES + 2], sentence[LINE_BYTES];
        char argument[WORD_BYTES]; /* "" when it takes none */
    } options[OPTIONS_MAX];
    size_t count;
};

static void know(struct known *known, const char *line, const char *at, const char *name)
{
    char word[WORD_BYTES + 2];
    size_t i = 0;
    snprintf(word, sizeof word, "--%s", name);
    while (i < known->count && strcmp(known->options[i].word, word) != 0)
        i++;
    if (i == OPTIONS_MAX)
        return;
    struct known_option *option = &known->options[i];
    if (i == known->count) {
        *option = (struct known_option){.word = ""};
        memcpy(option->word, word, sizeof word);
        known->count++;
    }
    bool takes = *at == '=' || (*at == ' ' && isupper((unsigned char)at[1]));
    if (takes && option->argument[0] == '\0')
        snprintf(option->argument, sizeof option->argument, "%.*s", (int)strcspn(at + 1, " ,;:"),
                 at + 1);
    if (option->sentence[0] == '\0')
        snprintf(option->sentence, sizeof option->sentence, "%s", sentence_of(line, at));
}

/* Reads a command's help; NULL when memory or the folder of temporary files fails. */
static struct known *know_options(const struct complete_command *command)
{
    struct known *known = calloc(1, sizeof *known);
    FILE *help = known == NULL ? NULL : help_of(command);
    char line[LINE_BYTES], name[WORD_BYTES];
    while (help != NULL && fgets(line, sizeof line, help) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        const char *at = line;
        while (next_name(line, &at, name))
            know(known, line, at, name);
    }
    if (help != NULL)
        fclose(help);
    return known;
}

static const struct known_option *known_option(const struct known *known, const char *name)
{
    for (size_t i = 0; known != NULL && i < known->count; i++)
        if (strcmp(known->options[i].word + 2, name) == 0)
            return &known->options[i];
    return NULL;
}

static void offer_options(const struct request *request)
{
    bool has_help = known_option(request->known, "help") != NULL;
    for (size_t i = 0; request->known != NULL && i < request->known->count; i++)
        offer(request, request->known->options[i].word, request->known->options[i].sentence);
    if (!has_help)
        offer(request, "--help", "what the command does and takes");
}

static void offer_words(const struct request *request, const char *list, const char *between)
{
    char words[WORD_BYTES], *rest = words;
    snprintf(words, sizeof words, "%s", list);
    for (char *word; (word = strsep(&rest, between)) != NULL;)
        offer(request, word, "");
}

/* The help may say the words itself: --region=eu|us. */
static bool offer_help_values(const struct request *request)
{
    const struct known_option *option = known_option(request->known, request->option);
    if (option == NULL || strchr(option->argument, '|') == NULL)
        return false;
    offer_words(request, option->argument, "|");
    return true;
}

/* Values of a flag of the plan that is one of some words; false for other flags. */
static bool offer_plan_values(const struct request *request)
{
    static const char *const RULES[][2] = {{"reduction", "full pooled none"},
                                           {"missing", "drop zero"}};
    struct plan_flag_list list;
    plan_flag_list_fill(&list, ASSAY__OBJECT_PLAN);
    const struct assay__plan_key *key = NULL;
    for (size_t i = 0; i < list.count; i++)
        if (list.rows[i].depth > 0 && strcmp(list.rows[i].name, request->option) == 0)
            key = list.rows[i].path[list.rows[i].depth - 1];
    if (key != NULL && key->choices != NULL) {
        for (uint32_t i = 0; i < key->choices->count; i++)
            offer(request, key->choices->names[i], "");
        return true;
    }
    for (size_t i = 0; i < sizeof RULES / sizeof *RULES; i++) {
        if (strcmp(RULES[i][0], request->option) != 0)
            continue;
        offer_words(request, RULES[i][1], " ");
        return true;
    }
    return false;
}

/* The command lists the words itself when it is asked for the value "?". */
static bool offer_own_values(const struct request *request)
{
    char name[WORD_BYTES], option[WORD_BYTES + 4], line[LINE_BYTES];
    snprintf(name, sizeof name, "%s", request->command->name);
    snprintf(option, sizeof option, "--%s=?", request->option);
    char *argv[] = {name, option, NULL};
    args_list_choices(true);
    FILE *output = output_of(request->command, 2, argv);
    args_list_choices(false);
    bool is_any = false;
    while (output != NULL && fgets(line, sizeof line, output) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        offer(request, line, "");
        is_any = true;
    }
    if (output != NULL)
        fclose(output);
    return is_any;
}

/* The columns of the last file on the command line that is a table. */
static void offer_columns(const struct request *request)
{
    static const char *const OPTIONS[] = {"group",      "unit",      "time",      "metric",
                                          "proportion", "covariate", "dimension", "denominator"};
    const struct assay__csv_options options = {.skip_bad = true};
    struct assay__rows *rows = NULL;
    struct assay_error err;
    struct stat about;
    bool is_column = false;
    for (size_t i = 0; i < sizeof OPTIONS / sizeof *OPTIONS; i++)
        is_column = is_column || strcmp(OPTIONS[i], request->option) == 0;
    for (int i = request->count - 2; is_column && rows == NULL && i > 0; i--) {
        const char *word = strncmp(request->words[i], "--data=", 7) == 0 ? request->words[i] + 7
                                                                         : request->words[i];
        if (stat(word, &about) == 0 && S_ISREG(about.st_mode))
            assay__csv_open(word, &options, &rows, &err);
    }
    for (uint32_t i = 0; rows != NULL && i < assay__rows_column_count(rows); i++)
        offer(request, assay__rows_columns(rows)[i], "");
    assay__rows_close(rows);
}

/* Whose value is typed, if any: "--name=va", or "va" after "--name" or after "--name" and "=". */
static void find_option(struct request *request)
{
    int last = request->count - 1;
    char *word = request->words[last], *equals = strchr(word, '=');
    request->start = word;
    if (strncmp(word, "--", 2) == 0 && equals != NULL) {
        snprintf(request->option, sizeof request->option, "%.*s", (int)(equals - word) - 2,
                 word + 2);
        request->prefix = word;
        request->prefix_length = (size_t)(equals - word) + 1;
        request->start = equals + 1;
        return;
    }
    bool is_cut = last >= 2 && strcmp(word, "=") == 0;
    bool is_after = last >= 3 && strcmp(request->words[last - 1], "=") == 0;
    const char *before = last < 1 ? "" : request->words[last - (is_after ? 2 : 1)];
    if (is_cut)
        request->start = "";
    if (strncmp(before, "--", 2) != 0 || strchr(before, '=') != NULL)
        return;
    const struct known_option *option = known_option(request->known, before + 2);
    if (is_cut || is_after || (option != NULL && option->argument[0] != '\0'))
        snprintf(request->option, sizeof request->option, "%s", before + 2);
}

static void offer_of_command(struct request *request)
{
    const char *word = request->words[request->count - 1];
    struct known *known = know_options(request->command);
    request->known = known;
    find_option(request);
    if (request->option[0] != '\0') {
        if (!offer_help_values(request) && !offer_plan_values(request) &&
            !offer_own_values(request))
            offer_columns(request);
    } else if (word[0] == '-') {
        offer_options(request);
    } else if (request->count == 2 && strcmp(request->command->name, "plan") == 0) {
        offer(request, "init", "writes a starting plan for a table");
        offer(request, "check", "says a plan in words");
        offer(request, "schema", "writes the JSON Schema of plans");
    }
    free(known);
}

int complete(const struct complete_command *commands, int count, char **words)
{
    struct request request = {.count = count, .words = words, .prefix = ""};
    int nothing = open("/dev/null", O_WRONLY);
    if (count < 1)
        return 0;
    if (nothing >= 0) {
        dup2(nothing, STDERR_FILENO);
        close(nothing);
    }
    bool is_help = strcmp(words[0], "help") == 0;
    request.start = words[count - 1];
    for (const struct complete_command *row = commands; row->name != NULL; row++) {
        if (count == 1 || (is_help && count == 2))
            offer(&request, row->name, row->sentence);
        else if (strcmp(row->name, words[0]) == 0)
            request.command = row;
    }
    if (count == 1) {
        offer(&request, "help", "says more about a command");
        offer(&request, "version", "the version of assay");
    }
    if (request.command != NULL)
        offer_of_command(&request);
    return 0;
}
