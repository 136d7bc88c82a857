#!/usr/bin/env python3
"""The page of `lmz explain` in a headless Chromium.

The environment variable LMZ names the program. Where there is no Chromium the test says so and ends
with status 77.
"""

import math
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
import zipfile

import chromium

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SLOWEST = 1.0  # seconds from a key to the frame that shows it, on a busy machine

HOSTILE = (
    b"</script><script>document.title='bad'</script><img src=x onerror=alert(1)> \"'`${1}\n"
    b"\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xae\xe2\x81\xa6 \xff\xfe\xc0\x80\xed\xa0\x80\x00\x1b[31m\n"
)
TOTAL = "Number(document.getElementById('ledger').dataset.bytes)"
FRAME = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def tone(frames):
    """A WAV file of 16 bits."""
    samples = bytearray()
    for i in range(frames):
        value = int(9000 * math.sin(i / 9) + 4000 * math.sin(i / 31))
        samples += value.to_bytes(2, "little", signed=True)
    form = bytes([1, 0, 1, 0, 0x44, 0xAC, 0, 0, 0x88, 0x58, 1, 0, 2, 0, 16, 0])
    head = b"fmt " + (16).to_bytes(4, "little") + form
    body = b"WAVE" + head + b"data" + len(samples).to_bytes(4, "little") + bytes(samples)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def picture(width, height):
    """A PPM file."""
    source = random.Random(3)
    pixels = bytearray()
    for y in range(height):
        for x in range(width):
            shade = 120 + 60 * math.sin(x / 11) + 40 * math.cos(y / 17)
            pixels += bytes(int(shade + source.randint(-3, 3) + 10 * c) for c in range(3))
    return b"P6\n%d %d\n255\n" % (width, height) + bytes(pixels)


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="lmz-page-"))
        cls.browser = chromium.Chromium()
        cls.text = (ROOT / "samples/opticks.txt").read_bytes()

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()
        shutil.rmtree(cls.folder, ignore_errors=True)

    def show(self, name, data, level="-1"):
        """Opens the page of `data`; returns the size of the compressed file."""
        (self.folder / name).write_bytes(data)
        lmz = os.environ["LMZ"]
        page = self.folder / (name + ".html")
        file = self.folder / name
        subprocess.run([lmz, "explain", level, "-f", "-o", page, "--", file], check=True)
        coded = subprocess.run([lmz, level, "-c", file], check=True, capture_output=True)
        self.assertLessEqual(page.stat().st_size, 30 * len(data) + (1 << 20))
        self.browser.open(page)
        return len(coded.stdout)

    def check_quiet(self):
        self.assertEqual(self.browser.messages, [])
        self.assertEqual([url for url in self.browser.requests if not url.startswith("file:")], [])

    def item(self):
        return self.browser.value("document.getElementById('item').innerText")

    def point_at_row(self, row, x=60):
        box = "document.getElementById('view').getBoundingClientRect()"
        place = [self.browser.value(f"{box}.left"), self.browser.value(f"{box}.top")]
        self.browser.move_mouse(place[0] + x, place[1] + 20 * row + 8)

    def test_the_total_is_the_compressed_file(self):
        for level in ["-0", "-1", "-3"]:
            coded = self.show("text", self.text[:6000], level)
            self.assertEqual(self.browser.value(TOTAL), coded)
            shown = self.browser.value("document.querySelector('#ledger tr.total').innerText")
            self.assertIn(f"{coded:,}", shown)
            # What is shown byte by byte comes to the codes.
            bits = self.browser.value(
                "data.documents.reduce((s, d) => s + sumBits(d, 0, d.costs.length), 0)")
            codes = self.browser.value("data.ledger.filter((r) => r.what === 'code')"
                                       ".reduce((s, r) => s + r.bits_q16, 0) / 65536")
            self.assertAlmostEqual(bits, codes, delta=1)
            self.check_quiet()

    def test_hovering_tells_of_a_byte(self):
        self.show("text", self.text[:6000])
        self.point_at_row(0, 2)
        self.browser.wait("document.getElementById('item').innerText.includes('Byte 0')")
        self.point_at_row(0)
        self.browser.wait("!document.getElementById('item').innerText.includes('Byte 0')")
        told = self.item()
        for words in ["bits", "final probability", "Network", "Mixer", "%"]:
            self.assertIn(words, told)
        hovered = self.browser.value("view.hovered")
        self.assertGreater(hovered, 0)
        self.assertIn(f"Byte {hovered:,}", told)
        cost = self.browser.value(f"fmt(bitsOf(doc, {hovered}), 3)")
        self.assertIn(f"{cost} bits", told)
        self.check_quiet()

    def test_the_keyboard_moves(self):
        self.show("text", self.text[:6000])
        self.assertIn("Byte 0", self.item())
        self.browser.press("ArrowRight")
        self.browser.press("ArrowRight")
        self.assertIn("Byte 2", self.item())
        self.browser.press("ArrowLeft")
        self.assertIn("Byte 1", self.item())
        self.browser.press("ArrowDown")
        self.assertEqual(self.browser.value("view.layout.rowOf(view.cursor)"), 1)
        self.browser.press("ArrowUp")
        self.browser.press("End")
        self.browser.press("Home")
        self.assertIn("Byte 0", self.item())
        self.browser.press("PageDown")
        self.assertGreater(self.browser.value("view.layout.rowOf(view.cursor)"), 5)
        at = self.browser.value("view.cursor")
        self.browser.press("n")
        self.assertGreater(self.browser.value("view.cursor"), at)
        self.assertGreaterEqual(self.browser.value("bitsOf(doc, view.cursor)"), 8)
        self.check_quiet()

    def test_dark_and_light(self):
        self.browser.use_dark(True)
        self.show("text", self.text[:3000])
        theme = "document.documentElement.dataset.theme"
        self.assertEqual(self.browser.value(theme), "dark")
        self.browser.use_dark(False)
        self.browser.wait(f"{theme} === 'light'")
        self.browser.value("document.getElementById('theme').click()")
        self.assertEqual(self.browser.value(theme), "dark")
        self.check_quiet()

    def test_hostile_bytes_and_names(self):
        for data in [HOSTILE * 20, self.text[:500] + HOSTILE]:
            name = "<img src=x onerror=alert(1)>.txt"
            self.show(name, data)
            self.browser.value(
                "document.querySelectorAll('details').forEach((d) => { d.open = true; })")
            self.browser.wait("document.getElementById('lines').childElementCount > 0")
            self.assertEqual(self.browser.value("document.querySelectorAll('img').length"), 0)
            self.assertIn("where the bits go", self.browser.value("document.title"))
            shown = self.browser.value("document.getElementById('name').innerText")
            self.assertIn(name, shown)
            for _ in range(30):
                self.browser.press("ArrowRight")
            self.browser.value("document.getElementById('form').click()")
            self.check_quiet()

    def test_binary_data_is_hex(self):
        data = b"".join((i * i).to_bytes(4, "little") for i in range(3000))
        coded = self.show("table", data, "-0")
        self.assertEqual(self.browser.value("view.layout.constructor.name"), "HexLayout")
        self.assertEqual(self.browser.value(TOTAL), coded)
        self.point_at_row(2, 120)
        self.browser.wait("view.hovered > 0")
        self.browser.press("ArrowDown")
        self.check_quiet()

    def test_pictures_and_sound(self):
        for name, data, kind in [("picture.ppm", picture(120, 90), "pixels"),
                                 ("tone.wav", tone(20000), "samples")]:
            coded = self.show(name, data)
            self.assertEqual(self.browser.value("doc.kind"), kind)
            self.assertEqual(self.browser.value(TOTAL), coded)
            before = self.item()
            self.browser.press("ArrowRight")
            self.browser.press("ArrowDown")
            self.assertNotEqual(self.item(), before)
            self.point_at_row(2, 90)
            self.assertIn("bits", self.item())
            if kind == "pixels":
                shade = "view.painted.images[0][1].data.slice(0, 400).join()"
                shades = {self.browser.value(shade)}
                self.browser.value("document.getElementById('theme').click()")
                shades.add(self.browser.value(shade))
                self.assertEqual(len(shades), 2)
            self.check_quiet()

    def test_archives_are_a_tree(self):
        with zipfile.ZipFile(self.folder / "zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("chapter <b>one</b>", self.text[:9000])
            archive.writestr("chapter two", self.text[9000:15000])
        self.show("zip", (self.folder / "zip").read_bytes())
        tree = self.browser.value("document.getElementById('tree').innerText")
        self.assertIn("inside", tree)
        self.assertIn("chapter <b>one</b>", tree)
        self.assertIn("chapter two", tree)
        buttons = self.browser.value("document.querySelectorAll('#tree button').length")
        for k in range(buttons):
            self.browser.value(f"document.querySelectorAll('#tree button')[{k}].click()")
            self.assertIn("bits", self.item())
        self.check_quiet()

    def test_a_megabyte_does_not_freeze(self):
        source = random.Random(5)
        words = [self.text[i:i + 9] for i in range(0, 90_000, 9)]
        data = b"".join(source.choice(words) for _ in range(112_000))[:1_000_000]
        self.show("megabyte", data, "-0")
        self.browser.wait("document.getElementById('kinds').childElementCount > 0")
        slowest = 0
        for key in ["ArrowDown", "PageDown", "PageDown", "ArrowRight", "End", "PageUp"] * 3:
            begin = time.monotonic()
            self.browser.press(key)
            self.browser.value(FRAME)
            slowest = max(slowest, time.monotonic() - begin)
        for share in [0.2, 0.5, 0.99, 0.1]:
            begin = time.monotonic()
            self.browser.value(f"view.host.scrollTop = {share} * view.host.scrollHeight; {FRAME}")
            slowest = max(slowest, time.monotonic() - begin)
        self.assertLess(slowest, SLOWEST)
        self.browser.value("view.moveTo(view.layout.items - 1)")
        self.browser.value(FRAME)
        self.assertIn("Byte 999,999", self.item())
        self.check_quiet()


if __name__ == "__main__":
    if chromium.find() is None:
        print("explain_test: there is no chromium here", file=sys.stderr)
        sys.exit(77)
    unittest.main()
