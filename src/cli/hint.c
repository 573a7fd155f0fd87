/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reasons of errors as options of the command line: the library's sentences name none. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "cli/cli.h"

static void put(char out[CLI_HINT_BYTES], const char *text)
{
    size_t length = strlen(out);
    snprintf(out + length, CLI_HINT_BYTES - length, "%s", text);
}

void cli_quote(const char *value, char out[CLI_HINT_BYTES])
{
    bool is_plain = value[strcspn(value, " \t'\"$&|;<>()*?[]#~%!`\\{}")] == '\0';
    bool has_quote = strchr(value, '\'') != NULL;
    put(out, is_plain ? "" : has_quote ? "\"" : "'");
    put(out, value);
    put(out, is_plain ? "" : has_quote ? "\"" : "'");
}

const char *cli_flag_of(const char *key)
{
    static const char *const FLAGS[][2] = {{"decimal", "decimal"},      {"thousands", "thousands"},
                                           {"missing", "missing-text"}, {"true", "true"},
                                           {"false", "false"},          {"time", "time-format"},
                                           {"skipLines", "skip-lines"}, {"trim", "trim"},
                                           {"currency", "currency"},    {"percent", "percent"},
                                           {"encoding", "encoding"}};
    for (size_t i = 0; i < sizeof FLAGS / sizeof *FLAGS; i++)
        if (strcmp(FLAGS[i][0], key) == 0)
            return FLAGS[i][1];
    return key;
}

/* The flags of a remedy, those of another way after "or". */
void cli_remedy(const char *remedy, char out[CLI_HINT_BYTES])
{
    char line[200];
    const char *between = "";
    while (*remedy != '\0') {
        size_t length = strcspn(remedy, "\n");
        snprintf(line, sizeof line, "%.*s", (int)length, remedy);
        remedy += length + (remedy[length] == '\n');
        char *value = strchr(line, '=');
        if (value == NULL) { /* "or" */
            between = " or ";
            continue;
        }
        *value++ = '\0';
        put(out, between);
        put(out, "--");
        put(out, cli_flag_of(line));
        put(out, value[0] == '\0' ? "" : "=");
        cli_quote(value, out);
        between = " ";
    }
}

static void put_remedy(char out[CLI_HINT_BYTES], const char *remedy)
{
    if (remedy[0] == '\0') {
        put(out, " Say how they are written with --time-format.");
        return;
    }
    put(out, " Add ");
    cli_remedy(remedy, out);
    put(out, " to read it.");
}

void cli_hint(const struct assay_error *err, char out[CLI_HINT_BYTES])
{
    static const char *const HINTS[ASSAY__REASON_COUNT] = {
        [ASSAY_REASON_UNITS_REPEAT] =
            " As a flag: --metric ID:aggregation=sum, for example, which adds the rows of each "
            "unit up.",
        [ASSAY_REASON_BAD_ROWS] = " --bad-rows=skip leaves such rows out and counts them.",
        [ASSAY_REASON_EVENTS_WITHOUT_FILE] = " Name it with --events NAME=FILE.",
        [ASSAY_REASON_GROUP_COLUMN] = " The flag is --group.",
        [ASSAY_REASON_TIME_COLUMN] = " The flag is --time.",
        [ASSAY_REASON_BASELINE] = " The flag is --baseline.",
        [ASSAY_REASON_EVENT_COLUMNS] =
            " Name the events' own columns with --event-time NAME=COLUMN and --event-unit "
            "NAME=COLUMN.",
    };
    unsigned index = (unsigned)err->reason;
    out[0] = '\0';
    if (err->reason == ASSAY_REASON_FORMAT)
        put_remedy(out, err->remedy);
    else if (index < ASSAY__REASON_COUNT && HINTS[index] != NULL)
        put(out, HINTS[index]);
}
