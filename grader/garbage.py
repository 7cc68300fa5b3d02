"""How often a process that stays looks for garbage.

takes: nothing.
gives: `look_seldom`, to be called again whenever much that stays has been made.
must not know: what stays.
"""

from __future__ import annotations

import gc

# New objects after which garbage is looked for, of Python's 700: a hand-in makes some ten thousand that live until it
# is done, and leaves a dozen behind that only a search finds.
_MANY = 50_000


def look_seldom() -> None:
    """Look for garbage, seldom, among what is made from now on; what stands by now is looked through no more."""
    gc.freeze()
    gc.set_threshold(_MANY)
    gc.enable()
