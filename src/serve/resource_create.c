/* SPDX-License-Identifier: GPL-3.0-or-later */
/* POST: an analysisResult is checked, completed by what is the server's, and stored. */
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "json/json_read.h"
#include "json/json_write.h"
#include "base/digest.h"
#include "base/time.h"
#include "serve/http/route.h"
#include "serve/contract.h"
#include "serve/pairs.h"

enum {
    DEPTH_MAX = 32,
    VALUES_MAX = 500000,
    LABELS_MAX = 64,
    SERVER_BYTES = 1024 /* about what the server's fields take in a document */
};

/* Numbers are copied as they were written: no digit changes on the way through. What was sent
 * without white space, and whole, is copied in one piece. */
static void write_tree(struct assay__json *json, const struct assay__node *value)
{
    bool is_object = value->type == ASSAY__NODE_OBJECT;
    switch (value->type) {
    case ASSAY__NODE_NULL:
        assay__json_null(json);
        return;
    case ASSAY__NODE_BOOLEAN:
        assay__json_boolean(json, value->boolean);
        return;
    case ASSAY__NODE_NUMBER:
        assay__json_raw_bytes(json, value->text, value->length);
        return;
    case ASSAY__NODE_STRING:
        assay__json_bytes(json, value->text, value->length);
        return;
    case ASSAY__NODE_ARRAY:
    case ASSAY__NODE_OBJECT:
        if (value->is_compact) {
            assay__json_raw_bytes(json, value->text, value->length);
            return;
        }
        break;
    }
    assay__json_begin(json, is_object ? '{' : '[');
    for (const struct assay__node *child = value->first; child != NULL; child = child->next) {
        if (is_object)
            assay__json_key(json, child->key);
        write_tree(json, child);
    }
    assay__json_end(json, is_object ? '}' : ']');
}

/* A required member of the request with its type, or NULL after a problem. */
static struct assay__node *required(struct assay__node *root, const char *name,
                                    enum assay__node_type type, struct serve_problems *problems)
{
    struct assay__node *member = assay__node_get(root, name);
    if (member == NULL || member->type == ASSAY__NODE_NULL) {
        serve_problem_add(problems, name, "This field is required.");
        return NULL;
    }
    if (member->type == type)
        return member;
    serve_problem_add(problems, name, "This must be %s, not %s.", assay__node_type_name(type),
                      assay__node_type_name(member->type));
    return NULL;
}

static void check_parent(const struct assay__node *parent, const struct serve_place *place,
                         struct serve_problems *problems)
{
    struct serve_place given;
    if (parent == NULL)
        return;
    if (!assay__parent_split(parent->text, given.workflow, given.instance))
        serve_problem_add(problems, "parent",
                          "This must look like workflows/{workflow}/instances/{instance}, each "
                          "name " ASSAY__NAME_PART_RULE ".");
    else if (strcmp(given.workflow, place->workflow) != 0 ||
             strcmp(given.instance, place->instance) != 0)
        serve_problem_add(problems, "parent", "This is not the parent that the URL names.");
}

static bool write_random_id(char id[64])
{
    static const char HEX[] = "0123456789abcdef";
    unsigned char bytes[16];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return false;
    memcpy(id, "ar-", 3);
    for (size_t i = 0; i < sizeof bytes; i++) {
        id[3 + 2 * i] = HEX[bytes[i] >> 4];
        id[4 + 2 * i] = HEX[bytes[i] & 15];
    }
    id[3 + 2 * sizeof bytes] = '\0';
    return true;
}

/* The id may stand in the query, in the body, or both alike; without one, the place's stays "". */
static void read_id(struct serve_call *call, const struct assay__node *root,
                    struct serve_place *place, struct serve_problems *problems)
{
    const char *in_query = serve_target_parameter(&call->target, "analysisResultId");
    const struct assay__node *member = assay__node_get(root, "analysisResultId");
    if (member != NULL && member->type == ASSAY__NODE_NULL)
        member = NULL;
    if (member != NULL && member->type != ASSAY__NODE_STRING) {
        serve_problem_add(problems, "analysisResultId", "This must be a string, not %s.",
                          assay__node_type_name(member->type));
        return;
    }
    const char *in_body = member != NULL ? member->text : NULL;
    const char *id = in_query != NULL ? in_query : in_body;
    if (id == NULL)
        return;
    if (in_query != NULL && in_body != NULL && strcmp(in_query, in_body) != 0)
        serve_problem_add(problems, "analysisResultId",
                          "The query and the body name different ids.");
    else if (!assay__result_id_ok(id))
        serve_problem_add(problems, "analysisResultId", "An id has " ASSAY__RESULT_ID_RULE ".");
    else
        memcpy(place->id, id, strlen(id) + 1);
}

static void check_unknown(const struct assay__node *root, struct serve_problems *problems)
{
    for (const struct assay__node *member = root->first; member != NULL; member = member->next)
        if (strcmp(member->key, "parent") != 0 && strcmp(member->key, "analysisResult") != 0 &&
            strcmp(member->key, "analysisResultId") != 0)
            serve_problem_add(problems, member->key, "The contract has no such field.");
}

static struct assay__node *read_request(struct serve_call *call, struct assay__arena *tree,
                                        struct serve_place *place)
{
    const struct assay__json_options options = {.code = ASSAY_ERROR_DATA,
                                                .bytes_max = (size_t)1 << 30,
                                                .values_max = VALUES_MAX,
                                                .depth_max = DEPTH_MAX,
                                                .may_forget = serve_contract_may_forget,
                                                .context = &call->context->strict};
    struct assay__node *root = NULL;
    struct assay_error err = {0};
    struct serve_problems problems = {.arena = tree};
    const char *text = call->body.data != NULL ? call->body.data : "";
    enum assay_status status =
        assay__json_read(tree, text, call->body.length, &options, &root, &err);
    if (status == ASSAY_ERROR_MEMORY) {
        serve_answer_refuse(&call->answer, SERVE_UNAVAILABLE, NULL, "Memory ran out; try later.");
        return NULL;
    }
    if (status != ASSAY_OK) {
        serve_answer_refuse(
            &call->answer, SERVE_INVALID, NULL,
            "The body is not JSON that this server reads. Line %llu, column %llu: %s",
            (unsigned long long)err.line, (unsigned long long)err.column, err.message);
        return NULL;
    }
    if (root->type != ASSAY__NODE_OBJECT) {
        serve_answer_refuse(&call->answer, SERVE_INVALID, NULL, "The body must be an object.");
        return NULL;
    }
    check_parent(required(root, "parent", ASSAY__NODE_STRING, &problems), place, &problems);
    struct assay__node *result = required(root, "analysisResult", ASSAY__NODE_OBJECT, &problems);
    read_id(call, root, place, &problems);
    if (call->context->strict)
        check_unknown(root, &problems);
    if (result != NULL)
        serve_contract_check(result, call->context->strict, &problems);
    if (problems.count == 0)
        return result;
    serve_answer_refuse(&call->answer, SERVE_INVALID, &problems,
                        "The request has %u field%s not right.", problems.count,
                        problems.count == 1 ? " that is" : "s that are");
    return NULL;
}

static bool copy_label(struct serve_call *call, const char *key, const char *value,
                       struct serve_label *copy)
{
    copy->key = assay__arena_copy(&call->arena, key, strlen(key));
    copy->value = assay__arena_copy(&call->arena, value, strlen(value));
    return copy->key != NULL && copy->value != NULL;
}

/* How many labels there are: pairs, and entries of a list that are not pairs. */
static uint32_t count_labels(const struct assay__node *result)
{
    const char *key, *value;
    uint32_t count = 0;
    const struct assay__node *labels = assay__node_get(result, "labels");
    struct serve_pairs pairs = serve_pairs_of(result, "labels");
    while (serve_pairs_next(&pairs, &key, &value))
        count++;
    return labels != NULL && labels->count > count ? labels->count : count;
}

/* Labels can be asked for in lists. */
static bool read_labels(struct serve_call *call, const struct assay__node *result)
{
    uint32_t count = count_labels(result);
    if (count > LABELS_MAX) {
        struct serve_problems problems = {.arena = &call->arena};
        serve_problem_add(&problems, "analysisResult.labels", "There are more than %d labels.",
                          LABELS_MAX);
        serve_answer_refuse(&call->answer, SERVE_INVALID, &problems, "There are too many labels.");
        return false;
    }
    struct serve_label *labels = assay__arena_array(&call->arena, count + 1, sizeof *labels);
    bool is_well = labels != NULL;
    call->job.record.labels = labels;
    const char *key, *value;
    struct serve_pairs pairs = serve_pairs_of(result, "labels");
    while (is_well && serve_pairs_next(&pairs, &key, &value))
        is_well = copy_label(call, key, value, &labels[call->job.record.label_count++]);
    if (!is_well)
        serve_answer_refuse(&call->answer, SERVE_UNAVAILABLE, NULL, "Memory ran out; try later.");
    return is_well;
}

/* The stored document: what is the server's first, in the contract's order, then what was sent. */
static void write_document(struct serve_call *call, const struct assay__node *result)
{
    struct serve_record *record = &call->job.record;
    struct timespec now;
    char time[ASSAY__TIME_BYTES];
    clock_gettime(CLOCK_REALTIME, &now);
    record->create_ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec / 1000 * 1000;
    assay__time_write(record->create_ns, time);
    record->creator = serve_tokens_name(call->tokens, call->caller);
    serve_answer_json(&call->answer);
    struct assay__text *out = &call->answer.body;
    struct assay__json json = {.out = out};
    assay__text_reserve(out, call->body.length + SERVER_BYTES);
    assay__json_begin(&json, '{');
    assay__json_member_string(&json, "createTime", time);
    assay__json_member_string(&json, "updateTime", time);
    assay__json_member_string(&json, "creator", record->creator);
    assay__json_member_string(&json, "updater", record->creator);
    const char *name =
        assay__arena_format(&call->arena, "workflows/%s/instances/%s/analysisResults/%s",
                            record->place.workflow, record->place.instance, record->place.id);
    out->failed = out->failed || name == NULL;
    assay__json_member_string(&json, "name", name);
    for (const struct assay__node *member = result->first; member != NULL; member = member->next) {
        assay__json_key(&json, member->key);
        write_tree(&json, member);
    }
    assay__json_end(&json, '}');
    serve_etag_make(out->data, out->failed ? 0 : out->length, call->answer.etag);
    record->document = out->data;
    record->document_length = out->length;
    record->etag = call->answer.etag;
}

static void finish_create(struct serve_call *call)
{
    struct serve_answer *answer = &call->answer;
    if (call->job.outcome == SERVE_PRESENT)
        serve_answer_refuse(answer, SERVE_EXISTS, NULL,
                            "workflows/%s/instances/%s/analysisResults/%s already exists.",
                            call->job.record.place.workflow, call->job.record.place.instance,
                            call->job.record.place.id);
    else if (call->job.outcome == SERVE_UNCERTAIN)
        serve_answer_refuse(answer, SERVE_UNKNOWN, NULL,
                            "The disk failed: it is not known whether the result is stored. Ask "
                            "for it, or post it again.");
    else if (call->job.outcome != SERVE_DONE)
        serve_answer_refuse(answer, SERVE_UNAVAILABLE, NULL, "The result could not be stored.");
}

/* From the body to the job's record; false: refused. */
static bool make_record(struct serve_call *call, struct assay__arena *tree)
{
    struct serve_place *place = &call->job.record.place;
    struct assay__node *result = read_request(call, tree, place);
    if (result == NULL || !read_labels(call, result))
        return false;
    if (place->id[0] == '\0' && !write_random_id(place->id)) {
        serve_answer_refuse(&call->answer, SERVE_UNAVAILABLE, NULL,
                            "A random id cannot be made now.");
        return false;
    }
    write_document(call, result);
    if (!call->answer.body.failed)
        return true;
    serve_answer_refuse(&call->answer, SERVE_UNAVAILABLE, NULL, "Memory ran out; try later.");
    return false;
}

/* The tree may take fifty times the memory of its text: it is gone before the change waits. Of a
 * usual result it takes little: most is forgotten as soon as it is read and right. */
void serve_create(struct serve_call *call)
{
    struct assay__arena tree = {0};
    if (!serve_call_place(call, false, &call->job.record.place))
        return;
    if (!serve_tokens_spend(call->tokens, call->caller)) {
        serve_answer_refuse(&call->answer, SERVE_TOO_MANY, NULL,
                            "There are too many posts by this caller; wait a little.");
        return;
    }
    call->has_job = make_record(call, &tree);
    assay__arena_release(&tree);
    assay__text_release(&call->body);
    call->job.kind = SERVE_JOB_INSERT;
    call->finish = finish_create;
}
