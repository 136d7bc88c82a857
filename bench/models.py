"""The models of levels 1 to 4."""

import corpora

NAMES = ["tiny", "small", "base", "large"]


def path(level):
    return str(corpora.ROOT / "models" / f"{NAMES[level - 1]}.lmm")


def options(level):
    """What makes lmz code at this level, 0 to 4; the large model may not be installed."""
    return ["--model", path(level)] if level == 4 else [f"-{level}"]
