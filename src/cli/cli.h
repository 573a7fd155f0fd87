/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_CLI_H
#define ASSAY_CLI_CLI_H

#include <getopt.h>

#include "analysis/results.h"
#include "assay.h"

/**
 * COMMAND_LIST: every subcommand as X(name, sentence for `assay help`). Each is a function
 * int cmd_<name>(int argc, char **argv) in cmd_<name>.c; argv[0] is the subcommand's name; the
 * return value is the exit code.
 */
#define COMMAND_LIST(X)                                                                            \
    X(analyze, "data and plan to result")                                                          \
    X(summarize, "raw data to sufficient statistics")                                              \
    X(merge, "sufficient statistics of shards to those of the whole")                              \
    X(test, "counts, or means and deviations, of the command line")                                \
    X(sql, "the SQL that computes sufficient statistics where the rows are")                       \
    X(size, "sample size, power and detectable effect")                                            \
    X(design, "boundaries of sequential looks")                                                    \
    X(simulate, "error rates and power of a plan, by simulation")                                  \
    X(srm, "counts of units against planned weights")                                              \
    X(report, "results as one HTML file, or as Markdown")                                          \
    X(post, "deliver results to a platform or to assay serve")                                     \
    X(serve, "store posted results and show them")                                                 \
    X(plan, "a starting plan from data (init), and a plan in words (check)")

#define COMMAND_PROTOTYPE(name, sentence) int cmd_##name(int argc, char **argv);
COMMAND_LIST(COMMAND_PROTOTYPE)
#undef COMMAND_PROTOTYPE

/** cli_main() is main(): the command that argv[1] names; returns the exit code. */
int cli_main(int argc, char **argv);

enum { CLI_HINT_BYTES = 400 };

/** cli_hint() is what the command line offers for an error that has a reason: " ..." or "". */
void cli_hint(const struct assay_error *err, char out[CLI_HINT_BYTES]);

/** cli_remedy() appends the flags of a remedy of struct assay_error to a text. */
void cli_remedy(const char *remedy, char out[CLI_HINT_BYTES]);

/** cli_quote() appends a value to a text, quoted for a shell where it must be. */
void cli_quote(const char *value, char out[CLI_HINT_BYTES]);

/** cli_flag_of() is the flag of a key of the plan's "format". */
const char *cli_flag_of(const char *key);

/** cli_fail() prints "assay: FILE:LINE:COLUMN: message" on stderr and returns the exit code. */
int cli_fail(const struct assay_error *err);

/** CLI_USAGE: the exit code of a wrong command line. */
enum { CLI_USAGE = 2 };

/** cli_usage_error() prints "assay COMMAND: message" and where help is; returns 2. */
int cli_usage_error(const char *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** CLI_OPTION_FIRST: the least val of a command's own option; none is a letter after a dash. */
enum { CLI_OPTION_FIRST = 0x4000 };

/**
 * cli_option() is the next option of a command line, as getopt_long() has it: its val, with optarg
 * and optind set, or -1 at the end. One that is unknown, ambiguous, without its value or with one
 * that it does not take is '?', after a message that says so and which option may be meant; the
 * exit code is then CLI_USAGE. The value is not repeated, since it may be a secret. Options with an
 * optional argument are there to be refused, and are not suggested. optind is 0 before the first
 * call; the vals are CLI_OPTION_FIRST and beyond.
 */
int cli_option(const char *command, const struct option *options, int argc, char **argv);

/**
 * cli_option_or_word() is the same, but leaves the order of the command line as it is: a word that
 * is not an option is CLI_WORD, and optarg the word.
 */
int cli_option_or_word(const char *command, const struct option *options, int argc, char **argv);
enum { CLI_WORD = 1 };

/** CLI_COMMON_HELP: the options that cli_option() takes for every command, for --help. */
#define CLI_COMMON_HELP                                                                            \
    "\ncommon to all commands:\n"                                                                  \
    "  --color=WHEN             auto (default: on a terminal), always or never\n"                  \
    "  --progress=WHEN          how far it is: auto (default: on a terminal, and as JSON, when\n"  \
    "                           it takes over a second), always or never\n"                        \
    "  --log-format=FORM        messages on standard error: text (default), or json: an object\n"  \
    "                           a line\n"

/**
 * cli_scan_form() looks for --log-format in a whole command line, so that what is said before the
 * option is reached has its form too. cli_option() judges the value.
 */
void cli_scan_form(int argc, char **argv);

/** cli_finish_stdout() flushes what was printed; 0, or the exit code after saying what failed. */
int cli_finish_stdout(void);

/** cli_write_stdout() writes all bytes and flushes; 0, or the exit code after saying what failed.
 */
int cli_write_stdout(const char *bytes, size_t length);

/** cli_nearest() is the candidate closest to word by edit distance, or NULL when none is close. */
const char *cli_nearest(const char *word, const char *const *candidates, size_t count);

#endif
