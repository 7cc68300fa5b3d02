"""Top-level statements that define nothing and yet count: they fill what the definitions read.

takes: the top-level statements of a hand-in with their text, in order, and the graded names.
gives: those of the loops, calls and blocks that are otherwise left out which change a global that a function reads.
must not know: cells.

`for k in range(8): table[k] = f(k)`, `settings.update(eps=1e-8)`, `setup()` where that sets a global, `fill(table)`
where that fills its argument. A training loop changes names too, but hardly ever those that a graded function reads as
globals: so what is read is asked of the compiler's symbol tables, not of words, by which `w` and `x` are everywhere.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Sequence

from grader.extract.effects import Effects, changed_by, effects_of
from grader.extract.reach import reached
from grader.extract.reading import globals_read, words_of
from grader.extract.writes import CHANGING, CHANGING_FIRST, outer, written

Statements = Sequence[tuple[ast.stmt, str]]
_BLOCKS = (ast.For, ast.While, ast.With, ast.If, ast.Try, ast.TryStar, ast.Match)
_DEFINING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
# Most of what is left out prints or plots one thing, and its text shows that it changes none.
_MAY_CHANGE = re.compile(rf"\b(?:{'|'.join(sorted({*CHANGING, *CHANGING_FIRST}))})\s*\(|:=|[(,]\s*out\s*=")
# Most functions change only what they made themselves, and the text of the others shows it.
_WRITES = re.compile(r"\bglobal\b|\bdel\b|(?:\]|\.\w+)\s*[^\w\s=!<>()\[\]]{0,2}=(?!=)")


def changing_statements(
    statements: Statements, wanted: Collection[str] = (), one_namespace: bool = True
) -> dict[int, set[str]]:
    """The statements that must be run for what they change, by their ids, and the names of that."""
    definitions = [(node, text) for node, text in statements if isinstance(node, _DEFINING)]
    others = [(node, text) for node, text in statements if not isinstance(node, _DEFINING)]
    imported = frozenset(
        alias.asname or alias.name.split(".")[0]
        for node, _ in others
        if isinstance(node, ast.Import)
        for alias in node.names
    )
    found = _changing_by_themselves(others, definitions, imported, wanted)
    effects = _effects(definitions, imported, wanted)
    telling = effects.names
    called = {
        id(node): changed_by(outer([node]), effects)
        for node, text in others
        if telling and not telling.isdisjoint(words_of(text))
    }
    if any(called.values()):
        # Not what all definitions read: `train()` fills a list that only `train` reads.
        within = reached(statements, wanted, {**found, **called}, one_namespace)
        for node, names in called.items():
            if names & within:
                found[node] = found.get(node, set()) | names & within
    return found


def _changing_by_themselves(
    others: Statements, definitions: Statements, imported: frozenset[str], wanted: Collection[str]
) -> dict[int, set[str]]:
    """Blocks and calls that change something in sight."""
    changes = {
        id(node): written([node], imported)
        for node, text in others
        if isinstance(node, _BLOCKS) or (isinstance(node, ast.Expr) and _MAY_CHANGE.search(text))
    }
    named: set[str] = set().union(*(one.bound | one.into for one in changes.values()))
    graded = {name.split(".")[0] for name in wanted}
    if not named & graded.union(words_of("\n".join(text for _, text in definitions))):
        return {}
    read: set[str] = set().union(*(globals_read(text) for _, text in definitions))
    binding = read - {node.name for node, _ in definitions if isinstance(node, _DEFINING)}
    found = {node: one.bound & binding | one.into & (read | graded) for node, one in changes.items()}
    return {node: names for node, names in found.items() if names}


def _effects(definitions: Statements, imported: frozenset[str], wanted: Collection[str]) -> Effects:
    """What calls of own functions change; the graded ones are called when they are graded, and need no call before."""
    if not any(_WRITES.search(text) or _MAY_CHANGE.search(text) for _, text in definitions):
        return Effects()
    return effects_of(definitions, {name.rpartition(".")[2] for name in wanted}, imported)
