"""Attacks by code: named, each with its outcome, at every level of the sandbox, as root and as a plain user.

By default all attacks run at the strongest level, and a part of them at the other levels; with GRADER_TESTS_FULL=1
all run everywhere.
"""

import fcntl
import json
import os
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hostile.attacks import ATTACKS
from hostile.staging import as_user

STAGE = Path(__file__).resolve().parent / "stage.py"
FULL = bool(os.environ.get("GRADER_TESTS_FULL"))
SECONDS = 1800 if FULL else 600  # of one stage: level B' begins a Python for each attack, and has all of them in full
GROUPS = list(dict.fromkeys(attack.group for attack in ATTACKS))
LEVELS = ["A", "B", "B'", "C", "D"]
SHARED_LEVELS = ("B", "B'", "C", "D")
# Of each level and user the groups that its walls differ in; of the slow one the fewest. Who grades as root has
# submissions of another user before it, and who does not has some that may send it signals.
FILES, KERNEL = "proc, environment, files", "signals, tracing, namespaces, kernel"
FLOODS, DAEMONS = "floods: processes, threads, memory, disk, output", "daemons and blocked signals"
FRAMES, NUMBERS = "frames of other letters and kinds", "numbers of other kinds"
WATCHED = "behaves only when watched"
# A stage begins a Python and a sandbox, which take as long as ten attacks: several groups share one.
BATCHES = [[FLOODS], *([group for group in GROUPS if group != FLOODS][n::4] for n in range(4))]
PART = {
    ("A", "root"): [FILES, FLOODS],
    ("A", "plain"): [FILES, FLOODS],
    ("B", "root"): [FILES, DAEMONS],
    ("B", "plain"): [KERNEL, DAEMONS],
    ("B'", "root"): [WATCHED],
    ("B'", "plain"): [DAEMONS],
    ("C", "root"): [FILES, DAEMONS, "network"],
    ("C", "plain"): [KERNEL, DAEMONS, "network"],
    ("D", "root"): [FRAMES],
    ("D", "plain"): [NUMBERS],
}
HERE = "root" if os.getuid() == 0 else "plain"
# In turn, as two stages of one user wait for each other. Level A as whoever runs this has all groups by themselves.
STAGES = [(level, user) for level in LEVELS for user in ("root", "plain") if FULL or (level, user) != ("A", HERE)]


def turns(user):
    """The file by which a user's stages on a machine take turns, whoever runs them."""
    path = Path(tempfile.gettempdir()) / f"grader-stages-{user}.lock"
    with suppress(FileExistsError, PermissionError):
        path.touch(exist_ok=False)
        path.chmod(0o444)  # who may not write it may wait for it all the same
    return path.open()


def run_stage(user, level, groups):
    command, environment = as_user(user, [sys.executable, "-B", str(STAGE), level, *groups])
    if command is None:
        pytest.skip("these tests do not run as root")
    with turns(user) as turn:
        # Where submissions have no namespaces of their own, the kernel counts a user's processes together: the floods of
        # another stage would take room from this one, and those of another checkout's too.
        fcntl.flock(turn, fcntl.LOCK_EX if level in SHARED_LEVELS else fcntl.LOCK_SH)
        done = subprocess.run(command, env=environment, cwd="/", capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    told = json.loads(done.stdout)
    if "unavailable" in told:
        pytest.skip(f"level {level} cannot be had here: {told['unavailable']}")
    return told


@pytest.mark.parametrize("groups", BATCHES, ids=", ".join)
def test_attacks_cost_only_their_own_points(groups):
    """Each attack has the outcome it must have, its siblings and the next hand-in theirs; nothing is touched or left."""
    check(run_stage(HERE, "A", groups), groups)


@pytest.mark.parametrize(("level", "user"), STAGES)
def test_attacks_at_every_level_and_as_every_user(level, user):
    """The same holds at all levels that this machine can have, as root and as a plain user."""
    told = run_stage(user, level, GROUPS if FULL else PART[level, user])
    assert (told["uid"] == 0) == (user == "root")
    check(told)


def check(told, groups=()):
    assert told["wrong"] == {}
    assert told["left"] == []
    if groups:
        assert len(told["told"]) == sum(attack.group in groups for attack in ATTACKS)


def test_there_are_enough_attacks_and_each_has_a_name():
    """The table holds what it should, and no two attacks have one name."""
    names = [(attack.group, attack.name) for attack in ATTACKS]
    assert len(set(names)) == len(names) >= 150
    words = {"raised", "wrong", "right", "timed out", "killed", "unreadable", "missing", "not reached"}
    assert all(set(attack.outcome) <= words for attack in ATTACKS)
