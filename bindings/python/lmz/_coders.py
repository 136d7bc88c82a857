"""Bytes to bytes, at once or piece by piece."""

from __future__ import annotations

import ctypes
from typing import Iterable

from . import _library
from ._library import Buffers, Handle, Model, ModelLibrary, address_of, view_of

_FIRST_ROOM = 1 << 16


def _step(name: str, handle: Handle, data: object, directive: int, max_size: int = -1
          ) -> tuple[bytes, int, bool]:
    """Runs lmz_`name`: the output, the bytes of `data` not taken, whether all is done."""
    view = view_of(data)
    keep, address = address_of(view)
    buffers = Buffers(address, len(view), None, 0)
    is_done = ctypes.c_int(0)
    pieces: list[bytes] = []
    size = 0
    while True:
        room = max(_FIRST_ROOM, size)
        if max_size >= 0:
            room = min(room, max_size - size)
        output = ctypes.create_string_buffer(max(room, 1))
        buffers.next_out = ctypes.addressof(output)
        buffers.avail_out = room
        _library.call(name, handle.pointer, ctypes.byref(buffers), directive,
                      ctypes.byref(is_done))
        made = room - buffers.avail_out
        pieces.append(output[:made])
        size += made
        if is_done.value or size == max_size:
            del keep
            return b"".join(pieces), buffers.avail_in, bool(is_done.value)


class LmzCompressor:
    """Compresses one frame, piece by piece.

    `level` is 0 (without a model) to 5; `model` takes its place. Levels 4 and 5 need installed
    models. `block_size` is in bytes.
    """

    def __init__(self, level: int | None = None, *, model: Model | None = None, threads: int = 1,
                 block_size: int | None = None) -> None:
        self._handle = Handle("compressor_create", "compressor_free")
        self._is_finished = False
        if level is not None and model is not None:
            raise ValueError("level and model exclude each other")
        if level is not None:
            self._set(_library.OPTION_LEVEL, level)
        if model is not None:
            _library.call("compressor_set_model", self._handle.pointer, model.pointer)
        self._set(_library.OPTION_THREADS, threads)
        if block_size is not None:
            self._set(_library.OPTION_BLOCK_SIZE, block_size)

    def _set(self, option: int, value: int) -> None:
        if value < 0:
            raise ValueError("an option is never negative")
        _library.call("compressor_set", self._handle.pointer, option, value)

    def _step(self, data: object, directive: int) -> bytes:
        if self._is_finished:
            raise ValueError("the compressor was flushed to the end already")
        return _step("compressor_step", self._handle, data, directive)[0]

    def compress(self, data: object) -> bytes:
        """Takes `data`; returns the code that is ready, often none."""
        return self._step(data, _library.RUN)

    def sync(self) -> bytes:
        """Returns the code by which all data so far can be decoded; costs ratio."""
        return self._step(b"", _library.FLUSH)

    def flush(self) -> bytes:
        """Returns the rest of the frame; the compressor is of no more use then."""
        code = self._step(b"", _library.END)
        self._is_finished = True
        return code


class LmzDecompressor:
    """Decompresses an input of one frame or several, piece by piece.

    Limits are in bytes; None is none. Models are found in `library`, by default among those that
    are built in or installed; `models` are at hand beside them.
    """

    def __init__(self, *, memory_limit: int | None = None, output_limit: int | None = None,
                 models: Iterable[Model] = (), library: ModelLibrary | None = None,
                 threads: int = 1) -> None:
        self._handle = Handle("decompressor_create", "decompressor_free")
        for option, value in ((_library.OPTION_MEMORY_LIMIT, memory_limit),
                              (_library.OPTION_OUTPUT_LIMIT, output_limit),
                              (_library.OPTION_THREADS, threads)):
            if value is not None:
                if value < 0:
                    raise ValueError("a limit is never negative")
                _library.call("decompressor_set", self._handle.pointer, option, value)
        if library is not None:
            _library.call("decompressor_set_library", self._handle.pointer, library.pointer)
        for model in models:
            _library.call("decompressor_add_model", self._handle.pointer, model.pointer)
        self._rest = b""
        self._needs_input = True

    def decompress(self, data: object, max_length: int = -1) -> bytes:
        """Takes `data`; returns what can be given: at most `max_length` bytes unless negative.

        When that was not all (`needs_input` is False), call again, with b"" if you like.
        """
        pending = self._rest + bytes(data) if self._rest else data
        output, left, is_done = _step("decompressor_step", self._handle, pending, _library.RUN,
                                      max_length)
        self._rest = bytes(view_of(pending)[len(view_of(pending)) - left:]) if left else b""
        self._needs_input = is_done
        return output

    @property
    def needs_input(self) -> bool:
        """Whether more output needs more input."""
        return self._needs_input

    def finish(self) -> bytes:
        """Says that the input ends; returns the rest. Raises LmzError (TRUNCATED) if it may not."""
        output = _step("decompressor_step", self._handle, self._rest, _library.END)[0]
        self._rest = b""
        self._needs_input = True
        return output


def compress(data: object, level: int | None = None, *, model: Model | None = None,
             threads: int = 1) -> bytes:
    """`data` as one frame."""
    compressor = LmzCompressor(level, model=model, threads=threads)
    return compressor.compress(data) + compressor.flush()


def decompress(data: object, *, memory_limit: int | None = None, output_limit: int | None = None,
               models: Iterable[Model] = (), library: ModelLibrary | None = None,
               threads: int = 1) -> bytes:
    """The content of all frames in `data`."""
    decompressor = LmzDecompressor(memory_limit=memory_limit, output_limit=output_limit,
                                   models=models, library=library, threads=threads)
    return decompressor.decompress(data) + decompressor.finish()
