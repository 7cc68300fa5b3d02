"""How much hypothesis tries: a little and always the same in the gate, GRADER_FUZZ times as much in `make night`."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

EXAMPLES = 60
TIMES = int(os.environ.get("GRADER_FUZZ", "1"))
# Machines are busy with other things too; and a folder that examples share is one that they write anew.
FINE = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]

settings.register_profile("gate", max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=FINE)
settings.register_profile("night", max_examples=EXAMPLES * TIMES, deadline=None, suppress_health_check=FINE)
settings.load_profile("night" if TIMES > 1 else "gate")
