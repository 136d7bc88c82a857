"""Many small records, each coded alone."""

from __future__ import annotations

import ctypes

from . import _library
from ._library import Handle, address_of, view_of
from ._models import Model


class RecordCoder:
    """Codes records of at most 16,383 bytes, which grow by at most 4.

    `sample` are records like those to come, of which the last 65,536 bytes are learnt; decoding
    needs the same model and sample. Threads that share a coder wait for each other. Can be pickled.
    """

    def __init__(self, sample: object = b"", *, model: Model | None = None) -> None:
        self._sample = bytes(view_of(sample)[-_library.MAX_SAMPLE_SIZE:])
        self._model = model
        keep, address = address_of(view_of(self._sample))
        self._handle = Handle("record_coder_create", "record_coder_free",
                              model.pointer if model else None, address, len(self._sample))
        del keep

    def __reduce__(self) -> tuple:
        return _coder_of, (self._sample, self._model)

    def _run(self, name: str, data: object, room: int) -> bytes:
        view = view_of(data)
        keep, address = address_of(view)
        output = ctypes.create_string_buffer(room)
        size = ctypes.c_size_t()
        with self._handle.lock:
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


def _coder_of(sample: bytes, model: Model | None) -> RecordCoder:
    return RecordCoder(sample, model=model)
