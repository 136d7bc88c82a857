#!/usr/bin/env python3
"""Shows that the ratio check sees a changed size, a new file, another file and a false copy."""

import pathlib
import stat
import struct
import tempfile
import unittest
import zlib

import png
import ratio

ROW = {"file": "a", "level": "default", "raw_size": "100", "coded_size": "40"}
KEY = ("a", "default")


class RatioTest(unittest.TestCase):
    def found(self, expected):
        return list(ratio.differences(expected, {KEY: ROW}))

    def test_equal_rows_pass(self):
        self.assertEqual(self.found({KEY: dict(ROW)}), [])

    def test_a_changed_size_is_named_with_its_sign(self):
        found = self.found({KEY: {**ROW, "coded_size": "42"}})
        self.assertEqual(found, ["a (default): 40 bytes instead of 42 (-2)"])

    def test_a_row_that_is_missing_and_a_changed_file_are_found(self):
        self.assertEqual(len(self.found({})), 1)
        self.assertEqual(len(self.found({KEY: {**ROW, "raw_size": "99"}})), 1)

    def program(self, text):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = pathlib.Path(folder.name, "program")
        path.write_text(text)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return str(path)

    def test_a_program_that_does_not_restore_is_refused(self):
        raw = pathlib.Path(__file__).read_bytes()
        keeps = self.program("#!/bin/sh\nexec cat\n")
        self.assertEqual(ratio.sizes(keeps, [], raw), (len(raw), len(raw)))
        loses = self.program("#!/bin/sh\nexec tail -c +2\n")
        with self.assertRaises(ValueError):
            ratio.sizes(loses, [], raw)

    def test_quick_leaves_out_no_level_and_no_kind(self):
        def kinds(cells):
            return {(name.split("/")[0], pathlib.Path(name).suffix == ".png", level)
                    for name, level in cells}

        names = {row["file"] for row in ratio.corpora.read_table(ratio.TABLE)}
        with tempfile.TemporaryDirectory() as folder:
            files = {name: pathlib.Path(folder, name.replace("/", "+")) for name in names}
            for name, path in files.items():
                path.touch()
                if name == "text/enwik6":
                    path.write_bytes(bytes(1000000))
            every, quick = ratio.cells(files, False), ratio.cells(files, True)
        self.assertLess(set(quick), set(every))
        self.assertEqual(kinds(quick), kinds(every))
        self.assertEqual([level for name, level in quick if name == "text/enwik6"], ["0"])

    def test_pixels_come_out_of_a_png_file(self):
        def chunk(kind, content):
            return struct.pack(">I", len(content)) + kind + content + bytes(4)

        # One row for each filter, two pixels of gray.
        rows = bytes([0, 10, 20, 1, 5, 6, 2, 1, 2, 3, 4, 5, 4, 1, 1])
        header = struct.pack(">IIBBBBB", 2, 5, 8, 0, 0, 0, 0)
        file = png.SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows))
        pixels = bytes([10, 20, 5, 11, 6, 13, 7, 15, 8, 16])
        self.assertEqual(png.to_pnm(file), b"P5\n2 5\n255\n" + pixels)
        with self.assertRaises(ValueError):
            png.to_pnm(b"P5")


if __name__ == "__main__":
    unittest.main()
