"""One file of a submission, read: which graded names are where, the program that is run, and the facts."""

from __future__ import annotations

import ast
import difflib
import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from grader.extract.formats import Files, ParsedFile, absolute_name, own_modules
from grader.extract.model import Cell, Facts, Reading, Wanted
from grader.extract.names import Definition, Function, Headings, Namespace
from grader.extract.parsing import parse_cell
from grader.extract.selection import DEFINITIONS, IMPORTS, Selection, blanked, bound_names
from grader.outcomes import Trouble
from grader.wire.program import Binding, Program, Unit

_ALIKE = 0.85  # `affine_forwad` is like `affine_forward`, `affine_backward` is not


class FileReading:
    """What is known of one file, and of the modules that it imports: these are cells behind its own.

    `defined` are the graded names that are there, `attempted` those that somebody wrote something for, `own` those of
    them that are in the file itself and parse. `missing` are graded functions and classes that are not there at all.
    """

    def __init__(self, file: ParsedFile, files: Files, wanted: Wanted, more: str = "") -> None:
        """Read it, with `more` as a last cell of code."""
        if more:
            cells = (*file.contents.cells, ("code", more))
            code = {**file.code, len(cells): parse_cell(more)}
            file = file._replace(contents=file.contents._replace(cells=cells), code=code)
        self.file, self.wanted, count = file, wanted, len(file.contents.cells)
        self.modules = own_modules(file, files)
        self._helpers = dict(enumerate(self.modules.values(), start=count + 1))
        self._code = {**file.code, **{number: helper.code[1] for number, helper in self._helpers.items()}}
        self._left_out: dict[int, list[ast.stmt]] = {}  # by the number of the cell
        self._library, self._names = Namespace(wanted.untouched), Namespace(wanted.untouched)
        self._bind_names(self._library, self._helpers)
        self._bind_names(self._names, file.code)
        self._bound: dict[str, Definition] = {}  # graded methods under other names
        self._bare = list(self._bare_methods())
        self._bindings = tuple(self._find_bindings())
        self._settle_broken()
        found = {name: self._bound.get(name) or self._names.names.get(name) for name in wanted.names}
        self.defined = {name: made for name, made in found.items() if made}
        self.attempted = [name for name in wanted.names if name in self._names.broken or self._is_worked(name)]
        self.own = [name for name in self.attempted if name in self.defined and self.defined[name].cell <= count]
        there = {name.split(".")[0] for name in (*self._names.names, *self._names.broken, *self._bound)}
        self.missing = list(dict.fromkeys(n for name in wanted.names if (n := name.split(".")[0]) not in there))

    # ---- names

    def _bind_names(self, names: Namespace, cells: Iterable[int]) -> None:
        """Decide what of these cells is run, and bind what that defines."""
        bodies = {number: self._code[number].tree.body for number in cells}
        nodes = [node for body in bodies.values() for node in body]
        own = [node for node in nodes if isinstance(node, DEFINITIONS) or self._is_own_import(node)]
        selection = Selection({*self._library.names, *(name for node in own for name in bound_names(node))})
        for number, body in bodies.items():
            file = self._helpers[number].name if number in self._helpers else ""
            for name, why in self._code[number].broken.items():
                names.broken[name] = Trouble(why.type_name, why.message, number, why.line, file)
            kept, self._left_out[number] = selection.split(body)
            for node in kept:
                if names is self._names or not isinstance(node, IMPORTS):
                    names.take(node, number, self._library if self._is_own_import(node) else None)

    def _is_own_import(self, node: ast.stmt) -> bool:
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [absolute_name(node)] if isinstance(node, ast.ImportFrom) else []
        return not self.modules.keys().isdisjoint(names)

    def _bare_methods(self) -> Iterator[tuple[int, str, Function]]:
        """Graded methods that are functions below headings: cell, graded name and function."""
        headings = Headings([name for name in self.wanted.names if "." in name])
        needed = {name for name in self.wanted.names if "." in name and not self._is_worked(name)}
        for number, (kind, text) in enumerate(self.file.contents.cells if needed else (), start=1):
            if kind == "markdown":
                headings.text(text)
            elif cell := self.file.code.get(number):
                found = headings.code(cell.source, cell.tree.body)
                for name, node in ((name, node) for name, node in found if name in needed):
                    self._bound[name] = Definition(number, node)
                    yield number, name, node
                for name in cell.broken:
                    if headings.method(name) in needed:
                        self._names.broken[headings.method(name)] = self._names.broken[name]

    def _find_bindings(self) -> Iterator[Binding]:
        yield from (Binding(name, "_" + name.replace(".", "_")) for name in self._bound)
        for name in [name for name in self.wanted.names if name not in self._bound]:
            owner, found = name.rpartition(".")[0], self._names.names.get(name)
            siblings = [one for one in self.wanted.names if one == name or one.startswith(f"{owner or name}.")]
            is_written = any(map(self._names.is_worked, siblings)) or (owner in self._names.names and not found)
            others = [other for other in self.wanted.also_named.get(name, ()) if other in self._names.names]
            worked = [other for other in others if self._names.is_worked(name, self._names.names[other])]
            for other in (worked or (() if found else others))[: not is_written]:
                self._bound[name] = self._names.names[other]
                yield Binding(name, other)

    def _settle_broken(self) -> None:
        """Where a function does not parse and only its stub does, take the stub out: it was not left alone."""
        for name in self.wanted.names:
            why = self._names.broken.pop(name, None) or self._names.broken.get(name.split(".")[0])
            if why is not None and not self._is_worked(name):
                self._names.broken[name] = why
                if stub := self._names.names.pop(name, None):
                    self._left_out[stub.cell].append(stub.node)

    def _is_worked(self, name: str) -> bool:
        return self._names.is_worked(name, self._bound.get(name))

    # ---- what comes of it

    def reading(self, notes: Iterable[str] = ()) -> Reading:
        """The program and the facts, with these notes among them."""
        defined, contents = self.defined, self.file.contents
        absent = [name for name in self.wanted.names if name not in defined and name not in self._names.broken]
        facts = Facts(
            is_script=contents.is_script,
            places={name: (made.cell, made.node.lineno) for name, made in defined.items()},
            untouched=tuple(name for name, made in defined.items() if self._names.is_untouched(name, made)),
            broken={name: why for name, why in self._names.broken.items() if name in self.wanted.names},
            hints={name: hint for name in absent if (hint := self._hint(name))},
            notes=tuple(notes),
            files={number: helper.name for number, helper in self._helpers.items()},
            left_out=sum(map(len, self._left_out.values())),
        )
        remarks = {number: cell.remark for number, cell in self.file.code.items()}
        cells = [Cell(n, kind, source, remarks.get(n, "")) for n, (kind, source) in enumerate(contents.cells, start=1)]
        cells += [Cell(n, "code", "\n".join(one.contents.code), "", one.name) for n, one in self._helpers.items()]
        whole = self._program(dict.fromkeys(self._left_out, ())) if facts.left_out else None
        digest = hashlib.sha256(self.file.data).hexdigest()
        return Reading(self.file.name, digest, tuple(cells), self._program(self._left_out), whole, facts)

    def _program(self, left_out: Mapping[int, Collection[ast.stmt]]) -> Program:
        units = []
        for number, cell in self.file.code.items():
            if set(cell.tree.body).difference(left_out[number]):
                units.append(Unit(number, self._renamed(number, blanked(cell.source, left_out[number]))))
        numbered = zip(self.modules, self._helpers, strict=True)
        modules = {name: blanked(self._code[number].source, left_out[number]) for name, number in numbered}
        given = {file: text.encode() for file, text in self.wanted.files.items() if not file.endswith(".py")}
        return Program(tuple(units), modules, self._bindings, given)

    def _renamed(self, number: int, source: str) -> str:
        """The source of a cell in which each bare method has a name of its own, beside the one that it had."""
        lines, new = source.split("\n"), {one.criterion: one.name for one in self._bindings}
        here = [(node, new[criterion]) for cell, criterion, node in self._bare if cell == number]
        for node, name in here:
            at = node.lineno - 1
            lines[at] = re.sub(rf"\bdef(\s+){node.name}\b", rf"def\1{name}", lines[at], count=1)
        return "\n".join([*lines, *(f"{node.name} = {name}" for node, name in here)])

    def _hint(self, name: str) -> str:
        """Which function may be meant to be a graded one that is not there; "" where none may."""
        others = self.wanted.also_named
        taken = {*self.wanted.names, *(other for names in others.values() for other in names)}
        names = self._names.names
        free = [one for one, made in names.items() if isinstance(made.node, Function) and one not in taken]
        for spelling in (name, *others.get(name, ()), name.rpartition(".")[2]):
            for near in difflib.get_close_matches(spelling, free, 1, _ALIKE):
                cell, node = names[near]
                where = "" if self.file.contents.is_script else f"cell {cell}, "
                where = f"{self._helpers[cell].name}, " if cell in self._helpers else where
                return f"`{near}` in {where}line {node.lineno} may be meant to be `{name}`, but is not called that."
        return ""
