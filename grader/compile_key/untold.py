"""What nobody tells students, and they would have to know: names, defaults, constants, and helpers that differ.

takes: an assignment, its hand-out, the text of all that students are given; what came out with the hand-out's helpers.
gives: sentences with what differs, or is said nowhere, and what to write.
must not know: how anything is run, submissions.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import suppress
from inspect import getsource, signature
from pathlib import Path
from textwrap import dedent
from types import FunctionType

import numpy as np

from grader.answer_key import AnswerKey
from grader.assignment import Assignment, Call, Criterion, Own
from grader.assignment.heads import parameters_of
from grader.compile_key.signatures import called_by, calls_of, written_in
from grader.extract import code_of
from grader.judge.bench import bench_of
from grader.judge.findings import Exam, find
from grader.judge.verdict import Flaw
from grader.plan import Purpose
from grader.wire import Outcome

_PART = re.compile(r"\.(\w+)(?![\w(])|\['([^']+)'\]")  # an attribute or a key, and not `.mean()`
_AS_NAMES = re.compile(r"(?:[.`'\"]|\bdef )(\w+)")  # `W` as a matrix of a formula tells nobody to keep it as self.W
_DRAWS = {name for of in (np.random.Generator, np.random.RandomState) for name in dir(of) if name[0] != "_"}
"""What a generator of random numbers is called by; no array has any of these."""
_PLAIN = (bool, int, float, str, type(None))


def notes_on_defaults(assignment: Assignment, handout: Path, functions: Sequence[str]) -> Iterator[str]:
    """Arguments that a call leaves out, and that have another default in the hand-out than in the reference."""
    written, told = written_in(handout, functions), set()
    for call in calls_of(assignment.criteria):
        for function, given in called_by(call):
            ours = {one.name: one.default for one in parameters_of(assignment.solution, function)}
            for name, theirs in _defaults(written.get(function)):
                if (
                    name in (*given[0], *given[1])
                    or (function, name) in told
                    or not isinstance(ours.get(name, ...), _PLAIN)
                ):
                    continue
                if theirs != ours[name]:
                    told.add((function, name))
                    yield (
                        f"{function} has {name}={theirs!r} in the hand-out and {name}={ours[name]!r} in the reference, "
                        f"and is called without it: who leaves it as it was handed out computes with {theirs!r}. "
                        "Write the same in both"
                    )


def _defaults(function: ast.FunctionDef | None) -> Iterator[tuple[str, object]]:
    """What has a default that can be read, and which."""
    if function is None:
        return
    args = function.args
    by_place = [*args.posonlyargs, *args.args]
    pairs = [*zip(by_place[len(by_place) - len(args.defaults) :], args.defaults, strict=True)]
    for arg, value in (*pairs, *zip(args.kwonlyargs, args.kw_defaults, strict=True)):
        with suppress(ValueError):
            if value is not None:
                yield arg.arg, ast.literal_eval(value)


def notes_on_constants(assignment: Assignment, handout: Path) -> Iterator[str]:
    """Names that have one value in the hand-out and another one in the reference."""
    for name, theirs in _constants(code_of(handout.read_bytes(), handout.name)):
        ours = getattr(assignment.solution, name, theirs)
        if isinstance(ours, _PLAIN) and theirs != ours:
            yield (
                f"{name} is {theirs!r} in the hand-out and {ours!r} in the reference: who computes with it gets other "
                "results. Write the same in both"
            )


def notes_on_constructors(assignment: Assignment, handout: Path, functions: Sequence[str]) -> Iterator[str]:
    """Classes of the hand-out that want arguments, where objects of them are made with none."""
    written, code = written_in(handout, functions), "\n".join(code_of(handout.read_bytes(), handout.name))
    owners: dict[str, list[Call]] = {}
    for call in calls_of(assignment.criteria):
        owners.setdefault(call.function.rpartition(".")[0], []).append(call)
    for owner, calls in owners.items():
        function = written.get(f"{owner}.__init__")
        is_given = any(
            one.new or one.sets or isinstance(one.instance, Own) or "__init__" in one.function for one in calls
        )
        is_made = re.search(rf"(?<!class )\b{owner}\(", code)  # then a hand-in's are made as the notebook makes one
        if function is not None and not is_given and not is_made and (wanted := _wanted(function.args)):
            yield (
                f"{owner} wants ({', '.join(wanted)}) in the hand-out, and its objects are made with nothing: what its "
                f"__init__ keeps is not there. Name what they are made with, new=({', '.join(map(repr, wanted))},), in "
                f"the calls of {owner}"
            )


def _wanted(args: ast.arguments) -> list[str]:
    """What a constructor cannot do without."""
    names = [arg.arg for arg in (*args.posonlyargs, *args.args)]
    return names[1 : len(names) - len(args.defaults)]


def helpers_in(assignment: Assignment, handout: Path, functions: Sequence[str]) -> dict[str, str]:
    """The functions that the hand-out gives and the reference has as well, with their sources; none that is graded."""
    return {
        node.name: ast.unparse(node)
        for node in _statements(code_of(handout.read_bytes(), handout.name))
        if isinstance(node, ast.FunctionDef)
        and node.name not in functions
        and isinstance(getattr(assignment.solution, node.name, None), FunctionType)
    }


def notes_on_helpers(key: AnswerKey, helpers: Iterable[str], outcomes: Sequence[tuple[Outcome, ...]]) -> Iterator[str]:
    """Where the reference with the hand-out's helpers behind it gives something else than with its own."""
    exam = Exam(bench_of(key), dict(enumerate(outcomes)))
    for rule in key.rubric.criteria:
        told = ((one.case, one.problem) for one in find(exam, rule, Purpose.CASE) if one.problem is not None)
        if case := next((case for case, problem in told if problem.flaw is not Flaw.NONE), ""):
            yield (
                f"{rule.name}, case '{case}': with what the hand-out gives as {', '.join(helpers)} the reference is "
                "wrong, and so is who calls that. Give the same in both; if students are to write it, grade it as well"
            )


def _constants(cells: Iterable[str]) -> Iterator[tuple[str, object]]:
    """What stands at top level as a name and its value."""
    for node in _statements(cells):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            with suppress(ValueError):
                yield node.targets[0].id, ast.literal_eval(node.value)


def _statements(cells: Iterable[str]) -> Iterator[ast.stmt]:
    """What stands at top level in those cells that can be read."""
    for source in cells:
        with suppress(SyntaxError, ValueError):
            yield from ast.parse(source).body


def notes_on_names(assignment: Assignment, said: str, drawn: Container[str]) -> Iterator[str]:
    """Names of attributes and keys by which the exam goes, and which students cannot know.

    `said` is the text of all that they are given, `drawn` the words of what a call is given: its keys are no secret.
    """
    told = {*re.findall(r"\w+", said), *(f".{name}" for name in _AS_NAMES.findall(said))}
    for criterion in assignment.criteria:
        unsaid: dict[str, list[str]] = {}
        for place in _gone_by(criterion):
            for name in _names(place):
                if name not in told and name not in drawn and not _is_said(name, said):
                    unsaid.setdefault(name, []).append(place)
        if unsaid:
            places = dict.fromkeys(place for places in unsaid.values() for place in places)
            yield (
                f"{criterion.name}: the exam goes by {', '.join(places)} (leaves=, sets=), and nothing that students "
                f"get says {', '.join(unsaid)}: who takes another name is wrong. Let the hand-out's text tell it"
            )


def _is_said(name: str, said: str) -> bool:
    """Whether a key that is no word stands there as it is: `<unk>`, `0.weight`."""
    return not re.fullmatch(r"\.?\w+", name) and name in said


def notes_on_draws(assignment: Assignment, said: str) -> Iterator[str]:
    """Functions that draw from a generator which they are given, or from a seed that they set themselves, by calls that
    nothing in what students get names."""
    told = set(re.findall(r"\.(\w+)", said))
    for criterion in assignment.criteria:
        drawn = () if _is_measured(criterion) else _drawn_by(assignment.solution, criterion.name)
        if unsaid := [call for call in dict.fromkeys(drawn) if not _is_told(call, told, said)]:
            shared = any(call.startswith(_SHARED) for call in unsaid)
            yield (
                f"{criterion.name} draws from {'a seed' if shared else 'the generator that it is given'} by "
                f"{', '.join(unsaid)}, and nothing that students get says so: who draws as well by another call, "
                f"{'from another seed, ' if shared else ''}or in another order or shape, is wrong. Let the hand-out's "
                "text name the calls"
            )


_SHARED = "np.random."
_SEED = f"{_SHARED}seed("


def _is_told(call: str, told: Container[str], said: str) -> bool:
    """A seed by its number, if it is one; all else by the name of what is called."""
    if call.startswith(_SEED):
        return call.removeprefix("np.") in said
    return call.rpartition(".")[2] in told


def _drawn_by(solution: object, name: str) -> Iterator[str]:
    """The calls of a graded function that draw from one of its parameters, such as `rng.random`, or behind a seed that
    it sets, such as `np.random.rand`."""
    function = solution
    for part in name.split("."):
        function = getattr(function, part, None)
    if not isinstance(function, FunctionType):
        return
    with suppress(OSError, SyntaxError):
        calls = [node for node in ast.walk(ast.parse(dedent(getsource(function)))) if isinstance(node, ast.Call)]
        shared = [call for call in calls if ast.unparse(call.func).startswith(_SHARED)]
        for call in calls:
            match call.func:
                case ast.Attribute(value=ast.Name(id=given), attr=attr):
                    # `self.shuffle` is a method of the class itself, whatever it is called like
                    if given in signature(function).parameters and attr in _DRAWS and given != "self":
                        yield f"{given}.{attr}"
                case _:
                    pass
        if any(ast.unparse(call.func) == _SEED[:-1] for call in shared):
            yield from (ast.unparse(call if _is_seeded(call) else call.func) for call in shared)


def _is_seeded(call: ast.Call) -> bool:
    """Whether it sets a seed that is a number, and no argument of the function."""
    return ast.unparse(call.func) == _SEED[:-1] and [type(one) for one in call.args] == [ast.Constant]


def _is_measured(criterion: Criterion) -> bool:
    """Whether all that is graded is a mean, a spread or a shape, which is the same from any seed."""
    places = [place for call in calls_of([criterion]) for name, place in call.leaves.items() if name in criterion.grade]
    measured = [place for place in places if _MEASURED.match(place) or place.endswith(".shape")]
    return len(measured) == len(places) > 0 and set(criterion.grade) <= {
        name for call in calls_of([criterion]) for name in call.leaves
    }


_MEASURED = re.compile(r"(len|mean|std|min|max)\(")


def _gone_by(criterion: Criterion) -> Iterator[str]:
    """Where results are left on an object or in what is the hand-in's own, and where inputs are put on an object."""
    calls = tuple(calls_of([criterion]))
    own = {"self", *(name.name for call in calls for name in call.gives if isinstance(name, Own))}
    for call in calls:
        yield from (call.leaves[name] for name, (root, _) in call.places.items() if root in own)
        yield from (place for place in call.sets if place.startswith("self."))


def _names(place: str) -> Iterator[str]:
    """The attributes (`.dW`) and keys on the way to a place; what every array has needs no telling."""
    for attribute, key in _PART.findall(place):
        if key or not hasattr(np.ndarray, attribute):
            yield key or f".{attribute}"
