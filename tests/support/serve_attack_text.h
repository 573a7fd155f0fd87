/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text of hostile requests, for serve_attack_kinds.c. */
#ifndef ASSAY_TESTS_SERVE_ATTACK_TEXT_H
#define ASSAY_TESTS_SERVE_ATTACK_TEXT_H

#include "base/text.h"
#include "serve_attack.h"

/** attack_below() is a number of the attack's generator below a limit. */
uint32_t attack_below(struct attack *attack, uint32_t limit);

/** attack_repeat() appends a text several times, attack_noise() random bytes. */
void attack_repeat(struct assay__text *text, const char *what, unsigned times);
void attack_noise(struct attack *attack, struct assay__text *text, unsigned length);

/** attack_mutate() flips, cuts out, doubles and puts in bytes. */
void attack_mutate(struct attack *attack, struct assay__text *text);

/** attack_send() sends a text and releases it; the number of whole answers. */
unsigned attack_send(struct attack *attack, struct assay__text *text, enum attack_end end);

#endif
