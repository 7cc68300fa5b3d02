"""Which globals a program's text reads, as the compiler sees it and not as words do: `x` is mostly a parameter.

takes: source.
gives: names; nothing where the compiler refuses the text.
must not know: graded names, cells, which of it is run.
"""

from __future__ import annotations

import symtable
from collections.abc import Iterator


def globals_read(source: str, at_top: bool = False) -> set[str] | None:
    """The globals that functions and classes read, and `at_top` what is read outside of them too.

    A name that stands anywhere in the body of a class counts: `eps = eps` reads a global there.
    """
    try:
        top = symtable.symtable(source, "hand-in", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    read = set(_read_in(top))
    if at_top:
        read.update(name for name in top.get_identifiers() if top.lookup(name).is_referenced())
    return read


def _read_in(top: symtable.SymbolTable) -> Iterator[str]:
    waiting = list(top.get_children())
    while waiting:
        table = waiting.pop()
        within_class = table.get_type() == "class"
        yield from (
            symbol.get_name()
            for symbol in table.get_symbols()
            if symbol.is_referenced() and (within_class or symbol.is_global())
        )
        waiting.extend(table.get_children())
