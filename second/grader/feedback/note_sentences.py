"""Notes: what is worth saying and costs nothing, about one criterion and about the file as a whole."""

from __future__ import annotations

from collections.abc import Iterator

from grader.extract import Facts
from grader.feedback.case_sentences import Place, say_trouble
from grader.feedback.numbers import show_count, show_list, show_names, show_points, show_span
from grader.gradebook.records import Identity
from grader.judge.model import Note
from grader.key import Rubric
from grader.late import late_seconds
from grader.outcomes import Trouble

NOTES = {
    "changed": "It changes its inputs in place ({names}). No points are lost.",
    "warned": "numpy warned: {texts}. No points are lost.",
    "other type": "{names} is a {type}; a numpy array is expected. No points are lost.",
    "other dtype": "{names} has dtype {type}. No points are lost.",
    "alternative": "It was compared with another right convention: {texts}",
    "tried": "Not part of the points: it fails on {cases}.",
    "between": "{texts}",  # the author's note
    "cache": "With the cache of the reference solution it is right.",
    "consistent": "It is consistent with its own forward, by a numeric gradient. A teaching assistant may look at it.",
}
MOST_FAILED = 5  # statements that failed and are listed; the page shows all of them in their cells


def say_note(note: Note) -> str:
    """One sentence for a note of the judge."""
    names = note.about[:-1] if note.kind in ("other type", "other dtype") else note.about
    cases = show_list([f"'{case}'" for case in note.about])
    texts, last = ", ".join(note.about), "".join(note.about[-1:])
    return NOTES[note.kind].format(names=show_names(names), texts=texts, cases=cases, type=last)


def notes_on_file(facts: Facts, place: Place) -> tuple[str, ...]:
    """What happened to the file as a whole: what was skipped, replaced, or failed."""
    return tuple([*facts.notes, *_skipped(facts), *_replaced(facts), *_failed(facts, place)])


def _skipped(facts: Facts) -> Iterator[str]:
    if facts.left_out:
        yield f"Skipped {show_count(facts.left_out, 'print, plot or test statement', 'print, plot and test statements')}."


def _replaced(facts: Facts) -> Iterator[str]:
    if facts.replaced:
        yield f"Not installed here, so a silent stand-in was used: {show_list(facts.replaced)}. No points are lost."


def _failed(facts: Facts, place: Place) -> Iterator[str]:
    alike: dict[tuple[str, str], list[Trouble]] = {}
    for trouble in facts.failed:
        alike.setdefault((trouble.type_name, trouble.message), []).append(trouble)
    for troubles in list(alike.values())[:MOST_FAILED]:
        more = f" (and {show_count(len(troubles) - 1, 'more line')})" if len(troubles) > 1 else ""
        said = f"A statement failed{more}: {say_trouble(troubles[0], place)}."
        yield f"{said} No points are lost unless a graded function needs it."


def notes_on_lateness(rubric: Rubric, identity: Identity) -> tuple[str, ...]:
    """How late it was, and what that costs."""
    late, arrival = rubric.late, identity.arrival
    seconds = late_seconds(late, arrival)
    if not seconds:
        return ()
    if late is None:
        return (f"Handed in {show_span(seconds)} late. No points are taken off.",)
    grace = round(late.grace.total_seconds())
    if seconds <= grace:
        return (
            f"Handed in {show_span(seconds)} late, within the grace of {show_span(grace)}. No points are taken off.",
        )
    most = f", at most {show_points(late.cap * 100)} %" if late.cap < 1 else ""
    each = f"{show_points(late.per_day * 100)} % of all points for each day begun{most}"
    return (f"Handed in {show_span(seconds)} late: {each}.",)
