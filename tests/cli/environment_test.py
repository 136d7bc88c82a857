"""LMZ_DEFAULTS and LMZ_MODELS."""

import json
import os
import shutil
import unittest

import cli_case
from cli_case import MODEL, PROSE, USAGE


class Environment(cli_case.CliCase):
    level = []
    text = PROSE

    def with_variables(self, **variables):
        return {"env": {**os.environ, **variables}}

    def codec_level(self, coded):
        """The level whose bytes these are, judged by the size of known text."""
        return [level for level in range(4) if coded == self.lmz(f"-{level}", "-c", "text")]

    def test_options_of_the_environment_apply_unless_the_line_says_otherwise(self):
        self.write("text", self.text)
        variables = self.with_variables(LMZ_DEFAULTS=" -0\t--block-size=64K ")
        self.assertEqual(self.codec_level(self.lmz("-c", "text", **variables)), [0])
        self.assertEqual(self.codec_level(self.lmz("-1", "-c", "text", **variables)), [1])
        self.write("long", cli_case.random_bytes(100_000))
        blocks = self.lmz("-c", "long", **variables)
        listed = json.loads(self.lmz("-l", "--json", stdin=blocks))
        self.assertEqual(listed[0]["frames"][0]["blocks"][0]["raw_size"], 65536)

    def test_a_model_of_the_line_replaces_a_level_of_the_environment(self):
        self.write("text", b"text")
        model = cli_case.ROOT / "models/tiny.lmm"
        coded = self.lmz("--model", model, "-c", "text", **self.with_variables(LMZ_DEFAULTS="-2"))
        self.assertEqual(coded, self.lmz("-1", "-c", "text"))
        coded = self.lmz("-0", "-c", "text", **self.with_variables(LMZ_DEFAULTS=f"--model={model}"))
        self.assertEqual(coded, self.lmz("-0", "-c", "text"))

    def test_what_is_refused(self):
        self.write("text", b"text")
        for defaults, words in [("text", "LMZ_DEFAULTS: 'text' is not an option"),
                                ("-T x", "LMZ_DEFAULTS: --threads: 'x' is not"),
                                ("--files", "LMZ_DEFAULTS: a list of files is not an option"),
                                ("--unknown", "LMZ_DEFAULTS: unknown option --unknown")]:
            self.fails(USAGE, words, "text", **self.with_variables(LMZ_DEFAULTS=defaults))
        self.assertEqual(self.names(), ["text"])

    def test_models_are_found_in_folders_of_the_environment(self):
        self.write("text", PROSE)
        large = cli_case.ROOT / "models/large.lmm"
        coded = self.lmz("--model", large, "-c", "text")
        # A program far from any installed model.
        (self.folder / "bin").mkdir()
        self.program = shutil.copy(self.program, self.folder / "bin/lmz")
        self.fails(MODEL, "'large'", "-dc", stdin=coded)
        (self.folder / "models").mkdir()
        shutil.copy(large, self.folder / "models/mine.lmm")
        variables = self.with_variables(LMZ_MODELS=f"{self.folder}/none:{self.folder}/models")
        self.assertEqual(self.lmz("-dc", stdin=coded, **variables), PROSE)
        self.assertIn(b"models/mine.lmm", self.lmz("--list-models", **variables))
        (self.folder / "models/mine.lmm").rename(self.folder / "models/large.lmm")
        self.assertEqual(self.lmz("-4c", "text", **variables), coded)


if __name__ == "__main__":
    unittest.main()
