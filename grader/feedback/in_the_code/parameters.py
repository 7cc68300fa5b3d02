"""What the first line of a function tells of why it is not right: parameters in another order than the call's, such as
are taken by name only, `async`. Then nothing else that its results show is true of it.
And what the first line of a constructor tells, and a decorator above what is not there.

takes: what is told of a function, its rule, and the cells.
gives: the same, or that as what is told.
must not know: how a verdict was reached, points.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import replace

from grader.answer_key import CriterionRule
from grader.feedback.case_wording import Place
from grader.feedback.in_the_code.unused import function_at
from grader.gradebook import CellRecord, CriterionRecord

_RIGHT = ("correct", "alternative", "not attempted", "missing", "ungraded")
_MOST = 1000  # characters between the brackets of a `def`
_DECORATOR = re.compile(r"\s*@\s*(\w[\w.]*)")
_ASSIGNS = re.compile(r"\s*[\w.]+\s*=[^=]")
_NAME = re.compile(r"\s*(\w+)\s*(?:[:=].*)?", re.DOTALL)


def told_by_order(told: CriterionRecord, rule: CriterionRule, cells: Sequence[CellRecord]) -> CriterionRecord:
    """`def backward(self, cache, dout)` is right in its own names: its factors are not to be mended."""
    if told.verdict in _RIGHT or not told.cell:
        return told
    due = rule.takes
    name = rule.name.rpartition(".")[2]
    source = next((cell.source for cell in cells if cell.number == told.cell), "")
    text = "\n".join(source.split("\n")[max(told.line - 1, 0) :])
    match = re.match(rf"\s*(async\s+)?def\s+{re.escape(name)}\s*(\([^()]{{0,{_MOST}}}\))", text)
    # A decorator may make of it what can be called otherwise: `@staticmethod` needs no `self`.
    if match is None or _is_decorated(source, told.line):
        return told
    own, by_name = _names(match[2]), [one for one in _by_name(match[2]) if one not in rule.named]
    if match[1]:
        return replace(
            told,
            headline=f"`async def {name}` gives a coroutine when it is called, and no result.",
            next_step=f"Take the word `async` out: `def {name}{due}`.",
        )
    if by_name:
        listed = " and ".join(f"`{one}`" for one in by_name)
        return replace(
            told,
            headline=f"`def {name}` takes {listed} by name alone, as a `*` stands before, and is called without names.",
            next_step=f"Take the `*` out: `def {name}{due}`.",
        )
    is_handed_itself = text[:1].isspace() or "positional argument" in told.headline  # below a heading it is not
    names = _names(due)
    if ["self", *own] == names and is_handed_itself:
        return replace(
            told,
            headline=f"`def {name}({', '.join(own)})` has no `self`: a method is handed its object first.",
            next_step=f"Write `def {name}{due}`.",
        )
    if names[:1] == ["self"] and "self" not in own and not is_handed_itself:
        names = names[1:]
    places = len([one for one in names if one not in rule.named])
    if own[:places] == names[:places] or sorted(own) != sorted(names):
        return _told_by_another(told, own, names)
    return replace(
        told,
        headline=f"`def {name}({', '.join(own)})` takes its parameters in another order than it is called with.",
        next_step=f"Write `def {name}{due}`: in this order they are given.",
    )


def told_by_other_name(told: CriterionRecord, rule: CriterionRule, cells: Sequence[CellRecord]) -> CriterionRecord:
    """Note a parameter that was to be given by its name, and has another one: here it was given all the same."""
    source = next((cell.source for cell in cells if cell.number == told.cell), "") if rule.named else ""
    function = function_at(source, told.line) if source else None
    if function is None or function.args.kwarg or function.args.vararg or function.decorator_list:
        return told
    has = [one.arg for one in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]
    lacks, others = [n for n in rule.named if n not in has], [n for n in has if n not in ("self", *rule.parameters)]
    if not lacks or len(others) < len(lacks):
        return told
    listed = " and ".join(f"`{name}=`" for name in lacks)
    note = f"The call says {listed}, and no parameter is called so: here that is let pass, elsewhere such a call fails."
    return replace(told, notes=(*told.notes, note))


def _told_by_another(told: CriterionRecord, own: Sequence[str], due: Sequence[str]) -> CriterionRecord:
    """One parameter of another name than the call's, where what is handed to it is of another type than it takes."""
    others = [(mine, theirs) for mine, theirs in zip(own, due, strict=False) if mine not in due and theirs not in own]
    if len(others) != 1 or "TypeError" not in told.headline:
        return told
    step = "`{}` is handed what the hand-out calls `{}`: see that it is used as that.".format(*others[0])
    return replace(told, next_step=f"{step} {told.next_step}")


_DEF = re.compile(rf"^[ \t]*(?:async\s+)?def\s+(\w+)\s*(\([^()]{{0,{_MOST}}}\))?", re.MULTILINE)


def told_by_making(told: CriterionRecord, rule: CriterionRule, cells: Sequence[CellRecord]) -> CriterionRecord:
    """A line of a constructor that failed, where that takes other things than its object is made with."""
    if told.verdict in _RIGHT or not rule.made or not told.trouble_line:
        return told
    source = next((cell.source for cell in cells if cell.number == told.trouble_cell), "")
    above = [*_DEF.finditer("\n".join(source.split("\n")[: told.trouble_line]))]
    if not above or above[-1][1] != "__init__" or not above[-1][2]:
        return told
    owner, _, due = rule.made.partition("(")
    own, given = _names(above[-1][2])[1:], _names(f"({due}")
    if own[: len(given)] == given:
        return told
    step = f"An object of {owner} is made as `{rule.made}`, and its `__init__` takes ({', '.join(own)}): see that each "
    return replace(told, next_step=f"{step}stands for the same. {told.next_step}")


def told_by_self(told: CriterionRecord, cells: Sequence[CellRecord], place: Place) -> CriterionRecord:
    """A method that is handed one more than it takes, which is its object: `def sigmoid(z)` in a class."""
    one_more = _TAKES_FEWER.search(told.headline)
    if told.verdict in _RIGHT or one_more is None or int(one_more[4]) != int(one_more[3]) + 1:
        return told
    owner, method = one_more[1], one_more[2]
    for cell in cells:
        begins = re.search(rf"^class[ \t]+{owner}\b", cell.source, re.MULTILINE)
        of_class = _NEXT_CLASS.split(cell.source[begins.end() :], maxsplit=1)[0] if begins else ""
        own = re.search(rf"^[ \t]+def[ \t]+{method}[ \t]*(\([^()]{{0,{_MOST}}}\))", of_class, re.MULTILINE)
        if begins is None or own is None:
            continue
        names, line = _names(own[1]), cell.source.count("\n", 0, begins.end() + own.end()) + 1
        if names[:1] == ["self"] or _is_decorated(cell.source, line):
            return told
        step = (
            f"`def {method}({', '.join(names)})` in {place(cell.number, line)} has no `self`: a method is handed its "
        )
        return replace(told, next_step=f"{step}object first. Write `def {method}({', '.join(['self', *names])})`.")
    return told


_TAKES_FEWER = re.compile(r"\b(\w+)\.(\w+)\(\) takes (\d+) positional arguments? but (\d+) w")
_NEXT_CLASS = re.compile(r"^(?=class\b)", re.MULTILINE)


def told_by_place(
    told: CriterionRecord, rule: CriterionRule, cells: Sequence[CellRecord], place: Place
) -> CriterionRecord:
    """What is there and cannot be called: a line gives its name to a value, or a decorator gives nothing back."""
    if told.verdict != "missing" or not told.cell or told.headline != f"Nothing named {rule.name} was found.":
        return told
    lines = next((cell.source for cell in cells if cell.number == told.cell), "").split("\n")[: told.line]
    if _ASSIGNS.match("".join(lines[-1:])):
        return replace(told, next_step=f"Take {place(told.cell, told.line)} out: it gives that name to another value.")
    owner = rf"\s*class\s+{re.escape(rule.name.split('.')[0])}\b"
    begins = [len(lines), *(n for n in range(len(lines), 0, -1) if re.match(owner, lines[n - 1]))]
    for line in (n - 1 for n in begins[:2] if n > 1):
        if match := _DECORATOR.match(lines[line - 1]):
            step = f"See what `@{match[1]}` in {place(told.cell, line)} gives: a decorator is to end with `return` and "
            return replace(told, next_step=f"{step}what is to stand in the place of the one below it.")
    return told


def told_by_decorator(told: CriterionRecord, cells: Sequence[CellRecord], place: Place) -> CriterionRecord:
    """A function that returns something, in a decorator that does not hand it on."""
    source = next((cell.source for cell in cells if cell.number == told.cell), "") if _NONE in told.headline else ""
    above = _DECORATOR.match("".join(source.split("\n")[: told.line - 1][-1:]))
    function = function_at(source, told.line) if above else None
    if above is None or function is None or not any(map(_gives, ast.walk(function))):
        return told
    if not any(_hands_nothing_on(cell.source, above[1]) for cell in cells):
        return told
    where = place(told.cell, told.line - 1)
    step = f"See what `@{above[1]}` in {where} gives: what it puts in the place of the function is to return "
    return replace(told, next_step=f"{step}what that returns.")


_NONE = "returned nothing (None)"


def _hands_nothing_on(source: str, decorator: str) -> bool:
    """Whether a decorator stands there, and a function in it that returns nothing."""
    begins = re.search(rf"^[ \t]*def[ \t]+{re.escape(decorator)}\b", source, re.MULTILINE)
    function = function_at(source, source.count("\n", 0, begins.start()) + 1) if begins else None
    within = [node for node in ast.walk(function) if isinstance(node, ast.FunctionDef)][1:] if function else []
    return any(not any(map(_gives, ast.walk(one))) for one in within)


def _gives(node: ast.AST) -> bool:
    """Whether it is a `return` with something behind it."""
    return isinstance(node, ast.Return) and node.value is not None


def _is_decorated(source: str, line: int) -> bool:
    """Whether the function that begins in this line, its `def` or the first decorator, has one."""
    around = source.split("\n")[max(line - 2, 0) : line]
    return any(text.lstrip().startswith("@") for text in around)


def _by_name(parameters: str) -> list[str]:
    """The parameters behind a bare `*` that have no default: these must be named in a call."""
    parts = [one.strip() for one in parameters[1:-1].split(",")]
    behind = parts[parts.index("*") + 1 :] if "*" in parts else []
    return [match[1] for one in behind if "=" not in one and (match := _NAME.fullmatch(one))]


def _names(parameters: str) -> list[str]:
    """The names between brackets, without hints and defaults."""
    found = (_NAME.fullmatch(one) for one in parameters.strip()[1:-1].split(","))
    return [match[1] for match in found if match]
