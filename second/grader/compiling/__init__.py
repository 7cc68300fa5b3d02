"""An assignment becomes a key: the reference and all variants sit the exam, and an unfair key is refused."""

from grader.compiling.compiling import compile_key

__all__ = ["compile_key"]
