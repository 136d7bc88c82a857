"""GGUF files in plain Python, with every number as an exact integer: for convert_check.py.

Values are integers in units of 2^-149, of which every F32 and F16 is a multiple.
"""
import math
import pathlib
import struct

UNIT = 149


def f32(bits):
    sign, power, fraction = bits >> 31, bits >> 23 & 255, bits & 0x7FFFFF
    assert power < 255
    value = fraction if power == 0 else (fraction | 0x800000) << (power - 1)
    return -value if sign else value


def f16(raw):
    bits, = struct.unpack("<H", raw)
    sign, power, fraction = bits >> 15, bits >> 10 & 31, bits & 1023
    assert power < 31
    value = fraction if power == 0 else (fraction | 1024) << (power - 1)
    return (-value if sign else value) << (UNIT - 24)


def nibbles(raw):
    return [b & 15 for b in raw] + [b >> 4 for b in raw]


def five(high, low):
    bits = int.from_bytes(high, "little")
    return [n | (bits >> i & 1) << 4 for i, n in enumerate(nibbles(low))]


def k_scales(p):
    scales = [p[i] & 63 for i in range(4)] + [p[8 + i] & 15 | p[i] >> 6 << 4 for i in range(4)]
    least = [p[4 + i] & 63 for i in range(4)]
    least += [p[8 + i] >> 4 | p[4 + i] >> 6 << 4 for i in range(4)]
    return scales, least


def k_block(b, values):
    scales, least = k_scales(b[4:16])
    d, d_min = f16(b[:2]), f16(b[2:4])
    return [d * scales[i // 32] * v - d_min * least[i // 32] for i, v in enumerate(values)]


def k_nibbles(raw):
    return [v for i in range(0, 128, 32) for v in nibbles(raw[i:i + 32])]


def q6_k(b):
    d, values = f16(b[208:210]), []
    for half in range(2):
        low = nibbles(b[64 * half:64 * half + 64])  # the low halves of all 64, then the high ones
        high = b[128 + 32 * half:160 + 32 * half]
        values += [low[i] | (high[i % 32] >> (2 * (i // 32)) & 3) << 4 for i in range(128)]
    scales = struct.unpack("16b", b[192:208])
    return [d * scales[i // 16] * (v - 32) for i, v in enumerate(values)]


def signed(raw):
    return struct.unpack(f"{len(raw)}b", raw)


# Number of the type: elements and bytes of a block, its values.
TYPES = {
    0: (1, 4, lambda b: [f32(struct.unpack("<I", b)[0])]),
    1: (1, 2, lambda b: [f16(b)]),
    2: (32, 18, lambda b: [f16(b[:2]) * (q - 8) for q in nibbles(b[2:])]),
    3: (32, 20, lambda b: [f16(b[:2]) * q + f16(b[2:4]) for q in nibbles(b[4:])]),
    6: (32, 22, lambda b: [f16(b[:2]) * (q - 16) for q in five(b[2:6], b[6:])]),
    7: (32, 24, lambda b: [f16(b[:2]) * q + f16(b[2:4]) for q in five(b[4:8], b[8:])]),
    8: (32, 34, lambda b: [f16(b[:2]) * q for q in signed(b[2:])]),
    12: (256, 144, lambda b: k_block(b, k_nibbles(b[16:]))),
    13: (256, 176, lambda b: k_block(
        b, [v | (b[16 + i % 32] >> (i // 32) & 1) << 4 for i, v in enumerate(k_nibbles(b[48:]))])),
    14: (256, 210, q6_k),
    30: (1, 2, lambda b: [f32(struct.unpack("<H", b)[0] << 16)]),
}
# Of the metadata; those of F32 and F64 as bits.
SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "I", 7: "?", 10: "Q", 11: "q",
           12: "Q"}


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, size):
        self.at += size
        assert self.at <= len(self.data)
        return self.data[self.at - size:self.at]

    def unpack(self, layout):
        values = struct.unpack("<" + layout, self.take(struct.calcsize("<" + layout)))
        return values if len(values) > 1 else values[0]

    def many(self, count, letter):
        return list(struct.unpack(f"<{count}{letter}",
                                  self.take(count * struct.calcsize("<" + letter))))

    def varint(self):
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value


class Gguf:
    """Numbers of F32 in the metadata are kept as their bits."""

    def __init__(self, path):
        self.file = Reader(pathlib.Path(path).read_bytes())
        assert self.file.take(4) == b"GGUF"
        version, tensors, pairs = self.file.unpack("IQQ")
        assert version in (2, 3)
        self.metadata = {}
        for _ in range(pairs):
            key = self.string().decode()
            self.metadata[key] = self.value(self.file.unpack("I"))
        self.tensors = {}
        for _ in range(tensors):
            name = self.string().decode()
            sides = [self.file.unpack("Q") for _ in range(self.file.unpack("I"))]
            kind, offset = self.file.unpack("IQ")
            self.tensors[name] = (sides, kind, offset)
        step = self.metadata.get("general.alignment", 32)
        self.base = -(-self.file.at // step) * step

    def string(self):
        return self.file.take(self.file.unpack("Q"))

    def value(self, kind):
        if kind == 8:
            return self.string()
        if kind == 9:
            inner, count = self.file.unpack("IQ")
            if inner in SCALARS:
                return self.file.many(count, SCALARS[inner])
            return [self.value(inner) for _ in range(count)]
        return self.file.unpack(SCALARS[kind])

    def rows(self, name):
        """The rows of a tensor, one after the other."""
        sides, kind, offset = self.tensors[name]
        elements, size, decode = TYPES[kind]
        blocks = sides[0] // elements
        at = self.base + offset
        for _ in range(math.prod(sides[1:])):
            row = []
            for _ in range(blocks):
                row += decode(self.file.data[at:at + size])
                at += size
            yield row

    def row(self, name):
        row, = self.rows(name)
        return row
