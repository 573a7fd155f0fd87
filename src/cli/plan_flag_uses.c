/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The flags of a command line, kept in their order until the plan is made. */
#include <stdlib.h>
#include <string.h>

#include "cli/plan_flags.h"

static bool make_room(struct plan_flags *flags)
{
    if (flags->list == NULL) {
        flags->list = malloc(sizeof *flags->list);
        if (flags->list == NULL)
            return false;
        plan_flag_list_fill(flags->list, ASSAY__OBJECT_PLAN);
    }
    if (flags->count < flags->capacity)
        return true;
    size_t capacity = flags->capacity * 2 + 16;
    struct plan_flag_use *uses = realloc(flags->uses, capacity * sizeof *uses);
    if (uses == NULL)
        return false;
    flags->uses = uses;
    flags->capacity = capacity;
    return true;
}

bool plan_flags_take(struct plan_flags *flags, int option, const char *value)
{
    if (option < PLAN_FLAG_FIRST || option >= PLAN_FLAG_FIRST + PLAN_FLAGS_MAX)
        return false;
    if (!make_room(flags)) {
        flags->failed = true;
        return true;
    }
    size_t index = (size_t)(option - PLAN_FLAG_FIRST);
    if (index >= flags->list->count)
        return false;
    flags->uses[flags->count++] = (struct plan_flag_use){&flags->list->rows[index], value};
    return true;
}

void plan_flags_add(struct plan_flags *flags, const char *name, const char *value)
{
    if (!make_room(flags)) {
        flags->failed = true;
        return;
    }
    size_t index = 0;
    while (strcmp(flags->list->rows[index].name, name) != 0)
        index++;
    flags->uses[flags->count++] = (struct plan_flag_use){&flags->list->rows[index], value};
}

const char *plan_flags_given(const struct plan_flags *flags, const char *name)
{
    for (size_t i = flags->count; i > 0; i--)
        if (strcmp(flags->uses[i - 1].flag->name, name) == 0)
            return flags->uses[i - 1].value != NULL ? flags->uses[i - 1].value : "";
    return NULL;
}

void plan_flags_release(struct plan_flags *flags)
{
    free(flags->list);
    free(flags->uses);
    memset(flags, 0, sizeof *flags);
}
