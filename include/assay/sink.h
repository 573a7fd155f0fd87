/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SINK_H
#define ASSAY_SINK_H

#include <stddef.h>

#include "assay/status.h"

/**
 * struct assay_sink takes a long text piece by piece, in order, such as a file or a socket.
 *
 * write gets at least one byte, not NUL-terminated, valid during the call only. It answers
 * ASSAY_OK, or puts a sentence into err->message (err is zero at first, and never NULL) and answers
 * another status: then it is not called again, and the function that was given the sink returns
 * that status, which is err->code, too. It must not call the library with the object that is being
 * written, other than to read it.
 */
struct assay_sink {
    enum assay_status (*write)(void *context, const char *bytes, size_t length,
                               struct assay_error *err);
    void *context; /* the first argument of write */
};

#endif
