/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values of Arrow arrays as text: a table of types by their format strings. */
#include "source/table/arrow_values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

/* One value: where it lies, offset counted, and where its text goes. */
struct value {
    const struct ArrowSchema *schema;
    const struct ArrowArray *array;
    int64_t at;
    char *scratch;
    struct assay__field *out;
};

static const char NOT_READ[] = "The column's Arrow type is not read.";

bool assay__arrow_is_missing(const struct ArrowArray *array, int64_t index)
{
    const unsigned char *valid =
        array->n_buffers > 0 && array->null_count != 0 ? array->buffers[0] : NULL;
    int64_t at = index + array->offset;
    return valid != NULL && (valid[at / 8] >> (at % 8) & 1) == 0;
}

static const char *read_null(const struct value *value)
{
    assay__cell_missing(value->out);
    return NULL;
}

static const char *read_bool(const struct value *value)
{
    const unsigned char *bits = value->array->buffers[1];
    bool is_true = (bits[value->at / 8] >> (value->at % 8) & 1) != 0;
    assay__cell_text(is_true ? "true" : "false", is_true ? 4 : 5, value->out);
    value->out->is_typed = true;
    return NULL;
}

/* A value of so many bytes: a buffer that was mapped from a file or a message may lie anywhere. */
static void take_from(const void *buffer, int64_t at, void *out, size_t size)
{
    memcpy(out, (const char *)buffer + (size_t)at * size, size);
}

static void take(const struct value *value, void *out, size_t size)
{
    take_from(value->array->buffers[1], value->at, out, size);
}

#define READER(name, type, write, wide)                                                            \
    static const char *read_##name(const struct value *value)                                      \
    {                                                                                              \
        type number;                                                                               \
        take(value, &number, sizeof number);                                                       \
        write((wide)number, value->scratch, value->out);                                           \
        return NULL;                                                                               \
    }
READER(int8, int8_t, assay__cell_integer, int64_t)
READER(uint8, uint8_t, assay__cell_unsigned, uint64_t)
READER(int16, int16_t, assay__cell_integer, int64_t)
READER(uint16, uint16_t, assay__cell_unsigned, uint64_t)
READER(int32, int32_t, assay__cell_integer, int64_t)
READER(uint32, uint32_t, assay__cell_unsigned, uint64_t)
READER(int64, int64_t, assay__cell_integer, int64_t)
READER(uint64, uint64_t, assay__cell_unsigned, uint64_t)
READER(float, float, assay__cell_float, float)
READER(double, double, assay__cell_double, double)
#undef READER

static const char *read_span(const struct value *value, int64_t begin, int64_t end)
{
    const char *bytes = value->array->buffers[2];
    if (begin < 0 || end < begin || (bytes == NULL && end > begin))
        return "The offsets of the Arrow array are damaged.";
    assay__cell_text(end > begin ? bytes + begin : "", (size_t)(end - begin), value->out);
    return NULL;
}

static const char *read_utf8(const struct value *value)
{
    int32_t begin, end;
    take(value, &begin, sizeof begin);
    take_from(value->array->buffers[1], value->at + 1, &end, sizeof end);
    return read_span(value, begin, end);
}

static const char *read_large_utf8(const struct value *value)
{
    int64_t begin, end;
    take(value, &begin, sizeof begin);
    take_from(value->array->buffers[1], value->at + 1, &end, sizeof end);
    return read_span(value, begin, end);
}

/* Whether a text lies in a buffer of texts. They come behind validity and views; their sizes last.
 */
static bool is_within(const struct ArrowArray *array, int32_t buffer, int64_t begin, int64_t length)
{
    if (buffer < 0 || buffer >= array->n_buffers - 3 || array->buffers[2 + buffer] == NULL)
        return false;
    const void *sizes = array->buffers[array->n_buffers - 1];
    int64_t size = INT64_MAX;
    if (sizes != NULL)
        take_from(sizes, buffer, &size, sizeof size);
    return begin >= 0 && begin + length <= size;
}

/* A view of 16 bytes: the length, and the text itself or its buffer and place there. */
static const char *read_utf8_view(const struct value *value)
{
    enum { INLINE_BYTES = 12 };
    const char *view = (const char *)value->array->buffers[1] + 16 * value->at;
    int32_t length, buffer, begin;
    memcpy(&length, view, sizeof length);
    memcpy(&buffer, view + 8, sizeof buffer);
    memcpy(&begin, view + 12, sizeof begin);
    bool is_inline = length <= INLINE_BYTES;
    if (length < 0 || (!is_inline && !is_within(value->array, buffer, begin, length)))
        return "The views of the Arrow array are damaged.";
    const char *text =
        is_inline ? view + 4 : (const char *)value->array->buffers[2 + buffer] + begin;
    assay__cell_text(text, (size_t)length, value->out);
    return NULL;
}

static bool decimal_scale(const char *format, int *scale, int *bits)
{
    int precision = 0;
    *bits = 128;
    int fields = sscanf(format, "d:%d,%d,%d", &precision, scale, bits);
    return fields >= 2 && (*bits == 32 || *bits == 64 || *bits == 128) && *scale <= 1000 &&
           *scale >= -1000;
}

/* The integer of a decimal, in two's complement. */
static assay__uint128 take_integer(const struct value *value, int bits)
{
    int32_t narrow;
    int64_t middle;
    assay__uint128 wide;
    switch (bits) {
    case 32:
        take(value, &narrow, sizeof narrow);
        return (assay__uint128)narrow;
    case 64:
        take(value, &middle, sizeof middle);
        return (assay__uint128)middle;
    default:
        take(value, &wide, sizeof wide);
        return wide;
    }
}

/* An integer of 32 to 128 bits, and how many of its digits are behind the point. */
static const char *read_decimal(const struct value *value)
{
    char digits[40], *at = value->scratch;
    int count = 0, scale = 0, bits;
    if (!decimal_scale(value->schema->format, &scale, &bits))
        return NOT_READ;
    assay__uint128 rest = take_integer(value, bits);
    bool is_negative = (rest >> 127) != 0;
    for (rest = is_negative ? -rest : rest; rest > 0 || count == 0; rest /= 10)
        digits[count++] = (char)('0' + (int)(rest % 10));
    bool is_plain = scale >= 0 && scale <= 38;
    while (is_plain && count <= scale)
        digits[count++] = '0';
    if (is_negative)
        *at++ = '-';
    for (int i = count - 1; i >= 0; i--) {
        *at++ = digits[i];
        if (is_plain && i == scale && i > 0)
            *at++ = '.';
    }
    if (!is_plain)
        at += snprintf(at, 8, "e%d", -scale);
    assay__cell_text(value->scratch, (size_t)(at - value->scratch), value->out);
    value->out->is_typed = true;
    return NULL;
}

static const char *read_date32(const struct value *value)
{
    int32_t days;
    take(value, &days, sizeof days);
    return assay__cell_date(days, value->scratch, value->out);
}

static const char *read_date64(const struct value *value)
{
    enum { DAY_MS = 86400000 };
    int64_t ms;
    take(value, &ms, sizeof ms);
    return assay__cell_date(ms / DAY_MS - (ms % DAY_MS < 0 ? 1 : 0), value->scratch, value->out);
}

/* "tss:", "tsm:", "tsu:", "tsn:" and a zone, which does not move the instant; 0: none of them. */
static int64_t timestamp_unit(const char *format)
{
    switch (format[2]) {
    case 's':
        return 1000000000;
    case 'm':
        return 1000000;
    case 'u':
        return 1000;
    case 'n':
        return 1;
    default:
        return 0;
    }
}

static const char *read_timestamp(const struct value *value)
{
    int64_t unit = timestamp_unit(value->schema->format);
    int64_t ns;
    take(value, &ns, sizeof ns);
    if (unit == 0)
        return NOT_READ;
    if (__builtin_mul_overflow(ns, unit, &ns))
        return ASSAY__TIME_OUT_OF_RANGE;
    return assay__cell_time(ns, value->scratch, value->out);
}

/* struct arrow_type: formats that begin with a text, the buffers they have, how a value is read. */
struct arrow_type {
    const char *format;
    bool is_whole; /* the text is all of the format */
    int64_t buffer_count;
    const char *(*read)(const struct value *value);
};

static const struct arrow_type TYPES[] = {
    {"n", true, 0, read_null},        {"b", true, 2, read_bool},
    {"c", true, 2, read_int8},        {"C", true, 2, read_uint8},
    {"s", true, 2, read_int16},       {"S", true, 2, read_uint16},
    {"i", true, 2, read_int32},       {"I", true, 2, read_uint32},
    {"l", true, 2, read_int64},       {"L", true, 2, read_uint64},
    {"f", true, 2, read_float},       {"g", true, 2, read_double},
    {"u", true, 3, read_utf8},        {"U", true, 3, read_large_utf8},
    {"vu", true, 3, read_utf8_view},  {"d:", false, 2, read_decimal},
    {"tdD", true, 2, read_date32},    {"tdm", true, 2, read_date64},
    {"ts", false, 2, read_timestamp},
};

static const struct arrow_type *type_of(const struct ArrowSchema *schema)
{
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++)
        if (TYPES[i].is_whole
                ? strcmp(schema->format, TYPES[i].format) == 0
                : strncmp(schema->format, TYPES[i].format, strlen(TYPES[i].format)) == 0)
            return &TYPES[i];
    return NULL;
}

const char *assay__arrow_value(const struct ArrowSchema *schema, const struct ArrowArray *array,
                               int64_t index, char scratch[ASSAY__CELL_BYTES],
                               struct assay__field *out)
{
    const struct value value = {schema, array, index + array->offset, scratch, out};
    const struct arrow_type *type = type_of(schema);
    if (assay__arrow_is_missing(array, index))
        return read_null(&value);
    if (type == NULL)
        return NOT_READ;
    const char *wrong = type->read(&value);
    if (wrong != NULL || schema->dictionary == NULL || out->length == 0)
        /* cppcheck-suppress returnDanglingLifetime ; what is wrong is a constant text */
        return wrong;
    char *end = scratch + out->length; /* an integer: where the value stands in the dictionary */
    *end = '\0';
    long long at = strtoll(scratch, &end, 10);
    if (*end != '\0' || at < 0 || at >= array->dictionary->length)
        return "The dictionary of the Arrow array does not have the value.";
    return assay__arrow_value(schema->dictionary, array->dictionary, at, scratch, out);
}

/* What formats that are not read are called by those who write them. */
static const char *name_of(const char *format)
{
    static const char *const NAMES[][2] = {{"e", "float16"},
                                           {"z", "binary"},
                                           {"Z", "large_binary"},
                                           {"vz", "binary_view"},
                                           {"w:", "fixed_size_binary"},
                                           {"tt", "time"},
                                           {"tD", "duration"},
                                           {"ti", "interval"},
                                           {"+l", "list"},
                                           {"+L", "large_list"},
                                           {"+v", "list_view"},
                                           {"+w", "fixed_size_list"},
                                           {"+s", "struct"},
                                           {"+m", "map"},
                                           {"+u", "union"},
                                           {"+r", "run_end_encoded"}};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (strncmp(format, NAMES[i][0], strlen(NAMES[i][0])) == 0)
            return NAMES[i][1];
    return format;
}

const char *assay__arrow_unread(const struct ArrowSchema *schema)
{
    const char *format = schema->dictionary != NULL ? schema->dictionary->format : schema->format;
    const struct arrow_type *type =
        type_of(schema->dictionary != NULL ? schema->dictionary : schema);
    int scale = 0, bits;
    bool is_read = type != NULL &&
                   (type->read != read_decimal || decimal_scale(format, &scale, &bits)) &&
                   (type->read != read_timestamp || timestamp_unit(format) != 0);
    return is_read ? NULL : name_of(format);
}

static bool is_whole(const struct arrow_type *type)
{
    return strchr("cCsSiIlL", type->format[0]) != NULL && type->is_whole;
}

bool assay__arrow_is_sound(const struct ArrowArray *array)
{
    return array != NULL && array->length >= 0 && array->offset >= 0 &&
           array->offset <= INT64_MAX - array->length && array->n_buffers >= 0 &&
           (array->n_buffers == 0 || array->buffers != NULL) &&
           (array->n_children <= 0 || array->children != NULL);
}

bool assay__arrow_fits(const struct ArrowSchema *schema, const struct ArrowArray *array)
{
    if (schema == NULL || schema->format == NULL || !assay__arrow_is_sound(array))
        return false;
    const struct arrow_type *type = type_of(schema);
    if ((schema->dictionary == NULL) != (array->dictionary == NULL))
        return false;
    if (schema->dictionary != NULL && (type == NULL || !is_whole(type) ||
                                       !assay__arrow_fits(schema->dictionary, array->dictionary)))
        return false;
    if (type == NULL || type->buffer_count == 0)
        return true;
    return array->n_buffers >= type->buffer_count &&
           (array->length == 0 ||
            (array->buffers[1] != NULL && (array->null_count <= 0 || array->buffers[0] != NULL)));
}
