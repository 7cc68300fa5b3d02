"""Let the reference, and every variant of it, sit the exam that students will sit, through the same wall."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.assignment.words import Assignment, Replaces
from grader.errors import AuthorError
from grader.key.model import Key
from grader.outcomes import Outcomes, Trouble
from grader.sandbox import Sandbox
from grader.sandbox.exam import ExamRun
from grader.wire.program import Ask, Program, Tree, Unit

Answering = Callable[[int, str, tuple[Tree, ...], Mapping[str, Tree]], tuple[bool, Tree]]
Heard = tuple[str, tuple[Tree, ...], Mapping[str, Tree], Tree]
"""A call that the reference made: the function, its arguments by place and by name, and what came back."""


def program_of(assignment: Assignment, replaces: Replaces | None = None, source: str = "") -> Program:
    """The reference as a program, with some of its functions replaced, also where the reference itself calls them.

    With `source` that is run in the place of the reference's file.
    """
    reference, names = assignment.reference.__name__, [criterion.name for criterion in assignment.criteria]
    lines = [f"import {reference} as _reference"]
    for name, function in (replaces or {}).items():
        path = getattr(function, "__qualname__", "?")
        if not path.replace(".", "").isidentifier():
            said = "write `def …` in a file beside assignment.py"
            raise AuthorError(f"'{path}' has no name of its own in a file", said)
        lines += [f"import {function.__module__} as _variants", f"_reference.{name} = _variants.{path}"]
    lines += [f"{root} = _reference.{root}" for root in dict.fromkeys(name.partition(".")[0] for name in names)]
    modules = _modules_of(assignment) | ({reference: source} if source else {})
    return Program((Unit(1, "\n".join(lines)),), modules, files=given_files(assignment))


def _modules_of(assignment: Assignment) -> dict[str, str]:
    """The author's Python files as modules: of a package, and by themselves, as students import given ones."""
    folder, package = folder_of(assignment), assignment.reference.__name__.rpartition(".")[0]
    paths = {".".join(path.relative_to(folder).with_suffix("").parts): path for path in folder.rglob("*.py")}
    sources = {name: path.read_text("utf-8") for name, path in sorted(paths.items())}
    return sources | {f"{package}.{name}": source for name, source in sources.items()}


def given_files(assignment: Assignment) -> dict[str, bytes]:
    """The files that students are given with the exercise."""
    return {name: bytes_of(assignment, name) for name in assignment.settings.files}


def bytes_of(assignment: Assignment, file: str) -> bytes:
    """A file beside `assignment.py`."""
    path = folder_of(assignment) / file
    if not path.is_file():
        raise AuthorError(
            f"There is no {file} beside assignment.py", "handout=, templates= and files= name files there"
        )
    return path.read_bytes()


def folder_of(assignment: Assignment) -> Path:
    """The folder of the author's files."""
    return Path(str(assignment.reference.__file__)).parent


@dataclass(frozen=True)
class ExamRoom:
    """Asks programs the entries of a key."""

    sandbox: Sandbox
    key: Key

    def sit(
        self, program: Program, numbers: Iterable[int], answer: Answering | None = None, label: str = ""
    ) -> Outcomes:
        """The outcomes of some entries. With `answer` those with stubs are asked in a process of their own.

        A program with a `label` is the author's: raises `AuthorError` if it cannot be loaded.
        """
        asked = list(numbers)
        stubbed = [n for n in asked if answer and self.key.entries[n].stubs]
        with self._run(program, label) as run:
            found = self._ask(run, [n for n in asked if n not in stubbed])
            return {**found, **self._ask(run, stubbed, answer)} if stubbed else found

    def sit_first(self, reference: Program) -> tuple[Outcomes, Mapping[int, tuple[str, ...]]]:
        """The outcomes of all entries, and the stages that the reference yields for each."""
        with self._run(reference, "The reference") as run:
            return self._ask(run, range(len(self.key.entries))), run.stages

    def record(self, reference: Program) -> dict[int, list[Heard]]:
        """The calls of stubbed functions that the reference makes within the entries that have stubs."""
        heard: dict[int, list[Heard]] = {n: [] for n, entry in enumerate(self.key.entries) if entry.stubs}
        begun: list[tuple[Any, ...]] = []  # within each other, the innermost last

        def answer(number: int, *call: Any) -> tuple[bool, Tree]:
            begun.append(call)
            return False, None

        if heard:
            with self._run(reference, "The reference") as run:
                self._ask(run, heard, answer, lambda number, value: heard[number].append((*begun.pop(), value)))
        return heard

    def _run(self, program: Program, label: str) -> ExamRun:
        limits, names = self.key.rubric.limits, [rule.name for rule in self.key.rubric.criteria]
        run = ExamRun(self.sandbox, program, self.key.questions, names, limits, limits.load_seconds)
        why = run.failure or next((say(one) for one in run.loaded.troubles if one.cell), "")
        if label and why:
            run.close()
            raise AuthorError(f"{label} cannot be loaded: {why}", "it may use numpy and the files beside it")
        return run

    def _ask(
        self, run: ExamRun, numbers: Iterable[int], answer: Answering | None = None, record: Any = None
    ) -> Outcomes:
        entries = [(n, self.key.entries[n]) for n in numbers]
        asks = [Ask(n, one.driver, one.inputs, one.stubs if answer else (), bool(record)) for n, one in entries]
        return run.ask(asks, {n: one.stages for n, one in entries if one.stages}, answer, record, fresh=bool(answer))


def say(trouble: Trouble) -> str:
    """An exception with the author's file and line."""
    place = f" ({trouble.file.rpartition('.')[2]}.py, line {trouble.line})" if trouble.file else ""
    return f"{trouble.type_name}: {trouble.message}{place}"
