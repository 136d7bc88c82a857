#!/usr/bin/env python3
"""What lmz-convert does, a second time, slow and in Python's integers of any size.

usage: convert_check.py TOY_GGUF LMZ_CONVERT
       convert_check.py --model FILE.gguf FILE.lmm [LAYERS]

With the program toy_gguf, makes a small model of each kind, converts it and compares every number
of the model file with what docs/spec/model.md and the sentences below say it must be. With --model,
compares a given pair of files: all small tensors, constants and the vocabulary, and the matrices of
the first LAYERS layers (0 unless given), with the embedding if these are all.
"""
import decimal
import math
import pathlib
import subprocess
import sys
import tempfile

from exact_gguf import UNIT, Gguf, Reader, f32, signed

decimal.getcontext().prec = 120
D = decimal.Decimal
PI = D("3.1415926535897932384626433832795028841971693993751058209749445923078164062862089986280348"
       "253421170679821480865132823066470938446")


def nearest(x):
    return int(x.to_integral_value(rounding=decimal.ROUND_HALF_UP))


# --- What must come out -----------------------------------------------------------------------


def permuted(rows, head_size):
    """Neighbours within each head become halves."""
    rows = list(rows)
    half = head_size // 2
    return [rows[h + 2 * (i % half) + i // half]
            for h in range(0, len(rows), head_size) for i in range(head_size)]


def least_scale(value, exponent):
    """ceil(value * 2^exponent / 127)"""
    shift = exponent - UNIT
    if shift >= 0:
        return -(-(value << shift) // 127)
    return -(-value // (127 << -shift))


def matrix_of(rows, gain):
    """Scale_Exponent, Row_Scale, weights: the least scales by which 127 steps reach each row's
    largest magnitude, as fine as 15 bits allow; weights to the nearest, ties away from zero."""
    rows = list(rows)
    tops = [max(map(abs, row)) for row in rows]
    exponent = 127
    while least_scale(max(tops), exponent) > 32767:
        exponent -= 1
    scales = [least_scale(top, exponent) for top in tops]
    weights = []
    for row, scale in zip(rows, scales):
        for value in row:
            divisor = max(scale, 1) << UNIT
            numerator = abs(value) << exponent if exponent >= 0 else abs(value)
            if exponent < 0:
                divisor <<= -exponent
            weight = (2 * numerator + divisor) // (2 * divisor)
            weights.append(-weight if value < 0 else weight)
    return exponent - gain, scales, weights


def fractions_of(row, n):
    """row * root of n with as many fraction bits as 16-bit integers have room for."""
    def whole(value, fraction):  # the nearest, by the root of 4 times the square
        shift = 2 * (fraction + 1 - UNIT)
        square = value * value * n
        square = square << shift if shift >= 0 else square >> -shift
        root = (math.isqrt(square) + 1) // 2
        return -root if value < 0 else root
    fraction = 64
    while max(abs(whole(v, fraction)) for v in row) > 32767:
        fraction -= 1
    return fraction, [whole(v, fraction) for v in row]


def scale_of(x):
    """x as mantissa * 2^-exponent with 15 bits, to the nearest."""
    exponent = 0
    while x * D(2) ** exponent < 2**14:
        exponent += 1
    while x * D(2) ** exponent >= 2**15:
        exponent -= 1
    mantissa = nearest(x * D(2) ** exponent)
    return (mantissa, exponent) if mantissa < 2**15 else (2**14, exponent - 1)


def phases_of(base, divisors):
    half = len(divisors)
    return [nearest(2**32 * base ** (D(-i) / half) / (2 * PI * d)) % 2**32
            for i, d in enumerate(divisors)]


def decimal_of(value):
    return D(value) / D(2) ** UNIT


class Model:
    """What the model file must hold, in the order of the file."""

    def __init__(self, gguf, context, drop):
        m = gguf.metadata
        self.gguf, self.arch = gguf, m["general.architecture"].decode()
        def key(name, *default):
            return m.get(f"{self.arch}.{name}", *default) if default else m[f"{self.arch}.{name}"]
        self.key = key
        self.gemma = self.arch == "gemma3"
        self.layers, self.width = key("block_count"), key("embedding_length")
        self.heads = key("attention.head_count")
        self.kv_heads = key("attention.head_count_kv", self.heads)
        self.head_size = key("attention.key_length", self.width // self.heads)
        self.hidden = key("feed_forward_length")
        self.rows = gguf.tensors["token_embd.weight"][0][1]
        self.context, self.drop = context, drop
        self.biases = "blk.0.attn_q.bias" in gguf.tensors
        self.own_head = "output.weight" in gguf.tensors

    def shape(self):
        flags = self.biases | 6 * self.gemma | 8 * self.own_head
        return (2, self.width, self.layers, self.heads, self.kv_heads, self.head_size, self.hidden,
                self.rows, self.context, self.drop, 4, 2 if self.gemma else 1, int(self.gemma),
                flags)

    def phases(self):
        half = self.head_size // 2
        base = decimal_of(f32(self.key("rope.freq_base", 0x461C4000)))
        factor = D(1)
        if self.key("rope.scaling.type", b"none") == b"linear":
            factor = decimal_of(f32(self.key("rope.scaling.factor")))
        divisors = [factor] * half
        if "rope_freqs.weight" in self.gguf.tensors:
            own = self.gguf.row("rope_freqs.weight")
            divisors = [factor * decimal_of(f) for f in own]
        tables = [phases_of(D(10000), [D(1)] * half)] if self.gemma else []
        return tables + [phases_of(base, divisors)]

    def scales(self, gain):
        epsilon = decimal_of(f32(self.key("attention.layer_norm_rms_epsilon")))
        log2_e = 1 / D(2).ln()
        return [scale_of(x) for x in (epsilon * D(4) ** gain,
                                      (D(self.width).sqrt() if self.gemma else D(1)) * 2**gain,
                                      log2_e / D(self.head_size).sqrt(), log2_e)]

    def gain(self, exponent, scales):
        """The stream is doubled until the mean of the rows' largest magnitudes is at least 1/2."""
        mantissa, own = self.scales(0)[1]
        mean = D(sum(scales) * 127 * mantissa) / len(scales) * D(2) ** -(exponent + own)
        gain = 0
        while mean * 2**gain < D("0.5"):
            gain += 1
        return gain


def check(what, found, expected):
    if found != expected:
        if isinstance(found, (list, tuple)) and len(found) == len(expected):
            at = next(i for i, pair in enumerate(zip(found, expected)) if pair[0] != pair[1])
            what, found, expected = f"{what}[{at}]", found[at], expected[at]
        sys.exit(f"{what}: {found} in the model file, {expected} expected")


class NetworkCheck:
    """Reads the section NETW and compares as it goes."""

    def __init__(self, section, model, layers_of_matrices):
        self.file, self.model, self.limit = Reader(section), model, layers_of_matrices
        self.gain = 0

    def matrix(self, name, rows, columns, planes=2, pairs=0, gain=0, skip=False):
        found_planes, exponent = self.file.unpack("Bb")
        scales = self.file.many(rows, "h")
        weights = self.file.take(rows * columns)
        check(name + " planes", found_planes, planes)
        if not skip:
            source = self.model.gguf.rows(name)
            expected = matrix_of(permuted(source, pairs) if pairs else source, gain)
            check(name + " exponent", exponent, expected[0])
            check(name + " scales", scales, expected[1])
            check(name, list(signed(weights)), expected[2])
        return exponent, scales

    def numbers(self, name, size, n, pairs=0, gain=0):
        row = self.model.gguf.row(name)
        assert len(row) == size
        fraction, whole = fractions_of(permuted(row, pairs) if pairs else row, n)
        check(name + " fraction", self.file.unpack("b"), fraction - gain)
        check(name, self.file.many(size, "h"), whole)

    def norm(self, name, size, gain=0):
        self.numbers(name, size, size, gain=gain)

    def layer(self, i):
        m, skip = self.model, i >= self.limit
        queries, keys = m.heads * m.head_size, m.kv_heads * m.head_size
        pairs = m.head_size if m.arch == "llama" else 0
        window = m.key("attention.sliding_window") if m.gemma and (i + 1) % 6 else 0
        check(f"layer {i}", self.file.unpack("BH"), (int(m.gemma and window == 0), window))
        pre = f"blk.{i}."
        inner, outer = (0, self.gain) if m.gemma else (self.gain, 0)
        self.norm(pre + "attn_norm.weight", m.width)
        self.matrix(pre + "attn_q.weight", queries, m.width, 2, pairs, skip=skip)
        self.matrix(pre + "attn_k.weight", keys, m.width, 2, pairs, skip=skip)
        self.matrix(pre + "attn_v.weight", keys, m.width, skip=skip)
        if m.biases:
            self.numbers(pre + "attn_q.bias", queries, 1, pairs)
            self.numbers(pre + "attn_k.bias", keys, 1, pairs)
            self.numbers(pre + "attn_v.bias", keys, 1)
        if m.gemma:
            self.norm(pre + "attn_q_norm.weight", m.head_size)
            self.norm(pre + "attn_k_norm.weight", m.head_size)
        self.matrix(pre + "attn_output.weight", m.width, queries, 1, gain=inner, skip=skip)
        if m.gemma:
            self.norm(pre + "post_attention_norm.weight", m.width, outer)
        self.norm(pre + "ffn_norm.weight", m.width)
        self.matrix(pre + "ffn_gate.weight", m.hidden, m.width, skip=skip)
        self.matrix(pre + "ffn_up.weight", m.hidden, m.width, skip=skip)
        self.matrix(pre + "ffn_down.weight", m.width, m.hidden, gain=inner, skip=skip)
        if m.gemma:
            self.norm(pre + "post_ffw_norm.weight", m.width, outer)

    def run(self):
        m = self.model
        check("shape", self.file.unpack("7HI2H4B"), m.shape())
        scales = [self.file.unpack("hb") for _ in range(4)]
        for table in m.phases():
            check("phases", self.file.many(m.head_size // 2, "I"), table)
        is_sample = self.limit < m.layers
        exponent, rows = self.matrix("token_embd.weight", m.rows, m.width, skip=is_sample)
        self.gain = m.gain(exponent, rows)
        check("scales", scales, m.scales(self.gain))
        for i in range(m.layers):
            self.layer(i)
        self.norm("output_norm.weight", m.width)
        if m.own_head:
            self.matrix("output.weight", m.rows, m.width, skip=is_sample)
        check("size of the network", self.file.at, len(self.file.data))


# --- Vocabulary -------------------------------------------------------------------------------


def byte_alphabet():
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [b for b in range(256) if b not in shown]
    return {**{chr(b): b for b in shown}, **{chr(256 + i): b for i, b in enumerate(hidden)}}


ALPHABET = byte_alphabet()
WORDS = {b"default": 1, b"gpt-2": 1, b"smollm": 2, b"llama-bpe": 3, b"qwen2": 4}


def spelled(text):
    """Bytes of a token of byte-level BPE, or None."""
    text = text.decode("utf-8", "replace")
    return bytes(ALPHABET[c] for c in text) if all(c in ALPHABET for c in text) else None


def token_bytes(text, kind, is_bpe):
    if is_bpe:
        return spelled(text) if kind == 1 else None
    if kind == 6:
        return bytes([int(text[3:5], 16)])
    return text.replace("\u2581".encode(), b" ") if kind in (1, 4) else None


def expected_vocabulary(gguf):
    m = gguf.metadata
    is_bpe = m["tokenizer.ggml.model"] == b"gpt2"
    kinds = m.get("tokenizer.ggml.token_type", [1] * len(m["tokenizer.ggml.tokens"]))
    rows = {}
    for wanted in (False, True):  # byte tokens behind others
        for row, (text, kind) in enumerate(zip(m["tokenizer.ggml.tokens"], kinds)):
            raw = token_bytes(text, kind, is_bpe)
            if raw and len(raw) <= 256 and (kind == 6) == wanted:
                rows.setdefault(raw, row)
    pre = m.get("tokenizer.ggml.pre", b"default")
    begin = m.get("tokenizer.ggml.bos_token_id", m.get("tokenizer.ggml.eos_token_id", 0))
    begin = 0 if pre == b"smollm" else begin
    missing = {bytes([b]) for b in range(256)} - set(rows)
    stand_in = rows.get(b"\xEF", begin)
    texts = sorted({**rows, **dict.fromkeys(missing)})
    number = {text: i for i, text in enumerate(texts)}
    result = {"begin": begin, "virtual": missing, "texts": texts,
              "rows": [rows.get(text, stand_in) for text in texts], "merges": [], "order": [],
              "whole": [], "words": WORDS[pre] if is_bpe else 0, "joins": 0 if is_bpe else 1}
    if is_bpe:
        for merge in m["tokenizer.ggml.merges"]:
            left, right = (spelled(half) for half in merge.split(b" "))
            if left in number and right in number and left + right in number:
                result["merges"] += [number[left], number[right]]
        return result
    scores = [f32(s) for s in m["tokenizer.ggml.scores"]]
    normal = [t for t in texts if t in rows and kinds[rows[t]] == 1]
    ranks = {s: i for i, s in enumerate(sorted({scores[rows[t]] for t in normal}, reverse=True))}
    normal = set(normal)
    result["order"] = [ranks[scores[rows[t]]] if t in normal else 2**32 - 1 for t in texts]
    result["whole"] = [i for i, t in enumerate(texts) if t in rows and kinds[rows[t]] == 4]
    return result


def check_vocabulary(section, gguf):
    expected = expected_vocabulary(gguf)
    file = Reader(section)
    count, begin, weight = file.unpack("IIB")
    virtual = int.from_bytes(file.take(32), "little")
    words, joins = file.unpack("BB")
    check("tokens", count, len(expected["texts"]))
    check("begin", begin, expected["begin"])
    check("weight of virtual tokens", weight, 12)
    check("virtual", {bytes([b]) for b in range(256) if virtual >> b & 1}, expected["virtual"])
    check("words and joins", (words, joins), (expected["words"], expected["joins"]))
    text, texts = b"", []
    for _ in range(count):
        shared, more = file.unpack("BB")
        text = text[:shared] + file.take(more + 1)
        texts.append(text)
    check("texts", texts, expected["texts"])
    check("rows", file.many(count, "I"), expected["rows"])
    if joins == 0:
        check("merges", file.many(2 * file.unpack("I"), "I"), expected["merges"])
    else:
        check("order", file.many(count, "I"), expected["order"])
    check("whole", file.many(file.unpack("I"), "I"), expected["whole"])
    check("size of the vocabulary", file.at, len(section))


# --- Files ------------------------------------------------------------------------------------


def check_files(gguf_path, lmm_path, context, drop, layers=10**9):
    gguf = Gguf(gguf_path)
    file = Reader(pathlib.Path(lmm_path).read_bytes())
    check("magic", file.take(5), b"\xF7LMM\0")
    sections = {}
    while len(file.data) - file.at > 16:
        tag, size = file.unpack("4sQ")
        sections[tag.decode()] = file.take(size)
    check("sections", list(sections), ["CARD", "NETW", "VOCA"])
    card = Reader(sections["CARD"])
    name, licence, note = (card.take(card.varint()) for _ in range(3))
    NetworkCheck(sections["NETW"], Model(gguf, context, drop), layers).run()
    check_vocabulary(sections["VOCA"], gguf)
    return name, licence, note


KINDS = ("llama", "gemma3", "qwen2", "llama2", "llama3")


def check_toys(toy_gguf, lmz_convert):
    with tempfile.TemporaryDirectory() as folder:
        for kind in KINDS:
            source, target = f"{folder}/{kind}.gguf", f"{folder}/{kind}.lmm"
            subprocess.run([toy_gguf, kind, source], check=True)
            context = ["--context", "64", "--drop", "16"] if kind == "llama3" else []
            subprocess.run([lmz_convert, "-q", *context, source, "-o", target], check=True)
            made_for = Gguf(source).metadata.get(f"{kind.rstrip('23')}.context_length", 1024)
            size = 64 if context else min(1024, made_for)
            card = check_files(source, target, size, 16 if context else size // 8)
            check(kind + " card", card[:2], (f"toy-{kind}".encode(), b"CC0-1.0"))
            print(f"{kind}: all numbers agree")


def main():
    if sys.argv[1] == "--model":
        layers = int(sys.argv[4]) if len(sys.argv) > 4 else 0
        check_files(sys.argv[2], sys.argv[3], 1024, 128, layers)
        print("all numbers that were compared agree")
    else:
        check_toys(*sys.argv[1:3])


if __name__ == "__main__":
    main()
