"""Run a stranger's program, and come back with plain facts: the wall around the harness.

Theory of operation
-------------------
*Who is trusted.* The harness and the student's code share a process, so nothing that comes out of it is trusted.
Nothing inside knows an answer: the only way to forge a right outcome is to compute it. The walls keep the program from
reaching anything else, and this room must survive whatever bytes it writes. What a process puts on itself before any
student code (`inside/`) is trusted, and a part of the wall.

*Why a warm process.* A fresh interpreter with numpy costs 100 ms, a fork of a warm one 4 ms with all its walls. `warm`
starts one behind bubblewrap, and all workers of a run share it. It never reads a program or a question, as every later
child would find them in its memory: it passes descriptors on and forks.

*What is there.* An empty package, `wire`, `harness`, `inside`, the interpreter, numpy, msgspec, and nothing else.
`view` binds them, and the warm process copies them into memory, moves there and begins again (`inside/relocate`):
whoever shares a file of a disk with others can leave marks for them in its page cache. Own work is not copied.

*What a submission is.* A child in user, mount and pid namespaces of its own, without capabilities, under limits,
Landlock and seccomp, and with 16 MB to write (`inside/confine`). The network, in which there is nothing, is the warm
process's: to make one for each child takes a millisecond, and the filter allows no call that reaches any.

*Who watches.* We hold a pidfd of each child before we send it anything. Every read and write has a deadline by our own
clock, every buffer a cap (`worker`, `pipes`, `wire`). The child is the first process of its pid namespace, so killing
it by the pidfd ends all that it started. How it ended is reported on a socket that student code never has.

*How an exam goes.* `exam` loads the program. A statement that ends or hangs the process is found by loading again with
an announcement before each, and left out. Then it asks round by round: a round is in no process before the one before
it is answered. Each stage of a driver has the seconds of one call. A stage that does not come is timed out or killed;
all other cases go on in a new process, and this driver is asked for the stages before it only. An answer that nobody
asked for voids all that the process said in that round. A failure of our own raises `SandboxError`: never the
student's loss.

*How strong.* `opening` tries, and does not guess: a self-test (`probe`) runs as a submission and tries to get out.
Level "full" is as above. At "no namespaces" (no bubblewrap, or a kernel that allows no namespaces) Landlock and
seccomp stand alone; submissions share the machine's processes and files, so a watcher (`inside/zygote`) counts what
they write and ends all that they start. "own work" is no sandbox at all (`own_work`): other people's notebooks are
refused there, unless the user says so in words. `doctor` says all this of one machine.
"""

from grader.sandbox.opening import Diagnosis, Level, Opening, Sandbox, doctor, open_own_work, open_sandbox

__all__ = ["Diagnosis", "Level", "Opening", "Sandbox", "doctor", "open_own_work", "open_sandbox"]
