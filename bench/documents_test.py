#!/usr/bin/env python3
"""Holds the generated sections of the documents against bench/ratio.csv, the model files and each
other, and shows that a wrong number, sum or model is seen. What ratio.csv holds is measured by the
test `ratio`.
"""

import re
import unittest

import documents
import models


class DocumentsTest(unittest.TestCase):
    def setUp(self):
        self.sections = documents.read_sections()
        self.ratio, self.models = documents.read_ratio(), documents.read_models()

    def spoilt(self, section, old, new):
        """The sections with one more place of `section` changed."""
        text = self.sections[section]
        self.assertIn(old, text)
        return {**self.sections, section: text.replace(old, new, 1)}

    def test_sizes_are_those_of_ratio_csv(self):
        self.assertEqual(list(documents.wrong_sizes(self.sections, self.ratio)), [])
        compared = [key for key in self.ratio
                    for rows in documents.file_tables(self.sections).values()
                    if f"lmz -{key[1]}" in rows.get(key[0], {})]
        self.assertGreater(len(compared), 100)
        size = self.ratio["alice29.txt", "3"][1]
        spoilt = self.spoilt("files", f"| {size:,} |", f"| {size + 1:,} |")
        self.assertEqual(len(list(documents.wrong_sizes(spoilt, self.ratio))), 1)
        png = self.ratio["kodim01.png", "0"][1]
        spoilt = self.spoilt("png", f"| {png:,} |", "| 1 |")
        self.assertEqual(len(list(documents.wrong_sizes(spoilt, self.ratio))), 1)

    def test_totals_are_sums(self):
        self.assertEqual(list(documents.wrong_sums(self.sections)), [])
        total = documents.file_tables(self.sections)["canterbury"]["total"]["xz -9e"]
        spoilt = self.spoilt("files", f"**{total:,}**", f"**{total + 1:,}**")
        self.assertEqual(len(list(documents.wrong_sums(spoilt))), 1)
        spoilt = self.spoilt("readme", f"| {total:,} |", f"| {total - 1:,} |")
        self.assertEqual(len(list(documents.wrong_sums(spoilt))), 1)

    def test_models_are_those_of_the_files(self):
        self.assertEqual(list(documents.wrong_models(self.sections, self.models)), [])
        for section in ["files", "pictures", "png", "recordings", "table", "scaling", "context"]:
            names = dict(documents.MODEL_ID.findall(self.sections[section]))
            self.assertIn("base", names, section)
            model_id = names["base"]
            spoilt = self.spoilt(section, model_id, model_id[::-1])
            self.assertEqual(len(list(documents.wrong_models(spoilt, self.models))), 1, section)
        for section in ["files", "scaling"]:
            names = dict(documents.MODEL_ID.findall(self.sections[section]))
            self.assertEqual(sorted(names), sorted(models.NAMES))

    def test_rates_are_those_of_the_sizes(self):
        self.assertEqual(list(documents.wrong_rates(self.sections, self.ratio, self.models)), [])
        rate = f"{self.ratio['enwik6', '3'][1] / 10_000:.2f}"
        spoilt = self.spoilt("table", f"| lmz -3 | {rate} |", "| lmz -3 | 1.00 |")
        self.assertEqual(len(list(documents.wrong_rates(spoilt, self.ratio, self.models))), 1)
        self.assertEqual(len(list(documents.wrong_rates(
            self.sections, self.ratio, {**self.models, "tiny": (1, "")}))), 3)

    def test_a_rate_that_is_measured_otherwise_is_seen(self):
        measured = self.sections["scaling"]
        self.assertEqual(list(documents.wrong_column(self.sections, measured)), [])
        spoilt = re.sub(r"(network tiny alone \| [\d,]+ \| \**)", r"\g<1>9", measured)
        self.assertEqual(len(list(documents.wrong_column(self.sections, spoilt))), 1)
        nothing = "".join(line for line in measured.splitlines(True) if "network" not in line)
        self.assertEqual(len(list(documents.wrong_column(self.sections, nothing))), 1)


if __name__ == "__main__":
    unittest.main()
