"""Notes: what is worth saying beside a verdict, and that it costs nothing where that is so.

takes: a criterion's rule, the verdict, and one of its notes.
gives: one sentence or two.
must not know: HTML, arrays, points, how a verdict was reached.

Of a wrong function nobody knows that a note has no part in it: only beside a right one it is said to cost nothing.
"""

from __future__ import annotations

from grader.answer_key import CriterionRule
from grader.judge import RIGHT, Flaw, Note, NoteKind, Verdict

_OLD_WAYS = {
    "one element": "2.4 and newer refuse an array of one element in the place of a number: take it out with `.item()`",
    "generator": "2.4 and newer refuse a generator in np.sum: Python's own `sum` takes it",
    "newshape": "2.4 and newer refuse `newshape=` in np.reshape: it is called `shape=`",
    "copy=False": "2.0 and newer refuse `np.array(..., copy=False)` where a copy is needed: use np.asarray",
    "itemset": "2.0 and newer have no `.itemset`: assign to the element",
    "ptp": "2.0 and newer have no `.ptp()`: use np.ptp",
    "tostring": "2.3 and newer have no `.tostring()`: use `.tobytes()`",
    "newbyteorder": "2.0 and newer have no `.newbyteorder()` of arrays: ask their dtype for it",
}


_OTHER_CACHE = "the cache of the reference solution"


def say_note(rule: CriterionRule, verdict: Verdict, note: Note) -> str:
    """Put a note into words."""
    about = ", ".join(note.about)
    match note.kind:
        case NoteKind.UNSTEADY:
            return _unsteady(rule, note)
        case NoteKind.CHANGED_INPUT:
            return (
                f"It changes its input in place ({about}). That alone costs nothing, but whoever still needs it "
                "afterwards, the rest of this function, a cache or another backward, has lost it."
            )
        case NoteKind.WARNING:
            return f"numpy warned: {about}.{_on_warning(verdict, note)}"
        case NoteKind.OLD_WAY:
            refused = ". ".join(f"numpy {_OLD_WAYS[way]}" for way in note.about)
            costs = ", and costs nothing" if verdict.kind in RIGHT else ""
            return f"{refused}. It was run as older ones do{costs}."
        case NoteKind.OTHER_TYPE:
            return f"It returned another type than an array ({about}); it was read as one."
        case NoteKind.OTHER_DTYPE:
            return f"dtype: {about}. It costs nothing."
        case NoteKind.ALTERNATIVE:
            return alternative_note(rule, note.about[0])
        case NoteKind.BETWEEN:
            return " ".join(
                dict.fromkeys(alternative_note(rule, name) for name in note.about)
            )  # both ends say the same
        case NoteKind.OTHER_CACHE:
            kept = "what the reference solution leaves on the object" if rule.finds_all else _OTHER_CACHE
            return f"It was tried with {kept}, since {about} is not right yet."
        case NoteKind.OWN_CACHE:
            return f"It was tried with right values in the place of what {about} gives, since that is not right yet."
        case NoteKind.BUILT_ON:
            are = "are" if len(note.about) > 1 else "is"
            return (
                f"It builds on {about}, which {are} not right yet. What is wrong may come from there: mend that first."
            )
        case NoteKind.LENT:
            return f"It was tried with right results in the place of what {about} gives, since that is not right yet."
        case NoteKind.LENT_UNCHANGED:
            given = f"It was tried with right results in the place of what {about} gives"
            return f"{given}, since that changes in place what it is called with."
        case NoteKind.NO_READING:
            return (
                f"The grader itself failed at telling how it differs ({about}), which has no part in the points: "
                "report it, with the file."
            )
        case NoteKind.COMPARED:
            near = alternative_note(rule, about)
            return f"It was compared with what is nearest to it, another right convention. {near}"


def alternative_note(rule: CriterionRule, name: str) -> str:
    """What the author says of an accepted alternative."""
    return next((a.note for a in rule.alternatives if a.name == name), name)


def _unsteady(rule: CriterionRule, note: Note) -> str:
    told = "It gives different answers to equal calls"
    before = [name for name in note.about if name != rule.name]
    if before:
        return f"{told}, and so does {before[0]}, whose cache it gets: look there first for what makes them differ."
    or_cache = " or in the cache that it gets" if rule.follow_through else ""
    return f"{told}. Randomness or a leftover of an earlier call is in it{or_cache}."


def _on_warning(verdict: Verdict, note: Note) -> str:
    """What a warning of numpy's means for this verdict."""
    if verdict.kind not in RIGHT:
        flaws = {finding.problem.flaw for finding in verdict.findings if finding.problem}
        return " A nan or inf in the result may come from there." if Flaw.NOT_FINITE in flaws else ""
    if "overflow encountered in exp" in note.about and not any("divide by zero" in text for text in note.about):
        return " It costs nothing; a form that only takes exp of negatives avoids it."
    return " It costs nothing."
