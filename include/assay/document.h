/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_DOCUMENT_H
#define ASSAY_DOCUMENT_H

#include <stddef.h>

#include "assay/arrow.h"
#include "assay/export.h"

/**
 * One call from a plan and data to a document, in plain C types, for languages that call C without
 * reading its headers: Python's ctypes, R's .C, Julia's ccall.
 *
 * @plan      a plan's JSON, ending in a NUL
 * @events    NULL, or for each input NULL or the name of the plan's events that it holds
 * @format    "result" (the AnalysisResult), "request" (the body that creates it), "detail", "csv",
 *            "table"; NULL: "result"
 * @document  the text, ending in a NUL; free it by assay_free(). Written on success only
 * @message   NULL, or room for a sentence that says what is wrong and where, "FILE:LINE:COLUMN: "
 *            before it as far as known; empty on success
 * Returns 0, or the number of a status of enum assay_status, which never changes; its exit code is
 * assay_status_exit_code(). Threads: any number of calls at once.
 *
 * assay_document_from_files() reads files, "-" being standard input, as assay_dataset_read() does.
 */
ASSAY_API int assay_document_from_files(const char *plan, const char *const *paths,
                                        const char *const *events, size_t path_count,
                                        const char *format, char **document, char *message,
                                        size_t message_bytes);

/**
 * assay_document_from_streams() reads Arrow streams, which are moved: released when this returns,
 * whatever it returns.
 */
ASSAY_API int assay_document_from_streams(const char *plan, struct ArrowArrayStream *const *streams,
                                          const char *const *events, size_t stream_count,
                                          const char *format, char **document, char *message,
                                          size_t message_bytes);

/** assay_document_from_batch() reads one Arrow record batch, which is moved as well. */
ASSAY_API int assay_document_from_batch(const char *plan, struct ArrowSchema *schema,
                                        struct ArrowArray *array, const char *format,
                                        char **document, char *message, size_t message_bytes);

#endif
