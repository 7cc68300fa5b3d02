"""An assignment -> its answer key: the reference and every variant of it sit the exam that students will sit.

takes: an assignment's folder and a sandbox.
gives: `AnswerKey`; a declaration that would grade unfairly is refused (`fair_key`).
must not know: submissions. The only module that loads code by path; only the author's own.
"""

from __future__ import annotations

import hashlib
import importlib
import inspect
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from types import MappingProxyType, ModuleType

import numpy as np

from grader.answer_key import REFERENCE, SCHEMA, AnswerKey, with_files
from grader.answer_key.rubric import write_rubric
from grader.assignment import Alternative, Assignment, Limits, Mistake
from grader.assignment.policies import LEAST_MEMORY
from grader.errors import AuthorError
from grader.extract import extract, with_given
from grader.extract.modules import Lookup, files_of
from grader.fair_key import check_alternatives, check_handout, check_reference, check_template, check_verdicts
from grader.handed_out import files_in, modules_in, stubs_in
from grader.judge.bench import bench_of
from grader.judge.findings import Exam
from grader.judge.ruling import right_cases
from grader.key_notes import Took, notes_on
from grader.neighbours import Neighbours
from grader.plan import ANSWERED, CallPlan, Purpose, make_plan
from grader.sandbox import Sandbox, sit
from grader.wire import Outcome, Piece, Program, Status, pack_outcomes

Variant = Alternative | Mistake
_MEND_IT = "mend that line, and run the same command again"


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
        with Neighbours(folder, name, importlib.import_module):
            module = importlib.import_module(f"{name}.assignment")
    except AuthorError as error:
        raise AuthorError(f"{_place(error, folder)}: {error}", error.hint or _MEND_IT) from error
    except (Exception, SystemExit) as error:
        said = f"{type(error).__name__}: {error}".replace(f"{name}.", "").replace(
            f"'{name}' (unknown location)", "there"
        )
        raise AuthorError(f"{_place(error, folder)}: it cannot be loaded ({said})", _mend(error, folder)) from error
    assignment = getattr(module, "ASSIGNMENT", None)
    if not isinstance(assignment, Assignment):
        raise AuthorError(
            f"{folder / 'assignment.py'} defines no ASSIGNMENT", "end it with ASSIGNMENT = Assignment(...)"
        )
    return assignment


def _place(error: BaseException, folder: Path) -> str:
    """The file of `folder` that an error came up in, and the line where one is known."""
    if isinstance(error, SyntaxError) and error.filename and Path(error.filename).parent == folder.resolve():
        return f"{folder / Path(error.filename).name}, line {error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if Path(f.filename).resolve().is_relative_to(folder.resolve())]
    if not own:
        return str(folder / "assignment.py")
    return f"{folder / Path(own[-1].filename).resolve().relative_to(folder.resolve())}, line {own[-1].lineno}"


def _mend(error: BaseException, folder: Path) -> str:
    """What to do about the errors whose sentence does not say so."""
    if isinstance(error, ImportError) and "circular import" in str(error):
        return "two files import each other: move what both need into a third"
    if isinstance(error, ImportError) and "unknown location" in str(error):
        there = ", ".join(sorted(path.name for path in folder.glob("*.py")))
        return f"`from . import x` needs a file x.py beside it; there are {there}"
    if isinstance(error, TypeError) and "__init__()" in str(error):
        return "`grader new` writes an assignment in which each word is used"
    if isinstance(error, ModuleNotFoundError):
        return f"install {error.name}, or put {error.name}.py beside assignment.py; and look for a slip in the name"
    if isinstance(error, NameError):
        return "define it or import it above that line, or look for a slip in the name"
    return _MEND_IT


def sources_digest(folder: Path) -> str:
    """A digest of all files that a key is made from, to tell whether one is still of today."""
    digest = hashlib.sha256(f"{SCHEMA} {np.__version__}".encode())
    for path in sorted([*modules_in(folder).values(), *folder.glob("*.ipynb")]):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def compile_key(
    folder: Path, sandbox: Sandbox, hidden_seed: int | None = None, tell: Callable[[str], None] = lambda note: None
) -> AnswerKey:
    """Make the full key of the assignment in `folder`; `tell` hears of what is not refused and worth a look."""
    assignment = load_assignment(folder)
    plan = make_plan(assignment, hidden_seed)
    rubric = write_rubric(assignment, stubs_in(assignment, folder, plan.functions))
    rubric = replace(rubric, files=files_in(assignment, folder, plan.functions))
    plan = with_files(plan, rubric.files)
    key = AnswerKey(plan, rubric, {}, sources=sources_digest(folder), seeded=hidden_seed is not None)
    room = ExamRoom(assignment, plan, sandbox, rubric.files)
    reference = room.sit(None)
    key = replace(key, answers={REFERENCE: _answers(plan, reference)})
    check_reference(key, reference)
    if pack_outcomes(reference) != pack_outcomes(room.sit(None)):
        raise AuthorError("the reference answers otherwise when it is asked again", "take the randomness out of it")
    for note in notes_on(assignment, room.took[:2], room.fits_in_half()):
        tell(note)
    forms = chain.from_iterable(mistake.forms for mistake in assignment.mistakes)
    variants: tuple[Variant, ...] = (*assignment.alternatives, *forms)
    sat = {variant.name: room.sit(variant) for variant in variants}
    check_alternatives(plan, assignment, sat)
    answers = {v.name: _answers(plan, sat[v.name], v) for v in variants}
    key = replace(key, answers={**key.answers, **answers})
    given_away = _given_away(key, room.sit_notebook(folder / assignment.handout))
    key = replace(key, rubric=replace(rubric, given_away=given_away))
    check_handout(key)
    for template in assignment.templates:
        check_template(template, _given_away(key, room.sit_notebook(folder / template)), given_away)
    check_verdicts(key, assignment, reference, sat)
    return key


def _given_away(key: AnswerKey, outcomes: Sequence[tuple[Outcome, ...]]) -> dict[str, tuple[str, ...]]:
    """The cases that come out right for the hand-out as it is: a template may well return its input, or zeros."""
    exam = Exam(bench_of(key), dict(enumerate(outcomes)))
    right = {rule.name: right_cases(exam, rule) for rule in key.rubric.criteria}
    return {name: tuple(sorted(cases)) for name, cases in right.items() if cases}


# ---- sitting the exam ----------------------------------------------------------------------------------------


class ExamRoom:
    """Lets the reference, or a variant of it, sit the plan through the wall."""

    def __init__(
        self, assignment: Assignment, plan: CallPlan, sandbox: Sandbox, files: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self.assignment, self.plan, self.sandbox = assignment, plan, sandbox
        self.files = files
        self.took: list[Took] = []

    def sit(self, variant: Variant | None, whole: bool = False) -> list[tuple[Outcome, ...]]:
        """All outcomes in the order of the plan. A variant is asked its own criterion's cases, unless `whole`."""
        if variant is None or whole:
            return self._sit(self._program(variant), range(len(self.plan.entries)))
        # A backward with a forward of its own has a cache of its own, and can do nothing with the reference's.
        alone = set(variant.replaces) == {variant.criterion}
        purposes = ANSWERED if alone else (Purpose.CASE,)
        entries = enumerate(self.plan.entries)
        asked = [n for n, e in entries if e.criterion == variant.criterion and e.purpose in purposes]
        return self._sit(self._program(variant), asked)

    def sit_notebook(self, notebook: Path) -> list[tuple[Outcome, ...]]:
        """Everything, for what a notebook defines and nothing else."""
        found = self._definitions(notebook.read_bytes(), notebook.name)
        return self._sit(Program(found, found, self.plan.functions), range(len(self.plan.entries)))

    def sit_source(self, source: str, criteria: set[str], instead: bool) -> list[tuple[Outcome, ...]]:
        """The cases of some criteria, for a source that is run `instead` of the reference or behind it."""
        found = self._definitions(source.encode(), "variant.py", _beside(_source_file(self.assignment.solution)))
        pieces = () if instead else self._pieces([self.assignment.solution])
        program = Program((*pieces, *found), (*pieces, *found), self.plan.functions)
        entries = enumerate(self.plan.entries)
        return self._sit(program, [n for n, e in entries if e.criterion in criteria and e.purpose is Purpose.CASE])

    def fits_in_half(self) -> bool:
        """Whether the reference answers everything with half of the memory that a hand-in may use."""
        limits = replace(self.assignment.limits, memory_mb=max(self.assignment.limits.memory_mb // 2, LEAST_MEMORY))
        outcomes = self._sit(self._program(None), range(len(self.plan.entries)), limits)
        return all(outcome.status is Status.RETURNED for steps in outcomes for outcome in steps)

    def _sit(self, program: Program, asked: Sequence[int], limits: Limits | None = None) -> list[tuple[Outcome, ...]]:
        """Ask some entries; those that are not asked are *not reached*."""
        questions = [self.plan.entries[n].question for n in asked]
        started = time.monotonic()
        sitting = sit(self.sandbox, program, questions, limits or self.assignment.limits)
        self.took.append(Took(sitting.slowest, time.monotonic() - started))
        given = dict(zip(asked, sitting.outcomes, strict=True))
        return [
            given.get(n, (Outcome(Status.NOT_REACHED),) * len(entry.question.steps))
            for n, entry in enumerate(self.plan.entries)
        ]

    def _program(self, variant: Variant | None) -> Program:
        replaced = dict(variant.replaces) if variant else {}
        try:
            pieces = self._pieces([self.assignment.solution, *replaced.values()])
        except AuthorError as error:
            raise AuthorError(f"'{variant.name}': {error}" if variant else str(error), error.hint) from error
        pieces.extend(_put_in_place(name, function) for name, function in replaced.items())
        return Program(tuple(pieces), tuple(pieces), self.plan.functions)

    def _pieces(self, things: Sequence[ModuleType | Callable[..., object]]) -> list[Piece]:
        pieces: list[Piece] = []
        for number, file in enumerate(dict.fromkeys(map(_source_file, things)), start=1):
            found = self._definitions(file.read_bytes(), file.name, _beside(file))
            pieces.extend(replace(piece, cell=number) for piece in found)
        return pieces

    def _definitions(self, data: bytes, file: str, find: Lookup | None = None) -> tuple[Piece, ...]:
        return extract(data, file, self.plan.functions, with_given(find, self.files)).program.definitions


def source_of(thing: ModuleType | Callable[..., object]) -> str:
    """The text of the file that a module or function of the assignment stands in."""
    return _source_file(thing).read_text(encoding="utf-8")


def _source_file(thing: ModuleType | Callable[..., object]) -> Path:
    name = getattr(thing, "__name__", "?")
    try:
        file = inspect.getsourcefile(thing)
    except TypeError:  # a function of numpy's, or of Python's
        file = None
    if file is None or name == "<lambda>":
        raise AuthorError(
            f"{name}: a function of the assignment must stand in a file, under a name of its own",
            "write `def …` in a file beside assignment.py, and name it",
        )
    return Path(file)


def _beside(file: Path) -> Lookup:
    """What finds the author's files that one imports: a mistake may call the reference, and change what it gives."""

    def find(name: str) -> tuple[str, str] | None:
        there = (file.parent / path for path in files_of(name) if path.endswith(".py"))
        found = next((path for path in there if path.is_file()), None)
        return (found.name, found.read_text(encoding="utf-8")) if found else None

    return find


def _put_in_place(name: str, function: Callable[..., object]) -> Piece:
    return Piece(0, 1, f"{name} = {function.__name__}")


def _answers(
    plan: CallPlan, outcomes: Sequence[tuple[Outcome, ...]], variant: Variant | None = None
) -> dict[int, Outcome]:
    """The last step's outcome of every entry with an answer: not of nudged calls.

    With a handed cache a right variant must have returned; a mistake may have raised, if it was asked at all.
    """
    none = (Status.NOT_REACHED,) if isinstance(variant, Mistake) else tuple(set(Status) - {Status.RETURNED})
    return {
        n: steps[-1]
        for n, (entry, steps) in enumerate(zip(plan.entries, outcomes, strict=True))
        if (variant is None or entry.criterion == variant.criterion)
        and (entry.purpose is Purpose.CASE or (entry.purpose in ANSWERED and steps[-1].status not in none))
    }
