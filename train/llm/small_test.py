#!/usr/bin/env python3
"""Tests of byte-pair encoding and of small transformers; those of networks are skipped where numpy
or PyTorch is missing."""
import importlib.util
import pathlib
import random
import sys
import tempfile
import unittest

import bpe

MISSING = [m for m in ("numpy", "torch") if importlib.util.find_spec(m) is None]
TEXT = (b"the other thing that the singer sings, 'tis the thing: "
        b"it's \xc3\xa9t\xc3\xa9\r\n  12 1234\n") * 9


class BytePairs(unittest.TestCase):
    def setUp(self):
        self.merges = bpe.Merges(bpe.train([TEXT], 290))

    def test_words_join_to_the_text(self):
        noise = random.Random(1).randbytes(3000)
        for text in (TEXT, noise, b"", b"   ", b"a  b\n\n c"):
            self.assertEqual(b"".join(bpe.words_of(text)), text)

    def test_tokens_join_to_the_text_and_are_fewer(self):
        for text in (TEXT, bytes(range(256))):
            tokens = self.merges.encode(text)
            self.assertEqual(b"".join(self.merges.texts[t] for t in tokens), text)
        self.assertLess(len(self.merges.encode(TEXT)), 0.5 * len(TEXT))

    def test_the_commonest_pair_is_merged_first(self):
        self.assertEqual(bpe.train([b"ab ab ab cab cab"], 257), [(ord("a"), ord("b"))])

    def test_undoing_merges_gives_the_tokens_of_a_smaller_vocabulary(self):
        smaller = bpe.Merges(self.merges.merges[:12])
        parts = self.merges.parts(len(smaller))
        undone = [part for token in self.merges.encode(TEXT) for part in parts[token]]
        self.assertEqual(undone, smaller.encode(TEXT))

    def test_merges_survive_a_file(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "merges"
            self.merges.write(path)
            self.assertEqual(bpe.Merges.read(path).merges, self.merges.merges)
            self.assertEqual(bpe.Merges.read(path, 270).merges, self.merges.merges[:14])


@unittest.skipIf(MISSING, f"not installed: {', '.join(MISSING)}")
class SmallNetworks(unittest.TestCase):
    def test_the_gguf_file_is_the_network(self):
        import torch

        import gguf
        import small_network
        from network import Cache, Network

        merges = bpe.Merges(bpe.train([TEXT], 290))
        for sizes in ((2, 32, 2, 1, 48), (1, 32, 2, 2, 32)):
            torch.manual_seed(1)
            small = small_network.SmallNetwork(small_network.Shape(*sizes), len(merges))
            # Rows that are exact multiples of their steps, so that only one of the two need round.
            with torch.no_grad():
                for p in small.parameters():
                    if p.dim() == 2:
                        p.copy_(small_network.rounded(p))
            tokens = torch.tensor([[len(merges)] + merges.encode(TEXT)[:40]])
            with tempfile.TemporaryDirectory() as folder, torch.no_grad():
                path = pathlib.Path(folder) / "small.gguf"
                small_network.write_gguf(path, small, merges, 64, "small")
                reference = Network(gguf.Gguf(path))
                theirs = reference.step(tokens, Cache(reference.shape.layers))
                ours = small(tokens)
            self.assertLess((theirs[..., :len(merges)] - ours).abs().max().item(), 2e-4)

    def test_tokens_of_smaller_vocabularies_are_found_at_once(self):
        import numpy as np
        import train_small

        merges = bpe.Merges(bpe.train([TEXT], 290))
        tokens = np.array(merges.encode(TEXT), np.uint16)
        for size in (256, 270, 290):
            self.assertEqual(train_small.with_fewer(tokens, merges, size).tolist(),
                             bpe.Merges(merges.merges[:size - 256]).encode(TEXT))


if __name__ == "__main__":
    unittest.main()
