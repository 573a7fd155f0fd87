/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_BASE_RESOURCE_NAME_H
#define ASSAY_BASE_RESOURCE_NAME_H

#include <stdbool.h>

/**
 * Names of results: workflows/{workflow}/instances/{instance}/analysisResults/{id}. One rule for
 * plans, for the client and for the server. The contract asks of {workflow} and {instance} only
 * that they are parts of a path; these are the characters that every URL holds as they are (RFC
 * 3986, unreserved), so that a name in a body and the same name in a URL are the same bytes. A part
 * that is "-" means all of them in a list, and ".." would leave the path: neither names one.
 */

enum { ASSAY__NAME_PART_MAX = 128, ASSAY__RESULT_ID_MAX = 63 };

/* The rules in words, for messages. */
#define ASSAY__NAME_PART_RULE                                                                      \
    "1 to 128 letters, digits and . _ ~ -, but not \".\", \"..\" or \"-\" alone"
#define ASSAY__RESULT_ID_RULE "2 to 63 lower-case letters, digits and hyphens"

/** assay__name_part_ok() is true for what {workflow} and {instance} may be. */
bool assay__name_part_ok(const char *part);

/**
 * assay__parent_split() takes workflows/{workflow}/instances/{instance} apart. False when it is not
 * of that form or a part is not ok; the parts then say nothing.
 */
bool assay__parent_split(const char *parent, char workflow[ASSAY__NAME_PART_MAX + 1],
                         char instance[ASSAY__NAME_PART_MAX + 1]);

/** assay__result_id_ok() is true for what {id} may be. */
bool assay__result_id_ok(const char *id);

#endif
