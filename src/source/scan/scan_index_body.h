/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The body of an index kernel, included once for each processor after these have been defined:
 * SCAN_NAME, SCAN_TARGET (a function attribute), SCAN_FIRST_BIT(bits) (any number for none), and
 * scan_masks(text, separator, &masks).
 *
 * Quotes: inside is the prefix sum of the quotes, modulo 2, so it holds from an opening quote up to
 * the byte before the closing one. Opening quotes must stand at the beginning of a field, and
 * closing ones before a separator or a line end; a doubled quote breaks that rule and stops the
 * index, as all else does that is not plain.
 */

/* What is carried from a block to the next. */
struct carry {
    uint64_t inside;  /* all ones between quotes */
    uint64_t closing; /* 1: the last byte was a closing quote */
    uint64_t begins;  /* 1: the next byte begins a field */
};

SCAN_TARGET static inline uint64_t prefix_parity(uint64_t bits)
{
    for (int shift = 1; shift < 64; shift *= 2)
        bits ^= bits << shift;
    return bits;
}

/* The careful bytes of a block with odd ones; takes delimiters between quotes out of *ends. */
SCAN_TARGET static uint64_t look_at_odd(const char *text, const struct masks *masks,
                                        struct carry *carry, uint64_t *ends,
                                        struct assay__field_index *index)
{
    uint64_t quote = masks->quote, delimiters = *ends;
    uint64_t inside = prefix_parity(quote) ^ carry->inside;
    uint64_t opening = quote & inside, closing = quote & ~inside;
    *ends = delimiters & ~inside;
    uint64_t begins = *ends << 1 | carry->begins;
    uint64_t behind = closing << 1 | carry->closing;
    uint64_t next_feed = masks->feed >> 1 | (uint64_t)(text[64] == '\n') << 63;
    uint64_t careful = masks->zero | (masks->cr & (~next_feed | inside)) | (opening & ~begins) |
                       (behind & ~(delimiters | masks->cr));
    carry->inside = (uint64_t)((int64_t)inside >> 63);
    carry->closing = closing >> 63;
    index->has_quotes |= quote != 0;
    index->has_return |= masks->cr != 0;
    index->has_high |= masks->high != 0;
    return careful;
}

SCAN_TARGET static inline uint64_t write_end(uint32_t *out, uint64_t ends, uint32_t base)
{
    *out = base + SCAN_FIRST_BIT(ends);
    return ends & (ends - 1);
}

/* Writes the ends of a block in fours: past the last one nothing is meant. */
SCAN_TARGET static inline uint32_t write_ends(uint32_t *out, uint64_t ends, uint32_t base)
{
    uint32_t count = (uint32_t)__builtin_popcountll(ends);
    for (const uint32_t *last = out + count; out < last; out += 4) {
        ends = write_end(out, ends, base);
        ends = write_end(out + 1, ends, base);
        ends = write_end(out + 2, ends, base);
        ends = write_end(out + 3, ends, base);
    }
    return count;
}

SCAN_TARGET static inline void write_rows(struct assay__field_index *index, uint64_t ends,
                                          uint64_t rows)
{
    uint32_t *out = index->row_ends + index->row_count, end_count = index->end_count;
    for (; rows != 0; rows &= rows - 1) {
        uint64_t through = rows ^ (rows - 1); /* all bits up to the line feed */
        *out++ = end_count + (uint32_t)__builtin_popcountll(ends & through);
    }
    index->row_count = (uint32_t)(out - index->row_ends);
}

SCAN_TARGET void SCAN_NAME(struct assay__field_index *index, const char *text, size_t length,
                           char separator)
{
    struct carry carry = {0, 0, 1};
    index->end_count = index->row_count = 0;
    index->stopped = index->has_quotes = index->has_high = index->has_return = false;
    for (size_t at = 0; at < length && !index->stopped; at += 64) {
        if (index->row_count >= ASSAY__SCAN_ROWS || index->end_count + 64 > index->end_capacity)
            break;
        struct masks masks;
        scan_masks(text + at, separator, &masks);
        uint64_t ends = masks.ends;
        uint64_t valid = length - at >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << (length - at)) - 1;
        if (__builtin_expect((masks.is_odd != 0) | (carry.inside != 0) | (carry.closing != 0), 0)) {
            uint64_t careful = look_at_odd(text + at, &masks, &carry, &ends, index) & valid;
            if (careful != 0) {
                valid &= (careful ^ (careful - 1)) >> 1; /* the bits below the first one */
                index->stopped = true;
            }
        }
        ends &= valid;
        carry.begins = ends >> 63;
        write_rows(index, ends, ends & masks.feed);
        index->end_count += write_ends(index->ends + index->end_count, ends, (uint32_t)at);
    }
}
