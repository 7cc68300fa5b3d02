"""Slips of the pen that the text shows: what of another language stands in a line, an attribute that is misspelt.

takes: what is told of a function, its rule, and the cells.
gives: the same, with what to write in the place of it.
must not know: how a verdict was reached, points.
"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from grader.answer_key import CriterionRule
from grader.extract.repairs.patience import parse
from grader.feedback.case_wording import Place
from grader.feedback.in_the_code.unused import function_at
from grader.feedback.next_step.names_wording import near
from grader.feedback.reshaping import body
from grader.gradebook import CellRecord, CriterionRecord

# In one line; also a text without its end, lest a long line takes hours.
_TEXTS = re.compile(r"""'(?:\\.|[^'\\])*(?:'|\\?$)|"(?:\\.|[^"\\])*(?:"|\\?$)|#.*""")
_SLIPS = (
    (r"&&", "Write `and` in the place of `&&`, and `&` between masks, each in brackets"),
    (r"\|\|", "Write `or` in the place of `||`, and `|` between masks, each in brackets"),
    (r"\w\+\+", "Write `+= 1` in the place of `++`"),
    (r"\w--\s*$", "Write `-= 1` in the place of `--`"),
    (r"^\s*(?:elseif|elsif|else\s+if)\b", "Write `elif`"),
    (r"=<|=>", "Write `<=` or `>=`: the `=` comes last"),
    (r"<>", "Write `!=` in the place of `<>`"),
    (r"!(?!=)", "Write `not` in the place of `!`"),
    (r"^\s*(?:function|func|fn)\b", "A function begins with `def`"),
    (r"^\s*(?:var|let|const|double|float|int)\s+\w+\s*=", "A name needs no type before it: write `name = ...`"),
    (
        r"^\s*(?:for|if|while)\b.*\{\s*$",
        "Write a colon in the place of the brace, and the block further in",
    ),
    (r"`", "Python has no backticks: write a quote, or leave them out"),
    (r"\?.*:", "Write `a if condition else b` in the place of `condition ? a : b`"),
)


_NO_ATTRIBUTE = re.compile(r"AttributeError: '(\w+)' object has no attribute '(\w+)'")
_NOT_LEFT = re.compile(r"Nothing is left in `self\.(\w+)`")
_OWN = re.compile(r"\bdef\s+(\w+)|\bself\.(\w+)\s*=(?!=)")


def told_by_attribute(told: CriterionRecord, rule: CriterionRule, cells: Sequence[CellRecord]) -> CriterionRecord:
    """Name the method or the attribute of its own class that a misspelt one may be meant for."""
    found, owner = _NO_ATTRIBUTE.search(told.headline), rule.name.partition(".")[0]
    source = _class_in(next((cell.source for cell in cells if cell.number == told.cell), ""), owner)
    own = {name for pair in _OWN.findall(source) for name in pair if name}
    if not_left := _NOT_LEFT.match(told.headline):
        due = {name for place in rule.left.values() for name in re.findall(r"self\.(\w+)", place)}
        alike = near(not_left[1], own - due)
        return replace(told, next_step=f"Is `self.{alike}` meant for it? {told.next_step}") if alike else told
    if found is None or found[1] != owner:
        return told
    alike = near(found[2], own)
    if found[2] in own and "__slots__" in source and _has_no_slot(source, found[2]):
        step = f"`__slots__` in the class has no `{found[2]}`: name it there, or take `__slots__` out."
        return replace(told, next_step=step)
    if not alike or found[2] in own:  # it is put there, by a line that was not reached
        return told
    return replace(told, next_step=f"Is `self.{alike}` meant? Nothing has put `self.{found[2]}` there.")


def _has_no_slot(source: str, name: str) -> bool:
    """Whether the class names in its `__slots__` all that its objects may have, and not this: it inherits nothing."""
    tree = parse(source)
    for node in tree.body if isinstance(tree, ast.Module) else ():
        match node:
            case ast.ClassDef(bases=[], body=statements):
                slots = [one for one in statements if isinstance(one, ast.Assign) and "__slots__" in ast.dump(one)]
                names = {part.value for one in slots for part in ast.walk(one) if isinstance(part, ast.Constant)}
                return bool(names) and names.isdisjoint({name, "__dict__"})
            case _:
                pass
    return False


def _class_in(source: str, owner: str) -> str:
    """The text of a class, up to what stands at the margin behind it; all of it where there is no such class."""
    match = re.search(rf"^class\s+{re.escape(owner)}\b[^\n]*\n(?:(?:[ \t#][^\n]*)?\n?)*", source, re.MULTILINE)
    return match[0] if match else source


_NO_NAME = re.compile(r"(?:NameError: name|UnboundLocalError: cannot access local variable) '(\w+)'")
_SET = re.compile(r"^\s*(self\.)?(\w+)\s*=(?!=)")


def told_by_name(told: CriterionRecord, cells: Sequence[CellRecord], place: Place) -> CriterionRecord:
    """Name what a name that is not there is meant for: what the function sets, where it does, a method beside it."""
    found = _NO_NAME.search(told.headline)
    if found is None or not told.cell or told.trouble_cell != told.cell:
        return told
    source = next((cell.source for cell in cells if cell.number == told.cell), "")
    lines = [(n, match) for n, line in body(source, told.line) if (match := _SET.match(line))]
    step = _meant_by(found[1], lines, told, place, source) or _in_other_case(found[1], source, told)
    step = step or _beside(found[1], source.split("\n"), told.line)
    return replace(told, next_step=step) if step else told


def _meant_by(
    name: str, lines: Sequence[tuple[int, re.Match[str]]], told: CriterionRecord, place: Place, source: str
) -> str:
    late = next((n for n, match in lines if match[2] == name and not match[1] and n > told.trouble_line), 0)
    if late:
        return f"`{name}` is given its value in {place(told.cell, late)}, which comes after: move that line up."
    before = {match[2]: (f"{match[1] or ''}{match[2]}", n) for n, match in lines if n <= told.trouble_line}
    if name in before:  # in a branch that was not gone, unless it is on the object
        own = before[name][0]
        return f"`{own}` is set there, and no `{name}`: write `{own}`, or set `{name}`." if own != name else ""
    alike, line = before.get(near(name, before) or _one_letter_off(name, before), ("", 0))
    if not alike or (_calls(name, source) and not _calls(alike, source)):
        return ""
    return f"Is `{alike}` from {place(told.cell, line)} meant? Nothing is called `{name}`."


def _in_other_case(name: str, source: str, told: CriterionRecord) -> str:
    """`X` and `x` are two names, and the first line has the one, the line that raised the other."""
    function = function_at(source, told.line)
    if function is None or not 0 <= told.trouble_line - told.line < (function.end_lineno or 0):
        return ""
    alike = next(
        (one.arg for one in ast.walk(function.args) if isinstance(one, ast.arg) and _is_in_case(name, one)), ""
    )
    return f"It is called with `{alike}`, and `{name}` is another name: write one of them throughout." if alike else ""


def _is_in_case(name: str, one: ast.arg) -> bool:
    return one.arg != name and one.arg.lower() == name.lower()


def _calls(name: str, source: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\s*\(", source) is not None


def _one_letter_off(name: str, names: Iterable[str]) -> str:
    """The name that is as long, but for one letter: in one function that is hardly another one."""
    alike = (one for one in names if len(one) == len(name) >= _LONG_ENOUGH)
    return next((one for one in alike if sum(a != b for a, b in zip(one, name, strict=True)) == 1), "")


_LONG_ENOUGH = 4  # letters: `dw1` and `dw2` are two things


def _beside(name: str, lines: Sequence[str], first: int) -> str:
    """What to write where the name is that of a method beside the function in its class."""
    methods = [re.match(rf"(\s+)def\s+{name}\s*\(\s*(\w*)", line) for line in lines]
    here = _class_of(lines, first)
    takes = next((m[2] for n, m in enumerate(methods, start=1) if m and here and _class_of(lines, n) == here), None)
    if takes is None:
        return ""
    lacks_self = "" if takes == "self" else " Its first parameter is `self` then, or `@staticmethod` stands above it."
    return f"`{name}` is a method of this class: write `self.{name}(...)`.{lacks_self}"


def _class_of(lines: Sequence[str], n: int) -> int:
    """The line of the class whose body line `n` begins a statement of; 0 where it is in none."""
    if n > len(lines):  # its cell is not at hand
        return 0
    margin = len(lines[n - 1]) - len(lines[n - 1].lstrip())
    for above in range(n - 1, 0, -1):
        line = lines[above - 1].lstrip()
        if line and not line.startswith("#") and len(lines[above - 1]) - len(line) < margin:
            return above if line.startswith("class ") else 0
    return 0


def told_by_line(told: CriterionRecord, cells: Sequence[CellRecord]) -> CriterionRecord:
    """Name what is to be written otherwise, if the line has something known."""
    is_syntax = told.verdict == "missing" and "SyntaxError: invalid syntax" in told.headline
    if not is_syntax and not any(part in told.headline for part in (_UNTOLD, _NO_WHOLE, _NO_PART)):
        return told
    source = next((cell.source for cell in cells if cell.number == told.trouble_cell), "")
    line = _TEXTS.sub("_", "".join(source.split("\n")[told.trouble_line - 1 : told.trouble_line]))
    if _NO_WHOLE in told.headline:
        return _told_within(told, line)
    if _NO_PART in told.headline:
        sets = "has no attribute" not in told.headline and _SETS_SHAPE.match(line)
        return replace(told, next_step=_BY_RESHAPE) if sets else told
    if not is_syntax:
        return _told_in_place(told, line)
    step = next((step for pattern, step in _SLIPS if re.search(pattern, line)), "") or _keyword_meant(line)
    return replace(told, next_step=f"{step}; then run the cell in a fresh kernel, and save.") if step else told


_NO_WHOLE = "'float' object cannot be interpreted as an integer"
_TIMES = re.compile(r"\*\s*(\d*\.\d+)\s*\)")


def _told_within(told: CriterionRecord, line: str) -> CriterionRecord:
    """Name a factor that stands within brackets, by which a size there is no whole number."""
    found = None if "/" in line else _TIMES.search(line)
    if found is None:
        return told
    step = f"`* {found[1]}` stands within the brackets, so that a size is multiplied by it: close them before it."
    return replace(told, next_step=step)


_NO_PART = "It raised AttributeError"  # with its message, or without in a hidden case
_SETS_SHAPE = re.compile(r"\s*(?!\s|self\.shape\b)[A-Za-z_][\w.]*\.shape\s*=(?!=)")
_BY_RESHAPE = (
    "A shape can be set only where the numbers lie in memory in that order (not those of x.T): write "
    "`x.reshape(...)`, which makes a copy where one is needed, and does not change x itself."
)

_UNTOLD = "It raised an exception ("  # of numpy's, in a hidden case, whose name is not told
_IN_PLACE = re.compile(r"\s*([A-Za-z_][\w.]*)\s*(\*\*|//|[-+*/])=(?!=)")


def _told_in_place(told: CriterionRecord, line: str) -> CriterionRecord:
    """Name what changes an array in place: of whole numbers it takes no others, and it grows to no other shape."""
    if (found := _IN_PLACE.match(line)) is None:
        return told
    name, sign = found.groups()
    keeps = f"`{name} {sign}= ...` changes an array in place, which keeps its type (whole numbers) and its shape"
    return replace(told, next_step=f"{keeps}: write `{name} = {name} {sign} ...`. If that is not it: {told.next_step}")


_FIRST = re.compile(r"\s*([A-Za-z]{3,10})\b")
_LEAST = 5  # letters of a keyword that a misspelt one is taken for


def _keyword_meant(line: str) -> str:
    """What to write for the first word of a line, where that is a keyword in capitals or with a slip in it."""
    found = _FIRST.match(line)
    if found is None or keyword.iskeyword(found[1]):
        return ""
    if keyword.iskeyword(found[1].lower()):
        return f"Write `{found[1].lower()}` in small letters"
    alike = near(found[1], [word for word in keyword.kwlist if len(word) >= _LEAST])
    return f"Write `{alike}`, if that is what `{found[1]}` is to be" if alike else ""
