"""What of its object a method of the reference reads: what else an object holds makes no difference to what it gives.

takes: the reference, and the name of one of its functions.
gives: the names that a method reads of its object, by itself and by methods that it calls; None where nobody can tell.
must not know: how anything is run, what is lent.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from inspect import getattr_static, getsource
from textwrap import dedent
from types import FunctionType, ModuleType


def read_of_object(solution: ModuleType, function: str) -> frozenset[str] | None:
    """Of `Net.loss` those of `self.w`, `self.reg`; none of `Net.softmax(self, x)`, which goes by x alone."""
    owner, _, method = function.partition(".")
    found = getattr(solution, owner, None)
    if not method or not isinstance(found, type):
        return None
    names: set[str] = set()
    try:
        owners = [one for one in _with_heirs(found) if one.__module__ in (found.__module__, solution.__name__)]
        _read_by(owners, method, names, set())
    except (OSError, TypeError, SyntaxError, UnclearError):
        return None
    return frozenset(names)


class UnclearError(Exception):
    """The object is used as a whole, or by what is no plain method."""


def _read_by(owners: Sequence[type], method: str, names: set[str], seen: set[FunctionType]) -> None:
    """Add what a method reads, also as classes have it that inherit from its own; what is no method is read itself."""
    for found in (getattr_static(one, method, None) for one in owners):
        if isinstance(found, property):
            found = found.fget
        if isinstance(found, FunctionType):
            is_property = partial(_is_property, owners)
            inner = () if found in seen else _read_in(ast.parse(dedent(getsource(found))).body[0], is_property)
            seen.add(found)
            for name in inner:
                _read_by(owners, name, names, seen)
        elif not isinstance(found, (staticmethod, classmethod)):
            if hasattr(type(found), "__get__"):
                raise UnclearError
            names.add(method)


def _is_property(owners: Sequence[type], name: str) -> bool:
    return any(isinstance(getattr_static(one, name, None), property) for one in owners)


def _with_heirs(owner: type) -> Iterator[type]:
    """Its methods may be asked of an object of these, which has some methods of its own."""
    yield owner
    heirs: list[type] = owner.__subclasses__()
    for heir in heirs:
        yield from _with_heirs(heir)


def _read_in(function: ast.AST, is_property: Callable[[str], bool]) -> Iterator[str]:
    if not isinstance(function, ast.FunctionDef) or not function.args.args:
        raise UnclearError
    self, nodes = function.args.args[0].arg, list(ast.walk(function))
    within = [node for node in nodes if isinstance(node, ast.Attribute) and _is_named(node.value, self)]
    added_to = [node.target for node in nodes if isinstance(node, ast.AugAssign)]
    alone = sum(_is_named(node, self) for node in nodes) - len(within)
    is_wrapped = [one for one in function.decorator_list if not _is_named(one, "property")]
    if alone or is_wrapped or any(_is_named(node, "super") for node in nodes):
        raise UnclearError
    own = _set_before_read(function.body, self)
    for node in within:
        if node.attr.startswith("__"):
            raise UnclearError
        is_own = node.attr in own and not is_property(node.attr)  # which gives what it reads itself, whatever is set
        if (isinstance(node.ctx, ast.Load) or node in added_to) and not is_own:
            yield node.attr


def _set_before_read(body: Sequence[ast.stmt], self: str) -> set[str]:
    """What it sets in any case before it reads it, as `self.outputs = {}`: whatever a call before has left there."""
    own, read = set[str](), set[str]()
    for statement in body:
        nodes = [
            node for node in ast.walk(statement) if isinstance(node, ast.Attribute) and _is_named(node.value, self)
        ]
        added_to = [node.target for node in ast.walk(statement) if isinstance(node, ast.AugAssign)]
        read |= {node.attr for node in nodes if isinstance(node.ctx, ast.Load) or node in added_to}
        targets = statement.targets if isinstance(statement, ast.Assign) else ()
        own |= {node.attr for node in targets if node in nodes and isinstance(node, ast.Attribute)} - read
    return own


def _is_named(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
