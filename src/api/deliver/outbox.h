/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_API_DELIVER_OUTBOX_H
#define ASSAY_API_DELIVER_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"

/**
 * An outbox is a directory of request bodies not yet delivered, one file each, named
 * {analysisResultId}-{16 hex digits of SHA-256 of the body}.json. Files with a leading dot are
 * being written. Whoever delivers an entry holds flock(2) on it, which ends with the process.
 */

/** struct assay__outbox_entry: an entry that this process holds. {.fd = -1} holds nothing. */
struct assay__outbox_entry {
    int fd;
    char *path;
    char *body; /* NUL-terminated */
    size_t length;
};

/**
 * assay__outbox_put() makes a body durable: written to a temporary file, synced, renamed, directory
 * synced. Makes the directory (not its parents) when it is missing. The same body again is the same
 * entry. The entry is held afterwards; its body is not filled in.
 */
enum assay_status assay__outbox_put(const char *directory, const char *id, const char *body,
                                    size_t length, struct assay__outbox_entry *entry,
                                    struct assay_error *err);

/**
 * assay__outbox_list() lists the names of entries, by when they were put there or postponed, the
 * longest ago first, and removes temporary files that writers left behind more than an hour ago.
 */
enum assay_status assay__outbox_list(const char *directory, struct assay__arena *arena,
                                     const char *const **names, size_t *count,
                                     struct assay_error *err);

/**
 * assay__outbox_claim() takes hold of an entry and reads it. Without *held the entry is gone or
 * another process holds it. ASSAY_ERROR_DATA when its bytes are not those of the digest
 * in its name: what was damaged is not delivered.
 */
enum assay_status assay__outbox_claim(const char *directory, const char *name,
                                      struct assay__outbox_entry *entry, bool *held,
                                      struct assay_error *err);

/**
 * assay__outbox_remove() removes a held entry from the directory; one that is gone is fine, and one
 * that took its place stays.
 */
enum assay_status assay__outbox_remove(const struct assay__outbox_entry *entry,
                                       struct assay_error *err);

/**
 * assay__outbox_postpone() puts a held entry behind the others in the listing. Where that cannot
 * be, the order stays as it is.
 */
void assay__outbox_postpone(const struct assay__outbox_entry *entry);

/** assay__outbox_release() lets go of an entry and frees its memory. */
void assay__outbox_release(struct assay__outbox_entry *entry);

#endif
