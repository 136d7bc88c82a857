#!/usr/bin/env python3
"""The transformer a second time, in Python's integers of any size, from docs/spec/numerics.md.

usage: transformer_reference.py TRACE

TRACE is the program transformer_trace: for each of its cases it prints a random model, the tokens
of a lane and the weights that the library gave, as one line of JSON. All must be what is computed
here, and every intermediate value must fit where the specification says that it fits.
"""
import json
import math
import subprocess
import sys
from decimal import Decimal, getcontext

getcontext().prec = 50
LIMIT = 2**30 - 1
PI = Decimal("3.14159265358979323846264338327950288419716939937510")


def nearest(x):
    return int(x.to_integral_value(rounding="ROUND_HALF_UP"))


def sine_of(x):
    """By its series, for 0 <= x <= pi/2."""
    term, total, n = x, x, 1
    while abs(term) > Decimal(10) ** -40:
        term = -term * x * x / ((n + 1) * (n + 2))
        total, n = total + term, n + 2
    return total


COARSE = [nearest(2**15 * Decimal(2) ** (Decimal(-j) / 32)) for j in range(32)]
FINE = [nearest(2**15 * Decimal(2) ** (Decimal(-j) / 1024)) for j in range(32)]
LOG = {r: nearest(1024 * Decimal(r).ln() / Decimal(2).ln()) for r in range(127, 255)}
QUARTER = [nearest(2**30 * sine_of(PI / 2 * i / 1024)) for i in range(1025)]
QUARTER.append(QUARTER[-1])


def fits(value, bits):
    """Asserts that a signed number of so many bits holds it."""
    assert -(2 ** (bits - 1)) <= value < 2 ** (bits - 1), (value, bits)
    return value


def bits_of(a):
    return abs(a).bit_length()


def round_shift(a, s):
    assert 0 <= s <= 62
    return fits(a + (2**s >> 1), 64) >> s


def clamp(a, m):
    return max(-m, min(m, a))


def between(a, low, high):
    return max(low, min(high, a))


def mul_q15(a, b):
    return round_shift(fits(a * b, 32), 15)


def shifted(a, s):
    assert abs(a) < 2**61
    if s >= 0:
        return clamp(round_shift(a, min(s, 62)), LIMIT)
    return clamp(clamp(a, LIMIT) << min(-s, 30), LIMIT)


def exp30(i):
    return COARSE[i // 32] * FINE[i % 32]


def power(d):
    assert 0 <= d < 2**32
    return exp30(d % 1024) >> min(31, d // 1024)


def sigmoid(z):
    return min(65535, nearest(2**16 / (1 + (Decimal(-z) / 256).exp())))


SIGMOID = {}


def sigmoid_of(z):
    if z not in SIGMOID:
        SIGMOID[z] = sigmoid(z)
    return SIGMOID[z]


def sine(a):
    b = a % 2**30
    if a >> 30 & 1:
        b = 2**30 - b
    i, f = b >> 20, b % 2**20
    v = round_shift(QUARTER[i] + ((QUARTER[i + 1] - QUARTER[i]) * f >> 20), 15)
    return -v if a >> 31 else v


def norm(x, fraction, weights, epsilon):
    assert all(abs(v) < 2**30 for v in x)
    m, e = epsilon
    shift = 2 * fraction - e
    extra = len(x) * m << shift if shift >= 0 else len(x) * m >> -shift
    extra = min(extra, 2**60)
    d = max(0, bits_of(max(map(abs, x))) - 24)
    y = [round_shift(v, d) for v in x]
    total = fits(max(1, sum(v * v for v in y) + (extra >> min(2 * d, 63))), 64)
    t = (total.bit_length() - 47) // 2 * 2
    n = total >> t if t >= 0 else total << -t
    assert 2**46 <= n < 2**48
    r = 2**47 // math.isqrt(n)
    u = [round_shift(v * r, 25 + t // 2) for v in y]
    return [clamp(round_shift(a * w, 22), 32767) for a, w in zip(u, weights)]


def one_plane(a, fraction):
    """q, M, E and r of 3.2, and s."""
    assert all(abs(v) < 2**31 for v in a)
    m = max(1, max(map(abs, a)))
    s = 15 - bits_of(m)
    def shift(v):
        return v << s if s >= 0 else v >> -s
    r = (255 * 2**14 - 1) // (shift(m) + 1)
    q = [mul_q15(shift(v), r) for v in a]
    assert all(abs(v) <= 127 for v in q)
    return {"q": q, "M": (2**21 + r // 2) // r, "E": 6 + s + fraction, "r": r, "s": s}


def two_planes(a, fraction):
    m = max(1, max(map(abs, a)))
    s = 14 - bits_of(m)
    def shift(v, s):
        return v << s if s >= 0 else round_shift(v, -s)
    if shift(m, s) > 16319:
        s -= 1
    whole = [shift(v, s) for v in a]
    high = [(v + 64) >> 7 for v in whole]
    low = [v - 128 * h for v, h in zip(whole, high)]
    assert all(abs(h) <= 127 for h in high) and all(-64 <= v <= 63 for v in low)
    return {"h": high, "l": low, "E": s + fraction}


def dot(a, b):
    return fits(sum(x * y for x, y in zip(a, b)), 32)


class Matrix:
    def __init__(self, matrix, columns):
        self.planes, self.exponent = matrix["planes"], matrix["exponent"]
        self.row_scale, self.columns = matrix["row_scale"], columns
        w = matrix["weights"]
        self.rows = [w[i * columns:(i + 1) * columns] for i in range(len(self.row_scale))]

    def sums(self, x, fraction, rows=None):
        """c_i and s_i, and X."""
        rows = range(len(self.rows)) if rows is None else rows
        if self.planes == 1:
            p = one_plane(x, fraction)
            return ([(dot(self.rows[i], p["q"]), mul_q15(self.row_scale[i], p["M"])) for i in rows],
                    self.exponent + p["E"] - 15)
        p = two_planes(x, fraction)
        k = max(0, self.columns.bit_length() - 10)
        pairs = []
        for i in rows:
            high = fits(dot(self.rows[i], p["h"]) << (7 - k), 32)
            low = round_shift(dot(self.rows[i], p["l"]), k)
            pairs.append((fits(high + low, 32), self.row_scale[i]))
        return pairs, self.exponent + p["E"] - k

    def scaled(self, x, fraction, to, rows=None):
        pairs, exponent = self.sums(x, fraction, rows)
        v = between(exponent - to, 0, 47)
        limit = 2 ** (15 + v) - 1 if v < 16 else 2**31
        y = [round_shift(clamp(c, limit) * s, v) for c, s in pairs]
        assert all(abs(a) < 2**30 for a in y)
        return y

    def free(self, x, fraction):
        pairs, exponent = self.sums(x, fraction)
        y = [round_shift(c * s, 16) for c, s in pairs]
        assert all(abs(a) < 2**30 for a in y)
        return y, exponent - 16


class Transformer:
    """One lane."""

    def __init__(self, model):
        self.model, self.shape = model, model["shape"]
        shape = self.shape
        width, queries = shape["width"], shape["heads"] * shape["head_size"]
        columns = {"output": queries, "down": shape["hidden"]}
        self.layers = [{name: Matrix(value, columns.get(name, width))
                        if isinstance(value, dict) and "planes" in value else value
                        for name, value in layer.items()} for layer in model["layers"]]
        head = Matrix(model["head" if shape["has_own_head"] else "embedding"], width)
        m, e = model["logit_scale"]
        head.row_scale = [mul_q15(s, m) for s in head.row_scale]
        head.exponent += e - 15
        self.head = head
        self.tokens = []
        # [layer][token][head]: before its rotation, its fraction; the value
        self.keys = [[] for _ in self.layers]
        self.values = [[] for _ in self.layers]

    def embed(self, row):
        embedding, width = self.model["embedding"], self.shape["width"]
        m, e = self.model["embedding_scale"]
        weights = embedding["weights"][row * width:(row + 1) * width]
        scale = embedding["row_scale"][row] * m
        shift = embedding["exponent"] + e - 10
        return [shifted(w * scale, shift) for w in weights]

    def rotated(self, z, fraction, place, table):
        phases = self.model["phases"][table]
        half = len(phases)
        out = list(z)
        for i, phase in enumerate(phases):
            a = place * phase % 2**32
            c, t = sine((a + 2**30) % 2**32), sine(a)
            out[i] = fits(z[i] * c - z[i + half] * t, 32)
            out[i + half] = fits(z[i] * t + z[i + half] * c, 32)
        return self.planes(out, fraction + 15)

    def planes(self, z, fraction):
        return (two_planes if self.shape["has_biases"] else one_plane)(z, fraction)

    def heads(self, layer, name, x, fraction, count):
        """The heads of a projection with bias, and their fraction."""
        y, f = layer[name].free(x, fraction)
        if self.shape["has_biases"]:
            bias = layer[name + "_bias"]
            y = [clamp(a + shifted(b, bias["fraction"] - f), LIMIT)
                 for a, b in zip(y, bias["weights"])]
        size = self.shape["head_size"]
        return [y[i * size:(i + 1) * size] for i in range(count)], f

    def prepared(self, y, fraction, weights):
        if self.shape["has_head_norms"]:
            return norm(y, fraction, weights["weights"], self.model["epsilon"]), weights["fraction"]
        d = max(0, bits_of(max(map(abs, y))) - 15)
        return [clamp(round_shift(v, d), 32767) for v in y], fraction - d

    def seen(self, place, window):
        """(token, its place now) of all that a token sees."""
        shape = self.shape
        sinks, oldest = shape["sinks"], shape["sinks"]
        if place >= shape["context"]:
            oldest += shape["drop"] * ((place - shape["context"]) // shape["drop"] + 1)
        tokens = [(j, oldest - sinks + j) for j in range(min(sinks, place + 1))]
        tokens += [(t, t) for t in range(oldest, place + 1)]
        return [(t, p) for t, p in tokens if not window or p > place - window]

    def score(self, query, key):
        m, e = self.model["score_scale"]
        if self.shape["has_biases"]:
            d = (128 * dot(query["h"], key["h"]) + dot(query["h"], key["l"])
                 + dot(query["l"], key["h"]) + round_shift(dot(query["l"], key["l"]), 7))
            fits(d, 32)
            return clamp((d * m) >> between(key["E"] + query["E"] + e - 17, 0, 47), LIMIT)
        product = fits(query["M"] * m, 32)
        z = bits_of(product) - 15
        c = product >> z
        mantissa, exponent = key["M"], key["E"]
        if mantissa < 2**14:
            mantissa, exponent = 2 * mantissa, exponent + 1
        a = max(0, bits_of(16129 * self.shape["head_size"]) - 15)
        d = fits(round_shift(dot(query["q"], key["q"]), a), 16)
        shift = between(exponent + query["E"] + e - z - a - 25, 0, 31)
        return fits(mul_q15(d, mantissa) * c, 32) >> shift

    def attend(self, scores, values):
        """c_i, f' and e_h."""
        largest = max(scores)
        total = sum(power(largest - x) >> 8 for x in scores)
        logs = [v["V"] for v in values]
        most = max(fits(x + v, 32) for x, v in zip(scores, logs))
        p = [((power(most - x - v) >> 17) + 1) >> 1 for x, v in zip(scores, logs)]
        assert all(0 <= w <= 4096 for w in p)
        c = [fits(sum(w * v["q"][i] for w, v in zip(p, values)), 32)
             for i in range(self.shape["head_size"])]
        g = largest - most
        f = exp30(g % 1024) * 2**20 // total
        z = bits_of(f) - 15
        assert z >= 0
        return c, f >> z, g // 1024 + 40 - z

    def attention(self, number, n, fraction):
        layer, shape = self.layers[number], self.shape
        place = len(self.tokens) - 1
        heads, kv_heads = shape["heads"], shape["kv_heads"]
        queries, query_f = self.heads(layer, "query", n, fraction, heads)
        keys, key_f = self.heads(layer, "key", n, fraction, kv_heads)
        values, value_f = self.heads(layer, "value", n, fraction, kv_heads)
        self.keys[number].append([self.prepared(k, key_f, layer["key_norm"]) for k in keys])
        stored = []
        for v in values:
            plane = one_plane(v, value_f)
            log = 1024 * (15 - plane["s"] - value_f) - LOG[plane["r"]]
            stored.append({"q": plane["q"], "V": clamp(log, 2**19)})
        self.values[number].append(stored)
        seen = self.seen(place, layer["window"])
        results = []
        for h, y in enumerate(queries):
            own = h // (heads // kv_heads)
            z, f = self.prepared(y, query_f, layer["query_norm"])
            query = self.rotated(z, f, place, layer["rotation"])
            scores = []
            for token, at in seen:
                z, f = self.keys[number][token][own]
                scores.append(self.score(query, self.rotated(z, f, at, layer["rotation"])))
            results.append(self.attend(scores, [self.values[number][t][own] for t, _ in seen]))
        least = min(e for _, _, e in results)
        out = []
        for c, f, e in results:
            out += [round_shift(v * f, min(47, 16 + e - least)) for v in c]
        return out, least - 16

    def add(self, x, layer, name, y, fraction):
        matrix = layer[name]
        if self.shape["has_output_norms"]:
            weights = layer["output_norm" if name == "output" else "down_norm"]
            free, f = matrix.free(y, fraction)
            n = norm(free, f, weights["weights"], self.model["epsilon"])
            addend = [shifted(v, weights["fraction"] - 10) for v in n]
        else:
            addend = matrix.scaled(y, fraction, 10)
        return [clamp(fits(a + b, 32), LIMIT) for a, b in zip(x, addend)]

    def activation(self, g):
        if self.shape["activation"] == "silu":
            z = clamp(round_shift(g, 4), 4095)
        else:
            c = clamp(g, 21504)
            b = 26145 + round_shift(fits(1169 * round_shift(fits(c * c, 32), 12), 32), 12)
            z = clamp(round_shift(fits(c * b, 32), 18), 4095)
        return round_shift(g * sigmoid_of(z), 16)

    def hidden(self, layer, n, fraction):
        a = [self.activation(g) for g in layer["gate"].scaled(n, fraction, 12)]
        u, f = layer["up"].free(n, fraction)
        v = max(0, bits_of(max(map(abs, a))) + bits_of(max(map(abs, u))) - 30)
        h = [round_shift(x * y, v) for x, y in zip(a, u)]
        assert all(abs(y) < 2**30 for y in h)
        return h, 12 + f - v

    def step(self, row):
        """Reads a row; the weights of the vocabulary's tokens."""
        self.tokens.append(row)
        epsilon = self.model["epsilon"]
        x = self.embed(row)
        for i, layer in enumerate(self.layers):
            weights = layer["input_norm"]
            n = norm(x, 10, weights["weights"], epsilon)
            x = self.add(x, layer, "output", *self.attention(i, n, weights["fraction"]))
            weights = layer["hidden_norm"]
            n = norm(x, 10, weights["weights"], epsilon)
            x = self.add(x, layer, "down", *self.hidden(layer, n, weights["fraction"]))
        weights = self.model["final_norm"]
        n = norm(x, 10, weights["weights"], epsilon)
        vocabulary = self.model["vocabulary"]
        real = [i for i, is_virtual in enumerate(vocabulary["is_virtual"]) if not is_virtual]
        logits = self.head.scaled(n, weights["fraction"], 10, [vocabulary["rows"][i] for i in real])
        out = [vocabulary["virtual_weight"]] * len(vocabulary["rows"])
        for i, logit in zip(real, logits):
            out[i] = max(1, power(max(logits) - logit))
        return out


def main():
    trace = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, text=True)
    count = 0
    for line in trace.stdout:
        case = json.loads(line)
        lane = Transformer(case["model"])
        for at, (row, expected) in enumerate(zip(case["rows"], case["weights"])):
            if lane.step(row) != expected:
                sys.exit(f"{case['name']}: other weights behind token {at}")
        count += len(case["rows"])
        print(case["name"], len(case["rows"]), "tokens agree")
    if trace.wait() != 0 or count == 0:
        sys.exit("the trace failed")


if __name__ == "__main__":
    main()
