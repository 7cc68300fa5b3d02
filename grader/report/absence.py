"""What was not there when a hand-in was run: modules that could not be imported, and names whose line did not run.

takes: the evidence of a record, the cells, and what was raised.
gives: `Absent`; where a hand-in raises an exception by itself.
must not know: how it is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from grader.gradebook import CellRecord
from grader.report.case_wording import Place
from grader.report.error_wording import NOTHING_ABSENT, Absent, may_bind
from grader.report.evidence import Evidence
from grader.wire import Trouble

_RAISE = re.compile(r"(?:^|[:;])\s*raise\b")


def absent_in(evidence: Evidence, place: Place, cells: Sequence[CellRecord]) -> Absent:
    """What was not there for any function: modules, and the names of lines that did not run."""
    if not evidence.failed:
        return NOTHING_ABSENT
    imports = [t for t in evidence.failed if t.type_name in ("ModuleNotFoundError", "ImportError")]
    sources = {cell.number: cell.source for cell in cells}
    named = [
        (t.message.split("'")[1], _import_at(sources.get(t.cell, ""), t.line))
        for t in imports
        if t.message.count("'") >= 2
    ]
    failed = {(t.cell, t.line): _why(t, named) for t in evidence.failed if t.line}
    names = [(name, place(*at), failed[at]) for name, at in evidence.places.items() if at in failed]
    return Absent(tuple(dict.fromkeys(named)), tuple(names))


def _why(trouble: Trouble, modules: Iterable[tuple[str, str]]) -> str:
    """The type of its error; where it lacks what an import should have given, the import's."""
    if trouble.type_name != "NameError":
        return trouble.type_name
    missing = (module for module, line in modules if may_bind(line, trouble.message))
    return next((f"ModuleNotFoundError: {module}" for module in missing), trouble.type_name)


def raising_in(troubles: Iterable[Trouble], cells: Sequence[CellRecord]) -> tuple[tuple[int, int], ...]:
    """The places of troubles where a `raise` stands, so that the message is the student's own."""
    places = sorted({(trouble.cell, trouble.line) for trouble in troubles if trouble.line})
    sources = {cell.number: cell.source.split("\n") for cell in cells} if places else {}
    return tuple(at for at in places if _RAISE.search("\n".join(sources.get(at[0], ())[at[1] - 1 : at[1]])))


def _import_at(source: str, line: int) -> str:
    """The text of an import that begins at a line, whole where it goes on in brackets."""
    rest = source.split("\n")[max(line - 1, 0) :]
    first = rest[0] if rest else ""
    return "\n".join(rest).split(")")[0] if "(" in first else first
