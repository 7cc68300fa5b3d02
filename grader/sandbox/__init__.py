"""Run a stranger's program, and come back with plain facts: the wall around the harness.

takes: a `Program` and `Question`s, and the limits of an assignment.
gives: a `Sitting`: for each call one `Outcome`, whatever the program did; and the `Level` that it ran at.
must not know: answers, points, students; it never imports the harness, it starts it.

Theory of operation
-------------------
*Who is trusted.* The harness and the student's code share a process, so nothing that comes out of it is
trusted. Nothing inside knows an answer: the only way to forge a right outcome is to compute it. What the walls
must do is keep the program from reaching anything else, and what this room must do is survive whatever bytes it
writes.

*Why a zygote.* A fresh interpreter with numpy costs 100 ms, a fork of a warm one 4 ms with all its walls. So
`warm` starts one zygote behind bubblewrap (`walls/bubblewrap` writes the command: an empty package, `wire`, `harness`,
the interpreter, numpy, and nothing else). It never reads a program or a question, as every later child would find
them in its memory: it passes descriptors on and forks. Each submission gets a child in user, mount, pid,
network, ipc, uts and cgroup namespaces of its own, without capabilities, under limits, Landlock and seccomp,
and with 16 MB to write.

*Who watches.* For each child we hold a pidfd before we send it anything. Every read and write has a deadline by
our own clock (`channel`, which waits by `polled` or, on Windows, by `pumped`), every buffer a cap (`output`, `wire`).
The child is the first process of its pid namespace, so that killing it by the pidfd ends all that it started; the
zygote reports how it ended on a pipe that student code never has (`walls/ending`).

*How an exam goes.* `session` loads the program; a statement that ends or hangs the process is found by loading again
with an announcement before each statement, left out, and told as a trouble. `sitting` then sends the questions in
rounds, public cases before all others, and reads one frame a step; no round is sent before the one before it is
answered, so that no case whose values are shown can tell of hidden inputs. A step that never answers is timed out,
killed or unreadable; the rest of that question is not reached; all other questions go on in a new process. An answer
that nobody asked for voids all that the process said. A failure of our own is a fault, which is never the student's
loss.

*How strong.* `opening` tries, and does not guess: a probe runs as a real submission and tries to get out. Level A as
above. B where namespaces cannot be nested: submissions share those of bubblewrap, and Landlock, seccomp and an
overseer (`harness/shut_in/overseer`) keep them apart. B' where Landlock is missing too: a bubblewrap and a zygote for
each submission (`warm.Fresh`). C where there is no bubblewrap or no namespace to be had: Landlock and seccomp alone,
under a janitor that clears up (`walls/launching`). From B on the overseer counts what they write. D is no sandbox
at all (`plain`), for one's own work: other people's notebooks are refused unless the user says so in words. `doctor`
tells all this of one machine.
"""

from grader.sandbox.diagnosis import Diagnosis, doctor
from grader.sandbox.opening import Sandbox, open_own_work, open_sandbox
from grader.sandbox.rounds import Spare, Terms
from grader.sandbox.session import Clock
from grader.sandbox.sitting import Sitting, sit
from grader.walls import Level

__all__ = [
    "Clock",
    "Diagnosis",
    "Level",
    "Sandbox",
    "Sitting",
    "Spare",
    "Terms",
    "doctor",
    "open_own_work",
    "open_sandbox",
    "sit",
]
