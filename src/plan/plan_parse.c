/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the text or the tree of a plan to the plan, and the plan's life. */

#include "base/memory.h"
#include "plan/plan_file.h"
#include "plan/plan_read.h"

/* life comes first: it is what destroy() is given. */
struct plan_memory {
    struct assay__plan_life life;
    struct assay_plan plan;
    struct assay__arena arena;
};

static void destroy(struct assay__plan_life *life)
{
    struct plan_memory *memory = (struct plan_memory *)life;
    assay__arena_release(&memory->arena);
    assay__free(memory);
}

enum assay_status assay__plan_make(struct assay__arena *arena, const struct assay__node *root,
                                   const char *name, struct assay_plan **out,
                                   struct assay_error *err)
{
    struct plan_memory *memory = assay__calloc(1, sizeof *memory);
    if (memory == NULL) {
        assay__arena_release(arena);
        return assay__fail_memory(err);
    }
    memory->arena = *arena;
    atomic_init(&memory->life.references, 1);
    memory->life.destroy = destroy;
    memory->plan.life = &memory->life;
    arena->blocks = NULL;
    struct assay__plan_reader reader = {.arena = &memory->arena,
                                        .name = name,
                                        .plan = &memory->plan,
                                        .err = err,
                                        .status = ASSAY_OK};
    assay__plan_default(ASSAY__OBJECT_PLAN, &memory->plan);
    assay__plan_object(&reader, ASSAY__OBJECT_PLAN, root, &memory->plan);
    enum assay_status status = reader.status;
    if (status == ASSAY_OK)
        status = assay__plan_write_canonical(&memory->plan, &memory->arena, &memory->plan.canonical,
                                             err);
    if (status != ASSAY_OK) {
        assay_plan_free(&memory->plan);
        return status;
    }
    *out = &memory->plan;
    return ASSAY_OK;
}

enum assay_status assay_plan_parse(const char *text, size_t length, const char *name,
                                   struct assay_plan **out, struct assay_error *err)
{
    struct assay__arena arena = {0};
    struct assay__node *root;
    enum assay_status status = assay__plan_read_tree(&arena, text, length, name, &root, err);
    if (status != ASSAY_OK) {
        assay__arena_release(&arena);
        return status;
    }
    return assay__plan_make(&arena, root, name, out, err);
}

enum assay_status assay_plan_read(const char *path, struct assay_plan **out,
                                  struct assay_error *err)
{
    struct assay__arena arena = {0};
    struct assay__node *root;
    enum assay_status status = assay__plan_read_file(&arena, path, &root, err);
    if (status != ASSAY_OK) {
        assay__arena_release(&arena);
        return status;
    }
    return assay__plan_make(&arena, root, assay__plan_file_name(path), out, err);
}
