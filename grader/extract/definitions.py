"""The program inside a hand-in: which pieces are run, what they define, where, and what was lost.

takes: cells, and the graded names (`name` or `Class.method`).
gives: `Extract`.
must not know: answers, points. Code is parsed, never run.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from grader.extract.needed import idle_assignments
from grader.extract.notebook import is_script, read_hand_in
from grader.extract.repair import Repaired, repair
from grader.wire import Piece, Program, Trouble

EMPTY = "empty"
"""The digest of a function whose body does nothing: pass, `...`, `return None`, NotImplementedError."""

Function = ast.FunctionDef | ast.AsyncFunctionDef
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_NUMPY_NAME = re.compile(r"\b(?:np|numpy)\.([A-Za-z_]\w*)")
_BINDING = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_BLOCKS = (ast.If, ast.Try, ast.With, ast.For, ast.While)
_ASSIGNING = (ast.Assign, ast.AnnAssign, ast.AugAssign)


@dataclass(frozen=True)
class Cell:
    """One cell as the student wrote it, counted from 1; `remarks` tell what was left out or read otherwise."""

    number: int
    kind: str
    source: str
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Extract:
    """A program and its map.

    `places` maps each name that is defined to its cell and line; `digests` tells what a function's text is,
    so that an untouched one is known; `lost` maps names to why their definition could not be read; `left_out`
    counts statements that define nothing; `notes` say what had to be done to read the file.
    """

    file: str
    cells: tuple[Cell, ...]
    program: Program
    places: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    lost: Mapping[str, Trouble] = field(default_factory=dict)
    attributes: tuple[str, ...] = ()
    left_out: int = 0
    notes: tuple[str, ...] = ()

    @property
    def is_script(self) -> bool:
        """Whether the hand-in is a Python file, so that lines are counted in the file."""
        return is_script(self.file)

    def defined(self, wanted: Iterable[str]) -> list[str]:
        """Which of the graded names are there or were meant to be."""
        return [name for name in wanted if name in self.places or name in self.lost or name.split(".")[0] in self.lost]


def extract(data: bytes, file: str, wanted: Sequence[str]) -> Extract:
    """Read a hand-in; `wanted` are the graded names."""
    read = read_hand_in(data, file)
    return replace(_Reader(file, wanted).read(read.cells), notes=read.notes)


def stub_digests(data: bytes, file: str, wanted: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The digests of the graded functions as the hand-out has them."""
    digests = extract(data, file, wanted).digests
    return {name: (digests[name],) for name in wanted if name in digests}


class _Reader:
    """Walks the cells of one hand-in once, in order."""

    def __init__(self, file: str, wanted: Sequence[str]) -> None:
        self.file = file
        self.wanted = tuple(wanted)
        self.definitions: list[Piece] = []
        self.every: list[Piece] = []
        self.places: dict[str, tuple[int, int]] = {}
        self.digests: dict[str, str] = {}
        self.lost: dict[str, Trouble] = {}
        self.attributes: set[str] = set()
        self.headings = ""
        self.left_out = 0
        self.classes: set[str] = set()
        self.idle: set[int] = set()

    def read(self, cells: Sequence[tuple[str, str]]) -> Extract:
        repaired = [repair(source) if kind == "code" else None for kind, source in cells]
        for fixed in repaired:
            if fixed is not None:
                self.classes.update(
                    name for node in fixed.tree.body for name, d in _names(node) if isinstance(d, ast.ClassDef)
                )
        statements = [pair for fixed in repaired if fixed is not None for pair in _with_text(fixed)]
        self.idle = idle_assignments(statements, self.wanted)
        shown = []
        for number, ((kind, source), fixed) in enumerate(zip(cells, repaired, strict=True), start=1):
            remarks: list[str] = []
            if kind == "markdown":
                self.headings = _headings(source) or self.headings
            if fixed is not None:
                remarks = list(fixed.remarks)
                for trouble, names in fixed.troubles:
                    placed = Trouble(trouble.type_name, trouble.message, number, trouble.line)
                    remarks.append(f"line {trouble.line}: {trouble.type_name}: {trouble.message}")
                    self.lost.update(dict.fromkeys(names, placed))
                self._take(number, fixed.source, fixed.tree)
            shown.append(Cell(number, kind, source, tuple(remarks)))
        lost = {name: trouble for name, trouble in self.lost.items() if name not in self.places}
        program = Program(tuple(self.definitions), tuple(self.every), self.wanted)
        return Extract(
            self.file,
            tuple(shown),
            program,
            self.places,
            self.digests,
            lost,
            tuple(sorted(self.attributes)),
            self.left_out,
        )

    def _take(self, number: int, source: str, tree: ast.Module) -> None:
        lines = source.split("\n")
        self.attributes.update(_NUMPY_NAME.findall(source))
        bound = {id(node): name for node in tree.body if (name := self._bare_method(node, source))}
        self._note_names(number, tree, bound)
        for node in tree.body:
            if id(node) in bound:
                piece = Piece(number, _first(node), _segment(lines, node), _name(node), bound[id(node)])
                self.definitions.append(piece)
                self.every.append(piece)
        rest = [node for node in tree.body if id(node) not in bound]
        kept = [node for node in rest if _is_definition(node) and id(node) not in self.idle]
        self.left_out += len(rest) - len(kept)
        for pieces, nodes in ((self.definitions, kept), (self.every, rest)):
            if nodes:
                pieces.append(Piece(number, 1, _only(lines, nodes, tree.body)))

    def _bare_method(self, node: ast.stmt, source: str) -> str:
        """The graded method that a bare `def forward(self, x)` stands for, by the heading above it.

        A heading that names the class decides, else the cell's own comments; without either it is nobody's.
        """
        if not isinstance(node, Function) or not node.args.args or node.args.args[0].arg != "self":
            return ""
        methods = [name for name in self.wanted if name.endswith(f".{node.name}")]
        methods = [name for name in methods if name.split(".")[0] not in self.classes]
        for text in (self.headings, source):
            named = [name for name in methods if re.search(rf"\b{name.split('.')[0]}\b", text, re.IGNORECASE)]
            if len(named) == 1:
                return named[0]
        return ""

    def _note_names(self, number: int, tree: ast.Module, bound: Mapping[int, str]) -> None:
        for node in tree.body:
            for name, definition in _names(node):
                shown = bound.get(id(node), name)
                self._forget(shown)
                if isinstance(definition, (ast.Import, ast.ImportFrom)):
                    continue  # what is imported is not in this file, and may not be there at all
                self.places[shown] = (number, definition.lineno)
                if isinstance(definition, Function) and shown in self.wanted:
                    self.digests[shown] = _digest(definition)

    def _forget(self, name: str) -> None:
        """What had this name is replaced: a stub of the hand-out is no stub any longer."""
        for known in [known for known in self.digests if known == name or known.startswith(f"{name}.")]:
            del self.digests[known]


def _headings(markdown: str) -> str:
    """The last heading of a markdown cell (or its only line, where a title is not marked as one)."""
    lines = [line.strip() for line in markdown.split("\n") if line.strip()]
    marked = [line for line in lines if line.startswith(("#", "**"))]
    if marked:
        return marked[-1]
    return lines[0] if len(lines) == 1 else ""


def _names(node: ast.stmt) -> Iterator[tuple[str, ast.stmt]]:
    """The names a top-level statement defines, methods as `Class.method`, also within if, try and with."""
    waiting = [node]
    while waiting:  # and no recursion: a chain of elif is as deep as it is long
        statement = waiting.pop(0)
        if isinstance(statement, Function):
            yield statement.name, statement
        elif isinstance(statement, ast.ClassDef):
            yield statement.name, statement
            for inner in statement.body:
                yield from ((f"{statement.name}.{name}", definition) for name, definition in _names(inner))
        elif isinstance(statement, (ast.Assign, ast.AnnAssign)):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            yield from ((name, statement) for target in targets for name in _targets(target))
        elif isinstance(statement, (ast.Import, ast.ImportFrom)):
            yield from ((alias.asname or alias.name.split(".")[0], statement) for alias in statement.names)
        elif isinstance(statement, ast.Expr):
            yield from ((name, statement) for name in _set_attributes(statement.value))
        elif isinstance(statement, _BLOCKS):
            waiting.extend(child for child in ast.iter_child_nodes(statement) if isinstance(child, ast.stmt))
            handlers = statement.handlers if isinstance(statement, ast.Try) else []
            waiting.extend(inner for handler in handlers for inner in handler.body)


def _set_attributes(call: ast.expr) -> Iterator[str]:
    """`setattr(Sigmoid, "forward", f)` defines as much as an assignment does."""
    match call:
        case ast.Call(func=ast.Name(id="setattr"), args=[ast.Name(id=owner), ast.Constant(value=str(name)), _]):
            yield f"{owner}.{name}"
        case _:
            return


def _targets(target: ast.expr) -> Iterator[str]:
    match target:
        case ast.Name(id=name):
            yield name
        case ast.Attribute(value=ast.Name(id=owner), attr=name):
            yield f"{owner}.{name}"
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            yield from (name for element in elements for name in _targets(element))
        case _:
            return


def _is_definition(node: ast.stmt) -> bool:
    if isinstance(node, (*_BINDING, *_ASSIGNING)):
        return True
    if isinstance(node, (ast.If, ast.Try, ast.With)):
        return any(isinstance(inner, (*_BINDING, *_ASSIGNING)) for inner in ast.walk(node))
    if isinstance(node, (ast.For, ast.While)):  # a loop that only computes may train for hours
        return any(isinstance(inner, _BINDING) for inner in ast.walk(node))
    return isinstance(node, ast.Expr) and any(_set_attributes(node.value))


def _first(node: ast.stmt) -> int:
    decorators = node.decorator_list if isinstance(node, (*_FUNCTIONS, ast.ClassDef)) else []
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _with_text(fixed: Repaired) -> Iterator[tuple[ast.stmt, str]]:
    lines = fixed.source.split("\n")
    for node in fixed.tree.body:
        yield node, _segment(lines, node)


def _name(node: ast.stmt) -> str:
    return node.name if isinstance(node, Function) else ""


def _segment(lines: list[str], node: ast.stmt) -> str:
    return "\n".join(lines[_first(node) - 1 : node.end_lineno])


def _only(lines: list[str], nodes: Sequence[ast.stmt], among: Sequence[ast.stmt]) -> str:
    """The source with only these statements, all on their own lines.

    Where statements share a line (`x = 1; plot(x)`) the line is kept whole: each still runs by itself.
    """
    if len(nodes) == len(among):
        return "\n".join(lines)
    wanted = set(map(id, nodes))
    kept = [""] * len(lines)
    last_kept = -1
    for node, following in zip(among, [*among[1:], None], strict=True):
        first, last = _first(node) - 1, node.end_lineno or node.lineno
        shares_next = following is not None and id(following) in wanted and _first(following) == last
        if id(node) in wanted or first < last_kept or shares_next:
            kept[first:last] = lines[first:last]
            last_kept = last
    return "\n".join(kept)


def _digest(function: Function) -> str:
    """What a function's text is, without its docstring, comments, decorators and layout.

    `ast.unparse`, not `ast.dump`: the text is the same in every version of Python, and keys travel.
    """
    body = function.body
    if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:] if isinstance(body[0].value.value, str) else body
    if all(_does_nothing(statement) for statement in body):
        return EMPTY
    try:
        text = ast.unparse(function.args) + ":" + "\n".join(ast.unparse(statement) for statement in body)
    except (RecursionError, ValueError):
        return "unknown"
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def _does_nothing(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Return(value=None) | ast.Return(value=ast.Constant(value=None)):
            return True
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Raise(exc=ast.Name(id="NotImplementedError")):
            return True
        case ast.Raise(exc=ast.Call(func=ast.Name(id="NotImplementedError"))):
            return True
        case _:
            return False
