"""frame() of examples/analyze.py, with a frame that needs no package: an Arrow stream made by ctypes.

Run as: LIBASSAY=... python3 tests/install/frame.py. The frame gives the bytes that the file gives,
and what was handed over is released, once.
"""
import ctypes
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "examples"))
import analyze

VOID = ctypes.c_void_p
RELEASE = ctypes.CFUNCTYPE(None, VOID)


class Schema(ctypes.Structure):
    _fields_ = [("format", ctypes.c_char_p), ("name", ctypes.c_char_p), ("metadata", VOID),
                ("flags", ctypes.c_int64), ("n_children", ctypes.c_int64), ("children", VOID),
                ("dictionary", VOID), ("release", VOID), ("private_data", VOID)]


class Array(ctypes.Structure):
    _fields_ = [("length", ctypes.c_int64), ("null_count", ctypes.c_int64),
                ("offset", ctypes.c_int64), ("n_buffers", ctypes.c_int64),
                ("n_children", ctypes.c_int64), ("buffers", VOID), ("children", VOID),
                ("dictionary", VOID), ("release", VOID), ("private_data", VOID)]


GIVE = ctypes.CFUNCTYPE(ctypes.c_int, VOID, VOID)


class Stream(ctypes.Structure):
    _fields_ = [("get_schema", GIVE), ("get_next", GIVE), ("get_last_error", VOID),
                ("release", RELEASE), ("private_data", VOID)]


class Frame:
    """Columns of texts or doubles with __arrow_c_stream__."""

    def __init__(self, columns):
        self.kept = []  # what C holds
        self.released = {"schema": 0, "array": 0, "stream": 0}
        self.columns = columns
        self.rows = len(next(iter(columns.values())))
        self.batches = 1

    def _keep(self, value):
        self.kept.append(value)
        return value

    def _release(self, kind, structure):
        def release(pointer):
            structure.from_address(pointer).release = None
            self.released[kind] += 1
        return ctypes.cast(self._keep(RELEASE(release)), VOID)

    def _pointers(self, values):
        values = [ctypes.cast(value, VOID).value if value is not None else None for value in values]
        return ctypes.cast(self._keep((VOID * len(values))(*values)), VOID)

    def _schema(self, pointer):
        children = []
        for name, cells in self.columns.items():
            form = b"u" if isinstance(cells[0], str) else b"g"
            child = Schema(form, name.encode(), None, 2, 0, None, None, None, None)
            child.release = self._release("child", Schema)
            children.append(ctypes.pointer(self._keep(child)))
        out = Schema.from_address(pointer)
        out.format, out.name, out.flags = b"+s", b"", 0
        out.metadata = out.dictionary = out.private_data = None
        out.n_children, out.children = len(children), self._pointers(children)
        out.release = self._release("schema", Schema)
        return 0

    def _column(self, cells):
        if isinstance(cells[0], str):
            data, offsets = b"", [0]
            for cell in cells:
                data += cell.encode()
                offsets.append(len(data))
            buffers = [None, self._keep((ctypes.c_int32 * len(offsets))(*offsets)),
                       self._keep(ctypes.create_string_buffer(data))]
        else:
            buffers = [None, self._keep((ctypes.c_double * len(cells))(*cells))]
        child = Array(len(cells), 0, 0, len(buffers), 0, self._pointers(buffers), None, None, None,
                      None)
        child.release = self._release("child", Array)
        return ctypes.pointer(self._keep(child))

    def _next(self, pointer):
        out = Array.from_address(pointer)
        if self.batches == 0:
            out.release = None
            return 0
        self.batches -= 1
        children = [self._column(cells) for cells in self.columns.values()]
        out.length, out.null_count, out.offset = self.rows, 0, 0
        out.n_buffers, out.buffers = 1, self._pointers([None])
        out.n_children, out.children = len(children), self._pointers(children)
        out.dictionary = out.private_data = None
        out.release = self._release("array", Array)
        return 0

    def __arrow_c_stream__(self, requested_schema=None):
        self.released["child"] = 0

        def release(pointer):
            ctypes.c_void_p.from_address(pointer + Stream.release.offset).value = None
            self.released["stream"] += 1
        stream = self._keep(Stream(GIVE(lambda _, to: self._schema(to)),
                                   GIVE(lambda _, to: self._next(to)), None, RELEASE(release)))
        new = ctypes.pythonapi.PyCapsule_New
        new.restype, new.argtypes = ctypes.py_object, [VOID, ctypes.c_char_p, VOID]
        return new(ctypes.addressof(stream), b"arrow_array_stream", None)


def main():
    plan = {"columns": {"group": "variant", "unit": "user"}, "comparisons": {"baseline": "control"},
            "metrics": [{"id": "spent", "role": "success", "type": "mean"}]}
    columns = {"user": [f"u{i}" for i in range(500)],
               "variant": ["control" if i % 2 else "new" for i in range(500)],
               "spent": [i * 7919 % 1000 / 100 for i in range(500)]}
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
        file.write(",".join(columns) + "\n")
        for row in zip(*columns.values()):
            file.write(",".join(str(cell) for cell in row) + "\n")
        file.flush()
        from_file = analyze.files(plan, file.name, style="detail")
    frame = Frame(columns)
    assert analyze.frame(plan, frame, style="detail") == from_file
    assert [frame.released[kind] for kind in ("schema", "array", "stream")] == [1, 1, 1], frame.released
    other = Frame(dict(columns, spent=["many"] * 500))
    try:
        analyze.frame(plan, other)
        raise SystemExit("texts were measured")
    except analyze.AssayError as error:
        assert error.id == "data" and "many" in str(error), error
    assert other.released["stream"] == 1 and other.released["array"] == 1, other.released


main()
