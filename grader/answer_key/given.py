"""What came with the exercise, put into the questions that hand something of it to a call.

takes: a plan, and the sources of the files that are given.
gives: the same plan, whose questions hold what they need; `AuthorError` where that is not given.
must not know: answers, what a file is for.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import replace

from grader.errors import AuthorError
from grader.plan import CallPlan, Entry


def with_files(plan: CallPlan, files: Mapping[str, str]) -> CallPlan:
    """The same plan with the sources of what came with the exercise, where a question gives something of it."""
    graded = {part for name in plan.functions for part in (name, name.partition(".")[0])}
    return CallPlan(tuple(_with_files(entry, files, graded) for entry in plan.entries))


def _with_files(entry: Entry, files: Mapping[str, str], graded: Container[str]) -> Entry:
    modules = entry.question.modules
    if own := next((name for name in _given_in(entry) if name in graded), "") if modules else "":
        raise AuthorError(
            f"{entry.criterion}, case '{entry.name}': {own} is handed to a call, and is to be written by the hand-in",
            "leave it out where it is the default of an argument; else hand over another one, of a file in files=",
        )
    for path in (module.replace(".", "/") for module in modules):
        if f"{path}.py" not in files and f"{path}/__init__.py" not in files:
            raise AuthorError(
                f"{entry.criterion}, case '{entry.name}': something of {path}.py is handed to a call, and not given",
                f'name it: files=("{path}.py",)',
            )
    return replace(entry, question=replace(entry.question, files=files)) if modules else entry


def _given_in(entry: Entry) -> list[str]:
    """The names of the functions and classes that are handed to its calls, or made for them, without their modules."""
    found: list[str] = []

    def note(name: str) -> Callable[..., None]:
        found.append(name.partition(":")[2])
        return lambda *_: None

    for built in (built for step in entry.question.steps for built in step.built):
        built.put_together(lambda name: None, note)
    return found
