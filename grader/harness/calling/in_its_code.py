"""A function that does something else for a while, under all of its names: another code stands in it.

takes: a function of a hand-in, and what is to be called in its place.
gives: a function like it, which stays as it is; a code that does nothing but call the other one.
must not know: why.
"""

from __future__ import annotations

from types import CodeType, FunctionType
from typing import Any


def copied(own: FunctionType) -> FunctionType:
    """A function like it, which stays as it is."""
    alike = FunctionType(own.__code__, own.__globals__, own.__name__, own.__defaults__, own.__closure__)
    alike.__kwdefaults__ = own.__kwdefaults__
    return alike


_CALLS_ANOTHER = """
def around({names}):
    def asking(*given, **named):
        standing = "what is called in its place"
        if 0:
            {names}
        return standing(*given, **named)
    return asking
"""


def asking(standing: FunctionType, closes_over: int) -> CodeType:
    """The code of a function that does nothing but call another one, with room for so many names from around it."""
    made: dict[str, Any] = {}
    names = "".join(f"n{number}, " for number in range(closes_over))
    exec(_CALLS_ANOTHER.format(names=names or "_=0").replace("            _=0", "            pass"), made)  # noqa: S102
    code: CodeType = made["around"](*range(closes_over)).__code__
    constants = (standing if one == "what is called in its place" else one for one in code.co_consts)
    return code.replace(co_consts=tuple(constants))
