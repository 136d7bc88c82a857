"""C++ sources as the lints see them: a list of files, and text without comments and literals."""

import pathlib
import re

CPP_SUFFIXES = {".h", ".hpp", ".cc", ".c", ".cpp"}

# Everything that may hide code from a plain search. Order matters: a quote inside a comment opens
# nothing, and a comment inside a literal neither; a digit separator (1'000) is no literal.
_TOKEN = re.compile(
    r"""
    (?P<comment>//(?:\\\n|[^\n])*|/\*.*?\*/)
  | (?P<include>^[ \t]*\#[ \t]*include[^\n]*)
  | (?P<raw>\bR"(?P<tag>[^()\\\s]{0,16})\(.*?\)(?P=tag)")
  | (?P<string>"(?:\\.|[^"\\\n])*")
  | (?P<char>(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+')
    """,
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)


def _blank(text):
    """Spaces in place of text: columns and line numbers stay."""
    return re.sub(r"[^\n]", " ", text)


def code_only(text):
    """The text with comments, string and character literals and #include lines blanked out."""
    return _TOKEN.sub(lambda match: _blank(match.group()), text)


def without_comments(text):
    """The text with comments blanked out and everything else kept."""
    return _TOKEN.sub(
        lambda match: _blank(match.group()) if match.group("comment") else match.group(), text
    )


def cpp_files(root, folders):
    """All C++ files below the given folders of root, as sorted paths."""
    found = []
    for folder in folders:
        found += [p for p in pathlib.Path(root, folder).rglob("*") if p.suffix in CPP_SUFFIXES]
    return sorted(p for p in found if p.is_file())


def read(path):
    return path.read_text(encoding="utf-8")
