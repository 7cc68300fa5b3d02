"""Functions made wrong in some calls, as Python that is run behind the right ones.

takes: the steps in which a function is called; a condition on the arrays of a call.
gives: how each result that is graded can be spoiled; the lines that do it.
must not know: plans, which conditions are worth a try.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.wire import COUNT, MEASURES, SPELT, Built, Step

WRAP = """
import numpy as _n
def _arrays(values):
    found = []
    for value in values:
        if isinstance(value, _n.ndarray):
            found.append(value)
        elif isinstance(value, (tuple, list)):
            found.extend(_arrays(value))
        elif isinstance(value, dict):
            found.extend(_arrays(value.values()))
    return found
def _spoil(results, which):
    if not isinstance(results, tuple):
        return results * 1.5 + 0.25
    return tuple(r * 1.5 + 0.25 if n == which else r for n, r in enumerate(results))
_calls = {}
_alive = []  # an object that is gone would lend its id to the next one
def _narrow(function, when, which, left=None):
    def wrapped(*given, **named):
        a = _arrays((*given, *named.values()))
        f = a[0] if a else _n.zeros(())
        _alive.append(given)
        key = id(given[0]) if given else 0
        _calls[key] = _calls.get(key, 0) + 1
        results = function(*given, **named)
        flows = hasattr(results, "__next__")
        results = list(results) if flows else results
        if when(a, f, _calls[key]):
            results = left(given, named, results) or results if left else _spoil(results, which)
        return iter(results) if flows else results
    return wrapped
"""
_LEFT = """
def _left(given, named, results):
    PLACE = TARGET * 1.5 + 0.25
"""
_SPELT_LEFT = """
def _left(given, named, results):
    results = list(results) if isinstance(results, tuple) else results
    PLACE = "other words"
    return results
"""
_LEFT_IN_NEW = """
_made_with = {}
def _noting(start):
    def made(self, *given, **named):
        _made_with[id(self)] = (*given, *named.values())
        start(self, *given, **named)
    return made
OWNER.__init__ = _noting(OWNER.__init__)
"""


def spoiled(steps: Sequence[Step]) -> dict[str, int | str]:
    """Each result that is graded anywhere: which of those returned it is, or lines that spoil it where it is left."""
    found: dict[str, int | str] = {name: n for step in steps for n, name in enumerate(step.gives) if name[0] != "="}
    for step in steps:
        for name, root, way in step.leaves:
            if _is_of_another(step, root):
                continue
            target = f"{_holder(step, root)}{way}"
            found[name] = _spoiling(step, target, way)
    return found


def _spoiling(step: Step, target: str, way: str) -> str:
    """Lines that define `_left`, which spoils what stands where a result is left."""
    noting = _LEFT_IN_NEW.replace("OWNER", step.path[0]) if "_made_with" in target else ""
    if way.endswith(COUNT):
        return f"{noting}\ndef _left(given, named, results):\n    {target.removesuffix(COUNT)}.append(None)\n"
    if way.endswith(SPELT):
        return noting + _SPELT_LEFT.replace("PLACE", target.removesuffix(SPELT))
    for ending in MEASURES:
        target, way = target.removesuffix(ending), way.removesuffix(ending)
    return noting + _LEFT.replace("PLACE", target if way else f"{target}[...]").replace("TARGET", target)


def _is_of_another(step: Step, root: str) -> bool:
    """Whether a result is left in what another call gave, which the wrapper of this one does not see."""
    return root.startswith("=") and root not in (*step.gives, *_names(step.takes))


def _holder(step: Step, root: str) -> str:
    """In what a result is left, as the wrapper has it."""
    if root == "self":
        return "given[0]"
    names = _names(step.takes)
    if root in step.gives:
        return f"results[{step.gives.index(root)}]" if len(step.gives) > 1 else "results"
    if root not in names:
        return f"_made_with[id(given[0])][{_names(step.new).index(root)}]"
    behind = names.index(root) - len(names) + len(step.named)
    return f"named['{step.named[behind]}']" if behind >= 0 else f"given[{names.index(root) + ('.' in step.function)}]"


def _names(takes: Sequence[str | tuple[str, ...] | Built]) -> list[str | tuple[str, ...]]:
    return [taken.name if isinstance(taken, Built) else taken for taken in takes]


def wrapped(function: str, condition: str, how: int | str) -> str:
    """Spoil a result of a function, as `how` says, in the calls that meet a condition."""
    lines, arguments = (f"{WRAP}{how}", "0, _left") if isinstance(how, str) else (WRAP, str(how))
    return f"{lines}\n{function} = _narrow({function}, lambda a, f, calls: {condition}, {arguments})\n"
