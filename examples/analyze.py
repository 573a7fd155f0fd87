#!/usr/bin/env python3
"""Analyzes experiments from Python with ctypes alone: no package is needed.

    analyze.py                  a made-up experiment, from a file and, where pyarrow is, from a table
    analyze.py PLAN FILE...     an AnalysisResult on standard output

files() and frame() are all there is to copy. A frame is anything with __arrow_c_stream__: a table
of pyarrow (14 and later), a frame of pandas (2.2 and later, with pyarrow) or polars.
"""
import ctypes
import json
import os
import sys
import tempfile

_lib = ctypes.CDLL(os.environ.get("LIBASSAY") or "libassay.so.0")
_tail = [ctypes.c_char_p, ctypes.POINTER(ctypes.c_void_p), ctypes.c_char_p, ctypes.c_size_t]
_lib.assay_document_from_files.argtypes = [
    ctypes.c_char_p, ctypes.POINTER(ctypes.c_char_p), ctypes.POINTER(ctypes.c_char_p),
    ctypes.c_size_t] + _tail
_lib.assay_document_from_streams.argtypes = [
    ctypes.c_char_p, ctypes.POINTER(ctypes.c_void_p), ctypes.POINTER(ctypes.c_char_p),
    ctypes.c_size_t] + _tail
_lib.assay_free.argtypes = [ctypes.c_void_p]
_lib.assay_free.restype = None
_lib.assay_version.restype = ctypes.c_char_p
_lib.assay_status_id.restype = ctypes.c_char_p


class AssayError(Exception):
    """What the library says is wrong; id is that of its status, such as "data"."""

    def __init__(self, status, message):
        super().__init__(message)
        self.id = _lib.assay_status_id(status).decode()


def _call(function, plan, inputs, events, count, style):
    document = ctypes.c_void_p()
    message = ctypes.create_string_buffer(2048)
    plan = plan if isinstance(plan, str) else json.dumps(plan)
    status = function(plan.encode(), inputs, events, count, style.encode(),
                      ctypes.byref(document), message, len(message))
    if status != 0:
        raise AssayError(status, message.value.decode("utf-8", "replace"))
    try:
        return ctypes.string_at(document).decode()
    finally:
        _lib.assay_free(document)


def files(plan, *paths, events=None, style="result"):
    """The document of a plan (a dict or JSON) and CSV files; events: {name: [path, ...]}."""
    pairs = [(path, None) for path in paths]
    pairs += [(path, name.encode()) for name, list_ in (events or {}).items() for path in list_]
    names = (ctypes.c_char_p * len(pairs))(*[os.fsencode(path) for path, _ in pairs])
    of = (ctypes.c_char_p * len(pairs))(*[name for _, name in pairs])
    return _call(_lib.assay_document_from_files, plan, names, of, len(pairs), style)


def frame(plan, table, style="result"):
    """The document of a plan and a frame: its Arrow stream is read where it lies."""
    capsule = table.__arrow_c_stream__()
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype = ctypes.c_void_p
    pointer.argtypes = [ctypes.py_object, ctypes.c_char_p]
    streams = (ctypes.c_void_p * 1)(pointer(capsule, b"arrow_array_stream"))
    return _call(_lib.assay_document_from_streams, plan, streams, None, 1, style)


def _demo():
    plan = {"columns": {"group": "variant", "unit": "user"},
            "comparisons": {"baseline": "control"},
            "metrics": [{"id": "spent", "role": "success", "type": "mean"},
                        {"id": "bought", "role": "guardrail", "type": "proportion"}]}
    users = list(range(1000))
    columns = {"user": [f"u{i}" for i in users],
               "variant": ["control" if i % 2 else "new" for i in users],
               "spent": [i * 7919 % 1000 / 100 + (0 if i % 2 else 0.5) for i in users],
               "bought": [i * 31 % 5 == 0 for i in users]}
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
        file.write(",".join(columns) + "\n")
        for row in zip(*columns.values()):
            file.write(",".join(str(cell) for cell in row) + "\n")
        file.flush()
        from_file = files(plan, file.name, style="detail")
    print("libassay", _lib.assay_version().decode() + ":", len(from_file), "bytes of detail")
    try:
        files(plan, "/nonexistent.csv")
    except AssayError as error:
        print(error.id + ":", error)
    try:
        import pyarrow
    except ImportError:
        print("pyarrow is not installed: the frame is left out")
        return
    from_frame = frame(plan, pyarrow.table(columns), style="detail")
    print("from a frame: the same bytes" if from_frame == from_file else "from a frame: OTHER bytes")


if __name__ == "__main__":
    if len(sys.argv) > 2:
        with open(sys.argv[1], encoding="utf-8") as plan_file:
            sys.stdout.write(files(plan_file.read(), *sys.argv[2:]))
    else:
        _demo()
