/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file's dialect as it is found piece by piece, and as a plan's "format" or flags. */
#include "cli/plan_init_dialect.h"

#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "json/json_write.h"

/* A list of spellings. */
struct spellings {
    const char **texts, ***list; /* own room, and the member of the dialect */
    uint32_t *count;
};

static bool lists_of(struct found_dialect *found, const char *key, struct spellings *out)
{
    struct assay_dialect *dialect = &found->dialect;
    const struct {
        const char *key;
        struct spellings list;
    } LISTS[] = {{"missing", {found->missing, &dialect->missing, &dialect->missing_count}},
                 {"currency", {found->currency, &dialect->currency, &dialect->currency_count}},
                 {"true", {found->true_texts, &dialect->true_texts, &dialect->true_count}},
                 {"false", {found->false_texts, &dialect->false_texts, &dialect->false_count}}};
    for (size_t i = 0; i < sizeof LISTS / sizeof *LISTS; i++) {
        if (strcmp(LISTS[i].key, key) != 0)
            continue;
        *out = LISTS[i].list;
        return true;
    }
    return false;
}

static bool has_text(const struct spellings *list, const char *text)
{
    for (uint32_t i = 0; i < *list->count; i++)
        if (strcmp((*list->list)[i], text) == 0)
            return true;
    return false;
}

static bool add_text(const struct spellings *list, const char *text)
{
    if (*list->count == FOUND_TEXTS_MAX)
        return false;
    *list->list = list->texts;
    list->texts[(*list->count)++] = text;
    return true;
}

/* Whether a key can still take a value; those of one value only once. */
static bool is_free(const struct assay_dialect *dialect, const char *key, const char *value)
{
    if (strcmp(key, "decimal") == 0)
        return dialect->decimal == '\0' || dialect->decimal == value[0];
    if (strcmp(key, "thousands") == 0)
        return dialect->thousands == NULL || strcmp(dialect->thousands, value) == 0;
    if (strcmp(key, "time") == 0)
        return dialect->time == NULL || strcmp(dialect->time, value) == 0;
    return true;
}

static bool set_key(struct found_dialect *found, const char *key, const char *value)
{
    struct assay_dialect *dialect = &found->dialect;
    struct spellings list;
    if (lists_of(found, key, &list)) {
        if (has_text(&list, value))
            return false;
        dialect->has_missing |= strcmp(key, "missing") == 0;
        return add_text(&list, value);
    }
    if (strcmp(key, "decimal") == 0)
        dialect->decimal = value[0];
    else if (strcmp(key, "thousands") == 0)
        dialect->thousands = value;
    else if (strcmp(key, "time") == 0)
        dialect->time = value;
    else if (strcmp(key, "encoding") == 0)
        dialect->encoding = value;
    else if (strcmp(key, "skipLines") == 0)
        dialect->skip_lines = (uint32_t)strtoul(value, NULL, 10);
    else if (strcmp(key, "trim") == 0)
        dialect->trim = true;
    else
        dialect->percent = true;
    return true;
}

/* One line of a remedy; only_asks: whether it could be taken. */
static bool take_line(struct found_dialect *found, const char *line, size_t length, bool only_asks)
{
    char *key = assay__arena_copy(&found->arena, line, length);
    char *value = key == NULL ? NULL : strchr(key, '=');
    if (value == NULL)
        return false; /* "or" */
    *value++ = '\0';
    if (only_asks)
        return found->key_count < FOUND_KEYS_MAX && is_free(&found->dialect, key, value);
    for (uint32_t i = 0; i < found->key_count; i++)
        if (strcmp(found->keys[i][0], key) == 0 && strcmp(found->keys[i][1], value) == 0)
            return true;
    if (set_key(found, key, value) && found->key_count < FOUND_KEYS_MAX) {
        found->keys[found->key_count][0] = key;
        found->keys[found->key_count++][1] = value;
    }
    return true;
}

bool found_apply(struct found_dialect *found, const char *remedy)
{
    for (int pass = 0; pass < 2; pass++) {
        for (const char *at = remedy; *at != '\0';) {
            size_t length = strcspn(at, "\n");
            if (!take_line(found, at, length, pass == 0))
                return false;
            at += length + (at[length] == '\n');
        }
    }
    return remedy[0] != '\0';
}

static void write_value(const struct found_dialect *found, uint32_t index, struct assay__text *out)
{
    const char *key = found->keys[index][0], *value = found->keys[index][1];
    struct assay__json json = {.out = out};
    if (strcmp(key, "trim") == 0 || strcmp(key, "percent") == 0)
        assay__text_puts(out, "true");
    else if (strcmp(key, "skipLines") == 0)
        assay__text_puts(out, value);
    else
        assay__json_string(&json, value);
}

/* The values of a key from its first on: one, or a list. */
static void write_key(const struct found_dialect *found, uint32_t first, struct assay__text *out)
{
    const char *key = found->keys[first][0];
    uint32_t count = 0;
    for (uint32_t i = first; i < found->key_count; i++)
        count += strcmp(found->keys[i][0], key) == 0;
    assay__text_format(out, "\"%s\": %s", key, count > 1 ? "[" : "");
    for (uint32_t i = first, done = 0; i < found->key_count; i++) {
        if (strcmp(found->keys[i][0], key) != 0)
            continue;
        assay__text_puts(out, done++ > 0 ? ", " : "");
        write_value(found, i, out);
    }
    assay__text_puts(out, count > 1 ? "]" : "");
}

static bool is_first(const struct found_dialect *found, uint32_t index)
{
    for (uint32_t i = 0; i < index; i++)
        if (strcmp(found->keys[i][0], found->keys[index][0]) == 0)
            return false;
    return true;
}

void found_write(const struct found_dialect *found, struct assay__text *out)
{
    if (found->key_count == 0)
        return;
    assay__text_puts(out, "  // How the file writes things.\n"
                          "  \"format\": {");
    for (uint32_t i = 0; i < found->key_count; i++) {
        if (!is_first(found, i))
            continue;
        assay__text_puts(out, i > 0 ? ", " : "");
        write_key(found, i, out);
    }
    assay__text_puts(out, "},\n\n");
}

void found_flags(const struct found_dialect *found, struct plan_flags *flags)
{
    for (uint32_t i = 0; i < found->key_count; i++) {
        const char *value = found->keys[i][1];
        plan_flags_add(flags, cli_flag_of(found->keys[i][0]), value[0] == '\0' ? NULL : value);
    }
}

void found_release(struct found_dialect *found)
{
    assay__arena_release(&found->arena);
    memset(found, 0, sizeof *found);
}
