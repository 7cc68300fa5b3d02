"""Run a stranger's program, and come back with plain facts: the wall around the harness."""

from grader.sandbox.exam import ExamRun
from grader.sandbox.opening import Diagnosis, Level, Sandbox, doctor, open_own_work, open_sandbox

__all__ = ["Diagnosis", "ExamRun", "Level", "Sandbox", "doctor", "open_own_work", "open_sandbox"]
