"""What is known of a hand-in, as one value, and that value as a row and as JSON.

takes: what `report.record` puts together; or the JSON of a row.
gives: `Record` and its parts, all exact and immutable; `Row`, ready to be entered.
must not know: the database, HTML, CSV, how a verdict was reached.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeVar

from grader.gradebook.overrides import Override
from grader.intake import Arrival

_Made = TypeVar("_Made")


@dataclass(frozen=True)
class CaseRecord:
    """One case as it is told: `detail` is the sentence, already without hidden numbers."""

    name: str
    visibility: str
    behaviour: str
    outcome: str
    right: bool
    detail: str


@dataclass(frozen=True)
class BehaviourRecord:
    """One behaviour with its points; `standing` is held, lost or not shown.

    `waits_for` is set where all its own cases are right: the behaviours, in one text, that it needs and that are lost.
    """

    name: str
    points: Fraction
    max_points: Fraction
    standing: str
    waits_for: str = ""


@dataclass(frozen=True)
class CriterionRecord:
    """One graded function: the verdict's word, the points (None: ungraded), and all that is said about it.

    `cell` and `line` tell where its definition begins, `trouble_cell` and `trouble_line` where it failed; 0 is
    unknown. `variant` names the alternative that it was compared with ("": the reference); `take_home` is code
    that shows a failing public case again. `override` is a TA's word; with one, `points` are what counts and
    `judged_points` are the machine's. Neither is kept with the record.
    """

    name: str
    verdict: str
    points: Fraction | None
    max_points: Fraction
    mistake: str
    headline: str
    next_step: str
    notes: tuple[str, ...]
    behaviours: tuple[BehaviourRecord, ...]
    cases: tuple[CaseRecord, ...]
    cell: int = 0
    line: int = 0
    trouble_cell: int = 0
    trouble_line: int = 0
    variant: str = ""
    take_home: tuple[str, ...] = ()
    override: Override | None = None
    judged_points: Fraction | None = None

    @property
    def changed_by_hand(self) -> bool:
        """Whether the points are a person's."""
        return self.override is not None and self.override.points is not None

    @property
    def changed_since(self) -> bool:
        """Whether the machine says something else than when the TA looked: somebody should look again."""
        override = self.override
        if override is None:
            return False
        then = (override.verdict_then, override.points_then)
        out_of_range = override.points is not None and override.points > self.max_points
        return out_of_range or (bool(override.verdict_then) and then != (self.verdict, self.judged_points))


@dataclass(frozen=True)
class CellRecord:
    """One cell of the hand-in as the student wrote it; `remark` is what was wrong or left out in it.

    `file` is set where it is no cell but a Python file that the hand-in imports.
    """

    number: int
    kind: str
    source: str
    remark: str = ""
    file: str = ""


@dataclass(frozen=True)
class Record:
    """All that is known of one submission.

    `status` is graded, partly graded, unreadable or ungraded; `sentence` and `next_step` say why where it is
    not graded. `notes` are about the file as a whole. `outcomes` and `evidence` are what it was judged from.
    `fingerprint` is of all that was handed in, with the key and the grader that it was graded by. `arrival` is how
    it came; `deduction` is what lateness costs, and `points` are what is left after it.
    """

    student_id: str
    name: str
    file: str
    sha256: str
    status: str
    points: Fraction | None
    max_points: Fraction
    folder: str
    sentence: str = ""
    next_step: str = ""
    notes: tuple[str, ...] = ()
    criteria: tuple[CriterionRecord, ...] = ()
    cells: tuple[CellRecord, ...] = ()
    evidence: Mapping[str, Any] | None = None
    level: str = ""
    seconds: float = 0.0
    outcomes: bytes = b""
    fingerprint: str = ""
    arrival: Arrival = field(default_factory=Arrival)
    deduction: Fraction = Fraction(0)

    @property
    def lost(self) -> Fraction:
        """Points not earned, of what could be graded."""
        graded = [c for c in self.criteria if c.points is not None]
        return sum((c.max_points - (c.points or 0) for c in graded), Fraction(0))


@dataclass(frozen=True)
class Row:
    """A record made ready to be entered: the work of it is done where the record is made, by many at once."""

    student_id: str
    status: str
    sentence: str
    submission: tuple[str | None, ...]
    outcomes: bytes
    verdicts: tuple[tuple[str | None, ...], ...]


def prepare(record: Record) -> Row:
    """Write a record as a row: the machine's own, since a TA's word is kept beside it and never in it."""
    assert not any(c.override for c in record.criteria), "a record with overrides applied is for telling only"
    submission = (
        sound_text(record.student_id), sound_text(record.name), sound_text(record.file), record.sha256,
        record.status, _text(record.points),
        str(record.max_points), record.fingerprint, json.dumps(_plain_record(record)),
    )  # fmt: skip
    verdicts = tuple(
        (
            sound_text(record.student_id),
            c.name,
            c.verdict,
            _text(c.points),
            str(c.max_points),
            c.mistake,
            sound_text(c.headline),
        )
        for c in record.criteria
    )
    return Row(sound_text(record.student_id), record.status, record.sentence, submission, record.outcomes, verdicts)


def sound_text(text: str) -> str:
    """Text without lone surrogates, which no file and no database takes (they come of broken file names)."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _text(points: Fraction | None) -> str | None:
    return None if points is None else str(points)


def _plain_record(record: Record) -> dict[str, Any]:
    """A record as JSON. By hand: `dataclasses.asdict` copies all that it meets and takes ten times as long.

    What there are many of is written without the names of its fields, which were half of a record.
    """
    criteria = [
        {
            **_judged(c),
            "behaviours": [[b.name, str(b.points), str(b.max_points), b.standing, b.waits_for] for b in c.behaviours],
            "cases": [[*vars(case).values()] for case in c.cases],
        }
        for c in record.criteria
    ]
    cells = [[*vars(cell).values()] for cell in record.cells]
    arrival = record.arrival.to_json()
    return {**_plain(record), "outcomes": "", "criteria": criteria, "cells": cells, "arrival": arrival}


def _judged(criterion: CriterionRecord) -> dict[str, Any]:
    plain = _plain(criterion)
    del plain["override"], plain["judged_points"]  # kept in a table of its own
    return plain


def _plain(value: object) -> dict[str, Any]:
    return {name: str(item) if isinstance(item, Fraction) else item for name, item in vars(value).items()}


# A class has few different numbers of points, and reading one takes longer than all else of a row; and its cases differ
# in few ways.
_exactly = lru_cache(maxsize=4096)(Fraction)
_case = lru_cache(maxsize=4096)(CaseRecord)


@lru_cache(maxsize=4096)
def _behaviour(name: str, points: str, max_points: str, standing: str, waits_for: str = "") -> BehaviourRecord:
    return BehaviourRecord(name, _exactly(points), _exactly(max_points), standing, waits_for)


def _fraction(text: str | None) -> Fraction | None:
    return None if text is None else _exactly(text)


def read_record(data: dict[str, Any], outcomes: bytes) -> Record:
    """Read what `prepare` wrote; raises `KeyError`, `TypeError` or `ValueError` for anything else."""
    criteria = tuple(_read_criterion(entry) for entry in data["criteria"])
    cells = tuple(_made(CellRecord, entry) for entry in data["cells"])
    changed = {
        "points": _fraction(data["points"]), "max_points": _exactly(data["max_points"]), "criteria": criteria,
        "cells": cells, "notes": tuple(data["notes"]), "outcomes": outcomes,
        "arrival": Arrival.from_json(data.get("arrival")), "deduction": _exactly(data.get("deduction", "0")),
    }  # fmt: skip
    return Record(**{**data, **changed})


def _made(kind: Callable[..., _Made], entry: list[Any] | dict[str, Any]) -> _Made:
    """Make a part of a record from its values; before version 3 of the gradebook they had names."""
    return kind(**entry) if isinstance(entry, dict) else kind(*entry)


def _read_criterion(data: dict[str, Any]) -> CriterionRecord:
    behaviours = tuple([_made(_behaviour, entry) for entry in data["behaviours"]])
    cases = tuple([_made(_case, entry) for entry in data["cases"]])
    changed = {
        "points": _fraction(data["points"]), "max_points": _exactly(data["max_points"]), "behaviours": behaviours,
        "cases": cases, "notes": tuple(data["notes"]), "take_home": tuple(data["take_home"]),
    }  # fmt: skip
    return CriterionRecord(**{**data, **changed})
