"""Which globals a statement reads, as the compiler sees it and not as words do: `x` is mostly a parameter.

takes: a top-level statement, or its text.
gives: names.
must not know: graded names, cells, which statements are run.

Statement by statement: what is global within one does not depend on the others, and those of the hand-out come again in
every hand-in.
"""

from __future__ import annotations

import re
import symtable
import unicodedata
import warnings
from collections.abc import Collection, Iterable, Iterator

from grader.extract.flow.statements import Statement
from grader.memo import Memo

LOOKED_UP = frozenset({
    "globals", "eval", "exec", "locals", "vars", "getattr", "__dict__", "__globals__", "modules", "f_globals",
    "f_locals",
})  # fmt: skip
_WORD = re.compile(r"[^\W\d]\w*")
_OPERATOR = re.compile(r"(?:<<|>>|[-+*/%@&|^])=")  # quicker to look for than the names before it
_AUGMENTED = re.compile(r"(?<!\w)([^\W\d]\w*)\s*(?:\*\*|//|<<|>>|[-+*/%@&|^])=")
_DELETED = re.compile(r"\bdel\b([^\n;]*)")
_read: Memo[frozenset[str]] = Memo()
MOST_WITHIN = 1000  # functions and the like within one statement
_SCOPE = re.compile(r"(?<![^\W\d])(?:def|lambda|for|class)\b")  # also behind a digit: `[0for a in b]`
_LEAST = len("lambda:0")  # letters of one, so that what is short need not be looked through


def as_python(text: str) -> str:
    """Text with its names as Python spells them: the `ϵ` that Jupyter types for epsilon is an `ε` to it.

    All ways to write a letter are one, as in `import größe`: the names of files on macOS are written in another.
    """
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def words_of(text: str) -> set[str]:
    """All names that may be read, as Python spells them: those in comments and strings too."""
    return set(_WORD.findall(as_python(text)))


def words(statement: Statement) -> set[str]:
    """All names that it may read, by words: a fact of a statement."""
    return words_of(statement.text)


def looks_names_up(statements: Iterable[Statement]) -> bool:
    """Whether code finds names by their text, so that one may be read without being written."""
    return any(not LOOKED_UP.isdisjoint(one.fact(words)) for one in statements)


def globals_read(statement: Statement) -> frozenset[str]:
    """The names that it reads when it is run, and the globals that functions and classes in it read when called.

    A name that stands anywhere in the body of a class counts: `eps = eps` reads a global there. Of what the compiler
    refuses, or is crowded, all words do. A fact of a statement; and of its text, which may stand elsewhere in another
    cell.
    """
    text = statement.text
    return _read.of_text(text, lambda: _read_by(text))


def _read_by(text: str) -> frozenset[str]:
    top = table_of(text)
    if top is None:
        return frozenset(words_of(text))
    changed = _changed_in_place(text)
    at_top = (name for name in top.get_identifiers() if name in changed or top.lookup(name).is_referenced())
    return frozenset([*at_top, *_read_within(top, changed)])


def table_of(text: str) -> symtable.SymbolTable | None:
    """The names of a text as the compiler sees them; none where it refuses it, or where it is crowded.

    For every function, the compiler copies all names around it, and for every name `symtable` looks through all
    functions there: of a hundred thousand that takes hours.
    """
    if _is_crowded(text):
        return None
    try:
        with warnings.catch_warnings():
            # They would be a student's words on the terminal of whoever runs the grader.
            warnings.simplefilter("ignore")
            return symtable.symtable(text, "hand-in", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _is_crowded(text: str) -> bool:
    """Whether it has more functions, classes and comprehensions than anybody writes within one statement."""
    return len(text) > MOST_WITHIN * _LEAST and sum(1 for _ in _SCOPE.finditer(text)) > MOST_WITHIN


def _changed_in_place(text: str) -> set[str]:
    """Names that must be there for `n += 1` or `del n`; the compiler counts neither as a use."""
    found: set[str] = set()
    if _OPERATOR.search(text):
        found.update(_AUGMENTED.findall(as_python(text)))
    if "del" in text:
        found.update(*(words_of(targets) for targets in _DELETED.findall(text)))
    return found


def _read_within(top: symtable.SymbolTable, changed: Collection[str]) -> Iterator[str]:
    waiting = list(top.get_children())
    while waiting:
        table = waiting.pop()
        within_class = table.get_type() == "class"
        yield from (
            symbol.get_name()
            for symbol in table.get_symbols()
            if (symbol.is_referenced() or symbol.get_name() in changed) and (within_class or symbol.is_global())
        )
        waiting.extend(table.get_children())
