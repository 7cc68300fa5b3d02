"""A failing public case as a few lines of Python that a student can paste below their own code."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from grader.judge.compare import leaves
from grader.key import REFERENCE, Key

MOST_CHARACTERS = 8000  # inputs of an image layer have some 3000; a longer snippet is not pasted by anybody
DIGITS = 4  # of expected values: enough to see a difference, few enough to read
_NOT_FINITE = re.compile(r"\b(?:nan|inf)\b")


def snippet(key: Key, criterion: str, numbers: Sequence[int], variant: str = REFERENCE) -> str:
    """Write down the smallest of these failing entries that is public; "" where there is none.

    `variant` is what the submission was compared with, so that the expected values are the same.
    """
    public = [number for number in numbers if key.entries[number].is_public and not key.entries[number].stubs]
    if not public:
        return ""
    number = min(public, key=lambda n: sum(array.size for _, array in leaves(dict(key.entries[n].inputs))))
    about = (number, criterion, variant)
    if about not in key.snippets:
        text = "\n".join(_written(key, *about))
        key.snippets[about] = text if len(text) <= MOST_CHARACTERS else ""
    return key.snippets[about]


def _written(key: Key, number: int, criterion: str, variant: str) -> list[str]:
    """A driver that only calls and yields, one statement after the other, without `student.`; any other as it is."""
    entry, answers = key.entries[number], key.answers.get(variant) or key.answers[REFERENCE]
    expected = answers.get(number, key.answers[REFERENCE][number])[entry.stages.index(criterion)].values
    functions = [node for node in ast.parse(key.questions).body if isinstance(node, ast.FunctionDef)]
    driver = next(node for node in functions if node.name == entry.driver)
    if ast.get_docstring(driver) is not None:
        del driver.body[0]
    inputs = [f"    {name} = {literal(value)}" for name, value in entry.inputs.items()]
    said = [f"    # expected {name}: {literal(value, DIGITS)}" for name, value in expected.items()]
    if all(isinstance(statement, ast.Assign | ast.Expr) for statement in driver.body):
        head, calls = ["import numpy as np"], _calls(driver, criterion)
    else:
        head = ["import numpy as np, __main__ as student", *ast.unparse(driver).splitlines()]
        given = ", ".join(["student", *(f"{name}={name}" for name in entry.inputs)])
        calls = [f"    for name, results in {entry.driver}({given}): print(name, results)"]
    return [*head, f"def try_it():  # {entry.case}", *inputs, *calls, *said, "try_it()"]


def _calls(driver: ast.FunctionDef, criterion: str) -> list[str]:
    """Its statements up to the yield of the criterion, with `print` in the place of that yield."""
    lines = []
    for statement in driver.body:
        value = statement.value if isinstance(statement, ast.Assign | ast.Expr) else None
        if not isinstance(value, ast.Yield):
            lines.append(f"    {_bare(statement)}")
        elif isinstance(value.value, ast.Tuple) and ast.literal_eval(value.value.elts[0]) == criterion:
            return [*lines, f"    print({_bare(value.value.elts[1])})"]
    return lines


def _bare(node: ast.AST) -> str:
    return re.sub(r"\bstudent\.", "", ast.unparse(node))


def literal(value: Any, digits: int | None = None) -> str:
    """A tree as Python that makes it again, to the last digit; with `digits` rounded, to be read."""
    if isinstance(value, np.ndarray):
        value = value if digits is None or value.dtype.kind != "f" else np.round(value.astype(np.float64), digits)
        entries = _NOT_FINITE.sub(r"np.\g<0>", str(value.tolist()))
        dtype = "" if value.dtype in (np.float64, np.int64, np.bool_) else f", dtype=np.{value.dtype.name}"
        return f"np.array({entries}{dtype})" if digits is None else entries
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name!r}: {literal(part, digits)}" for name, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        parts = ", ".join(literal(part, digits) for part in value)
        return f"[{parts}]" if isinstance(value, list) else f"({parts}{',' if len(value) == 1 else ''})"
    return f"{value:.{digits}g}" if digits is not None and isinstance(value, float) else repr(value)
