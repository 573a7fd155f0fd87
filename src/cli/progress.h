/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_PROGRESS_H
#define ASSAY_CLI_PROGRESS_H

#include <stdint.h>

/** enum progress_when: when a command says on standard error how far it is. */
enum progress_when {
    PROGRESS_AUTO,   /* on a terminal or as JSON, once the work has lasted a second */
    PROGRESS_ALWAYS, /* at once and everywhere; a line each where there is no terminal */
    PROGRESS_NEVER
};

/** progress_set() chooses for the whole process; PROGRESS_AUTO at the start. */
void progress_set(enum progress_when when);

/** progress_begin() makes the calls of this thread report, where somebody may look. */
void progress_begin(void);

/** progress_tell() says how far work outside the library is; for the thread that began. */
void progress_tell(const char *stage, uint64_t done, uint64_t total);

/** progress_clear() takes away the line that a terminal shows; a message or a result follows. */
void progress_clear(void);

/** progress_end() clears and says no more: the result is being written. */
void progress_end(void);

#endif
