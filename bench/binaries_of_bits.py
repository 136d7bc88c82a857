"""Pictures of two colours, runs, masks and sequences that follow a rule."""

import math

from binary_kind import made, packed


def picture_rows(rng, width, height):
    """A page with lines of blobs, as a scanner sees them: rows of zeros and ones."""
    glyphs = []
    for _ in range(40):
        strokes = [(rng.randrange(12), rng.randrange(18), rng.choice([(0, 1), (1, 0), (1, 1)]),
                    rng.randrange(5, 14)) for _ in range(3)]
        cells = set()
        for x, y, (dx, dy), length in strokes:
            for t in range(length):
                cells |= {(x + t * dx + a, y + t * dy + b) for a in range(3) for b in range(2)}
        glyphs.append(cells)
    rows = [bytearray(width) for _ in range(height)]
    for top in range(20, height - 40, 34):
        left = 30
        while left < width - 60:
            if rng.random() < 0.85:
                for x, y in rng.choice(glyphs):
                    if left + x < width and top + y < height:
                        rows[top + y][left + x] = rng.random() > 0.01
            left += 20
    return rows


def bitmap(rng, width, height, is_low_first=False):
    return b"".join(packed(row, is_low_first) for row in picture_rows(rng, width, height))


@made
def bitmap_1728(rng):
    return bitmap(rng, 1728, 1200)


@made
def bitmap_low_first(rng):
    return bitmap(rng, 1728, 1000, is_low_first=True)


@made
def bitmap_333(rng):
    return bitmap(rng, 333, 3000)


@made
def bitmap_without_row_ends(rng):
    return packed(bit for row in picture_rows(rng, 997, 1200) for bit in row)


@made
def bitmap_dithered(rng):
    width, height = 800, 1200
    levels = [[0.5 + 0.5 * math.sin(x / 90 + math.sin(y / 70)) * math.cos(y / 110)
               for x in range(width)] for y in range(height)]
    out = bytearray()
    for y, row in enumerate(levels):
        bits = []
        for x in range(width):
            value = min(max(row[x], 0), 1)
            bits.append(int(value > 0.5))
            error = value - bits[-1]
            if x + 1 < width:
                row[x + 1] += error * 7 / 16
            if y + 1 < height:
                if x:
                    levels[y + 1][x - 1] += error * 3 / 16
                levels[y + 1][x] += error * 5 / 16
                if x + 1 < width:
                    levels[y + 1][x + 1] += error / 16
        out += packed(bits)
    return bytes(out)


@made
def automaton_rule_30(_):
    width = 1024
    row = 1 << (width // 2)
    mask = (1 << width) - 1
    out = bytearray()
    for _ in range(2000):
        out += row.to_bytes(width // 8, "big")
        row = ((row >> 1) ^ (row | row << 1)) & mask
    return bytes(out)


@made
def runs(rng):
    out = bytearray()
    while len(out) < 300_000:
        out += bytes([rng.randrange(256)]) * int(rng.expovariate(1 / 60) + 1)
    return bytes(out)


@made
def runs_of_few_bytes(rng):
    out = bytearray()
    while len(out) < 500_000:
        out += bytes([rng.choice(b"\0\0\0\xff\x01")]) * int(rng.expovariate(1 / 200) + 1)
    return bytes(out)


@made
def mask_one_in_1000(rng):
    return packed(int(rng.random() < 0.001) for _ in range(4_000_000))


@made
def mask_one_in_50(rng):
    return packed(int(rng.random() < 0.02) for _ in range(1_600_000))


@made
def bytes_one_in_500(rng):
    return bytes(rng.randrange(1, 256) if rng.random() < 0.002 else 0 for _ in range(600_000))


@made
def thue_morse_bits(_):
    return packed(bin(i).count("1") & 1 for i in range(1 << 22))


@made
def thue_morse_bytes(_):
    return bytes(bin(i).count("1") & 1 for i in range(1 << 19))


@made
def fibonacci_bits(_):
    a, b = "0", "01"
    while len(b) < 3_000_000:
        a, b = b, b + a
    return packed(map(int, b[:3_000_000]))


@made
def fibonacci_bytes(_):
    a, b = b"a", b"ab"
    while len(b) < 500_000:
        a, b = b, b + a
    return b[:500_000]


@made
def de_bruijn(_):
    """All words of four nibbles, each once, by the greedy rule of the largest next nibble."""
    seen, word, out = set(), (0, 0, 0), [0, 0, 0]
    while True:
        for nibble in range(15, -1, -1):
            if (*word, nibble) not in seen:
                break
        else:
            break
        seen.add((*word, nibble))
        out.append(nibble)
        word = (word[1], word[2], nibble)
    return bytes(out)
