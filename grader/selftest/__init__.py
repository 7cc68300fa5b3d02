"""The exam proves itself: right answers pass, wrong ones do not, and every case earns its place.

takes: an assignment's folder, its compiled key, and a sandbox.
gives: a `SelfTest`: one row for each kind of variant that sat the exam, and all that survived by name.
must not know: submissions, pages.
"""

from grader.selftest.trial import CaseWorth, Row, SelfTest, prove, prove_at_once

__all__ = ["CaseWorth", "Row", "SelfTest", "prove", "prove_at_once"]
