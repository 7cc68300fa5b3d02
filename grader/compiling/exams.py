"""Let the reference, and every variant of it, sit the exam that students will sit, and record calls for stubs."""

from __future__ import annotations

import contextlib
import copy
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from grader.asking import ask_entries
from grader.assignment.checks import resolve
from grader.assignment.words import Assignment, Replaces
from grader.errors import AuthorError
from grader.key.model import Entry, Key, Recorded
from grader.key.store import pack
from grader.key.stubs import bind, is_same
from grader.outcomes import Outcomes, Trouble
from grader.sandbox import Sandbox
from grader.sandbox.exam import Answering, ExamRun
from grader.wire.program import Program, Tree, Unit

Stages = Mapping[int, tuple[str, ...]]  # those that the reference yields, by entry number
MOST_CALLS = 200  # in one case
MOST_BYTES = 1 << 20
_OTHERS: Mapping[Any, tuple[Any, ...]] = {True: (False,), False: (True,), None: (True, 0, 1)}
"""What is tried in the place of a flag, or of a parameter that is None."""


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
        said = "handout=, templates= and files= name files there"
        raise AuthorError(f"There is no {file} beside assignment.py", said)
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
            found = ask_entries(run, self.key, [n for n in asked if n not in stubbed])
            return found | (ask_entries(run, self.key, stubbed, answer, fresh=True) if stubbed else {})

    def sit_first(self, reference: Program) -> tuple[Outcomes, Stages]:
        """The outcomes of all entries, and the stages that the reference yields for each."""
        with self._run(reference, "The reference") as run:
            return ask_entries(run, self.key, range(len(self.key.entries))), run.stages

    def recordings(self, program: Program, reference: ModuleType) -> dict[int, tuple[Recorded, ...]]:
        """The calls of stubbed functions that the reference makes within each given case."""
        heard: dict[int, list[tuple[Any, ...]]] = {n: [] for n, entry in enumerate(self.key.entries) if entry.stubs}
        begun: list[tuple[Any, ...]] = []  # within each other, the innermost last

        def answer(number: int, *call: Any) -> tuple[bool, Tree]:
            begun.append(call)
            return False, None

        if heard:
            with self._run(program, "The reference") as run:
                ask_entries(run, self.key, heard, answer, lambda n, value: heard[n].append((*begun.pop(), value)), True)
        recorded = {n: tuple(_recorded(self.key, reference, *call) for call in calls) for n, calls in heard.items()}
        return {n: _few(self.key.entries[n], calls) for n, calls in recorded.items()}

    def _run(self, program: Program, label: str) -> ExamRun:
        limits, names = self.key.rubric.limits, [rule.name for rule in self.key.rubric.criteria]
        run = ExamRun(self.sandbox, program, self.key.questions, names, limits, limits.load_seconds)
        why = run.failure or next((say(one) for one in run.loaded.troubles if one.cell), "")
        if label and why:
            run.close()
            raise AuthorError(f"{label} cannot be loaded: {why}", "it may use numpy and the files beside it")
        return run


def say(trouble: Trouble) -> str:
    """An exception with the author's file and line."""
    place = f" ({trouble.file.rpartition('.')[2]}.py, line {trouble.line})" if trouble.file else ""
    return f"{trouble.type_name}: {trouble.message}{place}"


def _recorded(
    key: Key, reference: ModuleType, function: str, args: tuple[Tree, ...], kwargs: Mapping[str, Tree], result: Tree
) -> Recorded:
    """A call with its arguments by name, and the flags, or parameters that are None, that make no difference to it."""
    bound = bind(key.rule(function).signature, args, kwargs)
    if bound is None:
        what = f"The reference calls {function} with other arguments than its signature has"
        raise AuthorError(what, "give each parameter a name: no *args and **kwargs")
    call = Recorded(function, bound, result)
    flags = {name: one for name, one in bound.items() if one is None or isinstance(one, bool)}
    ignored = (name for name, one in flags.items() if all(_gives(reference, call, name, to) for to in _OTHERS[one]))
    return msgspec.structs.replace(call, ignored=tuple(ignored))


def _few(entry: Entry, calls: tuple[Recorded, ...]) -> tuple[Recorded, ...]:
    """The calls recorded in one case; raises `AuthorError` for none, and for more than are worth looking up."""
    label, names = f"Given '{entry.driver}', case '{entry.case}'", ", ".join(entry.stubs)
    if not calls:
        raise AuthorError(f"{label}: the reference calls none of {names}", "name in stubs= what it calls")
    if len(calls) > MOST_CALLS or len(pack(calls)) > MOST_BYTES:
        what = f"{len(calls)} calls of {names} are recorded; {MOST_CALLS} and one megabyte are the most"
        said = "use fewer iterations and smaller arrays: plus(arrays(…), num_iterations=3)"
        raise AuthorError(f"{label}: {what}", said)
    return calls


def _gives(reference: ModuleType, call: Recorded, name: str, value: Any) -> bool:
    """Whether a call gives the same with another value of one argument. A method may depend on its object."""
    if "." in call.function:
        return False
    arguments = copy.deepcopy({**call.arguments, name: value})
    with contextlib.suppress(Exception), contextlib.redirect_stdout(io.StringIO()):
        return is_same(resolve(reference, call.function)(**arguments), call.result)
    return False
