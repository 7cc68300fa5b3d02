"""The kinds of statements that are told apart in many places, as `isinstance` takes them.

takes: nothing.
gives: tuples of Python's own classes for statements, and the types of what is one of them.
must not know: hand-ins.
"""

from __future__ import annotations

import ast

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = Function | ast.ClassDef
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
IMPORTS = (ast.Import, ast.ImportFrom)
ASSIGNMENTS = (ast.Assign, ast.AnnAssign, ast.AugAssign)
