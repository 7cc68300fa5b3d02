"""One file of a submission, read: which graded names are where, the program that is run, and the facts."""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from grader.extract.files import Files, ParsedFile, absolute_name, own_modules
from grader.extract.model import Cell, Facts, Reading, Wanted
from grader.extract.names import Definition, Function, Headings, Namespace
from grader.extract.parsing import parse_cell
from grader.extract.selection import DEFINITIONS, IMPORTS, Selection, blanked, bound_names
from grader.outcomes import Trouble
from grader.wire.program import Binding, Program, Unit

_USES_NUMPY = re.compile(r"(?<![\w.])np\.\w")
_HAS_NUMPY = re.compile(r"\bas[ \t]+np\b|\bnp[ \t]*=|\bimport\b[^\n]*(?:\bnp\b|\*)")
_NO_NUMPY = "`np` is used and never imported: the file was read as if it began with `import numpy as np`."


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
        found = {name: self._bound.get(name) or self._names.find(name) for name in wanted.names}
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
            selection.left_out = self._left_out[number] = []
            file = self._helpers[number].name if number in self._helpers else ""
            for name, why in self._code[number].broken.items():
                names.broken[name] = Trouble(why.type_name, why.message, number, why.line, file)
            for node in selection.run(body):
                if names is self._names or not isinstance(node, IMPORTS):
                    names.take(node, number, self._library if self._is_own_import(node) else None)

    def _is_own_import(self, node: ast.stmt) -> bool:
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [absolute_name(node)] if isinstance(node, ast.ImportFrom) else []
        return not self.modules.keys().isdisjoint(names)

    def _bare_methods(self) -> Iterator[tuple[int, str, Function]]:
        """Graded methods that are functions below headings: cell, graded name and function."""
        methods = [name for name in self.wanted.names if "." in name and not self._is_worked(name)]
        headings = Headings(methods)
        for number, (kind, text) in enumerate(self.file.contents.cells if methods else (), start=1):
            if kind == "markdown":
                headings.text(text)
            elif cell := self.file.code.get(number):
                for name, node in headings.code(cell.source, cell.tree.body):
                    self._bound[name] = Definition(number, node)
                    yield number, name, node
                for name in filter(headings.method, cell.broken):
                    self._names.broken[headings.method(name)] = self._names.broken[name]

    def _find_bindings(self) -> Iterator[Binding]:
        yield from (Binding(name, _bare_name(name)) for name in self._bound)
        for name in [name for name in self.wanted.names if name not in self._bound]:
            owner, found = name.rpartition(".")[0], self._names.find(name)
            siblings = [one for one in self.wanted.names if one == name or one.startswith(f"{owner or name}.")]
            is_written = any(map(self._names.is_worked, siblings)) or (owner in self._names.names and not found)
            others = [(other, self._names.find(other)) for other in self.wanted.also_named.get(name, ())]
            worked = [(other, made) for other, made in others if made and self._names.is_worked(name, made)]
            there = worked or [(other, made) for other, made in others if made and not found]
            if there and not is_written:
                other, self._bound[name] = there[0]
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
        hints = {name: hint for name in self.wanted.names if (hint := self._hint(name))}
        about = [hint for name, hint in hints.items() if name in defined]
        about += [_NO_NUMPY] if self._lacks_numpy() else []
        facts = Facts(
            is_script=contents.is_script,
            places={name: (made.cell, made.node.lineno) for name, made in defined.items()},
            untouched=tuple(name for name, made in defined.items() if self._names.is_untouched(name, made)),
            broken={name: why for name, why in self._names.broken.items() if name in self.wanted.names},
            hints={name: hint for name, hint in hints.items() if name not in defined},
            notes=tuple(filter(None, [*notes, contents.note, *about])),
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
        units = [Unit(0, "import numpy as np")] if self._lacks_numpy() else []
        for number, cell in self.file.code.items():
            if set(cell.tree.body).difference(left_out[number]):
                units.append(Unit(number, self._renamed(number, blanked(cell.source, left_out[number]))))
        numbered = zip(self.modules, self._helpers, strict=True)
        modules = {name: blanked(self._code[number].source, left_out[number]) for name, number in numbered}
        given = {file: text.encode() for file, text in self.wanted.files.items() if not file.endswith(".py")}
        return Program(tuple(units), modules, self._bindings, given)

    def _renamed(self, number: int, source: str) -> str:
        """The source of a cell in which each bare method has a name of its own, beside the one that it had."""
        lines, names = source.split("\n"), dict[str, str]()
        for _, criterion, node in (one for one in self._bare if one[0] == number):
            names[node.name], at = _bare_name(criterion), node.lineno - 1
            lines[at] = re.sub(rf"\bdef(\s+){node.name}\b", rf"def\1{_bare_name(criterion)}", lines[at], count=1)
        return "\n".join([*lines, *(f"{old} = {new}" for old, new in names.items())])

    def _lacks_numpy(self) -> bool:
        texts = [cell.source for cell in self.file.code.values()]
        return any(map(_USES_NUMPY.search, texts)) and not any(map(_HAS_NUMPY.search, texts))

    def _hint(self, name: str) -> str:
        """What to do about a graded name that is not there, though something for it is."""
        made, (owner, _, method) = self.defined.get(name), name.rpartition(".")
        by = made or self._names.names.get(owner)
        earlier = [one for one in self._names.earlier.get(name, ()) if self._names.is_worked(name, one)]
        if earlier and by and not self._is_worked(name):
            what = f"`{name}`" if made else f"`class {owner}` without `{method}`"
            return f"{what} in {self._where(by)} replaces the one in {self._where(earlier[-1])}. Keep only one of them."
        others = self.wanted.also_named
        taken = {*self.wanted.names, *(other for names in others.values() for other in names)}
        near = "" if made else self._names.near((name, *others.get(name, ()), method), taken)
        where = self._where(self._names.names[near]) if near and name not in self._names.broken else ""
        return f"`{near}` in {where} may be meant to be `{name}`, but is not called that." if where else ""

    def _where(self, made: Definition) -> str:
        cell = "" if self.file.contents.is_script else f"cell {made.cell}, "
        cell = f"{self._helpers[made.cell].name}, " if made.cell in self._helpers else cell
        return f"{cell}line {made.node.lineno}"


def _bare_name(criterion: str) -> str:
    return "_" + criterion.replace(".", "_")
