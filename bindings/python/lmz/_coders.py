"""Bytes to bytes, at once or piece by piece."""

from __future__ import annotations

import ctypes
from typing import Iterable

from . import _library
from ._device import Device
from ._library import Buffers, Handle, address_of, view_of
from ._models import Model, ModelLibrary

_FIRST_ROOM = 1 << 16

# Blocks of this size cost little to read one of and little in ratio; docs/python.md has figures.
SEEKABLE_BLOCK_SIZE = 1 << 17


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


def _set(kind: str, handle: Handle, options: dict[int, int | None]) -> None:
    for option, value in options.items():
        if value is not None:
            _library.call(f"{kind}_set", handle.pointer, option, value)


class LmzCompressor:
    """Compresses piece by piece.

    `level` is 0 (without a model) to 5, by default 3; `model` takes its place. Levels 4 and 5
    need installed models. Sizes are in bytes. Blocks of `block_size` are coded independently,
    and can be read alone; `seekable` is short for blocks of 128 KiB. `wide` is for machines
    with many lanes, such as GPUs: 64 lanes and blocks of 3840 KiB, for larger output. `device`
    is where models run, by default the CPU. `content_size`, if known, is told in the header and
    checked. With `frame_size` a new frame begins every so many bytes. Threads that share a
    compressor wait for each other.
    """

    def __init__(self, level: int | None = None, *, model: Model | None = None, threads: int = 1,
                 block_size: int | None = None, content_size: int | None = None,
                 frame_size: int | None = None, seekable: bool = False,
                 wide: bool = False, device: Device | None = None) -> None:
        self._handle = Handle("compressor_create", "compressor_free")
        self._is_finished = False
        if level is not None and model is not None:
            raise ValueError("level and model exclude each other")
        if seekable and block_size is not None:
            raise ValueError("seekable and block_size exclude each other")
        _set("compressor", self._handle, {
            _library.OPTION_LEVEL: level,
            _library.OPTION_THREADS: threads,
            _library.OPTION_BLOCK_SIZE: SEEKABLE_BLOCK_SIZE if seekable else block_size,
            _library.OPTION_CONTENT_SIZE: content_size,
            _library.OPTION_FRAME_SIZE: frame_size,
            _library.OPTION_WIDE: int(wide),
        })
        if model is not None:
            _library.call("compressor_set_model", self._handle.pointer, model.pointer)
        if device is not None:
            _library.call("compressor_set_device", self._handle.pointer, device.pointer)

    def _step(self, data: object, directive: int) -> bytes:
        with self._handle.lock:
            if self._is_finished:
                raise ValueError("the compressor was flushed to the end already")
            code = _step("compressor_step", self._handle, data, directive)[0]
            self._is_finished = directive == _library.END
            return code

    def compress(self, data: object) -> bytes:
        """Takes `data`; returns the code that is ready, often none."""
        return self._step(data, _library.RUN)

    def sync(self) -> bytes:
        """Returns the code by which all data so far can be decoded; costs ratio."""
        return self._step(b"", _library.FLUSH)

    def flush(self) -> bytes:
        """Returns the rest of the code; the compressor is of no more use then."""
        return self._step(b"", _library.END)


def decoder_handle(memory_limit: int | None, output_limit: int | None, models: Iterable[Model],
                   library: ModelLibrary | None, threads: int, *, one_frame: bool = False,
                   device: Device | None = None) -> Handle:
    """An lmz_decompressor with these settings."""
    handle = Handle("decompressor_create", "decompressor_free")
    _set("decompressor", handle, {
        _library.OPTION_MEMORY_LIMIT: memory_limit,
        _library.OPTION_OUTPUT_LIMIT: output_limit,
        _library.OPTION_THREADS: threads,
        _library.OPTION_ONE_FRAME: int(one_frame),
    })
    if library is not None:
        _library.call("decompressor_set_library", handle.pointer, library.pointer)
    for model in models:
        _library.call("decompressor_add_model", handle.pointer, model.pointer)
    if device is not None:
        _library.call("decompressor_set_device", handle.pointer, device.pointer)
    return handle


class FramesDecoder:
    """Decompresses an input of any number of frames, piece by piece; not locked."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        self._rest = b""
        self.needs_input = True

    def decompress(self, data: object, max_length: int = -1) -> bytes:
        """As LmzDecompressor.decompress, over the ends of frames."""
        pending = self._rest + bytes(data) if self._rest else data
        output, left, is_done = _step("decompressor_step", self._handle, pending, _library.RUN,
                                      max_length)
        self._rest = bytes(view_of(pending)[len(view_of(pending)) - left:]) if left else b""
        self.needs_input = is_done
        return output

    def finish(self) -> bytes:
        """Says that the input ends; returns the rest. Raises LmzError (TRUNCATED) if it may not."""
        output = _step("decompressor_step", self._handle, self._rest, _library.END)[0]
        self._rest = b""
        return output

    def take_unused(self) -> bytes | None:
        """The input behind the frame that has ended; None when it has not (one_frame only)."""
        has_ended, size = ctypes.c_int(0), ctypes.c_size_t(0)
        address = ctypes.c_void_p()
        _library.call("decompressor_end", self._handle.pointer, ctypes.byref(has_ended),
                      ctypes.byref(address), ctypes.byref(size))
        if not has_ended.value:
            return None
        taken = ctypes.string_at(address, size.value) if size.value else b""
        return taken + self._rest


class LmzDecompressor:
    """Decompresses one frame, piece by piece, as lzma.LZMADecompressor does.

    Limits are in bytes; None is none. Models are found in `library`, by default among those that
    are built in or installed; `models` are at hand beside them. Threads that share a decompressor
    wait for each other.
    """

    def __init__(self, *, memory_limit: int | None = None, output_limit: int | None = None,
                 models: Iterable[Model] = (), library: ModelLibrary | None = None,
                 threads: int = 1, device: Device | None = None) -> None:
        self._handle = decoder_handle(memory_limit, output_limit, models, library, threads,
                                      one_frame=True, device=device)
        self._decoder = FramesDecoder(self._handle)
        self._unused: bytes | None = None

    def decompress(self, data: object, max_length: int = -1) -> bytes:
        """Takes `data`; returns what can be given: at most `max_length` bytes unless negative.

        When that was not all (`needs_input` is False), call again, with b"" if you like. Raises
        EOFError after the end of the frame.
        """
        with self._handle.lock:
            if self._unused is not None:
                raise EOFError("the frame has ended already")
            output = self._decoder.decompress(data, max_length)
            self._unused = self._decoder.take_unused()
            return output

    @property
    def eof(self) -> bool:
        """Whether the end of the frame was reached, and all of its content given."""
        return self._unused is not None

    @property
    def unused_data(self) -> bytes:
        """After the end of the frame: the input behind it."""
        return self._unused or b""

    @property
    def needs_input(self) -> bool:
        """Whether more output needs more input."""
        return self._unused is None and self._decoder.needs_input


def compress(data: object, level: int | None = None, *, model: Model | None = None,
             threads: int = 1, block_size: int | None = None, frame_size: int | None = None,
             seekable: bool = False, wide: bool = False,
             device: Device | None = None) -> bytes:
    """`data` compressed; the settings are those of LmzCompressor."""
    compressor = LmzCompressor(level, model=model, threads=threads, block_size=block_size,
                               frame_size=frame_size, seekable=seekable, wide=wide,
                               device=device, content_size=len(view_of(data)))
    return compressor.compress(data) + compressor.flush()


def decompress(data: object, *, memory_limit: int | None = None, output_limit: int | None = None,
               models: Iterable[Model] = (), library: ModelLibrary | None = None,
               threads: int = 1, device: Device | None = None) -> bytes:
    """The content of all frames in `data`; the settings are those of LmzDecompressor."""
    decoder = FramesDecoder(decoder_handle(memory_limit, output_limit, models, library, threads,
                                           device=device))
    return decoder.decompress(data) + decoder.finish()


def content_size(data: object) -> int:
    """How many bytes decompress would give for `data`, by its headers alone."""
    view = view_of(data)
    keep, address = address_of(view)
    size = ctypes.c_uint64()
    _library.call("content_size", address, len(view), ctypes.byref(size))
    del keep
    return size.value
