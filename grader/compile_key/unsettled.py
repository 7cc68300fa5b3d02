"""What of a key rounding, chance, equal numbers or signs decide, so that who is right may come to something else.

takes: a key or its plan; what the reference answers in float32, behind a draw, for inputs a little larger, and where
    eigenvectors have the other sign.
gives: plans that ask so; sentences with the case, and what to draw or to declare.
must not know: folders, sandboxes, submissions.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterator, Sequence
from dataclasses import replace

import numpy as np

from grader.answer_key import AnswerKey
from grader.judge.bench import bench_of
from grader.judge.findings import Exam, find
from grader.judge.verdict import Flaw
from grader.largest import near_in
from grader.plan import CallPlan, Entry, Purpose
from grader.wire import Outcome, Piece, Question

OTHER_SIGNS = Piece(
    0,
    1,
    """
def turn_signs():
    import functools
    import numpy

    def turned(function, of):
        @functools.wraps(function)
        def called(*given, **named):
            found = function(*given, **named)
            if not isinstance(found, tuple):
                return found
            parts = [-part if place in of else part for place, part in enumerate(found)]
            return found._make(parts) if hasattr(found, "_make") else tuple(parts)

        return called

    for name, of in {"eigh": (1,), "eig": (1,), "svd": (0, 2), "qr": (0, 1)}.items():
        setattr(numpy.linalg, name, turned(getattr(numpy.linalg, name), of))


turn_signs()
""",
)
"""What lets numpy give eigenvectors, and what is like them, with the other sign: either is right, and which one comes
out depends on the function that is called, and on the library behind it."""

Told = tuple[str, str, str]
"""A criterion, its case, and the result that is another there."""
Label = tuple[str, str]
"""A criterion and an input of it."""
Ask = Callable[[CallPlan], Sequence[tuple[Outcome, ...]]]
"""Lets the reference answer a plan."""
NEAR = 1e-6  # of the largest number: the same result
A_LITTLE = 1e-9  # of each number: far below any tolerance, and far above rounding


def in_float32(plan: CallPlan) -> CallPlan:
    """The same questions, with inputs as they are where a hand-in computes in float32."""
    return _with(plan, lambda array: array.astype(np.float32))


def a_little_larger(plan: CallPlan, later: bool, labels: Container[Label] = ()) -> CallPlan:
    """The same questions, with each number larger by a billionth at most: the `later` or the earlier ones by more.

    None is made smaller, since 1.0 stands for the label 1; zeros stay, as a kink is one by declaration, and so do
    inputs that are known to be `labels`.
    """

    def change(array: np.ndarray) -> np.ndarray:
        parts = np.linspace(0.0, A_LITTLE, array.size)
        larger: np.ndarray = array * (1.0 + (parts if later else parts[::-1]).reshape(array.shape))
        return larger

    return _with(plan, change, lambda of, _: of not in labels)


def _as_a_whole(plan: CallPlan, label: Label, factor: float) -> CallPlan:
    """The same questions, with all numbers of an input larger by this factor, if they are whole: equal ones stay so."""
    return _with(plan, lambda array: array * factor, lambda of, array: of == label and _are_whole(array))


def _are_whole(array: np.ndarray) -> bool:
    return array.dtype == np.float64 and bool((array == np.rint(array)).all())


def _with(
    plan: CallPlan, change: Callable[[np.ndarray], np.ndarray],
    which: Callable[[Label, np.ndarray], bool] = lambda of, array: True,
) -> CallPlan:  # fmt: skip
    """The same questions, with another form of each input of float64, or `which` of these."""

    def changed(entry: Entry) -> Question:
        given = entry.question.inputs.items()
        floats = {n for n, a in given if a.dtype == np.float64 and which((entry.criterion, n), a)}
        return replace(entry.question, inputs={n: change(a) if n in floats else a for n, a in given})

    return CallPlan(tuple(replace(entry, question=changed(entry)) for entry in plan.entries))


def notes_on_rounding(key: AnswerKey, in_float32: Sequence[tuple[Outcome, ...]]) -> Iterator[str]:
    """Cases whose answer is a small rest of large numbers: what is right, and computed in float32, is wrong there."""
    exam = Exam(bench_of(key), dict(enumerate(in_float32)))
    for rule in key.rubric.criteria:
        for finding in find(exam, rule, Purpose.CASE):
            problem = finding.problem
            if problem is not None and problem.flaw is Flaw.VALUES:
                yield (
                    f"{rule.name}, case '{finding.case}': with its inputs in float32 the reference's own "
                    f"'{problem.output}' is farther off than the tolerance allows, and so is whoever computes in that: "
                    "draw inputs of which less cancels out, or give the criterion a larger tolerance="
                )


def notes_on_chance(key: AnswerKey, behind_a_draw: Sequence[tuple[Outcome, ...]]) -> Iterator[str]:
    """Functions whose answers are drawn from a generator that all of a program shares, and that none of them seeds.

    What a dataset of the author's draws is the same for everybody who asks it equally often.
    """
    exam = Exam(bench_of(key), dict(enumerate(behind_a_draw)))
    for rule in key.rubric.criteria:
        by_itself = {entry.name for _, entry in exam.entries(rule.name, Purpose.CASE) if not _is_given(entry.question)}
        for one in find(exam, rule, Purpose.CASE):
            if one.case in by_itself and one.problem and one.problem.flaw in (Flaw.VALUES, Flaw.SHAPE):
                yield (
                    f"{rule.name}, case '{one.case}': '{one.problem.output}' is drawn at random, and nothing in the "
                    "reference sets the seed: who draws as well, and in another way or order, is wrong. Draw from a "
                    "seed that the hand-out names, or grade only mean(…), std(…), min(…) and max(…) of what is drawn"
                )
                break


def _is_given(question: Question) -> bool:
    """Whether a call takes something of the author's files."""
    return any(built.modules for step in question.steps for built in step.built)


def notes_on_ties(key: AnswerKey, ask: Ask) -> Iterator[str]:
    """Cases that are decided by which of two equal numbers comes first, or by what lies just at a threshold."""
    told = _larger(key, ask, ())
    if told and (labels := _labels(key, ask, told)):
        told = _larger(key, ask, labels)
    for criterion, case, output in told:
        yield (
            f"{criterion}, case '{case}': where its inputs are larger by a billionth, '{output}' is another. If "
            "two numbers are equal there, or one lies at a threshold, who takes the other way is as right: draw "
            "others, let the hand-out say what holds, or declare an Alternative"
        )


def _larger(key: AnswerKey, ask: Ask, labels: Container[Label]) -> list[Told]:
    """What comes out otherwise where inputs are a little larger, these not among them; by criterion, in its order."""
    plans = (a_little_larger(key.plan, later, labels) for later in (True, False))
    told = dict.fromkeys(one for plan in plans for one in _decided(key, ask(plan)))
    order = [rule.name for rule in key.rubric.criteria]
    return sorted(told, key=lambda one: order.index(one[0]))


def _labels(key: AnswerKey, ask: Ask, told: Collection[Told]) -> set[Label]:
    """The inputs of whole numbers that are compared with one by `==`: a case is another, and the same one, where such
    an input is larger as a whole and where it is smaller.

    Of a threshold one of both is on its side still, and equal numbers are equal in both.
    """
    cases = {(criterion, case) for criterion, case, _ in told}
    asked = [entry for entry in key.plan.entries if (entry.criterion, entry.name) in cases]
    given = [(entry.criterion, name, array) for entry in asked for name, array in entry.question.inputs.items()]
    whole = {(criterion, name) for criterion, name, array in given if _are_whole(array)}

    def is_label(label: Label) -> bool:
        larger, smaller = (ask(_as_a_whole(key.plan, label, factor)) for factor in (1 + A_LITTLE, 1 - A_LITTLE))
        both = {*_decided(key, larger)} & {*_decided(key, smaller)}
        return any(_are_alike(key, larger, smaller, one) for one in both)

    return {label for label in sorted(whole) if is_label(label)}


def _are_alike(
    key: AnswerKey, some: Sequence[tuple[Outcome, ...]], others: Sequence[tuple[Outcome, ...]], told: Told
) -> bool:
    """Whether a result of a case is the same in both, as far as it can be seen."""
    criterion, case, output = told
    for place, entry in enumerate(key.plan.entries):
        if (entry.criterion, entry.name, entry.purpose) == (criterion, case, Purpose.CASE):
            found = [one[place][-1].values.get(output) for one in (some, others)]
            one, other = (value.array if value else None for value in found)
            if one is not None and other is not None:
                return one.shape == other.shape and bool(near_in(one, other, NEAR).all())
    return True


def _decided(key: AnswerKey, outcomes: Sequence[tuple[Outcome, ...]]) -> list[Told]:
    """What comes out otherwise."""
    exam = Exam(bench_of(key), dict(enumerate(outcomes)))
    found = ((rule.name, one) for rule in key.rubric.criteria for one in find(exam, rule, Purpose.CASE))
    flaws = ((name, one.case, one.problem) for name, one in found if one.problem)
    return [(name, case, p.output) for name, case, p in flaws if p.flaw in (Flaw.VALUES, Flaw.SHAPE)]


def notes_on_signs(key: AnswerKey, turned: Sequence[tuple[Outcome, ...]]) -> Iterator[str]:
    """Results that have the sign of an eigenvector in them, which nothing settles."""
    exam = Exam(bench_of(key), dict(enumerate(turned)))
    for rule in key.rubric.criteria:
        found = ((one.case, one.problem) for one in find(exam, rule, Purpose.CASE))
        first = {p.output: case for case, p in reversed([*found]) if p and p.flaw is Flaw.VALUES}
        for output, case in first.items():
            yield (
                f"{rule.name}, case '{case}': where what np.linalg.eigh, eig, svd or qr gives has the other sign, "
                f"'{output}' is another. Either sign is right, and who calls another of these may get the other one: "
                "grade what has no such sign (variances, what is left after going there and back), or let the hand-out "
                "say which sign is due, and the reference make it so"
            )
