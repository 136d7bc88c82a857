"""lmz: lossless compression, in the manner of the standard module lzma.

    coded = lmz.compress(data)
    data = lmz.decompress(coded)
    with lmz.open("notes.txt.lmz", "rt") as file:
        text = file.read()

Failures are lmz.LmzError, with the number of the library's code in `code`. Any number of threads
may use an object: they wait for each other. The interpreter's lock is released while the library
works. Not imported with it, and in need of packages of their own: lmz.filesystem (fsspec),
lmz.chunks (numcodecs, zarr), lmz.cluster (Dask).
"""

from ._coders import (
    SEEKABLE_BLOCK_SIZE,
    LmzCompressor,
    LmzDecompressor,
    compress,
    content_size,
    decompress,
)
from ._device import Device
from ._file import LmzFile, open  # noqa: A004: named as in lzma
from ._library import (
    CANCELLED,
    DAMAGED,
    INTERNAL,
    INVALID_ARGUMENT,
    IO,
    LIMIT,
    MODEL_DAMAGED,
    MODEL_MISSING,
    NEWER_VERSION,
    NOT_LMZ,
    OUT_OF_MEMORY,
    TRUNCATED,
    LmzError,
    library_version,
)
from ._models import Model, ModelLibrary, built_in_models
from ._range import Block, RangeReader
from ._records import RecordCoder

__version__ = library_version()
__all__ = [
    "Block", "CANCELLED", "DAMAGED", "Device", "INTERNAL", "INVALID_ARGUMENT", "IO", "LIMIT",
    "LmzCompressor", "LmzDecompressor", "LmzError", "LmzFile", "MODEL_DAMAGED", "MODEL_MISSING",
    "Model", "ModelLibrary", "NEWER_VERSION", "NOT_LMZ", "OUT_OF_MEMORY", "RangeReader",
    "RecordCoder", "SEEKABLE_BLOCK_SIZE", "TRUNCATED", "built_in_models", "compress",
    "content_size", "decompress", "library_version", "open",
]
