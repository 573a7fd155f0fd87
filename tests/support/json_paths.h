/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Field paths of JSON documents, such as "results[].result[].groups.baseline", with cJSON. */
#ifndef ASSAY_TESTS_JSON_PATHS_H
#define ASSAY_TESTS_JSON_PATHS_H

#include <cjson/cJSON.h>
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_BYTES = 256 };

/** json_leaves() calls visit for every leaf: a string, number, boolean, null or empty object. */
static inline void json_leaves(const cJSON *node, const char *path,
                               void (*visit)(const char *path, const cJSON *leaf, void *context),
                               void *context)
{
    if ((!cJSON_IsObject(node) && !cJSON_IsArray(node)) ||
        (cJSON_IsObject(node) && node->child == NULL)) {
        visit(path, node, context);
        return;
    }
    for (const cJSON *child = node->child; child != NULL; child = child->next) {
        char below[PATH_BYTES];
        const char *dot = path[0] == '\0' || cJSON_IsArray(node) ? "" : ".";
        int length = snprintf(below, sizeof below, "%s%s%s", path, dot,
                              cJSON_IsArray(node) ? "[]" : child->string);
        ck_assert_int_lt(length, PATH_BYTES);
        json_leaves(child, below, visit, context);
    }
}

/** json_at() follows object keys and array indices: json_at(root, "results.0.result.1.status"). */
static inline const cJSON *json_at(const cJSON *node, const char *path)
{
    char step[PATH_BYTES];
    while (node != NULL && path[0] != '\0') {
        size_t length = strcspn(path, ".");
        memcpy(step, path, length);
        step[length] = '\0';
        node = cJSON_IsArray(node) ? cJSON_GetArrayItem(node, atoi(step))
                                   : cJSON_GetObjectItemCaseSensitive(node, step);
        path += length + (path[length] == '.');
    }
    return node;
}

/** number_at() and text_at() are the number or string at a path; the test fails without one. */
static inline double number_at(const cJSON *document, const char *path)
{
    const cJSON *node = json_at(document, path);
    ck_assert_msg(cJSON_IsNumber(node), "%s is not a number", path);
    return node->valuedouble;
}

static inline const char *text_at(const cJSON *document, const char *path)
{
    const cJSON *node = json_at(document, path);
    ck_assert_msg(cJSON_IsString(node), "%s is not a string", path);
    return node->valuestring;
}

#endif
