"""What one hand-in answers: it is asked the exam, and asked again where that is fair to it, and what earns more counts.

takes: a key, a sandbox, and what was extracted of a hand-in.
gives: `Answered`: outcomes, and the verdicts and scores that they come to.
must not know: candidates, records, pages.
"""

from grader.answering.answered import Answered
from grader.answering.hand_in import answer

__all__ = ["Answered", "answer"]
