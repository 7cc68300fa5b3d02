"""Small wrong changes to the reference, made by rule: each of them is a submission that must lose points.

The rules are those of mutation testing (operators, constants, names, conditions, dropped terms; DeMillo, Lipton and
Sayward 1978), and those that numpy code adds: axes, transposes, reductions, lost reshapes, results in another order.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate

_Part = ast.expr | ast.stmt
_OPERATORS: tuple[type[ast.operator], ...] = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.MatMult, ast.Pow)
_COMPARISONS = ((ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE), (ast.In, ast.NotIn), (ast.Is, ast.IsNot))
_ANY_ORDER = ("maximum", "minimum", "add", "multiply")  # of arguments
_KINDS = (_ANY_ORDER, ("exp", "expm1", "log1p", "tanh", "sqrt", "abs"), ("sum", "mean", "max", "min", "prod", "cumsum"))
# Only the size of what they are given counts, as with `.shape`: other numbers change nothing.
_SIZED_BY = ("len", "np.shape", "np.zeros_like", "np.ones_like", "np.empty_like", "np.full_like")
_ZEROS = ("np.zeros", "np.zeros_like")  # whose negatives and multiples are themselves


def mutate(source: str, function: str) -> Iterator[tuple[str, str]]:
    """The name of each mutant of `f` or `Class.method`, and the whole file with it; no two are one program."""
    tree, data, names = ast.parse(source), source.encode(), Counter[str]()
    begins = [0, *accumulate(len(line) for line in data.splitlines(keepends=True))]
    seen = {ast.dump(tree)}
    for node, changed in _changes_within(tree, function):
        start, end = begins[node.lineno - 1] + node.col_offset, begins[node.end_lineno - 1] + node.end_col_offset  # type: ignore[operator]
        text = ast.unparse(changed) if isinstance(changed, ast.stmt) else f"({ast.unparse(changed)})"
        made = (data[:start] + text.encode() + data[end:]).decode()
        dumped = ast.dump(ast.parse(made))
        if dumped not in seen:
            seen.add(dumped)
            name = f"{function}: {ast.unparse(node)} -> {ast.unparse(changed)}"
            names[name] += 1
            yield name + (f" ({names[name]})" if names[name] > 1 else ""), made


def _changes_within(tree: ast.Module, function: str) -> Iterator[tuple[_Part, _Part]]:
    """Each part of a function with all that it may become; what is printed or written in errors stays."""
    owner, _, name = function.rpartition(".")
    body = next((one.body for one in tree.body if isinstance(one, ast.ClassDef) and one.name == owner), tree.body)
    found = next((one for one in body if isinstance(one, ast.FunctionDef) and one.name == name), None)
    nodes = [node for statement in found.body for node in ast.walk(statement)] if found else []
    local = [one.arg for one in found.args.args if one.arg != "self"] if found else []
    local += [one.id for one in nodes if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store) and one.id != "_"]
    words = [one for one in nodes if isinstance(one, ast.Raise | ast.JoinedStr) or ast.unparse(one)[:6] == "print("]
    kept = {part for one in words for part in ast.walk(one)}
    two = ast.Constant(2)
    sized = {one.value for one in nodes if isinstance(one, ast.Attribute) and one.attr in ("shape", "ndim", "size")}
    measures = [one for one in nodes if isinstance(one, ast.Call) and ast.unparse(one.func) in _SIZED_BY]
    sized |= {part for one in measures for part in one.args[:1]}
    for node in nodes:
        if isinstance(node, ast.Raise):
            yield node, ast.Pass()
        elif isinstance(node, ast.AugAssign):
            yield node, ast.Assign([node.target], node.value, lineno=0)
        elif isinstance(node, ast.expr) and isinstance(getattr(node, "ctx", ast.Load()), ast.Load) and node not in kept:
            yield from ((node, changed) for changed in _changes(node, list(dict.fromkeys(local))))
            if node not in sized and (isinstance(node, ast.BinOp | ast.Call) or getattr(node, "id", "") in local):
                plain = not (isinstance(node, ast.Call) and ast.unparse(node.func) in _ZEROS)
                yield node, ast.BinOp(node, ast.Add(), ast.Constant(1))
                yield from [(node, ast.UnaryOp(ast.USub(), node)), (node, ast.BinOp(node, ast.Mult(), two))] * plain


def _changes(node: ast.expr, local: Sequence[str]) -> Iterator[ast.expr]:
    """All that one expression may become, but for what is the same by the rules of arithmetic."""
    match node:
        case ast.BinOp(left=left, right=right):
            yield from (ast.BinOp(left, op(), right) for op in _OPERATORS if not isinstance(node.op, op))
            yield from (left, right)
            if not isinstance(node.op, ast.Add | ast.Mult):  # summands and factors may be in any order
                yield ast.BinOp(right, node.op, left)
        case ast.UnaryOp(operand=operand):
            yield operand
        case ast.Compare(left=left, ops=[op], comparators=[other]):
            is_word = any(isinstance(getattr(side, "value", None), str) for side in (left, other))
            kind = next(kind for kind in _COMPARISONS if isinstance(op, kind))[: 2 if is_word else None]
            yield from (ast.Compare(left, [new()], [other]) for new in kind if not isinstance(op, new))
        case ast.Constant(value=bool() as value):
            yield ast.Constant(not value)  # any other number is as true as True
        case ast.Constant(value=int() | float() as value):
            yield from (ast.Constant(new) for new in (0, 1, 2, -1, 0.5) if new != value)
        case ast.Call():
            yield from _changed_calls(node)
        case ast.Attribute(value=value, attr="T"):
            yield value
        case ast.Attribute(value=value, attr=name):
            several = next((kind for kind in _KINDS if name in kind), ())
            yield from (ast.Attribute(value, other, ast.Load()) for other in several if other != name)
        case ast.Tuple(elts=elements) if not any(isinstance(one, ast.Slice) for one in elements):
            yield from _permuted(elements)
        case ast.Name(id=name) if name in local:
            yield from (ast.Name(other, ast.Load()) for other in local if other != name)
            yield ast.Attribute(node, "T", ast.Load())


def _changed_calls(call: ast.Call) -> Iterator[ast.expr]:
    func, args, keywords = call.func, call.args, call.keywords
    if isinstance(func, ast.Attribute) and not (isinstance(func.value, ast.Name) and func.value.id == "np"):
        yield func.value  # x.reshape(...) -> x
    for n, one in enumerate(args):
        yield ast.Call(func, [*args[:n], *args[n + 1 :]], keywords)
        yield one
        if n and getattr(func, "attr", "") not in _ANY_ORDER:
            yield ast.Call(func, [*args[: n - 1], one, args[n - 1], *args[n + 1 :]], keywords)
    for n in range(len(keywords)):
        yield ast.Call(func, args, [*keywords[:n], *keywords[n + 1 :]])


def _permuted(elements: Sequence[ast.expr]) -> Iterator[ast.expr]:
    """Two of them swapped, one in the place of another, one left out."""
    for n, one in enumerate(elements):
        for m, other in enumerate(elements[:n]):
            yield ast.Tuple([other if k == n else one if k == m else e for k, e in enumerate(elements)], ast.Load())
            yield ast.Tuple([other if k == n else e for k, e in enumerate(elements)], ast.Load())
        yield ast.Tuple([e for k, e in enumerate(elements) if k != n], ast.Load())
