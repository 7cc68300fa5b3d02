"""A class without an `__init__` whose objects are made with arguments: nothing of these reaches it.

takes: what is told of a method, its rule, and the cells.
gives: the same, with that as what is to be tried first.
must not know: how a verdict was reached, points, how an object was made all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from grader.answer_key import CriterionRule
from grader.gradebook import CellRecord, CriterionRecord

_TOLD = ("wrong", "partly", "crashed", "known mistake")
_CLASS = re.compile(r"^(@.*\n)?class[ \t]+(\w+)[ \t]*(?:\(([^()\n]{0,1000})\))?[ \t]*:")
_TOP = re.compile(r"^(?=[@\w])", re.MULTILINE)
_PLAIN = ("object", "ABC", "abc.ABC")


def told_by_no_constructor(told: CriterionRecord, rule: CriterionRule, cells: Sequence[CellRecord]) -> CriterionRecord:
    """A method of such a class works with something else than the check has given, and its numbers do not say so."""
    if told.verdict not in _TOLD or not rule.made:
        return told
    classes = {name: (bases, has) for cell in cells for name, bases, has in _classes_in(cell.source)}
    owner, _, due = rule.made.partition("(")
    if not _takes_nothing(owner, classes):
        return told
    step = (
        f"An object of {owner} is made as `{rule.made}`, and the class has no `__init__`, so that nothing of that "
        f"reaches it: write `def __init__(self, {due}`, and work with what it keeps. "
    )
    return replace(told, next_step=step + told.next_step)


def _classes_in(source: str) -> Iterator[tuple[str, str, bool]]:
    """The classes at the left edge of a cell, each with its bases, and whether it says how it is made."""
    for part in _joined(_TOP.split(source)):
        if match := _CLASS.match(part):
            yield match[2], match[3] or "", bool(match[1]) or "__init__" in part or "__new__" in part


def _joined(parts: Sequence[str]) -> Iterator[str]:
    """What begins at the left edge, each with the last of the decorators above it."""
    above = ""
    for part in parts:
        yield above + part
        above = part if part.startswith("@") else ""


def _takes_nothing(name: str, classes: dict[str, tuple[str, bool]]) -> bool:
    """Whether neither a class nor any that it comes from says how it is made."""
    waiting, looked_at = [name], set[str]()
    for one in waiting:  # it grows by the bases of each
        if one in looked_at or one in _PLAIN:
            continue
        looked_at.add(one)
        bases, is_made = classes.get(one, ("", True))
        if is_made:
            return False
        waiting += [base.strip() for base in bases.split(",") if base.strip()]
    return True
