"""Kinds of text, text that something happened to, and what is no text; see kinds.py."""

import base64
import binascii
import codecs
import math
import struct
import zlib

from kind import KINDS, WORDS, kind, letters, lines, novel, replaced, words


# Text, and text that something happened to.
def novel_kinds():
    def add(name, make):
        KINDS[name] = make

    for one_in in (200, 60, 30, 15, 8, 4):
        add(f"noise_1_in_{one_in}",
            lambda rng, size, n=one_in: replaced(rng, novel(size), n, range(256)))
    for one_in in (100, 30, 10):
        add(f"bad_utf8_1_in_{one_in}",
            lambda rng, size, n=one_in: replaced(rng, novel(size), n, range(128, 256)))
        add(f"typos_1_in_{one_in}",
            lambda rng, size, n=one_in: replaced(rng, novel(size), n,
                                                 b"abcdefghijklmnopqrstuvwxyz"))
    for encoding in ("utf-16-le", "utf-16-be", "utf-32-le", "cp037", "cp500", "rot13"):
        add(f"novel_{encoding}", lambda rng, size, e=encoding: codecs.encode(
            novel(size).decode("ascii", "ignore"), e)[:size] if e != "rot13" else
            codecs.encode(novel(size).decode("ascii", "ignore"), e).encode())
    add("novel", lambda rng, size: novel(size))
    add("novel_later", lambda rng, size: novel(size, 100_000))
    add("novel_upper", lambda rng, size: novel(size).upper())
    add("novel_reversed", lambda rng, size: novel(size)[::-1])
    add("novel_no_spaces", lambda rng, size: novel(2 * size).replace(b" ", b"")[:size])
    add("novel_swapped_case", lambda rng, size: novel(size).swapcase())
    add("novel_xor", lambda rng, size: bytes(c ^ 0x55 for c in novel(size)))
    add("novel_crlf", lambda rng, size: novel(size).replace(b"\n", b"\r\n")[:size])
    add("novel_base64", lambda rng, size: base64.encodebytes(novel(size))[:size])
    add("novel_hex", lambda rng, size: binascii.hexlify(novel(size))[:size])
    add("novel_octal", lambda rng, size: " ".join(f"{c:03o}" for c in novel(size)).encode()[:size])
    add("novel_quoted", lambda rng, size: binascii.b2a_qp(novel(size))[:size])
    add("novel_hexdump", lambda rng, size: "\n".join(
        f"{i:08x}  " + " ".join(f"{c:02x}" for c in novel(16, i)) for i in range(0, size, 16)
    ).encode()[:size])
    add("novel_urlencoded", lambda rng, size: "".join(
        chr(c) if chr(c).isalnum() else f"%{c:02X}" for c in novel(size)).encode()[:size])


@kind
def novel_letters_shuffled(rng, size):
    return b"".join(bytes(rng.sample(list(novel(64, i)), len(novel(64, i))))
                    for i in range(0, size, 64))[:size]


@kind
def novel_words_shuffled(rng, size):
    found = novel(size).split()
    rng.shuffle(found)
    return b" ".join(found)


@kind
def novel_lines_sorted(rng, size):
    return b"\n".join(sorted(novel(size).split(b"\n")))


@kind
def words_sorted(rng, size):
    return "\n".join(WORDS).encode()[:size]


@kind
def words_random(rng, size):
    return words(rng, size // 4).encode()[:size]


@kind
def words_random_lines(rng, size):
    return words(rng, size // 4).replace(" ", "\n").encode()[:size]


@kind
def names_sorted(rng, size):
    return "\n".join(sorted(rng.choice(WORDS) + "." + rng.choice(WORDS) + "@mail.example"
                            for _ in range(size // 20))).encode()[:size]


@kind
def passwords(rng, size):
    return lines(lambda i: letters(rng, rng.randint(6, 14),
                                   "abcdefghijkmnopqrstuvwxyz23456789ABCDEFGH!#") + "\n", size)


@kind
def syllables(rng, size):
    parts = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]
    return lines(lambda i: "".join(rng.choices(parts, k=rng.randint(1, 4))) + " ", size)


def letter_kinds():
    for name, alphabet in {
            "dna": "ACGT", "dna_lower": "acgt", "protein": "ACDEFGHIKLMNPQRSTVWY", "digits":
            "0123456789", "bits_text": "01", "hex_random": "0123456789abcdef", "letters_random":
            "abcdefghijklmnopqrstuvwxyz", "base64_random":
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", "printable_random":
            "".join(map(chr, range(32, 127))), "brackets": "()[]{}<>", "blanks": " \t\n",
            "cyrillic_random": "абвгдежзийклмнопрстуфхцчшщъыьэюя ",
            "chinese_random": "".join(map(chr, range(0x4E00, 0x5200))),
            "emoji_random": "".join(map(chr, range(0x1F600, 0x1F640)))}.items():
        KINDS[name] = lambda rng, size, a=alphabet: letters(rng, size, a).encode()[:size]
        KINDS[name + "_wrapped"] = lambda rng, size, a=alphabet: lines(
            lambda i: letters(rng, 60, a) + "\n", size)


@kind
def skewed_letters(rng, size):
    return letters(rng, size, "etaoinshrdlu ", range(13, 0, -1)).encode()


@kind
def markov_letters(rng, size):
    text, out = novel(60_000).decode("ascii", "ignore"), []
    after = {}
    for a, b in zip(text, text[1:]):
        after.setdefault(a, []).append(b)
    letter = "t"
    for _ in range(size):
        letter = rng.choice(after.get(letter, " "))
        out.append(letter)
    return "".join(out).encode()


@kind
def markov_words(rng, size):
    found = novel(120_000).decode("ascii", "ignore").split()
    after = {}
    for a, b in zip(found, found[1:]):
        after.setdefault(a, []).append(b)
    word = found[0]

    def more(i):
        nonlocal word
        word = rng.choice(after.get(word, found))
        return word + " "
    return lines(more, size)


@kind
def fasta(rng, size):
    def entry(i):
        body = letters(rng, rng.randint(200, 900), "ACGT")
        return f">seq{i} len={len(body)}\n" + "".join(body[k:k + 70] + "\n"
                                                       for k in range(0, len(body), 70))
    return lines(entry, size)


def fastq_of(rng, size, quality):
    return lines(
        lambda i: f"@SRR{1000 + i // 100}.{i} {rng.randint(1, 30000)}:{rng.randint(1, 9)}/1\n"
                           f"{letters(rng, 100, 'ACGT')}\n+\n{quality()}\n", size)


@kind
def fastq(rng, size):
    return fastq_of(rng, size, lambda: letters(rng, 100, "".join(map(chr, range(33, 74)))))


@kind
def fastq_binned(rng, size):
    return fastq_of(rng, size, lambda: letters(rng, 100, "F:,#", [80, 10, 7, 3]))


@kind
def dna_mutated(rng, size):
    start = [rng.choice("ACGT") for _ in range(size // 8)]
    out = []
    for _ in range(8):
        out += [rng.choice("ACGT") if rng.randrange(50) == 0 else c for c in start]
    return "".join(out).encode()


@kind
def dna_gene_table(rng, size):
    return lines(lambda i: f"chr{1 + i // 99}\t{i * 317 + rng.randrange(300)}\t.\t"
                 f"{rng.choice('ACGT')}\t{rng.choice('ACGT')}\t{rng.randint(10, 99)}\tPASS\n",
                 size)


# Bytes that are no text.
@kind
def random_bytes(rng, size):
    return rng.randbytes(size)


@kind
def deflated(rng, size):
    return zlib.compress(novel(5 * size), 9)[:size]


@kind
def floats(rng, size):
    return struct.pack(f"<{size // 4}f", *(rng.gauss(0, 1) for _ in range(size // 4)))


@kind
def records_binary(rng, size):
    return b"".join(struct.pack("<IHHd", i, rng.randrange(99), 7, rng.random())
                    for i in range(size // 16))


@kind
def sine_16(rng, size):
    return struct.pack(f"<{size // 2}h", *(int(9000 * math.sin(i / 9) + rng.gauss(0, 50))
                                           for i in range(size // 2)))


@kind
def skewed_bytes(rng, size):
    return bytes(min(255, int(rng.expovariate(1 / 12))) for _ in range(size))


@kind
def sparse(rng, size):
    return bytes(rng.randrange(256) if rng.randrange(40) == 0 else 0 for _ in range(size))


# Built to fool samples: what is in the middle, at the ends or in every other piece is not what is
# elsewhere. Of these a level may be 2 % larger.
def fooling_kinds():
    def dna(rng, size):
        return letters(rng, size, "ACGT").encode()

    def add(name, share):
        def make(rng, size):
            pieces = []
            for i in range(16):
                pieces.append(novel(size // 16, 3000 * i) if share(i) else dna(rng, size // 16))
            return b"".join(pieces)
        KINDS["fool_" + name] = make

    add("text_in_the_middle", lambda i: 7 <= i <= 8)
    add("text_at_the_ends", lambda i: i in (0, 15))
    add("text_at_the_beginning", lambda i: i < 3)
    add("text_in_second_half", lambda i: i >= 8)
    add("every_other_piece", lambda i: i % 2)
    add("every_fourth_piece", lambda i: i % 4 == 0)
    add("dna_in_the_middle", lambda i: not 6 <= i <= 9)


novel_kinds()
letter_kinds()
fooling_kinds()
