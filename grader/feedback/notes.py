"""Notes: what is worth saying and costs nothing, about one criterion and about the file as a whole."""

from __future__ import annotations

from collections.abc import Iterator

from grader.extract import Facts
from grader.feedback.case_sentences import Place, say_statement, with_article
from grader.feedback.numbers import show_count, show_list, show_names, show_points, show_span
from grader.gradebook.records import Identity
from grader.judge import RIGHT, Kind, NoteKind, Verdict
from grader.key import Basis, Rubric
from grader.late import late_seconds
from grader.outcomes import Trouble

NOTES = {
    NoteKind.CHANGED: "It changes its inputs in place ({names}). That alone costs no points.",
    NoteKind.WARNED: "numpy warned: {texts}. {after}.",
    NoteKind.OTHER_TYPE: "{names} {are} returned as {a_type}; the numbers are right, so no points are lost.",
    NoteKind.OTHER_DTYPE: "{names} {have} dtype {type}. No points are lost.",
    NoteKind.ALTERNATIVE: "It is nearer to another right convention, and was compared with that one. {texts}",
    NoteKind.TRIED: "It is not right in {cases}, which costs no points.",
    NoteKind.BETWEEN: "It differs from the reference solution where more than one value is right. {texts}",
    NoteKind.CONSISTENT: "It is the gradient of its own forward. A teaching assistant may look at it.",
}
MOST_FAILED = 5  # statements that failed and are listed; the page shows all of them in their cells


def say_notes(verdict: Verdict) -> list[str]:
    """The judge's notes, those of several results in one sentence; what a headline says is not said again."""
    is_right = verdict.kind in RIGHT and verdict.basis is Basis.OWN
    about: dict[tuple[NoteKind, str], tuple[str, ...]] = {}
    for note in verdict.notes:
        kind = note.about[-1] if note.kind in (NoteKind.OTHER_TYPE, NoteKind.OTHER_DTYPE) else ""
        about[note.kind, kind] = about.get((note.kind, kind), ()) + (note.about[:-1] if kind else note.about)
    if verdict.kind is Kind.CONSISTENT:
        del about[NoteKind.CONSISTENT, ""]
    return [_say(note, kind, names, is_right) for (note, kind), names in about.items()]


def _say(note: NoteKind, kind: str, names: tuple[str, ...], is_right: bool) -> str:
    are, have = ("are", "have") if len(names) > 1 else ("is", "has")
    cases = show_list([f"'{name}'" for name in names])
    after = "The results are right all the same" if is_right else "The warning itself costs no points"
    lists = {"names": show_names(names), "texts": ", ".join(names), "cases": cases}
    return NOTES[note].format(**lists, are=are, have=have, type=kind, a_type=with_article(kind), after=after)


def notes_on_file(facts: Facts, place: Place) -> Iterator[str]:
    """What happened to the file as a whole: what was skipped, replaced, or failed."""
    yield from facts.notes
    if count := facts.left_out:
        yield f"Skipped {show_count(count, 'print, plot or test statement', 'print, plot and test statements')}."
    if facts.replaced:
        yield f"Not installed here, and replaced by a silent stand-in: {show_list(facts.replaced)}. No points are lost."
    alike: dict[tuple[str, str], list[Trouble]] = {}
    for trouble in facts.failed:
        alike.setdefault((trouble.type_name, trouble.message), []).append(trouble)
    for troubles in list(alike.values())[:MOST_FAILED]:
        more = f" (and {show_count(len(troubles) - 1, 'more line')})" if len(troubles) > 1 else ""
        said = say_statement(troubles[0], place, more)
        yield f"{said[:1].upper()}{said[1:]}. No points are lost unless a graded function needs it."


def notes_on_lateness(rubric: Rubric, identity: Identity) -> tuple[str, ...]:
    """How late it was, and what that costs."""
    late, arrival = rubric.late, identity.arrival
    seconds = late_seconds(late, arrival)
    if not seconds:
        return ()
    said = f"Handed in {show_span(seconds)} late"
    if late is None:
        return (f"{said}. No points are taken off.",)
    grace = round(late.grace.total_seconds())
    if seconds <= grace:
        return (f"{said}, within the grace of {show_span(grace)}. No points are taken off.",)
    most = f", at most {show_points(late.cap * 100)} %" if late.cap < 1 else ""
    return (f"{said}: {show_points(late.per_day * 100)} % of all points for each day begun{most}.",)
