/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_EXPORT_H
#define ASSAY_EXPORT_H

/**
 * ASSAY_API marks the functions that the shared library exports, with C linkage also in C++.
 * Everything else is hidden.
 * ASSAY_MUST_CHECK makes the compiler warn when a returned status is thrown away.
 */
#ifdef __cplusplus
#define ASSAY_LINKAGE extern "C"
#else
#define ASSAY_LINKAGE
#endif
#if defined(__GNUC__) || defined(__clang__)
#define ASSAY_API ASSAY_LINKAGE __attribute__((visibility("default")))
#define ASSAY_MUST_CHECK __attribute__((warn_unused_result))
#else
#define ASSAY_API ASSAY_LINKAGE
#define ASSAY_MUST_CHECK
#endif

#endif
