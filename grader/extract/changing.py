"""Top-level statements that define nothing and yet count: they fill what the definitions read.

takes: the top-level statements of a hand-in, in order, and the graded names.
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

from grader.extract.effects import Effects, changed_by, effects_of, functions_in
from grader.extract.reach import reached
from grader.extract.reading import globals_read, words
from grader.extract.statements import Statement
from grader.extract.writes import CHANGING, CHANGING_FIRST, Written, outer, written

Statements = Sequence[Statement]
_BLOCKS = (ast.For, ast.While, ast.With, ast.If, ast.Try, ast.TryStar, ast.Match)
_DEFINING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
# Most of what is left out prints or plots one thing, and its text shows that it changes none.
_MAY_CHANGE = re.compile(rf"\b(?:{'|'.join(sorted({*CHANGING, *CHANGING_FIRST}))})\s*\(|:=|[(,]\s*out\s*=")
# Most functions change only what they made themselves, and the text of the others shows it.
_WRITES = re.compile(r"\bglobal\b|\bdel\b|(?:\]|\.\w+)\s*[^\w\s=!<>()\[\]]{0,2}=(?!=)")


def changing_statements(
    statements: Statements, wanted: Collection[str] = (), one_namespace: bool = True
) -> dict[Statement, set[str]]:
    """The statements that must be run for what they change, and the names of that."""
    definitions = [one for one in statements if isinstance(one.node, _DEFINING)]
    others = [one for one in statements if not isinstance(one.node, _DEFINING)]
    imported = frozenset(
        alias.asname or alias.name.split(".")[0]
        for one in others
        if isinstance(one.node, ast.Import)
        for alias in one.node.names
    )
    found = _changing_by_themselves(others, definitions, imported, wanted)
    effects = _effects(definitions, imported, wanted)
    telling = effects.names
    called = {
        one: changed_by(outer([one.node]), effects)
        for one in others
        if telling and not telling.isdisjoint(one.fact(words))
    }
    if any(called.values()):
        # Not what all definitions read: `train()` fills a list that only `train` reads.
        within = reached(statements, wanted, {**found, **called}, one_namespace)
        for one, names in called.items():
            if names & within:
                found[one] = found.get(one, set()) | names & within
    return found


def _changing_by_themselves(
    others: Statements, definitions: Statements, imported: frozenset[str], wanted: Collection[str]
) -> dict[Statement, set[str]]:
    """Blocks and calls that change something in sight."""
    changes = {one: one.fact(_written, imported) for one in others if one.fact(_may_change)}
    named: set[str] = set().union(*(done.bound | done.into for done in changes.values()))
    graded = {name.split(".")[0] for name in wanted}
    if named.isdisjoint(graded) and all(named.isdisjoint(one.fact(words)) for one in definitions):
        return {}
    read: set[str] = set().union(*(one.fact(globals_read) for one in definitions))
    binding = read - {one.node.name for one in definitions if isinstance(one.node, _DEFINING)}
    found = {one: done.bound & binding | done.into & (read | graded) for one, done in changes.items()}
    return {one: names for one, names in found.items() if names}


def _may_change(statement: Statement) -> bool:
    is_call = isinstance(statement.node, ast.Expr)
    return isinstance(statement.node, _BLOCKS) or (is_call and bool(_MAY_CHANGE.search(statement.text)))


def _written(statement: Statement, imported: frozenset[str]) -> Written:
    return written([statement.node], imported)


def _effects(definitions: Statements, imported: frozenset[str], wanted: Collection[str]) -> Effects:
    """What calls of own functions change; the graded ones are called when they are graded, and need no call before."""
    graded = frozenset(name.rpartition(".")[2] for name in wanted)
    if not any(one.fact(_may_write, graded) for one in definitions):
        return Effects()
    return effects_of(definitions, graded, imported)


def _may_write(definition: Statement, graded: frozenset[str]) -> bool:
    if all(function.name in graded for function in functions_in(definition)):
        return False
    return bool(_WRITES.search(definition.text) or _MAY_CHANGE.search(definition.text))
