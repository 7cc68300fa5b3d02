"""All cases of one criterion against one variant of the answers: what each case shows.

takes: an answer key, a criterion's rule, the outcomes, and which variant counts as right.
gives: one `Finding` a case, and which behaviours hold.
must not know: points, words, other criteria.
"""

from __future__ import annotations

import builtins
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from grader.answer_key import REFERENCE, AnswerKey, CriterionRule
from grader.assignment import HIDDEN
from grader.judge.answers import answers, is_loose
from grader.judge.bench import Bench
from grader.judge.compare import problem_with
from grader.judge.once import once_a_class
from grader.judge.reading import Reading, Setting, read_difference
from grader.judge.sheet import Filled
from grader.judge.verdict import MOST_COUNTED, Finding, Flaw, Problem
from grader.plan import Entry, Purpose
from grader.wire import Outcome, Status, Step, Trouble, Value

Outcomes = Sequence[tuple[Outcome, ...]]
"""One tuple of step outcomes for each entry of the plan, in its order."""

Answered = Mapping[int, tuple[Outcome, ...]]
"""The same for the entries of one criterion alone, by their place in the plan."""

Readings = tuple[Reading, ...]

REMEMBERED = 4096  # of some hundred and fifty cases some ways each to answer


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
        return with_one_line(found)
    right = sheet.right(exam.filled_in(rule.name, variant))
    return with_one_line(
        tuple(
            as_due if is_right else _finding(exam.bench, rule.name, line.place, variant, answered[line.place])
            for is_right, as_due, line in zip(right, sheet.findings, sheet.lines, strict=True)
        )
    )


def behaviours_held(rule: CriterionRule, findings: Sequence[Finding]) -> tuple[str, ...]:
    """The behaviours all of whose cases are right, and those that they need too."""
    shown = {finding.behaviour for finding in findings}
    broken = {finding.behaviour for finding in findings if not finding.right}
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
    outcome, earlier = _decisive(entry, steps)
    if entry.purpose is Purpose.MENDED_CACHE:
        earlier = ""  # where forward did not return, it is tried with the cache of the reference
    problem = _first_problem(key, rule, place, outcome, variant) if outcome.status is Status.RETURNED else None
    finding = Finding(
        entry.name, entry.visibility, entry.behaviour, outcome.status, problem,
        trouble=outcome.trouble, reason=outcome.reason, earlier=earlier,
    )  # fmt: skip
    return without_secrets(finding, entry) if entry.visibility == HIDDEN else finding


def _decisive(entry: Entry, steps: tuple[Outcome, ...]) -> tuple[Outcome, str]:
    """The outcome that speaks for the case, and the other function before it that did not return."""
    graded = entry.question.steps[-1].function
    earlier = ""
    for step, outcome in zip(entry.question.steps, steps, strict=True):
        if outcome.status is not Status.RETURNED:
            if step.function == graded:
                return outcome, earlier
            earlier = earlier or step.function
    return steps[-1], earlier


def _first_problem(key: AnswerKey, rule: CriterionRule, place: int, outcome: Outcome, variant: str) -> Problem | None:
    entry = key.plan.entries[place]
    expected = len(entry.question.steps[-1].gives)
    other_count = Problem(Flaw.COUNT, "", {"got": outcome.count, "want": expected})
    is_several = expected > 1 and outcome.is_array_of_several
    if expected > 1 and outcome.count != expected and not is_several:
        return Problem(Flaw.NONE, "") if outcome.is_nothing else other_count
    for name, answer in answers(key, rule, place, entry, variant):
        value = outcome.values.get(name, Value("none", "NoneType"))
        problem = problem_with(name, value, answer, rule.tolerance, is_loose(entry))
        if problem is not None:
            # Rows of another shape than the results have were not meant as the results.
            return other_count if is_several and problem.flaw is Flaw.SHAPE else problem
    return None


@once_a_class(REMEMBERED)
def readings_of(
    bench: Bench, criterion: str, place: int, output: str, variant: str, steps: tuple[Outcome, ...]
) -> Readings:
    """All ways to read the difference of one wrong result."""
    key, rule, entry = bench.key, bench.rules[criterion], bench.key.plan.entries[place]
    got = steps[-1].values[output].array
    if got is None:
        return ()
    # At a kink any of several values is right, and none of the others is part of the difference.
    want = next(a.nearest(got) for name, a in answers(key, rule, place, entry, variant) if name == output)
    # All results and not only those that this case grades: a wrong order shows in what stands in another's place.
    due = key.answers.get(variant, {}).get(place, key.answers[REFERENCE][place]).values
    others = {name: value.array for name, value in due.items() if name != output and value.array is not None}
    return read_difference(got, want, Setting(entry.question.inputs, others, _sizes(rule, entry)))


def _sizes(rule: CriterionRule, entry: Entry) -> dict[str, int]:
    """The named sizes of one case: N, D, M as the author declared them."""
    inputs = entry.question.inputs
    return {
        name: inputs[of].shape[axis]
        for name, (of, axis) in rule.sizes.items()
        if of in inputs and axis < inputs[of].ndim
    }


def with_one_line(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The same, where of all hidden cases only one line is told that no public case tells.

    A program of thousands of lines, each of which may raise, chooses one by a hidden number, and would spell it out,
    case by case. A slip raises in one line.
    """
    troubles = [(finding, finding.trouble) for finding in findings if finding.trouble is not None]
    if len({(trouble.cell, trouble.line) for _, trouble in troubles}) < 2:
        return findings
    seen = {(trouble.cell, trouble.line) for finding, trouble in troubles if finding.visibility != HIDDEN}
    hidden = ((t.cell, t.line) for f, t in troubles if f.visibility == HIDDEN)
    seen |= {next((place for place in hidden if place not in seen), (0, 0))}
    return tuple(
        finding
        if finding.trouble is None or (finding.trouble.cell, finding.trouble.line) in seen
        else replace(finding, trouble=replace(finding.trouble, cell=0, line=0))
        for finding in findings
    )


MOST_AXES = 6  # of a shape that is told of a hidden case
_NUMBERS = ("got", "want", "error", "limit")
PLAIN_TYPES = {
    "ndarray",
    "list",
    "tuple",
    "int",
    "float",
    "complex",
    "bool",
    "NoneType",
    "str",
    "dict",
    "set",
    "matrix",
}
_BUILTIN_ERRORS = {n for n, t in vars(builtins).items() if isinstance(t, type) and issubclass(t, BaseException)}


def _sound_facts(problem: Problem, entry: Entry) -> dict[str, object]:
    """The facts of a problem, of which a program cannot choose one to carry a number out."""
    if problem.flaw is Flaw.COUNT:
        return {**problem.facts, "got": min(problem.facts["got"], MOST_COUNTED + 1)}
    facts = {k: v for k, v in problem.facts.items() if k not in _NUMBERS}
    if facts.get("type") not in PLAIN_TYPES:
        facts.pop("type", None)
    if problem.flaw is Flaw.SHAPE:
        shape = facts["got_shape"]
        if len(shape) > MOST_AXES or not set(shape) <= _known_sizes(entry, facts["want_shape"]):
            facts["got_shape"] = None
    return facts


def _known_sizes(entry: Entry, want_shape: Sequence[int]) -> set[int]:
    """The sizes that an honest slip gives a result: those of inputs and of what is due, and what reshaping makes."""
    shapes = [*(array.shape for array in entry.question.inputs.values()), tuple(want_shape)]
    runs = ((shape[start:end]) for shape in shapes for start in range(len(shape)) for end in range(start, len(shape)))
    return {0, 1, *(size for shape in shapes for size in shape), *(math.prod(s) for s in (*shapes, *runs))}


_REASONS = {Status.MISSING: "", Status.KILLED: "the process ended before it had answered"}


def without_secrets(finding: Finding, entry: Entry) -> Finding:
    """What may be said of a hidden case: what happened, kinds, shapes of known sizes, relative sizes; never a value.

    Nor any text that student code made while it held the hidden inputs: messages, and names of its own types.
    """
    problem, trouble = finding.problem, finding.trouble
    if problem is not None:
        problem = Problem(problem.flaw, problem.output, _sound_facts(problem, entry))
    if trouble is not None:
        known = trouble.type_name in _BUILTIN_ERRORS
        trouble = Trouble(trouble.type_name if known else "an exception", "", trouble.cell, trouble.line)
    # Exit codes, signals and sizes are a student's to choose, and can carry a number out.
    reason = _REASONS.get(finding.status, finding.reason)
    return Finding(
        finding.case, finding.visibility, finding.behaviour, finding.status, problem, trouble, reason, finding.earlier
    )
