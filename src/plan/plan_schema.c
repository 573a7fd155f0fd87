/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The JSON Schema (draft 2020-12) of plans, a walk over the key table. */
#include "plan/plan_schema.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "analysis/plan_model.h"
#include "json/json_write.h"
#include "plan/plan_keys.h"

static const char NAME_SCHEMA[] = "#/$defs/name";

static const char RULE_SCHEMA[] =
    "{\"description\":\"The id of a metric, or metrics under and, or.\",\"oneOf\":["
    "{\"$ref\":\"#/$defs/name\"},{\"type\":\"object\",\"properties\":{"
    "\"and\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/rule\"},\"minItems\":1},"
    "\"or\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/rule\"},\"minItems\":1}},"
    "\"additionalProperties\":false,\"minProperties\":1,\"maxProperties\":1}]}";

/* A sentence of the table begins small, as the help has it. */
static void write_description(struct assay__json *json, const char *sentence)
{
    char text[256];
    size_t length = strlen(sentence);
    if (length + 2 > sizeof text)
        length = sizeof text - 2;
    memcpy(text, sentence, length);
    text[0] = (char)toupper((unsigned char)text[0]);
    if (text[length - 1] != '.')
        text[length++] = '.';
    text[length] = '\0';
    assay__json_member_string(json, "description", text);
}

static void write_ref(struct assay__json *json, const struct assay__plan_keys *keys)
{
    struct assay__text path = {0};
    assay__text_format(&path, "#/$defs/%s", keys->name);
    assay__json_member_string(json, "$ref", path.failed ? "" : path.data);
    json->out->failed = json->out->failed || path.failed;
    assay__text_release(&path);
}

static void write_range(struct assay__json *json, const struct assay__range *range)
{
    if (isfinite(range->least))
        assay__json_member_number(json, range->with_least ? "minimum" : "exclusiveMinimum",
                                  range->least);
    if (isfinite(range->most))
        assay__json_member_number(json, range->with_most ? "maximum" : "exclusiveMaximum",
                                  range->most);
}

static void write_default(struct assay__json *json, const struct assay__plan_key *row)
{
    if (!row->varies && !isnan(row->fallback) && row->fallback >= 0.0)
        assay__json_member_number(json, "default", row->fallback);
}

/* A share is a number or a percentage. */
static void write_number(struct assay__json *json, const struct assay__plan_key *row)
{
    bool is_whole = row->kind == ASSAY__KIND_WHOLE || row->kind == ASSAY__KIND_COUNT;
    bool is_share = row->range != NULL && row->range->is_share;
    if (is_share) {
        assay__json_member_begin(json, "anyOf", '[');
        assay__json_begin(json, '{');
    }
    assay__json_member_string(json, "type", is_whole ? "integer" : "number");
    if (row->range != NULL)
        write_range(json, row->range);
    if (row->kind == ASSAY__KIND_EFFECT && row->range->least < 0.0) {
        assay__json_key(json, "not");
        assay__json_raw(json, "{\"const\":0}");
    }
    if (is_share) {
        assay__json_end(json, '}');
        assay__json_raw(json,
                        "{\"type\":\"string\",\"pattern\":\"^[-+]?[0-9.]+([eE][-+]?[0-9]+)?%$\"}");
        assay__json_end(json, ']');
    }
    if (row->kind != ASSAY__KIND_EFFECT && row->kind != ASSAY__KIND_DECIMAL)
        write_default(json, row);
}

static void write_choice(struct assay__json *json, const struct assay__plan_key *row)
{
    assay__json_member_begin(json, "enum", '[');
    for (uint32_t i = 0; i < row->choices->count; i++)
        assay__json_string(json, row->choices->names[i]);
    assay__json_end(json, ']');
    if (!row->is_required && !row->varies && row->mark == ASSAY__NO_MARK)
        assay__json_member_string(json, "default", row->choices->names[(size_t)row->fallback]);
}

static void write_text_list(struct assay__json *json, const struct assay__plan_key *row)
{
    assay__json_member_string(json, "type", "array");
    assay__json_member_begin(json, "items", '{');
    if (row->kind == ASSAY__KIND_SPELLINGS)
        assay__json_member_string(json, "type", "string");
    else
        assay__json_member_string(json, "$ref", NAME_SCHEMA);
    assay__json_end(json, '}');
    if (row->least > 0)
        assay__json_member_count(json, "minItems", row->least);
    assay__json_member_count(json, "maxItems", row->most);
    assay__json_member_boolean(json, "uniqueItems", true);
}

static void write_spellings(struct assay__json *json, const struct assay__plan_key *row)
{
    assay__json_member_begin(json, "oneOf", '[');
    assay__json_raw(json, "{\"type\":\"string\"}");
    assay__json_begin(json, '{');
    write_text_list(json, row);
    assay__json_end(json, '}');
    assay__json_end(json, ']');
}

static void write_object_list(struct assay__json *json, const struct assay__plan_key *row)
{
    assay__json_member_string(json, "type", "array");
    assay__json_member_begin(json, "items", '{');
    write_ref(json, assay__plan_keys_of(row->child));
    assay__json_end(json, '}');
    if (row->least > 0)
        assay__json_member_count(json, "minItems", row->least);
    assay__json_member_count(json, "maxItems", row->most);
}

/* One of something else and an object. */
static void write_either(struct assay__json *json, const char *other, enum assay__plan_object child)
{
    assay__json_member_begin(json, "oneOf", '[');
    assay__json_raw(json, other);
    assay__json_begin(json, '{');
    write_ref(json, assay__plan_keys_of(child));
    assay__json_end(json, '}');
    assay__json_end(json, ']');
}

static void write_character(struct assay__json *json)
{
    assay__json_key(json, "enum");
    assay__json_raw(json, "[\".\",\",\"],\"default\":\".\"");
}

static void write_duration(struct assay__json *json)
{
    assay__json_member_string(json, "type", "string");
    assay__json_member_string(json, "pattern", "^(0|[0-9]+[wdhms])$");
}

/* Kinds whose values hold other values. */
static void write_nested(struct assay__json *json, const struct assay__plan_key *row)
{
    switch (row->kind) {
    case ASSAY__KIND_LEVEL:
        write_either(json, "{\"const\":false}", row->child);
        break;
    case ASSAY__KIND_OBJECT:
        write_ref(json, assay__plan_keys_of(row->child));
        break;
    case ASSAY__KIND_TEXT_OR_OBJECT:
        write_either(json, "{\"$ref\":\"#/$defs/name\"}", row->child);
        break;
    case ASSAY__KIND_LIST:
        write_object_list(json, row);
        break;
    default:
        assay__json_member_string(json, "$ref", "#/$defs/rule");
        break;
    }
}

static void write_kind(struct assay__json *json, const struct assay__plan_key *row)
{
    switch (row->kind) {
    case ASSAY__KIND_IGNORED:
    case ASSAY__KIND_ANY_TEXT:
    case ASSAY__KIND_TIME:
        assay__json_member_string(json, "type", "string");
        break;
    case ASSAY__KIND_TEXT:
    case ASSAY__KIND_EVENTS:
        assay__json_member_string(json, "$ref", NAME_SCHEMA);
        break;
    case ASSAY__KIND_TEXTS:
        write_text_list(json, row);
        break;
    case ASSAY__KIND_SPELLINGS:
        write_spellings(json, row);
        break;
    case ASSAY__KIND_NUMBER:
    case ASSAY__KIND_WHOLE:
    case ASSAY__KIND_COUNT:
    case ASSAY__KIND_DECIMAL:
    case ASSAY__KIND_EFFECT:
        write_number(json, row);
        break;
    case ASSAY__KIND_CHARACTER:
        write_character(json);
        break;
    case ASSAY__KIND_BOOLEAN:
        assay__json_member_string(json, "type", "boolean");
        assay__json_member_boolean(json, "default", false);
        break;
    case ASSAY__KIND_TRUE:
        assay__json_member_boolean(json, "const", true);
        break;
    case ASSAY__KIND_CHOICE:
        write_choice(json, row);
        break;
    case ASSAY__KIND_DURATION:
        write_duration(json);
        break;
    case ASSAY__KIND_LEVEL:
    case ASSAY__KIND_OBJECT:
    case ASSAY__KIND_TEXT_OR_OBJECT:
    case ASSAY__KIND_LIST:
    case ASSAY__KIND_RULE:
        write_nested(json, row);
        break;
    }
}

static void write_properties(struct assay__json *json, const struct assay__plan_keys *keys)
{
    assay__json_member_begin(json, "properties", '{');
    for (uint32_t i = 0; i < keys->count; i++) {
        const struct assay__plan_key *row = &keys->keys[i];
        assay__json_member_begin(json, row->key, '{');
        write_description(json, row->sentence);
        write_kind(json, row);
        if (row->pattern != NULL)
            assay__json_member_string(json, "pattern", row->pattern);
        assay__json_end(json, '}');
    }
    assay__json_end(json, '}');
    assay__json_member_boolean(json, "additionalProperties", false);
}

static void write_required_of(struct assay__json *json, const struct assay__plan_keys *keys)
{
    assay__json_member_begin(json, "required", '[');
    for (uint32_t i = 0; i < keys->count; i++)
        if (keys->keys[i].is_required)
            assay__json_string(json, keys->keys[i].key);
    assay__json_end(json, ']');
}

static void write_required(struct assay__json *json, const struct assay__plan_keys *keys)
{
    bool has_any = false;
    for (uint32_t i = 0; i < keys->count; i++)
        has_any = has_any || keys->keys[i].is_required;
    if (has_any && keys->instead != NULL) {
        assay__json_member_begin(json, "anyOf", '[');
        assay__json_begin(json, '{');
        write_required_of(json, keys);
        assay__json_end(json, '}');
        assay__json_begin(json, '{');
        assay__json_member_begin(json, "required", '[');
        assay__json_string(json, keys->instead);
        assay__json_end(json, ']');
        assay__json_end(json, '}');
        assay__json_end(json, ']');
    } else if (has_any) {
        write_required_of(json, keys);
    }
}

/* A key of one type of the object is not there in others. */
static void write_owner(struct assay__json *json, const struct assay__plan_keys *keys,
                        const struct assay__plan_key *row)
{
    struct assay__text rule = {0};
    assay__text_format(&rule,
                       "{\"if\":{\"not\":{\"properties\":{\"type\":{\"const\":\"%s\"}},"
                       "\"required\":[\"type\"]}},\"then\":{\"not\":{\"required\":[\"%s\"]}}}",
                       keys->type->choices->names[row->of - 1], row->key);
    assay__json_raw(json, rule.failed ? "" : rule.data);
    json->out->failed = json->out->failed || rule.failed;
    assay__text_release(&rule);
}

static void write_rival(struct assay__json *json, const struct assay__plan_key *row)
{
    assay__json_begin(json, '{');
    assay__json_member_begin(json, "not", '{');
    assay__json_member_begin(json, "required", '[');
    assay__json_string(json, row->key);
    assay__json_string(json, row->rival);
    assay__json_end(json, ']');
    assay__json_end(json, '}');
    assay__json_end(json, '}');
}

static bool is_first_rival(const struct assay__plan_keys *keys, const struct assay__plan_key *row)
{
    return row->rival != NULL && assay__plan_key_of(keys, row->rival, strlen(row->rival)) > row;
}

static void write_rules(struct assay__json *json, const struct assay__plan_keys *keys)
{
    bool has_any = keys->rules != NULL;
    for (uint32_t i = 0; i < keys->count; i++)
        has_any = has_any || keys->keys[i].of != 0 || keys->keys[i].rival != NULL;
    if (!has_any)
        return;
    assay__json_member_begin(json, "allOf", '[');
    if (keys->rules != NULL)
        assay__json_raw(json, keys->rules);
    for (uint32_t i = 0; i < keys->count; i++) {
        if (keys->keys[i].of != 0)
            write_owner(json, keys, &keys->keys[i]);
        if (is_first_rival(keys, &keys->keys[i]))
            write_rival(json, &keys->keys[i]);
    }
    assay__json_end(json, ']');
}

static void write_members(struct assay__json *json, const struct assay__plan_keys *keys)
{
    write_description(json, keys->sentence);
    assay__json_member_string(json, "type", "object");
    write_properties(json, keys);
    write_required(json, keys);
    write_rules(json, keys);
}

void assay__plan_schema_write(struct assay__text *out)
{
    struct assay__json json = {.out = out, .pretty = true};
    assay__json_begin(&json, '{');
    assay__json_member_string(&json, "$schema", "https://json-schema.org/draft/2020-12/schema");
    assay__json_member_string(&json, "title", "assay plan");
    write_members(&json, &assay__keys_plan);
    assay__json_member_begin(&json, "$defs", '{');
    assay__json_key(&json, "name");
    assay__json_raw(&json, "{\"type\":\"string\",\"minLength\":1,\"maxLength\":1024}");
    assay__json_key(&json, "rule");
    assay__json_raw(&json, RULE_SCHEMA);
    for (int object = ASSAY__OBJECT_PLAN + 1; object < ASSAY__OBJECT_COUNT; object++) {
        const struct assay__plan_keys *keys = assay__plan_keys_of((enum assay__plan_object)object);
        assay__json_member_begin(&json, keys->name, '{');
        write_members(&json, keys);
        assay__json_end(&json, '}');
    }
    assay__json_end(&json, '}');
    assay__json_end(&json, '}');
    assay__text_putc(out, '\n');
}
