/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The flags of a plan and the attributes of its metrics, gathered from the key table. */
#include <string.h>

#include "cli/plan_flags.h"

enum { HELP_WIDTH = 98, HELP_INDENT = 30 };

/* Flags without a key of a plan, or that say a key in a form of their own. */
static const struct plan_flag OTHERS[] = {
    {.name = "plan",
     .argument = "FILE",
     .sentence = "read the plan from FILE; the flags below "
                 "change it"},
    {.name = "metric", .argument = "COLUMN[:...]", .sentence = "a mean per unit", .repeats = true},
    {.name = "proportion",
     .argument = "COLUMN[:...]",
     .sentence = "a share of units",
     .repeats = true},
    {.name = "ratio",
     .argument = "COL/COL[:...]",
     .sentence = "a ratio of two sums",
     .repeats = true},
    {.name = "metrics",
     .argument = "FILE[#ID]",
     .sentence = "take the metrics that FILE defines, or one of them",
     .repeats = true},
    {.name = "covariate",
     .argument = "COLUMN",
     .sentence = "covariate of metrics that name none",
     .repeats = true},
    {.name = "reduction",
     .argument = "NAME",
     .sentence = "variance reduction of metrics that name none: full, pooled or none"},
    {.name = "missing",
     .argument = "NAME",
     .sentence = "missing values of metrics that do not say: drop or zero"},
    {.name = "events",
     .argument = "NAME=FILE[,...]",
     .sentence = "event files to join to the exposures on the unit",
     .repeats = true},
    {.name = "event-time",
     .argument = "NAME=COLUMN",
     .sentence = "column of the time in event files; that of the exposures unless given",
     .repeats = true},
    {.name = "event-unit",
     .argument = "NAME=COLUMN",
     .sentence = "column of the unit in event files; that of the exposures unless given",
     .repeats = true}};

/* Flags of an object's keys, and of the objects in it, in the order of the table. */
static void add_object(struct plan_flag_list *list, enum assay__plan_object object,
                       const struct plan_flag *above)
{
    const struct assay__plan_keys *keys = assay__plan_keys_of(object);
    for (uint32_t i = 0; i < keys->count && list->count < PLAN_FLAGS_MAX; i++) {
        const struct assay__plan_key *row = &keys->keys[i];
        struct plan_flag flag = *above;
        if (flag.depth == PLAN_FLAG_DEPTH)
            return;
        flag.path[flag.depth++] = row;
        flag.name = row->flag;
        flag.argument = row->argument;
        flag.sentence = row->sentence;
        flag.repeats = row->kind == ASSAY__KIND_TEXTS || row->kind == ASSAY__KIND_SPELLINGS ||
                       (row->kind == ASSAY__KIND_LIST && row->least < 2);
        if (row->flag != NULL)
            list->rows[list->count++] = flag;
        if (row->kind == ASSAY__KIND_OBJECT)
            add_object(list, row->child, &flag);
    }
}

void plan_flag_list_fill(struct plan_flag_list *list, enum assay__plan_object object)
{
    const struct plan_flag above = {.depth = 0};
    list->count = 0;
    for (size_t i = 0; object == ASSAY__OBJECT_PLAN && i < sizeof OTHERS / sizeof *OTHERS; i++)
        list->rows[list->count++] = OTHERS[i];
    add_object(list, object, &above);
}

static struct option option_of(const struct plan_flag_list *list, size_t row)
{
    return (struct option){list->rows[row].name,
                           list->rows[row].argument != NULL ? required_argument : no_argument, NULL,
                           PLAN_FLAG_FIRST + (int)row};
}

static bool is_among(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

size_t plan_flags_some(const char *const *names, size_t count,
                       struct option options[PLAN_OPTIONS_MAX])
{
    struct plan_flag_list list;
    size_t found = 0;
    plan_flag_list_fill(&list, ASSAY__OBJECT_PLAN);
    for (size_t i = 0; i < list.count; i++)
        if (is_among(list.rows[i].name, names, count))
            options[found++] = option_of(&list, i);
    return found;
}

void plan_flags_options(const struct option *own, struct option options[PLAN_OPTIONS_MAX])
{
    struct plan_flag_list list;
    size_t count = 0;
    plan_flag_list_fill(&list, ASSAY__OBJECT_PLAN);
    for (; count < list.count; count++)
        options[count] = option_of(&list, count);
    for (; own->name != NULL && count + 1 < PLAN_OPTIONS_MAX; own++)
        options[count++] = *own;
    options[count] = (struct option){NULL, 0, NULL, 0};
}

/* Prints a flag and its sentence, broken into lines of at most HELP_WIDTH columns. */
static void print_flag(FILE *out, const char *dashes, const struct plan_flag *flag, bool is_flag)
{
    char left[64], text[256];
    snprintf(left, sizeof left, "%s%s%s%s", dashes, flag->name,
             is_flag && flag->argument != NULL ? " " : "",
             is_flag && flag->argument != NULL ? flag->argument : "");
    snprintf(text, sizeof text, "%s%s", flag->sentence,
             is_flag && flag->repeats ? "; may be repeated" : "");
    const char *rest = text;
    while (strlen(rest) > HELP_WIDTH - HELP_INDENT) {
        int length = HELP_WIDTH - HELP_INDENT;
        while (length > 1 && rest[length] != ' ')
            length--;
        fprintf(out, "  %-*s %.*s\n", HELP_INDENT - 3, left, length, rest);
        rest += length + 1;
        left[0] = '\0';
    }
    fprintf(out, "  %-*s %s\n", HELP_INDENT - 3, left, rest);
}

void plan_flags_help_some(FILE *out, const char *const *names, size_t count)
{
    struct plan_flag_list list;
    plan_flag_list_fill(&list, ASSAY__OBJECT_PLAN);
    for (size_t i = 0; i < list.count; i++)
        if (is_among(list.rows[i].name, names, count))
            print_flag(out, "--", &list.rows[i], true);
}

void plan_flags_help(FILE *out)
{
    struct plan_flag_list list;
    plan_flag_list_fill(&list, ASSAY__OBJECT_PLAN);
    for (size_t i = 0; i < list.count; i++)
        print_flag(out, "--", &list.rows[i], true);
    fputs("\nA metric may have attributes after a colon, such as\n"
          "  --metric spend:role=guardrail,margin=0.02,covariates=history+recency\n"
          "A backslash takes the next character as it is: --metric 'net\\:value'.\n"
          "A metric that the plan file has too is changed by what the flag gives.\n"
          "Rates, effects and shares may be percentages: 5% is 0.05.\n\n",
          out);
    plan_flag_list_fill(&list, ASSAY__OBJECT_METRIC);
    for (size_t i = 0; i < list.count; i++)
        print_flag(out, "", &list.rows[i], false);
}
