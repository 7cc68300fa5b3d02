"""What may be told of hidden cases: kinds and sizes, and nothing that a program could choose to carry a number out.

takes: findings.
gives: the same with less in them.
must not know: how they were made, words.
"""

from __future__ import annotations

import builtins
import math
from collections.abc import Sequence
from dataclasses import replace

from grader.assignment import HIDDEN
from grader.judge.verdict import MOST_COUNTED, Finding, Flaw, Problem
from grader.plan import Entry
from grader.wire import RAISES, WITH_KEYS, WITHIN, Status, Trouble


def with_one_line(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The same, where of all hidden cases only one line is told that no public case tells.

    A program of thousands of lines, each of which may raise, chooses one by a hidden number, and would spell it out,
    case by case. A slip raises in one line.
    """
    troubles = [(f.visibility, (t.cell, t.line)) for f in findings for t in (f.trouble, f.before) if t is not None]
    if len({place for _, place in troubles}) < 2:
        return findings
    seen = {place for visibility, place in troubles if visibility != HIDDEN}
    seen |= {next((place for visibility, place in troubles if visibility == HIDDEN and place not in seen), (0, 0))}

    def told(trouble: Trouble | None) -> Trouble | None:
        if trouble is None or (trouble.cell, trouble.line) in seen:
            return trouble
        return replace(trouble, cell=0, line=0)

    shown = ((finding, told(finding.trouble), told(finding.before)) for finding in findings)
    return tuple(
        finding
        if (trouble, before) == (finding.trouble, finding.before)
        else replace(finding, trouble=trouble, before=before)
        for finding, trouble, before in shown
    )


MOST_AXES = 6  # of a shape that is told of a hidden case
_NUMBERS = ("got", "want", "error", "limit", "there")
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
    "deque",
    "range",
    "generator",
    "iterator",
    "nothing",
    "missing",
}
_BUILTIN_ERRORS = {n for n, t in vars(builtins).items() if isinstance(t, type) and issubclass(t, BaseException)}


def _sound_facts(problem: Problem, entry: Entry) -> dict[str, object]:
    """The facts of a problem, of which a program cannot choose one to carry a number out."""
    if problem.flaw is Flaw.COUNT:
        return {**problem.facts, "got": min(problem.facts["got"], MOST_COUNTED + 1)}
    facts = {k: v for k, v in problem.facts.items() if k not in _NUMBERS}
    if "type" in facts:
        facts |= {"type": _sound_type(str(facts["type"]))}
    if not facts.get("type"):
        facts.pop("type", None)
    if problem.flaw is Flaw.SHAPE:
        shape = facts["got_shape"]
        if len(shape) > MOST_AXES or not set(shape) <= _known_sizes(entry, facts["want_shape"]):
            facts["got_shape"] = None
    return facts


def _sound_type(told: str) -> str:
    """The name of a plain type, without a dict's keys or how many a list holds; and how far the author's way led.

    Of what raises when it is read the type of that, as of what a call raises.
    """
    if told.startswith(RAISES):
        return told if told.removeprefix(RAISES) in _BUILTIN_ERRORS else ""
    there, within, way = told.rpartition(WITHIN) if WITHIN in told else (told, "", "")
    name = "dict" if there.startswith(WITH_KEYS) else there.partition(" of ")[0] if there[-1:].isdigit() else there
    return f"{name}{within}{way}" if name in PLAIN_TYPES else ""


def _known_sizes(entry: Entry, want_shape: Sequence[int]) -> set[int]:
    """The sizes that an honest slip gives a result: those of inputs and of what is due, and what reshaping makes."""
    shapes = [*(array.shape for array in entry.question.inputs.values()), tuple(want_shape)]
    runs = ((shape[start:end]) for shape in shapes for start in range(len(shape)) for end in range(start, len(shape)))
    return {0, 1, *(size for shape in shapes for size in shape), *(math.prod(s) for s in (*shapes, *runs))}


# Only of what our side ends is the reason ours.
_REASONS = {
    **dict.fromkeys((Status.RETURNED, Status.RAISED, Status.MISSING), ""),
    Status.KILLED: "the process ended before it had answered",
}


def _without_words(trouble: Trouble | None) -> Trouble | None:
    if trouble is None:
        return None
    known = trouble.type_name in _BUILTIN_ERRORS
    return Trouble(trouble.type_name if known else "an exception", "", trouble.cell, trouble.line)


def without_secrets(finding: Finding, entry: Entry) -> Finding:
    """What may be said of a hidden case: what happened, kinds, shapes of known sizes, relative sizes; never a value.

    Nor any text that student code made while it held the hidden inputs: messages, and names of its own types.
    """
    problem = finding.problem
    if problem is not None:
        problem = Problem(problem.flaw, problem.output, _sound_facts(problem, entry))
    trouble, before = map(_without_words, (finding.trouble, finding.before))
    # Exit codes, signals and sizes are a student's to choose, and can carry a number out.
    reason = _REASONS.get(finding.status, finding.reason)
    # By hand: `replace` takes four times as long, and there are some thirty of a hand-in.
    return Finding(
        finding.case, finding.visibility, finding.behaviour, finding.status, problem, trouble, reason, finding.earlier,
        finding.wrong, finding.elsewhere, before, finding.raises,
    )  # fmt: skip
