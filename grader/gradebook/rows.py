"""A record as a row of the gradebook, and read from one again.

takes: a `Record`; or the JSON of a row.
gives: `Row`, ready to be entered; or the record.
must not know: the database, HTML, CSV.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeVar
from zlib import crc32

from grader.gradebook.faults import SpoiledRowError
from grader.gradebook.kinds import is_text, sound
from grader.gradebook.records import BehaviourRecord, CaseRecord, CellRecord, CriterionRecord, Record
from grader.intake import Arrival

_Made = TypeVar("_Made")


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
        str(record.max_points), record.fingerprint, summed(_plain_record(record)),
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


def to_be_asked_again(row: Row) -> Row:
    """The row of one that the next run is to grade anew, whatever is handed in then."""
    *before, _, record = row.submission
    unsure = summed({**read_summed(record or "{}"), "fingerprint": ""})
    return replace(row, submission=(*before, "", unsure))


_SUM = '{"sum": "00000000", '  # how a record's text begins


def summed(plain: dict[str, Any]) -> str:
    """A record as text, with a checksum of the rest in front: with a bit that has turned it may be good JSON, too."""
    rest = json.dumps(plain)[1:]
    return f'{{"sum": "{_sum_of(rest)}", {rest}'


def read_summed(text: str) -> dict[str, Any]:
    """Read it again; raises `ValueError` where it is another. Before version 5 of the gradebook there was no sum."""
    plain: dict[str, Any] = json.loads(text)
    told = plain.pop("sum", None)
    if told is not None and told != _sum_of(text[len(_SUM) :]):
        raise ValueError("it is not as it was written")
    return plain


def _sum_of(text: str) -> str:
    return f"{crc32(text.encode('utf-8', 'surrogatepass')):08x}"


def sound_text(text: str) -> str:
    """Text without lone surrogates, which no file and no database takes (they come of broken file names)."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _text(points: Fraction | None) -> str | None:
    return None if points is None else str(points)


def _plain_record(record: Record) -> dict[str, Any]:
    """A record as JSON. By hand: `dataclasses.asdict` copies all that it meets and takes ten times as long.

    What there are many of is written without the names of its fields, which were half of a record; and cases as a text
    of their own, which many of a class have in common and is then read once.
    """
    criteria = [
        {
            **_judged(c),
            "behaviours": [[b.name, str(b.points), str(b.max_points), b.standing, b.waits_for] for b in c.behaviours],
            "cases": json.dumps([[*vars(case).values()] for case in c.cases]),
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


@lru_cache(maxsize=1024)
def _cases(text: str) -> tuple[CaseRecord, ...]:
    return _made(_case, json.loads(text))


@lru_cache(maxsize=4096)
def _case(*fields: Any, **named: Any) -> CaseRecord:
    return sound(CaseRecord(*fields, **named))


@lru_cache(maxsize=4096)
def _behaviour(name: str, points: str, max_points: str, standing: str, waits_for: str = "") -> BehaviourRecord:
    return sound(BehaviourRecord(name, _exactly(points), _exactly(max_points), standing, waits_for))


def _fraction(text: str | None) -> Fraction | None:
    return None if text is None else _exactly(text)


def read_record(data: dict[str, Any], outcomes: bytes) -> Record:
    """Read what `prepare` wrote; raises `KeyError`, `TypeError` or `ValueError` for anything else."""
    criteria = tuple(_read_criterion(entry) for entry in data["criteria"])
    cells = tuple(map(sound, _made(CellRecord, data["cells"])))
    changed = {
        "points": _fraction(data["points"]), "max_points": _exactly(data["max_points"]), "criteria": criteria,
        "cells": cells, "notes": tuple(data["notes"]), "outcomes": outcomes,
        "arrival": sound(Arrival.from_json(data.get("arrival"))), "deduction": _exactly(data.get("deduction", "0")),
    }  # fmt: skip
    record = sound(Record(**{**data, **changed}))
    if not is_place(record.folder):
        raise ValueError(f"folder is {record.folder!r:.60}")
    return record


def is_place(folder: object) -> bool:
    """Whether it is the name of a folder among the reports, where pages are written, and taken away."""
    return is_text(folder) and "/" not in str(folder) and folder not in (".", "..")


def by_student(rows: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Rows of a student's id and something else; `SpoiledRowError` where an id is no text."""
    told = dict(rows)
    if not all(isinstance(student, str) for student in told):
        raise SpoiledRowError("the id of a student is no text")
    return told


def _made(kind: Callable[..., _Made], entries: list[list[Any] | dict[str, Any]]) -> tuple[_Made, ...]:
    """Make parts of a record from their values; before version 3 of the gradebook they had names."""
    return tuple([kind(**entry) if isinstance(entry, dict) else kind(*entry) for entry in entries])


def _read_criterion(data: dict[str, Any]) -> CriterionRecord:
    behaviours, told = _made(_behaviour, data["behaviours"]), data["cases"]
    cases = _cases(told) if isinstance(told, str) else _made(_case, told)  # before version 6 they were no text
    changed = {
        "points": _fraction(data["points"]), "max_points": _exactly(data["max_points"]), "behaviours": behaviours,
        "cases": cases, "notes": tuple(data["notes"]), "take_home": tuple(data["take_home"]),
    }  # fmt: skip
    return sound(CriterionRecord(**{**data, **changed}))
