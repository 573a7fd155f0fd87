/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every command answers a wrong option alike: it exits with 2, prints nothing on standard output,
 * names the option, and says which one may be meant, that a value is missing, or that there is none
 * to give. The commands run in this process: there are 1,000 command lines.
 */
#include "test.h"

#include <ctype.h>
#include <stdarg.h>
#include <unistd.h>

#include "cli/cli.h"

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
} COMMANDS[] = {
#define COMMAND_ROW(name, sentence) {#name, cmd_##name},
    COMMAND_LIST(COMMAND_ROW)
#undef COMMAND_ROW
};
enum { COMMAND_COUNT = sizeof COMMANDS / sizeof *COMMANDS };
enum { STREAM_BYTES = 65536, OPTIONS_MAX = 256 };

/* What a command said on its standard streams, and its exit code. */
struct said {
    int code;
    char text[3][STREAM_BYTES]; /* by descriptor */
};

/* Puts a file in the place of a descriptor; the descriptor that was there. */
static int replace(int fd, FILE *file)
{
    int kept = dup(fd);
    ck_assert(kept >= 0);
    ck_assert_int_eq(dup2(fileno(file), fd), fd);
    return kept;
}

static void run(const struct command *command, const char *option, struct said *said)
{
    char name[32], argument[80], *argv[] = {name, argument, NULL};
    FILE *files[3] = {NULL, tmpfile(), tmpfile()};
    int kept[3];
    ck_assert(files[1] != NULL && files[2] != NULL);
    snprintf(name, sizeof name, "%s", command->name);
    snprintf(argument, sizeof argument, "%s", option);
    fflush(stdout);
    for (int fd = 1; fd <= 2; fd++)
        kept[fd] = replace(fd, files[fd]);
    said->code = command->run(2, argv);
    fflush(stdout);
    for (int fd = 1; fd <= 2; fd++) {
        ck_assert_int_eq(dup2(kept[fd], fd), fd);
        close(kept[fd]);
        ssize_t length = pread(fileno(files[fd]), said->text[fd], STREAM_BYTES - 1, 0);
        ck_assert_int_ge(length, 0);
        said->text[fd][length] = '\0';
        fclose(files[fd]);
    }
}

/* The command says a sentence about an option, and where help is. */
__attribute__((format(printf, 3, 4))) static void says(const struct command *command,
                                                       const char *option, const char *format, ...)
{
    static struct said said;
    char sentence[300], wanted[400];
    va_list values;
    va_start(values, format);
    vsnprintf(sentence, sizeof sentence, format, values);
    va_end(values);
    snprintf(wanted, sizeof wanted, "assay %s: %s\nTry 'assay help %s'.\n", command->name, sentence,
             command->name);
    run(command, option, &said);
    ck_assert_int_eq(said.code, CLI_USAGE);
    ck_assert_str_eq(said.text[STDOUT_FILENO], "");
    ck_assert_str_eq(said.text[STDERR_FILENO], wanted);
}

static struct found {
    char name[48];
    bool has_value;
} options[OPTIONS_MAX];
static size_t option_count;

static struct found *find_option(const char *name, size_t length)
{
    ck_assert_uint_lt(length, sizeof options->name);
    for (size_t i = 0; i < option_count; i++)
        if (strlen(options[i].name) == length && memcmp(options[i].name, name, length) == 0)
            return &options[i];
    ck_assert_uint_lt(option_count, OPTIONS_MAX);
    memcpy(options[option_count].name, name, length);
    options[option_count].name[length] = '\0';
    options[option_count].has_value = false;
    return &options[option_count++];
}

/* The options that a help names: with a value where "=VALUE", " VALUE" or "=value" follows. */
static void read_options(const char *help)
{
    option_count = 0;
    for (const char *at = strstr(help, "--"); at != NULL; at = strstr(at, "--")) {
        bool is_begin = at == help || strchr(" ,;\n", at[-1]) != NULL;
        at += 2;
        if (!is_begin || !islower((unsigned char)*at))
            continue;
        size_t length = strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789-");
        struct found *found = find_option(at, length);
        const char *next = at + length;
        found->has_value = found->has_value ||
                           ((*next == '=' || *next == ' ') && isupper((unsigned char)next[1])) ||
                           (*next == '=' && islower((unsigned char)next[1]));
        at = next;
    }
}

START_TEST(wrong_options_are_named)
{
    const struct command *command = &COMMANDS[_i];
    static struct said help;
    char option[80];
    run(command, "--help", &help);
    ck_assert_int_eq(help.code, 0);
    ck_assert_str_eq(help.text[STDERR_FILENO], "");
    read_options(help.text[STDOUT_FILENO]);
    ck_assert_uint_ge(option_count, 4);
    for (size_t i = 0; i < option_count; i++) {
        /* An option with a letter too many is near itself, unless another one is as near. */
        snprintf(option, sizeof option, "--%.47sq", options[i].name);
        says(command, option, "unknown option %s; did you mean --%s?", option, options[i].name);
        snprintf(option, sizeof option, "--%.47s", options[i].name);
        if (options[i].has_value)
            says(command, option, "%s needs a value", option);
    }
    says(command, "--xyzzy-xyzzy=3", "unknown option --xyzzy-xyzzy");
    says(command, "-q", "unknown option -q; options begin with two dashes");
    says(command, "--help=me", "--help takes no value");
}
END_TEST

/* The list of commands that this runs is the one that the program has. */
START_TEST(all_commands_have_options)
{
    size_t valued = 0, all = 0;
    static struct said help;
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        run(&COMMANDS[i], "--help", &help);
        read_options(help.text[STDOUT_FILENO]);
        for (size_t k = 0; k < option_count; k++)
            valued += options[k].has_value;
        all += option_count;
    }
    ck_assert_uint_ge(all, 500);
    ck_assert_uint_ge(valued, 400);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_loop_test(cases, wrong_options_are_named, 0, COMMAND_COUNT);
    tcase_add_test(cases, all_commands_have_options);
}

int main(void)
{
    return test_main("options", add);
}
