"""The figures in docs/, rendered: they show something, and no label is cut off at an edge."""

import pathlib
import re
import shutil
import subprocess
import unittest

import png

DOCS = pathlib.Path(__file__).resolve().parent.parent / "docs"


def rendered(figure):
    """Rows of pixels, red, green and blue, at half the size."""
    content = subprocess.run(["rsvg-convert", "--zoom=0.5", "--background-color=white", figure],
                             check=True, capture_output=True).stdout
    kind, size, _, pixels = png.to_pnm(content).split(b"\n", 3)
    assert kind == b"P6", "not RGB"
    width, height = map(int, size.split())
    return [[pixels[i : i + 3] for i in range(3 * width * y, 3 * width * (y + 1), 3)]
            for y in range(height)]


@unittest.skipUnless(shutil.which("rsvg-convert"), "rsvg-convert is not installed")
class Figures(unittest.TestCase):
    def test_every_figure_is_whole(self):
        figures = sorted(DOCS.glob("*.svg"))
        self.assertGreaterEqual(len(figures), 5)
        for figure in figures:
            with self.subTest(figure.name):
                rows = rendered(figure)
                pixels = [pixel for row in rows for pixel in row]
                background = rows[0][0]
                drawn = sum(pixel != background for pixel in pixels)
                self.assertGreater(drawn, len(pixels) / 100)
                edges = rows[0] + rows[-1] + [row[0] for row in rows] + [row[-1] for row in rows]
                self.assertEqual(set(edges), {background})

    def test_no_figure_needs_another_file(self):
        for figure in DOCS.glob("*.svg"):
            text = figure.read_text(encoding="utf-8")
            for target in re.findall(r'href\s*=\s*["\']([^"\']{0,30})', text):
                self.assertTrue(target.startswith(("#", "data:image/png;base64,")), target)
            self.assertNotIn("<script", text)


if __name__ == "__main__":
    unittest.main()
