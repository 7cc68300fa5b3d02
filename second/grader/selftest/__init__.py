"""The exam proves itself: right variants pass, wrong ones lose points, and every case is needed."""

from grader.selftest.proving import Proof, prove

__all__ = ["Proof", "prove"]
