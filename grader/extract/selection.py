"""What of a submission is run: definitions, imports, and assignments that call none of its own functions.

So nothing is trained, plotted, printed or tested. What is left out is replaced within its own lines.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
IMPORTS = (ast.Import, ast.ImportFrom)
ASSIGNMENTS = (ast.Assign, ast.AnnAssign, ast.AugAssign)
BLOCKS = (ast.If, ast.Try, ast.TryStar, ast.With)

# Calls that wait, train, or read files, by their last name: `open(...)`, `np.load(...)`, `model.fit(...)`.
_NEVER_CALLED = {"open", "input", "fit", "train", "load", "loadtxt", "genfromtxt", "loadmat", "imread", "read_csv"}
_NEVER_CALLED |= {"urlopen", "urlretrieve", "system", "exit", "quit", "sleep"}
_VALUES = (ast.Constant, ast.BinOp, ast.Compare, ast.List, ast.UnaryOp)


def _parts_of(block: ast.AST) -> tuple[list[ast.AST], list[ast.stmt]]:
    """What the headers of a block and of the blocks within it evaluate, and all other statements, in order."""
    headers, statements, waiting = list[ast.AST](), list[ast.stmt](), [block]
    while waiting:
        one = waiting.pop()
        if isinstance(one, (*BLOCKS, ast.ExceptHandler, ast.withitem)):
            waiting += reversed([*ast.iter_child_nodes(one)])
        elif isinstance(one, ast.stmt):
            statements.append(one)
        else:
            headers.append(one)
    return headers, statements


def _run_with(node: ast.AST) -> Iterator[ast.AST]:
    """A node and all in it that runs with it: nothing within functions."""
    waiting = [node]
    while waiting:
        yield (one := waiting.pop())
        if not isinstance(one, (*DEFINITIONS, ast.Lambda)):
            waiting += ast.iter_child_nodes(one)


def bound_names(node: ast.AST) -> Iterator[str]:
    """The global names that a statement binds, and `Relu.forward` for an attribute."""
    for one in _run_with(node):
        if isinstance(one, DEFINITIONS):
            yield one.name
        elif isinstance(one, ast.alias):
            yield one.asname or one.name.split(".")[0]
        elif isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store):
            yield one.id
        elif isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Store) and isinstance(one.value, ast.Name):
            yield f"{one.value.id}.{one.attr}"


def is_idle(node: ast.stmt) -> bool:
    """Whether it only holds a place: `pass`, `...`, a docstring."""
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


class Selection:
    """Decides on each statement, in their order; `own` are the names of the submission's functions and modules."""

    def __init__(self, own: Iterable[str]) -> None:
        self._own = set(own)
        self._gone: set[str] = set()  # bound only by what was left out

    def split(self, body: Iterable[ast.stmt]) -> tuple[list[ast.stmt], list[ast.stmt]]:
        """The statements that are run, those within `if`, `try` and `with` one by one; and those that are left out."""
        kept, left_out = list[ast.stmt](), list[ast.stmt]()
        for node in body:
            headers, statements = _parts_of(node)
            names = {getattr(one, "id", "") for header in headers for one in ast.walk(header)}
            is_open = "__name__" not in names and all(map(self._is_plain, headers))
            here = {one: None for one in statements if self._is_run(one)} if is_open else {}
            if not here:
                self._gone |= set(bound_names(node)) - self._own
            kept += here
            left_out += [one for one in (statements if here else [node]) if one not in here and not is_idle(one)]
        return kept, left_out

    def _is_run(self, node: ast.stmt) -> bool:
        """Whether it is a definition, an import, or a plain assignment; what anything else binds is gone."""
        names = set(bound_names(node))
        is_run = isinstance(node, (*DEFINITIONS, *IMPORTS))
        if isinstance(node, ASSIGNMENTS):
            is_number = isinstance(node.value, _VALUES) and names & self._own  # `relu = 0.5` below `def relu`
            is_run = not is_number and self._is_plain(node)
        self._gone = self._gone - names if is_run else self._gone | (names - self._own)
        return is_run

    def _is_plain(self, node: ast.AST) -> bool:
        """Whether evaluating it calls none of the submission's functions, and needs nothing that was left out."""
        for one in _run_with(node):
            if isinstance(one, ast.Call):
                name = one.func.attr if isinstance(one.func, ast.Attribute) else _root(one.func)
                if _root(one.func) in self._own or name in _NEVER_CALLED:
                    return False
            if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load) and one.id in self._gone:
                return False
        return True


def _root(node: ast.AST) -> str:
    """`np` of `np.zeros(3).shape[0]`; "" where it does not begin with a name."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def blanked(source: str, nodes: Iterable[ast.stmt]) -> str:
    """The source with `pass` in the place of these statements, and all others on their lines."""
    lines = source.split("\n")
    for node in sorted(nodes, key=lambda one: (one.lineno, one.col_offset), reverse=True):
        first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))]) - 1
        last = (node.end_lineno or node.lineno) - 1
        before, after = lines[first].encode()[: node.col_offset], lines[last].encode()[node.end_col_offset :]
        lines[first : last + 1] = [(before + b"pass" + after).decode(), *[""] * (last - first)]
    return "\n".join(lines)
