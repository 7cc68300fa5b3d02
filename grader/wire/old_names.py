"""What newer numpy dropped: the inside gives it back, and our side tells of what was used.

takes: nothing.
gives: `OLD_NAMES` and `OLD_WAYS`, from numpy's release notes of 1.18 to 2.4.
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
        "cast",
        "disp",
    ]
)

OLD_WAYS = {
    "one element": "Conversion of an array with ndim > 0 to a scalar is deprecated",
    "generator": "Calling np.sum(generator) is deprecated",
    "newshape": "`newshape` keyword argument is deprecated",
    "copy=False": "np.array(copy=False) had to copy",
    "itemset": "ndarray.itemset was removed",
    "ptp": "ndarray.ptp was removed",
    "tostring": "ndarray.tostring was removed",
    "newbyteorder": "ndarray.newbyteorder was removed",
}
"""Ways to use numpy that newer ones refuse, and the warning that tells of each; where numpy has one, in its words."""
