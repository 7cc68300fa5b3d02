"""The names that newer numpy dropped: the inside gives them back, and our side tells of those that were used.

takes: nothing.
gives: `OLD_NAMES`, from numpy's release notes of 1.18 to 2.4.
must not know: what stands in for them.
"""

from __future__ import annotations

OLD_NAMES = frozenset(
    [
        "float",
        "int",
        "bool",
        "object",
        "complex",
        "str",
        "long",
        "unicode",
        "unicode_",
        "string_",
        "float_",
        "complex_",
        "singlecomplex",
        "cfloat",
        "longfloat",
        "Inf",
        "Infinity",
        "infty",
        "PINF",
        "NINF",
        "NaN",
        "NAN",
        "PZERO",
        "NZERO",
        "product",
        "cumproduct",
        "sometrue",
        "alltrue",
        "row_stack",
        "round_",
        "mat",
        "in1d",
        "trapz",
        "asscalar",
        "asfarray",
        "bool8",
        "int0",
        "uint0",
        "object0",
        "str0",
        "bytes0",
        "void0",
        "longcomplex",
        "clongfloat",
        "math",
        "rank",
        "alen",
        "msort",
    ]
)
