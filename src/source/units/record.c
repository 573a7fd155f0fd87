/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What rows gave to channels, packed: kept of a unit where its values are not put together yet. */
#include "source/units/record.h"

#include <string.h>

static bool has_number(enum assay__variable_kind kind)
{
    return kind == ASSAY__VARIABLE_NUMBER || kind == ASSAY__VARIABLE_CHOICE ||
           kind == ASSAY__VARIABLE_EITHER;
}

bool assay__record_put(const struct assay__binding *binding, const struct assay__reading *event,
                       struct assay__pack *pack)
{
    enum assay__variable_kind kind = binding->channels[event->channel].variable.kind;
    size_t most = 3 * (size_t)ASSAY__PACKED_COUNT_MAX + 1 + ASSAY__PACKED_NUMBER_BYTES +
                  (kind == ASSAY__VARIABLE_TEXT ? event->length : 0);
    unsigned char *begin = assay__pack_room(pack, most);
    if (begin == NULL)
        return false;
    unsigned char *at = assay__put_time(assay__put_count(begin, event->channel), event->time_ns);
    if (has_number(kind)) {
        struct assay_decimal value;
        at = assay__put_number(at, assay__word_decimal(event->word, &value) ? &value : NULL);
    } else if (kind == ASSAY__VARIABLE_TEXT) {
        at = assay__put_text(at, event->text, event->length);
    }
    pack->length += (size_t)(at - begin);
    return true;
}

const unsigned char *assay__record_get(const struct assay__binding *binding,
                                       const unsigned char *at, struct assay__reading *event)
{
    uint64_t channel;
    size_t length;
    *event = (struct assay__reading){0};
    at = assay__get_time(assay__get_count(at, &channel), &event->time_ns);
    event->channel = (uint32_t)channel;
    enum assay__variable_kind kind = binding->channels[channel].variable.kind;
    if (kind == ASSAY__VARIABLE_TEXT) {
        at = assay__get_text(at, &event->text, &length);
        event->length = (uint32_t)length;
    } else if (has_number(kind)) {
        struct assay_decimal value;
        const unsigned char *packed = at;
        (void)assay__get_number(&at, &value);
        event->word = assay__word_of_packed(&value, packed);
    }
    return at;
}
