"""--list: structure without decoding, as a table and as JSON."""

import base64
import gzip
import json
import os
import subprocess
import unittest
import zipfile

import cli_case


class List(cli_case.CliCase):
    def setUp(self):
        super().setUp()
        self.data = cli_case.SAMPLES["mixed"]
        self.write("in", self.data)
        self.lmz("--block-size=64K", "in")

    def listed(self, *files, **options):
        return json.loads(self.lmz("--list", "--json", *files, **options))

    def test_json_agrees_with_the_file(self):
        (entry,) = self.listed("in.lmz")
        self.assertEqual(entry["file"], "in.lmz")
        self.assertEqual(entry["raw_size"], len(self.data))
        self.assertEqual(entry["coded_size"], len(self.read("in.lmz")))
        (frame,) = entry["frames"]
        self.assertEqual((frame["offset"], frame["compact"]), (0, False))
        self.assertEqual(frame["raw_size"], len(self.data))
        blocks = frame["blocks"]
        self.assertGreaterEqual(len(blocks), 4)
        self.assertEqual(sum(block["raw_size"] for block in blocks), len(self.data))
        self.assertLessEqual(sum(block["coded_size"] for block in blocks), frame["coded_size"])
        for block, following in zip(blocks, blocks[1:]):
            self.assertLessEqual(block["offset"] + block["coded_size"], following["offset"])
        for block in blocks:
            self.assertLessEqual(block["raw_size"], 1 << 16)
            self.assertIn(block["codec"], ["stored", "bytes", "parts"])
            self.assertRegex(block["checksum"], r"\A[0-9a-f]{16}\Z")

    def test_stored_blocks_are_the_raw_bytes_at_their_place(self):
        data = cli_case.random_bytes(100_000)
        packed = self.lmz(stdin=data)
        (entry,) = self.listed(stdin=packed)
        self.assertEqual(entry["file"], "(stdin)")
        for block in entry["frames"][0]["blocks"]:
            self.assertEqual(block["codec"], "stored")
            self.assertIn(data[:1000], packed[block["offset"]:])

    def test_what_was_found_inside(self):
        with zipfile.ZipFile(self.folder / "archive", "w", zipfile.ZIP_DEFLATED) as archive:
            for seed in range(3):
                archive.writestr(f"text {seed}", cli_case.text_bytes(5000, seed))
        self.lmz("archive")
        found = "zip: 3 streams, 3 by zlib -6"
        (entry,) = self.listed("archive.lmz")
        self.assertEqual([block.get("inside") for block in entry["frames"][0]["blocks"]], [found])
        self.assertIn(f"inside ({found})", self.lmz("-lv", "archive.lmz").decode())

    def test_what_was_found_in_text(self):
        runs = [base64.encodebytes(cli_case.text_bytes(5000, seed)) for seed in range(3)]
        packed = self.lmz(stdin=b"\n--b\n\n".join([b"Subject: three", *runs]))
        (entry,) = self.listed(stdin=packed)
        self.assertEqual([block.get("inside") for block in entry["frames"][0]["blocks"]],
                         ["base64: 3 runs"])

    def test_what_was_found_in_a_stream_of_several_blocks(self):
        data = gzip.compress(cli_case.text_bytes(400_000))
        self.assertGreater(len(data), 1 << 16)
        packed = self.lmz("-0", "--block-size", "64K", stdin=data)
        self.assertEqual(self.lmz("-d", stdin=packed), data)
        (entry,) = self.listed(stdin=packed)
        found = [block.get("inside") for block in entry["frames"][0]["blocks"]]
        self.assertGreaterEqual(len(found), 2)
        self.assertTrue(found[0].startswith("gzip: 1 stream"), found)
        self.assertTrue(found[1].startswith("gzip: 1 stream, the first goes on"), found)

    def test_what_was_found_in_a_picture(self):
        pictures = cli_case.ROOT / "tests/fuzz/corpus/jpeg"
        for name, size, found in [("progressive-restart", None, "JPEG: 10 scans"),
                                  ("cut", None, "JPEG: 9 scans"),
                                  ("baseline", 1000, "JPEG: 1 scan, cut")]:
            packed = self.lmz("-0", stdin=(pictures / name).read_bytes()[:size])
            (entry,) = self.listed(stdin=packed)
            self.assertEqual([block.get("inside") for block in entry["frames"][0]["blocks"]],
                             [found])

    def test_concatenated_frames(self):
        parts = [self.read("in.lmz"), self.lmz(stdin=b"small"), self.lmz(stdin=b""),
                 self.read("in.lmz")]
        self.write("all.lmz", b"".join(parts))
        (entry,) = self.listed("all.lmz")
        offset = 0
        self.assertEqual(len(entry["frames"]), len(parts))
        for frame, part, raw_size in zip(entry["frames"], parts,
                                         [len(self.data), 5, 0, len(self.data)]):
            self.assertEqual(frame["offset"], offset)
            self.assertEqual(frame["coded_size"], len(part))
            self.assertEqual(frame["raw_size"], raw_size)
            offset += len(part)
        self.assertTrue(entry["frames"][1]["compact"])
        self.assertEqual(entry["raw_size"], 2 * len(self.data) + 5)

    def test_table(self):
        self.write("one.lmz", self.lmz(stdin=b"x"))
        lines = self.lmz("-l", "in.lmz", "one.lmz").decode().splitlines()
        self.assertEqual(len(lines), 4)
        self.assertEqual(lines[0].split()[:4], ["Frames", "Blocks", "Compressed", "Raw"])
        (first, second) = self.listed("in.lmz", "one.lmz")
        for line, entry in [(lines[1], first), (lines[2], second)]:
            cells = line.split()
            self.assertEqual(cells[:4], ["1", str(len(entry["frames"][0]["blocks"])),
                                         str(entry["coded_size"]), str(entry["raw_size"])])
            self.assertEqual(cells[4], f"{entry['raw_size'] / entry['coded_size']:.3f}")
            self.assertEqual(cells[5], f"{8 * entry['coded_size'] / entry['raw_size']:.3f}")
            self.assertEqual(cells[6], entry["file"])
        self.assertIn("2 files", lines[3])
        self.assertEqual(lines[3].split()[3], str(len(self.data) + 1))

    def test_verbose_table_has_a_line_for_each_block(self):
        blocks = self.listed("in.lmz")[0]["frames"][0]["blocks"]
        lines = self.lmz("-lv", "in.lmz").decode().splitlines()
        self.assertEqual(len(lines), 3 + len(blocks))
        for number, (line, block) in enumerate(zip(lines[3:], blocks)):
            self.assertEqual(line.split()[:2], ["0", str(number)])
            self.assertEqual(line.split()[2], str(block["offset"]))
            self.assertEqual(line.split()[5], block["checksum"])
            self.assertTrue(line.split()[6].startswith(block["codec"]))

    def peak_of_listing(self, *arguments):
        process = self.start_lmz("-l", *arguments, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 0)
        return usage.ru_maxrss << 10

    def test_memory_does_not_grow_with_the_number_of_blocks(self):
        one = self.lmz(stdin=b"x")
        self.write("one.lmz", one)
        self.write("many.lmz", one * 100_000)
        for arguments in [[], ["--json"]]:
            self.assertLess(self.peak_of_listing("many.lmz", *arguments),
                            self.peak_of_listing("one.lmz", *arguments) + (4 << 20))

    def test_what_stands_in_front_of_damage(self):
        packed = self.read("in.lmz")
        whole = self.listed("in.lmz")[0]["frames"][0]
        last = whole["blocks"][-1]
        self.write("cut.lmz", packed + packed[:last["offset"] + 5])
        result = self.fails(cli_case.DAMAGED, "too early", "-l", "--json", "cut.lmz", "in.lmz")
        cut, following = json.loads(result.stdout)
        self.assertEqual(following["file"], "in.lmz")
        self.assertEqual((cut["file"], cut["frames"][0]), ("cut.lmz", whole))
        self.assertEqual(f"lmz: {cut['error']}\n", result.stderr.decode())
        self.assertNotIn("raw_size", cut)
        self.assertEqual(len(cut["frames"][1]["blocks"]), len(whole["blocks"]) - 1)
        self.assertNotIn("raw_size", cut["frames"][1])
        with open("/dev/full", "wb") as full:
            self.fails(cli_case.FAILED, "(stdout): writing failed", "-l", "--json", "in.lmz",
                       "in.lmz", stdout=full)
        self.assertEqual(self.lmz("-l", "--json", "--files", stdin=b""), b"[]\n")

    def test_listing_does_not_decode(self):
        packed = bytearray(self.read("in.lmz"))
        blocks = self.listed("in.lmz")[0]["frames"][0]["blocks"]
        block = max(blocks, key=lambda block: block["coded_size"])
        packed[block["offset"] + block["coded_size"] // 2] ^= 0x10
        self.write("damaged.lmz", bytes(packed))
        self.assertEqual(self.listed("damaged.lmz")[0]["frames"],
                         self.listed("in.lmz")[0]["frames"])
        self.fails(cli_case.DAMAGED, "damaged.lmz", "-t", "damaged.lmz")

    def test_one_bad_file(self):
        self.write("bad.lmz", b"bad")
        result = self.fails(cli_case.DAMAGED, "bad.lmz", "-l", "--json", "bad.lmz", "in.lmz")
        self.assertEqual([entry["file"] for entry in json.loads(result.stdout)], ["in.lmz"])


if __name__ == "__main__":
    unittest.main()
