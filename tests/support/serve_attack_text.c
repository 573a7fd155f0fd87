/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text of hostile requests: random numbers, noise, mutations. */
#include "serve_attack_text.h"

#include <string.h>

uint32_t attack_below(struct attack *attack, uint32_t limit)
{
    return attack_random(&attack->seed) % limit;
}

void attack_repeat(struct assay__text *text, const char *what, unsigned times)
{
    for (unsigned i = 0; i < times; i++)
        assay__text_puts(text, what);
}

void attack_noise(struct attack *attack, struct assay__text *text, unsigned length)
{
    for (unsigned i = 0; i < length; i++)
        assay__text_putc(text, (char)attack_below(attack, 256));
}

unsigned attack_send(struct attack *attack, struct assay__text *text, enum attack_end end)
{
    unsigned answers = text->failed ? 0 : attack_talk(attack, text->data, text->length, end);
    assay__text_release(text);
    return answers;
}

void attack_mutate(struct attack *attack, struct assay__text *text)
{
    for (uint32_t change = attack_below(attack, 6); change > 0 && text->length > 1; change--) {
        size_t at = attack_below(attack, (uint32_t)text->length);
        size_t some = 1 + attack_below(attack, 20);
        some = some < text->length - at ? some : text->length - at;
        switch (attack_below(attack, 5)) {
        case 0:
            text->data[at] = (char)(text->data[at] ^ (1 << attack_below(attack, 8)));
            break;
        case 1:
            text->data[at] = (char)attack_below(attack, 256);
            break;
        case 2:
            text->data[at] = "{}[]\",:\\0e-.ntf"[attack_below(attack, 15)];
            break;
        case 3:
            memmove(text->data + at, text->data + at + some, text->length - at - some);
            text->length -= some;
            break;
        default:
            memmove(text->data + at, text->data + attack_below(attack, (uint32_t)at + 1), some);
            break;
        }
    }
    if (attack_below(attack, 4) == 0)
        text->length = attack_below(attack, (uint32_t)text->length + 1);
}

/* A body with the head that fits it, in one piece or in chunks. */
