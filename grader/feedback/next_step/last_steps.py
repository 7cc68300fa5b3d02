"""What to try where a result is a function of what is due.

takes: that function, as a text of `right`.
gives: a sentence.
must not know: which result it is, a case, points.
"""

from __future__ import annotations

from collections.abc import Mapping

_TOO_MANY = "Look for a step too many at the end, or for one that is applied twice."
_OR_TOO_FEW = (
    "Look for a step too many at the end, for one that is applied twice, or for a missing one that would undo that."
)
_UNDONE = ("np.exp(right)", "np.log(right)", "np.sqrt(right)", "right**2", "1 / right")
"""What another step of a formula undoes: the loss lacks its log, a deviation its root."""

_STEPS: Mapping[str, str] = {
    **dict.fromkeys(_UNDONE, _OR_TOO_FEW),
    "1 - right": "Look for `1 -` where none is due, or where one is missing, and at the sign within an np.exp.",
}


def after_last_step(function: str) -> str:
    """The next step where a result is this of what is due."""
    return _STEPS.get(function, _TOO_MANY)
