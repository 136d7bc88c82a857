"""The shared library through ctypes: its functions, its failures, its models."""

from __future__ import annotations

import ctypes
import os
import pathlib

from ._location import LIBRARY

(INVALID_ARGUMENT, IO, OUT_OF_MEMORY, INTERNAL, NOT_LMZ, TRUNCATED, DAMAGED, NEWER_VERSION, LIMIT,
 MODEL_MISSING, MODEL_DAMAGED, CANCELLED) = range(1, 13)

OPTION_LEVEL, OPTION_THREADS, OPTION_BLOCK_SIZE = 1, 2, 3
OPTION_MEMORY_LIMIT, OPTION_OUTPUT_LIMIT = 5, 6
RUN, FLUSH, END = range(3)
MAX_RECORD_SIZE = 16383
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


_POINTER, _SIZE = ctypes.c_void_p, ctypes.c_size_t
_SIZE_OUT = ctypes.POINTER(ctypes.c_size_t)
_HANDLE_OUT = ctypes.POINTER(ctypes.c_void_p)
_BETWEEN_BUFFERS = [_POINTER, _SIZE, _SIZE_OUT, _POINTER, _SIZE]

# Arguments of the functions that can fail, less the error, which is the last of each.
_CAN_FAIL = {
    "compressor_create": [_HANDLE_OUT],
    "compressor_set": [_POINTER, ctypes.c_int, ctypes.c_uint64],
    "compressor_set_model": [_POINTER, _POINTER],
    "compressor_step": [_POINTER, ctypes.POINTER(Buffers), ctypes.c_int,
                        ctypes.POINTER(ctypes.c_int)],
    "decompressor_create": [_HANDLE_OUT],
    "decompressor_set": [_POINTER, ctypes.c_int, ctypes.c_uint64],
    "decompressor_add_model": [_POINTER, _POINTER],
    "decompressor_step": [_POINTER, ctypes.POINTER(Buffers), ctypes.c_int,
                          ctypes.POINTER(ctypes.c_int)],
    "decompressor_set_library": [_POINTER, _POINTER],
    "model_built_in": [_HANDLE_OUT, ctypes.c_char_p],
    "model_load": [_HANDLE_OUT, _POINTER, _SIZE],
    "model_load_file": [_HANDLE_OUT, ctypes.c_char_p],
    "model_library_create": [_HANDLE_OUT],
    "model_library_add_folder": [_POINTER, ctypes.c_char_p],
    "model_from_library": [_HANDLE_OUT, _POINTER, ctypes.c_int],
    "record_coder_create": [_HANDLE_OUT, _POINTER, _POINTER, _SIZE],
    "record_encode": [_POINTER, *_BETWEEN_BUFFERS],
    "record_decode": [_POINTER, *_BETWEEN_BUFFERS],
}
_FREES = ["compressor_free", "decompressor_free", "model_free", "model_library_free",
          "record_coder_free"]


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
    library.lmz_version_string.restype = ctypes.c_char_p
    library.lmz_built_in_name.argtypes = [_SIZE]
    library.lmz_built_in_name.restype = ctypes.c_char_p
    library.lmz_model_name.argtypes = [_POINTER]
    library.lmz_model_name.restype = ctypes.c_char_p
    library.lmz_model_parameters.argtypes = [_POINTER]
    library.lmz_model_parameters.restype = ctypes.c_uint64
    return library


_LIBRARY = _load()


class LmzError(Exception):
    """A failure of the library: what, where, what to do; `code` is its number."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def call(name: str, *arguments: object) -> None:
    """Calls lmz_`name`. Raises MemoryError, or LmzError for other failures."""
    error = _Error()
    code = getattr(_LIBRARY, f"lmz_{name}")(*arguments, ctypes.byref(error))
    if code == OUT_OF_MEMORY:
        raise MemoryError(error.text.decode("utf-8", "replace"))
    if code != 0:
        raise LmzError(code, error.text.decode("utf-8", "replace"))


class Handle:
    """Owns the object that lmz_`create` gives and lmz_`free` takes."""

    def __init__(self, create: str, free: str, *arguments: object) -> None:
        self._free = getattr(_LIBRARY, f"lmz_{free}")
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


class Model:
    """A loaded model, which any number of objects and threads may share.

    `source` is the name of a built-in model, the path of a model file, or the bytes of one.
    """

    def __init__(self, source: str | os.PathLike[str] | bytes) -> None:
        if isinstance(source, (bytes, bytearray, memoryview)):
            view = view_of(source)
            keep, address = address_of(view)
            self._handle = Handle("model_load", "model_free", address, len(view))
            del keep
        elif isinstance(source, str) and source in built_in_models():
            self._handle = Handle("model_built_in", "model_free", source.encode())
        else:
            self._handle = Handle("model_load_file", "model_free", os.fsencode(source))

    @classmethod
    def _of(cls, handle: Handle) -> Model:
        model = cls.__new__(cls)
        model._handle = handle
        return model

    @property
    def pointer(self) -> ctypes.c_void_p:
        """The handle, for other objects of this package."""
        return self._handle.pointer

    @property
    def name(self) -> str:
        """The name in the model's file."""
        return _LIBRARY.lmz_model_name(self.pointer).decode()

    @property
    def parameters(self) -> int:
        """The number of weights in its matrices."""
        return _LIBRARY.lmz_model_parameters(self.pointer)


class ModelLibrary:
    """Where models are found: the built-in ones and the files NAME.lmm in `folders`.

    With `installed` the folder of installed models comes last. Folders need not exist.
    """

    def __init__(self, *folders: str | os.PathLike[str], installed: bool = True) -> None:
        self._handle = Handle("model_library_create", "model_library_free")
        for folder in folders:
            call("model_library_add_folder", self.pointer, os.fsencode(folder))
        if installed:
            call("model_library_add_folder", self.pointer, None)

    @property
    def pointer(self) -> ctypes.c_void_p:
        """The handle, for other objects of this package."""
        return self._handle.pointer

    def model_of_level(self, level: int) -> Model:
        """The model that stands for `level`, 1 to 5."""
        return Model._of(Handle("model_from_library", "model_free", self.pointer, level))


def built_in_models() -> list[str]:
    """The names of the models that are part of the library."""
    names: list[str] = []
    while (name := _LIBRARY.lmz_built_in_name(len(names))) is not None:
        names.append(name.decode())
    return names


def library_version() -> str:
    """The version of the shared library in use."""
    return _LIBRARY.lmz_version_string().decode()
