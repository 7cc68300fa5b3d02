"""How far the numbers of a result are off: how many, the worst one, and by what share of what is right.

takes: a result's name, and the facts of a problem with its values.
gives: one sentence, or two.
must not know: HTML, arrays, other problems. Of a hidden case there are no numbers in the facts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

FAR_ABOVE = 1e6  # times the largest right value, from which on the number itself says nothing
LEAST_SHARE = 1e-6  # of it, below which so many zeros stand behind the point that a power is read more easily


def say_off(name: str, facts: Mapping[str, object]) -> str:
    """How many entries of a result are off, the worst of them, and how far; what the inputs are there."""
    if not facts["place"]:
        return _number(name, facts)
    verb = "is" if facts["wrong"] == 1 else "are"
    wrong = f"{facts['wrong']} of {facts['size']} entries of {name} {verb} off"
    if facts["size"] == facts["wrong"]:
        wrong = f"All {facts['size']} entries of {name} are off" if facts["size"] != 1 else f"{name} is off"
    if "want" in facts:
        got, want = _figures(facts)
        return f"{wrong}, most at {say_index(facts['place'])}: {got}, where {want} is right.{_there(facts)}"
    return f"{wrong}, most at {say_index(facts['place'])}{_size(facts['relative_error'])}."


def _there(facts: Mapping[str, object]) -> str:
    """What the inputs are at that entry, so that it can be worked out by hand where it is read."""
    there = facts.get("there")
    if not isinstance(there, dict):
        return ""
    return f" There {' and '.join(f'`{name}` is {_figure(value)}' for name, value in there.items())}."


def _figure(number: object) -> str:
    assert isinstance(number, float)
    return f"{number + 0.0:.6g}"  # no zero has a sign here


def _figures(facts: Mapping[str, object]) -> tuple[str, str]:
    """What came and what is due; True and False as these, where they are due."""
    got, want = facts["got"], facts["want"]
    is_truth = "truth" in facts
    return str(bool(got)) if is_truth and got in _TRUTH else _figure(got), str(bool(want)) if is_truth else _figure(
        want
    )


_TRUTH = (0.0, 1.0)


def _number(name: str, facts: Mapping[str, object]) -> str:
    """The same of a result that is one number, such as a loss: it has no entries."""
    if "want" in facts:
        got, want = _figures(facts)
        return f"{name} is {got}, where {want} is right."
    if "truth" in facts:
        return f"{name} is not the one of True and False that is right."
    return f"{name} is off{_size(facts['relative_error'], 'what is right')}."


def _size(relative: object, of: str = "the largest right value") -> str:
    """How far off, in one digit: enough to tell rounding from a wrong formula, too little to tell a hidden number."""
    if not isinstance(relative, float):
        return ""
    if relative > FAR_ABOVE:
        return ", far above all that is right there"
    if relative < LEAST_SHARE:
        return f", by {relative:.0e} of {of}"
    digit = Decimal(f"{relative:.0e}")
    if digit < 1:
        return f", by {digit.scaleb(2):f} % of {of}"
    return f", by as much as {of}" if digit == 1 else f", by {digit:,f} times {of}"


def say_index(place: object) -> str:
    """Where an entry stands, as Python has it."""
    assert isinstance(place, Sequence)
    return f"[{', '.join(map(str, place))}]"
