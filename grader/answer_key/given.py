"""What came with the exercise, put into the questions that hand something of it to a call.

takes: a plan, and the sources of the files that are given.
gives: the same plan, whose questions hold what they need; `AuthorError` where that is not given.
must not know: answers, what a file is for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from grader.errors import AuthorError
from grader.plan import CallPlan, Entry


def with_files(plan: CallPlan, files: Mapping[str, str]) -> CallPlan:
    """The same plan with the sources of what came with the exercise, where a question gives something of it."""
    return CallPlan(tuple(_with_files(entry, files) for entry in plan.entries))


def _with_files(entry: Entry, files: Mapping[str, str]) -> Entry:
    modules = entry.question.modules
    for path in (module.replace(".", "/") for module in modules):
        if f"{path}.py" not in files and f"{path}/__init__.py" not in files:
            raise AuthorError(
                f"{entry.criterion}, case '{entry.name}': something of {path}.py is handed to a call, and not given",
                f'name it: files=("{path}.py",)',
            )
    return replace(entry, question=replace(entry.question, files=files)) if modules else entry
