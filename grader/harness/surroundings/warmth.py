"""Import early what would be imported late, in every submission anew.

takes: nothing.
gives: modules in memory, and the first uses that make numpy's lazy parts ready.
must not know: what a submission does with them.
"""

from __future__ import annotations

import importlib
import warnings

import numpy as np

_LATE = (
    "numpy.random",
    "numpy.linalg",
    "numpy.fft",
    "numpy.ma",
    "numpy.lib.stride_tricks",
    "copy",
    "itertools",
    "random",
    "time",
    "math",
    "pickle",
    "traceback",
    "typing",
    "dataclasses",
    "abc",
)


def import_late_parts() -> None:
    """Import, and use once what is made ready on first use."""
    for name in _LATE:
        try:
            importlib.import_module(name)
        except ImportError:  # an older or newer numpy without that part
            continue
    with warnings.catch_warnings(record=True), np.errstate(all="warn"):
        ones = np.ones((8, 8))
        ones @ np.linalg.inv(ones + np.eye(8))
        np.random.seed(0)
        np.log(np.zeros(1))
        repr(ones)
