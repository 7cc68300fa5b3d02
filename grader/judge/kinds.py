"""What findings amount to: the kind of a verdict, and the notes that go with it.

takes: findings, the behaviours that hold, notes.
gives: a `Kind`; the notes worth telling beside it; whether others can rely on it.
must not know: points, other criteria, how findings were made.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.answer_key import REFERENCE
from grader.judge.verdict import Finding, Kind, Note, NoteKind, Verdict
from grader.wire import Status

RIGHT = frozenset({Kind.CORRECT, Kind.ALTERNATIVE})
"""What earns all points: right by the reference, or by an alternative that the author accepts."""


def changes_input(verdict: Verdict) -> bool:
    """Whether it changes in place what it is called with: what calls it may need that afterwards."""
    return any(note.kind is NoteKind.CHANGED_INPUT for note in verdict.notes)


def is_harmless(verdict: Verdict) -> bool:
    """Whether what calls it has what it needs: it is right, and leaves as it is what it is called with."""
    return verdict.kind in RIGHT and not changes_input(verdict)


def kind_of(findings: Sequence[Finding], held: Sequence[str], alternative: str) -> Kind:
    """The kind of a verdict with these findings, of which the behaviours `held` hold."""
    statuses = {finding.status for finding in findings}
    if Status.FAULT in statuses:
        return Kind.UNGRADED
    if findings and all(finding.right for finding in findings):
        return Kind.ALTERNATIVE if alternative else Kind.CORRECT
    if held:
        return Kind.PARTLY
    if Status.RETURNED in statuses or Status.UNREADABLE in statuses:
        return Kind.WRONG
    if statuses <= {Status.MISSING}:
        return Kind.MISSING
    if Status.RAISED in statuses or Status.KILLED in statuses:
        return Kind.CRASHED
    return Kind.TIMED_OUT


def notes_for(kind: Kind, notes: tuple[Note, ...], variant: str) -> tuple[Note, ...]:
    """Notes on a right answer's form would only distract from what is wrong with a wrong one."""
    if kind is Kind.ALTERNATIVE:
        return (*notes, Note(NoteKind.ALTERNATIVE, (variant,)))
    if kind is Kind.CORRECT:
        return notes
    compared = () if variant == REFERENCE else (Note(NoteKind.COMPARED, (variant,)),)
    return (*(n for n in notes if n.kind not in _ON_RIGHT_ANSWERS), *compared)


_ON_RIGHT_ANSWERS = (NoteKind.BETWEEN, NoteKind.OTHER_DTYPE)
