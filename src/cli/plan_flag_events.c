/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files that --events names. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cli/plan_build.h"
#include "cli/plan_flags.h"

/* Room for every part of every --events: entries first, then the texts, backslashes taken out. */
struct room {
    struct plan_event_file *files;
    size_t count;
    char *text;
};

static const char *copy_part(struct room *room, const char *part, size_t length)
{
    const char *start = room->text;
    for (size_t i = 0; i < length; i++) {
        if (part[i] == '\\' && i + 1 < length)
            i++;
        *room->text++ = part[i];
    }
    *room->text++ = '\0';
    return start;
}

static const struct assay_events_plan *find_events(const struct assay_plan *plan, const char *name)
{
    for (uint32_t i = 0; plan != NULL && i < plan->event_count; i++)
        if (strcmp(plan->events[i].name, name) == 0)
            return &plan->events[i];
    return NULL;
}

static void add_files(struct room *room, const struct assay_plan *plan, const char *value)
{
    size_t left = strlen(value), equals = plan_build_part(value, left, '=');
    const struct assay_events_plan *events = find_events(plan, copy_part(room, value, equals));
    value += equals + 1;
    left -= equals + 1;
    for (;;) {
        size_t length = plan_build_part(value, left, ',');
        room->files[room->count++] =
            (struct plan_event_file){events, copy_part(room, value, length)};
        if (length == left)
            return;
        value += length + 1;
        left -= length + 1;
    }
}

enum assay_status plan_flags_event_files(const struct plan_flags *flags,
                                         const struct assay_plan *plan,
                                         struct plan_event_file **files, size_t *count,
                                         struct assay_error *err)
{
    size_t parts = 0, bytes = 0;
    *files = NULL;
    *count = 0;
    for (size_t i = 0; i < flags->count; i++) {
        if (strcmp(flags->uses[i].flag->name, "events") != 0)
            continue;
        const char *value = flags->uses[i].value;
        parts++;
        for (const char *p = value; *p != '\0'; p++)
            parts += *p == ',';
        bytes += strlen(value) + 2;
    }
    if (parts == 0)
        return ASSAY_OK;
    struct plan_event_file *room_files = malloc(parts * sizeof *room_files + bytes + parts);
    if (room_files == NULL)
        return assay__fail_memory(err);
    struct room room = {room_files, 0, (char *)(room_files + parts)};
    for (size_t i = 0; i < flags->count; i++)
        if (strcmp(flags->uses[i].flag->name, "events") == 0)
            add_files(&room, plan, flags->uses[i].value);
    *files = room_files;
    *count = room.count;
    return ASSAY_OK;
}
