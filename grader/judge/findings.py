"""All cases of one criterion against one variant of the answers: what each case shows.

takes: an answer key, a criterion's rule, the outcomes, and which variant counts as right.
gives: one `Finding` a case, and which behaviours hold.
must not know: points, words, other criteria.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace

import numpy as np

from grader.answer_key import REFERENCE, AnswerKey, CriterionRule
from grader.assignment import HIDDEN
from grader.judge.answers import answers, is_loose
from grader.judge.bench import Bench
from grader.judge.compare import problem_with
from grader.judge.counted import counted_once
from grader.judge.once import once_a_class
from grader.judge.raised import what_is_wrong, without_those_raised_anywhere
from grader.judge.reading.other_calls import given_to
from grader.judge.secrets import with_one_line, without_secrets
from grader.judge.sheet import Filled
from grader.judge.verdict import Finding, Flaw, Problem
from grader.plan import BY_ITSELF, Entry, Purpose
from grader.wire import Outcome, Status, Step, Trouble, Value
from grader.wire.quick import dataclass

Outcomes = Sequence[tuple[Outcome, ...]]
"""One tuple of step outcomes for each entry of the plan, in its order."""

Answered = Mapping[int, tuple[Outcome, ...]]
"""The same for the entries of one criterion alone, by their place in the plan."""

REMEMBERED = 16384  # of some hundred and fifty cases a hundred ways each to answer: a class of a thousand has more


@dataclass(frozen=True)
class Exam:
    """A key's bench, and what one hand-in answered to the questions of one criterion."""

    bench: Bench
    outcomes: Answered
    _filled: dict[tuple[str, str], Filled] = field(default_factory=dict)

    @property
    def key(self) -> AnswerKey:
        """The key that is judged by."""
        return self.bench.key

    def steps(self, place: int) -> tuple[Step, ...]:
        """The steps of one entry."""
        return self.bench.key.plan.entries[place].question.steps

    def entries(self, criterion: str, purpose: Purpose) -> Sequence[tuple[int, Entry]]:
        """The entries asked for a criterion, with their places in the plan."""
        return self.bench.index.get((criterion, purpose), ())

    def filled_in(self, criterion: str, variant: str) -> Filled:
        """The sheet of a criterion and a variant, filled in; there must be one."""
        found = self._filled.get((criterion, variant))
        if found is None:
            sheet = self.bench.sheets[criterion, variant]
            assert sheet is not None, "a sheet is asked for before it is filled in"
            found = self._filled[criterion, variant] = sheet.fill_in(self.outcomes)
        return found


def find(exam: Exam, rule: CriterionRule, purpose: Purpose, variant: str = REFERENCE) -> tuple[Finding, ...]:
    """Compare every entry of one purpose with the answers of one variant."""
    asked, answered = exam.entries(rule.name, purpose), exam.outcomes
    sheet = exam.bench.sheets.get((rule.name, variant)) if purpose is Purpose.CASE else None
    if sheet is None:
        found = tuple(_finding(exam.bench, rule.name, place, variant, answered[place]) for place, _ in asked)
        return _told_together(exam, rule, purpose, found)
    right = sheet.right(exam.filled_in(rule.name, variant))
    found = tuple(
        as_due if is_right else _finding(exam.bench, rule.name, line.place, variant, answered[line.place])
        for is_right, as_due, line in zip(right, sheet.findings, sheet.lines, strict=True)
    )
    return _told_together(exam, rule, purpose, found)


def all_right(exam: Exam, rule: CriterionRule, purpose: Purpose, variant: str = REFERENCE) -> bool:
    """Whether `find` finds nothing wrong. It ends with the first that is."""
    asked = exam.entries(rule.name, purpose)
    sheet = exam.bench.sheets.get((rule.name, variant)) if purpose is Purpose.CASE else None
    plain = sheet.right(exam.filled_in(rule.name, variant)) if sheet is not None else [False] * len(asked)
    return all(
        is_plain or _finding(exam.bench, rule.name, place, variant, exam.outcomes[place]).right
        for is_plain, (place, _) in zip(plain, asked, strict=True)
    )


def _told_together(
    exam: Exam, rule: CriterionRule, purpose: Purpose, found: tuple[Finding, ...]
) -> tuple[Finding, ...]:
    """The same, with what they say of each other."""
    found = without_those_raised_anywhere(exam.entries(rule.name, purpose), exam.outcomes, found)
    bench = exam.bench
    return with_one_line(counted_once(bench.of_one[rule.name], found, bench.called_otherwise[rule.name]))


def behaviours_held(rule: CriterionRule, findings: Sequence[Finding]) -> tuple[str, ...]:
    """The behaviours all of whose cases are right, or wrong by what counts elsewhere, and those that they need too."""
    shown = {finding.behaviour for finding in findings}
    broken = {finding.behaviour for finding in findings if not (finding.right or finding.elsewhere)}
    held = {b.name for b in rule.behaviours if b.name in shown - broken}
    needs = {b.name: b.needs for b in rule.behaviours}
    # A need that has no case here (a public cut) stands in nobody's way.
    return tuple(b.name for b in rule.behaviours if b.name in held and not set(needs[b.name]) & (shown - held))


def is_rough(exam: Exam, rule: CriterionRule, variant: str) -> bool:
    """Whether right values are off by more than rounding makes; of results in another form nothing is said."""
    sheet = exam.bench.sheets.get((rule.name, variant))
    return sheet is not None and sheet.is_rough(exam.filled_in(rule.name, variant))


@once_a_class(REMEMBERED)
def _finding(bench: Bench, criterion: str, place: int, variant: str, steps: tuple[Outcome, ...]) -> Finding:
    key, rule, entry = bench.key, bench.rules[criterion], bench.key.plan.entries[place]
    outcome, earlier, raised = _decisive(entry, steps)
    # Where forward did not return, it is tried with the cache of the reference; and what is not there is so by itself.
    if entry.purpose in BY_ITSELF or outcome.status is Status.MISSING:
        earlier, raised = "", None
    problems = list(_problems(key, rule, place, outcome, variant)) if outcome.status is Status.RETURNED else []
    wrong = what_is_wrong(entry, steps, outcome) if entry.raises else _told_first(problems, rule)
    finding = Finding(
        entry.name, entry.visibility, entry.behaviour, outcome.status, wrong,
        trouble=outcome.trouble, reason=outcome.reason, earlier=earlier, before=raised,
        wrong=tuple(problem.output for problem in problems) if len(entry.grade) > 1 else (), raises=entry.raises,
    )  # fmt: skip
    return without_secrets(finding, entry) if entry.visibility == HIDDEN else with_inputs(finding, entry)


def _told_first(problems: Sequence[Problem], rule: CriterionRule) -> Problem | None:
    """The first problem; where that is of an item, and there are too many or too few of these, how many there are."""
    if not problems:
        return None
    item = rule.left.get(problems[0].output, "")
    counts = (one for one in problems if rule.is_count(one.output))
    return next((one for one in counts if item.startswith(f"{rule.place_of(one.output)}[")), problems[0])


def with_inputs(finding: Finding, entry: Entry) -> Finding:
    """The same, with what each input is at the entry that is told, where all have one there: of a public case alone.

    A cache that was handed over is nobody's input: what stands in it is not what its forward was given.
    """
    problem = finding.problem
    if (
        problem is None
        or entry.purpose is not Purpose.CASE
        or problem.flaw is not Flaw.VALUES
        or not problem.facts["place"]
    ):
        return finding
    place = tuple(problem.facts["place"])
    given = {name: entry.question.inputs[name] for name in given_to(entry)}
    if not place or not given or not all(_has_entry(array, place, problem.facts["size"]) for array in given.values()):
        return finding
    there = {name: float(array[place]) for name, array in given.items()}
    return replace(finding, problem=replace(problem, facts={**problem.facts, "there": there}))


def _has_entry(array: np.ndarray, place: tuple[int, ...], size: int) -> bool:
    fits = array.ndim == len(place) and array.size == size and array.dtype.kind in "fiub"
    return fits and all(at < length for at, length in zip(place, array.shape, strict=True))


def _decisive(entry: Entry, steps: tuple[Outcome, ...]) -> tuple[Outcome, str, Trouble | None]:
    """The outcome that speaks for the case, the other function before it that left it without a cache, or what it was
    to leave on their object, and what that one raised."""
    asked = entry.question.steps[-1]
    earlier, raised = "", None
    for step, outcome in zip(entry.question.steps, steps, strict=True):
        is_short = not _gave_all(step, outcome, steps[-1]) or _is_no_object(step, entry.question.steps, steps)
        if step.function != asked.function and is_short:
            earlier, raised = (earlier, raised) if earlier else (step.function, outcome.trouble)
        elif outcome.status is not Status.RETURNED:
            return outcome, earlier, raised
    return steps[-1], earlier, raised


def _gave_all(step: Step, outcome: Outcome, last: Outcome) -> bool:
    """Whether the step after a function had all that the function should give.

    If too little came and the last step raised, it had not; if it returned all the same, it found the rest elsewhere.
    """
    if outcome.status is not Status.RETURNED or last.status is not Status.RAISED:
        return outcome.status is Status.RETURNED
    due = len(step.gives)
    return due == 1 or outcome.count == due or outcome.is_array_of_several(step.gives)


def _is_no_object(step: Step, asked: Sequence[Step], came: Sequence[Outcome]) -> bool:
    """Whether a method was called on what a step gave, and that has none: it raised before any line of the hand-in.

    So does a method that wants other arguments, or an object that has no place for what the check puts there.
    """
    on_it = ((on, one.trouble) for on, one in zip(asked, came, strict=True) if on.instance in step.gives)
    return any(one is not None and not one.cell and _lacks(on, one) for on, one in on_it)


def _lacks(step: Step, trouble: Trouble) -> bool:
    return "NoneType" in trouble.message or f"has no attribute '{step.path[1]}'" in trouble.message


def _problems(key: AnswerKey, rule: CriterionRule, place: int, outcome: Outcome, variant: str) -> Iterator[Problem]:
    """What is wrong with all results together, or with each by itself."""
    entry = key.plan.entries[place]
    gives = entry.question.steps[-1].gives
    expected, looked_at = len(gives), [name for name in gives if name in entry.grade]
    other_count = Problem(Flaw.COUNT, "", {"got": outcome.count, "want": expected})
    is_several = expected > 1 and outcome.is_array_of_several(looked_at)
    if expected > 1 and outcome.count != expected and not is_several:
        yield Problem(Flaw.NONE, "") if outcome.is_nothing(looked_at) else other_count
        return
    for name, answer in answers(key, rule, place, entry, variant):
        value = outcome.values.get(name, Value("none", "NoneType"))
        problem = problem_with(name, value, answer, rule.tolerance, is_loose(entry))
        if problem is not None and is_several and problem.flaw is Flaw.SHAPE:
            yield other_count  # rows of another shape than the results have were not meant as the results
            return
        if problem is not None:
            yield problem
