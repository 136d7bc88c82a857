#!/usr/bin/env python3
"""Shows that each lint finds what it is for and lets pass what it should."""

import pathlib
import tempfile
import unittest

import check_docs
import check_layers
import check_no_float
import check_style


class LintTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def write(self, path, text):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


class LayersTest(LintTest):
    def findings(self, path, text):
        self.write(path, text)
        return check_layers.check(self.root)

    def test_left_is_allowed(self):
        text = '#include "base/status.h"\n#include "mix/mixer.h"\n#include <vector>\n'
        self.assertEqual(self.findings("src/codec/bytes/bytes.cc", text), [])

    def test_right_is_refused_with_file_and_line(self):
        found = self.findings("src/mix/mixer.h", '// a comment\n#include "codec/block.h"\n')
        self.assertEqual(found, ['src/mix/mixer.h:2: layer mix must not include "codec/block.h"'])

    def test_only_streams_see_the_planner(self):
        self.assertEqual(self.findings("src/stream/pipeline.cc", '#include "plan/plan.h"\n'), [])
        self.assertEqual(len(self.findings("src/container/a.cc", '#include "plan/plan.h"\n')), 1)

    def test_plan_does_not_see_the_container(self):
        self.assertEqual(self.findings("src/plan/a.cc", '#include "codec/block.h"\n'), [])
        self.assertEqual(len(self.findings("src/plan/b.cc", '#include "container/index.h"\n')), 1)

    def test_bench_and_train_follow_their_arrows(self):
        fine = '#include "bench/measure/input.h"\n#include "model/network.h"\n'
        self.assertEqual(self.findings("bench/report/a.cc", fine), [])
        upward = '#include "bench/commands/table.h"\n'
        self.assertEqual(len(self.findings("bench/report/b.cc", upward)), 1)
        sideways = '#include "bench/report/plot.h"\n'
        self.assertEqual(len(self.findings("train/loop/a.cc", sideways)), 2)

    def test_too_many_files_in_a_folder_are_refused(self):
        for i in range(check_layers.MAX_FILES + 1):
            self.write(f"src/mix/part{i}.h", "int x;\n")
        self.assertEqual(len(check_layers.check(self.root)), 1)

    def test_programs_do_not_reach_into_the_library(self):
        self.assertEqual(self.findings("cli/main.cc", '#include "stream/compress.h"\n'), [])
        self.assertEqual(len(self.findings("cli/b.cc", '#include "container/reader.h"\n')), 1)

    def test_only_unit_tests_share_the_parts_in_tests(self):
        text = '#include "tests/generators.h"\n'
        self.assertEqual(self.findings("src/base/bytes_test.cc", text), [])
        self.assertEqual(len(self.findings("src/base/bytes.cc", text)), 1)

    def test_other_spellings_of_a_path_are_refused(self):
        for text in ['#include "../base/status.h"\n', '#include "status.h"\n',
                     "#include <base/status.h>\n"]:
            self.assertEqual(len(self.findings("src/codec/a.cc", text)), 1, text)

    def test_a_comment_includes_nothing(self):
        self.assertEqual(self.findings("src/base/a.h", '// #include "stream/compress.h"\n'), [])

    def test_a_file_outside_the_layers_is_refused(self):
        self.assertEqual(len(self.findings("src/stray.cc", "int x;\n")), 1)
        self.assertEqual(len(self.findings("src/extra/stray.cc", "int x;\n")), 2)
        self.assertEqual(len(self.findings("bench/stray.cc", "int x;\n")), 3)


class NoFloatTest(LintTest):
    def findings(self, text):
        return list(check_no_float.check_text(text))

    def test_each_kind_is_found(self):
        for text in ["double x;", "long double x;", "using T = float;", "int x = 1.5;", "f(.5f);",
                     "f(2.);", "f(1e3);", "f(0x1.8p3);", "f(1'000.5);", "std::sqrt(4)",
                     "y = log2(x)", "__m128 v;", "_mm256_add_ps(a, b)", "#include <cmath>\n"]:
            self.assertEqual(len(self.findings(text)), 1, text)

    def test_integers_pass(self):
        for text in ["int x = 1'000'000;", "f(0x1E + 5);", "f(0xFFu);", "a[1].size();",
                     "__m128i v;", "v.round(2)", "Log2(x)", "x = 1u;", "int floating;",
                     "#include <cstdint>"]:
            self.assertEqual(self.findings(text), [], text)

    def test_comments_and_literals_pass(self):
        for text in ["// a float of 1.5", "/* double\n 0.5 */", 'f("float 1.5");', "f('.');",
                     'R"x(double " 1.5)x"', '"\\"1.5"']:
            self.assertEqual(self.findings(text), [], text)

    def test_code_after_a_literal_is_seen_on_its_line(self):
        text = "// 1.5\nconst char* s = \"//\";\nchar c = '\"'; float x;\n"
        self.assertEqual([line for line, _ in self.findings(text)], [3])

    def test_files_under_src_and_include_are_read(self):
        self.write("src/base/a.h", "\n\nfloat x;\n")
        self.write("include/lmz/lmz.h", "double y;\n")
        self.write("bench/fine.cc", "double y;\n")
        self.assertEqual(check_no_float.check(self.root), [
            "include/lmz/lmz.h:1: floating-point type: double",
            "src/base/a.h:3: floating-point type: float",
        ])


class StyleTest(LintTest):
    def findings(self, path, text, tool=None):
        self.write(path, text)
        return check_style.check(self.root, tool)

    def test_a_plain_file_passes(self):
        self.assertEqual(self.findings("src/base/a.h", "int x;\n" * check_style.MAX_LINES), [])

    def test_a_long_file_is_found(self):
        found = self.findings("src/base/a.h", "int x;\n" * (check_style.MAX_LINES + 1))
        self.assertEqual(len(found), 1)

    def test_each_kind_is_found(self):
        for text in ["int x; \n", "int\tx;\n", "int x;", "// " + "x" * 100 + "\n",
                     "// TO" "DO: x\n", "// see /ho" "me/someone/notes\n", "// from 10.1" ".2.3\n",
                     "// at cache.inter" "nal\n"]:
            self.assertEqual(len(self.findings("src/base/a.h", text)), 1, text)

    def test_usual_paths_and_versions_pass(self):
        text = "#!/usr/bin/env sh\n# v1.2.3, ../shared/corpora, $HOME/x, 127.0.0.1, a/data/x\n"
        self.assertEqual(self.findings("scripts/run", text), [])

    def test_build_folders_and_hidden_folders_are_left_out(self):
        self.write("build/dev/a.h", "int x; \n")
        self.assertEqual(self.findings(".cache/a.h", "int x; \n"), [])

    def test_unformatted_code_is_found(self):
        tool = check_style.clang_format()
        if tool is None:
            self.skipTest(f"clang-format {check_style.CLANG_FORMAT_VERSION} is not installed")
        self.write(".clang-format", "BasedOnStyle: Google\n")
        self.assertEqual(self.findings("src/base/a.h", "int x;\n", tool), [])
        found = self.findings("src/base/a.h", "int y;\nint   x;\n", tool)
        self.assertEqual(found, ["src/base/a.h:2: not formatted: run clang-format -i"])


class DocsTest(LintTest):
    def setUp(self):
        super().setUp()
        self.write("src/codec/bytes/spec.md", "# Codec 1: `bytes`\n\n## 2. Payload, and more\n")
        self.write("src/codec/bytes/bytes.cc", "int x;\n")
        self.write("docs/figure.svg", "")

    def findings(self, text, path="docs/a.md"):
        self.write(path, text)
        return check_docs.check(self.root)

    def test_what_exists_passes(self):
        for text in ["`src/codec/bytes/spec.md`", "`codec/bytes/bytes.cc`", "`codec/bytes/bytes`",
                     "`src/codec/*/spec.md`, `src/**/*.cc`", "`src/codec/NAME/`", "`bytes.cc`",
                     "    cat src/codec/bytes/bytes.cc", "![a](figure.svg)", "`docs/figure.svg`",
                     "[a](../src/codec/bytes/spec.md#2-payload-and-more)"]:
            self.assertEqual(self.findings(text + "\n"), [], text)

    def test_what_is_missing_is_found(self):
        for text in ["`src/codec/bytes/other.md`", "`codec/other.cc`", "`src/other/`", "`other.cc`",
                     "`src/codec/*/other.md`", "    cat src/other.cc",
                     "```sh\ncat src/other.cc\n```", "![a](other.svg)", "[a](#other)",
                     "[a](../src/codec/bytes/spec.md#3-walk)"]:
            found = self.findings(text + "\n")
            self.assertEqual(len(found), 1, text)
            self.assertRegex(found[0], r"^docs/a.md:[12]: .*: there is no such (file|heading)$")

    def test_other_names_pass(self):
        for text in ["or src/other.cc in prose", "`build/release/cli/other`", "`../other.cc`",
                     "`valid/other`", "    cat out.sh", "[a](https://example.org/other.md)",
                     "```hexdump\n0000  f7 ; src/other.cc\n```"]:
            self.assertEqual(self.findings(text + "\n"), [], text)

    def test_build_folders_are_left_out(self):
        self.assertEqual(self.findings("`other.cc`\n", "build/dev/a.md"), [])


if __name__ == "__main__":
    unittest.main()
