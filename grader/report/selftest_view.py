"""The proof of an exam as a table in a terminal.

takes: rows of what sat the exam, and what each case is there for.
gives: lines of text, the same in every terminal.
must not know: how anything was run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Protocol


class _Row(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def tried(self) -> int: ...
    @property
    def as_due(self) -> int: ...
    @property
    def excused(self) -> tuple[tuple[str, str], ...]: ...
    @property
    def survivors(self) -> tuple[str, ...]: ...
    @property
    def to_do(self) -> str: ...


class _Case(Protocol):
    @property
    def criterion(self) -> str: ...
    @property
    def case(self) -> str: ...
    @property
    def catches_alone(self) -> str: ...
    @property
    def reason(self) -> str: ...


def selftest_lines(
    rows: Sequence[_Row], cases: Sequence[_Case], every: bool = False, idle_excuses: Sequence[str] = ()
) -> Iterator[str]:
    """The table, then all that is excused with its reason, then what survived. `every` also lists each case."""
    yield f"{'what sat the exam':<42}{'tried':>7}{'as due':>8}{'excused':>9}{'survived':>10}"
    for row in rows:
        yield f"{row.kind:<42}{row.tried:>7}{row.as_due:>8}{len(row.excused):>9}{len(row.survivors):>10}"
    earning = sum(bool(case.catches_alone) for case in cases)
    marked = sum(bool(case.reason) and not case.catches_alone for case in cases)
    idle = [case for case in cases if not case.catches_alone and not case.reason]
    yield f"{'cases that earn their place':<42}{len(cases):>7}{earning:>8}{marked:>9}{len(idle):>10}"
    reasons = Counter(reason for row in rows for _, reason in row.excused)
    if reasons:
        yield ""
        yield "Excused, since they are right all the same:"
        yield from (f"  {count:>3}  {reason}" for reason, count in reasons.most_common())
    if idle_excuses:
        yield ""
        yield "Names in equivalents= that excuse nothing: take them out, or a hole of tomorrow may answer to them:"
        yield from (f"  {text}" for text in idle_excuses)
    for row in rows:
        if row.survivors:
            yield ""
            yield f"Survived ({row.kind}): {row.to_do}, or give the reason in equivalents=:"
            yield from (f"  {line}" for line in _together(row.survivors))
    if idle:
        yield ""
        yield "Cases without which nothing slips through: drop them, or give the reason in feedback=:"
        yield from (f"  {case.criterion}: {case.case}" for case in idle)
    if every:
        yield ""
        yield "What each case is there for:"
        for case in cases:
            yield f"  {case.criterion}, {case.case}: {case.catches_alone or case.reason or 'nothing'}"


def _together(survivors: Sequence[str]) -> Iterator[str]:
    """Survivors line by line; those with one blind spot in one line, by a name with `*` that equivalents= takes."""
    alike: dict[str, list[str]] = {}
    for name in survivors:
        spot = name.partition(_SPOT)[2].partition(", ")[0]
        alike.setdefault(spot or name, []).append(name)
    for spot, names in alike.items():
        functions = list(dict.fromkeys(name.partition(_SPOT)[0] for name in names))
        if len(names) == 1:
            yield names[0]
        elif len(functions) == 1:
            results = ", ".join(name.rpartition(", ")[2] for name in names)
            yield f"{functions[0]}{_SPOT}{spot}*   ({results})"
        else:
            yield f"*{_SPOT}{spot}*   ({', '.join(functions)})"


_SPOT = ": wrong for "
