/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Changes of inputs that are tables: rows are copied and left out, and cells are replaced by others
 * and by words that mean something to the target. Bytes that change by themselves seldom keep a
 * table what it was but for one figure.
 */
#ifndef ASSAY_TESTS_TABLE_MUTATE_H
#define ASSAY_TESTS_TABLE_MUTATE_H

#include <stdint.h>
#include <string.h>

size_t LLVMFuzzerMutate(unsigned char *data, size_t size, size_t size_max);
size_t LLVMFuzzerCustomMutator(unsigned char *data, size_t size, size_t size_max, unsigned seed);

/* The bytes of an input, and where random numbers are. */
struct table_input {
    unsigned char *data;
    size_t size, size_max;
    uint64_t state;
};

struct table_span {
    size_t at, length;
};

static inline size_t table_draw(struct table_input *input, size_t bound)
{
    input->state = input->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return bound == 0 ? 0 : (size_t)(input->state >> 33) % bound;
}

static inline int table_ends(unsigned char byte, int is_cell)
{
    return byte == '\n' || byte == '\0' || (is_cell && byte == ',');
}

/* A row, without its end, or a cell. */
static inline struct table_span table_pick(struct table_input *input, int is_cell)
{
    size_t from = table_draw(input, input->size), to = from;
    while (from > 0 && !table_ends(input->data[from - 1], is_cell))
        from--;
    while (to < input->size && !table_ends(input->data[to], is_cell))
        to++;
    return (struct table_span){from, to - from};
}

static inline void table_replace(struct table_input *input, struct table_span span,
                                 const void *bytes, size_t length)
{
    size_t rest = input->size - span.at - span.length;
    if (span.at + length + rest > input->size_max)
        return;
    memmove(input->data + span.at + length, input->data + span.at + span.length, rest);
    if (length > 0)
        memcpy(input->data + span.at, bytes, length);
    input->size = span.at + length + rest;
}

/* Puts a copy of a span in the place of another; with its end where it is a row that is added. */
static inline void table_copy(struct table_input *input, struct table_span from,
                              struct table_span to, int adds_row)
{
    enum { COPY_BYTES = 1024 };
    unsigned char copy[COPY_BYTES + 1];
    if (from.length > COPY_BYTES)
        return;
    memcpy(copy, input->data + from.at, from.length);
    copy[from.length] = '\n';
    if (adds_row)
        to.length = 0;
    table_replace(input, to, copy, from.length + (adds_row ? 1 : 0));
}

/* One of the words of a text, each ended by |; one that is twice as long comes twice as often. */
static inline struct table_span table_word(struct table_input *input, const char *words)
{
    size_t from = table_draw(input, strlen(words)), to = from;
    while (from > 0 && words[from - 1] != '|')
        from--;
    while (words[to] != '|')
        to++;
    return (struct table_span){from, to - from};
}

static inline void table_change(struct table_input *input, const char *words)
{
    struct table_span row = table_pick(input, 0), cell = table_pick(input, 1);
    struct table_span other = table_pick(input, 1), word = table_word(input, words);
    switch (table_draw(input, 7)) {
    case 0:
    case 1:
        table_replace(input, cell, words + word.at, word.length);
        break;
    case 2:
        table_copy(input, other, cell, 0);
        break;
    case 3: /* and its end */
        row.length += row.at + row.length < input->size && input->data[row.at + row.length] == '\n';
        table_replace(input, row, NULL, 0);
        break;
    case 4:
        table_copy(input, row, table_pick(input, 0), 1);
        break;
    case 5:
        table_replace(input, (struct table_span){cell.at, 0}, ",", 1);
        break;
    default:
        for (size_t i = 0; i < cell.length; i++)
            if (input->data[cell.at + i] >= '0' && input->data[cell.at + i] <= '9' &&
                table_draw(input, 3) == 0)
                input->data[cell.at + i] = (unsigned char)('0' + table_draw(input, 10));
    }
}

/* The body of LLVMFuzzerCustomMutator(); a byte that is not the table's may come first. */
static inline size_t table_mutate(unsigned char *data, size_t size, size_t size_max, unsigned seed,
                                  const char *words)
{
    struct table_input input = {data, size, size_max, seed};
    if (size == 0 || table_draw(&input, 3) == 0)
        return LLVMFuzzerMutate(data, size, size_max);
    for (size_t changes = 1 + table_draw(&input, 4); changes > 0 && input.size > 0; changes--)
        table_change(&input, words);
    return input.size;
}

/* Cells of rows, as words of a target. */
#define TABLE_VALUES                                                                               \
    "|a|b|c|w|0|1|2|3|-1|0.5|-0|1e3|1e-3|1e300|1e308|1e-300|7|007|7.0| 7 |NaN|inf|NA|NULL|"        \
    "123456789012345678|12345678901234567890|0.1234567890123456789|\"1\"|\"a,b\"|1,5|1.234,5|"     \
    "2026-03-02|2026-03-07T23:59:59.999999999Z|2026-03-08 12:00:00|2026-03-09T12:00:00Z|"          \
    "2026-03-08T01:00:00+02:00|1772409600|"

#define TABLE_MUTATOR(words)                                                                       \
    size_t LLVMFuzzerCustomMutator(unsigned char *data, size_t size, size_t size_max,              \
                                   unsigned seed)                                                  \
    {                                                                                              \
        return table_mutate(data, size, size_max, seed, words);                                    \
    }

#endif
