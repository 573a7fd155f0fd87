/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_BASE_TEXT_H
#define ASSAY_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assay/sink.h"
#include "base/error.h"
#include "base/halt.h"

/**
 * struct assay__outlet: where a text goes that is not kept in memory, and what ends its writing.
 * Set sink and halt, zero the rest.
 */
struct assay__outlet {
    const struct assay_sink *sink;  /* NULL: all of the text is kept */
    const struct assay__halt *halt; /* asked after every ASSAY__TEXT_LONG bytes; NULL: none */
    size_t checked;                 /* length of what is kept when it was asked */
    bool has_passed;                /* some of the text has left memory */
    enum assay_status status;       /* what the sink answered when it failed, or the halt */
    struct assay_error err;
};

/**
 * struct assay__text is a growing text. Zero-initialise it. A failed allocation sets failed and
 * makes every later call do nothing, so that one check at the end is enough.
 *
 * A text with a sink keeps only its end: writers call assay__text_pass_on() where they look back no
 * more, and what has grown long leaves memory there. A sink that fails sets failed, too, and so
 * does a halt.
 */
struct assay__text {
    char *data; /* NUL-terminated once anything was appended */
    size_t length, capacity;
    bool failed;
    struct assay__outlet *outlet; /* NULL: all of it is kept */
};

/** assay__text_reserve() makes room for length more bytes, exactly. */
void assay__text_reserve(struct assay__text *text, size_t length);
/** assay__text_extend() makes a text longer and returns the place to fill; NULL without memory. */
char *assay__text_extend(struct assay__text *text, size_t length);
/** assay__text_more_room() is assay__text_room() of a text that has none left. */
char *assay__text_more_room(struct assay__text *text, size_t length);

/**
 * assay__text_room() makes room for length more bytes and returns where they go, NULL without
 * memory. assay__text_end() makes the text as long as what was written there.
 */
static inline char *assay__text_room(struct assay__text *text, size_t length)
{
    bool has_room = !text->failed && length < text->capacity - text->length;
    return has_room ? text->data + text->length : assay__text_more_room(text, length);
}

static inline void assay__text_end(struct assay__text *text, char *end)
{
    *end = '\0';
    text->length = (size_t)(end - text->data);
}

void assay__text_append(struct assay__text *text, const char *bytes, size_t length);
void assay__text_puts(struct assay__text *text, const char *string);
void assay__text_putc(struct assay__text *text, char c);
/** assay__text_count() appends the digits of a whole number. */
void assay__text_count(struct assay__text *text, uint64_t count);
/** assay__text_format() is sprintf at the end. Do not print doubles with it: see number/number.h.
 */
void assay__text_format(struct assay__text *text, const char *format, ...) ASSAY__PRINTF(2, 3);
/** assay__text_is_empty() tells whether nothing was written, be it kept or passed on. */
bool assay__text_is_empty(const struct assay__text *text);
/** assay__text_is_long() tells whether a text of a length has something for its outlet to do. */
enum { ASSAY__TEXT_LONG = 64 * 1024 };
static inline bool assay__text_is_long(const struct assay__text *text, size_t length)
{
    return text->outlet != NULL && length >= text->outlet->checked + ASSAY__TEXT_LONG;
}
/** assay__text_pass_on() gives a long text to its outlet, if it has one. */
void assay__text_pass_on(struct assay__text *text);
/**
 * assay__text_finish() gives the sink what is left and frees the text. The status of sink or halt,
 * or ASSAY_ERROR_MEMORY when an append failed.
 */
enum assay_status assay__text_finish(struct assay__text *text, struct assay_error *err);
/** assay__text_release() frees the bytes and empties the text. */
void assay__text_release(struct assay__text *text);
/**
 * assay__text_take() hands the bytes to the caller (free() or assay_free() them, whatever allocator
 * there is) and empties the text.
 * The halt's status, or ASSAY_ERROR_MEMORY when an append failed; then nothing is handed out.
 */
enum assay_status assay__text_take(struct assay__text *text, char **bytes, size_t *length,
                                   struct assay_error *err);

#endif
