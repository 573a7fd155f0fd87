/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names in a path as the place of a result. */
#include "serve/http/route.h"

#include <string.h>

#include "base/resource_name.h"

static bool place_part(const char *name, const char *field, bool allow_any,
                       char out[ASSAY__NAME_PART_MAX + 1], struct serve_problems *problems)
{
    if (!assay__name_part_ok(name) && !(allow_any && strcmp(name, "-") == 0)) {
        serve_problem_add(problems, field, "A name is " ASSAY__NAME_PART_RULE ".");
        return false;
    }
    memcpy(out, name, strlen(name) + 1);
    return true;
}

bool serve_call_place(struct serve_call *call, bool allow_any, struct serve_place *place)
{
    struct serve_problems problems = {.arena = &call->arena};
    *place = (struct serve_place){.id = ""};
    place_part(call->names[0], "workflow", allow_any, place->workflow, &problems);
    place_part(call->names[1], "instance", allow_any, place->instance, &problems);
    if (call->names[2] != NULL && !assay__result_id_ok(call->names[2]))
        serve_problem_add(&problems, "name", "An id has " ASSAY__RESULT_ID_RULE ".");
    else if (call->names[2] != NULL)
        memcpy(place->id, call->names[2], strlen(call->names[2]) + 1);
    if (problems.count == 0)
        return true;
    serve_answer_refuse(&call->answer, SERVE_INVALID, &problems, "The path is not valid.");
    return false;
}
