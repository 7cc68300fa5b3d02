"""The kinds of statements that are told apart in many places, as `isinstance` takes them.

takes: a syntax tree, or nothing.
gives: tuples of Python's own classes for statements, and the types of what is one of them; the nodes of a tree.
must not know: hand-ins.
"""

from __future__ import annotations

import ast

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = Function | ast.ClassDef
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
IMPORTS = (ast.Import, ast.ImportFrom)
ASSIGNMENTS = (ast.Assign, ast.AnnAssign, ast.AugAssign)


def walk(root: ast.AST) -> list[ast.AST]:
    """All nodes of a tree in the order of `ast.walk`, but for contexts, which each name has with it.

    In less than half of its time: a hand-in is walked through many times, each for another question.
    """
    found = [root]
    for node in found:  # which grows
        for name in node._fields:
            part = getattr(node, name, None) if name != "ctx" else None
            if isinstance(part, list):
                found += [one for one in part if isinstance(one, ast.AST)]
            elif isinstance(part, ast.AST):
                found.append(part)
    return found
