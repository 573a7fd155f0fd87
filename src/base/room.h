/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_BASE_ROOM_H
#define ASSAY_BASE_ROOM_H

/**
 * ASSAY__ROOM() is how much of something there is room for at a time, where no result hangs on it
 * but a refusal: usual, or small in what is built to be fuzzed (-DSMALL_ROOMS). A few hundred bytes
 * of input then have many ends of chunks, batches and blocks, and the rooms are soon made.
 */
#ifdef SMALL_ROOMS
#define ASSAY__ROOM(usual, small) (small)
#else
#define ASSAY__ROOM(usual, small) (usual)
#endif

#endif
