#!/usr/bin/env python3
"""usage: data_test.py DISTINCT OVERLAP

Tests of the steps that make training data; DISTINCT and OVERLAP are the programs.
"""
import pathlib
import subprocess
import sys
import tempfile
import unittest

import catalogues
import documents
import hold_out
import languages

CATALOGUE = b'''msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Language: de\\n"

#: a.c:1
msgid "Open \\"%s\\""
msgstr "\\"%s\\" "
"\\xc3\\xb6ffnen"

msgid "Close"
msgstr ""
'''.replace(b"\\xc3\\xb6", "ö".encode())
KEY = bytes(range(1, 33))


class Documents(unittest.TestCase):
    def test_languages(self):
        for name, language in (("po/de.po", "de"), ("po/pt_BR.po", "pt"),
                               ("a/man/fr/man1/x.1", "fr"), ("doc/x.zh-cn.html", "zh"),
                               ("doc/index.html", None), ("doc/HTML/it/k/index.docbook", "it")):
            self.assertEqual(languages.language_of(name, b""), language, name)
        self.assertEqual(languages.language_of("po/x.po", CATALOGUE), "de")

    def test_catalogue_becomes_text(self):
        self.assertEqual(catalogues.translations(CATALOGUE).decode(), '"%s" öffnen\n')

    def test_page_becomes_text(self):
        page = b"<html><head><title>t</title></head><body><p>a &amp;\n b</p><p>c</p></body></html>"
        self.assertEqual(catalogues.plain_text(page), b"a & b\nc\n")

    def test_licences_are_cut(self):
        text = b"/* Copyright 2020. All rights reserved. */\n\nint x;\n"
        self.assertEqual(documents.without_licence(text), b"int x;\n")
        self.assertEqual(documents.without_licence(b"#!/bin/sh\n# Licence: none\necho\n"),
                         b"#!/bin/sh\necho\n")
        other = b"# What it is\nx = 1\n"
        self.assertEqual(documents.without_licence(other), other)

    def test_junk(self):
        lines = b"".join(b"%d: a line of its own\n" % number for number in range(40))
        self.assertFalse(documents.is_junk(lines, "log"))
        for junk in (lines + b"\x01" * 40, b"the same\n" * 100, b"QUJD" * 500, b"a b" * 9000):
            self.assertTrue(documents.is_junk(junk, "log"), junk[:20])

    def test_large_files_are_cut_at_lines(self):
        data = b"".join(b"line %d\n" % number for number in range(40000))
        parts = documents.pieces(data, KEY, True)
        self.assertGreater(len(parts), 2)
        for part in parts:
            self.assertTrue(part.startswith(b"line ") and part.endswith(b"\n"))
            self.assertLessEqual(len(part), documents.MOST_OF_A_DOCUMENT)

    def test_held_out_packages_are_not_trained_on(self):
        packages = {f"deb.p{number}": [b"%d of %d\n" % (part, number) * 60 for part in range(9)]
                    for number in range(80)}
        text, training = hold_out.split("kind", packages)
        self.assertGreater(len(text), 1000)
        held = {line.split(b" of ")[1] for line in text.split(b"\n") if line}
        left = {part.split(b"\n")[0].split(b" of ")[1] for part in training}
        self.assertFalse(held & left)


class Programs(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        texts = [b"".join(b"%d and %d and so on, line after line\n" % (n * n * n, n + turn)
                          for n in range(turn * 1000, turn * 1000 + 200)) for turn in range(3)]
        (self.folder / "in/k").mkdir(parents=True)
        (self.folder / "in/k/a").write_bytes(texts[0] + b"\0" + texts[1] + b"\0")
        # Nearly the first again, and a new one.
        (self.folder / "in/k/b").write_bytes(texts[0][500:] + b"\0" + texts[2] + b"\0")
        (self.folder / "test").write_bytes(texts[1])
        self.texts = texts

    def test_distinct(self):
        subprocess.run([PROGRAMS[0], self.folder / "out", "--training", self.folder / "in"],
                       check=True, capture_output=True)
        self.assertEqual((self.folder / "out/k/a").read_bytes(),
                         (self.folder / "in/k/a").read_bytes())
        self.assertEqual((self.folder / "out/k/b").read_bytes(), self.texts[2] + b"\0")

    def test_overlap(self):
        (self.folder / "kept").mkdir()
        subprocess.run([PROGRAMS[1], "--benchmark", self.folder / "test", "--training",
                        self.folder / "in/k", "--most", "30", "--keep", self.folder / "kept"],
                       check=True, capture_output=True)
        self.assertEqual((self.folder / "kept/a").read_bytes(), self.texts[0] + b"\0")
        self.assertEqual((self.folder / "kept/b").read_bytes(),
                         (self.folder / "in/k/b").read_bytes())


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    PROGRAMS = sys.argv[1:]
    unittest.main(argv=sys.argv[:1])
