"""Let the reference, and every variant of it, sit the exam that students will sit, through the same wall."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.assignment.loading import PREFIX
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
_PACKAGE = "assignment"  # how the author's folder is called inside


def program_of(assignment: Assignment, replaces: Replaces | None = None, source: str = "") -> Program:
    """The reference as a program, with some of its functions replaced, also where the reference itself calls them.

    With `source` that is run in the place of the reference's file.
    """
    reference, names = _inside(assignment.reference.__name__), [criterion.name for criterion in assignment.criteria]
    lines = [f"import {reference} as _reference"]
    for name, function in (replaces or {}).items():
        module, path = _named(function)
        lines += [f"import {module} as _variants", f"_reference.{name} = _variants.{path}"]
    lines += [f"{root} = _reference.{root}" for root in dict.fromkeys(name.partition(".")[0] for name in names)]
    modules = modules_of(assignment) | ({reference: source} if source else {})
    return Program((Unit(1, "\n".join(lines)),), modules, files=given_files(assignment))


def modules_of(assignment: Assignment) -> dict[str, str]:
    """The author's Python files as modules: of a package, and by themselves, as students import given ones."""
    folder = folder_of(assignment)
    paths = {".".join(path.relative_to(folder).with_suffix("").parts): path for path in sorted(folder.rglob("*.py"))}
    sources = {name: path.read_text("utf-8") for name, path in paths.items()}
    return {**{f"{_PACKAGE}.{name}": source for name, source in sources.items()}, **sources}


def given_files(assignment: Assignment) -> dict[str, bytes]:
    """The files that students are given with the exercise."""
    found = {name: folder_of(assignment) / name for name in assignment.settings.files}
    if missing := [name for name, path in found.items() if not path.is_file()]:
        raise AuthorError(f"{missing[0]}, named in files=, is not there", "files= names files beside assignment.py")
    return {name: path.read_bytes() for name, path in found.items()}


def folder_of(assignment: Assignment) -> Path:
    """The folder of the author's files."""
    return Path(str(assignment.reference.__file__)).parent


def _named(function: Callable[..., Any]) -> tuple[str, str]:
    """The module and the name of a function there."""
    path = getattr(function, "__qualname__", "?")
    if not path.replace(".", "").isidentifier():
        said = "write `def …` in a file beside assignment.py"
        raise AuthorError(f"'{path}' has no name of its own in a file", said)
    return _inside(function.__module__), path


def _inside(module: str) -> str:
    return f"{_PACKAGE}.{module.partition('.')[2]}" if module.startswith(PREFIX) else module


@dataclass(frozen=True)
class ExamRoom:
    """Asks programs the entries of a key."""

    sandbox: Sandbox
    key: Key

    def sit(
        self, program: Program, numbers: Iterable[int], answer: Answering | None = None, label: str = "the program"
    ) -> Outcomes:
        """The outcomes of some entries. With `answer` those with stubs are asked in a process of their own."""
        plain: list[int] = []
        stubbed: list[int] = []
        for number in numbers:
            (stubbed if answer and self.key.entries[number].stubs else plain).append(number)
        with self._run(program, label) as run:
            found = dict(run.ask(self._asks(plain), self._stages(plain)))
            if stubbed:
                found |= run.ask(self._asks(stubbed, stubs=True), self._stages(stubbed), answer, fresh=True)
        return found

    def sit_first(self, reference: Program) -> tuple[Outcomes, Mapping[int, tuple[str, ...]]]:
        """The outcomes of all entries, and the stages that the reference yields for each."""
        with self._run(reference, "The reference") as run:
            return run.ask(self._asks(range(len(self.key.entries))), {}), run.stages

    def record(self, reference: Program) -> dict[int, list[Heard]]:
        """The calls of stubbed functions that the reference makes within the entries that have stubs."""
        numbers = [n for n, entry in enumerate(self.key.entries) if entry.stubs]
        heard: dict[int, list[Heard]] = {n: [] for n in numbers}
        begun: list[tuple[str, tuple[Tree, ...], Mapping[str, Tree]]] = []

        def answer(number: int, *call: Any) -> tuple[bool, Tree]:
            begun.append(call)
            return False, None

        def record(number: int, value: Tree) -> None:
            heard[number].append((*begun.pop(), value))

        if numbers:
            with self._run(reference, "The reference") as run:
                run.ask(self._asks(numbers, stubs=True, record=True), self._stages(numbers), answer, record, fresh=True)
        return heard

    def _run(self, program: Program, label: str) -> ExamRun:
        limits, names = self.key.rubric.limits, [rule.name for rule in self.key.rubric.criteria]
        run = ExamRun(self.sandbox, program, self.key.questions, names, limits, limits.load_seconds)
        troubles = [say(one) for one in run.loaded.troubles if one.cell] or [run.failure]
        if label != "the program" and troubles[0]:
            run.close()
            said = "it may use numpy, Python and the files beside it"
            raise AuthorError(f"{label} cannot be loaded: {troubles[0]}", said)
        return run

    def _asks(self, numbers: Iterable[int], stubs: bool = False, record: bool = False) -> list[Ask]:
        entries = ((n, self.key.entries[n]) for n in numbers)
        return [Ask(n, one.driver, one.inputs, one.stubs if stubs else (), record) for n, one in entries]

    def _stages(self, numbers: Iterable[int]) -> dict[int, tuple[str, ...]]:
        return {n: self.key.entries[n].stages for n in numbers}


def say(trouble: Trouble) -> str:
    """An exception with the author's file and line."""
    place = f" ({trouble.file.removeprefix(f'{_PACKAGE}.')}.py, line {trouble.line})" if trouble.file else ""
    return f"{trouble.type_name}: {trouble.message}{place}"
