#!/usr/bin/env python3
"""Shows that the report marks missed targets, leaves out absent files and replaces its table."""

import unittest

import report

SPEED = {"pack_seconds": 1.0, "unpack_seconds": 1.0, "pack_peak": 1000000, "unpack_peak": 1000000}


def results(lmz_size, coded_random=1010):
    sizes = {"text/calgary/geo": {"lmz -0": lmz_size, "zpaq -m5": 50, "bzip3": 60}}
    return {
        "cpu": "some processor",
        "place": "folder",
        "runs": 3,
        "tools": ["lmz -0", "zpaq -m5", "bzip3"],
        "versions": {"lmz -0": "0.1", "zpaq -m5": "7.15", "bzip3": "1.2"},
        "raw": {"text/calgary/geo": 100},
        "sizes": sizes,
        "speed_file": "text/calgary/geo",
        "speed": {tool: dict(SPEED) for tool in ["lmz -0", "lmz -3", "zpaq -m5", "bzip3"]},
        "small": {"pack": 1.0, "unpack": 1.0, "pack_process": 1.0, "unpack_process": 1.0,
                  "raw_size": 1024000, "coded_size": 500000},
        "random": {1000: coded_random},
        "network": None,
        "records": None,
    }


TARGETS = [{"file": "text/calgary/geo", "tool": "lmz -0", "max_size": "49"},
           {"file": "valid/c", "tool": "lmz -0", "max_size": "1"}]


class ReportTest(unittest.TestCase):
    def missed(self, measured):
        return [row[0] for row in report.target_rows(measured, TARGETS) if not row[3]]

    def test_reached_targets_are_not_marked(self):
        self.assertEqual(self.missed(results(49)), [])
        self.assertNotIn("**missed**", report.page(results(49), TARGETS))

    def test_a_size_one_byte_above_its_target_is_missed(self):
        self.assertEqual(self.missed(results(50)),
                         ["text/calgary/geo, lmz -0", "total of text/calgary/, lmz -0"])
        self.assertIn("**missed**", report.page(results(50), TARGETS))

    def test_slow_large_or_growing_is_missed(self):
        measured = results(49, coded_random=1065)
        measured["speed"]["lmz -0"]["unpack_seconds"] = 1.01
        measured["speed"]["lmz -0"]["pack_peak"] = 300000001
        measured["small"]["pack"] = 3.0
        self.assertEqual(len(self.missed(measured)), 4)

    def test_a_file_that_is_not_here_has_no_row(self):
        names = [row[0] for row in report.target_rows(results(49), TARGETS)]
        self.assertNotIn("valid/c", names)

    def test_the_generated_table_replaces_the_old_one_and_nothing_else(self):
        text = "before\n{}\nold\n{}\nafter\n".format(*report.MARKS)
        new = report.insert(text, "new")
        self.assertEqual(new, "before\n{}\nnew\n{}\nafter\n".format(*report.MARKS))
        with self.assertRaises(ValueError):
            report.insert("no marks", "new")


if __name__ == "__main__":
    unittest.main()
