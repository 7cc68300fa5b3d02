"""What the functions of a hand-in change for those who call them: arguments, globals, the object itself.

takes: definitions.
gives: `Effects`; the names of what calls of those functions change.
must not know: graded names, which statements are run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from grader.extract.flow.statements import Statement
from grader.extract.flow.writes import outer, root, written_by
from grader.extract.nodes import Function
from grader.memo import TEXT_CAP, Memo

_INIT = "__init__"
_ROUNDS = 4  # of functions that call functions that change something


@dataclass(frozen=True)
class Effect:
    """What a call of a function changes: arguments by their places and names, and globals."""

    places: frozenset[int] = frozenset()
    names: frozenset[str] = frozenset()
    globals: frozenset[str] = frozenset()

    def of_call(self, call: ast.Call) -> set[str]:
        """The names of what this call changes."""
        by_place = {root(argument) for place, argument in enumerate(call.args) if place in self.places}
        by_name = {root(keyword.value) for keyword in call.keywords if keyword.arg in self.names}
        return by_place | by_name | self.globals


@dataclass(frozen=True)
class Effects:
    """The functions and methods of a hand-in that change something.

    `on_object` and `on_class` are the methods that change what they are called of; `modules` are imported by name.
    """

    functions: Mapping[str, Effect] = field(default_factory=dict)
    methods: Mapping[str, Effect] = field(default_factory=dict)
    on_object: frozenset[str] = frozenset()
    on_class: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        """What a call that changes something must name."""
        made = self.classes if _INIT in self.methods else ()
        return self.on_object.union(self.functions, self.methods, self.on_class, made)


_NOTHING = Effect()


def effects_of(definitions: Sequence[Statement], without: frozenset[str], imported: frozenset[str]) -> Effects:
    """What the functions among these, and the methods of the classes, change when they are called.

    `without` are names of functions and methods that shall count for nothing.
    """
    functions: dict[str, Body] = {}
    methods: list[Method] = []
    classes = frozenset(one.node.name for one in definitions if isinstance(one.node, ast.ClassDef))
    for definition in definitions:
        bodies = definition.fact(_bodies, imported, without)
        if isinstance(definition.node, ast.ClassDef):
            methods += bodies
        else:
            functions.update((name, body) for name, body, _ in bodies)
    effects = Effects(classes=classes, modules=imported)
    if not any(body.into or body.set_globals for body in [*functions.values(), *(body for _, body, _ in methods)]):
        return effects
    for _ in range(_ROUNDS):
        before, effects = effects, _with_calls(effects, functions, methods)
        if effects == before:
            break
    return effects


def changed_by(nodes: Iterable[ast.AST], effects: Effects) -> set[str]:
    """The names of what those of these nodes change that call own functions."""
    found: set[str] = set()
    for call in nodes:
        match call:
            case ast.Call(func=ast.Name(id=name)) if name in effects.functions:
                found |= effects.functions[name].of_call(call)
            case ast.Call(func=ast.Name(id=name)) if name in effects.classes and _INIT in effects.methods:
                found |= effects.methods[_INIT].of_call(call)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=of), attr=name)) if (
                of in effects.modules and name in effects.functions
            ):
                found |= effects.functions[name].of_call(call)
            case ast.Call(func=ast.Attribute(value=of, attr=name)):
                found |= effects.methods[name].of_call(call) if name in effects.methods else set()
                if name in (effects.on_class if root(of) in effects.classes else effects.on_object):
                    found.add(root(of))
            case _:
                pass
    return found - {""}


class Body:
    """A function as far as what it changes goes; `skipped` parameters are given by no argument."""

    def __init__(self, node: Function, skipped: int, imported: frozenset[str]) -> None:
        nodes = list(outer(node.body))
        self.parameters = [one.arg for one in (*node.args.posonlyargs, *node.args.args)]
        self.by_name = [one.arg for one in node.args.kwonlyargs]
        self.skipped = skipped
        self.calls = [one for one in nodes if isinstance(one, ast.Call)]
        done = written_by(nodes, imported)
        declared = {name for one in nodes if isinstance(one, ast.Global) for name in one.names}
        self.set_globals = done.bound & declared
        # `x = x.copy()`: what is written into afterwards is no argument any more.
        self.local = done.bound - declared
        self.into = done.into - self.local

    def effect(self, effects: Effects) -> tuple[Effect, bool]:
        """What a call changes, and whether it changes the object or class that it is called of."""
        changed = self.into | (changed_by(self.calls, effects) - self.local)
        given = [*self.parameters, *self.by_name]
        places = {place - self.skipped for place, name in enumerate(self.parameters) if name in changed}
        effect = Effect(
            frozenset(place for place in places if place >= 0),
            frozenset(changed.intersection(given)),
            frozenset(changed.difference(given) | self.set_globals),
        )
        return effect, -1 in places


Method = tuple[str, Body, str]
"""A function's name and body, and whether it is a class's or a static one."""

_known: Memo[list[Method]] = Memo()


def functions_in(definition: Statement) -> list[Function]:
    """The functions that a definition consists of: itself, or a class's methods."""
    node = definition.node
    inner = node.body if isinstance(node, ast.ClassDef) else [node]
    return [one for one in inner if isinstance(one, Function)]


def _bodies(definition: Statement, imported: frozenset[str], without: frozenset[str]) -> list[Method]:
    """What is in the functions of a definition; a fact of its text too, which may stand in another cell."""

    def make() -> list[Method]:
        of_class = isinstance(definition.node, ast.ClassDef)
        functions = [function for function in functions_in(definition) if function.name not in without]
        kinds = [_kind(function) if of_class else "" for function in functions]
        return [
            (function.name, Body(function, int(of_class and kind != "staticmethod"), imported), kind)
            for function, kind in zip(functions, kinds, strict=True)
        ]

    text = definition.text
    return _known.get((text, imported, without), (), make) if len(text) <= TEXT_CAP else make()


def _with_calls(effects: Effects, functions: Mapping[str, Body], methods: Sequence[Method]) -> Effects:
    """The same, one call further in."""
    of_functions = {name: body.effect(effects)[0] for name, body in functions.items()}
    of_methods: dict[str, Effect] = {}
    on: dict[str, set[str]] = {"": set(), "classmethod": set(), "staticmethod": set()}
    for name, body, kind in methods:
        effect, changes_itself = body.effect(effects)
        of_methods[name] = _both(of_methods.get(name, _NOTHING), effect)
        if changes_itself:
            on[kind].add(name)
    return Effects(
        {name: effect for name, effect in of_functions.items() if effect != _NOTHING},
        {name: effect for name, effect in of_methods.items() if effect != _NOTHING},
        frozenset(on[""] | on["classmethod"]), frozenset(on["classmethod"]), effects.classes, effects.modules,
    )  # fmt: skip


def _both(one: Effect, other: Effect) -> Effect:
    return Effect(one.places | other.places, one.names | other.names, one.globals | other.globals)


def _kind(method: Function) -> str:
    names = {getattr(decorator, "id", "") for decorator in method.decorator_list}
    return next((kind for kind in ("classmethod", "staticmethod") if kind in names), "")
