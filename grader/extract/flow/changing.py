"""Top-level statements that define nothing and yet count: they fill what the definitions read.

takes: the top-level statements of a hand-in, in order, and the graded names.
gives: those of the loops, calls, blocks and idle assignments which change a global that a function reads, or that
something reads on the way from a graded function.
must not know: cells.

`for k in range(8): table[k] = f(k)`, `settings.update(eps=1e-8)`, `setup()` where that sets a global, `fill(table)`
where that fills its argument. A training loop changes names too, but hardly ever those that a graded function reads as
globals: so what is read is asked of the compiler's symbol tables, not of words, by which `w` and `x` are everywhere.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Mapping, Sequence

from grader.extract.flow.effects import Effects, changed_by, effects_of, functions_in
from grader.extract.flow.reach import reached
from grader.extract.flow.reading import globals_read, words
from grader.extract.flow.statements import PLAIN, Statement, names
from grader.extract.flow.writes import CHANGING, CHANGING_FIRST, MAY_TAKE_OUT, Written, outer, written
from grader.extract.nodes import ASSIGNMENTS, DEFINITIONS

Statements = Sequence[Statement]
_BLOCKS = (ast.For, ast.While, ast.With, ast.If, ast.Try, ast.TryStar, ast.Match)
# Most of what is left out prints or plots one thing, and its text shows that it changes none.
_MAY_CHANGE = re.compile(
    rf"\b(?:{'|'.join(sorted({*CHANGING, *CHANGING_FIRST, *MAY_TAKE_OUT}))})\s*\(|:=|[(,]\s*out\s*="
)
# Most functions change only what they made themselves, and the text of the others shows it.
_WRITES = re.compile(r"\bglobal\b|\bdel\b|(?:\]|\.\w+)\s*[^\w\s=!<>()\[\]]{0,2}=(?!=)")


def changing_statements(
    statements: Statements, wanted: Collection[str] = (), one_namespace: bool = True
) -> dict[Statement, set[str]]:
    """The statements that must be run for what they change, and the names of that."""
    definitions, others, imported = _apart(statements)
    done = {one: one.fact(_written, imported) for one in others if one.fact(_may_change)}
    called = _called(others, _effects(definitions, imported, wanted))
    changes = {one: its.bound | its.into for one, its in done.items()}
    for one, changed in called.items():
        changes[one] = changes.get(one, set()) | changed
    if not any(changes.values()):
        return {}
    # Not what all definitions read: `train()` fills a list that only `train` reads. Yet what blocks and plain calls
    # do for any definition, they do.
    within = reached(statements, wanted, changes, one_namespace)
    read = within | _read_directly(changes, definitions)
    functions: set[str] = set()
    found = {one: changed & within for one, changed in called.items()}
    for one, its in done.items():
        names_read = within if isinstance(one.node, ASSIGNMENTS) else read
        bound = its.bound & names_read
        if bound and not functions:
            functions = _functions(statements, wanted)
        found[one] = found.get(one, set()) | its.into & names_read | bound - functions
    return {one: changed for one, changed in found.items() if changed}


def _apart(statements: Statements) -> tuple[list[Statement], list[Statement], frozenset[str]]:
    """The definitions, the others, and the names of modules."""
    definitions: list[Statement] = []
    others: list[Statement] = []
    imported: list[str] = []
    for one in statements:
        (definitions if isinstance(one.node, DEFINITIONS) else others).append(one)
        if isinstance(one.node, ast.Import):
            imported += [alias.asname or alias.name.split(".")[0] for alias in one.node.names]
    return definitions, others, frozenset(imported)


def _called(others: Statements, effects: Effects) -> dict[Statement, set[str]]:
    """What the statements change that call own functions."""
    telling = effects.names
    if not telling:
        return {}
    calling = (one for one in others if not telling.isdisjoint(one.fact(words)))
    return {one: changed_by(outer([one.node]), effects) for one in calling}


def _read_directly(changes: Mapping[Statement, set[str]], definitions: Statements) -> set[str]:
    """What definitions read, if any of them names anything of what is changed."""
    changed = set().union(*changes.values())
    if all(changed.isdisjoint(one.fact(words)) for one in definitions):
        return set()
    return set().union(*(one.fact(globals_read) for one in definitions))


def _functions(statements: Statements, wanted: Collection[str]) -> set[str]:
    """Names that are functions and classes: a loop that binds one tries something out."""
    made = {name for one in statements for name, node in one.fact(names) if isinstance(node, DEFINITIONS)}
    return made.union(*(name.split(".") for name in wanted))


def _may_change(statement: Statement) -> bool:
    node = statement.node
    return isinstance(node, _BLOCKS) or (isinstance(node, PLAIN) and bool(_MAY_CHANGE.search(statement.text)))


def _written(statement: Statement, imported: frozenset[str]) -> Written:
    """What it changes; of an assignment what its value does (`last = queue.pop()`)."""
    node = statement.node
    if not isinstance(node, ASSIGNMENTS):
        return written([node], imported)
    return written([node.value], imported) if node.value else Written()


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
