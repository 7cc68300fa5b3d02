"""Small wrong changes to the reference, made by rule: each is a hand-in that must not get full points.

takes: the reference's source and the graded names.
gives: `Mutant` values: what was changed, in which function, and the whole source.
must not know: cases, answers, how they are judged.

The rules are those of mutation testing (operators, constants, names, conditions, dropped terms; DeMillo, Lipton,
Sayward 1978), and the ones that numpy code adds: axes, transposes, reductions, lost reshapes, permuted results.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

_OPERATORS: tuple[type[ast.operator], ...] = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.MatMult, ast.Pow)
_COMPARISONS: tuple[type[ast.cmpop], ...] = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
_OF_SIZES = ("len", "np.shape", "np.zeros_like", "np.ones_like", "np.empty_like", "np.full_like")
_OF_ZEROS = ("np.zeros", "np.zeros_like")
_NUMBERS = (0, 1, 2, -1, 0.5)
_NAMES_OF_A_KIND = (
    ("maximum", "minimum", "add", "multiply"), ("exp", "expm1", "log1p", "tanh", "sqrt", "abs"),
    ("sum", "mean", "max", "min", "prod", "cumsum"),
)  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One change: `name` says which, `source` is the whole file with it.

    Of a transpose `probe` is the file that fails there where a table is transposed: what has one axis stays the same.
    """

    function: str
    name: str
    source: str
    probe: str = ""


def mutate(source: str, wanted: Sequence[str], raising: Collection[str] = ()) -> list[Mutant]:
    """All mutants of the graded functions in a source, each text once; of those `raising` what they raise, too."""
    tree = ast.parse(source)
    texts = [ast.unparse(statement) for statement in tree.body]
    names: dict[str, int] = {}
    mutants: list[Mutant] = []
    for function, at, body in _functions(tree, wanted):
        seen = {texts[at]}
        local = _local_names(body)
        nodes = [n for statement in body.body for n in ast.walk(statement)]
        # With which words an error is raised is not graded, nor which where none is due.
        told = {id(inner) for node in nodes if isinstance(node, ast.Raise) for inner in ast.walk(node)}
        due = (ast.Raise,) if function in raising else ()
        nodes = [node for node in nodes if id(node) not in told or isinstance(node, due)]
        measured = {id(inner) for node in nodes for inner in _measured(node)}
        for node in nodes:
            for changed in (*_changes(node, local, id(node) in measured), *_other_errors(node)):
                # Of a file of many functions all others stay as they are, and writing them out takes the time.
                text = _with_change(tree.body[at], node, changed)
                if text is None or text in seen:
                    continue
                seen.add(text)
                name = f"{function}: {_short(node)} -> {_short(changed)}"
                names[name] = names.get(name, 0) + 1
                suffix = f" ({names[name]})" if names[name] > 1 else ""
                probe = _with_change(tree.body[at], node, _of_one_axis(node)) if _is_transposed(node, changed) else ""
                whole, other = ("\n\n".join([*texts[:at], one, *texts[at + 1 :]]) for one in (text, probe or ""))
                mutants.append(Mutant(function, name + suffix, whole, other if probe else ""))
    return mutants


def _is_transposed(node: ast.AST, changed: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(changed, ast.Attribute) and changed.attr == "T"


def _of_one_axis(name: ast.AST) -> ast.expr:
    """What a name stands for, if that has one axis at most; else it raises."""
    x = _short(name)
    return ast.parse(f"{x} if getattr({x}, 'ndim', 0) < 2 else None.T", mode="eval").body


def _other_errors(node: ast.AST) -> Iterator[ast.stmt]:
    """What a line that raises may be changed into: nothing, or another error."""
    if isinstance(node, ast.Raise) and node.exc is not None:
        yield ast.Pass()
        other = "ArithmeticError" if "Arithmetic" not in _short(node.exc) else "LookupError"
        yield ast.Raise(ast.Name(other, ast.Load()), None)


def _functions(tree: ast.Module, wanted: Sequence[str]) -> Iterator[tuple[str, int, ast.FunctionDef]]:
    """The graded functions by name, each with the place of the statement that it stands in."""
    for at, node in enumerate(tree.body):
        if isinstance(node, ast.FunctionDef) and node.name in wanted:
            yield node.name, at, node
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef) and f"{node.name}.{inner.name}" in wanted:
                    yield f"{node.name}.{inner.name}", at, inner


def _local_names(function: ast.FunctionDef) -> list[str]:
    arguments = [argument.arg for argument in function.args.args if argument.arg != "self"]
    stored = [n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    return list(dict.fromkeys(name for name in (*arguments, *stored) if name != "_"))


def _measured(node: ast.AST) -> Iterator[ast.expr]:
    """Of what only the size is asked here: other numbers of the same size change nothing."""
    match node:
        case ast.Attribute(value=value, attr="shape" | "ndim" | "size"):
            yield value
        case ast.Call(func=func, args=[value, *_]) if _short(func) in _OF_SIZES:
            yield value
        case _:
            return


def _changes(node: ast.AST, local: Sequence[str], is_measured: bool) -> Iterator[ast.expr]:
    """All that one expression may be changed into, but for what is the same by the rules of arithmetic."""
    match node:
        case ast.BinOp(left=left, right=right):
            yield from (ast.BinOp(left, op(), right) for op in _OPERATORS if not isinstance(node.op, op))
            yield from (left, right)
            if not isinstance(node.op, (ast.Add, ast.Mult)):  # summands and factors may stand in any order
                yield ast.BinOp(right, node.op, left)
        case ast.UnaryOp(operand=operand):
            yield operand
        case ast.Compare(left=left, ops=[op], comparators=[other]):
            may_be = _compared_as(op, left, other)
            yield from (ast.Compare(left, [new()], [other]) for new in may_be if not isinstance(op, new))
        case ast.Constant(value=bool() as value):
            yield ast.Constant(not value)  # any other number is as true as True
        case ast.Constant(value=int() | float() as value):
            yield from (ast.Constant(new) for new in _NUMBERS if new != value)
        case ast.Call():
            yield from _changed_calls(node)
        case ast.Attribute(value=value, attr="T"):
            yield value
        case ast.Attribute(value=value, attr=name):
            kin = next((kind for kind in _NAMES_OF_A_KIND if name in kind), ())
            yield from (ast.Attribute(value, other, ast.Load()) for other in kin if other != name)
        case ast.Tuple(elts=elements, ctx=ast.Load()):
            yield from _permuted(elements)
        case ast.Name(id=name, ctx=ast.Load()) if name in local:
            yield from (ast.Name(other, ast.Load()) for other in local if other != name)
            yield ast.Attribute(node, "T", ast.Load())
        case _:
            return
    is_value = isinstance(node, (ast.BinOp, ast.Call)) or (isinstance(node, ast.Name) and node.id in local)
    if not is_value or is_measured:
        return
    if not (isinstance(node, ast.Call) and _short(node.func) in _OF_ZEROS):
        yield ast.UnaryOp(ast.USub(), node)
        yield ast.BinOp(node, ast.Mult(), ast.Constant(2))
    yield ast.BinOp(node, ast.Add(), ast.Constant(1))


def _compared_as(op: ast.cmpop, *sides: ast.expr) -> tuple[type[ast.cmpop], ...]:
    """What a comparison may become: a word is no more and no less than another, and what is in something is not it."""
    if isinstance(op, (ast.In, ast.NotIn)):
        return ast.In, ast.NotIn
    is_word = any(isinstance(side, ast.Constant) and isinstance(side.value, str) for side in sides)
    return (ast.Eq, ast.NotEq) if is_word else _COMPARISONS


def _changed_calls(call: ast.Call) -> Iterator[ast.expr]:
    if isinstance(call.func, ast.Attribute) and not (
        isinstance(call.func.value, ast.Name) and call.func.value.id == "np"
    ):
        yield call.func.value  # x.reshape(...) -> x
    for n in range(len(call.args)):
        yield ast.Call(call.func, [*call.args[:n], *call.args[n + 1 :]], call.keywords)
        yield call.args[n]
        if n:
            swapped = [*call.args[: n - 1], call.args[n], call.args[n - 1], *call.args[n + 1 :]]
            yield ast.Call(call.func, swapped, call.keywords)
    for n in range(len(call.keywords)):
        yield ast.Call(call.func, call.args, [*call.keywords[:n], *call.keywords[n + 1 :]])


def _permuted(elements: Sequence[ast.expr]) -> Iterator[ast.expr]:
    for n in range(len(elements)):
        for m in range(n):
            swapped = list(elements)
            swapped[n], swapped[m] = swapped[m], swapped[n]
            yield ast.Tuple(swapped, ast.Load())
            yield ast.Tuple([elements[m] if k == n else e for k, e in enumerate(elements)], ast.Load())
        yield ast.Tuple([e for k, e in enumerate(elements) if k != n], ast.Load())


def _with_change(statement: ast.stmt, node: ast.AST, changed: ast.AST) -> str | None:
    """The statement's source with one node replaced; the statement itself is left alone."""
    memo: dict[int, object] = {}
    whole = copy.deepcopy(statement, memo)
    twin = memo[id(node)]
    for parent in ast.walk(whole):
        for name, value in ast.iter_fields(parent):
            if value is twin:
                setattr(parent, name, copy.deepcopy(changed))
                return ast.unparse(ast.fix_missing_locations(whole))
            if isinstance(value, list) and any(item is twin for item in value):
                value[next(n for n, item in enumerate(value) if item is twin)] = copy.deepcopy(changed)
                return ast.unparse(ast.fix_missing_locations(whole))
    return None


def _short(node: ast.AST) -> str:
    return ast.unparse(node)
