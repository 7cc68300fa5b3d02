"""What authors and TAs read on the terminal: a key, the proof of an exam, and a student's numbers case by case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from grader.feedback.numbers import show_count, show_points, show_value
from grader.feedback.snippet import literal
from grader.gradebook import CaseRecord, CriterionRecord, Record
from grader.key import Basis, CriterionRule, Key, unpack_outcomes
from grader.key.model import Stage
from grader.report.arrays import compared, stages_of
from grader.report.page import clean
from grader.report.terminal import indented, open_console, text

if TYPE_CHECKING:
    from rich.console import Console

FEW = 3  # failing cases of a criterion that are shown unasked: as a rule they have one cause
WHOLE = 400  # entries of an array that are all shown; of a larger one its ends are


def show_rubric(key: Key, console: Console | None = None) -> None:
    """Everything an author would want to read before a key is used; no answer is shown."""
    console, rubric, public = console or open_console(), key.rubric, sum(entry.is_public for entry in key.entries)
    cases = f"{show_count(public, 'public case')}, {show_count(len(key.entries) - public, 'hidden case')}"
    console.print(text(f"{rubric.title}: {show_points(rubric.points)} points", "bold"))
    console.print(text(f"{'public' if key.is_public else 'full'} key {key.digest[:16]}, {cases}"))
    limits = ", ".join(f"{name} {value:g}" for name, value in asdict(rubric.limits).items())
    console.print(indented(f"limits: {limits}", console, by=0))
    if rubric.handout.files:
        console.print(indented(f"files given: {', '.join(rubric.handout.files)}", console, by=0))
    for rule in rubric.criteria:
        console.print(text(f"\n{rule.name}{rule.signature}: {show_points(rule.points)} points", "bold"))
        for line in _rule(key, rule):
            console.print(indented(line, console))


def _rule(key: Key, rule: CriterionRule) -> Iterator[str]:
    for behaviour in rule.behaviours:
        needs = f", needs {', '.join(behaviour.needs)}" if behaviour.needs else ""
        cases = [entry for entry in key.entries if entry.behaviours.get(rule.name) == behaviour.name]
        named = [f"{one.case} [{one.visibility}{', given' * (one.basis is Basis.GIVEN)}]" for one in cases]
        points = f"{show_points(behaviour.points)}/{show_points(rule.points)} points"
        yield f"{behaviour.name} ({points}{needs}): {'; '.join(named) or 'no case in this key'}"
    of = rule.tolerance
    yield f"tolerance: {of.relative:g} relative, {of.scale:g} of the largest, {of.absolute:g} absolute"
    if rule.also_named:
        yield f"also named: {', '.join(rule.also_named)}"
    for gradient in key.rubric.gradients:
        if gradient.of == rule.name:
            yield f"consistent with its own forward: {show_points(gradient.worth * rule.points)} points"
    for one in rule.alternatives:
        yield f"also right: {one.name}{' (or anything between)' if one.between else ''}. {one.note}"
    for mistake in rule.mistakes:
        worth = f" ({show_points(mistake.credit * rule.points)} points)" if mistake.credit else ""
        yield f"known mistake: {mistake.name}{worth}. {mistake.feedback} {mistake.next_step}".rstrip()


@dataclass(frozen=True)
class Row:
    """One kind of variant in the proof of an exam; `excused` are names with the author's reasons."""

    kind: str
    tried: int
    as_expected: int
    excused: tuple[tuple[str, str], ...] = ()
    survivors: tuple[str, ...] = ()
    to_do: str = "add a case that shows it"


def selftest_lines(rows: Sequence[Row], idle: Sequence[str] = (), excuses: Sequence[str] = ()) -> Iterator[str]:
    """The table, then what is excused with its reason, what survived, and cases and excuses that are not needed."""
    yield f"{'variants':<40}{'tried':>7}{'as expected':>13}{'excused':>9}{'survived':>10}"
    for row in rows:
        yield f"{row.kind:<40}{row.tried:>7}{row.as_expected:>13}{len(row.excused):>9}{len(row.survivors):>10}"
    reasons = Counter(reason for row in rows for _, reason in row.excused).most_common()
    lists = [
        ("Excused, because they are right too:", [f"{count:>3}  {reason}" for reason, count in reasons]),
        ("Names in equivalents= that excuse nothing: remove them.", excuses),
        *((f"Survived ({row.kind}): {row.to_do}, or give the reason in equivalents=.", row.survivors) for row in rows),
        ("Cases that no wrong variant needs: remove them, or give the reason in because=.", idle),
    ]
    for head, lines in lists:
        yield from (("", head, *(f"  {line}" for line in lines)) if lines else ())


def explain(record: Record, key: Key, names: Collection[str] = (), case: str = "", each: bool = False) -> Iterator[str]:
    """Why a submission lost points, number by number, hidden cases included: for TAs alone.

    Shows failing cases of all criteria or of those named; with `case` the one of that name, right or not.
    """
    yield clean(f"{record.student_id} ({record.identity.file}): {_points(record)}")
    if not record.evidence.outcomes:
        yield clean(record.words.headline or "Nothing was run.")
        return
    outcomes, found = unpack_outcomes(record.evidence.outcomes), False
    for one in record.criteria:
        pairs = zip(one.cases, stages_of(key, one, outcomes), strict=True)
        wanted = [pair for pair in pairs if (pair[0].name == case if case else not pair[0].right)]
        if not wanted or (names and one.name not in names):
            continue
        found = True
        yield f"\n{one.name}: {_points(one)}, {one.verdict} ({one.ruling.basis})"
        yield f"  {clean(one.words.headline)}"
        few = len(wanted) if each else FEW
        for shown, stage in wanted[:few]:
            yield from _case(key, one, shown, stage)
        if more := "; ".join(shown.name for shown, _ in wanted[few:]):
            yield clean(f"\n  and {len(wanted) - few} more (--all shows them, --case NAME one of them): {more}")
    if not found:
        of = f" of {', '.join(names)}" if names else ""
        yield f"No case{of} is called '{case}'." if case else f"All cases{of} are right."


def _points(one: Record | CriterionRecord) -> str:
    by_hand = " (given by a TA)" if isinstance(one, CriterionRecord) and one.changed_by_hand else ""
    return f"{show_points(one.points)} of {show_points(one.max_points)} points{by_hand}"


def _case(key: Key, one: CriterionRecord, case: CaseRecord, stage: Stage | None) -> Iterator[str]:
    yield clean(f"\n  {case.name} ({case.visibility}; {case.behaviour}): {case.detail}")
    if stage is None or not stage.outcomes:
        return
    for name, value in stage.entry.inputs.items():
        is_long = isinstance(value, np.ndarray) and value.size > WHOLE
        yield f"      {name} = {f'array {value.shape}' if is_long else literal(value)}"
    yield f"      {stage.entry.driver}(student, {', '.join(f'{name}={name}' for name in stage.entry.inputs)})"
    for array in compared(key, key.rule(one.name), stage, one.ruling.alternative):
        came = stage.outcome.status.value if array.got is None else _array(array.got)
        yield from (f"      {array.name} returned: {came}", f"      {array.name} expected: {_array(array.want)}")
        if array.error is not None and array.marks is not None:
            wrong, most = int((array.marks != "").sum()), show_value(abs(array.error.flat[array.worst].item()))
            worst = f"; most by {most}, where {array.limit:.2g} is allowed" if wrong else ""
            yield f"      {wrong} of {array.marks.size} entries are off{worst}"


def _array(array: np.ndarray) -> str:
    lines = np.array2string(array, precision=8, threshold=WHOLE, max_line_width=100).splitlines()
    return f"array {array.shape} of {array.dtype}\n" + "\n".join(f"        {line}" for line in lines)
