"""An assignment -> its answer key: the reference and every variant of it sit the exam that students will sit.

takes: an assignment's folder and a sandbox.
gives: `AnswerKey`; a declaration that would grade unfairly is refused with `AuthorError`, naming the place.
must not know: submissions. The only module that loads code by path; only the author's own.
"""

from __future__ import annotations

import hashlib
import importlib
import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np

from grader.answer_key import REFERENCE, SCHEMA, AnswerKey
from grader.answer_key.rubric import write_rubric
from grader.assignment import Alternative, Assignment, Mistake
from grader.errors import AuthorError
from grader.extract import extract, stub_digests
from grader.judge import Basis, Kind, NoteKind, rule_on
from grader.judge.bench import bench_of
from grader.judge.findings import Exam as Answered
from grader.judge.gradient import follows_own_forward
from grader.judge.ruling import right_cases
from grader.plan import CallPlan, Entry, Purpose, make_plan
from grader.sandbox import Sandbox, sit
from grader.wire import Outcome, Piece, Program, Status, pack_outcomes

Variant = Alternative | Mistake
SHORTEST_SECRET = 16  # bytes; shorter answers occur by chance in any plan


def load_assignment(folder: Path) -> Assignment:
    """Load `ASSIGNMENT` from a folder's `assignment.py`, whose neighbours it may import with `from . import`."""
    if not (folder / "assignment.py").is_file():
        raise AuthorError(f"there is no assignment.py in {folder}", "name the folder that declares the assignment")
    name = f"_assignment_{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]}"
    for known in [module for module in sys.modules if module == name or module.startswith(f"{name}.")]:
        del sys.modules[known]
    package = ModuleType(name)
    package.__path__ = [str(folder.resolve())]
    sys.modules[name] = package
    try:
        module = importlib.import_module(f"{name}.assignment")
    except AuthorError:
        raise
    except (Exception, SystemExit) as error:
        raise AuthorError(f"{folder / 'assignment.py'} cannot be loaded: {type(error).__name__}: {error}") from error
    assignment = getattr(module, "ASSIGNMENT", None)
    if not isinstance(assignment, Assignment):
        raise AuthorError(
            f"{folder / 'assignment.py'} defines no ASSIGNMENT", "end it with ASSIGNMENT = Assignment(...)"
        )
    return assignment


def sources_digest(folder: Path) -> str:
    """A digest of all files that a key is made from, to tell whether one is still of today."""
    digest = hashlib.sha256(f"{SCHEMA} {np.__version__}".encode())
    for path in sorted([*folder.glob("*.py"), *folder.glob("*.ipynb")]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def compile_key(folder: Path, sandbox: Sandbox, hidden_seed: int | None = None) -> AnswerKey:
    """Make the full key of the assignment in `folder`."""
    assignment = load_assignment(folder)
    plan = make_plan(assignment, hidden_seed)
    rubric = write_rubric(assignment, _stubs(assignment, folder, plan.functions))
    key = AnswerKey(plan, rubric, {}, sources=sources_digest(folder), seeded=hidden_seed is not None)
    exam = Exam(assignment, plan, sandbox)
    reference = exam.sit(None)
    key = replace(key, answers={REFERENCE: _answers(plan, reference)})
    _check_reference(key, reference)
    if pack_outcomes(reference) != pack_outcomes(exam.sit(None)):
        raise AuthorError("the reference answers otherwise when it is asked again", "take the randomness out of it")
    variants: tuple[Variant, ...] = (*assignment.alternatives, *assignment.mistakes)
    sat = {variant.name: exam.sit(variant) for variant in variants}
    answers = {v.name: _answers(plan, sat[v.name], v) for v in variants}
    key = replace(key, answers={**key.answers, **answers})
    key = replace(
        key, rubric=replace(rubric, given_away=_given_away(key, exam.sit_notebook(folder / assignment.handout)))
    )
    _check_verdicts(key, assignment, reference, sat)
    return key


def _stubs(assignment: Assignment, folder: Path, functions: Sequence[str]) -> dict[str, tuple[str, ...]]:
    handout = folder / assignment.handout
    if not handout.is_file():
        raise AuthorError(f"the hand-out {handout} is not there", "handout= must name the students' notebook")
    return stub_digests(handout.read_bytes(), handout.name, functions)


def _given_away(key: AnswerKey, outcomes: Sequence[tuple[Outcome, ...]]) -> dict[str, tuple[str, ...]]:
    """The cases that come out right for the hand-out as it is: a template may well return its input, or zeros."""
    exam = Answered(bench_of(key), dict(enumerate(outcomes)))
    right = {rule.name: right_cases(exam, rule) for rule in key.rubric.criteria}
    return {name: tuple(sorted(cases)) for name, cases in right.items() if cases}


# ---- sitting the exam ----------------------------------------------------------------------------------------


class Exam:
    """Lets the reference, or a variant of it, sit the plan through the wall."""

    def __init__(self, assignment: Assignment, plan: CallPlan, sandbox: Sandbox) -> None:
        self.assignment, self.plan, self.sandbox = assignment, plan, sandbox

    def sit(self, variant: Variant | None, whole: bool = False) -> list[tuple[Outcome, ...]]:
        """All outcomes in the order of the plan. A variant is asked its own criterion's cases, unless `whole`."""
        if variant is None or whole:
            return self._sit(self._program(variant), range(len(self.plan.entries)))
        # A backward with a forward of its own has a cache of its own, and can do nothing with the reference's.
        alone = set(variant.replaces) == {variant.criterion}
        purposes = (Purpose.CASE, Purpose.HANDED_CACHE) if alone else (Purpose.CASE,)
        entries = enumerate(self.plan.entries)
        asked = [n for n, e in entries if e.criterion == variant.criterion and e.purpose in purposes]
        return self._sit(self._program(variant), asked)

    def sit_notebook(self, notebook: Path) -> list[tuple[Outcome, ...]]:
        """Everything, for what a notebook defines and nothing else."""
        found = extract(notebook.read_bytes(), notebook.name, self.plan.functions).program.definitions
        return self._sit(Program(found, found, self.plan.functions), range(len(self.plan.entries)))

    def sit_source(self, source: str, criteria: set[str], instead: bool) -> list[tuple[Outcome, ...]]:
        """The cases of some criteria, for a source that is run `instead` of the reference or behind it."""
        found = extract(source.encode(), "variant.py", self.plan.functions).program.definitions
        pieces = () if instead else self._pieces([self.assignment.solution])
        program = Program((*pieces, *found), (*pieces, *found), self.plan.functions)
        entries = enumerate(self.plan.entries)
        return self._sit(program, [n for n, e in entries if e.criterion in criteria and e.purpose is Purpose.CASE])

    def _sit(self, program: Program, asked: Sequence[int]) -> list[tuple[Outcome, ...]]:
        """Ask some entries; those that are not asked are *not reached*."""
        questions = [self.plan.entries[n].question for n in asked]
        sitting = sit(self.sandbox, program, questions, self.assignment.limits)
        given = dict(zip(asked, sitting.outcomes, strict=True))
        return [
            given.get(n, (Outcome(Status.NOT_REACHED),) * len(entry.question.steps))
            for n, entry in enumerate(self.plan.entries)
        ]

    def _program(self, variant: Variant | None) -> Program:
        replaced = dict(variant.replaces) if variant else {}
        pieces = self._pieces([self.assignment.solution, *replaced.values()])
        pieces.extend(_put_in_place(name, function) for name, function in replaced.items())
        return Program(tuple(pieces), tuple(pieces), self.plan.functions)

    def _pieces(self, things: Sequence[ModuleType | Callable[..., object]]) -> list[Piece]:
        pieces: list[Piece] = []
        for number, file in enumerate(dict.fromkeys(map(_source_file, things)), start=1):
            found = extract(file.read_bytes(), file.name, self.plan.functions).program
            pieces.extend(replace(piece, cell=number) for piece in found.definitions)
        return pieces


def source_of(thing: ModuleType | Callable[..., object]) -> str:
    """The text of the file that a module or function of the assignment stands in."""
    return _source_file(thing).read_text(encoding="utf-8")


def _source_file(thing: ModuleType | Callable[..., object]) -> Path:
    name = getattr(thing, "__name__", "?")
    file = inspect.getsourcefile(thing)
    if file is None or name == "<lambda>":
        raise AuthorError(f"{name}: a function of the assignment must stand in a file, under a name of its own")
    return Path(file)


def _put_in_place(name: str, function: Callable[..., object]) -> Piece:
    return Piece(0, 1, f"{name} = {function.__name__}")


def _answers(
    plan: CallPlan, outcomes: Sequence[tuple[Outcome, ...]], variant: Variant | None = None
) -> dict[int, Outcome]:
    """The last step's outcome of every entry with an answer: not of nudged calls, nor of a mistake's handed cache."""
    has_handed = not isinstance(variant, Mistake)
    return {
        n: steps[-1]
        for n, (entry, steps) in enumerate(zip(plan.entries, outcomes, strict=True))
        if (variant is None or entry.criterion == variant.criterion)
        and (
            entry.purpose is Purpose.CASE
            or (has_handed and entry.purpose is Purpose.HANDED_CACHE and steps[-1].status is Status.RETURNED)
        )
    }


# ---- refusing what would be unfair ---------------------------------------------------------------------------


def _check_reference(key: AnswerKey, outcomes: Sequence[tuple[Outcome, ...]]) -> None:
    asked = b"".join(array.tobytes() for e in key.plan.entries for array in e.question.inputs.values())
    for entry, steps in zip(key.plan.entries, outcomes, strict=True):
        label = f"{entry.criterion}, case '{entry.name}'"
        for outcome in steps:
            if outcome.status is not Status.RETURNED:
                why = f"{outcome.trouble.type_name}: {outcome.trouble.message}" if outcome.trouble else outcome.reason
                raise AuthorError(f"{label}: the reference itself does not return ({outcome.status}) {why}".rstrip())
        if entry.purpose in (Purpose.CASE, Purpose.HANDED_CACHE):
            for name in entry.grade:
                _check_answer(label, entry, name, steps[-1], asked)


def _check_answer(label: str, entry: Entry, name: str, outcome: Outcome, asked: bytes) -> None:
    value = outcome.values.get(name)
    answer = value.array if value else None
    if answer is None or answer.dtype.kind not in "fiu" or not np.isfinite(answer).all():
        raise AuthorError(f"{label}: the reference's '{name}' is not an array of finite numbers")
    if entry.echo:
        return
    for given, array in entry.question.inputs.items():
        # Whatever the shapes: a mean over one row equals that row, and marks "hand back your input" as right.
        if array.size == answer.size and np.array_equal(array.ravel(), answer.ravel()):
            raise AuthorError(
                f"{label}: the answer '{name}' equals the input '{given}', so handing the input back would be right",
                "choose other inputs, or give the reason in echo=",
            )
    if answer.nbytes >= SHORTEST_SECRET and answer.any() and answer.tobytes() in asked:
        raise AuthorError(
            f"{label}: the answer '{name}' stands among the inputs of the plan, which student code can read",
            "choose other inputs, or give the reason in echo=",
        )


def _check_verdicts(
    key: AnswerKey, assignment: Assignment, reference: Sequence[tuple[Outcome, ...]],
    sat: Mapping[str, Sequence[tuple[Outcome, ...]]],
) -> None:  # fmt: skip
    ruled = rule_on(key, reference, {})
    exam = Answered(bench_of(key), dict(enumerate(reference)))
    for rule in key.rubric.criteria:
        if ruled[rule.name][0].kind is not Kind.CORRECT:
            raise AuthorError(
                f"{rule.name}: the reference is not right by its own key", "does it give equal answers twice?"
            )
        if any(note.kind is NoteKind.UNSTEADY for note in ruled[rule.name][0].notes):
            raise AuthorError(f"{rule.name}: the reference answers two equal calls differently")
        if rule.follow_through and not follows_own_forward(exam, rule):
            raise AuthorError(
                f"{rule.name}: the reference is not the gradient of its own forward on the inputs of follow-through",
                "keep these inputs away from kinks, and name averaged gradients in averaged=",
            )
    for alternative in assignment.alternatives:
        verdicts = rule_on(key, sat[alternative.name], {})[alternative.criterion]
        if not any(v.alternative == alternative.name or alternative.between for v in verdicts if v.kind in _RIGHT):
            raise AuthorError(
                f"alternative '{alternative.name}' is not right by its own key, or is the reference itself"
            )
    for mistake in assignment.mistakes:
        _check_mistake(key, mistake, sat[mistake.name])


_RIGHT = (Kind.CORRECT, Kind.ALTERNATIVE)


def _check_mistake(key: AnswerKey, mistake: Mistake, outcomes: Sequence[tuple[Outcome, ...]]) -> None:
    verdicts = rule_on(key, outcomes, {})[mistake.criterion]
    if right := [verdict for verdict in verdicts if verdict.kind in _RIGHT]:
        case = "handed case" if right[0].basis is Basis.HANDED_CACHE else "case"
        raise AuthorError(
            f"mistake '{mistake.name}': no {case} of {mistake.criterion} tells it from a right answer",
            f"add a {case} on which it goes wrong, or drop it",
        )
    known = next((v.mistake for v in verdicts if v.kind is Kind.KNOWN_MISTAKE), "")
    if known != mistake.name:
        other = f"it is taken for '{known}'" if known else "it returns nothing that could be recognised"
        raise AuthorError(
            f"mistake '{mistake.name}' is not recognised as itself: {other}", "add a case that tells the two apart"
        )
