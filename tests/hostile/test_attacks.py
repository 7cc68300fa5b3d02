"""The attack table: each attack has its outcome, and nothing that it did reaches anybody else.

At the full level, as whoever runs this; with GRADER_TESTS_FULL=1 at both walled levels, as root and as a plain user.
"""

import fcntl
import json
import subprocess
import sys
import tempfile
from contextlib import suppress
from functools import cache
from itertools import product
from pathlib import Path

import pytest
from more_attacks import ATTACKS
from staging import FULL, HERE, as_user

STAGE = Path(__file__).resolve().parent / "stage.py"
SECONDS = 600  # of one stage
GROUPS = list(dict.fromkeys(attack.group for attack in ATTACKS))
# A stage begins a Python and a sandbox, which take as long as ten attacks: several groups share one.
BATCHES = [tuple(GROUPS[n::3]) for n in range(3)]
STAGES = [(level, user) for level in ("full", "no namespaces") for user in ("root", "plain")] if FULL else [("full", HERE)]


def rows():
    """One row for each level, user and attack, those of one stage together."""
    for (level, user), (number, groups) in product(STAGES, enumerate(BATCHES)):
        stage = f"{level}, {user}, {number}"
        for name in ["nothing is left", *(name_of(attack) for attack in ATTACKS if attack.group in groups)]:
            mark = pytest.mark.xdist_group(stage)
            yield pytest.param(level, user, groups, name, marks=mark, id=f"{stage}: {name}")


def name_of(attack):
    return f"{attack.group}: {attack.name}"


def turns(user):
    """The file by which a user's stages on a machine take turns, whoever runs them."""
    path = Path(tempfile.gettempdir()) / f"grader-stages-{user}.lock"
    with suppress(FileExistsError, PermissionError):
        path.touch(exist_ok=False)
        path.chmod(0o444)  # who may not write it may wait for it all the same
    return path.open()


@cache
def run_stage(level, user, groups):
    command, environment = as_user(user, [sys.executable, "-B", str(STAGE), level, *groups])
    if command is None:
        return {"unavailable": "these tests do not run as root"}
    with turns(user) as turn:
        # Without namespaces the kernel counts a user's processes together: the floods of another stage would take room
        # from this one, and those of another checkout's too.
        fcntl.flock(turn, fcntl.LOCK_SH if level == "full" else fcntl.LOCK_EX)
        done = subprocess.run(command, env=environment, cwd="/", capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return json.loads(done.stdout)


@pytest.mark.parametrize(("level", "user", "groups", "name"), list(rows()))
def test_an_attack_costs_only_its_own_points(level, user, groups, name):
    """It has one of the outcomes of the table, its siblings and the next hand-in theirs; nothing is touched or left."""
    found = run_stage(level, user, groups)
    if "unavailable" in found:
        pytest.skip(f"level {level} cannot be had here: {found['unavailable']}")
    faults = found["left"] if name == "nothing is left" else found["results"][name][1]
    assert faults == []


def test_each_attack_has_a_name_and_an_outcome():
    """No two have one name, and the words are those of outcomes."""
    assert len({name_of(attack) for attack in ATTACKS}) == len(ATTACKS) > 250
    words = {"raised", "wrong", "right", "timed out", "killed", "missing", "not reached"}
    assert all(set(attack.outcome) <= words for attack in ATTACKS)
