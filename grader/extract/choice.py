"""Which of a hand-in's files is graded: the one with most of the graded functions written in it.

takes: a `Submission`, and the graded names.
gives: `Chosen`, which says what was passed over; `SubmissionError` where nothing can be read.
must not know: answers, points.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from types import MappingProxyType

from grader.errors import SubmissionError
from grader.extract.definitions import EMPTY, Extract, extract
from grader.intake import Candidate, Submission, read_candidate

MOST_NAMED = 5  # of the files that were passed over


@dataclass(frozen=True)
class Chosen:
    """The file that is graded, its bytes, what is in it, and a note where there were others."""

    candidate: Candidate
    data: bytes
    extract: Extract
    note: str = ""


def choose(
    submission: Submission, wanted: Sequence[str], stubs: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> Chosen:
    """Read the candidates and take the one with most work in it; among equals no copy, and the first in order.

    `stubs` are the digests of functions as the hand-out has them: beside a notebook that was worked in, the hand-out
    itself, which defines as much, is never taken.
    """
    if submission.problem:
        raise SubmissionError(submission.problem, submission.next_step)
    read, refused = _read_all(submission.candidates, wanted)
    if not read:
        raise refused[0]
    worth = [_worth(chosen.extract, wanted, stubs) for chosen in read]
    equals = [chosen for chosen, of in zip(read, worth, strict=True) if of == max(worth)]
    best = next(chosen for chosen in equals if not _is_copy(chosen, equals))
    others = [candidate.shown for candidate in submission.candidates if candidate is not best.candidate]
    return replace(best, note=_note(best, others, len(equals), f"{max(worth)[0]} of {len(wanted)} functions"))


def _worth(extract: Extract, wanted: Sequence[str], stubs: Mapping[str, Sequence[str]]) -> tuple[int, int]:
    """How many functions have work in them, and how many are there at all."""
    defined = extract.defined(wanted)
    idle = [name for name in defined if extract.digests.get(name, "") in (EMPTY, *stubs.get(name, ()))]
    return len(defined) - len([name for name in idle if name not in extract.lost]), len(defined)


def _note(best: Chosen, others: Sequence[str], equals: int, most: str) -> str:
    """Which file was graded, which were not, and why; nothing where there was no choice."""
    if not others:
        return ""
    more = f" and {len(others) - MOST_NAMED} more" if len(others) > MOST_NAMED else ""
    why = f"{equals} of them have as much written ({most})" if equals > 1 else f"it has most written ({most})"
    named = ", ".join(others[:MOST_NAMED]) + more
    return f"Of {len(others) + 1} files handed in, {best.candidate.shown} was graded, and not {named}: {why}."


def _is_copy(chosen: Chosen, equals: Sequence[Chosen]) -> bool:
    """Whether it is called as another file with something behind: `ex copy.ipynb`, `ex (1).ipynb`, `ex-old.ipynb`."""
    stem = PurePosixPath(chosen.candidate.shown).stem
    stems = {PurePosixPath(other.candidate.shown).stem for other in equals}
    return any(stem != other and stem.startswith(other) for other in stems)


def _read_all(candidates: Sequence[Candidate], wanted: Sequence[str]) -> tuple[list[Chosen], list[SubmissionError]]:
    read: list[Chosen] = []
    refused: list[SubmissionError] = []
    for candidate in candidates:
        try:
            data = read_candidate(candidate)
            read.append(Chosen(candidate, data, extract(data, candidate.shown, wanted)))
        except SubmissionError as error:
            refused.append(error)
    return read, refused
