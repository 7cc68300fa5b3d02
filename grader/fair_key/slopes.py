"""Why a reference is not the gradient of its own forward: what its forward gave for inputs that were moved a little.

takes: an exam that the reference sat, and the rule of a criterion with follow-through.
gives: nothing where it is that gradient; `AuthorError` with what was measured, and what to do about that.
must not know: folders, sandboxes, submissions, verdicts.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import replace

import numpy as np

from grader.answer_key.rubric import CriterionRule, FollowThroughRule
from grader.errors import AuthorError
from grader.judge.findings import Exam
from grader.judge.gradient import averages_as_declared, follows_own_forward, nudged_calls, results_that_follow
from grader.plan import Entry, Purpose
from grader.wire import Outcome

BENT = 1e-2  # of what it changes by; what is smooth bends by some ten thousandths of that, over a step so small


def check_gradient(exam: Exam, rule: CriterionRule) -> None:
    """Refuse a reference that is not the gradient of its forward, and averages that it does not make."""
    follow = rule.follow_through
    if follow is None:
        return
    if exam.entries(rule.name, Purpose.OWN_GRADIENT) and not follows_own_forward(exam, rule):
        raise _refusal(exam, rule, follow)
    if not averages_as_declared(exam, rule):
        named = ", ".join(follow.averaged)
        raise AuthorError(
            f"{rule.name}: averaged= names {named}, which the reference does not divide by the size of the batch",
            "name in averaged= what the reference divides, or leave averaged= and batch= out",
        )


def _refusal(exam: Exam, rule: CriterionRule, follow: FollowThroughRule) -> AuthorError:
    """What to say, by the first cause that what was measured shows."""
    lacking = [result for result in follow.gradients if result not in results_that_follow(exam, rule)]
    first, argument = lacking[0], follow.gradients[lacking[0]]
    bends = {bend for result in lacking for bend in _bends(exam, rule, follow, follow.gradients[result])}
    if upstream := _handed_back(exam, rule, follow, first):
        return AuthorError(
            f"{rule.name}: the reference's {first} equals '{upstream}' on inputs of follow-through: that shows nothing",
            "take it out of gradients=; with none left, let handed= cases alone show what backward earns (inputs=())",
        )
    if bends == {"flat"}:
        return AuthorError(
            f"{rule.name}: on the inputs of follow-through {follow.forward} gives the same when '{argument}' is moved",
            "draw inputs on which it changes, and see that output= and gradients= name what belongs together",
        )
    are = f"{' and '.join(lacking)} {'is' if len(lacking) == 1 else 'are'}"
    return AuthorError(
        f"{rule.name}: the reference's {are} not the gradient of its own forward, {follow.forward}, on the inputs of "
        "follow-through",
        _averaged(exam, rule, follow, lacking) or _where_to_look(follow, bends),
    )


def _averaged(exam: Exam, rule: CriterionRule, follow: FollowThroughRule, lacking: Sequence[str]) -> str:
    """What to write, if that is all there is to it."""
    over = {result: _averaged_over(exam, rule, follow, result) for result in lacking}
    batch = next((name for name in over.values() if name), "")
    named = "".join(f'"{result}", ' for result in lacking if over[result] == batch).rstrip(" ")
    written = named.rstrip(",") if named.count(",") > 1 else named
    return (
        f"it is that, divided by the length of '{batch}': write averaged=({written}), batch=\"{batch}\""
        if batch
        else ""
    )


def _where_to_look(follow: FollowThroughRule, bends: Container[str]) -> str:
    if "kink" in bends:
        return (
            f"{follow.forward} has a kink or a step at these inputs, or bends as sharply: keep them away from there "
            "(|x| at zero, equal entries of a maximum)"
        )
    return (
        f"{'' if 'unknown' in bends else f'{follow.forward} has no kink there, so other inputs help nothing: '}compare "
        "the gradient with (f(x + h) - f(x - h)) / (2 * h), and see that output=, upstream= and gradients= name what "
        "belongs together"
    )


def _handed_back(exam: Exam, rule: CriterionRule, follow: FollowThroughRule, result: str) -> str:
    """The gradient from above that a result is equal to, on some inputs."""
    for place, entry in exam.entries(rule.name, Purpose.OWN_GRADIENT):
        value = exam.outcomes[place][-1].values.get(result)
        for name in follow.upstream:
            if (
                value is not None
                and value.array is not None
                and np.array_equal(value.array, entry.question.inputs[name])
            ):
                return name
    return ""


def _averaged_over(exam: Exam, rule: CriterionRule, follow: FollowThroughRule, result: str) -> str:
    """The input whose first axis a gradient is divided by, if it is right so."""
    alone = {result: follow.gradients[result]}
    inputs = [entry.question.inputs for _, entry in exam.entries(rule.name, Purpose.OWN_GRADIENT)]
    for name in dict.fromkeys([*follow.gradients.values(), *inputs[0]]):
        if all(name in given and given[name].ndim for given in inputs):
            trial = replace(follow, gradients=alone, averaged=(result,), batch=name, batch_axis=0)
            if averages_as_declared(exam, replace(rule, follow_through=trial)):
                return name
    return ""


def _bends(exam: Exam, rule: CriterionRule, follow: FollowThroughRule, argument: str) -> Iterator[str]:
    """Of each set of inputs, whether forward is smooth where an argument is moved, by what it gave there and beside."""
    for place, entry in exam.entries(rule.name, Purpose.OWN_GRADIENT):
        yield from (_bend(exam, rule, entry, exam.outcomes[place][-2], argument, output) for output in follow.output)


def _bend(exam: Exam, rule: CriterionRule, entry: Entry, there: Outcome, argument: str, output: str) -> str:
    beside = [exam.outcomes[place][-1] for place, _ in nudged_calls(exam, rule, entry, argument)]
    found = [one.values[output].array if output in one.values else None for one in (there, *beside)]
    arrays = [array.astype(np.float64) for array in found if array is not None]
    if len(arrays) != 3 or len({array.shape for array in arrays}) > 1:
        return "unknown"
    middle, ahead, behind = arrays
    slope, bend = float(abs(ahead - behind).max(initial=0.0)), float(abs(ahead + behind - 2 * middle).max(initial=0.0))
    return "kink" if bend > BENT * slope else "smooth" if slope else "flat"
