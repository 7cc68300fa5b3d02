"""Whether an expression surely gives a value, such as a number or an array, and nothing that could be called.

takes: an expression, and the top-level statements of its hand-in.
gives: yes, or no where there is any doubt: `vectorize(f)`, `table[name]`, `make()` may be functions meant for use.
must not know: which statements are run, graded names.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from grader.extract.flow.statements import Statement
from grader.extract.flow.writes import root
from grader.extract.nodes import DEFINITIONS, IMPORTS, walk

_INNER = (*DEFINITIONS, ast.Lambda)
LITERALS = (
    ast.Constant, ast.JoinedStr, ast.BinOp, ast.UnaryOp, ast.Compare, ast.List, ast.Tuple, ast.Set, ast.Dict,
    ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
)  # fmt: skip
# What an array, or a module of numbers, has under a name that is no method.
_DATA = {"shape", "size", "ndim", "dtype", "T", "flat", "real", "imag", "pi", "e", "inf", "nan"}
_MODULES = {"numpy", "math", "random", "time", "statistics"}  # whose functions give values, but for these:
_MAKERS = {"vectorize", "frompyfunc", "poly1d"}
_BUILTINS = {
    "sum", "len", "max", "min", "abs", "round", "float", "int", "complex", "str", "bool", "bytes", "list", "dict",
    "set", "tuple", "range", "sorted", "reversed", "enumerate", "zip", "map", "filter", "input", "open", "pow",
    "divmod", "repr", "format", "id", "hash", "any", "all", "chr", "ord", "print",
}  # fmt: skip
_CALLABLE = ("__call__", "__new__")  # what makes objects of a class callable, or others than its own
_TAKING_OUT = {"get", "pop", "popitem", "popleft", "setdefault", "__getitem__", "__next__"}  # whatever was put in
_DEEPEST = 5  # functions that return what others return


class Values:
    """What is known of the names in a hand-in: its functions, its classes, and where its imports come from."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        nodes = [one.node for one in statements]
        self._functions = {node.name: node for node in nodes if isinstance(node, ast.FunctionDef)}
        self._classes = {node.name: node for node in nodes if isinstance(node, ast.ClassDef)}
        self._lambdas: dict[str, list[ast.Lambda]] = {}
        self._makes_callables = any(name in one.text for one in statements for name in _CALLABLE)
        self._methods: dict[str, list[ast.FunctionDef]] = {}
        self._imported: dict[str, str] = {}
        self._returning: dict[tuple[int, int], bool] = {}
        for node in nodes:
            if isinstance(node, ast.ClassDef):
                for inner in node.body:
                    if isinstance(inner, ast.FunctionDef):
                        self._methods.setdefault(inner.name, []).append(inner)
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
                for target in (one for one in node.targets if isinstance(one, ast.Name)):
                    self._lambdas.setdefault(target.id, []).append(node.value)
            elif isinstance(node, IMPORTS):
                for alias in node.names:
                    source = (node.module or "") if isinstance(node, ast.ImportFrom) else alias.name
                    self._imported[alias.asname or alias.name.split(".")[0]] = source.split(".")[0]

    def is_value(self, expression: ast.expr, depth: int = 0) -> bool:
        """Whether this surely is none that can be called."""
        match expression:
            case ast.NamedExpr(value=inner):
                return self.is_value(inner, depth)
            case ast.IfExp(body=one, orelse=other):
                return self.is_value(one, depth) and self.is_value(other, depth)
            case ast.BoolOp(values=several):
                return all(self.is_value(one, depth) for one in several)
            case ast.Attribute(attr=name):
                return name in _DATA
            case ast.Subscript(value=of, slice=at):
                return _is_of_array(at) or (isinstance(of, (ast.Call, ast.Attribute)) and self.is_value(of, depth))
            case ast.Call():
                return self._gives_value(expression, depth)
            case _:
                return isinstance(expression, LITERALS)

    def holds_values(self, iterated: ast.expr) -> bool:
        """Whether a loop goes over values: nobody loops over functions by a name that one of them already has."""
        return not self._names_functions([iterated])

    def _gives_value(self, call: ast.Call, depth: int) -> bool:
        if self._names_functions([*call.args, *(keyword.value for keyword in call.keywords)]):
            return False
        match call.func:
            case ast.Name(id=name) if name in self._functions:
                return self._returns_value(self._functions[name], depth)
            case ast.Name(id=name) if name in self._lambdas:
                return depth < _DEEPEST and all(self.is_value(one.body, depth + 1) for one in self._lambdas[name])
            case ast.Name(id=name) if name in self._classes:
                return not self._makes_callables and self._is_plain_class(name)
            case ast.Name(id=name) if name in self._imported:
                return self._imported[name] in _MODULES and _is_plain(name)
            case ast.Name(id=name):
                return name in _BUILTINS
            case ast.Attribute(value=of, attr=name):
                return self._method_gives_value(root(of), name, depth)
            case _:
                return False

    def _is_plain_class(self, name: str, depth: int = 0) -> bool:
        """Whether an object of a class of the hand-in's is surely none that can be called: `sigmoid = Sigmoid()`."""
        node = self._classes.get(name)
        if node is None or node.decorator_list or node.keywords or depth >= _DEEPEST:
            return name == "object"
        return all(isinstance(base, ast.Name) and self._is_plain_class(base.id, depth + 1) for base in node.bases)

    def _method_gives_value(self, root: str, name: str, depth: int) -> bool:
        if root in self._imported:
            return self._imported[root] in _MODULES and _is_plain(name)
        if root in self._classes or name in _TAKING_OUT:
            return False
        return all(self._returns_value(method, depth) for method in self._methods.get(name, ()))

    def _names_functions(self, parts: Sequence[ast.expr]) -> bool:
        """Whether a function or a class of the hand-in, or a lambda, is among these: not where it is called."""
        waiting: list[ast.AST] = list(parts)
        while waiting:
            node = waiting.pop()
            if isinstance(node, ast.Lambda):
                return True
            if isinstance(node, ast.Name) and (node.id in self._functions or node.id in self._classes):
                return True
            children = list(ast.iter_child_nodes(node))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                children.remove(node.func)
            waiting.extend(children)
        return False

    def _returns_value(self, function: ast.FunctionDef, depth: int) -> bool:
        """Whether all that it returns are values, or come from what it was given or made itself.

        Found out once at each depth: functions that return each other in many places would be gone through for hours.
        """
        place = (id(function), depth)
        if place not in self._returning:
            self._returning[place] = self._returns_value_by(function, depth)
        return self._returning[place]

    def _returns_value_by(self, function: ast.FunctionDef, depth: int) -> bool:
        inner = list(_within(function))
        if depth >= _DEEPEST or any(isinstance(node, _INNER) for node in inner):
            return False
        arguments = function.args
        own = {one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
        own |= {node.id for node in inner if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        returned = [node.value for node in inner if isinstance(node, ast.Return) and node.value is not None]
        return all(root(value) in own or self.is_value(value, depth + 1) for value in returned)


def _within(function: ast.FunctionDef) -> Iterator[ast.AST]:
    for statement in function.body:
        yield from walk(statement)


def _is_of_array(at: ast.expr) -> bool:
    """`x[0, 1]` and `x[:3]` are entries of arrays or parts of lists; a table of functions is asked by one name."""
    if isinstance(at, ast.Tuple):
        return not any(isinstance(one, ast.Constant) and isinstance(one.value, str) for one in at.elts)
    return isinstance(at, ast.Slice)


def _is_plain(name: str) -> bool:
    """Whether a function of a module of numbers gives a number, and no function or object of a class."""
    return name not in _MAKERS and not name[:1].isupper()
