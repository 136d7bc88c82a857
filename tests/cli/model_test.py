"""Models: built in, installed, from a file, missing, damaged."""

import pathlib
import re
import shutil
import unittest

import cli_case
from cli_case import DAMAGED, FAILED, MODEL, PROSE

OTHER = cli_case.ROOT / "models/large.lmm"  # not built in

class Models(cli_case.CliCase):
    level = []

    def test_every_level_restores(self):
        text = cli_case.text_bytes(1000)
        self.write("in", text)
        for level in ["-0", "-1", "-2", "-3", "-4"]:
            with self.subTest(level):
                self.assertEqual(self.lmz("-d", stdin=self.lmz(level, "-c", "in")), text)
        self.assertEqual(self.lmz("-c", "in"), self.lmz("-3", "-c", "in"))

    def test_the_models_of_levels_are_listed(self):
        rows = [line.split(maxsplit=6) for line in self.lmz("--list-models").decode().splitlines()]
        self.assertEqual(rows[0], ["Number", "Name", "Level", "Parameters", "Size", "Id", "File"])
        for level, name in enumerate(["tiny", "small", "base", "large"], 1):
            row = next(row for row in rows if row[1] == name)
            self.assertEqual(row[2], str(level))
            self.assertEqual(row[6] == "built in", name != "large", row)
            info = self.lmz("--model-info", cli_case.ROOT / "models" / f"{name}.lmm").decode()
            self.assertIn(row[5], info, "the id")
            self.assertIn(row[4] + " bytes", info)

    def test_a_file_needs_its_model(self):
        self.install()
        text = PROSE
        self.write("in", text)
        self.lmz("--model", OTHER, "in")
        self.assertEqual(self.lmz("-d", "-c", "--model", OTHER, "in.lmz"), text)
        said = self.fails(MODEL, "model 'large' (id ", "-t", "in.lmz").stderr.decode()
        self.assertRegex(said, r"not found; install its \.lmm file in /\S+/lmz/models\n")
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
        said = self.fails(MODEL, "level 4: model 'large' not found", "-4").stderr.decode()
        models = pathlib.Path(re.search(r"; install it as (/\S+)/large\.lmm\n", said).group(1))
        self.assertTrue(models.is_relative_to(self.folder / "prefix"), models)
        models.mkdir(parents=True)
        return models

    def test_an_installed_model_is_found(self):
        text = PROSE
        packed = self.lmz("--model", OTHER, "-c", stdin=text)
        models = self.install()
        self.fails(MODEL, f"install its .lmm file in {models}\n", "-d", stdin=packed)
        (models / "broken.lmm").write_bytes(b"")
        (models / "folder.lmm").mkdir()
        self.fails(MODEL, f"install its .lmm file in {models}\n", "-d", stdin=packed)
        shutil.copy(OTHER, models / "a name of its own.lmm")
        self.assertEqual(self.lmz("-d", stdin=packed), text)
        self.assertEqual(self.lmz("-T2", "-d", stdin=packed * 2), text * 2)
        self.assertIn(" large ", self.lmz("--list-models").decode())
        damaged = bytearray(OTHER.read_bytes())
        damaged[1000] ^= 1
        (models / "a name of its own.lmm").write_bytes(damaged)
        self.fails(MODEL, "a name of its own.lmm: ", "-d", stdin=packed)

    def test_level_4_is_the_installed_large(self):
        models = self.install()
        shutil.copy(OTHER, models / "large.lmm")
        text = PROSE
        packed = self.lmz("-4", stdin=text)
        self.assertEqual(packed, self.lmz("--model", OTHER, "-c", stdin=text))
        self.assertEqual(self.lmz("-d", stdin=packed), text)
        self.assertEqual(self.lmz("-4", "--verify", stdin=text), packed)
        self.assertEqual(self.lmz("-T2", "-4", "--verify", stdin=text), packed)
        table = self.lmz("--list-models").decode()
        self.assertRegex(table, rf"\n-  +large +4 .* {re.escape(str(models))}/large.lmm\n")
        (models / "large.lmm").unlink()
        self.fails(MODEL, "'large' (id ", "-d", stdin=packed)

    def test_level_5_is_the_installed_llm(self):
        models = self.install()
        self.write("in", PROSE)
        said = self.fails(MODEL, "level 5: model 'llm' not found", "-5", "in").stderr.decode()
        self.assertIn(f"; install it as {models}/llm.lmm\n", said)
        self.assertEqual(self.names(), ["in", "prefix"], "nothing was written")

    def test_a_damaged_large_model_is_told_and_harms_no_other_level(self):
        models = self.install()
        (models / "large.lmm").write_bytes((cli_case.ROOT / "models/large.lmm").read_bytes()[:-1])
        self.fails(MODEL, f"level 4: {models}/large.lmm: ", "-4")
        text = cli_case.text_bytes(1000)
        self.assertEqual(self.lmz("-d", stdin=self.lmz("-1", stdin=text)), text)
        self.assertNotIn("large", self.lmz("--list-models").decode())
        (models / "large.lmm").unlink()
        (models / "large.lmm").mkdir()
        self.fails(FAILED, f"level 4: {models}/large.lmm: not a regular file", "-4")

    def test_links_to_the_program_lead_to_its_models(self):
        models = self.install()
        shutil.copy(OTHER, models / "large.lmm")
        (self.folder / "elsewhere").symlink_to(self.program)
        text = cli_case.text_bytes(300)
        packed = self.lmz("-4", stdin=text)
        self.program = self.folder / "elsewhere"
        self.assertEqual(self.lmz("-4", stdin=text), packed)

    def test_twice_quiet_only_the_code_tells(self):
        self.install()
        self.write("in", PROSE)
        self.lmz("--model", OTHER, "in")
        for code, arguments in [(MODEL, ["-4", "in"]), (MODEL, ["-t", "in.lmz"]),
                                (FAILED, ["--model", "no.lmm", "in"]),
                                (MODEL, ["--model", "in", "in"]), (MODEL, ["--model-info", "in"])]:
            with self.subTest(arguments):
                result = self.run_lmz("-qq", *arguments)
                self.assertEqual((result.returncode, result.stderr), (code, b""))
                self.fails(code, "", "-q", *arguments)

    def test_damage_under_a_model_is_damage(self):
        packed = bytearray(self.lmz("-c", stdin=cli_case.text_bytes(1000)))
        packed[len(packed) // 2] ^= 4
        self.fails(DAMAGED, "(stdin)", "-t", stdin=bytes(packed))


if __name__ == "__main__":
    unittest.main()
