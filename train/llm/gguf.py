"""Reads GGUF version 3, the container of llama.cpp's models, and turns its tensors into float32.

Layouts of the block formats are those of ggml (ggml-common.h, ggml-quants.c). Numbers are
little-endian throughout.
"""
import mmap
import struct

import numpy as np

MAGIC = b"GGUF"
DEFAULT_ALIGNMENT = 32
BLOCK = 32  # elements of a block of the formats Q4_0 to Q8_0
SUPER_BLOCK = 256  # elements of a block of the formats Q4_K to Q6_K

SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q",
           12: "d"}
STRING, ARRAY = 8, 9


class GgufError(Exception):
    """The file breaks the format, or has what is not supported here; the text says where."""


def _f16(raw):
    return np.ascontiguousarray(raw).view("<f2").astype(np.float32)


def _nibbles(raw):
    """(n, 16) bytes to (n, 32) values: low halves first, then the high ones."""
    return np.concatenate([raw & 15, raw >> 4], 1)


def _high_bits(raw):
    """(n, 4) bytes to (n, 32) bits, the lowest first."""
    return np.unpackbits(np.ascontiguousarray(raw), axis=1, bitorder="little")


def _q4_0(b):
    return _f16(b[:, :2]) * (_nibbles(b[:, 2:]).astype(np.float32) - 8)


def _q4_1(b):
    return _f16(b[:, :2]) * _nibbles(b[:, 4:]).astype(np.float32) + _f16(b[:, 2:4])


def _q5_0(b):
    q = _nibbles(b[:, 6:]) | _high_bits(b[:, 2:6]) << 4
    return _f16(b[:, :2]) * (q.astype(np.float32) - 16)


def _q5_1(b):
    q = _nibbles(b[:, 8:]) | _high_bits(b[:, 4:8]) << 4
    return _f16(b[:, :2]) * q.astype(np.float32) + _f16(b[:, 2:4])


def _q8_0(b):
    return _f16(b[:, :2]) * b[:, 2:].view(np.int8).astype(np.float32)


def _six_bit_scales(packed):
    """(n, 12) bytes to the (n, 8) scales and (n, 8) minima of Q4_K and Q5_K."""
    low, middle, high = packed[:, :4], packed[:, 4:8], packed[:, 8:]
    scales = np.concatenate([low & 63, high & 15 | low >> 6 << 4], 1)
    minima = np.concatenate([middle & 63, high >> 4 | middle >> 6 << 4], 1)
    return scales.astype(np.float32), minima.astype(np.float32)


def _k_values(b, q):
    """d * scale * q - dmin * minimum; q is (n, 8, 32)."""
    scales, minima = _six_bit_scales(b[:, 4:16])
    d, least = _f16(b[:, :2]) * scales, _f16(b[:, 2:4]) * minima
    return (d[:, :, None] * q.astype(np.float32) - least[:, :, None]).reshape(len(b), -1)


def _k_nibbles(raw):
    """(n, 128) bytes to (n, 8, 32) values: of each 32 bytes the low halves, then the high ones."""
    raw = raw.reshape(len(raw), 4, 1, 32)
    return np.concatenate([raw & 15, raw >> 4], 2).reshape(len(raw), 8, 32)


def _q4_k(b):
    return _k_values(b, _k_nibbles(b[:, 16:]))


def _q5_k(b):
    bits = b[:, None, 16:48] >> np.arange(8, dtype=np.uint8)[None, :, None] & 1
    return _k_values(b, _k_nibbles(b[:, 48:]) | bits << 4)


def _q6_k(b):
    n = len(b)
    low = b[:, :128].reshape(n, 2, 1, 64)
    low = np.concatenate([low & 15, low >> 4], 2).reshape(n, 2, 4, 32)
    shifts = np.array([0, 2, 4, 6], np.uint8)[None, None, :, None]
    high = b[:, 128:192].reshape(n, 2, 1, 32) >> shifts & 3
    q = (low | high << 4).astype(np.float32) - 32
    scales = b[:, 192:208].view(np.int8).astype(np.float32).reshape(n, 16, 1)
    return (_f16(b[:, 208:210])[:, :, None] * scales * q.reshape(n, 16, 16)).reshape(n, -1)


def _plain(kind):
    return lambda b: np.ascontiguousarray(b).view(kind).astype(np.float32)


def _bf16(b):
    return (np.ascontiguousarray(b).view("<u2").astype(np.uint32) << 16).view(np.float32)


# Number of the type: name, elements of a block, bytes of a block, decoder of (blocks, bytes).
TYPES = {
    0: ("F32", 1, 4, _plain("<f4")),
    1: ("F16", 1, 2, _plain("<f2")),
    2: ("Q4_0", BLOCK, 18, _q4_0),
    3: ("Q4_1", BLOCK, 20, _q4_1),
    6: ("Q5_0", BLOCK, 22, _q5_0),
    7: ("Q5_1", BLOCK, 24, _q5_1),
    8: ("Q8_0", BLOCK, 34, _q8_0),
    12: ("Q4_K", SUPER_BLOCK, 144, _q4_k),
    13: ("Q5_K", SUPER_BLOCK, 176, _q5_k),
    14: ("Q6_K", SUPER_BLOCK, 210, _q6_k),
    30: ("BF16", 1, 2, _bf16),
}


class Tensor:
    """Where a tensor lies. `shape` has rows first, as numpy has it: GGUF has columns first."""

    def __init__(self, name, shape, kind, offset):
        self.name, self.shape, self.kind, self.offset = name, shape, kind, offset

    @property
    def type_name(self):
        return TYPES[self.kind][0]

    @property
    def size(self):
        """Bytes in the file."""
        _, elements, size, _ = TYPES[self.kind]
        return int(np.prod(self.shape)) // elements * size


class Gguf:
    """A GGUF file: `metadata` by key, `tensors` by name, and array(name) as float32."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._at = 0
        if self._take(4) != MAGIC:
            raise GgufError(f"{path}: not a GGUF file")
        version, tensors, pairs = self._unpack("<IQQ")
        if version != 3:
            raise GgufError(f"{path}: GGUF version {version}; only 3 is supported")
        self.metadata = {}
        for _ in range(pairs):
            key = self._string()
            self.metadata[key] = self._value(self._unpack("<I")[0])
        self.tensors = {}
        for _ in range(tensors):
            self._describe_tensor()
        alignment = self.metadata.get("general.alignment", DEFAULT_ALIGNMENT)
        self._base = -(-self._at // alignment) * alignment
        for tensor in self.tensors.values():
            if self._base + tensor.offset + tensor.size > len(self._data):
                raise GgufError(f"{path}: tensor {tensor.name} reaches beyond the end of the file")

    def _take(self, size):
        if self._at + size > len(self._data):
            raise GgufError(f"the file ends at byte {len(self._data)}, inside its header")
        self._at += size
        return self._data[self._at - size:self._at]

    def _unpack(self, layout):
        return struct.unpack(layout, self._take(struct.calcsize(layout)))

    def _string(self):
        return self._take(self._unpack("<Q")[0]).decode("utf-8", "surrogateescape")

    def _value(self, kind):
        if kind == STRING:
            return self._string()
        if kind == ARRAY:
            inner, count = self._unpack("<IQ")
            if inner in SCALARS:
                layout = SCALARS[inner]
                return list(struct.unpack(f"<{count}{layout}",
                                          self._take(count * struct.calcsize(layout))))
            return [self._value(inner) for _ in range(count)]
        if kind not in SCALARS:
            raise GgufError(f"a value of the unknown type {kind}")
        return self._unpack("<" + SCALARS[kind])[0]

    def _describe_tensor(self):
        name = self._string()
        dimensions, = self._unpack("<I")
        shape = self._unpack(f"<{dimensions}Q")[::-1]
        kind, offset = self._unpack("<IQ")
        if kind not in TYPES:
            raise GgufError(f"tensor {name} has type {kind}, which is not supported")
        if shape[-1] % TYPES[kind][1] != 0:
            raise GgufError(f"tensor {name}: rows of {shape[-1]} do not divide into blocks")
        self.tensors[name] = Tensor(name, shape, kind, offset)

    def array(self, name):
        """The tensor as float32, rows first."""
        tensor = self.tensors[name]
        _, _, size, decode = TYPES[tensor.kind]
        begin = self._base + tensor.offset
        raw = np.frombuffer(self._data, np.uint8, tensor.size, begin)
        return decode(raw.reshape(-1, size)).reshape(tensor.shape)
