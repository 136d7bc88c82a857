"""The models of levels 1 to 4."""

import corpora

NAMES = ["tiny", "small", "base", "large"]


def path(level):
    return str(corpora.ROOT / "models" / f"{NAMES[level - 1]}.lmm")
