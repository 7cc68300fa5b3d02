"""An assignment to start from: small, explained in its comments, and whole: it compiles, proves itself and grades.

takes: a name and the folder of a course.
gives: `reference/<name>/` with an assignment and its master, and one hand-in in `submissions/<name>/`.
must not know: how anything is compiled or graded.
"""

from grader.scaffold.begin import begin_assignment

__all__ = ["begin_assignment"]
