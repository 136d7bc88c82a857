"""numcodecs: the codec "lmz", for the chunks of zarr arrays.

    zarr.create_array(store, ..., zarr_format=2, compressors=lmz.chunks.Lmz(level=0))

The entry point in the group numcodecs.codecs makes it known to readers without an import.
"""

from __future__ import annotations

from numcodecs.abc import Codec
from numcodecs.compat import ensure_bytes, ensure_contiguous_ndarray, ndarray_copy

from ._coders import compress, decompress


class Lmz(Codec):
    """A chunk as one frame; `level` as in lmz.compress. Any number of threads may use one."""

    codec_id = "lmz"

    def __init__(self, level: int | None = None) -> None:
        self.level = level

    def encode(self, buf: object) -> bytes:
        """numcodecs': the chunk compressed."""
        return compress(ensure_contiguous_ndarray(buf), self.level)

    def decode(self, buf: object, out: object = None) -> object:
        """numcodecs': the chunk, copied into `out` if that is given."""
        data = decompress(ensure_bytes(buf))
        return data if out is None else ndarray_copy(data, out)
