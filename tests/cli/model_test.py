"""Models: built in, installed, from a file, missing, damaged."""

import pathlib
import re
import shutil
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
        for words in ["'tiny-test'", "neither built in, nor given with --model, nor in /",
                      "share/lmz/models; get its .lmm file and name it with --model FILE"]:
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

    def install(self):
        """Moves the program into a prefix of its own; returns that prefix's folder of models."""
        (self.folder / "prefix/bin").mkdir(parents=True)
        self.program = shutil.copy2(self.program, self.folder / "prefix/bin/lmz")
        said = self.fails(MODEL, "level 4", "-4").stderr.decode()
        models = pathlib.Path(re.search(r" (/\S+)/large\.lmm;", said).group(1))
        self.assertTrue(models.is_relative_to(self.folder / "prefix"), models)
        models.mkdir(parents=True)
        return models

    def test_an_installed_model_is_found(self):
        text = cli_case.text_bytes(3000)
        packed = self.lmz("--model", OTHER, "-c", stdin=text)
        models = self.install()
        self.fails(MODEL, f"nor in {models}; get", "-d", stdin=packed)
        (models / "broken.lmm").write_bytes(b"")
        (models / "folder.lmm").mkdir()
        self.fails(MODEL, f"nor in {models}; get", "-d", stdin=packed)
        shutil.copy(OTHER, models / "a name of its own.lmm")
        self.assertEqual(self.lmz("-d", stdin=packed), text)
        self.assertEqual(self.lmz("-T2", "-d", stdin=packed * 2), text * 2)
        self.assertIn(" tiny-test ", self.lmz("--list-models").decode())
        damaged = bytearray(OTHER.read_bytes())
        damaged[1000] ^= 1
        (models / "a name of its own.lmm").write_bytes(damaged)
        self.fails(MODEL, "a name of its own.lmm: ", "-d", stdin=packed)

    def test_level_4_is_the_installed_large(self):
        models = self.install()
        shutil.copy(OTHER, models / "large.lmm")
        text = cli_case.text_bytes(3000)
        packed = self.lmz("-4", stdin=text)
        self.assertEqual(packed, self.lmz("--model", OTHER, "-c", stdin=text))
        self.assertEqual(self.lmz("-d", stdin=packed), text)
        self.assertEqual(self.lmz("-4", "--verify", stdin=text), packed)
        self.assertRegex(self.lmz("--list-models").decode(), r"\n-  +tiny-test +4 ")
        (models / "large.lmm").unlink()
        self.fails(MODEL, "'tiny-test' (id ", "-d", stdin=packed)

    def test_twice_quiet_only_the_code_tells(self):
        self.write("in", cli_case.text_bytes(3000))
        self.lmz("--model", OTHER, "in")
        for code, arguments in [(MODEL, ["-4", "in"]), (MODEL, ["-t", "in.lmz"]),
                                (FAILED, ["--model", "no.lmm", "in"]),
                                (MODEL, ["--model", "in", "in"]), (MODEL, ["--model-info", "in"])]:
            with self.subTest(arguments):
                result = self.run_lmz("-qq", *arguments)
                self.assertEqual((result.returncode, result.stderr), (code, b""))
                self.fails(code, "", "-q", *arguments)

    def test_damage_under_a_model_is_damage(self):
        packed = bytearray(self.lmz("-c", stdin=cli_case.text_bytes(3000)))
        packed[len(packed) // 2] ^= 4
        self.fails(DAMAGED, "(stdin)", "-t", stdin=bytes(packed))


if __name__ == "__main__":
    unittest.main()
