#!/usr/bin/env python3
"""Checks that no floating point is used under src/ and include/: integers are the format.

usage: check_no_float.py [ROOT]

Prints FILE:LINE for every floating-point type, literal or function outside comments and strings;
exit status 1 if there is one. Floats may round differently from one machine to the next, and what
the encoder rounds otherwise than the decoder is lost. Unit tests (*_test.cc) may compare with exact
mathematics.
"""

import pathlib
import re
import sys

import cpp_source

TYPES = (
    r"\b(?:float|double|float_t|double_t|float\d+x\d+_t|_Float\d+x?|__fp16|__bf16|__float128"
    r"|__m(?:128|256|512)d?|_mm\d*_\w*_(?:ps|pd|ss|sd))\b"
)
LITERALS = (
    r"(?<![\w.])(?:"
    r"0[xX][0-9a-fA-F']*\.?[0-9a-fA-F']*[pP][+-]?\d+"  # 0x1.8p3
    r"|\d[\d']*\.[\d']*(?:[eE][+-]?\d+)?"  # 1. 1.5 1.5e3
    r"|\.\d[\d']*(?:[eE][+-]?\d+)?"  # .5
    r"|\d[\d']*[eE][+-]?\d+"  # 1e3
    r")[fFlL]?(?![\w.])"
)
FUNCTIONS = (
    r"(?<![\w.>:])(?:std::)?(?:sqrt|cbrt|hypot|exp|exp2|expm1|log|log2|log10|log1p|pow|sin|cos|tan"
    r"|asin|acos|atan|atan2|sinh|cosh|tanh|asinh|acosh|atanh|erf|erfc|tgamma|lgamma|floor|ceil"
    r"|round|trunc|lround|llround|lrint|llrint|rint|nearbyint|ldexp|frexp|modf|fmod|remainder|fma"
    r"|fmin|fmax|fdim|fabs|scalbn|logb|ilogb|copysign|nextafter|strtod|strtof|atof|stod|stof"
    r")[fl]?\s*\("
)
RULES = [
    ("floating-point type", re.compile(TYPES)),
    ("floating-point literal", re.compile(LITERALS)),
    ("floating-point function", re.compile(FUNCTIONS)),
]
HEADERS = re.compile(
    r"^[ \t]*#[ \t]*include[ \t]*<(?:cmath|math\.h|complex|cfloat|float\.h)>", re.MULTILINE
)


def check_text(text):
    """Yields (line number, message) for each use of floating point."""
    code = cpp_source.code_only(text)
    for what, pattern in RULES:
        for match in pattern.finditer(code):
            yield code.count("\n", 0, match.start()) + 1, f"{what}: {match.group().strip()}"
    plain = cpp_source.without_comments(text)
    for match in HEADERS.finditer(plain):
        yield plain.count("\n", 0, match.start()) + 1, f"header: {match.group().strip()}"


def check(root):
    """All findings below root as "FILE:LINE: message"."""
    root = pathlib.Path(root)
    findings = []
    for path in cpp_source.cpp_files(root, ["src", "include"]):
        if path.name.endswith("_test.cc"):
            continue
        for line, message in sorted(check_text(cpp_source.read(path))):
            findings.append(f"{path.relative_to(root)}:{line}: {message}")
    return findings


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent
    findings = check(root)
    print("\n".join(findings) or "no float: src/ and include/ hold integer code only")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
