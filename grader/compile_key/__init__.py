"""An assignment -> its answer key: what an author declares is read, sits its own exam, and is refused or noted.

takes: an assignment's folder and a sandbox.
gives: `AnswerKey`; `AuthorError` with the place and the next step where it would grade unfairly.
must not know: submissions.
"""

from grader.compile_key.authored import load_assignment
from grader.compile_key.compiling import compile_key

__all__ = ["compile_key", "load_assignment"]
