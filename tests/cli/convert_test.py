"""lmz-convert: its command line, files and exit codes.

The environment variables LMZ_CONVERT and TOY_GGUF name the programs.
"""

import os
import pathlib
import re
import shutil
import subprocess
import unittest

import cli_case
from cli_case import DAMAGED, FAILED, TOO_NEW, USAGE


class Convert(cli_case.CliCase):
    def setUp(self):
        super().setUp()
        self.program = os.environ["LMZ_CONVERT"]
        self.level = []

    def toy(self, kind="tiny-bpe", name="toy.gguf"):
        subprocess.run([os.environ["TOY_GGUF"], kind, self.folder / name], check=True)

    def refuses(self, code, words, *arguments):
        """Must fail with one sentence, and leave no new file."""
        before = self.names()
        result = self.run_lmz(*arguments)
        message = result.stderr.decode(errors="replace")
        self.assertEqual(result.returncode, code, (arguments, message))
        self.assertRegex(message, r"\Almz-convert: [^\n]+\n\Z")
        self.assertIn(words, message)
        self.assertEqual(self.names(), before)

    def info(self, name):
        return subprocess.run([os.environ["LMZ"], "--model-info", self.folder / name], check=True,
                              capture_output=True, timeout=cli_case.PATIENCE).stdout.decode()

    def test_the_output_is_named_after_the_input_or_by_the_user(self):
        self.toy()
        said = self.run_lmz("toy.gguf").stderr.decode()
        words = r"lmz-convert: wrote toy\.lmm, model ([0-9a-f]{32})\n"
        identity = re.fullmatch(words, said).group(1)
        self.lmz("-q", "toy.gguf", "-o", "other.lmm")
        self.assertEqual(self.read("toy.lmm"), self.read("other.lmm"))
        self.assertEqual(self.names(), ["other.lmm", "toy.gguf", "toy.lmm"])
        info = self.info("toy.lmm")
        self.assertIn(identity, info)
        self.assertRegex(info, r"Network +transformer, 1 layers of width 16, ")
        self.assertRegex(info, r"Vocabulary +257 tokens")
        self.assertRegex(info, r"Licence +CC0-1.0")

    def test_options_are_heeded(self):
        self.toy()
        self.lmz("-q", "--context", "64", "--drop=7", "--name", "mine", "--licence", "MIT",
                 "toy.gguf", "-o", "toy.lmm")
        info = self.info("toy.lmm")
        for words in ["context 64", "Name        mine\n", "Licence     MIT\n"]:
            self.assertIn(words, info)

    def test_existing_files_are_kept(self):
        self.toy()
        self.write("toy.lmm", b"old")
        self.refuses(FAILED, "toy.lmm", "toy.gguf")
        self.assertEqual(self.read("toy.lmm"), b"old")
        self.lmz("-q", "-f", "toy.gguf")
        self.assertIn("transformer", self.info("toy.lmm"))
        self.refuses(FAILED, "toy.gguf", "-f", "toy.gguf", "-o", "toy.gguf")

    def test_damaged_and_strange_files(self):
        self.toy()
        whole = self.read("toy.gguf")
        self.write("cut.gguf", whole[:-600])
        self.write("text.gguf", b"This is no model.")
        self.write("empty.gguf", b"")
        size = b"\x05\0\0\0\0\0\0\0"
        self.write("mamba.gguf", whole.replace(size + b"llama", size + b"mamba"))
        os.mkfifo(self.folder / "pipe")
        self.refuses(DAMAGED, "cut.gguf: GGUF: tensor", "cut.gguf")
        self.refuses(DAMAGED, "text.gguf: this is not a GGUF file", "text.gguf")
        self.refuses(DAMAGED, "empty.gguf: this is not a GGUF file", "empty.gguf")
        self.refuses(TOO_NEW, "mamba.gguf: the model has the architecture 'mamba'", "mamba.gguf")
        self.refuses(FAILED, "none.gguf", "none.gguf")
        self.refuses(FAILED, "pipe: not a regular file", "pipe")
        self.refuses(FAILED, "not a regular file", ".")

    def test_usage(self):
        self.toy()
        for words, arguments in [
            ("no file is given", []),
            ("takes one file", ["toy.gguf", "toy.gguf"]),
            ("unknown option --frob", ["--frob", "toy.gguf"]),
            ("--context: 'x' is not", ["--context", "x", "toy.gguf"]),
            ("--context: '15' is not a number from 16 to 4096", ["--context", "15", "toy.gguf"]),
            ("--context: '5000' is not a number from 16 to 4096", ["--context=5000", "toy.gguf"]),
            ("--drop: '0' is not", ["--drop", "0", "toy.gguf"]),
            ("--name: 'A' is not", ["--name", "A", "toy.gguf"]),
            ("--output: the name is empty", ["-o", "", "toy.gguf"]),
            ("cannot be combined", ["--install", "-o", "x", "toy.gguf"]),
        ]:
            with self.subTest(words):
                self.refuses(USAGE, words, *arguments)
        self.refuses(FAILED, "the context must be 16 to 4096 tokens", "--context", "16",
                     "--drop", "16", "toy.gguf")
        version = self.lmz("-V").split()
        self.assertEqual(version[0], b"lmz-convert")
        self.assertEqual(self.lmz("-h"), self.lmz("--help"))

    def test_every_option_is_documented(self):
        in_help = cli_case.options_of_help(self.lmz("--help").decode())
        self.assertEqual(len(in_help), 15)
        self.assertEqual(cli_case.options_of_table("docs/convert.md"), in_help)
        self.assertEqual(cli_case.options_of_manual("docs/lmz-convert.1"), in_help)
        self.assertLessEqual(max(map(len, self.lmz("--help").splitlines())), 80)

    def test_install_puts_the_model_where_lmz_looks(self):
        self.toy()
        (self.folder / "prefix/bin").mkdir(parents=True)
        lmz = shutil.copy2(os.environ["LMZ"], self.folder / "prefix/bin/lmz")
        self.program = shutil.copy2(self.program, self.folder / "prefix/bin/lmz-convert")
        said = self.run_lmz("--install", "toy.gguf").stderr.decode()
        path = pathlib.Path(re.fullmatch(r"lmz-convert: wrote (\S+), model \w+\n", said).group(1))
        self.assertEqual(path.name, "llm.lmm")
        self.assertTrue(path.is_relative_to(self.folder / "prefix"), path)
        table = subprocess.run([lmz, "--list-models"], check=True, capture_output=True,
                               timeout=cli_case.PATIENCE).stdout.decode()
        self.assertIn(str(path), table)
        self.refuses(FAILED, "llm.lmm", "--install", "toy.gguf")
        self.lmz("-q", "-f", "--install", "toy.gguf")


if __name__ == "__main__":
    unittest.main()
