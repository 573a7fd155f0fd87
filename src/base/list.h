/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_BASE_LIST_H
#define ASSAY_BASE_LIST_H

/**
 * ASSAY__COUNT() is how many rows a list of the public headers has in this version. Such a count is
 * no enumerator: enums grow at their end, and no program may be compiled with how long they were.
 */
#define ASSAY__PLUS_ONE(...) +1
#define ASSAY__COUNT(list) (0 list(ASSAY__PLUS_ONE))

#endif
