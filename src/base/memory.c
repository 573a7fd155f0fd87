/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frees what the library handed over, with the library's own free(). */
#include "assay/memory.h"

#include <stdlib.h>

void assay_free(void *text)
{
    free(text);
}
