/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Checks a document against the part of JSON Schema (draft 2020-12) that the schemas in data/ use.
 * A keyword that is not known here fails, so that no rule is passed over in silence.
 */
#ifndef ASSAY_TESTS_JSON_SCHEMA_H
#define ASSAY_TESTS_JSON_SCHEMA_H

#include <cjson/cJSON.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct schema_check {
    const cJSON *root;
    char error[512]; /* "" while all is well */
};

static bool schema_holds(struct schema_check *check, const cJSON *schema, const cJSON *value,
                         const char *where);

static bool schema_fail(struct schema_check *check, const char *where, const char *what)
{
    if (check->error[0] == '\0')
        snprintf(check->error, sizeof check->error, "%.400s: %.90s", where, what);
    return false;
}

static bool has_type(const cJSON *value, const char *type)
{
    if (strcmp(type, "integer") == 0)
        return cJSON_IsNumber(value) && floor(value->valuedouble) == value->valuedouble;
    return (strcmp(type, "object") == 0 && cJSON_IsObject(value)) ||
           (strcmp(type, "array") == 0 && cJSON_IsArray(value)) ||
           (strcmp(type, "string") == 0 && cJSON_IsString(value)) ||
           (strcmp(type, "number") == 0 && cJSON_IsNumber(value)) ||
           (strcmp(type, "boolean") == 0 && cJSON_IsBool(value)) ||
           (strcmp(type, "null") == 0 && cJSON_IsNull(value));
}

static bool check_type(struct schema_check *check, const cJSON *rule, const cJSON *value,
                       const char *where)
{
    if (cJSON_IsString(rule))
        return has_type(value, rule->valuestring) || schema_fail(check, where, "wrong type");
    for (const cJSON *type = rule->child; type != NULL; type = type->next)
        if (has_type(value, type->valuestring))
            return true;
    return schema_fail(check, where, "none of the types");
}

static bool check_enum(struct schema_check *check, const cJSON *rule, const cJSON *value,
                       const char *where)
{
    for (const cJSON *word = rule->child; word != NULL; word = word->next)
        if (cJSON_Compare(word, value, 1))
            return true;
    return schema_fail(check, where, "a value that is not in the list");
}

static bool check_required(struct schema_check *check, const cJSON *rule, const cJSON *value,
                           const char *where)
{
    for (const cJSON *key = rule->child; cJSON_IsObject(value) && key != NULL; key = key->next)
        if (cJSON_GetObjectItemCaseSensitive(value, key->valuestring) == NULL)
            return schema_fail(check, where, key->valuestring);
    return true;
}

/* Each member by "properties", else by "additionalProperties". */
static bool check_members(struct schema_check *check, const cJSON *schema, const cJSON *value,
                          const char *where)
{
    const cJSON *known = cJSON_GetObjectItemCaseSensitive(schema, "properties");
    const cJSON *other = cJSON_GetObjectItemCaseSensitive(schema, "additionalProperties");
    for (const cJSON *item = value->child; cJSON_IsObject(value) && item != NULL;
         item = item->next) {
        char below[384];
        snprintf(below, sizeof below, "%.300s.%.80s", where, item->string);
        const cJSON *rule = cJSON_GetObjectItemCaseSensitive(known, item->string);
        if (rule == NULL && cJSON_IsFalse(other))
            return schema_fail(check, below, "not in the schema");
        if (rule == NULL && cJSON_IsObject(other))
            rule = other;
        if (rule != NULL && !schema_holds(check, rule, item, below))
            return false;
    }
    return true;
}

static bool check_items(struct schema_check *check, const cJSON *rule, const cJSON *value,
                        const char *where)
{
    for (const cJSON *item = value->child; cJSON_IsArray(value) && item != NULL; item = item->next)
        if (!schema_holds(check, rule, item, where))
            return false;
    return true;
}

static bool check_reference(struct schema_check *check, const cJSON *rule, const cJSON *value,
                            const char *where)
{
    const char *const prefix = "#/$defs/";
    const cJSON *defs = cJSON_GetObjectItemCaseSensitive(check->root, "$defs");
    const cJSON *target =
        strncmp(rule->valuestring, prefix, strlen(prefix)) == 0
            ? cJSON_GetObjectItemCaseSensitive(defs, rule->valuestring + strlen(prefix))
            : NULL;
    if (target == NULL)
        return schema_fail(check, where, "a reference to nowhere");
    return schema_holds(check, target, value, where);
}

static bool check_minimum(struct schema_check *check, const cJSON *rule, const cJSON *value,
                          const char *where)
{
    return !cJSON_IsNumber(value) || value->valuedouble >= rule->valuedouble ||
           schema_fail(check, where, "below the minimum");
}

static bool check_const(struct schema_check *check, const cJSON *rule, const cJSON *value,
                        const char *where)
{
    return cJSON_Compare(rule, value, 1) || schema_fail(check, where, "not the constant");
}

static bool schema_holds(struct schema_check *check, const cJSON *schema, const cJSON *value,
                         const char *where)
{
    static const struct {
        const char *keyword;
        bool (*rule)(struct schema_check *, const cJSON *, const cJSON *, const char *);
    } RULES[] = {{"type", check_type},
                 {"enum", check_enum},
                 {"const", check_const},
                 {"required", check_required},
                 {"items", check_items},
                 {"$ref", check_reference},
                 {"minimum", check_minimum},
                 {"properties", NULL},
                 {"additionalProperties", NULL},
                 {"$schema", NULL},
                 {"title", NULL},
                 {"description", NULL},
                 {"$defs", NULL}};
    for (const cJSON *keyword = schema->child; keyword != NULL; keyword = keyword->next) {
        size_t i = 0, count = sizeof RULES / sizeof *RULES;
        while (i < count && strcmp(RULES[i].keyword, keyword->string) != 0)
            i++;
        if (i == count)
            return schema_fail(check, where, "the schema has a keyword this check does not know");
        if (RULES[i].rule != NULL && !RULES[i].rule(check, keyword, value, where))
            return false;
    }
    return check_members(check, schema, value, where);
}

#endif
