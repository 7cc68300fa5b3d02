"""What of a submission is run: definitions, imports, and assignments that call none of its own functions.

So nothing is trained, plotted, printed or tested. What is left out is replaced within its own lines.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
IMPORTS = (ast.Import, ast.ImportFrom)
ASSIGNMENTS = (ast.Assign, ast.AnnAssign, ast.AugAssign)
Block = ast.If | ast.Try | ast.TryStar | ast.With

# Calls that wait, train, or read files, by their last name: `open(...)`, `np.load(...)`, `model.fit(...)`.
_NEVER_CALLED = {"open", "input", "fit", "train", "load", "loadtxt", "genfromtxt", "loadmat", "imread", "read_csv"}
_NEVER_CALLED |= {"urlopen", "urlretrieve", "system", "exit", "quit", "sleep"}
_VALUES = (ast.Constant, ast.BinOp, ast.Compare, ast.List, ast.UnaryOp)


def parts_of(block: Block) -> tuple[list[ast.expr], list[list[ast.stmt]]]:
    """What the header of a block evaluates, and its lists of statements; an `elif` is another part of its `if`."""
    if isinstance(block, ast.With):
        return [item.context_expr for item in block.items], [block.body]
    if not isinstance(block, ast.If):
        return [], [block.body, *(handler.body for handler in block.handlers), block.orelse, block.finalbody]
    tests, bodies = [block.test], [block.body]
    while len(block.orelse) == 1 and isinstance(inner := block.orelse[0], ast.If):
        block = inner
        tests, bodies = [*tests, block.test], [*bodies, block.body]
    return tests, [*bodies, block.orelse]


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
        self.left_out: list[ast.stmt] = []
        self._own = set(own)
        self._gone: set[str] = set()  # bound only by what was left out

    def run(self, body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
        """The statements that are run, those within `if`, `try` and `with` one by one; others go to `left_out`."""
        for node in body:
            if isinstance(node, (*DEFINITIONS, *IMPORTS)) or self._is_kept(node):
                self._gone.difference_update(bound_names(node))
                yield node
            elif isinstance(node, Block) and (inner := self._run_block(node)):
                yield from inner
            elif not is_idle(node):
                self._gone.update(set(bound_names(node)) - self._own)
                self.left_out.append(node)

    def _run_block(self, block: Block) -> list[ast.stmt]:
        headers, bodies = parts_of(block)
        names = {_root(one) for header in headers for one in ast.walk(header)}
        if "__name__" in names or not all(map(self._is_plain, headers)):
            return []
        before = len(self.left_out)
        inner = [node for body in bodies for node in self.run(body)]
        if not inner:
            del self.left_out[before:]
        return inner

    def _is_kept(self, node: ast.stmt) -> bool:
        """Whether it is an assignment that is run."""
        if not isinstance(node, ASSIGNMENTS) or not self._is_plain(node):
            return False
        names = set(bound_names(node))
        if isinstance(node.value, _VALUES) and names & self._own:  # `relu = 0.5` below `def relu`
            return False
        used = ast.walk(node.value) if node.value else ()
        if any(isinstance(one, ast.Lambda) or (isinstance(one, ast.Name) and one.id in self._own) for one in used):
            self._own |= names  # another name of a function, or a table of some
        return True

    def _is_plain(self, node: ast.AST) -> bool:
        """Whether evaluating it calls none of the submission's functions, and needs nothing that was left out."""
        for one in _run_with(node):
            if isinstance(one, ast.Call):
                name = one.func.attr if isinstance(one.func, ast.Attribute) else _root(one.func)
                if _root(one.func) in self._own or name in _NEVER_CALLED:
                    return False
            is_gone = isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load) and one.id in self._gone
            if is_gone or isinstance(one, ast.Await):
                return False
        return True


def _root(node: ast.AST) -> str:
    """`np` of `np.zeros(3).shape[0]`; "" where it does not begin with a name."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def blanked(source: str, nodes: Iterable[ast.stmt]) -> str:
    """The source with nothing in the place of these statements, on the same lines."""
    lines = source.split("\n")
    for node in sorted(nodes, key=lambda one: (one.lineno, one.col_offset), reverse=True):
        decorators = node.decorator_list if isinstance(node, DEFINITIONS) else ()
        first, last = min([node.lineno, *(one.lineno for one in decorators)]) - 1, (node.end_lineno or node.lineno) - 1
        before, after = lines[first].encode()[: node.col_offset], lines[last].encode()[node.end_col_offset :]
        instead = [""] * (last - first + 1)
        if before or after.strip():
            instead = ["pass"] if first == last else ["(", *instead[2:], ")"]
        instead[0] = before.decode() + instead[0]
        instead[-1] += after.decode()
        lines[first : last + 1] = instead
    return "\n".join(lines)
