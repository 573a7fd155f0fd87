/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Records of plain bytes are scanned 16 bytes at a time; any other record by a scanner that looks
 * every byte up in a table and stops at those that mean something. A line feed behind the last byte
 * stops every loop of the latter without a test of the end.
 */
#include "source/csv/csv_scan.h"

#include <string.h>

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

enum byte_class {
    PLAIN,
    SEPARATOR,
    LINE_FEED,
    CARRIAGE_RETURN,
    QUOTE,
    ZERO,
    HIGH /* part of a UTF-8 sequence */
};

void assay__scanner_init(struct assay__scanner *scanner, char separator)
{
    memset(scanner, PLAIN, sizeof *scanner);
    memset(scanner->bare + 128, HIGH, 128);
    memset(scanner->quoted + 128, HIGH, 128);
    scanner->bare['\0'] = scanner->quoted['\0'] = ZERO;
    scanner->bare['\n'] = scanner->quoted['\n'] = LINE_FEED;
    scanner->bare['\r'] = scanner->quoted['\r'] = CARRIAGE_RETURN;
    scanner->bare[(unsigned char)separator] = SEPARATOR;
    scanner->quoted['"'] = QUOTE;
    scanner->separator = separator;
}

/* One record under way. */
struct work {
    const struct assay__scanner *scanner;
    const char *end;
    bool is_last;
    struct assay__scan *out;
};

/* Length of the well-formed UTF-8 sequence at at (Unicode table 3-7), or 0. */
static size_t utf8_length(const char *at, const char *end)
{
    const unsigned char *b = (const unsigned char *)at;
    size_t have = (size_t)(end - at);
    if (b[0] < 0xC2 || b[0] > 0xF4)
        return 0;
    size_t want = b[0] < 0xE0 ? 2 : b[0] < 0xF0 ? 3 : 4;
    if (have < want)
        return 0;
    unsigned char low = b[0] == 0xE0 ? 0xA0 : b[0] == 0xF0 ? 0x90 : 0x80;
    unsigned char high = b[0] == 0xED ? 0x9F : b[0] == 0xF4 ? 0x8F : 0xBF;
    if (b[1] < low || b[1] > high)
        return 0;
    for (size_t i = 2; i < want; i++)
        if ((b[i] & 0xC0) != 0x80)
            return 0;
    return want;
}

static void note_fault(struct work *work, enum assay__scan_fault fault)
{
    struct assay__scan *out = work->out;
    if (out->fault != ASSAY__FAULT_NONE)
        return;
    out->fault = fault;
    out->fault_line = out->line_count;
    out->fault_column = out->field_count;
}

/* Passes a NUL or a UTF-8 sequence. */
static const char *pass_special(struct work *work, const char *at)
{
    if (*at == '\0') {
        note_fault(work, ASSAY__FAULT_NUL);
        return at + 1;
    }
    size_t length = utf8_length(at, work->end);
    if (length == 0)
        note_fault(work, ASSAY__FAULT_UTF8);
    return at + (length == 0 ? 1 : length);
}

/* Passes ordinary bytes; returns where a separator, a line end or the end of the bytes is. */
static const char *pass_bare(struct work *work, const char *at)
{
    const unsigned char *classes = work->scanner->bare;
    for (;;) {
        while (classes[(unsigned char)*at] == PLAIN)
            at++;
        unsigned char class = classes[(unsigned char)*at];
        if (class != ZERO && class != HIGH)
            return at;
        at = pass_special(work, at);
    }
}

/*
 * Passes text between quotes; at is behind the opening one. Returns where the closing quote is, or
 * NULL when the bytes end before it is found (or before it is clear that it is not doubled).
 */
static const char *pass_quoted(struct work *work, const char *at, bool *has_doubled)
{
    const unsigned char *classes = work->scanner->quoted;
    for (;;) {
        while (classes[(unsigned char)*at] == PLAIN)
            at++;
        switch (classes[(unsigned char)*at]) {
        case QUOTE:
            if (at + 1 == work->end && !work->is_last)
                return NULL;
            if (at + 1 == work->end || at[1] != '"')
                return at;
            *has_doubled = true;
            at += 2;
            break;
        case LINE_FEED:
            if (at == work->end)
                return NULL;
            work->out->line_count++;
            at++;
            break;
        case CARRIAGE_RETURN: /* with a line feed it is one line end, counted there */
            if (at[1] != '\n' || at + 1 == work->end)
                work->out->line_count++;
            at++;
            break;
        default:
            at = pass_special(work, at);
        }
    }
}

/* Passes one field, stores it, and returns where it ends, or NULL when the bytes end in it. */
static const char *scan_field(struct work *work, const char *at, struct assay__field *field)
{
    if (*at != '"' || at == work->end) {
        const char *stop = pass_bare(work, at);
        *field = (struct assay__field){at, (uint32_t)(stop - at), false, false, false};
        return stop;
    }
    bool has_doubled = false;
    const char *close = pass_quoted(work, at + 1, &has_doubled);
    if (close == NULL)
        return NULL;
    *field = (struct assay__field){at + 1, (uint32_t)(close - at - 1), true, has_doubled, false};
    work->out->has_doubled = work->out->has_doubled || has_doubled;
    const char *stop = close + 1;
    unsigned char class = work->scanner->bare[(unsigned char)*stop];
    if (class != SEPARATOR && class != LINE_FEED && class != CARRIAGE_RETURN) {
        note_fault(work, ASSAY__FAULT_QUOTE);
        stop = pass_bare(work, stop);
    }
    return stop;
}

/*
 * Ends a record at a line end or at the end of the bytes. False when more bytes must be seen: the
 * record may go on, or a line feed may belong to the carriage return.
 */
static bool end_record(struct work *work, const char *at)
{
    if (at == work->end) {
        work->out->end = at;
        return work->is_last;
    }
    bool is_return = *at == '\r';
    if (is_return && at + 1 == work->end && !work->is_last)
        return false;
    bool is_pair = is_return && at + 1 < work->end && at[1] == '\n';
    work->out->end = at + (is_pair ? 2 : 1);
    work->out->line_count++;
    return true;
}

#if defined(__x86_64__)
enum {
    WORD = 16,
    CONTROLS = 16 /* bytes below it: line ends, NUL, tabs and the like */
};

/* Bit i: byte i separates, is a control or not ASCII. */
static uint32_t stops_of(const char *at, __m128i separator)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
    __m128i is_odd = _mm_cmplt_epi8(bytes, _mm_set1_epi8(CONTROLS)); /* signed: others, too */
    return (uint32_t)_mm_movemask_epi8(_mm_or_si128(is_odd, _mm_cmpeq_epi8(bytes, separator)));
}

/* Ends a plain record at its line end; false where the scanner of all records must say which. */
static bool end_plain(const char *start, const char *stop, const char *end, uint32_t field_count,
                      struct assay__scan *out)
{
    bool is_pair = *stop == '\r' && stop + 1 < end && stop[1] == '\n';
    if (*stop != '\n' && !is_pair)
        return false;
    *out = (struct assay__scan){
        .end = stop + (is_pair ? 2 : 1), .field_count = field_count, .line_count = 1};
    return stop > start;
}

/* Scans a record without quotes, NULs and other letters than ASCII's; false: it may be another. */
static bool scan_plain(const struct assay__scanner *scanner, const char *at, const char *end,
                       struct assay__field *fields, uint32_t capacity, struct assay__scan *out)
{
    const __m128i separator = _mm_set1_epi8(scanner->separator);
    const char *start = at;
    uint32_t count = 0;
    for (const char *word = at; end - word >= WORD; word += WORD) {
        for (uint32_t stops = stops_of(word, separator); stops != 0; stops &= stops - 1) {
            const char *stop = word + __builtin_ctz(stops);
            bool is_end = *stop != scanner->separator;
            if (is_end && scanner->bare[(unsigned char)*stop] == PLAIN)
                continue; /* a control, or a tab */
            if (*at == '"')
                return false;
            if (count < capacity)
                fields[count] =
                    (struct assay__field){at, (uint32_t)(stop - at), false, false, false};
            count++;
            if (is_end)
                return end_plain(start, stop, end, count, out);
            at = stop + 1;
        }
    }
    return false;
}
#else
static bool scan_plain(const struct assay__scanner *scanner, const char *at, const char *end,
                       struct assay__field *fields, uint32_t capacity, struct assay__scan *out)
{
    (void)scanner, (void)at, (void)end, (void)fields, (void)capacity, (void)out;
    return false;
}
#endif

enum assay__scan_outcome assay__scan_record(const struct assay__scanner *scanner, const char *at,
                                            const char *end, bool is_last,
                                            struct assay__field *fields, uint32_t capacity,
                                            struct assay__scan *out)
{
    if (scan_plain(scanner, at, end, fields, capacity, out))
        return ASSAY__SCAN_RECORD;
    struct work work = {scanner, end, is_last, out};
    memset(out, 0, sizeof *out);
    const char *start = at;
    for (;;) {
        out->field_start = at;
        out->field_line = out->line_count;
        struct assay__field beyond = {0};
        struct assay__field *field =
            out->field_count < capacity ? &fields[out->field_count] : &beyond;
        const char *stop = scan_field(&work, at, field);
        if (stop == NULL)
            return is_last ? ASSAY__SCAN_OPEN : ASSAY__SCAN_MORE;
        out->field_count++;
        if (stop < end && scanner->bare[(unsigned char)*stop] == SEPARATOR) {
            at = stop + 1;
            continue;
        }
        if (!end_record(&work, stop))
            return ASSAY__SCAN_MORE;
        return stop == start ? ASSAY__SCAN_BLANK : ASSAY__SCAN_RECORD;
    }
}

void assay__scan_unquote(struct assay__field *fields, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (!fields[i].has_doubled)
            continue;
        char *text = (char *)(uintptr_t)fields[i].text;
        uint32_t kept = 0;
        for (uint32_t from = 0; from < fields[i].length; from++) {
            text[kept++] = text[from];
            from += text[from] == '"'; /* the second of the pair */
        }
        fields[i].length = kept;
        fields[i].has_doubled = false;
    }
}
