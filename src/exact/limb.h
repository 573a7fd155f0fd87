/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_EXACT_LIMB_H
#define ASSAY_EXACT_LIMB_H

#include <limits.h>

/**
 * GMP's limb without GMP's header, which a third of all files would read for this name alone.
 * float320.c does not compile where GMP has another one.
 */
typedef unsigned long mp_limb_t;

#if ULONG_MAX > 0xffffffff
#define ASSAY__LIMB_BITS 64
#else
#define ASSAY__LIMB_BITS 32
#endif

#endif
