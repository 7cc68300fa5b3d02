"""Garbage is looked for seldom, and all the same found.

takes: `look_seldom`, in a process of its own: what it sets holds for all that runs there.
gives: how often was looked, and whether what only a search finds has gone.
must not know: who stays.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

SCRIPT = """
import gc, weakref
gc.disable()

class Odd:
    pass

stands = [[] for _ in range(1000)]
from grader.garbage import look_seldom
look_seldom()
searches = []
gc.callbacks.append(lambda phase, facts: searches.append(facts) if phase == "start" else None)
ring = Odd()
ring.itself = ring
gone = weakref.ref(ring)
del ring
lives = [[] for _ in range({more})]
print(gc.isenabled(), any(one is stands for one in gc.get_objects()), bool(searches), gone() is None)
"""


@pytest.mark.parametrize(("more", "is_searched"), [(300_000, False), (600_000, True)])
def test_what_lives_until_a_hand_in_is_done_is_not_looked_through(more: int, is_searched: bool) -> None:
    """What a large class leaves sets off no search, and what stood before is in none; a ring among still more goes."""
    line = [sys.executable, "-c", SCRIPT.format(more=more)]
    done = subprocess.run(line, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False", str(is_searched), str(is_searched)]
