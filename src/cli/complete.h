/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_COMPLETE_H
#define ASSAY_CLI_COMPLETE_H

/** struct complete_command: a command as completion needs it; the list ends with a NULL name. */
struct complete_command {
    const char *name, *sentence;
    int (*run)(int argc, char **argv);
};

/**
 * complete() prints what may stand for the last word of a command line, one "word<tab>sentence" a
 * line, for the shells' completion: words are what follows the program's name, the last one being
 * typed. Nothing is printed where only a file can stand. Returns the exit code.
 */
int complete(const struct complete_command *commands, int count, char **words);

#endif
