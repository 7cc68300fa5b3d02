"""The program inside a hand-in: which pieces are run, what they define, where, and what was lost.

takes: cells, and the graded names (`name` or `Class.method`).
gives: `Extract`.
must not know: answers, points. Code is parsed, never run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from grader.extract.exports import exported, says_what_is_exported
from grader.extract.extracted import Cell, Extract
from grader.extract.modules import LocalModule, Lookup, absolute_name, local_modules
from grader.extract.nested import Nested, nested_in, nowhere_else, on_nested
from grader.extract.not_code import answers_as_code
from grader.extract.notebook import is_script, read_hand_in
from grader.extract.notes import OnName, Place, on_homeless, on_rebound
from grader.extract.parsed import Parsed, Parser
from grader.extract.reading import globals_read
from grader.extract.replaced import CLASS, Made
from grader.extract.scopes import EMPTY, Scope, digest_again
from grader.extract.selection import Selection, select
from grader.extract.stand_ins import stand_ins
from grader.extract.statements import Function, Statement, first_line, name_of, names, only, segment
from grader.extract.written import with_written
from grader.wire import Piece, Program, Trouble


def extract(data: bytes, file: str, wanted: Sequence[str], look_up: Lookup | None = None) -> Extract:
    """Read a hand-in; `wanted` are the graded names, `look_up` finds the files beside it that it imports."""
    read = read_hand_in(data, file)
    cells, notes = answers_as_code(read.cells, wanted)
    find = with_written(cells, look_up)
    modules = local_modules([source for kind, source in cells if kind == "code"], find) if find else ()
    found = _Reader(file, wanted).read(cells, modules)
    return replace(found, notes=(*read.notes, *notes, *found.notes))


def stub_digests(data: bytes, file: str, wanted: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The digests of the graded functions as the hand-out has them."""
    digests = extract(data, file, wanted).digests
    return {name: (digests[name],) for name in wanted if name in digests}


@dataclass(frozen=True)
class _Read:
    """A cell of the hand-in, or the text of a local module; `code` where it is that."""

    cell: Cell
    code: Parsed | None
    module: LocalModule | None = None


class _Reader:
    """Walks local modules, and then the cells of one hand-in, once and in order."""

    def __init__(self, file: str, wanted: Sequence[str]) -> None:
        self.file = file
        self.wanted = tuple(wanted)
        self.owners = tuple(dict.fromkeys(name.split(".")[0] for name in wanted if "." in name))
        self.definitions: list[Piece] = []
        self.every: list[Piece] = []
        self.scopes: dict[str, Scope] = {"": Scope()}
        self.attributes: set[str] = set()
        self.history: list[Made] = []
        self.nested: list[Nested] = []
        self.homeless: list[tuple[str, Place]] = []
        self.left_out = 0
        self.selection = Selection()
        self.rebound: list[tuple[frozenset[str], Place]] = []
        self.parser = Parser()

    def read(self, cells: Sequence[tuple[str, str]], modules: Sequence[LocalModule] = ()) -> Extract:
        mine = [self._read(Cell(n, kind, source)) for n, (kind, source) in enumerate(cells, start=1)]
        theirs = [
            self._read(Cell(n, "code", module.source, file=module.file), module)
            for n, module in enumerate(modules, start=len(mine) + 1)
        ]
        statements = _statements(mine)
        self.scopes[""].classes.update(
            name for one in statements for name, made in one.fact(names) if isinstance(made, ast.ClassDef)
        )
        self.selection = select(_statements(theirs), statements, self.wanted)
        notes = self._define(one.code.fixed.source for one in mine if one.code)
        if len(theirs) > 1:
            # All are there before any is run, as modules that import each other need it.
            self._keep([Piece(one.cell.number, 1, "", module=one.module.path) for one in theirs if one.module])
        for one in (*theirs, *mine):
            self._take_cell(one)
        own = self.scopes[""]
        lost = {name: trouble for name, trouble in own.lost.items() if name not in own.places}
        there = {**own.places, **lost}
        nested = tuple(on_nested(nowhere_else(self.nested, there), is_script(self.file)))
        return Extract(
            self.file,
            tuple(_shown(one) for one in (*mine, *theirs)),
            Program(tuple(self.definitions), tuple(self.every), self.wanted),
            own.places,
            own.digests,
            lost,
            tuple(sorted(self.attributes)),
            self.left_out,
            (*notes, *self._notes(there, nested, statements)),
            tuple(self.history),
            nested,
        )

    def _read(self, cell: Cell, module: LocalModule | None = None) -> _Read:
        return _Read(cell, self.parser.parse(cell.source) if cell.kind == "code" else None, module)

    def _notes(
        self, there: Mapping[str, object], nested: Sequence[OnName], statements: Sequence[Statement]
    ) -> Iterator[str]:
        script = is_script(self.file)
        # Whatever reads such a function at top level may put it on its class.
        put_on = set().union(*(one.fact(globals_read) for one in statements if one in self.selection.run))
        yield from on_homeless((one for one in self.homeless if one[0] not in put_on), self.wanted, there, script)
        yield from dict.fromkeys(one.sentence for one in nested)  # a class has one for each of its methods
        yield from on_rebound(self.rebound, script)

    def _define(self, sources: Iterable[str]) -> tuple[str, ...]:
        """Define what the program uses without saying what it is; give the notes on that."""
        found = list(stand_ins("\n".join(sources)))
        if found:
            self._keep([Piece(0, 1, "\n".join(statement for statement, _ in found))])
        return tuple(note for _, note in found if note)

    def _keep(self, pieces: Sequence[Piece]) -> None:
        """Run these pieces, whatever else is run."""
        self.definitions.extend(pieces)
        self.every.extend(pieces)

    def _take_cell(self, one: _Read) -> None:
        scope = self.scopes.setdefault(one.module.name if one.module else "", Scope())
        if one.cell.kind == "markdown":
            scope.section.go_on(one.cell.source, [name for name in self.owners if name not in scope.classes])
        if one.module and one.code and not one.module.is_run:
            scope.exported = exported(one.code.statements)
        if one.code is not None:
            for trouble, names in one.code.fixed.troubles:
                placed = Trouble(trouble.type_name, trouble.message, one.cell.number, trouble.line)
                scope.lost.update(dict.fromkeys(names, placed))
            self._take(one.cell.number, one.code, one.module, scope)

    def _take(self, number: int, code: Parsed, module: LocalModule | None, scope: Scope) -> None:
        path = module.path if module else ""
        self.attributes |= code.numpy_names
        bound = self._bare_methods(number, code, scope)
        self._note_names(number, code, bound, module, scope)
        for name in bound.values():
            if scope.digests.get(name) != EMPTY:
                scope.section.given[name] = scope.section.number
        for one, name in bound.items():
            text = segment(code.lines, one.node)
            self._keep([Piece(number, first_line(one.node), text, name_of(one.node), name, path)])
        rest = [one for one in code.statements if one not in bound]
        if module and module.is_run:
            rest = [one for one in rest if not one.fact(says_what_is_exported)]
        kept = [one for one in rest if one in self.selection.run]
        for changed in filter(None, map(self.selection.changing.get, kept)):
            for name in changed:
                scope.forget(name)
            self.history += [Made(name, (number, 1), "") for name in self.wanted if name.split(".")[0] in changed]
        taken = self.selection.rebinding
        self.rebound += [(taken[one], (number, one.node.lineno)) for one in rest if one in taken]
        self.left_out += len(rest) - len(kept)
        for pieces, those in ((self.definitions, kept), (self.every, rest)):
            if those:
                pieces.append(Piece(number, 1, only(code.lines, those, code.statements), module=path))

    def _bare_methods(self, number: int, code: Parsed, scope: Scope) -> dict[Statement, str]:
        """Which graded method each bare `def forward(self, x)` stands for; it may be nobody's."""
        bound: dict[Statement, str] = {}
        for one in code.statements:
            node = one.node
            if not isinstance(node, Function) or not node.args.args or node.args.args[0].arg != "self":
                continue
            methods = [name for name in self.wanted if name.endswith(f".{node.name}")]
            methods = [name for name in methods if name.split(".")[0] not in scope.classes]
            if method := scope.section.method(node.name, code.fixed.source, methods):
                bound[one] = method
            elif not node.decorator_list:
                self.homeless.append((node.name, (number, node.lineno)))
        return bound

    def _note_names(
        self, number: int, code: Parsed, bound: Mapping[Statement, str], module: LocalModule | None, scope: Scope
    ) -> None:
        for one in code.statements:
            for name, definition in one.fact(names):
                shown = bound.get(one, name)
                scope.forget(shown)
                if isinstance(definition, ast.ImportFrom):
                    self._note_import(definition, name, module, scope)
                elif isinstance(definition, ast.Import):
                    continue  # what is imported is not in this file, and may not be there at all
                else:
                    scope.places[shown] = (number, definition.lineno)
                    if isinstance(definition, Function) and (shown in self.wanted or module):
                        scope.digests[shown] = digest_again(segment(code.lines, definition), definition)
                    if not module:
                        self._note_history(shown, (number, definition.lineno), one.node, definition, scope)
                        self.nested += nested_in(shown, definition, number, self.wanted)

    def _note_history(self, name: str, place: Place, node: ast.stmt, definition: ast.stmt, scope: Scope) -> None:
        """Keep what was defined; of what stands in a block nobody knows whether it was run."""
        if name not in self.wanted and name not in self.owners:
            return
        digest = scope.digests.get(name, "") if isinstance(node, (Function, ast.ClassDef)) else ""
        if isinstance(definition, ast.ClassDef):
            digest = "" if definition.bases or node is not definition else CLASS
        self.history.append(Made(name, place, digest))

    def _note_import(self, node: ast.ImportFrom, name: str, module: LocalModule | None, scope: Scope) -> None:
        """What comes from a file of the hand-in is as good as written here."""
        other = self.scopes.get(absolute_name(node.module or "", node.level, module))
        if other is None or other is scope:
            return
        for alias in node.names:
            if name in (alias.name, alias.asname):
                scope.take_over(alias.name, other, name)


def _statements(read: Iterable[_Read]) -> list[Statement]:
    return [statement for one in read if one.code for statement in one.code.statements]


def _shown(one: _Read) -> Cell:
    if one.code is None or not (one.code.fixed.remarks or one.code.fixed.troubles):
        return one.cell
    fixed = one.code.fixed
    troubles = [f"line {trouble.line}: {trouble.type_name}: {trouble.message}" for trouble, _ in fixed.troubles]
    return replace(one.cell, remarks=(*fixed.remarks, *troubles))
