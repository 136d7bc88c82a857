"""lmz: lossless compression, in the manner of the standard module lzma.

    coded = lmz.compress(data)
    data = lmz.decompress(coded)
    with lmz.open("notes.txt.lmz", "rt") as file:
        text = file.read()

Failures are lmz.LmzError, with the number of the library's code in `code`. Objects may be used by
one thread at a time; the interpreter's lock is released while the library works.
"""

from ._coders import LmzCompressor, LmzDecompressor, compress, decompress
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
    Model,
    ModelLibrary,
    built_in_models,
    library_version,
)
from ._records import RecordCoder

__version__ = library_version()
__all__ = [
    "CANCELLED", "DAMAGED", "INTERNAL", "INVALID_ARGUMENT", "IO", "LIMIT", "MODEL_DAMAGED",
    "MODEL_MISSING", "NEWER_VERSION", "NOT_LMZ", "OUT_OF_MEMORY", "TRUNCATED", "LmzCompressor",
    "LmzDecompressor", "LmzError", "LmzFile", "Model", "ModelLibrary", "RecordCoder",
    "built_in_models", "compress", "decompress", "library_version", "open",
]
