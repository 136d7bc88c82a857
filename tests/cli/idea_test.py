"""docs/idea.md: each command that it shows prints what stands below it."""

import os
import pathlib
import re
import subprocess
import unittest

import cli_case


class Idea(cli_case.CliCase):
    def commands(self):
        """Pairs of a command, of one or several lines, and its output, in blocks with "$ "."""
        text = (cli_case.ROOT / "docs/idea.md").read_text(encoding="utf-8")
        for block in re.findall(r"(?:^    .*\n|^\n(?=    ))+", text, re.M):
            lines = [line[4:] for line in block.lstrip("\n").splitlines()]
            if not lines[0].startswith("$ "):
                continue
            end = next(i for i, line in enumerate(lines) if not line.endswith("\\")) + 1
            yield "\n".join(lines[:end])[2:], "\n".join(lines[end:])

    def run_shell(self, command):
        path = f"{pathlib.Path(self.program).parent}:{os.environ['PATH']}"
        environment = {**os.environ, "PATH": path, "LC_ALL": "C"}
        result = subprocess.run(["sh", "-c", command], cwd=self.folder, env=environment,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True,
                                timeout=cli_case.PATIENCE)
        # A document has no spaces at the ends of its lines.
        lines = [line.rstrip() for line in result.stdout.decode().rstrip("\n").split("\n")]
        return "\n".join(lines)

    def test_commands_print_what_is_shown(self):
        commands = list(self.commands())
        self.assertGreaterEqual(len(commands), 3)
        for command, shown in commands:
            with self.subTest(command):
                self.assertEqual(self.run_shell(command), shown.rstrip())

    def test_the_drawing_is_what_the_command_draws(self):
        command = next(c for c, _ in self.commands() if c.startswith("lmz explain --coding AIXI"))
        self.run_shell(command + " --svg drawing.svg")
        self.assertEqual(self.read("drawing.svg"), (cli_case.ROOT / "docs/coding.svg").read_bytes())

    def test_every_picture_is_there_with_its_command(self):
        text = (cli_case.ROOT / "docs/idea.md").read_text(encoding="utf-8")
        pictures = re.findall(r"^!\[[^]]+\]\((\S+\.svg)\)\n\n\*(.*?)\*$", text, re.M | re.S)
        self.assertEqual(len(pictures), text.count("!["))
        for name, caption in pictures:
            self.assertIn("</svg>", (cli_case.ROOT / "docs" / name).read_text(encoding="utf-8"))
            self.assertIn(f"--svg docs/{name}", " ".join(caption.split()))


if __name__ == "__main__":
    unittest.main()
