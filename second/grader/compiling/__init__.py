"""An assignment becomes a key: the reference and all variants sit the exam, and an unfair key is refused."""

from grader.compiling.compiling import asked_of, compile_key
from grader.compiling.sitting import ExamRoom, program_of

__all__ = ["ExamRoom", "asked_of", "compile_key", "program_of"]
