/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The AnalysisResult, or a part of it, in compact form: a walk over the rows of its shape. Every
 * object makes room for its keys and figures at once, and writes them without asking again.
 */
#include "api/resource/result_compact.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/digits.h"
#include "base/time.h"
#include "json/json_runs.h"
#include "json/json_write.h"
#include "number/number.h"

_Static_assert((int)ASSAY__FIGURE_BYTES > (int)ASSAY__NUMBER_ROOM &&
                   (int)ASSAY__FIGURE_BYTES >= (int)ASSAY__TIME_BYTES + 2,
               "a figure needs more room");

/* The functions put_...() write at a place where there is room and return the end. */

static char *put_answer(enum assay_tristate answer, char *out)
{
    if (answer == ASSAY_UNKNOWN)
        return out;
    memcpy(out, answer == ASSAY_YES ? "true " : "false", 5);
    return out + (answer == ASSAY_YES ? 4 : 5);
}

static char *put_time(int64_t time_ns, char *out)
{
    if (time_ns == INT64_MIN)
        return out;
    char *end = out + 1 + assay__time_write(time_ns, out + 1);
    *out = *end = '"';
    return end + 1;
}

static inline char *put_number(double number, char *out)
{
    return fabs(number) <= DBL_MAX ? assay__number_put(number, out) : out;
}

static char *put_other_figure(enum assay__c_type type, const void *place, char *out)
{
    double number;
    switch (type) {
    case ASSAY__C_SIZE:
        number = *(const double *)place;
        if (number >= 0.0 && number <= ASSAY__WHOLE_MAX)
            return assay__digits_put((uint64_t)number, out);
        return put_number(number, out);
    case ASSAY__C_COUNT:
        return assay__digits_put(*(const uint64_t *)place, out);
    case ASSAY__C_ANSWER:
        return put_answer(*(const enum assay_tristate *)place, out);
    case ASSAY__C_TIME:
        return put_time(*(const int64_t *)place, out);
    case ASSAY__C_NUMBER:
    case ASSAY__C_NONE:
    case ASSAY__C_TEXT:
        break;
    }
    return out;
}

static inline char *put_figure(enum assay__c_type type, const void *place, char *out)
{
    return type == ASSAY__C_NUMBER ? put_number(*(const double *)place, out)
                                   : put_other_figure(type, place, out);
}

size_t assay__figure_write(enum assay__c_type type, const void *place,
                           char out[ASSAY__FIGURE_BYTES])
{
    char *end = put_figure(type, place, out);
    *end = '\0';
    return (size_t)(end - out);
}

/* The objects that leaves are members of. */
struct bases {
    const char *of[ASSAY__BASE_COUNT];
};

static inline struct bases bases_of(const struct assay__view *view)
{
    const struct assay_look_result *look = view->look;
    return (struct bases){
        {[ASSAY__BASE_VIEW] = (const char *)view,
         [ASSAY__BASE_RESULT] = (const char *)view->result,
         [ASSAY__BASE_LOOK] = (const char *)look,
         [ASSAY__BASE_TEST] = look != NULL ? (const char *)&look->comparison : NULL}};
}

const void *assay__field_place(const struct assay__result_field *field,
                               const struct assay__view *view)
{
    return bases_of(view).of[field->base] + field->offset;
}

/* Writes into a text. Without memory there is never room again, and the text says why. */
struct pen {
    struct assay__text *out;
    char *at, *end; /* where the next byte goes, and the end of the room */
    size_t passed;  /* how often the text has gone to its outlet */
    char nowhere[1];
};

/* The text is as long as what was written. */
static void end_text(struct pen *pen)
{
    if (pen->at != pen->nowhere)
        assay__text_end(pen->out, pen->at);
}

/* The pen goes on behind the text. */
static bool go_on(struct pen *pen, size_t room)
{
    char *at = assay__text_room(pen->out, room);
    pen->at = at != NULL ? at : pen->nowhere;
    pen->end = at != NULL ? pen->out->data + pen->out->capacity - 1 : pen->nowhere;
    return at != NULL;
}

static bool make_room(struct pen *pen, size_t room)
{
    end_text(pen);
    return go_on(pen, room);
}

static inline bool has_room(struct pen *pen, size_t room)
{
    return (size_t)(pen->end - pen->at) >= room || make_room(pen, room);
}

static size_t length_of(const struct pen *pen)
{
    return pen->at == pen->nowhere ? 0 : (size_t)(pen->at - pen->out->data);
}

static void pass_on(struct pen *pen)
{
    if (!assay__text_is_long(pen->out, length_of(pen)))
        return;
    end_text(pen);
    assay__text_pass_on(pen->out);
    if (pen->out->outlet->sink != NULL)
        pen->passed++;
    (void)go_on(pen, 1);
}

/* What a leaf or a wrapper takes at most: its key, a figure, a brace and a comma. */
enum { FIELD_BYTES = ASSAY__KEY_BYTES + ASSAY__FIGURE_BYTES + 2 };

/* Keys are copied whole, and what follows them is written over the rest. */
static inline char *put_key(const struct assay__result_field *field, char *at)
{
    memcpy(at, field->key, sizeof field->key);
    return at + field->key_length;
}

/* A comma, and before it the brace of a wrapper. */
static inline char *put_end(const struct assay__result_field *field, char *at)
{
    memcpy(at, field->end, 2);
    return at + field->end_length;
}

/*
 * Figures, and wrappers of them, from a row on to the first of another kind, which *row is then;
 * nothing where there is no value.
 */
static char *put_leaves(const struct assay__result_field **row,
                        const struct assay__result_field *end, const struct bases *bases, char *at)
{
    const struct assay__result_field *field = *row;
    for (; field < end && field->type > ASSAY__C_TEXT; field++) {
        const void *place = bases->of[field->base] + field->offset;
        char *value = put_key(field, at), *stop = put_figure(field->type, place, value);
        if (stop != value)
            at = put_end(field, stop);
    }
    *row = field;
    return at;
}

/* Texts need care where they are more than plain ASCII. */
static void write_string(struct pen *pen, const char *string)
{
    size_t length = strlen(string);
    if (!assay__json_is_plain(string, length)) {
        end_text(pen);
        assay__json_quote(pen->out, string, length);
        (void)go_on(pen, 1);
    } else if (has_room(pen, length + 2)) {
        pen->at[0] = '"';
        memcpy(pen->at + 1, string, length);
        pen->at[length + 1] = '"';
        pen->at += length + 2;
    }
}

static void write_text(struct pen *pen, const struct assay__result_field *field,
                       const struct assay__view *view)
{
    const char *string = *(const char *const *)assay__field_place(field, view);
    if (string == NULL)
        return;
    pen->at = put_key(field, pen->at);
    write_string(pen, string);
    if (has_room(pen, 2))
        pen->at = put_end(field, pen->at);
}

/* Puts an end in place of the last comma, or behind the bracket that there is nothing in. */
static void write_end(struct pen *pen, char bracket)
{
    if (!has_room(pen, 2))
        return;
    pen->at -= pen->at[-1] == ',';
    *pen->at++ = bracket;
}

static void write_comma(struct pen *pen)
{
    if (has_room(pen, 1))
        *pen->at++ = ',';
}

static void write_object(struct pen *pen, const struct assay__shape *shape,
                         const struct assay__view *view);

/* Where an element is in the text, while that has not been passed on. */
struct element {
    size_t start, length, passed;
};

static void write_list(struct pen *pen, const struct assay__result_field *field,
                       const struct assay__view *view, struct element *last)
{
    struct assay__view element;
    *pen->at++ = '[';
    for (size_t i = 0; !pen->out->failed && field->view(view, i, &element); i++) {
        pass_on(pen);
        size_t start = length_of(pen), passed = pen->passed;
        write_object(pen, field->shape, &element);
        *last = (struct element){start, length_of(pen) - start, passed};
        write_comma(pen);
    }
    write_end(pen, ']');
}

/* {key: value} */
static void write_map(struct pen *pen, const struct assay__result_field *field,
                      const struct assay__view *view)
{
    struct assay__view element;
    *pen->at++ = '{';
    for (size_t i = 0; !pen->out->failed && field->view(view, i, &element); i++) {
        write_string(pen, element.pair.first);
        if (has_room(pen, 1))
            *pen->at++ = ':';
        write_string(pen, element.pair.second);
        write_comma(pen);
    }
    write_end(pen, '}');
}

static void write_inner(struct pen *pen, const struct assay__result_field *field,
                        const struct assay__view *view, const struct element *last)
{
    struct assay__view inner;
    if (field->repeats_last && last->length > 0 && last->passed == pen->passed) {
        if (has_room(pen, last->length)) {
            memcpy(pen->at, pen->out->data + last->start, last->length);
            pen->at += last->length;
        }
    } else if (field->view(view, 0, &inner)) {
        write_object(pen, field->shape, &inner);
    }
}

/* An object, a list or a map; an object that does not exist is left out. */
static void write_parts(struct pen *pen, const struct assay__result_field *field,
                        const struct assay__view *view, struct element *last)
{
    pen->at = put_key(field, pen->at);
    if (field->kind == ASSAY__KIND_MAP && view->analysis->plan->map_form != ASSAY_MAPS_AS_LIST) {
        write_map(pen, field, view);
    } else if (field->kind == ASSAY__KIND_OBJECT) {
        write_inner(pen, field, view, last);
        if (!pen->out->failed && pen->at[-1] == ':') {
            pen->at -= field->key_length;
            return;
        }
    } else {
        write_list(pen, field, view, last);
    }
    write_comma(pen);
}

/* Recursion goes as deep as the shapes: six levels. */
static void write_object(struct pen *pen, const struct assay__shape *shape,
                         const struct assay__view *view)
{
    const size_t room = (shape->count + 1) * FIELD_BYTES;
    const struct assay__result_field *const end = shape->fields + shape->count;
    const struct bases bases = bases_of(view);
    struct element last = {0, 0, 0};
    if (!has_room(pen, room))
        return;
    *pen->at++ = '{';
    for (const struct assay__result_field *field = shape->fields; field < end; field++) {
        pen->at = put_leaves(&field, end, &bases, pen->at);
        if (field == end)
            break;
        if (field->view != NULL)
            write_parts(pen, field, view, &last);
        else if (field->type == ASSAY__C_TEXT)
            write_text(pen, field, view);
        if (!has_room(pen, room))
            return;
    }
    pen->at -= pen->at[-1] == ',';
    *pen->at++ = '}';
}

void assay__compact_write(const struct assay__shape *shape, const struct assay__view *view,
                          struct assay__text *out)
{
    struct pen pen = {.out = out};
    if (!go_on(&pen, 1))
        return;
    write_object(&pen, shape, view);
    end_text(&pen);
}
