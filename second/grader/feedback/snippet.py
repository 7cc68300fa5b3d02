"""A failing public case as a few lines of Python that a student can paste below their own code."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from grader.key import REFERENCE, Entry, Key

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
    number = min(public, key=lambda one: _size(key.entries[one].inputs))
    entry = key.entries[number]
    stage = entry.stages.index(criterion)
    answers = key.answers.get(variant) or key.answers[REFERENCE]
    expected = answers.get(number, key.answers[REFERENCE][number])[stage].values
    text = "\n".join(_written(key.questions, entry, criterion, expected))
    return text if len(text) <= MOST_CHARACTERS else ""


def _size(tree: Any) -> int:
    if isinstance(tree, np.ndarray):
        return int(tree.size)
    if isinstance(tree, Mapping):
        return sum(_size(part) for part in tree.values())
    return sum(_size(part) for part in tree) if isinstance(tree, list | tuple) else 1


def _written(questions: str, entry: Entry, criterion: str, expected: Mapping[str, Any]) -> list[str]:
    driver = _driver(questions, entry.driver)
    inputs = [f"    {name} = {literal(value)}" for name, value in entry.inputs.items()]
    told = [f"    # expected {name}: {literal(value, DIGITS)}" for name, value in expected.items()]
    if _is_straight(driver):
        return [
            "import numpy as np",
            f"def try_it():  # {entry.case}",
            *inputs,
            *_calls(driver, criterion),
            *told,
            "try_it()",
        ]
    given = ", ".join(["student", *(f"{name}={name}" for name in entry.inputs)])
    return [
        "import numpy as np, __main__ as student",
        *ast.unparse(driver).splitlines(),
        f"def try_it():  # {entry.case}",
        *inputs,
        f"    for name, results in {entry.driver}({given}): print(name, results)",
        *told,
        "try_it()",
    ]


def _driver(questions: str, name: str) -> ast.FunctionDef:
    tree = ast.parse(questions)
    found = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name)
    if isinstance(found.body[0], ast.Expr) and isinstance(found.body[0].value, ast.Constant):
        del found.body[0]  # its docstring
    return found


def _is_straight(driver: ast.FunctionDef) -> bool:
    """Whether it only calls and yields, one statement after the other."""
    return all(isinstance(statement, ast.Assign | ast.Expr) for statement in driver.body)


def _calls(driver: ast.FunctionDef, criterion: str) -> list[str]:
    """Its statements up to the yield of the criterion, with `print` in the place of that yield."""
    lines = []
    for statement in driver.body:
        value = statement.value if isinstance(statement, ast.Assign | ast.Expr) else None
        if not isinstance(value, ast.Yield):
            lines.append(f"    {ast.unparse(_without_student(statement))}")
        elif isinstance(value.value, ast.Tuple) and ast.literal_eval(value.value.elts[0]) == criterion:
            return [*lines, f"    print({ast.unparse(_without_student(value.value.elts[1]))})"]
    return lines


class _Bare(ast.NodeTransformer):
    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and node.value.id == "student":
            return ast.Name(node.attr, node.ctx)
        return node


def _without_student(node: ast.AST) -> ast.AST:
    bare: ast.AST = _Bare().visit(node)
    return bare


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
