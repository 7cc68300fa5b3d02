"""Which top-level assignments the definitions need: the others are somebody trying things out.

takes: the top-level statements of a hand-in, in order, and the graded names.
gives: the assignments that nothing defined reads; they need not be run, and `out, cache = forward(x, w, b)` may hang.
must not know: values, cells.

In favour of running: code that looks names up by text keeps all. First by words, which is quick and takes `x` of a
comment for a use; where that would keep something, the compiler is asked which globals the definitions really read.
`out, cache = layer.forward(x)` is more than half of what words alone keep, since every layer has a `cache` of its own.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet

from grader.extract.flow.reading import LOOKED_UP, globals_read, words
from grader.extract.flow.statements import EXPORTED, Statement, assigned_names, defines_by_text

ALWAYS = (
    ""  # in the place of a name: a method put on a class, a function put into numpy, a name given by text, `__all__`
)
Assignment = ast.Assign | ast.AnnAssign | ast.AugAssign


def idle_assignments(
    statements: Sequence[Statement],
    wanted: Collection[str],
    run: Collection[Statement] = (),
    one_namespace: bool = True,
) -> set[Statement]:
    """The assignments that can be left out; `run` are statements that are run though they define nothing.

    Where there is not `one_namespace` but local modules too, `helper.EPS` reads what is no global of its reader.
    """
    assignments = [one for one in statements if isinstance(one.node, Assignment)]
    if not assignments:
        return set()
    graded = {ALWAYS, *wanted, *(name.split(".")[0] for name in wanted)}
    readers = [one for one in statements if one in run or one.fact(_is_run)]
    named = [one.fact(words) for one in readers]
    if not all(some.isdisjoint(LOOKED_UP) for some in named):
        return set()
    by_words = _idle(assignments, [graded, *named])
    if len(by_words) == len(assignments) or not one_namespace or any("__main__" in some for some in named):
        return by_words
    return _idle(assignments, [graded, *(one.fact(globals_read) for one in readers)])


def _is_run(statement: Statement) -> bool:
    # Of calls hardly any but setattr are run; what it puts somewhere is needed, and so are its names.
    node = statement.node
    called = isinstance(node, ast.Expr) and not (_is_setattr(node.value) or statement.fact(defines_by_text))
    return not (called or isinstance(node, Assignment))


def _idle(assignments: Sequence[Statement], needed: Sequence[AbstractSet[str]]) -> set[Statement]:
    """Those of the assignments that none of `needed` names, nor the other assignments kept for them."""
    idle, makers = set(assignments), _makers(assignments)
    names = set(makers)
    first = set().union(*(names & some for some in needed))
    # Each name is followed once: to look through all that is left for every one that is kept takes hours for a chain.
    waiting = [maker for name in first for maker in makers.pop(name)]
    while waiting:
        kept = waiting.pop()
        if kept in idle:
            idle.remove(kept)
            waiting += [maker for name in makers.keys() & kept.fact(words) for maker in makers.pop(name)]
    return idle


def _makers(assignments: Sequence[Statement]) -> dict[str, list[Statement]]:
    """By name, the assignments that make it or write into it."""
    makers: dict[str, list[Statement]] = {}
    for one in assignments:
        for name in one.fact(_assigned):
            makers.setdefault(name, []).append(one)
    return makers


def _is_setattr(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "setattr"


def _assigned(statement: Statement) -> AbstractSet[str]:
    node = statement.node
    assert isinstance(node, Assignment), "only assignments are asked"
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    if any(isinstance(target, ast.Attribute) for target in targets) or statement.fact(defines_by_text):
        return {ALWAYS}
    found = statement.fact(assigned_names)
    return {ALWAYS} if EXPORTED in found else found
