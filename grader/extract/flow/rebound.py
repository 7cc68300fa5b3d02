"""Lines that give a function's name to a value after its last use: `sum = np.sum(out)` at the end of a notebook.

takes: the top-level statements of a hand-in in order, and the graded names.
gives: the statements that take a name away from a function which something above them still calls; the `del` that gives
such a name back; the builtins that may be gone in the end; the names that may be classes without a `class` statement.
must not know: cells, modules beside the hand-in, what else is run.

In the student's own run nothing calls the function after that line; here the grader does. A line counts only if what it
assigns is surely a value, and only if the name is called elsewhere: a function that adds or indexes the name wants the
value. A definition below the line was written in sight of it, and is left alone.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence

from grader.extract.flow.bare_methods import is_bare_method
from grader.extract.flow.reading import globals_read, words
from grader.extract.flow.statements import Statement, defines_by_text, names
from grader.extract.flow.values import LITERALS, Values
from grader.extract.flow.writes import called_name
from grader.extract.nodes import DEFINITIONS, IMPORTS, walk

Statements = Sequence[Statement]
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_TAKE_TYPES = {"isinstance", "issubclass", "map", "filter", "astype"}  # and whatever is given as `dtype`
_BUILTIN = frozenset(vars(builtins))
_KNOWN = {*sys.stdlib_module_names, "numpy"}


def rebindings(statements: Statements, wanted: Collection[str]) -> dict[Statement, frozenset[str]]:
    """The statements that take names away from functions, and which names these are."""
    named = _named(statements, wanted)
    if not named:
        return {}
    places = _places(statements)
    made = [one for one in statements if one.fact(_makes)]
    called = {name.split(".")[0] for name in wanted}.union(*(_called(one, places) for one in made))
    values: Values | None = None
    found: dict[Statement, frozenset[str]] = {}
    read_below: set[str] = set()
    for at, one in reversed(list(enumerate(statements))):
        if one.fact(_makes):
            read_below |= one.fact(globals_read)
        if names := named.get(at, frozenset()) & called - read_below:
            values = values or Values(statements)
            taken = names - {name for name, sure in _bound(one.node, values) if not sure}
            found |= {one: frozenset(taken)} if taken else {}
    return found


def deletions(statements: Statements, kept: Collection[Statement]) -> set[Statement]:
    """Each `del sum` that gives a function the builtin back which a kept statement took from it."""
    if not any(isinstance(one.node, ast.Delete) for one in statements):
        return set()
    places = _places(statements)
    called = set().union(*(_called(one, places) for one in statements if one.fact(_makes)))
    found: set[Statement] = set()
    bound: set[str] = set()
    for one in statements:
        if isinstance(one.node, ast.Delete):
            back = {target.id for target in one.node.targets if isinstance(target, ast.Name)} & bound
            bound -= back
            found |= {one} if back else set()
        elif one in kept:
            bound |= one.fact(_names_bound) & called & _BUILTIN - places.keys()
    return found


def may_be_away(statements: Statements) -> set[str]:
    """Builtins that functions call, and only call, and that a line may give to a value: by a name, or by text.

    Whether it does shows when it is run: `max = best(scores)`, `exec("sum = 3")`.
    """
    bound = set().union(*(one.fact(_names_bound) for one in statements))
    bound |= set().union(*(one.fact(words) for one in statements if one.fact(defines_by_text)))
    if not (bound := bound & _BUILTIN):
        return bound
    places = _places(statements)
    made = [(one.fact(globals_read), _called(one, places)) for one in statements if one.fact(_makes)]
    called = set().union(*(calls for _, calls in made))
    read_only = set().union(*(read - calls for read, calls in made))
    return (bound & called) - read_only - places.keys()


def given_away(statements: Statements, classes: Collection[str]) -> set[str]:
    """Names that assignments give to what may be a class, or an object of one of the hand-in's `classes`."""
    values, found = Values(statements), set[str]()
    for one in statements:
        is_of_class = not one.fact(words).isdisjoint(classes)
        # Each once, however many names it binds: `a = b = c = …` binds all of them.
        for by in dict.fromkeys(by for _, by in one.fact(names) if isinstance(by, ast.Assign)):
            found |= {name for name, is_value in _bound(by, values) if is_of_class or not is_value}
    return found


def _places(statements: Statements) -> dict[str, tuple[int, bool]]:
    """Where each name is made a function, a class or an import first, and whether it is one of Python's or numpy's."""
    places: dict[str, tuple[int, bool]] = {}
    for at, one in enumerate(statements):
        for name, is_known in one.fact(_made):
            places.setdefault(name, (at, is_known))
    return places


def _made(statement: Statement) -> tuple[tuple[str, bool], ...]:
    found = ((name, definition) for name, definition in statement.fact(names))
    return tuple((name, _is_known(made)) for name, made in found if isinstance(made, (*DEFINITIONS, *IMPORTS)))


def _is_known(definition: ast.stmt) -> bool:
    """Whether an import is of something that surely has attributes of its own; of a student's `config` who knows."""
    match definition:
        case ast.Import(names=[alias, *_]):
            source = alias.name
        case ast.ImportFrom(module=str(source), level=0):
            pass
        case _:
            return False
    return source.split(".")[0] in _KNOWN


def _named(statements: Statements, wanted: Collection[str]) -> dict[int, frozenset[str]]:
    """By the place of a statement that makes no functions: the names of what may be functions that it binds anew.

    A bare method below a heading makes its class; what is made of another class may be meant in its place.
    """
    named: dict[int, frozenset[str]] = {}
    bound, bare = set(_BUILTIN), set[str]()
    owners = {name.split(".")[0] for name in wanted if "." in name}
    classes = {one.node.name for one in statements if isinstance(one.node, ast.ClassDef)}
    for at, one in enumerate(statements):
        known = bound | bare if bare and not one.fact(words) & classes else bound
        if (again := one.fact(_names_bound) & known) and not one.fact(_makes):
            named[at] = again
        bound |= one.fact(_may_make)
        bare |= owners if is_bare_method(one, wanted) else set()
    return named


def _may_make(statement: Statement) -> frozenset[str]:
    """The names that it makes functions, classes or imports, or gives to what may be one: `relu = partial(f, 0)`."""
    match statement.node:
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=value) | ast.AnnAssign(target=ast.Name(id=name), value=value)
        ):
            return frozenset() if isinstance(value, LITERALS) else frozenset([name])
        case _:
            return frozenset(name for name, _ in statement.fact(_made))


def _names_bound(statement: Statement) -> frozenset[str]:
    """The names that it binds at top level, unless it is there to make them or can bind none."""
    node = statement.node
    if isinstance(node, (*DEFINITIONS, *IMPORTS)) or (isinstance(node, ast.Expr) and ":=" not in statement.text):
        return frozenset()
    return frozenset(name for name, _ in _bound(node))


def _makes(statement: Statement) -> bool:
    """Whether code stands in it that runs later."""
    node = statement.node
    return isinstance(node, DEFINITIONS) or any(isinstance(inner, (*DEFINITIONS, ast.Lambda)) for inner in walk(node))


def _bound(statement: ast.stmt, values: Values | None = None) -> Iterator[tuple[str, bool]]:
    """The names that a statement binds at top level, and whether surely to a value."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (*DEFINITIONS, *_COMPREHENSIONS, ast.Lambda)):
            continue
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    yield from _pairs(target, value, values)
                continue  # a walrus within is not looked for: most statements are assignments
            case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.NamedExpr(target=target, value=value):
                yield from _pairs(target, value, values)
            case ast.AugAssign(target=ast.Name(id=name)):
                yield name, True
            case ast.For(target=target, iter=iterated):
                sure = values is not None and values.holds_values(iterated)
                yield from ((name, sure) for name in _names(target))
            case ast.withitem(optional_vars=ast.expr() as target):
                yield from ((name, False) for name in _names(target))
            case _:
                pass
        waiting.extend(ast.iter_child_nodes(node))


def _pairs(target: ast.expr, value: ast.expr, values: Values | None) -> Iterator[tuple[str, bool]]:
    """`a, b = 1, f` gives `a` to a value and `b` not; `a, b = f(x)` gives both to what `f` gives."""
    match target, value:
        case ((ast.Tuple(elts=several) | ast.List(elts=several)), ast.Tuple(elts=given)) if len(several) == len(given):
            for one, its in zip(several, given, strict=True):
                yield from _pairs(one, its, values)
        case _:
            sure = values is not None and values.is_value(value)
            yield from ((name, sure) for name in _names(target))


def _names(target: ast.expr) -> Iterator[str]:
    """The names in a target that are bound; in `x[i].y` none is."""
    match target:
        case ast.Name(id=name):
            yield name
        case ast.Tuple(elts=several) | ast.List(elts=several):
            yield from (name for one in several for name in _names(one))
        case ast.Starred(value=inner):
            yield from _names(inner)
        case _:
            return


def _called(statement: Statement, places: Mapping[str, tuple[int, bool]]) -> frozenset[str]:
    """The globals that are used as functions or types are, and those of imports that something is taken out of."""
    used, owners = statement.fact(_used)
    return used.union(name for name in owners if name in places and places[name][1])


def _used(statement: Statement) -> tuple[frozenset[str], frozenset[str]]:
    """The globals that are used as functions or types are, and those that something is taken out of."""
    used: list[ast.expr] = []
    owners: list[ast.expr] = []
    for inner in walk(statement.node):
        match inner:
            case ast.Call(func=function, args=arguments, keywords=keywords):
                used.append(function)
                used += [keyword.value for keyword in keywords if keyword.arg == "dtype"]
                used += arguments if called_name(inner) in _TAKE_TYPES else []
            case ast.Attribute(value=of):
                owners.append(of)
            case _:
                pass
    return _globals_among(used, statement), _globals_among(owners, statement)


def _globals_among(expressions: Sequence[ast.expr], statement: Statement) -> frozenset[str]:
    return statement.fact(globals_read).intersection(one.id for one in expressions if isinstance(one, ast.Name))
