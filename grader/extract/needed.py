"""Which top-level assignments the definitions need: the others are somebody trying things out.

takes: the top-level statements of a hand-in with their text, in order, and the graded names.
gives: the assignments that nothing defined reads; they need not be run, and `out, cache = forward(x, w, b)` may hang.
must not know: values, cells.

In favour of running: code that looks names up by text keeps all. First by words, which is quick and takes `x` of a
comment for a use; where that would keep something, the compiler is asked which globals the definitions really read.
`out, cache = layer.forward(x)` is more than half of what words alone keep, since every layer has a `cache` of its own.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence

from grader.extract.reading import LOOKED_UP, globals_read, words_of

ALWAYS = ""  # in the place of a name: a method put on a class, a function put into numpy
Assignment = ast.Assign | ast.AnnAssign | ast.AugAssign


def idle_assignments(
    statements: Sequence[tuple[ast.stmt, str]],
    wanted: Collection[str],
    run: Collection[int] = (),
    one_namespace: bool = True,
) -> set[int]:
    """The ids of the assignments that can be left out; `run` are statements that are run though they define nothing.

    Where there is not `one_namespace` but local modules too, `helper.EPS` reads what is no global of its reader.
    """
    idle = {id(node): (node, text) for node, text in statements if isinstance(node, Assignment)}
    if not idle:
        return set()
    graded = {*wanted, *(name.split(".")[0] for name in wanted)}
    texts = [text for node, text in statements if _is_run(node, run)]
    words = words_of("\n".join(texts))
    if words & LOOKED_UP:
        return set()
    by_words = _idle(idle, graded | words)
    if len(by_words) == len(idle) or not one_namespace or "__main__" in words:
        return by_words
    return _idle(idle, graded.union(*map(globals_read, texts)))


def _is_run(node: ast.stmt, run: Collection[int]) -> bool:
    # Of calls hardly any but setattr are run; what it puts somewhere is needed, and so are its names.
    called = isinstance(node, ast.Expr) and not _is_setattr(node.value)
    return id(node) in run or not (called or isinstance(node, Assignment))


def _idle(assignments: Mapping[int, tuple[Assignment, str]], needed: set[str]) -> set[int]:
    """Those of the assignments that neither `needed` names nor the other assignments kept for them."""
    idle, makers = dict(assignments), _makers(assignments)
    # Each name is followed once: to look through all that is left for every one that is kept takes hours for a chain.
    waiting = [place for name in (ALWAYS, *needed) for place in makers.pop(name, ())]
    while waiting:
        kept = idle.pop(waiting.pop(), None)
        if kept is not None:
            waiting += [place for name in words_of(kept[1]) for place in makers.pop(name, ())]
    return set(idle)


def _makers(assignments: Mapping[int, tuple[Assignment, str]]) -> dict[str, list[int]]:
    """By name, the assignments that make it or write into it."""
    makers: dict[str, list[int]] = {}
    for place, (node, _) in assignments.items():
        for name in _assigned(node):
            makers.setdefault(name, []).append(place)
    return makers


def _is_setattr(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "setattr"


def _assigned(node: Assignment) -> set[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    if any(isinstance(target, ast.Attribute) for target in targets):
        return {ALWAYS}
    return {inner.id for target in targets for inner in ast.walk(target) if isinstance(inner, ast.Name)}
