"""Run a student's program, statement by statement; one that raises costs only itself.

takes: pieces of cells, the names that are wanted, the time allowed.
gives: the namespace they made, and `Loaded`: what is defined and what failed.
must not know: what the names are for.
"""

from __future__ import annotations

import ast
import importlib
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from types import CodeType, ModuleType
from typing import Any

import numpy as np

from grader.harness.absent import ANY, STAND_INS, bound_by, take_out
from grader.harness.alarm import StatementTimeout, arm, in_time
from grader.harness.finding import find_function, gives_method, maker_of, put_method
from grader.harness.given import is_as_given
from grader.harness.hearing import Strictness
from grader.harness.loading.awaited import awaits, run_awaiting
from grader.harness.loading.early import Early
from grader.harness.loading.excused import NAME, Absent, catches, excuse_imports
from grader.harness.loading.heads import leave_out_method, run_without
from grader.harness.loading.own_modules import OwnModules, apart
from grader.harness.loading.refused import REFUSALS, leave_out_refused, leave_out_tried, refusal
from grader.harness.mending.masks import Masks
from grader.harness.surroundings.unseeded import seed_all
from grader.harness.texts import cell_file, describe_trouble, keep_source, lines_passed, name_type, show, told_of
from grader.wire import WITHOUT, WITHOUT_PART, Loaded, Piece, Trouble

MODULE = "__main__"  # as in a kernel, where what stands under `if __name__ == "__main__":` is run
# A statement may take this part of the time that is left, so that several slow ones never use it all up.
_SHARE = 3
_LEAST_SECONDS = 0.01
_TROUBLES_CAP = 200
_MOST_TAKEN_OUT = 8  # names of missing packages, of one definition
_FUTURE = importlib.import_module("__future__")


class Loader:
    """Runs pieces in one namespace and keeps what went wrong."""

    def __init__(self, seconds: float, announce: Callable[[int, int], None] | None) -> None:
        self.module = ModuleType(MODULE)
        sys.modules[MODULE] = self.module  # dataclasses and pickle look a class's module up
        self.namespace: dict[str, Any] = vars(self.module)
        self._modules = OwnModules()
        self._parts: dict[str, list[str]] = {}  # of a module, what of its file was run
        self.troubles: list[Trouble] = []
        self._early = Early()
        self._absent: set[str] = set()  # names that imports which failed should have bound
        self._is_over = False  # whether all cells have been run
        self.strictness = Strictness()
        self.watched: set[str] = set()  # the functions whose caches have been looked at
        self.masks = Masks()
        self.draws = False  # whether the program names something that draws at random
        self._shows_source = False
        self._may_excuse = False
        self.given: tuple[Sequence[Piece], Sequence[str]] = (), ()
        self._seconds = seconds
        self._until = time.monotonic() + seconds
        self._announce = announce
        # Of `from __future__ import …`, which counts for all that follows. Annotations are never evaluated: a hint such
        # as `x: NDArray`, whose package is not here, must not cost the class it stands in.
        self._flags: int = _FUTURE.annotations.compiler_flag

    def load(self, pieces: Sequence[Piece], wanted: Sequence[str]) -> Loaded:
        """Run all pieces and tell what came of it."""
        self.given = pieces, wanted
        self.draws = any("random" in piece.source for piece in pieces)
        self._shows_source = any("inspect" in piece.source for piece in pieces)
        self._may_excuse = not any(catches(piece.source) for piece in pieces)
        seed_all()
        arm()
        modes = np.geterr()
        with warnings.catch_warnings():
            filters = list(warnings.filters)
            for piece in pieces:
                if piece.bind:
                    self._run_bound(piece)
                else:
                    self._run(piece)
            self._early.run_again(self._try, self.troubles, self._absent)
            while gone := self._early.gone() - self._absent:
                self._absent |= gone
                self._early.run_again(self._try, self.troubles, self._absent)
            self._is_over = True
            self._early.run_again(self._try, self.troubles, self._early.lacking())
            self.strictness = Strictness.found(filters)
        np.seterr(**modes)
        for name in wanted:
            self._asked(partial(self._give_class_back, *name.partition(".")[::2]))
        defined = tuple(name for name in wanted if self._has(name))
        return Loaded(defined, tuple(self.troubles[:_TROUBLES_CAP]))

    def anew(self) -> Loader:
        """One to load what is `given` once more, in a namespace and with modules of its own: nothing of these lasts."""
        self._modules.leave()
        again = Loader(self._seconds, None)
        again.given = self.given
        return again

    def imported(self, name: str, source: str) -> ModuleType | None:
        """Give the module that the program has under a name, if it defines what it does as this source does."""
        parts = self._parts.get(name)
        return self._modules.get(name) if parts and is_as_given("\n".join(parts), source) else None

    @property
    def namespaces(self) -> list[dict[str, Any]]:
        """Where the program's names stand: its own, and those of the modules that came with it."""
        return [self.namespace, *map(vars, self._modules.all())]

    def _has(self, name: str) -> bool:
        if self._asked(partial(find_function, self.namespace, name)) is not None:
            return True
        owner, _, method = name.partition(".")
        return bool(method) and bool(self._asked(partial(gives_method, self.namespace.get(owner), method)))

    def _asked(self, ask: Callable[[], object]) -> object:
        """What a thing of the student's says of itself; nothing where that raises, or never ends."""
        try:
            return self._in_time(ask)
        except BaseException:
            return None

    def _run_bound(self, piece: Piece) -> None:
        """Run a piece that defines a bare function, and make that a method of its class."""
        # Out of the way first: an earlier piece's function of the same name must not be taken for this one's.
        namespace = self._namespace_of(piece)
        before = namespace.pop(piece.name, None)
        self._run(piece)
        function = namespace.get(piece.name)
        if function is None:
            if before is not None:
                namespace[piece.name] = before
            return
        owner, method = piece.bind.split(".", 1)
        there = namespace.get(owner)
        is_put = self._asked(partial(put_method, there, method, function))
        if not (is_put or isinstance(there, type)):
            namespace[owner] = type(owner, (), {method: function})

    def _give_class_back(self, owner: str, method: str) -> None:
        """Undo `Sigmoid = Sigmoid()`: the name is the class's again, which stands in the object."""
        if owner in self.namespace:
            self.namespace[owner] = maker_of(self.namespace[owner], owner, method, MODULE)

    def _namespace_of(self, piece: Piece) -> dict[str, Any]:
        return vars(self._modules.get(piece.module)) if piece.module else self.namespace

    def _run(self, piece: Piece) -> None:
        namespace = self._namespace_of(piece)
        if self._shows_source:
            keep_source(piece)
        for statement in self._statements(piece):
            if self._announce:
                self._announce(piece.cell, statement.lineno)
            if self._may_excuse and "import" in piece.source and excuse_imports(statement):
                namespace[NAME] = Absent
            self._try(piece.cell, statement, namespace)
        if piece.module:
            self._parts.setdefault(piece.module.removesuffix(".__init__"), []).append(piece.source)
            self._modules.end(piece.module)

    def _try(self, cell: int, statement: ast.stmt, namespace: dict[str, Any]) -> None:
        """Run a statement; a definition that wants what a failed import should have brought, without that."""
        for _ in range(_MOST_TAKEN_OUT):
            try:
                return self._run_statement(cell, statement, namespace)
            except ImportError as error:
                self._absent.update(bound_by(statement))
                return self._note(describe_trouble(error), cell, statement.lineno)
            except BaseException as error:
                namespace |= STAND_INS  # for a base class or a decorator that is taken out
                told = told_of(statement, describe_trouble(error), cell)
                line = statement.lineno
                if self._take_out(statement, error) or leave_out_tried(statement, lines_passed(error, cell)):
                    self._note(replace(told, message=f"{told.message}{WITHOUT}"), cell, line)
                elif at := self._leave_out_method(cell, statement, error):
                    self._note(replace(told, line=at), cell, at)
                else:
                    return self._give_up(cell, statement, namespace, error, told)
        return None

    def _give_up(
        self, cell: int, statement: ast.stmt, namespace: dict[str, Any], error: BaseException, told: Trouble
    ) -> None:
        """Note a statement that raises as it is: a class is run without its head, all else is not there."""
        run = partial(self._run_statement, cell, namespace=namespace)
        part, ran = ("", False) if self._may_come(error) else run_without(statement, cell, error, run)
        if part:
            self._note(replace(told, message=f"{told.message}{WITHOUT_PART}{part}"), cell, statement.lineno)
            return None if ran else self._try(cell, statement, namespace)
        self._absent.update(bound_by(statement) if self._wants_absent(error) else ())
        self._early.note(cell, statement, namespace, error)
        return self._note(told, cell, statement.lineno)

    def _leave_out_method(self, cell: int, statement: ast.stmt, error: BaseException) -> int:
        return 0 if self._may_come(error) else leave_out_method(statement, lines_passed(error, cell))

    def _may_come(self, error: BaseException) -> bool:
        """Whether a cell that is still to come may mend it."""
        return type(error) is NameError and not self._is_over

    def _wants_absent(self, error: BaseException) -> bool:
        # Of that very class: one of the student's own may have a `name` that does anything.
        name = error.name if type(error) is NameError else None
        return isinstance(name, str) and bool({name, ANY} & self._absent)

    def _take_out(self, statement: ast.stmt, error: BaseException) -> bool:
        return self._wants_absent(error) and take_out(statement, str(getattr(error, "name", "")))

    def _statements(self, piece: Piece) -> Iterator[ast.stmt]:
        try:
            tree = ast.parse(piece.source)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            line = getattr(error, "lineno", None) or 1
            message = getattr(error, "msg", None) or show(error)
            self._note(Trouble(type(error).__name__, message), piece.cell, piece.first + line - 1)
            return
        if piece.first > 1:  # it walks the whole tree, and hardly any piece begins further down
            ast.increment_lineno(tree, piece.first - 1)
        for statement in tree.body:
            yield from apart(statement, "." in piece.module)

    def _run_statement(self, cell: int, statement: ast.stmt, namespace: dict[str, Any]) -> None:
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            for alias in statement.names:
                self._flags |= getattr(_FUTURE, alias.name).compiler_flag if hasattr(_FUTURE, alias.name) else 0
        try:
            code: CodeType | None = self._compiled(cell, statement)
        except REFUSALS:
            if awaits(statement):  # as a kernel lets it
                code = self._compiled(cell, statement, ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
                self._in_time(partial(run_awaiting, code, namespace))
                return
            code = self._compiled_in_part(cell, statement)
        if code is not None:
            self._in_time(partial(exec, code, namespace))  # running it is what this room is for

    def _compiled(self, cell: int, statement: ast.stmt, more: int = 0) -> CodeType:
        tree, flags = ast.Module([statement], []), self._flags | more
        code: CodeType = compile(tree, cell_file(cell), "exec", flags=flags, dont_inherit=True)
        return code

    def _compiled_in_part(self, cell: int, statement: ast.stmt) -> CodeType | None:
        """What the compiler takes of a class or a block, each function that it refuses being noted; or nothing."""
        compiled = partial(self._compiled, cell)
        found = leave_out_refused(statement, compiled)
        rest = refusal(statement, compiled)
        for error, line in [rest] if rest else found:
            self._note(Trouble(name_type(error), getattr(error, "msg", None) or show(error)), cell, line)
        return None if rest else self._compiled(cell, statement)

    def _in_time(self, run: Callable[[], object]) -> object:
        """Run something of the student's, which is stopped when it has had its share of the time."""
        return in_time(run, max((self._until - time.monotonic()) / _SHARE, _LEAST_SECONDS))

    def _note(self, trouble: Trouble, cell: int, line: int) -> None:
        """Keep a trouble; one that names no line of a cell gets the statement's own."""
        if trouble.type_name == StatementTimeout.__name__:
            trouble = Trouble("TimeoutError", trouble.message, trouble.cell, trouble.line)
        if not trouble.cell:
            trouble = Trouble(trouble.type_name, trouble.message, cell, line)
        if trouble not in self.troubles:
            self.troubles.append(trouble)
