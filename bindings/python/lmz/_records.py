"""Many small records, each coded alone."""

from __future__ import annotations

import ctypes

from . import _library
from ._library import Handle, Model, address_of, view_of


class RecordCoder:
    """Codes records of at most 16,383 bytes, which grow by at most 4.

    `sample` are records like those to come; decoding needs the same model and sample.
    """

    def __init__(self, sample: object = b"", *, model: Model | None = None) -> None:
        view = view_of(sample)
        keep, address = address_of(view)
        self._handle = Handle("record_coder_create", "record_coder_free",
                              model.pointer if model else None, address, len(view))
        del keep

    def _run(self, name: str, data: object, room: int) -> bytes:
        view = view_of(data)
        keep, address = address_of(view)
        output = ctypes.create_string_buffer(room)
        size = ctypes.c_size_t()
        _library.call(name, self._handle.pointer, output, room, ctypes.byref(size), address,
                      len(view))
        del keep
        return output[:size.value]

    def encode(self, record: object) -> bytes:
        """The code of one record."""
        return self._run("record_encode", record, len(view_of(record)) + _library.RECORD_FRAMING)

    def decode(self, code: object) -> bytes:
        """The record behind a whole code."""
        return self._run("record_decode", code, _library.MAX_RECORD_SIZE)
