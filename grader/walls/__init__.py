"""What stands around a submission, and the warm process behind it: how it is begun, at each level.

takes: where bubblewrap, the interpreter and numpy lie on this machine.
gives: a `Zygote` behind its walls, begun as early as one likes; the `Level` that it stands for.
must not know: programs, questions, outcomes; numpy, nor any room that imports it: `grader check` begins this first,
and reads all else while it gets warm.
"""

from grader.walls.beginning import MACHINES, Beginning, is_known, ladder
from grader.walls.levels import Level

__all__ = ["MACHINES", "Beginning", "Level", "is_known", "ladder"]
