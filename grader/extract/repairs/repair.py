"""A cell's source made into Python that parses, line for line, with a remark for all that was left out.

takes: the source of one code cell.
gives: `Repaired`: source with the same line numbers, remarks, and troubles with the names they cost.
must not know: notebooks, graded names.

Nothing is guessed about what a student meant: a line is rewritten where it says something that Python reads no more,
or not yet, and what does not parse is dropped in the smallest piece that can be.
"""

from __future__ import annotations

import ast
import re

from grader.extract.repairs.conflicts import settle, sides
from grader.extract.repairs.old_methods import OLD_METHOD, with_newer_methods
from grader.extract.repairs.old_prints import OLD_PRINT, with_all_shown, with_calls
from grader.extract.repairs.old_statements import OLD_STATEMENT, with_old_statements
from grader.extract.repairs.outside import returns_outside
from grader.extract.repairs.patience import Patience, parse
from grader.extract.repairs.repaired import Repaired
from grader.extract.repairs.rewriting import OLD_EXCEPT, rewritten, with_old_handlers, without_fstring, without_margin
from grader.extract.repairs.salvaging import DEFINED, salvage
from grader.extract.repairs.typography import RETYPED, TAB_WIDTHS, closing, retyped, with_plain_margin
from grader.wire import Trouble

# Magics whose cell is Python all the same: of IPython, and of what measures time and memory.
PYTHON_MAGICS = {
    "time", "timeit", "capture", "prun", "python", "python3", "py3", "debug", "memit", "mprun", "lprun", "snakeviz",
    "pyinstrument", "scalene", "heat", "mypy", "wandb",
}  # fmt: skip
FILE_MAGICS = {"writefile", "file"}
APART = {"python", "python3", "py3"}  # of the magics above: they run the cell in another process
ADD_TO = "add_to"  # of the package jdc: a class is written over several cells
CONFLICT = "an unresolved merge conflict: its two sides differ here, so choose one"
SAME_CONFLICT = "marks of a merge conflict were left out: both sides define the same"
MOST_FIXES = 200  # of one cell; every fix parses the cell anew
LONGEST_LINE = 2_000  # characters of a line that is rewritten: what is longer nobody typed

_BAD_CHARACTER = ("invalid character", "invalid non-printable character")  # as CPython words it
_BAD_FSTRING = ("f-string", "unexpected character after line continuation", "unterminated string literal")
_UNMATCHED = "unmatched "
_GOES_ON = "unexpected character after line continuation"
_BEHIND = re.compile(r"\\[ \t]*(?:#.*)?$")  # what nobody sees, or a remark
_CLOSING = re.compile(r"\s*[)\]}][)\]}\s,;]*(?:#.*)?")


def repair(source: str, patience: Patience | None = None) -> Repaired:
    """Make a cell parse; `SubmissionError` where that takes more than there is patience for."""
    found = Repaired(source, patience or Patience())
    tree = parse(source)
    if isinstance(tree, ast.Module):
        return _read_as(found, source, tree)
    parsed, source = source, _without_conflict(source, found)
    lines, remark = without_margin(source.split("\n"))
    found.remarks += [remark] if remark else []
    lines = _without_cell_magic(lines, found)
    mended = "\n".join(lines)
    if mended != parsed:
        tree = found.patience.parse(mended)
    for _ in range(MOST_FIXES):
        if isinstance(tree, ast.Module) or not _fix_line(lines, tree, found):
            break
        mended = "\n".join(lines)
        tree = found.patience.parse(mended)
    if not isinstance(tree, ast.Module):  # or more to mend than anybody wrote by hand
        mended = "\n".join(salvage(lines, found))
        tree = found.patience.parse(mended)
    assert isinstance(tree, ast.Module), "what is left after a repair parses"
    return _read_as(found, mended, tree)


_READ_AS = (
    ("except", OLD_EXCEPT, with_old_handlers),
    ("print", OLD_PRINT, with_all_shown),
    ("", OLD_METHOD, with_newer_methods),
)
"""What parses and was meant for Python 2: a word of the lines that are told, what is told of them, what is done."""


def _read_as(found: Repaired, source: str, tree: ast.Module) -> Repaired:
    for word, remark, read in _READ_AS:
        newer = read(source, tree)
        read_anew = parse(newer) if newer != source else None
        if isinstance(read_anew, ast.Module):  # and not one bracket more than Python takes
            pairs = enumerate(zip(source.split("\n"), newer.split("\n"), strict=True), start=1)
            found.remarks += [f"line {n}: {remark}" for n, (was, line) in pairs if was != line and word in was]
            source, tree = newer, read_anew
    found.tree = tree
    found.source, found.outside = returns_outside(source, tree)
    return found


def _without_conflict(source: str, found: Repaired) -> str:
    """Leave out what the two sides of a merge conflict have differently: neither is taken for the student's."""
    both = sides(source)
    if both is None:
        return source
    ours, theirs = (repair(side, found.patience).source for side in both)
    settled = settle(ours, theirs)
    if settled is None:
        return source
    for name, line in settled.lost.items():
        found.troubles.append((Trouble("SyntaxError", CONFLICT, 0, line), (name,)))
    found.remarks.append("marks of a merge conflict: what both sides have was read" if settled.lost else SAME_CONFLICT)
    if settled.others_differ:
        found.remarks.append("of statements that differ between the sides of the merge conflict, the first was read")
    return settled.source


def _without_cell_magic(lines: list[str], found: Repaired) -> list[str]:
    first = next((n for n, line in enumerate(lines) if line.strip()), 0)
    if not lines[first].lstrip().startswith("%%"):
        return lines
    name = (lines[first].lstrip()[2:].split() or [""])[0]
    if name in PYTHON_MAGICS:
        found.is_aside = name in APART
        found.remarks.append(f"line {first + 1}: the magic %%{name} was left out")
        return ["" if n == first else line for n, line in enumerate(lines)]
    if name in FILE_MAGICS and lines[first].split()[-1].strip("\"'").endswith(".py"):
        found.is_aside = True
        found.remarks.append(
            f"line {first + 1}: %%{name} writes this cell to a Python file; what is nowhere else was read as code"
        )
        return ["" if n == first else line for n, line in enumerate(lines)]
    if name == ADD_TO and len(said := lines[first].split()) == 2 and said[1].isidentifier():
        found.remarks.append(f"line {first + 1}: %%{ADD_TO} makes the functions of this cell methods of {said[1]}")
        made = [match[3] for line in lines if (match := DEFINED.match(line)) and match[2] == "def" and not match[1]]
        return [*[""] * (first + 1), *lines[first + 1 :], *(f"{said[1]}.{method} = {method}" for method in made)]
    found.remarks.append(f"the cell was left out: %%{name} is not Python")
    return [""] * len(lines)


def foreign_magic(source: str) -> str:
    """The name of the magic that hands a cell to something else than Python, if there is one."""
    first = next((line.split() for line in source.split("\n") if line.strip()), [""])[0]
    name = first[2:] if first.startswith("%%") else ""
    return name if name.isidentifier() and name not in {*PYTHON_MAGICS, *FILE_MAGICS, ADD_TO} else ""


def _fix_line(lines: list[str], trouble: Trouble, found: Repaired) -> bool:
    """Rewrite the line at which parsing stopped, where it is something known; tell whether anything changed."""
    at = trouble.line - 1
    if trouble.type_name == "TabError" and any("\t" in line for line in lines):
        width = _tab_width(lines, found.patience)
        lines[:] = [line.expandtabs(width) for line in lines]
        found.remarks.append(f"tabs and spaces are mixed: a tab was read as up to {width} spaces")
        return True
    if _is_of_margin(trouble) and 0 <= at < len(lines) and with_plain_margin(lines[at]) != lines[at]:
        lines[:] = [with_plain_margin(line) for line in lines]  # what was pasted has them in each
        found.remarks.append(f"line {trouble.line} and those like it: {RETYPED}")
        return True
    if "triple-quoted" in trouble.message and (closed := closing(lines, at)):
        lines[closed[0]] = closed[1]
        found.remarks.append(f"line {closed[0] + 1}: {RETYPED}")
        return True
    # Python points one line late at what follows a block that a magic left empty, hence the line before too; which may
    # as well be the end of a text, whose words are nobody's to change.
    for n in (at, at - 1):
        before = list(lines)
        if 0 <= n < len(lines) and (remark := _mend(lines, n, trouble.message, n == at)):
            if n == at or _is_read_further(lines, trouble, found.patience):
                found.remarks.append(f"line {n + 1}: {remark}")
                return True
            lines[:] = before
    return False


def _is_read_further(lines: list[str], trouble: Trouble, patience: Patience) -> bool:
    """Whether Python comes past this trouble, or has another one there."""
    now = patience.parse("\n".join(lines))
    return isinstance(now, ast.Module) or (
        now.line >= trouble.line and (now.line, now.message) != (trouble.line, trouble.message)
    )


def _mend(lines: list[str], n: int, message: str, is_there: bool) -> str:
    """Rewrite one line, or a statement that begins in it; tell how, or nothing where nothing is known of it."""
    fixed, remark = _fixed(lines[n], message, is_there)
    if fixed != lines[n]:
        lines[n] = fixed
        return remark
    for read, remark in ((with_calls, OLD_PRINT), (with_old_statements, OLD_STATEMENT)):
        called = read(lines, n) if len(lines[n]) <= LONGEST_LINE else lines
        if called != lines:
            lines[:] = called
            return remark
    return ""


def _is_of_margin(trouble: Trouble) -> bool:
    return trouble.type_name == "IndentationError" or trouble.message.startswith(_BAD_CHARACTER)


def _tab_width(lines: list[str], patience: Patience) -> int:
    """For how many spaces a tab stands: the first that makes Python of it, with no `return` outside of a function."""
    for width in TAB_WIDTHS:
        tree = patience.parse(source := "\n".join(line.expandtabs(width) for line in lines))
        if isinstance(tree, ast.Module) and not returns_outside(source, tree)[1]:
            return width
    return TAB_WIDTHS[0]


def _fixed(line: str, message: str, is_there: bool) -> tuple[str, str]:
    """What the message is about is mended first, and only in the line that it is about."""
    if len(line) > LONGEST_LINE:
        return line, ""
    if message.startswith(_BAD_CHARACTER):
        return (retyped(line, message), RETYPED) if is_there else (line, "")
    if message.startswith(_GOES_ON) and is_there and (match := _BEHIND.search(line)):
        return line[: match.start() + 1], "what stood behind the backslash at its end was left out"
    if message.startswith(_UNMATCHED) and is_there and _CLOSING.fullmatch(line):
        return "", "a bracket that closes nothing was left out"
    fixed, remark = rewritten(line)
    if fixed == line and is_there and message.startswith(_BAD_FSTRING):
        return without_fstring(line)
    return fixed, remark
