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
from dataclasses import dataclass, field

from grader.extract.conflicts import END, OURS, THEIRS, settle, sides
from grader.extract.outside import returns_outside
from grader.extract.patience import Patience, parse
from grader.extract.rewriting import retyped, rewritten, without_fstring, without_margin
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
MARK = "a mark of a merge conflict that is not resolved"
SAME_CONFLICT = "marks of a merge conflict were left out: both sides define the same"
MOST_FIXES = 200  # of one cell; every fix parses the cell anew
LONGEST_LINE = 2_000  # characters of a line that is rewritten: what is longer nobody typed

_BAD_CHARACTER = ("invalid character", "invalid non-printable character")  # as CPython words it
_BAD_FSTRING = ("f-string", "unexpected character after line continuation", "unterminated string literal")
_UNMATCHED = "unmatched "
_CLOSING = re.compile(r"\s*[)\]}][)\]}\s,;]*(?:#.*)?")
_DEFINED = re.compile(r"^(\s*)(?:async\s+)?(def|class)\s+(\w+)")
_CONTINUES = re.compile(r"^(?:elif\b|else\b|except\b|finally\b|[)\]}])")


@dataclass
class Repaired:
    """Source that parses, and its tree; `remarks` for a reader; `troubles` with the names that each one cost.

    `is_aside` where the student's own kernel does not run it: it goes to a file, or to another process. `patience` is
    for all that has to be parsed again. `outside` has functions, `Class.method` too, behind which a `return` stands
    that is no longer within them, and its line.
    """

    source: str
    patience: Patience = field(default_factory=Patience, compare=False, repr=False)
    tree: ast.Module = field(default_factory=lambda: ast.Module([], []), compare=False, repr=False)
    remarks: list[str] = field(default_factory=list)
    troubles: list[tuple[Trouble, tuple[str, ...]]] = field(default_factory=list)
    is_aside: bool = False
    outside: dict[str, int] = field(default_factory=dict)


def repair(source: str, patience: Patience | None = None) -> Repaired:
    """Make a cell parse; `SubmissionError` where that takes more than there is patience for."""
    found = Repaired(source, patience or Patience())
    tree = parse(source)
    if isinstance(tree, ast.Module):
        found.tree = tree
        found.source, found.outside = returns_outside(found.source, tree)
        return found
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
        mended = "\n".join(_salvage(lines, found))
        tree = found.patience.parse(mended)
    found.source = mended
    assert isinstance(tree, ast.Module), "what is left after a repair parses"
    found.tree = tree
    found.source, found.outside = returns_outside(found.source, tree)
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
        made = [match[3] for line in lines if (match := _DEFINED.match(line)) and match[2] == "def" and not match[1]]
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
        lines[:] = [line.expandtabs(8) for line in lines]  # what Python 2 took a tab for
        found.remarks.append("tabs and spaces are mixed: a tab was read as up to 8 spaces")
        return True
    # Python points one line late at what follows a block that a magic left empty, hence the line before too.
    for n in (at, at - 1):
        if not 0 <= n < len(lines):
            continue
        fixed, remark = _fixed(lines[n], trouble.message, n == at)
        if fixed != lines[n]:
            lines[n] = fixed
            found.remarks.append(f"line {n + 1}: {remark}")
            return True
    return False


def _fixed(line: str, message: str, is_there: bool) -> tuple[str, str]:
    """What the message is about is mended first, and only in the line that it is about."""
    if len(line) > LONGEST_LINE:
        return line, ""
    if message.startswith(_BAD_CHARACTER):
        return retyped(line) if is_there else (line, "")
    if message.startswith(_UNMATCHED) and is_there and _CLOSING.fullmatch(line):
        return "", "a bracket that closes nothing was left out"
    fixed, remark = rewritten(line)
    if fixed == line and is_there and message.startswith(_BAD_FSTRING):
        return without_fstring(line)
    return fixed, remark


def _salvage(lines: list[str], found: Repaired) -> list[str]:
    """Keep every top-level piece that parses by itself; blank the others, each with a trouble of its own."""
    kept = [""] * len(lines)
    starts = _piece_starts(lines)
    at = 0
    while at < len(starts):
        end_at = _longest_parsing(lines, starts, at, found.patience)
        first, last = starts[at], starts[end_at] if end_at < len(starts) else len(lines)
        if end_at == at:
            end_at = at + 1
            last = starts[end_at] if end_at < len(starts) else len(lines)
            _drop(lines, first, last, kept, found)
        else:
            kept[first:last] = lines[first:last]
        at = end_at
    return kept


def _piece_starts(lines: list[str]) -> list[int]:
    """Lines at which a top-level statement may begin; a decorator belongs to what it decorates."""
    starts: list[int] = []
    decorated = False
    for n, line in enumerate(lines):
        if not line.strip() or line[0] in " \t#" or _CONTINUES.match(line):
            continue
        if not decorated:
            starts.append(n)
        decorated = line.startswith("@")
    return starts or [0]


def _longest_parsing(lines: list[str], starts: list[int], at: int, patience: Patience) -> int:
    """The place in `starts` after the first piece that parses, taken together with up to 20 that follow it.

    Together, since a string of several lines may hold text that looks like a beginning. `at` means: none does.
    """
    for end_at in range(at + 1, min(at + 21, len(starts)) + 1):
        last = starts[end_at] if end_at < len(starts) else len(lines)
        if isinstance(patience.parse("\n".join(lines[starts[at] : last])), ast.Module):
            return end_at
    return at


def _drop(lines: list[str], first: int, last: int, kept: list[str], found: Repaired) -> None:
    piece = lines[first:last]
    trouble = found.patience.parse("\n".join(piece))
    assert isinstance(trouble, Trouble), "only pieces that do not parse are dropped"
    placed = _placed(trouble, trouble.line + first, lines)
    if piece[0].startswith("class "):
        _salvage_class(lines, first, last, kept, found, placed)
        return
    names = tuple(match[3] for line in piece if (match := _DEFINED.match(line)) and not match[1])
    found.troubles.append((placed, names))


def _placed(trouble: Trouble, at: int, lines: list[str]) -> Trouble:
    """The trouble of a piece, by its line in the cell; a mark that is left of a merge conflict is told as that."""
    is_mark = 0 < at <= len(lines) and lines[at - 1].lstrip().startswith((OURS, THEIRS, END))
    return Trouble(trouble.type_name, MARK if is_mark else trouble.message, 0, at)


def _salvage_class(lines: list[str], first: int, last: int, kept: list[str], found: Repaired, trouble: Trouble) -> None:
    """Drop only the methods that do not parse; where that does not help, the whole class."""
    match = _DEFINED.match(lines[first])
    name = match[3] if match else "?"
    body = [n for n in range(first + 1, last) if lines[n].strip() and not lines[n].lstrip().startswith("#")]
    indent = lines[body[0]][: len(lines[body[0]]) - len(lines[body[0]].lstrip())] if body else ""
    starts = [n for n in body if lines[n].startswith(indent) and not lines[n][len(indent) :][:1].isspace()]
    trial = lines[first:last]
    lost: list[tuple[Trouble, tuple[str, ...]]] = []
    for start, end in zip(starts, [*starts[1:], last], strict=False):  # no starts: a class without a body
        piece = "\n".join([lines[first].split("#")[0], *lines[start:end]])
        wrong = found.patience.parse(piece)
        if isinstance(wrong, Trouble) and not lines[start].lstrip().startswith("@"):
            trial[start - first : end - first] = [""] * (end - start)
            found_name = _DEFINED.match(lines[start])
            placed = _placed(wrong, wrong.line + start - 1, lines)
            lost.append((placed, (f"{name}.{found_name[3]}",) if found_name else ()))
    if lost and isinstance(found.patience.parse("\n".join(trial)), ast.Module):
        kept[first:last] = trial
        found.troubles.extend(lost)
    else:
        found.troubles.append((trouble, (name,)))
