/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_UNITS_UNIT_KEY_H
#define ASSAY_SOURCE_UNITS_UNIT_KEY_H

#include <string.h>

#include "base/hash.h"

enum { ASSAY__KEY_INLINE = 16 /* bytes of an id kept in two words */ };

/** struct assay__unit_key is the id of a unit as tables look for it. The text is borrowed. */
struct assay__unit_key {
    uint64_t hash;
    uint64_t words[2]; /* the id with zeros behind it, when it has at most 16 bytes */
    const char *text;
    uint32_t length;
};

/** assay__unit_key_hash() sets the hash of a key whose other members are set. */
static inline void assay__unit_key_hash(struct assay__unit_key *key)
{
    const uint64_t odd = UINT64_C(0x9e3779b97f4a7c15);
    uint64_t seed = assay__hash_seed();
    if (key->length > ASSAY__KEY_INLINE)
        key->hash = assay__hash(key->text, key->length);
    else
        key->hash = assay__hash_fold(
            assay__hash_fold(key->words[0] ^ seed, key->words[1] ^ ~seed) ^ key->length, odd);
}

/** assay__unit_key_init() makes the key of an id. */
static inline void assay__unit_key_init(struct assay__unit_key *key, const char *text,
                                        uint32_t length)
{
    *key = (struct assay__unit_key){.text = text, .length = length};
    if (length > 0 && length <= ASSAY__KEY_INLINE)
        memcpy(key->words, text, length);
    assay__unit_key_hash(key);
}

/** assay__unit_key_init_near() is the same where 16 bytes from text on may be read. */
static inline void assay__unit_key_init_near(struct assay__unit_key *key, const char *text,
                                             uint32_t length)
{
    *key = (struct assay__unit_key){.text = text, .length = length};
    assay__name_words(text, length, key->words);
    assay__unit_key_hash(key);
}

#endif
