"""The program inside a hand-in: which pieces are run, what they define, where, and what was lost.

takes: cells, and the graded names (`name` or `Class.method`).
gives: `Extract`.
must not know: answers, points. Code is parsed, never run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import MappingProxyType

from grader.extract.extracted import Extract
from grader.extract.flow.bare_methods import is_called_so, made_by_nothing, takes_itself
from grader.extract.flow.doubt import in_doubt
from grader.extract.flow.exports import exported, says_what_is_exported
from grader.extract.flow.lasting import lasting
from grader.extract.flow.reading import globals_read
from grader.extract.flow.rebound import given_away, may_be_away
from grader.extract.flow.selection import Selection, select
from grader.extract.flow.statements import Statement, first_line, name_of, names, only, segment
from grader.extract.formats.notebook import is_script, read_hand_in
from grader.extract.given_up import stubs_given_up
from grader.extract.imports.modules import LocalModule, Lookup, local_modules
from grader.extract.imports.written import with_written
from grader.extract.naming import Naming
from grader.extract.nested import noted, nowhere_else, on_nested, slid_in
from grader.extract.nodes import Function
from grader.extract.not_code import answers_as_code
from grader.extract.notes import OnName, Place, on_homeless, on_rebound
from grader.extract.parsed import Parsed
from grader.extract.read_cells import HandIn, ReadCell, placed, read_all
from grader.extract.repairs.outside import on_outside
from grader.extract.replaced import Made
from grader.extract.scopes import EMPTY, Scope, digest_again
from grader.extract.stand_ins import stand_ins
from grader.extract.strays import on_strays
from grader.extract.titles import parts_of
from grader.extract.unread import on_unread
from grader.extract.work import Stubs, worked
from grader.wire import Piece, Program


def extract(
    data: bytes,
    file: str,
    wanted: Sequence[str],
    look_up: Lookup | None = None,
    stubs: Stubs = MappingProxyType({}),
    more: str = "",
) -> Extract:
    """Read a hand-in; `wanted` are the graded names, `look_up` finds the files beside it that it imports.

    `stubs` are the digests of the functions as the hand-out has them; `more` is a cell of code behind all others.
    """
    read = read_hand_in(data, file)
    cells, notes = answers_as_code(read.cells, wanted)
    cells = [*cells, ("code", more)] if more else cells
    find = with_written(cells, look_up)
    modules = local_modules([source for kind, source in cells if kind == "code"], find) if find else ()
    found = _Reader(file, wanted, stubs).read(cells, modules)
    return replace(found, notes=(*read.notes, *notes, *found.notes))


def stub_digests(data: bytes, file: str, wanted: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The digests of the graded functions as the hand-out has them."""
    digests = extract(data, file, wanted).digests
    return {name: (digests[name],) for name in wanted if name in digests}


class _Reader:
    """Walks local modules, and then the cells of one hand-in, once and in order."""

    def __init__(self, file: str, wanted: Sequence[str], stubs: Stubs) -> None:
        self.file = file
        self.wanted = tuple(wanted)
        self.stubs = stubs
        self.definitions: list[Piece] = []
        self.every: list[Piece] = []
        self.naming = Naming(wanted)
        self.attributes: set[str] = set()
        self.homeless: list[tuple[str, Place]] = []
        self.left_out = 0
        self.selection = Selection()
        self.rebound: list[tuple[frozenset[str], Place]] = []
        self.wanting: list[str] = []
        self.late: list[tuple[ReadCell, Statement, str]] = []
        self.free: frozenset[str] = frozenset()  # methods that nothing else may be

    def read(self, cells: Sequence[tuple[str, str]], modules: Sequence[LocalModule] = ()) -> Extract:
        """Read all, decide what is run, lay it out in the order in which it runs, and say what was found."""
        hand_in = read_all(cells, modules, self.wanted, self.stubs)
        self._decide(hand_in)
        return self._found(hand_in, self._lay_out(hand_in))

    def _decide(self, hand_in: HandIn) -> None:
        """Which statements are run, and which methods are left for bare functions below a heading."""
        own, statements = self.naming.own, hand_in.statements
        own.classes |= {name for one in statements for name, made in one.fact(names) if isinstance(made, ast.ClassDef)}
        self.selection = select(hand_in.imported, statements, self.wanted)
        own.taken = self._taken(hand_in.mine, statements)
        open_ones = [name for name in self.wanted if "." in name and name not in own.taken]
        self.wanting = list(dict.fromkeys(name.split(".")[0] for name in open_ones))

    def _lay_out(self, hand_in: HandIn) -> tuple[str, ...]:
        """Put the pieces in their order; give the notes on what had to be defined before all."""
        notes = self._define(one.code.fixed.source for one in hand_in.mine if one.code)
        for one in hand_in.theirs:
            notes += self._define([one.code.fixed.source] if one.code else [], one.module.path if one.module else "")
        if len(hand_in.theirs) > 1:
            # All are there before any is run, as modules that import each other need it.
            self._keep([Piece(one.cell.number, 1, "", module=one.module.path) for one in hand_in.theirs if one.module])
        for one in (*hand_in.theirs, *hand_in.mine):
            self._take_cell(one)
        self._take_late()
        self._keep(list(stubs_given_up(self.naming.own, self.wanted, self.stubs)))
        away = sorted(may_be_away(hand_in.statements))
        self._keep([Piece(0, 1, f"if not callable({name}): del {name}") for name in away])
        return tuple(dict.fromkeys(notes))

    def _found(self, hand_in: HandIn, notes: Sequence[str]) -> Extract:
        """All that is known of the hand-in without having run it."""
        own = self.naming.own
        lost = {name: trouble for name, trouble in own.lost.items() if name not in own.places}
        there = {**own.places, **lost}
        script = is_script(self.file)
        nested = tuple(on_nested(nowhere_else(self.naming.nested, there), script))
        known = {*there, *(one.name for one in nested)}
        unread = tuple(on_unread([one.cell for one in hand_in.mine], self.wanted, known, script))
        both = [*hand_in.imported, *hand_in.statements]
        return Extract(
            self.file,
            tuple(one.shown() for one in (*hand_in.mine, *hand_in.theirs)),
            Program(tuple(self.definitions), tuple(self.every), self.wanted),
            own.places,
            own.digests,
            lost,
            tuple(sorted(self.attributes)),
            self.left_out,
            (*notes, *self._notes(there, nested, hand_in)),
            tuple(self.naming.history),
            (*unread, *nested),
            (*on_strays(hand_in.mine, self.wanted, script), *on_outside(hand_in.outside, self.wanted, script)),
            partial(in_doubt, both, self.selection, self.wanted, not hand_in.theirs),
            partial(lasting, both, self.selection, self.wanted, not hand_in.theirs),
        )

    def _notes(self, there: Mapping[str, object], nested: Sequence[OnName], hand_in: HandIn) -> Iterator[str]:
        script = is_script(self.file)
        # Whatever reads such a function at top level may put it on its class.
        put_on = set().union(*(one.fact(globals_read) for one in hand_in.statements if one in self.selection.run))
        homeless = self.homeless if there.keys() >= set(self.wanted) else [*self.homeless, *slid_in(hand_in.mine)]
        unused = (one for one in homeless if one[0] not in put_on)
        taken = self.naming.own.taken if self.homeless else ()
        yield from on_homeless(unused, self.wanted, there, taken, script)
        yield from noted(nested)
        yield from on_rebound(self.rebound, script)

    def _define(self, sources: Iterable[str], path: str = "") -> tuple[str, ...]:
        """Define what the program, or a module of its own, uses without saying what it is; give the notes on that."""
        found = list(stand_ins("\n".join(sources)))
        if found:
            self._keep([Piece(0, 1, "\n".join(statement for statement, _ in found), module=path)])
        return tuple(note for _, note in found if note)

    def _keep(self, pieces: Sequence[Piece]) -> None:
        """Run these pieces, whatever else is run."""
        self.definitions.extend(pieces)
        self.every.extend(pieces)

    def _take_cell(self, one: ReadCell) -> None:
        scope = self.naming.scope_of(one)
        if one.cell.kind == "markdown":
            scope.section.go_on(one.cell.source, self.wanting)
        if one.code and self.wanting and is_script(one.module.file if one.module else self.file):
            # As they were written: what cannot be read is repaired with its comments.
            lines = one.cell.source.split("\n")
            scope.parts = parts_of(lines, one.code.statements, scope.section, self.wanting)
        if one.module and one.code and not one.module.is_run:
            scope.exported = exported(one.code.statements)
        if one.code is not None:
            self.homeless += self.naming.note_lost(one, one.code, scope)
            self._take(one, one.code, scope)

    def _take(self, read: ReadCell, code: Parsed, scope: Scope) -> None:
        number, module = read.cell.number, read.module
        path = module.path if module else ""
        self.attributes |= code.numpy_names
        bound = self._bare_methods(read, code, scope)
        self.naming.note_cell(read, bound, scope)
        for one, name in bound.items():
            self._keep([_bare(number, code, one, name, path)])
        rest = [one for one in read.statements if one not in bound]
        if module and module.is_run:
            rest = [one for one in rest if not one.fact(says_what_is_exported)]
        kept = [one for one in rest if one in self.selection.run]
        for changed in filter(None, map(self.selection.changing.get, kept)):
            for name in changed:
                scope.forget(name)
            self.naming.history += [
                Made(name, (number, 1), "") for name in self.wanted if name.split(".")[0] in changed
            ]
        taken = self.selection.rebinding
        self.rebound += [(taken[one], (number, one.node.lineno)) for one in rest if one in taken]
        if not module:  # of files that are given, or lie beside it, nobody has to be told
            self.left_out += sum(one not in self.selection.run and not _is_text(one.node) for one in rest)
        for pieces, those in ((self.definitions, kept), (self.every, rest)):
            if those:
                pieces.append(Piece(number, 1, only(code.lines, those, code.statements), module=path))

    def _taken(self, mine: Sequence[ReadCell], statements: Sequence[Statement]) -> set[str]:
        """The methods that no bare function is for.

        Those of a class that has work in them, or that a call changes; all of one that is made by no `class`:
        `Sigmoid = Layer` has what `Layer` has. A value under that name is no class.
        """
        classes = self.naming.own.classes
        theirs = {name for name in self.wanted if name.split(".")[0] in classes}
        are_all_read = not any(one.code and one.code.fixed.troubles for one in mine)
        functions = (one.node for one in statements if isinstance(one.node, Function))
        if are_all_read and not any(is_called_so(node, self.wanted) for node in functions):
            return theirs
        self.free = made_by_nothing(statements, self.wanted)
        changed = set().union(*self.selection.changing.values())
        made = given_away(statements, classes)
        work = worked(placed(mine), theirs, self.stubs, changed)
        return work | {name for name in self.wanted if name.split(".")[0] in made - classes | changed & classes}

    def _bare_methods(self, read: ReadCell, code: Parsed, scope: Scope) -> dict[Statement, str]:
        """Which graded method each bare `def forward(self, x)` stands for; it may be nobody's."""
        bound: dict[Statement, str] = {}
        last = 0
        for one in read.statements:
            node, before, last = one.node, last, one.node.end_lineno or one.node.lineno
            if not isinstance(node, Function) or not is_called_so(node, self.wanted):
                continue
            part = scope.part_at(first_line(node), code.fixed.source)
            own = "\n".join(code.lines[max(before, part.above) : last])
            said = (own, part.source) if takes_itself(node) else ()  # without `self` a heading alone makes it a method
            method = self.naming.meant_by(node.name, said, part.section, scope)
            method = method if said or method in self.free else ""
            if method and method.split(".")[0] in scope.classes and node.decorator_list:
                continue  # that puts it there
            if method and digest_again(segment(code.lines, node), node) != EMPTY:
                part.section.given[method] = part.section.number
            if method and method.split(".")[0] in scope.classes:
                self.late.append((read, one, method))
            elif method:
                bound[one] = method
            elif takes_itself(node) and not node.decorator_list:
                self.homeless.append((node.name, (read.cell.number, node.lineno)))
        return bound

    def _take_late(self) -> None:
        """Put the bare methods of a class with a `class` of its own on it once that is there, wherever it stands."""
        for read, one, method in self.late:
            if read.code and isinstance(one.node, Function):
                self._keep([_bare(read.cell.number, read.code, one, method)])
                self.naming.note(read, one, method, one.node, self.naming.own)


def _bare(number: int, code: Parsed, one: Statement, method: str, path: str = "") -> Piece:
    """A function that stands for a method; one without `self` is handed no object."""
    node, name = one.node, name_of(one.node)
    alone = f"\n{name} = staticmethod({name})" if isinstance(node, Function) and not takes_itself(node) else ""
    return Piece(number, first_line(node), segment(code.lines, node) + alone, name, method, path)


def _is_text(node: ast.stmt) -> bool:
    """Whether it is a text by itself, as a file begins with: no line that tries something."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
