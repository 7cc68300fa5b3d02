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
    told = [f"    # expected {name}: {_rounded(value)}" for name, value in expected.items()]
    if _is_straight(driver):
        return ["import numpy as np", f"def try_it():  # {entry.case}", *inputs, *_calls(driver, criterion), *told, "try_it()"]
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
    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:  # noqa: N802 - ast's own name
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and node.value.id == "student":
            return ast.Name(node.attr, node.ctx)
        return node


def _without_student(node: ast.AST) -> ast.AST:
    return _Bare().visit(node)


def literal(value: Any) -> str:
    """A tree as Python that makes it again, to the last digit."""
    if isinstance(value, np.ndarray):
        dtype = "" if value.dtype in (np.float64, np.int64, np.bool_) else f", dtype=np.{value.dtype.name}"
        entries = _NOT_FINITE.sub(r"np.\g<0>", str(value.tolist()))
        return f"np.array({entries}{dtype})"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name!r}: {literal(part)}" for name, part in value.items()) + "}"
    if isinstance(value, tuple):
        return f"({', '.join(map(literal, value))}{',' if len(value) == 1 else ''})"
    return f"[{', '.join(map(literal, value))}]" if isinstance(value, list) else repr(value)


def _rounded(value: Any) -> str:
    if isinstance(value, np.ndarray) and value.dtype.kind in "fc":
        return str(np.round(value.astype(np.float64), DIGITS).tolist())
    if isinstance(value, np.ndarray):
        return str(value.tolist())
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name!r}: {_rounded(part)}" for name, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_rounded, value))}]"
    return f"{value:.{DIGITS}g}" if isinstance(value, float) else repr(value)
