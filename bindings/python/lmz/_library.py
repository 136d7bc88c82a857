"""The shared library through ctypes: its functions and its failures."""

from __future__ import annotations

import ctypes
import pathlib
import threading

from ._location import LIBRARY

(INVALID_ARGUMENT, IO, OUT_OF_MEMORY, INTERNAL, NOT_LMZ, TRUNCATED, DAMAGED, NEWER_VERSION, LIMIT,
 MODEL_MISSING, MODEL_DAMAGED, CANCELLED) = range(1, 13)

OPTION_LEVEL, OPTION_THREADS, OPTION_BLOCK_SIZE = 1, 2, 3
OPTION_CONTENT_SIZE, OPTION_MEMORY_LIMIT, OPTION_OUTPUT_LIMIT = 4, 5, 6
OPTION_FRAME_SIZE, OPTION_ONE_FRAME, OPTION_WIDE = 7, 8, 9
RUN, FLUSH, END = range(3)
MAX_RECORD_SIZE = 16383
MAX_SAMPLE_SIZE = 65536
RECORD_FRAMING = 4


class _Error(ctypes.Structure):
    _fields_ = [("code", ctypes.c_int), ("text", ctypes.c_char * 252)]


class Buffers(ctypes.Structure):
    """lmz_buffers."""

    _fields_ = [
        ("next_in", ctypes.c_void_p),
        ("avail_in", ctypes.c_size_t),
        ("next_out", ctypes.c_void_p),
        ("avail_out", ctypes.c_size_t),
    ]


class Block(ctypes.Structure):
    """lmz_block."""

    _fields_ = [
        ("content_offset", ctypes.c_uint64),
        ("content_size", ctypes.c_uint64),
        ("coded_offset", ctypes.c_uint64),
        ("coded_size", ctypes.c_uint64),
    ]


# lmz_read_at.
ReadAt = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_uint64, ctypes.c_void_p,
                          ctypes.c_size_t)

# lmz_progress.
ReportProgress = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_uint64, ctypes.c_uint64)

_POINTER, _SIZE = ctypes.c_void_p, ctypes.c_size_t
_SIZE_OUT = ctypes.POINTER(ctypes.c_size_t)
_HANDLE_OUT = ctypes.POINTER(ctypes.c_void_p)
_BETWEEN_BUFFERS = [_POINTER, _SIZE, _SIZE_OUT, _POINTER, _SIZE]

# Arguments of the functions that can fail, less the error, which is the last of each.
_CAN_FAIL = {
    "compressor_create": [_HANDLE_OUT],
    "compressor_set": [_POINTER, ctypes.c_int, ctypes.c_uint64],
    "compressor_set_model": [_POINTER, _POINTER],
    "compressor_set_device": [_POINTER, _POINTER],
    "compressor_step": [_POINTER, ctypes.POINTER(Buffers), ctypes.c_int,
                        ctypes.POINTER(ctypes.c_int)],
    "decompressor_create": [_HANDLE_OUT],
    "decompressor_set": [_POINTER, ctypes.c_int, ctypes.c_uint64],
    "decompressor_add_model": [_POINTER, _POINTER],
    "decompressor_set_progress": [_POINTER, ReportProgress, _POINTER],
    "decompressor_step": [_POINTER, ctypes.POINTER(Buffers), ctypes.c_int,
                          ctypes.POINTER(ctypes.c_int)],
    "decompressor_set_device": [_POINTER, _POINTER],
    "decompressor_set_library": [_POINTER, _POINTER],
    "device_open": [_HANDLE_OUT, ctypes.c_char_p],
    "device_failure": [_POINTER],
    "decompressor_end": [_POINTER, ctypes.POINTER(ctypes.c_int), _HANDLE_OUT, _SIZE_OUT],
    "content_size": [_POINTER, _SIZE, ctypes.POINTER(ctypes.c_uint64)],
    "model_built_in": [_HANDLE_OUT, ctypes.c_char_p],
    "model_load": [_HANDLE_OUT, _POINTER, _SIZE],
    "model_load_file": [_HANDLE_OUT, ctypes.c_char_p],
    "model_library_create": [_HANDLE_OUT],
    "model_library_add_folder": [_POINTER, ctypes.c_char_p],
    "model_from_library": [_HANDLE_OUT, _POINTER, ctypes.c_int],
    "range_open": [_HANDLE_OUT, ReadAt, _POINTER, ctypes.c_uint64, _POINTER],
    "range_block": [_POINTER, ctypes.c_uint64, ctypes.POINTER(Block)],
    "range_read": [_POINTER, ctypes.c_uint64, _POINTER, _SIZE, _SIZE_OUT],
    "record_coder_create": [_HANDLE_OUT, _POINTER, _POINTER, _SIZE],
    "record_encode": [_POINTER, *_BETWEEN_BUFFERS],
    "record_decode": [_POINTER, *_BETWEEN_BUFFERS],
}
_FREES = ["compressor_free", "decompressor_free", "device_free", "model_free", "model_library_free",
          "range_reader_free", "record_coder_free"]
# What the others give, and take.
_OTHERS = {
    "version_string": (ctypes.c_char_p, []),
    "built_in_name": (ctypes.c_char_p, [_SIZE]),
    "model_name": (ctypes.c_char_p, [_POINTER]),
    "model_id": (None, [_POINTER, _POINTER]),
    "model_parameters": (ctypes.c_uint64, [_POINTER]),
    "range_content_size": (ctypes.c_uint64, [_POINTER]),
    "range_block_count": (ctypes.c_uint64, [_POINTER]),
}


def _load() -> ctypes.CDLL:
    path = pathlib.Path(__file__).parent / LIBRARY
    library = ctypes.CDLL(str(path) if path.exists() else path.name)
    for name, arguments in _CAN_FAIL.items():
        function = getattr(library, f"lmz_{name}")
        function.argtypes = [*arguments, ctypes.POINTER(_Error)]
        function.restype = ctypes.c_int
    for name in _FREES:
        function = getattr(library, f"lmz_{name}")
        function.argtypes = [_POINTER]
        function.restype = None
    for name, (result, arguments) in _OTHERS.items():
        function = getattr(library, f"lmz_{name}")
        function.argtypes = arguments
        function.restype = result
    return library


LIB = _load()


class LmzError(Exception):
    """A failure of the library: what, where, what to do; `code` is its number."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code

    def __reduce__(self) -> tuple:
        return LmzError, (self.code, str(self))


_RANGES = {
    ctypes.c_int: (-1 << 31, (1 << 31) - 1),
    ctypes.c_size_t: (0, ctypes.c_size_t(-1).value),
    ctypes.c_uint64: (0, (1 << 64) - 1),
}


def _check_range(name: str, arguments: tuple) -> None:
    """Raises ValueError for an integer of which ctypes would drop what does not fit."""
    for kind, argument in zip(_CAN_FAIL[name], arguments):
        if kind in _RANGES and isinstance(argument, int):
            least, most = _RANGES[kind]
            if not least <= argument <= most:
                raise ValueError(f"{argument} is not a number from {least} to {most}")


def call(name: str, *arguments: object) -> None:
    """Calls lmz_`name`.

    Raises ValueError for integers that it cannot take, MemoryError, or LmzError for other failures.
    """
    _check_range(name, arguments)
    error = _Error()
    code = getattr(LIB, f"lmz_{name}")(*arguments, ctypes.byref(error))
    if code == OUT_OF_MEMORY:
        raise MemoryError(error.text.decode("utf-8", "replace"))
    if code != 0:
        raise LmzError(code, error.text.decode("utf-8", "replace"))


class Handle:
    """Owns the object that lmz_`create` gives and lmz_`free` takes.

    Whoever uses it holds its `lock`, unless any number of threads may use it.
    """

    def __init__(self, create: str, free: str, *arguments: object) -> None:
        self.lock = threading.Lock()
        self._free = getattr(LIB, f"lmz_{free}")
        self.pointer = ctypes.c_void_p()
        call(create, ctypes.byref(self.pointer), *arguments)

    def __del__(self) -> None:
        pointer = getattr(self, "pointer", None)
        if pointer:
            self._free(pointer)


def view_of(data: object) -> memoryview:
    """The bytes of anything that has a buffer."""
    return memoryview(data).cast("B")


def address_of(view: memoryview) -> tuple[object, ctypes.c_void_p]:
    """What keeps the bytes in place, and their address."""
    if not len(view):
        return None, ctypes.c_void_p()
    if view.readonly:
        is_whole = isinstance(view.obj, bytes) and len(view.obj) == len(view)
        data = view.obj if is_whole else bytes(view)
        return data, ctypes.cast(ctypes.c_char_p(data), ctypes.c_void_p)
    array = (ctypes.c_char * len(view)).from_buffer(view)
    return array, ctypes.c_void_p(ctypes.addressof(array))


def library_version() -> str:
    """The version of the shared library in use."""
    return LIB.lmz_version_string().decode()
