"""What each definition of a hand-in is known as: where a name stands, what its text is, what it replaces.

takes: cells as they are read, in order.
gives: the scopes of the hand-in and of its modules; the history of its graded names.
must not know: answers, which statements are run.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence

from grader.extract.flow.statements import Statement, names, segment
from grader.extract.headings import Section
from grader.extract.imports.modules import LocalModule, absolute_name
from grader.extract.nested import Nested, nested_in
from grader.extract.nodes import Function
from grader.extract.notes import Place
from grader.extract.parsed import Parsed
from grader.extract.read_cells import ReadCell
from grader.extract.replaced import CLASS, FUNCTION, Made
from grader.extract.scopes import Scope, digest_again
from grader.wire import Trouble


class Naming:
    """The namespaces by their modules' names, that of the hand-in itself being ""."""

    def __init__(self, wanted: Sequence[str]) -> None:
        self.wanted = tuple(wanted)
        self.owners = tuple(dict.fromkeys(name.split(".")[0] for name in wanted if "." in name))
        self.scopes: dict[str, Scope] = {"": Scope()}
        self.history: list[Made] = []
        self.nested: list[Nested] = []

    @property
    def own(self) -> Scope:
        """The hand-in's own namespace."""
        return self.scopes[""]

    def scope_of(self, read: ReadCell) -> Scope:
        """The namespace that a cell is run in."""
        return self.scopes.setdefault(read.module.name if read.module else "", Scope())

    def meant_by(self, name: str, sources: Iterable[str], section: Section, scope: Scope) -> str:
        """The graded method that a bare function of this name stands for, with these sources around it, if any."""
        methods = [one for one in self.wanted if one.endswith(f".{name}") and one not in scope.taken]
        return section.method(name, sources, methods)

    def note_lost(self, read: ReadCell, code: Parsed, scope: Scope) -> list[tuple[str, Place]]:
        """Note why definitions of a cell cannot be read; give the bare methods among them that are of no class.

        A bare method's reason is that of what it stands for.
        """
        homeless: list[tuple[str, Place]] = []
        bare = _bare_in(read.cell.source) if code.fixed.troubles else {}
        for trouble, lost in code.fixed.troubles:
            placed = Trouble(trouble.type_name, trouble.message, read.cell.number, trouble.line)
            for name in lost:
                method = ""
                if line := bare.get(name):
                    part = scope.part_at(trouble.line or line, read.cell.source)
                    method = self.meant_by(name, [part.source], part.section, scope)
                    homeless += [] if method else [(name, (read.cell.number, line))]
                    part.section.given |= {method: part.section.number} if method else {}
                scope.lost[method or name] = placed
        return homeless

    def note_cell(self, read: ReadCell, bound: Mapping[Statement, str], scope: Scope) -> None:
        """Note all that a cell defines; `bound` are bare functions that stand for a method."""
        for one in read.statements:
            for name, definition in one.fact(names):
                shown = bound.get(one, name)
                if isinstance(definition, ast.ImportFrom):
                    scope.forget(shown)
                    self._note_import(definition, name, read.module, scope)
                elif isinstance(definition, ast.Import):
                    scope.forget(shown)  # what is imported is not in this file, and may not be there at all
                else:
                    self.note(read, one, shown, definition, scope)

    def note(self, read: ReadCell, one: Statement, name: str, definition: ast.stmt, scope: Scope) -> None:
        """Note what a statement defines."""
        place = (read.number, definition.lineno)
        scope.forget(name)
        scope.places[name] = place
        if isinstance(definition, Function) and read.code and (name in self.wanted or read.module):
            scope.digests[name] = digest_again(segment(read.code.lines, definition), definition)
        if not read.module:
            self._note_history(name, place, one.node, definition, scope)
            self.nested += nested_in(name, definition, read.number, self.wanted)

    def _note_history(self, name: str, place: Place, node: ast.stmt, definition: ast.stmt, scope: Scope) -> None:
        """Keep what was defined; of what stands in a block nobody knows whether it was run."""
        if name not in self.wanted and name not in self.owners:
            return
        digest = scope.digests.get(name, "") if isinstance(node, (Function, ast.ClassDef)) else ""
        if isinstance(definition, ast.ClassDef):
            digest = "" if definition.bases or node is not definition else CLASS
        elif name in self.owners and node is definition and isinstance(definition, Function):
            digest = FUNCTION
        self.history.append(Made(name, place, digest, (place[0], node.lineno)))

    def _note_import(self, node: ast.ImportFrom, name: str, module: LocalModule | None, scope: Scope) -> None:
        """What comes from a file of the hand-in is as good as written here."""
        other = self.scopes.get(absolute_name(node.module or "", node.level, module))
        if other is None or other is scope:
            return
        for alias in node.names:
            if name in (alias.name, alias.asname):
                scope.take_over(alias.name, other, name)


_BARE = re.compile(r"^(?:async\s+)?def\s+([\w.]+)\s*\(\s*(?:self\b|\*\w)", re.MULTILINE)


def _bare_in(source: str) -> dict[str, int]:
    """The functions that begin as methods do, at the left edge, each with its first line."""
    found: dict[str, int] = {}
    line, at = 1, 0
    for match in _BARE.finditer(source):
        line, at = line + source.count("\n", at, match.start()), match.start()
        found.setdefault(match[1], line)
    return found
