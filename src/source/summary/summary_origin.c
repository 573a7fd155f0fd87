/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What sealed sums are of: whether parts are of one plan, and whether a plan may read them. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "plan/plan_data.h"
#include "source/summary/summary_seal.h"

enum { SHOWN_BYTES = 240 }; /* of a definition in a message */

static bool is_definition(const struct assay__summary_entry *entry)
{
    return strcmp(entry->key[ASSAY__KEY_METRIC], "@definition") == 0;
}

static struct assay__definition definition_of(const struct assay__summary_entry *entry)
{
    return (struct assay__definition){entry->key[ASSAY__KEY_DIMENSION],
                                      entry->key[ASSAY__KEY_GROUP], entry->key[ASSAY__KEY_VALUE]};
}

static enum assay_status add_definition(void *context, const struct assay__definition *definition,
                                        struct assay_error *err)
{
    const char *const key[ASSAY__KEY_COUNT] = {"@definition", definition->name, "",
                                               definition->kind, definition->text};
    struct assay__summary_entry *entry;
    bool is_new;
    enum assay_status status = assay__summary_entry(context, key, &entry, &is_new, err);
    if (status == ASSAY_OK)
        entry->n = 1;
    return status;
}

enum assay_status assay__seal_plan(const struct assay_plan *plan,
                                   struct assay__summary_table *table, struct assay_error *err)
{
    return assay__plan_define(plan, add_definition, table, err);
}

/* The definitions of a table by kind and name. */
struct definitions {
    const struct assay__summary_table *table;
    struct assay__index names; /* kind NUL name */
    const struct assay__summary_entry **entries;
};

static enum assay_status name_key(const struct assay__definition *definition,
                                  struct assay__text *key, struct assay_error *err)
{
    assay__text_append(key, definition->kind, strlen(definition->kind) + 1);
    assay__text_puts(key, definition->name);
    return key->failed ? assay__fail_memory(err) : ASSAY_OK;
}

static void release(struct definitions *definitions)
{
    assay__index_release(&definitions->names);
    assay__free(definitions->entries);
}

static enum assay_status gather(const struct assay__summary_table *table, struct definitions *out,
                                struct assay_error *err)
{
    out->table = table;
    out->entries = assay__calloc((size_t)table->keys.count + 1, sizeof *out->entries);
    enum assay_status status = out->entries == NULL ? assay__fail_memory(err) : ASSAY_OK;
    for (uint32_t i = 0; status == ASSAY_OK && i < table->keys.count; i++) {
        struct assay__text key = {0};
        uint32_t number, before = out->names.count;
        if (!is_definition(table->entries[i]))
            continue;
        struct assay__definition definition = definition_of(table->entries[i]);
        status = name_key(&definition, &key, err);
        if (status == ASSAY_OK)
            status =
                assay__index_add(&out->names, key.data, key.length, UINT32_MAX - 1, &number, err);
        assay__text_release(&key);
        if (status == ASSAY_OK && out->names.count == before)
            status = assay__fail_at(err, ASSAY_ERROR_DATA, table->entries[i]->file,
                                    table->entries[i]->line, 0,
                                    "The %s '%.60s' is defined twice: the table was edited.",
                                    definition.kind, definition.name);
        else if (status == ASSAY_OK)
            out->entries[number] = table->entries[i];
    }
    return status;
}

static enum assay_status find(const struct definitions *definitions,
                              const struct assay__definition *wanted,
                              const struct assay__summary_entry **entry, struct assay_error *err)
{
    struct assay__text key = {0};
    uint32_t number;
    *entry = NULL;
    enum assay_status status = name_key(wanted, &key, err);
    if (status == ASSAY_OK && assay__index_find(&definitions->names, key.data, key.length, &number))
        *entry = definitions->entries[number];
    assay__text_release(&key);
    return status;
}

/* What a definition is called in a sentence. */
static void describe(const struct assay__definition *definition, char out[160])
{
    bool is_key = strcmp(definition->kind, "plan") == 0;
    bool is_column = strcmp(definition->kind, "column") == 0;
    snprintf(out, 160, is_key ? "%s\"%.100s\"" : "%s '%.100s'",
             is_key      ? "the plan's "
             : is_column ? "the column of the"
                         : definition->kind,
             definition->name);
}

/* How a definition reads in a message; one that is not there is none. */
static const char *shown(const char *text)
{
    return text == NULL || text[0] == '\0' ? "(none)" : text;
}

static enum assay_status fail_other(const struct assay__definition *definition, const char *file,
                                    uint64_t line, const char *here, const char *there,
                                    const char *who, struct assay_error *err)
{
    char what[160];
    describe(definition, what);
    return assay__fail_at(err, ASSAY_ERROR_DATA, file, line, 0,
                          "These sums are of another plan: %s is %.*s here, and %.*s %s. Sums add "
                          "up, and are read, by the plan that made them.",
                          what, SHOWN_BYTES, shown(here), SHOWN_BYTES, shown(there), who);
}

/* What a plan is held against. */
struct fitting {
    const struct definitions *definitions;
    const char *file;
};

static enum assay_status check_definition(void *context, const struct assay__definition *wanted,
                                          struct assay_error *err)
{
    const struct fitting *fitting = context;
    const struct assay__summary_entry *entry;
    enum assay_status status = find(fitting->definitions, wanted, &entry, err);
    if (status != ASSAY_OK)
        return status;
    if (entry != NULL && strcmp(entry->key[ASSAY__KEY_VALUE], wanted->text) == 0)
        return ASSAY_OK;
    bool is_part = strcmp(wanted->kind, "plan") != 0 && strcmp(wanted->kind, "column") != 0;
    if (entry == NULL && is_part)
        return assay__fail_at(err, ASSAY_ERROR_DATA, fitting->file, 0, 0,
                              "These sums have no %s '%.100s': the plan that made them did not "
                              "name it. Make them again with this plan.",
                              wanted->kind, wanted->name);
    return fail_other(wanted, fitting->file, entry == NULL ? 0 : entry->line,
                      entry == NULL ? NULL : entry->key[ASSAY__KEY_VALUE], wanted->text,
                      "in the plan", err);
}

/* The file that a table was read from. */
static const char *file_of(const struct assay__summary_table *table)
{
    return table->keys.count == 0 ? "" : table->entries[0]->file;
}

enum assay_status assay__seal_fits(const struct assay__summary_table *table,
                                   const struct assay_plan *plan, struct assay_error *err)
{
    struct definitions definitions = {NULL, {0}, NULL};
    if (!table->is_sealed)
        return ASSAY_OK;
    struct fitting fitting = {&definitions, file_of(table)};
    enum assay_status status = gather(table, &definitions, err);
    if (status == ASSAY_OK)
        status = assay__plan_define(plan, check_definition, &fitting, err);
    release(&definitions);
    return status;
}

/* Rows and looks must be chosen alike in all parts; a part may know fewer metrics than another. */
static bool is_for_all(const struct assay__definition *definition)
{
    return strcmp(definition->kind, "plan") == 0 || strcmp(definition->kind, "column") == 0;
}

/* Each definition of one table is that of the other, where the other has it or must. */
static enum assay_status compare(const struct definitions *these, const struct definitions *those,
                                 bool wants_all, struct assay_error *err)
{
    for (uint32_t i = 0; i < these->names.count; i++) {
        const struct assay__summary_entry *own = these->entries[i], *other;
        struct assay__definition definition = definition_of(own);
        enum assay_status status = find(those, &definition, &other, err);
        if (status != ASSAY_OK)
            return status;
        const char *text = other == NULL ? NULL : definition_of(other).text;
        if (text != NULL ? strcmp(text, definition.text) == 0
                         : !wants_all && !is_for_all(&definition))
            continue;
        char who[300];
        snprintf(who, sizeof who, "in %.250s", file_of(those->table));
        return fail_other(&definition, own->file, own->line,
                          definition.text[0] == '\0' ? "there" : definition.text, text, who, err);
    }
    return ASSAY_OK;
}

enum assay_status assay__seal_agree(const struct assay__summary_table *first,
                                    const struct assay__summary_table *part, bool wants_all,
                                    struct assay_error *err)
{
    struct definitions a = {NULL, {0}, NULL}, b = {NULL, {0}, NULL};
    enum assay_status status = gather(first, &a, err);
    if (status == ASSAY_OK)
        status = gather(part, &b, err);
    if (status == ASSAY_OK)
        status = compare(&b, &a, wants_all, err);
    if (status == ASSAY_OK)
        status = compare(&a, &b, wants_all, err);
    release(&a);
    release(&b);
    return status;
}
