/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Objects that hold nothing but figures, as JSON at once: the looks of a comparison. */
#include "api/resource/result_figures.h"

#include <math.h>
#include <string.h>

#include "base/digits.h"
#include "base/time.h"
#include "number/number.h"

_Static_assert((int)ASSAY__FIGURE_BYTES >= (int)ASSAY__NUMBER_BYTES &&
                   (int)ASSAY__FIGURE_BYTES >= (int)ASSAY__TIME_BYTES + 2,
               "a figure needs more room");

static size_t write_count(uint64_t count, char *out)
{
    char *end = assay__digits_write(count, out);
    *end = '\0';
    return (size_t)(end - out);
}

static size_t write_answer(enum assay_tristate answer, char *out)
{
    const char *word = answer == ASSAY_YES ? "true" : answer == ASSAY_NO ? "false" : "";
    size_t length = strlen(word);
    memcpy(out, word, length + 1);
    return length;
}

static size_t write_time(int64_t time_ns, char *out)
{
    if (time_ns == INT64_MIN)
        return 0;
    size_t length = assay__time_write(time_ns, out + 1);
    out[0] = out[length + 1] = '"';
    out[length + 2] = '\0';
    return length + 2;
}

size_t assay__figure_write(enum assay__c_type type, const void *place,
                           char out[ASSAY__FIGURE_BYTES])
{
    double number;
    switch (type) {
    case ASSAY__C_NUMBER:
        number = *(const double *)place;
        return isfinite(number) ? assay__number_write(number, out) : 0;
    case ASSAY__C_SIZE:
        number = *(const double *)place;
        if (number >= 0.0 && number <= ASSAY__WHOLE_MAX)
            return write_count((uint64_t)number, out);
        return isfinite(number) ? assay__number_write(number, out) : 0;
    case ASSAY__C_COUNT:
        return write_count(*(const uint64_t *)place, out);
    case ASSAY__C_ANSWER:
        return write_answer(*(const enum assay_tristate *)place, out);
    case ASSAY__C_TIME:
        return write_time(*(const int64_t *)place, out);
    case ASSAY__C_NONE:
    case ASSAY__C_TEXT:
        break;
    }
    return 0;
}

const void *assay__field_place(const struct assay__result_field *field,
                               const struct assay__view *view)
{
    const void *base = view;
    if (field->base == ASSAY__BASE_RESULT)
        base = (const char *)view->result;
    else if (field->base == ASSAY__BASE_LOOK)
        base = view->look;
    else if (field->base == ASSAY__BASE_TEST)
        base = &view->look->comparison;
    return (const char *)base + field->offset;
}

/* What a leaf or wrapper takes at most: its key, a figure, a brace and a comma. */
enum { FIELD_BYTES = ASSAY__KEY_BYTES + ASSAY__FIGURE_BYTES + 2 };

/* Keys are copied whole, and what follows them is written over the rest. */
static char *put_key(const struct assay__result_field *field, char *at)
{
    memcpy(at, field->key, sizeof field->key);
    return at + field->key_length;
}

/* A leaf or a wrapper of one, and a comma; nothing where there is no value. */
static char *put_leaf(const struct assay__result_field *field, const struct assay__view *view,
                      char *at)
{
    char *value = put_key(field, at);
    size_t length = assay__figure_write(field->type, assay__field_place(field, view), value);
    if (length == 0)
        return at;
    value += length;
    if (field->shape != NULL)
        *value++ = '}';
    *value++ = ',';
    return value;
}

static void write_object(const struct assay__result_field *field, const struct assay__view *view,
                         struct assay__text *out)
{
    struct assay__view inner;
    if (!field->view(view, 0, &inner))
        return;
    assay__text_append(out, field->key, field->key_length);
    assay__figures_write(field->shape, &inner, out);
    assay__text_putc(out, ',');
}

/* Recursion goes as deep as plain shapes: two levels. */
void assay__figures_write(const struct assay__shape *shape, const struct assay__view *view,
                          struct assay__text *out)
{
    const size_t room = (shape->count + 1) * FIELD_BYTES, start = out->length + 1;
    char *at = assay__text_extend(out, room);
    if (at != NULL)
        *at++ = '{';
    for (size_t i = 0; at != NULL && i < shape->count; i++) {
        const struct assay__result_field *field = &shape->fields[i];
        if (field->view == NULL) {
            at = put_leaf(field, view, at);
            continue;
        }
        out->length = (size_t)(at - out->data);
        write_object(field, view, out);
        at = assay__text_extend(out, room);
    }
    if (at == NULL)
        return;
    if (at > out->data + start)
        at--; /* the last comma */
    *at++ = '}';
    *at = '\0';
    out->length = (size_t)(at - out->data);
}
