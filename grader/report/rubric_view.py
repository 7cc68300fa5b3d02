"""An answer key on the terminal: what is asked, what it is worth, what is said about known mistakes.

takes: an `AnswerKey`.
gives: lines of at most 80 columns.
must not know: answers (none is shown), submissions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from grader.answer_key import AnswerKey, CriterionRule
from grader.feedback.points import show_count, show_points
from grader.feedback.written_calls import then
from grader.lending import lent_functions
from grader.plan import Purpose
from grader.report.terminal import indented, new_table, open_console, said

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table


def print_rubric(key: AnswerKey, console: Console | None = None) -> None:
    """Everything an author would want to read before the key is used."""
    from rich.padding import Padding

    console = console or open_console()
    rubric = key.rubric
    console.print(said(f"{rubric.title}: {show_points(rubric.points)} points", style="bold"))
    console.print(said(f"{key.visibility} key {key.digest[:16] or '(not saved)'}, {_cases(key)}"))
    console.print(indented(_limits(key), console, by=0))
    if rubric.files:
        console.print(indented(f"given with it: {', '.join(rubric.files)}", console, by=0))
    lent = lent_functions(key)
    for rule in rubric.criteria:
        console.print()
        console.print(said(f"{_written(key, rule)}: {show_points(rule.points)} points", style="bold"))
        console.print(Padding(_behaviours(key, rule), (0, 0, 0, 2)))
        for line in _lines(rule, [called for criterion, called in lent if criterion == rule.name]):
            console.print(indented(line, console, cap=1500))


def _written(key: AnswerKey, rule: CriterionRule) -> str:
    """How it is written and called: `relu(x) -> out`, and `slope(f)(x) -> dx` of one that gives a function."""
    asked = (entry.question.steps[-1] for entry in key.plan.entries if entry.criterion == rule.name)
    return f"{rule.name}{rule.takes}{next(filter(None, map(then, asked)), '')} -> {rule.gives}"


def _cases(key: AnswerKey) -> str:
    asked = [entry for entry in key.plan.entries if entry.purpose is Purpose.CASE]
    public = sum(entry.visibility == "public" for entry in asked)
    return f"{show_count(public, 'public case')}, {show_count(len(asked) - public, 'hidden case')}"


def _limits(key: AnswerKey) -> str:
    limits = key.rubric.limits
    return (
        f"limits: {limits.call_seconds:g} s a call, {limits.load_seconds:g} s to load, {limits.total_seconds:g} s"
        f" in all, {limits.memory_mb} MB, {show_count(limits.processes, 'process', 'processes')},"
        f" {limits.scratch_mb} MB of files"
    )


def _behaviours(key: AnswerKey, rule: CriterionRule) -> Table:
    table = new_table()
    table.add_column("behaviour", overflow="fold")
    table.add_column("points", justify="right", no_wrap=True)
    table.add_column("cases", overflow="fold")
    for behaviour in rule.behaviours:
        needs = f" (needs: {', '.join(behaviour.needs)})" if behaviour.needs else ""
        cases = [
            f"{entry.name} [{entry.visibility}{f', raises {entry.raises}' if entry.raises else ''}]"
            for entry in key.plan.entries
            if (entry.criterion, entry.purpose, entry.behaviour) == (rule.name, Purpose.CASE, behaviour.name)
        ]
        listed = said("\n".join(cases) or "none in this key", cap=4000)
        table.add_row(said(behaviour.name + needs), show_points(behaviour.points), listed)
    return table


def _lines(rule: CriterionRule, lent: Collection[str]) -> Iterator[str]:
    if rule.made:
        yield f"its object is made as {rule.made}"
    if rule.named:
        yield f"given by name: {', '.join(rule.named)}"
    if rule.left:
        yield f"also graded: {', '.join(f'{name} in {place}' for name, place in rule.left.items())}"
    t = rule.tolerance
    shapes = ", and axes of one count for nothing" if t.axes_of_one else ""
    yield f"tolerance: {t.relative:g} relative, {t.scale:g} of the largest, {t.absolute:g} absolute{shapes}"
    for alternative in rule.alternatives:
        between = " (or anything between)" if alternative.between else ""
        yield f"also right: {alternative.name}{between}. {alternative.note}"
    follow = rule.follow_through
    if follow is not None and follow.gradients:
        yield f"follow-through: right for its own {follow.forward}, {show_points(follow.credit * rule.points)} points"
    elif follow is not None:
        yield f"follow-through: tried with what a right {follow.forward} gives"
    for called in rule.calls:
        instead = (
            "is given right results where that is wrong" if called in lent else "pays for no known mistake in that"
        )
        yield f"builds on {called}: it {instead}"
    for mistake in rule.mistakes:
        worth = f" ({show_points(mistake.credit * rule.points)} points)" if mistake.credit else ""
        yield f"known mistake: {mistake.name}{worth}. {mistake.feedback} {mistake.next_step}".rstrip()
