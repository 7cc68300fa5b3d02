"""One file of a submission, read: which graded names are where, the program that is run, and the facts."""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from grader.extract.files import Files, ParsedFile, absolute_name, own_modules
from grader.extract.headings import Headings
from grader.extract.model import Cell, Facts, Reading, Wanted
from grader.extract.names import Definition, Function, Namespace, without_blocks
from grader.extract.parsing import parse_cell
from grader.extract.selection import DEFINITIONS, IMPORTS, Selection, blanked, is_future
from grader.outcomes import Trouble
from grader.wire.program import Binding, Program, Unit

_USES_NUMPY = re.compile(r"(?<![\w.])np\.\w")
_HAS_NUMPY = re.compile(r"\bas[ \t]+np\b|\bnp[ \t]*=|\bimport\b[^\n]*(?:\bnp\b|\*)")
_NO_NUMPY = "`np` is used and never imported: the file was read as if it began with `import numpy as np`."


class FileReading:
    """What is known of one file, and of the modules that it imports: these are cells behind its own."""

    def __init__(self, file: ParsedFile, files: Files, wanted: Wanted, more: str = "") -> None:
        """Read it, with `more` as a last cell of code."""
        if more:
            cells = (*file.contents.cells, ("code", more))
            code = {**file.code, len(cells): parse_cell(more)}
            file = file._replace(contents=file.contents._replace(cells=cells), code=code)
        self.file, self.wanted, self._count = file, wanted, len(file.contents.cells)
        self.modules = own_modules(file, files)
        self._helpers = dict(enumerate(self.modules.values(), start=self._count + 1))
        self._code = {**file.code, **{number: helper.code[1] for number, helper in self._helpers.items()}}
        self._left_out: dict[int, list[ast.stmt]] = {}  # by the number of the cell
        self._library, self.names = Namespace(wanted.untouched), Namespace(wanted.untouched)
        self._bind_names(self._library, [*self._helpers])
        self._bind_names(self.names, [*file.code])
        self._bound: dict[str, Definition] = {}  # graded methods under other names
        self._bare = list(self._bare_methods())
        self._bindings = tuple(self._find_bindings())
        self._settle_broken()
        self.defined = {name: made for name in wanted.names if (made := self._bound.get(name) or self.names.find(name))}
        self.worked = [name for name in wanted.names if self.names.is_worked(name, self._bound.get(name))]

    # ---- names

    def _bind_names(self, names: Namespace, cells: Sequence[int]) -> None:
        """Decide what of these cells is run, and bind what that defines."""
        bodies = {number: self._code[number].tree.body for number in cells}
        own = {node.name for body in bodies.values() for node in body if isinstance(node, DEFINITIONS)}
        own |= {name.split(".")[0] for name in (*self.modules, *self._library.names)}
        imports = (node for body in bodies.values() for node in body if isinstance(node, ast.Import))
        own |= {one.asname for node in imports for one in node.names if one.asname and one.name in self.modules}
        selection = Selection(own)
        for number, body in bodies.items():
            left_out = self._left_out[number] = list(selection.left_out(body))
            file = self._helpers[number].name if number in self._helpers else ""
            for name, why in self._code[number].broken.items():
                names.broken[name] = Trouble(why.type_name, why.message, number, why.line, file)
            for node in without_blocks(body, set(left_out)):
                if names is self.names or not isinstance(node, IMPORTS):
                    is_own = isinstance(node, ast.ImportFrom) and absolute_name(node) in self.modules
                    names.take(node, number, self._library if is_own else None)

    def _bare_methods(self) -> Iterator[tuple[int, str, Function]]:
        """Graded methods that are functions below headings: cell, graded name and function."""
        methods = [name for name in self.wanted.names if "." in name and not self.names.is_worked(name)]
        headings = Headings(methods)
        for number, (kind, text) in enumerate(self.file.contents.cells if methods else (), start=1):
            if kind == "markdown":
                headings.text(text)
            elif cell := self.file.code.get(number):
                for name, node in headings.code(cell.source, cell.tree.body):
                    self._bound[name] = Definition(number, node)
                    yield number, name, node

    def _find_bindings(self) -> Iterator[Binding]:
        yield from (Binding(name, _bare_name(name)) for name in self.wanted.names if name in self._bound)
        for name in [name for name in self.wanted.names if name not in self._bound]:
            siblings = [one for one in self.wanted.names if one.rpartition(".")[0] == name.rpartition(".")[0] != ""]
            others = [(other, self.names.find(other)) for other in self.wanted.also_named.get(name, ())]
            there = [(other, made) for other, made in others if made]
            worked = [(other, made) for other, made in there if self.names.is_worked(name, made)]
            is_written = any(map(self.names.is_worked, siblings or [name]))
            is_written |= name.split(".")[0] in self.names.names and not self.names.find(name)
            if not is_written and (worked or (there and not self.names.find(name))):
                other, self._bound[name] = (worked or there)[0]
                yield Binding(name, other)

    def _settle_broken(self) -> None:
        """Where a function does not parse and only its stub does, take the stub out: it was not left alone."""
        for name in self.wanted.names:
            why = self.names.broken.pop(name, None) or self.names.broken.get(name.split(".")[0])
            if why is not None and not self.names.is_worked(name, self._bound.get(name)):
                self.names.broken[name] = why
                if stub := self.names.names.pop(name, None):
                    self._left_out[stub.cell].append(stub.node)

    @property
    def attempted(self) -> list[str]:
        """The graded names that somebody wrote something for."""
        return [name for name in self.wanted.names if name in self.names.broken or name in self.worked]

    @property
    def own(self) -> list[str]:
        """Those of them that are written in the file itself, and parse."""
        return [name for name in self.worked if self.defined[name].cell <= self._count]

    @property
    def missing(self) -> list[str]:
        """The graded functions and classes that are not here in any form."""
        there = {name.split(".")[0] for name in (*self.names.names, *self.names.broken, *self._bound)}
        return [name for name in dict.fromkeys(n.split(".")[0] for n in self.wanted.names) if name not in there]

    # ---- what comes of it

    def reading(self, notes: Iterable[str] = ()) -> Reading:
        """The program and the facts, with these notes among them."""
        more = (self.file.contents.note, _NO_NUMPY if self._lacks_numpy() else "")
        facts = Facts(
            is_script=self.file.contents.is_script,
            places={name: (made.cell, made.node.lineno) for name, made in self.defined.items()},
            untouched=tuple(name for name, made in self.defined.items() if self.names.is_untouched(name, made)),
            broken={name: why for name, why in self.names.broken.items() if name in self.wanted.names},
            hints={name: hint for name in self.wanted.names if (hint := self._hint(name))},
            notes=tuple(filter(None, (*notes, *more))),
            files={number: helper.name for number, helper in self._helpers.items()},
            left_out=sum(not is_future(node) for nodes in self._left_out.values() for node in nodes),
        )
        remarks = {number: cell.remark for number, cell in self.file.code.items()}
        cells = [Cell(n, *cell, remarks.get(n, "")) for n, cell in enumerate(self.file.contents.cells, start=1)]
        cells += [Cell(number, "code", helper.text, "", helper.name) for number, helper in self._helpers.items()]
        all_of_it = {number: list(filter(is_future, nodes)) for number, nodes in self._left_out.items()}
        whole = self._program(all_of_it) if facts.left_out else None
        digest = hashlib.sha256(self.file.data).hexdigest()
        return Reading(self.file.name, digest, tuple(cells), self._program(self._left_out), whole, facts)

    def _program(self, left_out: Mapping[int, Collection[ast.stmt]]) -> Program:
        units = [Unit(0, "import numpy as np")] if self._lacks_numpy() else []
        for number, cell in self.file.code.items():
            if set(cell.tree.body).difference(left_out[number]):
                units.append(Unit(number, self._renamed(number, blanked(cell.source, left_out[number]))))
        packages = (name.rsplit(".", n)[0] for name in self.modules for n in range(1, name.count(".") + 1))
        modules = dict.fromkeys(packages, "")
        for name, number in zip(self.modules, self._helpers, strict=True):
            modules[name] = blanked(self._code[number].source, left_out[number])
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
        by = made or self.names.names.get(owner)
        earlier = [one for one in self.names.earlier.get(name, ()) if self.names.is_worked(name, one)]
        if earlier and by and name not in self.worked:
            what = f"`{name}` in {self._where(by)} is empty or as it was handed out"
            what = what if made else f"`class {owner}` in {self._where(by)} has no `{method}`"
            return f"{what}, and replaces the one in {self._where(earlier[-1])}. Keep only one of them."
        others = self.wanted.also_named
        taken = {*self.wanted.names, *(other for names in others.values() for other in names)}
        near = self.names.near((name, *others.get(name, ()), method), taken) if not made else ""
        if not near or name in self.names.broken:
            return ""
        return f"`{near}` in {self._where(self.names.names[near])} may be meant to be `{name}`, but is not called that."

    def _where(self, made: Definition) -> str:
        cell = "" if self.file.contents.is_script else f"cell {made.cell}, "
        cell = f"{self._helpers[made.cell].name}, " if made.cell in self._helpers else cell
        return f"{cell}line {made.node.lineno}"


def _bare_name(criterion: str) -> str:
    return "_" + criterion.replace(".", "_")
