"""What was not there when a hand-in was run: modules that could not be imported, and names whose line did not run.

takes: the evidence of a record, the cells, and what was raised.
gives: `Absent`; where a hand-in raises an exception by itself.
must not know: how it is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from grader.feedback.case_wording import Place
from grader.feedback.evidence import Evidence
from grader.feedback.next_step.error_wording import NOTHING_ABSENT, Absent, may_bind
from grader.feedback.next_step.module_wording import NOT_IN_MODULE, is_of
from grader.gradebook import CellRecord
from grader.wire import Trouble

_RAISE = re.compile(r"(?:^|[:;])\s*raise\b")
_ASSERT = re.compile(r"^\s*(assert\b[^\n;#]*)")
_MISSING = re.compile(r"^name '(\w+)'")
_DEFINED = re.compile(r"^(?:def|class)[ \t]+(\w+)", re.MULTILINE)
_LONGEST = 100  # of an assert's text, which is quoted whole or not at all


def absent_in(evidence: Evidence, place: Place, cells: Sequence[CellRecord], given: Iterable[str] = ()) -> Absent:
    """What was not there for any function: modules, and the names of lines that did not run or could not be read.

    `given` are the files that came with the exercise.
    """
    if not evidence.failed and not evidence.lost:
        return NOTHING_ABSENT
    imports = [t for t in evidence.failed if t.type_name in ("ModuleNotFoundError", "ImportError")]
    unfound = {t.message: found for t in imports if (found := _unfound(t.message, [*evidence.files.values(), *given]))}
    sources = {cell.number: cell.source for cell in cells}
    named = [
        (t.message.split("'")[1], _import_at(sources.get(t.cell, ""), t.line))
        for t in imports
        if t.message.count("'") >= 2 and t.message not in unfound
    ]
    failed = {(t.cell, t.line): t for t in evidence.failed if t.line}
    lost = {name: failed[at] for name, at in evidence.places.items() if at in failed}
    unread = {name: trouble for name, trouble in evidence.lost.items() if trouble.line}
    names = [(name, place(t.cell, t.line), _why(t, named, lost)) for name, t in {**lost, **unread}.items()]
    return Absent(tuple(dict.fromkeys(named)), tuple(names), unfound=tuple(unfound.values()))


def _unfound(message: str, files: Iterable[str]) -> tuple[str, str] | None:
    """The name that an import wanted, and the file or package that is there and has it not."""
    found = NOT_IN_MODULE.search(message)
    return (found[1], next((file for file in files if is_of(file, found[2])), found[2])) if found else None


def _why(trouble: Trouble, modules: Sequence[tuple[str, str]], lost: Mapping[str, Trouble]) -> str:
    """The type of its error; of that behind it, where it lacks what another line, or an import, should have made."""
    seen: set[tuple[int, int]] = set()
    while trouble.type_name == "NameError" and (trouble.cell, trouble.line) not in seen:
        seen.add((trouble.cell, trouble.line))
        for module, line in modules:
            if may_bind(line, trouble.message):
                return f"ModuleNotFoundError: {module}"
        missing = _MISSING.search(trouble.message)
        trouble = lost.get(missing[1], trouble) if missing else trouble
    return trouble.type_name


def given_in(files: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The names that the files which came with an exercise define, each with its file."""
    return tuple((name, file) for file, source in files.items() for name in _DEFINED.findall(source))


def raising_in(troubles: Iterable[Trouble], cells: Sequence[CellRecord]) -> tuple[tuple[int, int], ...]:
    """The places of troubles where a `raise` stands, so that the message is the student's own."""
    return tuple(at for at, line in _lines_at(troubles, cells) if _RAISE.search(line))


def demands_in(troubles: Iterable[Trouble], cells: Sequence[CellRecord]) -> tuple[tuple[tuple[int, int], str], ...]:
    """The asserts at the places of troubles, where each is one line and no long one."""
    found = ((at, _ASSERT.match(line)) for at, line in _lines_at(troubles, cells))
    texts = ((at, assert_[1].rstrip()) for at, assert_ in found if assert_)
    return tuple((at, text) for at, text in texts if len(text) <= _LONGEST and text.count("(") == text.count(")"))


def _lines_at(troubles: Iterable[Trouble], cells: Sequence[CellRecord]) -> Iterator[tuple[tuple[int, int], str]]:
    places = sorted({(trouble.cell, trouble.line) for trouble in troubles if trouble.line})
    sources = {cell.number: cell.source.split("\n") for cell in cells} if places else {}
    for at in places:
        yield at, "\n".join(sources.get(at[0], ())[at[1] - 1 : at[1]])


def _import_at(source: str, line: int) -> str:
    """The text of an import that begins at a line, whole where it goes on in brackets."""
    rest = source.split("\n")[max(line - 1, 0) :]
    first = rest[0] if rest else ""
    return "\n".join(rest).split(")")[0] if "(" in first else first
