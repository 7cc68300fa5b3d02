"""What a wrong function calls by its name, and what is wrong may come from: another graded one that is wrong, where the
reference makes no such call, or one that is right and changes in place what it is called with.

takes: what is told of all functions, the cells, and the key.
gives: the same, with a note on them: nothing was lent in their place.
must not know: how a verdict was reached, points, values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from grader.answer_key import AnswerKey
from grader.feedback.reshaping import body
from grader.gradebook import CellRecord, CriterionRecord

_CALLS = re.compile(r"(?<![\w.])(?<!def )([^\W\d]\w*)\s*\(")
_CHANGES = re.compile(r"It changes its input in place \((.+?)\)\. .*")
_MAY_FOLLOW = ("partly", "wrong", "crashed", "timed out")
_NOT_RIGHT = (*_MAY_FOLLOW, "known mistake", "consistent", "not attempted")


def told_by_called_too(
    told: Sequence[CriterionRecord], cells: Sequence[CellRecord], key: AnswerKey
) -> list[CriterionRecord]:
    """Say so of each that calls such ones by their names; of what it is known to call, all else is said elsewhere."""
    wrong = {one.name for one in told if one.verdict in _NOT_RIGHT}
    found = ((one.name, match[1]) for one in told for note in one.notes if (match := _CHANGES.fullmatch(note)))
    changing = {name: what for name, what in found if name not in wrong}
    if len(wrong) + len(changing) < 2:
        return list(told)
    known = {rule.name: {rule.name, rule.forward, *rule.calls} for rule in key.rubric.criteria}
    return [
        replace(one, notes=(*one.notes, *_notes(_called(one, cells), wrong - known[one.name], changing)))
        if one.verdict in _MAY_FOLLOW
        else one
        for one in told
    ]


def _called(one: CriterionRecord, cells: Sequence[CellRecord]) -> list[str]:
    """What it calls by name, up to the line on which it always fails."""
    source = next((cell.source for cell in cells if cell.number == one.cell), "")
    lines = body(source, one.line) if source else []
    if one.trouble_line and one.trouble_cell == one.cell and all(case.outcome == "raised" for case in one.cases):
        lines = [(n, line) for n, line in lines if n <= one.trouble_line]
    return list(dict.fromkeys(_CALLS.findall("\n".join(line.partition("#")[0] for _, line in lines))))


def _notes(called: Sequence[str], wrong: set[str], changing: dict[str, str]) -> Iterator[str]:
    if at_fault := [name for name in called if name in wrong]:
        are = "are" if len(at_fault) > 1 else "is"
        said = f"It calls {', '.join(at_fault)}, which {are} not right yet."
        yield f"{said} What is wrong may come from there: mend that first."
    for name in called:
        if name in changing:
            said = f"It calls {name}, which changes its input in place ({changing[name]})."
            yield f"{said} If that is needed afterwards here, {name} is to work on a copy."
