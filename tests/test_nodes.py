"""What a syntax tree is made of.

takes: the sources of this project.
gives: one promise a test, said in its docstring.
must not know: hand-ins.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from grader.extract.nodes import walk

SOURCES = sorted((Path(__file__).resolve().parent.parent / "reference").glob("*/*.py"))


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_tree_is_walked_as_python_does_but_for_contexts(file: Path) -> None:
    """The very same nodes in the same order."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    assert walk(tree) == [node for node in ast.walk(tree) if not isinstance(node, ast.expr_context)]
