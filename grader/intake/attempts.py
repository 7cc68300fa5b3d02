"""Claims made into submissions: one a student, the newest of what was handed in twice, the rest listed.

takes: a `Reading`.
gives: one `Submission` a student, in order of student; ids that clash raise `SubmissionError` naming both.
must not know: which layout it was, what is in a file, graded names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import PurePosixPath

from grader.errors import SubmissionError
from grader.intake.arrival import NOT_READ, Arrival
from grader.intake.calling import composed, folded
from grader.intake.items import MOST_OTHERS
from grader.intake.layouts import Claim, Reading
from grader.intake.nothing import MOST_NAMED, why_nothing
from grader.intake.submissions import Candidate, Closed, Submission, text_of
from grader.intake.times import read_time
from grader.intake.walk import ENDINGS, MARKDOWN, OTHER_ENDINGS, RENAMED

MOST_CANDIDATES = 50  # of one hand-in; a project has a handful


def submissions_of(reading: Reading) -> list[Submission]:
    """One submission a student."""
    by_student: dict[str, list[Claim]] = {}
    for claim in reading.claims:
        by_student.setdefault(composed(claim.student_id), []).append(claim)  # `é` is one letter, however it is written
    found = [_submission(claims[0].student_id, claims, reading.layout) for claims in by_student.values()]
    return sorted(found, key=lambda submission: submission.student_id)


def _submission(student: str, claims: list[Claim], layout: str) -> Submission:
    _refuse_clash(student, claims)
    newest, older = _newest(claims)
    name = next((claim.name for claim in newest if claim.name), student)
    arrival = _arrival(newest, older, layout)
    files = [claim for claim in newest if not claim.said]
    try:
        there = (c for claim in files for c in claim.item.files((*ENDINGS, *RENAMED), claim.under))
        candidates, renamed, refused = _parted(there)
        more = _endings_besides(candidates)
        candidates = [*candidates, *_others(files, more), *(renamed if candidates else ())]
        passed_over = _passed_over(newest, (*ENDINGS, *RENAMED, *more) if candidates else OTHER_ENDINGS)
    except SubmissionError as error:
        return Submission(student, name, (), str(error), error.hint, arrival)
    except OSError as error:
        sentence = f"the hand-in cannot be read: {error.strerror}"
        return Submission(student, name, (), sentence, "check its permissions", arrival)
    if candidates:
        closed = _closed(refused)
        arrival = replace(arrival, notes=(*arrival.notes, *passed_over, *_on_closed(closed)))
        return Submission(student, name, tuple(candidates), arrival=arrival, closed=closed)
    return Submission(student, name, (), *(_why_not(refused) or why_nothing(newest)), arrival)


def _refuse_clash(student: str, claims: Sequence[Claim]) -> None:
    """Two people under one id must not be graded as one; neither must two files of which one has its id by chance."""
    first = claims[0]
    for other in claims[1:]:
        named = first.name and other.name and folded(first.name) != folded(other.name)
        if named or first.known != other.known:
            raise SubmissionError(
                f"two hand-ins have the id '{student}': {_place(first)} and {_place(other)}",
                "if they are of one person, remove one; if not, rename one, or read the names by --pattern",
            )


def _place(claim: Claim) -> str:
    return text_of(claim.item.name)


def _newest(claims: Sequence[Claim]) -> tuple[list[Claim], list[Claim]]:
    """The newest of every series, and the others."""
    series: dict[str, list[Claim]] = {}
    for claim in claims:
        series.setdefault(claim.series, []).append(claim)
    newest = [_latest(attempts) for attempts in series.values()]
    return newest, [claim for claim in claims if claim not in newest]


def _latest(attempts: Sequence[Claim]) -> Claim:
    def when(claim: Claim) -> tuple[float, list[tuple[bool, str | int]]]:
        time = read_time(claim.handed_in)
        # Numbers before texts: an order may mix them, and they do not compare.
        return (time.timestamp() if time else 0.0, [(isinstance(part, str), part) for part in claim.order])

    return max(attempts, key=when)


def _arrival(newest: Sequence[Claim], older: Sequence[Claim], layout: str) -> Arrival:
    first = newest[0]
    notes = [note for claim in newest for note in claim.notes]
    if older:
        counted = ", ".join(dict.fromkeys(_place(claim) for claim in newest))
        listed = ", ".join(_place(claim) for claim in older)
        notes.append(f"Handed in more than once: the newest was graded ({counted}), and not {listed}.")
    if len(newest) > 1 and not first.entry:  # only its name says whose it is
        places = [_place(claim) for claim in newest]
        # What is the same to the eye is told by its signs, as Jos\xe9 and Jose\u0301.
        shown = places if len(set(map(composed, places))) == len(places) else [ascii(place) for place in places]
        notes.append(f"{' and '.join(shown)} are called the same, so they were taken as one hand-in.")
    times = [time for claim in newest if (time := read_time(claim.handed_in))]
    told = max(times).isoformat() if times else ""
    if not told and first.handed_in:
        notes.append(f"When it was handed in could not be read: '{first.handed_in[:60]}'.")
    return Arrival(
        layout if first.known else "", dict(first.ids), first.email, first.entry, told,
        marked_late=any(claim.marked_late for claim in newest), notes=tuple(dict.fromkeys(notes)),
    )  # fmt: skip


def _parted(every: Iterable[Candidate]) -> tuple[list[Candidate], list[Candidate], list[Candidate]]:
    """Those that are read, those under an ending that is not theirs, and some of those that are not read."""
    found: list[Candidate] = []
    renamed: list[Candidate] = []
    refused: list[Candidate] = []
    for candidate in every:
        if candidate.refusal is not None:
            refused += [candidate] * (len(refused) < MOST_CANDIDATES)
            continue
        if candidate.shown.lower().endswith(RENAMED):
            renamed += [candidate] * (len(renamed) < MOST_OTHERS)
            continue
        if len(found) == MOST_CANDIDATES:
            raise SubmissionError(
                f"the hand-in holds more than {MOST_CANDIDATES} notebooks and Python files",
                "hand in the exercise alone",
            )
        found.append(candidate)
    found.sort(key=lambda one: PurePosixPath(one.shown).name.startswith("."))  # hidden ones come last
    return found, renamed, refused


def _endings_besides(candidates: Sequence[Candidate]) -> tuple[str, ...]:
    """What is looked for besides: a notebook under another ending, where there is none under its own."""
    if not candidates:
        return OTHER_ENDINGS
    return () if any(one.shown.lower().endswith(".ipynb") for one in candidates) else MARKDOWN


def _others(claims: Sequence[Claim], endings: tuple[str, ...]) -> list[Candidate]:
    """The files with these endings, and no more than are looked at."""

    def every() -> Iterator[Candidate]:
        for claim in claims if endings else ():
            yield from claim.item.candidates(endings, claim.under)

    return list(islice(every(), MOST_OTHERS))


def _passed_over(claims: Sequence[Claim], endings: tuple[str, ...]) -> tuple[str, ...]:
    """A note on what came beside the files that can be graded, as an essay beside a notebook."""
    if len(claims) == 1:
        return ()
    named = [
        claim.said or _place(claim)
        for claim in claims
        if claim.said or next(iter(claim.item.files(endings, claim.under)), None) is None
    ]
    return (f"Handed in too, and not graded: {', '.join(dict.fromkeys(named))}.",) if named else ()


def _closed(refused: Sequence[Candidate]) -> tuple[Closed, ...]:
    """What is there and is not read, beside what is graded; a link to a folder is nobody's work then."""
    named = [(one.shown, one.refusal) for one in refused if PurePosixPath(one.shown).suffix]
    return tuple(Closed(shown, str(error), error.hint) for shown, error in named if error is not None)


def _on_closed(closed: Sequence[Closed]) -> tuple[str, ...]:
    """A note on it."""
    return (f"{NOT_READ}{'; '.join(one.sentence for one in closed[:MOST_NAMED])}.",) if closed else ()


def _why_not(refused: Sequence[Candidate]) -> tuple[str, str] | None:
    """Why nothing is read, and the next step, where there is something."""
    return next(((str(one.refusal), one.refusal.hint) for one in refused if one.refusal is not None), None)
