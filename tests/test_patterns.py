"""Regular expressions are done with a text in one pass: twice the text takes twice the time, and never four times.

takes: the patterns that the grader's modules hold, and how each is used.
gives: one test of them all, on long texts of one sign or two.
must not know: what is looked for.

Where a pattern begins anew at each sign of a word, or gives back what it took, one long word costs a minute.
Patterns that are put together while the grader runs are not seen here; they hold names.
"""

from __future__ import annotations

import ast
import re
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
LENGTH = 12_000
SECONDS = 0.1  # of the processor; one pass takes a millisecond or two, and a pass for each sign at least 0.2 s
SCANS = {"search", "findall", "finditer", "sub", "subn", "split"}
HELD_AT_THE_START = {"match", "fullmatch"}
UNITS = [
    *"aA1_ \n\t()[]{}.,=#'\"-+*/\\<>%!@:;|&$`\u00e9\u200b",
    "a.", "a ", "a, ", "a=", "(a", "a(", "a)", "a\n", " \n", "\n ", "# ", "#\n", "a 1", "1.", "-1", "1e", "x[", "x]",
    "np.", "def ", "class ", "import ", "from ", "self.", "return ", "\"a", "%a ", "<a", "...", "->", "    a\n",
    "print ", "lambda ", "for ", "not ", "0x", "if ",
]  # fmt: skip
OF_AUTHORS = {
    "choosing/exercise.py",
    "release/markers.py",
    "next_step/form_wording.py",
}  # what an author writes, in a line

Use = tuple[str | bytes, int, str]


def literal(node: ast.AST) -> Use | None:
    """The pattern, the flags and the function of `re` in a call of it."""
    match node:
        case ast.Call(ast.Attribute(ast.Name("re"), how), [ast.Constant(str() | bytes() as pattern), *more], keywords):
            named = [one for part in [*more, *keywords] for one in ast.walk(part) if isinstance(one, ast.Attribute)]
            return pattern, sum(getattr(re, one.attr) for one in named if one.attr.isupper()), how
        case _:
            return None


def named(tree: ast.Module) -> dict[str, Use]:
    """The patterns that a module gives a name."""
    given = {ast.unparse(one.targets[0]): literal(one.value) for one in tree.body if isinstance(one, ast.Assign)}
    return {name: found for name, found in given.items() if found}


def uses(tree: ast.Module, public: Mapping[str, Use]) -> Iterator[Use]:
    """How a module uses patterns: by the name that it or another one gave them, or at once."""
    known = {**public, **named(tree)}
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(ast.Name(name), how) if how in SCANS | HELD_AT_THE_START and name in known:
                yield *known[name][:2], how
            case ast.Call() if (found := literal(node)) and found[2] != "compile":
                yield found
            case _:
                pass


def house() -> dict[Use, str]:
    """Each way in which the grader uses a pattern, and a file that does."""
    files = {file.relative_to(ROOT).as_posix(): ast.parse(file.read_text()) for file in (ROOT / "grader").rglob("*.py")}
    public = {name: use for tree in files.values() for name, use in named(tree).items() if name[0] != "_"}
    theirs = {file: tree for file, tree in files.items() if not file.endswith(tuple(OF_AUTHORS))}
    return {use: file for file, tree in theirs.items() for use in uses(tree, public)}


class TooLong(Exception):
    """A pattern is still at work."""


def stop(number: int, frame: FrameType | None) -> None:
    raise TooLong


@pytest.fixture
def _stopped_in_time() -> Iterator[None]:
    before = signal.signal(signal.SIGVTALRM, stop)
    yield
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    signal.signal(signal.SIGVTALRM, before)


def takes_long(use: Use, text: str) -> bool:
    """Whether a pattern is at work on a text when its time is over."""
    pattern, flags, how = use
    compiled: re.Pattern[Any] = re.compile(pattern, flags)
    look = compiled.findall if how in SCANS else getattr(compiled, how)
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
        look(text.encode() if isinstance(pattern, bytes) else text)
    except TooLong:
        return True
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return False


@pytest.mark.usefixtures("_stopped_in_time")
def test_no_pattern_reads_a_text_again_for_each_of_its_signs() -> None:
    """Each pattern of the house, used as it is, is done with a long text of any kind in a pass."""
    used = house()
    assert len(used) > 200
    slow = {
        (where, use[0], unit)
        for use, where in used.items() for unit in UNITS
        if takes_long(use, unit * (LENGTH // len(unit)) + "x")
    }  # fmt: skip
    assert slow == set()


@pytest.mark.usefixtures("_stopped_in_time")
@pytest.mark.parametrize(
    ("pattern", "how"), [(r"(\w+)\s*\(", "findall"), (r"[. ]+$", "sub"), (r"(\s*)(.*\S)\s*#", "match")]
)
def test_one_that_does_is_found(pattern: str, how: str) -> None:
    """It begins anew at each sign, or gives back what it took."""
    assert any(takes_long((pattern, 0, how), unit * LENGTH + "x") for unit in "a. ")
