"""How much hypothesis tries, and what several files share: a sandbox, and a key.

In the gate it is a little and always the same; in `make night` GRADER_FUZZ times as much.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from grader.compiling import compile_key
from grader.key import Key
from grader.sandbox import Sandbox, open_own_work

EXAMPLES = 60
TIMES = int(os.environ.get("GRADER_FUZZ", "1"))
# Machines are busy with other things too; and a folder that examples share is one that they write anew.
FINE = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]

settings.register_profile("gate", max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=FINE)
settings.register_profile("night", max_examples=EXAMPLES * TIMES, deadline=None, suppress_health_check=FINE)
settings.load_profile("night" if TIMES > 1 else "gate")


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """One without walls, for programs of our own."""
    with open_own_work() as opened:
        yield opened


@pytest.fixture(scope="session")
def key(sandbox: Sandbox) -> Key:
    """The full key of a small assignment, the same one each time."""
    return compile_key(Path(__file__).parent / "assignments" / "moving_average", sandbox, 1)
