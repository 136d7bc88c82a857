#!/usr/bin/env python3
"""Tests of this folder on toy models that it writes; skipped where numpy or PyTorch is missing."""
import importlib.util
import math
import pathlib
import subprocess
import sys
import tempfile
import unittest

MISSING = [m for m in ("numpy", "torch") if importlib.util.find_spec(m) is None]
if MISSING:
    print(f"skipped: {', '.join(MISSING)} not installed")
    sys.exit(77)

import numpy as np
import torch

import folding
import gguf
import hybrid
import lanes
import toy_gguf
import vocabulary
from lanes import Context
from network import Network
from rounding import MATRICES, Rounding, plan_of
from trie import END, Trie, decision_bits, decision_weights, token_weights

HERE = pathlib.Path(__file__).resolve().parent
TEXT = (b"The thing that\r\nthe other singer's 12  strings -- in 1923 -- "
        b"\xc3\xa9t\xc3\xa9 \x04\xff end")
EVERY_BYTE = bytes(range(256)) * 2


class Folder(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        toy_gguf.write_llama(cls.folder / "llama.gguf")
        toy_gguf.write_gemma(cls.folder / "gemma.gguf")
        cls.llama = gguf.Gguf(cls.folder / "llama.gguf")
        cls.gemma = gguf.Gguf(cls.folder / "gemma.gguf")

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()


def half(raw):
    return float(np.frombuffer(bytes(raw), "<f2")[0])


def signed(byte):
    return (byte ^ 128) - 128


def scales_of_k(packed, j):
    """get_scale_min_k4 of ggml-quants.c."""
    if j < 4:
        return packed[j] & 63, packed[j + 4] & 63
    return (packed[j + 4] & 15 | packed[j - 4] >> 6 << 4, packed[j + 4] >> 4 | packed[j] >> 6 << 4)


def element(name, b, i):
    """Element i of a block, one at a time, as ggml's scalar loops have it."""
    d, low = half(b[:2]), (i % 16, i // 16 * 4)
    if name == "Q4_0":
        return d * ((b[2 + low[0]] >> low[1] & 15) - 8)
    if name == "Q4_1":
        return d * (b[4 + low[0]] >> low[1] & 15) + half(b[2:4])
    if name in ("Q5_0", "Q5_1"):
        bits = 2 if name == "Q5_0" else 4
        high = int.from_bytes(bytes(b[bits:bits + 4]), "little") >> i & 1
        q = b[bits + 4 + low[0]] >> low[1] & 15 | high << 4
        return d * (q - 16) if name == "Q5_0" else d * q + half(b[2:4])
    if name == "Q8_0":
        return d * signed(b[2 + i])
    if name == "Q6_K":
        part, at = divmod(i, 128)
        quarter, l = divmod(at, 32)
        q = b[part * 64 + l + quarter % 2 * 32] >> quarter // 2 * 4 & 15
        q |= (b[128 + part * 32 + l] >> 2 * quarter & 3) << 4
        return half(b[208:210]) * signed(b[192 + part * 8 + quarter * 2 + l // 16]) * (q - 32)
    group, l = divmod(i, 32)
    scale, least = scales_of_k([int(x) for x in b[4:16]], group)
    values = 16 if name == "Q4_K" else 48
    q = b[values + group // 2 * 32 + l] >> group % 2 * 4 & 15
    if name == "Q5_K":
        q |= (b[16 + l] >> group & 1) << 4
    return d * scale * q - half(b[2:4]) * least


class GgufTest(Folder):
    def test_blocks_are_those_of_ggml(self):
        random = np.random.default_rng(3)
        for name, elements, size, decode in gguf.TYPES.values():
            if elements == 1:
                continue
            blocks = random.integers(0, 256, (3, size), np.uint8)
            for at in {"Q4_1": (0, 2), "Q5_1": (0, 2), "Q4_K": (0, 2), "Q5_K": (0, 2),
                       "Q6_K": (208,)}.get(name, (0,)):
                halves = random.standard_normal(3).astype("<f2")
                blocks[:, at:at + 2] = halves.view(np.uint8).reshape(3, 2)
            expected = [[element(name, [int(x) for x in b], i) for i in range(elements)]
                        for b in blocks]
            np.testing.assert_allclose(decode(blocks), expected, rtol=1e-5, atol=1e-5, err_msg=name)

    def test_reads_what_the_toy_wrote(self):
        self.assertEqual(self.llama.metadata["llama.block_count"], 2)
        self.assertEqual(self.llama.tensors["blk.1.ffn_down.weight"].type_name, "Q4_1")
        self.assertEqual(self.llama.array("blk.0.attn_k.weight").shape, (32, 64))

    def test_refuses_damage(self):
        whole = (self.folder / "llama.gguf").read_bytes()
        damaged = self.folder / "damaged.gguf"
        for size in (3, 20, 400, len(whole) - 1):
            damaged.write_bytes(whole[:size])
            with self.assertRaises(gguf.GgufError, msg=f"{size} bytes"):
                gguf.Gguf(damaged)
        damaged.write_bytes(b"GGUF" + bytes([2]) + whole[5:])
        with self.assertRaises(gguf.GgufError):
            gguf.Gguf(damaged)


class VocabularyTest(Folder):
    def test_words_are_cut_as_smollm_cuts_them(self):
        for text, words in (("It's 12 o'clock", ["It", "'s", " ", "1", "2", " o", "'", "clock"]),
                            ("a  b\n\n c", ["a", " ", " b", "\n\n", " c"]),
                            ("x   7", ["x", "   ", "7"]),
                            ("\u00e9t\u00e9!?", ["\u00e9t\u00e9", "!?"]),
                            ("a\u0301\u00b2\u00a0z", ["a", "\u0301", "\u00b2", "\u00a0", "z"])):
            self.assertEqual(list(vocabulary.smollm_words(text)), words)

    def test_merges_best_first(self):
        v = vocabulary.Vocabulary(self.llama.metadata)
        spell = lambda data: [v.spell([n]) for n in v.segment(data)]
        self.assertEqual(spell(b"in the thing"), [b"in", b" the", b" th", b"ing"])
        self.assertEqual(spell(b"12"), [b"1", b"2"])

    def test_any_bytes_come_back(self):
        random = np.random.default_rng(5).integers(0, 256, 3000, np.uint8).tobytes()
        for model in (self.llama, self.gemma):
            v = vocabulary.Vocabulary(model.metadata)
            for data in (TEXT, EVERY_BYTE, random, b""):
                self.assertEqual(v.spell(v.segment(data)), data)
        v = vocabulary.Vocabulary(self.llama.metadata)
        self.assertEqual(v.segment(b"\x04"), [v.size + 4])

    def test_sentencepiece_takes_text_before_bytes(self):
        v = vocabulary.Vocabulary(self.gemma.metadata)
        the, newlines = v.numbers[b" the"], v.numbers[b"\n\n"]
        self.assertEqual(v.segment(b" the\n\n the"), [the, newlines, the])
        self.assertEqual(v.numbers[b"a"], self.gemma.metadata["tokenizer.ggml.tokens"].index("a"))


class TrieTest(Folder):
    def setUp(self):
        self.vocabulary = vocabulary.Vocabulary(self.llama.metadata)
        self.trie = Trie(self.vocabulary)
        torch.manual_seed(1)
        self.targets = np.array(self.vocabulary.segment(TEXT + EVERY_BYTE))
        self.logits = 4 * torch.randn(len(self.targets), self.vocabulary.size)

    def test_paths_tell_all_tokens_apart(self):
        paths = {tuple(self.trie.path(rank)) for rank in range(len(self.trie.order))}
        self.assertEqual(len(paths), len(self.trie.order))
        self.assertEqual(len(self.trie.begin), len(self.trie.order) - 1)

    def test_a_walk_by_bytes_takes_the_same_decisions(self):
        tokens = self.trie.tokens
        for rank, token in enumerate(tokens):
            expected = []
            for depth in range(len(token) + 1):
                below = [t for t in tokens if t[:depth] == token[:depth]]
                longer = [t for t in below if len(t) > depth]
                if depth and len(longer) < len(below) and longer:
                    expected.append((END, int(depth < len(token))))
                for bit in range(8 if depth < len(token) else 0):
                    shift = 7 - bit
                    same = [t[depth] >> shift & 1 for t in longer
                            if t[depth] >> shift + 1 == token[depth] >> shift + 1]
                    if 0 < sum(same) < len(same):
                        expected.append((bit, token[depth] >> shift & 1))
            self.assertEqual([(self.trie.kind[d], s) for d, s in self.trie.path(rank)], expected)

    def test_decisions_multiply_to_the_token(self):
        zero, one, sides, row, whole = decision_weights(self.logits, self.targets, self.trie)
        exact = -torch.log2(torch.where(sides == 1, one, zero).double() / (zero + one))
        total = torch.zeros(len(whole), dtype=torch.float64).index_add(0, row, exact)
        torch.testing.assert_close(total, whole, rtol=0, atol=1e-9)
        fine = float(decision_bits(zero, one, sides, 30).sum() / whole.sum()) - 1
        self.assertLess(abs(fine), 1e-5)
        coarse = float(decision_bits(zero, one, sides).sum() / whole.sum()) - 1
        self.assertGreater(abs(coarse), 1e-9)
        self.assertLess(abs(coarse), 2e-2)

    def test_weights_follow_the_softmax(self):
        weights = token_weights(self.logits, self.trie).double()
        self.assertEqual(int(weights.min()), 1)
        self.assertEqual(int(weights.max()), 1 << 30)
        known = torch.from_numpy(self.trie.order < self.trie.size)
        order = torch.from_numpy(self.trie.order)[known]
        softmax = self.logits[:, order].double().softmax(-1)
        ratio = weights[:, known] / weights.sum(-1, keepdim=True) / softmax
        large = softmax > 1e-3
        self.assertLess(float((ratio[large] - 1).abs().max()), 1e-3)


def naive_norm(x, weight, epsilon):
    return x / math.sqrt(float((x * x).mean()) + epsilon) * weight


def naive_rotate(x, place, base, neighbours):
    n = len(x)
    pairs = [(2 * i, 2 * i + 1) if neighbours else (i, i + n // 2) for i in range(n // 2)]
    y = x.copy()
    for i, (a, b) in enumerate(pairs):
        angle = place * base ** (-2 * i / n)
        y[a] = x[a] * math.cos(angle) - x[b] * math.sin(angle)
        y[b] = x[a] * math.sin(angle) + x[b] * math.cos(angle)
    return y


def naive_logits(model, tokens, context):
    """The last token's logits, one token after the other. Keys are rotated once, by their place in
    the lane; only the first ones, which stay when others go, are moved up behind what went."""
    shape = Network(model).shape
    w = lambda name: model.array(name + ".weight").astype(np.float64)
    embedding = w("token_embd")
    state = [([], []) for _ in range(shape.layers)]
    for n, token in enumerate(tokens):
        gone = max(0, (n // context.step + 1) * context.step - context.window)
        x = embedding[token] * (math.sqrt(shape.width) if shape.gemma else 1)
        for i in range(shape.layers):
            p = f"blk.{i}."
            y = naive_norm(x, w(p + "attn_norm"), shape.epsilon)
            q, k, v = (w(p + f"attn_{m}") @ y for m in "qkv")
            q, k, v = (m.reshape(-1, shape.head_size) for m in (q, k, v))
            if shape.gemma:
                q = np.array([naive_norm(h, w(p + "attn_q_norm"), shape.epsilon) for h in q])
                k = np.array([naive_norm(h, w(p + "attn_k_norm"), shape.epsilon) for h in k])
            state[i][0].append(k)
            state[i][1].append(v)
            seen = [m for m in range(n + 1) if m < context.sinks or m >= gone + context.sinks]
            place = {m: m + gone if m < context.sinks else m for m in seen}
            if shape.window_of(i):
                seen = [m for m in seen if n - place[m] < shape.window_of(i)]
            mixed = []
            for head in range(shape.heads):
                kv = head // (shape.heads // shape.kv_heads)
                turned = naive_rotate(q[head], n, shape.base_of(i), shape.neighbours)
                scores = np.array([turned @ naive_rotate(state[i][0][m][kv], place[m],
                                                         shape.base_of(i), shape.neighbours)
                                   for m in seen]) / math.sqrt(shape.head_size)
                probabilities = np.exp(scores - scores.max())
                values = np.array([state[i][1][m][kv] for m in seen])
                mixed.append(probabilities @ values / probabilities.sum())
            y = w(p + "attn_output") @ np.concatenate(mixed)
            x = x + (naive_norm(y, w(p + "post_attention_norm"), shape.epsilon)
                     if shape.gemma else y)
            y = naive_norm(x, w(p + "ffn_norm"), shape.epsilon)
            gate, up = w(p + "ffn_gate") @ y, w(p + "ffn_up") @ y
            if shape.gemma:
                cubic = math.sqrt(2 / math.pi) * (gate + 0.044715 * gate**3)
                gate = 0.5 * gate * (1 + np.tanh(cubic))
            else:
                gate = gate / (1 + np.exp(-gate))
            y = w(p + "ffn_down") @ (gate * up)
            x = x + (naive_norm(y, w(p + "post_ffw_norm"), shape.epsilon) if shape.gemma else y)
    return embedding @ naive_norm(x, w("output_norm"), shape.epsilon)


class NetworkTest(Folder):
    def last_logits(self, network, tokens, context):
        found = {}
        lanes.run(network, [np.array([*tokens[1:], 0])], context, tokens[0],
                  lambda lane, begin, logits, targets: found.update(last=logits[-1]))
        return found["last"].double().numpy()

    def test_gives_what_plain_loops_give(self):
        tokens = np.random.default_rng(2).integers(0, 200, 39).tolist()
        for model in (self.llama, self.gemma):
            for context in (Context(64, 16, 4), Context(16, 4, 2), Context(16, 4, 0)):
                expected = naive_logits(model, tokens, context)
                given = self.last_logits(Network(model), tokens, context)
                np.testing.assert_allclose(given, expected, rtol=1e-3, atol=1e-3)

    def test_steps_and_lanes_do_not_matter_before_the_window_is_full(self):
        network = Network(self.llama)
        random = np.random.default_rng(4)
        many = [random.integers(0, 200, size) for size in (40, 7, 33, 1)]
        once = lanes.bits_of_lanes(network, many, Context(64, 64, 0), 0)
        for step in (1, 5, 32):
            again = lanes.bits_of_lanes(network, many, Context(64, step, 0), 0)
            for a, b, lane in zip(once, again, many):
                np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-3)
                alone, = lanes.bits_of_lanes(network, [lane], Context(64, step, 0), 0)
                np.testing.assert_allclose(a, alone, rtol=1e-3, atol=1e-3)

    def test_reset_reads_its_overlap_again(self):
        network = Network(self.llama)
        lane = np.random.default_rng(6).integers(0, 200, 50)
        costs = lanes.bits_with_reset(network, lane, 16, 5, 0)
        second, = lanes.bits_of_lanes(network, [lane[10:25]], Context(16, 16, 0), 0)
        np.testing.assert_allclose(costs[15:25], second[5:], rtol=1e-3, atol=1e-3)
        self.assertTrue((costs > 0).all())

    def test_foldings_leave_predictions_alone(self):
        tokens = np.random.default_rng(8).integers(0, 200, 60)
        exact, = lanes.bits_of_lanes(Network(self.llama), [tokens], Context(64, 16, 4), 0)
        for everywhere in (False, True):
            network = Network(self.llama)
            folding.rotate(network, everywhere)
            rotated, = lanes.bits_of_lanes(network, [tokens], Context(64, 16, 4), 0)
            np.testing.assert_allclose(rotated, exact, rtol=1e-3, atol=2e-3)
        network = Network(self.llama)
        channels = folding.largest_channels(network, tokens, 0)
        folding.smooth(network, channels, 0.5, powers=False)
        self.assertFalse(torch.equal(network.layers[0]["q"], Network(self.llama).layers[0]["q"]))
        smoothed, = lanes.bits_of_lanes(network, [tokens], Context(64, 16, 4), 0)
        np.testing.assert_allclose(smoothed, exact, rtol=1e-3, atol=2e-3)


class RoundingTest(Folder):
    def test_two_planes_are_256_times_finer(self):
        torch.manual_seed(2)
        x = torch.randn(50, 64)
        errors = [float((Rounding({"input.o": planes}).planes("input.o", x) - x).abs().max())
                  for planes in (1, 2)]
        self.assertLess(errors[0], float(x.abs().max()) / 127 * 0.51)
        self.assertLess(errors[1] * 200, errors[0])

    def test_each_place_of_a_plan_changes_predictions(self):
        tokens = np.random.default_rng(9).integers(0, 200, 60)
        network = Network(self.llama)
        bits = lambda: lanes.bits_of_lanes(network, [tokens], Context(32, 16, 4), 0)[0]
        exact = bits()
        coarse = dict(query=1, key=1, rotated_key=1, value=1, rope=4, score=2, probability=4,
                      activation=2, norm=6, residual=3, output=6, logit=3)
        coarse.update({f"weights__{m}": 8 for m in MATRICES}, weights="best", inputs=1)
        for place, how in coarse.items():
            network.round_with(Rounding(plan_of(**{place: how})))
            self.assertGreater(float(np.abs(bits() - exact).max()), 1e-6, place)
        errors = []
        for planes in (1, 2):
            network.round_with(Rounding(plan_of(inputs=planes)))
            errors.append(float(np.abs(bits() - exact).max()))
        self.assertLess(errors[1] * 20, errors[0])


class HybridTest(unittest.TestCase):
    def test_logits_give_the_odds_back(self):
        data = TEXT[:20]
        odds = np.random.default_rng(1).uniform(-6, 6, (20, 8))
        logits = hybrid.byte_logits(data, odds).astype(np.float64) / 1024
        weights = np.exp2(logits)
        for i, byte in enumerate(data):
            for bit in range(8):
                same = [v for v in range(256) if v >> 8 - bit == byte >> 8 - bit]
                ones = sum(weights[i, v] for v in same if v >> 7 - bit & 1)
                zeros = sum(weights[i, v] for v in same) - ones
                self.assertAlmostEqual(math.log2(ones / zeros), odds[i, bit], delta=0.01)


class StudyTest(Folder):
    def test_commands_print_a_line_for_each_choice(self):
        text = self.folder / "text"
        text.write_bytes(TEXT * 3)
        for command, more, line in (
                ("contexts", ["--match", "1024, step 256$"], '"1024, step 256",'),
                ("rounding", ["--match", "inputs, 2"], '"inputs, 2 planes",'),
                ("folding", ["--match", "rotate: exact", "--calibrate", text], '"rotate: exact",'),
                ("layers", ["--match", "down"], '"input of down in layers 0 to 1, 1 plane",'),
                ("trie", ["--dump", self.folder], '"decisions per byte",'), ("lanes", [], '"16",')):
            run = subprocess.run([sys.executable, "-B", HERE / "study.py", command,
                                  self.folder / "llama.gguf", f"{text}:100", *more],
                                 capture_output=True, text=True)
            self.assertEqual(run.returncode, 0, run.stderr)
            self.assertIn("\n" + line, run.stdout)
        self.assertGreater(len(np.load(self.folder / "text.npy")), 500)


if __name__ == "__main__":
    torch.set_num_threads(1)
    unittest.main()
