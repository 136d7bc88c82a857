"""What --salvage restores of damaged files."""

import json
import random
import unittest

import cli_case
from cli_case import DAMAGED, FINE, USAGE

BLOCK = 65536


class Salvage(cli_case.CliCase):
    raw = b"".join(cli_case.text_bytes(BLOCK, seed) for seed in range(1, 6)) + b"the end"
    good = b""  # its code, made by the first test

    def setUp(self):
        super().setUp()
        if not Salvage.good:
            Salvage.good = self.lmz("-c", "--block-size=64K", stdin=self.raw)
        self.coded = bytearray(self.good)
        blocks = self.blocks(self.coded)
        self.assertEqual(len(blocks), 6)
        self.offsets = [block["offset"] for block in blocks]

    def blocks(self, coded):
        return json.loads(self.lmz("-l", "--json", stdin=bytes(coded)))[0]["frames"][0]["blocks"]

    def salvage(self, coded, code=DAMAGED, also_piped=True):
        """What is restored, and what is said about it."""
        self.write("bad.lmz", bytes(coded))
        result = self.run_lmz("--salvage", "-f", "bad.lmz")
        self.assertEqual(result.returncode, code, result.stderr)
        if also_piped:
            piped = self.run_lmz("--salvage", stdin=bytes(coded))
            self.assertEqual((piped.returncode, piped.stdout), (code, self.read("bad")))
        return self.read("bad"), result.stderr.decode()

    def without(self, *numbers):
        """The content with zeros for these blocks."""
        raw = bytearray(self.raw)
        for number in numbers:
            end = min(len(raw), (number + 1) * BLOCK)
            raw[number * BLOCK:end] = bytes(end - number * BLOCK)
        return bytes(raw)

    def test_a_good_file(self):
        raw, said = self.salvage(self.coded, FINE)
        self.assertEqual(raw, self.raw)
        self.assertEqual(said, f"lmz: bad.lmz: bytes 0 to {len(raw) - 1}: restored\n")

    def test_a_damaged_payload_becomes_zeros(self):
        self.coded[self.offsets[2] + 200] ^= 1
        raw, said = self.salvage(self.coded)
        self.assertEqual(raw, self.without(2))
        self.assertIn(f"bytes 131072 to 196607: zeros for block 2 at offset {self.offsets[2]}: ",
                      said)
        self.assertIn("bytes 0 to 131071: restored", said)
        self.assertIn(f"bytes 196608 to {len(raw) - 1}: restored", said)

    def test_damaged_headers_have_their_size_from_the_index(self):
        for number in [1, 2]:
            self.coded[self.offsets[number] + 3] ^= 0xFF
        raw, _ = self.salvage(self.coded)
        self.assertEqual(raw, self.without(1, 2))

    def test_missing_and_extra_bytes(self):
        cut = self.coded[:self.offsets[1] + 100] + self.coded[self.offsets[3] - 50:]
        raw, _ = self.salvage(cut)
        self.assertEqual(raw, self.without(1, 2))
        more = self.coded[:self.offsets[4]] + b"\xf7lz in between" + self.coded[self.offsets[4]:]
        raw, said = self.salvage(more)
        self.assertEqual(raw, self.raw)
        self.assertIn(f"nothing for data at offset {self.offsets[4]}", said)

    def test_a_lost_beginning_and_a_lost_end(self):
        raw, _ = self.salvage(b"x" * 5 + self.coded[5:])
        self.assertEqual(raw, self.raw)
        raw, _ = self.salvage(self.coded[self.offsets[1] - 9:])
        self.assertEqual(raw, self.without(0))
        raw, said = self.salvage(self.coded[:self.offsets[3] + 3000])
        self.assertEqual(raw[:3 * BLOCK], self.raw[:3 * BLOCK])
        self.assertEqual(len(raw), 4 * BLOCK)
        kept = raw[3 * BLOCK:].rstrip(b"\0")
        self.assertGreater(len(kept), 1000)
        self.assertEqual(kept[:len(kept) * 9 // 10], self.raw[3 * BLOCK:][:len(kept) * 9 // 10])
        self.assertIn("the unchecked beginning, then zeros, of block 3", said)

    def test_frames_behind_damage(self):
        second = self.lmz(stdin=b"another")
        raw, _ = self.salvage(self.coded[:self.offsets[4] + 10] + self.coded + second)
        self.assertTrue(raw.endswith(self.raw + b"another"))
        self.assertTrue(raw.startswith(self.raw[:4 * BLOCK]))

    def test_nothing_at_all(self):
        self.write("bad.lmz", b"no lmz data" * 1000)
        result = self.run_lmz("--salvage", "bad.lmz")
        self.assertEqual(result.returncode, DAMAGED)
        self.assertIn(b"no lmz frame or block was found", result.stderr)
        self.assertNotIn("bad", self.names())

    def test_random_damage_leaves_the_other_blocks(self):
        source = random.Random(7)
        for _ in range(8):
            coded = bytearray(self.coded)
            begin = source.randrange(len(coded))
            size = source.choice([1, 10, 1000, 20_000])
            coded[begin:begin + size] = source.randbytes(len(coded[begin:begin + size]))
            raw, _ = self.salvage(coded, also_piped=False)
            ends = self.offsets[1:] + [len(coded)]
            for number, (first, end) in enumerate(zip(self.offsets, ends)):
                if end <= begin or begin + size <= first:
                    self.assertIn(self.raw[number * BLOCK:(number + 1) * BLOCK], raw, begin)

    def test_refused(self):
        self.write("a.lmz", self.coded)
        self.fails(USAGE, "--salvage cannot be combined with --rm", "--salvage", "--rm", "a.lmz")
        self.fails(USAGE, "--salvage decompresses", "--salvage", "-t", "a.lmz")


if __name__ == "__main__":
    unittest.main()
