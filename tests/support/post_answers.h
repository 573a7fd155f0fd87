/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers of a server, and steps of its script: pieces for struct hostile_step. */
#ifndef ASSAY_TESTS_POST_ANSWERS_H
#define ASSAY_TESTS_POST_ANSWERS_H

#include "hostile.h"

#define EMPTY(status, fields)                                                                      \
    "HTTP/1.1 " status "\r\n" fields "Content-Length: 0\r\nConnection: close\r\n\r\n"
#define JSON(status, text)                                                                         \
    "HTTP/1.1 " status "\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n" text

#define ANSWER(text)                                                                               \
    {                                                                                              \
        HOSTILE_ANSWER, text, 0                                                                    \
    }
#define STORE                                                                                      \
    {                                                                                              \
        HOSTILE_STORE, NULL, 0                                                                     \
    }

#endif
