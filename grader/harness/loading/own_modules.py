"""The student's own modules, made of what was handed in beside the notebook: there are no files in here.

takes: dotted names; that of a package's own code ends in `__init__`.
gives: modules that `import` finds.
must not know: what is run in them.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from types import ModuleType


class OwnModules:
    """Modules by name, made when they are first asked for, the packages around them too."""

    def __init__(self) -> None:
        self._made: dict[str, ModuleType] = {}

    def get(self, name: str) -> ModuleType:
        """Give the module of this name. What Python has loaded itself keeps its place: then nobody imports this one."""
        name, is_package = name.removesuffix(".__init__"), name.endswith(".__init__")
        if name not in self._made:
            module = self._made[name] = ModuleType(name)
            vars(module)["__package__"] = name if is_package else name.rpartition(".")[0]
            if name not in sys.modules:
                self._enter(name, module)
        if is_package:
            vars(self._made[name])["__path__"] = []  # a package; what is in it is never looked for on disk
        return self._made[name]

    def all(self) -> list[ModuleType]:
        """Give those that were made."""
        return list(self._made.values())

    def leave(self) -> None:
        """Take those out of Python's that were made, so that others can come in their place."""
        for name, module in self._made.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]

    def end(self, name: str) -> None:
        """Take out of a module's `__all__` what is not there: else `from it import *` would fail, and cost all of it.

        What makes the name may be left out here, as nothing that is graded needs it.
        """
        namespace = vars(self.get(name))
        names = namespace.get("__all__")
        if (type(names) is list or type(names) is tuple) and "__getattr__" not in namespace:
            namespace["__all__"] = [one for one in names if isinstance(one, str) and one in namespace]

    def _enter(self, name: str, module: ModuleType) -> None:
        sys.modules[name] = module
        package, _, last = name.rpartition(".")
        if package:
            setattr(self.get(f"{package}.__init__"), last, module)


def apart(statement: ast.stmt, in_package: bool) -> Iterator[ast.stmt]:
    """A statement as those that it is run as.

    `import torch, numpy as np` is two, as what is missing must not cost the other; so is `del sum, x`. `from .layers
    import x` in the program itself, or in a module of no package, means the file beside it.
    """
    if isinstance(statement, ast.Delete):
        yield from (ast.copy_location(ast.Delete([target]), statement) for target in statement.targets)
        return
    if not isinstance(statement, (ast.Import, ast.ImportFrom)):
        yield statement
        return
    for alias in statement.names:
        one: ast.stmt = ast.Import([alias])
        if isinstance(statement, ast.ImportFrom):
            beside = statement.level == 1 and not in_package
            if statement.module or not beside:
                one = ast.ImportFrom(statement.module, [alias], 0 if beside else statement.level)
        yield ast.copy_location(one, statement)
