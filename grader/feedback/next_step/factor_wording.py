"""What to try next where a result is a number of times what is right.

takes: a `Reading` of a factor, and the result that it is about.
gives: one sentence; nothing where it says no more than that there is one.
must not know: scores, pages, arrays.
"""

from __future__ import annotations

import re

from grader.feedback.reading_wording import LENGTH
from grader.judge import SIZE, Reading

_NAMES = re.compile(rf"{LENGTH.pattern}|[A-Za-z]\w*|{SIZE}")


def after_factor(reading: Reading, output: str) -> str:
    """By what the formula may divide or multiply."""
    text = reading.names[0] if reading.names else ""
    if "np.log" in text:
        return "Take np.log, the natural logarithm: np.log10 and np.log2 are those to the base of 10 and 2."
    sizes = _NAMES.findall(text)
    if sizes and "(1-" in text:
        return f"See where the formula divides or multiplies by `1 - {sizes[0]}`, and where by `{sizes[0]}`."
    if sizes and "-1)" in text:
        return f"See what is divided by `{sizes[0]} - 1` (np.cov and ddof=1 do so), and by `{sizes[0]}`: one is due."
    if not sizes:
        return ""
    listed = " and ".join(f"`{output}.size`" if size == SIZE else f"`{size}`" for size in sizes)
    root = ", also under a root" if "**0.5" in text else ""
    return f"See where the formula divides or multiplies by {listed}{root}, and whether it does so once, as is due."
