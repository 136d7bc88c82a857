"""Lists of files, and outputs in another directory."""

import unittest

import cli_case
from cli_case import FAILED, FINE, USAGE


class Lists(cli_case.CliCase):
    def test_names_come_from_a_list(self):
        for name in ["a", "b b", "c\nc", "-"]:
            self.write(name, name.encode())
        self.write("list", b"b b\n\na\n")
        self.lmz("--files=list", "./-")
        self.assertTrue({"-.lmz", "a.lmz", "b b.lmz"} <= set(self.names()))
        self.write("list0", b"c\nc\0-")
        self.lmz("-f", "--files0=list0")
        self.assertIn("c\nc.lmz", self.names())
        self.assertEqual(self.lmz("-dc", "--files", stdin=b"a.lmz\n./-.lmz"), b"a-")

    def test_an_empty_list_is_nothing_to_do(self):
        self.assertEqual(self.lmz("--files", stdin=b""), b"")
        self.assertEqual(self.lmz("--files0", stdin=b"\0\0"), b"")

    def test_failures(self):
        self.write("a", b"a")
        self.fails(FAILED, "missing: cannot be opened", "--files=missing")
        self.fails(USAGE, "--output takes one input file", "--files", "-o", "x", "a")


class OutputDirectory(cli_case.CliCase):
    def setUp(self):
        super().setUp()
        for name in ["tree/one", "tree/deep/two", "other/one"]:
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            self.write(name, name.encode())

    def paths(self, folder):
        root = self.folder / folder
        return sorted(str(p.relative_to(root)) for p in root.rglob("*") if p.is_file())

    def test_names_alone_and_back(self):
        self.lmz("--output-dir", "out/new", "tree/one", str(self.folder / "tree/deep/two"))
        self.assertEqual(self.paths("out"), ["new/one.lmz", "new/two.lmz"])
        self.lmz("-d", "--output-dir=back", "out/new/one.lmz")
        self.assertEqual(self.read("back/one"), b"tree/one")

    def test_trees_keep_their_paths(self):
        self.lmz("-r", "--output-dir", "out", "tree", "./other")
        self.assertEqual(self.paths("out"),
                         ["other/one.lmz", "tree/deep/two.lmz", "tree/one.lmz"])
        (self.folder / "work").mkdir()
        self.lmz("-rd", "--output-dir", "work/back", "out")
        self.assertEqual(self.read("work/back/out/tree/deep/two"), b"tree/deep/two")
        # What leads upwards does not lead out of the directory.
        result = self.run_lmz("-r", "--output-dir", "up", f"../{self.folder.name}/other")
        self.assertEqual(result.returncode, FINE)
        self.assertEqual(self.paths("up"), [f"{self.folder.name}/other/one.lmz"])

    def test_two_inputs_with_one_output(self):
        self.fails(FAILED, "other/one: skipped; its output out/one.lmz is that of tree/one",
                   "-f", "--output-dir=out", "tree/one", "other/one")
        self.assertEqual(self.lmz("-dc", "out/one.lmz"), b"tree/one")

    def test_refused(self):
        for arguments in [["-c"], ["-o", "x"], ["-t"], ["-l"]]:
            self.fails(USAGE, "--output-dir cannot be combined", "--output-dir=out", *arguments,
                       "tree/one")
        self.write("file", b"")
        self.fails(FAILED, "file/x/one.lmz: its folder cannot be made", "--output-dir=file/x",
                   "tree/one")


class Benchmark(cli_case.CliCase):
    def test_levels_are_measured_and_nothing_is_written(self):
        self.write("text", cli_case.text_bytes(3000))
        lines = self.run_lmz("-b", "text").stdout.decode().splitlines()
        self.assertEqual(lines[0], "text: 3000 bytes, 1 thread")
        self.assertRegex(lines[2], r"\A-0 +\d+ +\d\.\d+ +\d\.\d+ +[\d.]+ +[\d.]+\Z")
        self.assertEqual(len(lines), 3)  # of the level that was given
        coded = self.lmz("-c", "text")
        self.assertEqual(int(lines[2].split()[1]), len(coded))
        self.level = []
        levels = [line.split()[0] for line in self.lmz("-b", "text").decode().splitlines()[2:]]
        self.assertEqual(levels[:4], ["-0", "-1", "-2", "-3"])
        self.assertEqual(self.names(), ["text"])
        self.fails(FAILED, "missing: cannot be opened", "-b", "missing")

    def test_of_a_long_file_only_the_beginning(self):
        self.write("long", cli_case.random_bytes(300_000))
        self.assertIn(b"long: the first 262144 bytes", self.lmz("-b", "long"))


if __name__ == "__main__":
    unittest.main()
