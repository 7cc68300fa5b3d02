"""A function that gives nothing, made of those of its own lines that can be read: for what it keeps for another.

takes: the cells of a hand-in, where the function stands, and how it is called.
gives: a piece that defines it so that a line which fails is passed over; `None` where its text says too little.
must not know: answers, points. Code is parsed, never run.

One broken line in a forward must not be paid for a second time in its backward, which may be right and reads what that
forward keeps, and no other layout. What comes back so is never graded as the forward's own.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from textwrap import indent

from grader.extract.extracted import Cell
from grader.extract.notes import Place
from grader.extract.repairs.patience import parse
from grader.wire import Piece, Trouble

_MOST_LINES = 400
_MOST_MENDS = 12  # lines that cannot be read, after which it is no function that was nearly whole
_PARAMETERS = 400  # characters between the brackets of a `def`
_BEGINS = re.compile(r"(\s*)(?:async\s+def|def|class)\s|(\s*)@")
_OPENED = re.compile(r"'([(\[{])' was never closed")
_CLOSES = {"(": ")", "[": "]", "{": "}"}
_ON_LINE = re.compile(r"on line (\d+)")


def by_lines(
    cells: Sequence[Cell], name: str, place: Place, takes: str, gives: str, module: str = "", is_flat: bool = False
) -> Piece | None:
    """Make the function of this name that stands at a place, or around it; `takes` and `gives` are as they are due.

    `module` is what that cell is run as, where it is a file that the hand-in imports. One `is_flat` gives one number
    throughout: what was derived of that nobody can tell, so what makes its result is taken for a line that fails.
    """
    source = next((one.source for one in cells if one.number == place[0] and one.kind == "code"), "")
    method = name.rpartition(".")[2]
    found = text_of(source.expandtabs().split("\n"), method, place[1])
    if found is None:
        return None
    head, body = found
    statements = _readable(body)
    result = _given_back(statements, gives)
    if result is None:
        return None
    parameters = head if head and not isinstance(parse(f"def f{head}: pass"), Trouble) else takes
    try:
        text = "\n".join([f"def {method}{parameters}:", *_each(statements, result, _first_of(parameters), is_flat)])
    except RecursionError:  # to write an expression takes more frames for a part than to parse it
        return None
    return Piece(0, 1, text, *((method, name) if "." in name else ("", "")), module)


def giving_nothing(name: str, takes: str, module: str = "") -> Piece:
    """A function of this name that takes what is due, and does nothing."""
    method = name.rpartition(".")[2]
    return Piece(0, 1, f"def {method}{takes}: pass", *((method, name) if "." in name else ("", "")), module)


def keeping_all(owner: str, names: Sequence[str]) -> Piece:
    """A constructor of a class that is not there, whose objects hold what they are made with, by these names."""
    lines = [f"def __init__(self, {'=None, '.join([*names, '**more'])}):", "    vars(self).update(more)"]
    return Piece(
        0, 1, "\n".join([*lines, *(f"    self.{name} = {name}" for name in names)]), "__init__", f"{owner}.__init__"
    )


def text_of(lines: list[str], method: str, near: int) -> tuple[str, list[str]] | None:
    """The parameters, and the lines up to the next definition, whatever their margin; of a few screens at most."""
    header = re.compile(rf"(\s*)(?:async\s+)?def\s+{re.escape(method)}\b")
    first = next((n for n in range(min(near, len(lines)) - 1, -1, -1) if header.match(lines[n])), None)
    if first is None:
        return None
    margin = len(lines[first]) - len(lines[first].lstrip())
    last = next((n for n in range(first + 1, len(lines)) if _begins(lines[n], margin)), len(lines))
    if last - first > _MOST_LINES:
        return None
    text = "\n".join(lines[first:last])
    match = re.match(rf"[^(]*(\([^()]{{0,{_PARAMETERS}}}\))[^\n]*", text)
    return (match[1], text[match.end() :].split("\n")[1:]) if match else ("", lines[first + 1 : last])


def _begins(line: str, margin: int) -> bool:
    match = _BEGINS.match(line)
    return match is not None and len(match[1] or match[2] or "") <= margin


def _readable(lines: list[str]) -> list[ast.stmt]:
    """The statements of a body without the lines that cannot be read; one at a lesser margin is moved in."""
    margin = next((len(line) - len(line.lstrip()) for line in lines if line.strip() and line.strip()[0] != "#"), 0)
    lines = [line[margin:] if not line[:margin].strip() else line.lstrip() for line in lines]
    for _ in range(_MOST_MENDS):
        parsed = parse("\n".join(lines))
        if isinstance(parsed, ast.Module):
            return [one for one in parsed.body if not _is_text(one)]
        _mend(lines, parsed)
    return []


def _mend(lines: list[str], trouble: Trouble) -> None:
    """Close a bracket, take a quote out, move what stands too far in to the edge; else take the line out."""
    at = min(max(trouble.line, 1), len(lines)) - 1
    if "unexpected indent" in trouble.message or "unindent does not match" in trouble.message:
        lines[at] = lines[at].lstrip()
    elif (opened := _OPENED.match(trouble.message)) and not lines[at].endswith(_CLOSES[opened[1]]):
        lines[at] += _CLOSES[opened[1]]
    elif "unterminated string" in trouble.message and lines[at].endswith(("'", '"')):
        lines[at] = lines[at][:-1]
    elif "expected an indented block" in trouble.message and (named := _ON_LINE.search(trouble.message)):
        lines[int(named[1]) - 1] = ""
    else:
        at = next((n for n in range(at, -1, -1) if lines[n].strip()), at)
        lines[at] = ""


def _is_text(one: ast.stmt) -> bool:
    return isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)


def _given_back(statements: list[ast.stmt], gives: str) -> ast.expr | None:
    """What it returns by its last `return` of several results, or by the names that are due, if all are there.

    One that gives a single result keeps all else on its object: then that result, which is made right there.
    """
    parsed = parse(gives)
    said = parsed.body[0] if isinstance(parsed, ast.Module) and parsed.body else None
    if not isinstance(said, ast.Expr):
        return None
    if not isinstance(due := said.value, ast.Tuple):
        single = [one.value for one in statements if isinstance(one, ast.Return) and one.value is not None]
        return single[-1] if single and _keeps_on_self(statements) else None
    returned = [one.value for one in statements if isinstance(one, ast.Return) and isinstance(one.value, ast.Tuple)]
    whole = [one for one in returned if len(one.elts) == len(due.elts)]
    if whole:
        return whole[-1]
    names = [one.id for one in due.elts if isinstance(one, ast.Name)]
    keeps = names[-1] in _set_in(statements) or _keeps_on_self(statements) if names else False
    return due if keeps and len(names) == len(due.elts) else None


def _keeps_on_self(statements: list[ast.stmt]) -> bool:
    """Whether it sets something on an object, or an entry of what that holds: `self.cache["x"] = x`."""
    nodes = [node for one in statements for node in ast.walk(one) if isinstance(node, (ast.Attribute, ast.Subscript))]
    return any(isinstance(node.ctx, ast.Store) and _is_held(node) for node in nodes)


def _is_held(node: ast.expr) -> bool:
    while isinstance(node, ast.Subscript):
        node = node.value
    return isinstance(node, ast.Attribute)


def _set_in(statements: list[ast.stmt]) -> set[str]:
    nodes = (node for one in statements for node in ast.walk(one))
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def _first_of(parameters: str) -> str:
    """The first parameter, but for `self`."""
    parsed = parse(f"def f{parameters}: pass")
    function = parsed.body[0] if isinstance(parsed, ast.Module) else None
    names = [one.arg for one in function.args.args] if isinstance(function, ast.FunctionDef) else []
    return next((name for name in names if name != "self"), "")


def _each(statements: list[ast.stmt], result: ast.expr, first: str, is_flat: bool) -> list[str]:
    """Each statement by itself, and the result behind them, of which what is not there yet is told from all else.

    In the place of a result whose line fails stand numbers, in the shape of the `first` parameter: what is derived of
    them (a mask, a slope) is kept then, and is made right with the result itself.
    """
    head = result.elts[0] if isinstance(result, ast.Tuple) and result.elts else result
    due = ast.unparse(head) if isinstance(head, (ast.Name, ast.Attribute, ast.Subscript)) else ""
    own = _set_in(statements) | {one.id for one in getattr(result, "elts", ()) if isinstance(one, ast.Name)}
    names = dict.fromkeys(node.id for node in ast.walk(result) if isinstance(node, ast.Name) and node.id in own)
    kept = dict.fromkeys(ast.unparse(node) for node in ast.walk(result) if isinstance(node, ast.Attribute))
    text = [f"    {name} = locals().get({name!r}, object())" for name in names]
    text += [f"    {name} = object()" for name in kept if name.startswith("self.")]
    for one in (part for whole in statements for part in _apart(whole, (*names, *kept))):
        if not isinstance(one, ast.Return):
            text.append(indent(_passed_over(one, due, first, is_flat), "    "))
    parts = result.elts if isinstance(result, ast.Tuple) else [result]
    if any(isinstance(part, ast.Starred) for part in parts):
        return [*text, f"    return {ast.unparse(result)}"]
    for n, part in enumerate(parts):  # `return np.maxx(x, 0), x` keeps x all the same
        text += [f"    _part{n} = object()", indent(_tried(f"_part{n} = {ast.unparse(part)}"), "    ")]
    return [*text, f"    return {', '.join(f'_part{n}' for n in range(len(parts)))}"]


def _apart(one: ast.stmt, results: Sequence[str]) -> list[ast.stmt]:
    """Of `self.s = out = f(x)` what is a result first, and the rest by that: it is kept where `f` fails, too."""
    targets = {ast.unparse(target): target for target in one.targets} if isinstance(one, ast.Assign) else {}
    first = next((name for name in results if name in targets), "")
    if not isinstance(one, ast.Assign) or not first:
        return [one]
    rest = [target for name, target in targets.items() if name != first]
    value = ast.parse(first, mode="eval").body
    return [
        ast.Assign([targets[first]], one.value, lineno=0),
        *(ast.Assign([other], value, lineno=0) for other in rest),
    ]


def _passed_over(one: ast.stmt, due: str, first: str, is_flat: bool) -> str:
    """A statement that is passed over where it fails; of `out, self.x = f(x), x` each part by itself then."""
    is_due = isinstance(one, ast.Assign) and due in {*_set_in([one]), *map(ast.unparse, one.targets)}
    numbers = _NUMBERS.format(due, first) if is_due and first else "pass"
    alone = [_passed_over(part, due, first, is_flat) for part in _side_by_side(one)]
    instead = "\n".join(alone) or numbers
    return _tried(instead if is_flat and is_due else ast.unparse(one), instead)


def _side_by_side(one: ast.stmt) -> list[ast.Assign]:
    """The parts of `a, b = f(x), x`; none of any other statement."""
    if not isinstance(one, ast.Assign) or len(one.targets) != 1 or not isinstance(one.value, ast.Tuple):
        return []
    target, values = one.targets[0], one.value.elts
    parts = target.elts if isinstance(target, ast.Tuple) else []
    whole = len(parts) == len(values) and not any(isinstance(part, ast.Starred) for part in (*parts, *values))
    return [ast.Assign([part], value, lineno=0) for part, value in zip(parts, values, strict=True)] if whole else []


_NUMBERS = "if hasattr({1}, 'size'): {0} = __import__('numpy').linspace(0, 0.9, {1}.size).reshape({1}.shape)"


def _tried(line: str, instead: str = "pass") -> str:
    return "\n".join(["try:", indent(line, "    "), "except Exception:", indent(instead, "    ")])
