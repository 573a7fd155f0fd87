/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * assay: a statistics engine for online experiments.
 *
 *     plan -> dataset -> analysis -> text -> delivery
 *
 * A plan (assay_plan_parse) says what is measured and tested. A dataset (assay_dataset_read) turns
 * raw rows into exact moments. assay_dataset_analyze() turns both into every figure of the
 * experiment, assay_analysis_write() into an AnalysisResult, assay_client_post() delivers it. Each
 * step can be used alone: the numerical functions need neither plan nor dataset.
 *
 * The library has no writable globals, reads no environment (libcurl reads its proxies there),
 * never calls setlocale, exit or abort, prints nothing, and leaves GSL's error handler alone. Texts
 * and numbers are the same in every locale. Signals end no call. errno means nothing after a call.
 *
 * Left to the program are
 * - the floating-point environment, which is rounding to nearest without traps: another rounding
 *   moves the last digits of results and the ids made of them (assay/compare.h says how far);
 *   flushing to zero, as of -ffast-math, moves figures of probabilities below 1e-290 alone;
 * - the stack: an analysis takes up to 128 KB of it, other calls less; a delivery, what libcurl and
 *   TLS take, too;
 * - its own functions (hooks, rows, bytes, sinks): they return, and neither longjmp() nor throw
 *   past the library, which would keep memory and locks;
 * - fork(): the child may use all that its parent had when no other thread was in a call.
 *
 * For every function, unless it says otherwise: pointers are not NULL, except err and what a _free
 * function gets; text is UTF-8 and ends with a NUL; outputs are written on success only; inputs are
 * not kept. Objects are used by one thread at a time; plans and analyses may be shared for reading.
 *
 * Plans, datasets, analyses, moments, horizons and clients are handles: what is in them is read by
 * functions, and they may grow in any version. Plan, dataset and analysis may be freed in any
 * order.
 *
 * Structs of a caller are set to zero first (or written by name, {.alpha = 0.05}): zero is the
 * default. Those that may grow end in room that is 0, reserved[], out of which later versions take
 * their fields, so that sizes and offsets stay. Functions and enumerators at an end may come with
 * any version; those whose name ends in _COUNT are of the version that a program is compiled with.
 * All else changes MAJOR, which is in the soname, libassay.so.MAJOR. See docs/abi.md.
 *
 * A function is named after what it is about and what it does: assay_dataset_read(),
 * assay_moments_compare(); or after what it answers: assay_moments_mean().
 */
#ifndef ASSAY_H
#define ASSAY_H

#include "assay/analysis.h"
#include "assay/compare.h"
#include "assay/correct.h"
#include "assay/dataset.h"
#include "assay/deliver.h"
#include "assay/dist.h"
#include "assay/document.h"
#include "assay/draft.h"
#include "assay/hooks.h"
#include "assay/horizon.h"
#include "assay/memory.h"
#include "assay/moments.h"
#include "assay/plan.h"
#include "assay/result.h"
#include "assay/sink.h"
#include "assay/size.h"
#include "assay/srm.h"
#include "assay/status.h"
#include "assay/table.h"
#include "assay/version.h"

#endif
