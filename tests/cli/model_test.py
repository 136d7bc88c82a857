"""Models: built in, from a file, missing, damaged."""

import unittest

import cli_case
from cli_case import DAMAGED, FAILED, MODEL

OTHER = cli_case.ROOT / "tests/golden/tiny-test.lmm"  # not built in


class Models(cli_case.CliCase):
    level = []

    def test_every_level_restores(self):
        text = cli_case.text_bytes(3000)
        self.write("in", text)
        for level in ["-0", "-1", "-2", "-3"]:
            with self.subTest(level):
                self.assertEqual(self.lmz("-d", stdin=self.lmz(level, "-c", "in")), text)
        self.assertEqual(self.lmz("-c", "in"), self.lmz("-3", "-c", "in"))

    def test_the_built_in_models_are_listed(self):
        table = self.lmz("--list-models").decode()
        for name in ["tiny", "small", "base"]:
            self.assertIn(name, table)
            info = self.lmz("--model-info", cli_case.ROOT / "models" / f"{name}.lmm").decode()
            number = next(line for line in table.splitlines() if f" {name} " in line)
            self.assertIn(number.split()[-1], info, "the id")

    def test_a_file_needs_its_model(self):
        text = cli_case.text_bytes(3000)
        self.write("in", text)
        self.lmz("--model", OTHER, "in")
        self.assertEqual(self.lmz("-d", "-c", "--model", OTHER, "in.lmz"), text)
        for words in ["'tiny-test'", "neither built in nor given", "--model FILE"]:
            self.fails(MODEL, words, "-t", "in.lmz")
        identity = self.lmz("--model-info", OTHER).decode().split("Id ")[1].split()[0]
        self.fails(MODEL, identity, "-d", "-f", "in.lmz")
        self.assertEqual(self.read("in"), text, "nothing was written")

    def test_damaged_and_absent_model_files(self):
        model = bytearray(OTHER.read_bytes())
        model[1000] ^= 1
        self.write("bad.lmm", model)
        self.write("in", b"text")
        self.fails(MODEL, "bad.lmm", "--model", "bad.lmm", "in")
        self.fails(MODEL, "bad.lmm", "--model-info", "bad.lmm")
        self.fails(FAILED, "no.lmm", "--model", "no.lmm", "in")
        self.assertEqual(self.names(), ["bad.lmm", "in"])

    def test_damage_under_a_model_is_damage(self):
        packed = bytearray(self.lmz("-c", stdin=cli_case.text_bytes(3000)))
        packed[len(packed) // 2] ^= 4
        self.fails(DAMAGED, "(stdin)", "-t", stdin=bytes(packed))


if __name__ == "__main__":
    unittest.main()
