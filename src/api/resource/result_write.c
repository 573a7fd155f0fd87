/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The AnalysisResult as text: in compact form by result_compact.h, indented by cJSON. That prints
 * it in pieces: the members of the resource, its metrics and their comparisons one by one, and of
 * lists one element at a time, so that no more than an element is ever held as a tree. Both are
 * what cJSON prints for the whole tree.
 */
#include "api/resource/result_write.h"

#include <string.h>

#include "api/resource/result_compact.h"
#include "api/resource/result_tree.h"

struct printer {
    struct assay__text *out;
    uint32_t depth; /* objects and lists that are open */
};

static void indent(struct printer *printer, uint32_t depth)
{
    for (uint32_t i = 0; i < depth; i++)
        assay__text_putc(printer->out, '\t');
}

/* Appends what cJSON printed at depth 0 as it stands at this depth. Line ends within strings are
 * escapes, so that each one here starts a line of the layout. */
static void append_deeper(struct printer *printer, const char *text)
{
    for (const char *end; (end = strchr(text, '\n')) != NULL; text = end + 1) {
        assay__text_append(printer->out, text, (size_t)(end + 1 - text));
        indent(printer, printer->depth);
    }
    assay__text_puts(printer->out, text);
}

/* Appends an item and deletes it; NULL is an item that there was no memory for. */
static void print_item(struct printer *printer, cJSON *item)
{
    char *text = item != NULL ? cJSON_Print(item) : NULL;
    if (text == NULL)
        printer->out->failed = true;
    else
        append_deeper(printer, text);
    cJSON_free(text);
    cJSON_Delete(item);
}

static void print_object(struct printer *printer, const struct assay__shape *shape,
                         const struct assay__view *view);

/* The value of an object or an element. */
static void print_view(struct printer *printer, const struct assay__shape *shape,
                       const struct assay__view *view)
{
    if (shape->is_pieced)
        print_object(printer, shape, view);
    else
        print_item(printer, assay__tree_object(shape, view));
}

static void print_list(struct printer *printer, const struct assay__result_field *field,
                       const struct assay__view *view)
{
    struct assay__view element;
    assay__text_putc(printer->out, '[');
    printer->depth++;
    for (size_t i = 0; !printer->out->failed && field->view(view, i, &element); i++) {
        if (i > 0)
            assay__text_puts(printer->out, ", ");
        print_view(printer, field->shape, &element);
        assay__text_pass_on(printer->out);
    }
    printer->depth--;
    assay__text_putc(printer->out, ']');
}

static void print_name(struct printer *printer, const char *name, bool is_first)
{
    if (!is_first)
        assay__text_puts(printer->out, ",\n");
    indent(printer, printer->depth);
    assay__text_putc(printer->out, '"');
    assay__text_puts(printer->out, name);
    assay__text_puts(printer->out, "\":\t");
}

/* Prints a field that is there; true when it is. */
static bool print_field(struct printer *printer, const struct assay__result_field *field,
                        const struct assay__view *view, bool is_first)
{
    cJSON *item = NULL;
    if (field->kind == ASSAY__KIND_LIST) {
        print_name(printer, field->name, is_first);
        print_list(printer, field, view);
        return true;
    }
    if (field->kind == ASSAY__KIND_OBJECT && field->view != NULL) {
        struct assay__view inner;
        if (!field->view(view, 0, &inner))
            return false;
        print_name(printer, field->name, is_first);
        print_view(printer, field->shape, &inner);
        return true;
    }
    if (!assay__tree_field(field, view, &item))
        printer->out->failed = true;
    if (item == NULL)
        return false;
    print_name(printer, field->name, is_first);
    print_item(printer, item);
    return true;
}

/* Recursion is three levels deep: the resource, its metrics and their comparisons. */
static void print_object(struct printer *printer, const struct assay__shape *shape,
                         const struct assay__view *view)
{
    bool is_first = true;
    assay__text_puts(printer->out, "{\n");
    printer->depth++;
    for (size_t i = 0; !printer->out->failed && i < shape->count; i++)
        if (print_field(printer, &shape->fields[i], view, is_first))
            is_first = false;
    printer->depth--;
    if (!is_first)
        assay__text_putc(printer->out, '\n');
    indent(printer, printer->depth);
    assay__text_putc(printer->out, '}');
}

void assay__result_value(const struct assay_analysis *analysis, bool pretty,
                         struct assay__text *out)
{
    struct printer printer = {.out = out};
    const struct assay__view view = assay__result_view(analysis);
    if (pretty)
        print_object(&printer, &assay__result_shape, &view);
    else
        assay__compact_write(&assay__result_shape, &view, out);
}

/* Room for most of a long text at once, since one that doubles is copied; of a text that is passed
 * on, for as much as is kept. */
static void make_room(const struct assay_analysis *analysis, struct assay__text *out)
{
    const size_t look_bytes = 960, result_bytes = 2048, most_kept = 5 * ASSAY__TEXT_LONG / 4;
    size_t looks = 0;
    for (size_t i = 0; i < analysis->result_count; i++)
        looks += analysis->results[i].look_count;
    size_t room = looks * look_bytes + analysis->result_count * result_bytes;
    if (out->outlet->sink != NULL)
        assay__text_reserve(out, room < most_kept ? room : most_kept);
    else if (looks > 4 * analysis->result_count)
        assay__text_reserve(out, room);
}

void assay__write_result(const struct assay_analysis *analysis,
                         const struct assay_write_options *options, struct assay__text *out)
{
    make_room(analysis, out);
    assay__result_value(analysis, options->pretty, out);
    assay__text_putc(out, '\n');
}
