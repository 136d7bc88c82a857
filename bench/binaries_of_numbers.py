"""Counters, records, samples, grids, DNA and other tables."""

import math
import struct

from binary_kind import big, little, made, packed


@made
def counter_little(_):
    return little("I", range(1_000_000, 1_120_000))


@made
def counter_big_by_7(_):
    return big("I", range(5_000_000, 5_000_000 + 7 * 100_000, 7))


@made
def counter_64(rng):
    value, numbers = 1_600_000_000_000_000, []
    for _ in range(60_000):
        value += rng.choice((1000, 1000, 1000, 2000, 60_000))
        numbers.append(value)
    return little("Q", numbers)


@made
def shift_register(_):
    """A register of 31 bits: noise to all who do not know its taps."""
    state, bits = 1, []
    for _ in range(1_000_000):
        bit = (state >> 30 ^ state >> 27) & 1
        state = (state << 1 | bit) & 0x7FFFFFFF
        bits.append(bit)
    return packed(bits)


@made
def permutation_16(rng):
    numbers = list(range(65536))
    rng.shuffle(numbers)
    return little("H", numbers)


@made
def permutation_near(rng):
    numbers = list(range(120_000))
    for i in range(0, len(numbers) - 16):
        j = i + rng.randrange(16)
        numbers[i], numbers[j] = numbers[j], numbers[i]
    return little("I", numbers)


@made
def sorted_numbers(rng):
    return little("I", sorted(rng.randrange(1 << 32) for _ in range(100_000)))


@made
def varints(rng):
    out = bytearray()
    for _ in range(250_000):
        gap = int(rng.expovariate(1 / 90)) + 1
        while gap >= 128:
            out.append(gap & 127 | 128)
            gap >>= 7
        out.append(gap)
    return bytes(out)


def record_rows(rng, width, count, share):
    row = bytearray(rng.randbytes(width))
    out = bytearray()
    for _ in range(count):
        for _ in range(int(width * share) + 1):
            row[rng.randrange(width)] = rng.choice(b"ABCDEFGH0123456789 ")
        out += row
    return bytes(out)


@made
def records_of_37(rng):
    return record_rows(rng, 37, 12_000, 0.1)


@made
def records_of_1000(rng):
    return record_rows(rng, 1000, 500, 0.05)


@made
def records_of_6000(rng):
    return record_rows(rng, 6000, 120, 0.1)


@made
def records_of_text(rng):
    names = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randrange(4, 12)))
             for _ in range(900)]
    out = []
    for i in range(4000):
        fields = [f"{i:08}", rng.choice(names).title().ljust(24), rng.choice(names).ljust(30),
                  f"{rng.randrange(10**6):12.2f}", rng.choice(("DE", "FR", "US", "JP")),
                  f"20{rng.randrange(10, 26)}{rng.randrange(1, 13):02}{rng.randrange(1, 29):02}"]
        out.append("".join(fields).ljust(128))
    return "".join(out).encode()


@made
def structs(rng):
    out, time = bytearray(), 1_700_000_000
    for i in range(15_000):
        time += rng.randrange(3)
        out += struct.pack("<IIfHBBq", i, time, rng.gauss(20, 5), rng.randrange(400),
                           rng.randrange(4), 0, rng.choice((-1, 0, 7_000_000_000)))
    return bytes(out)


@made
def floats_walk(rng):
    value, numbers = 100.0, []
    for _ in range(100_000):
        value += rng.gauss(0, 0.1)
        numbers.append(value)
    return little("f", numbers)


@made
def doubles_sine(_):
    return little("d", (math.sin(i / 50) for i in range(60_000)))


@made
def doubles_rounded(rng):
    return little("d", (round(rng.lognormvariate(3, 1), 2) for _ in range(60_000)))


@made
def samples_12_bits(rng):
    value, numbers = 2048.0, []
    for i in range(200_000):
        value = 0.98 * value + 0.02 * 2048 + rng.gauss(0, 12)
        numbers.append(min(max(int(value + 300 * math.sin(i / 40)), 0), 4095))
    return little("H", numbers)


@made
def samples_12_bits_packed(rng):
    bits = []
    for i in range(120_000):
        value = int(2048 + 900 * math.sin(i / 60) + rng.gauss(0, 8))
        bits += [value >> k & 1 for k in range(11, -1, -1)]
    return packed(bits)


def heights(rng, size):
    """A fractal, by midpoints of a square of size + 1 points a side."""
    field = [[0.0] * (size + 1) for _ in range(size + 1)]
    step, spread = size, 2000.0
    while step > 1:
        half = step // 2
        for y in range(half, size, step):
            for x in range(half, size, step):
                corners = (field[y - half][x - half] + field[y - half][x + half] +
                           field[y + half][x - half] + field[y + half][x + half])
                field[y][x] = corners / 4 + rng.uniform(-spread, spread)
        for y in range(0, size + 1, half):
            for x in range((y + half) % step, size + 1, step):
                around = [field[y + dy][x + dx] for dy, dx in ((-half, 0), (half, 0), (0, -half),
                                                               (0, half))
                          if 0 <= y + dy <= size and 0 <= x + dx <= size]
                field[y][x] = sum(around) / len(around) + rng.uniform(-spread, spread)
        step, spread = half, spread * 0.5
    return [[int(value) for value in row[:size]] for row in field[:size]]


@made
def terrain_16_big(rng):
    return big("h", (value for row in heights(rng, 512) for value in row))


@made
def scan_12_bits(rng):
    """Slices of a body: ellipses and noise, 12 of 16 bits."""
    out = []
    for z in range(4):
        for y in range(256):
            for x in range(256):
                inside = ((x - 128) / 100) ** 2 + ((y - 128) / 80) ** 2 < 1
                core = ((x - 110 - 3 * z) / 30) ** 2 + ((y - 120) / 40) ** 2 < 1
                mean = 1100 if core else 1000 + 40 * math.sin(x / 9) if inside else 0
                out.append(max(0, int(mean + rng.gauss(0, 10 if inside else 2))))
    return little("H", out)


def dna(rng, count):
    """Bases with repeats, also inverted ones, that have mutated."""
    bases = rng.choices("ACGT", (30, 20, 20, 30), k=count // 3)
    pair = str.maketrans("ACGT", "TGCA")
    while len(bases) < count:
        length = int(rng.expovariate(1 / 800)) + 20
        if rng.random() < 0.4:
            bases += rng.choices("ACGT", (30, 20, 20, 30), k=length)
            continue
        begin = rng.randrange(max(1, len(bases) - length))
        copy = "".join(bases[begin : begin + length])
        if rng.random() < 0.5:
            copy = copy[::-1].translate(pair)
        bases += [rng.choice("ACGT") if rng.random() < 0.06 else base for base in copy]
    return "".join(bases[:count])


@made
def dna_letters(rng):
    return dna(rng, 400_000).encode()


@made
def dna_lines(rng):
    text = dna(rng, 400_000)
    return b">made 1\n" + "".join(text[i : i + 70] + "\n" for i in range(0, len(text), 70)).encode()


@made
def dna_masked(rng):
    text, out, at = dna(rng, 400_000), [], 0
    while at < len(text):
        length = int(rng.expovariate(1 / 700)) + 1
        piece = text[at : at + length]
        out.append(piece.lower() if len(out) % 2 else piece)
        at += length
    text = "".join(out)
    return b">made 2\n" + "".join(text[i : i + 60] + "\n" for i in range(0, len(text), 60)).encode()


@made
def dna_two_bits(rng):
    return packed(bit for base in dna(rng, 1_200_000) for bit in divmod("TCAG".index(base), 2))


@made
def protein(rng):
    letters, weights = "ACDEFGHIKLMNPQRSTVWY", [8, 1, 5, 6, 4, 7, 2, 6, 6, 10, 2, 4, 5, 4, 5, 7, 5,
                                               7, 1, 3]
    families = ["".join(rng.choices(letters, weights, k=300)) for _ in range(60)]
    out = []
    for i in range(800):
        chain = [rng.choice(letters) if rng.random() < 0.25 else c for c in rng.choice(families)]
        text = "".join(chain)
        out.append(f">P{i:05}\n" + "\n".join(text[k : k + 60] for k in range(0, 300, 60)) + "\n")
    return "".join(out).encode()


@made
def tree_pages(rng):
    """Pages of 4096 bytes with sorted keys from the front and their rows from the back."""
    out, key = bytearray(), 0
    for _ in range(80):
        page, front, back = bytearray(4096), 16, 4096
        page[0:4] = b"\x0d\0\0\0"
        while back - front > 60:
            key += rng.randrange(1, 4)
            row = struct.pack(">IB", key, rng.randrange(5)) + rng.choice(
                (b"open", b"closed", b"pending")) + str(rng.randrange(10**6)).encode()
            back -= len(row)
            page[back : back + len(row)] = row
            page[front : front + 2] = struct.pack(">H", back)
            front += 2
        out += page
    return bytes(out)


@made
def hash_table(rng):
    slots = [(0, 0)] * 32768
    for _ in range(20_000):
        key = rng.randrange(1 << 32)
        at = key * 2654435761 % (1 << 32) >> 17
        while slots[at][0]:
            at = (at + 1) % len(slots)
        slots[at] = (key, rng.randrange(1000))
    return b"".join(struct.pack("<IIQ", key, value, 0x7F0000000000 + 64 * value if key else 0)
                    for key, value in slots)


@made
def disk_with_holes(rng):
    out = bytearray(800_000)
    for _ in range(60):
        at = rng.randrange(0, len(out) - 4096) & ~511
        out[at : at + 2048] = bytes(rng.choices(b"the quick brown fox", k=2048))
    return bytes(out)


@made
def tile_numbers(rng):
    width, out = 256, []
    for y in range(512):
        for x in range(width):
            left = out[-1] if x else 0
            above = out[-width] if y else 0
            out.append(rng.choice((left, left, above, above, above, rng.randrange(40))))
    return little("H", out)


@made
def labels(rng):
    seeds = [(rng.randrange(512), rng.randrange(512), i) for i in range(90)]
    return bytes(min((((x - a) ** 2 + (y - b) ** 2), i) for a, b, i in seeds)[1]
                 for y in range(0, 512, 2) for x in range(0, 512))


@made
def suffix_numbers(rng):
    text = bytes(rng.choices(b"abcd ", k=60_000))
    return little("I", sorted(range(len(text)), key=lambda i: text[i : i + 40]))
