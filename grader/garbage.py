"""How often a process that stays looks for garbage.

takes: nothing.
gives: `look_seldom`, to be called again whenever much that stays has been made.
must not know: what stays.
"""

from __future__ import annotations

import gc

# New objects after which garbage is looked for, of Python's 700: the first thousand hand-ins of a class make that many
# which stay, and are looked through in vain; each leaves a dozen behind that only a search finds. At a tenth of this
# the searches took a twentieth of all the time of 4,000 hand-ins; without any these took 15 MB more.
_MANY = 500_000


def look_seldom() -> None:
    """Look for garbage, seldom, among what is made from now on; what stands by now is looked through no more."""
    gc.freeze()
    gc.set_threshold(_MANY)
    gc.enable()
