"""What is said of a function that is not there, or does not count: where something was looked for, and how to write it.

takes: a criterion's rule and its verdict.
gives: a headline and what to try next.
must not know: HTML, arrays, points, how a verdict was reached.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from grader.answer_key import CriterionRule, Rubric
from grader.feedback.case_wording import Place
from grader.feedback.next_step.error_wording import NOTHING_ABSENT, Absent, after_name, may_bind
from grader.feedback.next_step.module_wording import say_not_in
from grader.feedback.next_step.names_wording import near_miss
from grader.gradebook import CriterionRecord
from grader.judge import Kind, Verdict
from grader.wire import Trouble

STOPPED = ("TimeoutError", "ProcessEnded")
"""How the sandbox names what it had to stop while the definitions were run."""

MOST_NAMES = 5_000  # of other files, among which a misspelt one is looked for
NOTHING_THERE = "None of the functions of"
UNREADABLE = ("SyntaxError", "IndentationError", "TabError")
"""What Python calls it where code cannot be read."""


_MEND = "Mend that line"
_CLOSE = "Close the quotes that are opened there"
_OR_NEWER = " If it does run there, your Python is newer than the grader's: write it in an older way."
_SLIPS = (
    ("merge conflict", "Choose one of the two sides, take the other and the lines with <<<, === and >>> out"),
    ("f-string", _MEND),  # newer Pythons take more of these
    ("was never closed", "Close the bracket that is opened there"),
    ("unmatched", "Take that bracket out, or open it before"),
    ("does not match opening", "Close the bracket by its like"),
    ("expected ':'", "Put a colon where it is missing there, mostly at the end of that line; `else if` is `elif`"),
    ("expected an indented block", "Write what belongs there below, further to the right than the line above it"),
    ("inden", "Let that line begin where those around it do, with blanks alone and no tabs"),
    ("unterminated", _CLOSE),
    ("'\u00b2'", "Write `**2` in the place of `\u00b2`"),
    ("'\u00b3'", "Write `**3` in the place of `\u00b3`"),
    ("'\u221a'", "Write `np.sqrt(...)` in the place of `\u221a`"),
    ("'\u00b7'", "Write `*` in the place of `\u00b7`, or `@` where a matrix product is meant"),
    ("'\u22c5'", "Write `*` in the place of `\u22c5`, or `@` where a matrix product is meant"),
    ("invalid character", "Type that character anew in place of the pasted one"),
    (
        "invalid non-printable character",
        "Type that line anew in place of the pasted one, which holds a character that nobody sees",
    ),
    ("outside async", "Take the word `async` or `await` out (a plain function has none)"),
    ("'await' outside", "Take the word `await` out (a plain function has none)"),
    ("outside function", "Move that line to the right, into its function"),
    ("outside loop", "Take that line out, or move it into a loop (a function is left with `return`)"),
    ("not properly in loop", "Take that line out, or move it into a loop (a function is left with `return`)"),
    ("nonlocal", "Take the line with `nonlocal` out, or give that name a value in a function around this one"),
    ("is parameter and global", "Take the line with `global` out (that name is a parameter here)"),
    ("global declaration", "Take the line with `global` out, or let it be the first in the function"),
    ("duplicate argument", "Give each parameter a name of its own"),
    ("import * only", "Move that import out of the function, to the left edge, or name what it is to bring"),
    ("__future__", "Move that import to the first line of the first cell, or take it out"),
    ("default 'except:'", "Let the bare `except:` be the last one"),
    ("invalid decimal literal", "Put a `*` between a number and a name, or begin the name with a letter"),
    ("leading zeros", "Write the number without the zeros before it"),
    ("starred", "Take the `*` away that stands there before a name, or see what it is to unpack"),
    ("cannot assign to", "Write a name on the left of `=` (`==` compares)"),
)
"""By a part of the message; the first that fits counts."""

_NEWER_READ = (_MEND, _CLOSE)
"""Of these what newer Pythons may read: an f-string with one quote may go over several lines there."""


def say_missing(
    rule: CriterionRule, verdict: Verdict, place: Place, absent: Absent = NOTHING_ABSENT
) -> tuple[str, str]:
    """Headline and next step where no function of this name was found, or none that could be read."""
    if verdict.trouble is not None and verdict.trouble.type_name in STOPPED:
        where = place(verdict.trouble.cell, verdict.trouble.line)
        return f"Nothing named {rule.name} was found; {where} was stopped: {verdict.trouble.message}.", (
            f"Move what is at {where} out of the way of the definitions, or take it out."
        )
    if verdict.trouble is not None:
        where = place(verdict.trouble.cell, verdict.trouble.line)
        told = f"{verdict.trouble.type_name}: {verdict.trouble.message}"
        if verdict.trouble.type_name not in UNREADABLE:
            lacking = _after_name(rule, verdict.trouble, absent) if verdict.trouble.type_name == "NameError" else ""
            return f"{rule.name} could not be defined: {told} ({where}).", (
                lacking or "Mend that line, restart the kernel, run all cells from the top, and save."
            )
        step = next((step for part, step in _SLIPS if part in verdict.trouble.message), _MEND)
        return f"{rule.name} could not be read: {told} ({where}).", (
            f"{step}, run the cell in a fresh kernel, and save.{_OR_NEWER if step in _NEWER_READ else ''}"
        )
    if file := dict(absent.unfound).get(rule.name.split(".")[0]):
        return f"Nothing named {rule.name} was found: {say_not_in(rule.name.split('.')[0], file)}.", (
            f"Define it {'there' if file.endswith('.py') else 'here'} as {_definition(rule)}, spelt just so."
        )
    if modules := _that_may_hold(rule.name.split(".")[0], absent):
        are = "was" if len(modules) == 1 else "were"
        listed = " and ".join(f"`{module}`" for module in modules)
        return f"Nothing named {rule.name} was found: {listed}, imported here, {are} not there when it was graded.", (
            f"Hand {listed} in beside this file, with all that lies in it: a zip of your whole folder will do. If it "
            f"is a package and no file of yours, define {_definition(rule)} here."
        )
    return f"Nothing named {rule.name} was found.", f"Define it as {_definition(rule)}, spelt just so."


def _after_name(rule: CriterionRule, trouble: Trouble, absent: Absent) -> str:
    owner, _, method = rule.name.rpartition(".")
    if owner and f"name '{owner}' " in trouble.message:
        return (
            f"That line goes on from a `{owner}` which no cell defines: put the cell back that begins the class, or "
            f"write `{method}` here too and take `({owner})` out."
        )
    return after_name(trouble.message, absent)


def _that_may_hold(name: str, absent: Absent) -> tuple[str, ...]:
    """The modules that could not be imported, where one of these imports would have given this name."""
    modules = (
        of for of in absent.modules if may_bind(of[1], f"name '{name}' ") and (absent.is_all or "*" not in of[1])
    )
    return tuple(dict.fromkeys(module for module, _ in modules))


def _is_nothing_there(criteria: Sequence[CriterionRecord]) -> bool:
    """Whether not one of several graded functions is there, and nothing is known that cost one."""
    lost = (c.trouble_line or c.headline.startswith(f"Nothing named {c.name} was found: ") for c in criteria)
    return len(criteria) > 1 and all(c.verdict == "missing" for c in criteria) and not any(lost)


def note_on_nothing(
    criteria: Sequence[CriterionRecord], title: str, absent: Absent = NOTHING_ABSENT
) -> tuple[str, ...]:
    """A note where the file is most likely that of another week, and does not get the functions from elsewhere."""
    if not _is_nothing_there(criteria) or any(_that_may_hold(c.name.split(".")[0], absent) for c in criteria):
        return ()
    return (f"{NOTHING_THERE} '{title}' is there: is this the file of another exercise?",)


def say_uncounted(rule: CriterionRule, verdict: Verdict, found: str, to_do: str) -> tuple[str, str]:
    """Where something was written for this name and does not count: headline and next step name both places."""
    start = (
        "The last definition counts" if verdict.kind is Kind.NOT_ATTEMPTED else f"Nothing named {rule.name} was found"
    )
    return f"{start}: {found}.", f"{to_do[0].upper()}{to_do[1:]}."


def misspelt_elsewhere(
    rubric: Rubric, there: Collection[str], others: Mapping[str, Iterable[str]]
) -> Iterator[tuple[str, tuple[str, str]]]:
    """Of what is not `there`, nor nearly: which other file of the hand-in has what may be meant, and what to do.

    A class that is there is taken from no other file.
    """
    named = list(islice(((file, name) for file, names in others.items() for name in names), MOST_NAMES))
    for rule in rubric.criteria if named else ():
        if rule.name.split(".")[0] not in there and not near_miss(rule.name, there, rubric.spelt):
            close = near_miss(rule.name, [name for _, name in named], rubric.spelt)
            for file in [file for file, name in named if name == close][:1]:
                to_do = f"see whether `{close}` is it, and write {_definition(rule)}, spelt just so"
                yield rule.name, (f"{file} has `{close}`", to_do)


def say_slid_out(found: str, to_do: str) -> tuple[str, str]:
    """Where nothing is left within a function, and what was to be in it stands behind it."""
    return (
        f"Nothing is written in it. {found}.",
        f"{to_do[0].upper()}{to_do[1:]}, with the lines above it that belong there.",
    )


def say_inherited(rule: CriterionRule) -> str:
    """What to try where a base class's method, which only says that it is to be written, was called in its place."""
    return f"Write {_definition(rule)}: it has none, so the one of its base class was called."


def _definition(rule: CriterionRule) -> str:
    owner, _, name = rule.name.rpartition(".")
    return f"`def {name}{rule.takes}`" + (f" in `class {owner}`" if owner else "")
