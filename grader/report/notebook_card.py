"""The card in a student's notebook: what `%check` shows below the cell.

takes: the record of a check on the public key, and what that key cannot tell.
gives: HTML that stands in a cell's output, light or dark, without script; the same as text.
must not know: IPython, how anything was run, hidden cases (nobody gives them).
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass

from grader.feedback.case_wording import Place
from grader.feedback.points import show_count
from grader.feedback.wording import places_of
from grader.gradebook import CaseRecord, CriterionRecord, Record
from grader.report.faces import Face, face_of
from grader.report.page import render

FAILING_SHOWN = 2  # cases of one function; the next check shows others, when these are right


@dataclass(frozen=True)
class NotChecked:
    """The behaviours that the public key has no case of, by function."""

    behaviours: Mapping[str, tuple[str, ...]]

    @property
    def sentence(self) -> str:
        """What a student is not told here, and when it is."""
        of: dict[str, list[str]] = {}
        for function, names in self.behaviours.items():
            for name in names:
                of.setdefault(name, []).append(function)
        listed = "; ".join(f"{name} ({', '.join(functions)})" for name, functions in of.items())
        said = "Not checked: the hidden checks, with other numbers, which are run after hand-in"
        if not of:
            return f"{said}."
        return f"{said}. {show_count(len(of), 'property is', 'properties are')} seen by them alone: {listed}."


KERNEL_NOTE = (
    "Checked is what this kernel has run, cells that you have deleted since among them; cell 3 is In [3]. "
    "Before you hand in: restart the kernel, run all, save."
)


@dataclass(frozen=True)
class _Line:
    criterion: CriterionRecord
    face: Face
    right: int
    count: int
    failing: tuple[CaseRecord, ...]
    place: str


def render_card(title: str, record: Record, not_checked: NotChecked) -> str:
    """The card as HTML."""
    place = places_of(record)
    lines = [_line(criterion, place) for criterion in record.criteria]
    return render(
        "notebook_card.html",
        title=title,
        record=record,
        lines=lines,
        right=sum(line.right for line in lines),
        count=sum(line.count for line in lines),
        not_checked=not_checked.sentence,
        kernel_note=KERNEL_NOTE,
        shown=FAILING_SHOWN,
    )


def card_text(record: Record, not_checked: NotChecked) -> str:
    """The same for a place that shows no HTML."""
    from rich.console import Console

    from grader.report.check_terminal import print_check
    from grader.report.terminal import WIDTH, indented

    told = io.StringIO()
    # Kernels ask for colours, and a cell without HTML may show none.
    console = Console(file=told, width=WIDTH, highlight=False, emoji=False, color_system=None, force_terminal=False)
    print_check(record, "", console)
    for sentence in (not_checked.sentence, KERNEL_NOTE):
        console.print(indented(sentence, console, by=0, cap=2000))
    return told.getvalue().rstrip()


def _line(criterion: CriterionRecord, place: Place) -> _Line:
    public = criterion.public_cases
    return _Line(
        criterion,
        face_of(criterion.verdict, criterion.points),
        sum(case.right for case in public),
        len(public),
        tuple(case for case in public if not case.right),
        place(criterion.trouble_cell, criterion.trouble_line) or place(criterion.cell, criterion.line),
    )
