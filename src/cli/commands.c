/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of commands, the overview, and closed standard streams. */
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/complete.h"
#include "cli/message.h"

static const struct complete_command COMMANDS[] = {
#define COMMAND_ROW(name, sentence) {#name, sentence, cmd_##name},
    COMMAND_LIST(COMMAND_ROW)
#undef COMMAND_ROW
        {NULL, NULL, NULL}};

static const char EXIT_CODES[] =
    "   0  done\n"
    "   2  usage\n"
    "  10  --fail-on srm: the groups' sizes do not match\n"
    "  11  --fail-on deterioration: a metric got worse\n"
    "  12  --fail-on untested: a test that the advice rests on could not be made\n"
    "  65  bad data, or a limit exceeded\n"
    "  66  no input\n"
    "  69  a library is not installed, or an address cannot be listened at\n"
    "  70  internal fault\n"
    "  71  out of memory\n"
    "  74  input or output failed\n"
    "  75  try again: not reached, asked to wait, or cancelled\n"
    "  76  the remote side refused\n"
    "  77  authentication failed\n"
    "  78  bad plan, or one that this version cannot do\n"
    "\nOnly 75 gets better by itself.\n";

static const struct complete_command *find_command(const char *name)
{
    for (const struct complete_command *command = COMMANDS; command->name != NULL; command++)
        if (strcmp(command->name, name) == 0)
            return command;
    return NULL;
}

static void print_overview(FILE *out)
{
    fputs("assay " ASSAY_VERSION ": a statistics engine for online experiments\n\n"
          "usage: assay COMMAND [OPTION...]\n\n",
          out);
    for (const struct complete_command *command = COMMANDS; command->name != NULL; command++)
        fprintf(out, "  %-10s %s\n", command->name, command->sentence);
    fputs("\n'assay help COMMAND' or 'assay COMMAND --help' says more; so does 'man assay'.\n"
          "'assay help exit-codes' lists exit codes.\n",
          out);
}

static int unknown_command(const char *name)
{
    const char *names[sizeof COMMANDS / sizeof *COMMANDS] = {NULL};
    size_t count = 0;
    for (const struct complete_command *command = COMMANDS; command->name != NULL; command++)
        names[count++] = command->name;
    const char *nearest = cli_nearest(name, names, count);
    if (nearest != NULL)
        return cli_usage_error("", "unknown command '%s'; did you mean '%s'?", name, nearest);
    return cli_usage_error("", "unknown command '%s'", name);
}

static int run_help(int argc, char **argv)
{
    char option[] = "--help";
    if (argc < 2) {
        print_overview(stdout);
        return cli_finish_stdout();
    }
    if (strcmp(argv[1], "exit-codes") == 0) {
        fputs(EXIT_CODES, stdout);
        return cli_finish_stdout();
    }
    const struct complete_command *command = find_command(argv[1]);
    if (command == NULL)
        return unknown_command(argv[1]);
    char *arguments[] = {argv[1], option, NULL};
    return command->run(2, arguments);
}

/*
 * A standard stream that was closed would be the next file or socket opened, and what is printed
 * would go there. It becomes one that cannot be read or written instead; only messages go nowhere.
 */
static bool open_streams(void)
{
    static const int FLAGS[] = {O_WRONLY, O_RDONLY, O_WRONLY};
    for (int fd = 0; fd < 3; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", FLAGS[fd]) != fd)
            return false;
    return true;
}

static void end(int signal_number)
{
    _exit(128 + signal_number);
}

/* The first process of a container is ended by no signal that it does not handle. */
static void heed_signals(void)
{
    static const int ENDS[] = {SIGHUP, SIGINT, SIGTERM};
    const struct sigaction action = {.sa_handler = end};
    struct sigaction before;
    if (getpid() != 1)
        return;
    for (size_t i = 0; i < sizeof ENDS / sizeof *ENDS; i++)
        if (sigaction(ENDS[i], NULL, &before) == 0 && before.sa_handler == SIG_DFL)
            sigaction(ENDS[i], &action, NULL);
}

int cli_main(int argc, char **argv)
{
    if (!open_streams())
        return assay_status_exit_code(ASSAY_ERROR_IO);
    heed_signals();
    /* A closed pipe and a full quota are write errors with an exit code, not a death. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    cli_scan_form(argc, argv);
    if (argc < 2) {
        print_overview(stderr);
        return assay_status_exit_code(ASSAY_ERROR_USAGE);
    }
    const char *name = argv[1];
    if (strcmp(name, "--version") == 0 || strcmp(name, "version") == 0 || strcmp(name, "-V") == 0) {
        printf("assay %s\n", assay_version());
        return cli_finish_stdout();
    }
    if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        return run_help(argc - 1, argv + 1);
    if (strcmp(name, "__complete") == 0)
        return complete(COMMANDS, argc - 2, argv + 2);
    const struct complete_command *command = find_command(name);
    if (command == NULL)
        return unknown_command(name);
    message_set_command(command->name);
    return command->run(argc - 1, argv + 1);
}
