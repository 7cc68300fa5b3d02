"""Values that nobody changes, made four times as quickly as those that nobody can.

takes: a class, as `dataclasses.dataclass` does.
gives: `dataclass`, for the values of which a class of students makes many.
must not know: what they are.

What dataclasses call frozen gets each of its fields by a call of its own, as it refuses to be set in the plain way: of
a call's outcome that takes longer than many a call. Type checkers are told that these are frozen, and say where one is
changed; Python is not.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(*, frozen: bool, eq: bool = True) -> Any:
        """As `dataclasses.dataclass`, of a class whose values are compared and hashed as frozen ones are."""
        assert frozen, "a value that may be changed is an ordinary dataclass"
        return dataclasses.dataclass(eq=eq, unsafe_hash=eq)
