"""lmz explain: where the bits of a file go."""

import base64
import io
import json
import re
import struct
import tarfile
import unittest

import cli_case
from cli_case import DAMAGED, FAILED, TOO_NEW, USAGE

BYTE_Q16 = 8 * 65536
PAGE_ALLOWANCE = 1 << 20
HOSTILE = (
    b"</script><script>alert(1)</script> \"quotes\" 'single' `tick` ${x} &amp; <!-- -->"
    b"\xe2\x80\xa8line\xe2\x80\xa9 \xe2\x80\xaebidi\xe2\x81\xa6 \xff\xfe\xc0\x80 \xed\xa0\x80"
    b"\x00 {{data}} {{style}}\n"
)


def data_of(page):
    """What a page holds, its arrays unpacked."""
    pattern = rb'<script type="application/json" id="data">(.*?)</script>'
    data = json.loads(re.search(pattern, page, re.S).group(1))
    for document in data["documents"]:
        for name in ["costs", "values", "network", "mixer"]:
            packed = base64.b64decode(document[name], validate=True)
            if name == "costs":
                packed = struct.unpack(f"<{len(packed) // 2}H", packed)
            document[name] = list(packed)
    return data


class Explain(cli_case.CliCase):
    level = []

    def explained(self, *arguments):
        return json.loads(self.lmz("explain", "--json", *arguments))

    def check_sum(self, data, coded):
        self.assertEqual(data["coded_size"], coded)
        self.assertEqual(data["total_q16"], coded * BYTE_Q16)
        self.assertEqual(sum(row["bits_q16"] for row in data["ledger"]), coded * BYTE_Q16)
        for row in data["ledger"]:
            if row["what"] == "end of code":
                self.assertLessEqual(abs(row["bits_q16"]), BYTE_Q16)

    def test_the_total_is_the_compressed_file(self):
        samples = {"text": cli_case.PROSE * 3, "random": cli_case.random_bytes(5000),
                   "zeros": bytes(70_000), "one byte": b"x", "hostile": HOSTILE * 9}
        for name, data in samples.items():
            self.write(name, data)
            for level in ["-0", "-1"]:
                with self.subTest(name, level=level):
                    coded = self.lmz(level, "-c", name)
                    explained = self.explained(level, name)
                    self.check_sum(explained, len(coded))
                    self.assertEqual(explained["raw_size"], len(data))
                    # The file itself is explained like what would become of it.
                    self.write("coded.lmz", coded)
                    of_code = self.explained("coded.lmz")
                    self.assertTrue(of_code["was_compressed"])
                    self.assertEqual(of_code["documents"], explained["documents"])
                    self.assertEqual(of_code["ledger"], explained["ledger"])

    def test_costs_add_up_to_the_code(self):
        self.write("text", cli_case.PROSE)
        data = self.explained("-1", "text")
        document = data["documents"][0]
        self.assertEqual(bytes(document["values"]), cli_case.PROSE)
        bits = sum(document["costs"]) / 2 ** document["unit_bits"]
        code = sum(row["bits_q16"] for row in data["ledger"] if row["what"] == "code") / 65536
        self.assertAlmostEqual(bits, code, delta=0.5)
        tried = [trial["contestant"] for trial in data["trials"]]
        self.assertIn("text, model tiny", tried)

    def test_the_page_has_the_same_data(self):
        self.write("text", cli_case.PROSE)
        self.lmz("explain", "-1", "text")
        page = self.read("text.html")
        self.assertLessEqual(len(page), 30 * len(cli_case.PROSE) + PAGE_ALLOWANCE)
        self.assertEqual(data_of(page), self.explained("-1", "text"))
        self.assertEqual(self.lmz("explain", "-1", "-o", "-", "text"), page)
        self.assertNotRegex(page, rb"(?:src|href)\s*=\s*[\"']?(?:http|//)")

    def test_nothing_of_the_file_is_markup(self):
        name = "<img src=x onerror=alert(1)>&\"' \u2028 \u202e.txt"
        self.write(name, HOSTILE * 30)
        for level in ["-0", "-1"]:
            page = self.lmz("explain", level, "-o", "-", name)
            self.assertEqual(page.count(b"<script"), 2)
            self.assertEqual(page.count(b"</script>"), 2)
            self.assertNotIn(b"<img", page)
            self.assertNotIn("\u2028".encode(), page)
            self.assertEqual(data_of(page)["file"], name)

    def test_pages_stay_within_their_size(self):
        samples = {"zeros": bytes(300_000), "random": cli_case.random_bytes(100_000)}
        for name, data in samples.items():
            self.write(name, data)
            page = self.lmz("explain", "-0", "-o", "-", name)
            self.assertLessEqual(len(page), 30 * len(data) + PAGE_ALLOWANCE, name)

    def test_archives_are_told_by_member(self):
        archive = io.BytesIO()
        members = {"folder/a": cli_case.PROSE, "b": cli_case.random_bytes(3000)}
        with tarfile.open(fileobj=archive, mode="w", format=tarfile.USTAR_FORMAT) as tar:
            for name, data in members.items():
                member = tarfile.TarInfo(name)
                member.size = len(data)
                tar.addfile(member, io.BytesIO(data))
        self.write("tar", archive.getvalue())
        data = self.explained("-0", "tar")
        self.assertEqual([member["name"] for member in data["members"]], ["folder/a", "b"])
        whole = sum(block["coded_size"] for block in data["blocks"])
        told = sum(member["bits_q16"] for member in data["members"]) / BYTE_Q16
        self.assertLessEqual(told, whole)
        self.assertGreater(told, whole - 40)
        self.assertGreater(data["members"][1]["bits_q16"], 2900 * BYTE_Q16)

    def test_it_is_a_command_only_in_front(self):
        self.write("explain", b"a file")
        self.lmz("-0", "./explain")
        self.lmz("-0", "-f", "--", "explain")
        self.assertEqual(self.lmz("-dc", "explain.lmz"), b"a file")
        self.write("-0", b"of that name")
        self.assertEqual(self.explained("-1", "--", "-0")["raw_size"], 12)

    def test_standard_input(self):
        page = self.lmz("explain", "-0", stdin=cli_case.PROSE)
        self.assertEqual(data_of(page)["file"], "(stdin)")

    def test_every_option_is_documented(self):
        in_help = cli_case.options_of_help(self.lmz("explain", "--help").decode())
        self.assertEqual(cli_case.options_of_table("docs/cli.md", "Explaining"), in_help)

    def test_the_input_is_never_replaced(self):
        self.write("in", cli_case.PROSE)
        for options in [["-f"], ["-f", "--json"]]:
            self.fails(FAILED, "is both input and output", "explain", "-0", *options,
                       "-o", "in", "in")
        self.assertEqual(self.read("in"), cli_case.PROSE)

    def test_refused(self):
        self.write("empty", b"")
        self.fails(FAILED, "empty: is empty: there is nothing to explain", "explain", "empty")
        self.write("none.lmz", self.lmz("-0", "-c", "empty"))
        self.fails(FAILED, "none.lmz: is empty", "explain", "none.lmz")
        self.write("huge", bytes((8 << 20) + 1))
        self.fails(FAILED, "huge: is too large", "explain", "-0", "huge")
        self.write("huge.lmz", self.lmz("-0", "-c", "huge"))
        self.fails(FAILED, "huge.lmz: 8388609 bytes are too many", "explain", "huge.lmz")
        (self.folder / "folder").mkdir()
        self.fails(FAILED, "folder: ", "explain", "folder")
        self.fails(FAILED, "missing: ", "explain", "missing")
        self.write("text", b"text")
        self.fails(FAILED, "none.lmm", "explain", "--model=none.lmm", "text")
        self.write("bad.lmz", self.lmz("-0", "-c", "text")[:-1] + b"?")
        self.fails(DAMAGED, "bad.lmz: ", "explain", "bad.lmz")
        self.fails(USAGE, "takes one file", "explain", "text", "text")
        self.fails(USAGE, "unknown option --nothing", "explain", "--nothing", "text")
        self.write("text.html", b"mine")
        self.fails(FAILED, "text.html", "explain", "-0", "text")
        self.assertEqual(self.read("text.html"), b"mine")
        self.lmz("explain", "-0", "-f", "text")
        self.assertNotEqual(self.read("text.html"), b"mine")

    def test_a_model_that_is_not_known(self):
        coded = bytearray(self.lmz("-1", "-c", stdin=cli_case.PROSE))
        self.assertEqual(coded[4], 2)  # the codec `text`
        coded[3 + 1 + 1 + 2 + 2 + 4] = 200  # behind magic, kind, codec, two sizes and the check
        self.write("other.lmz", bytes(coded))
        self.fails(TOO_NEW, "other.lmz: ", "explain", "other.lmz")


if __name__ == "__main__":
    unittest.main()
